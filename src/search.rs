//! Beam search through the readings of a text, and the posteriors of what was found.
//!
//! Hypotheses are recombined as soon as the language model cannot tell their pasts apart. All arcs between the
//! surviving ones are kept until a sentence ends; forward and backward sums over them then say how sure each choice
//! is (Bahl et al. 1974; Ortmanns et al. 1997 for lattices).

use crate::adapt::{Known as Learnt, Lessons};
use crate::hash::Mix;
use crate::lattice::{Crossing, Reading};
use crate::ngram::{BOUNDARY, NO_PAIR, Ngram, PAUSE, Scored, State, UNIT, Word};
use std::cell::Cell;
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
    /// The same for one that ends in a word in which a cheaper one does.
    pub again: i32,
}

impl Default for Beam {
    fn default() -> Self {
        Beam { most: 12, width: 8 * UNIT, again: 4 * UNIT }
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
    /// How often the sums of all ways were made smaller by [`LARGE`] up to here.
    scale: u32,
}

/// A sum larger than this is made smaller by as much: in a long stretch of doubtful pieces there are more ways than a
/// number can hold.
const LARGE: f32 = (1u64 << 40) as f32;

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
    /// How often sums were made smaller.
    scale: u32,
    readings: Vec<Reading>,
    probability: Vec<f32>,
    chosen: Vec<Chosen>,
    known: Known,
}

/// One of a token's readings in a state: what it costs the language model there, and the place of its word among those
/// that follow, which is what the state after it does not know yet.
#[derive(Clone, Copy)]
struct Way {
    place: u16,
    cost: u16,
    reading: u16,
}

/// The ways by tokens from states that may come through: all others are dearer than the best by more than the beam is
/// wide, wherever it stands. Texts repeat themselves.
#[derive(Default)]
struct Known {
    /// By token, or mark of a gap, and state.
    lists: HashMap<u64, List, BuildHasherDefault<Mix>>,
    ways: Vec<Way>,
}

/// The ways by a token from a state.
#[derive(Clone, Copy)]
enum List {
    /// The only one, as there mostly is no other.
    One(Way),
    /// Where they begin among all, and how many they are.
    Many { begin: u32, count: u16 },
}

/// What is known is forgotten when it is so many ways, or lists of them: these no more than fill memory that is a power
/// of two.
const MOST_WAYS: usize = 63 << 13;
const MOST_LISTS: usize = 7 << 14;

impl Known {
    /// The ways from a state by a token, as they were found before or are by `find`.
    fn ways(&mut self, token: u64, state: State, find: impl FnOnce(&mut Vec<Way>)) -> &[Way] {
        if self.ways.len() >= MOST_WAYS || self.lists.len() >= MOST_LISTS {
            self.forget();
        }
        let list = self.lists.entry(token << 33 | state.code()).or_insert_with(|| {
            let begin = self.ways.len();
            find(&mut self.ways);
            if let [only] = self.ways[begin..] {
                self.ways.truncate(begin);
                return List::One(only);
            }
            List::Many { begin: begin as u32, count: (self.ways.len() - begin) as u16 }
        });
        match list {
            List::One(way) => std::slice::from_ref(way),
            &mut List::Many { begin, count } => &self.ways[begin as usize..][..usize::from(count)],
        }
    }

    fn forget(&mut self) {
        self.ways.clear();
        self.lists.clear();
    }
}

/// A way from a hypothesis of the step that is being taken.
#[derive(Clone, Copy)]
struct Onward {
    /// Which of the readings it takes, and from where it comes.
    reading: u32,
    from: u32,
    /// What it costs, and what all costs up to there.
    cost: i32,
    total: i32,
    next: State,
}

/// A search in progress.
pub struct Search<'m> {
    model: &'m Ngram,
    lessons: Option<Lessons<'m>>,
    beam: Beam,
    memory: &'m mut Memory,
    /// Of the step that is being taken.
    onward: Vec<Onward>,
    scored: Vec<Scored>,
    learnt: Vec<Option<Learnt>>,
    batch: Batch,
}

/// exp(-cost), for costs up to sixteen nats: rounded from doubles, so that the last bit is no matter of the platform.
static EXPONENTIALS: LazyLock<Vec<f32>> = LazyLock::new(|| (0..16 * UNIT).map(|cost| exact(cost) as f32).collect());

fn exact(cost: i32) -> f64 {
    (-f64::from(cost) / f64::from(UNIT)).exp()
}

fn exp(cost: i32) -> f32 {
    EXPONENTIALS.get(cost as usize).copied().unwrap_or(0.0)
}

