//! The `phucdau` command.

use anyhow::{Result, anyhow, bail, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use phucdau::repair::legacy;
use phucdau::tuning::{Adaptation, Weights};
use phucdau::{Assessment, Damage, Model, Restorer, TonePlacement, Verdict};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

/// Gives damaged Vietnamese text (wrong-language OCR, lost marks) back its marks and letters.
#[derive(Parser)]
#[command(version)]
#[cfg_attr(not(feature = "train"), command(after_help = "`train` and `eval` come with the feature `train`."))]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Restore(Restore),
    Check(Check),
    #[cfg(feature = "train")]
    Train(train::Train),
    #[cfg(feature = "train")]
    Eval(train::Eval),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Restore(command) => command.run(),
        Command::Check(command) => return command.run(),
        #[cfg(feature = "train")]
        Command::Train(command) => command.run(),
        #[cfg(feature = "train")]
        Command::Eval(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("phucdau: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Restores a text: writes it to standard output, line for line, and nothing else
#[derive(Args)]
#[command(after_help = "Example:\n  phucdau restore scan.txt --edits scan.edits.json > restored.txt")]
struct Restore {
    /// The text, in UTF-8; - is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    #[command(flatten)]
    how: How,
    /// Put U+FFFD in the place of bytes that are not UTF-8, instead of giving up
    #[arg(long, conflicts_with = "legacy")]
    lossy: bool,
    /// Read text that is not UTF-8 as bytes of a legacy encoding (TCVN3, VNI, VISCII, …), which is found out then
    #[arg(long)]
    legacy: bool,
    /// Also write the changes to this new file, as a JSON list: places in bytes, wordings, confidence, alternatives
    #[arg(long, value_name = "FILE")]
    edits: Option<PathBuf>,
}

/// How to restore.
#[derive(Args)]
struct How {
    /// A model that `phucdau train` wrote, instead of the one that is built in
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The damage that the text has suffered, instead of having it found out line by line
    #[arg(long, value_name = "KIND")]
    damage: Option<Kind>,
    /// Make only changes of at least this confidence, from 0 to 1
    #[arg(long, value_name = "X", value_parser = share, default_value_t = 0.0)]
    min_confidence: f32,
    /// Names that the text may hold, one a line: of places, persons, firms
    #[arg(long, value_name = "FILE")]
    names: Vec<PathBuf>,
    /// Clean text that belongs to it: an outline, metadata, a sister document
    #[arg(long, value_name = "FILE")]
    context: Vec<PathBuf>,
    /// Where tones are to stand in words like hòa
    #[arg(long, value_name = "PLACE")]
    tones: Option<Tones>,
    /// A weight of the decoder, in 1/64 nat, for experiments: see DESIGN.md
    #[arg(long = "weight", value_name = "NAME=N", hide = true, value_parser = weight)]
    weights: Vec<(String, i32)>,
}

/// A weight by its name.
fn weight(given: &str) -> Result<(String, i32)> {
    let (name, value) = given.split_once('=').ok_or_else(|| anyhow!("give a name, = and a number"))?;
    Ok((name.into(), value.parse()?))
}

#[derive(Clone, Copy, ValueEnum)]
enum Tones {
    /// hòa, thủy
    Old,
    /// hoà, thuỷ
    New,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Read by OCR in English mode
    English,
    /// Read by OCR in Vietnamese mode, or typed
    Vietnamese,
    /// All marks taken off
    Stripped,
}

/// A number from 0 to 1.
fn share(given: &str) -> Result<f32> {
    given.parse().ok().filter(|x| (0.0..=1.0).contains(x)).ok_or_else(|| anyhow!("give a number from 0 to 1"))
}

impl How {
    fn restorer(&self) -> Result<Restorer> {
        let mut builder = Restorer::builder().min_confidence(self.min_confidence);
        if let Some(path) = &self.model {
            builder = builder.model(Model::open(path).map_err(|e| anyhow!("--model {}: {e}", path.display()))?);
        }
        if let Some(kind) = self.damage {
            builder = builder.damage(match kind {
                Kind::English => Damage::EnglishOcr,
                Kind::Vietnamese => Damage::VietnameseOcr,
                Kind::Stripped => Damage::Stripped,
            });
        }
        if let Some(tones) = self.tones {
            builder = builder.tone_placement(match tones {
                Tones::Old => TonePlacement::Old,
                Tones::New => TonePlacement::New,
            });
        }
        for path in &self.names {
            let names = read(path, Bytes::Refused)?;
            builder = builder.names(names.lines().map(str::trim).filter(|name| !name.is_empty()));
        }
        for path in &self.context {
            builder = builder.context(read(path, Bytes::Refused)?);
        }
        let (mut weights, mut adaptation) = (Weights::default(), Adaptation::default());
        for (name, value) in &self.weights {
            let known = weights.set(name, *value) || adaptation.set(name, *value);
            ensure!(known, "--weight {name}: there is no such weight");
        }
        Ok(builder.weights(weights).adaptation(adaptation).build()?)
    }
}

impl Restore {
    fn run(self) -> Result<()> {
        if let Some(path) = &self.edits {
            writable(path, "name a new file")?;
        }
        let other = match (self.lossy, self.legacy) {
            (true, _) => Bytes::Lossy,
            (_, true) => Bytes::Legacy,
            _ => Bytes::Refused,
        };
        let text = read(&self.file, other)?;
        let restored = self.how.restorer()?.restore(&text);
        if let Some(path) = &self.edits {
            let edits: Vec<String> = restored.edits().iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
            write(path, format!("[{}]\n", edits.join(",\n ")).as_bytes())?;
        }
        print(restored.text())
    }
}

/// Tells what damage texts have suffered, one line a text, and changes nothing
#[derive(Args)]
#[command(
    after_help = "The columns: the verdict (clean, light, heavy, beyond-repair, not-vietnamese), the share of words that are damaged,
how many words there are, how many of them restoring is expected to leave wrong, the kinds of damage with the words that
each has changed, and the file.

Exit status: 0 if all texts are clean or not Vietnamese, 1 if any is damaged, 2 if any could not be read.

Examples:
  phucdau check scans/*.txt
  phucdau check --format jsonl scans/*.txt | jq 'select(.verdict == \"heavy\") | .file'"
)]
struct Check {
    /// The texts; - is standard input. What is not UTF-8 is read as bytes of a legacy encoding
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// A JSON list
    Json,
    /// A JSON object a line
    Jsonl,
}

/// So many texts are read before they are looked at.
const BATCH: usize = 256;

impl Check {
    fn run(self) -> ExitCode {
        let mut damaged = false;
        let mut failed = false;
        let done = self.how.restorer().and_then(|restorer| {
            let mut texts = Vec::new();
            let mut first = true;
            for batch in self.files.chunks(BATCH) {
                texts.clear();
                for path in batch {
                    match read(path, Bytes::Legacy) {
                        Ok(text) => texts.push((path, text)),
                        Err(error) => {
                            eprintln!("phucdau: {error}");
                            failed = true;
                        }
                    }
                }
                let found = restorer.par_assess(&texts.iter().map(|(_, text)| text).collect::<Vec<_>>());
                for ((path, _), found) in texts.iter().zip(found) {
                    damaged |= !matches!(found.verdict, Verdict::Clean | Verdict::NotVietnamese);
                    print(&self.line(path, &found, std::mem::take(&mut first))?)?;
                }
            }
            match self.format {
                Format::Json => print(if first { "[]\n" } else { "]\n" }),
                _ => Ok(()),
            }
        });
        if let Err(error) = &done {
            eprintln!("phucdau: {error}");
        }
        match (done.is_err() || failed, damaged) {
            (true, _) => ExitCode::from(2),
            (false, damaged) => ExitCode::from(u8::from(damaged)),
        }
    }

    fn line(&self, path: &Path, found: &Assessment, first: bool) -> Result<String> {
        if self.format == Format::Text {
            let causes: Vec<String> =
                found.findings.iter().map(|finding| format!("{} {}", finding.cause, finding.words)).collect();
            let causes = if causes.is_empty() { "-".into() } else { causes.join(", ") };
            let share = 100.0 * found.share();
            let (verdict, words, left) = (found.verdict, found.words, found.left_wrong);
            let head = if first { "verdict         damaged    words    left  causes\tfile\n" } else { "" };
            return Ok(format!(
                "{head}{verdict:14} {share:6.1} % {words:8} {left:7.1}  {causes}\t{}\n",
                path.display()
            ));
        }
        let mut object = serde_json::to_value(found)?;
        object["file"] = path.to_string_lossy().into();
        Ok(match (self.format, first) {
            (Format::Json, true) => format!("[{object}"),
            (Format::Json, false) => format!(",\n {object}"),
            _ => format!("{object}\n"),
        })
    }
}

/// What to do with bytes that are not UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bytes {
    Refused,
    Lossy,
    Legacy,
}

/// Reads a text, or standard input for `-`.
fn read(path: &Path, other: Bytes) -> Result<String> {
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        ("standard input".into(), io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (path.to_string_lossy(), fs::read(path))
    };
    let bytes = bytes.map_err(|e| anyhow!("cannot read {name}: {e}; check the path, or give - for standard input"))?;
    String::from_utf8(bytes).or_else(|error| {
        let (bytes, at) = (error.as_bytes(), error.utf8_error().valid_up_to());
        let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        match other {
            Bytes::Refused => bail!(
                "{name} is not UTF-8: byte {at} (line {line}) is 0x{:02X}; convert the text, or let `restore --legacy` \
                 find out its encoding, or `restore --lossy` put U+FFFD there",
                bytes[at]
            ),
            Bytes::Lossy => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Bytes::Legacy => Ok(legacy::from_bytes(bytes)),
        }
    })
}

/// Makes sure that nothing stands where a file is to be written, before the work is done.
fn writable(path: &Path, advice: &str) -> Result<()> {
    ensure!(!path.exists(), "{} exists and is not overwritten; {advice}", path.display());
    folder(path)
}

/// Makes sure that the folder of a file to be written is there.
fn folder(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") && !folder.is_dir() => {
            bail!("cannot write {}: there is no folder {}; make it first", path.display(), folder.display())
        }
        _ => Ok(()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|e| anyhow!("cannot write {}: {e}", path.display()))
}

/// Writes to standard output; that nobody reads on is no error.
fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => bail!("cannot write to standard output: {e}"),
        _ => Ok(()),
    }
}

#[cfg(feature = "train")]
mod train {
    use super::*;
    use phucdau::Restoration;
    use phucdau::train::{
        Config,
        corpus::Source,
        encodings,
        eval::{Reliability, Tally},
        kneser_ney::Size,
        train,
    };
    use serde_json::json;
    use std::collections::HashMap;
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
        /// Pairs read by OCR in Vietnamese mode: the same
        #[arg(long, value_name = "FILE[:WEIGHT]", num_args = 1..)]
        vietnamese: Vec<Source>,
        /// How many pairs of words the language model keeps
        #[arg(long, value_name = "N", default_value_t = Config::default().size.pairs)]
        pairs: usize,
        /// How many triples of words it keeps
        #[arg(long, value_name = "N", default_value_t = Config::default().size.triples)]
        triples: usize,
        /// When choosing which to keep: what predicting any word is worth, from 0 to 1, beside telling words apart that
        /// differ in marks only
        #[arg(long, value_name = "X", value_parser = share, default_value_t = Config::default().size.plain)]
        plain: f32,
        /// Take over the words and the language model of this model, and learn from --english and --vietnamese only
        #[arg(long, value_name = "MODEL", conflicts_with_all = ["corpus", "names", "pairs", "triples", "plain", "lexicon"])]
        base: Option<PathBuf>,
        /// Where to write the model
        #[arg(short, long, value_name = "MODEL")]
        output: PathBuf,
        /// Also write the words with their counts as a readable table
        #[arg(long, value_name = "FILE")]
        lexicon: Option<PathBuf>,
        /// Overwrite files that exist
        #[arg(long)]
        force: bool,
    }

    impl Train {
        pub fn run(self) -> Result<()> {
            ensure!(self.lexicon.as_ref() != Some(&self.output), "give --lexicon and --output different names");
            for path in self.lexicon.iter().chain([&self.output]) {
                if self.force { folder(path)? } else { writable(path, "name a new file, or add --force")? }
            }
            let sources = self.corpus.iter().chain(&self.english).chain(&self.vietnamese).map(|source| &source.path);
            for path in sources.chain(&self.names).chain(&self.base) {
                fs::File::open(path).map_err(|e| anyhow!("cannot read {}: {e}; check the path", path.display()))?;
            }
            let config = Config {
                corpus: self.corpus,
                names: self.names,
                english: self.english,
                vietnamese: self.vietnamese,
                size: Size { pairs: self.pairs, triples: self.triples, plain: self.plain },
                base: self.base,
                ..Config::default()
            };
            let start = Instant::now();
            let trained = train(&config, |step| eprintln!("{:7.1} s  {step}", start.elapsed().as_secs_f32()))?;
            let words = Model::from_bytes(&trained.model)?.words();
            ensure!(words > 0, "no word occurs often enough in these texts to be learnt; give more with --corpus");
            write(&self.output, &trained.model)?;
            if let (Some(path), Some(table)) = (&self.lexicon, &trained.lexicon) {
                write(path, table.as_bytes())?;
            }
            Ok(())
        }
    }

    /// Restores a text whose right wording is known, and measures how well
    ///
    /// GOLD and SOURCE have the same lines. Or each is a quoted pattern with one * in the
    /// file name: files are paired by what it stands for, and compared as a whole, whatever
    /// their lines. Case and tone placement (hoà = hòa) do not count; gold words inside ⟦ ⟧
    /// are not measured. Printed are:
    ///
    ///   words       gold words measured
    ///   wer         word error rate: (wrong + added + missing) / words
    ///   wer_case    the same, case kept
    ///   cer         character error rate, case kept
    ///   wer_source  word error rate of SOURCE itself
    ///   harm        of the words right in SOURCE, the share that is wrong now
    ///   fixed       of the words wrong in SOURCE, the share that is right now
    ///   numbers     of the numbers right in SOURCE, the share that is kept
    ///   src_wrong   words wrong in SOURCE
    ///   harmed      words right in SOURCE that are wrong now
    ///   preference  mean over the files: 1 for fewer errors than in SOURCE, -1 for more
    ///   names       of the capitalised words inside sentences, the share that is right
    #[derive(Args)]
    #[command(verbatim_doc_comment)]
    #[command(after_help = "Example:\n  phucdau eval 'pages/*.gold.txt' 'pages/*.eng.txt' --errors 20")]
    pub struct Eval {
        /// The right text
        gold: String,
        /// The damaged text
        #[arg(required_unless_present = "encodings")]
        source: Option<String>,
        /// Instead: write GOLD in each legacy encoding, restore that, and print how well the encoding was told and undone
        #[arg(long, conflicts_with_all = ["source", "output", "errors", "reliability"])]
        encodings: bool,
        /// Measure this text, restored by whatever means, instead of restoring SOURCE
        #[arg(long, value_name = "OUT", conflicts_with = "How")]
        output: Option<String>,
        #[command(flatten)]
        how: How,
        /// Also print the N most frequent errors
        #[arg(long, value_name = "N", default_value_t = 0)]
        errors: usize,
        /// Also print how many edits of each tenth of confidence are right, how far confidence is off on average, and the
        /// share of right edits among those of 0.9 and more
        #[arg(long, conflicts_with_all = ["output", "json"])]
        reliability: bool,
        /// Print the figures as one JSON object
        #[arg(long, conflicts_with = "errors")]
        json: bool,
    }

    impl Eval {
        pub fn run(self) -> Result<()> {
            let gold = files(&self.gold)?;
            let Some(source) = &self.source else {
                let lines: Vec<&str> = gold.iter().map(|(_, text)| text.as_str()).collect();
                return self.encodings(&lines.join("\n"));
            };
            let paired = |pattern: &str| -> Result<Vec<String>> {
                let pages = pattern.contains('*');
                ensure!(pages == self.gold.contains('*'), "{pattern}: give a * in all of the names, or in none");
                let mut files: HashMap<_, _> = files(pattern)?.into_iter().collect();
                let mut take = |key| files.remove(key).ok_or_else(|| anyhow!("no {}", pattern.replace('*', key)));
                gold.iter().map(|(key, _)| take(key)).collect()
            };
            let source = paired(source)?;
            let mut reliability = Reliability::default();
            let output = match &self.output {
                Some(output) => paired(output)?,
                None => {
                    let restored = self.how.restorer()?.par_restore(&source);
                    for ((_, gold), restored) in gold.iter().zip(&restored).filter(|_| self.reliability) {
                        reliability.add(&gold.lines().collect::<Vec<_>>(), restored);
                    }
                    restored.into_iter().map(Restoration::into_text).collect()
                }
            };
            let mut tally = Tally::default();
            let add = if self.gold.contains('*') { Tally::add_whole } else { Tally::add };
            for (((_, gold), output), source) in gold.iter().zip(&output).zip(&source) {
                let [gold, output, source] = [gold, output, source].map(|text| text.lines().collect::<Vec<_>>());
                add(&mut tally, &gold, &output, Some(&source))?;
            }
            let mut printed = if self.json { json(&tally) } else { table(&tally, self.errors) };
            if self.reliability {
                printed += &reliability.to_string();
            }
            print(&printed)
        }
    }

    impl Eval {
        fn encodings(&self, gold: &str) -> Result<()> {
            let scores = encodings::score(&self.how.restorer()?, gold);
            if self.json {
                return print(&format!("{}\n", serde_json::to_string(&scores)?));
            }
            let rows: String = scores.iter().map(|of| format!("{of}\n")).collect();
            print(&format!("encoding        lines   exact   words documents  single\n{rows}"))
        }
    }

    fn json(tally: &Tally) -> String {
        let scores = tally.scores();
        let mut figures = json!({
            "words": scores.words, "wer": scores.wer, "wer_case": scores.wer_case, "cer": scores.cer,
            "names": scores.names,
        });
        if let Some(source) = scores.source {
            figures["wer_source"] = source.wer_source.into();
            figures["harm"] = source.harm.into();
            figures["fixed"] = source.fixed.into();
            figures["numbers"] = source.numbers.into();
            figures["src_wrong"] = source.src_wrong.into();
            figures["harmed"] = source.harmed.into();
            figures["preference"] = source.preference.into();
        }
        format!("{figures}\n")
    }

    fn table(tally: &Tally, errors: usize) -> String {
        let errors = tally.confusions().into_iter().take(errors);
        let errors = errors.map(|((gold, got), count)| format!("{count:5}  '{gold}' <- '{got}'\n"));
        tally.scores().to_string() + &errors.collect::<String>()
    }

    /// The texts of the files that a pattern stands for, in the order of their names, each after what the `*` stands
    /// for; without one, the one file's text.
    fn files(pattern: &str) -> Result<Vec<(String, String)>> {
        let Some((head, tail)) = pattern.split_once('*') else {
            return Ok(vec![(String::new(), read(Path::new(pattern), Bytes::Refused)?)]);
        };
        let (folder, head) = head.split_at(head.rfind(std::path::is_separator).map_or(0, |at| at + 1));
        ensure!(
            !tail.contains('*') && !tail.contains(std::path::is_separator),
            "{pattern}: put one * in the file name"
        );
        let entries = fs::read_dir(if folder.is_empty() { "." } else { folder });
        let mut names = Vec::new();
        for entry in entries.map_err(|e| anyhow!("cannot read the folder of {pattern}: {e}; check the path"))? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        let mut files = Vec::new();
        for name in names.iter().filter(|name| !head.is_empty() || !name.starts_with('.')) {
            if let Some(key) = name.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)) {
                files.push((key.into(), read(&Path::new(folder).join(name), Bytes::Refused)?));
            }
        }
        ensure!(!files.is_empty(), "no file matches {pattern}; quote the pattern, and check the folder");
        Ok(files)
    }
}
