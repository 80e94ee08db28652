//! Words that are elements of a file and lie in boxes on a page.
//!
//! A word that is changed stays in its element. Where a change makes one word of two, the first element stays, with the
//! box around both, and the others go; where it makes two of one, the element is doubled and its box cut, a letter's
//! width apart, in proportion to the letters. What is taken out leaves its element, with its box, empty. Words stay on
//! their lines.

use super::splice::{self, Change, Patch, Slot};
use crate::span::Span;
use std::collections::HashSet;
use std::ops::Range;

/// A word's element.
#[derive(Debug, Clone)]
pub struct Word {
    /// In the joined text.
    pub text: Span,
    /// The slots that it is in.
    pub slots: Range<usize>,
    /// All of it, in the file.
    pub element: Span,
    /// What parts it in the file from the word before, and goes if they become one.
    pub lead: Span,
    /// Its name, which no other element may have.
    pub id: Option<Span>,
    pub place: Option<Place>,
}

impl Word {
    /// The change that makes of a word another one.
    fn becomes(&self, after: &str) -> Change {
        Change { span: self.text, after: after.to_owned() }
    }

    /// The changes that leave of a word a part, in bytes, which becomes another word.
    fn cut_out(&self, part: Range<usize>, after: &str) -> Vec<Change> {
        let Span { start, end } = self.text;
        let (first, last) = (start + part.start, start + part.end);
        let change =
            |from: usize, to: usize, after: &str| Change { span: Span::new(from, to), after: after.to_owned() };
        vec![change(start, first, ""), change(first, last, after), change(last, end, "")]
    }
}

/// A rectangle on a page, in the file's units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A word's box.
#[derive(Debug, Clone)]
pub struct Place {
    pub rect: Rect,
    /// Where it is told.
    pub told: Vec<Span>,
    /// What is written there for another box.
    pub tell: fn(Rect) -> Vec<String>,
}

