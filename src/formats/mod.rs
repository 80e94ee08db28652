//! Files that carry text, restored in place (feature `formats`).
//!
//! A [`Document`] is a file whose text has been found. Its [`text`](Document::text) is restored like any other, and
//! [`write`](Document::write) gives the file with the restored words in it: words keep their boxes and their formatting,
//! and everything that is not a changed word comes back byte for byte.
//!
//! ```
//! use phucdau::Restorer;
//! use phucdau::formats::{Document, Format};
//!
//! let page = r#"<html><body><div class="ocr_page"><span class="ocr_line">
//!     <span class="ocrx_word" title="bbox 10 20 60 50; x_wconf 61">dugc</span>
//!     <span class="ocrx_word" title="bbox 70 20 99 50; x_wconf 70">té</span>
//!     <span class="ocrx_word" title="bbox 110 20 180 50; x_wconf 91">chirc</span>
//!   </span></div></body></html>"#;
//! let document = Document::read(page.into(), Format::Hocr)?;
//! assert_eq!(document.text(), "dugc té chirc");
//!
//! let restored = document.restore(&Restorer::new());
//! let page = String::from_utf8(document.write(restored.edits())?).unwrap();
//! assert!(page.contains(r#"title="bbox 110 20 180 50; x_wconf 91">chức</span>"#));
//! # Ok::<(), phucdau::Error>(())
//! ```

mod alto;
mod delimited;
mod docx;
mod hocr;
mod json_lines;
mod markdown;
mod page;
pub mod records;
mod sheet;
mod splice;
mod words;
mod xml;

use crate::error::Error;
use crate::restoration::{Edit, Restoration};
use crate::restorer::Restorer;
use crate::span::Span;
use docx::Package;
use sheet::Sheet;
use splice::Change;

/// A format of files that carry text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// hOCR: pages as HTML, each word with its box and confidence. Lines without marked words are restored, too.
    Hocr,
    /// Markdown: its wording; code, addresses and HTML stay.
    Markdown,
    /// ALTO XML, of any version.
    Alto,
    /// PAGE XML: words, or lines or regions without words. The text of lines and regions is kept in step with that of
    /// their words, that of letters as far as it can be shared among them.
    PageXml,
    /// DOCX: the text of a Word document, its headers, footers and notes; each paragraph is a line.
    Docx,
}

/// A file, and the text that was found in it.
#[derive(Debug, Clone)]
pub struct Document {
    text: String,
    sureness: Vec<(Span, f32)>,
    parts: Vec<Part>,
    /// What the parts are packed in.
    package: Option<Package>,
}

/// A part of a document that is a file of its own.
#[derive(Debug, Clone)]
struct Part {
    sheet: Sheet,
    /// Where its text begins in the document's.
    start: usize,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Format`] if it is not of this format, is broken or cut off, not UTF-8, or too large when unpacked.
    pub fn read(bytes: Vec<u8>, format: Format) -> Result<Self, Error> {
        let (package, sheets) = match format {
            Format::Hocr => (None, vec![hocr::read(xml::text_of(bytes)?)?]),
            Format::Alto => (None, vec![alto::read(xml::text_of(bytes)?)?]),
            Format::PageXml => (None, vec![page::read(xml::text_of(bytes)?)?]),
            Format::Markdown => (None, vec![markdown::read(text_of(bytes)?)]),
            Format::Docx => docx::read(bytes).map(|(package, sheets)| (Some(package), sheets))?,
        };
        let mut document = Document { text: String::new(), sureness: Vec::new(), parts: Vec::new(), package };
        for sheet in sheets {
            if !document.text.is_empty() {
                document.text.push_str("\n\n");
            }
            let start = document.text.len();
            document.text.push_str(&sheet.text);
            let sureness = sheet.sureness.iter();
            document
                .sureness
                .extend(sureness.map(|&(span, sure)| (Span::new(start + span.start, start + span.end), sure)));
            document.parts.push(Part { sheet, start });
        }
        Ok(document)
    }

    /// The text that is to be restored: a line for each line of the file, and a blank line between blocks.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Restores the text. Words that the file's OCR was sure of are the dearer to change.
    pub fn restore(&self, restorer: &Restorer) -> Restoration {
        restorer.restore_ocr(&self.text, &self.sureness)
    }

    /// The file with edits of its text made: those that [`restore`](Self::restore) brought, or some of them. Without
    /// edits it is the very file that was read.
    ///
    /// # Errors
    /// [`Error::Option`] if the edits are not of this text, or not in its order.
    pub fn write(&self, edits: &[Edit]) -> Result<Vec<u8>, Error> {
        let changes = splice::changes(&self.text, edits)?;
        let parts = self.parts.iter().map(|part| {
            // No change goes from one part into the next, for there is a line's end between.
            let end = part.start + part.sheet.text.len();
            let own = changes.iter().filter(|change| change.span.start >= part.start && change.span.end <= end);
            let place = |span: Span| Span::new(span.start - part.start, span.end - part.start);
            own.map(|change| Change { span: place(change.span), after: change.after.clone() }).collect::<Vec<_>>()
        });
        let changed: Vec<(usize, String)> = (self.parts.iter().zip(parts).enumerate())
            .filter(|(_, (_, changes))| !changes.is_empty())
            .map(|(at, (part, changes))| (at, part.sheet.write(&changes)))
            .collect();
        match &self.package {
            Some(package) => package.write(&changed),
            None => {
                let file = changed.into_iter().next().map(|(_, file)| file);
                Ok(file.unwrap_or_else(|| self.parts[0].sheet.file.clone()).into_bytes())
            }
        }
    }
}

/// The text that a file is.
fn text_of(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| Error::NotUtf8 { at: e.utf8_error().valid_up_to() as u64 })
}
