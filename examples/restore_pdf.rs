//! Restores the text of a PDF: its text layer, or, where a page is only an image, what the program
//! `tesseract` reads in it.
//!
//! ```sh
//! cargo run --release --example restore_pdf                          # the sample in examples/data
//! cargo run --release --example restore_pdf -- FILE.pdf              # to standard output
//! cargo run --release --example restore_pdf -- FILE.pdf -o OUT.txt   # to a new file
//! ```
//!
//! The lines stay as they are on the page; a form feed parts the pages.

mod pdf;

use std::{
    cell::LazyCell,
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use phucdau::{Restoration, Restorer};

const USAGE: &str = "usage: restore_pdf [FILE.pdf] [-o OUT.txt]";
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report-text-layer.pdf");
const INSTALL: &str = "\
pages that are images need the program `tesseract` with its Vietnamese data:
  Debian, Ubuntu  sudo apt install tesseract-ocr tesseract-ocr-vie
  macOS           brew install tesseract tesseract-lang
  Windows         winget install UB-Mannheim.TesseractOCR
                  (choose Vietnamese, and put the program's folder on the PATH)";

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
    let (mut file, mut out) = (None, None);
    let mut args = env::args_os().skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("-o") if out.is_none() => out = Some(PathBuf::from(args.next().context(USAGE)?)),
            Some(option) if option.starts_with('-') => bail!(USAGE),
            _ if file.is_none() => file = Some(PathBuf::from(arg)),
            _ => bail!(USAGE),
        }
    }
    let is_sample = file.is_none();
    let file = file.unwrap_or_else(|| SAMPLE.into());
    if let Some(out) = &out {
        ensure!(!out.exists(), "{} exists already", out.display());
    }

    let (pages, source) = read(&file).with_context(|| file.display().to_string())?;
    let restorer = Restorer::new();
    let restored: Vec<Restoration> = pages.iter().map(|page| restorer.restore(page)).collect();

    let texts: Vec<&str> = restored.iter().map(Restoration::text).collect();
    let text = texts.join("\n\u{c}") + "\n";
    match &out {
        Some(out) => fs::File::create_new(out)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| out.display().to_string())?,
        None => io::stdout().write_all(text.as_bytes())?,
    }

    if is_sample {
        eprintln!();
        let lines = pages[0].lines().zip(texts[0].lines());
        for (before, after) in lines.filter(|(before, after)| before != after).take(5) {
            eprintln!("- {before}\n+ {after}");
        }
    }
    let words: usize = restored.iter().map(Restoration::words).sum();
    let changes: usize = restored.iter().map(|page| page.edits().len()).sum();
    eprintln!("\npages {} ({source}), words {words}, changes {changes}", pages.len());
    Ok(())
}

/// The text of each page, and where it comes from.
fn read(file: &Path) -> Result<(Vec<String>, String)> {
    let pdf = pdf::open(fs::read(file)?)?;
    let tesseract = LazyCell::new(Tesseract::find);
    let (mut texts, mut by_ocr, mut unread) = (vec![], 0, vec![]);
    for (number, page) in (1..).zip(pdf::pages(&pdf)) {
        let pdf::Page { mut text, picture } = page.with_context(|| format!("page {number}"))?;
        if let Some(picture) = picture {
            if let Some(tesseract) = &*tesseract {
                eprintln!("reading the image on page {number} …");
                text = format!("{text}\n{}", tesseract.read(&picture)?).trim().to_owned();
                by_ocr += 1;
            } else {
                unread.push(number.to_string());
            }
        }
        texts.push(text);
    }
    let empty = !texts.iter().any(|text| text.contains(char::is_alphabetic));
    ensure!(!empty || unread.is_empty(), INSTALL);
    ensure!(!empty, "the PDF holds no text, neither as a layer nor in images");
    if !unread.is_empty() {
        eprintln!("not read: page {}; {INSTALL}\n", unread.join(", "));
    }
    let source = match &*tesseract {
        Some(tesseract) if by_ocr > 0 => format!("{by_ocr} by OCR, {}", tesseract.language),
        _ => "text layer".to_owned(),
    };
    Ok((texts, source))
}

/// The program that reads images.
struct Tesseract {
    language: &'static str,
}

impl Tesseract {
    /// With Vietnamese if it is there, else English.
    fn find() -> Option<Self> {
        let output = Command::new("tesseract").arg("--list-langs").output().ok()?;
        let list = String::from_utf8_lossy(&output.stdout);
        let has = |language: &&str| list.lines().any(|line| line.trim() == *language);
        let language = ["vie", "eng"].into_iter().find(has)?;
        Some(Tesseract { language })
    }

    fn read(&self, picture: &pdf::Picture) -> Result<String> {
        let mut tesseract = Command::new("tesseract")
            .args(["stdin", "stdout", "-l", self.language])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        // Dropping its standard input tells it that the image is complete.
        let sent = tesseract.stdin.take().expect("is piped").write_all(&picture.to_pgm());
        let output = tesseract.wait_with_output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(sent.is_ok() && output.status.success(), "tesseract: {}", complaint.trim());
        Ok(String::from_utf8(output.stdout)?)
    }
}
