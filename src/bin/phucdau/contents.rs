//! What a file holds: texts to restore, and how they go back into it.

use crate::read::{self, Bytes};
use anyhow::{Result, ensure};
use clap::ValueEnum;
use phucdau::formats::records::{Block, Field, Kind, Records};
use phucdau::formats::{self, Document};
use phucdau::pdf::{self, Page, Rect, RestoredPage, Tesseract};
use phucdau::{Assessment, Edit, Restoration, Restorer};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Plain text: .txt, and whatever else is named
    Text,
    /// Markdown: .md, .markdown
    Markdown,
    /// hOCR: .hocr, and .html with its marks
    Hocr,
    /// ALTO: .xml that says so
    Alto,
    /// PAGE XML: .xml that says so
    Page,
    /// Word documents: .docx
    Docx,
    /// PDF: .pdf; a new PDF if the output is one, else text
    Pdf,
    /// JSON Lines: .jsonl, .ndjson; see --field
    Jsonl,
    /// Comma-separated values: .csv; see --column
    Csv,
    /// Tab-separated values: .tsv; see --column
    Tsv,
}

impl Format {
    /// By the name of a file, or by its beginning where several formats share their names' ending; none if it is of no
    /// kind that folders are searched for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "txt" | "text" => Format::Text,
            "md" | "markdown" => Format::Markdown,
            "jsonl" | "ndjson" => Format::Jsonl,
            "csv" => Format::Csv,
            "tsv" => Format::Tsv,
            "hocr" => Format::Hocr,
            "docx" => Format::Docx,
            "pdf" => Format::Pdf,
            "html" | "htm" | "xhtml" | "xml" => return Format::by_beginning(path),
            _ => return None,
        })
    }

    fn by_beginning(path: &Path) -> Option<Self> {
        // What is read from a pipe is gone.
        if !path.is_file() {
            return None;
        }
        let mut beginning = Vec::new();
        File::open(path).ok()?.take(1 << 14).read_to_end(&mut beginning).ok()?;
        let beginning = String::from_utf8_lossy(&beginning);
        // The first element, whatever its prefix.
        let root = beginning.split('<').skip(1).find(|tag| tag.starts_with(char::is_alphabetic))?;
        let name = root.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
        match name.rsplit(':').next()? {
            "alto" => Some(Format::Alto),
            "PcGts" => Some(Format::Page),
            _ => ["ocr_page", "ocrx_word"].iter().any(|mark| beginning.contains(mark)).then_some(Format::Hocr),
        }
    }

    /// The format of the library that it is.
    fn document(self) -> Option<formats::Format> {
        match self {
            Format::Markdown => Some(formats::Format::Markdown),
            Format::Hocr => Some(formats::Format::Hocr),
            Format::Alto => Some(formats::Format::Alto),
            Format::Page => Some(formats::Format::PageXml),
            Format::Docx => Some(formats::Format::Docx),
            _ => None,
        }
    }

    /// The records that it is made of.
    pub fn records(self) -> Option<Kind> {
        match self {
            Format::Jsonl => Some(Kind::JsonLines),
            Format::Csv => Some(Kind::Csv),
            Format::Tsv => Some(Kind::Tsv),
            _ => None,
        }
    }
}

/// Endings of files that are no plain text, though they may be of letters, and none of the formats.
const NO_TEXT: [&str; 16] = [
    "html", "htm", "xhtml", "xml", "json", "rtf", "doc", "odt", "epub", "svg", "css", "js", "zip", "xlsx", "png", "jpg",
];

/// How to read files.
#[derive(clap::Args)]
#[command(next_help_heading = "How to read")]
pub struct Reading {
    /// What the files are, instead of going by their names and contents
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<Format>,
    /// Of JSON Lines: the field whose text is meant, or the fields that lead to it: page.text; may be repeated
    #[arg(long, value_name = "NAME")]
    pub field: Vec<String>,
    /// Of a table: the column that is meant, by its name or its number; may be repeated
    #[arg(long, value_name = "NAME")]
    pub column: Vec<String>,
}

impl Reading {
    /// What a file is.
    pub fn format(&self, path: &Path) -> Result<Format> {
        if let Some(format) = self.from.or_else(|| Format::of(path)) {
            return Ok(format);
        }
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        ensure!(
            !NO_TEXT.contains(&ending.as_str()),
            "{}: .{ending} is no format that can be restored; if it is to be taken for one, say so: --from text",
            path.display()
        );
        Ok(Format::Text)
    }

    /// The fields or columns to restore.
    pub fn names(&self, kind: Kind) -> Result<&[String]> {
        match kind {
            Kind::JsonLines => {
                ensure!(!self.field.is_empty(), "say which field holds the text: --field NAME");
                Ok(&self.field)
            }
            Kind::Csv | Kind::Tsv => {
                ensure!(!self.column.is_empty(), "say which column holds the text: --column NAME");
                Ok(&self.column)
            }
        }
    }

