//! PAGE XML: the text of regions, lines, words and letters, each as an element's child, as Transkribus, OCR-D and
//! eScriptorium keep it.

use super::sheet::{Gap, Sheet};
use super::splice::Escape;
use super::words::{Place, Rect, Word};
use super::xml::{Kind, Rules, Tree};
use crate::error::Error;
use crate::span::Span;
use std::collections::HashMap;

/// Reads the words of a file; the lines where these have none; the regions where these have none.
pub fn read(file: String) -> Result<Sheet, Error> {
    let mut sheet = Sheet { between: |_, _| "\n".to_owned(), copies: vec![Vec::new(); 2], ..Sheet::new(file) };
    let file = sheet.file.clone();
    let tree = Tree::read(&file, Rules::Xml)?;
    if tree.root("PcGts").is_none() {
        let problem = "this is not PAGE XML: its outermost element is not <PcGts>; read it as what it is";
        return Err(Error::Format(problem.into()));
    }
    for region in regions(&tree) {
        let mut whole: Option<Span> = None;
        for line in tree.named(region, "TextLine") {
            let gap = if whole.is_none() { Gap::Block } else { Gap::Line };
            if let Some(span) = read_line(&tree, line, gap, &mut sheet) {
                whole = Some(Span::new(whole.map_or(span.start, |whole| whole.start), span.end));
            }
        }
        let Some(text) = wording(&tree, region) else { continue };
        match whole {
            Some(whole) => {
                let copy = sheet.copy(whole, &text.places);
                sheet.copies[REGIONS].extend(copy);
            }
            None => drop(push(&text, Gap::Block, &mut sheet)),
        }
    }
    Ok(sheet)
}

/// The lists of copies: the text of whole regions and of whole lines.
const REGIONS: usize = 0;
const LINES: usize = 1;

/// The regions with text, in the order of reading as far as the file tells it.
fn regions(tree: &Tree) -> Vec<usize> {
    let named = |name: &'static str| (0..tree.nodes.len()).filter(move |&at| tree.local(at) == name);
    let mut order: HashMap<&str, usize> = HashMap::new();
    if let Some(first) = named("ReadingOrder").next() {
        for reference in tree.inside(first).filter_map(|reference| tree.value(reference, "regionRef")) {
            let next = order.len();
            order.entry(reference).or_insert(next);
        }
    }
    let mut regions: Vec<usize> = named("TextRegion").collect();
    let rank = |&region: &usize| tree.value(region, "id").and_then(|id| order.get(id).copied()).unwrap_or(usize::MAX);
    regions.sort_by_cached_key(rank);
    regions
}

/// What an element says that it reads.
struct Wording<'f> {
    /// Where that stands.
    places: Vec<(Span, Escape)>,
    /// How sure it is said to be.
    sure: Option<&'f str>,
}

/// The best wording of an element, if there is any.
fn wording<'f>(tree: &Tree<'f>, node: usize) -> Option<Wording<'f>> {
    let index = |&equivalent: &usize| tree.value(equivalent, "index").and_then(|index| index.parse::<u32>().ok());
    let equivalent = tree.named(node, "TextEquiv").min_by_key(|equivalent| index(equivalent).unwrap_or(0))?;
    let unicode = tree.named(equivalent, "Unicode").next()?;
    let texts = tree.children(unicode).map(|at| tree.nodes[at]).filter(|node| node.kind != Kind::Element);
    let escape = |kind| if kind == Kind::Cdata { Escape::Cdata } else { Escape::Xml };
    let places =
        texts.map(|node| (tree.trimmed(node.content), escape(node.kind))).filter(|(place, _)| !place.is_empty());
    let wording = Wording { places: places.collect(), sure: tree.value(equivalent, "conf") };
    (!wording.places.is_empty()).then_some(wording)
}

/// Adds a wording to the text, after a gap.
fn push(wording: &Wording, gap: Gap, sheet: &mut Sheet) -> Span {
    sheet.part(gap);
    let start = sheet.text.len();
    wording.places.iter().for_each(|&(place, escape)| sheet.push(place, escape));
    let text = Span::new(start, sheet.text.len());
    sheet.weigh(text, wording.sure, 1.0);
    text
}

/// Adds a line's words, or else its text as a whole, and tells where it stands in the text.
fn read_line(tree: &Tree, line: usize, gap: Gap, sheet: &mut Sheet) -> Option<Span> {
    let mut whole: Option<Span> = None;
    let mut last = None;
    for word in tree.named(line, "Word") {
        let element = tree.nodes[word].span;
        let lead = last.filter(|&end| tree.file[end..element.start].trim().is_empty());
        let lead = Span::new(lead.unwrap_or(element.start), element.start);
        last = Some(element.end);
        let Some(said) = wording(tree, word) else { continue };
        let slots = sheet.slots.len();
        let text = push(&said, if whole.is_none() { gap } else { Gap::Space }, sheet);
        let slots = slots..sheet.slots.len();
        sheet.words.push(Word { text, slots, element, lead, id: tree.attribute(word, "id"), place: place(tree, word) });
        let letters = tree.named(word, "Glyph").filter_map(|glyph| wording(tree, glyph));
        let letters: Vec<_> = letters.flat_map(|letter| letter.places).collect();
        if letters.len() > 1 {
            sheet.letters.extend(sheet.copy(text, &letters));
        }
        whole = Some(Span::new(whole.map_or(text.start, |whole| whole.start), text.end));
    }
    let text = wording(tree, line);
    match (whole, &text) {
        (Some(whole), Some(text)) => {
            let copy = sheet.copy(whole, &text.places);
            sheet.copies[LINES].extend(copy);
        }
        (None, Some(text)) => whole = Some(push(text, gap, sheet)),
        _ => {}
    }
    whole
}

/// The box around the outline of an element.
fn place(tree: &Tree, node: usize) -> Option<Place> {
    let points = tree.attribute(tree.named(node, "Coords").next()?, "points")?;
    let mut rect: Option<Rect> = None;
    for point in points.of(tree.file).split_ascii_whitespace() {
        let (x, y) = point.split_once(',')?;
        let (x, y) = (x.parse::<f64>().ok()?, y.parse::<f64>().ok()?);
        let here = Rect { left: x, top: y, right: x, bottom: y };
        rect = Some(rect.map_or(here, |rect| rect.around(here)));
    }
    let rect = rect.filter(|rect| [rect.left, rect.top, rect.right, rect.bottom].iter().all(|n| n.is_finite()))?;
    Some(Place { rect, told: vec![points], tell })
}

fn tell(rect: Rect) -> Vec<String> {
    let Rect { left, top, right, bottom } = rect;
    vec![format!("{left},{top} {right},{top} {right},{bottom} {left},{bottom}")]
}
