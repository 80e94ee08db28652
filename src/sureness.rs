//! How sure OCR was of what it read, as a toll on reading it otherwise.
//!
//! Tesseract's confidence in its right language is nearly what it says: the log-odds that a word is right are those of
//! its confidence. Other programs have other scales, so each word is measured against the document's mean: a word that
//! OCR was as sure of as of most costs nothing more.

use crate::channel::Damage;
use crate::lattice::Weights;
use crate::repair::Repaired;
use crate::segment::Piece;
use crate::span::Span;

/// Confidences beyond this and its complement say no more than these.
const MOST: f32 = 0.99;

/// What it costs, beyond what it does in any document, to change each of some pieces; nothing at all where nothing is
/// known. `sureness` is by places of the source, in order.
pub fn tolls(
    repaired: &Repaired,
    pieces: &[Piece],
    damages: &[Damage],
    sureness: &[(Span, f32)],
    weights: &Weights,
) -> Vec<i32> {
    if sureness.is_empty() {
        return Vec::new();
    }
    let odds = |sure: f32| (sure / (1.0 - sure)).ln();
    let known: Vec<Option<f32>> = pieces
        .iter()
        .map(|piece| {
            let place = repaired.source(piece.span);
            let first = sureness.partition_point(|(span, _)| span.end <= place.start);
            let here = sureness[first..].iter().take_while(|(span, _)| span.start < place.end);
            here.map(|&(_, sure)| odds(sure.clamp(1.0 - MOST, MOST))).reduce(f32::min)
        })
        .collect();
    let (sum, count) =
        known.iter().flatten().fold((0.0, 0u32), |(sum, count), odds| (sum + f64::from(*odds), count + 1));
    let mean = (sum / f64::from(count.max(1))) as f32;
    let toll = |((odds, piece), damage): ((Option<f32>, &Piece), &Damage)| {
        let toll = odds.map_or(0, |odds| ((odds - mean) * weights.sure(*damage) as f32).round() as i32);
        // What is no word, `11⁄9`, is none the sooner for being doubtful.
        if piece.span.of(repaired.text()).contains(char::is_alphabetic) { toll } else { toll.max(0) }
    };
    known.into_iter().zip(pieces).zip(damages).map(toll).collect()
}
