//! `phucdau train`: makes a model.

use crate::how::share;
use crate::output;
use anyhow::{Result, anyhow, ensure};
use clap::Args;
use phucdau::Model;
use phucdau::train::{Config, corpus::Source, kneser_ney::Size, train};
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// Trains a model from clean text, names and aligned OCR lines; any text may be .zst
#[derive(Args)]
#[command(after_help = "Example:\n  phucdau train --corpus news.txt.zst reports.txt:4 --names places.tsv \\\n    \
    --english pairs.eng.tsv --vietnamese pairs.vie.tsv -o my.phucdau\n\n\
    Trained twice on the same files, the model is the same to the byte.")]
pub struct Train {
    /// Clean text, a sentence or paragraph a line; with :WEIGHT it counts as often as that
    #[arg(long, value_name = "FILE[:WEIGHT]", num_args = 1.., required_unless_present = "base")]
    corpus: Vec<Source>,
    /// Names of people and places: a list, or a table parted by tabs
    #[arg(long, value_name = "FILE", num_args = 1..)]
    names: Vec<PathBuf>,
    /// Pairs read by OCR in English mode: a table parted by tabs with the columns `gold` and `ocr`
    #[arg(long, value_name = "FILE[:WEIGHT]", num_args = 1..)]
    english: Vec<Source>,
    /// Pairs read by OCR in the mode of other languages that have marks: the same; those of English mode are learnt with them
    #[arg(long, value_name = "FILE[:WEIGHT]", num_args = 1..)]
    western: Vec<Source>,
    /// Pairs read letter by letter, by scanners and older programs: the same
    #[arg(long, value_name = "FILE[:WEIGHT]", num_args = 1..)]
    scanner: Vec<Source>,
    /// Pairs read by OCR in Vietnamese mode: the same
    #[arg(long, value_name = "FILE[:WEIGHT]", num_args = 1..)]
    vietnamese: Vec<Source>,
    /// How many pairs of words the language model keeps
    #[arg(long, value_name = "N", default_value_t = Config::default().size.pairs)]
    pairs: usize,
    /// How many triples of words it keeps
    #[arg(long, value_name = "N", default_value_t = Config::default().size.triples)]
    triples: usize,
    /// How many times the costs of n-grams are moved to where they choose best among words that differ in marks only
    #[arg(long, value_name = "N", default_value_t = Config::default().tuning)]
    tuning: usize,
    /// How many pairs of words that call for each other from afar are kept
    #[arg(long, value_name = "N", default_value_t = Config::default().triggers)]
    triggers: usize,
    /// How many words, the most frequent ones, have a vector by which those around a place are weighed
    #[arg(long, value_name = "N", default_value_t = Config::default().vectors)]
    vectors: usize,
    /// When choosing which to keep: what predicting any word is worth, from 0 to 1, beside telling words apart that
    /// differ in marks only
    #[arg(long, value_name = "X", value_parser = share, default_value_t = Config::default().size.plain)]
    plain: f32,
    /// Take over the words and the language model of this model, and learn the channel only
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["corpus", "names", "pairs", "triples", "tuning", "triggers", "vectors", "plain", "lexicon"])]
    base: Option<PathBuf>,
    /// Where to write the model
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// Also write the words with their counts as a readable table
    #[arg(long, value_name = "FILE")]
    lexicon: Option<PathBuf>,
    /// Write over files that exist
    #[arg(long, alias = "force")]
    overwrite: bool,
}

impl Train {
    pub fn run(self) -> Result<()> {
        ensure!(self.lexicon.as_ref() != Some(&self.output), "give --lexicon and --output different names");
        for path in self.lexicon.iter().chain([&self.output]) {
            output::writable(path, self.overwrite)?;
        }
        let sources = [&self.corpus, &self.english, &self.western, &self.scanner, &self.vietnamese];
        let sources = sources.into_iter().flatten().map(|source| &source.path);
        for path in sources.chain(&self.names).chain(&self.base) {
            fs::File::open(path).map_err(|e| anyhow!("cannot read {}: {e}; check the path", path.display()))?;
        }
        let config = Config {
            corpus: self.corpus,
            names: self.names,
            english: self.english,
            western: self.western,
            scanner: self.scanner,
            vietnamese: self.vietnamese,
            size: Size { pairs: self.pairs, triples: self.triples, plain: self.plain },
            tuning: self.tuning,
            triggers: self.triggers,
            vectors: self.vectors,
            base: self.base,
            ..Config::default()
        };
        let start = Instant::now();
        let trained = train(&config, |step| eprintln!("{:7.1} s  {step}", start.elapsed().as_secs_f32()))?;
        let words = Model::from_bytes(&trained.model)?.words();
        ensure!(words > 0, "no word occurs often enough in these texts to be learnt; give more with --corpus");
        output::write(&self.output, &trained.model, self.overwrite)?;
        if let (Some(path), Some(table)) = (&self.lexicon, &trained.lexicon) {
            output::write(path, table.as_bytes(), self.overwrite)?;
        }
        Ok(())
    }
}
