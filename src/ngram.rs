//! The language model: a backoff trigram over lower-cased syllables.
//!
//! In a file the n-grams are sorted lists, coded as gaps (Rice) and quantised costs (5 bits). A triple's last two words
//! are a pair of the model, so its last word is coded as a place in the list of that pair's. Opened, they are flat sorted
//! arrays: a word's successors, and under each of these pairs its successors in turn. A context is the
//! index of its pair, so that scoring one more word is one search in a short list, and no string or hash is touched.
//!
//! Costs are negated natural logarithms in units of 1/[`UNIT`]: integers, so that sums come out the same everywhere.

use crate::bits::BitReader;
#[cfg(feature = "train")]
use crate::bits::BitWriter;
use crate::error::Error;

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
    /// The pair of the last two words, or [`NO_PAIR`] where the model knows nothing that follows it.
    pair: u32,
    /// The last word.
    last: Word,
}

pub const NO_PAIR: u32 = u32::MAX;

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

    /// After a word whose pair with the one before it tells nothing.
    pub const fn after(word: Word) -> Self {
        State { pair: NO_PAIR, last: word }
    }
}

/// A state with all that the model knows to follow it at hand: for scoring many words there.
pub struct Context<'m> {
    model: &'m Ngram,
    /// Where the last word's pairs begin, and they.
    first: u32,
    pairs: &'m [Follower],
    buckets: &'m [Bucket],
    triples: &'m [Follower],
    /// What backing off to pairs costs, and to single words.
    to_pairs: i32,
    to_words: i32,
}

/// Bits of a quantised cost and of a quantised backoff weight.
pub(crate) const COST_BITS: u32 = 5;
pub(crate) const BACKOFF_BITS: u32 = 5;

/// A word that follows others, and what the model knows of it: the word in the upper half, so that sorted entries are
/// sorted by word; then the place of its cost in the code book, of its backoff weight, and whether others follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Follower(u32);

impl Follower {
    pub fn new(word: Word, cost: u8, backoff: u8, leads_on: bool) -> Self {
        let low = u32::from(cost) | u32::from(backoff) << COST_BITS | u32::from(leads_on) << (COST_BITS + BACKOFF_BITS);
        Follower(u32::from(word) << 16 | low)
    }

    pub fn word(self) -> Word {
        (self.0 >> 16) as Word
    }

    pub fn cost(self) -> usize {
        (self.0 & ((1 << COST_BITS) - 1)) as usize
    }

    pub fn backoff(self) -> usize {
        (self.0 >> COST_BITS & ((1 << BACKOFF_BITS) - 1)) as usize
    }

    pub fn leads_on(self) -> bool {
        self.0 >> (COST_BITS + BACKOFF_BITS) & 1 == 1
    }

    /// Where a word is in a sorted list, which it is looked for from the beginning.
    #[inline]
    fn place(list: &[Follower], word: Word) -> Option<usize> {
        let at = list.iter().position(|follower| follower.word() >= word)?;
        (list[at].word() == word).then_some(at)
    }

    /// The entry of a word in a sorted list; `scale` is 2³² over the number of words.
    ///
    /// The words lie evenly in any list: a word is looked for where it should be, and is not far from there
    /// (interpolation search: Peterson 1957).
    #[inline]
    fn find(list: &[Follower], word: Word, scale: u64) -> Option<Follower> {
        let last = list.len().checked_sub(1)?;
        let density = list.len() as u64 * scale;
        let at = ((u64::from(word) * density) >> 32) as usize;
        // Once more from there: by what the guess was wrong.
        let at = at.min(last) as i64;
        let wrong = i64::from(word) - i64::from(list[at as usize].word());
        let mut at = (at + ((wrong * density as i64) >> 32)).clamp(0, last as i64) as usize;
        while list[at].word() > word && at > 0 {
            at -= 1;
        }
        while list[at].word() < word && at < last {
            at += 1;
        }
        Some(list[at]).filter(|follower| follower.word() == word)
    }
}

/// A backoff trigram model.
#[derive(Debug, Clone, Default)]
pub struct Ngram {
    /// 2³² over the number of words.
    scale: u64,
    /// By word: cost alone, and what backing off from it costs.
    pub(crate) unigrams: Vec<(u16, u16)>,
    pub(crate) pair_costs: Vec<u16>,
    pub(crate) triple_costs: Vec<u16>,
    pub(crate) backoffs: Vec<u16>,
    /// By word: where its successors begin.
    pub(crate) first_pair: Vec<u32>,
    pub(crate) pairs: Vec<Follower>,
    /// By pair: where its successors begin.
    pub(crate) first_triple: Vec<u32>,
    pub(crate) triples: Vec<Follower>,
    /// By word: where its buckets begin.
    first_bucket: Vec<u32>,
    buckets: Vec<Bucket>,
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
        Follower::place(&self.pairs[begin..], scored.word).map(|at| (begin + at) as u32)
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
        let cost = match Follower::find(self.triples, word, self.model.scale) {
            Some(triple) => i32::from(self.model.triple_costs[triple.cost()]),
            None => self.to_pairs + i32::from(self.model.pair_costs[pair.cost()]),
        };
        let next = if pair.leads_on() && word != BOUNDARY {
            State { pair: self.first + at as u32, last: word }
        } else {
            State::after(word)
        };
        (cost, next)
    }
}

