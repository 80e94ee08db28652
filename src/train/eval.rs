//! Measuring a restored text against its gold transcription.
//!
//! A word is a run of letters, digits and combining marks, compared in NFC and with one tone
//! placement (hoà = hòa, uỷ = ủy). A gold word inside ⟦ ⟧ stands for anything and is not scored.
//!
//! ```
//! # fn main() -> Result<(), phucdau::Error> {
//! use phucdau::train::eval::Tally;
//!
//! let mut tally = Tally::default();
//! let gold = ["Đảng bộ tỉnh Sơn La"];
//! tally.add(&gold, &["Đảng bộ tinh Sơn La"], Some(&["Dang bo tinh Son La"]))?;
//! let scores = tally.scores();
//! assert_eq!(scores.wer, 0.2);
//! assert_eq!(scores.source.unwrap().fixed, 0.75);
//! assert_eq!(tally.confusions(), [(("tỉnh", "tinh"), 1)]);
//! # Ok(())
//! # }
//! ```

use std::{cmp::Reverse, collections::HashMap, fmt, iter, mem, slice};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::error::Error;
use crate::restoration::{Edit, Restoration};

/// How good an output is. [`Display`](fmt::Display) prints one figure a line.
///
/// A share of nothing is 0.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Scores {
    /// Gold words that were scored.
    pub words: usize,
    /// Word error rate, case folded: (substitutions + insertions + deletions) / gold words.
    pub wer: f64,
    /// Word error rate, case kept.
    pub wer_case: f64,
    /// Character error rate over whole lines, case kept, a run of white space being one space;
    /// lines with ⟦ are left out.
    pub cer: f64,
    /// Of the capitalised words inside a sentence, the share that is right, case folded.
    ///
    /// Such a word starts with an uppercase letter, has a lowercase one, is not the first of its
    /// line, and follows its neighbour without a `.`, `?`, `!` or `:`.
    pub names: f64,
    /// The figures that take the damaged source into account, if there was one.
    pub source: Option<SourceScores>,
}

/// What an output made of its source, case folded.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SourceScores {
    /// Word error rate of the source itself.
    pub wer_source: f64,
    /// Of the words that were right in the source, the share that is wrong in the output.
    pub harm: f64,
    /// Of the words that were wrong in the source, the share that is right in the output.
    pub fixed: f64,
    /// Of the numbers that were right in the source, the share kept in the output.
    pub numbers: f64,
    /// Gold words that were right in the source.
    pub src_right: usize,
    /// Gold words that were wrong in the source.
    pub src_wrong: usize,
    /// Gold words that were right in the source and are wrong in the output.
    pub harmed: usize,
    /// Mean over the documents of the sign of (errors in the source - errors in the output): 1 if
    /// all got better, -1 if all got worse.
    pub preference: f64,
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:11} {}", "words", self.words)?;
        writeln!(f, "{:11} {:.4}", "wer", self.wer)?;
        writeln!(f, "{:11} {:.4}", "wer_case", self.wer_case)?;
        writeln!(f, "{:11} {:.4}", "cer", self.cer)?;
        if let Some(source) = &self.source {
            writeln!(f, "{:11} {:.4}", "wer_source", source.wer_source)?;
            writeln!(f, "{:11} {:.4}", "harm", source.harm)?;
            writeln!(f, "{:11} {:.4}", "fixed", source.fixed)?;
            writeln!(f, "{:11} {:.4}", "numbers", source.numbers)?;
            writeln!(f, "{:11} {}", "src_wrong", source.src_wrong)?;
            writeln!(f, "{:11} {}", "harmed", source.harmed)?;
            writeln!(f, "{:11} {:.4}", "preference", source.preference)?;
        }
        writeln!(f, "{:11} {:.4}", "names", self.names)
    }
}

/// Adds up documents: gold, output and, for all documents or for none, the damaged source.
///
/// Lines are those of [`str::lines`].
#[derive(Debug, Clone, Default)]
pub struct Tally {
    documents: usize,
    words: usize,
    errors: usize,
    errors_case: usize,
    chars: usize,
    char_errors: usize,
    names: usize,
    names_right: usize,
    source: Option<SourceTally>,
    /// Folded gold and output words to their count and their turn.
    confusions: HashMap<(String, String), (usize, usize)>,
}

