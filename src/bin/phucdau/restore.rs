//! `phucdau restore`: mends files.

use crate::contents::{Format, Reading};
use crate::how::How;
use crate::inputs::{self, Input};
use crate::output::{self, Color, Part};
use crate::progress::Progress;
use crate::read::{self, Bytes};
use crate::threads::{BATCH, Threads};
use crate::{report, stop};
use anyhow::{Result, anyhow, ensure};
use clap::{Args, ValueEnum};
use phucdau::formats::records::{Kind, Records};
use phucdau::{Edit, Restorer, Span, WINDOW};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Restores files: text, and formats that carry text
///
/// One file goes to standard output, line for line, and nothing else does; with -o it goes to a new file. Several files
/// and folders go to the folder that -o names, under the same names, or with --in-place each takes the place of what it
/// came from, which stays beside it. Files are written whole or not at all, and none is written over unless --overwrite
/// is given. A file that fails does not keep the others from being restored; what failed is told at the end.
#[derive(Args)]
#[command(after_help = "\
Exit status: 0 if all files were restored, 1 if any failed, 2 for a wrong command line, 130 after Ctrl-C, 143
after SIGTERM.

Examples:
  phucdau restore scan.txt > restored.txt
  phucdau restore scan.txt --edits scan.edits.json -o restored.txt
  phucdau restore scans/ -o restored/ -j 4            # a folder, with all below it
  phucdau restore scans/ -o restored/ --resume        # goes on where that ended
  phucdau restore 'scans/**/*.txt' --in-place --backup
  phucdau restore pages.jsonl --field text -o restored.jsonl
  phucdau restore people.csv --column name --column address > restored.csv
  phucdau restore scan.pdf -o searchable.pdf          # a new PDF with a restored text layer; to a .txt, the text
  phucdau restore scan.txt --format diff              # what would change
  phucdau restore scan.txt --format html -o scan.html # to look at, in a browser")]
pub struct Restore {
    /// Files, folders and quoted patterns; - is standard input
    #[arg(default_value = "-")]
    files: Vec<PathBuf>,
    /// Write to this new file, or, for several files, to this folder
    #[arg(short, long, value_name = "PATH", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Let each restored file take the place of what it came from; needs --backup
    #[arg(long, requires = "backup")]
    in_place: bool,
    /// With --in-place: what the old file is called from then on, after its name
    #[arg(long, value_name = "SUFFIX", num_args = 0..=1, require_equals = true, default_missing_value = ".orig")]
    backup: Option<String>,
    /// Write over files that exist
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,
    /// Go on where a run has ended: pass over files that are restored already
    #[arg(long)]
    resume: bool,
    /// What to write
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, conflicts_with = "in_place")]
    format: Output,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    how: How,
    /// Put U+FFFD in the place of bytes that are not UTF-8, instead of giving up
    #[arg(long, conflicts_with = "legacy", help_heading = "How to read")]
    lossy: bool,
    /// Read text that is not UTF-8 as bytes of a legacy encoding (TCVN3, VNI, VISCII, …), which is found out then
    #[arg(long, help_heading = "How to read")]
    legacy: bool,
    /// Of one text: also write the changes to this new file, as a JSON list of places in bytes (of a document: in its text
    /// alone), wordings, confidence, alternatives
    #[arg(long, value_name = "FILE")]
    edits: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Say nothing but what went wrong
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say of each file what became of it
    #[arg(short, long)]
    verbose: bool,
}

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
enum Output {
    /// What was read, restored
    #[default]
    Same,
    /// The restored text alone
    Text,
    /// One JSON list with an object a file: text, edits, assessment
    Json,
    /// The same, an object a line
    Jsonl,
    /// The lines that change, as a unified diff
    Diff,
    /// A page to look at: the text with each change marked
    Html,
}

