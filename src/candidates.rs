//! Candidates: the lexicon searched through the channel.
//!
//! Best-first search over pairs of a trie node (the letters meant so far) and a place in the seen characters. What
//! the characters ahead cost at least, whatever the lexicon, guides it (A*), so that few nodes are touched.

use crate::channel::{LONGEST, NEVER, Profile, Rules};
use crate::lexicon::{Leaf, Lexicon, Node};
use crate::ngram::UNIT;
use crate::text::case::Case;

/// A word, or two glued ones, that may have been meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The word, or the first of two.
    pub word: Leaf,
    /// The second, if the space between them was lost.
    pub second: Option<Leaf>,
    /// What such damage costs, in units of the language model.
    pub cost: i32,
}

/// How far the search goes, in [`UNIT`]s.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How much dearer than the cheapest a candidate may be.
    pub beyond_best: i32,
    /// The most candidates to come back with.
    pub most: usize,
    /// What a candidate may cost at most, its own rarity aside.
    pub bar: i32,
    /// What a lost space costs.
    pub glued: i32,
    /// Whether doubtful words are searched a second time, for ways that no rule allows.
    pub anything: bool,
    /// How many places each search may look at, [`MOST_STEPS`] at most.
    pub steps: usize,
}

/// A letter seen as anything, for no rule allows it.
pub const SUBSTITUTED: i32 = 9 * UNIT;
/// A letter lost, for no rule allows it.
pub const LOST: i32 = 9 * UNIT;
/// A character that stands for no letter.
pub const ADDED: i32 = 7 * UNIT;
/// Above this many units a character even the cheapest candidate is doubtful, and dearer ways are tried.
const DOUBTFUL: i32 = 2 * UNIT;
/// What the first of two glued words may cost at most, where there are likely words as it is.
const GLUED_AFTER: i32 = 2 * UNIT;
/// Longer words are not searched for.
const LONGEST_WORD: usize = 24;
/// Places a search may look at, in all.
pub const MOST_STEPS: usize = 1_000;
/// The same of a search in haste.
pub const FEW_STEPS: usize = 150;
/// Places it may see ahead; none that a model of real damage leads to sees nearly so many.
const MOST_PLACES: usize = 1 << 17;

/// After so many steps it is seen what the steps that are left can reach.
const LOOK: usize = 64;

/// Width of a bucket of the queue, and how many there are.
const BUCKET: u32 = 4;
const BUCKETS: usize = 640;

#[derive(Debug, Clone, Copy)]
struct Place {
    node: Node,
    at: u8,
    cost: i32,
    /// The first word, once a second is begun.
    first: Option<Leaf>,
    /// Whether only what no rule allows is left to be tried here.
    late: bool,
}

/// Places by what a way through them costs at least, in buckets; of each the last comes out first.
struct Queue {
    /// Each with the one below it.
    places: Vec<(Place, u32)>,
    tops: [u32; BUCKETS],
}

/// Where a bucket ends.
const BOTTOM: u32 = u32::MAX;

impl Default for Queue {
    fn default() -> Self {
        Queue { places: Vec::new(), tops: [BOTTOM; BUCKETS] }
    }
}

impl Queue {
    fn clear(&mut self) {
        self.places.clear();
        self.tops.fill(BOTTOM);
    }

    /// Adds a place that costs so much beyond the cheapest; what is too dear for the last bucket is dropped.
    #[inline]
    fn push(&mut self, place: Place, beyond: i32) {
        if let Some(top) = self.tops.get_mut((beyond as u32 / BUCKET) as usize) {
            self.places.push((place, *top));
            *top = self.places.len() as u32 - 1;
        }
    }

    #[inline]
    fn pop(&mut self, bucket: usize) -> Option<Place> {
        let &(place, below) = self.places.get(self.tops[bucket] as usize)?;
        self.tops[bucket] = below;
        Some(place)
    }

    /// What a place may cost beyond the cheapest to be among so many that come next, from a bucket on.
    fn reach(&self, bucket: usize, most: usize) -> i32 {
        let mut left = most;
        let last = self.tops[bucket..].iter().position(|&top| {
            let mut at = top;
            while let Some(&(_, below)) = self.places.get(at as usize).filter(|_| left > 0) {
                (at, left) = (below, left - 1);
            }
            left == 0
        });
        last.map_or(i32::MAX, |last| (bucket + last + 1) as i32 * BUCKET as i32 - 1)
    }
}

