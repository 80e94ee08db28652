//! Beam search through the readings of a text, and the posteriors of what was found.
//!
//! Hypotheses are recombined as soon as the language model cannot tell their pasts apart. All arcs between the
//! surviving ones are kept until a sentence ends; forward and backward sums over them then say how sure each choice
//! is (Bahl et al. 1974; Ortmanns et al. 1997 for lattices).

use crate::adapt::{Lessons, Past};
use crate::hash::Mix;
use crate::lattice::{Crossing, Reading};
use crate::ngram::{NO_PAIR, Ngram, Scored, State, UNIT};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

/// A reading that was chosen.
#[derive(Debug, Clone, Copy)]
pub struct Chosen {
    /// Its place among all readings.
    pub reading: u32,
    /// What its first word costs the language model, and the state before it.
    pub language: i32,
    pub before: State,
}

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Beam {
    /// The most hypotheses after a piece.
    pub most: usize,
    /// How much dearer than the best one may be.
    pub width: i32,
}

impl Default for Beam {
    fn default() -> Self {
        Beam { most: 12, width: 7 * UNIT }
    }
}

/// A past, as far as the future cares.
#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    state: State,
    /// The cheapest way here.
    cost: i32,
    /// The arc of that way.
    arc: u32,
    /// The sum over all ways here, relative to the cheapest.
    forward: f32,
    /// The cheapest way on to the end, and the sum over all, relative to it.
    onward: i32,
    backward: f32,
}

/// One step from hypothesis to hypothesis.
#[derive(Debug, Clone, Copy)]
struct Arc {
    from: u32,
    to: u32,
    cost: i32,
    /// Index of the reading taken, or [`NO_READING`] for a gap.
    reading: u32,
}

const NO_READING: u32 = u32::MAX;
const NO_ARC: u32 = u32::MAX;
/// No front is larger than this, whatever the beam says: sets of its hypotheses are bits of a number.
const MOST: usize = 64;

/// The memory of searches, to be used again.
#[derive(Default)]
pub struct Memory {
    hypotheses: Vec<Hypothesis>,
    arcs: Vec<Arc>,
    /// The hypotheses after each piece, beginning with those before the first.
    fronts: Vec<Vec<u32>>,
    /// The front before a gap that is gone over.
    before: Vec<u32>,
    /// How many fronts are in use.
    reached: usize,
    /// How many pieces were gone over.
    steps: usize,
    readings: Vec<Reading>,
    probability: Vec<f32>,
    chosen: Vec<Chosen>,
    known: Known,
}

/// A hypothesis that a step sets out from.
struct Origin {
    index: u32,
    cost: i32,
    state: State,
    past: Option<Past>,
}

/// What one of a token's readings costs the language model in a state, and the state after it.
#[derive(Clone, Copy)]
struct Way {
    reading: u32,
    cost: i32,
    next: State,
}

/// What the language model says of tokens after states, for texts repeat themselves.
#[derive(Default)]
struct Known {
    /// By token and state.
    lists: HashMap<u64, List, BuildHasherDefault<Mix>>,
    ways: Vec<Way>,
}

/// The ways from a state to those of a token's readings that are among the pairs there.
#[derive(Clone, Copy)]
struct List {
    begin: u32,
    end: u32,
    /// What backing off to single words costs there.
    unseen: i32,
    /// The only way that can come through, if the others are dearer by more than the beam is wide.
    sole: Option<Way>,
}

/// What is known is forgotten when it is so many ways, or lists of them.
const MOST_KNOWN: usize = 1 << 19;

impl Known {
    /// The ways from a state to the readings of a token, as they were found before or are by `find`.
    fn ways(
        &mut self,
        token: u64,
        state: State,
        find: impl FnOnce(&mut Vec<Way>) -> (Option<Way>, i32),
    ) -> (&[Way], i32) {
        if self.ways.len().max(self.lists.len()) > MOST_KNOWN {
            self.ways.clear();
            self.lists.clear();
        }
        let List { begin, end, unseen, .. } = *self.lists.entry(token << 33 | state.code()).or_insert_with(|| {
            let begin = self.ways.len() as u32;
            let (sole, unseen) = find(&mut self.ways);
            List { begin, end: self.ways.len() as u32, unseen, sole }
        });
        (&self.ways[begin as usize..end as usize], unseen)
    }

    /// The only way from a state by a token, if that was found.
    fn sole(&self, token: u64, state: State) -> Option<Way> {
        self.lists.get(&(token << 33 | state.code()))?.sole
    }
}

