//! What the words around a place say of its readings: a log-bilinear model.
//!
//! An n-gram sees two words back. What stands further off speaks, too: where `lúa` is, `vụ` is likelier than `vũ`. Frequent
//! words have vectors. Those of the words around a place, each weighed by where it stands, are added up, and a reading is
//! the likelier the better its own vector goes with the sum (Mnih & Hinton 2007; here a word has one vector for both).
//! What comes out corrects what the first pass found, and was trained to.
//!
//! The nearest words are heard one by one; a stretch of those further off, on either side, as one: it is made of blocks,
//! whose sums are kept.
//!
//! A section may be empty. Else it holds for each nearest place, the furthest before first, [`DIMS`] weights in 128ths; the same for the stretch
//! before and the one after, in 512ths; as bits, the lowest first, which words have a vector; and the vectors: a step in 256ths, the word's own gain
//! in 32nds of a nat, and each number in steps, plus [`MIDDLE`], in four bits: a byte holds two numbers, that of
//! the first half in its low bits.

use crate::error::Error;
use crate::ngram::{UNIT, Word};
use crate::surroundings::Surroundings;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

/// The numbers of a vector.
pub const DIMS: usize = 128;
const HALF: usize = DIMS / 2;

/// How many of the nearest words are heard one by one, on either side.
pub const NEAREST: usize = 15;
/// How many words a block has, and how many blocks a stretch.
pub const BLOCK: usize = 16;
pub const BLOCKS: usize = 3;

/// Where a word may stand that is heard by itself.
pub const PLACES: usize = 2 * NEAREST;
/// Stretches: that before a place, and that after it.
pub const STRETCHES: usize = 2;

/// A vector's bytes: a step, the word's own gain, and the numbers.
pub const ROW: usize = 2 + HALF;
/// What stands for nothing among a vector's numbers.
pub const MIDDLE: i16 = 8;

/// What one is: in the weights of places and of stretches, in steps, in a word's own gain.
#[cfg(feature = "train")]
pub const PLACE_UNIT: f32 = 128.0;
#[cfg(feature = "train")]
pub const STRETCH_UNIT: f32 = 512.0;
#[cfg(feature = "train")]
pub const STEP_UNIT: f32 = 256.0;
pub const GAIN_UNIT: f32 = 32.0;

/// No vector.
const NONE: u16 = u16::MAX;

/// What is heard has no number beyond this, in 512ths.
const MOST: i16 = (1 << 13) - 1;

// So much can be added up in a gain.
const _: () = assert!(DIMS as i64 * MIDDLE as i64 * MOST as i64 * u8::MAX as i64 <= i32::MAX as i64);

/// Nor does a word gain more, or lose, in cost units.
const MOST_GAIN: i32 = 64 * UNIT;

/// The vectors of a model.
pub struct Bilinear {
    bytes: Cow<'static, [u8]>,
    /// Of places, and then of stretches.
    weights: Vec<[i16; DIMS]>,
    /// Which vector is a word's.
    rows: Vec<u16>,
    /// Where the vectors begin, and how many they are.
    begin: usize,
    vectors: usize,
}

/// The contexts of the places of a text.
pub struct Contexts<'m> {
    model: &'m Bilinear,
    around: &'m Surroundings,
    /// The sums of all blocks before one, and of all.
    sums: OnceCell<Vec<[i32; DIMS]>>,
}

/// What stands around a place, as a vector.
pub struct Context([i16; DIMS]);

/// The places of words that are heard one by one, where `before` words stand before a place and what comes after it
/// begins with the word `after` of `len`; each with its number.
pub fn nearest(before: usize, after: usize, len: usize) -> impl Iterator<Item = (usize, usize)> {
    let left = (before.saturating_sub(NEAREST)..before).map(move |at| (NEAREST + at - before, at));
    let right = (after..(after + NEAREST).min(len)).map(move |at| (NEAREST + at - after, at));
    left.chain(right)
}

/// The blocks of the two stretches.
pub fn stretches(before: usize, after: usize, len: usize) -> [Range<usize>; STRETCHES] {
    let blocks = len / BLOCK;
    let (left, right) = (before.saturating_sub(NEAREST) / BLOCK, (after + NEAREST).div_ceil(BLOCK).min(blocks));
    [left.saturating_sub(BLOCKS)..left, right..(right + BLOCKS).min(blocks)]
}

