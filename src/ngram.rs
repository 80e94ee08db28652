//! The language model: a backoff trigram over lower-cased syllables.
//!
//! The n-grams stay packed as they are in the file until a word is met: then its successors are unpacked, and with the
//! first pair of it that matters the successors of that pair and its neighbours. A context is the place of its pair, so
//! that scoring one more word is one search in a short list, and no string or hash is touched.
//!
//! Costs are negated natural logarithms in units of 1/[`UNIT`]: integers, so that sums come out the same everywhere.

use crate::error::Error;
use crate::packed::{Books, CHUNK, Chunk, Follower, Packed, Triple};
use std::borrow::Cow;
use std::sync::OnceLock;

/// Cost units in one nat.
pub const UNIT: i32 = 64;

/// Index of a word in the model's vocabulary.
pub type Word = u16;

/// The beginning and end of a sentence.
pub const BOUNDARY: Word = 0;
/// Any word that the vocabulary lacks.
pub const UNKNOWN: Word = 1;
/// Any number.
pub const NUMBER: Word = 2;
/// A comma, colon, bracket or dash inside a sentence.
pub const PAUSE: Word = 3;
/// The first index of a real word.
pub const FIRST_WORD: Word = 4;

/// What of the past matters to the next word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State {
    /// The pair of the last two words: the first of them, and the place of the last among those that follow it. Or
    /// [`NO_PAIR`] where the model knows nothing that follows the pair.
    pair: u32,
    /// The last word.
    last: Word,
}

pub const NO_PAIR: u32 = u32::MAX;

/// No word has so many followers that one has this place.
pub const NO_PLACE: u16 = u16::MAX;

impl State {
    /// At the beginning of a sentence.
    pub const START: State = State::after(BOUNDARY);

    /// The last word.
    pub fn last(self) -> Word {
        self.last
    }

    /// A number of its own, of 33 bits.
    pub fn code(self) -> u64 {
        match self.pair {
            NO_PAIR => 1 << 32 | u64::from(self.last),
            pair => pair.into(),
        }
    }

    /// The place of the last word among those that follow the one before it, or [`NO_PLACE`].
    pub fn place(self) -> u16 {
        // The same lower half.
        self.pair as u16
    }

    /// After another word, which has this place among those that follow the last one.
    pub fn next(self, place: u16, word: Word) -> Self {
        match place {
            NO_PLACE => State::after(word),
            _ => State { pair: u32::from(self.last) << 16 | u32::from(place), last: word },
        }
    }

    /// After a word whose pair with the one before it tells nothing.
    pub const fn after(word: Word) -> Self {
        State { pair: NO_PAIR, last: word }
    }
}

/// A state with all that the model knows to follow it at hand: for scoring many words there.
pub struct Context<'m> {
    model: &'m Ngram,
    last: Word,
    /// What follows the last word, and how.
    pairs: &'m [Follower],
    buckets: &'m [Bucket],
    triples: &'m [Triple],
    /// 2³² times the share of the pairs that end triples here.
    density: u64,
    /// What backing off to pairs costs, and to single words.
    to_pairs: i32,
    to_words: i32,
}

/// Where a word is in a sorted list, which it is looked for from the beginning.
#[inline]
fn place_of(list: &[Follower], word: Word) -> Option<usize> {
    let at = list.iter().position(|follower| follower.word() >= word)?;
    (list[at].word() == word).then_some(at)
}

/// The entry with a place in a sorted list; `density` is 2³² times the share of all places that are in it.
///
/// Places lie evenly in any list: one is looked for where it should be, and is not far from there (interpolation
/// search: Peterson 1957).
#[inline]
fn find(list: &[Triple], place: u16, density: u64) -> Option<Triple> {
    let last = list.len().checked_sub(1)?;
    let at = ((u64::from(place) * density) >> 32) as usize;
    // Once more from there: by what the guess was wrong.
    let at = at.min(last) as i64;
    let wrong = i64::from(place) - i64::from(list[at as usize].place());
    let mut at = (at + ((wrong * density as i64) >> 32)).clamp(0, last as i64) as usize;
    while list[at].place() > place && at > 0 {
        at -= 1;
    }
    while list[at].place() < place && at < last {
        at += 1;
    }
    Some(list[at]).filter(|triple| triple.place() == place)
}

/// A backoff trigram model.
#[derive(Debug, Clone)]
pub struct Ngram {
    /// 2³² over the number of words.
    scale: u64,
    books: Books,
    packed: Packed,
    /// By word, and by chunk of its pairs' triples: unpacked when first asked for.
    pairs: Vec<OnceLock<Pairs>>,
    chunks: Vec<OnceLock<Chunk>>,
}

/// The pairs of a first word.
#[derive(Debug, Clone)]
struct Pairs {
    followers: Box<[Follower]>,
    buckets: Box<[Bucket]>,
    /// 2³² over their number.
    scale: u64,
}

