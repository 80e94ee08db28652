//! hOCR: HTML with the words of pages, as Tesseract, OCRopus, Kraken and others write it.

use super::sheet::{Gap, Sheet};
use super::splice::Escape;
use super::words::{Place, Rect, Word};
use super::xml::{self, Kind, Rules, Tree};
use crate::error::Error;
use crate::span::Span;

/// Classes of elements that are a line, and that are a block or a paragraph.
const LINES: [&str; 6] = ["ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"];
const BLOCKS: [&str; 5] = ["ocr_page", "ocr_carea", "ocrx_block", "ocr_par", "ocr_table"];

/// Reads the words of a file, or the lines in which no words are marked.
pub fn read(file: String) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(file);
    let file = sheet.file.clone();
    let tree = Tree::read(&file, Rules::Html)?;
    let mut gap = Gap::Block;
    // Where the line ends whose text is read.
    let mut line = 0;
    let mut any = false;
    let mut at = 0;
    while at < tree.nodes.len() {
        let node = tree.nodes[at];
        let class = tree.value(at, "class").unwrap_or_default();
        let is = |classes: &[&str]| class.split_ascii_whitespace().any(|class| classes.contains(&class));
        any |= class.split_ascii_whitespace().any(|class| class.starts_with("ocr_") || class.starts_with("ocrx_"));
        if tree.name(at).eq_ignore_ascii_case("meta") {
            check_charset(&tree, at)?;
        } else if is(&BLOCKS) {
            gap = Gap::Block;
        } else if is(&LINES) {
            gap = gap.max(Gap::Line);
            line = node.next;
        } else if is(&["ocrx_word"]) {
            if read_word(&tree, at, gap, &mut sheet) {
                gap = Gap::Space;
            }
            at = node.next;
            continue;
        } else if at < line && node.kind != Kind::Element && read_text(&tree, at, gap, &mut sheet).is_some() {
            gap = Gap::Space;
        }
        at += 1;
    }
    if !any {
        return Err(Error::Format(
            "this is not hOCR: no element has a class such as `ocr_page` or `ocrx_word`; read it as what it is, or have \
             it made with `tesseract IMAGE OUT hocr`"
                .into(),
        ));
    }
    Ok(sheet)
}

/// A file that names another encoding than UTF-8 in its head cannot hold what would be written.
fn check_charset(tree: &Tree, meta: usize) -> Result<(), Error> {
    let content = tree.value(meta, "content").and_then(|content| content.split_once("charset="));
    let charset = tree.value(meta, "charset").or(content.map(|(_, charset)| charset));
    charset.map_or(Ok(()), xml::check_encoding)
}

/// Adds the text of a node after a gap, and tells where it begins, if there is any.
fn read_text(tree: &Tree, node: usize, gap: Gap, sheet: &mut Sheet) -> Option<usize> {
    let place = tree.trimmed(tree.nodes[node].content);
    if place.is_empty() {
        return None;
    }
    sheet.part(gap);
    let start = sheet.text.len();
    sheet.push(place, if tree.nodes[node].kind == Kind::Cdata { Escape::Cdata } else { Escape::Html });
    Some(start)
}

/// Adds a word after a gap, and tells whether there is any.
fn read_word(tree: &Tree, node: usize, gap: Gap, sheet: &mut Sheet) -> bool {
    let slots = sheet.slots.len();
    let mut start = None;
    // Parts of a word may be bold, or have boxes of their own.
    for part in tree.inside(node).filter(|&at| tree.nodes[at].kind != Kind::Element) {
        let gap = if start.is_none() { gap } else { Gap::Nothing };
        start = start.or(read_text(tree, part, gap, sheet));
    }
    let Some(start) = start else { return false };
    let text = Span::new(start, sheet.text.len());
    let title = tree.attribute(node, "title");
    let property = |name: &str| title.and_then(|title| property(tree.file, title, name));
    sheet.weigh(text, property("x_wconf").map(|place| place.of(tree.file)), 100.0);
    let place =
        property("bbox").and_then(|told| Some(Place { rect: corners(told.of(tree.file))?, told: vec![told], tell }));
    let element = tree.nodes[node].span;
    let end = sheet.words.last().map_or(element.start, |word: &Word| word.element.end);
    let parts = end < element.start && tree.file[end..element.start].trim().is_empty();
    let lead = Span::new(if parts { end } else { element.start }, element.start);
    let slots = slots..sheet.slots.len();
    sheet.words.push(Word { text, slots, element, lead, id: tree.attribute(node, "id"), place });
    true
}

/// Where the value of a property stands in a title such as `bbox 10 20 110 50; x_wconf 93`.
fn property(file: &str, title: Span, name: &str) -> Option<Span> {
    let mut start = title.start;
    for part in title.of(file).split(';') {
        let value = part.trim_start().strip_prefix(name).filter(|value| value.starts_with(char::is_whitespace));
        if let Some(value) = value {
            let begin = start + part.len() - value.trim_start().len();
            return Some(Span::new(begin, begin + value.trim().len()));
        }
        start += part.len() + 1;
    }
    None
}

fn corners(told: &str) -> Option<Rect> {
    let mut numbers = told.split_ascii_whitespace().map(|number| number.parse::<f64>().ok().filter(|n| n.is_finite()));
    let mut next = || numbers.next().flatten();
    Some(Rect { left: next()?, top: next()?, right: next()?, bottom: next()? })
}

fn tell(rect: Rect) -> Vec<String> {
    vec![format!("{} {} {} {}", rect.left, rect.top, rect.right, rect.bottom)]
}
