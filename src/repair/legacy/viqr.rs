//! VIQR: marks as ASCII signs after their letters.

use super::decoded::{Decoded, Unit, Writer};
use super::{marked, spelling};
use crate::text::letter;

/// At a text's beginning: all that follows is Vietnamese, and whatever may be a mark is one.
pub(crate) const VIETNAMESE: &str = "\\v";

/// Signs that stand in no word of other languages.
const SURE: &[u8] = b"^(+*`~";

/// The most letters that are read as one word; no syllable and no name has so many.
const LONGEST: usize = 40;

/// The mark that a sign stands for.
fn mark(sign: char) -> Option<&'static str> {
    Some(match sign {
        '^' => "\u{302}",
        '(' => "\u{306}",
        '+' | '*' => "\u{31b}",
        '\'' => "\u{301}",
        '`' => "\u{300}",
        '?' => "\u{309}",
        '~' => "\u{303}",
        '.' => "\u{323}",
        _ => return None,
    })
}

/// The sign of a mark.
fn sign(mark: char) -> char {
    match mark {
        '\u{302}' => '^',
        '\u{306}' => '(',
        '\u{31b}' => '+',
        '\u{301}' => '\'',
        '\u{300}' => '`',
        '\u{309}' => '?',
        '\u{303}' => '~',
        _ => '.',
    }
}

/// Writes a text: signs that are none of these marks after `\`.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut before = '\0';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            'đ' => out.push_str("dd"),
            'Đ' => out.push_str("DD"),
            'd' | 'D' if matches!(chars.peek(), Some('d' | 'D' | 'đ' | 'Đ')) => out.extend(['\\', c]),
            '\\' => out.push_str("\\\\"),
            '-' if matches!(before, 'd' | 'D') => out.push_str("\\-"),
            _ => {
                let taken = mark(c).is_some_and(|mark| marked::add(before, mark).is_some());
                // `ạ.` is not `a..`, which would be an ellipsis.
                let doubled = matches!(c, '.' | '?') && before != c && out.ends_with(c);
                if taken || doubled {
                    out.push('\\');
                }
                let (base, quality, tone) = if letter::code(c).is_some() { marked::split(c) } else { (c, None, None) };
                out.push(base);
                out.extend(quality.into_iter().chain(tone).map(sign));
            }
        }
        before = c;
    }
    // Foreign names may look as if their marks were punctuation.
    if decode(&out).0 == text { out } else { format!("{VIETNAMESE}{out}") }
}

/// Whether a character is a letter of Vietnamese; an apostrophe is a mark here.
fn is_letter(c: char) -> bool {
    letter::code(c).is_some() && c != '\''
}

/// A word as it may be read.
struct Word {
    letters: Vec<Unit>,
    /// Whether a sign was read that has no other use in a word.
    sure: bool,
}

impl Word {
    fn is_syllable(&self) -> bool {
        let small: Vec<char> = self.letters.iter().map(|unit| letter::small(unit.c)).collect();
        spelling::is_syllable(&small)
    }

    /// Whether it is the letter đ alone, or an abbreviation.
    fn is_stroke(&self) -> bool {
        let letters = || self.letters.iter().map(|unit| unit.c);
        letters().eq(['đ']) || (letters().any(|c| c == 'Đ') && spelling::is_abbreviation(letters()))
    }

    fn end(&self) -> usize {
        self.letters.last().map_or(0, |unit| unit.end)
    }
}

/// Reads the letters from `start` on, and their marks but for that at `unread`.
fn word(text: &str, start: usize, strict: bool, unread: Option<usize>) -> Word {
    let mut word = Word { letters: Vec::new(), sure: false };
    let mut chars = text[start..].char_indices().map(|(at, c)| (start + at, c)).peekable();
    while let Some((at, c)) = chars.next_if(|&(_, c)| is_letter(c) && word.letters.len() < LONGEST) {
        let mut unit = Unit { c, start: at, end: at + c.len_utf8() };
        let stroke = chars.peek().filter(|&&(at, next)| {
            unread != Some(at) && matches!((c, next), ('d', 'd' | '-') | ('D', 'd' | 'D' | '-'))
        });
        if let Some(&(at, next)) = stroke {
            word.sure |= next != '-' && word.letters.is_empty();
            unit = Unit { c: if c == 'd' { 'đ' } else { 'Đ' }, end: at + 1, ..unit };
            chars.next();
        }
        while let Some(&(at, sign)) = chars.peek() {
            let marks = mark(sign).filter(|_| c.is_ascii());
            let Some(whole) = marks.and_then(|mark| marked::add(unit.c, mark)) else { break };
            let ellipsis = !strict
                && matches!(sign, '.' | '?')
                && text[at + 1..].chars().take_while(|&c| c == sign).nth(1).is_some();
            if ellipsis || unread == Some(at) {
                break;
            }
            word.sure |= sign.is_ascii() && SURE.contains(&(sign as u8));
            unit = Unit { c: whole, end: at + 1, ..unit };
            chars.next();
        }
        word.letters.push(unit);
    }
    word
}

/// Reads a text.
///
/// A word's last sign may be punctuation: it is, unless the word is a syllable with it. A word that is none either way
/// has no marks, unless some have no other use: `D-a('k`, but not `they're`.
pub(super) fn decode(text: &str) -> Decoded {
    let strict = text.starts_with(VIETNAMESE) && text.len() > VIETNAMESE.len();
    let mut out: Vec<Unit> = Vec::with_capacity(text.len());
    let mut at = if strict { VIETNAMESE.len() } else { 0 };
    while let Some(c) = text[at..].chars().next() {
        let mut unit = Unit { c, start: at, end: at + c.len_utf8() };
        if c == '\\' {
            let mut next = text[unit.end..].chars();
            let literal = next.next().filter(|&c| match c {
                'd' | 'D' => matches!(next.next(), Some('d' | 'D' | '-' | '\\')),
                '\\' | '-' => true,
                c => mark(c).is_some(),
            });
            if let Some(literal) = literal {
                unit = Unit { c: literal, end: unit.end + 1, ..unit };
            }
        } else if is_letter(c) {
            let mut read = word(text, at, strict, None);
            let last = read.end().saturating_sub(1);
            // A last sign that has no other use is one, whatever comes of it.
            let whole = read.is_syllable() || read.is_stroke() || (read.sure && SURE.contains(&text.as_bytes()[last]));
            if !strict && !whole {
                let bare = word(text, at, strict, Some(last));
                // Without its last sign, or as it is.
                if bare.sure || bare.is_syllable() {
                    read = bare;
                } else {
                    read.letters.clear();
                }
            }
            if !read.letters.is_empty() {
                at = read.end();
                out.append(&mut read.letters);
                continue;
            }
            // All of the word as it is, so that it is not read from its middle.
            let rest = &text[at..];
            let length = rest.find(|c| letter::code(c).is_none()).unwrap_or(rest.len()).max(1);
            out.extend(super::decoded::units(&rest[..length]).map(|u| Unit {
                start: at + u.start,
                end: at + u.end,
                ..u
            }));
            at += length;
            continue;
        }
        at = unit.end;
        out.push(unit);
    }
    if let Some(first) = out.first_mut().filter(|_| strict) {
        first.start = 0;
    }
    Writer::new(text).compose(out).finish()
}
