//! What the first pass leaves open in text that was right before its marks were taken off.
//!
//! Of text that the n-grams were counted from it leaves too little open.

use crate::channel::Damage;
use crate::error::Error;
use crate::ngram::{FIRST_WORD, Word};
use crate::restorer::Restorer;
use crate::segment;
use crate::surroundings::Surroundings;
use crate::text::letter;
use rayon::prelude::*;

/// A reading as likely as this, in parts of 256, leaves a place no doubt. Restoring passes over more, but these are
/// learnt from.
const SURE: u16 = 254;

/// A place with more readings is not looked at.
const MOST_READINGS: usize = 200;

/// Places of some texts, and the words that the first pass chose around them.
#[derive(Default)]
pub(super) struct Doubts {
    /// The chosen words of all documents; those that are likelier wrong than right are unknown.
    pub words: Vec<Word>,
    pub places: Vec<Place>,
    /// The readings of all places, the right one first, and how likely each was found, in parts of 256.
    pub readings: Vec<(Word, u16)>,
}

/// A place with several readings.
pub(super) struct Place {
    /// Which of the words stands there.
    pub at: u32,
    /// Where its readings begin, and how many they are.
    pub first: u32,
    pub readings: u8,
    /// How often it counts.
    pub weight: u8,
}

impl Doubts {
    /// Adds those of some documents.
    ///
    /// # Errors
    /// [`Error::Training`] if there are over four thousand million words in all.
    pub fn add(&mut self, restorer: &Restorer, documents: &[&str], weight: u8) -> Result<(), Error> {
        let parts: Vec<Doubts> = documents.par_iter().map(|text| Doubts::of(restorer, text, weight)).collect();
        for part in parts {
            let end = (self.words.len() + part.words.len()).max(self.readings.len() + part.readings.len());
            u32::try_from(end)
                .map_err(|_| Error::Training("there is too much text for vectors: --vectors 0".into()))?;
            let (at, first) = (self.words.len() as u32, self.readings.len() as u32);
            self.words.extend(part.words);
            self.readings.extend(part.readings);
            let places = part.places.into_iter();
            self.places.extend(places.map(|place| Place { at: place.at + at, first: place.first + first, ..place }));
        }
        Ok(())
    }

    fn of(restorer: &Restorer, text: &str, weight: u8) -> Self {
        let (stripped, right) = strip(restorer, text);
        let mut doubts = Doubts::default();
        restorer.first_pass(&stripped, Damage::Stripped, |pieces, shortlist| {
            let mut around = Surroundings::default();
            shortlist.surround(&mut around);
            for (place, readings) in shortlist.open(SURE) {
                let start = pieces[place].span.start;
                let Ok(found) = right.binary_search_by_key(&start, |&(start, _)| start) else { continue };
                let spoken_of =
                    readings.filter(|r| !r.noise && r.second.is_none() && r.pieces == 1 && r.word >= FIRST_WORD);
                let first = doubts.readings.len();
                doubts.readings.extend(spoken_of.map(|reading| (reading.word, reading.own)));
                let own = &mut doubts.readings[first..];
                match own.iter().position(|&(word, _)| word == right[found].1) {
                    Some(right) if (2..=MOST_READINGS).contains(&own.len()) => {
                        own.swap(0, right);
                        let (at, _) = around.at(place);
                        let readings = own.len() as u8;
                        doubts.places.push(Place { at: at as u32, first: first as u32, readings, weight });
                    }
                    _ => doubts.readings.truncate(first),
                }
            }
            doubts.words.extend(around.words());
        });
        doubts
    }
}

/// A text without marks, and its words with where they begin in it.
fn strip(restorer: &Restorer, text: &str) -> (String, Vec<(usize, Word)>) {
    let (mut stripped, mut words) = (String::with_capacity(text.len()), Vec::new());
    let pieces = segment::segment(text);
    let mut written = 0;
    for (piece, (_, word, seen)) in pieces.iter().zip(restorer.model.0.words(text, &pieces)) {
        stripped.push_str(&text[written..piece.span.start]);
        words.push((stripped.len(), word));
        stripped.extend(seen.chars().map(letter::bare));
        written = piece.span.end;
    }
    stripped.push_str(&text[written..]);
    (stripped, words)
}
