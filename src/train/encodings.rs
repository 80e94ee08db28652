//! Measuring how well legacy encodings are told apart and undone: known text is encoded in each, and restored.

use crate::assess::Cause;
use crate::repair::legacy::{self, Encoding};
use crate::restorer::Restorer;
use crate::train::eval::same_words;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// So many lines make a document.
const DOCUMENT: usize = 20;

/// A line of fewer words tells little.
const FEWEST_WORDS: usize = 8;

/// How well one encoding was told and undone; shares are from 0 to 1, and those of nothing are 0.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct EncodingScores {
    /// The encoding.
    pub encoding: Encoding,
    /// Lines that the encoding changes.
    pub lines: usize,
    /// Of these, restored as one document, the share that is exactly as it was, in NFC.
    pub exact: f64,
    /// The share that has the same words; case, tone placement and punctuation do not count.
    pub words: f64,
    /// The share of documents of 20 lines whose encoding was told.
    pub documents: f64,
    /// The share of single lines of eight words and more whose encoding was told.
    pub single: f64,
}

impl fmt::Display for EncodingScores {
    /// One row: encoding, lines, exact, words, documents, single.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EncodingScores { encoding, lines, exact, words, documents, single } = self;
        write!(f, "{encoding:14} {lines:6} {exact:7.4} {words:7.4} {documents:9.4} {single:7.4}")
    }
}

/// Encodes a text in each encoding, restores it, and compares. [`Encoding::Tcvn3Upper`] is left out: it cannot be told from
/// small letters.
///
/// ```
/// use phucdau::{Restorer, train::encodings};
///
/// let scores = encodings::score(&Restorer::new(), "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc");
/// assert!(scores.iter().all(|of| of.exact == 1.0 && of.single == 1.0));
/// ```
pub fn score(restorer: &Restorer, gold: &str) -> Vec<EncodingScores> {
    let gold: String = gold.nfc().collect();
    let lines: Vec<&str> = gold.lines().filter(|line| !line.trim().is_empty()).collect();
    let encodings = Encoding::ALL.iter().filter(|&&encoding| encoding != Encoding::Tcvn3Upper);
    encodings.map(|&encoding| score_one(restorer, &lines, encoding)).collect()
}

fn score_one(restorer: &Restorer, gold: &[&str], encoding: Encoding) -> EncodingScores {
    let encoded: Vec<String> = gold.iter().map(|line| legacy::encode(line, encoding)).collect();
    let told = |text: &str| restorer.assess(text).main_cause() == Some(Cause::Encoding(encoding));
    let restored = restorer.restore(&encoded.join("\n"));
    let (mut lines, mut exact, mut words, mut singles, mut single) = (0, 0, 0, 0, 0);
    for ((gold, encoded), restored) in gold.iter().zip(&encoded).zip(restored.text().split('\n')) {
        if gold == encoded {
            continue;
        }
        lines += 1;
        exact += usize::from(restored.nfc().eq(gold.chars()));
        words += usize::from(same_words(gold, restored));
        if gold.split_whitespace().count() >= FEWEST_WORDS {
            singles += 1;
            single += usize::from(told(encoded));
        }
    }
    let documents: Vec<bool> = encoded.chunks_exact(DOCUMENT).map(|lines| told(&lines.join("\n"))).collect();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    EncodingScores {
        encoding,
        lines,
        exact: share(exact, lines),
        words: share(words, lines),
        documents: share(documents.iter().filter(|&&told| told).count(), documents.len()),
        single: share(single, singles),
    }
}