    /// What a file holds, given its bytes. `tell` is told what takes time, or is left out.
    pub fn open(&self, path: &Path, bytes: Vec<u8>, other: Bytes, tell: impl Fn(&str)) -> Result<Contents> {
        let format = self.format(path)?;
        // Texts in other words.
        let bytes = match format {
            Format::Markdown | Format::Jsonl | Format::Csv | Format::Tsv if other != Bytes::Refused => {
                read::decode(path, bytes, other)?.into_bytes()
            }
            _ => bytes,
        };
        if let Some(format) = format.document() {
            return Ok(Contents::Document(Document::read(bytes, format)?));
        }
        if let Some(kind) = format.records() {
            let names = self.names(kind)?.to_vec();
            let mut records = Records::new(bytes.as_slice(), kind, names.clone());
            let mut blocks = Vec::new();
            while let Some(block) = records.next_block()? {
                blocks.push(block);
            }
            return Ok(Contents::Records(blocks, names));
        }
        if format == Format::Pdf {
            return Ok(Contents::Pdf(open_pdf(bytes, tell)?));
        }
        Ok(Contents::Text(read::decode(path, bytes, other)?))
    }
}

/// Reads a PDF, and the images in it if there is a program that can.
fn open_pdf(bytes: Vec<u8>, tell: impl Fn(&str)) -> Result<pdf::Document> {
    let mut document = pdf::Document::open(bytes)?;
    let unread: Vec<String> = (document.pages().iter())
        .filter(|page| page.source() == pdf::Source::Unread)
        .map(|page| page.number().to_string())
        .collect();
    if !unread.is_empty() {
        match Tesseract::find() {
            Ok(tesseract) => {
                document.ocr(&tesseract, |page| tell(&format!("reading the image on page {page} …")))?;
            }
            Err(error) => tell(&format!("not read: page {}; {error}", unread.join(", "))),
        }
    }
    Ok(document)
}

/// What a file holds.
pub enum Contents {
    Text(String),
    Document(Document),
    Records(Vec<Block>, Vec<String>),
    Pdf(pdf::Document),
}

/// A text of a file, restored.
pub struct Part {
    /// Where in the file it stands, for people; nothing if it is all of it.
    pub label: String,
    /// The same for programs.
    pub place: Value,
    pub source: String,
    pub text: String,
    pub edits: Vec<Edit>,
    /// Where the edits stand on the page, if there is one.
    pub bounds: Vec<Rect>,
}

impl Part {
    fn new(label: String, place: Value, source: &str, restored: Restoration) -> Self {
        let edits = restored.edits().to_vec();
        Part { label, place, source: source.to_owned(), text: restored.into_text(), edits, bounds: Vec::new() }
    }
}

/// A file, restored.
pub struct Restored {
    /// Its texts.
    pub parts: Vec<Part>,
    /// What they have suffered: each of them, or all together.
    pub assessments: Vec<Assessment>,
    /// The file with them in it.
    pub file: Vec<u8>,
}

impl Restored {
    /// How many words were looked at.
    pub fn words(&self) -> usize {
        self.assessments.iter().map(|found| found.words).sum()
    }

    /// How many changes there are.
    pub fn edits(&self) -> usize {
        self.parts.iter().map(|part| part.edits.len()).sum()
    }
}

impl Contents {
    /// Restores it; the file is made if it is wanted.
    pub fn restore(&self, restorer: &Restorer, is_file_wanted: bool) -> Result<Restored> {
        let whole = |source: &str, restored: Restoration, file: Vec<u8>| Restored {
            assessments: vec![restored.assessment().clone()],
            parts: vec![Part::new(String::new(), json!({}), source, restored)],
            file,
        };
        Ok(match self {
            Contents::Text(source) => {
                let restored = restorer.restore(source);
                let file = if is_file_wanted { restored.text().into() } else { Vec::new() };
                whole(source, restored, file)
            }
            Contents::Document(document) => {
                let restored = document.restore(restorer);
                let file = if is_file_wanted { document.write(restored.edits())? } else { Vec::new() };
                whole(document.text(), restored, file)
            }
            Contents::Records(blocks, names) => {
                let fields: Vec<_> = blocks.iter().flat_map(Block::fields).collect();
                let texts: Vec<&str> = fields.iter().map(|field| field.text.as_str()).collect();
                let restored = restorer.par_restore(&texts);
                let (mut file, mut left) = (Vec::new(), restored.iter());
                for block in blocks.iter().filter(|_| is_file_wanted) {
                    block.write(left.by_ref().take(block.fields().len()), &mut file)?;
                }
                let assessments = restored.iter().map(|restored| restored.assessment().clone()).collect();
                let part = |(field, restored): (&&Field, Restoration)| {
                    let name = &names[field.name];
                    let place = json!({ "record": field.record, "field": name });
                    Part::new(format!("record {}, {name}", field.record), place, &field.text, restored)
                };
                Restored { parts: fields.iter().zip(restored).map(part).collect(), assessments, file }
            }
            Contents::Pdf(document) => {
                let restored = document.restore(restorer)?;
                let file = if is_file_wanted { restored.write_pdf()?.bytes } else { Vec::new() };
                let pages = document.pages().iter().zip(restored.pages());
                let part = |(before, after): (&Page, &RestoredPage)| {
                    let edits = || restored.edits().iter().filter(|edit| edit.page == after.number);
                    Part {
                        label: format!("page {}", after.number),
                        place: json!({ "page": after.number, "label": after.label, "source": after.source }),
                        source: before.text().to_owned(),
                        text: after.text.clone(),
                        edits: edits().map(|edit| edit.edit.clone()).collect(),
                        bounds: edits().map(|edit| edit.bounds).collect(),
                    }
                };
                Restored { parts: pages.map(part).collect(), assessments: vec![restored.assessment().clone()], file }
            }
        })
    }
}
