//! A document restored as one text, and its edits by page and place.

use super::Document;
use super::page::{Page, Rect, Role, Source};
use crate::assess::{Assessment, Verdict};
use crate::error::Error;
use crate::restoration::{Edit, Restoration};
use crate::restorer::Restorer;
use crate::span::Span;

/// A change on a page of a PDF. Its spans are places in the page's text, before and after.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PageEdit {
    /// The page, from 1.
    pub page: usize,
    /// The box around the words that it changes.
    pub bounds: Rect,
    /// The change.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub edit: Edit,
}

/// A restored page.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RestoredPage {
    /// Its place in the document, from 1.
    pub number: usize,
    /// The number that is printed on it.
    pub label: Option<String>,
    /// Where its text came from.
    pub source: Source,
    /// Its restored text: as many lines as [`Page::text`] has.
    pub text: String,
}

/// A restored document.
///
/// With the feature `serde` it can be written as JSON: its assessment, the pages and the edits.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Restored<'d> {
    #[cfg_attr(feature = "serde", serde(skip))]
    document: &'d Document,
    assessment: Assessment,
    pages: Vec<RestoredPage>,
    edits: Vec<PageEdit>,
}

impl Document {
    /// Restores all pages as one text: what one page teaches helps on the others. Running headers and page numbers stand
    /// outside its flow. Bookmarks, title, subject and keywords are taken for clean text beside it if they are clean.
    ///
    /// ```
    /// # let sample = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report-text-layer.pdf"));
    /// let document = phucdau::pdf::Document::open(sample)?;
    /// let restored = document.restore(&phucdau::Restorer::new())?;
    /// let edit = restored.edits().iter().find(|edit| edit.edit.after == "Phiêng").unwrap();
    /// let page = &restored.pages()[edit.page - 1];
    /// assert_eq!(edit.edit.target.of(&page.text), "Phiêng");
    /// assert!(edit.bounds.y0 > 700.0);
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Option`] if the bookmarks hold more new words than a lexicon can.
    pub fn restore(&self, restorer: &Restorer) -> Result<Restored<'_>, Error> {
        let clean = self.clean_context(restorer);
        let restorer = if clean.is_empty() { restorer.clone() } else { restorer.with_context(&clean)? };
        let flow = Flow::of(self.pages());
        let restoration = restorer.restore_ocr(&flow.text, &flow.sureness);
        let edits = flow.by_page(self.pages(), &restoration);
        let pages = self.pages().iter().map(|page| {
            let of_page = edits.iter().filter(|edit| edit.page == page.number).map(|edit| &edit.edit);
            RestoredPage {
                number: page.number,
                label: page.label.clone(),
                source: page.source,
                text: apply(&page.text, of_page),
            }
        });
        let mut assessment = restoration.assessment().clone();
        // Places in the flow of all pages mean nothing outside.
        assessment.findings.iter_mut().for_each(|finding| finding.places.clear());
        Ok(Restored { document: self, assessment, pages: pages.collect(), edits })
    }

    /// What the document says of itself that is Vietnamese with its marks. Each title by itself: one that is clean says
    /// nothing of the next.
    fn clean_context(&self, restorer: &Restorer) -> Vec<String> {
        let said = [self.title(), self.subject(), self.keywords()];
        let said = self.outline().iter().map(String::as_str).chain(said.into_iter().flatten());
        let clean = said.filter(|text| !text.is_ascii() && restorer.assess(text).verdict == Verdict::Clean);
        clean.map(str::to_owned).collect()
    }
}

impl Restored<'_> {
    /// The text of all pages; a form feed parts them.
    pub fn text(&self) -> String {
        let pages: Vec<&str> = self.pages.iter().map(|page| page.text.as_str()).collect();
        pages.join("\n\u{c}") + "\n"
    }

    /// The pages.
    pub fn pages(&self) -> &[RestoredPage] {
        &self.pages
    }

    /// The changes, ordered by page and place. Applied to a page's text they give the restored one.
    pub fn edits(&self) -> &[PageEdit] {
        &self.edits
    }

    /// What the document had suffered; its findings name no places, for which see the edits.
    pub fn assessment(&self) -> &Assessment {
        &self.assessment
    }

    /// The document that was restored.
    pub fn document(&self) -> &Document {
        self.document
    }
}

/// The text of a page with its edits made.
fn apply<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let (mut restored, mut written) = (String::with_capacity(text.len() * 5 / 4), 0);
    for edit in edits {
        restored += &text[written..edit.source.start];
        restored += &edit.after;
        written = edit.source.end;
    }
    restored + &text[written..]
}

/// The document as one text, and where its blocks stand in it.
struct Flow {
    text: String,
    blocks: Vec<Place>,
    /// How sure OCR was, where it read.
    sureness: Vec<(Span, f32)>,
}

/// Where a block of a page stands.
struct Place {
    /// The page's index.
    page: usize,
    in_page: Span,
    in_flow: Span,
}

impl Flow {
    /// What runs on, page after page; then what stands at the edges.
    fn of(pages: &[Page]) -> Flow {
        let mut flow = Flow { text: String::new(), blocks: Vec::new(), sureness: Vec::new() };
        for running in [true, false] {
            for (at, page) in pages.iter().enumerate() {
                for block in &page.blocks {
                    if running == matches!(block.role, Role::Text | Role::Table) {
                        let text = block.span.of(&page.text);
                        flow.part(text);
                        let start = flow.text.len();
                        flow.text += text;
                        let words = page.words_of(block.span).iter();
                        flow.sureness.extend(words.filter_map(|word| {
                            let at = start + word.span.start - block.span.start;
                            Some((Span::new(at, at + word.span.len()), word.drawn.sure?))
                        }));
                        let in_flow = Span::new(start, flow.text.len());
                        flow.blocks.push(Place { page: at, in_page: block.span, in_flow });
                    }
                }
            }
        }
        flow
    }

    /// Makes room for a block. One that begins small goes on with the sentence of the one before.
    fn part(&mut self, next: &str) {
        if !self.text.is_empty() {
            let ended = self.text.ends_with(['.', ':', ';', '?', '!']);
            self.text += if !ended && next.starts_with(char::is_lowercase) { "\n" } else { "\n\n" };
        }
    }

    /// The edits of the flow as those of pages, in their order.
    fn by_page(&self, pages: &[Page], restoration: &Restoration) -> Vec<PageEdit> {
        let mut edits: Vec<PageEdit> = Vec::new();
        for edit in restoration.edits().iter().flat_map(by_line) {
            let at = self.blocks.partition_point(|place| place.in_flow.end < edit.source.end);
            let Some(place) = self.blocks.get(at).filter(|place| place.in_flow.start <= edit.source.start) else {
                continue;
            };
            let page = &pages[place.page];
            let start = place.in_page.start + edit.source.start - place.in_flow.start;
            let source = Span::new(start, start + edit.source.len());
            let Some(bounds) = page.bounds_of(source) else { continue };
            edits.push(PageEdit { page: page.number, bounds, edit: Edit { source, ..edit } });
        }
        edits.sort_by_key(|edit| (edit.page, edit.edit.source));
        // Where they stand in the restored text of their page.
        let (mut page, mut grown) = (0, 0);
        for PageEdit { page: number, edit, .. } in &mut edits {
            if std::mem::replace(&mut page, *number) != *number {
                grown = 0;
            }
            let start = edit.source.start.wrapping_add_signed(grown);
            edit.target = Span::new(start, start + edit.after.len());
            grown += edit.after.len() as isize - edit.source.len() as isize;
        }
        edits
    }
}

/// An edit line by line: words broken over a line's end stand in two places on a page, or on two pages.
fn by_line(edit: &Edit) -> Vec<Edit> {
    let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(&edit.before), lines(&edit.after));
    if before.len() < 2 || before.len() != after.len() {
        return vec![edit.clone()];
    }
    let mut start = edit.source.start;
    let mut edits = Vec::new();
    for (before, after) in before.into_iter().zip(after) {
        let source = Span::new(start, start + before.len());
        start = source.end + 1;
        if before != after {
            let alternatives = Vec::new();
            edits.push(Edit { source, target: source, before, after, confidence: edit.confidence, alternatives });
        }
    }
    edits
}
