//! Letters that were lost with spaces in their places: `C ng hòa xã h i ch  ngh a`, as documents are read whose fonts do not tell
//! all of their letters. Which spaces part words, and which stand for letters, the cheapest words tell that a line may be made of.

use super::map::{Draft, Map};
use crate::candidates::{FEW_STEPS, Limits, Searcher};
use crate::channel::Damage;
use crate::model::Parts;
use crate::ngram::{BOUNDARY, NUMBER, PAUSE, State, UNIT, UNKNOWN, Word};
use crate::span::Span;
use crate::text::case::Case;
use crate::text::letter;
use crate::text::lost::Lost;
use std::collections::HashMap;

/// So many words of a text tell whether it may have such letters.
const SAMPLE: usize = 2_000;

/// The fewest words that must be fragments.
const FEWEST: usize = 4;

/// One word in so many must be.
const PARTS: usize = 6;

/// Gives signs to spaces that stand for letters; `damage` is what the caller knows of the text.
pub fn mark(source: &str, damage: Option<Damage>, parts: &Parts) -> Option<(String, Map)> {
    if damage.is_some_and(|damage| damage != Damage::Lossy) || !is_in_fragments(source) {
        return None;
    }
    let latin = |word: &&str| word.contains(|c| matches!(c, '\u{c0}'..='\u{ff}') && letter::code(c).is_some());
    let (all, marked) = (words(source).count(), words(source).filter(latin).count());
    // Spaces that were several may have been made one.
    let each = 10 * source.matches("  ").count() >= source.matches(' ').count();
    let (lost, dropped) = match (each, 20 * marked < all) {
        (true, true) => (Lost::Marked, Damage::Dropped),
        (true, false) => (Lost::BeyondLatin, Damage::DroppedLatin),
        (false, true) => (Lost::SomeMarked, Damage::Dropped),
        (false, false) => (Lost::SomeBeyondLatin, Damage::DroppedLatin),
    };
    let mut look = Look {
        parts,
        sign: lost.sign(),
        damages: [dropped, if each { Damage::Lossy } else { dropped }],
        searcher: Searcher::default(),
        known: Default::default(),
    };
    // Else letters are gone, and all spaces are spaces.
    let sample = &source[..words(source).nth(SAMPLE).map_or(source.len(), |word| place(source, word))];
    let (whole, _) = look.cheapest(sample, false);
    let (parted, mut spaces) = look.cheapest(sample, true);
    if 10 * parted > 9 * whole {
        return None;
    }
    if sample.len() < source.len() {
        (_, spaces) = look.cheapest(source, true);
    }
    let mut draft = Draft::default();
    let sign = look.sign.to_string();
    spaces.into_iter().for_each(|at| draft.replace(source, Span::new(at, at + 1), &sign));
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !letter::is_alphabetic(c)).filter(|word| !word.is_empty())
}

/// Whether many words are but consonants, not all are single letters, and hardly any has a letter that Latin-1 lacks.
fn is_in_fragments(text: &str) -> bool {
    let is_consonant = |b: u8| b.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(&b);
    let [mut all, mut fragments, mut single, mut whole] = [0; 4];
    for word in words(text).take(SAMPLE) {
        all += 1;
        fragments += usize::from(word.len() <= 3 && word.bytes().all(is_consonant));
        single += usize::from(word.len() == 1);
        whole += usize::from(word.chars().any(|c| c > '\u{ff}'));
    }
    fragments >= FEWEST && PARTS * fragments >= all && 5 * single <= 4 * all && 16 * whole <= all
}

/// Letters and spaces between others, and where they begin; long ones in parts.
fn stretches(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c| c != ' ' && !letter::is_alphabetic(c))
        .flat_map(|stretch| {
            let (mut last, mut length) = ('\0', 0);
            stretch.split_inclusive(move |c: char| {
                let ends = length >= LONG && c == ' ' && last != ' ';
                (last, length) = (c, if ends { 0 } else { length + 1 });
                ends
            })
        })
        // One word of so many letters is none; what has letters that no other language has, has lost none.
        .filter(|stretch| stretch.len() <= 8 * LONG && !stretch.contains(letter::is_own))
        .filter(|stretch| stretch.contains(letter::is_alphabetic))
        .map(|stretch| (place(text, stretch), stretch))
}

