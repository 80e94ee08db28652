//! A page to look at: the text with every change marked. It needs no network and nothing beside it.

use crate::contents::Restored;
use anyhow::Result;
use phucdau::Edit;
use std::fmt::{self, Display, Formatter};
use std::io::Write;

const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");

/// Text as HTML, in an attribute, too.
struct Escaped<'t>(&'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // A line's end with `\n`, and one by itself.
                '\r' => {}
                '\u{c}' => f.write_str("\n")?,
                // HTML knows no other control characters.
                '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => f.write_str("\u{fffd}")?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// Writes the page of a file.
pub fn html(name: &str, restored: &Restored, out: &mut impl Write) -> Result<()> {
    let title = Escaped(name);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n{CSS}</style>\n<h1>{title}</h1>\n"
    )?;
    about(restored, out)?;
    out.write_all(
        b"<form>\
          <label><input type=\"checkbox\" id=\"names\"> names</label>\
          <label><input type=\"checkbox\" id=\"numbers\"> numbers</label>\
          <label><input type=\"checkbox\" id=\"unsure\"> below 90 %</label>\
          <output id=\"count\"></output>\
          <span class=\"keys\">n, p: next and previous change</span></form>\n<main lang=\"vi\">\n",
    )?;
    for part in &restored.parts {
        if !part.label.is_empty() {
            writeln!(out, "<h2 lang=\"en\">{}</h2>", Escaped(&part.label))?;
        }
        out.write_all(b"<div class=\"text\">")?;
        let (text, mut written) = (part.text.as_str(), 0);
        for edit in &part.edits {
            write!(out, "{}", Escaped(&text[written..edit.target.start]))?;
            mark(edit, text, out)?;
            written = edit.target.end;
        }
        writeln!(out, "{}</div>", Escaped(&text[written..]))?;
    }
    write!(out, "</main>\n<div id=\"tip\" role=\"tooltip\" lang=\"vi\" hidden></div>\n<script>\n{JS}</script>\n")?;
    Ok(())
}

/// How sure a change is, in three steps.
fn step(confidence: f32) -> &'static str {
    match confidence {
        0.9.. => "sure",
        0.6.. => "fair",
        _ => "low",
    }
}

fn mark(edit: &Edit, text: &str, out: &mut impl Write) -> Result<()> {
    let mut classes = step(edit.confidence).to_owned();
    // A capital at a sentence's beginning says nothing.
    let begins = text[..edit.target.start].trim_end().chars().next_back().is_none_or(|c| ".!?:…\n".contains(c));
    let lines = text[..edit.target.start].rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
    if edit.after.starts_with(char::is_uppercase) && !begins && !lines {
        classes += " name";
    }
    if [&edit.before, &edit.after].iter().any(|text| text.contains(|c: char| c.is_ascii_digit())) {
        classes += " number";
    }
    if edit.after.is_empty() {
        classes += " gone";
    }
    let others: Vec<_> = edit.alternatives.iter().map(|other| (&other.text, other.confidence)).collect();
    let others = serde_json::to_string(&others)?;
    write!(
        out,
        "<mark class=\"{classes}\" tabindex=\"0\" data-before=\"{before}\" data-sure=\"{sure:.3}\" \
         data-or=\"{others}\">{after}</mark>",
        before = Escaped(&edit.before),
        sure = edit.confidence,
        others = Escaped(&others),
        after = Escaped(&edit.after),
    )?;
    Ok(())
}

/// What the texts have suffered, and how sure the changes are.
fn about(restored: &Restored, out: &mut impl Write) -> Result<()> {
    let of = || restored.assessments.iter();
    let (words, damaged): (usize, usize) = (of().map(|a| a.words).sum(), of().map(|a| a.damaged).sum());
    let left: f32 = of().map(|a| a.left_wrong).sum();
    let alone: usize = of().map(|a| a.left_alone).sum();
    let mut causes: Vec<(String, usize)> = Vec::new();
    for finding in of().flat_map(|a| &a.findings) {
        let cause = finding.cause.to_string();
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, words)) => *words += finding.words,
            None => causes.push((cause, finding.words)),
        }
    }
    causes.sort_by_key(|(_, words)| std::cmp::Reverse(*words));
    out.write_all(b"<section class=\"about\"><table>")?;
    if let [all] = restored.assessments.as_slice() {
        write!(out, "<tr><th>verdict<td>{}", all.verdict)?;
    }
    let share = 100.0 * damaged as f64 / words.max(1) as f64;
    write!(out, "<tr><th>words<td>{words}<tr><th>damaged<td>{damaged} ({share:.1} %)")?;
    for (cause, words) in causes {
        write!(out, "<tr><th>{cause}<td>{words}")?;
    }
    write!(out, "<tr><th>expected to stay wrong<td>{left:.1}<tr><th>left alone<td>{alone}</table>")?;

    let mut tenths = [0_usize; 10];
    for edit in restored.parts.iter().flat_map(|part| &part.edits) {
        tenths[((edit.confidence * 10.0) as usize).min(9)] += 1;
    }
    let most = tenths.iter().copied().max().unwrap_or(0).max(1);
    out.write_all(b"<figure><div class=\"bars\">")?;
    for (tenth, count) in tenths.iter().enumerate() {
        let (height, class) = (100.0 * *count as f64 / most as f64, step(tenth as f32 / 10.0));
        let from = tenth * 10;
        write!(
            out,
            "<div class=\"{class}\" style=\"height:{height:.1}%\" title=\"{from}\u{2013}{} %: {count}\"></div>",
            from + 10
        )?;
    }
    out.write_all(
        "</div><div class=\"scale\"><span>0</span><span>confidence of the changes</span><span>1</span></div></figure></section>\n"
            .as_bytes(),
    )?;
    Ok(())
}