/// What a search needs, to be used again.
#[derive(Default)]
pub struct Searcher {
    codes: Vec<u8>,
    /// By place in the seen characters: the least that the rest can cost.
    ahead: Vec<i32>,
    /// By place: the letters that rules begin with there, but for a word's beginning.
    reach: Vec<u128>,
    queue: Queue,
    seen: Visited,
    found: Vec<(i32, Candidate)>,
    out: Vec<Candidate>,
    /// Whether the last search had no steps left.
    in_vain: bool,
}

/// A set of places that is emptied at no cost.
struct Visited {
    slots: Vec<u64>,
    round: u64,
}

impl Default for Visited {
    fn default() -> Self {
        Visited { slots: vec![0; 2 * MOST_STEPS.next_power_of_two()], round: 0 }
    }
}

impl Visited {
    fn clear(&mut self) {
        self.round += 1;
        if self.round == 1 << 24 {
            self.slots.fill(0);
            self.round = 1;
        }
    }

    /// Whether the place is new.
    fn insert(&mut self, place: &Place) -> bool {
        let first = place.first.map_or(0, |leaf| u64::from(leaf.word));
        let key = u64::from(place.node) ^ u64::from(place.at) << 32 ^ first.wrapping_mul(0x5851_F42D);
        let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // Forty bits of the mixed key tell places apart: a collision would lose one way among thousands.
        let entry = self.round << 40 | mixed >> 24;
        let mask = self.slots.len() - 1;
        let mut slot = (mixed >> 40) as usize & mask;
        while self.slots[slot] >> 40 == self.round {
            if self.slots[slot] == entry {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = entry;
        true
    }
}

/// The rules that apply at a place: of letters alone and in pairs, small, or as a word's case asks.
pub fn rules(profile: &Profile, seen: u32, case: Case, begins: bool) -> Rules<'_> {
    let [none, first, all] = profile.rules(seen);
    match (case, begins) {
        (Case::Upper, _) => all,
        (Case::Title, true) => first,
        _ => none,
    }
}

impl Searcher {
    /// The words that may have been meant by `seen`, cheapest first, if it is cased so.
    pub fn search(
        &mut self,
        lexicon: &Lexicon,
        profile: &Profile,
        seen: &str,
        case: Case,
        limits: Limits,
    ) -> &[Candidate] {
        self.found.clear();
        self.out.clear();
        self.in_vain = false;
        self.codes.clear();
        self.codes.extend(seen.chars().map(|c| profile.code(c)));
        let length = self.codes.len();
        if length == 0 || length > LONGEST_WORD {
            return &self.out;
        }
        let mut table: Table<'_> = [[[Rules::default(); 2]; LONGEST + 1]; LONGEST_WORD + 1];
        self.look_up(profile, case, &mut table);
        self.look_around(&table);
        self.look_ahead(&table, false);
        if self.ahead[0] < i32::MAX / 2 {
            self.run(lexicon, &table, limits, false);
        }
        let best = self.found.iter().map(|c| c.1.cost).min().unwrap_or(i32::MAX);
        if limits.anything && best > DOUBTFUL * (length as i32).max(3) {
            self.look_ahead(&table, true);
            self.run(lexicon, &table, limits, true);
        }
        self.found.sort_unstable_by_key(|(total, c)| (*total, c.word.word, c.word.variant, c.second.map(|s| s.word)));
        let bar = self.found.first().map_or(0, |c| c.0 + limits.beyond_best);
        for (total, candidate) in &self.found {
            let words = |c: &Candidate| (c.word.word, c.second.map(|s| s.word));
            if *total > bar || self.out.len() == limits.most {
                break;
            }
            if !self.out.iter().any(|c| words(c) == words(candidate)) {
                self.out.push(*candidate);
            }
        }
        &self.out
    }

    /// Whether the last search, or its second run, had no steps left.
    pub fn was_in_vain(&self) -> bool {
        self.in_vain
    }

    /// Adds what it costs that each of some words was seen so, by rules alone; `None` if no rules allow it.
    pub fn prices<'w>(
        &mut self,
        profile: &Profile,
        seen: &str,
        case: Case,
        words: impl Iterator<Item = &'w [u8]>,
        out: &mut Vec<Option<i32>>,
    ) {
        self.codes.clear();
        self.codes.extend(seen.chars().map(|c| profile.code(c)));
        if self.codes.len() > LONGEST_WORD {
            return out.extend(words.map(|_| None));
        }
        let mut table: Table<'_> = [[[Rules::default(); 2]; LONGEST + 1]; LONGEST_WORD + 1];
        self.look_up(profile, case, &mut table);
        out.extend(words.map(|word| self.price(&table, word)));
    }

