//! Letters and the marks that make them.

use crate::text::letter;
use unicode_normalization::UnicodeNormalization;

/// Whether a mark makes another letter (`â`), and is no tone.
pub(super) fn is_quality(mark: char) -> bool {
    matches!(mark, '\u{302}' | '\u{306}' | '\u{31b}')
}

/// A letter with more marks, in any order; `None` if Vietnamese has no such letter.
pub(super) fn add(letter: char, marks: &str) -> Option<char> {
    let mut parts = std::iter::once(letter).chain(marks.chars()).nfc();
    let whole = parts.next()?;
    (parts.next().is_none() && letter::code(whole).is_some()).then_some(whole)
}

/// A letter taken apart: the plain letter, the mark of its quality and that of its tone.
pub(super) fn split(c: char) -> (char, Option<char>, Option<char>) {
    let mut parts = std::iter::once(c).nfd();
    let (base, mut quality, mut tone) = (parts.next().unwrap_or(c), None, None);
    for mark in parts {
        *(if is_quality(mark) { &mut quality } else { &mut tone }) = Some(mark);
    }
    (base, quality, tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_add_up() {
        for (letter, marks, whole) in [
            ('o', "\u{302}\u{323}", Some('ộ')),
            ('o', "\u{323}\u{302}", Some('ộ')),
            ('ó', "\u{31b}", Some('ớ')),
            ('Ư', "\u{309}", Some('Ử')),
            ('á', "\u{300}", None),
            ('n', "\u{303}", None),
            ('e', "\u{306}", None),
        ] {
            assert_eq!(add(letter, marks), whole, "{letter}");
        }
        assert_eq!(split('Ộ'), ('O', Some('\u{302}'), Some('\u{323}')));
        assert_eq!(split('đ'), ('đ', None, None));
    }
}
