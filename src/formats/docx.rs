//! DOCX: a zip archive with the text in XML parts, each paragraph in runs of one formatting.

use super::sheet::{Gap, Sheet};
use super::splice::Escape;
use super::xml::{self, Kind, Rules, Tree};
use crate::error::Error;
use std::io::{Cursor, Read, Write};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::ZipWriter;

/// An archive, and the parts of it that carry text.
#[derive(Debug, Clone)]
pub struct Package {
    bytes: Vec<u8>,
    /// Which entries of the archive the parts are.
    entries: Vec<usize>,
}

/// Parts larger than this, together, are not read: in bytes.
const MOST: u64 = 64 << 20;

/// Parts of more than a megabyte that were packed so many times are made to fill the memory.
const MOST_PACKED: u64 = 200;

/// The tags and stretches of text in a part; a book has some hundred thousand.
const MOST_NODES: usize = 2_000_000;

/// What the kinds of parts that carry text are called in the archive's list, in the order in which they are read.
const KINDS: [&str; 5] = ["main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml"];

/// The namespaces of what is written, as Word and as the strict standard have it.
const NAMESPACES: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// Reads the parts with text: the document itself, headers, footers, notes.
pub fn read(bytes: Vec<u8>) -> Result<(Package, Vec<Sheet>), Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes.as_slice())).map_err(broken)?;
    // Entries that lie over each other would be more bytes than there are, each time they are copied.
    let mut packed = 0;
    for entry in 0..archive.len() {
        packed += archive.by_index_raw(entry).map_err(broken)?.compressed_size();
        if packed > bytes.len() as u64 {
            return Err(Error::Format(
                "parts of this DOCX lie over each other; save it anew with a word processor".into(),
            ));
        }
    }
    let mut left = MOST;
    let Some(list) = archive.index_for_name("[Content_Types].xml") else { return Err(no_document()) };
    let list = text_of(archive.by_index(list).map_err(broken)?, &mut left)?;
    let (mut entries, mut sheets) = (Vec::new(), Vec::new());
    for name in parts(&list)? {
        let Some(entry) = archive.index_for_name(name).filter(|entry| !entries.contains(entry)) else { continue };
        let text = text_of(archive.by_index(entry).map_err(broken)?, &mut left)?;
        sheets.push(read_part(text)?);
        entries.push(entry);
    }
    if sheets.is_empty() {
        return Err(no_document());
    }
    Ok((Package { bytes, entries }, sheets))
}

impl Package {
    /// The archive with some of its parts, which are counted as they were read, changed.
    pub fn write(&self, changed: &[(usize, String)]) -> Result<Vec<u8>, Error> {
        if changed.is_empty() {
            return Ok(self.bytes.clone());
        }
        let mut archive = ZipArchive::new(Cursor::new(self.bytes.as_slice())).map_err(broken)?;
        let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(self.bytes.len())));
        for entry in 0..archive.len() {
            let file = archive.by_index_raw(entry).map_err(broken)?;
            let text = changed.iter().find(|(part, _)| self.entries[*part] == entry);
            let Some((_, text)) = text else {
                out.raw_copy_file(file).map_err(broken)?;
                continue;
            };
            let name = file.name().map_err(broken)?.into_owned();
            out.start_file(name, file.options()).map_err(broken)?;
            out.write_all(text.as_bytes()).map_err(|error| broken(error.into()))?;
        }
        Ok(out.finish().map_err(broken)?.into_inner())
    }
}

fn broken(error: ZipError) -> Error {
    Error::Format(format!(
        "this is no DOCX, or a damaged one ({error}); a .doc file, or one with a password, must be saved as .docx without \
         one"
    ))
}

fn no_document() -> Error {
    Error::Format("this zip archive holds no Word document; save the text as .docx".into())
}

