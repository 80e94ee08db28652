//! What a text has suffered, and what restoring brings.

use crate::channel::Damage;
use crate::damage::{self, Found};
use crate::repair::legacy::Encoding;
use crate::repair::{Repair, Repaired};
use crate::restoration::Edit;
use crate::segment::{Cut, Kind, Piece};
use crate::span::Span;
use std::fmt;

/// What has damaged a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Cause {
    /// OCR in English mode.
    EnglishOcr,
    /// OCR in the mode of another language that has marks.
    WesternOcr,
    /// OCR that read letter by letter: a scanner's own, or an older program's.
    ScannerOcr,
    /// Marks are gone: all of them, or those of some words, or the tones alone.
    Stripped,
    /// Single wrong words in text that is right otherwise: OCR's in the right language, or a typist's.
    Slips,
    /// Letters that an encoding or a font lacked: there is `?`, U+FFFD, a space or nothing in their place.
    Lossy,
    /// A legacy encoding, or the keys of an input method.
    Encoding(Encoding),
    /// Letters parted from their marks, or not composed with them (NFD).
    Decomposed,
    /// Letters of other alphabets that look alike, ligatures, invisible characters inside words.
    Lookalikes,
    /// Letters that stand apart: `Đ ả n g`.
    LetterSpaced,
    /// Words without spaces between them: `cộnghòaxãhội`.
    RunTogether,
    /// Letters that are lost for good: `(cid:123)` or U+FFFD in words that could be anything. Such text is left as it is.
    Lost,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Cause::EnglishOcr => "english-ocr",
            Cause::WesternOcr => "western-ocr",
            Cause::ScannerOcr => "scanner-ocr",
            Cause::Stripped => "stripped",
            Cause::Slips => "slips",
            Cause::Lossy => "lossy",
            Cause::Encoding(encoding) => encoding.name(),
            Cause::Decomposed => "decomposed",
            Cause::Lookalikes => "lookalikes",
            Cause::LetterSpaced => "letter-spaced",
            Cause::RunTogether => "run-together",
            Cause::Lost => "lost",
        })
    }
}

/// What a text as a whole is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Verdict {
    /// Right, or all but: fewer than one word in two hundred is damaged.
    Clean,
    /// Fewer than one word in ten is damaged.
    Light,
    /// One word in ten or more.
    Heavy,
    /// More than one word in ten has lost letters for good.
    BeyondRepair,
    /// Most of it is text of other languages or code, or it has no words at all: numbers, or nothing.
    NotVietnamese,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Clean => "clean",
            Verdict::Light => "light",
            Verdict::Heavy => "heavy",
            Verdict::BeyondRepair => "beyond-repair",
            Verdict::NotVietnamese => "not-vietnamese",
        })
    }
}

/// One kind of damage that a text has.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Finding {
    /// What has done it.
    pub cause: Cause,
    /// How many words it has changed.
    pub words: usize,
    /// Where it was found, in bytes of the source and in the order of the text: single words, and stretches in which
    /// damaged words stand close to each other.
    pub places: Vec<Span>,
}

/// What a text has suffered, and what restoring brings: see [`Restorer::assess`](crate::Restorer::assess).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Assessment {
    /// The text as a whole.
    pub verdict: Verdict,
    /// Words in all; numbers and addresses are none.
    pub words: usize,
    /// Of these those that are no Vietnamese: other languages, code.
    pub foreign: usize,
    /// Words that are damaged, as far as it can be seen.
    pub damaged: usize,
    /// How many of these restoring leaves wrong, as expected from the confidence of its edits, with those that are lost.
    pub left_wrong: f32,
    /// Words that another reading was found for, and that are left alone: they are likelier right as they stand, or the
    /// reading is less sure than was asked.
    pub left_alone: usize,
    /// What damage was found, the most frequent first.
    pub findings: Vec<Finding>,
}

impl Assessment {
    /// That of an empty text.
    #[cfg(all(test, feature = "train"))]
    pub(crate) fn nothing() -> Self {
        Assessment {
            verdict: Verdict::NotVietnamese,
            words: 0,
            foreign: 0,
            damaged: 0,
            left_wrong: 0.0,
            left_alone: 0,
            findings: Vec::new(),
        }
    }

    /// The share of words that are damaged, 0 to 1.
    pub fn share(&self) -> f32 {
        self.damaged as f32 / self.words.max(1) as f32
    }

