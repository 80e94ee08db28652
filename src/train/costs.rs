//! The n-grams that a model keeps, and their costs before they are quantised.

use crate::ngram::Word;
use crate::packed::{BACKOFF_BITS, COST_BITS, Follower, Lists};
use rayon::prelude::*;
use std::ops::Range;

/// Which n-grams there are, as flat sorted lists. What they cost is a list of numbers beside it: those of the triples, of the pairs, of
/// backing off from pairs, of the words, and of backing off from words.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// By word, and one more: where its successors begin.
    pub first_pair: Vec<u32>,
    pub pairs: Vec<Word>,
    /// By pair, and one more: where its successors begin.
    pub first_triple: Vec<u32>,
    pub triples: Vec<Word>,
}

impl Shape {
    fn words(&self) -> usize {
        self.first_pair.len() - 1
    }

    /// How many numbers there are.
    pub fn numbers(&self) -> usize {
        self.triples.len() + 2 * (self.pairs.len() + self.words())
    }

    pub fn triples_of(&self, pair: usize) -> Range<usize> {
        self.first_triple[pair] as usize..self.first_triple[pair + 1] as usize
    }

    pub fn pairs_of(&self, word: usize) -> Range<usize> {
        self.first_pair[word] as usize..self.first_pair[word + 1] as usize
    }

    pub fn pair(&self, first: Word, second: Word) -> Option<usize> {
        let range = self.pairs_of(first.into());
        self.pairs[range.clone()].binary_search(&second).ok().map(|at| range.start + at)
    }

    /// The triple of a pair and a word, which is also the number of its cost.
    pub fn triple(&self, pair: usize, word: Word) -> Option<usize> {
        let range = self.triples_of(pair);
        self.triples[range.clone()].binary_search(&word).ok().map(|at| range.start + at)
    }

    /// The number of a pair's cost.
    pub fn of_pair(&self, pair: usize) -> usize {
        self.triples.len() + pair
    }

    /// The number of what backing off from a pair costs.
    pub fn of_backoff(&self, pair: usize) -> usize {
        self.of_pair(self.pairs.len()) + pair
    }

    /// The number of what a word costs alone.
    pub fn of_word(&self, word: Word) -> usize {
        self.of_backoff(self.pairs.len()) + usize::from(word)
    }

    /// The number of what backing off from a word costs.
    pub fn of_last(&self, word: Word) -> usize {
        self.of_word(word) + self.words()
    }

    /// Those whose costs have an end, and these.
    pub fn known(&self, costs: &[f32]) -> (Shape, Vec<f32>) {
        let mut known = Shape { first_pair: vec![0], first_triple: vec![0], ..Shape::default() };
        let (mut triples, mut pairs, mut backoffs) = (Vec::new(), Vec::new(), Vec::new());
        let is_known = |number: &usize| costs[*number] < f32::INFINITY;
        for word in 0..self.words() {
            for pair in self.pairs_of(word).filter(|&pair| is_known(&self.of_pair(pair))) {
                known.pairs.push(self.pairs[pair]);
                pairs.push(costs[self.of_pair(pair)]);
                backoffs.push(Some(self.of_backoff(pair)).filter(is_known).map_or(0.0, |number| costs[number]));
                for triple in self.triples_of(pair).filter(is_known) {
                    known.triples.push(self.triples[triple]);
                    triples.push(costs[triple]);
                }
                known.first_triple.push(known.triples.len() as u32);
            }
            known.first_pair.push(known.pairs.len() as u32);
        }
        (known, [&triples[..], &pairs, &backoffs, &costs[self.of_word(0)..]].concat())
    }

    /// The model's lists, with costs as they are written down.
    pub fn quantise(self, costs: &[f32]) -> Lists {
        let (triples, rest) = costs.split_at(self.triples.len());
        let (pairs, rest) = rest.split_at(self.pairs.len());
        let (backoffs, rest) = rest.split_at(self.pairs.len());
        let (words, lasts) = rest.split_at(self.words());
        let mut m = Lists::default();
        let whole = |cost: f32| cost.round().clamp(0.0, 65_535.0) as u16;
        m.books.words = words.iter().zip(lasts).map(|(&cost, &backoff)| (whole(cost), whole(backoff))).collect();
        m.books.pairs = book(pairs, COST_BITS);
        m.books.triples = book(triples, COST_BITS);
        let weights: Vec<f32> = backoffs.iter().copied().filter(|&b| b > 0.0).collect();
        m.books.backoffs = book(&weights, BACKOFF_BITS);
        m.triples =
            self.triples.iter().zip(triples).map(|(&word, &cost)| (word, nearest(&m.books.triples, cost))).collect();
        m.pairs = (0..self.pairs.len())
            .map(|at| {
                let leads_on = !self.triples_of(at).is_empty();
                let backoff = if leads_on { nearest(&m.books.backoffs, backoffs[at]) } else { 0 };
                Follower::new(self.pairs[at], nearest(&m.books.pairs, pairs[at]), backoff, leads_on)
            })
            .collect();
        (m.first_pair, m.first_triple) = (self.first_pair, self.first_triple);
        m
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_without_end_is_not_known() {
        const NONE: f32 = f32::INFINITY;
        // After word 0 words 1 and 2, after 1 word 2; after the first pair 2 and 0, after the last 1.
        let shape = Shape {
            first_pair: vec![0, 2, 3, 3],
            pairs: vec![1, 2, 2],
            first_triple: vec![0, 2, 2, 3],
            triples: vec![2, 0, 1],
        };
        let costs = |triples: [f32; 3], pairs: [f32; 3], backoffs: [f32; 3]| {
            [&triples[..], &pairs, &backoffs, &[10.0, 11.0, 12.0], &[20.0, 21.0, 22.0]].concat()
        };
        let all = costs([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 0.0, 8.0]);
        let (same, kept) = shape.known(&all);
        assert_eq!((same.pairs, same.first_triple, same.triples), (vec![1, 2, 2], vec![0, 2, 2, 3], vec![2, 0, 1]));
        assert_eq!(kept, all);
        let (known, kept) = shape.known(&costs([NONE, 2.0, NONE], [4.0, 5.0, NONE], [7.0, NONE, NONE]));
        assert_eq!((known.first_pair, known.pairs), (vec![0, 2, 2, 2], vec![1, 2]));
        assert_eq!((known.first_triple, known.triples), (vec![0, 1, 1], vec![0]));
        assert_eq!(kept, [2.0, 4.0, 5.0, 7.0, 0.0, 10.0, 11.0, 12.0, 20.0, 21.0, 22.0]);
    }
}
