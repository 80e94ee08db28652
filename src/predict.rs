//! Words that their neighbours foretell, where what was seen says little.
//!
//! The candidate search goes from what was seen, and finds nothing of a word that is damaged beyond recognition. Once
//! the first pass has read its neighbours, the language model may know it all the same: `tăng ae công tác` for tăng
//! cường công tác.

use crate::candidates::Searcher;
use crate::channel::Damage;
use crate::lattice::{Reading, Weights, is_code};
use crate::model::Parts;
use crate::ngram::{FIRST_WORD, State, UNIT, Word};
use crate::segment::{Kind, Piece};
use crate::text::case::Case;

/// A place that the first pass was not sure of.
#[derive(Debug, Clone, Copy)]
pub struct Doubt {
    /// What was chosen.
    pub reading: Reading,
    /// What came before.
    pub before: State,
    /// The words that came after, [`FIRST_WORD`] and above or marks; the second only after the first.
    pub after: [Option<Word>; 2],
}

/// What a foretold word may cost the language model at most.
const FORETOLD: i32 = 5 * UNIT;

/// The most words that are taken for a place.
const MOST: usize = 6;

/// What is needed to foretell words, to be used again.
#[derive(Default)]
pub struct Scratch {
    found: Vec<(i32, Word)>,
    prices: Vec<Option<i32>>,
    readings: Vec<(i32, Reading)>,
}

/// Adds words that may stand in a doubtful place.
pub fn predict(
    parts: &Parts,
    weights: &Weights,
    searcher: &mut Searcher,
    (seen, piece, damage): (&str, &Piece, Damage),
    doubt: &Doubt,
    scratch: &mut Scratch,
    out: &mut Vec<Reading>,
) {
    let letters = seen.chars().count();
    if piece.kind == Kind::Number || piece.is_kept() || damage.is_converted() || letters > 8 || is_code(seen) {
        return;
    }
    let case = doubt.reading.case;
    // The likeliest, these first; what was seen decides among them.
    let Scratch { found, prices, readings } = scratch;
    found.clear();
    prices.clear();
    readings.clear();
    for (word, cost) in parts.ngram.followers(doubt.before, FORETOLD) {
        let bar = found.get(2 * MOST - 1).map_or(i32::MAX, |last| last.0);
        // Others are likelier whatever comes after it.
        let late = cost > bar || word < FIRST_WORD || word == doubt.reading.word;
        if late || found.iter().any(|f| f.1 == word) {
            continue;
        }
        let (mut total, mut state) = parts.ngram.score(doubt.before, word);
        for next in doubt.after.into_iter().flatten() {
            let (cost, after) = parts.ngram.score(state, next);
            total += cost;
            state = after;
        }
        let at = found.partition_point(|&likelier| likelier < (total, word));
        found.insert(at, (total, word));
        found.truncate(2 * MOST);
    }
    let spellings = found.iter().map(|f| parts.lexicon.spelling(f.1));
    searcher.prices(&parts.profiles[damage], seen, case, spellings, prices);
    for (&(total, word), price) in found.iter().zip(prices) {
        let spelling = parts.lexicon.spelling(word);
        let toll = if damage == Damage::VietnameseOcr { weights.change } else { 0 };
        let by_rules = price.map(|c| c + toll);
        let garbled = (case == Case::Lower).then(|| {
            let differ = spelling.len().abs_diff(letters) as i32;
            weights.garbled + toll + weights.unknown(damage, letters) + weights.length * differ
        });
        let Some(cost) = by_rules.into_iter().chain(garbled).min() else { continue };
        let reading = Reading {
            word,
            second: None,
            cost,
            kept: false,
            noise: false,
            variant: false,
            wide: false,
            own: 0,
            pieces: 1,
            ..doubt.reading
        };
        readings.push((total + cost, reading));
    }
    readings.sort_by_key(|r| r.0);
    out.extend(readings.iter().take(MOST).map(|r| r.1));
}
