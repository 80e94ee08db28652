//! Letters that each have a code of their own, which no table explains: `V(cid:7)n b(cid:9)n`, or whatever characters a
//! font of a PDF has in the places of its letters.
//!
//! A simple substitution, of which most letters are plain: the words of the document tell what each code is, for it is
//! the same letter everywhere. Codes that are found help to find others (`được` has three).

use super::legacy;
use super::map::{Draft, Map};
use super::unicode::is_mark;
use crate::lexicon::Lexicon;
use crate::model::Parts;
use crate::ngram;
use crate::span::Span;
use crate::text::letter::{self, LETTERS};
use crate::text::lost::Lost;
use std::collections::HashMap;

/// A cost of all words of a text, in units of the language model.
type Cost = i64;

const UNIT: Cost = ngram::UNIT as Cost;

/// Set in the code of a number.
const IS_NUMBER: u32 = 1 << 31;

/// So many codes have to be in a text.
const FEWEST: usize = 100;

/// So many words are learnt from, and a word is of so many letters at most.
const MOST_WORDS: usize = 4_000;
const LONGEST: usize = 10;

/// What it costs that a word is none.
const UNKNOWN: Cost = 16 * UNIT;

/// By how much a letter has to be likelier than the second likeliest: the surest come first, and help with the others.
const MARGINS: [Cost; 3] = [60 * UNIT, 20 * UNIT, 8 * UNIT];

/// So often codes are added that are so sure.
const ROUNDS: usize = 8;

/// What it costs a word that another code, or the letter itself, stands for a letter elsewhere.
const AGAIN: Cost = 4 * UNIT;

/// A letter of a word, or what stands for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Symbol {
    /// The code of a small letter, and whether it is a capital.
    Letter(u8, bool),
    Code(u32),
}

/// Whether a character may stand for a letter: it is none of Vietnamese, and no punctuation.
fn is_code(c: char) -> bool {
    !c.is_ascii()
        && letter::code(c).is_none()
        && !is_mark(c)
        && !matches!(c, '\u{80}'..='\u{bf}' | '\u{200b}'..='\u{2bff}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffd}')
        && !c.is_whitespace()
}

/// The symbol that a text begins with, and its length.
fn symbol(text: &str) -> Option<(Symbol, usize)> {
    let c = text.chars().next()?;
    if c == '(' {
        let (number, length) = legacy::number(text)?;
        return Some((Symbol::Code(number | IS_NUMBER), length));
    }
    match letter::code(c) {
        Some(code) => Some((Symbol::Letter(code & !letter::CAPITAL, code & letter::CAPITAL != 0), c.len_utf8())),
        None => is_code(c).then_some((Symbol::Code(c as u32), c.len_utf8())),
    }
}

/// The words of a text that have codes: where they stand, and where each of their symbols does.
fn words(text: &str, mut each: impl FnMut(&[(Symbol, Span)])) {
    let mut word: Vec<(Symbol, Span)> = Vec::new();
    let mut at = 0;
    loop {
        let next = symbol(&text[at..]);
        if let Some((sign, length)) = next {
            word.push((sign, Span::new(at, at + length)));
            at += length;
            continue;
        }
        if word.iter().any(|(sign, _)| matches!(sign, Symbol::Code(_))) {
            each(&word);
        }
        word.clear();
        let Some(c) = text[at..].chars().next() else { return };
        at += c.len_utf8();
    }
}

/// Whether a text has enough codes to look at, which is told by bytes that begin such characters.
fn may_have_codes(text: &str) -> bool {
    let begins = |byte: u8| matches!(byte, 0xc7..=0xcb | 0xcd..=0xe0 | 0xea..=0xef);
    text.bytes().filter(|&byte| begins(byte)).take(FEWEST).count() == FEWEST
        || text.match_indices(legacy::NUMBER).take(FEWEST).count() == FEWEST
}

/// A text with spaces in the place of words that have codes, and how many these are.
pub fn without_words(text: &str) -> (u32, String) {
    let (mut blank, mut done, mut count) = (String::with_capacity(text.len()), 0, 0);
    words(text, |word| {
        let place = Span::new(word[0].1.start, word[word.len() - 1].1.end);
        blank.push_str(&text[done..place.start]);
        blank.extend(std::iter::repeat_n(' ', place.len()));
        (done, count) = (place.end, count + 1);
    });
    blank.push_str(&text[done..]);
    (count, blank)
}

