//! Signs for letters that were lost, as a repaired text has them. They are noncharacters, which no text is exchanged with.

use super::letter;
use crate::channel::Damage;

/// Which letters a sign may stand for: those that an encoding lacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// All that have marks: ASCII lacks them.
    Marked,
    /// Those that Latin-1 lacks.
    BeyondLatin,
    /// Those that UTF-8 writes in two bytes.
    TwoBytes,
    /// One or more of those that have marks.
    SomeMarked,
    /// One or more of those that Latin-1 lacks.
    SomeBeyondLatin,
    /// Those that UTF-8 writes in three bytes; these are what remains lost where others were replaced by similar letters.
    ThreeBytes,
}

impl Lost {
    /// Those whose signs stand for one letter.
    pub const ONE: [Lost; 4] = [Lost::Marked, Lost::BeyondLatin, Lost::TwoBytes, Lost::ThreeBytes];

    /// The sign.
    pub fn sign(self) -> char {
        match self {
            Lost::Marked => '\u{fdd0}',
            Lost::BeyondLatin => '\u{fdd1}',
            Lost::TwoBytes => '\u{fdd2}',
            Lost::ThreeBytes => '\u{fdd3}',
            Lost::SomeMarked => '\u{fdd4}',
            Lost::SomeBeyondLatin => '\u{fdd5}',
        }
    }

    /// Whether it may stand for a letter.
    pub fn is(self, c: char) -> bool {
        !c.is_ascii()
            && letter::code(c).is_some()
            && match self {
                Lost::Marked | Lost::SomeMarked => true,
                Lost::BeyondLatin | Lost::SomeBeyondLatin => c > '\u{ff}',
                Lost::TwoBytes => c.len_utf8() == 2,
                Lost::ThreeBytes => c.len_utf8() == 3,
            }
    }
}

/// Whether a character is such a sign.
pub fn is_sign(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdd5}')
}

/// Whether there is such a sign.
pub fn has_sign(text: &str) -> bool {
    text.as_bytes().contains(&0xef) && text.contains(is_sign)
}

/// The damage that left the first sign of a text.
pub fn damage(text: &str) -> Option<Damage> {
    let sign = text.chars().find(|&c| is_sign(c))?;
    Some(match sign {
        '\u{fdd4}' => Damage::Dropped,
        '\u{fdd5}' => Damage::DroppedLatin,
        _ => Damage::Lossy,
    })
}
