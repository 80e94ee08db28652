//! Where a place of the restored text stood in its source, and the other way round.

use crate::restoration::{Edit, Restoration};
use crate::span::{Positions, Span, Unit};

/// The map between a source and its restored text, both ways, in bytes, characters or UTF-16 code units.
///
/// What lies between two edits is the same in both, and its places correspond one to one. A place inside an edit belongs
/// to the whole of it: a span that begins or ends there grows to the edit's edge.
///
/// ```
/// use phucdau::{Offsets, Restorer, Span, Unit};
///
/// let source = "Dan so xa Muong Ly nam 2025 1a 1.234 nguoi";
/// let restored = Restorer::new().restore(source);
/// let offsets = Offsets::new(source, &restored);
///
/// let at = restored.text().find("Mường Lý").unwrap();
/// let found = offsets.source_of(Span::new(at, at + "Mường Lý".len()), Unit::Byte);
/// assert_eq!(found.of(source), "Muong Ly");
/// // What a program that counts characters needs.
/// assert_eq!(offsets.source_of(Span::new(10, 18), Unit::Char), Span::new(10, 18));
/// ```
#[derive(Debug, Clone)]
pub struct Offsets<'t> {
    edits: &'t [Edit],
    source: Positions<'t>,
    target: Positions<'t>,
}

impl<'t> Offsets<'t> {
    /// The map between a source and what came of it. With another text than that which was restored, what it says means
    /// nothing, but it does not panic.
    pub fn new(source: &'t str, restored: &'t Restoration) -> Self {
        Offsets { edits: restored.edits(), source: Positions::new(source), target: Positions::new(restored.text()) }
    }

    /// Where a span of the restored text stood in the source; both in this unit.
    pub fn source_of(&self, target: Span, unit: Unit) -> Span {
        let span = carry(self.edits, self.target.to_bytes(target, unit), |e| e.target, |e| e.source);
        self.source.from_bytes(span, unit)
    }

    /// Where a span of the source stands in the restored text; both in this unit.
    pub fn target_of(&self, source: Span, unit: Unit) -> Span {
        let span = carry(self.edits, self.source.to_bytes(source, unit), |e| e.source, |e| e.target);
        self.target.from_bytes(span, unit)
    }

    /// A span of the source in bytes, as an [`Edit`] has it, in other units.
    pub fn source_in(&self, bytes: Span, unit: Unit) -> Span {
        self.source.from_bytes(bytes, unit)
    }

    /// A span of the restored text in bytes, as an [`Edit`] has it, in other units.
    pub fn target_in(&self, bytes: Span, unit: Unit) -> Span {
        self.target.from_bytes(bytes, unit)
    }
}

/// Carries a span over, given where edits stand here and there.
fn carry(edits: &[Edit], span: Span, here: impl Fn(&Edit) -> Span, there: impl Fn(&Edit) -> Span) -> Span {
    let place = |place: usize, is_end: bool| {
        // The last edit that begins before the place, or at it if that is where the span begins.
        let after = edits.partition_point(|e| here(e).start < place || (!is_end && here(e).start == place));
        match after.checked_sub(1).map(|at| &edits[at]) {
            Some(edit) if place < here(edit).end || (is_end && place == here(edit).end) => {
                if is_end {
                    there(edit).end
                } else {
                    there(edit).start
                }
            }
            Some(edit) => there(edit).end + (place - here(edit).end),
            None => place,
        }
    };
    let start = place(span.start, false);
    let end = if span.is_empty() { start } else { place(span.end, true) };
    Span::new(start, end.max(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Restorer;

    #[test]
    fn spans_grow_to_the_edges_of_edits() {
        let source = "(1) Dai hgi, dugc té chirc";
        let restored = Restorer::new().restore(source);
        assert_eq!(restored.text(), "(1) Đại hội, được tổ chức");
        let offsets = Offsets::new(source, &restored);
        let target = |part: &str| {
            let at = restored.text().find(part).unwrap();
            Span::new(at, at + part.len())
        };
        for (part, expected) in [
            ("Đại hội", "Dai hgi"),
            ("Đ", "Dai"),
            ("ội, ", "hgi, "),
            (" ", " "),
            (",", ","),
            ("1) Đại hội, được tổ chức", &source[1..]),
        ] {
            assert_eq!(offsets.source_of(target(part), Unit::Byte).of(source), expected, "{part}");
        }
        for (part, expected) in [("Dai hgi", "Đại hội"), ("ai", "Đại"), (", ", ", "), ("té", "tổ")] {
            let at = source.find(part).unwrap();
            let span = offsets.target_of(Span::new(at, at + part.len()), Unit::Byte);
            assert_eq!(span.of(restored.text()), expected, "{part}");
        }
    }
}
