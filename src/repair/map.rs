//! Where the stretches of a repaired text stood in its source.

use crate::span::Span;

/// The changed stretches of a repaired text, with their places in the source; between them both are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// Begin and end of each stretch in turn: in the repaired text, and in the source.
    knots: Vec<(usize, usize)>,
}

impl Map {
    /// Adds a changed stretch, which lies behind all others.
    pub fn push(&mut self, text: Span, source: Span) {
        self.knots.extend([(text.start, source.start), (text.end, source.end)]);
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.knots.is_empty()
    }

    /// The stretch that was changed after so many others: in the repaired text, and in the source.
    pub fn changed(&self, before: usize) -> Option<(Span, Span)> {
        let &[begin, end] = self.knots.get(2 * before..2 * before + 2)? else { return None };
        Some((Span::new(begin.0, end.0), Span::new(begin.1, end.1)))
    }

    /// All changed stretches.
    pub fn stretches(&self) -> impl Iterator<Item = (Span, Span)> + '_ {
        (0..).map_while(|at| self.changed(at))
    }

    /// The place in the source of a span of the repaired text; changed stretches at its edges are taken in whole, and so is
    /// what went at its end.
    pub fn source(&self, span: Span) -> Span {
        if self.knots.is_empty() {
            return span;
        }
        Span::new(self.begin(span.start), self.end(span.end))
    }

    /// Whether a place of the repaired text lies inside a changed stretch, not at its edges.
    pub fn cuts(&self, at: usize) -> bool {
        let next = self.knots.partition_point(|k| k.0 < at);
        next % 2 == 1 && at < self.knots[next].0
    }

    fn begin(&self, at: usize) -> usize {
        let next = self.knots.partition_point(|k| k.0 <= at);
        match next.checked_sub(1).map(|last| self.knots[last]) {
            None => at,
            // Inside a changed stretch.
            Some((_, source)) if next % 2 == 1 => source,
            Some((text, source)) => source + (at - text),
        }
    }

    fn end(&self, at: usize) -> usize {
        let mut next = self.knots.partition_point(|k| k.0 < at);
        let mut end = match next.checked_sub(1).map(|last| self.knots[last]) {
            None => at,
            Some(_) if next % 2 == 1 => self.knots[next].1,
            Some((text, source)) => source + (at - text),
        };
        // Stretches of which nothing is left here.
        next += next % 2;
        while let Some(&[_, stop]) = self.knots.get(next..next + 2).filter(|k| k[1].0 == at) {
            (end, next) = (stop.1, next + 2);
        }
        end
    }

    /// The map of a text that was repaired by `self` after it was repaired by `first`.
    pub fn after(self, first: Map) -> Map {
        if first.is_empty() {
            return self;
        }
        // Both tell of stretches of the text between; those that overlap become one.
        let mut map = Map::default();
        let (mut early, mut late) = (first.stretches().peekable(), self.stretches().peekable());
        // How much longer than the source the text between is so far, and the repaired text than that.
        let (mut grown, mut grown_again) = (0isize, 0isize);
        loop {
            let next = [early.peek().map(|s| s.0.start), late.peek().map(|s| s.1.start)];
            let Some(begin) = next.into_iter().flatten().min() else { return map };
            let (source, text) = (begin as isize - grown, begin as isize + grown_again);
            let (mut end, mut any) = (begin, false);
            loop {
                let belongs = |start: usize| start < end || (start == begin && !any);
                if let Some((between, source)) = early.next_if(|s| belongs(s.0.start)) {
                    end = end.max(between.end);
                    grown += between.len() as isize - source.len() as isize;
                } else if let Some((text, between)) = late.next_if(|s| belongs(s.1.start)) {
                    end = end.max(between.end);
                    grown_again += text.len() as isize - between.len() as isize;
                } else {
                    break;
                }
                any = true;
            }
            let (source_end, text_end) = (end as isize - grown, end as isize + grown_again);
            map.push(Span::new(text as usize, text_end as usize), Span::new(source as usize, source_end as usize));
        }
    }
}

