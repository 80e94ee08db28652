//! Cuts text into lines and pieces: what may be a word, what is a number, and the marks between.
//!
//! Clean and damaged text are cut by the same rules, so that the model meets the pieces it was trained on. In damaged
//! text symbols such as `¢` stand for letters and belong to the piece; quotes and brackets belong to it inside a word
//! (`d(‘A)ng`), and at its edges only perhaps: [`Piece::wide`] is the reading that takes them in.

use crate::span::Span;
use crate::text::lost::{has_sign, is_sign};
use std::sync::LazyLock;

/// What a piece looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters alone.
    Word,
    /// Letters or symbols, and digits or symbols among them: a damaged word or a code.
    Mixed,
    /// An e-mail or web address, or a file's path.
    Address,
    /// A word of which letters were lost, with signs in their places.
    Gapped,
    /// Text of which letters were lost when it was taken out of its file: `V(cid:111)t`, `Vi\u{fffd}t`.
    Lost,
    /// Digits alone, with the dots, commas, slashes and dashes that join them.
    Number,
}

/// What parts a piece from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing: they are glued, or only hyphen, slash and the like are between.
    Glued,
    /// Spaces.
    Space,
    /// A comma, colon, bracket or dash.
    Pause,
    /// A line's end in the middle of a sentence.
    Line,
    /// The end of a sentence or paragraph, or the text's beginning.
    Sentence,
}

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place.
    pub span: Span,
    /// Its place with the quotes and brackets at its edges, which may be damaged letters.
    pub wide: Span,
    /// What it looks like.
    pub kind: Kind,
    /// What stands before it.
    pub gap: Gap,
    /// Whether the piece stands in a line that is, by far, in capitals.
    pub capitals: bool,
    /// The number of its word in a vocabulary, or [`UNNUMBERED`].
    pub number: u32,
}

/// The number of a piece that was not given any yet.
pub const UNNUMBERED: u32 = u32::MAX;

impl Piece {
    /// Whether it is no text to be restored.
    pub fn is_kept(&self) -> bool {
        matches!(self.kind, Kind::Address | Kind::Lost)
    }
}

/// What a character may be part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    /// Stands for a letter in damaged text: `¢ € &`.
    Symbol,
    /// A quote, bracket or other sign: a letter's part inside a word, punctuation at its edges.
    Quote,
    /// Parts words, joins digits.
    Joint,
}

/// What a character is: its class, and whether it is a capital or a small letter.
#[derive(Clone, Copy)]
struct Traits {
    class: Class,
    capital: bool,
    small: bool,
}

impl Traits {
    fn of(c: char) -> Self {
        let class = match c {
            'a'..='z' | 'A'..='Z' => Class::Letter,
            '0'..='9' => Class::Digit,
            '.' | ',' | ';' | ':' | '-' | '/' | '…' | '–' | '—' | '‐' | '‑' | '−' => Class::Joint,
            '&' | '@' | '$' | '¢' | '€' | '£' | '§' | '¥' | '©' | '®' => Class::Symbol,
            c if c.is_whitespace() => Class::Space,
            c if c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) || is_sign(c) => Class::Letter,
            c if c.is_numeric() => Class::Digit,
            _ => Class::Quote,
        };
        Traits { class, capital: c.is_uppercase(), small: c.is_lowercase() }
    }
}

/// The traits of the characters that texts are full of: one look tells them sooner than Unicode's tables.
static TRAITS: LazyLock<Vec<Traits>> =
    LazyLock::new(|| (0..0x2100).map(|c| Traits::of(char::from_u32(c).unwrap_or_default())).collect());

/// The letters of a line that show whether it is in capitals.
#[derive(Default)]
struct Capitals {
    words: usize,
    upper: usize,
    letters: usize,
}

impl Capitals {
    /// Adds a word with so many capitals and small letters.
    fn add(&mut self, high: usize, low: usize) {
        self.words += usize::from(high + low > 0);
        self.upper += usize::from(high > low);
        self.letters += high;
    }

    /// Whether the words are in capitals, by far.
    fn prevail(&self) -> bool {
        self.letters >= 4 && self.upper * 4 >= self.words * 3
    }
}

/// Whether a character may stand before the closing bracket of a list mark.
fn is_mark(c: char) -> bool {
    c == '(' || c.is_ascii_digit()
}

