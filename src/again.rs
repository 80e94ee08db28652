//! One restoration after another, as if it were one.
//!
//! What was restored is looked at again, and then sees right text where there was damage: a word that was left or misread
//! stands out among right ones. Once a look changes nothing, restoring the text, which begins with that look, changes nothing either.

use crate::adapt::Teachings;
use crate::assess::{self, Assessment, Cause, Verdict};
use crate::damage::Looks;
use crate::repair;
use crate::restoration::{Edit, Restoration};
use crate::restorer::Restorer;
use crate::segment::Cut;
use crate::span::Span;
use crate::sureness::Sureness;
use crate::vocabulary::Vocabulary;

/// So often, at most, a restored text is looked at again. No text is known that changes the third time.
const LOOKS: usize = 4;

impl Restorer {
    /// Looks again at what came of a source, with what was known before that, until nothing changes. Text that was right
    /// but for a slip here and there is left at that: it was seen among right words the first time.
    pub(crate) fn settle(&self, source: &str, first: Restoration, known: &Teachings) -> Restoration {
        if first.is_unchanged() || first.assessment.verdict == Verdict::Clean {
            return first;
        }
        let (mut text, mut edits, mut looks) = (first.text, first.edits, 0);
        while looks < LOOKS {
            let next = self.look(&text, &Sureness::new(&[]), &mut known.clone()).0;
            // What was restored is in no encoding, whatever it looks like, unless it was in one before.
            let is_mistaken = is_encoded(&next.assessment) && !is_encoded(&first.assessment);
            if next.is_unchanged() || is_mistaken {
                break;
            }
            edits = compose(source, edits, next.edits, &next.text);
            (text, looks) = (next.text, looks + 1);
        }
        let mut assessment = first.assessment;
        if looks > 0 {
            // Its account is of all changes.
            let repaired = repair::repair(source, self.damage, self.placement, &self.model.0);
            let mut cut = Cut::new(repaired.text());
            let found = self.find(&repaired, &mut cut, &mut Vocabulary::default(), &mut Looks::default());
            assessment = assess::assess(&repaired, &mut cut, &found, &edits, assessment.left_alone);
        }
        Restoration { text, edits, assessment }
    }
}

fn is_encoded(found: &Assessment) -> bool {
    found.findings.iter().any(|finding| matches!(finding.cause, Cause::Encoding(_)))
}

/// The edits that lead from a source by way of a text between to the last text, given those from one to the next. What
/// comes back to what it was is no edit.
fn compose(source: &str, first: Vec<Edit>, second: Vec<Edit>, text: &str) -> Vec<Edit> {
    let mut out = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    // How far the text between is shifted against the source and the last text, behind what is done.
    let (mut back, mut on) = (0, 0);
    let mut group = Group::default();
    loop {
        // Both are in the order of the text between.
        let next = |edit: Option<&Edit>, span: fn(&Edit) -> Span| edit.map(span).map(|span| (span.start, span.end));
        let (one, other) = (next(first.peek(), |e| e.target), next(second.peek(), |e| e.source));
        let is_first = other.is_none_or(|other| one.is_some_and(|one| one <= other));
        let Some((start, end)) = (if is_first { one } else { other }) else { break };
        if !group.holds(start) {
            out.extend(group.take(source, text, &mut back, &mut on));
        }
        group.grow(start, end);
        match is_first {
            true => group.first.extend(first.next()),
            false => group.second.extend(second.next()),
        }
    }
    out.extend(group.take(source, text, &mut back, &mut on));
    out
}

/// Edits of a stretch of the text between, each of which overlaps others of it.
#[derive(Default)]
struct Group {
    first: Vec<Edit>,
    second: Vec<Edit>,
    stretch: Option<Span>,
}

impl Group {
    /// Whether what begins there overlaps the stretch.
    fn holds(&self, start: usize) -> bool {
        self.stretch.is_some_and(|stretch| start < stretch.end)
    }

    fn grow(&mut self, start: usize, end: usize) {
        let stretch = self.stretch.get_or_insert(Span::new(start, end));
        stretch.end = stretch.end.max(end);
    }

