//! Bytes seen as characters.
//!
//! A table of our own: `encoding_rs` has none for looking up one character.

/// What cp1252 has for the bytes `0x80` to `0x9F`; five are undefined, and are seen as the control characters that
/// Latin-1 has there.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// A byte read as cp1252.
pub(super) fn char_of(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[byte as usize - 0x80],
        _ => byte as char,
    }
}

/// The byte that a character is in cp1252, or in Latin-1.
pub(super) fn byte_of(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{ff}' => Some(c as u8),
        // The characters from U+0152 to U+2122 that cp1252 has.
        'Œ'..='™' => HIGH.iter().position(|&high| high == c).map(|at| at as u8 + 0x80),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip() {
        for byte in 0..=255 {
            assert_eq!(byte_of(char_of(byte)), Some(byte));
            assert_eq!(byte_of(byte as char), Some(byte));
        }
        for c in ['ă', 'Ơ', 'ạ', '₫', '\u{301}'] {
            assert_eq!(byte_of(c), None);
        }
    }
}
