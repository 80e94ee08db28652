//! Extracts communes, dates and figures from a damaged report: from its restored text, with their places in the file as it
//! is.
//!
//! ```sh
//! cargo run --release --example extract                      # the sample in examples/data
//! cargo run --release --example extract -- FILE.txt
//! ```
//!
//! A row for each: what it is, what it says, line and column where it stands (in characters, as editors count), and what
//! stands there. A regular expression finds little in the damaged text itself; the last line says how much.

use anyhow::{Context, Result};
use phucdau::{Offsets, Restorer, Span, Unit};
use regex::Regex;
use std::process::ExitCode;
use std::{env, fs};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report.damaged.txt");

/// What is looked for; the first group, if there is one, is what counts.
const WANTED: [(&str, &str); 3] = [
    ("commune", r"\b[Xx]ã ((?:\p{Lu}\p{Ll}+)(?: \p{Lu}\p{Ll}+)*)"),
    ("date", r"\bngày \d{1,2}(?:/\d{1,2}/\d{4}| tháng \d{1,2} năm \d{4})"),
    ("figure", r"\b\d+(?:[.,]\d+)* (?:ha|km|hộ|nhân khẩu|đảng viên|tấn|tạ|con|triệu đồng|tỷ đồng|người)\b"),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let path = env::args_os().nth(1).unwrap_or_else(|| SAMPLE.into());
    let source = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let restored = Restorer::new().restore(&source);
    let offsets = Offsets::new(&source, &restored);

    let mut found = Vec::new();
    let mut without = 0;
    for (kind, pattern) in WANTED {
        let pattern = Regex::new(pattern)?;
        without += pattern.find_iter(&source).count();
        for groups in pattern.captures_iter(restored.text()) {
            let what = groups.get(1).or(groups.get(0)).expect("group 0 is all of it");
            let target = Span::new(what.start(), what.end());
            found.push((offsets.source_of(target, Unit::Byte), kind, what.as_str()));
        }
    }
    found.sort();
    for (place, kind, what) in &found {
        let before = &source[..place.start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        let [what, seen] = [what, place.of(&source)].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        println!("{kind}\t{what}\t{line}:{column}\t{seen}");
    }
    eprintln!("{} found; in the text as it was: {without}", found.len());
    Ok(())
}
