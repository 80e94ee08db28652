//! What a document teaches about itself.
//!
//! The first pass over a document says how likely each reading of each piece is. Summed up over the document these
//! posteriors are expected counts: of words, of pairs of words, and of words seen as a certain token. The second pass
//! takes them as evidence, each place without its own share of it:
//!
//! - the language model is mixed with what the document says (a cache model: Kuhn & De Mori 1990);
//! - the channel with how the document's words were seen: what a word was seen as before, it will be seen as again. Its
//!   prior is the trained channel, its discount that of a Pitman–Yor process (Teh 2006), for damage has a long tail.
//!
//! Clean text that the caller gives as context counts for words and pairs.

use crate::channel::Damage;
use crate::hash::Mix;
use crate::lattice::{ONE, Reading};
use crate::ngram::{FIRST_WORD, UNIT, Word};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// How much a document's evidence weighs.
#[derive(Debug, Clone)]
pub struct Adaptation {
    /// The most that the document's words may be worth in the language model, in thousandths.
    pub cache: i32,
    /// How many words' worth of doubt there is whether they are worth anything.
    pub doubt: i32,
    /// How many unseen occurrences a word's pairs are thought to have besides those seen.
    pub pair_prior: i32,
    /// How many occurrences the trained channel is worth beside those of the document.
    pub channel_prior: i32,
    /// How often at most the channel is attuned to a document.
    pub rounds: i32,
    /// So many words that are thought to be wrong call for it.
    pub unsure: i32,
    /// So many in a thousand call for it once more.
    pub unsure_still: i32,
    /// How many words a document in English mode must have, at least.
    pub unsure_words: i32,
    /// Or so many in a thousand that are thought to be wrong.
    pub unsure_page: i32,
    /// How many occurrences of a letter the trained rules are worth then.
    pub letter_prior: i32,
    /// How many the rules of letters of its kind are worth.
    pub kind_prior: i32,
    /// What the trained channel gets of each token that a word was seen as, in thousandths of an occurrence.
    pub discount: i32,
}

impl Adaptation {
    /// Sets a field by its name; false if none is called so.
    pub fn set(&mut self, name: &str, value: i32) -> bool {
        let field = match name {
            "cache" => &mut self.cache,
            "doubt" => &mut self.doubt,
            "pair_prior" => &mut self.pair_prior,
            "channel_prior" => &mut self.channel_prior,
            "discount" => &mut self.discount,
            "rounds" => &mut self.rounds,
            "unsure" => &mut self.unsure,
            "unsure_still" => &mut self.unsure_still,
            "unsure_words" => &mut self.unsure_words,
            "unsure_page" => &mut self.unsure_page,
            "letter_prior" => &mut self.letter_prior,
            "kind_prior" => &mut self.kind_prior,
            _ => return false,
        };
        *field = value;
        true
    }
}

impl Default for Adaptation {
    fn default() -> Self {
        Adaptation {
            cache: 400,
            doubt: 1000,
            pair_prior: 4,
            channel_prior: 6,
            discount: 700,
            rounds: 2,
            unsure: 20,
            unsure_still: 40,
            unsure_words: 1500,
            unsure_page: 120,
            letter_prior: 80,
            kind_prior: 4,
        }
    }
}

/// A document of fewer words than this, in parts of [`ONE`], is no measure of how frequent its words are.
const FEW: u64 = 1000 * ONE as u64;

type Counts<K> = HashMap<K, u32, BuildHasherDefault<Mix>>;

/// What happens seldom, and in some documents more than in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rare {
    /// Noise that was read as a word.
    Noise,
    /// A word that must be changed, in text that is right but for slips.
    Slip,
}

impl Rare {
    /// In how many places it happens once, as the trained weights have it.
    fn one_in(self) -> u64 {
        match self {
            Rare::Noise => 400,
            Rare::Slip => 50,
        }
    }
}

/// How often the rare is thought to have happened before a document is looked at, at its common rate.
const RARE_PRIOR: u64 = 1;

