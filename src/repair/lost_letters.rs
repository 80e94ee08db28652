//! Letters that an encoding or a font lacked: `C?ng hòa xã h?i`, `Vi\u{fffd}t`, `Vi???t`, `Vi(cid:123)t`. Each is given a
//! sign that says which letters it may have been; the search finds which.
//!
//! Databases, mailers and exports that know Latin-1 or ASCII only write `?` for each letter that they lack, or for each of its
//! bytes. In right text a question mark is the end of a word, in other languages apostrophes are lost the same way (`don?t`); so
//! the words have to be syllables but for these letters.

use super::legacy;
use super::map::{Draft, Map};
use super::unicode::lookalike;
use crate::candidates::{FEW_STEPS, Limits, Searcher};
use crate::channel::Damage;
use crate::lexicon::Habit;
use crate::model::Parts;
use crate::ngram::UNIT;
use crate::span::Span;
use crate::text::case::{self, Case};
use crate::text::letter::{self, Tone};
use crate::text::lost::{Lost, is_sign};
use crate::text::syllable;
use std::collections::HashMap;
use std::ops::AddAssign;

/// What programs write for what they lack.
const WRITTEN: [char; 4] = ['?', '\u{fffd}', '¿', '□'];

/// The most letters of a word that are lost.
const MOST_LOST: usize = 3;

/// The letters under the marks of those that are lost.
const PLAIN: &str = "aeiouyd";

/// Gives signs to letters that were lost; `damage` is what the caller knows of the text.
pub fn mark(source: &str, damage: Option<Damage>, parts: &Parts) -> Option<(String, Map)> {
    if damage.is_some_and(|damage| damage != Damage::Lossy) {
        return None;
    }
    let least = if damage.is_some() { 1 } else { FEWEST };
    let often = WRITTEN.map(|c| (c, inside(source, c)));
    let (written, count) = often.into_iter().max_by_key(|&(_, count)| count)?;
    if count >= least {
        return mark_all(source, written, damage.is_some(), parts);
    }
    // Glyphs of which a font does not tell the letters. Private characters are of three bytes, which begin with one of these.
    if !source.contains(legacy::NUMBER) && !source.bytes().any(|byte| matches!(byte, 0xee | 0xef)) {
        return None;
    }
    let glyph = Lost::Marked.sign();
    let (text, map) = without_numbers(source, glyph)?;
    let (text, later) = mark_all(&text, glyph, damage.is_some(), parts)?;
    Some((text, later.after(map)))
}

/// A text with U+FFFD for signs of its own.
pub fn unsigned(source: &str) -> Option<(String, Map)> {
    let mut draft = Draft::default();
    for (at, sign) in source.match_indices(is_sign) {
        draft.replace(source, Span::new(at, at + sign.len()), "\u{fffd}");
    }
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// A text with one character for each glyph's number, and for each private character in a word.
fn without_numbers(source: &str, glyph: char) -> Option<(String, Map)> {
    let is_private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}');
    let in_word = |c: char| is_private(c) || letter::is_alphabetic(c);
    let mut draft = Draft::default();
    let mut before = ' ';
    for (at, c) in source.char_indices() {
        let rest = &source[at + c.len_utf8()..];
        let length = match c {
            '(' => legacy::number(&source[at..]).map(|(_, length)| length - 1),
            c if is_private(c) && (in_word(before) || rest.starts_with(in_word)) => Some(0),
            _ => None,
        };
        before = c;
        if let Some(length) = length {
            let place = Span::new(at, at + c.len_utf8() + length);
            draft.replace(source, place, glyph.encode_utf8(&mut [0; 4]));
        }
    }
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// Gives signs to letters that were lost, where this was written for them; `known` says whether the text has any.
fn mark_all(source: &str, written: char, known: bool, parts: &Parts) -> Option<(String, Map)> {
    let mut look = Look { written, parts, searcher: Searcher::default(), fits: HashMap::new() };
    let mut all = Tally::default();
    let mut lines: Vec<(Span, Tally)> = Vec::new();
    for line in source.split_inclusive('\n') {
        let start = line.as_ptr() as usize - source.as_ptr() as usize;
        let tally = look.tally(line);
        all += tally;
        if tally.words > 0 {
            lines.push((Span::new(start, start + line.len()), tally));
        }
    }
    let document = known || all.is_lossy(12);
    lines.retain(|(_, line)| line.is_lossy(4) || document && 2 * line.fitting >= line.lost);
    let mut lossy = Tally::default();
    lines.iter().for_each(|&(_, line)| lossy += line);
    let how = lossy.how();
    let mut draft = Draft::default();
    for (place, _) in lines {
        look.write(source, place, how, &mut draft);
    }
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// So many words have to have lost letters, where nobody says so.
const FEWEST: usize = 2;

/// So many words are remembered.
const MOST_KNOWN: usize = 1 << 16;

/// More need not be counted.
const MANY: usize = 1_000;

/// How often a character stands before a letter.
fn inside(text: &str, c: char) -> usize {
    let before_letter = |(at, found): &(usize, &str)| text[at + found.len()..].starts_with(letter::is_alphabetic);
    text.match_indices(c).filter(before_letter).take(MANY).count()
}

/// What was counted of the words of a line, or of more.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    words: u32,
    /// Words with such a character before a letter, and of these such as are syllables but for what is lost.
    lost: u32,
    fitting: u32,
    /// Of the latter, words that begin with one.
    beginning: u32,
    /// Of the latter, words with one that stands alone.
    alone: u32,
    /// Words with marked letters that Latin-1 has.
    latin: u32,
    /// Words with `ð`, as which `đ` is kept at times.
    eth: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.words += other.words;
        self.lost += other.lost;
        self.fitting += other.fitting;
        self.beginning += other.beginning;
        self.alone += other.alone;
        self.latin += other.latin;
        self.eth += other.eth;
    }
}

