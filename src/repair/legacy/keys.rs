//! Keys of an input method that was off: `tieengs Vieetj` in Telex, `tie6ng1 Vie6t5` in VNI.
//!
//! They are read word by word, as the input method would have read them. A word is taken only if a Vietnamese syllable
//! comes of it, since any text is full of words that might be keys.

use super::super::is_mark;
use super::decoded::{Decoded, Writer};
use super::marked;
use super::spelling::{is_abbreviation, is_vowel, place};
use crate::text::{letter, syllable};

/// An input method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Telex,
    Vni,
}

/// Longer than any word of keys: `nghieengx` has nine.
const LONGEST: usize = 14;

/// What a key may do to the letters before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Tone(char),
    /// A mark on the last of these letters.
    Quality(char, &'static str),
    Horn,
    Stroke,
    NoTone,
}

impl Method {
    /// What a key does; it is small.
    fn key(self, key: char) -> Option<Key> {
        use Key::*;
        Some(match (self, key) {
            (Method::Telex, 's') | (Method::Vni, '1') => Tone('\u{301}'),
            (Method::Telex, 'f') | (Method::Vni, '2') => Tone('\u{300}'),
            (Method::Telex, 'r') | (Method::Vni, '3') => Tone('\u{309}'),
            (Method::Telex, 'x') | (Method::Vni, '4') => Tone('\u{303}'),
            (Method::Telex, 'j') | (Method::Vni, '5') => Tone('\u{323}'),
            (Method::Telex, 'z') => NoTone,
            (Method::Telex, 'a') => Quality('\u{302}', "a"),
            (Method::Telex, 'e') => Quality('\u{302}', "e"),
            (Method::Telex, 'o') => Quality('\u{302}', "o"),
            (Method::Vni, '6') => Quality('\u{302}', "aeo"),
            (Method::Vni, '8') => Quality('\u{306}', "a"),
            (Method::Telex, 'w') | (Method::Vni, '7') => Horn,
            (Method::Telex, 'd') | (Method::Vni, '9') => Stroke,
            _ => return None,
        })
    }

    /// The key for a mark on a small letter.
    fn key_for(self, mark: char, base: char) -> char {
        match (self, mark) {
            (Method::Telex, '\u{301}') => 's',
            (Method::Telex, '\u{300}') => 'f',
            (Method::Telex, '\u{309}') => 'r',
            (Method::Telex, '\u{303}') => 'x',
            (Method::Telex, '\u{323}') => 'j',
            (Method::Telex, '\u{302}') => base,
            (Method::Telex, _) => 'w',
            (Method::Vni, '\u{301}') => '1',
            (Method::Vni, '\u{300}') => '2',
            (Method::Vni, '\u{309}') => '3',
            (Method::Vni, '\u{303}') => '4',
            (Method::Vni, '\u{323}') => '5',
            (Method::Vni, '\u{302}') => '6',
            (Method::Vni, '\u{306}') => '8',
            (Method::Vni, _) => '7',
        }
    }
}

/// A letter on the screen: small and without its tone, and whether it is a capital.
type Typed = (char, bool);

/// Reads a word of keys; `None` if no syllable comes of it.
fn read(word: &str, method: Method) -> Option<String> {
    // `A4` is no word of VNI, and `XIX` and `TW` are none of Telex.
    let numeral = word.bytes().all(|b| b"IVXLCM".contains(&b)) || word == "TW";
    let label = method == Method::Vni && word.len() == 2 && word.starts_with(|c: char| c.is_ascii_uppercase());
    if word.len() > LONGEST || !word.is_ascii() || label || numeral {
        return None;
    }
    let mut letters: Vec<Typed> = Vec::with_capacity(word.len());
    let mut tone = None;
    let mut last = None;
    // After a key that was struck twice to be a letter, all are.
    let mut plain = false;
    for c in word.chars() {
        let (small, capital) = (c.to_ascii_lowercase(), c.is_ascii_uppercase());
        let key = method.key(small).filter(|_| !plain);
        let done = key.is_some_and(|key| press(key, &mut letters, &mut tone, method, capital));
        if !done {
            if !c.is_ascii_alphabetic() {
                return None;
            }
            if let Some(key) = key.filter(|_| last == key) {
                plain = undo(key, &mut letters, &mut tone);
            }
            letters.push((small, capital));
        }
        last = key;
    }
    // `ươ` at the end is `uơ`: both come of `uow`.
    if let [.., (u @ 'ư', _), ('ơ', _)] = letters.as_mut_slice() {
        *u = 'u';
    }
    finish(&letters, tone)
}

/// The letter đ alone, or the abbreviation that a word of keys is: `QDD` for QĐ.
fn strokes(word: &str, method: Method) -> Option<String> {
    let [small, capital] = if method == Method::Telex { ["dd", "DD"] } else { ["d9", "D9"] };
    if word == small {
        return Some("đ".into());
    }
    let read = word.replacen(capital, "Đ", 1);
    (read != word && is_abbreviation(read.chars())).then_some(read)
}

/// Does what a key does; false if it does nothing, and is a letter.
fn press(key: Key, letters: &mut Vec<Typed>, tone: &mut Option<char>, method: Method, capital: bool) -> bool {
    match key {
        Key::Tone(mark) => {
            let first = tone.is_none() && letters.iter().any(|&(c, _)| is_vowel(c));
            if first {
                *tone = Some(mark);
            }
            first
        }
        Key::NoTone => tone.take().is_some(),
        Key::Quality(mark, bases) => {
            // Letters come right after their like: `mono` is no `môn`. Digits may come at the end: `khong6`.
            let reach = if method == Method::Telex { 1 } else { letters.len() };
            let Some((c, _)) = letters.iter_mut().rev().take(reach).find(|(c, _)| bases.contains(*c)) else {
                return false;
            };
            *c = marked::add(*c, mark.encode_utf8(&mut [0; 4])).unwrap_or(*c);
            true
        }
        Key::Stroke => match letters.as_mut_slice() {
            [(c @ 'd', _), rest @ ..] if method == Method::Vni || rest.is_empty() => {
                *c = 'đ';
                true
            }
            _ => false,
        },
        Key::Horn => horn(letters, method, capital),
    }
}

