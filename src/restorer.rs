//! The front door.

use crate::adapt::{Adaptation, Lessons, Teachings};
use crate::assess::{self, Assessment};
use crate::attune;
use crate::channel::Damage;
use crate::damage::{self, Found, Looks};
use crate::error::Error;
use crate::hints;
use crate::lattice::{Cache, Document, Lattice, Reading, Weights};
use crate::lexicon::Habit;
use crate::line_break;
use crate::model::{Model, Parts};
use crate::ngram::{State, UNKNOWN};
use crate::numeral;
use crate::repair::{self, Repaired};
use crate::restoration::{Alternative, Edit, Restoration};
use crate::search::{Beam, Chosen, Memory, Search};
#[cfg(feature = "train")]
use crate::segment;
use crate::segment::{Cut, Gap, Kind, Piece, UNNUMBERED};
use crate::shortlist::{SURE, Shortlist};
use crate::span::Span;
use crate::sureness::Sureness;
use crate::surroundings::Surroundings;
use crate::text::case::{self, Case};
use crate::text::placement::{self, TonePlacement};
use crate::triggers::{self, Near};
use crate::vocabulary::Vocabulary;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Restores texts; cheap to clone, and shared by threads.
///
/// ```
/// let restorer = phucdau::Restorer::new();
/// let restored = restorer.restore("nhiém vu trong tim cua nam 2025 1a phat trién kinh té - x4 hoi");
/// assert_eq!(restored.text(), "nhiệm vụ trọng tâm của năm 2025 là phát triển kinh tế - xã hội");
/// ```
#[derive(Clone)]
pub struct Restorer {
    pub(crate) model: Model,
    pub(crate) weights: Weights,
    pub(crate) adaptation: Adaptation,
    /// What the caller taught.
    hints: Teachings,
    beam: Beam,
    pub(crate) damage: Option<Damage>,
    min_confidence: f32,
    pub(crate) placement: TonePlacement,
    workspaces: Arc<Mutex<Vec<Workspace>>>,
}

/// What restoring needs in memory. The candidates of a token are the same each time, so they are remembered from text
/// to text; each thread at work has a workspace of its own.
#[derive(Default)]
struct Workspace {
    words: Vocabulary,
    looks: Looks,
    cache: Cache,
    memory: Memory,
    readings: Vec<Reading>,
    shortlist: Shortlist,
    around: Surroundings,
    near: Vec<Near>,
}

/// A vocabulary of so many words is begun anew.
const MOST_WORDS: usize = 3 << 13;

impl Workspace {
    /// Forgets the words of a vocabulary, and all that is known by their numbers.
    fn forget(&mut self, words: &mut Vocabulary) {
        words.clear();
        self.looks.clear();
        self.forget_tokens();
    }

    /// Begins anew with what words may have been meant by, and gives back what was known of that. How they follow each
    /// other is forgotten: that is soon found again, and takes more room.
    fn begin_anew(&mut self) -> Cache {
        self.memory = Memory::default();
        std::mem::take(&mut self.cache)
    }

    /// Forgets the tokens, and all that is known by their numbers.
    fn forget_tokens(&mut self) {
        self.cache.forget_tokens();
        self.memory.forget_tokens();
    }
}

/// The longest stretch, in pieces, that is searched as one.
const LONGEST_SENTENCE: usize = 400;

/// Noise is taken out if it is at least so likely.
const SURE_NOISE: f32 = 0.6;

/// After so many pieces a long document goes over to the second pass, so that it needs no more memory than that.
const CHAPTER: usize = 50_000;

/// So many pieces, and the rest of their sentence, show whether the channel is to be attuned to a document, and how.
const SAMPLE: usize = 4_000;

/// So many pieces after a chapter are looked at from within: runs of noise, and what comes after them.
const AHEAD: usize = 8;

impl Restorer {
    /// With the embedded model and default options.
    pub fn new() -> Self {
        Restorer::with(Model::embedded())
    }

    fn with(model: Model) -> Self {
        Restorer {
            model,
            weights: Weights::default(),
            adaptation: Adaptation::default(),
            hints: Teachings::default(),
            beam: Beam::default(),
            damage: None,
            min_confidence: 0.0,
            placement: TonePlacement::AsFound,
            workspaces: Arc::default(),
        }
    }

    /// Options: another model, names, clean text, a threshold of confidence.
    pub fn builder() -> RestorerBuilder {
        RestorerBuilder::default()
    }

    /// The same, with more clean text beside the damaged.
    #[cfg(feature = "pdf")]
    pub(crate) fn with_context(&self, clean: &[String]) -> Result<Restorer, Error> {
        let (model, hints) = hints::learn(&self.model, self.hints.clone(), &[], clean)?;
        Ok(Restorer { model, hints, workspaces: Arc::default(), ..self.clone() })
    }

