//! ALTO XML: words as attributes of elements, as libraries and archives keep them.

use super::sheet::{Gap, Sheet};
use super::splice::{self, Escape};
use super::words::{Place, Rect, Word};
use super::xml::{Kind, Rules, Tree};
use crate::error::Error;
use crate::span::Span;

/// Reads the words of a file.
pub fn read(file: String) -> Result<Sheet, Error> {
    let mut sheet = Sheet { between, copies: vec![Vec::new(); 2], ..Sheet::new(file) };
    let file = sheet.file.clone();
    let tree = Tree::read(&file, Rules::Xml)?;
    if tree.root("alto").is_none() {
        return Err(Error::Format(
            "this is not ALTO: its outermost element is not <alto>; read it as what it is".into(),
        ));
    }
    let mut gap = Gap::Block;
    // Where the word before ends in the file, as long as nothing but a space has come after it.
    let mut last = None;
    // A first half of a broken word: where it begins in the text, and where the file has it whole.
    let mut half = None;
    let mut at = 0;
    while at < tree.nodes.len() {
        let node = tree.nodes[at];
        match tree.local(at) {
            "TextBlock" => gap = Gap::Block,
            "TextLine" => gap = gap.max(Gap::Line),
            "String" => {
                if let Some(text) = read_word(&tree, at, gap, last, &mut sheet) {
                    gap = Gap::Space;
                    let whole = tree.attribute(at, "SUBS_CONTENT");
                    match (tree.value(at, "SUBS_TYPE"), half.take()) {
                        (Some("HypPart1"), _) => half = whole.map(|whole| (text.start, whole)),
                        (Some("HypPart2"), Some((start, first))) => {
                            for (list, whole) in [Some(first), whole].into_iter().enumerate() {
                                let whole = whole.map(|whole| (whole, Escape::Unbroken));
                                let copy = sheet.copy(Span::new(start, text.end), whole.as_slice());
                                sheet.copies[list].extend(copy);
                            }
                        }
                        _ => {}
                    }
                }
                last = Some(node.span.end);
                at = node.next;
                continue;
            }
            // The hyphen of a broken word is no part of either half.
            "HYP" => {
                if let Some(place) = tree.attribute(at, "CONTENT") {
                    splice::read(&file, place, Escape::Attribute, &mut sheet.text, &mut Vec::new());
                }
            }
            "SP" => {}
            _ if node.kind == Kind::Text && node.span.of(&file).trim().is_empty() => {}
            _ => last = None,
        }
        at += 1;
    }
    Ok(sheet)
}

/// Adds a word after a gap, and tells where it stands in the text, if there is any.
fn read_word(tree: &Tree, node: usize, gap: Gap, last: Option<usize>, sheet: &mut Sheet) -> Option<Span> {
    let content = tree.trimmed(tree.attribute(node, "CONTENT")?);
    if content.is_empty() {
        return None;
    }
    sheet.part(gap);
    let (start, slots) = (sheet.text.len(), sheet.slots.len());
    sheet.push(content, Escape::Attribute);
    let text = Span::new(start, sheet.text.len());
    let letters = tree.named(node, "Glyph").filter_map(|glyph| tree.attribute(glyph, "CONTENT"));
    let letters: Vec<_> = letters.map(|place| (place, Escape::Attribute)).collect();
    if letters.len() > 1 {
        sheet.letters.extend(sheet.copy(text, &letters));
    }
    sheet.weigh(text, tree.value(node, "WC"), 1.0);
    let element = tree.nodes[node].span;
    sheet.words.push(Word {
        text,
        slots: slots..sheet.slots.len(),
        element,
        lead: Span::new(last.unwrap_or(element.start), element.start),
        id: tree.attribute(node, "ID"),
        place: place(tree, node),
    });
    Some(text)
}

fn place(tree: &Tree, node: usize) -> Option<Place> {
    let mut told = Vec::new();
    let mut number = |name: &str| {
        let place = tree.attribute(node, name)?;
        told.push(place);
        place.of(tree.file).parse::<f64>().ok().filter(|n| n.is_finite())
    };
    let (left, top, width, height) = (number("HPOS")?, number("VPOS")?, number("WIDTH")?, number("HEIGHT")?);
    let rect = Rect { left, top, right: left + width, bottom: top + height };
    Some(Place { rect, told, tell })
}

fn tell(rect: Rect) -> Vec<String> {
    [rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top].map(|n| n.to_string()).into()
}

/// The space between two words that were one.
fn between(element: &str, rects: Option<[Rect; 2]>) -> String {
    let prefix = element[1..].split_once("String").map_or("", |(prefix, _)| prefix);
    let place = rects.map(|[a, b]| format!(r#" WIDTH="{}" VPOS="{}" HPOS="{}""#, b.left - a.right, b.top, a.right));
    format!("<{prefix}SP{}/>", place.unwrap_or_default())
}