#[derive(Debug, Clone, Default)]
struct SourceTally {
    errors: usize,
    right: usize,
    harmed: usize,
    wrong: usize,
    mended: usize,
    numbers: usize,
    numbers_kept: usize,
    better: i64,
}

impl Tally {
    /// Adds a document, compared line by line.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] if the line counts differ, or if only some of the documents have a
    /// source. Nothing is added then.
    pub fn add(&mut self, gold: &[&str], output: &[&str], source: Option<&[&str]>) -> Result<(), Error> {
        for (name, lines) in [("output", Some(output)), ("source", source)] {
            if let Some(lines) = lines.filter(|lines| lines.len() != gold.len()) {
                let (gold, other) = (gold.len(), lines.len());
                return Err(Error::Training(format!(
                    "line counts differ: gold {gold}, {name} {other}; compare whole pages instead"
                )));
            }
        }
        if self.documents > 0 && self.source.is_some() != source.is_some() {
            return Err(Error::Training("give a source for every document, or for none".to_owned()));
        }

        let gained: i64 = (0..gold.len()).map(|i| self.add_line(gold[i], output[i], source.map(|s| s[i]))).sum();
        self.documents += 1;
        if source.is_some() {
            self.source.get_or_insert_default().better += gained.signum();
        }
        Ok(())
    }

    /// Adds a document, compared as one text whatever its lines: they are joined by a space.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] if only some of the documents have a source. Nothing is added then.
    pub fn add_whole(&mut self, gold: &[&str], output: &[&str], source: Option<&[&str]>) -> Result<(), Error> {
        let source = source.map(|lines| lines.join(" "));
        self.add(&[&gold.join(" ")], &[&output.join(" ")], source.as_deref().as_ref().map(slice::from_ref))
    }

    /// The figures of all documents added so far.
    pub fn scores(&self) -> Scores {
        Scores {
            words: self.words,
            wer: share(self.errors, self.words),
            wer_case: share(self.errors_case, self.words),
            cer: share(self.char_errors, self.chars),
            names: share(self.names_right, self.names),
            source: self.source.as_ref().map(|source| SourceScores {
                wer_source: share(source.errors, self.words),
                harm: share(source.harmed, source.right),
                fixed: share(source.mended, source.wrong),
                numbers: share(source.numbers_kept, source.numbers),
                src_right: source.right,
                src_wrong: source.wrong,
                harmed: source.harmed,
                preference: source.better as f64 / self.documents.max(1) as f64,
            }),
        }
    }

    /// What was taken for what, case folded, as ((gold, output), count): the most frequent first,
    /// then by first sight. A word left out has an empty output, a word put in an empty gold.
    pub fn confusions(&self) -> Vec<((&str, &str), usize)> {
        let mut confusions: Vec<_> = self.confusions.iter().collect();
        confusions.sort_unstable_by_key(|&(_, &(count, turn))| (Reverse(count), turn));
        confusions.into_iter().map(|((gold, got), &(count, _))| ((gold.as_str(), got.as_str()), count)).collect()
    }