/// A text in the making, with the map back to its source.
#[derive(Debug, Default)]
pub struct Draft {
    pub text: String,
    pub map: Map,
    /// How far the source is dealt with.
    done: usize,
}

impl Draft {
    /// Copies the source up to a place.
    pub fn copy(&mut self, source: &str, until: usize) {
        self.text.push_str(&source[self.done..until]);
        self.done = until;
    }

    /// Writes something else in the place of a stretch of the source, copying what comes before it.
    pub fn replace(&mut self, source: &str, span: Span, by: &str) {
        self.copy(source, span.start);
        let start = self.text.len();
        self.text.push_str(by);
        self.map.push(Span::new(start, self.text.len()), span);
        self.done = span.end;
    }

    /// Writes a stretch of the source as it was repaired elsewhere, with the map of that.
    pub fn insert(&mut self, source: &str, span: Span, text: &str, map: &Map) {
        self.copy(source, span.start);
        let start = self.text.len();
        let shift = |span: Span, by: usize| Span::new(span.start + by, span.end + by);
        for (to, from) in map.stretches() {
            self.map.push(shift(to, start), shift(from, span.start));
        }
        self.text.push_str(text);
        self.done = span.end;
    }

    /// The text with its map, once the rest is copied.
    pub fn finish(mut self, source: &str) -> (String, Map) {
        self.copy(source, source.len());
        (self.text, self.map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace_all(source: &str, from: &str, to: &str) -> (String, Map) {
        let mut draft = Draft::default();
        for (at, found) in source.match_indices(from) {
            draft.replace(source, Span::new(at, at + found.len()), to);
        }
        draft.finish(source)
    }

    #[test]
    fn places_lead_back() {
        let source = "một hai ba hai bốn";
        let (text, map) = replace_all(source, "hai", "2");
        assert_eq!(text, "một 2 ba 2 bốn");
        for (span, word) in [("2 ba", "hai ba"), ("một", "một"), ("bốn", "bốn"), ("ba 2 b", "ba hai b")] {
            let at = text.find(span).unwrap();
            assert_eq!(map.source(Span::new(at, at + span.len())).of(source), word);
        }
    }

    #[test]
    fn only_the_inside_of_a_stretch_is_cut() {
        let (_, map) = replace_all("a--b--", "--", "123");
        let cuts: Vec<usize> = (0..=8).filter(|&at| map.cuts(at)).collect();
        assert_eq!(cuts, [2, 3, 6, 7]);
        let (_, map) = replace_all("a--b", "-", "");
        assert!((0..=2).all(|at| !map.cuts(at)));
    }

    #[test]
    fn what_went_at_the_end_is_taken_in() {
        let source = "ab-cd-";
        let (text, map) = replace_all(source, "-", "");
        assert_eq!(text, "abcd");
        for (span, place) in [((0, 2), "ab-"), ((2, 4), "cd-"), ((0, 4), "ab-cd-"), ((1, 3), "b-c")] {
            assert_eq!(map.source(Span::new(span.0, span.1)).of(source), place);
        }
    }

    #[test]
    fn two_repairs_are_one() {
        for (a, b, c, d) in [
            ("b", "xyz", "y", ""),
            ("a", "", "c", "bc"),
            ("bc", "z", "az", "bcd"),
            ("c", "dd", "d", "e"),
            ("a", "b", "b", "c"),
            ("q", "b", "a", "aa"),
            ("bc", "", "ad", "q"),
        ] {
            let source = "abcdabcabd-dcba";
            let (between, first) = replace_all(source, a, b);
            let (text, second) = replace_all(&between, c, d);
            let whole = second.after(first);
            // Outside the stretches text and source are the same.
            let (mut rebuilt, mut done, mut read) = (String::new(), 0, 0);
            for (to, from) in whole.stretches() {
                assert_eq!(text[done..to.start], source[read..from.start], "{a} {b} {c} {d}");
                rebuilt.push_str(&source[read..from.start]);
                rebuilt.push_str(to.of(&text));
                (done, read) = (to.end, from.end);
            }
            rebuilt.push_str(&source[read..]);
            assert_eq!(rebuilt, text);
        }
    }
}
