//! Letters and the marks that make them.

use super::decoded::Unit;
use crate::text::letter;
use unicode_normalization::UnicodeNormalization;

/// A letter with more marks, in any order; `None` if Vietnamese has no such letter.
pub(super) fn add(letter: char, marks: &str) -> Option<char> {
    let mut parts = std::iter::once(letter).chain(marks.chars()).nfc();
    let whole = parts.next()?;
    (parts.next().is_none() && letter::code(whole).is_some()).then_some(whole)
}

/// Puts marks on the last letter of a text; where it takes none, they are whatever else they look like.
pub(super) fn push(text: &mut Vec<Unit>, marks: &str, unit: Unit) {
    match text.last_mut().and_then(|last| Some((add(last.c, marks)?, last))) {
        Some((c, last)) => *last = Unit { c, end: unit.end, ..*last },
        None => text.push(unit),
    }
}

/// A letter taken apart: the plain letter, the mark of its quality (`â`) and that of its tone.
pub(super) fn split(c: char) -> (char, Option<char>, Option<char>) {
    let mut parts = std::iter::once(c).nfd();
    let (base, mut quality, mut tone) = (parts.next().unwrap_or(c), None, None);
    for mark in parts {
        *(if matches!(mark, '\u{302}' | '\u{306}' | '\u{31b}') { &mut quality } else { &mut tone }) = Some(mark);
    }
    (base, quality, tone)
}

/// A letter without its tone, and the mark of that.
pub(super) fn split_tone(c: char) -> (char, Option<char>) {
    let (base, quality, tone) = split(c);
    (std::iter::once(base).chain(quality).nfc().next().unwrap_or(base), tone)
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
            ('\n', "\u{301}", None),
        ] {
            assert_eq!(add(letter, marks), whole, "{letter}");
        }
        assert_eq!(split('Ộ'), ('O', Some('\u{302}'), Some('\u{323}')));
        assert_eq!(split('đ'), ('đ', None, None));
        assert_eq!(split_tone('Ự'), ('Ư', Some('\u{323}')));
    }
}