impl Memory {
    /// Forgets what is known of tokens, whose numbers are given to others.
    pub fn forget_tokens(&mut self) {
        self.known.forget();
    }

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
                let (onward, backward, scale) = (i32::MAX, 0.0, self.scale);
                self.hypotheses.push(Hypothesis { state, cost: total, arc, forward, onward, backward, scale });
                self.fronts[to].push(there);
                there
            }
        };
        self.arcs.push(Arc { from, to: there, cost, reading });
    }

    /// Makes the sums of the last front, and of those that are begun beyond it, smaller if one of them is large.
    fn rescale(&mut self, last: usize) {
        let is_large = |&h: &u32| self.hypotheses[h as usize].forward > LARGE;
        if !self.fronts[last].iter().any(is_large) {
            return;
        }
        for &h in self.fronts[last..self.reached].iter().flatten() {
            let hypothesis = &mut self.hypotheses[h as usize];
            hypothesis.forward /= LARGE;
            hypothesis.scale += 1;
        }
        self.scale += 1;
    }
}

/// The words that are scored at once, and their pairs.
type Batch = (Vec<Scored>, Vec<u32>);

/// Finds the ways from a state by some readings, the cheapest first, but for those dearer than the best by more than
/// `width`.
fn find(
    model: &Ngram,
    state: State,
    readings: &[Reading],
    width: i32,
    (scored, pairs): &mut Batch,
    ways: &mut Vec<Way>,
) {
    let context = model.context(state);
    scored.clear();
    scored.extend(readings.iter().map(|reading| model.scored(reading.word)));
    context.pairs(scored, pairs);
    let (begin, mut least) = (ways.len(), i32::MAX);
    for (((reading, at), scored), &pair) in readings.iter().zip(0..).zip(&*scored).zip(&*pairs) {
        let (cost, next) = context.score(scored, pair);
        // Two words cost more than the first.
        if reading.second.is_none() {
            least = least.min(reading.cost + cost);
        }
        ways.push(Way { place: next.place(), cost: cost as u16, reading: at });
    }
    let bar = least.saturating_add(width);
    let total = |way: &Way| readings[usize::from(way.reading)].cost + i32::from(way.cost);
    let mut kept = begin;
    for at in begin..ways.len() {
        let way = ways[at];
        if total(&way) <= bar {
            ways[kept] = way;
            kept += 1;
        }
    }
    ways.truncate(kept);
    ways[begin..].sort_by_key(total);
}

impl<'m> Search<'m> {
    /// A search at a text's beginning; `lessons` are what is known of its document.
    pub fn new(model: &'m Ngram, lessons: Option<Lessons<'m>>, beam: Beam, memory: &'m mut Memory) -> Self {
        let beam = Beam { most: beam.most.min(MOST), ..beam };
        let (onward, scored, learnt, batch) = Default::default();
        let mut search = Search { model, lessons, beam, memory, onward, scored, learnt, batch };
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
        (memory.steps, memory.scale) = (0, 0);
        let start = Hypothesis { state, cost: 0, arc: NO_ARC, forward: 1.0, onward: 0, backward: 0.0, scale: 0 };
        memory.hypotheses.push(start);
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
        let best = front.iter().map(|&h| cost(h)).min().unwrap_or(0);
        let Beam { most, width, again } = self.beam;
        front.retain(|&h| cost(h) <= best.saturating_add(width));
        front.sort_unstable_by_key(|&h| (cost(h), h));
        // Rather other words than one word with other pasts: what comes next may speak for any of them.
        let mut kept = 0;
        for at in 0..front.len() {
            let h = front[at];
            let last = |h: u32| hypotheses[h as usize].state.last();
            if cost(h) <= best.saturating_add(again) || front[..kept].iter().all(|&other| last(other) != last(h)) {
                front[kept] = h;
                kept += 1;
            }
        }
        front.truncate(kept.min(most));
    }