    /// Adds one line, and tells how many errors less than the source the output has.
    fn add_line(&mut self, gold_line: &str, output_line: &str, source_line: Option<&str>) -> i64 {
        let gold = words(gold_line);
        let output = plain_words(output_line);
        let got = compare(&gold, &output, Word::folded);
        self.words += gold.iter().filter(|word| !word.wild).count();
        self.errors += got.errors();
        self.errors_case += compare(&gold, &output, Word::text).errors();
        for &(gold, got) in &got.confusions {
            let turn = self.confusions.len();
            self.confusions.entry((gold.to_owned(), got.to_owned())).or_insert((0, turn)).0 += 1;
        }
        if !gold_line.contains('⟦') {
            let (errors, chars) = char_errors(gold_line, output_line);
            self.char_errors += errors;
            self.chars += chars;
        }
        for (_, right) in iter::zip(&gold, &got.right).filter(|(word, _)| word.is_name()) {
            self.names += 1;
            self.names_right += usize::from(*right);
        }

        let Some(source_line) = source_line else {
            return 0;
        };
        let source = plain_words(source_line);
        let had = compare(&gold, &source, Word::folded);
        let tally = self.source.get_or_insert_default();
        tally.errors += had.errors();
        for (i, word) in gold.iter().enumerate().filter(|(_, word)| !word.wild) {
            let right = usize::from(got.right[i]);
            if had.right[i] {
                tally.right += 1;
                tally.harmed += 1 - right;
                if word.text.chars().all(is_digit) {
                    tally.numbers += 1;
                    tally.numbers_kept += right;
                }
            } else {
                tally.wrong += 1;
                tally.mended += right;
            }
        }
        had.errors() as i64 - got.errors() as i64
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

struct Word {
    text: String,
    folded: String,
    /// Where it begins, in bytes of its line's composed form.
    at: usize,
    /// Stands for anything.
    wild: bool,
    /// Neither first in the line nor after the end of a sentence.
    inside: bool,
}

impl Word {
    fn new(text: &str, at: usize, wild: bool, inside: bool) -> Self {
        let text = fold_tone_placement(text);
        Word { folded: text.to_lowercase(), text, at, wild, inside }
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn folded(&self) -> &str {
        &self.folded
    }

    fn is_name(&self) -> bool {
        !self.wild && self.inside && self.text.starts_with(char::is_uppercase) && self.text.contains(char::is_lowercase)
    }
}

fn words(line: &str) -> Vec<Word> {
    let line: String = line.nfc().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut inside = false;
    let mut open = None; // how many words there were before the ⟦
    for (at, c) in line.char_indices().chain([(line.len(), '\n')]) {
        if is_alphanumeric(c) || !word.is_empty() && matches!(c, '\u{300}'..='\u{36f}') {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(Word::new(&word, at - word.len(), open.is_some(), inside));
            word.clear();
            inside = true;
        }
        match c {
            '.' | '?' | '!' | ':' => inside = false,
            '⟦' if open.is_none() && line[at..].contains('⟧') => open = Some(words.len()),
            '⟧' if open.take() == Some(words.len()) => words.push(Word::new("", at, true, inside)),
            _ => {}
        }
    }
    words
}

/// Whether two lines have the same words; case and tone placement do not count.
pub(crate) fn same_words(a: &str, b: &str) -> bool {
    let (a, b) = (plain_words(a), plain_words(b));
    a.iter().map(Word::folded).eq(b.iter().map(Word::folded))
}

/// The words of an output or a source, where ⟦ ⟧ are mere punctuation.
fn plain_words(line: &str) -> Vec<Word> {
    words(&line.replace(['⟦', '⟧'], " "))
}

/// Letters and numbers; of what Unicode calls alphabetic, neither vowel signs nor enclosed letters.
fn is_alphanumeric(c: char) -> bool {
    c.is_alphanumeric() && !is_combining_mark(c) && !matches!(c, 'Ⓐ'..='ⓩ' | '🄰'..='🅉' | '🅐'..='🅩' | '🅰'..='🆉')
}

/// The digits to be met with in Vietnamese text: raised, lowered, circled and wide ones too.
fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '①'..='⑨' | '０'..='９')
}

/// hoà to hòa, khoẻ to khỏe, thuỷ to thủy: only where no letter follows, and not quỷ.
fn fold_tone_placement(word: &str) -> String {
    let mut chars: Vec<char> = word.nfd().collect();
    if let [onset @ .., glide, vowel, tone] = &mut chars[..]
        && matches!(tone, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
        && match glide {
            'o' | 'O' => matches!(vowel, 'a' | 'A' | 'e' | 'E' | 'y' | 'Y'),
            'u' | 'U' => matches!(vowel, 'y' | 'Y') && !matches!(onset, [.., 'q' | 'Q']),
            _ => false,
        }
    {
        mem::swap(vowel, tone);
    }
    chars.into_iter().nfc().collect()
}

/// How often edits of each confidence are right: whether confidence means what it says.
///
/// An edit is right if all words that it wrote are, case folded; one that took words out, if none is missing there.
/// [`Display`](fmt::Display) prints a line for each tenth of confidence, the expected calibration error (Naeini et al.
/// 2015) and the share of right edits above 0.9.
///
/// ```
/// use phucdau::{Restorer, train::eval::Reliability};
///
/// let mut reliability = Reliability::default();
/// let restored = Restorer::new().restore("Dang bo tinh Son La");
/// reliability.add(&["Đảng bộ tỉnh Sơn La"], &restored);
/// assert_eq!(reliability.sure(), 1.0);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Reliability {
    /// By tenth of confidence: edits, right ones, and the sum of their confidences.
    tenths: [(usize, usize, f64); 10],
}

impl Reliability {
    /// Adds a document: its gold lines, if the restored text has as many, or else both as one text.
    pub fn add(&mut self, gold: &[&str], restored: &Restoration) {
        let text = restored.text();
        if text.lines().count() != gold.len() {
            return self.add_text(&gold.join(" "), text, 0, restored.edits());
        }
        let mut begin = 0;
        let mut edits = restored.edits();
        for (line, gold) in text.split_inclusive('\n').zip(gold) {
            let end = begin + line.len();
            // What went from the text's end is of its last line.
            let here = edits.partition_point(|edit| edit.target.start < end || end == text.len());
            self.add_text(gold, line, begin, &edits[..here]);
            edits = &edits[here..];
            begin += line.len();
        }
    }

