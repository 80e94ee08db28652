//! Text out of a file, and changes of it back into the file.
//!
//! A file's text stands in *slots*: stretches of the file that are text as they are, or one escaped character. What lies
//! between slots in the joined text, spaces and line ends, has no place in the file and stays. A change is written to
//! the slots that it concerns; if these are several, each gets the letters that are most nearly its own. Everything else
//! of the file comes back byte for byte.

use crate::error::Error;
use crate::restoration::Edit;
use crate::span::Span;
use crate::text::letter;
use quick_xml::escape;
use std::borrow::Cow;

/// How characters are written where they would be taken for markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// Text between the tags of XML.
    Xml,
    /// The same in HTML, which names more characters.
    Html,
    /// An attribute's value.
    Attribute,
    /// Between `<![CDATA[` and `]]>`.
    Cdata,
    /// The value of an attribute that holds both halves of a word which is broken over a line's end.
    Unbroken,
}

impl Escape {
    /// The character that a reference such as `amp` or `#7897` stands for. There are no others than the predefined ones.
    fn resolve(self, reference: &str) -> Option<char> {
        if let Some(number) = reference.strip_prefix('#') {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            return code.ok().and_then(char::from_u32).filter(|&c| c != '\0');
        }
        let known = match self {
            Escape::Html => escape::resolve_html5_entity(reference),
            _ => escape::resolve_xml_entity(reference),
        };
        let mut chars = known?.chars();
        chars.next().filter(|_| chars.next().is_none())
    }

    /// Whether what changes have brought together would end a text before its end: then all of it is to be escaped.
    fn is_ended_by(self, text: &str) -> bool {
        matches!(self, Escape::Xml | Escape::Cdata) && text.contains("]]>")
    }

    fn write(self, text: &str) -> Cow<'_, str> {
        match self {
            Escape::Xml | Escape::Html => escape::partial_escape(text),
            Escape::Attribute => escape::escape(text),
            Escape::Cdata => text.replace("]]>", "]]]]><![CDATA[>").into(),
            Escape::Unbroken => {
                let (head, tail) = text.split_once('\n').unwrap_or((text, ""));
                escape::escape(head.trim_end_matches(['-', '\u{ad}']).to_owned() + tail)
            }
        }
    }
}

/// A stretch of the joined text, and where it stands in the file.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// In the joined text.
    pub text: Span,
    /// In the file: the very text, or an escaped form of it, which is replaced as a whole.
    pub file: Span,
    pub escape: Escape,
    /// Where the file must say that spaces at the slot's edges count, if it does not yet.
    pub spaces: Option<usize>,
}

/// What stands for a reference whose meaning is not known.
const UNKNOWN_REFERENCE: char = '\u{fffc}';

/// Adds a stretch of a file to a text, and its slots.
pub fn read(file: &str, span: Span, escape: Escape, text: &mut String, slots: &mut Vec<Slot>) {
    let mut add = |stretch: Span, text: &mut String, content: &str| {
        let start = text.len();
        text.push_str(content);
        let place = Span::new(start, text.len());
        slots.push(Slot { text: place, file: stretch, escape, spaces: None });
    };
    let mut at = span.start;
    while at < span.end {
        let rest = &file[at..span.end];
        let references = !matches!(escape, Escape::Cdata);
        let plain = if references { rest.find('&').unwrap_or(rest.len()) } else { rest.len() };
        if plain > 0 {
            add(Span::new(at, at + plain), text, &rest[..plain]);
            at += plain;
            continue;
        }
        let is_html = escape == Escape::Html;
        let is_end =
            |c: char| if is_html { !c.is_ascii_alphanumeric() && c != '#' } else { matches!(c, ';' | '&' | '<') };
        let name = rest[1..].split(is_end).next().unwrap_or_default();
        let length = 1 + name.len();
        if (is_html && name.is_empty()) || !rest[length..].starts_with(';') {
            // In HTML an ampersand may stand alone; in XML all up to the semicolon is a reference, whatever it says.
            add(Span::new(at, at + 1), text, "&");
            at += 1;
            continue;
        }
        match escape.resolve(name) {
            Some(c) => add(Span::new(at, at + length + 1), text, c.encode_utf8(&mut [0; 4])),
            None => text.push(UNKNOWN_REFERENCE),
        }
        at += length + 1;
    }
}

/// A stretch of a joined text with what stands there from now on; it lies in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub span: Span,
    pub after: String,
}