    fn price(&mut self, table: &Table<'_>, word: &[u8]) -> Option<i32> {
        let width = self.codes.len() + 1;
        // By letters meant and characters seen so far: the least cost.
        let costs = &mut self.ahead;
        costs.clear();
        costs.resize((word.len() + 2) * width, i32::MAX);
        costs[0] = 0;
        for (i, &letter) in word.iter().enumerate() {
            for j in 0..width {
                let here = costs[i * width + j];
                if here == i32::MAX {
                    continue;
                }
                for (k, rules) in table[j].iter().enumerate().take(width - j) {
                    let rules = &rules[usize::from(i > 0)];
                    if rules.least == NEVER {
                        continue;
                    }
                    let mut reach = |letters: usize, cost: u16| {
                        let there = &mut costs[(i + letters) * width + j + k];
                        *there = (*there).min(here + i32::from(cost));
                    };
                    if rules.alone[letter as usize] != NEVER {
                        reach(1, rules.alone[letter as usize]);
                    }
                    let second = word.get(i + 1);
                    if let Some(&(cost, _)) = rules.pairs(letter).iter().find(|pair| Some(&pair.1) == second) {
                        reach(2, cost);
                    }
                }
            }
        }
        Some(costs[word.len() * width + width - 1]).filter(|&cost| cost < i32::MAX)
    }

