//! Text set in symbol fonts: its bytes come out of documents as private-use characters, U+F020 to U+F0FF.

use super::legacy;
use super::map::{Draft, Map};
use crate::span::Span;

/// A line of fewer such characters has bullets, and no text.
const FEWEST: usize = 4;

/// The byte that a private-use character is.
fn byte(c: char) -> Option<u8> {
    matches!(c, '\u{f020}'..='\u{f0ff}').then(|| (c as u32 - 0xf000) as u8)
}

/// A line that is mostly private-use characters, as the characters that cp1252 has for their bytes.
pub fn unfold(line: &str) -> Option<(String, Map)> {
    // All of them begin with this byte.
    if !line.as_bytes().contains(&0xef) {
        return None;
    }
    let private = line.chars().filter(|&c| byte(c).is_some()).count();
    let others = line.chars().filter(|&c| byte(c).is_none() && !c.is_whitespace()).count();
    // A row of bullets has no letters.
    let letters =
        line.chars().filter_map(byte).filter(u8::is_ascii_alphabetic).fold(0u32, |set, b| set | 1 << (b & 31));
    if private < FEWEST || private <= others || letters.count_ones() < 3 {
        return None;
    }
    let mut draft = Draft::default();
    for (at, c) in line.char_indices() {
        if let Some(byte) = byte(c) {
            draft.replace(line, Span::new(at, at + c.len_utf8()), &legacy::from_bytes(&[byte]));
        }
    }
    Some(draft.finish(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_letters_are_bytes() {
        let private = |text: &str| -> String {
            text.chars().map(|c| char::from_u32(0xf000 + c as u32).filter(|_| c != ' ').unwrap_or(c)).collect()
        };
        let line = private("Vi\u{d6}t Nam");
        assert_eq!(unfold(&line).map(|(text, _)| text).as_deref(), Some("ViÖt Nam"));
        for line in ["\u{f0b7} Một mục", "\u{f0b7}\u{f0a7}\u{f0d8}", "Việt Nam"] {
            assert_eq!(unfold(line), None);
        }
    }
}
