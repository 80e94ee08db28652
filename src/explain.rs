//! Why a word was read as it was.

use crate::adapt::Lessons;
use crate::channel::Damage;
use crate::damage::{self, Found};
use crate::lattice::{Cache, Document, Lattice, ONE, Reading};
use crate::model::Parts;
use crate::ngram::{State, UNIT, Word};
use crate::offsets::Offsets;
use crate::repair;
use crate::restoration::Restoration;
use crate::restorer::{Restorer, Writer};
use crate::segment::{self, Cut, Piece};
use crate::span::{Span, Unit};
use crate::sureness::Sureness;
use crate::surroundings::Surroundings;
use crate::triggers;
use crate::vocabulary::Vocabulary;

/// What a line was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Taken {
    /// Vietnamese that has suffered this.
    Damaged(Damage),
    /// Right, so that nothing is changed.
    Right,
    /// Another language, or none.
    Foreign,
    /// Letters that are lost, so that nothing can be done.
    Lost,
}

/// A reading of a word, and what spoke for it: costs are negated natural logarithms, the lower the likelier.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Weighed {
    /// The reading; nothing if it is that of noise.
    pub text: String,
    /// What it costs that the reading was damaged to what was seen.
    pub damage: f32,
    /// How much dearer its line is with it than with the word that fits best, by the language model; less than nothing, it
    /// may be, if it is noise.
    pub language: f32,
    /// What the words around, the document itself, names and context change of that. Where the first look was sure, the words
    /// around are not asked when a text is restored.
    pub document: f32,
    /// How sure it is, 0 to 1, if it was weighed to the end.
    pub confidence: Option<f32>,
    /// Whether it was chosen.
    pub is_chosen: bool,
}

impl Weighed {
    /// The sum of its costs.
    pub fn cost(&self) -> f32 {
        self.damage + self.language + self.document
    }
}

/// Why a word was read as it was: see [`Restorer::explain`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Explanation {
    /// Where the word stands in the source, in bytes.
    pub source: Span,
    /// The word as it was seen, after lossless repairs.
    pub seen: String,
    /// What its line was taken for.
    pub taken: Taken,
    /// Its readings, the likeliest by their costs first; none if its line was left alone. The costs are those of the reading
    /// by itself; confidence is what the search found, which weighs all words of a sentence together.
    pub readings: Vec<Weighed>,
}

