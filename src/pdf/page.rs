//! A page as text, with the places of its words.

use hayro_interpret::kurbo::{self, Affine};

use super::{furniture::Sorted, layout::Line, read};
use crate::span::Span;

/// A box on a page in the PDF's own coordinates: points (1/72 inch), as a rule from the page's lower left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rect {
    /// Left.
    pub x0: f32,
    /// Bottom.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Top.
    pub y1: f32,
}

impl Rect {
    fn new(rect: kurbo::Rect) -> Self {
        // A hundredth of a point is more than any scan tells.
        let round = |x: f64| ((x * 100.0).round() / 100.0) as f32;
        Rect { x0: round(rect.x0), y0: round(rect.y0), x1: round(rect.x1), y1: round(rect.y1) }
    }

    /// The box around both.
    pub fn union(self, other: Rect) -> Rect {
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

/// Where a page's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Source {
    /// From text that is drawn on it, seen or not.
    TextLayer,
    /// From its images, by OCR.
    Ocr,
    /// It holds images and hardly a letter: OCR would be needed.
    Unread,
    /// There is no text on it.
    Empty,
}

/// What a stretch of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Role {
    /// A line that runs along the top of the pages, or a page number there.
    Header,
    /// Lines of text.
    Text,
    /// Rows of cells; tabs part the cells.
    Table,
    /// A line that runs along the bottom of the pages, or a page number there.
    Footer,
}

/// Lines of a page that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// What they are.
    pub role: Role,
    /// Where they stand in the page's text.
    pub span: Span,
}

/// A word on a page.
#[derive(Debug, Clone)]
pub struct Word {
    /// Where it stands in the page's text.
    pub span: Span,
    /// Where it stands on the page.
    pub bounds: Rect,
    /// Whether it is seen; a scan's text layer is not.
    pub is_visible: bool,
    /// How it is drawn; its text is that of the page.
    pub(super) drawn: read::Word,
}

/// A page of a [`Document`](super::Document).
#[derive(Debug, Clone)]
pub struct Page {
    pub(super) number: usize,
    pub(super) label: Option<String>,
    pub(super) size: (f32, f32),
    pub(super) source: Source,
    pub(super) text: String,
    pub(super) blocks: Vec<Block>,
    pub(super) words: Vec<Word>,
}

impl Page {
    /// Its place in the document, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The number that is printed on it, as it is printed, if one was recognised.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Its width and height in points, as it is seen.
    pub fn size(&self) -> (f32, f32) {
        self.size
    }

    /// Where its text comes from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// Its text in reading order: headers first, footers last, an empty line between blocks, a tab between cells.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text's blocks, in its order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The text's words, in its order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words that a span of the text touches.
    pub(super) fn words_of(&self, span: Span) -> &[Word] {
        let from = self.words.partition_point(|word| word.span.end <= span.start);
        let to = self.words.partition_point(|word| word.span.start < span.end);
        &self.words[from..to.max(from)]
    }

    /// The box around the words that a span touches, or the word before it if it is a gap; none if there are no words.
    pub(super) fn bounds_of(&self, span: Span) -> Option<Rect> {
        let touched = self.words_of(span).iter().map(|word| word.bounds).reduce(Rect::union);
        touched.or_else(|| {
            let before = self.words.partition_point(|word| word.span.end <= span.start).saturating_sub(1);
            self.words.get(before).map(|word| word.bounds)
        })
    }

    /// Takes the words out, to be laid out anew.
    pub(super) fn take_words(&mut self) -> Vec<read::Word> {
        let words = std::mem::take(&mut self.words);
        words.into_iter().map(|word| read::Word { text: word.span.of(&self.text).to_owned(), ..word.drawn }).collect()
    }

    /// Fills the page with what was found on it; `to_user` leads from the page as it is seen to the PDF's coordinates.
    pub(super) fn fill(&mut self, sorted: Sorted, to_user: Affine) {
        self.label = sorted.label;
        (self.text, self.blocks, self.words) = Default::default();
        let mut add = |role: Role, lines: Vec<Line>| self.add(role, lines, to_user);
        add(Role::Header, sorted.header);
        for block in sorted.body {
            add(if block.is_table { Role::Table } else { Role::Text }, block.lines);
        }
        add(Role::Footer, sorted.footer);
    }

    fn add(&mut self, role: Role, lines: Vec<Line>, to_user: Affine) {
        if lines.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text += "\n\n";
        }
        let start = self.text.len();
        for (at, line) in lines.into_iter().enumerate() {
            if at > 0 {
                self.text.push('\n');
            }
            for (cell, words) in line.cells.into_iter().enumerate() {
                if cell > 0 {
                    self.text.push('\t');
                }
                for (at, mut drawn) in words.into_iter().enumerate() {
                    if at > 0 {
                        self.text.push(' ');
                    }
                    let from = self.text.len();
                    self.text += &std::mem::take(&mut drawn.text);
                    let bounds = Rect::new(to_user.transform_rect_bbox(drawn.bounds()));
                    let is_visible = drawn.visible;
                    self.words.push(Word { span: Span::new(from, self.text.len()), bounds, is_visible, drawn });
                }
            }
        }
        self.blocks.push(Block { role, span: Span::new(start, self.text.len()) });
    }
}