/// The key of the horn, and in Telex of the breve and of `ư`.
fn horn(letters: &mut Vec<Typed>, method: Method, capital: bool) -> bool {
    let telex = method == Method::Telex;
    // The `u` of `qu` is a consonant's.
    let first = letters.iter().position(|&(c, _)| is_vowel(c)).unwrap_or(letters.len());
    let first = first + usize::from(first > 0 && letters[first - 1].0 == 'q');
    let vowels = letters.get_mut(first..).unwrap_or_default();
    if let [(u @ 'u', _), (o @ 'o', _), ..] = vowels {
        (*u, *o) = ('ư', 'ơ');
    } else if let [(u @ 'u', _), ('a' | 'u', _), ..] = vowels {
        *u = 'ư';
    } else if let Some((c, _)) = vowels.iter_mut().rev().find(|(c, _)| matches!(c, 'o' | 'u') || (telex && *c == 'a')) {
        *c = match *c {
            'o' => 'ơ',
            'u' => 'ư',
            _ => 'ă',
        };
    } else if telex && !letters.is_empty() && !letters.iter().any(|&(c, _)| is_vowel(c)) {
        // `nhw`, but not the letter alone.
        letters.push(('ư', capital));
    } else {
        return false;
    }
    true
}

/// Takes back what a key did when it is struck again.
fn undo(key: Key, letters: &mut [Typed], tone: &mut Option<char>) -> bool {
    match key {
        Key::Tone(mark) => *tone == Some(mark) && tone.take().is_some(),
        Key::Quality(_, bases) => {
            let found = letters.iter_mut().rev().find(|(c, _)| bases.contains(marked::split(*c).0) && !c.is_ascii());
            found.map(|(c, _)| *c = marked::split(*c).0).is_some()
        }
        Key::Horn | Key::Stroke | Key::NoTone => false,
    }
}

/// The word of these letters, with its tone where it belongs.
fn finish(letters: &[Typed], tone: Option<char>) -> Option<String> {
    let mut word: Vec<char> = letters.iter().map(|&(c, _)| c).collect();
    if let Some(tone) = tone {
        let at = place(&word)?;
        word[at] = marked::add(word[at], tone.encode_utf8(&mut [0; 4]))?;
    }
    let codes: Option<Vec<u8>> = word.iter().map(|&c| letter::code(c)).collect();
    syllable::parse(&codes?)?;
    let cased = word.into_iter().zip(letters).map(|(c, &(_, capital))| if capital { letter::capital(c) } else { c });
    Some(cased.collect())
}

/// A text in pieces: where each begins, and whether it is a word.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || is_mark(c);
    let mut at = 0;
    std::iter::from_fn(move || {
        let (start, rest) = (at, &text[at..]);
        let is_word = inside(rest.chars().next()?);
        at += rest.find(|c| inside(c) != is_word).unwrap_or(rest.len());
        Some((start, &text[start..at], is_word))
    })
}

/// Writes a text. A word that its keys would not bring back stays as it is.
pub(super) fn encode(text: &str, method: Method) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (_, word, is_word) in pieces(text) {
        if is_word { out.push_str(&keys(word, method)) } else { out.push_str(word) }
    }
    out
}

/// The keys of a word.
fn keys(word: &str, method: Method) -> String {
    let small: String = word.chars().map(letter::small).collect();
    let (mut keys, mut tone_key) = (String::new(), None);
    for (c, small) in word.chars().zip(small.chars()) {
        let cased = |key: char| if c == small { key } else { key.to_ascii_uppercase() };
        if small == 'đ' {
            keys.extend([cased('d'), cased(if method == Method::Telex { 'd' } else { '9' })]);
            continue;
        }
        let (base, quality, tone) = if letter::code(c).is_some() { marked::split(small) } else { (small, None, None) };
        keys.push(cased(base));
        keys.extend(quality.map(|mark| cased(method.key_for(mark, base))));
        tone_key = tone.map(|mark| method.key_for(mark, base)).or(tone_key);
    }
    if let Some(key) = tone_key {
        let capital = word.chars().last().is_some_and(char::is_uppercase) && word.chars().count() > 1;
        keys.push(if capital { key.to_ascii_uppercase() } else { key });
    }
    let back = |keys: &str| read(keys, method).or_else(|| strokes(keys, method)).as_deref() == Some(word);
    if word.is_ascii() {
        // A key struck twice is a letter: `xooong` for `xoong`.
        let twice = || (1..word.len()).map(|at| format!("{}{}", &word[..=at], &word[at..])).find(|keys| back(keys));
        return if read(word, method).or_else(|| strokes(word, method)).is_some_and(|read| read != word) {
            twice()
        } else {
            None
        }
        .unwrap_or_else(|| word.to_owned());
    }
    if back(&keys) { keys } else { word.to_owned() }
}

/// Reads a text.
pub(super) fn decode(text: &str, method: Method) -> Decoded {
    let mut writer = Writer::new(text);
    for (start, word, is_word) in pieces(text) {
        let read = if is_word { read(word, method).or_else(|| strokes(word, method)) } else { None };
        if let Some(read) = read {
            let same: usize =
                word.chars().zip(read.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
            writer.replace(start + same..start + word.len(), &read[same..]);
        }
    }
    writer.finish()
}
