//! Restoring PDFs (feature `pdf`, which wants Rust 1.92).
//!
//! A PDF is read page by page: its text layer in reading order, columns, tables, running headers and page numbers kept
//! apart, every word with its place. Pages that are images alone can be read by the program Tesseract. All pages are then
//! restored as one document, and what comes back is text, an account of every change with page and place, or a new PDF with
//! a restored text layer.
//!
//! ```
//! use phucdau::{Restorer, pdf::Document};
//!
//! # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report-text-layer.pdf"));
//! // let bytes = std::fs::read("report.pdf")?;
//! let document = Document::open(bytes)?;
//! assert_eq!(document.pages().len(), 2);
//! assert!(document.pages()[0].text().contains("Nam Phiéng 1a xa vung cao"));
//!
//! let restored = document.restore(&Restorer::new())?;
//! assert!(restored.text().contains("Phiêng là xã vùng cao"));
//! # Ok::<(), phucdau::Error>(())
//! ```
//!
//! What is hostile or broken gives an error or less text, not a panic (should the reader panic, it is caught; a program
//! built with `panic = "abort"` does without that). Words, pixels, what a page draws and what the file unpacks to are
//! bounded.

mod content;
mod copy;
mod furniture;
mod glyphless;
mod layout;
mod ocr;
mod outline;
mod page;
mod read;
mod restored;
mod unpacked;
mod write;

use hayro_interpret::InterpreterCache;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

pub use ocr::Tesseract;
pub use page::{Block, Page, Rect, Role, Source, Word};
pub use restored::{PageEdit, Restored, RestoredPage};
pub use write::NewPdf;

use crate::error::Error;

/// A page with fewer letters than this (a stamp, a page number) and with images is taken for a scan.
const FEW_LETTERS: usize = 16;

/// A document has no more words than this: some 5,000 pages.
const MOST_WORDS: usize = 2_000_000;

/// A PDF that was read.
pub struct Document {
    pdf: Pdf,
    pages: Vec<Page>,
    outline: Vec<String>,
    metadata: [Option<String>; 3],
}

