//! The syllables and names that there are: an FST from spelling to word, unfolded into a trie for the search.

use crate::error::Error;
use crate::hash::Mix;
use crate::ngram::{FIRST_WORD, Word};
use crate::sound_fst;
use crate::text::letter::{self, LETTERS};
use fst::Streamer;
use fst::raw::Fst;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasherDefault;

/// How a word is customarily written, whatever stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// As the sentence asks: `hội`, `Hội`.
    Free,
    /// With a capital: `Krông`, `Honda`.
    Name,
    /// In capitals: `UBND`.
    Abbreviation,
}

/// Set in the habit byte of a word that is no Vietnamese syllable.
pub(crate) const FOREIGN: u8 = 4;

/// Where the level begins in the habit byte: how likely the word begins with a capital inside a sentence, as the
/// logarithm of the odds in steps of half a nat, from −8 (0) to 7.5 (31).
pub(crate) const LEVEL_SHIFT: u32 = 3;

/// The level of a word that is always written with a capital.
const ALWAYS_CAPITAL: u8 = 31;

impl Habit {
    /// The level of such odds.
    #[cfg(feature = "train")]
    pub(crate) fn level(odds: f64) -> u8 {
        (odds * 2.0 + 16.0).round().clamp(0.0, 31.0) as u8
    }
}

/// A place in the trie: the letters read so far.
pub type Node = u32;

/// A word's spelling at the end of a trie path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// The word.
    pub word: Word,
    /// Whether this is its other tone placement (`hoà` for `hòa`).
    pub variant: bool,
}

/// The lexicon: keys are spelt in [`letter`] codes of small letters.
#[derive(Debug, Clone)]
pub struct Lexicon {
    map: fst::Map<Vec<u8>>,
    /// By word less [`FIRST_WORD`]: its spelling in `spellings`.
    ends: Vec<u32>,
    spellings: Vec<u8>,
    habits: Vec<Habit>,
    foreign: Vec<bool>,
    levels: Vec<u8>,
    costs: Vec<u16>,
    /// All words without their marks, and half of what the commonest Vietnamese syllable costs of those that are alike
    /// then; [`NO_SYLLABLE`] if none is one.
    skeletons: HashMap<Box<[u8]>, u16, BuildHasherDefault<Mix>>,
    trie: Trie,
}

const NO_SYLLABLE: u16 = u16::MAX;

/// The FST unfolded: one node a prefix, its children in a row.
#[derive(Debug, Clone, Default)]
struct Trie {
    nodes: Vec<Prefix>,
    /// The sets of letters that lead on from nodes. Many nodes have the same.
    sets: Vec<Letters>,
}

/// A node of the trie. The search goes from one to the other as in no other data: they are to stay near each other.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    /// The letters that lead on, as a place among the sets.
    letters: u16,
    /// The least that a word here or below costs before its context is known.
    least: u16,
    /// The first child; the others follow in the order of their letters.
    first: Node,
    /// Word × 2 + variant, or [`NO_LEAF`].
    leaf: u32,
}

/// A set of letters.
#[derive(Debug, Clone, Copy)]
struct Letters {
    /// Bit 1 for code 1, and so on.
    bits: u128,
    /// How many there are before each eight.
    ranks: [u8; LETTERS / 8 + 1],
}

impl Letters {
    fn new(bits: u128) -> Self {
        let mut before = 0;
        let ranks = std::array::from_fn(|byte| {
            let rank = before;
            before += ONES[usize::from(bits.to_le_bytes()[byte])];
            rank
        });
        Letters { bits, ranks }
    }

    /// How many come before a letter.
    #[inline]
    fn rank(&self, letter: u32) -> Node {
        debug_assert!(self.bits >> letter & 1 == 1);
        // Eight bits at a time: not every processor counts bits in one instruction.
        let (byte, bit) = (letter as usize / 8, letter % 8);
        let before = self.bits.to_le_bytes()[byte] & ((1 << bit) - 1);
        Node::from(self.ranks[byte]) + Node::from(ONES[usize::from(before)])
    }
}

