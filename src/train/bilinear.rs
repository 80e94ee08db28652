//! Learning the vectors of words.
//!
//! What the vectors say of the readings of a place is added to how likely the first pass found them, and the likelihood of the
//! right one is raised, by stochastic gradient descent with a rate for each vector (AdaGrad: Duchi, Hazan & Singer 2011).
//!
//! No number depends on the platform.

use super::doubts::Doubts;
use crate::bilinear::{
    BLOCK, DIMS, GAIN_UNIT, MIDDLE, NEAREST, PLACE_UNIT, PLACES, STEP_UNIT, STRETCH_UNIT, STRETCHES, nearest, stretches,
};
use crate::ngram::{UNKNOWN, Word};
use std::ops::Range;

/// How often all places are gone through.
const ROUNDS: usize = 3;

/// The rate of the first step; the last is as good as nought. What a place weighs and a word's own gain learn more slowly.
const RATE: f32 = 0.15;
const OWN_RATE: f32 = 0.3 * RATE;
const PLACE_RATE: f32 = 0.3 * RATE;
const STRETCH_RATE: f32 = 0.1 * RATE;

/// How many words of a stretch learn at a time.
const LEARNERS: usize = 6;

/// How likely readings are taken to be that the first pass found less likely than 1 in 256, or did not think of.
const LEAST: f32 = 0.5;

/// The sums of squares from which rates begin.
const UNLEARNT: f32 = 1e-4;

/// The section of the vectors of the `most` most frequent of so many words, as far as there was anything to learn of them.
pub(super) fn learn(mut doubts: Doubts, words: usize, most: usize) -> Vec<u8> {
    let mut random = Random(1);
    for last in (1..doubts.places.len()).rev() {
        doubts.places.swap(last, random.below(last + 1));
    }
    let mut net = Net::new(words);
    net.learn(&doubts);
    let mut frequency = vec![0_u64; words];
    doubts.words.iter().for_each(|&word| frequency[usize::from(word)] += 1);
    frequency[usize::from(UNKNOWN)] = 0;
    let mut kept: Vec<usize> = (0..words).filter(|&word| net.has_learnt(word)).collect();
    kept.sort_by_key(|&word| (std::cmp::Reverse(frequency[word]), word));
    kept.truncate(most);
    kept.sort_unstable();
    if kept.is_empty() { Vec::new() } else { net.encode(&kept) }
}

/// A random number from 0 to 1 (xorshift: Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() * end as f64) as usize
    }
}

/// exp(x) for x of 0 at most, the same on all platforms: (1 + x/1024)^1024.
pub(super) fn exp(x: f32) -> f32 {
    let mut power = 1.0 + x.max(-30.0) / 1024.0;
    for _ in 0..10 {
        power *= power;
    }
    power
}

/// Vectors and weights that are being learnt.
struct Net {
    /// By word; what it gains by itself; and the sums of squares that its rates hang on.
    vectors: Vec<[f32; DIMS]>,
    own: Vec<f32>,
    vector_squares: Vec<f32>,
    own_squares: Vec<f32>,
    /// By place, and then by stretch.
    weights: Vec<[f32; DIMS]>,
    weight_squares: Vec<f32>,
}

/// A sum that the compiler may make of eight at a time.
fn dot(one: &[f32; DIMS], other: &[f32; DIMS]) -> f32 {
    let mut sums = [0.0; 8];
    for (one, other) in one.chunks_exact(8).zip(other.chunks_exact(8)) {
        for at in 0..8 {
            sums[at] += one[at] * other[at];
        }
    }
    sums.iter().sum()
}

fn times(one: &[f32; DIMS], other: &[f32; DIMS]) -> [f32; DIMS] {
    std::array::from_fn(|at| one[at] * other[at])
}

fn add(sum: &mut [f32; DIMS], factor: f32, vector: &[f32; DIMS]) {
    sum.iter_mut().zip(vector).for_each(|(sum, number)| *sum += factor * number);
}

/// Notes a slope in a sum of squares, and gives the factor to go down it by.
fn step(rate: f32, squares: &mut f32, slope: &[f32; DIMS]) -> f32 {
    *squares += dot(slope, slope) / DIMS as f32;
    -rate / squares.sqrt()
}

