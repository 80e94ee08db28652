//! Restores a PDF: its text layer, or, where a page is only an image, what the program `tesseract` reads in it.
//!
//! ```sh
//! cargo run --release --example restore_pdf                            # the sample in examples/data
//! cargo run --release --example restore_pdf -- FILE.pdf                # text to standard output
//! cargo run --release --example restore_pdf -- FILE.pdf -o OUT.txt     # to a new file
//! cargo run --release --example restore_pdf -- FILE.pdf --json         # with an account of every change
//! cargo run --release --example restore_pdf -- FILE.pdf --pdf OUT.pdf  # a new PDF with a restored text layer
//! ```
//!
//! The lines stay as they are on the page; a form feed parts the pages.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail, ensure};
use phucdau::{
    Restorer,
    pdf::{Document, Restored, Source, Tesseract},
};

const USAGE: &str = "usage: restore_pdf [FILE.pdf] [-o OUT.txt] [--json] [--pdf OUT.pdf]";
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report-text-layer.pdf");

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
    let (mut file, mut out, mut pdf, mut json) = (None, None, None, false);
    let mut args = env::args_os().skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("-o") if out.is_none() => out = Some(PathBuf::from(args.next().context(USAGE)?)),
            Some("--pdf") if pdf.is_none() => pdf = Some(PathBuf::from(args.next().context(USAGE)?)),
            Some("--json") => json = true,
            Some(option) if option.starts_with('-') => bail!(USAGE),
            _ if file.is_none() => file = Some(PathBuf::from(arg)),
            _ => bail!(USAGE),
        }
    }
    let is_sample = file.is_none();
    let file = file.unwrap_or_else(|| SAMPLE.into());
    for out in out.iter().chain(&pdf) {
        ensure!(!out.exists(), "{} exists already", out.display());
    }

    let (document, source) = read(&file).with_context(|| file.display().to_string())?;
    let restored = document.restore(&Restorer::new())?;
    let text = if json { serde_json::to_string_pretty(&restored)? + "\n" } else { restored.text() };
    match (&out, &pdf) {
        (Some(out), _) => write(out, text.as_bytes())?,
        (None, Some(_)) if !json => {}
        (None, _) => io::stdout().write_all(text.as_bytes())?,
    }
    if let Some(pdf) = &pdf {
        let new = restored.write_pdf()?;
        write(pdf, &new.bytes)?;
        if new.left_out > 0 {
            eprintln!("{} changes could not be written to {}", new.left_out, pdf.display());
        }
    }
    if is_sample {
        show(&restored);
    }
    let (words, changes) = (restored.assessment().words, restored.edits().len());
    eprintln!("\npages {} ({source}), words {words}, changes {changes}", restored.pages().len());
    Ok(())
}

/// Writes a new file.
fn write(out: &Path, bytes: &[u8]) -> Result<()> {
    let written = fs::File::create_new(out).and_then(|mut file| file.write_all(bytes));
    written.with_context(|| out.display().to_string())
}

/// The document, and where its text comes from.
fn read(file: &Path) -> Result<(Document, String)> {
    let mut document = Document::open(fs::read(file)?)?;
    let unread: Vec<String> = document
        .pages()
        .iter()
        .filter(|page| page.source() == Source::Unread)
        .map(|page| page.number().to_string())
        .collect();
    let mut source = "text layer".to_owned();
    let has_text = |document: &Document| document.pages().iter().any(|page| page.text().contains(char::is_alphabetic));
    if !unread.is_empty() {
        match Tesseract::find() {
            Ok(tesseract) => {
                let pages = document.ocr(&tesseract, |page| eprintln!("reading the image on page {page} …"))?;
                source = format!("{pages} by OCR, {}", tesseract.language());
            }
            Err(error) if has_text(&document) => eprintln!("not read: page {}; {error}\n", unread.join(", ")),
            Err(error) => return Err(error.into()),
        }
    }
    ensure!(has_text(&document), "the PDF holds no text, neither as a layer nor in images");
    Ok((document, source))
}

/// The first lines that were changed.
fn show(restored: &Restored) {
    eprintln!();
    let (before, after) = (restored.document().pages()[0].text(), &restored.pages()[0].text);
    for (before, after) in before.lines().zip(after.lines()).filter(|(before, after)| before != after).take(5) {
        eprintln!("- {before}\n+ {after}");
    }
}
