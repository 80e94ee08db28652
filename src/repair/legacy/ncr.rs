//! Character references of HTML: `&#7879;`, `&#x1EC7;`, `&ecirc;`; also where `&` was itself written so: `&amp;#7879;`.

use super::super::is_mark;
use super::decoded::{Decoded, Unit, Writer};
use crate::text::letter;
use std::fmt::Write;

/// The named letters of Vietnamese, small; a capital's name begins with a capital.
const NAMES: [(&str, char); 20] = [
    ("aacute", 'á'),
    ("abreve", 'ă'),
    ("acirc", 'â'),
    ("agrave", 'à'),
    ("atilde", 'ã'),
    ("dstrok", 'đ'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("iacute", 'í'),
    ("igrave", 'ì'),
    ("itilde", 'ĩ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("ograve", 'ò'),
    ("otilde", 'õ'),
    ("uacute", 'ú'),
    ("ugrave", 'ù'),
    ("utilde", 'ũ'),
    ("yacute", 'ý'),
];

/// Longer than any reference to a letter, without `&` and `;`.
const LONGEST: usize = 8;

/// Writes a text: letters and typographic signs that ASCII lacks as decimal references.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if is_read(c) {
            write!(out, "&#{};", c as u32).expect("writing to a string");
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a reference to a character is read. Others may be what keeps a page in order: `&lt;`, `&#39;`.
fn is_read(c: char) -> bool {
    !c.is_ascii()
        && (c.is_alphabetic()
            || is_mark(c)
            || matches!(c, '‘'..='‟' | '–' | '—' | '…' | '•' | '«' | '»' | '°' | '²' | '³'))
}

/// The character that a reference means, given without `&` and `;`.
fn character(reference: &str) -> Option<char> {
    if let Some(number) = reference.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16),
            None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse(),
            _ => return None,
        };
        return code.ok().and_then(char::from_u32).filter(|&c| is_read(c));
    }
    let (first, rest) = (reference.chars().next()?, reference.get(1..)?);
    let (_, c) = NAMES.iter().find(|(name, _)| name[1..] == *rest && name.starts_with(first.to_ascii_lowercase()))?;
    Some(if first.is_ascii_uppercase() { letter::capital(*c) } else { *c })
}

/// Reads a text.
pub(super) fn decode(text: &str) -> Decoded {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let mut unit = Unit { c, start: at, end: at + c.len_utf8() };
        if c == '&' {
            let mut begin = unit.end;
            while text[begin..].starts_with("amp;") {
                begin += "amp;".len();
            }
            let within = &text.as_bytes()[begin..text.len().min(begin + LONGEST + 1)];
            if let Some(length) = within.iter().position(|&b| b == b';') {
                // Both ends are ASCII, so neither cuts a character.
                if let Some(c) = character(&text[begin..begin + length]) {
                    unit = Unit { c, end: begin + length + 1, ..unit };
                }
            }
        }
        at = unit.end;
        out.push(unit);
    }
    Writer::new(text).compose(out).finish()
}