    fn add_text(&mut self, gold: &str, text: &str, begin: usize, edits: &[Edit]) {
        let gold = words(gold);
        // Brackets are replaced by as many bytes, so that places stay.
        let output = words(&text.replace(['⟦', '⟧'], "   "));
        let mut right = vec![false; output.len()];
        // Whether a gold word is missing before each word of the output, or at its end.
        let mut missing = vec![false; output.len() + 1];
        let mut next = 0;
        for (i, j) in align(&gold, &output, Word::folded) {
            match (i, j) {
                (Some(i), Some(j)) => right[j] = gold[i].wild || gold[i].folded == output[j].folded,
                (Some(i), None) => missing[next] |= !gold[i].wild,
                _ => {}
            }
            next = j.map_or(next, |j| j + 1);
        }
        for edit in edits {
            let from = output.partition_point(|word| begin + word.at < edit.target.start);
            let to = output.partition_point(|word| begin + word.at < edit.target.end);
            if from == to && plain_words(&edit.before).is_empty() {
                continue;
            }
            let fine = if from == to { !missing[from] } else { right[from..to].iter().all(|&right| right) };
            let tenth = &mut self.tenths[((f64::from(edit.confidence) * 10.0) as usize).min(9)];
            *tenth = (tenth.0 + 1, tenth.1 + usize::from(fine), tenth.2 + f64::from(edit.confidence));
        }
    }

    /// The expected calibration error: how far confidence is from the share of right edits, averaged over the edits.
    pub fn calibration_error(&self) -> f64 {
        let edits: usize = self.tenths.iter().map(|tenth| tenth.0).sum();
        let off: f64 = self.tenths.iter().map(|&(_, right, sum)| (right as f64 - sum).abs()).sum();
        off / edits.max(1) as f64
    }

    /// Of the edits of at least 0.9 confidence, the share that is right.
    pub fn sure(&self) -> f64 {
        share(self.tenths[9].1, self.tenths[9].0)
    }
}

impl fmt::Display for Reliability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (tenth, &(edits, right, sum)) in self.tenths.iter().enumerate().filter(|(_, tenth)| tenth.0 > 0) {
            let (from, to) = (tenth as f64 / 10.0, (tenth + 1) as f64 / 10.0);
            let n = edits as f64;
            writeln!(
                f,
                "{from:.1}-{to:.1}     {edits:6} edits, confidence {:.3}, right {:.3}",
                sum / n,
                right as f64 / n
            )?;
        }
        writeln!(f, "{:11} {:.4}", "calibration", self.calibration_error())?;
        writeln!(f, "{:11} {:.4}", "sure", self.sure())
    }
}

struct Comparison<'a> {
    /// For each gold word; wildcards are always right.
    right: Vec<bool>,
    /// Gold and got, the one empty where a word was put in, the other where one was left out.
    confusions: Vec<(&'a str, &'a str)>,
}

