//! Letters spelled by their numbers, as programs write what they cannot show: `Vi\u1ec7t`, `Viu1ec7t` (the backslash lost),
//! `Vi%u1EC7t`, `Vi<U+1EC7>t`; or by their bytes in UTF-8: `Vi%E1%BB%87t`, `Vi=E1=BB=87t`, `Vi\xe1\xbb\x87t`.

use super::super::is_mark;
use super::decoded::{Decoded, Unit, Writer};
use crate::text::letter;
use std::fmt::Write;

/// How a number is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `\u1ec7`, `\U00001ec7`, `\u{1ec7}`, `%u1EC7`, `<U+1EC7>`
    Letter,
    /// `u1ec7`
    Bare,
    /// `\xe1`, `\341`
    Backslash,
    /// `%E1`
    Percent,
    /// `=E1`
    Equals,
    /// `<e1>`
    Angle,
}

/// A number that a text spells, and how many bytes it takes for that.
#[derive(Debug, Clone, Copy)]
struct Number {
    form: Form,
    value: u32,
    length: usize,
}

/// So many backslashes may stand for one.
const MOST_ESCAPED: usize = 8;

impl Number {
    /// The number that a text begins with; its backslash may have been escaped itself.
    fn at(text: &str) -> Option<Number> {
        let escaped = text.bytes().take(MOST_ESCAPED).take_while(|&b| b == b'\\').count().saturating_sub(1);
        let number = Number::of(&text[escaped..])?;
        Some(Number { length: escaped + number.length, ..number })
    }

    fn of(text: &str) -> Option<Number> {
        let bytes = text.as_bytes();
        let digits = |from: usize, count: usize, radix: u32| -> Option<u32> {
            let digits = text.get(from..from + count)?;
            digits.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| u32::from_str_radix(digits, radix).ok())?
        };
        let number = |form, from: usize, count: usize, radix, end: usize| {
            digits(from, count, radix).map(|value| Number { form, value, length: from + count + end })
        };
        // Up to a bracket.
        let within = |from: usize, close: u8| {
            let count = bytes.get(from..)?.iter().take(7).position(|&b| b == close)?;
            number(Form::Letter, from, count, 16, 1)
        };
        match (bytes.first()?, bytes.get(1).copied().unwrap_or(0)) {
            (b'\\', b'u' | b'x') if bytes.get(2) == Some(&b'{') => within(3, b'}'),
            (b'\\' | b'%', b'u') => number(Form::Letter, 2, 4, 16, 0),
            (b'\\', b'U') => number(Form::Letter, 2, 8, 16, 0),
            (b'\\', b'x') => number(Form::Backslash, 2, 2, 16, 0),
            (b'\\', b'2' | b'3') => number(Form::Backslash, 1, 3, 8, 0),
            (b'%', _) => number(Form::Percent, 1, 2, 16, 0),
            (b'=', b'0'..=b'9' | b'A'..=b'F') => number(Form::Equals, 1, 2, 16, 0),
            (b'<', b'U') if bytes.get(2) == Some(&b'+') => within(3, b'>'),
            (b'<', _) if bytes.get(3) == Some(&b'>') => number(Form::Angle, 1, 2, 16, 1),
            (b'u' | b'U', b'0'..=b'2') => number(Form::Bare, 1, 4, 16, 0),
            _ => None,
        }
    }

    /// The character that a text begins with, spelled by this number and, if that is a byte, those after it.
    fn character(self, text: &str) -> Option<(char, usize)> {
        let Number { form, value, length } = self;
        let c = char::from_u32(value).filter(|&c| is_read(c));
        match form {
            Form::Letter if matches!(value, 0xD800..=0xDBFF) => {
                // Two halves, as UTF-16 has them.
                let low = text.get(length..).and_then(Number::at).filter(|low| low.form == form)?;
                let code = matches!(low.value, 0xDC00..=0xDFFF)
                    .then(|| 0x1_0000 + (value - 0xD800) * 0x400 + (low.value - 0xDC00))?;
                Some((char::from_u32(code).filter(|&c| is_read(c))?, length + low.length))
            }
            Form::Letter => Some((c?, length)),
            Form::Bare => {
                let is_likely = |&c: &char| is_mark(c) || letter::code(c).is_some() || matches!(c, '–'..='…');
                Some((c.filter(is_likely)?, length))
            }
            _ => {
                let more = match value {
                    0xC2..=0xDF => 1,
                    0xE0..=0xEF => 2,
                    0xF0..=0xF4 => 3,
                    _ => 0,
                };
                let (mut bytes, mut end) = (vec![value as u8], length);
                while bytes.len() <= more {
                    let next = text.get(end..).and_then(Number::at).filter(|next| next.form == form);
                    let Some(next) = next.filter(|next| matches!(next.value, 0x80..=0xBF)) else { break };
                    bytes.push(next.value as u8);
                    end += next.length;
                }
                // Python and JavaScript write what Latin-1 has by one number, and all else by `\u` or `%u`.
                let is_one = match form {
                    Form::Backslash => true,
                    Form::Percent => !text[..length].contains(|c: char| c.is_ascii_lowercase()),
                    _ => false,
                };
                if bytes.len() == 1 && is_one {
                    return Some((c.filter(|&c| letter::code(c).is_some())?, length));
                }
                let read = std::str::from_utf8(&bytes).ok()?.chars().next().filter(|&c| is_read(c));
                Some((read?, end))
            }
        }
    }
}