    /// Forgets what is known of tokens, whose numbers are given to others.
    pub fn forget_tokens(&mut self) {
        self.memory.forget_tokens();
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
                let (cost, next) = crossing.word.map_or((0, state), |word| self.mark(state, word));
                self.memory.reach(last, from, next, cost + crossing.cost, NO_READING, 0);
            }
        }
        self.memory.before = before;
    }

    /// The cheapest way over a gap from a state, and the sum over all, relative to it.
    fn beyond(&mut self, state: State, gap: [Option<Crossing>; 2], cut: i32) -> (i32, f32) {
        let costs = gap.map(|crossing| {
            crossing.map(|crossing| crossing.cost + crossing.word.map_or(0, |word| self.mark(state, word).0))
        });
        match costs.into_iter().flatten().min() {
            Some(least) if least < cut => (least, costs.into_iter().flatten().map(|cost| exp(cost - least)).sum()),
            Some(_) => (cut, 1.0),
            None => (0, 1.0),
        }
    }

    /// What a gap's mark costs in a state, and the state after it.
    fn mark(&mut self, state: State, word: Word) -> (i32, State) {
        // There was nothing but noise since the last one.
        if matches!(state.last(), BOUNDARY | PAUSE) {
            return (0, if word == PAUSE { state } else { State::START });
        }
        let model = self.model;
        let ways = self.memory.known.ways(word.into(), state, |ways| {
            let (cost, next) = model.score(state, word);
            ways.push(Way { place: next.place(), cost: cost as u16, reading: 0 });
        });
        (ways[0].cost.into(), state.next(ways[0].place, word))
    }

    /// Goes over the next piece by one of its readings: those that its token has at each of its places, if one is given,
    /// and others. A reading of two pieces reaches beyond the next front.
    pub fn step(&mut self, token: Option<(u64, &[Reading])>, others: &[Reading]) {
        let from = self.memory.steps;
        self.memory.steps += 1;
        self.prune(from);
        self.memory.rescale(from);
        let own = token.map_or(&[][..], |(_, own)| own);
        let bar = self.depart(from, token, others).saturating_add(self.beam.width);
        let furthest = others.iter().map(|reading| reading.pieces).max().unwrap_or(1).max(1);
        self.memory.front(from + furthest as usize);
        self.onward.retain(|way| way.total <= bar);
        self.onward.sort_by_key(|way| way.reading);
        for ways in self.onward.chunk_by(|a, b| a.reading == b.reading) {
            let at = ways[0].reading as usize;
            let reading = own.get(at).unwrap_or_else(|| &others[at - own.len()]);
            let index = self.memory.readings.len() as u32;
            self.memory.readings.push(Reading { place: from as u32, ..*reading });
            let to = from + reading.pieces as usize;
            // What one word leads to is new to the next front, unless other readings have led there.
            let one = reading.second.is_none() && reading.pieces == 1 && !reading.noise;
            let fresh = if one { self.memory.fronts[to].len() } else { 0 };
            for way in ways {
                let second = reading.second.map(|second| self.model.score(way.next, second));
                let (more, next) = second.unwrap_or((0, way.next));
                self.memory.reach(to, way.from, next, way.cost + more, index, fresh);
            }
        }
    }

    /// Lists the ways on from a front, and says what the best leads to that takes one word for one piece.
    fn depart(&mut self, front: usize, token: Option<(u64, &[Reading])>, others: &[Reading]) -> i32 {
        let Search { model, onward, scored, learnt, batch, .. } = self;
        let Memory { fronts, hypotheses, known, .. } = &mut *self.memory;
        let own = token.map_or(&[][..], |(_, own)| own);
        // Where there is but one way on, what it costs changes nothing.
        let choice = fronts[front].len() > 1 || own.len() + others.len() > 1;
        let lessons = self.lessons.filter(|_| choice);
        learnt.clear();
        learnt.extend(lessons.iter().flat_map(|l| own.iter().chain(others).map(|reading| l.known(reading))));
        // What the document says may favour any.
        let width = if self.lessons.is_some() { i32::MAX } else { self.beam.width };
        scored.clear();
        scored.extend(others.iter().map(|reading| model.scored(reading.word)));
        onward.clear();
        let best = Cell::new(i32::MAX);
        for &from in &fronts[front] {
            let Hypothesis { state, cost: before, .. } = hypotheses[from as usize];
            let past = lessons.map(|lessons| lessons.past(state.last()));
            let mut add = |at: usize, reading: &Reading, mut language: i32, next: State| {
                if let (Some(lessons), Some(past), false) = (&lessons, &past, reading.noise) {
                    language = lessons.language(language, past, learnt[at].as_ref());
                }
                let cost = reading.cost + language;
                let total = before + cost;
                if reading.pieces == 1 && reading.second.is_none() {
                    best.set(total.min(best.get()));
                }
                onward.push(Onward { reading: at as u32, from, cost, total, next });
            };
            if let Some((token, own)) = token {
                let ways = known.ways(token, state, |ways| find(model, state, own, width, batch, ways));
                for way in ways {
                    let reading = &own[usize::from(way.reading)];
                    let language = way.cost.into();
                    // All that follow are dearer.
                    if lessons.is_none() && before + reading.cost + language > best.get().saturating_add(width) {
                        break;
                    }
                    let next = state.next(way.place, model.known(reading.word));
                    add(way.reading.into(), reading, language, next);
                }
            }
            if others.iter().all(|reading| reading.noise) {
                others.iter().zip(own.len()..).for_each(|(reading, at)| add(at, reading, 0, state));
                continue;
            }
            let context = model.context(state);
            for ((reading, scored), at) in others.iter().zip(&*scored).zip(own.len()..) {
                let (language, next) = match reading.noise {
                    true => (0, state),
                    false => context.score(scored, context.pair(scored).unwrap_or(NO_PAIR)),
                };
                add(at, reading, language, next);
            }
        }
        best.get()
    }

    /// Ends the pending stretch before a gap, which costs no more than `cut`: `visit` is given all its readings, how likely
    /// each is, and the indices of the chosen ones. The search goes on from the best hypothesis, and has the gap still
    /// before it.
    pub fn finish(&mut self, gap: [Option<Crossing>; 2], cut: i32, visit: impl FnOnce(&[Reading], &[f32], &[Chosen])) {
        let last = self.memory.steps;
        self.prune(last);
        let mut best = None;
        for at in 0..self.memory.fronts[last].len() {
            let h = self.memory.fronts[last][at] as usize;
            let Hypothesis { state, cost, .. } = self.memory.hypotheses[h];
            let (onward, backward) = self.beyond(state, gap, cut);
            (self.memory.hypotheses[h].onward, self.memory.hypotheses[h].backward) = (onward, backward);
            if best.is_none_or(|(least, _)| cost + onward < least) {
                best = Some((cost + onward, h));
            }
        }
        let Some((total, end)) = best else {
            return self.begin(State::START);
        };
        let Memory { hypotheses, arcs, fronts, readings, probability, chosen, .. } = &mut *self.memory;
        // The sum over all ways, relative to the cheapest.
        let sum = |h: &Hypothesis| h.forward * h.backward * exp(h.cost + h.onward - total);
        let whole: f32 = fronts[last].iter().map(|&h| sum(&hypotheses[h as usize])).sum();
        chosen.clear();
        let mut at = end;
        while let Some(arc) = arcs.get(hypotheses[at].arc as usize) {
            if let Some(reading) = readings.get(arc.reading as usize) {
                let before = hypotheses[arc.from as usize].state;
                let language = match (reading.noise, reading.second, self.lessons) {
                    (true, ..) => 0,
                    (false, None, None) => arc.cost - reading.cost,
                    _ => self.model.score(before, reading.word).0,
                };
                chosen.push(Chosen { reading: arc.reading, language, before });
            }
            at = arc.from as usize;
        }
        chosen.reverse();
        probability.clear();
        probability.resize(readings.len(), 0f32);
        // Arcs are in the order of the pieces they start from.
        for arc in arcs.iter().rev() {
            let Hypothesis { onward, mut backward, scale, .. } = hypotheses[arc.to as usize];
            // What the beam dropped leads nowhere.
            if onward == i32::MAX {
                continue;
            }
            let onward = onward + arc.cost;
            let from = &mut hypotheses[arc.from as usize];
            // Sums of different size.
            if scale > from.scale {
                backward /= LARGE.powi((scale - from.scale) as i32);
            }
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
        let state = hypotheses[end].state;
        self.begin(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::ngram::FIRST_WORD;

    #[test]
    fn a_mark_costs_nothing_behind_another_and_no_more_than_a_cut() {
        let model = Model::embedded();
        let (ngram, mut memory) = (&model.0.ngram, Memory::default());
        let mut search = Search::new(ngram, None, Beam::default(), &mut memory);
        let mark = |word| [Some(Crossing { word: Some(word), cost: 0 }), None];
        const CUT: i32 = 5 * UNIT;
        for (state, word) in [(State::START, BOUNDARY), (State::START, PAUSE), (State::after(PAUSE), BOUNDARY)] {
            assert_eq!(search.beyond(state, mark(word), CUT), (0, 1.0), "{state:?} {word}");
        }
        assert_eq!(search.mark(State::after(PAUSE), BOUNDARY).1.last(), BOUNDARY);
        let mut dear = 0;
        for word in FIRST_WORD..FIRST_WORD + 1000 {
            let cost = ngram.score(State::after(word), BOUNDARY).0;
            assert_eq!(search.beyond(State::after(word), mark(BOUNDARY), CUT), (cost.min(CUT), 1.0));
            dear += usize::from(cost > CUT);
        }
        assert!((1..1000).contains(&dear), "{dear}");
        assert_eq!(search.beyond(State::after(FIRST_WORD), [None, None], CUT), (0, 1.0));
    }

    #[test]
    fn exponentials_do_not_hang_on_a_last_bit() {
        for (cost, &rounded) in EXPONENTIALS.iter().enumerate() {
            let exact = exact(cost as i32);
            let off = [-8.0, 8.0].map(|ulps| (exact * (1.0 + ulps * f64::EPSILON)) as f32);
            assert_eq!(off, [rounded; 2], "{cost}");
        }
    }
}
