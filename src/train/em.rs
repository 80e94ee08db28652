//! Learning the channel from aligned lines.
//!
//! Words are paired within each line by a cheapest alignment; within each pair the letters meant (one or two at a
//! time) are matched with the characters seen (none to three) by expectation–maximisation over all ways to cut both
//! (the joint multigram model: Bisani & Ney 2008). A rule's probability is its expected count over the number of
//! times that its letters occur, so that all rules from a place share its whole mass.

use crate::channel::{Entry, LONGEST, Meant};
use crate::error::Error;
use crate::segment::{self, Kind};
use crate::text::letter::{self, CAPITAL};
use crate::text::placement;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A word as meant, in letter codes with capitals, and as seen.
pub type Pair = (Vec<u8>, Vec<char>);

/// What is learnt from aligned lines.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Word pairs with their weights; sorted, so that sums come out the same each time.
    pub words: BTreeMap<Pair, f64>,
    /// Words met, words of these cut in two, and pairs of words glued together.
    pub met: f64,
    /// Words seen in two parts.
    pub split: f64,
    /// Words seen glued to the next one.
    pub glued: f64,
    /// Whether quotes at the edges of words may be their letters' marks, even of words that have nothing else but letters.
    pub quoted: bool,
}

impl Pairs {
    /// Adds the lines of a table with a heading: its columns `gold` (or `reference`) and `ocr` are used, each line as often as
    /// its `count` says, and lines of a `similarity` below 0.8 are not. Words that are not among `known` are left out.
    ///
    /// # Errors
    /// [`Error::Training`] if a column is missing.
    pub fn add_table(&mut self, table: &str, weight: f64, known: &HashSet<Vec<u8>>) -> Result<(), Error> {
        let mut lines = table.lines();
        let heading: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let column = |names: &[&str]| heading.iter().position(|h| names.contains(h));
        let (Some(gold), Some(ocr)) = (column(&["gold", "reference"]), column(&["ocr"])) else {
            return Err(Error::Training(
                "a table of pairs needs a heading with the columns gold (or reference) and ocr".into(),
            ));
        };
        let (similarity, count) = (column(&["similarity"]), column(&["count"]));
        for line in lines {
            let cells: Vec<&str> = line.split('\t').collect();
            let number = |column: Option<usize>| column.and_then(|c| cells.get(c)?.parse::<f64>().ok()).unwrap_or(1.0);
            let (sure, weight) = (number(similarity) >= 0.8, weight * number(count).clamp(0.0, 1e6));
            if let (Some(gold), Some(ocr), true) = (cells.get(gold), cells.get(ocr), sure) {
                self.add_line(gold, ocr, weight, known);
            }
        }
        Ok(())
    }

    fn add_line(&mut self, gold: &str, ocr: &str, weight: f64, known: &HashSet<Vec<u8>>) {
        let gold: Vec<&str> = gold.split_whitespace().collect();
        let ocr: Vec<&str> = ocr.split_whitespace().collect();
        for (meant, seen) in align(&gold, &ocr) {
            self.met += weight * meant.len() as f64;
            match (meant.len(), seen.len()) {
                (1, 1) => self.add_word(meant[0], seen[0], weight, known),
                (1, 2) => self.split += weight,
                (2, 1) => self.glued += weight,
                _ => {}
            }
        }
    }

    fn add_word(&mut self, gold: &str, ocr: &str, weight: f64, known: &HashSet<Vec<u8>>) {
        let (mut meant, mut seen) = (Vec::new(), Vec::new());
        segment::segment_line(gold, 0, &mut meant);
        segment::segment_line(ocr, 0, &mut seen);
        if meant.len() != seen.len() {
            return;
        }
        for (m, s) in meant.iter().zip(&seen) {
            let Some(codes) = letter::spell(m.span.of(gold)).filter(|_| m.kind == Kind::Word) else { continue };
            let small: Vec<u8> = codes.iter().map(|c| c & !CAPITAL).collect();
            let canonical = placement::canonical(&small).unwrap_or(small);
            if !known.contains(&canonical) {
                continue;
            }
            // Quotes at the edges are damage only where the gold has none.
            let bare = m.wide == m.span && (self.quoted || s.kind != Kind::Word);
            let seen: Vec<char> = if bare { s.wide } else { s.span }.of(ocr).chars().collect();
            if similar(&codes, &seen) {
                *self.words.entry((codes, seen)).or_default() += weight;
            }
        }
    }
}

