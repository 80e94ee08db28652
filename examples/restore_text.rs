//! Restores a text: standard input, or a file, to standard output; what was changed to standard error.
//!
//! ```sh
//! cargo run --release --example restore_text -- examples/data/report.damaged.txt > restored.txt
//! echo "Thanh pho Ho Chi Minh" | cargo run --release --example restore_text
//! ```

use std::{
    collections::HashMap,
    env, fs,
    io::{self, Read, Write},
    process::ExitCode,
};

use anyhow::{Context, Result, anyhow};
use phucdau::{Edit, Restoration, Restorer};

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
    let (name, bytes) = match env::args_os().nth(1) {
        Some(file) => (file.to_string_lossy().into_owned(), fs::read(file)),
        None => {
            let mut bytes = vec![];
            ("standard input".to_owned(), io::stdin().read_to_end(&mut bytes).map(|_| bytes))
        }
    };
    let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
    let source = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        anyhow!("{name} is not UTF-8 (invalid at byte offset {offset})")
    })?;
    let restored = Restorer::new().restore(&source);
    io::stdout().write_all(restored.text().as_bytes())?;
    summarize(&source, &restored);
    Ok(())
}

fn summarize(source: &str, restored: &Restoration) {
    let edits = restored.edits();
    let share = 100.0 * edits.len() as f32 / restored.words().max(1) as f32;
    eprintln!("{} words, {} changes ({share:.1} %)", restored.words(), edits.len());
    if edits.is_empty() {
        return;
    }
    let confidence = edits.iter().map(|edit| edit.confidence).sum::<f32>() / edits.len() as f32;
    eprintln!("mean confidence {confidence:.3}\n\nmost frequent:");

    let mut counts = HashMap::new();
    for Edit { before, after, .. } in edits {
        *counts.entry((before, after)).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(change, count)| (-count, change));
    for ((before, after), count) in counts.into_iter().take(10) {
        eprintln!("{count:6}  {before} → {after}");
    }

    eprintln!("\nleast certain:");
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    for edit in edits.into_iter().take(5) {
        let line = 1 + source[..edit.source.start].matches('\n').count();
        eprintln!("{:6.3}  line {line}: {} → {}", edit.confidence, edit.before, edit.after);
    }
}
