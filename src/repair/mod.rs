//! Lossless repairs of a text's encoding, before anything is guessed: legacy encodings, Unicode's several ways to write one
//! letter, look-alikes, letters that stand apart, and words
//! that were run together.
//!
//! A restorer does all this by itself, where the text shows that it is damaged so. [`legacy`] converts by hand.

mod capitals;
mod cipher;
mod detect;
pub mod legacy;
mod letter_spaced;
mod lost_as_spaces;
mod lost_letters;
mod map;
mod run_together;
mod signs;
mod soft_hyphen;
mod symbol_font;
mod tones;
mod unicode;

use crate::channel::Damage;
use crate::model::Parts;
use crate::span::Span;
use crate::text::lost::has_sign;
use crate::text::placement::TonePlacement;
use legacy::Encoding;
use map::Map;
use std::borrow::Cow;
use unicode::is_mark;

/// A kind of repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    /// A line was in a legacy encoding.
    Decoded(Encoding),
    /// Letters that were lost got signs.
    Marked,
    /// Letters were composed with their marks.
    Composed,
    /// Look-alikes and invisible characters were replaced.
    Lookalikes,
    /// Letters that stood apart were joined.
    LetterSpaced,
    /// Words that were run together were parted.
    RunTogether,
    /// A tone was moved, because the caller wants it so.
    Placed,
}

/// A repaired text that knows where it came from.
pub(crate) struct Repaired<'t> {
    source: &'t str,
    /// Whether it has what signs for lost letters are written as.
    has_signs: bool,
    text: Cow<'t, str>,
    map: Map,
    /// The lines that were decoded, by their places in the source.
    decoded: Vec<(Span, Repair)>,
    /// What else was repaired, in the order of the source; none overlap.
    mended: Vec<(Span, Repair)>,
}

/// Repairs a text.
pub(crate) fn repair<'t>(
    source: &'t str,
    damage: Option<Damage>,
    placement: TonePlacement,
    parts: &Parts,
) -> Repaired<'t> {
    let Parts { lexicon, ngram, .. } = parts;
    let has_signs = has_sign(source);
    let (text, map, decoded, mended) = (source.into(), Map::default(), Vec::new(), Vec::new());
    let mut repaired = Repaired { source, has_signs, text, map, decoded, mended };
    if let Some(((text, map), lines)) = detect::decode(source, parts) {
        repaired.decoded = lines.iter().map(|&(line, e)| (map.source(line), Repair::Decoded(e))).collect();
        (repaired.text, repaired.map) = (text.into(), map);
        let lines = lines.iter().filter(|(_, e)| !e.is_mechanical()).map(|&(line, e)| (line, e == Encoding::Tcvn3));
        repaired.go_on(|text| capitals::restore(text, lines, lexicon));
    }
    if has_signs {
        // They say nothing here but that something was lost.
        repaired.then(Repair::Marked, lost_letters::unsigned);
    }
    let is_solved = repaired.then(Repair::Marked, |text| cipher::solve(text, parts));
    if !is_solved && !repaired.then(Repair::Marked, |text| lost_letters::mark(text, damage, parts)) {
        repaired.then(Repair::Marked, |text| lost_as_spaces::mark(text, damage, parts));
    }
    repaired.then(Repair::Composed, unicode::compose);
    if repaired.then(Repair::Lookalikes, |text| unicode::replace_lookalikes(text, lexicon)) {
        // A letter may have been kept from its mark by what is gone now.
        repaired.then(Repair::Composed, unicode::compose);
    }
    repaired.then(Repair::LetterSpaced, |text| letter_spaced::join(text, lexicon, |word| ngram.unigram(word)));
    repaired.then(Repair::RunTogether, |text| run_together::part(text, lexicon));
    repaired.then(Repair::Placed, |text| tones::place(text, placement, lexicon));
    repaired.mended.sort_by_key(|(span, _)| *span);
    // What was repaired twice is one place, so that places can be searched.
    repaired.mended.dedup_by(|(next, _), (span, _)| {
        let again = next.start < span.end;
        span.end = if again { span.end.max(next.end) } else { span.end };
        again
    });
    repaired
}

impl Repaired<'_> {
    /// Repairs once more, and says whether there was anything to repair.
    fn then(&mut self, repair: Repair, way: impl FnOnce(&str) -> Option<(String, Map)>) -> bool {
        let Some((text, map)) = way(&self.text) else { return false };
        // Where something was put in, the letters beside it are what was repaired.
        let widened = |at: Span| match at.is_empty() {
            true => {
                let before = self.text[..at.start].chars().next_back().map_or(0, char::len_utf8);
                let after = self.text[at.end..].chars().next().map_or(0, char::len_utf8);
                Span::new(at.start - before, at.end + after)
            }
            false => at,
        };
        self.mended.extend(map.stretches().map(|(_, between)| (self.map.source(widened(between)), repair)));
        self.go_on(|_| Some((text, map)));
        true
    }

    /// Repairs once more, as a part of the repair before.
    fn go_on(&mut self, way: impl FnOnce(&str) -> Option<(String, Map)>) {
        if let Some((text, map)) = way(&self.text) {
            self.map = map.after(std::mem::take(&mut self.map));
            self.text = text.into();
        }
    }

    /// What was repaired at a place of the source.
    pub fn repair_of(&self, source: Span) -> Option<Repair> {
        let at = |repairs: &[(Span, Repair)]| {
            let at = repairs.partition_point(|(span, _)| span.end <= source.start);
            repairs.get(at).filter(|(span, _)| span.start < source.end).map(|(_, repair)| *repair)
        };
        at(&self.decoded).or_else(|| at(&self.mended))
    }

    /// Whether anything was in a legacy encoding.
    pub fn is_any_decoded(&self) -> bool {
        !self.decoded.is_empty()
    }

    /// Whether a span of the repaired text was in a legacy encoding.
    pub fn is_decoded(&self, span: Span) -> bool {
        !self.decoded.is_empty() && matches!(self.repair_of(self.source(span)), Some(Repair::Decoded(_)))
    }

    /// The repaired text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The stretch that was changed after so many others, in the repaired text.
    pub fn changed(&self, before: usize) -> Option<Span> {
        self.map.changed(before).map(|(text, _)| text)
    }

    /// Whether a place of the repaired text lies inside a stretch that was changed.
    pub fn cuts(&self, at: usize) -> bool {
        self.map.cuts(at)
    }

    /// The place in the source of a span of the repaired text; changed letters at its edges are taken in whole.
    pub fn source(&self, span: Span) -> Span {
        self.map.source(span)
    }

    /// A span as it is to be written where nothing is found for it: signs for lost letters stay in the house.
    pub fn as_found(&self, span: Span) -> &str {
        let text = span.of(&self.text);
        if has_sign(text) || self.has_signs && has_sign(self.before(span)) { self.before(span) } else { text }
    }

    /// The source's wording of a span of the repaired text.
    pub fn before(&self, span: Span) -> &str {
        self.source(span).of(self.source)
    }
}
