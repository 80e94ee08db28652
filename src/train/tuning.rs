//! Tuning the language model to choose.
//!
//! N-grams are estimated to foretell words; what is asked of them is which word of one skeleton stands in a place (`ban`: bản,
//! bạn, bán …), where its neighbours are known. So their costs are moved until the right words use each of them as often as
//! all readings do, each as far as it is likely (iterative scaling: Darroch & Ratcliff 1972; with the neighbours as they are:
//! Besag 1975).
//!
//! How likely readings are is told, for each part of the text, by the same n-grams counted from the other parts, and what is taken
//! over are the moves alone.

use super::bilinear::exp;
use super::corpus::CUT;
use super::costs::Shape;
use super::documents::PARTS;
use super::kneser_ney::{count, estimate_again, members};
use crate::ngram::{BOUNDARY, FIRST_WORD, UNIT, Word};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Words to a block.
const BLOCK: usize = 1 << 16;

/// How far a cost moves of the way there: each reading uses several.
const PACE: f32 = 0.5;

/// What speaks for leaving a cost as it is, in uses.
const INERTIA: f32 = 5.0;

/// How far a cost moves at most, in nats.
const MOST: f32 = 2.0;

/// A place whose right word is likelier than this is not looked at again.
const SURE: f32 = 0.999;

/// One use of a cost.
const USE: f32 = 4096.0;

/// How often each of the costs was used, in 1/[`USE`]: by the right words, and by all readings as far as they are likely.
struct Uses {
    right: Vec<AtomicU64>,
    all: Vec<AtomicU64>,
}

impl Uses {
    fn none(numbers: usize) -> Self {
        let none = || (0..numbers).map(|_| AtomicU64::new(0)).collect();
        Uses { right: none(), all: none() }
    }

    fn add(&self, number: u32, right: u64, all: u64) {
        for (uses, more) in [(&self.right, right), (&self.all, all)] {
            if more > 0 {
                uses[number as usize].fetch_add(more, Ordering::Relaxed);
            }
        }
    }
}

/// A stretch of a text, and those of its places that are open.
struct Block<'t> {
    text: &'t [Word],
    stretch: Range<usize>,
    weight: u32,
    part: usize,
    open: Vec<u32>,
}

/// What the n-grams of a model cost, counted without each of the parts in turn; infinite if one is nowhere else. `parts` says
/// which part a text is, if it is left out anywhere.
pub(super) fn by_others(
    shape: &Shape,
    texts: &[(Vec<Word>, u32)],
    parts: &[Option<usize>],
    words: usize,
) -> Vec<Vec<f32>> {
    let without = |part| {
        let others = texts.iter().zip(parts).filter(|&(_, &of)| of != Some(part));
        let others: Vec<(&[Word], u32)> = others.map(|((text, weight), _)| (&text[..], *weight)).collect();
        estimate_again(&count(&others, words), shape)
    };
    (0..PARTS).map(without).collect()
}

/// Moves the costs of a model that was estimated from some texts, and those [`by_others`], so many times; `class` is that of
/// [`estimate`](super::kneser_ney::estimate), and no text weighs more than `heaviest`.
pub(super) fn tune(
    shape: &Shape,
    (costs, by_others): (&mut [f32], &mut [Vec<f32>]),
    texts: &[(Vec<Word>, u32)],
    parts: &[Option<usize>],
    class: &[u32],
    (rounds, heaviest): (usize, u32),
    mut report: impl FnMut(&str),
) {
    let mut blocks = Vec::new();
    for ((text, weight), part) in texts.iter().zip(parts) {
        let Some(part) = *part else { continue };
        for begin in (0..text.len()).step_by(BLOCK) {
            let stretch = begin..text.len().min(begin + BLOCK);
            blocks.push(Block { text, stretch, weight: (*weight).min(heaviest), part, open: Vec::new() });
        }
    }

    let members = members(class);
    let sure = Uses::none(shape.numbers());
    let mut moves = vec![0.0; shape.numbers()];
    for round in 1..=rounds {
        let open = Uses::none(shape.numbers());
        let sure_now = (round == 1).then_some(&sure);
        let unlikelihood: Vec<f64> = blocks
            .par_iter_mut()
            .map(|block| {
                let choice = Choice { shape, costs: &by_others[block.part], class, members: &members };
                choice.count(block, &open, sure_now)
            })
            .collect();
        for (number, by) in moves.iter_mut().enumerate() {
            let of = |uses: [&Vec<AtomicU64>; 2]| -> f32 {
                uses.map(|uses| uses[number].load(Ordering::Relaxed)).iter().sum::<u64>() as f32 / USE
            };
            let (right, all) = (of([&open.right, &sure.right]), of([&open.all, &sure.all]));
            let most = MOST * UNIT as f32;
            let to = (*by - PACE * UNIT as f32 * ((right + INERTIA) / (all + INERTIA)).ln()).clamp(-most, most);
            by_others.iter_mut().for_each(|costs| costs[number] += to - *by);
            *by = to;
        }
        let places: usize = blocks.iter().map(|block| block.open.len()).sum();
        let nats = unlikelihood.iter().sum::<f64>() / places.max(1) as f64;
        report(&format!("tuning, round {round}: {nats:.4} nats at each of {places} open places before it"));
    }
    for (cost, by) in costs.iter_mut().zip(moves) {
        *cost = (*cost + by).max(0.0);
    }
}

