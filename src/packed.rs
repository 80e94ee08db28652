//! The n-grams as they lie in a file, and how they are unpacked: a word's pairs at a time, and some of its triples.
//!
//! The lists are coded as gaps (Rice) and quantised costs (5 bits), one after the other. A triple's last two words are
//! a pair of the model, so its last word is coded as a place in the list of that pair's first word. An index before
//! the lists says how long each is, so that none need be unpacked before it is asked for.

use crate::bits::BitReader;
#[cfg(feature = "train")]
use crate::bits::BitWriter;
use crate::error::Error;
use crate::ngram::{FIRST_WORD, Word};
use std::borrow::Cow;

/// Bits of a quantised cost and of a quantised backoff weight.
pub const COST_BITS: u32 = 5;
pub const BACKOFF_BITS: u32 = 5;

/// So many pairs have their triples in one chunk.
pub const CHUNK: usize = 128;

/// A word that follows another, and what the model knows of it: the word in the upper half, so that sorted entries are
/// sorted by word; then the place of its cost in the code book, of its backoff weight, and whether others follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower(u32);

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
}

/// The last word of a triple, as its place among the pairs of the second one (two bytes), and the place of its cost in
/// the code book.
#[derive(Debug, Clone, Copy)]
pub struct Triple([u8; 3]);

impl Triple {
    fn new(place: u16, cost: u8) -> Self {
        let [low, high] = place.to_le_bytes();
        Triple([low, high, cost])
    }

    #[inline(always)]
    pub fn place(self) -> u16 {
        u16::from_le_bytes([self.0[0], self.0[1]])
    }

    #[inline(always)]
    pub fn cost(self) -> usize {
        self.0[2].into()
    }
}

/// The triples of up to [`CHUNK`] pairs that lie in a row.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// Which of the pairs lead on, a bit each.
    leads_on: u128,
    /// For each of these: where its triples begin, and in the low bits the place of its backoff weight. Then the end.
    lists: Box<[u32]>,
    triples: Box<[Triple]>,
}

impl Default for Chunk {
    /// No pair leads on.
    fn default() -> Self {
        Chunk { leads_on: 0, lists: [0; 2].into(), triples: [].into() }
    }
}

impl Chunk {
    /// The triples of one of the pairs, and the place of its backoff weight.
    #[inline]
    pub fn of(&self, pair: usize) -> (&[Triple], usize) {
        let list = (self.leads_on & ((1 << pair) - 1)).count_ones() as usize;
        let [begin, end] = [self.lists[list], self.lists[list + 1]];
        let range = (begin >> BACKOFF_BITS) as usize..(end >> BACKOFF_BITS) as usize;
        (&self.triples[range], (begin & ((1 << BACKOFF_BITS) - 1)) as usize)
    }
}

/// Where a word's lists are.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Its pairs, as a bit of the section.
    pairs: u32,
    /// Its first chunk of triples.
    chunk: u32,
}

/// The costs that are looked up by number.
#[derive(Debug, Clone, Default)]
pub struct Books {
    pub pairs: Vec<u16>,
    pub triples: Vec<u16>,
    pub backoffs: Vec<u16>,
    /// By word: cost alone, and what backing off from it costs.
    pub words: Vec<(u16, u16)>,
}

/// The section of the n-grams.
#[derive(Debug, Clone)]
pub struct Packed {
    bytes: Cow<'static, [u8]>,
    /// By word, and one more.
    words: Vec<Place>,
    /// By chunk, and one more: where it begins, as a bit of the section.
    chunks: Vec<u32>,
    /// How many pairs and triples there are, by its own account.
    sizes: (usize, usize),
}

fn broken() -> Error {
    Error::Model("its n-grams are damaged".into())
}