/// Letters without marks, and symbols for the letters they look like, to compare by.
fn look(c: char) -> char {
    match letter::code(c) {
        Some(code) => letter::char_of(letter::plain(code & !CAPITAL)),
        None => match c {
            '0' | '6' | '8' | '9' => 'o',
            '1' | '|' | '!' | 'ì' => 'l',
            '¢' | '€' | '&' | 'ë' => 'e',
            '@' | 'ä' | 'å' => 'a',
            'ö' => 'o',
            'ü' => 'u',
            '$' | '§' | '5' => 's',
            c => c,
        },
    }
}

fn similar(meant: &[u8], seen: &[char]) -> bool {
    let meant: Vec<char> = meant.iter().map(|&c| look(letter::char_of(c))).collect();
    let seen: Vec<char> = seen.iter().map(|&c| look(c)).collect();
    distance(&meant, &seen) * 3 <= meant.len().max(seen.len()) * 2
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (corner + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// Pairs the words of two lines: one with one, one with two, two with one, or one with none.
fn align<'a, 'b>(gold: &'a [&'a str], ocr: &'b [&'b str]) -> Vec<(&'a [&'a str], &'b [&'b str])> {
    let looks = |words: &[&str]| -> Vec<Vec<char>> { words.iter().map(|w| w.chars().map(look).collect()).collect() };
    let (a, b) = (looks(gold), looks(ocr));
    let part = |x: &[char], y: &[char]| distance(x, y) as f64 / x.len().max(y.len()).max(1) as f64;
    let mut best = vec![vec![(f64::INFINITY, 0, 0); b.len() + 1]; a.len() + 1];
    best[0][0].0 = 0.0;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let here = best[i][j].0;
            if !here.is_finite() {
                continue;
            }
            for (di, dj) in [(1, 1), (1, 0), (0, 1), (1, 2), (2, 1)] {
                if i + di > a.len() || j + dj > b.len() {
                    continue;
                }
                let cost = match (di, dj) {
                    (1, 1) => part(&a[i], &b[j]),
                    (1, 2) => part(&a[i], &b[j..j + 2].concat()) + 0.4,
                    (2, 1) => part(&a[i..i + 2].concat(), &b[j]) + 0.4,
                    _ => 0.7,
                };
                let there = &mut best[i + di][j + dj];
                if here + cost < there.0 {
                    *there = (here + cost, di, dj);
                }
            }
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    let mut out = Vec::new();
    while (i, j) != (0, 0) {
        let (_, di, dj) = best[i][j];
        out.push((&gold[i - di..i], &ocr[j - dj..j]));
        (i, j) = (i - di, j - dj);
    }
    out.reverse();
    out
}

type Rules = HashMap<(Meant, [char; LONGEST]), f64>;

fn seen_key(seen: &[char]) -> [char; LONGEST] {
    std::array::from_fn(|at| seen.get(at).copied().unwrap_or('\0'))
}

fn units(meant: &[u8], at: usize) -> impl Iterator<Item = (usize, Meant)> + '_ {
    let one = meant.get(at).map(|&c| (1, [c, 0]));
    let two = meant.get(at + 1).map(|&c| (2, [meant[at], c]));
    one.into_iter().chain(two)
}

/// What a rule is thought to be worth before anything is known: letters are likely seen as themselves or as what
/// they look like, and one at a time.
fn prior(meant: Meant, seen: &[char]) -> f64 {
    let alike = |c: u8, s: char| {
        if letter::char_of(c) == s {
            0.5
        } else if look(letter::char_of(c)) == look(s) {
            0.3
        } else {
            0.01
        }
    };
    match (meant[1], seen) {
        (0, []) => 0.003,
        (0, [s]) => alike(meant[0], *s),
        (0, [s, t]) => 0.01 * (alike(meant[0], *s) + alike(meant[0], *t)),
        (0, _) => 0.0005,
        (_, []) => 0.0,
        (second, [s]) => 0.004 * (alike(meant[0], *s) + alike(second, *s)),
        (second, [s, t]) => 0.02 * alike(meant[0], *s) * alike(second, *t),
        (_, _) => 0.0002,
    }
}