/// Expected counts of a document.
#[derive(Debug, Clone, Default)]
pub struct Teachings {
    /// By word, in parts of [`ONE`].
    words: Vec<u32>,
    /// The sum of these.
    total: u64,
    /// What the document's words are worth in the language model, in thousandths.
    share: u32,
    /// What they are worth at least, for the caller's sake.
    trusted: u32,
    pairs: Counts<(Word, Word)>,
    /// By [`Rare`]: how often it happened, and in how many places it might have.
    rare: [(u64, u64); 2],
    /// By word and token.
    tokens: Counts<(u64, Word)>,
    /// By word: occurrences in damaged text, and how many different tokens it was seen as.
    seen: Vec<(u32, u32)>,
}

/// Teachings, and how much they weigh.
#[derive(Debug, Clone, Copy)]
pub struct Lessons<'t> {
    teachings: &'t Teachings,
    how: &'t Adaptation,
    /// What it costs to take a word from the language model, and from the document.
    model: i32,
    document: i32,
    /// How many unseen occurrences a word's pairs have, in parts of [`ONE`], and their logarithm.
    prior: (u64, i32),
}

/// The word before, as a document knows it.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    last: Word,
    /// The logarithm of how often it occurred, and what it costs that its pairs say nothing.
    often: i32,
    alone: i32,
}

/// A word that a document knows from elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    word: Word,
    own: u32,
    /// What it costs whatever stands before it.
    cost: i32,
}

impl<'t> Lessons<'t> {
    /// What a document taught, to be weighed so.
    pub fn new(teachings: &'t Teachings, how: &'t Adaptation) -> Self {
        let share = u64::from(teachings.share);
        let prior = how.pair_prior as u64 * u64::from(ONE);
        let (model, document) = (ratio(1000, 1000 - share.min(999)), ratio(1000, share));
        Lessons { teachings, how, model, document, prior: (prior, logarithm(prior)) }
    }

    /// A word before others.
    pub fn past(&self, last: Word) -> Past {
        let n = if last < FIRST_WORD { 0 } else { self.teachings.count(last) };
        let often = logarithm(u64::from(n) + self.prior.0);
        Past { last, often, alone: often - self.prior.1 }
    }

    /// A reading's word, if the document has it elsewhere.
    pub fn known(&self, reading: &Reading) -> Option<Known> {
        let (word, own) = (reading.word, u32::from(reading.own));
        let here = self.teachings.count(word).saturating_sub(own);
        if word < FIRST_WORD || self.teachings.share == 0 || here == 0 {
            return None;
        }
        Some(Known { word, own, cost: ratio(self.teachings.total.max(FEW), u64::from(here)) })
    }

    /// What a word costs after another by language model and document; `language` is what the model says.
    #[inline]
    pub fn language(&self, language: i32, past: &Past, known: Option<&Known>) -> i32 {
        let model = language + self.model;
        match known {
            Some(known) => add(model, self.document + self.teachings.cache(past, known)),
            None => model,
        }
    }

    /// What a reading of a token costs besides the language model, by the trained weights and by the document.
    pub fn channel(&self, token: u64, reading: &Reading, damage: Damage) -> i32 {
        if reading.noise {
            // Where nothing is wrong with the words, nothing has made noise either.
            let typed = if damage == Damage::VietnameseOcr { self.teachings.rarity(Rare::Slip).max(0) } else { 0 };
            return reading.cost + self.teachings.rarity(Rare::Noise) + typed;
        }
        let slip = damage == Damage::VietnameseOcr && !reading.kept;
        let toll = if slip { self.teachings.rarity(Rare::Slip) } else { 0 };
        if damage.is_converted() || reading.second.is_some() || reading.pieces > 1 || reading.wide {
            return reading.cost + toll;
        }
        self.teachings.channel(self.how, token, reading.word, reading.cost + toll, u32::from(reading.own))
    }
}

/// What identifies a token, whatever its case.
pub fn token(seen: &str) -> u64 {
    let mut hash = Mix::default();
    seen.chars().flat_map(char::to_lowercase).for_each(|c| hash.write_u32(c.into()));
    hash.finish()
}

fn count<T: Default + Clone>(list: &mut Vec<T>, word: Word) -> &mut T {
    if list.len() <= usize::from(word) {
        list.resize(usize::from(word) + 1, T::default());
    }
    &mut list[usize::from(word)]
}

impl Teachings {
    /// Whether nothing was taught.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Counts a word that was written, certainly or with some likelihood.
    pub fn add_word(&mut self, word: Word, share: u32) {
        if word >= FIRST_WORD {
            let n = count(&mut self.words, word);
            *n = n.saturating_add(share);
            self.total += u64::from(share);
        }
    }