impl Tally {
    /// Whether letters were lost, one word in so many at least.
    fn is_lossy(self, parts: u32) -> bool {
        self.fitting >= FEWEST as u32 && 4 * self.fitting >= 3 * self.lost && parts * self.fitting >= self.words
    }

    fn how(self) -> How {
        // Of words that have lost a letter one in five has lost `đ`, unless others stand for it and for its like.
        let replaced = if self.fitting < 8 { self.eth > 0 } else { 12 * self.beginning < self.fitting };
        match () {
            () if 4 * self.alone < self.fitting => How::Bytes,
            () if 20 * self.latin < self.words => How::Letters(Lost::Marked),
            () if replaced => How::Letters(Lost::ThreeBytes),
            () => How::Letters(Lost::BeyondLatin),
        }
    }
}

/// How letters were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// One character stands for each.
    Letters(Lost),
    /// One character stands for each byte.
    Bytes,
}

impl How {
    /// The letters that so many characters in a row stand for.
    fn letters(self, characters: usize) -> Option<Vec<Lost>> {
        use Lost::{ThreeBytes, TwoBytes};
        match (self, characters) {
            (How::Letters(lost), 1..=MOST_LOST) => Some(vec![lost; characters]),
            (How::Letters(_), _) => None,
            (How::Bytes, 2) => Some(vec![TwoBytes]),
            (How::Bytes, 3) => Some(vec![ThreeBytes]),
            (How::Bytes, 4) => Some(vec![TwoBytes; 2]),
            // `ườ`, `đề`.
            (How::Bytes, 5) => Some(vec![TwoBytes, ThreeBytes]),
            (How::Bytes, 6) => Some(vec![TwoBytes; 3]),
            // `đượ`.
            (How::Bytes, 7) => Some(vec![TwoBytes, TwoBytes, ThreeBytes]),
            (How::Bytes, _) => None,
        }
    }
}

/// Looks at the words of a text.
struct Look<'t> {
    written: char,
    parts: &'t Parts,
    searcher: Searcher,
    /// By word, and whether a character stands for each byte: what it costs that it is one but for what is lost.
    fits: HashMap<(&'t str, bool), Option<i32>>,
}

impl<'t> Look<'t> {
    fn tally(&mut self, line: &'t str) -> Tally {
        let mut tally = Tally::default();
        for (_, run) in self.runs(line) {
            let bare = run.trim_matches(self.written);
            if bare.is_empty() {
                continue;
            }
            tally.words += 1;
            tally.latin += u32::from(bare.contains(|c| matches!(c, '\u{c0}'..='\u{ff}') && letter::code(c).is_some()));
            tally.eth += u32::from(bare.contains(['ð', 'Ð']));
            // What ends it may end a sentence.
            let run = run.trim_end_matches(self.written);
            if run.contains(self.written) {
                tally.lost += 1;
                let how = if self.is_alone(run) { How::Letters(Lost::Marked) } else { How::Bytes };
                if self.fits(run, how).is_some() {
                    tally.fitting += 1;
                    tally.beginning += u32::from(run.starts_with(self.written));
                    tally.alone += u32::from(how != How::Bytes);
                }
            }
        }
        tally
    }

    /// Whether a character in a word stands by itself: then each stands for a letter.
    fn is_alone(&self, run: &str) -> bool {
        run.split(|c| c != self.written).any(|row| row.len() == self.written.len_utf8())
    }

