//! What a PDF says of itself: its bookmarks, title, subject and keywords.

use std::collections::HashSet;

use hayro_interpret::hayro_syntax::{
    Pdf,
    object::{Dict, ObjectIdentifier, String as Bytes},
};

/// So many bookmarks are read.
const MOST: usize = 10_000;

/// The bookmarks' titles in their order.
pub fn bookmarks(pdf: &Pdf) -> Vec<String> {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let first = root.and_then(|root| root.get::<Dict<'_>>("Outlines")).and_then(|outlines| next(&outlines, "First"));
    let (mut titles, mut open, mut seen) = (Vec::new(), Vec::from_iter(first), HashSet::<ObjectIdentifier>::new());
    while let Some((id, item)) = open.pop() {
        // A broken PDF may lead round in circles.
        if !seen.insert(id) || seen.len() > MOST {
            break;
        }
        titles.extend(item.get::<Bytes<'_>>("Title").map(|title| decode(&title)).filter(|title| !title.is_empty()));
        open.extend(next(&item, "Next"));
        open.extend(next(&item, "First"));
    }
    titles
}

fn next<'a>(item: &Dict<'a>, key: &str) -> Option<(ObjectIdentifier, Dict<'a>)> {
    let id = item.get_ref(key)?;
    Some((id.into(), item.get::<Dict<'a>>(key)?))
}

/// What the metadata say: title, subject, keywords.
pub fn metadata(pdf: &Pdf) -> [Option<String>; 3] {
    let data = pdf.metadata();
    [&data.title, &data.subject, &data.keywords]
        .map(|text| text.as_deref().map(decode).filter(|text| !text.trim().is_empty()))
}

/// A PDF's text string: UTF-16 or UTF-8 with a byte order mark, else Latin letters. Its spaces
/// and line ends come back as single spaces.
pub fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        latin => latin.iter().map(|&byte| char::from(byte)).collect(),
    };
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        for (bytes, expected) in [
            (&b"\xfe\xff\x1e\xbe\x00 \x00A"[..], "Ế A"),
            (b"\xff\xfe\xbe\x1e", "Ế"),
            ("\u{feff}Xã".as_bytes(), "Xã"),
            (b"caf\xe9\r\n 2", "café 2"),
            (b"\xfe\xff\x1e", ""),
            (b"", ""),
        ] {
            assert_eq!(decode(bytes), expected);
        }
    }
}