/// Learns the rules of one profile.
pub fn learn(pairs: &Pairs, rounds: usize) -> Vec<Entry<'static>> {
    // Frequent words count for less than their number: what damage does to `số` is known after a hundred of them.
    let words: Vec<(&Pair, f64)> = pairs.words.iter().map(|(p, &w)| (p, w.powf(0.8))).collect();
    let mut occurs: HashMap<Meant, f64> = HashMap::new();
    for ((meant, _), weight) in &words {
        for at in 0..meant.len() {
            units(meant, at).for_each(|(_, unit)| *occurs.entry(unit).or_default() += weight);
        }
    }
    let mut rules: Option<Rules> = None;
    for round in 0..rounds {
        // Blocks of a fixed size, added up in order: the sums do not depend on the number of threads.
        let parts: Vec<Rules> = words.par_chunks(4096).map(|block| expect(block, rules.as_ref())).collect();
        let mut counts: BTreeMap<(Meant, [char; LONGEST]), f64> = BTreeMap::new();
        for part in parts {
            let mut part: Vec<_> = part.into_iter().collect();
            part.sort_unstable_by_key(|p| p.0);
            for (rule, count) in part {
                *counts.entry(rule).or_default() += count;
            }
        }
        // Longer rules must earn their keep: a discount lets chance ones die out.
        let last = round + 1 == rounds;
        rules = Some(
            counts
                .into_iter()
                .filter_map(|((meant, seen), count)| {
                    let toll = match (meant[1] != 0, round) {
                        (_, 0) => 0.0,
                        (true, _) => 1.0,
                        (false, _) => 0.05,
                    };
                    let left = count - toll;
                    let floor = if last { 0.1 } else { 0.01 };
                    // A few more occurrences than there were: what was seen once is not always so.
                    let shrink = if meant[1] != 0 { 8.0 } else { 2.0 };
                    (left > floor).then(|| ((meant, seen), left / (occurs[&meant] + shrink)))
                })
                .collect(),
        );
    }
    let mut rules = rules.unwrap_or_default();
    smooth(&mut rules, &occurs);
    thin(&mut rules);
    // A profile tells 254 characters apart: the commonest.
    let mut common: HashMap<char, f64> = HashMap::new();
    // In order, so that the sums are the same each time.
    let mut ordered: Vec<_> = rules.iter().collect();
    ordered.sort_unstable_by_key(|rule| rule.0);
    for (&(meant, seen), p) in ordered {
        let weight = p * occurs.get(&meant).copied().unwrap_or(0.0);
        seen.into_iter().for_each(|c| *common.entry(c).or_default() += weight);
    }
    let mut common: Vec<(char, f64)> = common.into_iter().collect();
    common.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let common: HashSet<char> = common.into_iter().take(240).map(|(c, _)| c).collect();
    let mut entries: Vec<Entry> = rules
        .into_iter()
        .filter(|((_, seen), _)| seen.iter().all(|c| common.contains(c)))
        .map(|((meant, seen), p)| Entry {
            meant,
            seen: seen.into_iter().filter(|&c| c != '\0').collect::<String>().into(),
            cost: (-p.min(1.0).ln() * 16.0).round().min(255.0) as u8,
        })
        .collect();
    entries.sort_unstable_by(|a, b| (&a.seen, a.cost, a.meant).cmp(&(&b.seen, b.cost, b.meant)));
    entries
}

