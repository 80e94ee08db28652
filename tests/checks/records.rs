//! Files of records: any bytes, read as each kind.

use super::{IS_TEST, among, picked, restored, texts};
use phucdau::formats::records::{Field, Kind, Records};
use phucdau::{Error, Restoration};
use std::sync::LazyLock;

pub fn json_lines(data: &[u8]) {
    file(data, Kind::JsonLines, [&["text"], &["b", "a.b", "a"]]);
}

pub fn csv(data: &[u8]) {
    file(data, Kind::Csv, [&["1"], &["2", "text"]]);
}

pub fn tsv(data: &[u8]) {
    file(data, Kind::Tsv, [&["1"], &["2", "text"]]);
}

/// A file is asked for the one names and for the others; in fuzzing for one of the two.
fn file(data: &[u8], kind: Kind, [some, others]: [&[&str]; 2]) {
    let first = among(data, 2);
    for (names, _) in [(some, first), (others, !first)].into_iter().filter(|(_, chosen)| IS_TEST || *chosen) {
        asked_for(data, kind, names);
    }
}

/// Restorations to write into fields, whatever they said before; the last are no text for a table of tabs.
static WRITTEN: LazyLock<Vec<Restoration>> = LazyLock::new(|| {
    let sources = ["", "Thu do Ha Noi", "Viet Nam, \"dep\"; \\n", "Viet\tNam\r\ndat nuoc"];
    let written: Vec<_> = sources.iter().map(|source| texts::restorer().restore(source)).collect();
    assert!(written[1..].iter().all(|restored| !restored.is_unchanged()));
    written
});

/// A file read, and written with these restorations in its fields in turn: what it says then, and its fields as they were.
fn rewritten(data: &[u8], kind: Kind, names: &[&str], by: &[&Restoration]) -> Result<(Vec<u8>, Vec<Field>), Error> {
    let mut records = Records::new(data, kind, names.iter().copied());
    let (mut out, mut fields) = (Vec::new(), Vec::new());
    while let Some(block) = records.next_block()? {
        let own = by.iter().copied().cycle().skip(fields.len()).take(block.fields().len());
        block.write(own, &mut out).unwrap();
        fields.extend_from_slice(block.fields());
    }
    Ok((out, fields))
}

/// Without changes the file is the same; changed fields say what was written into them, and nothing else changes.
fn asked_for(data: &[u8], kind: Kind, names: &[&str]) {
    let (same, fields) = match rewritten(data, kind, names, &[&WRITTEN[0]]) {
        Ok(read) => read,
        Err(Error::Format(_) | Error::NotUtf8 { .. }) => return,
        Err(error) => panic!("another error than is documented: {error:?}"),
    };
    assert_eq!(same, data, "without changes the file is another");
    if fields.is_empty() {
        return;
    }
    let possible = if kind == Kind::Tsv { &WRITTEN[..3] } else { &WRITTEN[..] };
    let by: Vec<&Restoration> = possible.iter().rev().collect();
    let (out, _) = rewritten(data, kind, names, &by).unwrap();
    let (_, changed) = rewritten(&out, kind, names, &[&WRITTEN[0]]).expect("what was written is of its kind");
    assert_eq!(changed.len(), fields.len());
    for ((before, after), by) in fields.iter().zip(&changed).zip(by.iter().cycle()) {
        assert_eq!((after.record, after.name), (before.record, before.name));
        assert_eq!(after.text, if by.is_unchanged() { &*before.text } else { by.text() });
    }
    if picked(data, 199) {
        fields.iter().for_each(|field| restored::holds(&field.text, &texts::restorer().restore(&field.text)));
    }
}
