//! Which kind of damage a line has suffered.
//!
//! Tesseract's English mode knows one marked letter, `é`; so a line with any other is not of that kind, and a line
//! of Vietnamese with none at all is stripped, or read in English mode. Between these two the odd words decide:
//! digits and symbols inside words, and words that are no syllable's skeleton. Lines say little each, so each leans
//! on the whole document.

use crate::channel::Damage;
use crate::lexicon::Lexicon;
use crate::segment::{Kind, Piece};
use crate::text::letter;

/// What the words of a line, or of a document, look like.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signs {
    /// Words in all.
    pub words: u32,
    /// Words with letters that only Vietnamese has, and is right to have.
    pub vietnamese: u32,
    /// Words with `é` or other marked letters of Western Europe, and none of those.
    pub western: u32,
    /// Words with digits or symbols inside.
    pub mixed: u32,
    /// Words of plain letters that are no word's skeleton.
    pub odd: u32,
}

/// Whether English mode cannot write this letter.
fn only_vietnamese(c: char) -> bool {
    !c.is_ascii() && !matches!(c, 'é' | 'É') && letter::code(c).is_some()
}

impl Signs {
    /// The signs of some pieces of a text.
    pub fn of(text: &str, pieces: &[Piece], lexicon: &Lexicon) -> Self {
        let mut signs = Signs::default();
        for piece in pieces.iter().filter(|p| matches!(p.kind, Kind::Word | Kind::Mixed)) {
            let word = piece.span.of(text);
            signs.words += 1;
            if word.is_ascii() {
                let mixed = piece.kind == Kind::Mixed;
                signs.mixed += u32::from(mixed);
                signs.odd += u32::from(!mixed && !lexicon.is_skeleton(word));
            } else if word.chars().any(only_vietnamese) {
                signs.vietnamese += 1;
            } else if word.chars().any(|c| matches!(c, 'é' | 'É')) {
                signs.western += 1;
            } else {
                signs.mixed += 1;
            }
        }
        signs
    }

    /// Whether these are words of another language: of plain letters, and no skeletons. Of Vietnamese read in English
    /// mode such are a tenth, beside more with `é`; of English they are half.
    fn is_foreign(self) -> bool {
        self.words >= 6 && self.odd * 10 > self.words * 4 && self.western + self.mixed + self.vietnamese == 0
    }

    /// The kind of damage that a whole document with these signs has suffered most.
    pub fn document(self) -> Damage {
        let share = |n: u32| f64::from(n) / f64::from(self.words.max(1));
        let right = share(self.vietnamese) > 0.15 && self.vietnamese > self.western + self.mixed;
        if right || self.is_foreign() {
            Damage::VietnameseOcr
        } else if share(self.western) + share(self.mixed) > 0.02 || share(self.odd) > 0.12 {
            Damage::EnglishOcr
        } else {
            Damage::Stripped
        }
    }

    /// The kind of damage of one line with these signs, in a document of that kind.
    pub fn line(self, document: Damage) -> Damage {
        let share = |n: u32| f64::from(n) / f64::from(self.words.max(1));
        match document {
            _ if share(self.vietnamese) > 0.4 && self.vietnamese > self.western + self.mixed => Damage::VietnameseOcr,
            Damage::Stripped if self.is_foreign() => Damage::VietnameseOcr,
            Damage::VietnameseOcr if self.vietnamese > 0 => Damage::VietnameseOcr,
            // Many words and not one mark: other damage has crept in.
            Damage::VietnameseOcr if self.words >= 8 && self.western + self.mixed == 0 => Damage::Stripped,
            Damage::VietnameseOcr if self.words >= 8 => Damage::EnglishOcr,
            other => other,
        }
    }
}