impl Output {
    /// What such a file's name ends with, after the name of what it was made from.
    fn suffix(self) -> &'static str {
        match self {
            Output::Same => "",
            Output::Text => ".txt",
            Output::Json => ".json",
            Output::Jsonl => ".jsonl",
            Output::Diff => ".diff",
            Output::Html => ".html",
        }
    }

    /// Whether those of several files can stand one after the other.
    fn joins(self) -> bool {
        matches!(self, Output::Json | Output::Jsonl | Output::Diff)
    }
}

/// Where it is written to.
enum Target {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
    InPlace(String),
}

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Changed,
    Unchanged,
    /// Ctrl-C came first.
    Stopped,
}

/// What all files have come to.
#[derive(Default)]
struct Sums {
    files: AtomicUsize,
    bytes: AtomicU64,
    words: AtomicU64,
    edits: AtomicU64,
}

impl Restore {
    pub fn run(self) -> Result<ExitCode> {
        self.threads.begin()?;
        let but = self.output.as_deref().filter(|path| path.is_dir());
        let mut problems = Vec::new();
        let mut inputs = inputs::find(&self.files, |path| Format::of(path).is_some(), but, &mut problems)?;
        if let Some(suffix) = self.backup.as_deref().filter(|_| self.in_place) {
            let backups: HashSet<PathBuf> =
                inputs.iter().map(|input| output::with_suffix(&input.path, suffix)).collect();
            inputs.retain(|input| !backups.contains(&input.path) && !is_backup(&input.path, suffix));
        }
        let target = self.target(&inputs)?;
        let inputs = self.left(inputs, &target)?;
        if let Some(path) = &self.edits {
            let of_text = |input: &Input| {
                self.reading.format(&input.path).is_ok_and(|format| format.records().is_none() && format != Format::Pdf)
            };
            ensure!(
                self.files.len() == 1 && inputs.iter().all(of_text),
                "--edits is for one text; --format jsonl tells the edits of several, of records and of pages"
            );
            let of = |other: &Path| {
                other == path || other.canonicalize().is_ok_and(|one| path.canonicalize().is_ok_and(|path| path == one))
            };
            ensure!(!self.output.as_deref().is_some_and(of), "--edits and -o name one file; give them different names");
            let onto_itself = inputs.iter().any(|input| of(&input.path));
            ensure!(!onto_itself, "--edits would be written over {}; give it a name of its own", path.display());
            output::writable(path, self.overwrite)?;
        }
        if !matches!(target, Target::Stdout) || self.edits.is_some() {
            stop::listen(inputs.iter().any(|input| !input.path.is_file()));
        }
        self.all(&inputs, &target, problems)
    }

    /// Where it is all to be written.
    fn target(&self, inputs: &[Input]) -> Result<Target> {
        let several = inputs.len() != 1 || self.files.iter().any(|path| path.is_dir());
        if self.in_place {
            let backup = self.backup.clone().unwrap_or_default();
            ensure!(!backup.is_empty() && !backup.contains(['/', '\\']), "--backup={backup}: give what names end with");
            let lasting = inputs.iter().all(|input| input.path.is_file() || !input.path.exists());
            ensure!(
                lasting && !self.files.iter().any(|path| read::is_stdin(path)),
                "standard input and pipes have no place of their own"
            );
            return Ok(Target::InPlace(backup));
        }
        let Some(path) = &self.output else {
            ensure!(
                !several || self.format.joins(),
                "these are {} files; name a folder for them with -o, or give --in-place",
                inputs.len()
            );
            return Ok(Target::Stdout);
        };
        let is_folder = path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        if is_folder || several && !self.format.joins() {
            ensure!(path.is_dir() || !path.exists(), "{} is a file; name a folder for several files", path.display());
            inputs::are_apart(inputs.iter().map(|input| (input, self.path_in(path, input))))?;
            return Ok(Target::Folder(path.clone()));
        }
        output::writable(path, self.overwrite)?;
        inputs::are_apart(inputs.iter().filter(|_| !several).map(|input| (input, path.clone())))?;
        Ok(Target::File(path.clone()))
    }