    /// Restores a text. Lines, spacing and punctuation stay; what is right, too.
    pub fn restore(&self, source: &str) -> Restoration {
        self.restore_after(source, &mut self.hints.clone())
    }

    /// Restores a text of which it is known how sure the OCR was of what it read: by places of the source, in order and
    /// apart from each other, 0 to 1. What it was surer of than of most of the document is the dearer to change.
    ///
    /// ```
    /// use phucdau::{Restorer, Span};
    ///
    /// let restorer = Restorer::new();
    /// let line = "Nhà trường trồng thêm cây bang trong sân";
    /// assert_eq!(restorer.restore(line).text(), line);
    ///
    /// // The OCR doubted one word.
    /// let place = |word: &str| line.find(word).map(|at| Span::new(at, at + word.len())).unwrap();
    /// let sureness = line.split(' ').map(|word| (place(word), if word == "bang" { 0.3 } else { 0.96 }));
    /// let restored = restorer.restore_ocr(line, &sureness.collect::<Vec<_>>());
    /// assert_eq!(restored.text(), "Nhà trường trồng thêm cây bàng trong sân");
    /// ```
    pub fn restore_ocr(&self, source: &str, sureness: &[(Span, f32)]) -> Restoration {
        self.run(source, &Sureness::new(sureness), &mut self.hints.clone())
    }

    /// What is known before a text is looked at.
    pub(crate) fn hints(&self) -> &Teachings {
        &self.hints
    }

    /// Restores a text that comes after what has taught this, and learns from it for what comes next.
    pub(crate) fn restore_after(&self, source: &str, teachings: &mut Teachings) -> Restoration {
        self.run(source, &Sureness::new(&[]), teachings)
    }

    fn run(&self, source: &str, sureness: &Sureness, teachings: &mut Teachings) -> Restoration {
        // What is left because it is not sure enough, or the OCR was sure of it, is to stay.
        let is_free = sureness.is_empty() && self.damage.is_none() && self.min_confidence == 0.0;
        let known = is_free.then(|| teachings.clone());
        let restored = self.look(source, sureness, teachings).0;
        match known {
            Some(known) => self.settle(source, restored, &known),
            None => restored,
        }
    }

    /// One look at a text; and what is known if the channel was attuned to it.
    pub(crate) fn look(
        &self,
        source: &str,
        sureness: &Sureness,
        teachings: &mut Teachings,
    ) -> (Restoration, Option<Parts>) {
        let repaired = repair::repair(source, self.damage, self.placement, &self.model.0);
        let text = repaired.text();
        let mut cut = Cut::new(text);
        let mut workspace = self.lock().pop().unwrap_or_default();
        let mut words = std::mem::take(&mut workspace.words);
        if words.len() > MOST_WORDS {
            workspace.forget(&mut words);
        }
        let found = self.find(&repaired, &mut cut, &mut words, &mut workspace.looks);
        let is_kept = cut.is_kept();
        if !is_kept {
            // The look at a long text may have begun the vocabulary anew, for the next text, too.
            workspace.forget_tokens();
        }
        // What is right, lost or not Vietnamese is not even looked at.
        let none = found.iter().all(|(found, _)| found.damage().is_none());
        if none && !found.is_empty() && !repaired.is_any_decoded() {
            self.lock().push(Workspace { words, ..workspace });
            let assessment = assess::assess(&repaired, &mut cut, &found, &[], 0);
            return (Restoration { text: source.to_owned(), edits: Vec::new(), assessment }, None);
        }
        let mut out = Writer::new(&repaired, self);
        let mut window = Window::default();
        // What is known, once the channel is attuned to the text; and what is remembered of the trained one.
        let (mut attuned, mut trained): (Option<Parts>, Option<Cache>) = (None, None);
        let mut chapter = |window: &mut Window, words: &Vocabulary, workspace: &mut Workspace| {
            let Window { pieces, damages, tolls, .. } = &*window;
            let document = Document { text, pieces, words, damages, tolls };
            let stops = stops(&document, window.begin);
            workspace.shortlist.clear();
            let mut read = 0;
            if attuned.is_none() && attune::most(&document).is_some() {
                // Enough to tell what the channel made of letters.
                read = stops.iter().position(|&stop| stop >= stops[0] + SAMPLE).unwrap_or(stops.len() - 1);
                let mut earlier: Option<Shortlist> = None;
                for round in 0..=self.adaptation.rounds {
                    let parts = attuned.as_ref().unwrap_or(&self.model.0);
                    self.read(parts, &document, &stops[..=read], earlier.as_ref(), workspace, teachings);
                    if round == self.adaptation.rounds {
                        break;
                    }
                    let how = &self.adaptation;
                    match attune::attune(parts, &document, &workspace.shortlist, how, attuned.is_some()) {
                        Some(own) => attuned = Some(own),
                        None => break,
                    }
                    let known = workspace.begin_anew();
                    trained.get_or_insert(known);
                    workspace.shortlist.settle();
                    earlier = Some(std::mem::take(&mut workspace.shortlist));
                }
            }
            let parts = attuned.as_ref().unwrap_or(&self.model.0);
            self.read(parts, &document, &stops[read..], None, workspace, teachings);
            self.learn(parts, &document, workspace, teachings);
            self.read_again(parts, &document, &stops, workspace, teachings, &mut out);
            window.begin = stops[stops.len() - 1];
        };
        let mut each = damage::each(&found);
        let toll = |piece: &Piece, found: Found, damage| {
            found.toll(piece.span.of(text)) + sureness.toll(&repaired, piece, damage, &self.weights)
        };
        let is_tolled = !sureness.is_empty() || found.iter().any(|(found, _)| matches!(found, Found::Thinned { .. }));
        let toll = is_tolled.then_some(&toll);
        cut.each(|pieces| {
            if !is_kept && words.len() > MOST_WORDS + 2 * window.pieces.len() {
                workspace.forget(&mut words);
                window.pieces.iter_mut().for_each(|piece| piece.number = UNNUMBERED);
                words.number(text, &mut window.pieces, &self.model.0.lexicon);
            }
            words.number(text, pieces, &self.model.0.lexicon);
            for part in pieces.chunks(CHAPTER) {
                window.add(part, &mut each, toll);
                while window.left() >= CHAPTER + LONGEST_SENTENCE + AHEAD {
                    chapter(&mut window, &words, &mut workspace);
                }
                window.forget();
            }
        });
        while window.left() > 0 {
            chapter(&mut window, &words, &mut workspace);
        }
        if let Some(cache) = trained {
            workspace = Workspace { cache, memory: Memory::default(), ..workspace };
            if !is_kept {
                // The vocabulary may have been begun anew, and its numbers mean other words.
                workspace.forget_tokens();
            }
        }
        self.lock().push(Workspace { words, ..workspace });
        (out.finish(&mut cut, &found), attuned)
    }