/// What a choice among words of one class goes by.
struct Choice<'m> {
    shape: &'m Shape,
    /// Infinite for n-grams that are not known here.
    costs: &'m [f32],
    class: &'m [u32],
    members: &'m [Vec<Word>],
}

/// The readings of a place: what each costs with the words that follow it, and of which costs that is the sum.
#[derive(Default)]
struct Readings {
    words: Vec<(Word, f32, Range<usize>)>,
    used: Vec<u32>,
}

impl Choice<'_> {
    /// Counts what the open places of a block use, and gives their unlikelihood in nats. Where places that are sure are to be
    /// counted apart, which are open is found out first.
    fn count(&self, block: &mut Block, open: &Uses, sure: Option<&Uses>) -> f64 {
        let &mut Block { text, weight, .. } = block;
        let places = match sure {
            Some(_) => block.stretch.clone().map(|at| at as u32).collect(),
            None => std::mem::take(&mut block.open),
        };
        let (mut readings, mut nats) = (Readings::default(), 0.0);
        for at in places {
            let word = text[at as usize];
            let is_choice = word != CUT && word >= FIRST_WORD && self.members[self.class_of(word)].len() > 1;
            if !is_choice {
                continue;
            }
            self.read(text, at as usize, &mut readings);
            let best = readings.words.iter().fold(f32::INFINITY, |best, reading| best.min(reading.1));
            let likelihood = |cost: f32| exp((best - cost) / UNIT as f32);
            let whole: f32 = readings.words.iter().map(|reading| likelihood(reading.1)).sum();
            let right = readings.words.iter().filter(|reading| reading.0 == word).map(|reading| likelihood(reading.1));
            let right = right.sum::<f32>() / whole;
            let uses = sure.filter(|_| right > SURE).unwrap_or(open);
            for (reading, cost, used) in &readings.words {
                let all = (likelihood(*cost) / whole * USE) as u64;
                let right = if *reading == word { USE as u64 } else { 0 };
                if right + all > 0 {
                    let [right, all] = [right, all].map(|uses| uses * u64::from(weight));
                    readings.used[used.clone()].iter().for_each(|&number| uses.add(number, right, all));
                }
            }
            if sure.is_none() || right <= SURE {
                block.open.push(at);
                nats -= f64::from(right.max(f32::MIN_POSITIVE)).ln();
            }
        }
        nats
    }

    fn class_of(&self, word: Word) -> usize {
        self.class[usize::from(word)] as usize
    }

    /// Reads a place of a text in all ways.
    fn read(&self, text: &[Word], at: usize, readings: &mut Readings) {
        let word = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().filter(|&word| word != CUT);
        let before = [at.checked_sub(2), at.checked_sub(1)].map(word);
        let after = [at + 1, at + 2].map(|at| word(Some(at)));
        let pair = |words: [Option<Word>; 2]| match words {
            // What stood before a sentence's end says nothing of what follows.
            [Some(first), Some(second)] if second != BOUNDARY => self.shape.pair(first, second),
            _ => None,
        };
        let (pair_before, pair_after) = (pair(before), after[0].and_then(|first| self.shape.pair(first, after[1]?)));
        readings.words.clear();
        readings.used.clear();
        for &reading in &self.members[self.class_of(text[at])] {
            let begin = readings.used.len();
            let own = before[1].and_then(|last| self.shape.pair(last, reading));
            self.cost(pair_before, before[1], own, reading, &mut readings.used);
            if let Some(next) = after[0] {
                let with_next = self.shape.pair(reading, next);
                self.cost(own, Some(reading), with_next, next, &mut readings.used);
                if let Some(last) = after[1].filter(|_| next != BOUNDARY) {
                    self.cost(with_next, Some(next), pair_after, last, &mut readings.used);
                }
            }
            let cost = readings.used[begin..].iter().map(|&number| self.costs[number as usize]).sum();
            readings.words.push((reading, cost, begin..readings.used.len()));
        }
    }

    /// Lists the costs that a word's is the sum of after a last one and the pair that it ends; `pair` is that of both.
    fn cost(&self, before: Option<usize>, last: Option<Word>, pair: Option<usize>, word: Word, used: &mut Vec<u32>) {
        let is_known = |number: &usize| self.costs[*number] < f32::INFINITY;
        if let Some(triple) = before.and_then(|before| self.shape.triple(before, word)).filter(is_known) {
            used.push(triple as u32);
            return;
        }
        let leads_on = before.filter(|&before| !self.shape.triples_of(before).is_empty());
        let backoff = leads_on.map(|before| self.shape.of_backoff(before)).filter(is_known);
        used.extend(backoff.map(|number| number as u32));
        match pair.map(|pair| self.shape.of_pair(pair)).filter(is_known) {
            Some(pair) => used.push(pair as u32),
            None => {
                used.push(self.shape.of_word(word) as u32);
                used.extend(last.map(|last| self.shape.of_last(last) as u32));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::kneser_ney::{Size, estimate};

    #[test]
    fn readings_get_as_likely_as_they_are_right() {
        // `ban` between two words is bán in three of five places, but bạn in all others. Pairs alone count that twice.
        let [bán, bạn, nhà, đất, tôi, ấy] = [4, 5, 6, 7, 8, 9];
        let class = [0, 1, 2, 3, 4, 4, 5, 6, 7, 8];
        let sentences =
            [[nhà, bán, đất], [nhà, bán, đất], [nhà, bạn, đất], [nhà, bán, đất], [nhà, bạn, đất], [tôi, bạn, ấy]];
        let often = [1, 1, 1, 1, 1, 5];
        let text: Vec<Word> = (0..1000)
            .flat_map(|_| sentences.iter().zip(often).flat_map(|(words, often)| [words; 5].into_iter().take(often)))
            .flat_map(|words| words.iter().copied().chain([BOUNDARY]))
            .collect();
        let size = Size { pairs: 100, triples: 0, plain: 0.1 };
        let texts = [(); PARTS].map(|()| (text.clone(), 1));
        let (shape, mut costs) = estimate(&count(&texts, class.len()), &class, size);
        let likelihood = |costs: &[f32]| {
            let choice = Choice { shape: &shape, costs, class: &class, members: &members(&class) };
            let mut readings = Readings::default();
            choice.read(&[BOUNDARY, nhà, bán, đất, BOUNDARY], 2, &mut readings);
            let [of_bán, of_bạn] = [bán, bạn]
                .map(|word| readings.words.iter().find(|reading| reading.0 == word).expect("both are of the class").1);
            1.0 / (1.0 + ((of_bán - of_bạn) / UNIT as f32).exp())
        };
        assert!(likelihood(&costs) > 0.8, "{}", likelihood(&costs));
        let parts: Vec<Option<usize>> = (0..PARTS).map(Some).collect();
        let mut by_others = by_others(&shape, &texts, &parts, class.len());
        tune(&shape, (&mut costs, &mut by_others), &texts, &parts, &class, (20, 1), |_| {});
        assert!((0.57..0.63).contains(&likelihood(&costs)), "{}", likelihood(&costs));
    }
}