/// Reads the codes of a text whose words tell them, and gives signs for lost letters to those of which they tell too little.
pub fn solve(source: &str, parts: &Parts) -> Option<(String, Map)> {
    if !may_have_codes(source) {
        return None;
    }
    let key = Key::learn(source, &parts.lexicon)?;
    let mut draft = Draft::default();
    words(source, |word| {
        let alone = word.len() == 1;
        for &(sign, place) in word {
            let Symbol::Code(code) = sign else { continue };
            let mut buffer = [0; 4];
            let c = key.letters.get(&code).map_or(Lost::Marked.sign(), |found| found.char());
            let c = c.encode_utf8(&mut buffer);
            if !alone || parts.lexicon.word(c).is_some() {
                draft.replace(source, place, c);
            }
        }
    });
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// A word as it occurs, and how often.
type Word = (Vec<Symbol>, u32);

/// What a code stands for: a small letter, or its capital.
#[derive(Debug, Clone, Copy)]
struct Found {
    letter: u8,
    capital: bool,
}

impl Found {
    fn char(self) -> char {
        letter::char_of(self.letter | if self.capital { letter::CAPITAL } else { 0 })
    }
}

/// How often a code stands among capitals, among small letters, and before these; of the last, at a line's begin.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    capitals: u32,
    small: u32,
    first: u32,
    begins: u32,
}

impl Places {
    /// Whether it is a capital, as far as that tells.
    fn is_capital(self) -> Option<bool> {
        let Places { capitals, small, first, begins } = self;
        match () {
            () if capitals > small + first => Some(true),
            () if 20 * small <= first && 3 * begins > first => Some(true),
            () if 20 * small > first => Some(false),
            () => None,
        }
    }
}

/// What codes stand for, as far as that is known.
struct Key<'t> {
    lexicon: &'t Lexicon,
    words: Vec<Word>,
    places: HashMap<u32, Places>,
    /// Letters that the text has, as they are or as codes that are known: small ones, and capitals.
    taken: [[bool; LETTERS + 1]; 2],
    letters: HashMap<u32, Found>,
}

/// What was found of a code: in how many words it is the only unknown one, and by letter what these cost less if it is that,
/// and how many of them are words then.
struct Evidence {
    words: u32,
    saved: [Cost; LETTERS + 1],
    read: [u32; LETTERS + 1],
}

impl<'t> Key<'t> {
    /// Learns what codes stand for from the words that they are in; `None` if these do not become words.
    fn learn(source: &str, lexicon: &'t Lexicon) -> Option<Self> {
        let mut counts: HashMap<Vec<Symbol>, u32> = HashMap::new();
        let mut places: HashMap<u32, Places> = HashMap::new();
        words(source, |word| {
            if let (Symbol::Code(code), place) = word[0] {
                let begins = source[..place.start].trim_end_matches(' ').ends_with('\n') || place.start == 0;
                places.entry(code).or_default().begins += u32::from(begins);
            }
            let plain = word.iter().any(|(sign, _)| matches!(sign, Symbol::Letter(..)));
            if plain && word.len() <= LONGEST {
                let signs: Vec<Symbol> = word.iter().map(|&(sign, _)| sign).collect();
                if let Some(count) = counts.get_mut(&signs) {
                    *count += 1;
                } else if counts.len() < MOST_WORDS {
                    counts.insert(signs, 1);
                }
            }
        });
        let words = counts.into_iter().collect();
        let mut taken = [[false; LETTERS + 1]; 2];
        for code in source.chars().filter_map(letter::code) {
            taken[usize::from(code & letter::CAPITAL != 0)][usize::from(code & !letter::CAPITAL)] = true;
        }
        let mut key = Key { lexicon, words, places, taken, letters: HashMap::new() };
        key.look();
        for margin in MARGINS {
            for _ in 0..ROUNDS {
                if !key.add(margin) {
                    break;
                }
            }
        }
        // Words whose codes are all known, and those of them that are words now.
        let (mut all, mut read, mut right) = (0, 0, 0);
        for (word, count) in &key.words {
            all += count;
            if let Some(cost) = key.cost(word, None) {
                read += count;
                right += if cost < UNKNOWN { *count } else { 0 };
            }
        }
        let is_read = read >= 10 && 2 * read >= all && 5 * right >= 4 * read;
        is_read.then(|| {
            key.set_cases();
            key
        })
    }

    /// Looks where codes stand.
    fn look(&mut self) {
        for (word, count) in &self.words {
            let is_capital = |sign: &Symbol| match sign {
                Symbol::Letter(_, capital) => Some(*capital),
                Symbol::Code(_) => None,
            };
            let rest = || word.iter().skip(1).filter_map(is_capital);
            let small = is_capital(&word[0]) == Some(false) || rest().any(|capital| !capital);
            let capitals = !small && rest().any(|capital| capital);
            for (at, sign) in word.iter().enumerate() {
                if let Symbol::Code(code) = sign {
                    let places = self.places.entry(*code).or_default();
                    places.capitals += if capitals { *count } else { 0 };
                    places.small += if small && at > 0 { *count } else { 0 };
                    places.first += if small && at == 0 { *count } else { 0 };
                }
            }
        }
    }