    /// What a text has suffered, what restoring it would bring, and whether it is Vietnamese at all. This takes as long as
    /// restoring it.
    ///
    /// ```
    /// use phucdau::{Cause, Restorer, Verdict, repair::legacy::Encoding};
    ///
    /// let restorer = Restorer::new();
    /// let found = restorer.assess("Céng hoµ x· héi chñ nghÜa ViÖt Nam. §éc lËp - Tù do - H¹nh phóc");
    /// assert_eq!(found.verdict, Verdict::Heavy);
    /// assert_eq!(found.main_cause(), Some(Cause::Encoding(Encoding::Tcvn3)));
    /// assert_eq!(restorer.assess("Tôi đã làm việc ở đây được ba năm.").verdict, Verdict::Clean);
    /// ```
    pub fn assess(&self, source: &str) -> Assessment {
        self.restore(source).assessment
    }

    /// Learns from the shortlist of a chapter, and adds to it what its words foretell.
    fn learn(&self, parts: &Parts, document: &Document, workspace: &mut Workspace, teachings: &mut Teachings) {
        let Workspace { cache, shortlist, .. } = workspace;
        shortlist.teach(&self.adaptation, document, teachings);
        shortlist.predict(parts, &self.weights, cache.searcher(), document);
    }

    /// The first pass over a chapter, or a stretch of it: adds its readings to the shortlist. What an earlier one has
    /// settled stays as it is.
    fn read(
        &self,
        parts: &Parts,
        document: &Document,
        stops: &[usize],
        earlier: Option<&Shortlist>,
        workspace: &mut Workspace,
        teachings: &Teachings,
    ) {
        let Workspace { cache, memory, readings, shortlist, .. } = workspace;
        let (weights, how) = (&self.weights, &self.adaptation);
        let mut lattice = Lattice::new(parts, weights, *document, cache);
        // What chapters before have taught is for the second pass; without it, what is known of tokens stays true.
        let lessons = (!self.hints.is_empty()).then(|| Lessons::new(teachings, how));
        let mut search = Search::new(&parts.ngram, lessons, self.beam, memory);
        let mut goes_on = false;
        if let Some(last) = shortlist.last() {
            search.begin(State::after(parts.ngram.known(last.word)));
            goes_on = true;
        }
        for sentence in stops.windows(2) {
            let (mut at, end) = (sentence[0], sentence[1]);
            while at < end {
                let doubtful = match earlier {
                    Some(earlier) => earlier.doubtful(at, end).unwrap_or(end..end),
                    None => at..end,
                };
                if let Some(earlier) = earlier.filter(|_| at < doubtful.start) {
                    shortlist.take_over(earlier, at..doubtful.start);
                    (at..doubtful.start).for_each(|at| lattice.pass(at));
                    let last = shortlist.last().map_or(UNKNOWN, |last| parts.ngram.known(last.word));
                    search.begin(State::after(last));
                    goes_on = true;
                }
                at = doubtful.end;
                if doubtful.is_empty() {
                    continue;
                }
                for at in doubtful.clone() {
                    if std::mem::replace(&mut goes_on, true) {
                        search.gap(lattice.crossings(at));
                    }
                    let token = lattice.token(at);
                    readings.clear();
                    let same = lattice.is_plain(at, &token) || lattice.readings(at, &token, readings);
                    search.step(same.then(|| (token.id, lattice.own(&token))), readings);
                }
                let (gap, cut) = (lattice.crossings(doubtful.end), lattice.cut(doubtful.end - 1));
                search.finish(gap, cut, |readings, likely, chosen| {
                    shortlist.add(doubtful.start, readings, likely, chosen)
                });
            }
            if lattice.cache.trim() {
                search.forget_tokens();
            }
        }
    }