/// The words of a list that cost at most so much, by the code book of their costs.
fn cheap<'l>(list: &'l [Follower], costs: &'l [u16], most: i32) -> impl Iterator<Item = (Word, i32)> + 'l {
    // Which places in the code book are cheap enough, a bit each.
    let few = costs.iter().rev().fold(0u32, |few, &cost| few << 1 | u32::from(i32::from(cost) <= most));
    list.iter().filter(move |f| few >> f.cost() & 1 == 1).map(|f| (f.word(), i32::from(costs[f.cost()])))
}

impl Ngram {
    /// How many words, pairs and triples the model knows.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.unigrams.len(), self.pairs.len(), self.triples.len())
    }

    /// What `word` costs with no past.
    pub fn unigram(&self, word: Word) -> i32 {
        i32::from(self.unigrams[word as usize].0)
    }

    /// In which of so many equal parts of the vocabulary a word is.
    #[inline(always)]
    fn part(&self, word: Word, parts: usize) -> usize {
        ((u64::from(word) * (parts as u64 * self.scale)) >> 32) as usize
    }

    /// A word made ready for scoring.
    #[inline]
    pub fn scored(&self, word: Word) -> Scored {
        // Words that only the caller knows are unknown here.
        let word = if usize::from(word) < self.unigrams.len() { word } else { UNKNOWN };
        Scored { word, bits: Bucket::bits(word), alone: self.unigram(word) }
    }

    /// A state made ready for scoring.
    #[inline]
    pub fn context(&self, state: State) -> Context<'_> {
        let last = state.last as usize;
        let pairs = self.first_pair[last] as usize..self.first_pair[last + 1] as usize;
        let buckets = self.first_bucket[last] as usize..self.first_bucket[last + 1] as usize;
        let (triples, to_pairs) = match state.pair {
            NO_PAIR => (&[][..], 0),
            pair => {
                let pair = pair as usize;
                let triples = self.first_triple[pair] as usize..self.first_triple[pair + 1] as usize;
                (&self.triples[triples], i32::from(self.backoffs[self.pairs[pair].backoff()]))
            }
        };
        Context {
            model: self,
            first: pairs.start as u32,
            pairs: &self.pairs[pairs],
            buckets: &self.buckets[buckets],
            triples,
            to_pairs,
            to_words: to_pairs + i32::from(self.unigrams[last].1),
        }
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
        let triples = cheap(triples, &self.triple_costs, most);
        triples.chain(cheap(pairs, &self.pair_costs, most - to_pairs).map(move |(word, cost)| (word, cost + to_pairs)))
    }

    /// Opens a model from its bytes.
    ///
    /// # Errors
    /// [`Error::Model`] if they are cut off or contradict themselves.
    // Inlined into what opens a model, it is a fifth slower.
    #[inline(never)]
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let broken = || Error::Model("its n-grams are damaged".into());
        let mut head = Words { bytes };
        let [words, pairs, triples] = [head.u32()?, head.u32()?, head.u32()?].map(|n| n as usize);
        // A list entry takes at least a byte, so a hostile count cannot ask for much more than the file's own size.
        if !(FIRST_WORD as usize..=1 << 16).contains(&words) || pairs.max(triples) > bytes.len() {
            return Err(broken());
        }
        let mut m = Ngram { scale: (1 << 32) / words as u64, ..Ngram::default() };
        for (book, bits) in
            [(&mut m.pair_costs, COST_BITS), (&mut m.triple_costs, COST_BITS), (&mut m.backoffs, BACKOFF_BITS)]
        {
            *book = (0..1 << bits).map(|_| head.u16()).collect::<Result<_, _>>()?;
        }
        m.unigrams = (0..words).map(|_| Ok((head.u16()?, head.u16()?))).collect::<Result<_, Error>>()?;
        m.first_pair.reserve_exact(words + 1);
        m.pairs.reserve_exact(pairs);
        m.first_triple.reserve_exact(pairs + 1);
        m.triples.reserve_exact(triples);
        let mut bits = BitReader::new(head.bytes);
        let filter_bits: Vec<u64> = (0..words).map(|word| Bucket::bits(word as Word)).collect();
        m.first_bucket.reserve_exact(words + 1);
        m.buckets.reserve(pairs / PAIRS_PER_BUCKET + words);
        for _ in 0..words {
            m.first_pair.push(m.pairs.len() as u32);
            let followers = bits.gamma() as usize;
            if followers > pairs - m.pairs.len() {
                return Err(broken());
            }
            let first = m.buckets.len();
            m.first_bucket.push(first as u32);
            let parts = followers.div_ceil(PAIRS_PER_BUCKET).max(1);
            let (mut part, mut bucket) = (0, Bucket::default());
            let k = bits.take(4);
            let mut next = 0u32;
            for _ in 0..followers {
                let (gap, rest) = bits.rice_and(k, COST_BITS + 1);
                let word = next.saturating_add(gap);
                if word as usize >= words {
                    return Err(broken());
                }
                next = word + 1;
                let (cost, leads_on) = ((rest & ((1 << COST_BITS) - 1)) as u8, rest >> COST_BITS == 1);
                let backoff = if leads_on { bits.take(BACKOFF_BITS) as u8 } else { 0 };
                m.pairs.push(Follower::new(word as Word, cost, backoff, leads_on));
            }
            let here = &m.pairs[m.pairs.len() - followers..];
            for (pair, at) in here.iter().zip(0..) {
                let word = pair.word();
                while part < m.part(word, parts) {
                    m.buckets.push(bucket);
                    bucket = Bucket(at << FILTER);
                    part += 1;
                }
                bucket.0 |= filter_bits[usize::from(word)];
            }
            m.buckets.push(bucket);
            m.buckets.resize(first + parts, Bucket::default());
        }
        m.first_pair.push(m.pairs.len() as u32);
        m.first_bucket.push(m.buckets.len() as u32);
        for at in 0..m.pairs.len() {
            m.first_triple.push(m.triples.len() as u32);
            let pair = m.pairs[at];
            if !pair.leads_on() {
                continue;
            }
            let second = pair.word() as usize;
            let known = &m.pairs[m.first_pair[second] as usize..m.first_pair[second + 1] as usize];
            let followers = bits.gamma() as usize + 1;
            if followers > triples - m.triples.len() {
                return Err(broken());
            }
            let k = bits.take(4);
            let mut next = 0u32;
            for _ in 0..followers {
                let (gap, cost) = bits.rice_and(k, COST_BITS);
                let place = next.saturating_add(gap);
                let third = known.get(place as usize).ok_or_else(broken)?;
                next = place + 1;
                m.triples.push(Follower::new(third.word(), cost as u8, 0, false));
            }
        }
        m.first_triple.push(m.triples.len() as u32);
        if m.sizes() != (words, pairs, triples) || bits.overrun() {
            return Err(broken());
        }
        Ok(m)
    }

    /// The model as bytes; [`Ngram::decode`] reads them.
    #[cfg(feature = "train")]
    pub fn encode(&self) -> Vec<u8> {
        let (words, pairs, triples) = self.sizes();
        let mut out = Vec::new();
        for n in [words, pairs, triples] {
            out.extend((n as u32).to_le_bytes());
        }
        let books = self.pair_costs.iter().chain(&self.triple_costs).chain(&self.backoffs);
        for n in books.copied().chain(self.unigrams.iter().flat_map(|&(cost, backoff)| [cost, backoff])) {
            out.extend(n.to_le_bytes());
        }
        let mut bits = BitWriter::default();
        let followers = |word: usize| self.first_pair[word] as usize..self.first_pair[word + 1] as usize;
        for word in 0..words {
            let pairs = &self.pairs[followers(word)];
            bits.gamma(pairs.len() as u32);
            let places: Vec<u32> = pairs.iter().map(|pair| u32::from(pair.word())).collect();
            put_list(&mut bits, &places, |bits, at| {
                bits.put(pairs[at].cost() as u32, COST_BITS);
                bits.put(u32::from(pairs[at].leads_on()), 1);
                if pairs[at].leads_on() {
                    bits.put(pairs[at].backoff() as u32, BACKOFF_BITS);
                }
            });
        }
        for (at, pair) in self.pairs.iter().enumerate().filter(|(_, pair)| pair.leads_on()) {
            let triples = &self.triples[self.first_triple[at] as usize..self.first_triple[at + 1] as usize];
            let known = &self.pairs[followers(pair.word().into())];
            let place = |word| known.partition_point(|pair| pair.word() < word) as u32;
            let places: Vec<u32> = triples.iter().map(|triple| place(triple.word())).collect();
            bits.gamma(triples.len() as u32 - 1);
            put_list(&mut bits, &places, |bits, at| bits.put(triples[at].cost() as u32, COST_BITS));
        }
        out.extend(bits.finish());
        out
    }
}

/// Writes a Rice parameter and a rising list of numbers as gaps, each with what belongs to it.
#[cfg(feature = "train")]
fn put_list(bits: &mut BitWriter, rising: &[u32], mut rest: impl FnMut(&mut BitWriter, usize)) {
    let span = rising.last().map_or(0, |&last| u64::from(last) + 1 - rising.len() as u64);
    let k = BitWriter::rice_parameter(span, rising.len() as u64).min(15);
    bits.put(k, 4);
    let mut next = 0;
    for (at, &number) in rising.iter().enumerate() {
        bits.rice(number - next, k);
        next = number + 1;
        rest(bits, at);
    }
}

/// Little-endian numbers from the front of a byte string.
struct Words<'a> {
    bytes: &'a [u8],
}

impl Words<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (head, rest) = self.bytes.split_first_chunk().ok_or_else(|| Error::Model("it is cut off".into()))?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u16(&mut self) -> Result<u16, Error> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.take().map(u32::from_le_bytes)
    }
}
