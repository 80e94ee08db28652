//! Running headers, footers and page numbers: what stands at the edges of many pages and in no text's flow.

use std::collections::HashSet;

use super::layout::{Block, Line};

/// The share of a page's height, at its top and bottom, where they are looked for.
const EDGE: f64 = 0.13;
/// So many lines at each edge are looked at.
const MOST_LINES: usize = 4;
/// So many pages to both sides are compared: left and right pages may differ.
const NEIGHBOURS: usize = 2;
/// They are at least so many times their size away from the text.
const PARTED: f64 = 1.6;
/// The share of pairs of letters that running lines of two pages have in common, at least; OCR reads them differently.
const ALIKE: f64 = 0.7;

/// A page's text, sorted into what runs on and what stands at the edges.
#[derive(Debug, Default)]
pub struct Sorted {
    pub header: Vec<Line>,
    pub body: Vec<Block>,
    pub footer: Vec<Line>,
    /// The number printed on the page.
    pub label: Option<String>,
}

/// Takes headers, footers and page numbers out of pages, each given with its height.
pub fn sort(pages: Vec<(f64, Vec<Block>)>) -> Vec<Sorted> {
    let edges: Vec<Vec<Edge>> = pages.iter().map(|(height, blocks)| edge_lines(*height, blocks)).collect();
    let found: Vec<Found> = (0..pages.len()).map(|page| find(&edges, page)).collect();
    pages.into_iter().zip(found).map(|((_, blocks), found)| take(blocks, found)).collect()
}

/// A line at a page's edge.
struct Edge {
    /// Its block, and its place there.
    at: (usize, usize),
    top: bool,
    base: f64,
    size: f64,
    text: String,
    pairs: HashSet<(char, char)>,
    /// Whether nothing stands between it and the edge.
    outermost: bool,
    /// Whether the next line inwards is not near.
    parted: bool,
}

fn edge_lines(height: f64, blocks: &[Block]) -> Vec<Edge> {
    let mut lines: Vec<((usize, usize), &Line)> = Vec::new();
    for (block, at) in blocks.iter().zip(0..) {
        lines.extend((0..).zip(&block.lines).map(|(line, text)| ((at, line), text)));
    }
    lines.sort_by(|a, b| a.1.base.total_cmp(&b.1.base));
    let mut edges = Vec::new();
    let mut look = |top: bool, lines: &mut dyn Iterator<Item = &((usize, usize), &Line)>| {
        let lines: Vec<_> = lines.collect();
        let outer = lines.first().map_or(0.0, |line| line.1.base);
        for (place, &&(at, line)) in lines.iter().take(MOST_LINES).enumerate() {
            if if top { line.base < EDGE * height } else { line.base > (1.0 - EDGE) * height } {
                // Lines on one height are parted by the same line below.
                let mut below = lines[place..].iter().map(|next| (next.1.base - line.base).abs() / line.size);
                let parted = below.find(|&distance| distance > 0.5).is_none_or(|distance| distance > PARTED);
                let outermost = (line.base - outer).abs() < 0.5 * line.size;
                let text = line.text();
                let pairs = pairs(&text);
                edges.push(Edge { at, top, base: line.base, size: line.size, text, pairs, outermost, parted });
            }
        }
    };
    look(true, &mut lines.iter());
    look(false, &mut lines.iter().rev());
    edges
}

/// The pairs of characters of a text, whatever its case and figures.
fn pairs(text: &str) -> HashSet<(char, char)> {
    let plain = |c: char| if c.is_ascii_digit() { '0' } else { c.to_lowercase().next().unwrap_or(c) };
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
    std::iter::once((' ', text.first().copied().unwrap_or(' ')))
        .chain(text.windows(2).map(|pair| (pair[0], pair[1])))
        .collect()
}

/// The lines of a page that are no text.
#[derive(Default)]
struct Found {
    header: Vec<(usize, usize)>,
    footer: Vec<(usize, usize)>,
    label: Option<String>,
}