    /// The second pass: chooses from the shortlist, with what the document taught.
    fn read_again(
        &self,
        parts: &Parts,
        document: &Document,
        stops: &[usize],
        workspace: &mut Workspace,
        teachings: &Teachings,
        out: &mut Writer,
    ) {
        let Workspace { cache, memory, readings, shortlist, around, near, .. } = workspace;
        let weights = &self.weights;
        let lattice = Lattice::new(parts, weights, *document, cache);
        let lessons = Lessons::new(teachings, &self.adaptation);
        let mut search = Search::new(&parts.ngram, Some(lessons), self.beam, memory);
        shortlist.surround(around);
        let contexts = parts.bilinear.contexts(around);
        // How far the search has gone.
        let mut reached = stops[0];
        for sentence in stops.windows(2) {
            let mut at = sentence[0];
            while at < sentence[1] {
                let doubtful = shortlist.doubtful(at, sentence[1]).unwrap_or(sentence[1]..sentence[1]);
                // What lies between stays as the first pass found it: right text, mostly.
                for settled in at..doubtful.start {
                    shortlist
                        .settled(settled)
                        .into_iter()
                        .for_each(|only| out.settle(document.words, &document.pieces[settled], only));
                }
                at = doubtful.end;
                if doubtful.is_empty() {
                    continue;
                }
                if doubtful.start > reached {
                    let before = shortlist.settled(doubtful.start - 1);
                    search.begin(State::after(before.map_or(UNKNOWN, |only| parts.ngram.known(only.word))));
                }
                for at in doubtful.clone() {
                    if at > stops[0] {
                        search.gap(lattice.crossings(at));
                    }
                    let (token, damage) = (document.words.of(&document.pieces[at]).token, document.damages[at]);
                    let adapted = |reading: &Reading| {
                        // Of a lost letter no case was seen: each word is read in two.
                        let own = if damage.is_converted() { shortlist.own(at, reading) } else { reading.own };
                        let reading = Reading { own, ..*reading };
                        Reading { cost: lessons.channel(token, &reading, damage), ..reading }
                    };
                    readings.clear();
                    readings.extend(shortlist.of(at).map(adapted));
                    if shortlist.is_open(at, SURE) {
                        triggers::near(around, at, near);
                        lattice.hear(near, &contexts.at(at), readings);
                    }
                    search.step(None, readings);
                }
                reached = doubtful.end;
                let pieces = &document.pieces[doubtful];
                let (gap, cut) = (lattice.crossings(reached), lattice.cut(reached - 1));
                search.finish(gap, cut, |readings, likely, chosen| {
                    out.choose_all(document.words, pieces, readings, likely, chosen)
                });
            }
        }
    }

