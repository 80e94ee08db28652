//! The words that texts are made of: texts repeat them, and what can be told of a word by itself is found out once.

use crate::adapt;
use crate::hash::Mix;
use crate::lexicon::Lexicon;
use crate::ngram::Word;
use crate::segment::{Kind, Piece, UNNUMBERED};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// What is known of a word as it was seen, wherever it stands.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// How many characters it has.
    pub letters: usize,
    /// The word of the lexicon that it is.
    pub word: Option<Word>,
    /// What identifies it, whatever its case.
    pub token: u64,
    /// Whether one of its letters but the first is a capital.
    pub mixed: bool,
}

/// The different words that were seen, numbered.
#[derive(Default)]
pub struct Vocabulary {
    numbers: HashMap<Box<[u8]>, u32, BuildHasherDefault<Mix>>,
    entries: Vec<Entry>,
    key: Vec<u8>,
}

impl Vocabulary {
    /// Gives those of a text's pieces that have none the numbers of their words.
    pub fn number(&mut self, text: &str, pieces: &mut [Piece], lexicon: &Lexicon) {
        for piece in pieces.iter_mut().filter(|piece| piece.number == UNNUMBERED) {
            let seen = piece.span.of(text);
            self.key.clear();
            self.key.extend_from_slice(seen.as_bytes());
            self.key.push(piece.kind as u8);
            piece.number = match self.numbers.get(self.key.as_slice()) {
                Some(&number) => number,
                None => self.add(seen, piece.kind, lexicon),
            };
        }
    }

    fn add(&mut self, seen: &str, kind: Kind, lexicon: &Lexicon) -> u32 {
        let number = self.entries.len() as u32;
        let word = if kind == Kind::Number { None } else { lexicon.word(seen).map(|leaf| leaf.word) };
        let mixed = seen.chars().skip(1).any(char::is_uppercase);
        self.entries.push(Entry { letters: seen.chars().count(), word, token: adapt::token(seen), mixed });
        self.numbers.insert(self.key.as_slice().into(), number);
        number
    }

    /// What is known of a piece's word.
    #[inline]
    pub fn of(&self, piece: &Piece) -> &Entry {
        &self.entries[piece.number as usize]
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets all words; their numbers will be given to others.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.entries.clear();
    }
}
