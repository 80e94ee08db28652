//! A decoded text, aligned with its source.

use super::super::is_mark;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A text read back from an encoding, and where its changed stretches come from.
pub(crate) struct Decoded {
    pub text: String,
    /// Begins and ends of changed stretches, in turn: in the text and in the source. What lies between is the same in
    /// both.
    pub knots: Vec<(usize, usize)>,
}

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
    decoded: Decoded,
    /// How much of the source is written.
    done: usize,
}

impl<'t> Writer<'t> {
    pub fn new(source: &'t str) -> Self {
        Self { source, decoded: Decoded { text: String::with_capacity(source.len()), knots: Vec::new() }, done: 0 }
    }

    /// Writes something else for a stretch of the source; stretches come in order.
    pub fn replace(&mut self, stretch: Range<usize>, with: &str) {
        if &self.source[stretch.clone()] == with {
            return;
        }
        let Decoded { text, knots } = &mut self.decoded;
        text.push_str(&self.source[self.done..stretch.start]);
        knots.push((text.len(), stretch.start));
        text.push_str(with);
        knots.push((text.len(), stretch.end));
        self.done = stretch.end;
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

    pub fn finish(mut self) -> Decoded {
        self.decoded.text.push_str(&self.source[self.done..]);
        self.decoded
    }
}