/// Some of a word's pairs, those whose second words lie in one of the equal parts of the vocabulary: where they begin
/// among its pairs, in the upper bits, and two of the lower bits for each (a Bloom filter: Bloom 1970). So most pairs
/// that are not there are found out by one look, and the others lie close to each other.
///
/// The training deals the words' indices out at random, so that buckets are filled evenly.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket(u64);

/// Bits of a bucket's filter.
const FILTER: u32 = 48;
/// Pairs to a bucket.
const PAIRS_PER_BUCKET: usize = 6;

impl Bucket {
    /// The bits of a word in any bucket's filter.
    #[inline]
    fn bits(word: Word) -> u64 {
        let mixed = u64::from(word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bit = |field: u64| 1 << (((field & 0xFFFF) * u64::from(FILTER)) >> 16);
        bit(mixed >> 48) | bit(mixed >> 32)
    }

    #[inline]
    fn has(self, bits: u64) -> bool {
        self.0 & bits == bits
    }

    #[inline]
    fn begin(self) -> usize {
        (self.0 >> FILTER) as usize
    }
}

/// A word made ready to be scored in many contexts.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    word: Word,
    /// Its bits in buckets.
    bits: u64,
    /// What it costs with no past.
    alone: i32,
}

impl Scored {
    /// What the word costs with no past.
    pub fn alone(&self) -> i32 {
        self.alone
    }
}

impl<'m> Context<'m> {
    /// Where a word is among the pairs of the last word, if it is. The same in all contexts with that last word.
    #[inline]
    pub fn pair(&self, scored: &Scored) -> Option<u32> {
        let bucket = self.buckets[self.model.part(scored.word, self.buckets.len())];
        if !bucket.has(scored.bits) {
            return None;
        }
        let begin = bucket.begin();
        place_of(&self.pairs[begin..], scored.word).map(|at| (begin + at) as u32)
    }

    /// The same of many words, or [`NO_PAIR`]. What tells it lies far apart, so it is fetched for all of them before any is
    /// looked at closely.
    pub fn pairs(&self, words: &[Scored], out: &mut Vec<u32>) {
        out.clear();
        out.extend(words.iter().map(|scored| {
            let bucket = self.buckets[self.model.part(scored.word, self.buckets.len())];
            if bucket.has(scored.bits) { bucket.begin() as u32 } else { NO_PAIR }
        }));
        let Some(last) = self.pairs.len().checked_sub(1) else { return };
        for (at, scored) in out.iter_mut().zip(words) {
            let before = self.pairs[last.min(*at as usize)].word() < scored.word;
            *at += u32::from(before && *at != NO_PAIR);
        }
        for (at, scored) in out.iter_mut().zip(words).filter(|(at, _)| **at != NO_PAIR) {
            let begin = *at as usize;
            *at = place_of(&self.pairs[begin..], scored.word).map_or(NO_PAIR, |at| (begin + at) as u32);
        }
    }

    /// What a word costs here, and the state after it; `pair` is what [`Context::pair`] says of it.
    #[inline]
    pub fn score(&self, &Scored { word, alone, .. }: &Scored, pair: u32) -> (i32, State) {
        if pair == NO_PAIR {
            return (self.to_words + alone, State::after(word));
        }
        let at = pair as usize;
        // No triple is known whose last two words are not.
        let pair = self.pairs[at];
        let cost = match find(self.triples, at as u16, self.density) {
            Some(triple) => i32::from(self.model.books.triples[triple.cost()]),
            None => self.to_pairs + i32::from(self.model.books.pairs[pair.cost()]),
        };
        let next = if pair.leads_on() && word != BOUNDARY {
            State { pair: u32::from(self.last) << 16 | at as u32, last: word }
        } else {
            State::after(word)
        };
        (cost, next)
    }
}

/// The places in a code book of costs that are at most so high, a bit each.
fn cheap(costs: &[u16], most: i32) -> impl Fn(usize) -> bool {
    let few = costs.iter().rev().fold(0u32, |few, &cost| few << 1 | u32::from(i32::from(cost) <= most));
    move |cost| few >> cost & 1 == 1
}

impl Ngram {
    /// How many words, pairs and triples the model knows.
    pub fn sizes(&self) -> (usize, usize, usize) {
        let (pairs, triples) = self.packed.sizes();
        (self.books.words.len(), pairs, triples)
    }

    /// What `word` costs with no past.
    pub fn unigram(&self, word: Word) -> i32 {
        i32::from(self.books.words[usize::from(self.known(word))].0)
    }

    /// In which of so many equal parts of the vocabulary a word is.
    #[inline(always)]
    fn part(&self, word: Word, parts: usize) -> usize {
        ((u64::from(word) * (parts as u64 * self.scale)) >> 32) as usize
    }

    /// What a word is here: those that only the caller knows are unknown.
    #[inline]
    pub fn known(&self, word: Word) -> Word {
        if usize::from(word) < self.books.words.len() { word } else { UNKNOWN }
    }

    /// A word made ready for scoring.
    #[inline]
    pub fn scored(&self, word: Word) -> Scored {
        let word = self.known(word);
        Scored { word, bits: Bucket::bits(word), alone: self.unigram(word) }
    }

