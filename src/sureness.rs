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

fn odds(sure: f32) -> f32 {
    let sure = sure.clamp(1.0 - MOST, MOST);
    (sure / (1.0 - sure)).ln()
}

/// How sure OCR was, by places of a source, in order.
pub struct Sureness<'s> {
    places: &'s [(Span, f32)],
    mean: f32,
}

impl<'s> Sureness<'s> {
    pub fn new(places: &'s [(Span, f32)]) -> Self {
        let known = places.iter().filter(|(_, sure)| !sure.is_nan());
        let (sum, count) = known.fold((0.0, 0u32), |(sum, count), &(_, sure)| (sum + f64::from(odds(sure)), count + 1));
        Sureness { places, mean: (sum / f64::from(count.max(1))) as f32 }
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
        let least = known.map(|&(_, sure)| odds(sure)).reduce(f32::min);
        let toll = least.map_or(0, |odds| ((odds - self.mean) * weights.sure(damage) as f32).round() as i32);
        // What is no word, `11⁄9`, is none the sooner for being doubtful.
        if piece.span.of(repaired.text()).contains(char::is_alphabetic) { toll } else { toll.max(0) }
    }
}
