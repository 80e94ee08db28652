//! Choosing the words of the lexicon.

use super::corpus::{self, Cases};
use crate::error::Error;
use crate::lexicon::{FOREIGN, Habit, LEVEL_SHIFT};
use crate::ngram::{FIRST_WORD, Word};
use crate::text::{letter, placement, syllable};
use std::collections::{HashMap, HashSet};

/// How often a word must occur to be known.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// A well-formed syllable.
    pub syllable: u32,
    /// An abbreviation (`UBND`).
    pub abbreviation: u32,
    /// Any other word of plain letters (`internet`).
    pub foreign: u32,
}

impl Default for Floor {
    fn default() -> Self {
        Floor { syllable: 4, abbreviation: 30, foreign: 150 }
    }
}

/// A word of the lexicon to be.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its spelling, in codes of small letters.
    pub key: Vec<u8>,
    /// How often it occurs.
    pub count: u32,
    /// How it is cased.
    pub habit: Habit,
    /// How likely it begins with a capital inside a sentence: the logarithm of the odds in half nats, plus 16; 0 to 31.
    pub level: u8,
}

/// Chooses the words; `names` are kept however rare.
pub fn choose(counts: &HashMap<Vec<u8>, Cases>, names: &HashSet<Vec<u8>>, floor: Floor) -> Vec<Entry> {
    let none = Cases::default();
    let mut entries: Vec<Entry> = counts
        .iter()
        .chain(names.iter().filter(|n| !counts.contains_key(*n)).map(|n| (n, &none)))
        .filter_map(|(key, cases)| {
            let count = cases.total();
            let well_formed = syllable::parse(key).is_some();
            let plain = key.iter().all(|&c| letter::plain(c) == c);
            let free = count - cases.forced;
            let capitals = cases.upper * 10 > free * 7;
            let bar = if names.contains(key) {
                0
            } else if well_formed {
                floor.syllable
            } else if capitals && key.len() <= 8 {
                floor.abbreviation
            } else if plain || key.len() == 1 {
                floor.foreign
            } else {
                // A misspelt syllable is no word however often it is written.
                return None;
            };
            let habit = if free == 0 || cases.title * 10 > free * 9 {
                Habit::Name
            } else if capitals {
                Habit::Abbreviation
            } else {
                Habit::Free
            };
            let (title, lower) =
                (f64::from(cases.title) + 0.3, f64::from(cases.lower) + if free == 0 { 0.01 } else { 0.3 });
            let level = Habit::level((title / lower).ln());
            (count >= bar && key.len() < 24).then(|| Entry { key: key.clone(), count, habit, level })
        })
        .collect();
    entries.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.key.cmp(&b.key)));
    entries.truncate(usize::from(Word::MAX - FIRST_WORD));
    // Indices are dealt out by a hash: the n-gram lists are searched by where a word should stand in them.
    entries.sort_by_cached_key(|e| (crc32fast::hash(&e.key), e.key.clone()));
    entries
}

/// The words' indices by spelling.
pub fn vocabulary(entries: &[Entry]) -> HashMap<Vec<u8>, Word> {
    entries.iter().zip(FIRST_WORD..).map(|(e, word)| (e.key.clone(), word)).collect()
}

/// The FST and the habits, as the lexicon reads them.
///
/// # Errors
/// [`Error::Training`] if the FST cannot be built.
pub fn compile(entries: &[Entry]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut keys: Vec<(Vec<u8>, u64)> = Vec::new();
    let vocabulary = vocabulary(entries);
    for (entry, word) in entries.iter().zip(u64::from(FIRST_WORD)..) {
        keys.push((entry.key.clone(), word * 2));
        if let Some(other) = placement::other(&entry.key).filter(|o| !vocabulary.contains_key(o)) {
            keys.push((other, word * 2 + 1));
        }
    }
    keys.sort_unstable();
    keys.dedup_by(|a, b| a.0 == b.0);
    let map = fst::Map::from_iter(keys).map_err(|e| Error::Training(format!("the lexicon cannot be built: {e}")))?;
    let habits = entries
        .iter()
        .map(|e| {
            let foreign = if syllable::parse(&e.key).is_none() { FOREIGN } else { 0 };
            foreign
                | e.level << LEVEL_SHIFT
                | match e.habit {
                    Habit::Free => 0,
                    Habit::Name => 1,
                    Habit::Abbreviation => 2,
                }
        })
        .collect();
    Ok((map.into_fst().into_inner(), habits))
}

/// The names in a gazetteer: each cell of a tab-separated table, or each line, that is made of words; as one text,
/// a name a line. Cells of a heading (`full_name`) and codes are none.
pub fn names_of(table: &str) -> String {
    let mut lines = Vec::new();
    for line in table.lines() {
        for cell in line.split(['\t', '<', ',']).map(str::trim) {
            let first = cell.chars().next();
            if first.is_some_and(char::is_uppercase) && !cell.contains('_') {
                lines.push(cell);
            }
        }
    }
    lines.sort_unstable();
    lines.dedup();
    lines.join("\n")
}

/// The spellings in a text of names.
pub fn name_words(names: &str) -> HashSet<Vec<u8>> {
    corpus::count_words(names).into_keys().collect()
}

/// A number for each word, the same for words that differ in marks only.
pub fn skeleton_classes(entries: &[Entry]) -> Vec<u32> {
    let mut classes: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut of: Vec<u32> = (0..u32::from(FIRST_WORD)).collect();
    for entry in entries {
        let skeleton: Vec<u8> = entry.key.iter().map(|&c| letter::plain(c)).collect();
        let next = classes.len() as u32 + u32::from(FIRST_WORD);
        of.push(*classes.entry(skeleton).or_insert(next));
    }
    of
}
