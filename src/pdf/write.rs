//! A restored document as a new PDF: what is seen stays, what can be searched and copied is the restored text.

use std::fmt::Write;

use hayro_interpret::kurbo::Affine;

use super::content::{self, Instead};
use super::copy::{self, FONT, NewPage};
use super::glyphless::{Codes, WIDTH};
use super::page::{Page, Word};
use super::read;
use super::restored::{PageEdit, Restored, RestoredPage};
use crate::error::Error;
use crate::span::Span;

/// A PDF that was written anew.
#[derive(Debug, Clone)]
pub struct NewPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many edits it does not hold: those of seen text in forms, or that no operators of its own show.
    pub left_out: usize,
}

impl Restored<'_> {
    /// A new PDF of which the text that can be searched and copied is the restored one. Images, drawings and all else that
    /// is seen stay as they are, and so do bookmarks, links and metadata.
    ///
    /// - A scan's invisible text layer is taken out, and a new one put in: each word in the place of the old one, in a font
    ///   without glyphs. Pages that were read by OCR get one, too.
    /// - Text that is seen goes on looking as it does, be it wrong: the restored wording is written beside it
    ///   (`/ActualText`), which most programs heed when they extract text, and some (pdf.js, for one) do not.
    ///
    /// The file is written as a whole, not as an update, so the old text is no longer in it; signatures do not stay valid,
    /// and a PDF that is encrypted but needs no password is written without encryption.
    ///
    /// ```
    /// # let sample = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/report-text-layer.pdf"));
    /// use phucdau::{Restorer, pdf::Document};
    ///
    /// let document = Document::open(sample)?;
    /// let restored = document.restore(&Restorer::new())?;
    /// let new = restored.write_pdf()?;
    /// assert_eq!(new.left_out, 0);
    /// assert!(Document::open(new.bytes)?.pages()[0].text().contains("Phiêng là xã vùng cao"));
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Pdf`] if the old PDF is broken in a way that its reader gives up on.
    pub fn write_pdf(&self) -> Result<NewPdf, Error> {
        read::guarded(|| self.write())
    }

    fn write(&self) -> NewPdf {
        let document = self.document();
        let (mut codes, mut left_out) = (Codes::default(), 0);
        let hidden = document.pages().iter().flat_map(Page::words).any(|word| !word.is_visible);
        let mut pages = Vec::new();
        for ((page, restored), source) in document.pages().iter().zip(self.pages()).zip(document.pdf.pages().iter()) {
            let first = self.edits().partition_point(|edit| edit.page < page.number());
            let last = self.edits().partition_point(|edit| edit.page <= page.number());
            let new = Pair { page, restored, edits: &self.edits()[first..last] };
            let (instead, lost) = new.instead();
            let (content, failed) = content::edited(source.page_stream().unwrap_or_default(), &instead);
            left_out += lost + failed;
            let layer = new.layer(read::to_seen(source).inverse(), &mut codes);
            pages.push(NewPage { content, layer: (!layer.is_empty()).then_some(layer.into_bytes()) });
        }
        NewPdf { bytes: copy::copy(&document.pdf, pages, &codes, hidden), left_out }
    }
}

/// A page before and after.
struct Pair<'r> {
    page: &'r Page,
    restored: &'r RestoredPage,
    edits: &'r [PageEdit],
}

impl Pair<'_> {
    /// What stands in the restored text for a span of the page's; what words have become together is the first one's.
    fn target(&self, span: Span) -> &str {
        let place = |offset: usize| {
            let after = self.edits.partition_point(|edit| edit.edit.source.start < offset);
            let Some(last) = after.checked_sub(1).map(|at| &self.edits[at].edit) else { return offset };
            last.target.end + offset.saturating_sub(last.source.end)
        };
        &self.restored.text[place(span.start)..place(span.end)]
    }

    fn is_edited(&self, span: Span) -> bool {
        let at = self.edits.partition_point(|edit| edit.edit.source.end <= span.start);
        self.edits.get(at).is_some_and(|edit| edit.edit.source.start < span.end)
    }

    /// The text layer: content that shows each word in its place without its being seen.
    fn layer(&self, to_user: Affine, codes: &mut Codes) -> String {
        let mut layer = String::new();
        let mut words = self.page.words().iter().filter(|word| !word.is_visible).peekable();
        while let Some(first) = words.next() {
            // Words that became one together have one place.
            let mut last = first;
            let mut text = self.target(first.span).to_owned();
            while let Some(next) = words.next_if(|next| self.are_one(last, next)) {
                text += self.target(Span::new(last.span.end, next.span.start));
                text += self.target(next.span);
                last = next;
            }
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let from = &first.drawn;
            let end = last.drawn.origin + last.drawn.along * last.drawn.length;
            let length = (end - from.origin).dot(from.along).max(from.length.max(0.1));
            let up = hayro_interpret::kurbo::Vec2::new(from.along.y, -from.along.x);
            let place = to_user * Affine::new([from.along.x, from.along.y, up.x, up.y, from.origin.x, from.origin.y]);
            let [a, b, c, d, x, y] = place.as_coeffs();
            let size = from.size;
            let width = 100.0 * length / (text.chars().count() as f64 * size * WIDTH / 1000.0);
            // A space parts it from the next word however near that stands.
            let code = codes.encode(&format!("{text} "));
            let code: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
            let _ = writeln!(
                layer,
                "{a:.5} {b:.5} {c:.5} {d:.5} {x:.3} {y:.3} Tm /{FONT} {size:.3} Tf {width:.3} Tz <{code}> Tj"
            );
        }
        if layer.is_empty() { layer } else { format!("q BT 3 Tr\n{layer}ET Q\n") }
    }

    /// Whether an edit goes over from a word to the next.
    fn are_one(&self, word: &Word, next: &Word) -> bool {
        self.is_edited(Span::new(word.span.end, next.span.start))
    }

    /// What is to be extracted in the place of seen text that is edited, and how many edits find no place.
    fn instead(&self) -> (Vec<Instead>, usize) {
        // Words that one operator shows, and operators that show one word, belong together.
        let mut groups: Vec<((usize, usize), Vec<&Word>)> = Vec::new();
        let mut seen: Vec<&Word> = self.page.words().iter().filter(|word| word.is_visible).collect();
        seen.sort_by_key(|word| word.drawn.operators);
        let mut left_out = 0;
        for word in seen {
            let Some(operators) = word.drawn.operators else {
                left_out += usize::from(self.is_edited(word.span));
                continue;
            };
            match groups.last_mut() {
                Some((group, words)) if operators.0 <= group.1 => {
                    group.1 = group.1.max(operators.1);
                    words.push(word);
                }
                _ => groups.push((operators, vec![word])),
            }
        }
        groups.retain(|(_, words)| words.iter().any(|word| self.is_edited(word.span)));
        let instead = groups.into_iter().map(|(operators, mut words)| {
            words.sort_by_key(|word| word.span);
            let texts: Vec<&str> = words.iter().map(|word| self.target(word.span)).collect();
            let text = texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
            Instead { operators, text }
        });
        (instead.collect(), left_out)
    }
}
