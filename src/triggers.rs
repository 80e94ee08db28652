//! Words that call for each other from afar.
//!
//! An n-gram sees two words back. What stands further off speaks, too: where `lúa` is, `vụ` is likelier than `vũ`. Such
//! trigger pairs (Rosenfeld 1996) are counted within some words of each other and weighed by how much likelier they are
//! together than apart, or how much less (pointwise mutual information: Church & Hanks 1990).
//!
//! A section holds the number of pairs (4 bytes); then, as a bit stream that ends with a byte, the length of each word's list; and then
//! the lists, a bit stream of their own. A word's list holds those of its partners that do not come before it in the order of
//! indices: how many less one (Elias gamma), a Rice parameter (4 bits) and for each a gap (Rice) and what it says (4 bits).

use crate::bits::BitReader;
#[cfg(any(test, feature = "train"))]
use crate::bits::BitWriter;
use crate::error::Error;
#[cfg(feature = "train")]
use crate::ngram::UNIT;
use crate::ngram::{FIRST_WORD, Word};
use crate::surroundings::Surroundings;
use std::borrow::Cow;
use std::sync::OnceLock;

/// How many words away another is heard at least: the n-grams see those that are nearer.
pub const NEAREST: usize = 3;
/// And how many at most.
pub const FURTHEST: usize = 12;

/// The bits of what a pair says: whether it is less likely together than apart, and by how many steps.
pub const SAYING_BITS: u32 = 4;
const LESS: u8 = 8;

/// What the weakest pair says, and what a step is, in cost units.
const WEAKEST: i32 = 51;
const STEP: i32 = 26;

/// Writes what a pair says of the logarithm by which it is likelier together; `None` if that is too little.
#[cfg(feature = "train")]
pub fn saying(gain: f64) -> Option<u8> {
    let beyond = gain.abs() - f64::from(WEAKEST) / f64::from(UNIT);
    let steps = (beyond * f64::from(UNIT) / f64::from(STEP)).min(f64::from(LESS - 1));
    (beyond >= 0.0).then_some(steps as u8 | if gain < 0.0 { LESS } else { 0 })
}

/// What a pair saves, in cost units.
fn gain(saying: u8) -> i32 {
    let gain = WEAKEST + STEP * i32::from(saying & (LESS - 1)) + STEP / 2;
    if saying & LESS == 0 { gain } else { -gain }
}

/// The pairs of a model. Lists are unpacked when they are first asked for.
pub struct Triggers {
    bytes: Cow<'static, [u8]>,
    pairs: usize,
    /// By word: the bit where its list begins, and that where the last ends.
    starts: Vec<u32>,
    lists: Vec<OnceLock<Partners>>,
}

/// One that does not come before the word, and what they say.
type Partner = (Word, u8);

/// A word's partners in order, and a sieve that most other words do not come through.
struct Partners {
    sieve: [u64; 4],
    list: Box<[Partner]>,
}

impl Partners {
    fn new(list: Vec<Partner>) -> Self {
        let mut sieve = [0; 4];
        list.iter().for_each(|&(word, _)| sieve[usize::from(word >> 6) % 4] |= 1 << (word % 64));
        Partners { sieve, list: list.into() }
    }

    #[inline]
    fn saying(&self, word: Word) -> Option<u8> {
        if self.sieve[usize::from(word >> 6) % 4] >> (word % 64) & 1 == 0 {
            return None;
        }
        let at = self.list.binary_search_by_key(&word, |&(partner, _)| partner).ok()?;
        Some(self.list[at].1)
    }
}

/// A word that stands some way off, and how likely it does, in parts of whatever the caller takes for one.
pub type Near = (Word, u16);

/// Lists the words that stand some way off a place.
pub fn near(around: &Surroundings, place: usize, near: &mut Vec<Near>) {
    let (before, after) = around.at(place);
    let len = around.words().len();
    let left = before.saturating_sub(FURTHEST)..(before + 1).saturating_sub(NEAREST);
    let right = (after + NEAREST - 1).min(len)..(after + FURTHEST).min(len);
    let words =
        [left, right].map(|at| around.words()[at.clone()].iter().copied().zip(around.shares()[at].iter().copied()));
    near.clear();
    near.extend(words.into_iter().flatten().filter(|&(word, _)| word >= FIRST_WORD));
}