fn broken() -> Error {
    Error::Model("its vectors are cut off".into())
}

impl Bilinear {
    /// The vectors of a section. Whatever they are, they can be used.
    ///
    /// # Errors
    /// [`Error::Model`] if they are cut off.
    pub fn open(bytes: Cow<'static, [u8]>, words: usize) -> Result<Self, Error> {
        if bytes.is_empty() {
            return Ok(Bilinear { bytes, weights: Vec::new(), rows: Vec::new(), begin: 0, vectors: 0 });
        }
        let weights = bytes.get(..(PLACES + STRETCHES) * DIMS).ok_or_else(broken)?;
        let known = bytes.get(weights.len()..weights.len() + words.div_ceil(8)).ok_or_else(broken)?;
        let begin = weights.len() + known.len();
        let weights = weights.chunks_exact(DIMS).map(|of| std::array::from_fn(|at| (of[at] as i8).into())).collect();
        let mut next = 0;
        let mut rows = Vec::with_capacity(words);
        for word in 0..words {
            let has_one = known[word / 8] >> (word % 8) & 1 == 1 && next < NONE;
            rows.push(if has_one { next } else { NONE });
            next += u16::from(has_one);
        }
        let vectors = usize::from(next);
        if bytes.len() != begin + vectors * ROW {
            return Err(broken());
        }
        Ok(Bilinear { weights, rows, begin, vectors, bytes })
    }

    /// How many words have a vector.
    pub fn len(&self) -> usize {
        self.vectors
    }

    /// The contexts of the places of a text.
    pub fn contexts<'m>(&'m self, around: &'m Surroundings) -> Contexts<'m> {
        Contexts { model: self, around, sums: OnceCell::new() }
    }

    /// Whether a word has a vector.
    pub fn knows(&self, word: Word) -> bool {
        self.rows.get(usize::from(word)).is_some_and(|&row| row != NONE)
    }

    /// What a reading gains by its context, in cost units, if it has a vector.
    pub fn gain(&self, context: &Context, word: Word) -> Option<i32> {
        self.vector(word).map(|vector| vector.gain(context))
    }

    #[inline]
    fn vector(&self, word: Word) -> Option<Vector<'_>> {
        let row = *self.rows.get(usize::from(word)).filter(|&&row| row != NONE)?;
        let bytes = self.bytes.get(self.begin + usize::from(row) * ROW..)?;
        let ([step, own], rest) = bytes.split_first_chunk()?;
        Some(Vector { step: (*step).into(), own: *own as i8, numbers: rest.first_chunk()? })
    }
}

impl Contexts<'_> {
    /// The context of a place.
    pub fn at(&self, place: usize) -> Context {
        let Contexts { model, around, sums } = self;
        if model.vectors == 0 {
            return Context([0; DIMS]);
        }
        let words = around.words();
        let (before, after) = around.at(place);
        let mut context = [0; DIMS];
        for (place, at) in nearest(before, after, words.len()) {
            if let Some(vector) = model.vector(words[at]) {
                vector.weigh(&model.weights[place], &mut context);
            }
        }
        let sums = sums.get_or_init(|| self.sums());
        for (blocks, weights) in stretches(before, after, words.len()).into_iter().zip(&model.weights[PLACES..]) {
            let (begin, end) = (&sums[blocks.start], &sums[blocks.end]);
            for at in 0..DIMS {
                // From 512ths of 256ths to 512ths.
                let sum = (end[at].wrapping_sub(begin[at]) * i32::from(weights[at])) >> 8;
                context[at] = context[at].saturating_add(sum.clamp((-MOST).into(), MOST.into()) as i16);
            }
        }
        Context(context.map(|sum| sum.clamp(-MOST, MOST)))
    }

    /// Adds up the vectors of all blocks.
    fn sums(&self) -> Vec<[i32; DIMS]> {
        let mut sum = [0_i32; DIMS];
        let mut sums = vec![sum];
        for block in self.around.words().chunks_exact(BLOCK) {
            let mut own = [0; DIMS];
            block.iter().filter_map(|&word| self.model.vector(word)).for_each(|vector| vector.add(&mut own));
            sum.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.wrapping_add(own.into()));
            sums.push(sum);
        }
        sums
    }
}

