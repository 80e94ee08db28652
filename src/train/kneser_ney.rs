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
use crate::ngram::{BOUNDARY, FIRST_WORD, UNIT, Word};
use crate::packed::{BACKOFF_BITS, COST_BITS, Follower, Lists};
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
pub fn count(texts: &[(Vec<Word>, u32)], words: usize) -> Counts {
    let (mut triples, mut pairs) = (Vec::new(), Vec::new());
    let mut singles = vec![0.0; words];
    for (text, weight) in texts {
        let weight = u64::from((*weight).min(u32::from(u16::MAX)));
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

/// A context of triples: where they begin and end, and the two words.
struct Context {
    begin: usize,
    end: usize,
}

/// Estimates a model of a given size; `class[w]` is the same for words that differ in their marks only.
pub(crate) fn estimate(counts: &Counts, class: &[u32], size: Size) -> Lists {
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
    keys.extend(contexts.iter().map(|c| (triples[c.begin].0 >> 16) as u32));
    keys.par_sort_unstable();
    keys.dedup();
    let mut first = vec![0u32; words + 1];
    for key in &keys {
        first[(key >> 16) as usize + 1] += 1;
    }
    (0..words).for_each(|w| first[w + 1] += first[w]);
    let n = keys.len();
    let mut pairs = Pairs {
        keys,
        first,
        count: vec![0.0; n],
        own: vec![0.0; n],
        kept: vec![true; n],
        left: vec![1.0; words],
        unigram: Vec::new(),
        discounts: Discounts([0.0, 0.5, 0.8, 1.0]),
    };
    let hand_down = |pairs: &mut Pairs, kept: Option<&[bool]>| {
        pairs.count.fill(0.0);
        for &(key, c) in &counts.pairs {
            if let Some(at) = pairs.find((key >> 16) as Word, key as Word) {
                pairs.count[at] += c;
            }
        }
        for (at, &(key, c)) in triples.iter().enumerate() {
            let down = if kept.is_none_or(|k| k[at]) { discounts.of(c) } else { c };
            if let Some(at) = pairs.find((key >> 16) as Word, key as Word) {
                pairs.count[at] += down;
            }
        }
        pairs.discounts = Discounts::estimate(pairs.count.iter().copied().filter(|&c| c > 0.0));
        pairs.estimate(&counts.words);
    };
    hand_down(&mut pairs, None);

    // Words by class.
    let classes = class.iter().copied().max().map_or(0, |c| c as usize + 1);
    let mut members: Vec<Vec<Word>> = vec![Vec::new(); classes];
    for (word, &c) in class.iter().enumerate() {
        members[c as usize].push(word as Word);
    }

    // The triples worth their place.
    let worth: Vec<f32> = contexts
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
    let kept = largest(&worth, size.triples, |_| false);
    hand_down(&mut pairs, Some(&kept));

    // The pairs worth theirs, and those that the kept triples hang on.
    let mut needed = vec![false; n];
    for (at, &(key, _)) in triples.iter().enumerate().filter(|&(at, _)| kept[at]) {
        debug_assert!(kept[at]);
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
    quantise(triples, &contexts, &kept, discounts, &pairs)
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

/// A code book of 2^bits costs, by Lloyd's algorithm from evenly filled cells.
fn book(costs: &[f32], bits: u32) -> Vec<u16> {
    let mut sorted = costs.to_vec();
    sorted.par_sort_unstable_by(f32::total_cmp);
    let n = 1usize << bits;
    if sorted.is_empty() {
        return vec![0; n];
    }
    let mut centres: Vec<f32> = (0..n).map(|i| sorted[(2 * i + 1) * sorted.len() / (2 * n)]).collect();
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(sorted.iter().scan(0.0, |sum, &c| {
            *sum += f64::from(c);
            Some(*sum)
        }))
        .collect();
    for _ in 0..30 {
        let mut begin = 0;
        for i in 0..n {
            let end = match centres.get(i + 1) {
                Some(next) => sorted.partition_point(|&c| c < (centres[i] + next) / 2.0).max(begin),
                None => sorted.len(),
            };
            if end > begin {
                centres[i] = ((sums[end] - sums[begin]) / (end - begin) as f64) as f32;
            }
            begin = end;
        }
    }
    centres.iter().map(|c| c.round().clamp(0.0, 65_535.0) as u16).collect()
}

/// The nearest entry of a sorted code book.
fn nearest(book: &[u16], cost: f32) -> u8 {
    let above = book.partition_point(|&c| f32::from(c) < cost).min(book.len() - 1);
    let below = above.saturating_sub(1);
    if cost - f32::from(book[below]) <= f32::from(book[above]) - cost { below as u8 } else { above as u8 }
}

fn quantise(triples: &[(u64, f32)], contexts: &[Context], kept: &[bool], discounts: Discounts, pairs: &Pairs) -> Lists {
    let words = pairs.unigram.len();
    let mut m = Lists::default();
    let clamp = |c: f32| c.round().clamp(0.0, 65_535.0) as u16;
    m.books.words = (0..words).map(|w| (clamp(cost(pairs.unigram[w])), clamp(cost(pairs.left[w])))).collect();
    let (mut pair_words, mut triple_words) = (Vec::new(), Vec::new());
    let (mut pair_costs, mut triple_costs, mut backoffs) = (Vec::new(), Vec::new(), Vec::new());
    let mut contexts = contexts.iter().peekable();
    for w1 in 0..words {
        m.first_pair.push(pair_words.len() as u32);
        for at in pairs.range(w1) {
            if !pairs.kept[at] {
                continue;
            }
            let key = pairs.keys[at];
            let w2 = key as Word;
            m.first_triple.push(triple_words.len() as u32);
            pair_words.push(w2);
            pair_costs.push(cost(pairs.p(w1 as Word, w2)));
            let context_key = |c: &Context| (triples[c.begin].0 >> 16) as u32;
            while contexts.next_if(|c| context_key(c) < key).is_some() {}
            let Some(context) = contexts.next_if(|c| context_key(c) == key) else {
                backoffs.push(0.0);
                continue;
            };
            let range = context.begin..context.end;
            let total: f32 = triples[range.clone()].iter().map(|t| t.1).sum();
            let down = |at: usize| if kept[at] { discounts.of(triples[at].1) } else { triples[at].1 };
            let left = range.clone().map(down).sum::<f32>() / total;
            backoffs.push(cost(left));
            for at in range.filter(|&at| kept[at]) {
                let w3 = triples[at].0 as Word;
                triple_words.push(w3);
                triple_costs.push(cost((triples[at].1 - down(at)) / total + left * pairs.p(w2, w3)));
            }
        }
    }
    m.first_pair.push(pair_words.len() as u32);
    m.first_triple.push(triple_words.len() as u32);
    m.books.pairs = book(&pair_costs, COST_BITS);
    m.books.triples = book(&triple_costs, COST_BITS);
    let weights: Vec<f32> = backoffs.iter().copied().filter(|&b| b > 0.0).collect();
    m.books.backoffs = book(&weights, BACKOFF_BITS);
    m.triples =
        triple_words.iter().zip(&triple_costs).map(|(&word, &cost)| (word, nearest(&m.books.triples, cost))).collect();
    m.pairs = (0..pair_words.len())
        .map(|at| {
            let leads_on = m.first_triple[at] < m.first_triple[at + 1];
            let backoff = if leads_on { nearest(&m.books.backoffs, backoffs[at]) } else { 0 };
            Follower::new(pair_words[at], nearest(&m.books.pairs, pair_costs[at]), backoff, leads_on)
        })
        .collect();
    debug_assert!(words >= FIRST_WORD as usize);
    m
}
