//! Estimating and pruning the language model.
//!
//! Modified Kneser–Ney (Chen & Goodman 1999), with one difference that pruning asks for: a lower order is estimated
//! from exactly the mass that the order above it leaves. A kept n-gram hands down its discount, as Kneser and Ney
//! derive; a pruned one hands down its whole count. So the marginals stay those of the text however much is pruned,
//! where plain Kneser–Ney would fall back on counts made for another, larger model (cf. Siivola et al. 2007).
//!
//! Pruned are the n-grams whose loss costs least: expected count times the rise in cost, as Seymore & Rosenfeld (1996)
//! and Stolcke (1998) do, but with the cost that matters here: what choosing a word among those of its own skeleton
//! (`ban`: bản, bạn, bán …) costs, plus a share of the plain one. N-grams that never decide between marks go first.

use super::corpus::CUT;
use super::costs::Shape;
use crate::ngram::{BOUNDARY, UNIT, Word};
use rayon::prelude::*;

/// How large a model may get, and what is pruned first.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Pairs to keep.
    pub pairs: usize,
    /// Triples to keep.
    pub triples: usize,
    /// Share of the plain cost beside the skeleton's, 0 to 1.
    pub plain: f32,
}

/// Counts of everything in a training text.
#[derive(Debug, Default)]
pub struct Counts {
    /// Sorted `w1 w2 w3` in 16 bits each.
    triples: Vec<(u64, f32)>,
    /// Pairs with nothing before them.
    pairs: Vec<(u32, f32)>,
    /// Single words with nothing before them.
    words: Vec<f32>,
}

/// Counts the n-grams of texts, each with its weight; `words` is the vocabulary's size.
pub fn count<T: AsRef<[Word]>>(texts: &[(T, u32)], words: usize) -> Counts {
    let (mut triples, mut pairs) = (Vec::new(), Vec::new());
    let mut singles = vec![0.0; words];
    for (text, weight) in texts {
        let (text, weight) = (text.as_ref(), u64::from((*weight).min(u32::from(u16::MAX))));
        for at in 0..text.len() {
            let word = text[at];
            if word == CUT {
                continue;
            }
            let before = |n: usize| at.checked_sub(n).map_or(CUT, |i| text[i]);
            match (before(2), before(1)) {
                // The beginning of a sentence is no event, it is given.
                (_, CUT) if word == BOUNDARY => {}
                (_, CUT) => singles[word as usize] += weight as f32,
                // What stood before a sentence's end says nothing of what follows.
                (first, second) if first == CUT || second == BOUNDARY => {
                    pairs.push((u64::from(second) << 32 | u64::from(word) << 16 | weight, ()));
                }
                (first, second) => triples
                    .push((u64::from(first) << 48 | u64::from(second) << 32 | u64::from(word) << 16 | weight, ())),
            }
        }
    }
    let sum = |mut keys: Vec<(u64, ())>| -> Vec<(u64, f32)> {
        keys.par_sort_unstable();
        let mut out: Vec<(u64, f32)> = Vec::new();
        for (key, ()) in keys {
            let (gram, weight) = (key >> 16, (key & 0xffff) as f32);
            match out.last_mut() {
                Some(last) if last.0 == gram => last.1 += weight,
                _ => out.push((gram, weight)),
            }
        }
        out
    };
    let pairs = sum(pairs).into_iter().map(|(key, c)| (key as u32, c)).collect();
    Counts { triples: sum(triples), pairs, words: singles }
}

/// Discounts for counts 1, 2, and 3 or more.
#[derive(Debug, Clone, Copy)]
struct Discounts([f32; 4]);

impl Discounts {
    /// Chen & Goodman's estimate from the counts of counts.
    fn estimate(counts: impl Iterator<Item = f32>) -> Self {
        let mut n = [0f64; 5];
        for c in counts {
            let c = (c.round() as usize).max(1);
            if c < 5 {
                n[c] += 1.0;
            }
        }
        let y = n[1] / (n[1] + 2.0 * n[2]).max(1.0);
        let d =
            |k: usize| (k as f64 - (k as f64 + 1.0) * y * n[k + 1] / n[k].max(1.0)).clamp(0.1, k as f64 * 0.95) as f32;
        Discounts([0.0, d(1), d(2), d(3)])
    }

    /// What a count gives up; between whole counts, in proportion.
    fn of(self, count: f32) -> f32 {
        if count >= 3.0 {
            return self.0[3];
        }
        let low = count as usize;
        self.0[low] + (self.0[low + 1] - self.0[low]) * (count - low as f32)
    }
}