    /// A state made ready for scoring.
    #[inline]
    pub fn context(&self, state: State) -> Context<'_> {
        let Pairs { followers, buckets, scale } = self.pairs(state.last);
        let (triples, to_pairs) = match state.pair {
            NO_PAIR => (&[][..], 0),
            pair => {
                let (triples, backoff) = self.triples((pair >> 16) as Word, pair as usize & 0xFFFF);
                (triples, i32::from(self.books.backoffs[backoff]))
            }
        };
        Context {
            model: self,
            last: state.last,
            pairs: followers,
            buckets,
            triples,
            density: triples.len() as u64 * scale,
            to_pairs,
            to_words: to_pairs + i32::from(self.books.words[usize::from(state.last)].1),
        }
    }

    #[inline]
    fn pairs(&self, word: Word) -> &Pairs {
        self.pairs[usize::from(word)].get_or_init(|| {
            let followers = self.packed.pairs(word).unwrap_or_default();
            let parts = followers.len().div_ceil(PAIRS_PER_BUCKET).max(1);
            let mut buckets = Vec::with_capacity(parts);
            let mut bucket = Bucket::default();
            for (at, pair) in (0..).zip(&followers) {
                while buckets.len() < self.part(pair.word(), parts) {
                    buckets.push(bucket);
                    bucket = Bucket(at << FILTER);
                }
                bucket.0 |= Bucket::bits(pair.word());
            }
            buckets.push(bucket);
            buckets.resize(parts, Bucket::default());
            let scale = (1 << 32) / followers.len().max(1) as u64;
            Pairs { followers: followers.into(), buckets: buckets.into(), scale }
        })
    }

    /// The triples of a word's pair that leads on, and the place of its backoff weight.
    #[inline]
    fn triples(&self, word: Word, pair: usize) -> (&[Triple], usize) {
        let chunk = self.packed.chunk_of(word, pair);
        let unpack = || {
            let pairs = self.pairs(word).followers.chunks(CHUNK).nth(pair / CHUNK).unwrap_or_default();
            self.packed.chunk(chunk, pairs).unwrap_or_default()
        };
        self.chunks[chunk].get_or_init(unpack).of(pair % CHUNK)
    }

    /// What `word` costs in `state`, and the state after it. A sentence's end forgets all before it.
    pub fn score(&self, state: State, word: Word) -> (i32, State) {
        let (scored, context) = (self.scored(word), self.context(state));
        context.score(&scored, context.pair(&scored).unwrap_or(NO_PAIR))
    }

    /// The words that cost at most so much in `state`, as far as the model has seen them there, with their costs; a word
    /// may come twice, the likelier first.
    pub fn followers(&self, state: State, most: i32) -> impl Iterator<Item = (Word, i32)> + '_ {
        let Context { pairs, triples, to_pairs, .. } = self.context(state);
        let cost = |costs: &[u16], at: usize| i32::from(costs[at]);
        let (few, few_pairs) = (cheap(&self.books.triples, most), cheap(&self.books.pairs, most - to_pairs));
        let triples = triples.iter().filter(move |triple| few(triple.cost()));
        let word = |place: u16| pairs.get(usize::from(place)).map(|pair| pair.word());
        let triples = triples.filter_map(move |t| Some((word(t.place())?, cost(&self.books.triples, t.cost()))));
        let pairs = pairs.iter().filter(move |pair| few_pairs(pair.cost()));
        triples.chain(pairs.map(move |pair| (pair.word(), cost(&self.books.pairs, pair.cost()) + to_pairs)))
    }

    /// Opens a model from its bytes. What is in its lists shows when they are asked for: see [`Ngram::verify`].
    ///
    /// # Errors
    /// [`Error::Model`] if they are cut off or contradict themselves.
    pub fn open(bytes: Cow<'static, [u8]>) -> Result<Self, Error> {
        let (packed, books) = Packed::open(bytes)?;
        let words = books.words.len();
        Ok(Ngram {
            scale: (1 << 32) / words as u64,
            pairs: vec![OnceLock::new(); words],
            chunks: vec![OnceLock::new(); packed.chunks()],
            books,
            packed,
        })
    }

    /// Looks whether all lists are sound.
    ///
    /// # Errors
    /// [`Error::Model`] if one is not.
    pub fn verify(&self) -> Result<(), Error> {
        self.packed.verify()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn pairs_of_many_words_are_those_of_each() {
        let model = Model::embedded();
        let ngram = &model.0.ngram;
        let words: Vec<Scored> = (0..ngram.sizes().0 as Word).step_by(7).map(|word| ngram.scored(word)).collect();
        let mut pairs = Vec::new();
        for last in [BOUNDARY, UNKNOWN, FIRST_WORD, 4321, ngram.sizes().0 as Word - 1] {
            let context = ngram.context(State::after(last));
            context.pairs(&words, &mut pairs);
            let each: Vec<u32> = words.iter().map(|word| context.pair(word).unwrap_or(NO_PAIR)).collect();
            assert_eq!(pairs, each, "after {last}");
        }
    }
}