    /// The words of a line, with what is written for lost letters at their edges, and where they begin; addresses are none.
    fn runs(&self, line: &'t str) -> impl Iterator<Item = (usize, &'t str)> + use<'t> {
        let written = self.written;
        let is_address =
            |chunk: &str| ["://", "www.", "/?", ":\\", "=", "@", "_"].iter().any(|&sign| chunk.contains(sign));
        let chunks = line.split(char::is_whitespace).filter(move |chunk| !is_address(chunk));
        let words = move |chunk: &'t str| chunk.split(move |c| !letter::is_alphabetic(c) && c != written);
        chunks
            .flat_map(words)
            .filter(|run| !run.is_empty())
            .map(move |run| (run.as_ptr() as usize - line.as_ptr() as usize, run))
    }

    /// What it costs by itself that a word is a syllable but for what is lost; `None` if it cannot be one.
    fn fits(&mut self, run: &'t str, how: How) -> Option<i32> {
        let key = (run, how == How::Bytes);
        if let Some(&fits) = self.fits.get(&key) {
            return fits;
        }
        let fits = self.fitting(run, how);
        if self.fits.len() >= MOST_KNOWN {
            self.fits.clear();
        }
        self.fits.insert(key, fits);
        fits
    }

    fn fitting(&mut self, run: &str, how: How) -> Option<i32> {
        // Any marked letter may be lost here: what is lost in all is not known yet.
        let how = if how == How::Bytes { how } else { How::Letters(Lost::Marked) };
        let (word, places) = self.signed(run, how)?;
        // The letters that are left have one tone at most.
        let tones = run.chars().filter(|&c| has_tone(c)).count();
        if places.len() > MOST_LOST || word.chars().count() > LONGEST_WORD || tones > 1 {
            return None;
        }
        let Parts { lexicon, profiles, .. } = self.parts;
        let case = case::case_of(&word, false);
        let short = is_short(run);
        let cases = [case, Case::Title];
        for case in &cases[..1 + usize::from(case == Case::Lower && places.first() == Some(&0))] {
            let found = self.searcher.search(lexicon, &profiles[Damage::Lossy], &word, *case, ANY);
            let may_be = |word| !lexicon.is_foreign(word) || short && lexicon.habit(word) == Habit::Abbreviation;
            if let Some(candidate) = found.iter().find(|candidate| may_be(candidate.word.word)) {
                return Some(lexicon.cost(candidate.word));
            }
        }
        // A name may be no word of the lexicon, and has a syllable's skeleton.
        let mut plain: String = word.chars().map(|c| if is_sign(c) { 'a' } else { letter::bare(c) }).collect();
        (plain.is_ascii() && self.any(&mut plain, &places)).then_some(UNKNOWN)
    }

    /// A word with signs for what is lost, and the places of these among its letters.
    fn signed(&self, run: &str, how: How) -> Option<(String, Vec<usize>)> {
        let (mut word, mut places, mut length) = (String::new(), Vec::new(), 0);
        let mut rest = run;
        while let Some(c) = rest.chars().next() {
            if c == self.written {
                let after = rest.trim_start_matches(c);
                let letters = how.letters((rest.len() - after.len()) / c.len_utf8())?;
                places.extend(length..length + letters.len());
                length += letters.len();
                word.extend(letters.iter().map(|lost| lost.sign()));
                rest = after;
            } else {
                // Latin-1 has `Ð` instead of `Đ`.
                word.push(lookalike(c).and_then(|by| by.chars().next()).unwrap_or(c));
                length += 1;
                rest = &rest[c.len_utf8()..];
            }
        }
        Some((word, places))
    }

    /// Whether letters in some places of a word of plain ones make it a syllable.
    fn any(&self, word: &mut String, places: &[usize]) -> bool {
        let Some((&at, others)) = places.split_first() else {
            return self.parts.lexicon.syllable_cost(word).is_some();
        };
        // Only at its beginning may a word have a `đ`.
        let plain = if at == 0 { PLAIN } else { &PLAIN[..PLAIN.len() - 1] };
        plain.char_indices().any(|(i, c)| {
            word.replace_range(at..at + 1, &plain[i..i + c.len_utf8()]);
            self.any(word, others)
        })
    }

    /// Writes a line with signs for the letters that its words have lost.
    fn write(&mut self, source: &'t str, line: Span, how: How, draft: &mut Draft) {
        let text = line.of(source);
        let whole = if how == How::Bytes { 'Đ'.len_utf8() } else { 1 };
        let d = self.written.to_string().repeat(whole);
        let written = self.written;
        for (at, run) in self.runs(text).filter(|(_, run)| run.contains(written)) {
            let place = |at: usize, length: usize| Span::new(line.start + at, line.start + at + length);
            if let Some(word) = self.word(text, at, run, how) {
                self.write_word(source, place(word.start, word.len()), how, draft);
            } else if is_short(run) && how != How::Letters(Lost::ThreeBytes) && !run.starts_with(self.written) {
                // Abbreviations are of first letters: hardly any but `Đ` has marks.
                run.match_indices(&d).for_each(|(i, found)| draft.replace(source, place(at + i, found.len()), "Đ"));
            }
        }
    }

    fn write_word(&self, source: &str, word: Span, how: How, draft: &mut Draft) {
        let (text, width) = (word.of(source), self.written.len_utf8());
        let mut rest = 0;
        while let Some(at) = text[rest..].find(self.written).map(|found| rest + found) {
            rest = text.len() - text[at..].trim_start_matches(self.written).len();
            let letters = how.letters((rest - at) / width).unwrap_or_default();
            let signs: String = letters.iter().map(|lost| lost.sign()).collect();
            draft.replace(source, Span::new(word.start + at, word.start + rest), &signs);
        }
    }

    /// What it costs by itself that something is a word and its end a question mark.
    fn asked(&mut self, run: &'t str, how: How) -> Option<i32> {
        if run.contains(self.written) {
            return self.fits(run, how);
        }
        let lexicon = &self.parts.lexicon;
        let leaf = lexicon.word(run).filter(|leaf| !lexicon.is_foreign(leaf.word))?;
        letter::spell_small(run, |word| syllable::parse(word).map(|_| lexicon.cost(leaf)))
    }

    /// The part of a run that is a word: what is written for lost letters may be a question mark or a quote at its edges.
    fn word(&mut self, line: &'t str, at: usize, run: &'t str, how: How) -> Option<Span> {
        let width = self.written.len_utf8();
        let after = line[at + run.len()..].trim_start();
        let ends = after.is_empty() || after.starts_with(|c: char| c.is_uppercase());
        let (first, last) = (run.starts_with(self.written), run.ends_with(self.written));
        if run.chars().all(|c| c == self.written) {
            // A word of one letter, the mark of a list, a bullet, or what ends a sentence.
            let begins = line[..at].trim_start().is_empty();
            let none = match after.chars().next() {
                Some(')') => !begins,
                Some(c) if c.is_uppercase() => begins,
                None => !line[..at].ends_with(' '),
                Some(_) => false,
            };
            return (!none && self.fits(run, how).is_some()).then_some(Span::new(at, at + run.len()));
        }
        let shorter = &run[..run.len() - if last { width } else { 0 }];
        // A question mark, if the word is as good without it, or has two lost letters at its end, as hardly any has.
        let is_asked = last && self.written == '?' && {
            let two = how != How::Bytes && shorter.ends_with(self.written);
            match (self.fits(run, how), self.asked(shorter, how)) {
                (Some(_), Some(_)) if two => true,
                (Some(whole), Some(asked)) if how != How::Bytes => asked + if ends { ASKED } else { AMID } <= whole,
                (whole, _) => whole.is_none(),
            }
        };
        let behind = if first { width } else { 0 };
        let ways = [
            (0, run.len(), !is_asked),
            (0, shorter.len(), last),
            (behind, run.len(), first && !is_asked),
            (behind, shorter.len(), first && last && behind < shorter.len()),
        ];
        let fitting = ways.into_iter().find(|&(begin, end, may)| may && self.fits(&run[begin..end], how).is_some());
        fitting.map(|(begin, end, _)| Span::new(at + begin, at + end))
    }
}

/// What a question mark costs at a sentence's end, and in the midst of it.
const ASKED: i32 = UNIT;
const AMID: i32 = 4 * UNIT;

/// What a name costs by itself that is no word of the lexicon.
const UNKNOWN: i32 = 10 * UNIT;

/// How far words are searched for.
const ANY: Limits =
    Limits { beyond_best: UNIT, most: 4, bar: 1 << 20, glued: 1 << 20, anything: false, steps: FEW_STEPS };

/// Longer words are none.
const LONGEST_WORD: usize = 8;

/// Whether something may be an abbreviation: capitals, with what is written for lost letters.
fn is_short(run: &str) -> bool {
    run.contains(char::is_uppercase) && !run.contains(char::is_lowercase)
}

fn has_tone(c: char) -> bool {
    letter::code(c).is_some_and(|code| letter::split_tone(code & !letter::CAPITAL).1 != Tone::Level)
}