    /// Fills in the rules for what is seen at each place.
    fn look_up<'p>(&self, profile: &'p Profile, case: Case, table: &mut Table<'p>) {
        for (at, row) in table.iter_mut().enumerate().take(self.codes.len() + 1) {
            for (k, entry) in row.iter_mut().enumerate() {
                if let Some(key) = self.key(at, k) {
                    *entry = [true, false].map(|begins| rules(profile, key, case, begins));
                }
            }
        }
    }

    fn key(&self, at: usize, length: usize) -> Option<u32> {
        let codes = self.codes.get(at..at + length)?;
        if codes.contains(&0) {
            return None;
        }
        Some(codes.iter().rev().fold(0, |key, &c| key << 8 | u32::from(c)))
    }

    fn look_ahead(&mut self, table: &Table<'_>, anything: bool) {
        let length = self.codes.len();
        self.ahead.clear();
        self.ahead.resize(length + 1, 0);
        for at in (0..length).rev() {
            let mut least = if anything { ADDED.min(SUBSTITUTED) + self.ahead[at + 1] } else { i32::MAX / 2 };
            for (k, [begin, rest]) in table[at].iter().enumerate().take(length - at + 1).skip(1) {
                let cost = begin.least.min(rest.least);
                if cost != NEVER {
                    least = least.min(i32::from(cost).saturating_add(self.ahead[at + k]));
                }
            }
            self.ahead[at] = least;
        }
    }

    /// Fills in the letters by which rules lead on from each place.
    fn look_around(&mut self, table: &Table<'_>) {
        let all = |[_, rules]: &[Rules<'_>; 2]| rules.letters(i32::MAX);
        let row = |row: &[[Rules<'_>; 2]; LONGEST + 1]| {
            row.iter().map(all).fold(0, |reach, [alone, paired]| reach | alone | paired)
        };
        self.reach.clear();
        self.reach.extend(table[..=self.codes.len()].iter().map(row));
    }

    fn run(&mut self, lexicon: &Lexicon, table: &Table<'_>, limits: Limits, anything: bool) {
        let length = self.codes.len();
        let ahead = &self.ahead;
        let floor = ahead[0] + lexicon.least(Lexicon::ROOT);
        let mut bar = limits.bar;
        if let Some(known) = self.found.iter().map(|c| c.0).min() {
            bar = bar.min(known + limits.beyond_best);
        }
        self.seen.clear();
        self.queue.clear();
        let queue = &mut self.queue;
        let push = |queue: &mut Queue, place: Place, bar: i32| {
            let total = place.cost + ahead[place.at as usize] + lexicon.least(place.node);
            if total <= bar {
                queue.push(place, total - floor);
            }
        };
        push(queue, Place { node: Lexicon::ROOT, at: 0, cost: 0, first: None, late: false }, bar);
        let (mut bucket, mut steps) = (0, 0);
        let open = |bucket: usize, bar: i32| bucket < BUCKETS && floor + (bucket as u32 * BUCKET) as i32 <= bar;
        while open(bucket, bar) && steps < limits.steps && queue.places.len() <= MOST_PLACES {
            let Some(place) = queue.pop(bucket) else {
                bucket += 1;
                continue;
            };
            let at = place.at as usize;
            let (onward, least) = (lexicon.letters(place.node), lexicon.least(place.node));
            if place.late {
                if at < length {
                    push(queue, Place { at: place.at + 1, cost: place.cost + ADDED, late: false, ..place }, bar);
                }
                let mut letters = onward;
                while letters != 0 {
                    let node = lexicon.step(place.node, letters.trailing_zeros());
                    letters &= letters - 1;
                    push(queue, Place { node, cost: place.cost + LOST, late: false, ..place }, bar);
                    if at < length {
                        let cost = place.cost + SUBSTITUTED;
                        push(queue, Place { node, at: place.at + 1, cost, late: false, ..place }, bar);
                    }
                }
                continue;
            }
            let leaf = lexicon.leaf(place.node);
            let begins = place.node == Lexicon::ROOT && place.first.is_none();
            if !self.seen.insert(&place) {
                continue;
            }
            steps += 1;
            // What there are no steps left for need not be put into the queue; some of what is there comes to nothing.
            let soon = (limits.steps - steps) * 3 / 2;
            if steps % LOOK == 0 && queue.places.len() > soon {
                bar = bar.min(queue.reach(bucket, soon).saturating_add(floor));
            }
            if let Some(leaf) = leaf {
                if at == length {
                    let (word, second) = place.first.map_or((leaf, None), |first| (first, Some(leaf)));
                    let total = place.cost + lexicon.cost(leaf);
                    self.found.push((total, Candidate { word, second, cost: place.cost }));
                    if self.found.len() >= limits.most {
                        break;
                    }
                    bar = bar.min(total + limits.beyond_best);
                } else if at >= 1
                    && place.first.is_none()
                    && (anything && length >= 3 || limits.anything && length >= 4 && place.cost <= GLUED_AFTER)
                {
                    // Where there are likely words as it is, two are the less likely.
                    let cost = place.cost + limits.glued + if anything { 0 } else { 3 * UNIT };
                    push(queue, Place { node: Lexicon::ROOT, cost, first: Some(leaf), ..place }, bar);
                }
            }
            // From most places no rule leads on.
            let stuck = !begins && onward & self.reach[at] == 0;
            let lengths = if stuck { 0 } else { LONGEST.min(length - at) + 1 };
            for k in 0..lengths {
                let rules = &table[at][k][usize::from(!begins)];
                let room = bar - place.cost - ahead[at + k] - least;
                if rules.least == NEVER || i32::from(rules.least) > room {
                    continue;
                }
                let (at, before) = ((at + k) as u8, place.cost + ahead[at + k] - floor);
                let [alone, paired] = rules.letters(room);
                let mut letters = onward & alone;
                while letters != 0 {
                    let letter = letters.trailing_zeros();
                    letters &= letters - 1;
                    let cost = i32::from(rules.alone[letter as usize]);
                    if cost > room {
                        continue;
                    }
                    let node = lexicon.step(place.node, letter);
                    let beyond = before + cost + lexicon.least(node);
                    if beyond <= bar - floor {
                        queue.push(Place { node, at, cost: place.cost + cost, ..place }, beyond);
                    }
                }
                let mut letters = onward & paired;
                while letters != 0 {
                    let letter = letters.trailing_zeros();
                    letters &= letters - 1;
                    let node = lexicon.step(place.node, letter);
                    let onward = lexicon.letters(node);
                    for &(cost, second) in rules.pairs(letter as u8) {
                        let cost = i32::from(cost);
                        if cost > room {
                            break;
                        }
                        if onward >> second & 1 == 1 {
                            let node = lexicon.step(node, u32::from(second));
                            push(queue, Place { node, at, cost: place.cost + cost, ..place }, bar);
                        }
                    }
                }
            }
            if anything {
                // What no rule allows is dear: it is tried when its turn comes, which it seldom does.
                let lost = LOST + ahead[at];
                let next = ahead.get(at + 1).map_or(lost, |&next| lost.min(ADDED.min(SUBSTITUTED) + next));
                let total = place.cost + next + least;
                if total <= bar {
                    queue.push(Place { late: true, ..place }, total - floor);
                }
            }
        }
        self.in_vain |= steps == limits.steps;
    }
}

/// The rules by place, length seen, and whether a word begins there.
type Table<'p> = [[[Rules<'p>; 2]; LONGEST + 1]; LONGEST_WORD + 1];