/// By byte: how many ones it has.
static ONES: [u8; 256] = {
    let mut ones = [0; 256];
    let mut byte = 1;
    while byte < 256 {
        ones[byte] = ones[byte / 2] + (byte % 2) as u8;
        byte += 1;
    }
    ones
};

const NO_LEAF: u32 = u32::MAX;

impl Lexicon {
    /// The root of the trie.
    pub const ROOT: Node = 0;

    /// Opens a lexicon from the bytes of an FST and one habit byte a word; `cost` says what a word costs before its
    /// context is known, which guides the search.
    ///
    /// # Errors
    /// [`Error::Model`] if the FST is damaged or names other words than there are habits for.
    pub fn decode(fst: &[u8], bytes: &[u8], cost: impl Fn(Word) -> u16) -> Result<Self, Error> {
        let broken = |what: &str| Error::Model(format!("its lexicon is damaged ({what})"));
        let map = fst::Map::new(fst.to_vec()).map_err(|e| broken(&e.to_string()))?;
        map.as_fst().verify().map_err(|e| broken(&e.to_string()))?;
        if !sound_fst::is_sound(map.as_fst()) {
            return Err(broken("node"));
        }
        let habits: Vec<Habit> = bytes
            .iter()
            .map(|&b| match b & (FOREIGN - 1) {
                0 => Ok(Habit::Free),
                1 => Ok(Habit::Name),
                2 => Ok(Habit::Abbreviation),
                _ => Err(broken("habit")),
            })
            .collect::<Result<_, _>>()?;
        let foreign: Vec<bool> = bytes.iter().map(|b| b & FOREIGN != 0).collect();
        let levels = bytes.iter().map(|b| b >> LEVEL_SHIFT).collect();
        let (trie, paths) = Trie::unfold(map.as_fst(), habits.len(), &cost).map_err(broken)?;
        // Where each word's spelling ends in the trie, and the skeletons of all that end there.
        let mut ends_at: Vec<Option<Node>> = vec![None; habits.len()];
        let mut skeletons: HashMap<Box<[u8]>, u16, _> = HashMap::default();
        skeletons.reserve(habits.len());
        let mut key = Vec::new();
        for (node, prefix) in (0..).zip(&trie.nodes).filter(|(_, prefix)| prefix.leaf != NO_LEAF) {
            let word = (prefix.leaf / 2) as usize - usize::from(FIRST_WORD);
            if prefix.leaf % 2 == 0 {
                ends_at[word] = Some(node);
            }
            paths.spell(node, &mut key);
            key.iter_mut().for_each(|c| *c = letter::plain(*c));
            let alone = if foreign[word] { NO_SYLLABLE } else { cost(word as Word + FIRST_WORD).min(NO_SYLLABLE - 1) };
            match skeletons.get_mut(key.as_slice()) {
                Some(least) => *least = alone.min(*least),
                None => _ = skeletons.insert(key.as_slice().into(), alone),
            }
        }
        let (mut ends, mut spellings) = (Vec::with_capacity(habits.len()), Vec::new());
        for node in ends_at {
            paths.spell(node.ok_or_else(|| broken("word without spelling"))?, &mut key);
            spellings.extend_from_slice(&key);
            ends.push(spellings.len() as u32);
        }
        let costs = (FIRST_WORD..).take(habits.len()).map(cost).collect();
        Ok(Lexicon { map, ends, spellings, habits, foreign, levels, costs, skeletons, trie })
    }

    /// The same with some names more, spelt in codes of small letters and known to none of its words.
    ///
    /// # Errors
    /// [`Error::Model`] if one of them is spelt in other codes.
    pub fn with_names(&self, names: BTreeSet<Vec<u8>>, cost: impl Fn(Word) -> u16) -> Result<Self, Error> {
        let mut habits: Vec<u8> = (self.habits.iter().zip(&self.foreign).zip(&self.levels))
            .map(|((&habit, &foreign), level)| habit as u8 | if foreign { FOREIGN } else { 0 } | level << LEVEL_SHIFT)
            .collect();
        let mut keys: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut stream = self.map.stream();
        while let Some((key, value)) = stream.next() {
            keys.insert(key.to_vec(), value);
        }
        for name in names {
            keys.insert(name, 2 * (u64::from(FIRST_WORD) + habits.len() as u64));
            habits.push(Habit::Name as u8 | ALWAYS_CAPITAL << LEVEL_SHIFT);
        }
        let fst = fst::Map::from_iter(keys).map_err(|e| Error::Model(format!("its lexicon takes no names ({e})")))?;
        Lexicon::decode(fst.as_fst().as_bytes(), &habits, cost)
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.habits.len()
    }

