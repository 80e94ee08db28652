//! What a file holds: texts to restore, and how they go back into it.

use crate::read::{self, Bytes};
use anyhow::{Result, ensure};
use clap::ValueEnum;
use phucdau::formats::records::{Block, Kind, Records};
use phucdau::formats::{self, Document};
use phucdau::{Restoration, Restorer};
use serde_json::{Value, json};
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
            "html" | "htm" | "xhtml" | "xml" => return Format::by_beginning(path),
            _ => return None,
        })
    }

    fn by_beginning(path: &Path) -> Option<Self> {
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
    pub fn format(&self, path: &Path) -> Format {
        self.from.or_else(|| Format::of(path)).unwrap_or(Format::Text)
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

    /// What a file holds, given its bytes.
    pub fn open(&self, path: &Path, bytes: Vec<u8>, other: Bytes) -> Result<Contents> {
        let format = self.format(path);
        if let Some(format) = format.document() {
            return Ok(Contents::Document(Document::read(bytes, format)?));
        }
        Ok(match format.records() {
            Some(kind) => {
                let names = self.names(kind)?.to_vec();
                let mut records = Records::new(bytes.as_slice(), kind, names.clone());
                let mut blocks = Vec::new();
                while let Some(block) = records.next_block()? {
                    blocks.push(block);
                }
                Contents::Records(blocks, names)
            }
            None => Contents::Text(read::decode(path, bytes, other)?),
        })
    }
}

/// What a file holds.
pub enum Contents {
    Text(String),
    Document(Document),
    Records(Vec<Block>, Vec<String>),
}

/// A text of a file, restored.
pub struct Part {
    /// Where in the file it stands, for people; nothing if it is all of it.
    pub label: String,
    /// The same for programs.
    pub place: Value,
    pub source: String,
    pub restored: Restoration,
}

impl Contents {
    pub fn restore(&self, restorer: &Restorer) -> Vec<Part> {
        let whole = |source: &str, restored| {
            vec![Part { label: String::new(), place: json!({}), source: source.to_owned(), restored }]
        };
        match self {
            Contents::Text(source) => whole(source, restorer.restore(source)),
            Contents::Document(document) => whole(document.text(), document.restore(restorer)),
            Contents::Records(blocks, names) => {
                let fields: Vec<_> = blocks.iter().flat_map(Block::fields).collect();
                let texts: Vec<&str> = fields.iter().map(|field| field.text.as_str()).collect();
                let parts = fields.iter().zip(restorer.par_restore(&texts));
                parts
                    .map(|(field, restored)| Part {
                        label: format!("record {}, {}", field.record, names[field.name]),
                        place: json!({ "record": field.record, "field": names[field.name] }),
                        source: field.text.clone(),
                        restored,
                    })
                    .collect()
            }
        }
    }
    /// The file with the restored texts in it.
    pub fn write(&self, parts: &[Part]) -> Result<Vec<u8>> {
        let mut restored = parts.iter().map(|part| &part.restored);
        Ok(match self {
            Contents::Text(_) => restored.next().map_or("", Restoration::text).into(),
            Contents::Document(document) => document.write(restored.next().map_or(&[], Restoration::edits))?,
            Contents::Records(blocks, _) => {
                let mut out = Vec::new();
                for block in blocks {
                    block.write(restored.by_ref().take(block.fields().len()), &mut out)?;
                }
                out
            }
        })
    }
}
