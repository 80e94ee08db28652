//! The words around a place, as the first pass chose them.

use crate::ngram::Word;

/// Words in the order of a text, that places between them hear.
#[derive(Default)]
pub struct Surroundings {
    words: Vec<Word>,
    /// How likely each is, in parts of whatever the caller takes for one.
    shares: Vec<u16>,
    /// Where each stands.
    places: Vec<u32>,
}

impl Surroundings {
    /// Forgets all words.
    pub fn clear(&mut self) {
        self.words.clear();
        self.shares.clear();
        self.places.clear();
    }

    /// Adds the next word, which stands at `place`, and how likely it does; [`UNKNOWN`](crate::ngram::UNKNOWN) for one that
    /// says nothing.
    pub fn push(&mut self, word: Word, share: u16, place: usize) {
        self.words.push(word);
        self.shares.push(share);
        self.places.push(place as u32);
    }

    /// All words.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// How likely each word is.
    pub fn shares(&self) -> &[u16] {
        &self.shares
    }

    /// How many words come before a place, and how many before what comes after it.
    pub fn at(&self, place: usize) -> (usize, usize) {
        let before = self.places.partition_point(|&at| (at as usize) < place);
        (before, before + self.places[before..].partition_point(|&at| at as usize == place))
    }
}