    /// The edit that they come to, if that changes anything; the group is empty then.
    fn take(&mut self, source: &str, text: &str, back: &mut isize, on: &mut isize) -> Option<Edit> {
        let stretch = self.stretch.take()?;
        let (first, mut second) = (std::mem::take(&mut self.first), std::mem::take(&mut self.second));
        let grown = |edit: &Edit| edit.target.len() as isize - edit.source.len() as isize;
        let place = |at: usize, shift: isize| at.wrapping_add_signed(shift);
        let begin = (place(stretch.start, *back), place(stretch.start, *on));
        *back -= first.iter().map(grown).sum::<isize>();
        *on += second.iter().map(grown).sum::<isize>();
        let [from, to] =
            [(begin.0, *back), (begin.1, *on)].map(|(begin, shift)| Span::new(begin, place(stretch.end, shift)));
        let (before, after) = (from.of(source), to.of(text));
        if before == after {
            return None;
        }
        let confidence = first.iter().chain(&second).map(|edit| edit.confidence).fold(1.0, f32::min);
        // Others were weighed for the place of an edit, which is not that of several.
        let alternatives = match (first.len() + second.len(), second.as_mut_slice()) {
            (1, []) => first.into_iter().flat_map(|edit| edit.alternatives).collect(),
            (_, [only]) if only.source == stretch => std::mem::take(&mut only.alternatives),
            _ => Vec::new(),
        };
        Some(Edit {
            source: from,
            target: to,
            before: before.to_owned(),
            after: after.to_owned(),
            confidence,
            alternatives,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The edits that make of a text what stands behind each `=`: `a[b=c]`.
    fn edits(marked: &str) -> (String, String, Vec<Edit>) {
        let (mut source, mut target, mut edits) = (String::new(), String::new(), Vec::new());
        for (at, part) in marked.split(['[', ']']).enumerate() {
            let (before, after) = part.split_once('=').unwrap_or((part, part));
            let from = Span::new(source.len(), source.len() + before.len());
            let to = Span::new(target.len(), target.len() + after.len());
            source += before;
            target += after;
            if at % 2 == 1 {
                let (before, after, alternatives) = (before.to_owned(), after.to_owned(), Vec::new());
                edits.push(Edit { source: from, target: to, before, after, confidence: 0.9, alternatives });
            }
        }
        (source, target, edits)
    }

    #[test]
    fn edits_of_edits() {
        for (first, second, expected) in [
            ("a b", "a b", "a b"),
            ("[té=tổ] b", "tổ b", "[té=tổ] b"),
            ("té b", "[té=tổ] b", "[té=tổ] b"),
            ("[x=yy] té [b=c] d", "yy [té=tổ] c d", "[x=yy] [té=tổ] [b=c] d"),
            ("té [b=cc] d", "[té=tổ] cc [d=e]", "[té=tổ] [b=cc] [d=e]"),
            // What was changed twice is one edit; what came back is none.
            ("a [té=tố] b", "a [tố=tổ] b", "a [té=tổ] b"),
            ("a [té=tố] [b=c]", "a [tố=té] c", "a té [b=c]"),
            // Where they overlap they grow together.
            ("[a=x] [b=y] c", "[x y=z] c", "[a b=z] c"),
            ("a [b c=y] d", "[a y=zz] [d=e]", "[a b c=zz] [d=e]"),
            ("[a b=xyz] c", "[x=u]y[z c=w]", "[a b c=uyw]"),
            // Noise that goes, before and after what is changed.
            ("a[ ~=] b", "a[ b=c]", "a[ ~=][ b=c]"),
            ("a[ ~=] b", "[a=x] b", "[a=x][ ~=] b"),
            ("a [~ =]b", "a[ b=]", "a[ ~ b=]"),
            ("a b", "[a=] b", "[a=] b"),
        ] {
            let (source, between, one) = edits(first);
            let (also_between, text, other) = edits(second);
            assert_eq!(between, also_between);
            let (_, _, expected) = edits(expected);
            assert_eq!(compose(&source, one, other, &text), expected, "{first} {second}");
        }
    }
}
