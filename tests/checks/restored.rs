//! What the documentation says of any restoration.

use phucdau::{Assessment, Edit, Offsets, Restoration, Span, Unit, Verdict};

/// Whether this is a test of the crate; otherwise it is a fuzz target, which looks at as many inputs as it can in its time.
pub const IS_TEST: bool = matches!(env!("CARGO_PKG_NAME").as_bytes(), b"phucdau");

/// Of places, which characters are carried over to the other text at most, and one in how many at least; and of how many
/// edits the places are told in all units. That takes more time than restoring does.
const PLACES: usize = if IS_TEST { 100 } else { 10 };
const STEP: usize = if IS_TEST { 5 } else { 23 };
const EDITS: usize = if IS_TEST { usize::MAX } else { 8 };

/// In fuzzing, one source in so many, by the sum of its bytes, has its places told in characters and UTF-16 code units, too,
/// which have to be counted to.
const COUNTED_IN: usize = 11;

/// Panics unless a restoration of this source is all that the documentation says of it.
pub fn holds(source: &str, restored: &Restoration) {
    let text = restored.text();
    let mut applied = String::new();
    let (mut read, mut written) = (0, 0);
    for edit in restored.edits() {
        assert!(edit.source.start <= edit.source.end && edit.source.end <= source.len(), "{edit:?}");
        assert!(edit.target.start <= edit.target.end && edit.target.end <= text.len(), "{edit:?}");
        assert!(read <= edit.source.start && written <= edit.target.start, "out of order: {edit:?}");
        for (text, span) in [(source, edit.source), (text, edit.target)] {
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{edit:?}");
        }
        assert_eq!(edit.source.of(source), edit.before);
        assert_eq!(edit.target.of(text), edit.after);
        assert_ne!(edit.before, edit.after);
        applied.push_str(&source[read..edit.source.start]);
        assert_eq!(applied.len(), edit.target.start);
        applied.push_str(&edit.after);
        (read, written) = (edit.source.end, edit.target.end);

        assert!((0.0..=1.0).contains(&edit.confidence), "{edit:?}");
        assert!(edit.alternatives.len() <= 3, "{edit:?}");
        assert!(edit.alternatives.iter().all(|other| (0.0..=1.0).contains(&other.confidence)), "{edit:?}");
        assert!(edit.alternatives.is_sorted_by(|a, b| a.confidence >= b.confidence), "{edit:?}");
        let sum = edit.confidence + edit.alternatives.iter().map(|other| other.confidence).sum::<f32>();
        assert!(sum < 1.01, "{sum}: {edit:?}");
        // What is likelier right as it stands is left alone.
        let stays = edit.alternatives.iter().find(|other| other.text == edit.before);
        assert!(stays.is_none_or(|stays| stays.confidence <= edit.confidence), "{edit:?}");
    }
    applied.push_str(&source[read..]);
    assert_eq!(applied, text);
    assert_eq!(restored.is_unchanged(), source == text);
    lines(source, text);
    offsets(source, restored);
    assessment(source, restored.assessment());
}

/// As many lines, and as many ends of each kind.
fn lines(source: &str, text: &str) {
    assert_eq!(text.lines().count(), source.lines().count());
    let ends = |text: &str| ["\n", "\r\n", "\r", "\u{c}"].map(|end| text.matches(end).count());
    assert_eq!(ends(text), ends(source));
}

/// Numbers of four digits and more that stand alone, between characters of which `apart` is true, come back as they were,
/// in their order, and no others come; a `$` may stand before them. What stood around a number may have gone: `2024 |~.` may become `2024.`.
pub fn numbers(source: &str, text: &str, apart: fn(char) -> bool) {
    kept(source, apart, text);
    kept(text, apart, source);
}

fn kept(source: &str, apart: fn(char) -> bool, text: &str) {
    fn numbers(text: &str, apart: fn(char) -> bool) -> impl Iterator<Item = &str> {
        let words = text.split(apart).map(|word| word.trim_start_matches('$'));
        words.filter(|word| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_digit()))
    }
    let mut there = numbers(text, |c| !c.is_alphanumeric());
    for number in numbers(source, apart) {
        assert!(there.any(|other| other == number), "{number} of {source:?} is not in {text:?}");
    }
}

/// For each byte of a text, and its end, how many characters and UTF-16 code units come before it.
struct Counted(Vec<(usize, usize)>);

impl Counted {
    fn new(text: &str) -> Self {
        let mut counted = Vec::with_capacity(text.len() + 1);
        let (mut chars, mut units) = (0, 0);
        for c in text.chars() {
            counted.resize(counted.len() + c.len_utf8(), (chars, units));
            (chars, units) = (chars + 1, units + c.len_utf16());
        }
        counted.push((chars, units));
        Counted(counted)
    }