/// Sorted pairs with what is known of each.
struct Pairs {
    /// Sorted `w1 w2`.
    keys: Vec<u32>,
    /// Where each first word's pairs begin.
    first: Vec<u32>,
    count: Vec<f32>,
    /// Discounted count over its context's total; zero if pruned.
    own: Vec<f32>,
    kept: Vec<bool>,
    /// By first word: the mass left for the unigrams.
    left: Vec<f32>,
    /// By word.
    unigram: Vec<f32>,
    discounts: Discounts,
}

impl Pairs {
    fn find(&self, w1: Word, w2: Word) -> Option<usize> {
        let range = self.first[w1 as usize] as usize..self.first[w1 as usize + 1] as usize;
        let key = u32::from(w1) << 16 | u32::from(w2);
        self.keys[range.clone()].binary_search(&key).ok().map(|at| range.start + at)
    }

    fn p(&self, w1: Word, w2: Word) -> f32 {
        self.left[w1 as usize] * self.unigram[w2 as usize] + self.find(w1, w2).map_or(0.0, |at| self.own[at])
    }

    fn range(&self, w1: usize) -> std::ops::Range<usize> {
        self.first[w1] as usize..self.first[w1 + 1] as usize
    }

    /// Works out probabilities from the counts and what is kept.
    fn estimate(&mut self, direct: &[f32]) {
        let words = direct.len();
        let mut unigram: Vec<f64> = direct.iter().map(|&c| f64::from(c)).collect();
        for w1 in 0..words {
            let range = self.range(w1);
            let total: f32 = self.count[range.clone()].iter().sum();
            let mut left = 0.0;
            for at in range {
                let c = self.count[at];
                let down = if self.kept[at] { self.discounts.of(c) } else { c };
                self.own[at] = (c - down) / total.max(1e-9);
                left += down;
                unigram[(self.keys[at] & 0xffff) as usize] += f64::from(down);
            }
            self.left[w1] = if total > 0.0 { left / total } else { 1.0 };
        }
        // One more count, spread evenly, so that no word is impossible.
        let total: f64 = unigram.iter().sum::<f64>() + words as f64;
        self.unigram = unigram.iter().map(|c| ((c + 1.0) / total) as f32).collect();
    }
}

/// The triples of a context: where they begin and end.
struct Context {
    begin: usize,
    end: usize,
}

impl Context {
    /// The pair that they follow.
    fn key(&self, counts: &Counts) -> u32 {
        (counts.triples[self.begin].0 >> 16) as u32
    }
}

/// The n-grams of a text, with what is known of each.
struct Grams<'c> {
    counts: &'c Counts,
    contexts: Vec<Context>,
    discounts: Discounts,
    /// Which triples are kept.
    kept: Vec<bool>,
    pairs: Pairs,
}

impl<'c> Grams<'c> {
    /// All that were counted.
    fn of(counts: &'c Counts) -> Self {
        let words = counts.words.len();
        let triples = &counts.triples;
        let discounts = Discounts::estimate(triples.iter().map(|t| t.1));
        let mut contexts = Vec::new();
        let mut begin = 0;
        for at in 1..=triples.len() {
            if at == triples.len() || triples[at].0 >> 16 != triples[begin].0 >> 16 {
                if begin < at {
                    contexts.push(Context { begin, end: at });
                }
                begin = at;
            }
        }

        // All pairs that occur at all.
        let mut keys: Vec<u32> = triples.iter().map(|t| t.0 as u32).chain(counts.pairs.iter().map(|p| p.0)).collect();
        keys.extend(contexts.iter().map(|context| context.key(counts)));
        keys.par_sort_unstable();
        keys.dedup();
        let mut first = vec![0u32; words + 1];
        for key in &keys {
            first[(key >> 16) as usize + 1] += 1;
        }
        (0..words).for_each(|w| first[w + 1] += first[w]);
        let n = keys.len();
        let pairs = Pairs {
            keys,
            first,
            count: vec![0.0; n],
            own: vec![0.0; n],
            kept: vec![true; n],
            left: vec![1.0; words],
            unigram: Vec::new(),
            discounts: Discounts([0.0, 0.5, 0.8, 1.0]),
        };
        Grams { counts, contexts, discounts, kept: vec![true; triples.len()], pairs }
    }

    /// Counts the pairs by what the triples leave to them.
    fn hand_down(&mut self) {
        let Grams { counts, discounts, kept, pairs, .. } = self;
        pairs.count.fill(0.0);
        for &(key, c) in &counts.pairs {
            if let Some(at) = pairs.find((key >> 16) as Word, key as Word) {
                pairs.count[at] += c;
            }
        }
        for (&(key, c), &kept) in counts.triples.iter().zip(&*kept) {
            let down = if kept { discounts.of(c) } else { c };
            if let Some(at) = pairs.find((key >> 16) as Word, key as Word) {
                pairs.count[at] += down;
            }
        }
        pairs.discounts = Discounts::estimate(pairs.count.iter().copied().filter(|&c| c > 0.0));
        pairs.estimate(&counts.words);
    }