    /// The word so spelt, in codes of small letters.
    pub fn get(&self, spelling: &[u8]) -> Option<Leaf> {
        self.map.get(spelling).map(|value| Leaf { word: (value / 2) as Word, variant: value % 2 == 1 })
    }

    /// The word that a piece of text spells, whatever its case.
    pub fn word(&self, piece: &str) -> Option<Leaf> {
        letter::spell_small(piece, |codes| self.get(codes))
    }

    /// Whether a piece of text, its marks left aside, is that of a Vietnamese syllable; `None` if of no word at all.
    pub fn skeleton(&self, piece: &str) -> Option<bool> {
        self.least_of_skeleton(piece).map(|least| least != NO_SYLLABLE)
    }

    /// Half of what the commonest syllable costs without context that a piece of text is, its marks left aside, in
    /// [`UNIT`](crate::ngram::UNIT)s; `None` if it is that of none.
    pub fn syllable_cost(&self, piece: &str) -> Option<u16> {
        self.least_of_skeleton(piece).filter(|&least| least != NO_SYLLABLE)
    }

    fn least_of_skeleton(&self, piece: &str) -> Option<u16> {
        letter::spell_small(piece, |codes| {
            codes.iter_mut().for_each(|c| *c = letter::plain(*c));
            self.skeletons.get(codes).copied()
        })
    }

    /// A word's spelling, in codes of small letters. Empty for what is no word of the lexicon (numbers, boundaries).
    pub fn spelling(&self, word: Word) -> &[u8] {
        let Some(at) = word.checked_sub(FIRST_WORD).map(usize::from).filter(|&at| at < self.ends.len()) else {
            return &[];
        };
        let begin = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.spellings[begin..self.ends[at] as usize]
    }

    /// Whether a word is no Vietnamese syllable.
    pub fn is_foreign(&self, word: Word) -> bool {
        word.checked_sub(FIRST_WORD).is_some_and(|at| self.foreign[at as usize])
    }

    /// All spellings, in the order of the words.
    #[cfg(feature = "train")]
    pub fn spellings(&self) -> impl Iterator<Item = &[u8]> {
        (FIRST_WORD..).take(self.len()).map(|word| self.spelling(word))
    }

    /// How a word is customarily cased.
    pub fn habit(&self, word: Word) -> Habit {
        word.checked_sub(FIRST_WORD).and_then(|at| self.habits.get(at as usize).copied()).unwrap_or(Habit::Free)
    }

    /// The odds that a word begins with a capital inside a sentence, in half nats.
    pub fn odds(&self, word: Word) -> Option<i32> {
        let level = self.levels.get(usize::from(word.checked_sub(FIRST_WORD)?))?;
        Some(i32::from(*level) - 16)
    }

    /// The letters that lead on from a node: bit 1 for code 1, and so on.
    #[inline]
    pub fn letters(&self, node: Node) -> u128 {
        self.trie.letters(node).bits
    }

    /// The node one letter on; the letter must be among those that lead on.
    #[inline]
    pub fn step(&self, node: Node, letter: u32) -> Node {
        self.trie.nodes[node as usize].first + self.trie.letters(node).rank(letter)
    }

    /// What a word costs before its context is known.
    #[inline]
    pub fn cost(&self, leaf: Leaf) -> i32 {
        i32::from(self.costs[(leaf.word - FIRST_WORD) as usize])
    }

