//! A page's content, operator by operator: numbering those that show text, and taking invisible text out.

use hayro_interpret::hayro_syntax::{
    content::{TypedIter, UntypedIter},
    object::Object,
};

/// The rendering mode of text that is not seen.
const INVISIBLE: f64 = 3.0;
/// The mark of a text-showing operator: this, and its number.
const MARK: &str = "phucdau";

/// Content whose text-showing operators stand within marks of their own.
pub struct Numbered(Vec<u8>);

impl Numbered {
    pub fn operations(&self) -> TypedIter<'_> {
        TypedIter::new(&self.0)
    }
}

/// The number in a mark.
pub fn number(tag: &[u8]) -> Option<usize> {
    std::str::from_utf8(tag).ok()?.strip_prefix(MARK)?.parse().ok()
}

/// Marks the operators that show text by their number, so that what is drawn tells where it came from.
pub fn numbered(content: &[u8]) -> Numbered {
    let mut out = Vec::with_capacity(content.len() * 2);
    let mut shown = 0;
    for step in steps(content) {
        let source = &content[step.start..step.end];
        if step.shows() {
            out.extend_from_slice(format!("/{MARK}{shown} BMC ").as_bytes());
            out.extend_from_slice(source);
            out.extend_from_slice(b" EMC ");
            shown += 1;
        } else {
            out.extend_from_slice(source);
        }
    }
    Numbered(out)
}

/// An operator with its operands: where it stands, and what of it matters here.
struct Step {
    start: usize,
    end: usize,
    name: [u8; 3],
    /// Of `Tr`, the mode; of `"`, the spacings.
    numbers: [f64; 2],
}

impl Step {
    fn is(&self, name: &[u8]) -> bool {
        self.name.iter().copied().filter(|&b| b != 0).eq(name.iter().copied())
    }

    fn shows(&self) -> bool {
        [&b"Tj"[..], b"TJ", b"'", b"\""].iter().any(|name| self.is(name))
    }

    /// Whether text shown after it stands at a place of its own.
    fn places(&self) -> bool {
        [&b"BT"[..], b"Td", b"TD", b"Tm", b"T*", b"'", b"\""].iter().any(|name| self.is(name))
    }
}

/// The operators of a content stream. Together they are all of it.
struct Steps<'c> {
    content: &'c [u8],
    operators: UntypedIter<'c>,
    start: usize,
    /// Whether an inline image came last: its data is taken for part of what follows, which is to be left alone.
    image: bool,
}

fn steps(content: &[u8]) -> Steps<'_> {
    Steps { content, operators: UntypedIter::new(content), start: 0, image: false }
}

impl Iterator for Steps<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (start, mut name, mut numbers) = (self.start, [0; 3], [0.0; 2]);
        while let Some(instruction) = self.operators.next() {
            // An operator is a piece of the content, so where it lies in memory tells where it ends.
            let operator: &[u8] = instruction.operator;
            let at = (operator.as_ptr() as usize).wrapping_sub(self.content.as_ptr() as usize);
            let end = at.wrapping_add(operator.len());
            // Names with escapes are copies and lie elsewhere; they are no operators that matter.
            if operator.len() > name.len() || at < start || end < at || end > self.content.len() {
                continue;
            }
            let image = operator == b"BI";
            if !std::mem::replace(&mut self.image, image) {
                name[..operator.len()].copy_from_slice(operator);
                let operands = instruction.operands().filter_map(|operand| match operand {
                    Object::Number(number) => Some(number.as_f64()),
                    _ => None,
                });
                numbers.iter_mut().zip(operands).for_each(|(slot, number)| *slot = number);
            }
            self.start = end;
            return Some(Step { start, end, name, numbers });
        }
        self.start = self.content.len();
        (start < self.start).then_some(Step { start, end: self.start, name, numbers })
    }
}

/// Text that an extraction of the content is to give in the place of what some operators show.
pub struct Instead {
    /// The first of the operators, and the last.
    pub operators: (usize, usize),
    pub text: String,
}

/// The steps of a content that show invisible text, by number. Text that seen text follows on the same line without a
/// place of its own stays, for it says where that stands.
fn hidden(content: &[u8]) -> Vec<usize> {
    let (mut hidden, mut run, mut seen) = (Vec::new(), Vec::new(), false);
    let (mut mode, mut saved) = (0.0, Vec::new());
    for (at, step) in steps(content).enumerate() {
        match &step.name {
            b"Tr\0" => mode = step.numbers[0],
            b"q\0\0" => saved.push(mode),
            b"Q\0\0" => mode = saved.pop().unwrap_or(mode),
            _ => {}
        }
        if step.places() {
            hidden.extend(std::mem::take(&mut run).into_iter().filter(|_| !seen));
            seen = false;
        }
        if step.shows() && mode == INVISIBLE {
            run.push(at);
        } else {
            seen |= step.shows();
        }
    }
    hidden.extend(run.into_iter().filter(|_| !seen));
    hidden
}

