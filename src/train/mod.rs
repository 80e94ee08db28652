//! Training a model from text and aligned pairs, and measuring it.
//!
//! ```no_run
//! use phucdau::train::{Config, train};
//!
//! let config = Config {
//!     corpus: vec!["news.txt.zst".parse()?, "reports.txt:4".parse()?],
//!     names: vec!["places.tsv".into()],
//!     english: vec!["pairs.eng.tsv".parse()?],
//!     vietnamese: vec!["pairs.vie.tsv".parse()?],
//!     ..Config::default()
//! };
//! let trained = train(&config, |step| eprintln!("{step}"))?;
//! std::fs::write("my.phucdau", trained.model)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bilinear;
pub mod corpus;
mod costs;
mod documents;
mod doubts;
pub mod em;
pub mod encodings;
pub mod eval;
pub mod kneser_ney;
pub mod lexicon;
pub mod lossy;
mod triggers;
mod tuning;

use crate::channel::LEARNT;
use crate::error::Error;
use crate::lexicon::Habit;
use crate::model::Model;
use crate::ngram::UNIT;
use crate::restorer::Restorer;
use crate::search::Beam;
use crate::text::letter;
use corpus::Source;
use kneser_ney::Size;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::PathBuf;

/// What to train on, and how large the model may get.
#[derive(Debug, Clone)]
pub struct Config {
    /// Clean text, a paragraph or sentence a line.
    pub corpus: Vec<Source>,
    /// Gazetteers: tables or lists of names.
    pub names: Vec<PathBuf>,
    /// How much each name weighs.
    pub name_weight: u32,
    /// Aligned lines, read in English mode.
    pub english: Vec<Source>,
    /// Aligned lines, read in the mode of other languages that have marks; those of English mode are learnt with them.
    pub western: Vec<Source>,
    /// Aligned lines, read by scanners and older programs.
    pub scanner: Vec<Source>,
    /// Aligned lines, read in Vietnamese mode.
    pub vietnamese: Vec<Source>,
    /// How often a word must occur to be known.
    pub floor: lexicon::Floor,
    /// How large the language model may get.
    pub size: Size,
    /// How many times the costs of n-grams are moved to where they choose best among words that differ in their marks only.
    pub tuning: usize,
    /// How many pairs of words that call for each other from afar are kept.
    pub triggers: usize,
    /// How many words have a vector, by which those around a place are weighed; the most frequent ones have.
    pub vectors: usize,
    /// Rounds of expectation–maximisation.
    pub rounds: usize,
    /// A model whose lexicon, n-grams, trigger pairs and vectors are taken over, so that only the channel is learnt; of that, too,
    /// the profiles that there are no pairs for.
    pub base: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            corpus: Vec::new(),
            names: Vec::new(),
            name_weight: 5,
            english: Vec::new(),
            western: Vec::new(),
            scanner: Vec::new(),
            vietnamese: Vec::new(),
            floor: lexicon::Floor::default(),
            size: Size { pairs: 1_600_000, triples: 3_600_000, plain: 0.1 },
            tuning: 4,
            triggers: 250_000,
            vectors: 6_000,
            rounds: 6,
            base: None,
        }
    }
}

impl Config {
    /// The aligned lines that each profile is learnt from.
    fn pairs(&self) -> [&[Source]; LEARNT] {
        [&self.english, &self.western, &self.scanner, &self.vietnamese]
    }
}

/// What a text weighs at most when n-grams are tuned and vectors are learnt: what is said again and again is not learnt the better.
const MOST_WEIGHT: u32 = 2;

/// What is learnt is not to hang on what the search misses, so it looks further than when a text is restored.
const WIDE: Beam = Beam { most: 24, width: 19 * UNIT / 2, again: 4 * UNIT };

/// A trained model.
pub struct Trained {
    /// The model file's bytes.
    pub model: Vec<u8>,
    /// The lexicon as a readable table (word, count, habit), unless it was taken over.
    pub lexicon: Option<String>,
}

