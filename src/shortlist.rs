//! The likely readings of a chapter, as the first pass found them: what the second chooses from.

use crate::adapt::{Adaptation, Rare, Teachings};
use crate::candidates::Searcher;
use crate::channel::Damage;
use crate::lattice::{Document, ONE, Reading, Weights};
use crate::model::Parts;
use crate::ngram::{self, State, UNKNOWN, Word};
use crate::predict::{self, Doubt};
use crate::search::Chosen;
use crate::segment::Gap;
use crate::surroundings::Surroundings;
use std::ops::Range;

/// The likely readings of some pieces in a row.
#[derive(Default)]
pub struct Shortlist {
    readings: Vec<Reading>,
    /// By piece: where its readings begin; and the end of the last.
    starts: Vec<u32>,
    /// The piece that comes first.
    first: usize,
    /// The readings that the first pass chose.
    chosen: Vec<u32>,
    /// How likely each of these was.
    sure: Vec<f32>,
    /// What each of them costs the language model, and the state before it.
    path: Vec<(i32, State)>,
    /// Readings that were thought of later, by piece.
    later: Vec<Reading>,
    /// By piece: whether it has one reading only, which is one word for it alone.
    settled: Vec<bool>,
    scratch: predict::Scratch,
}

/// Where the first pass was less sure than this, the neighbours are asked.
const DOUBTFUL: f32 = 0.6;

/// So many settled pieces before a doubtful one, and after it, make the words between them that the language model sees;
/// before it one more, for a mark may stand among them.
const BEFORE: usize = 3;
const AFTER: usize = 2;

/// Readings less likely than this are not taken over, unless they were chosen.
const LEAST: f32 = 2e-3;

/// A reading as likely as this, in parts of [`ONE`], stays, whatever the words around it say.
pub const SURE: u16 = (ONE - 3 * ONE / 100) as u16;

/// Readings less likely than this, in parts of [`ONE`], teach nothing.
const UNSURE: u32 = ONE / 20;

impl Shortlist {
    /// Forgets all readings.
    pub fn clear(&mut self) {
        self.readings.clear();
        self.starts.clear();
        self.chosen.clear();
        self.sure.clear();
        self.path.clear();
        self.later.clear();
    }

    /// Adds the likely ones of the readings of the next pieces, the first of which is `at`.
    pub fn add(&mut self, at: usize, readings: &[Reading], likely: &[f32], chosen: &[Chosen]) {
        if self.starts.is_empty() {
            self.first = at;
        }
        let mut chosen = chosen.iter().peekable();
        for (index, (reading, &p)) in readings.iter().zip(likely).enumerate() {
            let taken = chosen.next_if(|chosen| chosen.reading == index as u32);
            if taken.is_some() || p >= LEAST {
                let place = at + reading.place as usize - self.first;
                while self.starts.len() <= place {
                    self.starts.push(self.readings.len() as u32);
                }
                if let Some(&Chosen { language, before, .. }) = taken {
                    self.path.push((language, before));
                    self.chosen.push(self.readings.len() as u32);
                    self.sure.push(p);
                }
                let own = (p * ONE as f32) as u16;
                self.readings.push(Reading { own, place: place as u32, ..*reading });
            }
        }
    }

    /// Takes over pieces that are settled in another list of the same chapter; they come next.
    pub fn take_over(&mut self, other: &Shortlist, pieces: Range<usize>) {
        self.first = other.first;
        let reading = |chosen: usize| other.readings[other.chosen[chosen] as usize];
        let place = |chosen: usize| other.first + reading(chosen).place as usize;
        let begin = other
            .chosen
            .partition_point(|&index| other.first + (other.readings[index as usize].place as usize) < pieces.start);
        for chosen in (begin..other.chosen.len()).take_while(|&chosen| place(chosen) < pieces.end) {
            let index = self.readings.len() as u32;
            while self.starts.len() <= reading(chosen).place as usize {
                self.starts.push(index);
            }
            self.chosen.push(index);
            self.sure.push(other.sure[chosen]);
            self.path.push(other.path[chosen]);
            self.readings.push(reading(chosen));
        }
    }

    /// The readings of a piece.
    pub fn of(&self, at: usize) -> impl Iterator<Item = &Reading> {
        let start = |at: usize| self.starts.get(at).map_or(self.readings.len(), |&s| s as usize);
        let at = at - self.first;
        let later = match self.later.as_slice() {
            [] => &[],
            all => {
                let later = |at: usize| all.partition_point(|r| (r.place as usize) < at);
                &all[later(at)..later(at + 1)]
            }
        };
        self.readings[start(at)..start(at + 1)].iter().chain(later)
    }

    /// How likely the first pass found a reading of a piece in any case, in parts of [`ONE`].
    pub fn own(&self, at: usize, reading: &Reading) -> u16 {
        let words = |reading: &Reading| (reading.word, reading.second, reading.pieces, reading.noise);
        self.of(at).filter(|other| words(other) == words(reading)).map(|other| other.own).sum()
    }