impl Rect {
    /// The box around this one and another.
    pub fn around(self, other: Rect) -> Rect {
        Rect {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Cut into boxes for words that stand in it side by side.
    fn cut(self, words: &[&str]) -> Vec<Rect> {
        let lengths = words.iter().map(|word| word.chars().count());
        let letter = (self.right - self.left) / (lengths.clone().sum::<usize>() + words.len() - 1) as f64;
        let mut at = 0;
        let mut edge = |letters: usize| {
            at += letters;
            (self.left + at as f64 * letter).round()
        };
        let sides = lengths.map(|letters| (edge(0), edge(letters), edge(1)));
        let mut rects: Vec<Rect> = sides.map(|(left, right, _)| Rect { left, right, ..self }).collect();
        // The outer sides stay as they are, however they are rounded.
        if let Some(last) = rects.last_mut() {
            last.right = self.right;
        }
        rects[0].left = self.left;
        rects
    }
}

/// A file's text with its words.
pub struct Words<'f> {
    pub file: &'f str,
    pub text: &'f str,
    pub slots: &'f [Slot],
    /// Places inside the elements of words in which these stand once more, letter by letter.
    pub letters: &'f [Slot],
    /// Further places in which some of the text stands once more.
    pub copies: &'f [Vec<Slot>],
    pub words: &'f [Word],
    /// What parts two elements of words in the file, by the first of them and the boxes of both.
    pub between: fn(&str, Option<[Rect; 2]>) -> String,
}

/// Words that are changed together, all in one line.
struct Group {
    words: Range<usize>,
    changes: Range<usize>,
}

impl Words<'_> {
    /// What changes of the text come to in the file.
    pub fn patches(&self, changes: &[Change]) -> Vec<Patch> {
        let mut patches = Vec::new();
        for copy in self.copies {
            splice::spread(self.file, self.text, copy, changes, &mut patches);
        }
        let mut groups: Vec<Group> = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            let words = self.concerned(change);
            if words.is_empty() {
                splice::spread(self.file, self.text, self.slots, std::slice::from_ref(change), &mut patches);
                continue;
            }
            match groups.last_mut().filter(|last| last.words.end > words.start) {
                Some(last) => {
                    last.words.end = words.end.max(last.words.end);
                    last.changes.end = at + 1;
                }
                None => groups.push(Group { words, changes: at..at + 1 }),
            }
        }
        let mut ids = None;
        for group in groups {
            self.rewrite(group.words, &changes[group.changes], &mut ids, &mut patches);
        }
        patches
    }

    /// The words that a change concerns: those that it overlaps, or else, if it takes out what is between, those beside it.
    fn concerned(&self, change: &Change) -> Range<usize> {
        let Change { span, after } = change;
        let first = self.words.partition_point(|word| word.text.end <= span.start);
        let count = self.words[first..].partition_point(|word| word.text.start < span.end);
        let beside = first.saturating_sub(1)..(first + 1).min(self.words.len());
        let touched = |at: usize| self.words[at].text.end == span.start || self.words[at].text.start == span.end;
        match count {
            0 if beside.len() == 2 && beside.clone().all(touched) && !after.contains(char::is_whitespace) => beside,
            _ => first..first + count,
        }
    }

    /// Writes some words anew, as changes make them.
    fn rewrite(
        &self,
        group: Range<usize>,
        changes: &[Change],
        ids: &mut Option<HashSet<String>>,
        patches: &mut Vec<Patch>,
    ) {
        let words = &self.words[group];
        let (first, last) = (&words[0], &words[words.len() - 1]);
        let start = changes.iter().map(|change| change.span.start).fold(first.text.start, usize::min);
        let end = changes.iter().map(|change| change.span.end).fold(last.text.end, usize::max);
        let text = splice::changed(self.text, Span::new(start, end), changes);
        // A hyphen, say, that is no part of its word's element.
        let [before, after] = [(start, first.text.start), (last.text.end, end)].map(|(a, b)| self.text[a..b].trim());
        let text = text.trim();
        let text = text.strip_prefix(before).unwrap_or(text);
        let text = text.strip_suffix(after).unwrap_or(text);
        if words.len() == 1 && first.text.of(self.text).contains(char::is_whitespace) {
            // An element that holds several words holds what becomes of them.
            return self.fill(first, &[first.becomes(text)], patches);
        }
        let after: Vec<&str> = text.split_whitespace().collect();
        if after.is_empty() || after.len() == words.len() {
            let after = after.into_iter().chain(std::iter::repeat(""));
            return words.iter().zip(after).for_each(|(word, after)| self.fill(word, &[word.becomes(after)], patches));
        }
        let whole = words.iter().map(|word| word.place.as_ref().map(|place| place.rect));
        let whole = whole.reduce(|a, b| Some(a?.around(b?))).flatten();
        let rects: Vec<Option<Rect>> = match whole {
            Some(rect) => rect.cut(&after).into_iter().map(Some).collect(),
            None => vec![None; after.len()],
        };
        // The last word becomes all that is left, a part of it each.
        let same = words.len().min(after.len()) - 1;
        let ends = splice::cuts(last.text.of(self.text), &after[same..]);
        let mut more = String::new();
        for (at, (&word, &rect)) in after.iter().zip(&rects).enumerate() {
            let element = &words[at.min(words.len() - 1)];
            let own = match at.checked_sub(words.len() - 1) {
                Some(nth) if after.len() > words.len() => {
                    let start = nth.checked_sub(1).map_or(0, |before| ends[before]);
                    element.cut_out(start..ends[nth], word)
                }
                _ => vec![element.becomes(word)],
            };
            let mut changed = Vec::new();
            self.fill(element, &own, &mut changed);
            if let (Some(place), Some(rect)) = (&element.place, rect) {
                let told = place.told.iter().zip((place.tell)(rect));
                changed.extend(told.map(|(&file, by)| Patch { file, by }));
            }
            if at < words.len() {
                patches.append(&mut changed);
                continue;
            }
            // The last element once more.
            changed.extend(element.id.map(|file| Patch { file, by: self.fresh(file.of(self.file), ids) }));
            more.push_str(&(self.between)(element.element.of(self.file), rects[at - 1].zip(rect).map(|(a, b)| [a, b])));
            more.push_str(&splice::apply(self.file, element.element, changed));
        }
        let end = last.element.end;
        if !more.is_empty() {
            patches.push(Patch { file: Span::new(end, end), by: more });
        }
        for word in words.iter().skip(after.len()) {
            patches.push(Patch { file: Span::new(word.lead.start, word.element.end), by: String::new() });
        }
    }

    /// Writes changes of a word into its element.
    fn fill(&self, word: &Word, changes: &[Change], patches: &mut Vec<Patch>) {
        let first = self.letters.partition_point(|slot| slot.text.start < word.text.start);
        let count = self.letters[first..].partition_point(|slot| slot.text.end <= word.text.end);
        for slots in [&self.slots[word.slots.clone()], &self.letters[first..first + count]] {
            splice::spread(self.file, self.text, slots, changes, patches);
        }
    }

    /// A name like another one that no element has.
    fn fresh(&self, id: &str, ids: &mut Option<HashSet<String>>) -> String {
        let taken = || self.words.iter().filter_map(|word| word.id).map(|id| id.of(self.file).to_owned()).collect();
        let ids = ids.get_or_insert_with(taken);
        let mut name = id.to_owned();
        let mut number = 2;
        while !ids.insert(name.clone()) {
            name = format!("{id}_{number}");
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_cut_by_letters() {
        let rect = Rect { left: 100.0, top: 5.0, right: 200.5, bottom: 25.0 };
        let sides = |words: &[&str]| rect.cut(words).iter().map(|r| (r.left, r.right)).collect::<Vec<_>>();
        assert_eq!(sides(&["một"]), [(100.0, 200.5)]);
        assert_eq!(sides(&["phát", "triển"]), [(100.0, 140.0), (150.0, 200.5)]);
        assert_eq!(sides(&["a", "b", "c"]), [(100.0, 120.0), (140.0, 160.0), (180.0, 200.5)]);
    }
}