/// The cheapest of some ways, each with what its reading costs, if all others are dearer by more than `width`.
fn sole(ways: impl Iterator<Item = (i32, Way)>, width: i32) -> Option<Way> {
    let (mut best, mut second, mut sole) = (i32::MAX, i32::MAX, None);
    for (reading, way) in ways {
        let cost = reading + way.cost;
        second = second.min(cost.max(best));
        if cost < best {
            (best, sole) = (cost, Some(way));
        }
    }
    sole.filter(|_| second.saturating_sub(best) > width)
}

/// A search in progress.
pub struct Search<'m> {
    model: &'m Ngram,
    lessons: Option<Lessons<'m>>,
    beam: Beam,
    memory: &'m mut Memory,
    /// Of the step that is being taken: the only ways, if there are no others.
    soles: Vec<(u32, Way)>,
    /// Otherwise what it sets out from.
    origins: Vec<Origin>,
    scored: Vec<Scored>,
    /// By origin and reading: what its first word costs the language model, and the state after it.
    ways: Vec<(i32, State)>,
}

/// exp(-cost), for costs up to sixteen nats.
static EXPONENTIALS: LazyLock<Vec<f32>> =
    LazyLock::new(|| (0..16 * UNIT).map(|cost| (-(cost as f32) / UNIT as f32).exp()).collect());

fn exp(cost: i32) -> f32 {
    EXPONENTIALS.get(cost as usize).copied().unwrap_or(0.0)
}

impl Memory {
    /// The front after so many pieces.
    fn front(&mut self, at: usize) -> &mut Vec<u32> {
        if self.fronts.len() <= at {
            self.fronts.resize_with(at + 1, Vec::new);
        }
        self.reached = self.reached.max(at + 1);
        &mut self.fronts[at]
    }

    /// An arc to the hypothesis of `state` in the front `to`, which is made if there is none among those from the
    /// place `known` on. What leads to where it comes from must be known by then.
    fn reach(&mut self, to: usize, from: u32, state: State, cost: i32, reading: u32, known: usize) {
        let Hypothesis { cost: before, forward, .. } = self.hypotheses[from as usize];
        let total = before + cost;
        let arc = self.arcs.len() as u32;
        let hypotheses = &self.hypotheses;
        let there = match self.fronts[to][known..].iter().find(|&&h| hypotheses[h as usize].state == state) {
            Some(&there) => {
                let hypothesis = &mut self.hypotheses[there as usize];
                let beyond = total - hypothesis.cost;
                if beyond < 0 {
                    hypothesis.forward = hypothesis.forward * exp(-beyond) + forward;
                    hypothesis.cost = total;
                    hypothesis.arc = arc;
                } else {
                    hypothesis.forward += forward * exp(beyond);
                }
                there
            }
            None => {
                let there = self.hypotheses.len() as u32;
                self.hypotheses.push(Hypothesis { state, cost: total, arc, forward, onward: i32::MAX, backward: 0.0 });
                self.fronts[to].push(there);
                there
            }
        };
        self.arcs.push(Arc { from, to: there, cost, reading });
    }
}

impl<'m> Search<'m> {
    /// A search at a text's beginning; `lessons` are what is known of its document.
    pub fn new(model: &'m Ngram, lessons: Option<Lessons<'m>>, beam: Beam, memory: &'m mut Memory) -> Self {
        let beam = Beam { most: beam.most.min(MOST), ..beam };
        let (soles, origins, scored, ways) = Default::default();
        let mut search = Search { model, lessons, beam, memory, soles, origins, scored, ways };
        search.begin(State::START);
        search
    }

    /// Begins anew in a state.
    pub fn begin(&mut self, state: State) {
        let memory = &mut *self.memory;
        memory.hypotheses.clear();
        memory.arcs.clear();
        memory.readings.clear();
        memory.fronts.iter_mut().take(memory.reached).for_each(Vec::clear);
        memory.steps = 0;
        memory.hypotheses.push(Hypothesis { state, cost: 0, arc: NO_ARC, forward: 1.0, onward: 0, backward: 0.0 });
        memory.reached = 0;
        memory.front(0).push(0);
    }

    /// Drops what is too dear, or too many, from a front.
    fn prune(&mut self, front: usize) {
        let hypotheses = &self.memory.hypotheses;
        let front = &mut self.memory.fronts[front];
        if front.len() < 2 {
            return;
        }
        let cost = |h: u32| hypotheses[h as usize].cost;
        let bar = front.iter().map(|&h| cost(h)).min().map_or(0, |best| best.saturating_add(self.beam.width));
        front.retain(|&h| cost(h) <= bar);
        front.sort_unstable_by_key(|&h| (cost(h), h));
        front.truncate(self.beam.most);
    }

