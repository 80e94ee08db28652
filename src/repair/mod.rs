//! Lossless repairs of a text's encoding, before anything is guessed.
//!
//! Unicode has several ways to write one letter, and PDFs part marks from their letters: here `Vie ̣̂t` becomes `Việt`.

pub mod legacy;

use crate::span::Span;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// A repaired text that knows where it came from.
pub(crate) struct Repaired<'t> {
    source: &'t str,
    text: Cow<'t, str>,
    /// Ends of stretches, in the text and in the source: up to a changed stretch, and after it.
    knots: Vec<(usize, usize)>,
}

/// Whether a character is a mark that Vietnamese puts on letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{302}' | '\u{303}' | '\u{306}' | '\u{309}' | '\u{31b}' | '\u{323}')
}

/// Repairs a text.
pub(crate) fn repair(source: &str) -> Repaired<'_> {
    // Composed text has no such marks at all, and most text is composed.
    if is_nfc_quick(source.chars()) == IsNormalized::Yes {
        return Repaired { source, text: Cow::Borrowed(source), knots: Vec::new() };
    }
    let mut text = String::with_capacity(source.len());
    let mut knots = Vec::new();
    let mut clusters = source.grapheme_indices(true).peekable();
    while let Some((start, cluster)) = clusters.next() {
        let mut end = start + cluster.len();
        let mut letters = Cow::Borrowed(cluster);
        // A space with marks on it, or before them, whose letter went ahead.
        while let Some(&(_, next)) = clusters.peek() {
            let Some(marks) = next.strip_prefix(' ').filter(|m| !m.is_empty() && m.chars().all(is_mark)) else { break };
            if !cluster.starts_with(char::is_alphabetic) {
                break;
            }
            letters.to_mut().push_str(marks);
            end += next.len();
            clusters.next();
        }
        let composed: String = letters.nfc().collect();
        // Only what changed is an edit: a joiner after the letter is none of it.
        let before = &source[start..end];
        let tail: usize = (before.chars().rev().zip(composed.chars().rev()))
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        if composed != before {
            knots.push((text.len(), start));
            knots.push((text.len() + composed.len() - tail, end - tail));
        }
        text.push_str(&composed);
    }
    Repaired { source, text: Cow::Owned(text), knots }
}

impl Repaired<'_> {
    /// The repaired text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The stretch that was changed after so many others, in the repaired text.
    pub fn changed(&self, before: usize) -> Option<Span> {
        let knots = self.knots.get(2 * before..2 * before + 2)?;
        Some(Span::new(knots[0].0, knots[1].0))
    }

    /// The place in the source of a span of the repaired text; changed letters at its edges are taken in whole.
    pub fn source(&self, span: Span) -> Span {
        if self.knots.is_empty() {
            return span;
        }
        Span::new(self.place(span.start, false), self.place(span.end, true))
    }

    fn place(&self, at: usize, end: bool) -> usize {
        // Knots alternate: begin and end of a changed stretch.
        let next = self.knots.partition_point(|k| k.0 < at || (k.0 == at && !end));
        if next == 0 {
            return at;
        }
        let (text, source) = self.knots[next - 1];
        match next % 2 {
            // Inside a changed stretch.
            1 if at > text => self.knots[next].1,
            1 => source,
            _ => source + (at - text),
        }
    }

    /// The source's wording of a span of the repaired text.
    pub fn before(&self, span: Span) -> &str {
        self.source(span).of(self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs() {
        for (source, text) in [
            ("Việt Nam", "Việt Nam"),
            ("Vie\u{302}\u{323}t Nam", "Việt Nam"),
            ("Viê \u{323}t Nam", "Việt Nam"),
            ("a \u{301}", "á"),
            ("\u{301}", "\u{301}"),
            ("5 \u{301} la", "5 \u{301} la"),
            ("e\u{300}\u{200d} a", "è\u{200d} a"),
            ("", ""),
        ] {
            assert_eq!(repair(source).text(), text);
        }
    }

    #[test]
    fn places_lead_back() {
        let source = "Vie\u{302}\u{323}t Nam, to\u{309}";
        let repaired = repair(source);
        for (word, before) in [("Việt", "Vie\u{302}\u{323}t"), ("Nam", "Nam"), ("tỏ", "to\u{309}")] {
            let at = repaired.text().find(word).unwrap();
            assert_eq!(repaired.before(Span::new(at, at + word.len())), before);
        }
    }
}