fn broken() -> Error {
    Error::Model("its trigger pairs are broken".into())
}

impl Triggers {
    /// The pairs of a section. What is in their lists shows when they are asked for: see [`Triggers::verify`].
    ///
    /// # Errors
    /// [`Error::Model`] if they are cut off.
    pub fn open(bytes: Cow<'static, [u8]>, words: usize) -> Result<Self, Error> {
        let (pairs, rest) = bytes.split_first_chunk().ok_or_else(broken)?;
        let pairs = u32::from_le_bytes(*pairs) as usize;
        let mut index = BitReader::new(rest);
        let mut end = 0;
        let mut starts = Vec::with_capacity(words + 1);
        for _ in 0..words {
            starts.push(end);
            end += index.length();
        }
        starts.push(end);
        // Places are bits in four bytes. The stream ends with the bits of its last byte.
        let begin = 8 * (bytes.len() - rest.len() + index.place().div_ceil(8)) as u64;
        if (begin + end).div_ceil(8) != bytes.len() as u64 || begin + end > u32::MAX.into() {
            return Err(broken());
        }
        let starts = starts.iter().map(|start| (begin + start) as u32).collect();
        Ok(Triggers { pairs, starts, lists: std::iter::repeat_with(OnceLock::new).take(words).collect(), bytes })
    }

    /// Looks whether all lists are sound.
    ///
    /// # Errors
    /// [`Error::Model`] if one is not.
    pub fn verify(&self) -> Result<(), Error> {
        let mut pairs = 0;
        for word in 0..self.lists.len() {
            pairs += self.unpack(word).ok_or_else(broken)?.len();
        }
        if pairs == self.pairs { Ok(()) } else { Err(broken()) }
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs
    }

    /// What the words that stand some way off save a word, in cost units, times what the caller takes for one.
    pub fn gain(&self, word: Word, near: &[Near]) -> i32 {
        let said = near.iter().filter_map(|&(other, share)| {
            let saying = self.partners(word.min(other))?.saying(word.max(other))?;
            Some(gain(saying) * i32::from(share))
        });
        said.sum()
    }

    fn partners(&self, word: Word) -> Option<&Partners> {
        // Lists that were never verified are of the embedded model, which was when it was made.
        let unpacked = || Partners::new(self.unpack(word.into()).unwrap_or_default());
        Some(self.lists.get(usize::from(word))?.get_or_init(unpacked))
    }

    fn unpack(&self, word: usize) -> Option<Vec<Partner>> {
        let (begin, end) = (self.starts[word], self.starts[word + 1]);
        if begin == end {
            return Some(Vec::new());
        }
        let mut bits = BitReader::at(&self.bytes, begin);
        let count = bits.gamma() as usize + 1;
        // Each takes five bits at least.
        if count > (end - begin) as usize / 5 {
            return None;
        }
        let k = bits.take(4);
        let mut list = Vec::with_capacity(count);
        let mut least = word;
        for _ in 0..count {
            let (gap, saying) = bits.rice_and(k, SAYING_BITS);
            let partner = least.saturating_add(gap as usize);
            if partner >= self.lists.len() {
                return None;
            }
            list.push((partner as Word, saying as u8));
            least = partner + 1;
        }
        (bits.place() == end as usize).then_some(list)
    }
}

