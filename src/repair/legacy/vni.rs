//! VNI for Windows: a letter, then a character for all its marks.

use super::decoded::{Decoded, Unit, Writer, units};
use super::marked;
use crate::text::letter;
use std::sync::LazyLock;

/// Letters that are one character. Each of these characters and those of [`MARKS`] has its capital.
const WHOLE: [(char, char); 9] =
    [('ñ', 'đ'), ('ô', 'ơ'), ('ö', 'ư'), ('í', 'í'), ('ì', 'ì'), ('æ', 'ỉ'), ('ó', 'ĩ'), ('ò', 'ị'), ('î', 'ỵ')];

/// Marks that come after their letter.
const MARKS: [(char, &str); 17] = [
    ('ù', "\u{301}"),
    ('ø', "\u{300}"),
    ('û', "\u{309}"),
    ('õ', "\u{303}"),
    ('ï', "\u{323}"),
    ('â', "\u{302}"),
    ('á', "\u{302}\u{301}"),
    ('à', "\u{302}\u{300}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
    ('ê', "\u{306}"),
    ('é', "\u{306}\u{301}"),
    ('è', "\u{306}\u{300}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{306}\u{323}"),
];

/// What the characters from U+00C0 on mean.
#[derive(Clone, Copy, Default)]
enum Meaning {
    #[default]
    Nothing,
    Letter(char),
    Marks(&'static str),
}

static MEANINGS: LazyLock<[Meaning; 64]> = LazyLock::new(|| {
    let mut meanings = [Meaning::Nothing; 64];
    // In Latin-1 a capital lies 32 before its small letter.
    for (c, whole) in WHOLE {
        meanings[c as usize - 0xc0] = Meaning::Letter(whole);
        meanings[c as usize - 0xe0] = Meaning::Letter(letter::capital(whole));
    }
    for (c, marks) in MARKS {
        meanings[c as usize - 0xc0] = Meaning::Marks(marks);
        meanings[c as usize - 0xe0] = Meaning::Marks(marks);
    }
    meanings
});

fn meaning(c: char) -> Meaning {
    (c as usize).checked_sub(0xc0).and_then(|at| MEANINGS.get(at)).copied().unwrap_or_default()
}

/// By the code of a letter: how it is written; empty for those of ASCII.
static WRITTEN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let own = |c: char| WHOLE.iter().find(|&&(_, whole)| whole == c).map(|&(own, _)| own);
    let mut written = vec![String::new(); 256];
    for code in 1..=letter::LETTERS as u8 {
        let c = letter::char_of(code);
        if c.is_ascii() {
            continue;
        }
        // `ơ` and `ư` are one character, and take their tones after it.
        let (toneless, tone) = marked::split_tone(c);
        let small: String = if let Some(own) = own(c) {
            own.into()
        } else {
            let (base, quality) = match own(toneless) {
                Some(own) => (own, None),
                None => (marked::split(c).0, marked::split(c).1),
            };
            let marks: String = quality.into_iter().chain(tone).collect();
            std::iter::once(base).chain(MARKS.iter().find(|(_, own)| *own == marks).map(|&(own, _)| own)).collect()
        };
        written[(code | letter::CAPITAL) as usize] = small.to_uppercase();
        written[code as usize] = small;
    }
    written
});

/// Writes a text.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match letter::code(c).map(|code| WRITTEN[code as usize].as_str()) {
            Some(written) if !written.is_empty() => out.push_str(written),
            _ => out.push(c),
        }
    }
    out
}

/// Reads a text.
pub(super) fn decode(text: &str) -> Decoded {
    let mut out: Vec<Unit> = Vec::with_capacity(text.len());
    for unit in units(text) {
        match meaning(unit.c) {
            Meaning::Nothing => out.push(unit),
            Meaning::Letter(c) => out.push(Unit { c, ..unit }),
            Meaning::Marks(marks) => marked::push(&mut out, marks, unit),
        }
    }
    Writer::new(text).compose(out).finish()
}