    /// Goes over the gap before the next piece, by each of the ways that it may be read.
    pub fn gap(&mut self, crossings: [Option<Crossing>; 2]) {
        if crossings == [None, None] {
            return;
        }
        let last = self.memory.steps;
        self.prune(last);
        // The front is replaced: its hypotheses stay, as the origins of the arcs over the gap.
        let mut before = std::mem::take(&mut self.memory.before);
        before.clear();
        before.append(self.memory.front(last));
        for &from in &before {
            let state = self.memory.hypotheses[from as usize].state;
            for crossing in crossings.into_iter().flatten() {
                let (cost, next) = crossing.word.map_or((0, state), |word| self.model.score(state, word));
                self.memory.reach(last, from, next, cost + crossing.cost, NO_READING, 0);
            }
        }
        self.memory.before = before;
    }

    /// Goes over the next piece by the only one of its token's readings that can come through: where that is known of all
    /// hypotheses, nothing else need be tried. Says whether it is.
    pub fn pass(&mut self, readings: &[Reading], token: u64) -> bool {
        let from = self.memory.steps;
        self.prune(from);
        self.soles.clear();
        if self.lessons.is_some() {
            return false;
        }
        let Memory { fronts, hypotheses, known, .. } = &*self.memory;
        for &index in &fronts[from] {
            let Some(way) = known.sole(token, hypotheses[index as usize].state) else { return false };
            self.soles.push((index, way));
        }
        let Some(&(_, Way { reading, .. })) = self.soles.first() else { return false };
        if self.soles.iter().any(|(_, way)| way.reading != reading) {
            return false;
        }
        self.memory.steps += 1;
        self.memory.front(from + 1);
        let index = self.memory.readings.len() as u32;
        let reading = Reading { place: from as u32, ..readings[reading as usize] };
        self.memory.readings.push(reading);
        for &(origin, Way { cost, next, .. }) in &self.soles {
            self.memory.reach(from + 1, origin, next, reading.cost + cost, index, 0);
        }
        true
    }

    /// Goes over the next piece by one of its readings. A reading of two pieces reaches beyond the next front. If
    /// `token` is given, so many of the readings come first at each of its places.
    pub fn step(&mut self, readings: &[Reading], token: Option<(u64, usize)>) {
        let from = self.memory.steps;
        self.memory.steps += 1;
        self.prune(from);
        self.depart(from, readings, token);
        // Where there is but one way on, what it costs changes nothing.
        let lessons = self.lessons.filter(|_| self.origins.len() > 1 || readings.len() > 1);
        let furthest = readings.iter().map(|r| r.pieces).max().unwrap_or(1);
        self.memory.front(from + furthest as usize);
        let mut bar = i32::MAX;
        for (at, reading) in readings.iter().enumerate() {
            let known = lessons.and_then(|lessons| lessons.known(reading));
            // Whether the language model alone says what it costs.
            let alone = !reading.noise && known.is_none();
            // The origins from which it may come below the bar, a bit each.
            let mut ways = 0u64;
            for (way, origin) in self.origins.iter().enumerate() {
                let language = if alone { self.ways[way * readings.len() + at].0 } else { 0 };
                ways |= u64::from(origin.cost + reading.cost + language <= bar) << way;
            }
            if ways == 0 {
                continue;
            }
            // Its index, once there is an arc.
            let mut index = NO_READING;
            let to = from + reading.pieces as usize;
            // What one word leads to is new to the next front, unless other readings have led there.
            let one = reading.second.is_none() && reading.pieces == 1 && !reading.noise;
            let fresh = if one { self.memory.fronts[to].len() } else { 0 };
            while ways != 0 {
                let way = ways.trailing_zeros() as usize;
                ways &= ways - 1;
                let origin = &self.origins[way];
                let (mut language, mut next) = match reading.noise {
                    true => (0, origin.state),
                    false => self.ways[way * readings.len() + at],
                };
                if let (Some(lessons), Some(past), false) = (&lessons, &origin.past, reading.noise) {
                    language = lessons.language(language, past, known.as_ref());
                }
                let mut step = reading.cost + language;
                if origin.cost + step > bar {
                    continue;
                }
                if let Some(second) = reading.second {
                    let (more, after) = self.model.score(next, second);
                    step += more;
                    next = after;
                }
                if reading.pieces == 1 {
                    bar = bar.min((origin.cost + step).saturating_add(self.beam.width));
                }
                if index == NO_READING {
                    index = self.memory.readings.len() as u32;
                    self.memory.readings.push(Reading { place: from as u32, ..*reading });
                }
                self.memory.reach(to, origin.index, next, step, index, fresh);
            }
        }
    }

