//! One byte for each letter: TCVN3, VPS, VISCII.

use super::super::is_mark;
use super::decoded::{Decoded, Unit, Writer, units};
use super::{marked, substitute, view};
use crate::text::letter;
use std::sync::LazyLock;

/// The letters that ASCII does not have, in the order of the tables.
const LETTERS: &str = "đàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";

/// How many they are.
const COUNT: usize = 67;

/// Bytes of the letters; 0 for what has none.
type Table = [u8; COUNT];

#[rustfmt::skip]
const TCVN3_SMALL: Table = [
    0xae,
    0xb5, 0xb8, 0xb6, 0xb7, 0xb9,
    0xa8, 0xbb, 0xbe, 0xbc, 0xbd, 0xc6,
    0xa9, 0xc7, 0xca, 0xc8, 0xc9, 0xcb,
    0xcc, 0xd0, 0xce, 0xcf, 0xd1,
    0xaa, 0xd2, 0xd5, 0xd3, 0xd4, 0xd6,
    0xd7, 0xdd, 0xd8, 0xdc, 0xde,
    0xdf, 0xe3, 0xe1, 0xe2, 0xe4,
    0xab, 0xe5, 0xe8, 0xe6, 0xe7, 0xe9,
    0xac, 0xea, 0xed, 0xeb, 0xec, 0xee,
    0xef, 0xf3, 0xf1, 0xf2, 0xf4,
    0xad, 0xf5, 0xf8, 0xf6, 0xf7, 0xf9,
    0xfa, 0xfd, 0xfb, 0xfc, 0xfe,
];

/// The capitals of the `.VnTime` fonts: `Đ Ă Â Ê Ô Ơ Ư`.
#[rustfmt::skip]
const TCVN3_CAPITAL: Table = [
    0xa7,
    0, 0, 0, 0, 0,
    0xa1, 0, 0, 0, 0, 0,
    0xa2, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
    0xa3, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
    0xa4, 0, 0, 0, 0, 0,
    0xa5, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
    0xa6, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
];

#[rustfmt::skip]
const VPS_SMALL: Table = [
    0xc7,
    0xe0, 0xe1, 0xe4, 0xe3, 0xe5,
    0xe6, 0xa2, 0xa1, 0xa3, 0xa4, 0xa5,
    0xe2, 0xc0, 0xc3, 0xc4, 0xc5, 0xc6,
    0xe8, 0xe9, 0xc8, 0xeb, 0xcb,
    0xea, 0x8a, 0x89, 0x8b, 0xcd, 0x8c,
    0xec, 0xed, 0xcc, 0xef, 0xce,
    0xf2, 0xf3, 0xd5, 0xf5, 0x86,
    0xf4, 0xd2, 0xd3, 0xb0, 0x87, 0xb6,
    0xd6, 0xa9, 0xa7, 0xaa, 0xab, 0xae,
    0xf9, 0xfa, 0xfb, 0xdb, 0xf8,
    0xdc, 0xd8, 0xd9, 0xba, 0xbb, 0xbf,
    0xff, 0x9a, 0x9b, 0xcf, 0x9c,
];

/// Fourteen capitals have the places of control characters that texts have no use for.
#[rustfmt::skip]
const VPS_CAPITAL: Table = [
    0xf1,
    0x80, 0xc1, 0x81, 0x82, 0x02,
    0x88, 0x8e, 0x8d, 0x8f, 0xf0, 0x04,
    0xc2, 0x84, 0x83, 0x85, 0x1c, 0x03,
    0xd7, 0xc9, 0xde, 0xfe, 0x05,
    0xca, 0x93, 0x90, 0x94, 0x95, 0x06,
    0xb5, 0xb4, 0xb7, 0xb8, 0x10,
    0xbc, 0xb9, 0xbd, 0xbe, 0x11,
    0xd4, 0x97, 0x96, 0x98, 0x99, 0x12,
    0xf7, 0x9e, 0x9d, 0x9f, 0xa6, 0x13,
    0xa8, 0xda, 0xd1, 0xac, 0x14,
    0xd0, 0xaf, 0xad, 0xb1, 0x1d, 0x15,
    0xb2, 0xdd, 0xfd, 0xb3, 0x19,
];

#[rustfmt::skip]
const VISCII_SMALL: Table = [
    0xf0,
    0xe0, 0xe1, 0xe4, 0xe3, 0xd5,
    0xe5, 0xa2, 0xa1, 0xc6, 0xc7, 0xa3,
    0xe2, 0xa5, 0xa4, 0xa6, 0xe7, 0xa7,
    0xe8, 0xe9, 0xeb, 0xa8, 0xa9,
    0xea, 0xab, 0xaa, 0xac, 0xad, 0xae,
    0xec, 0xed, 0xef, 0xee, 0xb8,
    0xf2, 0xf3, 0xf6, 0xf5, 0xf7,
    0xf4, 0xb0, 0xaf, 0xb1, 0xb2, 0xb5,
    0xbd, 0xb6, 0xbe, 0xb7, 0xde, 0xfe,
    0xf9, 0xfa, 0xfc, 0xfb, 0xf8,
    0xdf, 0xd7, 0xd1, 0xd8, 0xe6, 0xf1,
    0xcf, 0xfd, 0xd6, 0xdb, 0xdc,
];