impl Packed {
    /// Reads what comes before the lists.
    ///
    /// # Errors
    /// [`Error::Model`] if it is cut off or contradicts itself.
    pub fn open(bytes: Cow<'static, [u8]>) -> Result<(Self, Books), Error> {
        let mut head = Words { bytes: &bytes };
        let [words, pairs, triples] = [head.u32()?, head.u32()?, head.u32()?].map(|n| n as usize);
        // Places are bits in four bytes; and a list entry takes six bits at least, so that a hostile count cannot ask for
        // much more than the file's own size.
        let bits = u32::try_from(bytes.len() * 8).map_err(|_| broken())? as usize;
        if !(FIRST_WORD as usize..1 << 16).contains(&words) || pairs.max(triples) > bits / 6 {
            return Err(broken());
        }
        let mut book = |bits| (0..1 << bits).map(|_| head.u16()).collect::<Result<_, Error>>();
        let mut books = Books {
            pairs: book(COST_BITS)?,
            triples: book(COST_BITS)?,
            backoffs: book(BACKOFF_BITS)?,
            words: Vec::new(),
        };
        books.words = (0..words).map(|_| Ok((head.u16()?, head.u16()?))).collect::<Result<_, Error>>()?;

        // First come the lengths, in the order of words, then all pairs, then all triples.
        let mut index = BitReader::new(head.bytes);
        let mut places: Vec<(u64, usize)> = Vec::with_capacity(words + 1);
        let mut chunks: Vec<u64> = Vec::with_capacity(pairs / CHUNK + words + 1);
        let (mut of_pairs, mut of_triples) = (0, 0);
        for _ in 0..words {
            places.push((of_pairs, chunks.len()));
            of_pairs += index.length();
            let count = index.gamma() as usize;
            if count > pairs / CHUNK + words - chunks.len() {
                return Err(broken());
            }
            for _ in 0..count {
                chunks.push(of_triples);
                of_triples += index.length();
            }
        }
        places.push((of_pairs, chunks.len()));
        chunks.push(of_triples);
        let begin = 8 * (bytes.len() - head.bytes.len() + index.place().div_ceil(8)) as u64;
        // The stream ends with the bits of its last byte.
        if (begin + of_pairs + of_triples).div_ceil(8) != bytes.len() as u64 {
            return Err(broken());
        }
        let words =
            places.iter().map(|&(at, chunk)| Place { pairs: (begin + at) as u32, chunk: chunk as u32 }).collect();
        let chunks = chunks.iter().map(|at| (begin + of_pairs + at) as u32).collect();
        Ok((Packed { words, chunks, sizes: (pairs, triples), bytes }, books))
    }

    /// How many pairs and triples there are.
    pub fn sizes(&self) -> (usize, usize) {
        self.sizes
    }

    /// How many chunks of triples there are.
    pub fn chunks(&self) -> usize {
        self.chunks.len() - 1
    }

    /// In which chunk the triples of a word's pair are.
    #[inline]
    pub fn chunk_of(&self, word: Word, pair: usize) -> usize {
        self.words[usize::from(word)].chunk as usize + pair / CHUNK
    }

    /// The words that follow a word; `None` if they are damaged.
    pub fn pairs(&self, word: Word) -> Option<Vec<Follower>> {
        let [begin, end] = [word.into(), usize::from(word) + 1].map(|word: usize| self.words[word]);
        let mut bits = BitReader::at(&self.bytes, begin.pairs);
        let followers = bits.gamma() as usize;
        let chunks = (end.chunk - begin.chunk) as usize;
        if followers > (end.pairs - begin.pairs) as usize || followers.div_ceil(CHUNK) != chunks {
            return None;
        }
        let mut pairs = Vec::with_capacity(followers);
        let k = bits.take(4);
        let mut next = 0u32;
        for _ in 0..followers {
            let (gap, rest) = bits.rice_and(k, COST_BITS + 1);
            let word = next.saturating_add(gap);
            if word as usize >= self.words.len() - 1 {
                return None;
            }
            next = word + 1;
            let (cost, leads_on) = ((rest & ((1 << COST_BITS) - 1)) as u8, rest >> COST_BITS == 1);
            let backoff = if leads_on { bits.take(BACKOFF_BITS) as u8 } else { 0 };
            pairs.push(Follower::new(word as Word, cost, backoff, leads_on));
        }
        (bits.place() == end.pairs as usize).then_some(pairs)
    }

    /// A chunk of triples, which those of the pairs that lead on lead to; `None` if it is damaged.
    pub fn chunk(&self, chunk: usize, pairs: &[Follower]) -> Option<Chunk> {
        let [begin, end] = [self.chunks[chunk], self.chunks[chunk + 1]];
        let mut bits = BitReader::at(&self.bytes, begin);
        let leads_on = pairs.iter().rev().fold(0, |set, pair| set << 1 | u128::from(pair.leads_on()));
        let mut lists = Vec::with_capacity(leads_on.count_ones() as usize + 1);
        let mut triples = Vec::with_capacity((end - begin) as usize / 8);
        for pair in pairs.iter().filter(|pair| pair.leads_on()) {
            lists.push((triples.len() << BACKOFF_BITS) as u32 | pair.backoff() as u32);
            let followers = bits.gamma();
            if followers >= end - begin {
                return None;
            }
            let k = bits.take(4);
            let mut next = 0u32;
            for _ in 0..=followers {
                let (gap, cost) = bits.rice_and(k, COST_BITS);
                let place = u16::try_from(next.saturating_add(gap)).ok()?;
                next = u32::from(place) + 1;
                triples.push(Triple::new(place, cost as u8));
            }
        }
        lists.push((triples.len() << BACKOFF_BITS) as u32);
        let whole = bits.place() == end as usize;
        whole.then(|| Chunk { leads_on, lists: lists.into(), triples: triples.into() })
    }