/// So many characters in a row are looked at as one stretch.
const LONG: usize = 2_000;

/// So many words are remembered.
const MOST_KNOWN: usize = 1 << 16;

/// Whether a space is to come after some text, and before a word; at a line's beginning it may.
fn has_space_after(text: &str) -> Option<bool> {
    match text.chars().next_back() {
        None | Some('\n' | '\r' | '\t') => Some(false),
        Some('-' | '–') => None,
        Some(c) => Some(!matches!(c, '(' | '[' | '{' | '/' | '"' | '“' | '‘' | '\'')),
    }
}

/// The same before some text, and after a word.
fn has_space_before(text: &str) -> Option<bool> {
    match text.chars().next() {
        None | Some('\n' | '\r' | '\t' | '-' | '–' | '/' | '"') => None,
        Some(c) => Some(!matches!(c, ',' | ';' | '.' | ':' | ')' | '!' | '?' | ']' | '}' | '”' | '’')),
    }
}

/// The most characters of a word with spaces in it, and of these.
const LONGEST: usize = 8;
const MOST_SPACES: usize = 3;

/// What a space more than one costs that parts words.
const MORE: i64 = 3 * UNIT as i64;

/// What each letter costs of a word that is none of the lexicon.
const UNKNOWN_LETTER: i64 = 2 * UNIT as i64;

/// How far words are searched for.
const ANY: Limits =
    Limits { beyond_best: 6 * UNIT, most: 12, bar: 1 << 20, glued: 1 << 20, anything: false, steps: FEW_STEPS };

/// Where a part of a text begins in it.
fn place(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// So many hypotheses are kept at each place, and so many words that one may be.
const BEAM: usize = 4;
const WORDS: usize = 6;

/// A way through a stretch up to where a word may begin.
#[derive(Clone, Copy)]
struct Hypothesis {
    state: State,
    cost: i64,
    /// The last word, and the way before it: where that leads to, and which it is of those there.
    word: (usize, usize),
    before: (usize, usize),
}

struct Look<'t> {
    parts: &'t Parts,
    /// What is put in the place of a space.
    sign: char,
    /// What words have suffered if all spaces are spaces, and if some are letters.
    damages: [Damage; 2],
    searcher: Searcher,
    /// The words that may have been meant, in both cases.
    known: [HashMap<String, Vec<Word>>; 2],
}

