//! What must hold of any bytes, for each thing that reads them. The fuzz targets of `fuzz/` and the corpus that is kept
//! of them (`tests/corpus.rs`) go through the same checks; each panics where something does not hold.

pub mod memory;
pub mod restored;
pub mod texts;

#[cfg(feature = "formats")]
pub mod edits;
#[cfg(feature = "formats")]
pub mod files;
pub mod model;
#[cfg(feature = "pdf")]
pub mod pdf;
#[cfg(feature = "formats")]
pub mod records;
pub mod seeds;

use restored::IS_TEST;

/// What must hold of some bytes.
pub type Check = fn(&[u8]);

/// All checks, by the names of their fuzz targets.
pub const ALL: &[(&str, Check)] = &[
    ("restore", texts::restore),
    ("assess", texts::assess),
    ("repeated", texts::repeated),
    ("legacy", texts::legacy),
    ("model", model::model),
    #[cfg(feature = "formats")]
    ("hocr", files::hocr),
    #[cfg(feature = "formats")]
    ("alto", files::alto),
    #[cfg(feature = "formats")]
    ("page", files::page),
    #[cfg(feature = "formats")]
    ("docx", files::docx),
    #[cfg(feature = "formats")]
    ("markdown", files::markdown),
    #[cfg(feature = "formats")]
    ("json_lines", records::json_lines),
    #[cfg(feature = "formats")]
    ("csv", records::csv),
    #[cfg(feature = "formats")]
    ("tsv", records::tsv),
    #[cfg(feature = "pdf")]
    ("pdf", pdf::pdf),
];

/// Puts data to a check, and to account for the memory that it takes.
pub fn within(check: Check, data: &[u8]) {
    let ((), account) = memory::account(|| check(data));
    assert!(account.most <= (64 << 20) + 20 * data.len() as isize, "{} bytes for {}", account.most, data.len());
}

/// Whether data get a check that would take too long each time: in tests always, in fuzzing if they are among one in so
/// many, by their content. Primes, so that one choice says nothing of another.
pub fn picked(data: &[u8], one_in: u32) -> bool {
    IS_TEST || among(data, one_in)
}

/// Whether data are among one in so many, by their content.
pub fn among(data: &[u8], one_in: u32) -> bool {
    random(data).is_multiple_of(one_in)
}

/// A number that depends on data.
pub fn random(data: &[u8]) -> u32 {
    let mixed = data.iter().fold(0x811c_9dc5_u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    mixed ^ (mixed >> 15)
}