/// The changes that some edits of a text are.
///
/// # Errors
/// [`Error::Option`] if the edits are not of this text, are not in order, or add or take out lines.
pub fn changes(text: &str, edits: &[Edit]) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::with_capacity(edits.len());
    let mut done = 0;
    for edit in edits {
        let Span { start, end } = edit.source;
        if start < done || text.get(start..end) != Some(&edit.before) {
            return Err(Error::Option(format!(
                "the edit of {:?} at byte {start} is not one of this text; give edits of `Document::text`, in order",
                edit.before
            )));
        }
        done = end;
        if edit.before.matches('\n').count() != edit.after.matches('\n').count() {
            return Err(Error::Option(format!(
                "the edit of {:?} at byte {start} adds or takes out a line's end; leave it out",
                edit.before
            )));
        }
        let mut begin = start;
        for (before, after) in edit.before.split('\n').zip(edit.after.split('\n')) {
            if before != after {
                changes.push(Change { span: Span::new(begin, begin + before.len()), after: after.to_owned() });
            }
            begin += before.len() + 1;
        }
    }
    Ok(changes)
}

/// A stretch of a text with changes made; each lies in the stretch or outside it.
pub fn changed(text: &str, span: Span, changes: &[Change]) -> String {
    let mut out = String::new();
    let mut done = span.start;
    let inside = |change: &&Change| change.span.start >= span.start && change.span.end <= span.end;
    for change in changes.iter().filter(inside) {
        out.push_str(&text[done..change.span.start]);
        out.push_str(&change.after);
        done = change.span.end;
    }
    out.push_str(&text[done..span.end]);
    out
}

/// What is written in the place of a stretch of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    pub file: Span,
    pub by: String,
}

/// A stretch of a file with patches made; a patch inside another one is dropped.
pub fn apply(file: &str, within: Span, mut patches: Vec<Patch>) -> String {
    patches.sort_by_key(|patch| (patch.file.start, !patch.file.is_empty(), std::cmp::Reverse(patch.file.end)));
    patches.dedup();
    let mut out = String::with_capacity(within.len() + 64);
    let mut done = within.start;
    for Patch { file: place, by } in patches {
        if place.start >= done && place.end <= within.end {
            out.push_str(&file[done..place.start]);
            out.push_str(&by);
            done = place.end;
        }
    }
    out.push_str(&file[done..within.end]);
    out
}