    /// The only reading that a piece has, if that is one word for it alone.
    pub fn settled(&self, at: usize) -> Option<&Reading> {
        let place = at - self.first;
        self.settled.get(place).filter(|&&settled| settled)?;
        self.readings.get(self.starts[place] as usize)
    }

    /// Finds out which pieces are settled.
    pub fn settle(&mut self) {
        let ends = self.starts.iter().skip(1).copied().chain([self.readings.len() as u32]);
        let settled = self.starts.iter().zip(ends).map(|(&begin, end)| {
            let only = &self.readings[begin as usize..end as usize];
            matches!(only, [only] if only.pieces == 1 && !only.noise && only.second.is_none())
        });
        self.settled.clear();
        self.settled.extend(settled);
        self.later.iter().for_each(|reading| self.settled[reading.place as usize] = false);
    }

    /// The next stretch of pieces, from `at` on and before `end`, that are to be chosen for: doubtful ones, each with such
    /// neighbours as the language model looks at.
    pub fn doubtful(&self, at: usize, end: usize) -> Option<Range<usize>> {
        let doubtful = |from: usize| (from..end).find(|&at| self.settled(at).is_none());
        let first = doubtful(at)?;
        let (mut last, mut next) = (first, Some(first));
        while let Some(here) = next.filter(|here| here.saturating_sub(last) <= BEFORE + AFTER) {
            last = self.of(here).map(|reading| here + usize::from(reading.pieces) - 1).fold(last.max(here), usize::max);
            next = doubtful(here + 1);
        }
        Some(first.saturating_sub(BEFORE).max(at)..(last + 1 + AFTER).min(end))
    }

    /// Adds words that their neighbours foretell, where the first pass was in doubt, once it has taught what it can.
    pub fn predict(&mut self, parts: &Parts, weights: &Weights, searcher: &mut Searcher, document: &Document) {
        let Document { pieces, damages, .. } = *document;
        for (at, &index) in self.chosen.iter().enumerate() {
            let reading = self.readings[index as usize];
            let place = self.first + reading.place as usize;
            let unknown = reading.kept && reading.word == UNKNOWN;
            let single = reading.pieces == 1 && reading.second.is_none() && !reading.wide;
            if single && (unknown || reading.noise || self.sure[at] < DOUBTFUL) {
                let next = self.chosen.get(at + 1).map(|&next| self.readings[next as usize]);
                let gap = next.and_then(|next| mark(pieces[self.first + next.place as usize].gap));
                let next = next.map(|next| next.word);
                let after = if gap.is_some() { [gap, next] } else { [next, None] };
                let doubt = Doubt { reading, before: self.path[at].1, after };
                let seen = document.seen(place);
                let first = self.later.len();
                predict::predict(
                    parts,
                    weights,
                    searcher,
                    (seen, &pieces[place], damages[place]),
                    &doubt,
                    &mut self.scratch,
                    &mut self.later,
                );
                document.weigh(place, &mut self.later[first..]);
            }
        }
        self.settle();
    }

    /// The places of single pieces where the first pass found no reading as likely as this, and their readings.
    #[cfg(feature = "train")]
    pub fn open(&self, sure: u16) -> impl Iterator<Item = (usize, impl Iterator<Item = &Reading>)> {
        let chosen = self.chosen.iter().map(|&index| &self.readings[index as usize]);
        let single = chosen.filter(|reading| reading.pieces == 1 && !reading.noise && reading.second.is_none());
        let places = single.map(|reading| self.first + reading.place as usize);
        places.filter(move |&at| self.is_open(at, sure)).map(|at| (at, self.of(at)))
    }

    /// Whether a place has several readings, none of which is as likely as this.
    pub fn is_open(&self, at: usize, sure: u16) -> bool {
        self.of(at).nth(1).is_some() && self.of(at).all(|reading| reading.own < sure)
    }

    /// Lists the words that were chosen, those that are likelier wrong than right as unknown.
    pub fn surround(&self, around: &mut Surroundings) {
        around.clear();
        for reading in self.chosen.iter().map(|&index| &self.readings[index as usize]).filter(|reading| !reading.noise)
        {
            let place = self.first + reading.place as usize;
            for word in [Some(reading.word), reading.second].into_iter().flatten() {
                let word = if u32::from(reading.own) < ONE / 2 { UNKNOWN } else { word };
                around.push(word, reading.own, place);
            }
        }
    }

    /// The reading that was chosen last.
    pub fn last(&self) -> Option<&Reading> {
        self.chosen.last().map(|&index| &self.readings[index as usize])
    }

