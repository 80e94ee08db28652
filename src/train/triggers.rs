//! Counting the words that stand near each other, and choosing the pairs that tell words apart.

use super::corpus::CUT;
use crate::ngram::{BOUNDARY, FIRST_WORD, PAUSE, Word};
use crate::triggers::{self, FURTHEST, NEAREST};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// Only so many of the most frequent words are counted: each needs a number for each other.
const MOST_WORDS: usize = 16_384;

/// Pairs that are met less often, and would be by chance, say nothing for sure.
const FEWEST: f64 = 8.0;

/// A pair is taken to have been met so often more, and to have had to be: rare ones say less.
const MORE: f64 = 5.0;

/// What it counts that a pair is frequent or rare at all, beside that the first word's rivals share it less.
const PLAIN: f64 = 0.1;

/// The pairs of a section that are worth most: `most` of them or fewer. `class[w]` is the same for words that differ in
/// their marks only.
pub(crate) fn choose(texts: &[(Vec<Word>, u32)], class: &[u32], most: usize) -> Vec<(Word, Word, u8)> {
    if most == 0 {
        return Vec::new();
    }
    let near = Counts::of(texts, class.len());
    let total: f64 = near.rows.iter().sum();
    let number = near.words.len();
    // How often the words of a class are met near a word.
    let mut classes: HashMap<u32, Vec<usize>> = HashMap::new();
    for (rank, &word) in near.words.iter().enumerate() {
        classes.entry(class[usize::from(word)]).or_default().push(rank);
    }
    let worth = |rank: usize, rivals: &[usize], rows: f64, other: usize| {
        let met: f64 = rivals.iter().map(|&rival| near.met(rival, other)).sum();
        surprise(near.met(rank, other), met * near.rows[rank] / rows)
    };
    let rivals: Vec<(&[usize], f64)> = near
        .words
        .iter()
        .map(|&word| {
            let rivals = &*classes[&class[usize::from(word)]];
            (rivals, rivals.iter().map(|&rival| near.rows[rival]).sum())
        })
        .collect();
    let mut pairs: Vec<(f64, Word, Word, u8)> = (0..number)
        .into_par_iter()
        .flat_map_iter(|a| {
            let (near, rivals) = (&near, &rivals);
            (a..number).filter_map(move |b| {
                let (met, expected) = (near.met(a, b), near.rows[a] * near.rows[b] / total);
                if met.max(expected) < FEWEST {
                    return None;
                }
                let saying = triggers::saying(((met + MORE) / (expected + MORE)).ln())?;
                let apart = worth(a, rivals[a].0, rivals[a].1, b) + worth(b, rivals[b].0, rivals[b].1, a);
                let worth = apart + PLAIN * 2.0 * surprise(met, expected);
                let (first, second) = (near.words[a].min(near.words[b]), near.words[a].max(near.words[b]));
                Some((worth, first, second, saying))
            })
        })
        .collect();
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    pairs.truncate(most);
    let mut pairs: Vec<(Word, Word, u8)> =
        pairs.into_iter().map(|(_, first, second, say)| (first, second, say)).collect();
    pairs.sort_unstable();
    pairs
}

/// By how many nats what was met is likelier than what was expected (Poisson's log-likelihood ratio).
fn surprise(met: f64, expected: f64) -> f64 {
    match met > 0.0 {
        true => met * (met / expected.max(1e-9)).ln() - (met - expected),
        false => expected,
    }
}

/// How often words were met near each other.
struct Counts {
    /// By rank, the frequent first.
    words: Vec<Word>,
    /// By two ranks, the smaller first: a triangle.
    pairs: Vec<AtomicU32>,
    /// By rank: how often any was met near it.
    rows: Vec<f64>,
}

impl Counts {
    fn of(texts: &[(Vec<Word>, u32)], number: usize) -> Self {
        let mut frequency: Vec<(u64, Word)> = (0..number).map(|word| (0, word as Word)).collect();
        for (words, weight) in texts {
            for &word in words.iter().filter(|&&word| word != CUT) {
                frequency[usize::from(word)].0 += u64::from(*weight);
            }
        }
        frequency.drain(..usize::from(FIRST_WORD).min(number));
        frequency.sort_unstable_by_key(|&(n, word)| (std::cmp::Reverse(n), word));
        frequency.truncate(MOST_WORDS);
        let words: Vec<Word> = frequency.into_iter().map(|(_, word)| word).collect();
        let mut ranks = vec![u32::MAX; number];
        words.iter().zip(0..).for_each(|(&word, rank)| ranks[usize::from(word)] = rank);
        let counts = Counts {
            pairs: std::iter::repeat_with(AtomicU32::default).take(words.len() * (words.len() + 1) / 2).collect(),
            rows: vec![0.0; words.len()],
            words,
        };
        // Sums of whole numbers do not depend on the number of threads.
        for (words, weight) in texts {
            words.par_split(|&word| word == CUT).for_each(|line| {
                let line: Vec<u32> = line
                    .iter()
                    .filter(|&&word| word != BOUNDARY && word != PAUSE)
                    .map(|&word| ranks[usize::from(word)])
                    .collect();
                for (at, &here) in line.iter().enumerate().filter(|&(_, &rank)| rank != u32::MAX) {
                    let after = line.iter().skip(at + NEAREST).take(FURTHEST + 1 - NEAREST);
                    for &there in after.filter(|&&rank| rank != u32::MAX) {
                        counts.pairs[place(here as usize, there as usize)].fetch_add(*weight, Ordering::Relaxed);
                    }
                }
            });
        }
        let rows = (0..counts.words.len()).into_par_iter();
        let rows = rows.map(|a| (0..counts.words.len()).map(|b| counts.met(a, b)).sum()).collect();
        Counts { rows, ..counts }
    }

    fn met(&self, a: usize, b: usize) -> f64 {
        f64::from(self.pairs[place(a, b)].load(Ordering::Relaxed))
    }
}

/// Where a pair of ranks stands in the triangle.
fn place(a: usize, b: usize) -> usize {
    let (low, high) = (a.min(b), a.max(b));
    high * (high + 1) / 2 + low
}