impl Restorer {
    /// Which readings the word at a place of the source (a byte of it) has, and what spoke for each. This takes as long as
    /// restoring the source. `None` if there is no word, but a space or a sign.
    ///
    /// What is told is what the first look at the text found; what came of that is looked at again, and may change once more.
    ///
    /// ```
    /// use phucdau::{Damage, Restorer, Taken};
    ///
    /// let source = "Dai hgi dai biéu Pang b¢ xa";
    /// let why = Restorer::new().explain(source, source.find("hgi").unwrap()).unwrap();
    /// assert_eq!((why.seen.as_str(), why.taken), ("hgi", Taken::Damaged(Damage::EnglishOcr)));
    /// assert_eq!(why.readings[0].text, "hội");
    /// assert!(why.readings[0].is_chosen && why.readings[0].cost() < why.readings[1].cost());
    /// ```
    pub fn explain(&self, source: &str, place: usize) -> Option<Explanation> {
        let mut teachings = self.hints().clone();
        let (restored, attuned) = self.look(source, &Sureness::new(&[]), &mut teachings);
        let repaired = repair::repair(source, self.damage, self.placement, &self.model.0);
        let (text, lexicon) = (repaired.text(), &self.model.0.lexicon);
        let (mut words, mut cut) = (Vocabulary::default(), Cut::new(text));
        let found = self.find(&repaired, &mut cut, &mut words, &mut damage::Looks::default());
        let (mut pieces, mut damages, mut tolls) = (Vec::<Piece>::new(), Vec::<Damage>::new(), Vec::new());
        let mut each = damage::each(&found);
        // The word, and what it is among the pieces that are read.
        let mut here = None;
        cut.each(|all| {
            words.number(text, all, lexicon);
            for (piece, found) in all.iter().zip(&mut each) {
                let stands = repaired.source(piece.span);
                if here.is_none() && stands.start <= place && place < stands.end {
                    here = Some((*piece, found, pieces.len()));
                }
                if let Some(damage) = found.damage() {
                    pieces.push(*piece);
                    damages.push(damage);
                    tolls.push(found.toll(piece.span.of(text)));
                }
            }
        });
        let (piece, found, at) = here?;
        let taken = match found {
            Found::Damaged(damage) => Taken::Damaged(damage),
            Found::Thinned { .. } => Taken::Damaged(Damage::Stripped),
            Found::Right => Taken::Right,
            Found::Foreign => Taken::Foreign,
            Found::Lost => Taken::Lost,
        };
        let seen = repaired.as_found(piece.span).to_owned();
        let mut why = Explanation { source: repaired.source(piece.span), seen, taken, readings: Vec::new() };
        let Taken::Damaged(damage) = taken else { return Some(why) };

        let (parts, mut cache) = (attuned.as_ref().unwrap_or(&self.model.0), Cache::default());
        let document = Document { text, pieces: &pieces, words: &words, damages: &damages, tolls: &tolls };
        let mut lattice = Lattice::new(parts, &self.weights, document, &mut cache);
        let token = lattice.token(at);
        let mut readings = Vec::new();
        if lattice.readings(at, &token, &mut readings) {
            readings.extend_from_slice(lattice.own(&token));
        }
        let writer = Writer::new(&repaired, self);
        let offsets = Offsets::new(source, &restored);
        let lessons = Lessons::new(&teachings, &self.adaptation);
        let (around, here) = around(restored.text(), offsets.target_of(why.source, Unit::Byte), parts);
        let (contexts, mut near) = (parts.bilinear.contexts(&around), Vec::new());
        triggers::near(&around, here, &mut near);
        let context = contexts.at(here);
        // Each with what the search made of it; its own share of what the document teaches is how sure that was.
        let found = readings.iter_mut().map(|reading| {
            let mut word = String::new();
            let span = writer.render(&pieces[at..], reading, &mut word);
            let stood = repaired.source(span);
            let target = offsets.target_of(stood, Unit::Byte);
            let (confidence, is_chosen) = outcome(&restored, stood, target, &word);
            reading.own = (confidence.unwrap_or(if is_chosen { 1.0 } else { 0.0 }) * ONE as f32) as u16;
            (word, target, confidence, is_chosen)
        });
        let found: Vec<_> = found.collect();
        let token = words.of(&piece).token;
        let adapted = |reading: &Reading| Reading { cost: lessons.channel(token, reading, damage), ..*reading };
        let mut heard: Vec<Reading> = readings.iter().map(adapted).collect();
        lattice.hear(&near, &context, &mut heard);
        for ((reading, heard), (word, target, confidence, is_chosen)) in readings.iter().zip(heard).zip(found) {
            let line = Line::around(restored.text(), target);
            let (language, _) = self.model.cost(&line.with(&word));
            let taught = heard.cost - reading.cost;
            let known = lessons.known(reading).filter(|_| !reading.noise);
            let told = match known.zip(line.first_of(&word, parts)) {
                Some((known, (before, language))) => {
                    lessons.language(language, &lessons.past(before), Some(&known)) - language
                }
                None => 0,
            };
            let nats = |cost: i32| cost as f32 / UNIT as f32;
            why.readings.push(Weighed {
                text: word,
                damage: nats(reading.cost),
                language,
                document: nats(taught + told),
                confidence,
                is_chosen,
            });
        }
        // To leave a word out is always cheap to the language model.
        let words = why.readings.iter().filter(|reading| !reading.text.is_empty());
        let best = words.map(|reading| reading.language).fold(f32::INFINITY, f32::min);
        why.readings.iter_mut().for_each(|reading| reading.language -= best);
        why.readings.sort_by(|a, b| a.cost().total_cmp(&b.cost()));
        Some(why)
    }
}

/// The words around a stretch of restored text, and its place among them.
fn around(text: &str, stretch: Span, parts: &Parts) -> (Surroundings, usize) {
    let mut around = Surroundings::default();
    let mut add = |text: &str, first: usize| {
        let pieces = segment::segment(text);
        let words = parts.words(text, &pieces).zip(first..);
        words.for_each(|((_, word, _), place)| around.push(word, ONE as u16, place));
        first + pieces.len()
    };
    let here = add(&text[..stretch.start], 0);
    add(&text[stretch.end..], here + 1);
    (around, here)
}

