//! Restores the words of an hOCR file, each in its box, into a new file.
//!
//! ```sh
//! cargo run --release --features formats --example restore_hocr -- examples/data/notice.hocr restored.hocr
//! ```
//!
//! `notice.hocr` is what `tesseract notice.png notice -l eng --dpi 200 hocr` made of `notice.png`, a page of Vietnamese.
//! Page image and restored words together become a PDF in which they can be searched for and copied, with the hOCR
//! module of OCRmyPDF (17.13; `pip install ocrmypdf`):
//!
//! ```sh
//! python3 -m ocrmypdf.hocrtransform -r 200 -i examples/data/notice.png restored.hocr searchable.pdf
//! pdftotext -layout searchable.pdf -      # ỦY BAN NHÂN DÂN XÃ MƯỜNG ẢI …
//! ```
//!
//! It takes the resolution from `-r`, and writes one page. For more pages let Tesseract write a file for each, and put the
//! PDFs together with `pdfunite page-*.pdf book.pdf`. (`hocr-pdf` of hocr-tools 1.1.1 no longer runs: it calls
//! `base64.decodestring`, which Python dropped with 3.9.)

use std::{env, fs, path::Path, process::ExitCode};

use anyhow::{Context, Result, bail, ensure};
use phucdau::Restorer;
use phucdau::formats::{Document, Format};

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
    let mut files = env::args_os().skip(1);
    let (Some(from), Some(to), None) = (files.next(), files.next(), files.next()) else {
        bail!("give two files: restore_hocr PAGE.hocr RESTORED.hocr");
    };
    let (from, to) = (Path::new(&from), Path::new(&to));
    ensure!(!to.exists(), "{} is there already; name a new file", to.display());
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    let document = Document::read(bytes, Format::Hocr).with_context(|| from.display().to_string())?;
    let restored = document.restore(&Restorer::new());
    fs::write(to, document.write(restored.edits())?).with_context(|| format!("cannot write {}", to.display()))?;
    eprintln!("{} of {} words changed", restored.edits().len(), restored.words());
    Ok(())
}
