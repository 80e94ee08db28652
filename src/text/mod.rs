//! What Vietnamese writing is: its letters, syllables and case.

pub mod case;
pub mod letter;
pub mod placement;
#[cfg(any(test, feature = "train"))]
pub mod syllable;