    /// What the first pass finds of a text that has suffered this damage, up to a chapter of it.
    #[cfg(feature = "train")]
    pub(crate) fn first_pass(&self, text: &str, damage: Damage, each: impl FnOnce(&[Piece], &Shortlist)) {
        let mut workspace = self.lock().pop().unwrap_or_default();
        let mut words = std::mem::take(&mut workspace.words);
        if words.len() > MOST_WORDS {
            workspace.forget(&mut words);
        }
        let mut pieces = segment::segment(text);
        words.number(text, &mut pieces, &self.model.0.lexicon);
        let damages = vec![damage; pieces.len()];
        let document = Document { text, pieces: &pieces, words: &words, damages: &damages, tolls: &[] };
        if !pieces.is_empty() {
            let (parts, teachings) = (&*self.model.0, &mut Teachings::default());
            workspace.shortlist.clear();
            self.read(parts, &document, &stops(&document, 0), None, &mut workspace, teachings);
            self.learn(parts, &document, &mut workspace, teachings);
            each(&pieces, &workspace.shortlist);
        }
        self.lock().push(Workspace { words, ..workspace });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Workspace>> {
        // A thread that panicked holding the lock has left whole workspaces behind.
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What its pieces have suffered: how many, one after the other, have suffered what.
    pub(crate) fn find(
        &self,
        repaired: &Repaired,
        cut: &mut Cut,
        words: &mut Vocabulary,
        looks: &mut Looks,
    ) -> Vec<(Found, usize)> {
        if let Some(damage) = self.damage {
            return vec![(Found::Damaged(damage), usize::MAX)];
        }
        let mut lines = damage::Lines::default();
        // What was typed in a legacy encoding has not gone through OCR.
        let right = |line: &[Piece]| repaired.is_decoded(Span::new(line[0].span.start, line[line.len() - 1].span.end));
        let (text, parts, is_kept) = (repaired.text(), &*self.model.0, cut.is_kept());
        cut.each(|pieces| {
            if !is_kept && words.len() > MOST_WORDS {
                words.clear();
                looks.clear();
            }
            words.number(text, pieces, &parts.lexicon);
            lines.add(text, pieces, parts, looks, right);
        });
        lines.found()
    }
}

impl std::fmt::Debug for Restorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Restorer").field("model", &self.model).finish_non_exhaustive()
    }
}

impl Default for Restorer {
    fn default() -> Self {
        Restorer::new()
    }
}

/// Options of a [`Restorer`].
///
/// ```
/// use phucdau::{Damage, Restorer};
///
/// let restorer = Restorer::builder().min_confidence(0.9).damage(Damage::Stripped).build()?;
/// assert_eq!(restorer.restore("Viet Nam").text(), "Việt Nam");
/// # Ok::<(), phucdau::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RestorerBuilder {
    model: Option<Model>,
    min_confidence: f32,
    placement: TonePlacement,
    damage: Option<Damage>,
    weights: Option<Weights>,
    adaptation: Option<Adaptation>,
    names: Vec<String>,
    context: Vec<String>,
    beam: Option<Beam>,
}

impl RestorerBuilder {
    /// Another model than the embedded one.
    pub fn model(mut self, model: Model) -> Self {
        self.model = Some(model);
        self
    }

    /// Only changes of at least this confidence, 0 to 1, are made; the default is 0, the best reading always wins.
    pub fn min_confidence(mut self, confidence: f32) -> Self {
        self.min_confidence = confidence;
        self
    }

    /// Where tones are to stand in words like hòa and thủy; the default is to leave them as they are found.
    ///
    /// ```
    /// use phucdau::{Restorer, TonePlacement};
    ///
    /// let restorer = Restorer::builder().tone_placement(TonePlacement::New).build()?;
    /// assert_eq!(restorer.restore("Thủy điện Hòa Bình").text(), "Thuỷ điện Hoà Bình");
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    pub fn tone_placement(mut self, placement: TonePlacement) -> Self {
        self.placement = placement;
        self
    }

    /// Says which damage the texts have suffered, instead of having it found out line by line.
    pub fn damage(mut self, damage: Damage) -> Self {
        self.damage = Some(damage);
        self
    }