fn find(edges: &[Vec<Edge>], page: usize) -> Found {
    let mut found = Found::default();
    for top in [true, false] {
        // From the edge inwards, as far as lines are no text and something parts them from what is.
        let (mut waiting, mut outer) = (Vec::new(), true);
        for line in edges[page].iter().filter(|line| line.top == top) {
            let near = page.saturating_sub(NEIGHBOURS)..(page + NEIGHBOURS + 1).min(edges.len());
            let twins: Vec<(usize, &Edge)> = near
                .filter(|&other| other != page)
                .flat_map(|other| edges[other].iter().map(move |edge| (other, edge)))
                .filter(|(_, other)| are_alike(line, other))
                .collect();
            let number = page_number(&line.text);
            outer &= !twins.is_empty() || (line.outermost && line.parted && number.is_some());
            if !outer {
                break;
            }
            waiting.push(line.at);
            if line.parted {
                if top { &mut found.header } else { &mut found.footer }.append(&mut waiting);
                // A number inside a running line counts if it goes up with the pages.
                let counted =
                    |(other, twin): &(usize, &Edge)| count(&line.text, &twin.text, page as i64 - *other as i64);
                found.label = found.label.or(number).or_else(|| twins.iter().find_map(counted));
            }
        }
    }
    found
}

fn are_alike(a: &Edge, b: &Edge) -> bool {
    if a.top != b.top || (a.base - b.base).abs() > 2.0 * a.size.max(b.size) {
        return false;
    }
    let common = a.pairs.intersection(&b.pairs).count();
    2.0 * common as f64 >= ALIKE * (a.pairs.len() + b.pairs.len()) as f64
}

/// The page number that a line is: `7`, `- 7 -`, `Trang 7/12`, `vii`.
fn page_number(line: &str) -> Option<String> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || "-–—_.|[]()".contains(c)).to_lowercase();
    let line = ["trang", "page", "tr."].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(&line).trim_start();
    let number = line.split('/').next()?.trim();
    let is_number = |text: &str| !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    let is_roman = !number.is_empty() && number.len() <= 6 && number.chars().all(|c| "ivxl".contains(c));
    let rest = line.split('/').skip(1).map(str::trim).all(is_number);
    ((is_number(number) || is_roman) && rest && line.matches('/').count() < 2).then(|| number.to_owned())
}

/// The first or last word of a running line, if it is a number that grew by as many as the pages.
fn count(line: &str, twin: &str, pages: i64) -> Option<String> {
    let ends = |text: &str| -> [Option<i64>; 2] {
        let number = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).parse::<i64>().ok();
        let mut words = text.split_whitespace();
        [words.next().and_then(number), words.next_back().and_then(number)]
    };
    let grew = |(number, other): (Option<i64>, Option<i64>)| {
        number.filter(|number| other.and_then(|o| o.checked_add(pages)) == Some(*number))
    };
    ends(line).into_iter().zip(ends(twin)).find_map(grew).map(|number| number.to_string())
}

fn take(blocks: Vec<Block>, found: Found) -> Sorted {
    let mut sorted = Sorted { label: found.label, ..Sorted::default() };
    for (at, block) in blocks.into_iter().enumerate() {
        let mut body = Block { is_table: block.is_table, lines: Vec::new() };
        for (line, text) in block.lines.into_iter().enumerate() {
            if found.header.contains(&(at, line)) {
                sorted.header.push(text);
            } else if found.footer.contains(&(at, line)) {
                sorted.footer.push(text);
            } else {
                body.lines.push(text);
            }
        }
        if !body.lines.is_empty() {
            sorted.body.push(body);
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers() {
        for (line, expected) in [
            ("7", Some("7")),
            ("- 12 -", Some("12")),
            ("Trang 3", Some("3")),
            ("Trang 3/12", Some("3")),
            ("3 / 12", Some("3")),
            ("xiv", Some("xiv")),
            ("2025/07/04", None),
            ("16/6/2025", None),
            ("12345", None),
            ("", None),
            ("Mục 3", None),
        ] {
            assert_eq!(page_number(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn numbers_that_count_the_pages() {
        assert_eq!(count("Báo cáo 2025 | 7", "Báo cáo 2025 | 5", 2).as_deref(), Some("7"));
        assert_eq!(count("8 Báo cáo 2025", "7 Báo cáo 2025", 1).as_deref(), Some("8"));
        assert_eq!(count("Báo cáo 2025", "Báo cáo 2025", 1), None);
    }
}
