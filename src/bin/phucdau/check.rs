//! `phucdau check`: tells what damage texts have suffered.

use crate::contents::{Format, Reading};
use crate::how::How;
use crate::inputs::{self, Input};
use crate::output::{Stdout, print};
use crate::progress::Progress;
use crate::read::{self, Bytes};
use crate::threads::{BATCH, Threads};
use anyhow::Result;
use clap::{Args, ValueEnum};
use phucdau::{Assessment, Restorer, Verdict};
use rayon::prelude::*;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tells what damage texts have suffered, one line a text, and changes nothing
#[derive(Args)]
#[command(
    after_help = "The columns: the verdict (clean, light, heavy, beyond-repair, not-vietnamese), the share of words that are damaged,
how many words there are, how many of them restoring is expected to leave wrong, the kinds of damage with the words that
each has changed, and the file.

Exit status: 0 if all texts are clean or not Vietnamese, 1 if any is damaged, 2 if any could not be read.

Examples:
  phucdau check scans/
  phucdau check --format jsonl scans/*.txt | jq 'select(.verdict == \"heavy\") | .file'"
)]
pub struct Check {
    /// Files, folders and quoted patterns; - is standard input. What is not UTF-8 is read as bytes of a legacy encoding
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Telling::Text)]
    format: Telling,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Telling {
    /// A table
    Text,
    /// A JSON list
    Json,
    /// A JSON object a line
    Jsonl,
}

impl Check {
    pub fn run(self) -> Result<ExitCode> {
        let (mut damaged, mut failed) = (false, false);
        let done = self.all(&mut damaged, &mut failed);
        if let Err(error) = &done {
            eprintln!("phucdau: {error:#}");
        }
        Ok(match (done.is_err() || failed, damaged) {
            (true, _) => ExitCode::from(2),
            (false, damaged) => ExitCode::from(u8::from(damaged)),
        })
    }

    fn all(&self, damaged: &mut bool, failed: &mut bool) -> Result<()> {
        self.threads.begin()?;
        let mut problems = Vec::new();
        let inputs = inputs::find(&self.files, |path| Format::of(path).is_some(), None, &mut problems)?;
        for problem in problems {
            eprintln!("phucdau: {problem}");
            *failed = true;
        }
        let restorer = self.how.restorer()?;
        let progress = Progress::new(inputs.len(), inputs.iter().map(|input| input.size).sum(), false);
        let mut first = true;
        for batch in inputs.chunks(BATCH) {
            let found: Vec<_> = batch.par_iter().map(|input| self.look(&restorer, input)).collect();
            for (input, found) in batch.iter().zip(found) {
                progress.add(input.size);
                progress.file_is_done();
                match found {
                    Ok(found) => {
                        for (label, found) in &found {
                            *damaged |= !matches!(found.verdict, Verdict::Clean | Verdict::NotVietnamese);
                            let line = self.line(input, label, found, std::mem::take(&mut first))?;
                            Stdout.write_all(line.as_bytes())?;
                        }
                    }
                    Err(error) => {
                        progress.say(&format!("phucdau: {}", read::failure(&input.path, &error)));
                        *failed = true;
                    }
                }
            }
        }
        progress.finish();
        print(match (self.format, first) {
            (Telling::Json, true) => b"[]\n",
            (Telling::Json, false) => b"]\n",
            _ => b"",
        })
    }

    /// The assessments of a file's parts.
    fn look(&self, restorer: &Restorer, input: &Input) -> Result<Vec<(String, Assessment)>> {
        let bytes = read::bytes(&input.path)?;
        let tell = |what: &str| eprintln!("phucdau: {}: {what}", read::name(&input.path));
        let restored = self.reading.open(&input.path, bytes, Bytes::Legacy, tell)?.restore(restorer, false)?;
        if let [all] = restored.assessments.as_slice() {
            return Ok(vec![(String::new(), all.clone())]);
        }
        Ok(restored.parts.into_iter().map(|part| part.label).zip(restored.assessments).collect())
    }

    fn line(&self, input: &Input, label: &str, found: &Assessment, first: bool) -> Result<String> {
        if self.format == Telling::Text {
            let causes: Vec<String> =
                found.findings.iter().map(|finding| format!("{} {}", finding.cause, finding.words)).collect();
            let causes = if causes.is_empty() { "-".into() } else { causes.join(", ") };
            let share = 100.0 * found.share();
            let (verdict, words, left) = (found.verdict, found.words, found.left_wrong);
            let head = if first { "verdict         damaged    words    left  causes\tfile\n" } else { "" };
            let label = if label.is_empty() { String::new() } else { format!(", {label}") };
            return Ok(format!(
                "{head}{verdict:14} {share:6.1} % {words:8} {left:7.1}  {causes}\t{}{label}\n",
                read::in_a_row(&input.path)
            ));
        }
        let mut object = serde_json::to_value(found)?;
        object["file"] = input.path.to_string_lossy().into();
        if !label.is_empty() {
            object["part"] = label.into();
        }
        Ok(match (self.format, first) {
            (Telling::Json, true) => format!("[{object}"),
            (Telling::Json, false) => format!(",\n {object}"),
            _ => format!("{object}\n"),
        })
    }
}