    /// Names that the texts may hold: of places, persons, firms. They are read where the damaged text allows it; words
    /// that the model lacks are added to it.
    ///
    /// ```
    /// use phucdau::Restorer;
    ///
    /// let restorer = Restorer::builder().names(["Huổi Lếnh", "Co Muông"]).build()?;
    /// assert_eq!(restorer.restore("tai xa Huoi Lenh va xa Co Muong").text(), "tại xã Huổi Lếnh và xã Co Muông");
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    pub fn names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.names.extend(names.into_iter().map(Into::into));
        self
    }

    /// Clean text that belongs to the damaged texts: a PDF's outline, its metadata, a sister document. Its words and
    /// names are the likelier in them. May be given several times.
    ///
    /// ```
    /// use phucdau::Restorer;
    ///
    /// let outline = "Báo cáo tình hình sản xuất nông nghiệp bản Huổi Một và bản Co Muông";
    /// let restorer = Restorer::builder().context(outline).build()?;
    /// assert_eq!(restorer.restore("ban Co Muong, ban Huoi Mot").text(), "bản Co Muông, bản Huổi Một");
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    pub fn context(mut self, clean: impl Into<String>) -> Self {
        self.context.push(clean.into());
        self
    }

    /// For experiments.
    #[doc(hidden)]
    pub fn weights(mut self, weights: Weights) -> Self {
        self.weights = Some(weights);
        self
    }

    /// For experiments.
    #[doc(hidden)]
    pub fn adaptation(mut self, adaptation: Adaptation) -> Self {
        self.adaptation = Some(adaptation);
        self
    }

    /// For experiments.
    #[doc(hidden)]
    pub fn beam(mut self, beam: Beam) -> Self {
        self.beam = Some(beam);
        self
    }

    /// The restorer.
    ///
    /// # Errors
    /// [`Error::Option`] if the threshold is not within 0 and 1, or names and context hold more new words than a lexicon
    /// can (tens of thousands).
    pub fn build(self) -> Result<Restorer, Error> {
        if !(0.0..=1.0).contains(&self.min_confidence) {
            return Err(Error::Option(format!("min_confidence must be from 0 to 1, not {}", self.min_confidence)));
        }
        let model = self.model.unwrap_or_else(Model::embedded);
        let (model, hints) = hints::learn(&model, Teachings::default(), &self.names, &self.context)?;
        let mut restorer = Restorer::with(model);
        restorer.hints = hints;
        restorer.min_confidence = self.min_confidence;
        restorer.placement = self.placement;
        restorer.damage = self.damage;
        restorer.weights = self.weights.unwrap_or_default();
        restorer.adaptation = self.adaptation.unwrap_or_default();
        restorer.beam = self.beam.unwrap_or_default();
        Ok(restorer)
    }
}

/// The pieces of a chapter that are to be read, with some before and after, and their damages.
#[derive(Default)]
struct Window {
    pieces: Vec<Piece>,
    damages: Vec<Damage>,
    /// What it costs to change each, if anything is known of that.
    tolls: Vec<i32>,
    /// Where the chapter begins.
    begin: usize,
    /// Whether the last piece that was looked at is not to be read.
    skipped: bool,
}

impl Window {
    /// Adds those of some pieces that are to be read.
    fn add(
        &mut self,
        pieces: &[Piece],
        found: &mut impl Iterator<Item = Found>,
        toll: Option<&impl Fn(&Piece, Found, Damage) -> i32>,
    ) {
        for (piece, found) in pieces.iter().zip(found) {
            let damage = found.damage();
            // What stood before is no context.
            let gap = if std::mem::replace(&mut self.skipped, damage.is_none()) { Gap::Sentence } else { piece.gap };
            if let Some(damage) = damage {
                self.pieces.push(Piece { gap, ..*piece });
                self.damages.push(damage);
                self.tolls.extend(toll.map(|toll| toll(piece, found, damage)));
            }
        }
    }

    /// How many pieces there are from the chapter's beginning on.
    fn left(&self) -> usize {
        self.pieces.len() - self.begin
    }

    /// Forgets what comes before the chapter, but for the last piece, which is looked back to.
    fn forget(&mut self) {
        let past = self.begin.saturating_sub(1);
        self.pieces.drain(..past);
        self.damages.drain(..past);
        self.tolls.drain(..past.min(self.tolls.len()));
        self.begin -= past;
    }
}

/// A span with the space that goes when it goes: that before it, or that after it at a line's beginning.
fn with_space(text: &str, span: Span) -> Span {
    let space = |c: char| c == '\t' || (c.is_whitespace() && !c.is_control());
    let before = text[..span.start].trim_end_matches(space);
    if before.is_empty() || before.ends_with(char::is_control) {
        let after = text[span.end..].trim_start_matches(space);
        return Span::new(span.start, text.len() - after.len());
    }
    Span::new(before.len(), span.end)
}

/// Where the search through the chapter that begins at a piece is brought to an end: at sentences, and so often that none
/// gets too long. The first is the beginning, the last the chapter's end.
fn stops(document: &Document, begin: usize) -> Vec<usize> {
    let ends = |at: usize| document.pieces[at].gap == Gap::Sentence && !document.begins_small(at);
    let furthest = document.pieces.len().min(begin + CHAPTER + LONGEST_SENTENCE);
    let end = (begin + CHAPTER..furthest).find(|&at| ends(at)).unwrap_or(furthest);
    let mut stops = vec![begin];
    for at in begin + 1..end {
        if ends(at) || at - stops[stops.len() - 1] >= LONGEST_SENTENCE {
            stops.push(at);
        }
    }
    stops.push(end);
    stops
}

/// Puts the restored text together.
pub(crate) struct Writer<'r> {
    repaired: &'r Repaired<'r>,
    restorer: &'r Restorer,
    text: String,
    edits: Vec<Edit>,
    /// How far the repaired text is written.
    written: usize,
    /// How many of the repaired stretches are done with.
    repairs: usize,
    /// How many changes were weighed and not made.
    left_alone: usize,
    scratch: Scratch,
}

