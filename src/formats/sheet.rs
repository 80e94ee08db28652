//! A text file: its text, where that stands, and how the file is written when the text has changed.

use super::splice::{self, Change, Escape, Slot};
use super::words::{Rect, Word, Words};
use crate::span::Span;

/// A file and the text in it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub file: String,
    /// The joined text.
    pub text: String,
    /// In the text's order.
    pub slots: Vec<Slot>,
    /// Places inside the elements of words in which these stand once more, letter by letter.
    pub letters: Vec<Slot>,
    /// Further places in which some of the text stands once more, each list in the text's order.
    pub copies: Vec<Vec<Slot>>,
    /// In the text's order.
    pub words: Vec<Word>,
    /// What parts two elements of words in the file, by the first of them and the boxes of both.
    pub between: fn(&str, Option<[Rect; 2]>) -> String,
    /// How sure it is, 0 to 1, that a stretch of the text was read rightly.
    pub sureness: Vec<(Span, f32)>,
}

/// What parts a stretch of text from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    Nothing,
    Space,
    Line,
    Block,
}

impl Sheet {
    pub fn new(file: String) -> Self {
        Sheet {
            file,
            text: String::new(),
            slots: Vec::new(),
            letters: Vec::new(),
            copies: Vec::new(),
            words: Vec::new(),
            between: |_, _| " ".to_owned(),
            sureness: Vec::new(),
        }
    }

    /// Adds what parts the text so far from what comes.
    pub fn part(&mut self, gap: Gap) {
        if !self.text.is_empty() {
            self.text.push_str(match gap {
                Gap::Nothing => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Block => "\n\n",
            });
        }
    }

    /// Adds a stretch of the file to the text.
    pub fn push(&mut self, place: Span, escape: Escape) {
        splice::read(&self.file, place, escape, &mut self.text, &mut self.slots);
    }

    /// Notes how sure it is that a stretch of the text was read rightly, if that is told as a share of `whole`.
    pub fn weigh(&mut self, stretch: Span, told: Option<&str>, whole: f32) {
        let sure = told.and_then(|told| told.parse::<f32>().ok()).filter(|sure| !sure.is_nan());
        self.sureness.extend(sure.map(|sure| (stretch, (sure / whole).clamp(0.0, 1.0))));
    }

    /// Places in which a stretch of the text stands once more, part by part. If they say something else, a single one is
    /// kept in step as a whole, and several are left alone.
    pub fn copy(&self, stretch: Span, places: &[(Span, Escape)]) -> Vec<Slot> {
        let (mut text, mut slots) = (String::new(), Vec::new());
        for &(place, escape) in places {
            splice::read(&self.file, place, escape, &mut text, &mut slots);
        }
        let shifted = |span: Span| Span::new(stretch.start + span.start, stretch.start + span.end);
        match places {
            _ if text == stretch.of(&self.text) => {
                slots.into_iter().map(|slot| Slot { text: shifted(slot.text), ..slot }).collect()
            }
            &[(file, escape)] => vec![Slot { text: stretch, file, escape, spaces: None }],
            _ => Vec::new(),
        }
    }

    /// The file with changes of its text made.
    pub fn write(&self, changes: &[Change]) -> String {
        let Sheet { file, text, slots, letters, copies, words, between, .. } = self;
        let words = Words { file, text, slots, letters, copies, words, between: *between };
        splice::apply(file, Span::new(0, file.len()), words.patches(changes))
    }
}
