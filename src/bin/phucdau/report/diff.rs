//! A unified diff. Restoring keeps lines, so that each stands against the one of its number.

use crate::contents::Restored;
use anyhow::Result;
use std::io::Write;

/// So many lines stand around those that change.
const AROUND: usize = 3;

/// Writes a unified diff of a file, coloured if it is to be; nothing if nothing changes.
pub fn diff(name: &str, restored: &Restored, is_coloured: bool, out: &mut impl Write) -> Result<()> {
    let style = if is_coloured {
        Style { old: "\x1b[31m", new: "\x1b[32m", place: "\x1b[36m", end: "\x1b[0m" }
    } else {
        Style::default()
    };
    for part in restored.parts.iter().filter(|part| !part.edits.is_empty()) {
        let of = if part.label.is_empty() { name.to_owned() } else { format!("{name} ({})", part.label) };
        // What comes after a tab is no part of the name.
        writeln!(out, "--- {of}\t\n+++ {of}\trestored")?;
        hunks(&part.source, &part.text, &style, out)?;
    }
    Ok(())
}

#[derive(Default)]
struct Style {
    old: &'static str,
    new: &'static str,
    place: &'static str,
    end: &'static str,
}

fn hunks(source: &str, restored: &str, style: &Style, out: &mut impl Write) -> Result<()> {
    let [old, new] = [source, restored].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let lines = old.len().max(new.len());
    let is_changed = |at: usize| old.get(at) != new.get(at);
    let mut at = 0;
    while let Some(first) = (at..lines).find(|&at| is_changed(at)) {
        // Changes whose surroundings meet are told together.
        let mut last = first;
        while let Some(next) = (last + 1..lines.min(last + 2 + 2 * AROUND)).find(|&at| is_changed(at)) {
            last = next;
        }
        let (begin, end) = (first.saturating_sub(AROUND).max(at), lines.min(last + 1 + AROUND));
        let of = |all: &[&str]| match (end.min(all.len()) - begin, begin + 1) {
            (0, _) => format!("{begin},0"),
            (1, first) => first.to_string(),
            (count, first) => format!("{first},{count}"),
        };
        writeln!(out, "{}@@ -{} +{} @@{}", style.place, of(&old), of(&new), style.end)?;
        let mut from = begin;
        while from < end {
            let is = is_changed(from);
            let to = (from..end).find(|&at| is_changed(at) != is).unwrap_or(end);
            if is {
                lines_of(&old, from..to, '-', style.old, style.end, out)?;
                lines_of(&new, from..to, '+', style.new, style.end, out)?;
            } else {
                lines_of(&old, from..to, ' ', "", "", out)?;
            }
            from = to;
        }
        at = end;
    }
    Ok(())
}

fn lines_of(
    all: &[&str],
    range: std::ops::Range<usize>,
    mark: char,
    begin: &str,
    end: &str,
    out: &mut impl Write,
) -> Result<()> {
    for line in range.filter_map(|at| all.get(at)) {
        match line.strip_suffix('\n') {
            Some(line) => writeln!(out, "{begin}{mark}{line}{end}")?,
            None => writeln!(out, "{begin}{mark}{line}{end}\n\\ No newline at end of file")?,
        }
    }
    Ok(())
}
