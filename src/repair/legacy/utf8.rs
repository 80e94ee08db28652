//! UTF-8 read as cp1252, Latin-1 or cp1258, once or twice: `Viá»‡t`.

use super::decoded::{Decoded, Unit, Writer, units};
use super::view;

/// Writes a text.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        // Never a byte that would end a line.
        if c.is_ascii() || is_break(c) {
            out.push(c);
        } else {
            out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(view::char_of));
        }
    }
    out
}

/// Whether a character ends a line or is none that is read.
fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The byte that a character was.
fn byte_of(c: char) -> Option<u8> {
    match c {
        // Where cp1258 is not as cp1252: the first byte of many letters.
        'Ă' => Some(0xc3),
        _ => view::byte_of(c),
    }
}

/// Reads a text.
pub(super) fn decode(text: &str) -> Decoded {
    let read = pass(&units(text).collect::<Vec<_>>());
    let read = read.into_iter().flat_map(|unit| {
        // What is no character for a text stays as it was.
        let kept = is_break(unit.c).then(|| units(&text[unit.start..unit.end]));
        let single = kept.is_none().then_some(unit);
        kept.into_iter()
            .flatten()
            .map(move |u| Unit { start: u.start + unit.start, end: u.end + unit.start, ..u })
            .chain(single)
    });
    Writer::new(text).compose(read).finish()
}

/// Reads every sequence of bytes that is UTF-8.
fn pass(units: &[Unit]) -> Vec<Unit> {
    let mut out = Vec::with_capacity(units.len());
    let mut rest = units;
    while let [first, ..] = rest {
        let (unit, taken) = sequence(rest).unwrap_or((*first, 1));
        out.push(unit);
        rest = &rest[taken..];
    }
    out
}

/// The character that the first of these are the bytes of, and how many they are.
fn sequence(units: &[Unit]) -> Option<(Unit, usize)> {
    let first = byte_of(units.first()?.c)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut bytes = [first, 0, 0, 0];
    for (byte, unit) in bytes.iter_mut().zip(units.get(..length)?).skip(1) {
        // A non-breaking space comes out of many programs as a plain one.
        *byte = if unit.c == ' ' { 0xa0 } else { byte_of(unit.c)? };
    }
    let c = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((Unit { c, start: units[0].start, end: units[length - 1].end }, length))
}
