//! Windows code page 1258: most letters as in cp1252, and tones after their letters.

use super::decoded::{Decoded, Unit, Writer, units};
use super::marked;
use crate::text::letter;

/// Where it differs from cp1252: what a byte looks like there, and what it is.
const OTHERS: [(char, char); 9] =
    [('Ã', 'Ă'), ('Ð', 'Đ'), ('Õ', 'Ơ'), ('Ý', 'Ư'), ('ã', 'ă'), ('ð', 'đ'), ('õ', 'ơ'), ('ý', 'ư'), ('þ', '₫')];

/// Its tones likewise.
const TONES: [(char, char); 5] =
    [('Ì', '\u{300}'), ('Ò', '\u{309}'), ('Þ', '\u{303}'), ('ì', '\u{301}'), ('ò', '\u{323}')];

fn looks(table: &[(char, char)], c: char) -> Option<char> {
    table.iter().find(|&&(_, own)| own == c).map(|&(seen, _)| seen)
}

fn is(table: &[(char, char)], c: char) -> Option<char> {
    table.iter().find(|&&(seen, _)| seen == c).map(|&(_, own)| own)
}

/// Writes a text, all tones apart, as Windows does.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        let (toneless, tone) = if letter::code(c).is_some() { marked::split_tone(c) } else { (c, None) };
        out.push(looks(&OTHERS, toneless).unwrap_or(toneless));
        out.extend(tone.and_then(|tone| looks(&TONES, tone)));
    }
    out
}

/// Reads a text.
pub(super) fn decode(text: &str) -> Decoded {
    let mut out: Vec<Unit> = Vec::with_capacity(text.len());
    for unit in units(text) {
        if unit.c.is_ascii() {
            out.push(unit);
        } else if let Some(tone) = is(&TONES, unit.c) {
            marked::push(&mut out, tone.encode_utf8(&mut [0; 4]), unit);
        } else {
            out.push(Unit { c: is(&OTHERS, unit.c).unwrap_or(unit.c), ..unit });
        }
    }
    Writer::new(text).compose(out).finish()
}