impl Look<'_> {
    /// Finds the words that may have been meant by one.
    fn look_up(&mut self, may_be_letters: bool, word: &str) {
        let (which, Parts { lexicon, profiles, ngram, .. }) = (usize::from(may_be_letters), self.parts);
        if self.known[which].contains_key(word) {
            return;
        }
        if self.known[which].len() >= MOST_KNOWN {
            self.known[which].clear();
        }
        let small: String = word.chars().map(letter::small).collect();
        let found = self.searcher.search(lexicon, &profiles[self.damages[which]], &small, Case::Lower, ANY);
        let words = found.iter().map(|candidate| candidate.word.word).filter(|&word| !lexicon.is_foreign(word));
        let words = words.take(WORDS).map(|word| ngram.known(word)).collect();
        self.known[which].insert(word.to_owned(), words);
    }

    /// What the cheapest words cost that a text may be made of, and which of its spaces are letters, if they may be.
    fn cheapest(&mut self, text: &str, may_be_letters: bool) -> (i64, Vec<usize>) {
        let (mut total, mut spaces, mut done, mut last) = (0, Vec::new(), 0, BOUNDARY);
        for (start, stretch) in stretches(text) {
            let between = &text[done..start];
            done = start + stretch.len();
            let before = match () {
                () if between.contains(['.', '?', '!']) => BOUNDARY,
                () if between.contains(|c: char| c.is_ascii_digit()) => NUMBER,
                () if between.trim().is_empty() => last,
                () => PAUSE,
            };
            let sides = [has_space_after(&text[..start]), has_space_before(&text[done..])];
            let (cost, word) = self.go_through(stretch, before, sides, may_be_letters, |at| spaces.push(start + at));
            (total, last) = (total + cost, word);
        }
        (total, spaces)
    }

    /// Finds the cheapest words that a stretch may be made of, and tells which of its spaces are letters; what that costs, and
    /// the last word. `sides` say whether a space is to part it from what comes before it, and after it, if that is known.
    fn go_through(
        &mut self,
        stretch: &str,
        before: Word,
        sides: [Option<bool>; 2],
        may_be_letters: bool,
        mut letter: impl FnMut(usize),
    ) -> (i64, Word) {
        let chars: Vec<(usize, char)> = stretch.char_indices().collect();
        let price = |side: Option<bool>, space: bool| if side == Some(!space) { MORE } else { 0 };
        // The ways that lead to each place; a space parts words, so the last is one beyond the end.
        let mut fronts: Vec<Vec<Hypothesis>> = vec![Vec::new(); chars.len() + 2];
        fronts[0].push(Hypothesis { state: State::after(before), cost: 0, word: (0, 0), before: (0, 0) });
        let mut word = String::new();
        for begin in 0..chars.len() {
            if fronts[begin].is_empty() {
                continue;
            }
            fronts[begin].sort_by_key(|way| way.cost);
            fronts[begin].truncate(BEAM);
            let ways = fronts[begin].clone();
            let mut reach =
                |to: usize, way: Hypothesis| match fronts[to].iter_mut().find(|other| other.state == way.state) {
                    Some(other) if other.cost <= way.cost => {}
                    Some(other) => *other = way,
                    None => fronts[to].push(way),
                };
            let first = begin == 0;
            if chars[begin].1 == ' ' {
                let more = if first { price(sides[0], true) } else { MORE };
                for (at, way) in ways.iter().enumerate() {
                    let skipped =
                        Hypothesis { cost: way.cost + more, word: (begin, begin), before: (begin, at), ..*way };
                    reach(begin + 1, skipped);
                }
            }
            word.clear();
            let mut signs = 0;
            for end in begin + 1..=chars.len() {
                let c = chars[end - 1].1;
                signs += usize::from(c == ' ');
                word.push(if c == ' ' { self.sign } else { c });
                if signs > 0 && (!may_be_letters || end - begin > LONGEST || signs > MOST_SPACES) {
                    break;
                }
                if chars.get(end).is_some_and(|&(_, next)| next != ' ') {
                    continue;
                }
                self.look_up(may_be_letters, &word);
                let words = &self.known[usize::from(may_be_letters)][word.as_str()];
                let left = if first { price(sides[0], false) } else { 0 };
                let right = if end + 1 >= chars.len() { price(sides[1], end < chars.len()) } else { 0 };
                let ngram = &self.parts.ngram;
                for (at, way) in ways.iter().enumerate() {
                    let mut add = |word: Word, more: i64| {
                        let (cost, state) = ngram.score(way.state, word);
                        let cost = way.cost + i64::from(cost) + more + left + right;
                        reach(end + 1, Hypothesis { state, cost, word: (begin, end), before: (begin, at) });
                    };
                    words.iter().for_each(|&word| add(word, 0));
                    if words.is_empty() && signs == 0 {
                        add(UNKNOWN, UNKNOWN_LETTER * (end - begin) as i64);
                    }
                }
            }
        }
        // The last word may end the stretch, or a space after it may.
        let ends = [chars.len() + 1, chars.len()].map(|at| fronts[at].iter()).into_iter().flatten();
        let Some(&best) = ends.min_by_key(|way| way.cost) else { return (0, before) };
        let mut spaces = Vec::new();
        let mut way = best;
        loop {
            let (begin, end) = way.word;
            spaces.extend(chars[begin..end].iter().rev().filter(|(_, c)| *c == ' ').map(|&(place, _)| place));
            if way.before.0 == 0 {
                break;
            }
            way = fronts[way.before.0][way.before.1];
        }
        spaces.into_iter().rev().for_each(&mut letter);
        (best.cost, best.state.last())
    }
}