    /// Makes the hypotheses of a front ready to go on from by some readings.
    fn depart(&mut self, front: usize, readings: &[Reading], token: Option<(u64, usize)>) {
        self.scored.clear();
        self.scored.extend(readings.iter().map(|reading| self.model.scored(reading.word)));
        self.origins.clear();
        self.ways.clear();
        let own = token.map_or(0, |(_, own)| own);
        let ask = readings[own..].iter().any(|reading| !reading.noise);
        for &index in &self.memory.fronts[front] {
            let Hypothesis { state, cost, .. } = self.memory.hypotheses[index as usize];
            let first = self.ways.len();
            let unseen = |unseen: i32| move |scored: &Scored| (unseen + scored.alone(), State::after(scored.word()));
            if let Some((token, _)) = token {
                let (ways, backoff) = self.memory.known.ways(token, state, |ways| {
                    let context = self.model.context(state);
                    let all = (0..).zip(&readings[..own]).zip(&self.scored).map(|((at, reading), scored)| {
                        let pair = context.pair(scored);
                        let (cost, next) = context.score(scored, pair.unwrap_or(NO_PAIR));
                        let way = Way { reading: at, cost, next };
                        ways.extend(pair.map(|_| way));
                        (reading.cost, way)
                    });
                    // Two words cost more than the first.
                    let one = |way: &Way| readings[way.reading as usize].second.is_none();
                    (sole(all, self.beam.width).filter(one), context.unseen())
                });
                self.ways.extend(self.scored.iter().map(unseen(backoff)));
                for way in ways {
                    self.ways[first + way.reading as usize] = (way.cost, way.next);
                }
            }
            if ask {
                let context = self.model.context(state);
                self.ways.truncate(first + own);
                let score = |scored| context.score(scored, context.pair(scored).unwrap_or(NO_PAIR));
                self.ways.extend(self.scored[own..].iter().map(score));
            }
            let past = self.lessons.map(|lessons| lessons.past(state.last()));
            self.origins.push(Origin { index, cost, state, past });
        }
    }

    /// Ends the pending stretch: `visit` is given all its readings, how likely each is, and the indices of the chosen
    /// ones. The search goes on from the best hypothesis.
    pub fn finish(&mut self, visit: impl FnOnce(&[Reading], &[f32], &[Chosen])) {
        let last = self.memory.steps;
        self.prune(last);
        let Some(&end) = self.memory.fronts[last].first() else {
            return self.begin(State::START);
        };
        let Memory { hypotheses, arcs, fronts, readings, probability, chosen, .. } = &mut *self.memory;
        let total = hypotheses[end as usize].cost;
        // The sum over all ways, relative to the cheapest.
        let whole: f32 =
            fronts[last].iter().map(|&h| &hypotheses[h as usize]).map(|h| h.forward * exp(h.cost - total)).sum();
        chosen.clear();
        let mut at = end;
        while let Some(arc) = arcs.get(hypotheses[at as usize].arc as usize) {
            if let Some(reading) = readings.get(arc.reading as usize) {
                let before = hypotheses[arc.from as usize].state;
                let language = match (reading.noise, reading.second, self.lessons) {
                    (true, ..) => 0,
                    (false, None, None) => arc.cost - reading.cost,
                    _ => self.model.score(before, reading.word).0,
                };
                chosen.push(Chosen { reading: arc.reading, language, before });
            }
            at = arc.from;
        }
        chosen.reverse();
        for &h in &fronts[last] {
            hypotheses[h as usize].onward = 0;
            hypotheses[h as usize].backward = 1.0;
        }
        probability.clear();
        probability.resize(readings.len(), 0f32);
        // Arcs are in the order of the pieces they start from.
        for arc in arcs.iter().rev() {
            let Hypothesis { onward, backward, .. } = hypotheses[arc.to as usize];
            // What the beam dropped leads nowhere.
            if onward == i32::MAX {
                continue;
            }
            let onward = onward + arc.cost;
            let from = &mut hypotheses[arc.from as usize];
            if let Some(probability) = probability.get_mut(arc.reading as usize) {
                *probability += from.forward * exp(from.cost + onward - total) * backward / whole;
            }
            if onward < from.onward {
                from.backward = from.backward * exp(from.onward.saturating_sub(onward)) + backward;
                from.onward = onward;
            } else {
                from.backward += backward * exp(onward - from.onward);
            }
        }
        probability.iter_mut().for_each(|p| *p = p.min(1.0));
        visit(readings, probability, chosen);
        let state = hypotheses[end as usize].state;
        self.begin(state);
    }
}