    /// Where a file's restoration goes in a folder.
    fn path_in(&self, folder: &Path, input: &Input) -> PathBuf {
        let name = if read::is_stdin(&input.path) { Path::new("standard-input.txt") } else { &input.name };
        output::with_suffix(&folder.join(name), self.format.suffix())
    }

    /// What is left to do, after a look at what is there already.
    fn left(&self, inputs: Vec<Input>, target: &Target) -> Result<Vec<Input>> {
        let place = |input: &Input| match target {
            Target::Folder(folder) => Some(self.path_in(folder, input)),
            Target::InPlace(backup) => {
                let path = input.path.canonicalize().unwrap_or_else(|_| input.path.clone());
                Some(output::with_suffix(&path, backup))
            }
            Target::Stdout | Target::File(_) => None,
        };
        if self.resume {
            let folders: BTreeSet<PathBuf> =
                inputs.iter().filter_map(|input| Some(output::folder_of(&place(input)?).to_owned())).collect();
            folders.iter().for_each(|folder| output::clear(folder));
            let is_done = |input: &Input| match target {
                // A backup that holds what its file does was made by a run that ended in between.
                Target::InPlace(_) => {
                    place(input).is_some_and(|place| place.is_file() && !output::is_same(&place, &input.path))
                }
                // What was written to after it had been restored is restored again.
                _ => place(input).is_some_and(|place| is_up_to_date(&place, &input.path)),
            };
            let (done, left): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(is_done);
            if self.verbose {
                eprintln!("phucdau: {} files are restored already", done.len());
            }
            return Ok(left);
        }
        let there: Vec<PathBuf> = inputs.iter().filter_map(place).filter(|place| place.exists()).collect();
        ensure!(
            there.is_empty() || self.overwrite && !self.in_place,
            "{} of the files to be written exist, the first is {}; --resume passes over them, --overwrite writes them anew{}",
            there.len(),
            there[0].display(),
            if self.in_place { " (not with --in-place: an old file is never lost)" } else { "" }
        );
        Ok(inputs)
    }

    fn all(&self, inputs: &[Input], target: &Target, problems: Vec<String>) -> Result<ExitCode> {
        let work = Work {
            how: self,
            restorer: self.how.restorer()?,
            target,
            progress: Progress::new(inputs.len(), inputs.iter().map(|input| input.size).sum(), self.quiet),
            sums: Sums::default(),
            account: Mutex::new(None),
        };
        let mut failures = match target {
            Target::File(path) => {
                let mut part = Part::begin(path)?;
                let failures = work.joined(inputs, &mut part)?;
                if !stop::is_wanted() && failures.len() < inputs.len() {
                    part.keep(self.overwrite)?;
                }
                failures
            }
            Target::Stdout => work.joined(inputs, &mut output::Stdout)?,
            Target::Folder(_) | Target::InPlace(_) => work.each(inputs),
        };
        // The account of a text comes after the text.
        if let Some(account) = work.account().take().filter(|_| !stop::is_wanted()) {
            account.keep(self.overwrite)?;
        }
        failures.extend(problems);
        work.finish(&failures)
    }
}

/// The work on all files.
struct Work<'a> {
    how: &'a Restore,
    restorer: Restorer,
    target: &'a Target,
    progress: Progress,
    sums: Sums,
    /// What was changed in the one text that it is asked of, once all is told.
    account: Mutex<Option<Part>>,
}

