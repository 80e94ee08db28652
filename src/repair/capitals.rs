//! Capitals of TCVN3, which has no codes for most capitals with marks: a font showed small letters as capitals.
//!
//! Which letters it showed so is not in the text. The letters around them tell of words in capitals, full stops of
//! sentences, and the lexicon of names.

use super::map::{Draft, Map};
use crate::lexicon::Lexicon;
use crate::span::Span;
use crate::text::letter;

/// How a word's plain letters are cased.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Capitals,
    Small,
    /// One capital and marked letters, or these alone: `Hà`, `Ở`.
    Open,
}

fn shape(word: &str) -> Shape {
    let capitals = || word.char_indices().filter(|(_, c)| c.is_ascii_uppercase());
    match word.chars().any(|c| c.is_ascii_lowercase()) {
        true => Shape::Small,
        false if capitals().nth(1).is_some() || capitals().any(|(at, _)| at > 0) => Shape::Capitals,
        false => Shape::Open,
    }
}

/// Whether a letter may be shown as a capital by a font, or has no code for its capital.
fn may_rise(c: char) -> bool {
    !c.is_ascii() && c.is_lowercase() && letter::code(c).is_some()
}

/// Whether TCVN3 has a code for this small letter, and none for its capital.
fn is_uncoded(c: char) -> bool {
    !c.is_ascii()
        && !matches!(c, 'ă' | 'â' | 'đ' | 'ê' | 'ô' | 'ơ' | 'ư')
        && c.is_lowercase()
        && letter::code(c).is_some()
}

/// Makes one capital of a plain capital and the small letter that gives it its marks, `Aả`: so other converters wrote
/// capitals that have no codes.
pub fn merge(text: &str) -> Option<(String, Map)> {
    let mut draft = Draft::default();
    let mut before = (0, ' ');
    for (at, c) in text.char_indices() {
        let (start, capital) = std::mem::replace(&mut before, (at, c));
        if is_uncoded(letter::small(c)) && capital.is_uppercase() && is_base(capital, letter::small(c)) {
            let whole = letter::capital(c).to_string();
            draft.replace(text, Span::new(start, at + c.len_utf8()), &whole);
        }
    }
    let (merged, map) = draft.finish(text);
    (!map.is_empty()).then_some((merged, map))
}

/// Whether a small letter is a capital with more marks.
fn is_base(capital: char, small: char) -> bool {
    let (Some(base), Some(code)) = (letter::code(capital), letter::code(small)) else { return false };
    let base = base & !letter::CAPITAL;
    base == letter::plain(code) || base == letter::split_tone(code).0
}

/// Puts capitals into some lines of a text: into words in capitals, and if no capitals are coded, also where sentences
/// and names begin.
pub fn restore(text: &str, lines: impl Iterator<Item = (Span, bool)>, lexicon: &Lexicon) -> Option<(String, Map)> {
    let mut draft = Draft::default();
    for (line, uncoded) in lines {
        let ended = text[..line.start].trim_end().chars().next_back().is_none_or(ends_sentence);
        let blank = text[..line.start].ends_with("\n\n") || text[..line.start].ends_with("\n\r\n");
        restore_line(text, line, uncoded.then_some(ended || blank), lexicon, &mut draft);
    }
    let (restored, map) = draft.finish(text);
    (!map.is_empty()).then_some((restored, map))
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | ':' | ';')
}

/// `begins` says whether a sentence begins with the line; without it only words in capitals are looked for.
fn restore_line(text: &str, line: Span, begins: Option<bool>, lexicon: &Lexicon, draft: &mut Draft) {
    let uncoded = begins.is_some();
    let mut begins = begins.unwrap_or_default();
    let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let words: Vec<&str> = line.of(text).split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let shapes: Vec<Shape> = words.iter().map(|word| shape(word)).collect();
    // The last shape up to each word that is not open, and the next.
    let nearest = |last: &mut Shape, &shape: &Shape| {
        *last = if shape == Shape::Open { *last } else { shape };
        Some(*last)
    };
    let before: Vec<Shape> = shapes.iter().scan(Shape::Open, nearest).collect();
    let mut after: Vec<Shape> = shapes.iter().rev().scan(Shape::Open, nearest).collect();
    after.reverse();
    let mut done = line.start;
    for (at, word) in words.iter().enumerate() {
        let start = place(word);
        // A number at the line's beginning is a list's mark; else a stop before a space ends the sentence.
        let between = &text[done..start];
        let stop = between.char_indices().find(|(_, c)| matches!(c, '.' | '?' | '!' | '…'));
        begins |= at > 0 && stop.is_some_and(|(i, c)| between[i + c.len_utf8()..].starts_with([' ', '"', '”']));
        done = start + word.len();
        let capitals = match shapes[at] {
            Shape::Open => {
                let around = [before[at], after[at]];
                around.contains(&Shape::Capitals) && !around.contains(&Shape::Small)
            }
            shape => shape == Shape::Capitals,
        };
        let first = word.chars().next().unwrap_or_default();
        let next = words
            .get(at + 1)
            .is_some_and(|next| next.starts_with(char::is_uppercase) && &text[done..place(next)] == " ");
        let odds =
            || lexicon.word(word).and_then(|leaf| lexicon.odds(leaf.word)).unwrap_or(0) + if next { NEXT } else { 0 };
        let title = uncoded && is_uncoded(first) && !capitals && (begins || odds() >= NAME);
        for (i, c) in word.char_indices().filter(|&(i, c)| may_rise(c) && (capitals || (title && i == 0))) {
            draft.replace(text, Span::new(start + i, start + i + c.len_utf8()), c.to_uppercase().to_string().as_str());
        }
        begins = false;
    }
}

/// In half nats, how much likelier a capital must be inside a sentence than a small letter.
const NAME: i32 = 2;

/// What it says, in half nats, that the next word has one.
const NEXT: i32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn doubled_letters_are_one() {
        for (text, expected) in [
            ("Aảnh: THUủ TUụC", Some("Ảnh: THỦ TỤC")),
            ("CHÂấP VÊề, Ơở", Some("CHẤP VỀ, Ở")),
            ("TUỤC, ĐIỊNH", Some("TỤC, ĐỊNH")),
            ("Ưu tiên, Hà Nội, OÁ", None),
        ] {
            assert_eq!(merge(text).map(|(text, _)| text).as_deref(), expected);
        }
    }

    #[test]
    fn capitals_come_back() {
        let model = Model::embedded();
        for (text, expected) in [
            ("CộNG HòA Xã HộI CHủ NGHĩA VIệT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            ("ủy ban nhân dân. ở Hà Nội có hồ", "Ủy ban nhân dân. Ở Hà Nội có hồ"),
            ("QUYếT ĐịNH Về VIệC của Bộ trưởng", "QUYẾT ĐỊNH VỀ VIỆC của Bộ trưởng"),
            ("Hà Nội và UBND tỉnh", "Hà Nội và UBND tỉnh"),
            ("QUÂN độI để Mỹ", "QUÂN ĐỘI ĐỂ MỸ"),
            ("Nước ấn Độ", "Nước Ấn Độ"),
        ] {
            let text = text.to_owned();
            let lines = std::iter::once((Span::new(0, text.len()), true));
            let found = restore(&text, lines, &model.0.lexicon);
            assert_eq!(found.map_or(text.clone(), |(text, _)| text), expected);
        }
    }
}