    fn span(&self, span: Span, unit: Unit) -> Span {
        let place = |at: usize| match unit {
            Unit::Byte => at,
            Unit::Char => self.0[at].0,
            Unit::Utf16 => self.0[at].1,
        };
        Span::new(place(span.start), place(span.end))
    }
}

/// Spans are carried over to where they belong, both ways, in all units.
fn offsets(source: &str, restored: &Restoration) {
    let text = restored.text();
    let offsets = Offsets::new(source, restored);
    for edit in restored.edits() {
        if !edit.before.is_empty() {
            assert_eq!(offsets.target_of(edit.source, Unit::Byte), edit.target);
        }
        if !edit.after.is_empty() {
            assert_eq!(offsets.source_of(edit.target, Unit::Byte), edit.source);
        }
    }
    let there: Carry = &|span, unit| offsets.source_of(span, unit);
    let back: Carry = &|span, unit| offsets.target_of(span, unit);
    let is_counted = IS_TEST || source.bytes().map(usize::from).sum::<usize>().is_multiple_of(COUNTED_IN);
    let counted = is_counted.then(|| [source, text].map(Counted::new));
    let [in_source, in_text] =
        counted.as_ref().map_or([None; 2], |[in_source, in_text]| [Some(in_source), Some(in_text)]);
    carried(restored, |e| (e.target, e.source), [(text, in_text), (source, in_source)], there, back);
    carried(restored, |e| (e.source, e.target), [(source, in_source), (text, in_text)], back, there);
    let (Some(in_source), Some(in_text)) = (in_source, in_text) else { return };
    for edit in restored.edits().iter().step_by(1 + restored.edits().len() / EDITS) {
        for unit in [Unit::Char, Unit::Utf16] {
            assert_eq!(offsets.source_in(edit.source, unit), in_source.span(edit.source, unit));
            assert_eq!(offsets.target_in(edit.target, unit), in_text.span(edit.target, unit));
        }
    }
}

type Carry<'c> = &'c dyn Fn(Span, Unit) -> Span;

/// Characters and their neighbours, from here to there: what they lead to lies on characters, in their order, and leads
/// back to no less than themselves; if they were counted, in all units.
fn carried(
    restored: &Restoration,
    sides: impl Fn(&Edit) -> (Span, Span),
    [(here, in_here), (other, in_other)]: [(&str, Option<&Counted>); 2],
    there: Carry,
    back: Carry,
) {
    let places: Vec<usize> = here.char_indices().map(|(at, _)| at).chain([here.len()]).collect();
    let mut before = Span::new(0, 0);
    // Of a long text, some of them.
    for places in places.windows(3).step_by((places.len() / PLACES).max(STEP)) {
        let span = Span::new(places[0], places[2]);
        let stood = there(span, Unit::Byte);
        assert!(other.get(stood.start..stood.end).is_some(), "{span:?} {stood:?}");
        assert!(before.start <= stood.start && before.end <= stood.end, "{before:?} {stood:?}");
        before = stood;
        // From where nothing is left no way leads back.
        let first = restored.edits().partition_point(|edit| sides(edit).0.end < span.start);
        let near = restored.edits()[first..].iter().map(&sides).take_while(|(here, _)| here.start <= span.end);
        if near.clone().all(|(_, there)| !there.is_empty()) {
            let again = back(stood, Unit::Byte);
            assert!(again.start <= span.start && span.end <= again.end, "{span:?} {stood:?} {again:?}");
        }
        let (Some(in_here), Some(in_other)) = (in_here, in_other) else { continue };
        for unit in [Unit::Char, Unit::Utf16] {
            assert_eq!(there(in_here.span(span, unit), unit), in_other.span(stood, unit));
        }
    }
}

/// What is told of the text's damage is of this text, and its numbers are no more than they can be.
pub fn assessment(source: &str, found: &Assessment) {
    assert!(found.foreign <= found.words && found.damaged <= found.words, "{found:?}");
    assert!((0.0..=1.0).contains(&found.share()), "{found:?}");
    assert!(found.left_wrong >= 0.0 && found.left_wrong.is_finite(), "{found:?}");
    assert!(found.words > 0 || found.verdict == Verdict::NotVietnamese, "{found:?}");
    assert!(found.findings.is_sorted_by(|a, b| a.words >= b.words), "{found:?}");
    assert_eq!(found.findings.iter().map(|finding| finding.words).sum::<usize>(), found.damaged, "{found:?}");
    for finding in &found.findings {
        assert!(!finding.places.is_empty() && finding.places.len() <= finding.words, "{finding:?}");
        assert!(finding.places.iter().all(|place| source.get(place.start..place.end).is_some()), "{finding:?}");
        assert!(finding.places.is_sorted_by(|a, b| a.end <= b.start), "{finding:?}");
    }
}
