//! What is written of a restoration.

mod diff;
mod html;

pub use diff::diff;
pub use html::html;

use crate::contents::{Part, Restored};
use anyhow::Result;
use serde_json::{Value, json};
use std::io::Write;

/// The restored text alone; those of several parts, such as pages, with a form feed between them.
pub fn text(restored: &Restored, out: &mut impl Write) -> Result<()> {
    for (at, part) in restored.parts.iter().enumerate() {
        if at > 0 {
            out.write_all(b"\n\x0c")?;
        }
        out.write_all(part.text.as_bytes())?;
    }
    if restored.parts.len() > 1 {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A file's restoration as one JSON object.
pub fn json(name: &str, restored: &Restored, out: &mut impl Write) -> Result<()> {
    let of = |part: &Part| -> Result<Value> {
        let mut object = part.place.clone();
        object["text"] = part.text.as_str().into();
        let mut edits = serde_json::to_value(&part.edits)?;
        for (edit, bounds) in edits.as_array_mut().into_iter().flatten().zip(&part.bounds) {
            edit["bounds"] = serde_json::to_value(bounds)?;
        }
        object["edits"] = edits;
        Ok(object)
    };
    let mut object = match restored.parts.as_slice() {
        [part] if part.label.is_empty() => of(part)?,
        parts => json!({ "parts": parts.iter().map(of).collect::<Result<Vec<_>>>()? }),
    };
    object["file"] = name.into();
    let assessments = serde_json::to_value(&restored.assessments)?;
    match restored.assessments.len() {
        1 => object["assessment"] = assessments[0].clone(),
        _ => object["assessments"] = assessments,
    }
    Ok(serde_json::to_writer(out, &object)?)
}