/// What is needed to write a word, to be used again: it and one of the others, and the readings of these.
#[derive(Default)]
struct Scratch {
    word: String,
    other: String,
    others: Vec<usize>,
}

impl<'r> Writer<'r> {
    pub(crate) fn new(repaired: &'r Repaired<'r>, restorer: &'r Restorer) -> Self {
        let text = String::with_capacity(repaired.text().len() * 5 / 4);
        let scratch = Scratch::default();
        Writer { repaired, restorer, text, edits: Vec::new(), written: 0, repairs: 0, left_alone: 0, scratch }
    }

    /// Writes a reading as it is to stand in the place of its pieces, and tells that place.
    pub(crate) fn render(&self, pieces: &[Piece], reading: &Reading, word: &mut String) -> Span {
        word.clear();
        let piece = &pieces[reading.place as usize];
        let last = &pieces[reading.place as usize + usize::from(reading.pieces) - 1];
        let span = if reading.wide { piece.wide } else { Span::new(piece.span.start, last.span.end) };
        let text = self.repaired.text();
        if reading.noise {
            return with_space(text, Span::new(piece.wide.start, last.wide.end));
        }
        let seen = span.of(text);
        let lexicon = &self.restorer.model.0.lexicon;
        if reading.kept && reading.wide {
            word.push_str(&numeral::square(seen));
            return span;
        }
        if piece.kind == Kind::Gapped && reading.kept {
            word.push_str(self.repaired.as_found(span));
            return span;
        }
        if reading.kept {
            self.keep(seen, piece, reading, word);
            return span;
        }
        let spelling = lexicon.spelling(reading.word);
        let other = match self.restorer.placement {
            TonePlacement::AsFound => reading.variant.then(|| placement::other(spelling)).flatten(),
            placement => placement.moved(spelling),
        };
        case::write(other.as_deref().unwrap_or(spelling), reading.case, word);
        if let Some(second) = reading.second {
            word.push(' ');
            let capital = seen.chars().nth(spelling.len()).is_some_and(char::is_uppercase);
            let case = match reading.case {
                Case::Upper => Case::Upper,
                _ if capital => Case::Title,
                _ => Case::Lower,
            };
            let spelling = lexicon.spelling(second);
            let moved = self.restorer.placement.moved(spelling);
            case::write(moved.as_deref().unwrap_or(spelling), case, word);
        }
        let stretch = Span::new(piece.span.end, last.span.start);
        if reading.pieces == 2 && stretch.of(text).contains('\n') {
            let halves = [piece, last].map(|half| half.span.of(text));
            *word = line_break::put_back(word, halves, stretch.of(text));
        }
        span
    }

    /// Writes a kept word as it is, but for capitals that OCR mixed into it or lost from a line of them.
    fn keep(&self, seen: &str, piece: &Piece, reading: &Reading, word: &mut String) {
        let lexicon = &self.restorer.model.0.lexicon;
        let small = seen.chars().any(char::is_lowercase);
        if piece.kind != Kind::Word || !small || reading.word == UNKNOWN {
            return word.push_str(seen);
        }
        if piece.capitals && reading.case == Case::Upper {
            return word.extend(seen.chars().flat_map(char::to_uppercase));
        }
        // Without a mark it may be a formula or a brand: `CaO`.
        let marked = !seen.is_ascii();
        let syllable = marked && lexicon.habit(reading.word) == Habit::Free && !lexicon.is_foreign(reading.word);
        let mut letters = seen.chars();
        let first = letters.next();
        if syllable && first.is_some_and(char::is_uppercase) && letters.any(char::is_uppercase) {
            return word.extend(first.into_iter().chain(seen.chars().skip(1).flat_map(char::to_lowercase)));
        }
        word.push_str(seen);
    }

    /// Writes the only reading that a piece has.
    fn settle(&mut self, words: &Vocabulary, piece: &Piece, only: &Reading) {
        self.choose(words, std::slice::from_ref(piece), &[Reading { place: 0, ..*only }], &[1.0], 0);
    }

    /// Writes the chosen readings of some pieces; the others of each piece are its alternatives.
    fn choose_all(
        &mut self,
        words: &Vocabulary,
        pieces: &[Piece],
        readings: &[Reading],
        likely: &[f32],
        chosen: &[Chosen],
    ) {
        for choice in chosen {
            self.choose(words, pieces, readings, likely, choice.reading as usize);
        }
    }