    /// Unpacks everything once, so that nothing that is asked for later can be damaged.
    ///
    /// # Errors
    /// [`Error::Model`] if a list is cut off, or does not fit the others.
    pub fn verify(&self) -> Result<(), Error> {
        let words = self.words.len() - 1;
        let counts: Vec<usize> =
            (0..words).map(|word| Some(self.pairs(word as Word)?.len())).collect::<Option<_>>().ok_or_else(broken)?;
        let mut triples = 0;
        for word in 0..words {
            let pairs = self.pairs(word as Word).ok_or_else(broken)?;
            for (pairs, at) in pairs.chunks(CHUNK).zip(self.words[word].chunk as usize..) {
                let chunk = self.chunk(at, pairs).ok_or_else(broken)?;
                triples += chunk.triples.len();
                for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.leads_on()) {
                    let (list, _) = chunk.of(at);
                    // They rise.
                    if list.last().is_some_and(|last| usize::from(last.place()) >= counts[usize::from(pair.word())]) {
                        return Err(broken());
                    }
                }
            }
        }
        if (counts.iter().sum(), triples) == self.sizes { Ok(()) } else { Err(broken()) }
    }
}

/// N-grams as training makes them: flat sorted lists.
#[cfg(feature = "train")]
#[derive(Default)]
pub struct Lists {
    pub books: Books,
    /// By word: where its successors begin.
    pub first_pair: Vec<u32>,
    pub pairs: Vec<Follower>,
    /// By pair: where its successors begin.
    pub first_triple: Vec<u32>,
    /// The last words of triples, and the places of their costs.
    pub triples: Vec<(Word, u8)>,
}

