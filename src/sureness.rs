//! How sure OCR was of what it read, as a toll on reading it otherwise.
//!
//! Tesseract's confidence in its right language is nearly what it says: the log-odds that a word is right are those of
//! its confidence. Other programs have other scales, so each word is measured against the document's mean: a word that
//! OCR was as sure of as of most costs nothing more. Log-odds are whole numbers, small parts of a cost's unit: so their
//! sum is the same in any order, and the last bits of a platform's logarithm are no matter.

use crate::channel::Damage;
use crate::lattice::Weights;
use crate::repair::Repaired;
use crate::segment::Piece;
use crate::span::Span;

/// Confidences beyond this and its complement say no more than these.
const MOST: f32 = 0.99;

/// So many parts make a nat.
const PARTS: i64 = 1 << 12;

fn odds(sure: f32) -> i64 {
    let sure = sure.clamp(1.0 - MOST, MOST);
    exact(sure / (1.0 - sure)).round() as i64
}

fn exact(odds: f32) -> f64 {
    f64::from(odds).ln() * PARTS as f64
}

/// How sure OCR was, by places of a source, in order.
pub struct Sureness<'s> {
    places: &'s [(Span, f32)],
    mean: i64,
}

impl<'s> Sureness<'s> {
    pub fn new(places: &'s [(Span, f32)]) -> Self {
        let known = places.iter().filter(|(_, sure)| !sure.is_nan());
        let (sum, count) = known.fold((0, 0), |(sum, count), &(_, sure)| (sum + odds(sure), count + 1));
        Sureness { places, mean: sum / count.max(1) }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What it costs to change a piece, beyond what it does in any document.
    pub fn toll(&self, repaired: &Repaired, piece: &Piece, damage: Damage, weights: &Weights) -> i32 {
        let place = repaired.source(piece.span);
        let first = self.places.partition_point(|(span, _)| span.end <= place.start);
        let here = self.places[first..].iter().take_while(|(span, _)| span.start < place.end);
        let known = here.filter(|(_, sure)| !sure.is_nan());
        let least = known.map(|&(_, sure)| odds(sure)).min();
        let weight = i64::from(weights.sure(damage));
        let toll = least.map_or(0, |odds| ((odds - self.mean) * weight + PARTS / 2).div_euclid(PARTS) as i32);
        // What is no word, `11⁄9`, is none the sooner for being doubtful.
        if piece.span.of(repaired.text()).contains(char::is_alphabetic) { toll } else { toll.max(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_do_not_hang_on_a_last_bit() {
        for sure in (0..=10_000).map(|n| n as f32 / 10_000.0) {
            let sure = sure.clamp(1.0 - MOST, MOST);
            let exact = exact(sure / (1.0 - sure));
            assert!((exact.fract().abs() - 0.5).abs() > 1e-9, "{sure} {exact}");
        }
        assert_eq!([0.0, 0.01, 0.5, 0.99, 1.0].map(odds), [-18822, -18822, 0, 18822, 18822]);
    }
}