    /// What the first pass chose of the pieces that have suffered some damage, each with how likely it was, up to 1.
    pub fn chosen<'s>(
        &'s self,
        damages: &'s [Damage],
        of: Damage,
    ) -> impl Iterator<Item = (usize, &'s Reading, f32)> + 's {
        let chosen = self.chosen.iter().zip(&self.sure).map(|(&index, &sure)| (&self.readings[index as usize], sure));
        chosen.map(|(r, sure)| (self.first + r.place as usize, r, sure)).filter(move |&(at, ..)| damages[at] == of)
    }

    /// Counts what the readings teach of the document.
    pub fn teach(&self, how: &Adaptation, document: &Document, teachings: &mut Teachings) {
        let Document { pieces, damages, .. } = *document;
        let here = self.first..self.first + self.starts.len();
        let places = |of: Damage| damages[here.clone()].iter().filter(|&&damage| damage == of).count() as u32;
        let (mut noise, mut slips) = (0, 0);
        for reading in &self.readings {
            let share = u32::from(reading.own);
            let damage = damages[self.first + reading.place as usize];
            if reading.noise {
                noise += u64::from(share);
            } else if damage == Damage::VietnameseOcr && !reading.kept {
                slips += u64::from(share);
            }
            if share < UNSURE || reading.noise {
                continue;
            }
            let place = self.first + reading.place as usize;
            if pieces[place].is_kept() {
                continue;
            }
            teachings.add_word(reading.word, share);
            if let Some(second) = reading.second {
                teachings.add_word(second, share);
                teachings.add_pair(reading.word, second, share);
            } else if reading.pieces == 1 && !reading.wide {
                teachings.add_seen(document.words.of(&pieces[place]).token, reading.word, share);
            }
        }
        let mut before: Option<(Word, u32)> = None;
        for &index in &self.chosen {
            let reading = &self.readings[index as usize];
            let gap = pieces[self.first + reading.place as usize].gap;
            let share = u32::from(reading.own);
            if let Some((word, other)) = before.filter(|_| matches!(gap, Gap::Space | Gap::Line)) {
                teachings.add_pair(word, reading.word, share.min(other));
            }
            if !reading.noise {
                before = Some((reading.second.unwrap_or(reading.word), share));
            }
        }
        let misread: u32 = Damage::ALL.into_iter().filter(|damage| damage.is_misread()).map(&places).sum();
        teachings.add_rare(Rare::Noise, misread + places(Damage::VietnameseOcr), noise);
        teachings.add_rare(Rare::Slip, places(Damage::VietnameseOcr), slips);
        let readings = self.chosen.iter().map(|&index| self.readings[index as usize]);
        let words = self.path.iter().zip(readings).filter(|(_, reading)| !reading.noise);
        teachings.weigh(how, words.map(|(&(language, before), reading)| (language, before.last(), reading)));
    }
}

/// What a gap most likely is in the language model.
fn mark(gap: Gap) -> Option<Word> {
    match gap {
        Gap::Sentence => Some(ngram::BOUNDARY),
        Gap::Pause => Some(ngram::PAUSE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::case::Case;

    fn reading(word: Word, place: u32) -> Reading {
        Reading {
            word,
            second: None,
            cost: 0,
            kept: false,
            noise: false,
            variant: false,
            case: Case::Lower,
            wide: false,
            pieces: 1,
            own: 0,
            place,
        }
    }

    #[test]
    fn settled_pieces_are_taken_over() {
        // Words 10, 11 and so on; the piece 7 may also be the word 90.
        let readings: Vec<Reading> = (0..8).map(|place| reading(10 + place as Word, place)).collect();
        let likely = |at: usize| if at == 7 { 0.8 } else { 1.0 };
        let chosen = |reading: u32| Chosen { reading, language: 5, before: State::START };
        let mut earlier = Shortlist::default();
        let mut all = readings.clone();
        all.push(reading(90, 7));
        let mut shares: Vec<f32> = (0..8).map(likely).collect();
        shares.push(0.2);
        earlier.add(100, &all, &shares, &(0..8).map(chosen).collect::<Vec<_>>());
        earlier.settle();
        assert_eq!(earlier.doubtful(100, 108), Some(104..108));

        let mut list = Shortlist::default();
        list.take_over(&earlier, 100..104);
        let again = [reading(14, 0), reading(15, 1), reading(16, 2), reading(17, 3)];
        list.add(104, &again, &[1.0; 4], &(0..4).map(chosen).collect::<Vec<_>>());
        let words = |at: usize| list.of(at).map(|reading| (reading.word, reading.own)).collect::<Vec<_>>();
        for (at, word) in (100..108).zip(10..) {
            assert_eq!(words(at), [(word, ONE as u16)], "{at}");
        }
        assert_eq!(list.last().map(|last| last.word), Some(17));
        let damages = [Damage::EnglishOcr; 108];
        let chosen: Vec<_> =
            list.chosen(&damages, Damage::EnglishOcr).map(|(at, r, sure)| (at, r.word, sure)).collect();
        assert_eq!(chosen, (100..108).map(|at| (at, (at - 90) as Word, 1.0)).collect::<Vec<_>>());
    }
}
