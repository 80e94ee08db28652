//! Texts: any bytes, taken for one.

use super::{IS_TEST, among, model, picked, restored, seeds};
use phucdau::repair::legacy::{self, Encoding};
use phucdau::tuning::Adaptation;
use phucdau::{Damage, Model, Restoration, Restorer, TonePlacement};
use std::ops::ControlFlow;
use std::sync::LazyLock;

/// In how many ways restorers are built.
const WAYS: usize = 10;

/// A model, and restorers of all options with it. They are used again and again, so that what they remember is put to the
/// test, too.
struct Used {
    model: Model,
    restorers: Vec<Restorer>,
}

static EMBEDDED: LazyLock<Used> = LazyLock::new(|| Used::new(Model::embedded()));

/// With a model of 158 words, which takes a fraction of the time; none without the feature `train`.
static SMALL: LazyLock<Option<Used>> = LazyLock::new(|| {
    let sections = seeds::models().pop()?;
    Some(Used::new(Model::from_bytes(&model::sealed(&sections)).unwrap()))
});

impl Used {
    fn new(model: Model) -> Self {
        let restorers = (0..WAYS).map(|way| built(&model, way)).collect();
        Used { model, restorers }
    }
}

fn built(model: &Model, way: usize) -> Restorer {
    let found = Restorer::builder().model(model.clone());
    let builder = match way {
        0 => found,
        1 => found.min_confidence(0.9),
        2 => found.tone_placement(TonePlacement::Old),
        3 => found
            .tone_placement(TonePlacement::New)
            .names(["Huổi Lếnh"])
            .context("Xã Nậm Phiêng họp tổng kết năm 2025."),
        4 => found.damage(Damage::EnglishOcr),
        5 => found.damage(Damage::VietnameseOcr),
        6 => found.damage(Damage::WesternOcr),
        7 => found.damage(Damage::ScannerOcr),
        // However short the text is, the channel is attuned to it.
        8 => found.adaptation(Adaptation { unsure: 0, unsure_page: 0, ..Adaptation::default() }),
        _ => found.damage(Damage::Stripped),
    };
    builder.build().unwrap()
}

/// One with default options.
pub fn restorer() -> &'static Restorer {
    &EMBEDDED.restorers[0]
}

/// Bytes as a text: what is no UTF-8 is taken as cp1252, as legacy encodings look.
pub fn text_of(bytes: &[u8]) -> String {
    bytes.utf8_chunks().flat_map(|part| [part.valid().to_owned(), legacy::from_bytes(part.invalid())]).collect()
}

/// Of the inputs in fuzzing, one in so many is put to the embedded model, and the others to the small one.
const EMBEDDED_IN: u32 = 101;

/// Puts a text to a restorer, built in the way that the byte before it chooses: in tests to one of each model. `check` is
/// told of what it was built, too.
fn each(data: &[u8], check: impl Fn(&Restorer, (&Model, usize), &str)) {
    let Some((&way, text)) = data.split_first() else { return };
    let (source, way) = (text_of(text), usize::from(way) % WAYS);
    let of = |used: &Used| check(&used.restorers[way], (&used.model, way), &source);
    let small = if IS_TEST || !among(data, EMBEDDED_IN) { SMALL.as_ref() } else { None };
    small.into_iter().for_each(of);
    if IS_TEST || small.is_none() {
        of(&EMBEDDED);
    }
}

/// `restore`: the account of it is right, and every way to it leads to the same.
pub fn restore(data: &[u8]) {
    each(data, |restorer, (model, way), source| {
        let expected = restorer.restore(source);
        restored::holds(source, &expected);
        restored::numbers(source, expected.text(), char::is_whitespace);
        if picked(data, 53) {
            whole(restorer, source, &expected);
            windows(restorer, source, data.len() / 2);
        }
        #[cfg(feature = "rayon")]
        if picked(data, 101) {
            assert_eq!(restorer.par_restore(&[source, "", source])[2], expected);
        }
        if picked(data, 1009) {
            assert_eq!(built(model, way).restore(source), expected, "what was restored before matters");
            for place in (0..=source.len()).step_by(3 + source.len() / 20) {
                restorer.explain(source, place);
            }
        }
    });
}

/// What the other ways of restoring a text as a whole bring is the same.
pub fn whole(restorer: &Restorer, source: &str, expected: &Restoration) {
    let mut out = Vec::new();
    let done = restorer.restore_reader(source.as_bytes(), &mut out).unwrap();
    assert_eq!(std::str::from_utf8(&out), Ok(expected.text()));
    assert_eq!((done.read as usize, done.written as usize), (source.len(), out.len()));
    assert_eq!((done.words as usize, done.edits as usize), (expected.words(), expected.edits().len()));
    assert_eq!(&restorer.restore_ocr(source, &[]), expected);
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

/// `assess`: its account is possible, and says what restoring says.
pub fn assess(data: &[u8]) {
    each(data, |restorer, _, source| {
        let found = restorer.assess(source);
        restored::assessment(source, &found);
        if picked(data, 23) {
            let restored = restorer.restore(source);
            restored::holds(source, &restored);
            assert_eq!(&found, restored.assessment());
        }
        #[cfg(feature = "rayon")]
        if picked(data, 101) {
            assert_eq!(restorer.par_assess(&[source]), [found]);
        }
    });
}

/// The same over and over: no stretch takes time or memory that grows faster than the text. In fuzzing most texts are made
/// short ones.
pub fn repeated(data: &[u8]) {
    const SIZES: [usize; 4] = [5_000, 1_000, 300, 40];
    let own = [1009, 101, 23].iter().position(|&one_in| among(data, one_in)).unwrap_or(3);
    for (_, size) in SIZES.iter().enumerate().filter(|&(at, _)| IS_TEST || at == own) {
        each(data, |restorer, _, unit| {
            if !unit.is_empty() {
                let source = unit.repeat((size / unit.len()).max(1));
                restored::holds(&source, &restorer.restore(&source));
            }
        });
    }
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
