//! A decoded text, aligned with its source.

use super::super::is_mark;
use super::super::map::{Draft, Map};
use crate::span::Span;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A text read back from an encoding, and where its changed stretches come from.
pub(crate) type Decoded = (String, Map);

/// A character on its way through a decoder, with the bytes of the source that it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub c: char,
    pub start: usize,
    pub end: usize,
}

/// A text's characters as they are.
pub(super) fn units(source: &str) -> impl Iterator<Item = Unit> + '_ {
    source.char_indices().map(|(start, c)| Unit { c, start, end: start + c.len_utf8() })
}

/// Writes a decoded text, stretch by stretch.
pub(super) struct Writer<'t> {
    source: &'t str,
    draft: Draft,
}

impl<'t> Writer<'t> {
    pub fn new(source: &'t str) -> Self {
        Self { source, draft: Draft::default() }
    }

    /// Writes something else for a stretch of the source; stretches come in order.
    pub fn replace(&mut self, stretch: Range<usize>, with: &str) {
        let span = Span::new(stretch.start, stretch.end);
        if span.of(self.source) != with {
            self.draft.replace(self.source, span, with);
        }
    }

    /// Writes characters, marks composed with the letters before them.
    pub fn compose(mut self, units: impl IntoIterator<Item = Unit>) -> Self {
        let mut letters = String::new();
        let mut units = units.into_iter().peekable();
        while let Some(first) = units.next() {
            let changed = |u: Unit| !self.source[u.start..u.end].chars().eq([u.c]);
            let (mut end, mut any) = (first.end, changed(first));
            letters.clear();
            letters.push(first.c);
            while let Some(mark) = units.next_if(|next| is_mark(next.c)) {
                letters.push(mark.c);
                any |= changed(mark);
                end = mark.end;
            }
            if any && letters.len() == first.c.len_utf8() {
                self.replace(first.start..end, &letters);
            } else if any {
                self.replace(first.start..end, &letters.nfc().collect::<String>());
            }
        }
        self
    }

    pub fn finish(self) -> Decoded {
        self.draft.finish(self.source)
    }
}