/// Writes changes of a text to slots, which are in the text's order, as the changes are.
pub fn spread(file: &str, text: &str, slots: &[Slot], changes: &[Change], patches: &mut Vec<Patch>) {
    // Changes within one slot each.
    let mut parts: Vec<(usize, Change)> = Vec::new();
    for change in changes {
        share(text, slots, &essence(text, change), &mut parts);
    }
    for parts in parts.chunk_by(|a, b| a.0 == b.0) {
        let slot = &slots[parts[0].0];
        let changes: Vec<Change> = parts.iter().map(|(_, change)| change.clone()).collect();
        let content = changed(text, slot.text, &changes);
        if let Some(at) = slot.spaces.filter(|_| content.trim() != content) {
            patches.push(Patch { file: Span::new(at, at), by: r#" xml:space="preserve""#.to_owned() });
        }
        if slot.file.of(file) != slot.text.of(text) || slot.escape.is_ended_by(&content) {
            patches.push(Patch { file: slot.file, by: slot.escape.write(&content).into_owned() });
            continue;
        }
        let place = |at: usize| slot.file.start + at - slot.text.start;
        patches.extend(changes.iter().map(|Change { span, after }| Patch {
            file: Span::new(place(span.start), place(span.end)),
            by: slot.escape.write(after).into_owned(),
        }));
    }
}

/// A change without what it leaves at its edges.
fn essence(text: &str, change: &Change) -> Change {
    let (before, after) = (change.span.of(text), change.after.as_str());
    let alike = |(a, b): &(char, char)| a == b;
    let length = |(c, _): (char, char)| c.len_utf8();
    let head: usize = before.chars().zip(after.chars()).take_while(alike).map(length).sum();
    let (before, after) = (&before[head..], &after[head..]);
    let tail: usize = before.chars().rev().zip(after.chars().rev()).take_while(alike).map(length).sum();
    let span = Span::new(change.span.start + head, change.span.end - tail);
    Change { span, after: after[..after.len() - tail].to_owned() }
}

/// Shares a change among the slots that it concerns.
fn share(text: &str, slots: &[Slot], change: &Change, parts: &mut Vec<(usize, Change)>) {
    let Change { span, after } = change;
    if span.is_empty() && after.is_empty() {
        return;
    }
    // Those that it touches.
    let first = slots.partition_point(|slot| slot.text.end < span.start);
    let count = slots[first..].partition_point(|slot| slot.text.start <= span.end);
    let touched = &slots[first..first + count];
    let holds = |slot: &Slot| slot.text.start <= span.start && span.end <= slot.text.end;
    if let Some(at) = touched.iter().position(holds) {
        return parts.push((first + at, change.clone()));
    }
    let owner = |at: usize| touched.iter().position(|slot| slot.text.start <= at && at < slot.text.end);
    let before: Vec<(char, Option<usize>)> =
        span.of(text).char_indices().map(|(at, c)| (c, owner(span.start + at))).collect();
    let mut contents = vec![String::new(); touched.len()];
    for (c, owner) in after.chars().zip(owners(&before, after)) {
        if let Some(owner) = owner {
            contents[owner].push(c);
        }
    }
    for (at, (slot, after)) in touched.iter().zip(contents).enumerate() {
        let span = Span::new(slot.text.start.max(span.start), slot.text.end.min(span.end));
        if span.start < span.end && span.of(text) != after {
            parts.push((first + at, Change { span, after }));
        }
    }
}

/// Where the parts that a text is now cut into end in what it was before: in bytes, where the letters are most alike.
pub fn cuts(before: &str, parts: &[&str]) -> Vec<usize> {
    let ends: Vec<usize> = before.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let letters: Vec<(char, Option<usize>)> = before.chars().zip(ends).map(|(c, end)| (c, Some(end))).collect();
    let mut owners = owners(&letters, &parts.concat()).into_iter();
    let mut cuts: Vec<usize> = Vec::with_capacity(parts.len());
    for part in parts {
        let last = owners.by_ref().take(part.chars().count()).last().flatten();
        cuts.push(last.unwrap_or_default().max(cuts.last().copied().unwrap_or_default()));
    }
    if let Some(last) = cuts.last_mut() {
        *last = before.len();
    }
    cuts
}

/// Two texts of more letters than this, multiplied, are not compared letter by letter.
const MOST_COMPARED: usize = 1 << 22;

/// To which owner of the letters before each letter after belongs; `None` for one that stays where nothing can be written.
fn owners(before: &[(char, Option<usize>)], after: &str) -> Vec<Option<usize>> {
    let after: Vec<char> = after.chars().collect();
    let any = || before.iter().find_map(|b| b.1);
    if before.len() * after.len() > MOST_COMPARED {
        return vec![any(); after.len()];
    }
    let width = after.len() + 1;
    let mut costs = vec![0u32; (before.len() + 1) * width];
    for i in 0..=before.len() {
        for j in 0..width {
            let gone = |i: usize| costs[i * width + j] + GAP;
            let new = |j: usize| costs[i * width + j] + GAP;
            let cost = match (i.checked_sub(1), j.checked_sub(1)) {
                (None, None) => 0,
                (Some(i), None) => gone(i),
                (None, Some(j)) => new(j),
                (Some(up), Some(left)) => {
                    let changed = costs[up * width + left] + unlike(before[up], after[left]);
                    changed.min(gone(up)).min(new(left))
                }
            };
            costs[i * width + j] = cost;
        }
    }
    let mut owners = vec![None; after.len()];
    let (mut i, mut j) = (before.len(), after.len());
    while j > 0 {
        let cost = costs[i * width + j];
        if i > 0 && cost == costs[(i - 1) * width + j - 1] + unlike(before[i - 1], after[j - 1]) {
            owners[j - 1] = before[i - 1].1;
            (i, j) = (i - 1, j - 1);
        } else if i > 0 && cost == costs[(i - 1) * width + j] + GAP {
            i -= 1;
        } else {
            // A letter more: it belongs to the one before it, or else to the one after it.
            owners[j - 1] = i.checked_sub(1).and_then(|i| before[i].1).or_else(|| before[i..].iter().find_map(|b| b.1));
            owners[j - 1] = owners[j - 1].or_else(any);
            j -= 1;
        }
    }
    owners
}

/// What a letter more or less costs when texts are compared.
const GAP: u32 = 4;

/// How unlike two letters are; what cannot be written to is like itself alone.
fn unlike((a, owner): (char, Option<usize>), b: char) -> u32 {
    match () {
        () if a == b => 0,
        () if owner.is_none() || a.is_whitespace() != b.is_whitespace() => 3 * GAP,
        () if letter::bare(a) == letter::bare(b) => 1,
        () => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file in which square brackets stand around the slots, and everything else is no text but for spaces.
    fn slots_of(file: &str) -> (String, Vec<Slot>) {
        let (mut text, mut slots) = (String::new(), Vec::new());
        let mut at = 0;
        while let Some(open) = file[at..].find('[') {
            text.extend(file[at..at + open].chars().filter(|c| c.is_whitespace()));
            let start = at + open + 1;
            at = start + file[start..].find(']').unwrap();
            read(file, Span::new(start, at), Escape::Xml, &mut text, &mut slots);
        }
        (text, slots)
    }

    fn written(file: &str, before: &str, after: &str) -> String {
        let (text, slots) = slots_of(file);
        let start = text.find(before).unwrap();
        let change = Change { span: Span::new(start, start + before.len()), after: after.to_owned() };
        let mut patches = Vec::new();
        spread(file, &text, &slots, &[change], &mut patches);
        apply(file, Span::new(0, file.len()), patches)
    }

    #[test]
    fn changes_come_to_the_slots_they_concern() {
        for (file, before, after, expected) in [
            ("x[Dai hoi]y", "Dai", "Đại", "x[Đại hoi]y"),
            // Each keeps its own letters.
            ("[ng][hiém] [vu]", "nghiém vu", "nghiệm vụ", "[ng][hiệm] [vụ]"),
            ("[b¢][ ][hgi]", "b¢ hgi", "bộ hội", "[bộ][ ][hội]"),
            ("[phat][trién]", "phattrién", "phát triển", "[phát ][triển]"),
            // What stands between slots stays.
            ("[nhi] [ém]", "nhi ém", "nhiệm", "[nhi] [ệm]"),
            ("[ab] [x] [cd]", " x", "", "[ab] [] [cd]"),
            // References are replaced as a whole, and only if they must be.
            ("[R&amp;D Bao]", "D Bao", "Đ Báo", "[R&amp;Đ Báo]"),
            ("[h&#7891;]", "hồ", "hộ", "[hộ]"),
            ("[a&amp;b]", "a&b", "a<b", "[a&lt;b]"),
        ] {
            assert_eq!(written(file, before, after), expected, "{file}");
        }
    }

    #[test]
    fn no_change_ends_a_cdata_section() {
        for (escape, expected) in
            [(Escape::Cdata, "<![CDATA[té]]]]><![CDATA[>b]]>"), (Escape::Xml, "<![CDATA[té]]&gt;b]]>")]
        {
            let file = "<![CDATA[te]] >b]]>";
            let (mut text, mut slots, mut patches) = (String::new(), Vec::new(), Vec::new());
            read(file, Span::new(9, 16), escape, &mut text, &mut slots);
            let change = |at: usize, length: usize, after: &str| Change {
                span: Span::new(at, at + length),
                after: after.into(),
            };
            spread(file, &text, &slots, &[change(1, 1, "é"), change(4, 1, "")], &mut patches);
            assert_eq!(apply(file, Span::new(0, file.len()), patches), expected);
        }
    }

    #[test]
    fn references_are_read_and_no_others_expanded() {
        let (text, slots) = slots_of("[&lt;&#x111;&#273;&quot;&lol9;& &;&amp]");
        assert_eq!(text, "<đđ\"\u{fffc}& \u{fffc}&amp");
        assert!(slots.iter().all(|slot| !slot.text.is_empty()));
    }

    #[test]
    fn edits_of_other_texts_are_refused() {
        let edit = |start: usize, before: &str, after: &str| Edit {
            source: Span::new(start, start + before.len()),
            target: Span::new(start, start + after.len()),
            before: before.to_owned(),
            after: after.to_owned(),
            confidence: 1.0,
            alternatives: Vec::new(),
        };
        let text = "nhi-\nem vu";
        let good = changes(text, &[edit(0, "nhi-\nem", "nhi-\nệm"), edit(8, "vu", "vụ")]).unwrap();
        assert_eq!(good[0], Change { span: Span::new(5, 7), after: "ệm".into() });
        assert_eq!(changed(text, Span::new(5, 10), &good), "ệm vụ");
        for bad in [
            vec![edit(0, "nho", "nhỏ")],
            vec![edit(8, "vu", "vụ"), edit(0, "nhi", "nhì")],
            vec![edit(0, "nhi-\nem", "nhiệm")],
            vec![edit(9, "u vân", "ụ")],
        ] {
            assert!(matches!(changes(text, &bad), Err(Error::Option(_))), "{bad:?}");
        }
    }
}