impl Net {
    fn new(words: usize) -> Self {
        let mut random = Random(1);
        let mut weights = Vec::new();
        for place in 0..PLACES + STRETCHES {
            let most = match place {
                0..PLACES => {
                    let away = if place < NEAREST { NEAREST - place } else { place + 1 - NEAREST };
                    1.0 / (1.0 + away as f32 / 8.0)
                }
                _ => 0.02,
            };
            weights.push(std::array::from_fn(|_| most * (0.6 + 0.8 * random.next() as f32)));
        }
        Net {
            vectors: (0..words).map(|_| std::array::from_fn(|_| 0.5 * random.next() as f32 - 0.25)).collect(),
            own: vec![0.0; words],
            vector_squares: vec![UNLEARNT; words],
            own_squares: vec![UNLEARNT; words],
            weight_squares: vec![1e-2; weights.len()],
            weights,
        }
    }

    /// Goes through all places.
    fn learn(&mut self, doubts: &Doubts) {
        let Doubts { words, places, readings } = doubts;
        let steps = ROUNDS * places.len();
        let mut random = Random(1);
        let mut likelihoods = Vec::new();
        for (done, place) in (0..ROUNDS).flat_map(|_| places).enumerate() {
            let pace = (1.0 - done as f32 / steps as f32).max(0.02);
            let readings = &readings[place.first as usize..][..place.readings.into()];
            let around = Around::of(words, place.at as usize);
            let (heard, sums) = self.hear(words, &around);
            likelihoods.clear();
            likelihoods.extend(readings.iter().map(|&(word, _)| {
                let word = usize::from(word);
                dot(&self.vectors[word], &heard) + self.own[word]
            }));
            let best = likelihoods.iter().copied().fold(f32::MIN, f32::max);
            for (likelihood, &(_, own)) in likelihoods.iter_mut().zip(readings) {
                *likelihood = exp(*likelihood - best) * f32::from(own).max(LEAST);
            }
            let sum: f32 = likelihoods.iter().sum();
            // The slopes of minus the logarithm of the right word's likelihood.
            let mut slope = [0.0; DIMS];
            for (index, (&(word, _), likelihood)) in readings.iter().zip(&likelihoods).enumerate() {
                let wrong = (likelihood / sum - f32::from(u8::from(index == 0))) * f32::from(place.weight);
                if wrong.abs() < 1e-4 {
                    continue;
                }
                let word = usize::from(word);
                add(&mut slope, wrong, &self.vectors[word]);
                self.vector_squares[word] += wrong * wrong * dot(&heard, &heard) / DIMS as f32;
                add(&mut self.vectors[word], -RATE * pace * wrong / self.vector_squares[word].sqrt(), &heard);
                self.own_squares[word] += wrong * wrong;
                self.own[word] -= OWN_RATE * pace * wrong / self.own_squares[word].sqrt();
            }
            self.teach(words, &around, &slope, &sums, pace, &mut random);
        }
    }

    /// Whether a word was heard or read at any place.
    fn has_learnt(&self, word: usize) -> bool {
        self.vector_squares[word] > UNLEARNT
    }

    /// What is heard around a place, and the sums of the stretches.
    fn hear(&self, words: &[Word], around: &Around) -> ([f32; DIMS], [[f32; DIMS]; STRETCHES]) {
        let mut heard = [0.0; DIMS];
        for (place, word) in around.nearest(words) {
            add(&mut heard, 1.0, &times(&self.weights[place], &self.vectors[word]));
        }
        let mut sums = [[0.0; DIMS]; STRETCHES];
        for ((stretch, sum), weights) in around.stretches.iter().zip(&mut sums).zip(&self.weights[PLACES..]) {
            for &word in words[stretch.clone()].iter().filter(|&&word| word != UNKNOWN) {
                add(sum, 1.0, &self.vectors[usize::from(word)]);
            }
            add(&mut heard, 1.0, &times(weights, sum));
        }
        (heard, sums)
    }

