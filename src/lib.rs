//! phucdau (*phục dấu*, “restore the marks”) gives damaged Vietnamese text back its marks and letters.
//!
//! Scanned pages read by OCR in the wrong language, text typed or stored without marks, and the slips that OCR in the
//! right language still makes: what comes in as `Phiéng Pan, ngdy thang 7 nam 2025` goes out as `Phiêng Pằn, ngày
//! tháng 7 năm 2025`, with an account of every change.
//!
//! ```
//! let restorer = phucdau::Restorer::new();
//! let restored = restorer.restore("Dai hgi dai biéu Pang b¢ xa dugc té chirc");
//! assert_eq!(restored.text(), "Đại hội đại biểu Đảng bộ xã được tổ chức");
//!
//! let edit = &restored.edits()[1];
//! assert_eq!((edit.before.as_str(), edit.after.as_str()), ("hgi", "hội"));
//! assert!(edit.confidence > 0.9);
//! ```
//!
//! # What it does
//!
//! A text is repaired: legacy encodings (TCVN3, VNI, VPS, VISCII, VIQR, cp1258, mojibake) are told line by line and
//! decoded, letters that an encoding or a font lacked get signs, marks come back to their letters, look-alikes and
//! letters that stand apart are mended, words that were run together parted. It is cut into pieces, and each piece gets
//! the words that it may have been: a lexicon searched through a *noisy channel*, which knows what damage makes of which
//! letters and how often. A language model then chooses among them, sentence by sentence, and posteriors over all ways
//! say how sure each choice is. Which kind of damage a line has suffered is
//! found out from the line and its document; lines of other languages, code and tables are left alone.
//!
//! Lines, spacing, punctuation and numbers stay; text that is right stays. Spans are bytes of the source, whatever was
//! repaired in between. The same text always gives the same answer, on any number of threads.
//!
//! # Where to begin
//!
//! The [`guide`] goes through all of it: options, formats, training, limits, questions.
//!
//! - [`Restorer::new`] and [`Restorer::restore`]: the embedded model, one text.
//! - [`Restorer::assess`]: what a text has suffered, and what restoring would bring.
//! - `Restorer::par_restore`: many texts on rayon's threads (feature `rayon`, on by default).
//! - [`Restorer::builder`]: names, clean text beside the damaged, a threshold of confidence, another [`Model`], a known
//!   kind of [`Damage`], where tones are to stand.
//! - [`Restoration`]: the text and its [`Edit`]s, with confidence and alternatives (`serde` behind its feature).
//! - [`repair::legacy`]: legacy encodings by hand, both ways.
//! - [`Model::candidates`] and [`Model::cost`]: what channel and language model say on their own.
//! - [`repair::legacy`]: text in TCVN3, VNI, VIQR and other encodings that are not Unicode.
//! - `pdf` (feature `pdf`): whole PDFs, with the places of all changes, and written anew with a restored text layer.
//! - `train` (feature `train`): learning a model from your own text and pairs, and measuring it.

#![forbid(unsafe_code)]

mod adapt;
mod again;
mod assess;
mod attune;
mod bilinear;
mod bits;
mod candidates;
mod channel;
mod damage;
mod effort;
mod error;
mod explain;
mod foreign;
#[cfg(feature = "formats")]
pub mod formats;
mod hash;
mod hints;
mod inspect;
mod lattice;
mod lexicon;
mod line_break;
mod model;
mod ngram;
mod numeral;
mod offsets;
mod packed;
#[cfg(feature = "rayon")]
mod parallel;
#[cfg(feature = "pdf")]
pub mod pdf;
mod predict;
pub mod repair;
mod restoration;
mod restorer;
mod search;
mod segment;
mod shortlist;
mod sound_fst;
mod span;
mod stream;
mod sureness;
mod surroundings;
mod text;
#[cfg(feature = "train")]
pub mod train;
mod triggers;
mod vocabulary;

pub use assess::{Assessment, Cause, Finding, Verdict};
pub use channel::Damage;
pub use error::Error;
pub use explain::{Explanation, Taken, Weighed};
pub use inspect::WordCandidate;
pub use model::Model;
pub use offsets::Offsets;
pub use restoration::{Alternative, Edit, Restoration};
pub use restorer::{Restorer, RestorerBuilder};
pub use span::{Positions, Span, Unit};
pub use stream::{Progress, WINDOW};
pub use text::placement::TonePlacement;

#[doc = include_str!("guide.md")]
pub mod guide {}

/// For experiments with the decoder; no part of the interface.
#[doc(hidden)]
pub mod tuning {
    pub use crate::adapt::Adaptation;
    pub use crate::lattice::Weights;
    pub use crate::search::Beam;
}

/// The README's code is tested, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