    /// The n-grams that are kept.
    fn shape(&self) -> Shape {
        let (words, triples) = (self.pairs.unigram.len(), &self.counts.triples);
        let mut shape = Shape::default();
        let mut contexts = self.contexts.iter().peekable();
        for w1 in 0..words {
            shape.first_pair.push(shape.pairs.len() as u32);
            for at in self.pairs.range(w1).filter(|&at| self.pairs.kept[at]) {
                let key = self.pairs.keys[at];
                shape.first_triple.push(shape.triples.len() as u32);
                shape.pairs.push(key as Word);
                while contexts.next_if(|c| c.key(self.counts) < key).is_some() {}
                if let Some(context) = contexts.next_if(|c| c.key(self.counts) == key) {
                    let kept = (context.begin..context.end).filter(|&at| self.kept[at]);
                    shape.triples.extend(kept.map(|at| triples[at].0 as Word));
                }
            }
        }
        shape.first_pair.push(shape.pairs.len() as u32);
        shape.first_triple.push(shape.triples.len() as u32);
        shape
    }

    /// The costs of a shape's n-grams; infinite, if they were not met.
    fn costs(&self, shape: &Shape) -> Vec<f32> {
        let (words, triples, pairs) = (self.pairs.unigram.len(), &self.counts.triples, &self.pairs);
        let mut costs = vec![f32::INFINITY; shape.numbers()];
        for w1 in 0..words {
            costs[shape.of_word(w1 as Word)] = cost(pairs.unigram[w1]);
            costs[shape.of_last(w1 as Word)] = cost(pairs.left[w1]);
            for pair in shape.pairs_of(w1) {
                let w2 = shape.pairs[pair];
                if pairs.find(w1 as Word, w2).is_none() {
                    continue;
                }
                costs[shape.of_pair(pair)] = cost(pairs.p(w1 as Word, w2));
                let key = (w1 as u32) << 16 | u32::from(w2);
                let Ok(context) = self.contexts.binary_search_by_key(&key, |c| c.key(self.counts)) else {
                    costs[shape.of_backoff(pair)] = 0.0;
                    continue;
                };
                let range = self.contexts[context].begin..self.contexts[context].end;
                let total: f32 = triples[range.clone()].iter().map(|t| t.1).sum();
                let down = |at: usize| if self.kept[at] { self.discounts.of(triples[at].1) } else { triples[at].1 };
                let left = range.clone().map(down).sum::<f32>() / total;
                costs[shape.of_backoff(pair)] = cost(left);
                for triple in shape.triples_of(pair) {
                    let w3 = shape.triples[triple];
                    if let Ok(at) = triples[range.clone()].binary_search_by_key(&w3, |t| t.0 as Word) {
                        let at = range.start + at;
                        costs[triple] = cost((triples[at].1 - down(at)) / total + left * pairs.p(w2, w3));
                    }
                }
            }
        }
        costs
    }
}

/// The n-grams of a model of a given size, and their costs; `class[w]` is the same for words that differ in their marks only.
pub(super) fn estimate(counts: &Counts, class: &[u32], size: Size) -> (Shape, Vec<f32>) {
    let words = counts.words.len();
    let triples = &counts.triples;
    let mut grams = Grams::of(counts);
    grams.hand_down();
    let members = members(class);

    // The triples worth their place.
    let (discounts, pairs) = (grams.discounts, &grams.pairs);
    let worth: Vec<f32> = grams
        .contexts
        .par_iter()
        .flat_map_iter(|context| {
            let followers = &triples[context.begin..context.end];
            let w2 = (followers[0].0 >> 16) as Word;
            let total: f32 = followers.iter().map(|t| t.1).sum();
            let left = followers.iter().map(|t| discounts.of(t.1)).sum::<f32>() / total;
            let known: Vec<(Word, f32)> =
                followers.iter().map(|t| (t.0 as Word, (t.1 - discounts.of(t.1)) / total)).collect();
            gains(&known, total, left, class, &members, size.plain, |w| pairs.p(w2, w))
        })
        .collect();
    grams.kept = largest(&worth, size.triples, |_| false);
    grams.hand_down();

    // The pairs worth theirs, and those that the kept triples hang on.
    let pairs = &mut grams.pairs;
    let mut needed = vec![false; pairs.keys.len()];
    for (&(key, _), _) in triples.iter().zip(&grams.kept).filter(|&(_, &kept)| kept) {
        for pair in [key >> 16, key] {
            if let Some(at) = pairs.find((pair >> 16) as Word, pair as Word) {
                needed[at] = true;
            }
        }
    }
    let worth: Vec<f32> = (0..words)
        .into_par_iter()
        .flat_map_iter(|w1| {
            let range = pairs.range(w1);
            let total: f32 = pairs.count[range.clone()].iter().sum();
            let known: Vec<(Word, f32)> = range.map(|at| (pairs.keys[at] as Word, pairs.own[at])).collect();
            gains(&known, total, pairs.left[w1], class, &members, size.plain, |w| pairs.unigram[w as usize])
        })
        .collect();
    pairs.kept = largest(&worth, size.pairs, |at| needed[at]);
    pairs.estimate(&counts.words);
    let shape = grams.shape();
    let costs = grams.costs(&shape);
    (shape, costs)
}

