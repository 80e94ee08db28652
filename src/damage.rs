//! Which kind of damage a line has suffered.
//!
//! Tesseract's English mode knows one marked letter, `é`; so a line with any other is not of that kind, and a line
//! of Vietnamese with none at all is stripped, or read in English mode. Between these two the odd words decide:
//! digits and symbols inside words, and words that are no syllable's skeleton. Lines say little each, so each leans
//! on the whole document.

use crate::channel::Damage;
use crate::foreign::{self, Evidence};
use crate::lexicon::Lexicon;
use crate::segment::{Gap, Kind, Piece};
use crate::text::letter;
use std::ops::AddAssign;

/// What the words of a line, or of a document, look like.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Signs {
    /// Words in all.
    words: u32,
    /// Words with letters that only Vietnamese has, and is right to have.
    vietnamese: u32,
    /// Words with `é` or other marked letters of Western Europe, and none of those.
    western: u32,
    /// Words with digits or symbols inside.
    mixed: u32,
    /// Words of plain letters that are no word's skeleton.
    odd: u32,
    /// Which language the words speak for.
    language: Evidence,
}

/// Whether English mode cannot write this letter.
fn only_vietnamese(c: char) -> bool {
    !c.is_ascii() && !matches!(c, 'é' | 'É') && letter::code(c).is_some()
}

/// The kind of damage that each piece of a text has suffered; `None` for those in lines of other languages, and in lines
/// that are `right`.
pub fn of_pieces(
    text: &str,
    pieces: &[Piece],
    lexicon: &Lexicon,
    right: impl Fn(&[Piece]) -> bool,
) -> Vec<Option<Damage>> {
    let mut lines = Vec::new();
    let mut evidence = Vec::new();
    for sentence in pieces.chunk_by(|_, piece| piece.gap != Gap::Sentence) {
        let (first, mut whole) = (lines.len(), Evidence::default());
        for line in sentence.chunk_by(|_, piece| piece.gap != Gap::Line) {
            let right = right(line);
            let signs = if right { Signs::default() } else { Signs::of(text, line, lexicon) };
            whole += signs.language;
            lines.push((line.len(), signs, right));
        }
        evidence.extend(lines[first..].iter().map(|(_, signs, _)| (signs.language, whole)));
    }
    let mut left = foreign::lines(&evidence);
    left.iter_mut().zip(&lines).for_each(|(left, (_, _, right))| *left |= right);
    let mut all = Signs::default();
    lines.iter().zip(&left).filter(|&(_, &left)| !left).for_each(|((_, signs, _), _)| all += *signs);
    let document = all.document();
    let damages = lines.iter().zip(left).map(|((_, signs, _), left)| (!left).then(|| signs.line(document)));
    lines.iter().zip(damages).flat_map(|(line, damage)| std::iter::repeat_n(damage, line.0)).collect()
}

impl AddAssign for Signs {
    fn add_assign(&mut self, other: Signs) {
        self.words += other.words;
        self.vietnamese += other.vietnamese;
        self.western += other.western;
        self.mixed += other.mixed;
        self.odd += other.odd;
        self.language += other.language;
    }
}

impl Signs {
    /// The signs of some pieces of a text.
    fn of(text: &str, pieces: &[Piece], lexicon: &Lexicon) -> Self {
        let mut signs = Signs::default();
        for piece in pieces.iter().filter(|p| matches!(p.kind, Kind::Word | Kind::Mixed)) {
            let word = piece.span.of(text);
            signs.words += 1;
            signs.language += Evidence::of(text, piece, lexicon);
            if word.is_ascii() {
                let mixed = piece.kind == Kind::Mixed;
                signs.mixed += u32::from(mixed);
                signs.odd += u32::from(!mixed && lexicon.skeleton(word).is_none());
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

    /// The kind of damage that a whole document with these signs has suffered most.
    fn document(self) -> Damage {
        let share = |n: u32| f64::from(n) / f64::from(self.words.max(1));
        if share(self.vietnamese) > 0.15 && self.vietnamese > self.western + self.mixed {
            Damage::VietnameseOcr
        } else if share(self.western) + share(self.mixed) > 0.02 || share(self.odd) > 0.12 {
            Damage::EnglishOcr
        } else {
            Damage::Stripped
        }
    }

    /// The kind of damage of one line with these signs, in a document of that kind.
    fn line(self, document: Damage) -> Damage {
        let share = |n: u32| f64::from(n) / f64::from(self.words.max(1));
        match document {
            _ if share(self.vietnamese) > 0.4 && self.vietnamese > self.western + self.mixed => Damage::VietnameseOcr,
            Damage::VietnameseOcr if self.vietnamese > 0 => Damage::VietnameseOcr,
            // Many words and not one mark: other damage has crept in.
            Damage::VietnameseOcr if self.words >= 8 && self.western + self.mixed == 0 => Damage::Stripped,
            Damage::VietnameseOcr if self.words >= 8 => Damage::EnglishOcr,
            other => other,
        }
    }
}
