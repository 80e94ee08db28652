//! PDFs: any bytes, taken for one or for the content of its page.

use super::{IS_TEST, among, picked, texts};
use phucdau::Error;
use phucdau::pdf::Document;
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file, or else the content of a page of one: in fuzzing, of most with the font that is opened sooner.
pub fn pdf(data: &[u8]) {
    if data.starts_with(b"%PDF") {
        return document(data);
    }
    let is_standard = among(data, 11);
    for (font, _) in [(STANDARD, is_standard), (DRAWN, !is_standard)].iter().filter(|(_, chosen)| IS_TEST || *chosen) {
        document(&around(data, font));
    }
}

/// A font that readers bring along; opening it takes more time than reading a small page.
pub const STANDARD: &[u8] = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

/// A font whose glyphs are drawn by the file.
const DRAWN: &[u8] = b"<</Type/Font/Subtype/Type3/FontMatrix[.001 0 0 .001 0 0]/CharProcs<<>>/Encoding/WinAnsiEncoding/MissingWidth 500>>";

/// A PDF whose only page has this content, with this font as `/F`, another `/G` of two bytes a character, and `/X`, which
/// draws in `/F`, too.
pub fn around(content: &[u8], font: &[u8]) -> Vec<u8> {
    let objects: [&[u8]; 8] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[4 0 R]/Count 1/MediaBox[0 0 595 842]>>",
        font,
        b"<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 3 0 R/G 6 0 R>>/XObject<</X 8 0 R>>>>>>",
        &stream("", content),
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[7 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>",
        &stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>", b"BT /F 9 Tf 50 20 Td (Trang 1) Tj ET"),
    ];
    let (mut out, mut table) = (b"%PDF-1.7\n".to_vec(), String::new());
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (size, start) = (objects.len() + 1, out.len());
    out.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    [format!("<<{entries}/Length {}>>stream\n", content.len()).as_bytes(), content, b"\nendstream"].concat()
}

/// Whether this library itself has panicked, and not the reader that it uses.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// A panic of the reader is caught, and tells that the file is broken; one of this library's own must not be.
fn watch_panics() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let of_a_dependency = info.location().is_some_and(|place| place.file().contains("/registry/src/"));
            if !of_a_dependency {
                PANICKED.store(true, Ordering::Relaxed);
                before(info);
            }
        }));
    });
}

/// What is read has its words and blocks on its pages, and what is written anew can be read.
fn document(data: &[u8]) {
    watch_panics();
    match Document::open(data) {
        Ok(document) => read(&document, data),
        Err(Error::Pdf(_)) => {}
        Err(error) => panic!("another error than is documented: {error:?}"),
    }
    assert!(!PANICKED.load(Ordering::Relaxed), "a panic was caught that is not the reader's");
}

fn read(document: &Document, data: &[u8]) {
    for page in document.pages() {
        let text = page.text();
        assert!(
            page.words().iter().all(|word| text.get(word.span.start..word.span.end).is_some_and(|w| !w.is_empty()))
        );
        assert!(page.blocks().iter().all(|block| text.get(block.span.start..block.span.end).is_some()));
        assert!(page.words().is_sorted_by(|a, b| a.span.end <= b.span.start));
        assert!(page.blocks().is_sorted_by(|a, b| a.span.end <= b.span.start));
        let (width, height) = page.size();
        assert!(width >= 1.0 && height >= 1.0 && width.is_finite() && height.is_finite());
    }
    if !picked(data, 101) {
        return;
    }
    let restored = document.restore(texts::restorer()).unwrap();
    for (page, after) in document.pages().iter().zip(restored.pages()) {
        let mut applied = String::new();
        let mut done = 0;
        for edit in restored.edits().iter().filter(|edit| edit.page == page.number()).map(|edit| &edit.edit) {
            assert_eq!(edit.source.of(page.text()), edit.before);
            assert_eq!(edit.target.of(&after.text), edit.after);
            applied += &page.text()[done..edit.source.start];
            applied += &edit.after;
            done = edit.source.end;
        }
        assert_eq!(applied + &page.text()[done..], after.text);
        assert_eq!(after.text.lines().count(), page.text().lines().count());
    }
    match restored.write_pdf() {
        Ok(written) => {
            let again = Document::open(written.bytes).expect("what was written is a PDF");
            assert_eq!(again.pages().len(), document.pages().len());
        }
        Err(Error::Pdf(_)) => {}
        Err(error) => panic!("another error than is documented: {error:?}"),
    }
}
