//! Tables of comma or tab separated values.

use super::records::Field;
use crate::error::Error;
use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use std::ops::Range;

/// Goes over the fields of whole records: which of its record it is, what it says, where it stands, and whether it is
/// the last. Returns where the last record ended.
fn walk(source: &[u8], delimiter: u8, ended: bool, mut each: impl FnMut(usize, &[u8], Range<usize>, bool)) -> usize {
    let mut reader: Reader = ReaderBuilder::new().delimiter(delimiter).quoting(delimiter != b'\t').build();
    let mut text = vec![0; 1 << 12];
    let (mut at, mut whole, mut column) = (0, 0, 0);
    // Read and written of the field so far.
    let (mut begin, mut length) = (0, 0);
    // An empty rest would tell the reader that all has ended.
    while ended || at < source.len() {
        let (result, read, written) = reader.read_field(&source[at..], &mut text[length..]);
        at += read;
        length += written;
        match result {
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::OutputFull => text.resize(2 * text.len(), 0),
            ReadFieldResult::Field { record_end } => {
                each(column, &text[..length], trimmed(source, begin..at, delimiter, column), record_end);
                (begin, length) = (at, 0);
                column += 1;
                if record_end {
                    (whole, column) = (at, 0);
                }
            }
            ReadFieldResult::End => return at,
        }
    }
    whole
}

/// A field without what parts it from its neighbours.
fn trimmed(source: &[u8], field: Range<usize>, delimiter: u8, column: usize) -> Range<usize> {
    let is_end = |&b: &u8| b == b'\r' || b == b'\n';
    let mut start = field.start;
    if column == 0 {
        // The rest of the line's end before, empty lines, and a byte order mark.
        start += source[field.clone()].iter().take_while(|b| is_end(b)).count();
        if start == 0 && source.starts_with("\u{feff}".as_bytes()) {
            start = 3;
        }
    }
    let parted = source[start..field.end].last().is_some_and(|b| *b == delimiter || is_end(b));
    start..field.end - usize::from(parted)
}

/// How many bytes of whole records there are, if more will come.
pub fn whole(source: &[u8], delimiter: u8) -> usize {
    walk(source, delimiter, false, |_, _, _, _| {})
}

/// Adds the fields of these columns to `out`, in the order of the text. Returns how many records there are with those
/// before.
pub fn fields(
    source: &str,
    delimiter: u8,
    names: &[String],
    columns: &mut Option<Vec<usize>>,
    before: u64,
    out: &mut Vec<Field>,
) -> Result<u64, Error> {
    let mut record = before;
    let mut header: Vec<String> = Vec::new();
    let mut failed = None;
    let mut open = None;
    walk(source.as_bytes(), delimiter, true, |column, text, place, is_last| {
        let text = String::from_utf8_lossy(text).into_owned();
        let raw = &source[place.clone()];
        if delimiter != b'\t' && raw.starts_with('"') && raw.matches('"').count() % 2 == 1 {
            open = Some(record + 1);
        }
        let Some(known) = &*columns else {
            header.push(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text));
            if is_last {
                let found: Result<Vec<usize>, Error> = names.iter().map(|name| find(name, &header)).collect();
                failed = found.map(|found| *columns = Some(found)).err();
                if failed.is_some() {
                    // So that what follows is not taken for more names.
                    *columns = Some(Vec::new());
                }
            }
            return;
        };
        if let Some(name) = known.iter().position(|&wanted| wanted == column) {
            out.push(Field { record: record + 1, name, text, place });
        }
        record += u64::from(is_last);
    });
    if let Some(record) = open {
        return Err(Error::Format(format!(
            "a quote is not closed in record {record}, so its end is not known; close it"
        )));
    }
    failed.map_or(Ok(record), Err)
}

/// Which column a name or number stands for.
fn find(name: &str, header: &[String]) -> Result<usize, Error> {
    let number = || name.parse::<usize>().ok().filter(|n| (1..=header.len()).contains(n)).map(|n| n - 1);
    header
        .iter()
        .position(|column| column == name)
        .or_else(number)
        .ok_or_else(|| Error::Format(format!("there is no column {name}; there are {}", header.join(", "))))
}

/// A text as a field: in quotes if it was, or if it must be. Between tabs there are none, nor line ends within.
pub fn write(text: &str, before: &str, delimiter: char) -> String {
    if delimiter == '\t' {
        text.to_owned()
    } else if before.starts_with('"') || text.contains(['"', '\r', '\n', delimiter]) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
