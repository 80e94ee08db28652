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
    /// Those that UTF-8 writes in three bytes; also what is lost where letters of two were replaced by others.
    ThreeBytes,
    /// One or more of those that have marks.
    SomeMarked,
    /// One or more of those that Latin-1 lacks.
    SomeBeyondLatin,
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

/// What a sign says, if a character is one.
pub fn of_sign(c: char) -> Option<Lost> {
    Some(match c {
        '\u{fdd0}' => Lost::Marked,
        '\u{fdd1}' => Lost::BeyondLatin,
        '\u{fdd2}' => Lost::TwoBytes,
        '\u{fdd3}' => Lost::ThreeBytes,
        '\u{fdd4}' => Lost::SomeMarked,
        '\u{fdd5}' => Lost::SomeBeyondLatin,
        _ => return None,
    })
}

/// Whether a character is such a sign.
#[inline]
pub fn is_sign(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdd5}')
}

/// Whether there is such a sign.
pub fn has_sign(text: &str) -> bool {
    text.as_bytes().contains(&0xef) && text.contains(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_told_apart() {
        let all = Lost::ONE.into_iter().chain([Lost::SomeMarked, Lost::SomeBeyondLatin]);
        for lost in all {
            assert_eq!(of_sign(lost.sign()), Some(lost));
            assert!(is_sign(lost.sign()) && lost.is('ệ') == (lost != Lost::TwoBytes) && !lost.is('e'));
        }
        assert!([Lost::Marked, Lost::TwoBytes].iter().all(|lost| lost.is('à') && lost.is('đ')));
        assert!([Lost::BeyondLatin, Lost::ThreeBytes].iter().all(|lost| !lost.is('à')));
    }
}