/// The section of some pairs of words, sorted, the smaller index first, with what each says.
#[cfg(any(test, feature = "train"))]
pub fn encode(pairs: &[(Word, Word, u8)], words: usize) -> Vec<u8> {
    let (mut index, mut bits) = (BitWriter::default(), BitWriter::default());
    let mut rest = pairs;
    for first in 0..words as u32 {
        let (own, others) = rest.split_at(rest.partition_point(|pair| u32::from(pair.0) <= first));
        rest = others;
        let begin = bits.place();
        if let Some(last) = own.last() {
            bits.gamma(own.len() as u32 - 1);
            let k = BitWriter::rice_parameter(u64::from(u32::from(last.1) - first), own.len() as u64);
            bits.put(k, 4);
            let mut least = first;
            for &(_, second, saying) in own {
                bits.rice(u32::from(second) - least, k);
                bits.put(saying.into(), SAYING_BITS);
                least = u32::from(second) + 1;
            }
        }
        index.length((bits.place() - begin) as u32);
    }
    [&(pairs.len() as u32).to_le_bytes()[..], &index.finish(), &bits.finish()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: usize = 300;

    fn sound(bytes: Vec<u8>) -> Result<Triggers, Error> {
        let triggers = Triggers::open(bytes.into(), WORDS)?;
        triggers.verify().map(|()| triggers)
    }

    fn some_pairs() -> Vec<(Word, Word, u8)> {
        vec![(4, 4, 3), (4, 299, 9), (5, 6, 0), (5, 7, 15), (5, 120, 7), (120, 250, 8), (299, 299, 1)]
    }

    #[test]
    fn pairs_are_known_from_both_sides() {
        let pairs = some_pairs();
        let triggers = sound(encode(&pairs, WORDS)).unwrap();
        assert_eq!(triggers.len(), pairs.len());
        for (first, second, saying) in pairs {
            for (word, other) in [(first, second), (second, first)] {
                assert_eq!(triggers.gain(word, &[(other, 2)]), 2 * gain(saying), "{word} {other}");
            }
        }
        assert_eq!(triggers.gain(5, &[(6, 1), (7, 1), (8, 1)]), gain(0) + gain(15));
        for unheard in [0, 1, 100, 300, Word::MAX] {
            assert_eq!(triggers.gain(unheard, &[(5, 1), (unheard, 1)]), 0, "{unheard}");
        }
    }

    #[test]
    fn words_three_to_twelve_away_are_near() {
        let mut around = Surroundings::default();
        // A word a place, but for place 20, which holds two, and 25, where none is; 30 is unknown.
        let words = (0..50).filter(|&at| at != 25).flat_map(|at| if at == 20 { vec![at, at] } else { vec![at] });
        words.for_each(|at| around.push(if at == 30 { 1 } else { 100 + at }, at, at.into()));
        let mut heard = Vec::new();
        for (place, expected) in [
            (0, (3..=12).collect()),
            (2, (5..=14).collect()),
            (20, [8..=17, 23..=24, 26..=29, 31..=33].into_iter().flatten().collect()),
            (49, (37..=46).collect::<Vec<u16>>()),
            (1000, (38..=47).collect()),
        ] {
            near(&around, place, &mut heard);
            assert_eq!(heard, expected.iter().map(|&at| (100 + at, at)).collect::<Vec<_>>(), "{place}");
        }
    }

    #[test]
    fn what_is_cut_off_or_changed_is_refused_or_unpacks() {
        let bytes = encode(&some_pairs(), WORDS);
        for length in 0..bytes.len() {
            assert!(sound(bytes[..length].to_vec()).is_err(), "{length}");
        }
        assert!(sound([&bytes[..], &[0]].concat()).is_err());
        let (mut opened, mut refused) = (0, 0);
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let Ok(triggers) = sound(changed) else {
                refused += 1;
                continue;
            };
            opened += 1;
            for word in 0..WORDS as Word {
                let list = &triggers.partners(word).unwrap().list;
                assert!(
                    list.is_sorted() && list.iter().all(|&(partner, _)| (word..WORDS as Word).contains(&partner)),
                    "{bit}"
                );
            }
        }
        assert!(opened > 20 && refused > 100, "{opened} {refused}");
    }

    #[cfg(feature = "train")]
    #[test]
    fn what_a_pair_says_is_near_what_it_was_told() {
        for tenths in -60..=60 {
            let told = f64::from(tenths) / 10.0;
            let Some(saying) = saying(told) else {
                assert!(told.abs() < 0.8, "{told}");
                continue;
            };
            let said = f64::from(gain(saying)) / f64::from(UNIT);
            assert!((said - told.clamp(-4.0, 4.0)).abs() < 0.25, "{told} {said}");
        }
    }
}
