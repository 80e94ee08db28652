//! What Vietnamese writing is: its letters, syllables and case.

pub mod case;
pub mod letter;
pub mod lost;
pub mod placement;
pub mod syllable;
