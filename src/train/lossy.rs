//! Measuring how well lost letters come back: known text loses those that an encoding or a font lacks, and is restored.

use crate::error::Error;
use crate::restorer::Restorer;
use crate::text::letter;
use crate::train::eval::Tally;
use std::fmt;

/// Which letters are lost, and what is left in their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Loss {
    /// What Latin-1 lacks is `?`.
    Latin,
    /// The same, but what the code page 1252 of Windows has letters for that look alike: `Tru?ng Ð?i h?c`.
    Windows,
    /// What ASCII lacks is `?`.
    Ascii,
    /// What ASCII lacks is `?` for each byte of UTF-8.
    AsciiBytes,
    /// What Latin-1 lacks is gone.
    LatinDropped,
    /// What ASCII lacks is gone.
    AsciiDropped,
    /// What Latin-1 lacks is a space.
    LatinSpaces,
    /// The same, and spaces in a row are one.
    LatinSpace,
    /// What Latin-1 lacks is a private-use character, each letter another.
    LatinCodes,
    /// What ASCII lacks is the number of a glyph, `(cid:7)`, each letter another.
    AsciiNumbers,
}

impl Loss {
    /// All ways.
    pub const ALL: [Loss; 10] = [
        Loss::Latin,
        Loss::Windows,
        Loss::Ascii,
        Loss::AsciiBytes,
        Loss::LatinDropped,
        Loss::AsciiDropped,
        Loss::LatinSpaces,
        Loss::LatinSpace,
        Loss::LatinCodes,
        Loss::AsciiNumbers,
    ];

    fn name(self) -> &'static str {
        match self {
            Loss::Latin => "latin",
            Loss::Windows => "windows",
            Loss::Ascii => "ascii",
            Loss::AsciiBytes => "ascii-bytes",
            Loss::LatinDropped => "latin-dropped",
            Loss::AsciiDropped => "ascii-dropped",
            Loss::LatinSpaces => "latin-spaces",
            Loss::LatinSpace => "latin-space",
            Loss::LatinCodes => "latin-codes",
            Loss::AsciiNumbers => "ascii-numbers",
        }
    }

    /// A line without what is lost.
    pub fn of(self, line: &str) -> String {
        let is_lost = |c: char| match self {
            Loss::Ascii | Loss::AsciiBytes | Loss::AsciiDropped | Loss::AsciiNumbers => !c.is_ascii(),
            _ => c > '\u{ff}',
        };
        let mut out = String::with_capacity(line.len());
        for c in line.chars() {
            let Some(code) = letter::code(c).filter(|_| is_lost(c)) else {
                out.push(c);
                continue;
            };
            match self {
                Loss::Windows => out.push(match c {
                    'đ' => 'd',
                    'Đ' => 'Ð',
                    'ă' | 'Ă' | 'ĩ' | 'Ĩ' | 'ũ' | 'Ũ' | 'ơ' | 'Ơ' | 'ư' | 'Ư' => {
                        let plain = letter::bare(c);
                        if c.is_uppercase() { letter::capital(plain) } else { plain }
                    }
                    _ => '?',
                }),
                Loss::Latin | Loss::Ascii => out.push('?'),
                Loss::AsciiBytes => (0..c.len_utf8()).for_each(|_| out.push('?')),
                Loss::LatinDropped | Loss::AsciiDropped => {}
                Loss::LatinSpaces | Loss::LatinSpace => out.push(' '),
                Loss::LatinCodes => out.extend(char::from_u32(0xe000 + u32::from(code))),
                Loss::AsciiNumbers => out.push_str(&format!("(cid:{code})")),
            }
        }
        if self == Loss::LatinSpace {
            return out.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        }
        out
    }
}

/// How well letters came back that were lost in one way.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LossyScores {
    /// The way.
    pub loss: Loss,
    /// The share of words wrong in what was left of the text, case folded.
    pub before: f64,
    /// The same after it was restored as one document, case folded and case kept.
    pub after: f64,
    /// See `after`.
    pub after_case: f64,
    /// The share of words wrong after each line was restored by itself, case folded.
    pub single: f64,
}

impl fmt::Display for LossyScores {
    /// One row: way, words wrong before and after, with case, line by line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LossyScores { loss, before, after, after_case, single } = self;
        write!(f, "{:14} {before:7.4} {after:7.4} {after_case:7.4} {single:7.4}", loss.name())
    }
}

/// Takes letters from a text in each way, restores it, and compares.
///
/// ```
/// use phucdau::{Restorer, train::lossy};
///
/// let scores = lossy::score(&Restorer::new(), "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc")?;
/// assert!(scores.iter().all(|of| of.after < of.before));
/// # Ok::<(), phucdau::Error>(())
/// ```
///
/// # Errors
/// [`Error`] if restoring changed the number of lines, which it never does.
pub fn score(restorer: &Restorer, gold: &str) -> Result<Vec<LossyScores>, Error> {
    let gold: Vec<&str> = gold.lines().filter(|line| !line.trim().is_empty()).collect();
    Loss::ALL.into_iter().map(|loss| score_one(restorer, &gold, loss)).collect()
}

fn score_one(restorer: &Restorer, gold: &[&str], loss: Loss) -> Result<LossyScores, Error> {
    let left: Vec<String> = gold.iter().map(|line| loss.of(line)).collect();
    let compare = |lines: &[&str]| -> Result<_, Error> {
        let mut tally = Tally::default();
        tally.add(gold, lines, None)?;
        Ok(tally.scores())
    };
    let restored = restorer.restore(&left.join("\n")).into_text();
    let whole = compare(&restored.split('\n').collect::<Vec<_>>())?;
    let single: Vec<String> = left.iter().map(|line| restorer.restore(line).into_text()).collect();
    Ok(LossyScores {
        loss,
        before: compare(&left.iter().map(String::as_str).collect::<Vec<_>>())?.wer,
        after: whole.wer,
        after_case: whole.wer_case,
        single: compare(&single.iter().map(String::as_str).collect::<Vec<_>>())?.wer,
    })
}