/// Six capitals have the places of control characters that texts have no use for.
#[rustfmt::skip]
const VISCII_CAPITAL: Table = [
    0xd0,
    0xc0, 0xc1, 0xc4, 0xc3, 0x80,
    0xc5, 0x82, 0x81, 0x02, 0x05, 0x83,
    0xc2, 0x85, 0x84, 0x86, 0x06, 0x87,
    0xc8, 0xc9, 0xcb, 0x88, 0x89,
    0xca, 0x8b, 0x8a, 0x8c, 0x8d, 0x8e,
    0xcc, 0xcd, 0x9b, 0xce, 0x98,
    0xd2, 0xd3, 0x99, 0xa0, 0x9a,
    0xd4, 0x90, 0x8f, 0x91, 0x92, 0x93,
    0xb4, 0x96, 0x95, 0x97, 0xb3, 0x94,
    0xd9, 0xda, 0x9c, 0x9d, 0x9e,
    0xbf, 0xbb, 0xba, 0xbc, 0xff, 0xb9,
    0x9f, 0xdd, 0x14, 0x19, 0x1e,
];

/// A code page, both ways.
pub(super) struct CodePage {
    /// By byte: its letter, or a combining tone; `'\0'` for a byte that is what it is in cp1252.
    letters: [char; 256],
    /// By the code of a letter: its byte, or 0.
    bytes: [u8; 256],
}

pub(super) static TCVN3: LazyLock<CodePage> = LazyLock::new(|| {
    // Converters of the standard behind it, TCVN 5712, write tones apart where a letter has no code of its own.
    let tones = [(0xb0, '\u{300}'), (0xb1, '\u{309}'), (0xb2, '\u{303}'), (0xb3, '\u{301}'), (0xb4, '\u{323}')];
    CodePage::new(&TCVN3_SMALL, &TCVN3_CAPITAL, &tones)
});
pub(super) static VPS: LazyLock<CodePage> = LazyLock::new(|| CodePage::new(&VPS_SMALL, &VPS_CAPITAL, &[]));
pub(super) static VISCII: LazyLock<CodePage> = LazyLock::new(|| CodePage::new(&VISCII_SMALL, &VISCII_CAPITAL, &[]));

impl CodePage {
    fn new(small: &Table, capital: &Table, tones: &[(u8, char)]) -> Self {
        let mut page = Self { letters: ['\0'; 256], bytes: [0; 256] };
        let codes: Vec<u8> = LETTERS.chars().filter_map(letter::code).collect();
        let small = codes.iter().copied().zip(*small);
        let capital = codes.iter().map(|code| code | letter::CAPITAL).zip(*capital);
        for (code, byte) in small.chain(capital).filter(|&(_, byte)| byte != 0) {
            page.letters[byte as usize] = letter::char_of(code);
            page.bytes[code as usize] = byte;
        }
        for &(byte, tone) in tones {
            page.letters[byte as usize] = tone;
        }
        page
    }

    /// Writes a text; letters without a code are written as `stand_in` says.
    pub fn encode(&self, text: &str, stand_in: impl Fn(char) -> char) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            let byte = |c| letter::code(c).map(|code| self.bytes[code as usize]).filter(|&byte| byte != 0);
            match byte(c).or_else(|| byte(stand_in(c))) {
                Some(byte) => out.push(view::char_of(byte)),
                None if view::byte_of(c).is_some_and(|byte| self.letters[byte as usize] != '\0') => {
                    substitute(c, &mut out);
                }
                None => out.push(c),
            }
        }
        out
    }

    /// Reads a text; `turn` may change its letters.
    pub fn decode(&self, text: &str, turn: impl FnOnce(&Self, &mut [Unit])) -> Decoded {
        let mut out: Vec<Unit> = Vec::with_capacity(text.len());
        for unit in units(text) {
            match view::byte_of(unit.c).map_or('\0', |byte| self.letters[byte as usize]) {
                '\0' => out.push(unit),
                // A tone that goes with no letter is not one: `37°C`.
                tone if is_mark(tone) => marked::push(&mut out, tone.encode_utf8(&mut [0; 4]), unit),
                c => out.push(Unit { c, ..unit }),
            }
        }
        turn(self, &mut out);
        Writer::new(text).compose(out).finish()
    }

    /// Makes all letters capitals.
    pub fn raise(&self, text: &mut [Unit]) {
        for unit in text {
            unit.c = letter::capital(unit.c);
        }
    }

    /// Makes the letters that have no capital such in words of capitals, where the font was another: `CéNG`.
    pub fn raise_among_capitals(&self, text: &mut [Unit]) {
        let capital = |c: char| letter::code(c).map(|code| self.bytes[(code | letter::CAPITAL) as usize]);
        let either = |c: char| !c.is_ascii() && c.is_lowercase() && capital(c) == Some(0);
        for word in text.chunk_by_mut(|a, b| a.c.is_alphabetic() && b.c.is_alphabetic()) {
            let capitals = word.iter().filter(|unit| unit.c.is_uppercase()).count();
            // One is how any word may begin: `Hµ`.
            if capitals > 1 && word.iter().all(|unit| unit.c.is_uppercase() || either(unit.c)) {
                self.raise(word);
            }
        }
    }
}
