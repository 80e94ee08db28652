//! Words whose letters stand apart, as justified PDFs and headings have them: `Đ ả n g  b ộ`.

use super::map::{Draft, Map};
use crate::lexicon::{Habit, Lexicon};
use crate::ngram::Word;
use crate::span::Span;
use crate::text::letter;

/// Stretches of at least so many letters are looked at.
const SHORTEST: usize = 4;

/// Longer stretches are looked at in parts.
const LONGEST: usize = 200;

/// The most letters of a syllable.
const LONGEST_WORD: usize = 7;

/// What each word more costs, so that few long words win over many short ones.
const WORD: i32 = 256;

/// Joins the letters of words where the lexicon has a word for each.
pub fn join(source: &str, lexicon: &Lexicon, cost: impl Fn(Word) -> i32) -> Option<(String, Map)> {
    if !has_single_letters(source) {
        return None;
    }
    let mut draft = Draft::default();
    // A letter after a space is what such words begin and go on with; few texts have three in a row.
    let mut letters: Vec<(usize, char)> = Vec::new();
    let mut before = ' ';
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let apart = matches!(before, ' ' | '\n' | '\t')
            && chars.peek().is_none_or(|(_, next)| matches!(next, ' ' | '\n' | '\r' | '\t' | ',' | '.' | ';' | ':'));
        if apart && c.is_alphabetic() {
            letters.push((at, c));
        } else if !letters.is_empty() && (c != ' ' || letters.len() >= LONGEST) {
            write(source, &letters, lexicon, &cost, &mut draft);
            letters.clear();
        }
        before = c;
    }
    write(source, &letters, lexicon, &cost, &mut draft);
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// Whether a text has three characters in a row that stand alone, as few texts have.
fn has_single_letters(text: &str) -> bool {
    let (mut length, mut alone) = (0, 0);
    for byte in text.bytes() {
        match byte {
            b' ' if length == 1 => (length, alone) = (0, alone + 1),
            // Spaces may be several.
            b' ' if length == 0 => {}
            b' ' => (length, alone) = (0, 0),
            // The bytes that go on with a character.
            0x80..=0xbf => {}
            _ => length += 1,
        }
        if alone == 3 {
            return true;
        }
    }
    alone == 2 && length == 1
}

/// Writes the words that letters in a row make.
fn write(source: &str, letters: &[(usize, char)], lexicon: &Lexicon, cost: &impl Fn(Word) -> i32, draft: &mut Draft) {
    if letters.len() < SHORTEST {
        return;
    }
    let ends: Vec<usize> = letters.iter().map(|(at, c)| at + c.len_utf8()).collect();
    // By letter: whether more than one space stands before it. If any do, they part the words.
    let wide: Vec<bool> = (0..letters.len()).map(|i| i == 0 || letters[i].0 > ends[i - 1] + 1).collect();
    let parted = wide[1..].iter().any(|&w| w);
    let is_word = |letters: &[(usize, char)]| {
        let seen: String = letters.iter().map(|(_, c)| c).collect();
        let word = lexicon.word(&seen).map(|leaf| leaf.word)?;
        let right = match lexicon.habit(word) {
            Habit::Abbreviation => seen.chars().all(char::is_uppercase),
            _ => !lexicon.is_foreign(word),
        };
        right.then_some(word)
    };
    // Marks show that these are words, and no formula or row of a table.
    let marked = letters.iter().any(|(_, c)| !c.is_ascii() && letter::code(*c).is_some());
    let words = if parted {
        groups(letters, &wide, marked, is_word)
    } else if marked {
        cheapest(letters, is_word, cost)
    } else {
        return;
    };
    for &(begin, end) in &words {
        if begin > 0 && wide[begin] {
            draft.replace(source, Span::new(ends[begin - 1], letters[begin].0), " ");
        }
        for i in begin + 1..end {
            draft.replace(source, Span::new(ends[i - 1], letters[i].0), "");
        }
    }
}

/// The words that wide spaces part; none if fewer than half of them are words of the lexicon, or not all of unmarked ones.
fn groups(
    letters: &[(usize, char)],
    wide: &[bool],
    marked: bool,
    is_word: impl Fn(&[(usize, char)]) -> Option<Word>,
) -> Vec<(usize, usize)> {
    let begins: Vec<usize> = (0..letters.len()).filter(|&at| wide[at]).collect();
    let ends = begins[1..].iter().copied().chain([letters.len()]);
    let groups: Vec<(usize, usize)> = begins.iter().copied().zip(ends).collect();
    let known = groups.iter().filter(|&&(begin, end)| is_word(&letters[begin..end]).is_some()).count();
    let long = groups.iter().filter(|(begin, end)| end - begin > 1).count();
    let enough =
        if marked { known * 2 >= groups.len() && long * 2 >= groups.len() } else { known + long == groups.len() * 2 };
    if enough { groups } else { Vec::new() }
}

/// The cheapest words that the letters make; none if they make no words, or mostly words of one letter.
fn cheapest(
    letters: &[(usize, char)],
    is_word: impl Fn(&[(usize, char)]) -> Option<Word>,
    cost: impl Fn(Word) -> i32,
) -> Vec<(usize, usize)> {
    // Up to each letter: the least cost, and where the last word begins.
    let mut best: Vec<Option<(i32, usize)>> = vec![None; letters.len() + 1];
    best[0] = Some((0, 0));
    for begin in 0..letters.len() {
        let Some((so_far, _)) = best[begin] else { continue };
        for end in begin + 1..=letters.len().min(begin + LONGEST_WORD) {
            let Some(word) = is_word(&letters[begin..end]) else { continue };
            let total = so_far + cost(word) + WORD;
            if best[end].is_none_or(|(other, _)| total < other) {
                best[end] = Some((total, begin));
            }
        }
    }
    let mut words = Vec::new();
    let mut end = letters.len();
    while let Some((_, begin)) = best[end].filter(|_| end > 0) {
        words.push((begin, end));
        end = begin;
    }
    words.reverse();
    if end > 0 || words.len() * 2 > letters.len() { Vec::new() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn letters_are_joined_where_they_make_words() {
        let model = Model::embedded();
        let parts = &model.0;
        for (source, text) in [
            ("Đ ả n g  b ộ  x ã", "Đảng bộ xã"),
            ("Đ ả n g b ộ x ã", "Đảng bộ xã"),
            ("B Á O  C Á O", "BÁO CÁO"),
            ("tại U B N D  c ấ p xã", "tại UBND cấp xã"),
            ("tại h ộ i n g h ị, các đại biểu", "tại hội nghị, các đại biểu"),
            ("đáp án: A B C D Đ", "đáp án: A B C D Đ"),
            ("x y z t", "x y z t"),
            ("x u n g  q u a n h", "xung quanh"),
            ("a b  c d  e f", "a b  c d  e f"),
            ("cấp s ổ  B l a c k cho", "cấp sổ Black cho"),
            ("ở ý ạ à", "ở ý ạ à"),
            ("Điều a b c đ", "Điều a b c đ"),
            ("Ủy ban", "Ủy ban"),
        ] {
            let found = join(source, &parts.lexicon, |word| parts.ngram.unigram(word));
            assert_eq!(found.map_or(source.to_owned(), |(text, _)| text), text, "{source}");
        }
    }
}
