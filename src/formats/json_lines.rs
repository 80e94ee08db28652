//! JSON Lines: an object a line.

use super::records::Field;
use crate::error::Error;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Adds the string fields of these names to `out`, in the order of the text. Returns how many records there are with
/// those before, and whether any has such a field, be it a string or not.
pub fn fields(
    source: &str,
    names: &[String],
    before: u64,
    is_met: &mut bool,
    out: &mut Vec<Field>,
) -> Result<u64, Error> {
    let mut record = before;
    let mut begin = 0;
    for line in source.split_inclusive('\n') {
        let whole = line.strip_prefix('\u{feff}').filter(|_| begin == 0 && before == 0).unwrap_or(line);
        begin += line.len();
        if whole.trim().is_empty() {
            continue;
        }
        record += 1;
        let first = out.len();
        for (name, path) in names.iter().enumerate() {
            let found = find(whole, path).map_err(|e| {
                Error::Format(format!("record {record} is no JSON object: {e}; mend it or leave it out"))
            })?;
            let Some(raw) = found else { continue };
            *is_met = true;
            // What is no text, or none that can be (half a surrogate pair), stays.
            if let Ok(text) = serde_json::from_str(raw) {
                // Where it lies in the text, whose part it is.
                let start = raw.as_ptr() as usize - source.as_ptr() as usize;
                out.push(Field { record, name, text, place: start..start + raw.len() });
            }
        }
        out[first..].sort_by_key(|field| field.place.start);
    }
    Ok(record)
}

/// The value that the names parted by dots lead to, as it is written.
fn find<'t>(object: &'t str, path: &str) -> serde_json::Result<Option<&'t str>> {
    let fields: HashMap<String, &RawValue> = serde_json::from_str(object)?;
    if let Some(value) = fields.get(path) {
        return Ok(Some(value.get()));
    }
    // A name may have dots itself.
    for (at, _) in path.match_indices('.') {
        if let Some(inner) = fields.get(&path[..at]).filter(|inner| inner.get().starts_with('{')) {
            return find(inner.get(), &path[at + 1..]);
        }
    }
    Ok(None)
}

/// A text as JSON, in ASCII alone if that is how it was written before.
pub fn write(text: &str, before: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if !before.is_ascii() || !before.contains("\\u") {
        return json;
    }
    let mut units = [0; 2];
    json.chars().fold(String::new(), |mut out, c| {
        match c {
            ' '..='~' => out.push(c),
            _ => out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
        out
    })
}