/// Whether this is a number of three digits or more with the sign of a currency: `$6` may be a word yet.
fn is_amount(run: &str) -> bool {
    let number = run.trim_matches(['$', '€', '£', '¥']);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    number.len() < run.len() && digits >= 3 && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}

/// Cuts a text into pieces.
pub fn segment(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(text.len() / 5);
    let mut cutter = Cutter::default();
    text.split_inclusive('\n').for_each(|line| cutter.cut(line, &mut pieces));
    pieces
}

/// A text in pieces, which are kept if it is short, and else cut anew each time they are asked for.
pub struct Cut<'t> {
    text: &'t str,
    kept: Option<Vec<Piece>>,
}

/// Longer texts, in bytes, are cut anew.
const SHORT: usize = 3 << 19;

/// So many pieces, and the rest of their line, are handed over at once.
const BATCH: usize = 1 << 12;

impl<'t> Cut<'t> {
    pub fn new(text: &'t str) -> Self {
        Cut { text, kept: (text.len() <= SHORT).then(|| segment(text)) }
    }

    /// Whether the pieces are the same each time, with the numbers that they were given.
    pub fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Hands over all pieces, whole lines at a time.
    pub fn each(&mut self, mut visit: impl FnMut(&mut [Piece])) {
        if let Some(pieces) = &mut self.kept {
            return visit(pieces);
        }
        let mut pieces = Vec::with_capacity(2 * BATCH);
        let mut cutter = Cutter::default();
        for line in self.text.split_inclusive('\n') {
            cutter.cut(line, &mut pieces);
            if pieces.len() >= BATCH {
                visit(&mut pieces);
                pieces.clear();
            }
        }
        visit(&mut pieces);
    }
}

/// Cuts a text line by line, and knows of the lines before what it needs.
struct Cutter {
    /// Where the next line begins.
    start: usize,
    /// How long the longest line of the paragraph is.
    width: usize,
    /// Whether the last line ended its sentence, and whether it was blank.
    broken: bool,
    blank: bool,
}

impl Default for Cutter {
    fn default() -> Self {
        Cutter { start: 0, width: 0, broken: true, blank: true }
    }
}

impl Cutter {
    /// Adds the pieces of the next line.
    fn cut(&mut self, line: &str, pieces: &mut Vec<Piece>) {
        let content = line.trim_end();
        let chars = content.len();
        if content.is_empty() {
            (self.broken, self.blank) = (true, true);
            self.width = 0;
        } else {
            let first = pieces.len();
            segment_line(content, self.start, pieces);
            if let Some(piece) = pieces.get_mut(first) {
                let content = content.trim_start();
                let opens = content
                    .starts_with(|c: char| !c.is_alphabetic() && !is_sign(c) && c != '(' && c != '&' && c != '¢');
                let goes_on = !self.blank && content.starts_with(char::is_lowercase);
                let sentence = (self.broken && !goes_on) || (opens && piece.kind != Kind::Mixed);
                piece.gap = if sentence { Gap::Sentence } else { Gap::Line };
            }
            // A line much shorter than the longest of its paragraph ends it, and so does a full stop.
            self.width = self.width.max(chars);
            self.broken = content.ends_with(['.', ';', ':', '?', '!']) || chars * 10 < self.width * 7;
            self.blank = false;
        }
        self.start += line.len();
    }
}