    /// Whether a code is a capital, as far as its places tell.
    fn is_capital(&self, code: u32) -> Option<bool> {
        self.places.get(&code)?.is_capital()
    }

    /// Whether others stand for a letter already, where a code does.
    fn is_taken(&self, code: u32, letter: usize) -> bool {
        match self.is_capital(code) {
            Some(capital) => self.taken[usize::from(capital)][letter],
            None => self.taken[0][letter] && self.taken[1][letter],
        }
    }

    /// Adds the codes that are sure by so much, in words that have no other unknown one; says whether there were any.
    fn add(&mut self, margin: Cost) -> bool {
        let mut evidence: HashMap<u32, Evidence> = HashMap::new();
        for (word, count) in &self.words {
            let Some(code) = self.only_unknown(word) else { continue };
            let none = || Evidence { words: 0, saved: [0; LETTERS + 1], read: [0; LETTERS + 1] };
            let evidence = evidence.entry(code).or_insert_with(none);
            evidence.words += count;
            for letter in 1..=LETTERS {
                let cost = self.cost(word, Some((code, letter as u8))).unwrap_or(UNKNOWN);
                evidence.saved[letter] += (UNKNOWN - cost) * Cost::from(*count);
                evidence.read[letter] += if cost < UNKNOWN { *count } else { 0 };
            }
        }
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (&code, Evidence { words, saved, read }) in &evidence {
            let worth = |letter: usize| {
                saved[letter] - if self.is_taken(code, letter) { AGAIN * Cost::from(*words) } else { 0 }
            };
            let best = (1..=LETTERS).max_by_key(|&letter| (worth(letter), letter)).unwrap_or(1);
            let second = (1..=LETTERS).filter(|&letter| letter != best).map(worth).max().unwrap_or(0);
            let mut others = (1..=LETTERS).filter(|&letter| !self.is_taken(code, letter));
            let is_one_more = self.is_taken(code, best) && others.any(|other| 10 * read[other] >= 9 * read[best]);
            if worth(best) - second >= margin && 5 * read[best] >= 4 * words && !is_one_more {
                found.push((code, best));
            }
        }
        for &(code, letter) in &found {
            let capital = self.is_capital(code);
            self.letters.insert(code, Found { letter: letter as u8, capital: capital == Some(true) });
            if let Some(capital) = capital {
                self.taken[usize::from(capital)][letter] = true;
            }
        }
        !found.is_empty()
    }

    /// The only code of a word that is not known yet.
    fn only_unknown(&self, word: &[Symbol]) -> Option<u32> {
        let mut only = None;
        for sign in word {
            match *sign {
                Symbol::Code(code) if !self.letters.contains_key(&code) => match only {
                    Some(other) if other != code => return None,
                    _ => only = Some(code),
                },
                _ => {}
            }
        }
        only
    }

    /// What a word costs, with a guess for one of its codes; `None` if another is unknown.
    fn cost(&self, word: &[Symbol], guess: Option<(u32, u8)>) -> Option<Cost> {
        let mut node = Some(Lexicon::ROOT);
        for sign in word {
            let letter = match *sign {
                Symbol::Letter(letter, _) => letter,
                Symbol::Code(code) => match guess.filter(|guess| guess.0 == code) {
                    Some((_, letter)) => letter,
                    None => self.letters.get(&code)?.letter,
                },
            };
            let leads_on = |&node: &u32| self.lexicon.letters(node) >> letter & 1 == 1;
            node = node.filter(leads_on).map(|node| self.lexicon.step(node, letter.into()));
        }
        let leaf = node.and_then(|node| self.lexicon.leaf(node)).filter(|leaf| !self.lexicon.is_foreign(leaf.word));
        // The lexicon has half of what a word costs.
        Some(leaf.map_or(UNKNOWN, |leaf| (2 * Cost::from(self.lexicon.cost(leaf))).min(UNKNOWN - 1)))
    }

    /// Of codes that are one letter, and of which nothing but words' beginnings tells the case, the rarer ones are capitals.
    fn set_cases(&mut self) {
        let often = |code: &u32| self.places.get(code).map_or(0, |places| places.small + places.first);
        let mut most: HashMap<u8, u32> = HashMap::new();
        for (code, found) in self.letters.iter().filter(|(_, found)| !found.capital) {
            let most = most.entry(found.letter).or_default();
            *most = (*most).max(often(code));
        }
        for (code, found) in &mut self.letters {
            let places = self.places.get(code).copied().unwrap_or_default();
            let rarer = 2 * places.first < most.get(&found.letter).copied().unwrap_or(0);
            found.capital |= places.is_capital().is_none() && rarer;
        }
    }
}
