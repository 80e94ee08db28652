//! Reading training text, and turning it into the model's words.

use crate::error::Error;
use crate::ngram::{self, Word};
use crate::segment::{self, Gap, Kind, Piece};
use crate::text::{letter, placement};
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of training text, one paragraph or sentence a line, and how many times over it counts.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file; compressed if its name ends in `.zst`.
    pub path: PathBuf,
    /// How much each of its words weighs.
    pub weight: u32,
}

impl std::str::FromStr for Source {
    type Err = String;

    /// `FILE` or `FILE:WEIGHT`.
    fn from_str(s: &str) -> Result<Self, String> {
        let (path, weight) = match s.rsplit_once(':') {
            Some((path, weight)) if !weight.is_empty() && weight.bytes().all(|b| b.is_ascii_digit()) => {
                (path, weight.parse().map_err(|e| format!("weight in {s}: {e}"))?)
            }
            _ => (s, 1),
        };
        Ok(Source { path: path.into(), weight })
    }
}

/// Reads a text file, decompressing `.zst`.
///
/// # Errors
/// [`Error::Read`] if it is missing, damaged or not UTF-8.
pub fn read(path: &Path) -> Result<String, Error> {
    let open = || -> std::io::Result<String> {
        let file = std::fs::File::open(path)?;
        let mut text = String::new();
        if path.extension().is_some_and(|e| e == "zst") {
            unpack(file)?.read_to_string(&mut text)?;
        } else {
            std::io::BufReader::new(file).read_to_string(&mut text)?;
        }
        Ok(text)
    };
    open().map_err(|reason| Error::Read { path: path.into(), reason })
}

#[cfg(feature = "zstd")]
fn unpack(file: std::fs::File) -> std::io::Result<impl Read> {
    let mut decoder = zstd::Decoder::new(file)?;
    decoder.window_log_max(31)?;
    Ok(decoder)
}

#[cfg(not(feature = "zstd"))]
fn unpack(_: std::fs::File) -> std::io::Result<std::io::Empty> {
    Err(std::io::Error::other("this build reads no .zst: unpack it first, or build with the feature `zstd`"))
}

/// How often a word was met in each case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cases {
    /// `đảng`
    pub lower: u32,
    /// `Đảng`
    pub title: u32,
    /// `UBND`, `TTg`
    pub upper: u32,
    /// Where case says nothing of the word: at the beginning of a sentence, in a heading in capitals.
    pub forced: u32,
}

impl Cases {
    /// In any case.
    pub fn total(&self) -> u32 {
        self.lower + self.title + self.upper + self.forced
    }

    pub(super) fn add(&mut self, other: Cases) {
        self.lower += other.lower;
        self.title += other.title;
        self.upper += other.upper;
        self.forced += other.forced;
    }
}

/// Spells a piece of clean text for the lexicon: small letters, tone where the lexicon has it. `None` if it is no
/// word of the lexicon's alphabet.
pub fn key(piece: &str) -> Option<Vec<u8>> {
    let mut codes = letter::spell(piece)?;
    codes.iter_mut().for_each(|c| *c &= !letter::CAPITAL);
    Some(placement::canonical(&codes).unwrap_or(codes))
}

/// Lines to be worked on by one thread at a time.
fn blocks(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let near = rest.len().min(1 << 22);
        let end = rest.as_bytes()[near..].iter().position(|&b| b == b'\n');
        let cut = end.map_or(rest.len(), |at| near + at + 1);
        let (block, after) = rest.split_at(cut);
        blocks.push(block);
        rest = after;
    }
    blocks
}

/// Counts the words of a text.
pub fn count_words(text: &str) -> HashMap<Vec<u8>, Cases> {
    let parts: Vec<HashMap<Vec<u8>, Cases>> = blocks(text)
        .into_par_iter()
        .map(|block| {
            let mut counts: HashMap<Vec<u8>, Cases> = HashMap::new();
            let mut pieces = Vec::new();
            for line in block.lines() {
                pieces.clear();
                segment::segment_line(line, 0, &mut pieces);
                for piece in &pieces {
                    let word = piece.span.of(line);
                    let Some(key) = key(word) else { continue };
                    let mut capitals = word.chars().map(char::is_uppercase);
                    let first = capitals.next().unwrap_or(false);
                    let case = counts.entry(key).or_default();
                    match (first, capitals.any(|c| c)) {
                        _ if piece.capitals => case.forced += 1,
                        (_, true) => case.upper += 1,
                        (true, false) if piece.gap == Gap::Sentence => case.forced += 1,
                        (true, false) => case.title += 1,
                        (false, false) => case.lower += 1,
                    }
                }
            }
            counts
        })
        .collect();
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        for (word, cases) in part {
            all.entry(word).or_default().add(cases);
        }
    }
    all
}

/// A word that no n-gram crosses.
pub const CUT: Word = Word::MAX;

/// The model's words of a text, sentence after sentence with the end-of-sentence mark around each; lines of a gazetteer
/// (`fragments`) are parted by [`CUT`] instead, for they begin no sentence.
pub fn words(text: &str, vocabulary: &HashMap<Vec<u8>, Word>, fragments: bool) -> Vec<Word> {
    let parts: Vec<Vec<Word>> = blocks(text)
        .into_par_iter()
        .map(|block| {
            let mut out = Vec::with_capacity(block.len() / 5);
            let mut pieces: Vec<Piece> = Vec::new();
            for line in block.lines() {
                pieces.clear();
                segment::segment_line(line, 0, &mut pieces);
                out.push(CUT);
                for piece in &pieces {
                    push_gap(&mut out, piece.gap, fragments);
                    out.push(match piece.kind {
                        Kind::Number => ngram::NUMBER,
                        _ => {
                            key(piece.span.of(line)).and_then(|k| vocabulary.get(&k).copied()).unwrap_or(ngram::UNKNOWN)
                        }
                    });
                }
                if !fragments && !pieces.is_empty() {
                    out.push(ngram::BOUNDARY);
                }
            }
            out
        })
        .collect();
    parts.concat()
}

fn push_gap(out: &mut Vec<Word>, gap: Gap, fragments: bool) {
    match gap {
        Gap::Sentence if fragments => {}
        Gap::Sentence => out.push(ngram::BOUNDARY),
        Gap::Pause if PAUSES => out.push(ngram::PAUSE),
        _ => {}
    }
}

/// Whether commas and the like are words of the language model.
pub const PAUSES: bool = true;