    /// Counts two words that stood beside each other.
    pub fn add_pair(&mut self, first: Word, second: Word, share: u32) {
        if first >= FIRST_WORD && second >= FIRST_WORD {
            let n = self.pairs.entry((first, second)).or_default();
            *n = n.saturating_add(share);
        }
    }

    /// Counts a word that was seen as a token.
    pub fn add_seen(&mut self, token: u64, word: Word, share: u32) {
        let known = self.tokens.entry((token, word)).or_default();
        let seen = count(&mut self.seen, word);
        // Half an occurrence makes it one of the word's tokens.
        let more = known.saturating_add(share);
        seen.1 += u32::from(*known < ONE / 2 && more >= ONE / 2);
        seen.0 = seen.0.saturating_add(share);
        *known = more;
    }

    /// Finds out what the document's words are worth in the language model, by how well they foretell each other; of
    /// each there is what it costs the model, the word before it, and its reading. Expectation–maximisation of the
    /// mixture, each word left out in turn (Jelinek & Mercer 1980).
    pub fn weigh(&mut self, how: &Adaptation, words: impl Iterator<Item = (i32, Word, Reading)>) {
        const ROUNDS: usize = 8;
        self.share = 1;
        let lessons = Lessons::new(self, how);
        // How much likelier each word is by the document than by the model.
        let gains: Vec<f64> = words
            .map(|(language, last, reading)| {
                lessons.known(&reading).map_or(0.0, |known| {
                    let cache = self.cache(&lessons.past(last), &known);
                    f64::from(exact((language - cache).clamp(-MOST_GAIN, MOST_GAIN)) as f32)
                })
            })
            .collect();
        let most = f64::from(how.cache) / 1000.0;
        let mut share = most / 4.0;
        for _ in 0..ROUNDS {
            let sum: f64 = gains.iter().map(|gain| share * gain / (share * gain + 1.0 - share)).sum();
            share = (sum / (gains.len() as f64 + f64::from(how.doubt))).min(most);
        }
        self.share = ((share * 1000.0).round() as u32).max(self.trusted);
    }

    /// Weighs what the caller said before there is a document to weigh it by.
    pub fn trust(&mut self) {
        const SHARE: u32 = 50;
        self.trusted = if self.is_empty() { 0 } else { SHARE };
        self.share = self.trusted;
    }

    /// Counts places where something that is rare might have happened, and how often it did.
    pub fn add_rare(&mut self, rare: Rare, places: u32, share: u64) {
        let (n, of) = &mut self.rare[rare as usize];
        *n += share;
        *of += u64::from(places) * u64::from(ONE);
    }

    /// What it costs that something happened, beyond what it costs in any document.
    fn rarity(&self, rare: Rare) -> i32 {
        let (n, of) = self.rare[rare as usize];
        let one = u64::from(ONE);
        let (prior, common) = (RARE_PRIOR, rare.one_in());
        // The document's rate over the common one.
        let rate = ratio(of + prior * common * one, n + prior * one);
        let beyond = rate - ratio(common, 1);
        // Where it hardly happens, what seems to be it is mostly something else: a rare word, a name.
        if beyond > 0 { beyond * 2 } else { beyond }
    }

    /// What it costs that a word was seen as a token, by the trained channel's cost and by the document; `own` is the
    /// part of the counts that comes from the very place.
    pub fn channel(&self, how: &Adaptation, token: u64, word: Word, cost: i32, own: u32) -> i32 {
        let Some(&(total, types)) = self.seen.get(usize::from(word)) else { return cost };
        let total = total.saturating_sub(own);
        if total < ONE / 2 {
            return cost;
        }
        let here = self.tokens.get(&(token, word)).map_or(0, |n| n.saturating_sub(own));
        let discount = how.discount as u32 * ONE / 1000;
        let prior = how.channel_prior as u32 * ONE;
        // The mass that is left for the trained channel, and what of it this token gets.
        let whole = u64::from(total) + u64::from(prior);
        let left =
            u64::from(prior) + u64::from(types.saturating_sub(u32::from(here == 0))) * u64::from(discount.min(ONE));
        let trained = cost + ratio(whole, left.min(whole));
        match here.saturating_sub(discount) {
            0 => trained,
            more => add(trained, ratio(whole, u64::from(more))),
        }
    }