impl Work<'_> {
    fn account(&self) -> MutexGuard<'_, Option<Part>> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Restores files, one after the other into one. Returns what failed.
    fn joined(&self, inputs: &[Input], sink: &mut impl Write) -> Result<Vec<String>> {
        let mut failures = Vec::new();
        let is_json = self.how.format == Output::Json;
        if let [input] = inputs {
            let (mut whole, failed) = (Vec::new(), |error| anyhow!(read::failure(&input.path, &error)));
            if is_json {
                self.one(input, &mut whole).map_err(failed)?;
                sink.write_all(&[b"[", whole.as_slice(), b"]\n"].concat())?;
            } else {
                self.one(input, sink).map_err(failed)?;
            }
            sink.flush()?;
            return Ok(failures);
        }
        let mut first = true;
        for batch in inputs.chunks(BATCH) {
            let results: Vec<Result<Vec<u8>>> = batch
                .par_iter()
                .map(|input| {
                    let mut bytes = Vec::new();
                    self.one(input, &mut bytes).map(|_| bytes)
                })
                .collect();
            for (input, result) in batch.iter().zip(results) {
                match result {
                    Ok(bytes) => {
                        if is_json {
                            sink.write_all(if first { b"[" } else { b",\n " })?;
                        }
                        sink.write_all(&bytes)?;
                        first = false;
                    }
                    Err(error) => failures.push(read::failure(&input.path, &error)),
                }
            }
            if stop::is_wanted() {
                return Ok(failures);
            }
        }
        if is_json {
            sink.write_all(if first { b"[]\n" } else { b"]\n" })?;
        }
        sink.flush()?;
        Ok(failures)
    }

    /// Restores files, each into one of its own. Returns what failed.
    fn each(&self, inputs: &[Input]) -> Vec<String> {
        let failed =
            inputs.par_iter().map(|input| self.place(input).err().map(|error| read::failure(&input.path, &error)));
        failed.flatten_iter().collect()
    }

    fn place(&self, input: &Input) -> Result<()> {
        if stop::is_wanted() {
            return Ok(());
        }
        match self.target {
            Target::Folder(folder) => {
                let path = self.how.path_in(folder, input);
                let mut part = Part::begin(&path)?;
                if self.how.format == Output::Json {
                    part.write_all(b"[")?;
                }
                let done = self.one(input, &mut part)?;
                if self.how.format == Output::Json {
                    part.write_all(b"]\n")?;
                }
                if done != Done::Stopped {
                    part.keep(self.how.overwrite || self.how.resume)?;
                }
            }
            Target::InPlace(backup) => {
                // A link stays a link.
                let path = input.path.canonicalize().map_err(|e| read::unread(&input.path, &e))?;
                let mut part = Part::begin(&path)?;
                if self.one(input, &mut part)? == Done::Changed {
                    part.replace(&output::with_suffix(&path, backup))?;
                }
            }
            Target::Stdout | Target::File(_) => unreachable!("these are joined"),
        }
        Ok(())
    }

    /// Restores a file, and writes to `sink` what is to be written of it.
    fn one(&self, input: &Input, sink: &mut impl Write) -> Result<Done> {
        if stop::is_wanted() {
            return Ok(Done::Stopped);
        }
        let how = self.how;
        let mut account = Account::begin(how.edits.as_deref())?;
        let done = match how.reading.format(&input.path)? {
            _ if how.format != Output::Same || how.lossy || how.legacy => self.whole(input, &mut account, sink)?,
            Format::Text => self.text(input, &mut account, sink)?,
            format => match format.records() {
                Some(kind) => self.records(input, kind, &mut account, sink)?,
                None => self.whole(input, &mut account, sink)?,
            },
        };
        if done == Done::Stopped {
            return Ok(done);
        }
        let (words, edits) = (account.words, account.edits);
        *self.account() = account.finish()?;
        self.sums.files.fetch_add(1, Relaxed);
        self.sums.bytes.fetch_add(input.size, Relaxed);
        self.sums.words.fetch_add(words, Relaxed);
        self.sums.edits.fetch_add(edits, Relaxed);
        self.progress.file_is_done();
        if how.verbose {
            self.progress.say(&format!("{}: {words} words, {edits} changes", read::name(&input.path)));
        }
        Ok(done)
    }

    /// Restores a text of any length, window by window.
    fn text(&self, input: &Input, account: &mut Account, mut sink: &mut impl Write) -> Result<Done> {
        let mut reader = self.open(&input.path)?;
        let mut bytes = Vec::new();
        reader.by_ref().take(WINDOW as u64 + 1).read_to_end(&mut bytes).map_err(|e| read::unread(&input.path, &e))?;
        if bytes.len() <= WINDOW {
            let size = bytes.len() as u64;
            let restored = self.restorer.restore(&read::decode(&input.path, bytes, Bytes::Refused)?);
            account.add(restored.words(), restored.edits(), 0, 0)?;
            sink.write_all(restored.text().as_bytes())?;
            self.progress.add(size);
            return Ok(if restored.is_unchanged() { Done::Unchanged } else { Done::Changed });
        }
        let (mut failed, mut before) = (None, phucdau::Progress::default());
        let reader = BufReader::new(Cursor::new(bytes).chain(reader));
        let done = self.restorer.restore_windows(reader, &mut sink, WINDOW, |progress, restored| {
            failed = account.add(restored.words(), restored.edits(), before.read, before.written).err();
            self.progress.add(progress.read - before.read);
            before = *progress;
            if stop::is_wanted() || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        match failed {
            Some(error) => Err(error),
            None if stop::is_wanted() => Ok(Done::Stopped),
            None => Ok(if done.edits == 0 { Done::Unchanged } else { Done::Changed }),
        }
    }

    /// Restores records of any number, block by block.
    fn records(&self, input: &Input, kind: Kind, account: &mut Account, sink: &mut impl Write) -> Result<Done> {
        let mut records = Records::new(self.open(&input.path)?, kind, self.how.reading.names(kind)?);
        let mut done = Done::Unchanged;
        while let Some(block) = records.next_block()? {
            let texts: Vec<&str> = block.fields().iter().map(|field| field.text.as_str()).collect();
            let restored = self.restorer.par_restore(&texts);
            for restored in &restored {
                account.add(restored.words(), restored.edits(), 0, 0)?;
                if !restored.is_unchanged() {
                    done = Done::Changed;
                }
            }
            block.write(&restored, &mut *sink)?;
            self.progress.add(block.size() as u64);
            if stop::is_wanted() {
                return Ok(Done::Stopped);
            }
        }
        Ok(done)
    }

    /// Restores a file that is read as a whole.
    fn whole(&self, input: &Input, account: &mut Account, sink: &mut impl Write) -> Result<Done> {
        let how = self.how;
        let other = match (how.lossy, how.legacy) {
            (true, _) => Bytes::Lossy,
            (_, true) => Bytes::Legacy,
            _ => Bytes::Refused,
        };
        let bytes = read::bytes(&input.path)?;
        let name = read::name(&input.path);
        let tell = |what: &str| self.progress.say(&format!("{name}: {what}"));
        let contents = how.reading.open(&input.path, bytes, other, tell)?;
        let format = self.format(input);
        let restored = contents.restore(&self.restorer, format == Output::Same)?;
        account.add(restored.words(), restored.parts.iter().flat_map(|part| &part.edits), 0, 0)?;
        match format {
            Output::Same => sink.write_all(&restored.file)?,
            Output::Text => report::text(&restored, sink)?,
            Output::Json => report::json(&name, &restored, sink)?,
            Output::Jsonl => {
                report::json(&name, &restored, sink)?;
                sink.write_all(b"\n")?;
            }
            Output::Diff => {
                let is_coloured = matches!(self.target, Target::Stdout) && how.color.is_on();
                report::diff(&name, &restored, is_coloured, sink)?;
            }
            Output::Html => report::html(&name, &restored, sink)?,
        }
        self.progress.add(input.size);
        Ok(if restored.edits() > 0 { Done::Changed } else { Done::Unchanged })
    }

    /// What is written of a file. A PDF or DOCX becomes one where it goes to a file that is called so, and text elsewhere.
    fn format(&self, input: &Input) -> Output {
        let is_as = |format| self.how.reading.format(&input.path).is_ok_and(|is| is == format);
        let goes_to = |format| match self.target {
            Target::Stdout => false,
            Target::File(path) => Format::of(path) == Some(format),
            Target::Folder(_) | Target::InPlace(_) => true,
        };
        match self.how.format {
            Output::Same if is_as(Format::Pdf) && !goes_to(Format::Pdf) => Output::Text,
            Output::Same if is_as(Format::Docx) && !goes_to(Format::Docx) => Output::Text,
            format => format,
        }
    }

    fn open(&self, path: &Path) -> Result<Box<dyn Read>> {
        if read::is_stdin(path) {
            return Ok(Box::new(io::stdin()));
        }
        Ok(Box::new(File::open(path).map_err(|e| read::unread(path, &e))?))
    }

    /// Says what has come of it all.
    fn finish(&self, failures: &[String]) -> Result<ExitCode> {
        self.progress.finish();
        for failure in failures {
            eprintln!("phucdau: {failure}");
        }
        let (files, bytes) = (self.sums.files.load(Relaxed), self.sums.bytes.load(Relaxed));
        let (words, edits) = (self.sums.words.load(Relaxed), self.sums.edits.load(Relaxed));
        if !self.how.quiet && matches!(self.target, Target::Folder(_) | Target::InPlace(_)) {
            let failed = if failures.is_empty() { String::new() } else { format!("; {} files failed", failures.len()) };
            eprintln!("{files} files, {:.1} MB, {words} words, {edits} changes{failed}", bytes as f64 / 1e6);
        }
        if let Some(status) = stop::status() {
            let is_resumed = matches!(self.target, Target::Folder(_) | Target::InPlace(_));
            eprintln!("phucdau: stopped{}", if is_resumed { "; --resume goes on from here" } else { "" });
            return Ok(ExitCode::from(status));
        }
        Ok(ExitCode::from(u8::from(!failures.is_empty())))
    }
}

/// Whether a file that was made of another is as new as that, and was not left empty when the power failed.
fn is_up_to_date(made: &Path, of: &Path) -> bool {
    let about = |path: &Path| {
        Some(path.metadata().ok()?).filter(|of| of.is_file()).and_then(|of| Some((of.modified().ok()?, of.len())))
    };
    matches!((about(made), about(of)), (Some((made, size)), Some((of, before))) if made >= of && (size > 0 || before == 0))
}

/// Whether a file is what another one was before it was restored.
fn is_backup(path: &Path, suffix: &str) -> bool {
    let name = path.to_string_lossy();
    name.strip_suffix(suffix).is_some_and(|name| Path::new(name).is_file())
}

/// What has been changed, as it is told in a file.
struct Account {
    file: Option<Part>,
    words: u64,
    edits: u64,
}

impl Account {
    fn begin(path: Option<&Path>) -> Result<Self> {
        let mut file = path.map(Part::begin).transpose()?;
        if let Some(file) = &mut file {
            file.write_all(b"[")?;
        }
        Ok(Account { file, words: 0, edits: 0 })
    }

    /// Adds the edits of a stretch that begins so far into the source and the restored text.
    fn add<'e>(
        &mut self,
        words: usize,
        edits: impl IntoIterator<Item = &'e Edit>,
        read: u64,
        written: u64,
    ) -> Result<()> {
        self.words += words as u64;
        for edit in edits {
            if let Some(file) = &mut self.file {
                let shifted = |span: Span, by: u64| Span::new(span.start + by as usize, span.end + by as usize);
                let (source, target) = (shifted(edit.source, read), shifted(edit.target, written));
                let edit = serde_json::to_string(&Edit { source, target, ..edit.clone() })?;
                write!(file, "{}{edit}", if self.edits == 0 { "" } else { ",\n " })?;
            }
            self.edits += 1;
        }
        Ok(())
    }

    /// The file, told to its end.
    fn finish(self) -> Result<Option<Part>> {
        let mut file = self.file;
        if let Some(file) = &mut file {
            file.write_all(b"]\n")?;
        }
        Ok(file)
    }
}