/// Cuts one line, which lies at byte `offset` of its text, and adds its pieces.
pub fn segment_line(line: &str, offset: usize, pieces: &mut Vec<Piece>) {
    let first = pieces.len();
    let may_have_whole = line.bytes().any(|byte| matches!(byte, b'/' | b'\\' | b'@' | b'(' | b'w' | b'W' | 0xef));
    let is_gapped = may_have_whole && has_sign(line);
    let mut gap = Gap::Sentence;
    let mut capitals = Capitals::default();
    let table = TRAITS.as_slice();
    let traits = |c: char| table.get(c as usize).copied().unwrap_or_else(|| Traits::of(c));
    let class = |c: char| traits(c).class;
    let mut rest = line.char_indices();
    let mut spaced = true;
    while let Some((at, c)) = rest.next() {
        let here = traits(c);
        if std::mem::replace(&mut spaced, here.class == Class::Space) && here.class != Class::Space && may_have_whole {
            let chunk = line[at..].split(char::is_whitespace).next().unwrap_or_default();
            if let Some(kind) = whole(chunk) {
                let span = Span::new(offset + at, offset + at + chunk.len());
                pieces.push(Piece { span, wide: span, kind, gap, capitals: false, number: UNNUMBERED });
                gap = Gap::Glued;
                while rest.offset() < at + chunk.len() && rest.next().is_some() {}
                continue;
            }
        }
        match here.class {
            Class::Space => gap = gap.max(Gap::Space),
            Class::Joint => {
                let ends = rest.clone().next().is_none_or(|(_, next)| class(next) == Class::Space);
                gap = gap.max(match c {
                    '.' | '…' if ends => Gap::Sentence,
                    '.' | '-' | '/' => Gap::Glued,
                    _ => Gap::Pause,
                });
            }
            Class::Quote
                if (rest.clone().next()).is_none_or(|(_, next)| matches!(class(next), Class::Space | Class::Joint)) =>
            {
                gap = gap.max(if matches!(c, '?' | '!') { Gap::Sentence } else { Gap::Pause });
            }
            _ => {
                // A run without spaces, cut at joints that do not stand between digits.
                let mut last = here.class;
                // The classes that are in it, a bit each.
                let mut classes = 1 << last as u8;
                let (mut high, mut low) = (usize::from(here.capital), usize::from(here.small));
                let mut ahead = rest.clone();
                while let Some((next_at, next)) = ahead.next() {
                    let there = traits(next);
                    match there.class {
                        Class::Space => break,
                        // The bracket of a list mark: `1)Người` is two pieces.
                        Class::Quote if next == ')' && next_at - at <= 8 && line[at..next_at].chars().all(is_mark) => {
                            break;
                        }
                        Class::Joint => {
                            let digit = |(_, next)| class(next) == Class::Digit;
                            if last != Class::Digit || !ahead.clone().next().is_some_and(digit) {
                                break;
                            }
                            last = Class::Joint;
                        }
                        other => last = other,
                    }
                    classes |= 1 << last as u8;
                    high += usize::from(there.capital);
                    low += usize::from(there.small);
                    rest = ahead.clone();
                }
                let end = rest.offset();
                let run = &line[at..end];
                let has = |class: Class| classes >> class as u8 & 1 == 1;
                let core = if has(Class::Quote) { run.trim_matches(|c| class(c) == Class::Quote) } else { run };
                if core.is_empty() {
                    gap = gap.max(Gap::Pause);
                    continue;
                }
                let begin = core.as_ptr() as usize - line.as_ptr() as usize;
                let (lead, trail) = (begin - at, end - begin - core.len());
                if core.len() < run.len() {
                    classes = core.chars().fold(0, |classes, c| classes | 1 << class(c) as u8);
                }
                let numeric = 1 << Class::Digit as u8 | 1 << Class::Joint as u8;
                let kind = match classes {
                    _ if is_gapped && core.contains(is_sign) => Kind::Gapped,
                    _ if classes == 1 << Class::Letter as u8 => Kind::Word,
                    _ if classes & !numeric == 0 => Kind::Number,
                    _ if classes & !(numeric | 1 << Class::Symbol as u8) == 0 && is_amount(core) => Kind::Number,
                    _ => Kind::Mixed,
                };
                if gap != Gap::Glued || lead > 0 {
                    capitals.add(high, low);
                }
                pieces.push(Piece {
                    span: Span::new(offset + begin, offset + begin + core.len()),
                    wide: Span::new(offset + at, offset + end),
                    kind,
                    gap: if lead > 0 { gap.max(Gap::Pause) } else { gap },
                    capitals: false,
                    number: UNNUMBERED,
                });
                gap = match run[run.len() - trail..].chars().last() {
                    Some('?' | '!') => Gap::Sentence,
                    Some(_) => Gap::Pause,
                    None => Gap::Glued,
                };
            }
        }
    }
    if capitals.prevail() {
        pieces[first..].iter_mut().for_each(|piece| piece.capitals = true);
    }
}

/// What a stretch without spaces is that is not to be cut.
fn whole(chunk: &str) -> Option<Kind> {
    if is_address(chunk) {
        return Some(Kind::Address);
    }
    (chunk.contains("(cid:") || chunk.contains(char::REPLACEMENT_CHARACTER)).then_some(Kind::Lost)
}