impl Comparison<'_> {
    fn errors(&self) -> usize {
        self.confusions.len()
    }
}

fn compare<'a>(gold: &'a [Word], got: &'a [Word], form: fn(&Word) -> &str) -> Comparison<'a> {
    let mut right = vec![false; gold.len()];
    let mut confusions = Vec::new();
    for (i, j) in align(gold, got, form) {
        let pair = (i.map_or("", |i| form(&gold[i])), j.map_or("", |j| form(&got[j])));
        match i {
            Some(i) if gold[i].wild || pair.0 == pair.1 => right[i] = true,
            _ => confusions.push(pair),
        }
    }
    Comparison { right, confusions }
}

/// The cheapest alignment (Levenshtein), pairs first, then words left out, seen from the end.
fn align(gold: &[Word], got: &[Word], form: fn(&Word) -> &str) -> Vec<(Option<usize>, Option<usize>)> {
    let (n, m) = (gold.len(), got.len());
    let at = |i: usize, j: usize| i * (m + 1) + j;
    let skip = |i: usize| if gold[i].wild { 0.0 } else { 1.0 };
    let pair = |i: usize, j: usize| {
        if gold[i].wild { 0.0 } else { substitution(form(&gold[i]), form(&got[j])) }
    };

    let mut cost = vec![0.0; (n + 1) * (m + 1)];
    for (j, cell) in cost[..=m].iter_mut().enumerate() {
        *cell = j as f64;
    }
    for i in 1..=n {
        cost[at(i, 0)] = i as f64;
        for j in 1..=m {
            cost[at(i, j)] = (cost[at(i - 1, j - 1)] + pair(i - 1, j - 1))
                .min(cost[at(i - 1, j)] + skip(i - 1))
                .min(cost[at(i, j - 1)] + 1.0);
        }
    }

    let (mut i, mut j) = (n, m);
    let mut path = Vec::with_capacity(n.max(m));
    while i > 0 || j > 0 {
        let came_from = |before: usize, step: f64| (cost[at(i, j)] - cost[before] - step).abs() < 1e-9;
        if i > 0 && j > 0 && came_from(at(i - 1, j - 1), pair(i - 1, j - 1)) {
            (i, j) = (i - 1, j - 1);
            path.push((Some(i), Some(j)));
        } else if i > 0 && (j == 0 || came_from(at(i - 1, j), skip(i - 1))) {
            i -= 1;
            path.push((Some(i), None));
        } else {
            j -= 1;
            path.push((None, Some(j)));
        }
    }
    path.reverse();
    path
}

/// 0 for the same word, else 1, less a tie breaker for words that look alike.
fn substitution(a: &str, b: &str) -> f64 {
    if a == b {
        return 0.0;
    }
    let alike = |yes: bool| if yes { 1e-4 } else { 0.0 };
    1.0 - alike(a.chars().next() == b.chars().next()) - alike(a.chars().count() == b.chars().count())
}

/// The edit distance of two lines, and the length of the gold one.
fn char_errors(gold: &str, got: &str) -> (usize, usize) {
    let (gold, got) = (squeezed(gold), squeezed(got));
    let mut row: Vec<usize> = (0..=got.len()).collect();
    for (i, a) in gold.iter().enumerate() {
        let mut diagonal = mem::replace(&mut row[0], i + 1);
        for (j, b) in got.iter().enumerate() {
            let best = (diagonal + usize::from(a != b)).min(row[j + 1] + 1).min(row[j] + 1);
            diagonal = mem::replace(&mut row[j + 1], best);
        }
    }
    (row[got.len()], gold.len())
}

