//! A page's content, operator by operator: numbering those that show text, and taking invisible text out.

use hayro_interpret::hayro_syntax::{
    content::{TypedIter, UntypedIter},
    object::Object,
};

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