    /// How often a word occurred, in parts of [`ONE`].
    fn count(&self, word: Word) -> u32 {
        self.words.get(usize::from(word)).copied().unwrap_or(0)
    }

    /// What a word costs after another by the document alone.
    fn cache(&self, past: &Past, known: &Known) -> i32 {
        let alone = known.cost + past.alone;
        // No more of its pairs than of the word before.
        if past.alone == 0 {
            return alone;
        }
        match self.pairs.get(&(past.last, known.word)).map_or(0, |n| n.saturating_sub(known.own)) {
            0 => alone,
            pair => add(alone, past.often - logarithm(u64::from(pair))),
        }
    }
}

/// The cost of a probability `part / whole`.
pub fn ratio(whole: u64, part: u64) -> i32 {
    logarithm(whole.max(1)) - logarithm(part.max(1))
}

/// No word is thought to be likelier or less likely by more than this.
const MOST_GAIN: i32 = 20 * UNIT;

/// exp(gain), of which the last bits are the platform's: it is rounded wherever it is used.
fn exact(gain: i32) -> f64 {
    (f64::from(gain) / f64::from(UNIT)).exp()
}

/// The natural logarithm in cost units, by its first nine bits.
fn logarithm(n: u64) -> i32 {
    static TABLE: LazyLock<Vec<i32>> =
        LazyLock::new(|| (256..512).map(|n| exact_logarithm(n).round() as i32).collect());
    // ln 2 in units of 1/4096 nat.
    const LN_2: i32 = 2839;
    let shift = 55 - n.leading_zeros() as i32;
    let head = if shift >= 0 { n >> shift } else { n << -shift };
    (TABLE[(head as usize) - 256] + shift * LN_2 + 32) >> 6
}

/// The cost of either of two things.
fn add(a: i32, b: i32) -> i32 {
    static TABLE: LazyLock<Vec<i32>> = LazyLock::new(|| (0..8 * UNIT).map(|d| exact_sum(d).round() as i32).collect());
    a.min(b) - TABLE.get((a - b).unsigned_abs() as usize).copied().unwrap_or(0)
}

fn exact_logarithm(n: i32) -> f64 {
    f64::from(n).ln() * f64::from(UNIT) * 64.0
}

/// By how much either of two things is cheaper than the cheaper one, if they are so far apart.
fn exact_sum(apart: i32) -> f64 {
    exact(-apart).ln_1p() * f64::from(UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_and_sums() {
        for n in [1, 2, 3, 10, 255, 256, 1000, 123_456_789, u64::MAX] {
            let exact = (n as f64).ln() * f64::from(UNIT);
            assert!((f64::from(logarithm(n)) - exact).abs() < 1.0, "{n}");
        }
        assert_eq!(ratio(10, 5), 44);
        assert_eq!(add(100, 100), 100 - 44);
        assert_eq!(add(100, 10_000), 100);
    }

    #[test]
    fn what_is_rounded_does_not_hang_on_a_last_bit() {
        let off = |exact: f64| [-8.0, 8.0].map(|ulps| exact * (1.0 + ulps * f64::EPSILON));
        for gain in -MOST_GAIN..=MOST_GAIN {
            assert_eq!(off(exact(gain)).map(|off| off as f32), [exact(gain) as f32; 2], "{gain}");
        }
        let exact = (256..512).map(exact_logarithm).chain((0..8 * UNIT).map(exact_sum));
        for exact in exact {
            assert_eq!(off(exact).map(f64::round), [exact.round(); 2], "{exact}");
        }
    }

    #[test]
    fn counts_of_endless_texts_stop_growing() {
        let mut teachings = Teachings::default();
        for _ in 0..3 {
            teachings.add_word(FIRST_WORD, u32::MAX / 2);
            teachings.add_pair(FIRST_WORD, FIRST_WORD, u32::MAX / 2);
            teachings.add_seen(1, FIRST_WORD, u32::MAX / 2);
        }
        teachings.trust();
        let how = Adaptation::default();
        let lessons = Lessons::new(&teachings, &how);
        assert!(lessons.past(FIRST_WORD).often > 0);
        // What is always seen so costs next to nothing, what never is costs more.
        assert!(teachings.channel(&how, 1, FIRST_WORD, 300, ONE) < 10);
        assert!(teachings.channel(&how, 2, FIRST_WORD, 300, 0) > 300);
    }
}
