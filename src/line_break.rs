//! Words broken over a line's end: how the break looks, and how the word is given back on its lines.

use crate::text::letter;

/// How a word is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// With a hyphen at the line's end.
    Hyphen,
    /// With nothing but the line's end.
    Bare,
}

/// The break that a stretch between two pieces may be.
pub fn between(stretch: &str) -> Option<Break> {
    let (before, after) = stretch.split_once('\n')?;
    let after = after.trim_start_matches([' ', '\t']);
    let mut before = before.trim_end().chars();
    match (before.next(), before.next(), after) {
        (None, None, "") => Some(Break::Bare),
        (Some('-' | '‐' | '‑' | '¬' | '\u{ad}'), None, "") => Some(Break::Hyphen),
        _ => None,
    }
}

/// Puts the stretch between two halves back into the word that they are: where its letters are most like theirs.
pub fn put_back(word: &str, halves: [&str; 2], stretch: &str) -> String {
    let letters = |text: &str| text.chars().map(letter::bare).collect::<Vec<_>>();
    let (whole, head, tail) = (letters(word), letters(halves[0]), letters(halves[1]));
    let alike = |cut: usize| {
        let front = whole[..cut].iter().zip(&head).filter(|(a, b)| a == b).count();
        let back = whole[cut..].iter().rev().zip(tail.iter().rev()).filter(|(a, b)| a == b).count();
        // Of cuts that are as good, that which leaves the first line as long as it was.
        (front + back, std::cmp::Reverse(cut.abs_diff(head.len())))
    };
    let cut = (1..whole.len()).max_by_key(|&cut| alike(cut)).unwrap_or(0);
    let at = word.char_indices().nth(cut).map_or(word.len(), |(at, _)| at);
    [&word[..at], stretch, &word[at..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks() {
        for (stretch, expected) in [
            ("\n", Some(Break::Bare)),
            (" \r\n  ", Some(Break::Bare)),
            ("-\n", Some(Break::Hyphen)),
            ("\u{ad}\n", Some(Break::Hyphen)),
            (" ", None),
            ("-", None),
            ("\n\n", None),
            (".\n", None),
            ("--\n", None),
        ] {
            assert_eq!(between(stretch), expected, "{stretch:?}");
        }
    }

    #[test]
    fn halves_stay_on_their_lines() {
        for (word, halves, expected) in [
            ("nhiệm", ["nhi", "ém"], "nhi-\nệm"),
            ("nhiệm", ["nh", "iém"], "nh-\niệm"),
            // A letter was seen as two, or two as one.
            ("nhưng", ["nhi", "rng"], "như-\nng"),
            ("được", ["d", "ugc"], "đ-\nược"),
            ("ở", ["o", ""], "-\nở"),
        ] {
            assert_eq!(put_back(word, halves, "-\n"), expected);
        }
    }
}