/// Whether a stretch without spaces is an e-mail or web address, or a file's path.
fn is_address(chunk: &str) -> bool {
    let from_root = chunk.starts_with('/') && chunk[1..].contains('/') && chunk.is_ascii();
    if from_root || chunk.get(1..3) == Some(":\\") {
        return true;
    }
    let name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    let chunk = chunk.trim_matches(|c: char| c.is_ascii_punctuation());
    if chunk.contains("://") || chunk.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) {
        return true;
    }
    chunk.split_once('@').is_some_and(|(user, host)| name(user) && name(host) && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_alike() {
        let page = "Đại hội lần thứ 5,\nhọp ở xã.\n\n- Nội dung (3 mục): a) b)\nchưa hết dòng\n";
        let text = page.repeat(1 + 2 * BATCH / segment(page).len());
        let (mut pieces, mut batches) = (Vec::new(), 0);
        Cut { text: &text, kept: None }.each(|batch| {
            pieces.extend_from_slice(batch);
            batches += 1;
        });
        assert_eq!(pieces, segment(&text));
        assert!(batches > 2);
    }

    #[test]
    fn pieces_of_damaged_and_clean_text() {
        let cases: &[(&str, &[(&str, Kind)])] = &[
            (
                "Phiéng Pan, ngdy 7",
                &[("Phiéng", Kind::Word), ("Pan", Kind::Word), ("ngdy", Kind::Word), ("7", Kind::Number)],
            ),
            ("S6: 12-BC/ĐU", &[("S6", Kind::Mixed), ("12", Kind::Number), ("BC", Kind::Word), ("ĐU", Kind::Word)]),
            ("b¢ (101 d(‘A)ng", &[("b¢", Kind::Mixed), ("101", Kind::Number), ("d(‘A)ng", Kind::Mixed)]),
            ("2020-2025; 1.234,5%", &[("2020-2025", Kind::Number), ("1.234,5", Kind::Number)]),
            (
                "-$2026 1,500€, $6 £m",
                &[("$2026", Kind::Number), ("1,500€", Kind::Number), ("$6", Kind::Mixed), ("£m", Kind::Mixed)],
            ),
            ("xã hội...\" (và)", &[("xã", Kind::Word), ("hội", Kind::Word), ("và", Kind::Word)]),
            ("xem www.vi-du.vn/thong-bao.", &[("xem", Kind::Word), ("www.vi-du.vn/thong-bao.", Kind::Address)]),
            ("/etc/hosts C:\\mau.txt", &[("/etc/hosts", Kind::Address), ("C:\\mau.txt", Kind::Address)]),
            ("so@vidu.vn d@ng", &[("so@vidu.vn", Kind::Address), ("d@ng", Kind::Mixed)]),
            ("(cid:1)V(cid:9)t Vi\u{fffd}t", &[("(cid:1)V(cid:9)t", Kind::Lost), ("Vi\u{fffd}t", Kind::Lost)]),
            ("(1)Người", &[("1", Kind::Number), ("Người", Kind::Word)]),
            ("ché,y — ¢ !", &[("ché", Kind::Word), ("y", Kind::Word), ("¢", Kind::Mixed)]),
        ];
        for (text, expected) in cases {
            let got: Vec<_> = segment(text).iter().map(|p| (p.span.of(text), p.kind)).collect();
            assert_eq!(&got, expected, "{text}");
        }
    }

    #[test]
    fn capitals() {
        for (line, expected) in [
            ("Số: 12/BC-UBND", false),
            ("DANG UY XA PHIENG PAN", true),
            ("CONG HOA xA HQI CHU", true),
            ("Tại UBND xã", false),
        ] {
            assert_eq!(segment(line)[0].capitals, expected, "{line}");
        }
    }

    #[test]
    fn gaps() {
        let text = "Một, hai ba. Bốn (năm)\nsáu-bảy\n\ntám";
        let gaps: Vec<_> = segment(text).iter().map(|p| p.gap).collect();
        use Gap::*;
        assert_eq!(gaps, [Sentence, Pause, Space, Sentence, Pause, Line, Glued, Sentence]);
    }
}
