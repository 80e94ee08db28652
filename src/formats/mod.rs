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

mod delimited;
mod hocr;
mod json_lines;
mod markdown;
pub mod records;
mod sheet;
mod splice;
mod words;
mod xml;

use crate::error::Error;
use crate::restoration::{Edit, Restoration};
use crate::restorer::Restorer;
use sheet::Sheet;

/// A format of files that carry text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// hOCR: pages as HTML, each word with its box and confidence. Lines without marked words are restored, too.
    Hocr,
    /// Markdown: its wording; code, addresses and HTML stay.
    Markdown,
}

/// A file, and the text that was found in it.
#[derive(Debug, Clone)]
pub struct Document {
    sheet: Sheet,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Format`] if it is not of this format, is broken or cut off, or not UTF-8.
    pub fn read(bytes: Vec<u8>, format: Format) -> Result<Self, Error> {
        let sheet = match format {
            Format::Hocr => hocr::read(xml::text_of(bytes)?)?,
            Format::Markdown => markdown::read(text_of(bytes)?),
        };
        Ok(Document { sheet })
    }

    /// The text that is to be restored: a line for each line of the file, and a blank line between blocks.
    pub fn text(&self) -> &str {
        &self.sheet.text
    }

    /// Restores the text. Words that the file's OCR was sure of are the dearer to change.
    pub fn restore(&self, restorer: &Restorer) -> Restoration {
        restorer.restore(self.text())
    }

    /// The file with edits of its text made: those that [`restore`](Self::restore) brought, or some of them. Without
    /// edits it is the very file that was read.
    ///
    /// # Errors
    /// [`Error::Option`] if the edits are not of this text, or not in its order.
    pub fn write(&self, edits: &[Edit]) -> Result<Vec<u8>, Error> {
        let changes = splice::changes(self.text(), edits)?;
        Ok(self.sheet.write(&changes).into_bytes())
    }
}

/// The text that a file is.
fn text_of(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| Error::NotUtf8 { at: e.utf8_error().valid_up_to() as u64 })
}