    fn choose(&mut self, words: &Vocabulary, pieces: &[Piece], readings: &[Reading], likely: &[f32], choice: usize) {
        let (chosen, piece) = (&readings[choice], &pieces[readings[choice].place as usize]);
        if chosen.kept && !chosen.wide && !piece.capitals && !words.of(piece).mixed {
            return;
        }
        let Scratch { mut word, mut other, mut others } = std::mem::take(&mut self.scratch);
        let mut span = self.render(pieces, &readings[choice], &mut word);
        // The space before noise may have gone with noise at the line's beginning.
        span.start = span.start.max(self.written);
        if word != self.repaired.as_found(span) && !self.cuts_repair(span) {
            // Readings of one piece lie in a row.
            let place = readings[choice].place;
            let begin = readings.partition_point(|r| r.place < place);
            let end = readings.partition_point(|r| r.place <= place);
            // What is taken out cannot be seen to be wrong: it must be sure.
            let least = if readings[choice].noise { SURE_NOISE } else { 0.0 };
            let unsure = likely[choice] < self.restorer.min_confidence.max(least);
            // The likeliest way through a sentence may go by a word that is likelier right as it stands.
            let mut stands = || self.stands(pieces, &readings[begin..end], &likely[begin..end], &mut other);
            if unsure || likely[choice] < 0.5 && likely[choice] < stands() {
                self.left_alone += 1;
                self.scratch = Scratch { word, other, others };
                return;
            }
            others.clear();
            others.extend((begin..end).filter(|&r| r != choice && likely[r] > 1e-4));
            others.sort_by(|&a, &b| likely[b].total_cmp(&likely[a]));
            let alternative = |&r: &usize| {
                self.render(pieces, &readings[r], &mut other);
                Alternative { text: other.clone(), confidence: likely[r] }
            };
            let alternatives = others.iter().take(3).map(alternative).collect();
            self.write_until(span.start);
            self.edit(span, &word, likely[choice], alternatives);
        }
        self.scratch = Scratch { word, other, others };
    }

    /// How likely it is that a place is right as it stands, by those of its readings that say so: the word as it is, or two
    /// halves of one.
    fn stands(&self, pieces: &[Piece], readings: &[Reading], likely: &[f32], word: &mut String) -> f32 {
        let mut stands = |reading: &Reading| self.repaired.as_found(self.render(pieces, reading, word)) == *word;
        readings.iter().zip(likely).filter(|(reading, _)| stands(reading)).map(|(_, likely)| likely).sum()
    }

    /// Whether a span begins or ends inside a repaired stretch: a space with marks on it, say, before noise.
    fn cuts_repair(&self, span: Span) -> bool {
        self.repaired.cuts(span.start) || self.repaired.cuts(span.end)
    }

    /// Copies the repaired text up to a place; what was repaired in it are edits of their own.
    fn write_until(&mut self, end: usize) {
        let repaired = self.repaired;
        while let Some(span) = repaired.changed(self.repairs).filter(|span| span.end <= end) {
            self.repairs += 1;
            // Inside an edit it is the edit's.
            if span.start >= self.written {
                let word = self.word_around(span, end);
                self.text.push_str(&self.repaired.text()[self.written..word.start]);
                self.edit(word, repaired.as_found(word), 1.0, Vec::new());
            }
        }
        self.text.push_str(&self.repaired.text()[self.written..end]);
        self.written = end;
    }

    /// A repaired stretch with the rest of its word, as far as that is not written and does not lie beyond `end`.
    fn word_around(&self, span: Span, end: usize) -> Span {
        let text = self.repaired.text();
        let before = text[self.written..span.start].trim_end_matches(char::is_alphabetic).len();
        let after = text[span.end..end].trim_start_matches(char::is_alphabetic).len();
        let mut word = Span::new(self.written + before, end - after);
        // Other stretches are taken in whole.
        for other in (self.repairs..).map_while(|at| self.repaired.changed(at)) {
            if other.start >= word.end {
                break;
            }
            word.end = word.end.max(other.end);
        }
        word
    }

    fn edit(&mut self, span: Span, after: &str, confidence: f32, alternatives: Vec<Alternative>) {
        let start = self.text.len();
        self.text.push_str(after);
        self.written = span.end;
        let before = self.repaired.before(span);
        if before != after {
            self.edits.push(Edit {
                source: self.repaired.source(span),
                target: Span::new(start, self.text.len()),
                before: before.to_owned(),
                after: after.to_owned(),
                confidence,
                alternatives,
            });
        }
    }

    fn finish(mut self, cut: &mut Cut, found: &[(Found, usize)]) -> Restoration {
        self.write_until(self.repaired.text().len());
        let assessment = assess::assess(self.repaired, cut, found, &self.edits, self.left_alone);
        Restoration { text: self.text, edits: self.edits, assessment }
    }
}