/// The text of an entry, if no more than `left` bytes, which become so many less.
fn text_of(entry: ZipFile<'_, Cursor<&[u8]>>, left: &mut u64) -> Result<String, Error> {
    let (size, packed) = (entry.size(), entry.compressed_size());
    let name = entry.name().map_err(broken)?.into_owned();
    let too_large = || {
        Error::Format(format!(
            "{name} in this DOCX is too large when unpacked (at most {} MB in all, and {MOST_PACKED} times its packed size); \
             cut the document into smaller ones",
            MOST >> 20
        ))
    };
    if size > *left || (size > 1 << 20 && size / MOST_PACKED > packed) {
        return Err(too_large());
    }
    // The archive may lie about the size.
    let mut bytes = Vec::new();
    let read = entry.take(*left + 1).read_to_end(&mut bytes).map_err(|error| broken(error.into()))? as u64;
    if read > *left || (read > 1 << 20 && read / MOST_PACKED > packed) {
        return Err(too_large());
    }
    *left -= read;
    xml::text_of(bytes)
}

/// The names of the parts that carry text, by an archive's list of contents.
fn parts(list: &str) -> Result<Vec<&str>, Error> {
    let tree = Tree::read(list, Rules::Xml)?;
    let mut parts = Vec::new();
    for part in 0..tree.nodes.len() {
        let kind = tree.value(part, "ContentType").unwrap_or_default();
        let rank = KINDS.iter().position(|end| kind.contains("word") && kind.ends_with(end));
        let name = tree.value(part, "PartName").map(|name| name.trim_start_matches('/'));
        parts.extend(rank.zip(name));
    }
    parts.sort();
    Ok(parts.into_iter().map(|(_, name)| name).collect())
}

/// Reads the paragraphs of a part, a line each.
fn read_part(file: String) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(file);
    let file = sheet.file.clone();
    let tree = Tree::read_at_most(&file, Rules::Xml, MOST_NODES)?;
    let prefix = prefix(&tree)?;
    let name = |node: usize| match tree.name(node).split_once(':').unwrap_or(("", tree.name(node))) {
        (own, local) if own == prefix => local,
        _ => "",
    };
    for paragraph in (0..tree.nodes.len()).filter(|&node| name(node) == "p") {
        sheet.part(Gap::Line);
        let inside = tree.inside(paragraph);
        let mut at = inside.start;
        while at < inside.end {
            match name(at) {
                // Paragraphs in a frame have lines of their own; a paragraph's properties name tabs that are none.
                "p" | "pPr" | "rPr" => {
                    at = tree.nodes[at].next;
                    continue;
                }
                "t" => read_run(&tree, at, &mut sheet),
                "tab" | "ptab" => sheet.text.push('\t'),
                "br" | "cr" => sheet.text.push('\n'),
                "noBreakHyphen" => sheet.text.push('\u{2011}'),
                "softHyphen" => sheet.text.push('\u{ad}'),
                _ => {}
            }
            at += 1;
        }
    }
    Ok(sheet)
}

/// The prefix of the names of elements with text: `w`, mostly.
fn prefix<'f>(tree: &Tree<'f>) -> Result<&'f str, Error> {
    let root = tree.nodes.iter().position(|node| node.kind == Kind::Element);
    let attributes = root.map(|root| tree.attributes(root)).unwrap_or_default();
    let known = attributes.into_iter().find(|(_, value)| NAMESPACES.contains(&value.of(tree.file)));
    let name = known.and_then(|(name, _)| name.of(tree.file).strip_prefix("xmlns"));
    name.map(|name| name.trim_start_matches(':')).ok_or_else(no_document)
}

/// Adds the text of a run.
fn read_run(tree: &Tree, node: usize, sheet: &mut Sheet) {
    let spaces = tree.value(node, "xml:space");
    for part in tree.children(node).map(|at| tree.nodes[at]).filter(|part| part.kind != Kind::Element) {
        let first = sheet.slots.len();
        let place = if spaces == Some("preserve") { part.content } else { tree.trimmed(part.content) };
        sheet.push(place, if part.kind == Kind::Cdata { Escape::Cdata } else { Escape::Xml });
        if spaces.is_none() {
            let tag = tree.nodes[node].content.start - 1;
            sheet.slots[first..].iter_mut().for_each(|slot| slot.spaces = Some(tag));
        }
    }
}