/// In NFC, with one space for each run of white space (also U+1C to U+1F) and none around.
fn squeezed(line: &str) -> Vec<char> {
    let line: String = line.nfc().collect();
    let mut chars = Vec::with_capacity(line.len());
    for piece in line.split(|c: char| c.is_whitespace() || matches!(c, '\x1c'..='\x1f')).filter(|p| !p.is_empty()) {
        if !chars.is_empty() {
            chars.push(' ');
        }
        chars.extend(piece.chars());
    }
    chars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Assessment;
    use crate::span::Span;

    #[test]
    fn words_of_a_line() {
        let cases: [(&str, &[&str]); 12] = [
            ("", &[]),
            (" - … ", &[]),
            ("Số: 12/BC-ĐU", &["Số", "12", "BC", "ĐU"]),
            ("snake_case m² ½", &["snake", "case", "m²", "½"]),
            ("hoa\u{300} x\u{335}y \u{301}a", &["hòa", "x\u{335}y", "a"]),
            ("a ⟦b c⟧ d", &["a", "*", "*", "d"]),
            ("a⟦⟧d", &["a", "*", "d"]),
            ("a ⟦ - ⟧ d", &["a", "*", "d"]),
            ("⟦a⟦b⟧c⟧", &["*", "*", "c"]),
            ("a⟦b", &["a", "b"]),
            ("a⟧b⟦", &["a", "b"]),
            ("Ⓐb किx", &["b", "क", "x"]),
        ];
        for (line, expected) in cases {
            let words = words(line);
            let got: Vec<_> = words.iter().map(|word| if word.wild { "*" } else { word.text() }).collect();
            assert_eq!(got, expected, "{line}");
        }
    }

    #[test]
    fn tone_placement() {
        let cases = [
            ("hoà", "hòa"),
            ("HOÀ", "HÒA"),
            ("khoẻ", "khỏe"),
            ("oạ", "ọa"),
            ("thuỷ", "thủy"),
            ("uỷ", "ủy"),
            ("quỷ", "quỷ"),
            ("Quỷ", "Quỷ"),
            ("hòa", "hòa"),
            ("hoàn", "hoàn"),
            ("hoằ", "hoằ"),
            ("quà", "quà"),
            ("tuà", "tuà"),
            ("của", "của"),
            ("", ""),
        ];
        for (word, expected) in cases {
            assert_eq!(fold_tone_placement(word), expected, "{word}");
        }
    }

    #[test]
    fn names_in_a_line() {
        let cases: [(&str, &[&str]); 8] = [
            ("Ông Nguyễn Văn An", &["Nguyễn", "Văn", "An"]),
            ("Đến Huế. Rồi về Vinh! Ai? Tôi: Lan", &["Huế", "Vinh"]),
            ("tỉnh SƠN LA, xã Phiêng", &["Phiêng"]),
            ("ở (Hà \"Nội\")", &["Hà", "Nội"]),
            ("  - Kính gửi", &[]),
            ("Ông ⟦Lê⟧ Lợi", &["Lợi"]),
            ("⟦ông⟧ Lợi", &["Lợi"]),
            ("⟦xong.⟧ Ông", &[]),
        ];
        for (line, expected) in cases {
            let words = words(line);
            let got: Vec<_> = words.iter().filter(|word| word.is_name()).map(Word::text).collect();
            assert_eq!(got, expected, "{line}");
        }
    }

    #[test]
    fn errors_of_a_line() {
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
        let cases: [Case; 12] = [
            ("", "", &[]),
            ("A b", "a B", &[]),
            ("a b", "", &[("a", ""), ("b", "")]),
            ("", "a", &[("", "a")]),
            ("xã Phiêng Pằn", "xã PhiêngPằn", &[("phiêng", ""), ("pằn", "phiêngpằn")]),
            ("xóm ba bản", "xóm bản", &[("ba", "")]),
            ("ab cd", "cx", &[("ab", ""), ("cd", "cx")]),
            ("ab cd", "xx", &[("ab", ""), ("cd", "xx")]),
            ("a ⟦x⟧ b", "a y b", &[]),
            ("a ⟦x⟧ b", "a b", &[]),
            ("⟦x⟧ a b", "a b", &[]),
            ("a b", "⟦a⟧ b", &[]),
        ];
        for (gold, got, expected) in cases {
            let (gold_words, got_words) = (words(gold), plain_words(got));
            assert_eq!(compare(&gold_words, &got_words, Word::folded).confusions, expected, "{gold} <- {got}");
        }
    }

    #[test]
    fn characters_of_a_line() {
        let cases = [
            ("", "", (0, 0)),
            ("abc", "", (3, 3)),
            ("", "abc", (3, 0)),
            ("kitten", "sitting", (3, 6)),
            (" a \t\u{1c}b\u{a0}", "a b", (0, 3)),
            ("ho\u{61}\u{300}", "hoà", (0, 3)),
            ("hoà", "hòa", (2, 3)),
        ];
        for (gold, got, expected) in cases {
            assert_eq!(char_errors(gold, got), expected, "{gold} <- {got}");
        }
    }

    #[test]
    fn preference_is_per_document() {
        let gold = ["một hai ba", "bốn"];
        let source = ["mot hai ba", "bốn"];
        let cases = [
            (vec![["một hai ba", "bốn"]], 1.0),
            (vec![["mot hai ba", "bốn"]], 0.0),
            (vec![["mot hai", "bốn"]], -1.0),
            (vec![["một hai ba", "bon"]], 0.0),
            (vec![["một hai ba", "bốn"], ["mot hai ba", "bốn"]], 0.5),
        ];
        for (outputs, expected) in cases {
            let (mut lines, mut whole) = (Tally::default(), Tally::default());
            for output in &outputs {
                lines.add(&gold, output, Some(&source)).unwrap();
                whole.add_whole(&gold, output, Some(&source)).unwrap();
            }
            for tally in [lines, whole] {
                assert_eq!(tally.scores().source.unwrap().preference, expected, "{outputs:?}");
            }
        }
    }

    #[test]
    fn reliability_by_tenth() {
        // Source, what each edit wrote in its place and how surely, gold.
        let edit = |at: usize, before: &str, target: usize, after: &str, confidence| Edit {
            source: Span::new(at, at + before.len()),
            target: Span::new(target, target + after.len()),
            before: before.into(),
            after: after.into(),
            confidence,
            alternatives: Vec::new(),
        };
        let restored = Restoration {
            text: "một hái\nbốn".into(),
            // Right; wrong; noise that was none; noise that was.
            edits: vec![
                edit(0, "mot", 0, "một", 0.95),
                edit(4, "hai", 6, "hái", 0.55),
                edit(7, " xx", 10, "", 0.45),
                edit(11, "bon", 11, "bốn", 1.0),
                edit(14, " ee", 16, "", 0.35),
            ],
            assessment: Assessment::nothing(),
        };
        let mut reliability = Reliability::default();
        reliability.add(&["một hai ba", "bốn"], &restored);
        let expected: [(usize, usize); 10] =
            [(0, 0), (0, 0), (0, 0), (1, 1), (1, 0), (1, 0), (0, 0), (0, 0), (0, 0), (2, 2)];
        assert_eq!(reliability.tenths.map(|(edits, right, _)| (edits, right)), expected);
        assert_eq!(reliability.sure(), 1.0);
        assert!((reliability.calibration_error() - (0.65 + 0.45 + 0.55 + 0.05) / 5.0).abs() < 1e-6);
        // As one text, if the lines are others.
        let mut whole = Reliability::default();
        whole.add(&["một hai", "ba", "bốn"], &restored);
        assert_eq!(whole.tenths.map(|(edits, right, _)| (edits, right)), expected);
    }

    #[test]
    fn refusals() {
        let mut tally = Tally::default();
        assert!(tally.add(&["a"], &["a", "b"], None).unwrap_err().to_string().contains("gold 1, output 2"));
        assert!(tally.add(&["a"], &["a"], Some(&[])).unwrap_err().to_string().contains("gold 1, source 0"));
        assert_eq!(tally.scores(), Tally::default().scores());
        tally.add(&["a"], &["a"], None).unwrap();
        assert!(tally.add(&["a"], &["a"], Some(&["a"])).is_err());
        assert!(tally.add_whole(&["a"], &["a"], Some(&["a"])).is_err());
        assert_eq!(tally.scores().words, 1);
    }

    #[test]
    fn printed() {
        let mut tally = Tally::default();
        tally.add(&["Ở Hà Nội"], &["Ở Ha Nội"], None).unwrap();
        let expected = ["words       3", "wer         0.3333", "wer_case    0.3333"];
        let expected = [&expected[..], &["cer         0.1250", "names       0.5000", ""]].concat();
        assert_eq!(tally.scores().to_string(), expected.join("\n"));
    }
}
