//! `phucdau eval`: measures.

use crate::how::How;
use crate::output::print;
use crate::read::{self, Bytes};
use anyhow::{Result, anyhow, ensure};
use clap::Args;
use phucdau::Restoration;
use phucdau::train::eval::{Reliability, Tally};
use phucdau::train::{encodings, lossy};
use serde_json::json;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

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
    #[arg(required_unless_present_any = ["encodings", "lossy"])]
    source: Option<String>,
    /// Instead: write GOLD in each legacy encoding, restore that, and print how well the encoding was told and undone
    #[arg(long, conflicts_with_all = ["source", "output", "errors", "reliability"])]
    encodings: bool,
    /// Instead: take those letters from GOLD that encodings lack, in several ways, restore that, and print how many words
    /// are wrong
    #[arg(long, conflicts_with_all = ["source", "output", "errors", "reliability", "encodings"])]
    lossy: bool,
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
    /// Also restore once more what was restored, and print how much that changes
    #[arg(long, conflicts_with_all = ["output", "json", "encodings", "lossy"])]
    twice: bool,
    /// Print the figures as one JSON object
    #[arg(long, conflicts_with = "errors")]
    json: bool,
}

impl Eval {
    pub fn run(self) -> Result<()> {
        let gold = files(&self.gold)?;
        let Some(source) = &self.source else {
            let lines: Vec<&str> = gold.iter().map(|(_, text)| text.as_str()).collect();
            let gold = lines.join("\n");
            return if self.lossy { self.lossy(&gold) } else { self.encodings(&gold) };
        };
        let paired = |pattern: &str| -> Result<Vec<String>> {
            let pages = pattern.contains('*');
            ensure!(pages == self.gold.contains('*'), "{pattern}: give a * in all of the names, or in none");
            let mut files: HashMap<_, _> = files(pattern)?.into_iter().collect();
            let mut take = |key| files.remove(key).ok_or_else(|| anyhow!("no {}", pattern.replace('*', key)));
            gold.iter().map(|(key, _)| take(key)).collect()
        };
        let source = paired(source)?;
        let (mut reliability, mut twice) = (Reliability::default(), String::new());
        let output = match &self.output {
            Some(output) => paired(output)?,
            None => {
                let restorer = self.how.restorer()?;
                let restored = restorer.par_restore(&source);
                for ((_, gold), restored) in gold.iter().zip(&restored).filter(|_| self.reliability) {
                    reliability.add(&gold.lines().collect::<Vec<_>>(), restored);
                }
                let output: Vec<_> = restored.into_iter().map(Restoration::into_text).collect();
                if self.twice {
                    let again = restorer.par_restore(&output);
                    let changes: usize = again.iter().map(|restored| restored.edits().len()).sum();
                    let changed = again.iter().filter(|restored| !restored.is_unchanged()).count();
                    twice = format!("twice {changes} changes in {changed} of {} texts\n", again.len());
                }
                output
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
        printed += &twice;
        print(printed.as_bytes())
    }
}

impl Eval {
    fn encodings(&self, gold: &str) -> Result<()> {
        let scores = encodings::score(&self.how.restorer()?, gold);
        if self.json {
            return print(format!("{}\n", serde_json::to_string(&scores)?).as_bytes());
        }
        let rows: String = scores.iter().map(|of| format!("{of}\n")).collect();
        print(format!("encoding        lines   exact   words documents  single\n{rows}").as_bytes())
    }
}

impl Eval {
    fn lossy(&self, gold: &str) -> Result<()> {
        let scores = lossy::score(&self.how.restorer()?, gold)?;
        if self.json {
            return print(format!("{}\n", serde_json::to_string(&scores)?).as_bytes());
        }
        let rows: String = scores.iter().map(|of| format!("{of}\n")).collect();
        print(format!("letters lost    before   after    case  single\n{rows}").as_bytes())
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
        return Ok(vec![(String::new(), read::text(Path::new(pattern), Bytes::Refused)?)]);
    };
    let (folder, head) = head.split_at(head.rfind(std::path::is_separator).map_or(0, |at| at + 1));
    ensure!(!tail.contains('*') && !tail.contains(std::path::is_separator), "{pattern}: put one * in the file name");
    let entries = fs::read_dir(if folder.is_empty() { "." } else { folder });
    let mut names = Vec::new();
    for entry in entries.map_err(|e| anyhow!("cannot read the folder of {pattern}: {e}; check the path"))? {
        names.extend(entry?.file_name().into_string());
    }
    names.sort_unstable();
    let mut files = Vec::new();
    for name in names.iter().filter(|name| !head.is_empty() || !name.starts_with('.')) {
        if let Some(key) = name.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)) {
            files.push((key.into(), read::text(&Path::new(folder).join(name), Bytes::Refused)?));
        }
    }
    ensure!(!files.is_empty(), "no file matches {pattern}; quote the pattern, and check the folder");
    Ok(files)
}