    /// The most frequent damage, if there is any.
    pub fn main_cause(&self) -> Option<Cause> {
        self.findings.first().map(|finding| finding.cause)
    }
}

/// Puts an assessment together from what was found and done.
pub(crate) fn assess(
    repaired: &Repaired,
    cut: &mut Cut,
    found: &[(Found, usize)],
    edits: &[Edit],
    left_alone: usize,
) -> Assessment {
    let mut findings = Findings::default();
    let (mut words, mut foreign, mut damaged, mut lost) = (0, 0, 0, 0);
    let mut edits_left = edits;
    let mut found = damage::each(found);
    let mut look = |piece: &Piece, found: Found| {
        if !matches!(piece.kind, Kind::Word | Kind::Mixed | Kind::Gapped | Kind::Lost) {
            return;
        }
        words += 1;
        let source = repaired.source(piece.span);
        while edits_left.first().is_some_and(|edit| edit.source.end <= source.start) {
            edits_left = &edits_left[1..];
        }
        let edit = edits_left.first().filter(|edit| edit.source.start < source.end);
        if piece.kind == Kind::Lost || found == Found::Lost || piece.kind == Kind::Gapped && edit.is_none() {
            lost += 1;
            findings.add(Cause::Lost, source);
            return;
        }
        let cause = match (repaired.repair_of(source), found) {
            (Some(repair), _) => cause_of(repair),
            (None, Found::Foreign) => {
                foreign += 1;
                None
            }
            (None, Found::Damaged(Damage::EnglishOcr)) => Some(Cause::EnglishOcr),
            (None, Found::Damaged(Damage::WesternOcr)) => Some(Cause::WesternOcr),
            (None, Found::Damaged(Damage::ScannerOcr)) => Some(Cause::ScannerOcr),
            (None, Found::Damaged(Damage::Stripped) | Found::Thinned { .. }) => Some(Cause::Stripped),
            (None, Found::Damaged(Damage::VietnameseOcr)) => Some(Cause::Slips),
            (None, Found::Damaged(Damage::Lossy | Damage::Dropped | Damage::DroppedLatin)) => Some(Cause::Lossy),
            (None, Found::Right | Found::Lost) => None,
        };
        if let Some(cause) = cause.filter(|_| edit.is_some()) {
            damaged += 1;
            findings.add(cause, source);
        }
    };
    cut.each(|pieces| pieces.iter().zip(&mut found).for_each(|(piece, found)| look(piece, found)));
    let unsure: f32 = edits.iter().map(|edit| 1.0 - edit.confidence).sum();
    damaged += lost;
    let verdict = match words {
        _ if foreign * 2 > words => Verdict::NotVietnamese,
        0 => Verdict::NotVietnamese,
        _ if lost * 10 > words => Verdict::BeyondRepair,
        _ if damaged * 10 >= words => Verdict::Heavy,
        _ if damaged * 200 >= words => Verdict::Light,
        _ => Verdict::Clean,
    };
    let (left_wrong, findings) = (unsure + lost as f32, findings.finish());
    Assessment { verdict, words, foreign, damaged, left_wrong, left_alone, findings }
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a word; one that stands close behind the last makes one place with it.
    fn add(&mut self, cause: Cause, place: Span) {
        let at = self.0.iter().position(|finding| finding.cause == cause).unwrap_or_else(|| {
            self.0.push(Finding { cause, words: 0, places: Vec::new() });
            self.0.len() - 1
        });
        let Finding { words, places, .. } = &mut self.0[at];
        *words += 1;
        match places.last_mut() {
            Some(last) if place.start <= last.end + CLOSE => last.end = last.end.max(place.end),
            _ => places.push(place),
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| std::cmp::Reverse(finding.words));
        self.0
    }
}

/// Damaged words with no more bytes than this between them are one place.
const CLOSE: usize = 120;

fn cause_of(repair: Repair) -> Option<Cause> {
    match repair {
        Repair::Decoded(encoding) => Some(Cause::Encoding(encoding)),
        Repair::Marked => Some(Cause::Lossy),
        Repair::Composed => Some(Cause::Decomposed),
        Repair::Lookalikes => Some(Cause::Lookalikes),
        Repair::LetterSpaced => Some(Cause::LetterSpaced),
        Repair::RunTogether => Some(Cause::RunTogether),
        // No damage.
        Repair::Placed => None,
    }
}
