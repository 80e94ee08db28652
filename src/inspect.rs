//! What channel and language model say on their own.

use crate::candidates::Searcher;
use crate::channel::Damage;
use crate::lattice::{How, Weights};
use crate::lexicon::Leaf;
use crate::model::{Model, Parts};
use crate::ngram::{self, State, UNIT};
use crate::segment;
use crate::text::case::{self, Case};

/// A word that may have been meant; see [`Model::candidates`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WordCandidate {
    /// The word, or two words that were glued.
    pub text: String,
    /// What the damage costs: the negated natural logarithm of its probability.
    pub cost: f32,
}

impl Model {
    /// The words that may have been meant by one damaged word, whatever stands beside it: the likeliest first, by the
    /// damage and by how frequent they are.
    ///
    /// ```
    /// use phucdau::{Damage, Model};
    ///
    /// let found = Model::embedded().candidates("dugc", Damage::EnglishOcr);
    /// assert_eq!(found[0].text, "được");
    /// ```
    pub fn candidates(&self, seen: &str, damage: Damage) -> Vec<WordCandidate> {
        let Parts { lexicon, profiles, .. } = &*self.0;
        let case = case::case_of(seen, false);
        let write = |leaf: Leaf, case, out: &mut String| case::write(lexicon.spelling(leaf.word), case, out);
        let limits = Weights::default().limits(seen, How { damage, whole: true, hasty: false });
        let mut searcher = Searcher::default();
        let found = searcher.search(lexicon, &profiles[damage], seen, case, limits);
        found
            .iter()
            .map(|c| {
                let mut text = String::new();
                write(c.word, case, &mut text);
                if let Some(second) = c.second {
                    text.push(' ');
                    write(second, if case == Case::Upper { case } else { Case::Lower }, &mut text);
                }
                WordCandidate { text, cost: c.cost as f32 / UNIT as f32 }
            })
            .collect()
    }

    /// What a line of right text costs the language model: the negated natural logarithm of its probability, and of
    /// how many words that is, sentence ends and pauses with them.
    ///
    /// ```
    /// let model = phucdau::Model::embedded();
    /// let (right, _) = model.cost("Đại hội đại biểu Đảng bộ xã");
    /// let (wrong, words) = model.cost("Đai hồi đài biếu Đang bổ xa");
    /// assert!(right < wrong && words == 8);
    /// ```
    pub fn cost(&self, line: &str) -> (f32, usize) {
        let mut pieces = Vec::new();
        segment::segment_line(line, 0, &mut pieces);
        let end = (!pieces.is_empty()).then_some(ngram::BOUNDARY);
        let (mut total, mut words, mut state) = (0, 0, State::START);
        for word in self.0.words(line, &pieces).flat_map(|(mark, word, _)| mark.into_iter().chain([word])).chain(end) {
            let (cost, next) = self.0.ngram.score(state, word);
            (total, words, state) = (total + cost, words + 1, next);
        }
        (total as f32 / UNIT as f32, words)
    }
}
