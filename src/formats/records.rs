//! Files of records: JSON Lines, and tables of comma or tab separated values. Each field that is to be restored is a
//! text of its own; all else comes back byte for byte. They are read by the block, so that they may be of any length.

use super::{delimited, json_lines};
use crate::error::Error;
use crate::restoration::Restoration;
use std::io::{ErrorKind, Read, Write};
use std::ops::Range;

/// What parts fields from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A JSON object a line. A field is a string, by its name, or by the names that lead to it: `page.text`.
    JsonLines,
    /// Comma-separated values (RFC 4180) with a first row of names. A field is a column by its name, or its number from 1.
    Csv,
    /// The same separated by tabs, and without quotes: `"` is a character like others.
    Tsv,
}

/// A field that is to be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which record it is of, from 1; a table's row of names is none.
    pub record: u64,
    /// Which of the names that were asked for it is.
    pub name: usize,
    /// What it says.
    pub text: String,
    /// Where it stands in its block.
    pub(super) place: Range<usize>,
}

/// Some whole records.
#[derive(Debug, Clone)]
pub struct Block {
    kind: Kind,
    source: String,
    fields: Vec<Field>,
}

impl Block {
    /// The fields to restore, in the order of the file.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many bytes of the source it holds.
    pub fn size(&self) -> usize {
        self.source.len()
    }

    /// Writes the records with their restored fields, in the order of [`fields`](Block::fields).
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write<'r>(
        &self,
        restored: impl IntoIterator<Item = &'r Restoration>,
        mut out: impl Write,
    ) -> std::io::Result<()> {
        let mut written = 0;
        for (field, restored) in self.fields.iter().zip(restored).filter(|(_, restored)| !restored.is_unchanged()) {
            let place = field.place.clone();
            let before = &self.source[place.clone()];
            let after = match self.kind {
                Kind::JsonLines => json_lines::write(restored.text(), before),
                Kind::Csv => delimited::write(restored.text(), before, ','),
                Kind::Tsv => delimited::write(restored.text(), before, '\t'),
            };
            out.write_all(&self.source.as_bytes()[written..place.start])?;
            out.write_all(after.as_bytes())?;
            written = place.end;
        }
        out.write_all(&self.source.as_bytes()[written..])
    }
}

/// Reads records by the block.
///
/// ```
/// use phucdau::Restorer;
/// use phucdau::formats::records::{Kind, Records};
///
/// let source = "{\"id\": 7, \"text\": \"Thu do Ha Noi\"}\n";
/// let mut records = Records::new(source.as_bytes(), Kind::JsonLines, ["text"]);
/// let mut out = Vec::new();
/// while let Some(block) = records.next_block()? {
///     let restorer = Restorer::new();
///     let restored: Vec<_> = block.fields().iter().map(|field| restorer.restore(&field.text)).collect();
///     block.write(&restored, &mut out)?;
/// }
/// assert_eq!(String::from_utf8(out)?, "{\"id\": 7, \"text\": \"Thủ đô Hà Nội\"}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Records<R> {
    reader: R,
    kind: Kind,
    names: Vec<String>,
    /// The columns that the names stand for, once the row of names is read.
    columns: Option<Vec<usize>>,
    held: Vec<u8>,
    ended: bool,
    /// How many bytes and records are behind.
    read: u64,
    records: u64,
    /// Whether any of the names was met.
    is_met: bool,
}

/// A block has so many bytes or more.
const BLOCK: usize = 1 << 20;

impl<R: Read> Records<R> {
    /// Reads records of which the fields with these names are to be restored.
    pub fn new<S: Into<String>>(reader: R, kind: Kind, names: impl IntoIterator<Item = S>) -> Self {
        let mut known: Vec<String> = Vec::new();
        for name in names.into_iter().map(Into::into) {
            if !known.contains(&name) {
                known.push(name);
            }
        }
        let (names, held) = (known, Vec::new());
        Records { reader, kind, names, columns: None, held, ended: false, read: 0, records: 0, is_met: false }
    }

    /// The next block, or none at the end.
    ///
    /// # Errors
    /// [`Error::Stream`] if reading fails, [`Error::NotUtf8`], and [`Error::Format`] where a line is no JSON object, a
    /// table has no such column or a quote is not closed, or, at the end, where no record had any of the fields.
    pub fn next_block(&mut self) -> Result<Option<Block>, Error> {
        loop {
            self.fill()?;
            let whole = match (self.ended, self.kind) {
                (true, _) => self.held.len(),
                (_, Kind::JsonLines) => self.held.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1),
                (_, Kind::Csv) => delimited::whole(&self.held, b','),
                (_, Kind::Tsv) => delimited::whole(&self.held, b'\t'),
            };
            if whole > 0 {
                return self.block(whole).map(Some);
            }
            if self.ended {
                if self.records > 0 && !self.is_met {
                    let names = self.names.join(", ");
                    return Err(Error::Format(format!("no record has a field {names}; check its name")));
                }
                return Ok(None);
            }
        }
    }

    /// The names that were asked for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads on until there is a block, or twice of what was not enough.
    fn fill(&mut self) -> Result<(), Error> {
        let wanted = BLOCK.max(2 * self.held.len());
        while !self.ended && self.held.len() < wanted {
            let missing = (wanted - self.held.len()) as u64;
            match self.reader.by_ref().take(missing).read_to_end(&mut self.held) {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(Error::Stream(e)),
            }
        }
        Ok(())
    }

    fn block(&mut self, whole: usize) -> Result<Block, Error> {
        let rest = self.held.split_off(whole);
        let bytes = std::mem::replace(&mut self.held, rest);
        let source = String::from_utf8(bytes)
            .map_err(|e| Error::NotUtf8 { at: self.read + e.utf8_error().valid_up_to() as u64 })?;
        let mut fields = Vec::new();
        let (names, met, before) = (&self.names, &mut self.is_met, self.records);
        self.records = match self.kind {
            Kind::JsonLines => json_lines::fields(&source, names, before, met, &mut fields)?,
            Kind::Csv => delimited::fields(&source, b',', names, &mut self.columns, before, &mut fields)?,
            Kind::Tsv => delimited::fields(&source, b'\t', names, &mut self.columns, before, &mut fields)?,
        };
        self.is_met |= self.columns.is_some();
        self.read += whole as u64;
        Ok(Block { kind: self.kind, source, fields })
    }
}