impl Document {
    /// Reads a PDF that needs no password: its text layers, bookmarks and metadata. It is not changed.
    ///
    /// ```
    /// use phucdau::pdf::{Document, Source};
    ///
    /// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report-images.pdf"));
    /// // let bytes = std::fs::read("scan.pdf")?;
    /// let document = Document::open(bytes)?;
    /// assert_eq!(document.pages()[0].source(), Source::Unread);
    /// assert!(Document::open("Not a PDF").is_err());
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Pdf`] if it is encrypted, broken, no PDF, holds millions of words, or unpacks to far more than a PDF does;
    /// the message says what to do.
    pub fn open(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        read::guarded(|| Document::read(load(bytes.into())?))?
    }

    fn read(pdf: Pdf) -> Result<Self, Error> {
        let cache = InterpreterCache::new();
        let (mut pages, mut words, mut total) = (Vec::new(), Vec::new(), 0);
        for (number, page) in (1..).zip(pdf.pages().iter()) {
            // A page that the reader gives up on is as good as empty; the others need not suffer from it.
            let drawn = read::guarded(|| read::words(&pdf, page, &cache)).unwrap_or_default();
            let letters = |word: &read::Word| word.text.chars().filter(|c| c.is_alphabetic()).count();
            let source = match drawn.words.iter().map(letters).sum::<usize>() {
                ..FEW_LETTERS if drawn.has_images => Source::Unread,
                _ if drawn.words.is_empty() => Source::Empty,
                _ => Source::TextLayer,
            };
            let size = read::size(page);
            let size = (size.0 as f32, size.1 as f32);
            pages.push(Page { number, size, source, label: None, text: String::new(), blocks: vec![], words: vec![] });
            total += drawn.words.len();
            if total > MOST_WORDS {
                let message =
                    "the PDF holds more text than can be restored at once; split it (`qpdf --split-pages=1000`)";
                return Err(Error::Pdf(message.into()));
            }
            words.push(drawn.words);
        }
        let (outline, metadata) = (outline::bookmarks(&pdf), outline::metadata(&pdf));
        let mut document = Document { pdf, pages, outline, metadata };
        document.lay_out(words);
        Ok(document)
    }

    /// Puts each page's words in their order.
    fn lay_out(&mut self, words: Vec<Vec<read::Word>>) {
        let heights = self.pages.iter().map(|page| f64::from(page.size.1));
        let sorted = furniture::sort(heights.zip(words.into_iter().map(layout::blocks)).collect());
        for ((page, sorted), source) in self.pages.iter_mut().zip(sorted).zip(self.pdf.pages().iter()) {
            page.fill(sorted, read::to_seen(source).inverse());
        }
    }

    /// Reads the images of those pages that hold hardly any text ([`Source::Unread`]); each is told before it is read, for
    /// that takes seconds. Returns how many there were.
    ///
    /// ```no_run
    /// use phucdau::pdf::{Document, Tesseract};
    ///
    /// let mut document = Document::open(std::fs::read("scan.pdf")?)?;
    /// document.ocr(&Tesseract::find()?, |page| eprintln!("reading page {page} …"))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Pdf`] if the program fails, or an image is larger than any scan.
    pub fn ocr(&mut self, tesseract: &Tesseract, mut tell: impl FnMut(usize)) -> Result<usize, Error> {
        if self.pages.iter().any(|page| page.source == Source::Unread) {
            read::guarded(|| unpacked::check_images(&self.pdf))??;
        }
        let (mut count, mut read) = (0, Vec::new());
        let cache = InterpreterCache::new();
        for (at, page) in self.pages.iter().enumerate() {
            let mut words = Vec::new();
            if page.source == Source::Unread {
                tell(page.number);
                let page = &self.pdf.pages()[at];
                if let Some(picture) = read::guarded(|| read::picture(&self.pdf, page, &cache))? {
                    words = tesseract.read(&picture, read::size(page).0)?;
                }
                count += 1;
            }
            read.push(words);
        }
        for (page, read) in self.pages.iter_mut().zip(&read) {
            if !read.is_empty() {
                page.source = Source::Ocr;
            }
        }
        let words = self.pages.iter_mut().zip(read).map(|(page, mut read)| {
            let mut words = page.take_words();
            words.append(&mut read);
            words
        });
        let words = words.collect();
        self.lay_out(words);
        Ok(count)
    }

    /// The pages, in their order.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The titles of the bookmarks, in their order.
    pub fn outline(&self) -> &[String] {
        &self.outline
    }

    /// The title that the metadata give.
    pub fn title(&self) -> Option<&str> {
        self.metadata[0].as_deref()
    }

    /// The subject that the metadata give.
    pub fn subject(&self) -> Option<&str> {
        self.metadata[1].as_deref()
    }

    /// The keywords that the metadata give.
    pub fn keywords(&self) -> Option<&str> {
        self.metadata[2].as_deref()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("pages", &self.pages.len())
            .field("outline", &self.outline)
            .finish_non_exhaustive()
    }
}

/// Opens a PDF.
fn load(bytes: Vec<u8>) -> Result<Pdf, Error> {
    use DecryptionError::{PasswordProtected, UnsupportedAlgorithm};
    let error = |message: &str| Err(Error::Pdf(message.into()));
    if bytes.is_empty() {
        return error("the file is empty; is it copied whole?");
    }
    unpacked::check_lists(&bytes)?;
    let pdf = match Pdf::new(bytes) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(PasswordProtected)) => {
            return error("the PDF is encrypted and needs a password; remove it first (`qpdf --decrypt --password=…`)");
        }
        Err(LoadPdfError::Decryption(UnsupportedAlgorithm)) => {
            return error("the PDF is encrypted in a way that cannot be read; decrypt it first (`qpdf --decrypt`)");
        }
        Err(LoadPdfError::Decryption(_)) => {
            return error("the PDF is encrypted, and its encryption is broken; get it anew, or print it to a new PDF");
        }
        Err(LoadPdfError::Invalid) => {
            return error("this is no PDF, or it is cut off or broken beyond repair; get it anew");
        }
    };
    if pdf.pages().is_empty() {
        return error("the PDF has no pages; get it anew");
    }
    unpacked::check(&pdf)?;
    Ok(pdf)
}
