//! Places in a text: as byte ranges, and in the units that other languages count in.

/// A half-open byte range `start..end` of a UTF-8 text; both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// Its length in bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The piece of `text` that the span stands for.
    ///
    /// # Panics
    /// If the span does not lie in `text` on character boundaries.
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// What a place in a text is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Unit {
    /// Bytes of UTF-8: Rust, Go.
    #[default]
    Byte,
    /// Characters, that is Unicode scalar values: Python.
    Char,
    /// Code units of UTF-16: JavaScript, Java, C#.
    Utf16,
}

impl Unit {
    /// How many of these a character takes.
    fn of(self, c: char) -> usize {
        match self {
            Unit::Byte => c.len_utf8(),
            Unit::Char => 1,
            Unit::Utf16 => c.len_utf16(),
        }
    }
}

/// Turns places in a text from bytes into characters or UTF-16 code units, and back: in time that does not grow with
/// the text.
///
/// ```
/// use phucdau::{Positions, Span, Unit};
///
/// let positions = Positions::new("Đảng bộ");
/// assert_eq!(positions.from_bytes(Span::new(8, 12), Unit::Char), Span::new(5, 7));
/// assert_eq!(positions.to_bytes(Span::new(5, 7), Unit::Char), Span::new(8, 12));
/// ```
#[derive(Debug, Clone)]
pub struct Positions<'t> {
    text: &'t str,
    /// Every so often, the places of one character in bytes, characters and UTF-16 code units.
    marks: Vec<[usize; 3]>,
}

/// Marks are so many bytes apart, or a little more.
const APART: usize = 512;

impl<'t> Positions<'t> {
    /// Counts through a text once.
    pub fn new(text: &'t str) -> Self {
        let mut marks = vec![[0; 3]];
        let mut at = [0; 3];
        for c in text.chars() {
            if at[0] >= marks.len() * APART {
                marks.push(at);
            }
            at = [at[0] + c.len_utf8(), at[1] + 1, at[2] + c.len_utf16()];
        }
        Positions { text, marks }
    }

    /// A span in bytes, in other units. What lies inside a character counts as its beginning, and what lies beyond the
    /// text as its end.
    pub fn from_bytes(&self, span: Span, unit: Unit) -> Span {
        Span::new(self.convert(span.start, Unit::Byte, unit), self.convert(span.end, Unit::Byte, unit))
    }

    /// A span in other units, in bytes. What lies inside a character counts as its beginning, and what lies beyond the
    /// text as its end.
    pub fn to_bytes(&self, span: Span, unit: Unit) -> Span {
        Span::new(self.convert(span.start, unit, Unit::Byte), self.convert(span.end, unit, Unit::Byte))
    }

    fn convert(&self, place: usize, from: Unit, to: Unit) -> usize {
        if (from, to) == (Unit::Byte, Unit::Byte) {
            let mut place = place.min(self.text.len());
            while !self.text.is_char_boundary(place) {
                place -= 1;
            }
            return place;
        }
        let (from_field, to_field) = (from as usize, to as usize);
        let mark = &self.marks[self.marks.partition_point(|mark| mark[from_field] <= place).saturating_sub(1)];
        let (mut known, mut wanted) = (mark[from_field], mark[to_field]);
        for c in self.text[mark[0]..].chars() {
            if known + from.of(c) > place {
                break;
            }
            known += from.of(c);
            wanted += to.of(c);
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_all_units() {
        let text = "Đảng bộ 𝔛ã 🌾 \u{301}".repeat(200);
        let positions = Positions::new(&text);
        let mut at = [0; 3];
        for c in text.chars().map(Some).chain([None]) {
            for (unit, place) in [Unit::Byte, Unit::Char, Unit::Utf16].into_iter().zip(at) {
                let bytes = Span::new(at[0], at[0]);
                let other = Span::new(place, place);
                assert_eq!(positions.from_bytes(bytes, unit), other);
                assert_eq!(positions.to_bytes(other, unit), bytes);
            }
            let Some(c) = c else { break };
            // Inside a character.
            let inside = Span::new(at[0] + c.len_utf8() - 1, at[0] + c.len_utf8() - 1);
            assert_eq!(positions.from_bytes(inside, Unit::Char).start, at[1]);
            assert_eq!(positions.from_bytes(inside, Unit::Byte).start, at[0]);
            at = [at[0] + c.len_utf8(), at[1] + 1, at[2] + c.len_utf16()];
        }
        let beyond = Span::new(usize::MAX, usize::MAX);
        assert_eq!(positions.from_bytes(beyond, Unit::Utf16).start, at[2]);
        assert_eq!(positions.from_bytes(beyond, Unit::Byte).start, at[0]);
        assert_eq!(Positions::new("").to_bytes(Span::new(0, 9), Unit::Char), Span::new(0, 0));
    }
}