/// What a model's n-grams cost by other counts; infinite, if they are not among them.
pub(super) fn estimate_again(counts: &Counts, shape: &Shape) -> Vec<f32> {
    let mut grams = Grams::of(counts);
    let pair = |key: u32| shape.pair((key >> 16) as Word, key as Word);
    let is_kept = |key: u64| pair((key >> 16) as u32).is_some_and(|pair| shape.triple(pair, key as Word).is_some());
    grams.kept = counts.triples.par_iter().map(|&(key, _)| is_kept(key)).collect();
    grams.hand_down();
    grams.pairs.kept = grams.pairs.keys.par_iter().map(|&key| pair(key).is_some()).collect();
    grams.pairs.estimate(&counts.words);
    grams.costs(shape)
}

/// The words of each class.
pub(super) fn members(class: &[u32]) -> Vec<Vec<Word>> {
    let classes = class.iter().copied().max().map_or(0, |c| c as usize + 1);
    let mut members: Vec<Vec<Word>> = vec![Vec::new(); classes];
    for (word, &c) in class.iter().enumerate() {
        members[c as usize].push(word as Word);
    }
    members
}

/// What losing each of a context's followers would cost. `known` has each follower's own share of the probability,
/// `left` is what they leave for `lower`, the order below.
fn gains(
    known: &[(Word, f32)],
    total: f32,
    left: f32,
    class: &[u32],
    members: &[Vec<Word>],
    plain: f32,
    lower: impl Fn(Word) -> f32,
) -> Vec<f32> {
    // Followers by class, so that each class is worked out once.
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_unstable_by_key(|&i| (class[known[i].0 as usize], known[i].0));
    let mut gains = vec![0.0; known.len()];
    for group in order.chunk_by(|&a, &b| class[known[a].0 as usize] == class[known[b].0 as usize]) {
        let all = &members[class[known[group[0]].0 as usize] as usize];
        let lower_sum: f32 = all.iter().map(|&w| lower(w)).sum();
        let own_sum: f32 = group.iter().map(|&i| known[i].1).sum();
        let whole = own_sum + left * lower_sum;
        for &i in group {
            let (word, own) = known[i];
            let below = lower(word);
            let p = own + left * below;
            // Without this follower its share goes back to the order below.
            let left_without = left + own;
            let p_without = left_without * below;
            let whole_without = own_sum - own + left_without * lower_sum;
            let mut gain = plain * p * (p / p_without).ln();
            for &j in group {
                let q = known[j].1 + left * lower(known[j].0);
                let q_without = if i == j { p_without } else { known[j].1 + left_without * lower(known[j].0) };
                gain += q * ((q / whole) / (q_without / whole_without)).ln();
            }
            gains[i] = gain * total;
        }
    }
    gains
}

/// Marks the `n` largest; those that must stay stay beyond that number too.
fn largest(gains: &[f32], n: usize, must: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut sorted: Vec<f32> = gains.iter().enumerate().filter(|&(at, _)| !must(at)).map(|(_, &g)| g).collect();
    let room = n.saturating_sub(gains.len() - sorted.len());
    let bar = if room == 0 {
        f32::INFINITY
    } else if room >= sorted.len() {
        f32::NEG_INFINITY
    } else {
        *sorted.select_nth_unstable_by(room, |a, b| b.total_cmp(a)).1
    };
    gains.iter().enumerate().map(|(at, &g)| g > bar || must(at)).collect()
}

/// The cost of a probability.
fn cost(p: f32) -> f32 {
    (-p.max(1e-12).ln() * UNIT as f32).max(0.0)
}