#[cfg(feature = "train")]
impl Lists {
    /// How many words, pairs and triples there are.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.books.words.len(), self.pairs.len(), self.triples.len())
    }

    /// The section; [`Packed::open`] reads it.
    pub fn encode(&self) -> Vec<u8> {
        let (words, pairs, triples) = self.sizes();
        let mut out = Vec::new();
        for n in [words, pairs, triples] {
            out.extend((n as u32).to_le_bytes());
        }
        let Books { pairs, triples, backoffs, words: alone } = &self.books;
        let books = pairs.iter().chain(triples).chain(backoffs);
        for n in books.copied().chain(alone.iter().flat_map(|&(cost, backoff)| [cost, backoff])) {
            out.extend(n.to_le_bytes());
        }
        let followers = |word: usize| self.first_pair[word] as usize..self.first_pair[word + 1] as usize;
        let mut bits = BitWriter::default();
        let mut of_pairs = Vec::with_capacity(words);
        for word in 0..words {
            let begin = bits.place();
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
            of_pairs.push(bits.place() - begin);
        }
        let mut index = BitWriter::default();
        for (word, length) in of_pairs.into_iter().enumerate() {
            index.length(length as u32);
            let pairs: Vec<usize> = followers(word).collect();
            index.gamma(pairs.len().div_ceil(CHUNK) as u32);
            for chunk in pairs.chunks(CHUNK) {
                let begin = bits.place();
                for &at in chunk.iter().filter(|&&at| self.pairs[at].leads_on()) {
                    let triples = &self.triples[self.first_triple[at] as usize..self.first_triple[at + 1] as usize];
                    let known = &self.pairs[followers(self.pairs[at].word().into())];
                    let place = |word| known.partition_point(|pair| pair.word() < word) as u32;
                    let places: Vec<u32> = triples.iter().map(|triple| place(triple.0)).collect();
                    bits.gamma(triples.len() as u32 - 1);
                    put_list(&mut bits, &places, |bits, at| bits.put(triples[at].1.into(), COST_BITS));
                }
                index.length((bits.place() - begin) as u32);
            }
        }
        out.extend(index.finish());
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

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use crate::ngram::{Ngram, State};

    const WORDS: u16 = 300;

    /// Every word is followed by some others, word 0 by all; every third pair leads on to some of its last word's.
    fn lists() -> Lists {
        let book = |step: u16| (0..32).map(|at| at * step).collect();
        let words = (0..WORDS).map(|word| (500 + word, word % 90)).collect();
        let books = Books { pairs: book(20), triples: book(7), backoffs: book(3), words };
        let mut lists = Lists { books, ..Lists::default() };
        let followers = |word: u16| (0..WORDS).filter(move |&next| word == 0 || (word ^ next).is_multiple_of(29));
        for word in 0..WORDS {
            lists.first_pair.push(lists.pairs.len() as u32);
            for (at, next) in followers(word).enumerate() {
                let leads_on = at % 3 == 1 && followers(next).next().is_some();
                lists.pairs.push(Follower::new(
                    next,
                    (next % 32) as u8,
                    if leads_on { (word % 32) as u8 } else { 0 },
                    leads_on,
                ));
            }
        }
        for (at, pair) in lists.pairs.iter().enumerate() {
            lists.first_triple.push(lists.triples.len() as u32);
            if pair.leads_on() {
                let thirds =
                    followers(pair.word()).enumerate().filter(|(place, _)| *place == 0 || (place + at) % 2 == 0);
                lists.triples.extend(thirds.map(|(_, third)| (third, (third % 32) as u8)));
            }
        }
        lists.first_pair.push(lists.pairs.len() as u32);
        lists.first_triple.push(lists.triples.len() as u32);
        lists
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let lists = lists();
        let (packed, books) = Packed::open(lists.encode().into()).unwrap();
        packed.verify().unwrap();
        assert_eq!(books.words, lists.books.words);
        assert!(packed.chunks() > usize::from(WORDS));
        let mut at = 0;
        for word in 0..WORDS {
            let pairs = packed.pairs(word).unwrap();
            assert_eq!(pairs, lists.pairs[at..at + pairs.len()]);
            for (place, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.leads_on()) {
                let part = pairs.chunks(CHUNK).nth(place / CHUNK).unwrap();
                let chunk = packed.chunk(packed.chunk_of(word, place), part).unwrap();
                let (triples, backoff) = chunk.of(place % CHUNK);
                assert_eq!(backoff, pair.backoff());
                let known = packed.pairs(pair.word()).unwrap();
                let unpacked = triples.iter().map(|t| (known[usize::from(t.place())].word(), t.cost() as u8));
                let range = lists.first_triple[at + place] as usize..lists.first_triple[at + place + 1] as usize;
                assert!(unpacked.eq(lists.triples[range].iter().copied()));
            }
            at += pairs.len();
        }
    }

    #[test]
    fn damaged_lists_are_refused_or_harmless() {
        let sound = lists().encode();
        for length in 0..sound.len() {
            let cut = Ngram::open(sound[..length].to_vec().into()).and_then(|ngram| ngram.verify());
            assert!(cut.is_err(), "cut after {length} bytes");
        }
        let mut refused = 0;
        for bit in (0..8 * sound.len()).step_by(61) {
            let mut bytes = sound.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(ngram) = Ngram::open(bytes.into()) else {
                refused += 1;
                continue;
            };
            refused += usize::from(ngram.verify().is_err());
            // Even if nobody has looked whether it is sound.
            let mut state = State::START;
            for word in (0..WORDS).step_by(3).chain(0..30) {
                let _ = ngram.followers(state, 400).count();
                state = ngram.score(state, word % ngram.sizes().0 as u16).1;
            }
        }
        // Another cost is a lawful change.
        assert!(refused > 300, "{refused}");
    }

    #[test]
    fn the_embedded_model_is_what_training_writes() {
        let model = include_bytes!("../dict/vietnamese.phucdau");
        let section = crate::Model::sections(model).unwrap()[2];
        let (packed, books) = Packed::open(section.into()).unwrap();
        let words: Vec<Vec<Follower>> = (0..books.words.len()).map(|word| packed.pairs(word as u16).unwrap()).collect();
        let mut lists = Lists { books, ..Lists::default() };
        for (word, pairs) in words.iter().enumerate() {
            lists.first_pair.push(lists.pairs.len() as u32);
            for (part, at) in pairs.chunks(CHUNK).zip(packed.chunk_of(word as u16, 0)..) {
                let chunk = packed.chunk(at, part).unwrap();
                for (at, pair) in part.iter().enumerate() {
                    lists.first_triple.push(lists.triples.len() as u32);
                    let known = &words[usize::from(pair.word())];
                    let triples = if pair.leads_on() { chunk.of(at).0 } else { &[] };
                    lists
                        .triples
                        .extend(triples.iter().map(|t| (known[usize::from(t.place())].word(), t.cost() as u8)));
                }
            }
            lists.pairs.extend(pairs);
        }
        lists.first_pair.push(lists.pairs.len() as u32);
        lists.first_triple.push(lists.triples.len() as u32);
        assert!(lists.encode() == section);
    }
}