    /// Moves what was heard against a slope.
    fn teach(
        &mut self,
        words: &[Word],
        around: &Around,
        slope: &[f32; DIMS],
        sums: &[[f32; DIMS]; STRETCHES],
        pace: f32,
        random: &mut Random,
    ) {
        for (place, word) in around.nearest(words) {
            let (of_vector, of_weights) = (times(slope, &self.weights[place]), times(slope, &self.vectors[word]));
            let vector = step(RATE * pace, &mut self.vector_squares[word], &of_vector);
            let weights = step(PLACE_RATE * pace, &mut self.weight_squares[place], &of_weights);
            add(&mut self.vectors[word], vector, &of_vector);
            add(&mut self.weights[place], weights, &of_weights);
        }
        for (number, (stretch, sum)) in around.stretches.iter().zip(sums).enumerate() {
            if stretch.is_empty() {
                continue;
            }
            let place = PLACES + number;
            let (of_vector, of_weights) = (times(slope, &self.weights[place]), times(slope, sum));
            let weights = step(STRETCH_RATE * pace, &mut self.weight_squares[place], &of_weights);
            add(&mut self.weights[place], weights, &of_weights);
            for _ in 0..LEARNERS {
                let word = usize::from(words[stretch.start + random.below(stretch.len())]);
                if word != usize::from(UNKNOWN) {
                    let vector = step(RATE * pace, &mut self.vector_squares[word], &of_vector);
                    add(&mut self.vectors[word], vector, &of_vector);
                }
            }
        }
    }

    /// The section of the vectors of some words, in their order.
    fn encode(&self, kept: &[usize]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (place, weights) in self.weights.iter().enumerate() {
            let unit = if place < PLACES { PLACE_UNIT } else { STRETCH_UNIT };
            bytes.extend(weights.iter().map(|weight| (weight * unit).round().clamp(-128.0, 127.0) as i8 as u8));
        }
        let mut known = vec![0; self.vectors.len().div_ceil(8)];
        kept.iter().for_each(|word| known[word / 8] |= 1 << (word % 8));
        bytes.extend(known);
        for &word in kept {
            let (unit, numbers) = steps(&self.vectors[word]);
            let own = (self.own[word] * GAIN_UNIT).round().clamp(-128.0, 127.0) as i8;
            bytes.extend([unit, own as u8]);
            let (low, high) = numbers.split_at(DIMS / 2);
            bytes.extend(low.iter().zip(high).map(|(low, high)| low | high << 4));
        }
        bytes
    }
}

/// What stands around a word of the text.
struct Around {
    at: usize,
    stretches: [Range<usize>; STRETCHES],
    len: usize,
}

impl Around {
    fn of(words: &[Word], at: usize) -> Self {
        let stretches = stretches(at, at + 1, words.len()).map(|blocks| blocks.start * BLOCK..blocks.end * BLOCK);
        Around { at, stretches, len: words.len() }
    }

    /// The nearest words, each after its place.
    fn nearest<'w>(&self, words: &'w [Word]) -> impl Iterator<Item = (usize, usize)> + use<'w> {
        let known = |(place, at): (usize, usize)| (place, usize::from(words[at]));
        nearest(self.at, self.at + 1, self.len).map(known).filter(|&(_, word)| word != usize::from(UNKNOWN))
    }
}

/// The step of a vector whose numbers are then least wrong, and the numbers.
fn steps(vector: &[f32; DIMS]) -> (u8, [u8; DIMS]) {
    let most = vector.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
    let tried = [1.0, 0.85, 0.7, 0.6, 0.5, 0.4].map(|part| {
        let unit = (most * part / f32::from(MIDDLE - 1) * STEP_UNIT).round().clamp(1.0, 255.0);
        let in_steps = vector.map(|number| (number * STEP_UNIT / unit).round().clamp(-8.0, 7.0));
        let errors = vector.iter().zip(&in_steps).map(|(number, steps)| number - steps * unit / STEP_UNIT);
        let error: f32 = errors.map(|error| error * error).sum();
        (error, unit as u8, in_steps.map(|steps| (steps as i16 + MIDDLE) as u8))
    });
    let [first, rest @ ..] = tried;
    let (_, unit, numbers) = rest.into_iter().fold(first, |best, one| if one.0 < best.0 { one } else { best });
    (unit, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_near_enough() {
        for tenths in 0..300 {
            let x = -(tenths as f32) / 10.0;
            assert!((exp(x) - x.exp()).abs() < 0.001, "{x}");
        }
    }
}
