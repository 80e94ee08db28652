//! Texts: any bytes, taken for one.

use super::{picked, restored};
use phucdau::repair::legacy::{self, Encoding};
use phucdau::{Damage, Restoration, Restorer, TonePlacement};
use std::ops::ControlFlow;
use std::sync::LazyLock;

/// Restorers of all options. They are used again and again, so that what they remember is put to the test, too.
static RESTORERS: LazyLock<Vec<Restorer>> = LazyLock::new(|| {
    let known = |damage: Damage| Restorer::builder().damage(damage);
    let found = Restorer::builder;
    let built = [
        found(),
        found().min_confidence(0.9),
        found().tone_placement(TonePlacement::Old),
        found().tone_placement(TonePlacement::New).names(["Huổi Lếnh"]).context("Xã Nậm Phiêng họp tổng kết năm 2025."),
        known(Damage::EnglishOcr),
        known(Damage::VietnameseOcr),
        known(Damage::Stripped),
    ];
    built.into_iter().map(|builder| builder.build().unwrap()).collect()
});

/// One with default options.
pub fn restorer() -> &'static Restorer {
    &RESTORERS[0]
}

/// Bytes as a text: what is no UTF-8 is taken as cp1252, as legacy encodings look.
pub fn text_of(bytes: &[u8]) -> String {
    bytes.utf8_chunks().flat_map(|part| [part.valid().to_owned(), legacy::from_bytes(part.invalid())]).collect()
}

/// A restorer, by the first byte, and a text.
fn task(data: &[u8]) -> Option<(&'static Restorer, String)> {
    let (&how, text) = data.split_first()?;
    Some((&RESTORERS[usize::from(how) % RESTORERS.len()], text_of(text)))
}

/// `restore`: the account of it is right, and every way to it leads to the same.
pub fn restore(data: &[u8]) {
    let Some((restorer, source)) = task(data) else { return };
    let expected = restorer.restore(&source);
    restored::holds(&source, &expected);
    restored::numbers(&source, expected.text(), char::is_whitespace);
    if picked(data, 8) {
        whole(restorer, &source, &expected);
        windows(restorer, &source, data.len() / 2);
    }
    if picked(data, 500) {
        let fresh = if data[0].is_multiple_of(7) { Restorer::new() } else { restorer.clone() };
        assert_eq!(fresh.restore(&source), expected, "what was restored before matters");
        for place in (0..=source.len()).step_by(3) {
            restorer.explain(&source, place);
        }
    }
}

/// What the other ways of restoring a text as a whole bring is the same.
pub fn whole(restorer: &Restorer, source: &str, expected: &Restoration) {
    let mut out = Vec::new();
    let done = restorer.restore_reader(source.as_bytes(), &mut out).unwrap();
    assert_eq!(std::str::from_utf8(&out), Ok(expected.text()));
    assert_eq!((done.read as usize, done.written as usize), (source.len(), out.len()));
    assert_eq!((done.words as usize, done.edits as usize), (expected.words(), expected.edits().len()));
    assert_eq!(&restorer.restore_ocr(source, &[]), expected);
    #[cfg(feature = "rayon")]
    assert_eq!(&restorer.par_restore(&[source, "", source])[2], expected);
}

/// Windows add up to a text with all its lines.
pub fn windows(restorer: &Restorer, source: &str, window: usize) {
    let (mut out, mut parts) = (Vec::new(), Vec::new());
    let mut read = 0;
    let each = |progress: &phucdau::Progress, part: &Restoration| {
        restored::holds(&source[read..progress.read as usize], part);
        read = progress.read as usize;
        parts.push(part.clone());
        ControlFlow::Continue(())
    };
    let done = restorer.restore_windows(source.as_bytes(), &mut out, window, each).unwrap();
    assert_eq!((done.read as usize, done.written as usize), (source.len(), out.len()));
    assert_eq!(done.edits as usize, parts.iter().map(|part| part.edits().len()).sum::<usize>());
    let joined: String = parts.iter().map(Restoration::text).collect();
    assert_eq!(joined.as_bytes(), out);
    // A line's end that stands for nothing by itself may be a part of one no more.
    let lines = |text: &[u8]| text.iter().filter(|&&b| b == b'\n').count();
    assert_eq!(lines(&out), lines(source.as_bytes()));
}

/// `assess`: it says what restoring says.
pub fn assess(data: &[u8]) {
    let Some((restorer, source)) = task(data) else { return };
    let found = restorer.assess(&source);
    let restored = restorer.restore(&source);
    restored::holds(&source, &restored);
    assert_eq!(&found, restored.assessment());
    #[cfg(feature = "rayon")]
    if picked(data, 8) {
        assert_eq!(restorer.par_assess(&[&source]), [found]);
    }
}

/// The same over and over: no stretch takes time or memory that grows faster than the text.
pub fn repeated(data: &[u8]) {
    let Some((restorer, unit)) = task(data) else { return };
    if unit.is_empty() {
        return;
    }
    let source = unit.repeat((5_000 / unit.len()).max(1));
    restored::holds(&source, &restorer.restore(&source));
}

/// Legacy encodings, one by the first byte: anything is decoded and encoded, with its lines, and what was encoded is
/// decoded.
pub fn legacy(data: &[u8]) {
    let Some((&which, data)) = data.split_first() else { return };
    let encoding = Encoding::ALL[usize::from(which) % Encoding::ALL.len()];
    let source = text_of(data);
    // Other controls are codes of letters in VPS and VISCII.
    let ends = |text: &str| text.matches(['\n', '\r', '\u{2028}', '\u{2029}']).count();
    for text in [&*legacy::decode(&source, encoding), &legacy::encode(&source, encoding)] {
        assert_eq!(ends(text), ends(&source), "{encoding}: {text:?}");
        legacy::decode(text, encoding);
    }
    assert_eq!(legacy::from_bytes(data).chars().count(), data.len());
}
