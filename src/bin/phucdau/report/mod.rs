//! What is written of a restoration.

mod diff;
mod html;

pub use diff::diff;
pub use html::html;

use crate::contents::Part;
use anyhow::Result;
use serde_json::{Value, json};
use std::io::Write;

/// The restored text alone; those of several parts, such as pages, with a form feed between them.
pub fn text(parts: &[Part], out: &mut impl Write) -> Result<()> {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.write_all(b"\n\x0c")?;
        }
        out.write_all(part.restored.text().as_bytes())?;
    }
    Ok(())
}

/// A file's restoration as one JSON object.
pub fn json(name: &str, parts: &[Part], out: &mut impl Write) -> Result<()> {
    let of = |part: &Part| -> Result<Value> {
        let mut object = part.place.clone();
        let restored = serde_json::to_value(&part.restored)?;
        for (key, value) in restored.as_object().into_iter().flatten() {
            object[key] = value.clone();
        }
        Ok(object)
    };
    let mut object = match parts {
        [part] if part.label.is_empty() => of(part)?,
        _ => json!({ "parts": parts.iter().map(of).collect::<Result<Vec<_>>>()? }),
    };
    object["file"] = name.into();
    Ok(serde_json::to_writer(out, &object)?)
}
