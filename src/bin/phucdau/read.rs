//! Reading texts.

use anyhow::{Result, anyhow, bail};
use phucdau::repair::legacy;
use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// What to do with bytes that are not UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bytes {
    Refused,
    Lossy,
    Legacy,
}

/// Whether a path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What a path is called in messages.
pub fn name(path: &Path) -> Cow<'_, str> {
    if is_stdin(path) { "standard input".into() } else { path.to_string_lossy() }
}

/// What a path is called where a line must stay one, whatever its name holds.
pub fn in_a_row(path: &Path) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    path.to_string_lossy().chars().map(shown).collect()
}

/// Reads a file, or standard input for `-`.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    bytes.map_err(|e| unread(path, &e))
}

/// Says why a file cannot be read.
pub fn unread(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("cannot read {}: {error}; check the path, or give - for standard input", name(path))
}

/// What is said of a file that failed.
pub fn failure(path: &Path, error: &anyhow::Error) -> String {
    let name = name(path);
    let message = match error.downcast_ref() {
        Some(phucdau::Error::NotUtf8 { at }) => {
            format!(
                "{name} is not UTF-8: byte {at} is wrong; convert it, or let `restore --legacy` find out its encoding"
            )
        }
        _ => format!("{error:#}"),
    };
    if message.contains(&*name) { message } else { format!("{name}: {message}") }
}

/// The text that bytes are.
pub fn decode(path: &Path, bytes: Vec<u8>, other: Bytes) -> Result<String> {
    String::from_utf8(bytes).or_else(|error| {
        let (bytes, at) = (error.as_bytes(), error.utf8_error().valid_up_to());
        let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        match other {
            Bytes::Refused => bail!(
                "{} is not UTF-8: byte {at} (line {line}) is 0x{:02X}; convert the text, or let `restore --legacy` \
                 find out its encoding, or `restore --lossy` put U+FFFD there",
                name(path),
                bytes[at]
            ),
            Bytes::Lossy => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Bytes::Legacy => Ok(legacy::from_bytes(bytes)),
        }
    })
}

/// Reads a text, or standard input for `-`.
pub fn text(path: &Path, other: Bytes) -> Result<String> {
    decode(path, bytes(path)?, other)
}