/// Content without its invisible text, and with other text to be extracted where seen text stands. Nothing if there is
/// nothing to change.
///
/// `instead` is sorted by operators, which do not overlap. What cannot be done is left out, and counted: text that begins
/// in one text object or marked content and ends in another.
pub fn edited(content: &[u8], instead: &[Instead]) -> (Option<Vec<u8>>, usize) {
    let hidden = hidden(content);
    let (possible, failed): (Vec<&Instead>, Vec<&Instead>) = {
        let whole = whole(content);
        instead.iter().partition(|instead| {
            let (first, last) = instead.operators;
            whole.get(first).is_some_and(|place| Some(place) == whole.get(last))
        })
    };
    let mut instead = possible.into_iter().peekable();
    let (mut out, mut shown) = (Vec::with_capacity(content.len()), 0);
    let changed = !hidden.is_empty() || instead.peek().is_some();
    for (at, step) in steps(content).enumerate() {
        let next = instead.peek().filter(|_| step.shows());
        if let Some(next) = next.filter(|next| next.operators.0 == shown) {
            out.extend_from_slice(b" /Span <</ActualText <FEFF");
            next.text.encode_utf16().for_each(|unit| out.extend_from_slice(format!("{unit:04X}").as_bytes()));
            out.extend_from_slice(b">>> BDC ");
        }
        if hidden.binary_search(&at).is_err() {
            out.extend_from_slice(&content[step.start..step.end]);
        } else if step.is(b"'") {
            // These two begin a line before they show their text.
            out.extend_from_slice(b" T*");
        } else if step.is(b"\"") {
            out.extend_from_slice(format!(" {} Tw {} Tc T*", step.numbers[0], step.numbers[1]).as_bytes());
        }
        if step.shows() {
            if instead.next_if(|next| next.operators.1 == shown).is_some() {
                out.extend_from_slice(b" EMC");
            }
            shown += 1;
        }
    }
    (changed.then_some(out), failed.len())
}

/// For each operator that shows text, how many steps before it begin or end something: those with one number stand in the
/// same text object and marked content.
fn whole(content: &[u8]) -> Vec<usize> {
    let (mut places, mut borders) = (Vec::new(), 0);
    for step in steps(content) {
        if step.shows() {
            places.push(borders);
        }
        borders += usize::from(
            [&b"BT"[..], b"ET", b"BMC", b"BDC", b"EMC", b"q", b"Q", b"Do"].iter().any(|name| step.is(name)),
        );
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_text_goes_and_all_else_stays() {
        for (content, expected) in [
            ("BT 3 Tr (a) Tj ET", "BT 3 Tr ET"),
            ("BT 3 Tr 0 5 Td [(a) 2 (b)] TJ 0 Tr 0 5 Td (c) Tj ET", "BT 3 Tr 0 5 Td 0 Tr 0 5 Td (c) Tj ET"),
            ("q BT 3 Tr (a) Tj ET Q BT (b) Tj ET", "q BT 3 Tr ET Q BT (b) Tj ET"),
            ("BT 3 Tr (a) ' 2 1 (b) \" ET", "BT 3 Tr T* 2 Tw 1 Tc T* ET"),
            ("BT (a) Tj ET /Im Do % 3 Tr", "BT (a) Tj ET /Im Do % 3 Tr"),
            // What is seen stands where the invisible text before it ends.
            ("BT 3 Tr (a) Tj 0 Tr (b) Tj ET", "BT 3 Tr (a) Tj 0 Tr (b) Tj ET"),
            ("BI /W 1 /H 1 ID 3 Tr (a) Tj\nEI BT (b) Tj ET", "BI /W 1 /H 1 ID 3 Tr (a) Tj\nEI BT (b) Tj ET"),
            ("BT 3 Tr (a", "BT 3 Tr (a"),
        ] {
            let (edited, failed) = edited(content.as_bytes(), &[]);
            let edited = edited.map_or(content.to_owned(), |bytes| String::from_utf8(bytes).unwrap());
            assert_eq!((edited.as_str(), failed), (expected, 0));
        }
    }

    #[test]
    fn seen_text_is_given_another_wording() {
        let instead = |operators, text: &str| Instead { operators, text: text.into() };
        let content = b"BT (a) Tj (b) Tj ET BT (c) Tj ET";
        let (out, failed) = edited(content, &[instead((0, 1), "\u{1ea1}")]);
        let expected = "BT /Span <</ActualText <FEFF1EA1>>> BDC  (a) Tj (b) Tj EMC ET BT (c) Tj ET";
        assert_eq!((String::from_utf8(out.unwrap()).unwrap().as_str(), failed), (expected, 0));
        assert_eq!(edited(content, &[instead((1, 2), "x")]), (None, 1));
        assert_eq!(edited(content, &[instead((7, 7), "x")]), (None, 1));
    }

    #[test]
    fn operators_are_numbered() {
        let numbered = numbered(b"BT (a) Tj [(b)] TJ ET");
        assert_eq!(numbered.0, b"BT/phucdau0 BMC  (a) Tj EMC /phucdau1 BMC  [(b)] TJ EMC  ET");
        assert_eq!((number(b"phucdau1"), number(b"P")), (Some(1), None));
    }
}
