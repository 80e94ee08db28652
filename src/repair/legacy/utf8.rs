//! UTF-8 read as cp1252, Latin-1 or cp1258, once or twice: `Viá»‡t`.

use super::decoded::{Decoded, Unit, Writer, units};
use super::{marked, view};
use crate::text::letter;

/// Writes a text.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii() || is_control(c) {
            out.push(c);
        } else {
            out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(view::char_of));
        }
    }
    out
}

/// Whether a character ends a line, or does something else that no letter does; none is written or read.
fn is_control(c: char) -> bool {
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
    let source: Vec<Unit> = units(text).collect();
    let mut read: Vec<Unit> = once(&source, true).map(|(unit, _)| unit).collect();
    if read.len() < source.len() {
        read = twice(mend(read, text));
    }
    let read = read.into_iter().flat_map(|unit| {
        // All is as it was, if it is no character for a text.
        let kept = if is_control(unit.c) { &text[unit.start..unit.end] } else { "" };
        let single = kept.is_empty().then_some(unit);
        units(kept).map(move |u| Unit { c: u.c, start: unit.start + u.start, end: unit.start + u.end }).chain(single)
    });
    Writer::new(text).compose(read).finish()
}

/// Reads every sequence of bytes that is UTF-8; says how many characters each was.
fn once(units: &[Unit], spaces: bool) -> impl Iterator<Item = (Unit, usize)> {
    let (mut rest, mut before) = (units, None);
    std::iter::from_fn(move || {
        let read = sequence(rest, before, spaces).or(rest.first().map(|&unit| (unit, 1)))?;
        rest = &rest[read.1..];
        before = Some(read.0.c);
        Some(read)
    })
}

/// The character that the first of these are the bytes of, and how many they are. `spaces` may be bytes, too.
fn sequence(units: &[Unit], before: Option<char>, spaces: bool) -> Option<(Unit, usize)> {
    let first = byte_of(units.first()?.c)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let (mut bytes, mut spaced) = ([first, 0, 0, 0], false);
    for (byte, unit) in bytes.iter_mut().zip(units.get(..length)?).skip(1) {
        // A non-breaking space comes out of many programs as a plain one.
        let space = spaces && unit.c == ' ';
        spaced |= space;
        *byte = if space { 0xa0 } else { byte_of(unit.c)? };
    }
    let c = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    if spaced {
        let after = units.get(length).map(|unit| unit.c);
        // `XÃ HỘI` is right as it is.
        let capitals = before.is_some_and(char::is_uppercase) && after.is_some_and(char::is_uppercase);
        if !matches!(c, 'à' | 'Ơ' | 'Ạ' | 'Ỡ' | '\u{a0}') || capitals {
            return None;
        }
    }
    Some((Unit { c, start: units[0].start, end: units[length - 1].end }, length))
}

/// Reads letters that lost a byte: one that cp1252 does not define, or a space at a line's end.
fn mend(units: Vec<Unit>, text: &str) -> Vec<Unit> {
    let mut mended: Vec<Unit> = Vec::with_capacity(units.len());
    let mut units = units.into_iter().peekable();
    while let Some(mut unit) = units.next() {
        let alone = text[unit.start..unit.end].chars().eq([unit.c]);
        if alone && matches!(unit.c, 'Ä' | 'Ì') {
            // What stands for a lost byte.
            unit.end = units.next_if(|next| next.c == '\u{fffd}').map_or(unit.end, |lost| lost.end);
        }
        match unit.c {
            // After these first bytes, no other letter of Vietnamese has a second byte that is undefined.
            'Ä' if alone => mended.push(Unit { c: 'Đ', ..unit }),
            'Ì' if alone => marked::push(&mut mended, "\u{301}", unit),
            'Ã' if alone && units.peek().is_none_or(|next| matches!(next.c, '\n' | '\r')) => {
                mended.push(Unit { c: 'à', ..unit });
            }
            _ => mended.push(unit),
        }
    }
    mended
}

/// Reads lines once more that were written twice.
fn twice(read: Vec<Unit>) -> Vec<Unit> {
    let (mut lines, mut sure) = (Vec::new(), false);
    for line in read.split_inclusive(|unit| unit.c == '\n') {
        let again: Vec<(Unit, usize)> = once(line, false).collect();
        // Then all that is not ASCII is bytes again. `XÃ”` with its quote may be, too, but no single letter that makes
        // a line like `á»‡`.
        let whole = again.iter().all(|(unit, length)| unit.c.is_ascii() || *length > 1);
        sure |= whole && again.iter().any(|(unit, _)| unit.c >= 'Ā' && letter::code(unit.c).is_some());
        lines.push((line, again, whole));
    }
    if !sure {
        return read;
    }
    let mut out = Vec::with_capacity(read.len());
    for (line, again, whole) in lines {
        if whole { out.extend(again.iter().map(|(unit, _)| *unit)) } else { out.extend(line) }
    }
    out
}