    /// The least that a word at a node or below it costs before its context is known.
    #[inline]
    pub fn least(&self, node: Node) -> i32 {
        i32::from(self.trie.nodes[node as usize].least)
    }

    /// The word that ends at a node.
    #[inline]
    pub fn leaf(&self, node: Node) -> Option<Leaf> {
        match self.trie.nodes[node as usize].leaf {
            NO_LEAF => None,
            value => Some(Leaf { word: (value / 2) as Word, variant: value % 2 == 1 }),
        }
    }
}

/// How the nodes of a trie are reached: by which letter, and from where.
struct Paths(Vec<(u8, Node)>);

impl Paths {
    /// The letters on the way to a node.
    fn spell(&self, mut node: Node, key: &mut Vec<u8>) {
        key.clear();
        while node != Lexicon::ROOT {
            let (letter, from) = self.0[node as usize];
            key.push(letter);
            node = from;
        }
        key.reverse();
    }
}

/// No lexicon has words of more letters than this, on average, but for one of few words.
const LONG: usize = 16;
const FEW: usize = 256;

impl Trie {
    #[inline]
    fn letters(&self, node: Node) -> &Letters {
        &self.sets[usize::from(self.nodes[node as usize].letters)]
    }

    /// Unfolds an FST level by level, so that each node's children lie in a row. What is wrong with it comes back if
    /// something is.
    fn unfold(fst: &Fst<Vec<u8>>, words: usize, cost: impl Fn(Word) -> u16) -> Result<(Self, Paths), &'static str> {
        const EMPTY: Prefix = Prefix { letters: 0, least: u16::MAX, first: 0, leaf: NO_LEAF };
        let mut trie = Trie { nodes: vec![EMPTY], sets: Vec::new() };
        // A file may be made to do harm: no quick hash.
        let mut sets: HashMap<u128, u16> = HashMap::new();
        let mut paths = Paths(vec![(0, Lexicon::ROOT)]);
        // Where in the FST each node is, and the sum of what was put out on the way.
        let mut places = vec![(fst.root().addr(), 0u64)];
        let mut node = 0;
        while let Some(&(place, output)) = places.get(node) {
            let state = fst.node(place);
            let mut prefix = Prefix { first: trie.nodes.len() as Node, ..EMPTY };
            if state.is_final() {
                let value = output.checked_add(state.final_output().value()).ok_or("value")?;
                let word = (value / 2).checked_sub(FIRST_WORD.into()).filter(|&word| word < words as u64);
                word.filter(|_| node > 0).ok_or("word")?;
                prefix.leaf = value as u32;
            }
            let mut letters = 0u128;
            for way in state.transitions() {
                let letter = u32::from(way.inp);
                if !(1..=LETTERS as u32).contains(&letter) || letters >> letter != 0 {
                    return Err("key");
                }
                letters |= 1 << letter;
                places.push((way.addr, output.checked_add(way.out.value()).ok_or("value")?));
                paths.0.push((way.inp, node as Node));
            }
            prefix.letters = match sets.get(&letters) {
                Some(&place) => place,
                None => {
                    let place = u16::try_from(trie.sets.len()).map_err(|_| "letters")?;
                    trie.sets.push(Letters::new(letters));
                    *sets.entry(letters).or_insert(place)
                }
            };
            // An FST of few bytes may stand for a host of words.
            if places.len() > LONG * (words + FEW) {
                return Err("size");
            }
            trie.nodes[node] = prefix;
            trie.nodes.resize(places.len(), EMPTY);
            node += 1;
        }
        trie.nodes.shrink_to_fit();
        trie.sets.shrink_to_fit();
        for node in (0..trie.nodes.len()).rev() {
            let Prefix { first, leaf, .. } = trie.nodes[node];
            let children = trie.letters(node as Node).bits.count_ones();
            let below = trie.nodes[first as usize..(first + children) as usize].iter().map(|child| child.least).min();
            let here = if leaf == NO_LEAF { u16::MAX } else { cost((leaf / 2) as Word) };
            trie.nodes[node].least = here.min(below.unwrap_or(u16::MAX));
        }
        Ok((trie, paths))
    }
}
