//! What comes back: the text, and an account of every change.

use crate::assess::Assessment;
use crate::span::Span;

/// Another reading that was weighed for the place of an [`Edit`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Alternative {
    /// The reading, with case and punctuation as it would have been written.
    pub text: String,
    /// Its posterior probability, 0 to 1.
    pub confidence: f32,
}

/// One change: what stood in the source, and what stands in its place.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Edit {
    /// Where it stood in the source, in bytes.
    pub source: Span,
    /// Where it stands in the restored text, in bytes.
    pub target: Span,
    /// The source's wording.
    pub before: String,
    /// The restored wording.
    pub after: String,
    /// Posterior probability of this reading among all that were weighed, 0 to 1.
    pub confidence: f32,
    /// Up to three other readings, the likelier first.
    pub alternatives: Vec<Alternative>,
}

/// A restored text with its edits, in the order of the text.
///
/// Applying the edits to the source gives the text; what lies between two edits is unchanged.
///
/// ```
/// let restored = phucdau::Restorer::new().restore("Cong hoa xa hoi chu nghia Viet Nam");
/// assert_eq!(restored.text(), "Cộng hòa xã hội chủ nghĩa Việt Nam");
/// for edit in restored.edits() {
///     assert_eq!(edit.target.of(restored.text()), edit.after);
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Restoration {
    pub(crate) text: String,
    pub(crate) edits: Vec<Edit>,
    pub(crate) assessment: Assessment,
}

impl Restoration {
    /// The restored text: as many lines as the source had.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The restored text, taken out.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The changes, ordered by place; their spans do not overlap.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// How many words were looked at (numbers, addresses and bare punctuation are none).
    pub fn words(&self) -> usize {
        self.assessment.words
    }

    /// What the text had suffered.
    pub fn assessment(&self) -> &Assessment {
        &self.assessment
    }

    /// Whether nothing was changed.
    pub fn is_unchanged(&self) -> bool {
        self.edits.is_empty()
    }
}
