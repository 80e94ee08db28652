//! Files with text in them: any bytes, read as each format.

use super::edits::edits;
use super::{picked, random, restored, texts};
use phucdau::formats::{Document, Format};
use phucdau::{Edit, Error};
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

pub fn hocr(data: &[u8]) {
    document(data, Format::Hocr, data);
}

pub fn alto(data: &[u8]) {
    document(data, Format::Alto, data);
}

pub fn page(data: &[u8]) {
    document(data, Format::PageXml, data);
}

pub fn markdown(data: &[u8]) {
    document(data, Format::Markdown, data);
}

/// A zip archive, or else the main part of one.
pub fn docx(data: &[u8]) {
    if data.starts_with(b"PK") {
        document(data, Format::Docx, data);
    } else {
        document(&package(data), Format::Docx, data);
    }
}

/// A DOCX whose main part is this.
pub fn package(part: &[u8]) -> Vec<u8> {
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let list = format!(r#"<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>"#);
    // Deflating them takes more time than all checks.
    let method = if picked(part, 7) { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    packed(&[("[Content_Types].xml", list.as_bytes()), ("word/document.xml", part)], method)
}

/// A zip archive of files.
pub fn packed(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What is read is written as it was, and what is written after changes can be read; `data` choose the changes.
fn document(file: &[u8], format: Format, data: &[u8]) {
    let document = match Document::read(file.to_vec(), format) {
        Ok(document) => document,
        Err(Error::Format(_) | Error::NotUtf8 { .. }) => return,
        Err(error) => panic!("another error than is documented: {error:?}"),
    };
    assert!(document.write(&[]).unwrap() == file, "without edits the file is another");
    written(&document, &some_edits(document.text(), data), format);
    if picked(data, 199) {
        let restored = document.restore(texts::restorer());
        restored::holds(document.text(), &restored);
        written(&document, restored.edits(), format);
    }
}

/// Writes edits, and reads them again.
fn written(document: &Document, edits: &[Edit], format: Format) {
    let file = match document.write(edits) {
        Ok(file) => file,
        // That an archive is broken may be found out only when it is copied.
        Err(Error::Format(_)) if format == Format::Docx => return,
        Err(error) => panic!("{error:?}"),
    };
    Document::read(file, format).expect("what was written is of its format");
}

/// Edits that bytes choose.
fn some_edits(text: &str, data: &[u8]) -> Vec<Edit> {
    let mut state = random(data) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let count = next() % 6;
    edits(text, (0..count).map(|_| (next() as usize, next() as u8)).collect())
}
