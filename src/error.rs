//! What can go wrong, and what to do about it.

use std::path::PathBuf;

/// An error of this crate; its message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A source could not be read on, or what was restored could not be written.
    #[error("cannot go on reading or writing: {0}")]
    Stream(std::io::Error),
    /// A source is no UTF-8.
    #[error("this is not UTF-8: byte {at}; convert it, or read it by `repair::legacy::from_bytes`")]
    NotUtf8 {
        /// The first byte that is not.
        at: u64,
    },
    /// A model file is damaged, cut off, of another version, or no model at all.
    #[error("this is not a usable phucdau model: {0}; train one with `phucdau train` or use the embedded one")]
    Model(String),
    /// A file is not of the format that it is read as, is broken, or is too large.
    #[error("{0}")]
    Format(String),
    /// An option is out of its range.
    #[error("{0}")]
    Option(String),
    /// A PDF is broken, encrypted, or holds nothing to restore; or the program that reads its images failed.
    #[error("{0}")]
    Pdf(String),
    /// Training material is missing or of another form than expected.
    #[error("{0}")]
    Training(String),
}