/// Trains a model. The same input gives the same bytes, on any number of threads.
///
/// # Errors
/// [`Error::Read`] if a file is missing, [`Error::Training`] if one is of another form than expected.
pub fn train(config: &Config, mut report: impl FnMut(&str)) -> Result<Trained, Error> {
    if let Some(path) = &config.base {
        let bytes = std::fs::read(path).map_err(|reason| Error::Read { path: path.clone(), reason })?;
        let known = Model::from_bytes(&bytes)?;
        let known = known.0.lexicon.spellings().map(<[u8]>::to_vec).collect();
        let learnt = channels(config, &known, &mut report)?;
        let [fst, habits, ngrams, triggers, vectors, rules @ ..] = Model::sections(&bytes)?;
        let given = config.pairs().map(|sources| !sources.is_empty());
        let [english, western, scanner, vietnamese] =
            std::array::from_fn(|at| if given[at] { &*learnt[at] } else { rules[at] });
        let model = Model::assemble([fst, habits, ngrams, triggers, vectors, english, western, scanner, vietnamese]);
        return Ok(Trained { model, lexicon: None });
    }
    if config.corpus.is_empty() {
        return Err(Error::Training("training needs at least one text: --corpus FILE".into()));
    }
    let mut names = String::new();
    for path in &config.names {
        names.push_str(&lexicon::names_of(&corpus::read(path)?));
        names.push('\n');
    }
    let mut counts: HashMap<Vec<u8>, corpus::Cases> = HashMap::new();
    for source in &config.corpus {
        report(&format!("counting words: {}", source.path.display()));
        for (word, cases) in corpus::count_words(&corpus::read(&source.path)?) {
            counts.entry(word).or_default().add(cases);
        }
    }
    let name_words = lexicon::name_words(&names);
    let entries = lexicon::choose(&counts, &name_words, config.floor);
    let vocabulary = lexicon::vocabulary(&entries);
    let (fst, habits) = lexicon::compile(&entries)?;
    report(&format!(
        "{} words, {} of them of the gazetteer; lexicon {} bytes",
        entries.len(),
        name_words.len(),
        fst.len()
    ));

    if entries.is_empty() {
        return Err(Error::Training("the corpus holds no words of Vietnamese: is it the right file?".into()));
    }
    let known: HashSet<Vec<u8>> = vocabulary.keys().cloned().collect();
    let profiles = channels(config, &known, &mut report)?;
    let (mut texts, mut parts) = (vec![(corpus::words(&names, &vocabulary, true), config.name_weight)], vec![None]);
    for source in &config.corpus {
        report(&format!("reading: {}", source.path.display()));
        for (part, documents) in documents::parts(&corpus::read(&source.path)?).iter().enumerate() {
            texts.push((corpus::words(&documents.concat(), &vocabulary, false), source.weight));
            parts.push(Some(part));
        }
    }
    report(&format!("counting n-grams of {} words", texts.iter().map(|t| t.0.len()).sum::<usize>()));
    let classes = lexicon::skeleton_classes(&entries);
    let counts = kneser_ney::count(&texts, classes.len());
    report("counting words near each other");
    let pairs = triggers::choose(&texts, &classes, config.triggers);
    let triggers = crate::triggers::encode(&pairs, classes.len());
    report(&format!("triggers: {} in {} bytes", pairs.len(), triggers.len()));
    report("estimating");
    let (shape, mut costs) = kneser_ney::estimate(&counts, &classes, config.size);
    drop(counts);
    let mut by_others = Vec::new();
    if config.tuning > 0 || config.vectors > 0 {
        by_others = tuning::by_others(&shape, &texts, &parts, classes.len());
    }
    let (moved, how) = ((&mut costs[..], &mut by_others[..]), (config.tuning, MOST_WEIGHT));
    tuning::tune(&shape, moved, &texts, &parts, &classes, how, &mut report);
    drop(texts);
    let encode = |costs: Vec<f32>| {
        let (shape, costs) = shape.known(&costs);
        shape.quantise(&costs).encode()
    };
    let by_others: Vec<Vec<u8>> = by_others.into_iter().filter(|_| config.vectors > 0).map(encode).collect();
    let ngram = shape.quantise(&costs);
    let encoded = ngram.encode();
    report(&format!("n-grams: {:?} in {} bytes", ngram.sizes(), encoded.len()));

    let mut table = String::from("word\tcount\thabit\n");
    let mut by_count: Vec<&lexicon::Entry> = entries.iter().collect();
    by_count.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.key.cmp(&b.key)));
    for entry in by_count {
        let habit = match entry.habit {
            Habit::Free => "",
            Habit::Name => "name",
            Habit::Abbreviation => "abbreviation",
        };
        writeln!(table, "{}\t{}\t{habit}", letter::write(&entry.key), entry.count).expect("writing to a string");
    }
    let with = |ngrams: &[u8], vectors: &[u8]| {
        let [english, western, scanner, vietnamese] = &profiles;
        Model::assemble([&fst, &habits, ngrams, &triggers, vectors, english, western, scanner, vietnamese])
    };
    drop(ngram);
    let mut vectors = Vec::new();
    if config.vectors > 0 {
        let mut doubts = doubts::Doubts::default();
        for (part, ngrams) in by_others.iter().enumerate() {
            let model = Model::from_bytes(&with(ngrams, &[]))?;
            let restorer = Restorer::builder().model(model).beam(WIDE).build()?;
            for source in config.corpus.iter().filter(|source| source.weight > 0) {
                report(&format!("restoring without marks, part {}: {}", part + 1, source.path.display()));
                let text = corpus::read(&source.path)?;
                doubts.add(&restorer, &documents::parts(&text)[part], source.weight.min(MOST_WEIGHT) as u8)?;
            }
        }
        report(&format!("learning vectors at {} places", doubts.places.len()));
        vectors = bilinear::learn(doubts, classes.len(), config.vectors);
        report(&format!("vectors: {} bytes", vectors.len()));
    }
    Ok(Trained { model: with(&encoded, &vectors), lexicon: Some(table) })
}

/// The rules of the profiles that are learnt, as bytes.
fn channels(
    config: &Config,
    known: &HashSet<Vec<u8>>,
    report: &mut impl FnMut(&str),
) -> Result<[Vec<u8>; LEARNT], Error> {
    let mut learn = |sources: [&[Source]; 2], quoted: bool| {
        let mut pairs = em::Pairs { quoted, ..em::Pairs::default() };
        for source in sources.into_iter().flatten() {
            pairs
                .add_table(&corpus::read(&source.path)?, f64::from(source.weight), known)
                .map_err(|e| Error::Training(format!("{}: {e}", source.path.display())))?;
        }
        let entries = em::learn(&pairs, config.rounds);
        report(&format!(
            "channel: {} rules from {} different pairs; split {:.5}, glued {:.5} of the words",
            entries.len(),
            pairs.words.len(),
            pairs.split / pairs.met.max(1.0),
            pairs.glued / pairs.met.max(1.0)
        ));
        Ok(crate::channel::encode(&entries))
    };
    let [english, western, scanner, vietnamese] = config.pairs();
    // What has marks here and there is as in English mode elsewhere; without pairs of its own, throughout.
    let western = if western.is_empty() { Vec::new() } else { learn([western, english], false)? };
    let scanner = if scanner.is_empty() { Vec::new() } else { learn([scanner, &[]], true)? };
    Ok([learn([english, &[]], false)?, western, scanner, learn([vietnamese, &[]], false)?])
}