/// A word's vector.
struct Vector<'m> {
    step: i16,
    own: i8,
    numbers: &'m [u8; HALF],
}

/// Two numbers of a vector, in steps.
#[inline(always)]
fn steps(byte: u8) -> (i16, i16) {
    (i16::from(byte & 15) - MIDDLE, i16::from(byte >> 4) - MIDDLE)
}

impl Vector<'_> {
    /// Adds the vector, in 256ths. Sixteen bits hold a block of them.
    #[inline]
    fn add(&self, sum: &mut [i16; DIMS]) {
        let (first, second) = sum.split_at_mut(HALF);
        for ((first, second), &byte) in first.iter_mut().zip(second).zip(self.numbers) {
            let (low, high) = steps(byte);
            *first += low * self.step;
            *second += high * self.step;
        }
    }

    /// Adds the vector times some weights, in 512ths.
    #[inline]
    fn weigh(&self, weights: &[i16; DIMS], sum: &mut [i16; DIMS]) {
        // A weighed step, in 2048ths, does not leave sixteen bits, nor do eight of them.
        let weigh = |steps: i16, weight: i16| (steps * ((weight * self.step + 8) >> 4) + 2) >> 2;
        let (first, second) = sum.split_at_mut(HALF);
        let (first_weights, second_weights) = weights.split_at(HALF);
        for (at, &byte) in self.numbers.iter().enumerate() {
            let (low, high) = steps(byte);
            first[at] = first[at].saturating_add(weigh(low, first_weights[at]));
            second[at] = second[at].saturating_add(weigh(high, second_weights[at]));
        }
    }

    #[inline]
    fn gain(&self, context: &Context) -> i32 {
        let (first, second) = context.0.split_at(HALF);
        let mut sum = 0;
        for ((&first, &second), &byte) in first.iter().zip(second).zip(self.numbers) {
            let (low, high) = steps(byte);
            sum += i32::from(low) * i32::from(first) + i32::from(high) * i32::from(second);
        }
        // From 512ths of 256ths of a nat.
        let gain = sum * i32::from(self.step) / (512 * 256 / UNIT);
        (gain + i32::from(self.own) * UNIT / GAIN_UNIT as i32).clamp(-MOST_GAIN, MOST_GAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: usize = 100;

    fn has_one(word: &usize) -> bool {
        !word.is_multiple_of(3)
    }

    /// A section of any bytes, of which every word but the third ones has a vector.
    fn section(seed: u64) -> Vec<u8> {
        let mut random = seed;
        let mut next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as u8
        };
        let mut bytes: Vec<u8> = (0..(PLACES + STRETCHES) * DIMS).map(|_| next()).collect();
        let mut known = vec![0; WORDS.div_ceil(8)];
        (0..WORDS).filter(has_one).for_each(|word| known[word / 8] |= 1 << (word % 8));
        bytes.extend(known);
        for _ in (0..WORDS).filter(has_one) {
            bytes.push(next() / 8);
            bytes.extend((1..ROW).map(|_| next()));
        }
        bytes
    }

    /// A word's vector, and what it gains by itself, read as the format says.
    fn vector(bytes: &[u8], word: usize) -> Option<([f64; DIMS], f64)> {
        if !has_one(&word) {
            return None;
        }
        let row = (0..word).filter(has_one).count();
        let begin = (PLACES + STRETCHES) * DIMS + WORDS.div_ceil(8) + row * ROW;
        let numbers = std::array::from_fn(|at| {
            let byte = bytes[begin + 2 + at % HALF];
            let steps = if at < HALF { byte & 15 } else { byte >> 4 };
            (f64::from(steps) - 8.0) * f64::from(bytes[begin]) / 256.0
        });
        Some((numbers, f64::from(bytes[begin + 1] as i8) / 32.0))
    }

    #[test]
    fn what_is_heard_is_what_the_format_says() {
        let bytes = section(7);
        let model = Bilinear::open(bytes.clone().into(), WORDS).unwrap();
        assert_eq!(model.len(), 66);
        let words: Vec<usize> = (0..700).map(|at| at * at % WORDS).collect();
        let mut around = Surroundings::default();
        words.iter().enumerate().for_each(|(at, &word)| around.push(word as Word, 1, at));
        let contexts = model.contexts(&around);
        let weight = |place: usize, at: usize, unit: f64| f64::from(bytes[place * DIMS + at] as i8) / unit;
        let mut within = 0;
        for place in [0_usize, 1, 20, 350, 500, 698, 699] {
            let mut heard = [0.0; DIMS];
            for (at, number) in heard.iter_mut().enumerate() {
                for away in 1..=NEAREST {
                    let before = place.checked_sub(away).map(|there| (NEAREST - away, there));
                    let after = Some((NEAREST + away - 1, place + away)).filter(|after| after.1 < words.len());
                    for (place, there) in [before, after].into_iter().flatten() {
                        let one = vector(&bytes, words[there]);
                        *number += one.map_or(0.0, |(vector, _)| vector[at] * weight(place, at, 128.0));
                    }
                }
                // Three blocks of sixteen words, not those with any of the nearest fifteen.
                let left = place.saturating_sub(15) / 16;
                let right = (place + 16).div_ceil(16);
                let all = words.len() / 16;
                let stretches = [left.saturating_sub(3)..left, right.min(all)..(right + 3).min(all)];
                for (number_of, blocks) in stretches.into_iter().enumerate() {
                    for &word in words.get(blocks.start * 16..blocks.end * 16).unwrap_or_default() {
                        let one = vector(&bytes, word);
                        *number += one.map_or(0.0, |(vector, _)| vector[at] * weight(30 + number_of, at, 512.0));
                    }
                }
                *number = number.clamp(-16.0, 16.0);
            }
            let context = contexts.at(place);
            for word in 0..WORDS {
                let expected = vector(&bytes, word).map(|(vector, own)| {
                    let sum: f64 = vector.iter().zip(&heard).map(|(one, other)| one * other).sum();
                    ((sum + own) * f64::from(UNIT)).clamp(-4096.0, 4096.0)
                });
                let gain = model.gain(&context, word as Word).map(f64::from);
                assert_eq!((gain.is_some(), model.knows(word as Word)), (expected.is_some(), expected.is_some()));
                let Some((gain, expected)) = gain.zip(expected) else { continue };
                within += usize::from(expected.abs() < 4096.0);
                assert!((gain - expected).abs() <= 10.0 + expected.abs() / 50.0, "{place} {word} {gain} {expected}");
            }
        }
        assert!(within > 400, "{within}");
    }

    #[test]
    fn numbers_as_large_as_they_can_be_are_borne() {
        let mut bytes = section(1);
        for fill in [0x7F, 0x80, 0xFF] {
            let known = (PLACES + STRETCHES) * DIMS..(PLACES + STRETCHES) * DIMS + WORDS.div_ceil(8);
            bytes[..known.start].fill(fill);
            for numbers in [0x00, 0xFF] {
                for vector in bytes[known.end..].chunks_exact_mut(ROW) {
                    vector.fill(numbers);
                    vector[0] = 255;
                }
                let model = Bilinear::open(bytes.clone().into(), WORDS).unwrap();
                let mut around = Surroundings::default();
                (0..1000).for_each(|at| around.push(1, 1, at));
                assert!(model.gain(&model.contexts(&around).at(500), 1).is_some_and(|gain| gain != 0));
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let bytes = section(3);
        assert_eq!(Bilinear::open(Vec::new().into(), WORDS).unwrap().len(), 0);
        for length in 1..bytes.len() {
            assert!(Bilinear::open(bytes[..length].to_vec().into(), WORDS).is_err(), "{length}");
        }
        assert!(Bilinear::open([&bytes[..], &[0]].concat().into(), WORDS).is_err());
        assert!(Bilinear::open(bytes.into(), usize::from(Word::MAX)).is_err());
    }

    #[test]
    fn what_has_no_vector_says_nothing() {
        let model = Bilinear::open(section(5).into(), WORDS).unwrap();
        let mut around = Surroundings::default();
        assert_eq!(model.contexts(&around).at(0).0, [0; DIMS]);
        [0, 3, 99, WORDS as Word, Word::MAX].into_iter().zip(0..).for_each(|(word, at)| around.push(word, 1, at));
        let context = model.contexts(&around).at(2);
        assert_eq!(context.0, [0; DIMS]);
        for word in [0, 3, WORDS as Word, Word::MAX] {
            assert_eq!(model.gain(&context, word), None);
        }
    }
}
