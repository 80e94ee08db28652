//! The letters of Vietnamese, one byte each.
//!
//! Lexicon keys, channel rules and the candidate search all spell words in these codes, so that a letter with its
//! marks (`ộ`) is one step, as it is for the reader. A capital is its small letter with [`CAPITAL`] set.

use std::sync::LazyLock;

/// Set in the code of a capital.
pub const CAPITAL: u8 = 0x80;

/// Small letters; a letter's code is its place here plus one. The marked vowels come as level tone, huyền, sắc, hỏi,
/// ngã, nặng.
const SMALL: &str = "abcdefghijklmnopqrstuvwxyzđàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ'";

/// How many small letters there are; codes run from 1 to this.
pub const LETTERS: usize = 94;

/// One of the six tones of Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// ngang, unmarked
    Level,
    /// huyền, `à`
    Falling,
    /// sắc, `á`
    Rising,
    /// hỏi, `ả`
    Asking,
    /// ngã, `ã`
    Tumbling,
    /// nặng, `ạ`
    Heavy,
}

use Tone::*;

struct Tables {
    chars: Vec<char>,
    /// Code of each character below U+1F00.
    codes: Vec<u8>,
    /// By small code: the letter without its tone, and the tone.
    toneless: [(u8, Tone); LETTERS + 1],
    /// By small code: the plain letter `a` to `z`.
    plain: [u8; LETTERS + 1],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    use unicode_normalization::UnicodeNormalization;
    let chars: Vec<char> = std::iter::once('\0').chain(SMALL.chars()).collect();
    let mut codes = vec![0u8; 0x1F00];
    for (code, &c) in chars.iter().enumerate().skip(1) {
        codes[c as usize] = code as u8;
        let capital = c.to_uppercase().next().unwrap_or(c);
        if capital != c {
            codes[capital as usize] = code as u8 | CAPITAL;
        }
    }
    let mut toneless = [(0, Level); LETTERS + 1];
    let mut plain = [0; LETTERS + 1];
    for (code, &c) in chars.iter().enumerate().skip(1) {
        let (mut quality, mut tone) = (String::new(), Level);
        for d in std::iter::once(c).nfd() {
            match d {
                '\u{300}' => tone = Falling,
                '\u{301}' => tone = Rising,
                '\u{309}' => tone = Asking,
                '\u{303}' => tone = Tumbling,
                '\u{323}' => tone = Heavy,
                _ => quality.push(d),
            }
        }
        let base = quality.chars().next().unwrap_or(c);
        plain[code] = codes[if base == 'đ' { 'd' } else { base } as usize];
        let quality = quality.nfc().next().unwrap_or(c);
        toneless[code] = (codes[quality as usize], tone);
    }
    Tables { chars, codes, toneless, plain }
});

/// The code of a letter, or `None` for any other character.
pub fn code(c: char) -> Option<u8> {
    TABLES.codes.get(c as usize).copied().filter(|&code| code != 0)
}

/// Whether a character is a letter of any alphabet; Unicode's own tables are slow to tell it of those with marks.
pub fn is_alphabetic(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { code(c).is_some() || c.is_alphabetic() }
}

/// Whether no other language has a letter.
pub fn is_own(c: char) -> bool {
    matches!(c, 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{1ea0}'..='\u{1ef9}')
}

/// The character of a code; `'\0'` for a code that is none.
pub fn char_of(code: u8) -> char {
    let small = TABLES.chars.get((code & !CAPITAL) as usize).copied().unwrap_or('\0');
    if code & CAPITAL != 0 { small.to_uppercase().next().unwrap_or(small) } else { small }
}

/// A letter's capital; any other character as it is.
pub fn capital(c: char) -> char {
    code(c).map_or(c, |code| char_of(code | CAPITAL))
}

/// A capital's small letter; any other character as it is.
pub fn small(c: char) -> char {
    code(c).map_or(c, |code| char_of(code & !CAPITAL))
}

/// The plain letter (`a`–`z`) under a small letter's marks: `ộ` → `o`, `đ` → `d`.
pub fn plain(code: u8) -> u8 {
    TABLES.plain[code as usize]
}

/// A character without the marks and the case that it has as a letter: `Ộ` → `o`.
pub fn bare(c: char) -> char {
    code(c).map_or(c, |code| char_of(plain(code & !CAPITAL)))
}

/// A small letter parted into the letter without its tone, and the tone: `ộ` → `ô`, nặng.
pub fn split_tone(code: u8) -> (u8, Tone) {
    TABLES.toneless[code as usize]
}

/// A toneless small letter given a tone; letters that carry none come back as they are.
pub fn with_tone(code: u8, tone: Tone) -> u8 {
    (1..=LETTERS as u8).find(|&c| split_tone(c) == (code, tone)).unwrap_or(code)
}

/// Spells a word in codes; `None` if a character is no letter.
pub fn spell(word: &str) -> Option<Vec<u8>> {
    word.chars().map(code).collect()
}

/// Words of at most so many letters are spelt without asking for memory.
const SHORT: usize = 32;

/// Spells a word in codes of small letters for `look`; `None` if a character is no letter.
pub fn spell_small<T>(word: &str, look: impl FnOnce(&mut [u8]) -> Option<T>) -> Option<T> {
    if word.len() > SHORT && word.chars().count() > SHORT {
        let mut codes = spell(word)?;
        codes.iter_mut().for_each(|code| *code &= !CAPITAL);
        return look(&mut codes);
    }
    let (mut codes, mut length) = ([0; SHORT], 0);
    for c in word.chars() {
        codes[length] = code(c)? & !CAPITAL;
        length += 1;
    }
    look(&mut codes[..length])
}

/// Writes codes out.
pub fn write(codes: &[u8]) -> String {
    codes.iter().map(|&c| char_of(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_round_trip() {
        assert_eq!(SMALL.chars().count(), LETTERS);
        for word in ["đường", "Nghệ", "ƯỚT", "k'bang", "khuỷu"] {
            assert_eq!(write(&spell(word).unwrap()), word);
        }
        assert_eq!(spell("b¢"), None);
    }

    #[test]
    fn marks_come_apart() {
        for (c, quality, tone, base) in
            [('ộ', 'ô', Heavy, 'o'), ('ứ', 'ư', Rising, 'u'), ('đ', 'đ', Level, 'd'), ('ỹ', 'y', Tumbling, 'y')]
        {
            let c = code(c).unwrap();
            assert_eq!(split_tone(c), (code(quality).unwrap(), tone));
            assert_eq!(with_tone(code(quality).unwrap(), tone), c);
            assert_eq!(char_of(plain(c)), base);
        }
    }
}