/// What the search made of a word in a place: how sure it was, and whether it chose it.
fn outcome(restored: &Restoration, stood: Span, target: Span, word: &str) -> (Option<f32>, bool) {
    let is_chosen = target.of(restored.text()) == word;
    let edit = restored.edits().iter().find(|edit| edit.source.start < stood.end && stood.start < edit.source.end);
    let confidence = edit.and_then(|edit| match edit.after == word {
        true => Some(edit.confidence),
        false => edit.alternatives.iter().find(|other| other.text == word).map(|other| other.confidence),
    });
    (confidence, is_chosen)
}

/// A line of a text, but for a stretch of it.
struct Line<'t> {
    before: &'t str,
    after: &'t str,
}

impl<'t> Line<'t> {
    fn around(text: &'t str, stretch: Span) -> Self {
        let before = text[..stretch.start].rsplit('\n').next().unwrap_or_default();
        let after = text[stretch.end..].split('\n').next().unwrap_or_default();
        Line { before, after }
    }

    fn with(&self, word: &str) -> String {
        [self.before, word, self.after].concat()
    }

    /// What the first word of a reading in it costs the language model, and what that comes after.
    fn first_of(&self, reading: &str, parts: &Parts) -> Option<(Word, i32)> {
        let text = [self.before, reading].concat();
        let mut pieces = Vec::new();
        segment::segment_line(&text, 0, &mut pieces);
        let mut state = State::START;
        for (piece, (mark, word, _)) in pieces.iter().zip(parts.words(&text, &pieces)) {
            state = mark.map_or(state, |mark| parts.ngram.score(state, mark).1);
            let (cost, next) = parts.ngram.score(state, word);
            if piece.span.start >= self.before.len() {
                return Some((state.last(), cost));
            }
            state = next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_explained_where_they_stand() {
        let restorer = Restorer::new();
        for (source, word, taken, first) in [
            ("Dai hgi dai biéu Pang b¢ xa dugc té chirc", "b¢", Taken::Damaged(Damage::EnglishOcr), "bộ"),
            ("Thu do Ha Noi la thu do cua Viet Nam", "thu", Taken::Damaged(Damage::Stripped), "thủ"),
            ("The quick brown fox jumps over the lazy dog.", "fox", Taken::Foreign, ""),
            // What is decoded is right by then.
            ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "hoµ", Taken::Right, ""),
        ] {
            let why = restorer.explain(source, source.find(word).unwrap()).unwrap();
            assert_eq!(why.taken, taken, "{source}");
            assert_eq!(why.source.of(source), word);
            assert_eq!(why.readings.first().map_or("", |reading| &reading.text), first, "{source}: {why:?}");
            assert!(why.readings.iter().filter(|reading| reading.is_chosen).count() <= 1, "{why:?}");
        }
        assert_eq!(restorer.explain("Ha Noi", 2), None);
        assert_eq!(restorer.explain("Ha Noi", 99), None);
        assert_eq!(restorer.explain("", 0), None);
    }

    /// What the document says of a word was once reckoned from the cost of all its line.
    #[test]
    fn a_long_line_makes_no_word_cheap() {
        let source = "Dai hgi dai biéu Pang b¢ xa dugc té chirc ".repeat(40);
        let why = Restorer::new().explain(&source, source.rfind("dugc").unwrap()).unwrap();
        assert_eq!(why.readings[0].text, "được");
        assert!(why.readings.iter().all(|reading| reading.document.abs() < 12.0), "{why:?}");
    }

    #[test]
    fn a_name_that_was_told_is_cheaper() {
        let source = "tai ban Huoi Lenh";
        let place = source.find("Lenh").unwrap();
        let cost = |restorer: &Restorer| {
            let why = restorer.explain(source, place).unwrap();
            why.readings.iter().find(|reading| reading.text == "Lếnh").map(|reading| reading.document)
        };
        let told = Restorer::builder().names(["Huổi Lếnh"]).build().unwrap();
        assert!(cost(&told).unwrap() < 0.0);
        assert!(cost(&Restorer::new()).is_none_or(|cost| cost >= 0.0));
    }
}