/// Lends letters of one kind, `ọ ộ ợ ó` and so on, some of each other's rules, for a letter's marks are seen badly in
/// much the same ways; and makes sure that a letter may be seen as itself and without its marks.
fn smooth(rules: &mut Rules, occurs: &HashMap<Meant, f64>) {
    const LENT: f64 = 0.03;
    const LEAST: f64 = 1e-4;
    const ANY_DIGIT: f64 = 0.3;
    let kind = |code: u8| letter::plain(code & !CAPITAL) | (code & CAPITAL);
    let n = |code: u8| occurs.get(&[code, 0]).copied().unwrap_or(0.0);
    let codes = || (1..=letter::LETTERS as u8).flat_map(|small| [small, small | CAPITAL]);
    let mut kinds: BTreeMap<(u8, [char; LONGEST]), f64> = BTreeMap::new();
    let mut alone: Vec<_> = rules.iter().filter(|(rule, _)| rule.0[1] == 0).map(|(&rule, &p)| (rule, p)).collect();
    alone.sort_unstable_by_key(|rule| rule.0);
    for ((meant, seen), p) in alone {
        *kinds.entry((kind(meant[0]), seen)).or_default() += p * n(meant[0]);
    }
    let totals: HashMap<u8, f64> = codes().fold(HashMap::new(), |mut totals, code| {
        *totals.entry(kind(code)).or_default() += n(code);
        totals
    });
    for (&(of, seen), count) in &kinds {
        let lent = LENT * count / totals[&of].max(1.0);
        for code in codes().filter(|&c| kind(c) == of) {
            let own = rules.get(&([code, 0], seen)).copied().unwrap_or(0.0);
            if own > 0.0 || lent > LEAST {
                rules.insert(([code, 0], seen), own * (1.0 - LENT) + lent);
            }
        }
    }
    // A letter that is seen as one digit may be seen as any.
    for code in codes() {
        let digits = ('0'..='9').map(|d| seen_key(&[d]));
        let all: f64 = digits.clone().filter_map(|seen| rules.get(&([code, 0], seen))).sum();
        for seen in digits {
            let own = rules.get(&([code, 0], seen)).copied().unwrap_or(0.0);
            let p = own * (1.0 - ANY_DIGIT) + ANY_DIGIT * all / 10.0;
            if p > LEAST {
                rules.insert(([code, 0], seen), p);
            }
        }
    }
    for code in codes() {
        for seen in [code, kind(code)] {
            let p = rules.entry(([code, 0], seen_key(&[letter::char_of(seen)]))).or_default();
            *p = (*p * n(code) + 0.5) / (n(code) + 0.5);
        }
    }
}

/// Drops pairs of letters that tell hardly more than their letters do alone.
fn thin(rules: &mut Rules) {
    const WORTH: f64 = 1.6;
    let alone: Rules = rules.iter().filter(|(rule, _)| rule.0[1] == 0).map(|(&rule, &p)| (rule, p)).collect();
    let p = |letter: u8, seen: &[char]| alone.get(&([letter, 0], seen_key(seen))).copied().unwrap_or(0.0);
    rules.retain(|&([first, second], seen), own| {
        let length = seen.iter().take_while(|&&c| c != '\0').count();
        let apart = (0..=length).map(|cut| p(first, &seen[..cut]) * p(second, &seen[cut..length]));
        second == 0 || *own > WORTH * apart.fold(0.0, f64::max)
    });
}

/// Expected counts of the rules over some pairs.
fn expect(block: &[(&Pair, f64)], rules: Option<&Rules>) -> Rules {
    let mut counts = Rules::new();
    let p = |unit: Meant, seen: &[char]| match rules {
        None => prior(unit, seen),
        Some(rules) => rules.get(&(unit, seen_key(seen))).copied().unwrap_or(0.0),
    };
    for ((meant, seen), weight) in block {
        let (n, m) = (meant.len(), seen.len());
        if n > 24 || m > 40 {
            continue;
        }
        let at = |i: usize, j: usize| i * (m + 1) + j;
        let mut arcs = Vec::new();
        let mut forward = vec![0.0; (n + 1) * (m + 1)];
        forward[0] = 1.0;
        for i in 0..n {
            for j in 0..=m {
                if forward[at(i, j)] == 0.0 {
                    continue;
                }
                for (length, unit) in units(meant, i) {
                    for k in 0..=LONGEST.min(m - j) {
                        let p = p(unit, &seen[j..j + k]);
                        if p > 0.0 {
                            forward[at(i + length, j + k)] += forward[at(i, j)] * p;
                            arcs.push((i, j, length, k, unit, p));
                        }
                    }
                }
            }
        }
        let total = forward[at(n, m)];
        if total <= 1e-280 {
            continue;
        }
        let mut backward = vec![0.0; (n + 1) * (m + 1)];
        backward[at(n, m)] = 1.0;
        for &(i, j, length, k, unit, p) in arcs.iter().rev() {
            let onward = p * backward[at(i + length, j + k)];
            backward[at(i, j)] += onward;
            let expected = forward[at(i, j)] * onward / total;
            if expected > 1e-6 {
                *counts.entry((unit, seen_key(&seen[j..j + k]))).or_default() += expected * weight;
            }
        }
    }
    counts
}
