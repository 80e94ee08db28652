//! Signs for letters that were lost, as a repaired text has them. They are noncharacters, which no text is exchanged with.

use super::letter;

/// Which letters a sign may stand for: those that an encoding lacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// All that have marks: ASCII lacks them.
    Marked,
    /// Those that Latin-1 lacks.
    BeyondLatin,
    /// Those that UTF-8 writes in two bytes.
    TwoBytes,
    /// Those that UTF-8 writes in three bytes; these are what remains lost where others were replaced by similar letters.
    ThreeBytes,
}

impl Lost {
    pub const ALL: [Lost; 4] = [Lost::Marked, Lost::BeyondLatin, Lost::TwoBytes, Lost::ThreeBytes];

    /// The sign.
    pub fn sign(self) -> char {
        match self {
            Lost::Marked => '\u{fdd0}',
            Lost::BeyondLatin => '\u{fdd1}',
            Lost::TwoBytes => '\u{fdd2}',
            Lost::ThreeBytes => '\u{fdd3}',
        }
    }

    /// Whether it may stand for a letter.
    pub fn is(self, c: char) -> bool {
        !c.is_ascii()
            && letter::code(c).is_some()
            && match self {
                Lost::Marked => true,
                Lost::BeyondLatin => c > '\u{ff}',
                Lost::TwoBytes => c.len_utf8() == 2,
                Lost::ThreeBytes => c.len_utf8() == 3,
            }
    }
}

/// Whether a character is such a sign.
pub fn is_sign(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdd3}')
}

/// Whether there is such a sign.
pub fn has_sign(text: &str) -> bool {
    text.as_bytes().contains(&0xef) && text.contains(is_sign)
}