/// Whether the number of a character is read: not of such as would end a line, or stand for nothing.
fn is_read(c: char) -> bool {
    let is_none = matches!(c, '\u{2028}' | '\u{2029}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{ffff}');
    !c.is_ascii() && !c.is_control() && !is_none
}

/// Writes a text: what ASCII lacks by its numbers, as JSON does.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if !is_read(c) {
            out.push(c);
            continue;
        }
        for half in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{half:04x}").expect("writing to a string");
        }
    }
    out
}

/// Reads a text.
pub(super) fn decode(text: &str) -> Decoded {
    let mut out = Vec::new();
    let mut begin = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        // An address has its letters so by right.
        let is_address = word.contains("://") || word.starts_with("www.");
        decode_word(word, begin, is_address, &mut out);
        begin += word.len();
    }
    Writer::new(text).compose(out).finish()
}

fn decode_word(word: &str, begin: usize, is_address: bool, out: &mut Vec<Unit>) {
    let (first, mut at, mut spelled) = (out.len(), 0, None);
    while let Some(c) = word[at..].chars().next() {
        let rest = &word[at..];
        let (mut read, mut length) = (c, c.len_utf8());
        if let Some(number) = Number::at(rest).filter(|_| !is_address) {
            if let Some((c, taken)) = number.character(rest) {
                (read, length) = (c, taken);
                spelled = spelled.or(Some(number.form));
            }
        } else if matches!(rest.as_bytes(), [b'\\', b'n' | b'r', ..]) && !is_address {
            // The next word would begin with its letter.
            (read, length) = (' ', 2);
        }
        out.push(Unit { c: read, start: begin + at, end: begin + at + length });
        at += length;
    }
    // Where all is spelled that may not stand in an address, signs and spaces are, too; forms have a plus for these.
    let Some(form @ (Form::Percent | Form::Equals)) = spelled else { return };
    let units = out.split_off(first);
    let mut at = 0;
    while let Some(&unit) = units.get(at) {
        let rest = &word[unit.start - begin..];
        let number = Number::at(rest).filter(|number| number.form == form && unit.end - unit.start == 1);
        let sign = number.and_then(|number| char::from_u32(number.value).filter(|c| matches!(c, ' '..='~')));
        match sign.zip(number) {
            Some((c, number)) => {
                out.push(Unit { c, end: unit.start + number.length, ..unit });
                at += number.length;
            }
            None => {
                let is_space = form == Form::Percent && unit.c == '+';
                out.push(Unit { c: if is_space { ' ' } else { unit.c }, ..unit });
                at += 1;
            }
        }
    }
}
