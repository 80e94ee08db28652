//! Which legacy encoding each line of a text is in, if any.
//!
//! Every decoding that a line's characters allow is tried, and the language model says what is the likelier text: the
//! line as it stands, or one of these. A decoding must make nearly all words that it changes words of the lexicon. Lines
//! say little each, so each leans on what the other lines of its document were found to be.

use super::capitals;
use super::cipher;
use super::legacy::{self, Decoded, Encoding, Layout};
use super::map::{Draft, Map};
use super::signs;
use super::soft_hyphen;
use super::symbol_font;
use crate::lexicon::Lexicon;
use crate::model::Parts;
use crate::ngram::{self, State};
use crate::segment::{self, Kind, Piece};
use crate::span::Span;
use crate::text::letter;
use std::borrow::Cow;

/// A cost of a whole line, which may be of any length: in units of the language model.
type Cost = i64;

const UNIT: Cost = ngram::UNIT as Cost;

/// What it costs that a line is in a legacy encoding, of which nothing else is known.
const RARE: Cost = 8 * UNIT;

/// The same in a document that has such lines.
const USUAL: Cost = UNIT;

/// A document has lines in an encoding if these are likelier by so much, taken together.
const EVIDENCE: Cost = 20 * UNIT;

/// What a word that the lexicon lacks costs beyond the language model, and each of its letters.
const UNKNOWN: Cost = UNIT;
const UNKNOWN_LETTER: Cost = 2 * UNIT;

/// What a word costs that has codes, which are not known yet.
const CODED: Cost = 2 * UNIT;

/// What it costs that a sign stands on a letter that is no mark of it.
const SIGN: Cost = 3 * UNIT;

/// What it costs that a line is in private-use characters.
const PRIVATE: Cost = 16 * UNIT;

/// What it says for a sign's being punctuation that it ends its line.
const LAST_STOP: Cost = 3 * UNIT;

/// So many characters before and after a sign tell what it is: more words than the language model looks back, mostly.
const AROUND: usize = 48;

/// So many lines tell what fonts a document has.
const MANY: usize = 500;

/// The encodings of one byte a letter, or two.
const BYTES: [Encoding; 5] = [Encoding::Tcvn3, Encoding::Vni, Encoding::Vps, Encoding::Viscii, Encoding::Cp1258];

/// What characters a line has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Signs {
    /// Vietnamese letters that no other code page has.
    own: bool,
    /// Characters of cp1252 beyond ASCII.
    high: bool,
    /// Of these such as OCR does not write into Vietnamese pages.
    strange: bool,
    /// The beginning of a letter in UTF-8, read byte by byte.
    utf8: bool,
    /// Vowels with signs behind them.
    signs: bool,
    /// References of HTML.
    reference: bool,
    /// What programs begin the numbers of letters with.
    escape: bool,
    /// Characters that nothing but numbers of glyphs puts into Vietnamese text.
    glyphs: bool,
    /// Words of plain letters, and those of them that may be keys of Telex or VNI.
    words: u32,
    keys: u32,
}

impl Signs {
    fn of(line: &str) -> Self {
        let mut signs = Signs::default();
        let (mut before, mut letters, mut doubled, mut marks) = ('\n', 0, false, 0);
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied().unwrap_or('\n');
            match c {
                'a'..='z' | 'A'..='Z' => {
                    letters += 1;
                    doubled |= matches!(c, 'w' | 'W') || (is_doubled(c) && c.eq_ignore_ascii_case(&before));
                    let ends = !letter::is_alphabetic(next) && !next.is_numeric();
                    if ends {
                        signs.words += 1;
                        signs.keys += u32::from(letters >= 2 && (doubled || is_tone(c)));
                    }
                }
                '0'..='9' if before.is_ascii_alphabetic() => {
                    signs.keys += u32::from(c != '0' && letters >= 2);
                    signs.escape |= c < '2' && matches!(before, 'u' | 'U');
                }
                '\\' => signs.escape |= matches!(next, 'u' | 'U' | 'x' | '2' | '3'),
                '%' => signs.escape |= next == 'u' || next.is_ascii_hexdigit(),
                '=' => signs.escape |= matches!(next, 'C' | 'E'),
                '<' => signs.escape |= matches!(next, 'U' | 'c' | 'e'),
                '^' | '+' | '*' | '(' | '\'' | '`' | '?' | '~' | '.' => {
                    let mark = b"aeiouyAEIOUY".contains(&(before as u32 as u8)) && before.is_ascii();
                    let inside = c == '^' || next.is_alphanumeric() || matches!(next, '\'' | '`' | '?' | '~' | '.');
                    signs.signs |= mark && (inside || marks > 0);
                    marks += u32::from(mark && c != '.');
                }
                '-' if before.eq_ignore_ascii_case(&'d') => signs.signs |= next.is_alphabetic(),
                '&' => signs.reference |= next == '#' || next.is_ascii_alphabetic(),
                // As in `(cid:57)`.
                ':' => signs.glyphs |= before == 'd' && next.is_ascii_digit(),
                '\u{3}' | '\u{e}'..='\u{1f}' => signs.glyphs = true,
                '\0'..='\x7f' => {}
                _ if is_glyph(c) => signs.glyphs = true,
                _ if is_own(c) => {
                    signs.own = true;
                    signs.utf8 |= c == 'Ă' && is_high(next);
                }
                _ if is_high(c) => {
                    signs.high = true;
                    signs.strange |= !is_usual(c);
                    signs.utf8 |= matches!(c, 'Ã' | 'Ä' | 'Å' | 'Æ' | 'á' | 'â' | 'Ì' | 'Í') && is_high(next);
                }
                _ => {}
            }
            if !c.is_ascii_alphabetic() {
                (letters, doubled) = (0, false);
            }
            before = c;
        }
        signs
    }

    /// Whether there may be any encoding at all.
    fn are_any(self) -> bool {
        self.high || self.utf8 || self.signs || self.reference || self.escape || self.glyphs || self.keys > 0
    }

    /// The encodings that the line may be in.
    fn encodings(self, likely: &[Encoding]) -> impl Iterator<Item = Encoding> {
        // Of a line of keys most words are such; in a line that is right they may have been left.
        let many = self.keys >= 2 && (self.own || self.keys * 3 >= self.words);
        Encoding::ALL.iter().copied().filter(move |encoding| match encoding {
            encoding if BYTES.contains(encoding) => {
                !self.own && self.high && (self.strange || likely.contains(encoding))
            }
            Encoding::Utf8AsLatin => self.utf8,
            Encoding::Viqr => self.signs && !self.own,
            Encoding::Ncr => self.reference,
            Encoding::Escapes => self.escape,
            Encoding::GlyphIds => self.glyphs || likely.contains(encoding),
            Encoding::TelexKeys | Encoding::VniKeys => many || (self.keys > 0 && likely.contains(encoding)),
            _ => false,
        })
    }
}

/// Letters that Telex doubles.
fn is_doubled(c: char) -> bool {
    matches!(c, 'a' | 'd' | 'e' | 'o' | 'A' | 'D' | 'E' | 'O')
}

/// Letters that are tones in Telex.
fn is_tone(c: char) -> bool {
    matches!(c, 's' | 'f' | 'r' | 'x' | 'j' | 'S' | 'F' | 'R' | 'X' | 'J')
}

/// Vietnamese letters and marks that are in no code page of Western Europe.
fn is_own(c: char) -> bool {
    matches!(c, 'ă' | 'Ă' | 'đ' | 'Đ' | 'ĩ' | 'Ĩ' | 'ũ' | 'Ũ' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{300}'..='\u{36f}' | '\u{1ea0}'..='\u{1ef9}')
}

/// Letters of other languages, letters of Cyrillic that are no Slavic language's, and marks that are no tone's: as characters, numbers
/// of glyphs are that.
fn is_glyph(c: char) -> bool {
    matches!(c, 'Ĉ' | 'Ě' | 'Ğ' | 'Ś' | 'ŝ' | 'Ŷ' | 'ƌ' | 'ƚ' | '\u{2ee}'..='\u{2f1}' | '\u{328}'..='\u{36f}' | '\u{46a}'..='\u{46d}' | '\u{4a4}'..='\u{4fd}')
}

/// Characters of cp1252 or Latin-1 beyond ASCII.
fn is_high(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{ff}' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ÿ' | 'Ž' | 'ž' | 'ƒ' | 'ˆ' | '˜' | '–' | '—' | '‘'..='‚' | '“'..='„' | '†' | '‡' | '•' | '…' | '‰' | '‹' | '›' | '€' | '™')
}

/// Those that right text has, or OCR writes.
fn is_usual(c: char) -> bool {
    matches!(
        c,
        'é' | 'É'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '–'
            | '—'
            | '…'
            | '•'
            | '¢'
            | '£'
            | '€'
            | '¥'
            | '®'
            | '©'
            | '§'
            | '°'
            | '«'
            | '»'
            | '™'
            | '\u{a0}'
            | '±'
            | '×'
    )
}

/// What a line costs the language model, with what its unknown words cost.
struct Fluency<'p> {
    parts: &'p Parts,
    pieces: Vec<Piece>,
    /// Whether the document escapes the signs of VIQR where they are punctuation.
    viqr_escapes: bool,
    /// The order of the document's glyphs; `None` while nobody has asked.
    glyphs: Option<Layout>,
}

impl Fluency<'_> {
    fn of(&mut self, line: &str) -> Cost {
        self.pieces.clear();
        segment::segment_line(line, 0, &mut self.pieces);
        let (mut total, mut state): (Cost, _) = (0, State::START);
        for (mark, word, seen) in self.parts.words(line, &self.pieces) {
            if word == ngram::UNKNOWN {
                total += UNKNOWN + UNKNOWN_LETTER * seen.chars().count() as Cost;
            }
            for word in mark.into_iter().chain([word]) {
                let (cost, next) = self.parts.ngram.score(state, word);
                (total, state) = (total + Cost::from(cost), next);
            }
        }
        total
    }
}

/// What decoding a line came to.
struct Attempt {
    encoding: Encoding,
    /// What it costs more than the line as it stands.
    beyond: Cost,
    /// Whether what was changed became words: in a line alone, and in a document with such lines.
    makes_words: [bool; 2],
    /// Whether all of the line, or nearly all, is words then.
    is_fluent: bool,
    /// Which signs were found to be punctuation: see [`stops`].
    stops: Vec<usize>,
}

impl Attempt {
    /// What it costs more than the line as it stands, in a document where some encodings are likely; `None` if the line
    /// stays.
    fn cost(&self, likely: &[Encoding]) -> Option<Cost> {
        let likely = likely.contains(&self.encoding);
        let cost = self.beyond + if likely { USUAL } else { RARE };
        (self.makes_words[usize::from(likely)] && cost < 0).then_some(cost)
    }
}

/// The words of a decoded line, without such as may be foreign names.
#[derive(Debug, Clone, Copy, Default)]
struct Words {
    all: u32,
    /// Such as may be names with them.
    with_names: u32,
    /// Those of the lexicon, and abbreviations.
    known: u32,
    /// Of these those of two letters and more that are no abbreviations.
    whole: u32,
    /// Those that were changed.
    changed: u32,
    /// Of these those of the lexicon.
    made: u32,
}

impl Words {
    fn of(text: &str, map: &Map, pieces: &[Piece], lexicon: &Lexicon) -> Self {
        let mut stretches = map.stretches().map(|(text, _)| text).peekable();
        let mut words = Words::default();
        for piece in pieces.iter().filter(|p| matches!(p.kind, Kind::Word | Kind::Mixed)) {
            while stretches.next_if(|s| s.end <= piece.span.start).is_some() {}
            let seen = piece.span.of(text);
            // A plain capital is not what a decoding makes: something beside it was changed.
            let plain = seen.bytes().all(|b| b.is_ascii_uppercase());
            let changed = u32::from(!plain && stretches.peek().is_some_and(|s| s.start < piece.span.end));
            let word = lexicon.word(seen).is_some_and(|leaf| !lexicon.is_foreign(leaf.word));
            let known = u32::from(word || seen == "đ" || legacy::is_abbreviation(seen.chars()));
            // Names need not be known.
            let name = changed + known == 0 && seen.starts_with(char::is_uppercase);
            words.all += u32::from(!name);
            words.with_names += 1;
            words.known += known;
            words.whole += u32::from(word && seen.chars().nth(1).is_some());
            words.changed += changed;
            words.made += changed & known;
        }
        words
    }

    /// Whether what was changed became words, in a line alone or in a document with such lines.
    fn are_made(self, encoding: Encoding, likely: bool) -> bool {
        // Keys are words of plain letters: all of the line speaks for or against them.
        let keys = matches!(encoding, Encoding::TelexKeys | Encoding::VniKeys | Encoding::Viqr);
        let Words { all, with_names, known, whole, changed, made } = self;
        match (likely, keys) {
            // Noise reads as single letters.
            (false, _) if encoding == Encoding::GlyphIds && whole * 2 < known => false,
            // A few letters with numbers are no line of them.
            _ if encoding == Encoding::GlyphIds && known * 4 < all * if likely { 2 } else { 3 } => false,
            (_, true) if known * 4 < all * 3 => false,
            // Of Vietnamese three words in four have marks: where few do, signs behind bare vowels are punctuation.
            _ if encoding == Encoding::Viqr && changed * 10 < all * if likely { 1 } else { 5 } => false,
            (false, true) => changed >= 2 && made * 10 >= changed * 9,
            (false, false) => made * 5 >= changed * 4 && (changed > 1 || changed * 4 >= with_names.max(1)),
            (true, _) => made * 2 >= changed,
        }
    }

    /// Whether all of the line, or nearly all, is words, and many were changed; where most were, most will do.
    fn are_fluent(self) -> bool {
        let Words { all, known, changed, .. } = self;
        (known * 6 >= all * 5 && changed * 5 >= all) || (known * 4 >= all * 3 && changed * 2 >= all)
    }
}

/// A line of a text, without its end.
struct Line<'t> {
    span: Span,
    /// How it reads: otherwise than it stands if it was set in a symbol font.
    text: Cow<'t, str>,
    /// The map of that.
    unfolded: Option<Map>,
}

impl<'t> Line<'t> {
    /// The lines of a text.
    fn all(source: &'t str) -> impl Iterator<Item = Self> {
        source.split_inclusive('\n').scan(0, |start, line| {
            let content = line.trim_end_matches(['\n', '\r']);
            let span = Span::new(*start, *start + content.len());
            *start += line.len();
            Some(match symbol_font::unfold(content) {
                None => Line { span, text: content.into(), unfolded: None },
                Some((text, map)) => Line { span, text: text.into(), unfolded: Some(map) },
            })
        })
    }

    fn signs(&self) -> Signs {
        let mut signs = Signs::of(&self.text);
        (signs.high, signs.strange) = (signs.high || self.unfolded.is_some(), signs.strange || self.unfolded.is_some());
        signs
    }

    /// Tries some encodings; those that change the line come back, the likeliest first.
    fn try_out(&self, encodings: impl Iterator<Item = Encoding>, fluency: &mut Fluency) -> Vec<Attempt> {
        let strange = if self.unfolded.is_some() { PRIVATE } else { 0 };
        let mut as_it_is = None;
        let mut attempts: Vec<Attempt> = encodings
            .filter_map(|encoding| {
                let stops = if encoding == Encoding::Viqr { stops(&self.text, fluency) } else { Vec::new() };
                let (text, map) = self.read(encoding, &stops, fluency)?;
                let as_it_is = *as_it_is
                    .get_or_insert_with(|| fluency.of(&self.text) + SIGN * signs_in_words(&self.text) + strange);
                let glyphs = encoding == Encoding::GlyphIds;
                // What a code stands for that no table has is found later, from the words of all lines.
                let (coded, text) = if glyphs { cipher::without_words(&text) } else { (0, text) };
                let beyond = fluency.of(&text) + CODED * Cost::from(coded) - as_it_is;
                let words = Words::of(&text, &map, &fluency.pieces, &fluency.parts.lexicon);
                // Of Vietnamese words a third have no letter but such as all fonts have in one order.
                let is_enough = 5 * words.known >= coded;
                let makes_words = [false, true].map(|likely| {
                    // Addresses and the like are no words; what is no glyph's number looks otherwise.
                    let other = glyphs && likely && coded == 0 && self.signs().glyphs;
                    (is_enough || likely) && words.are_made(encoding, likely) || other
                });
                let is_fluent = is_enough && words.are_fluent();
                Some(Attempt { encoding, beyond, makes_words, is_fluent, stops })
            })
            .collect();
        attempts.sort_by_key(|a| (a.beyond, a.encoding as usize));
        attempts
    }

    /// The line decoded, with all that an encoding asks for beyond its codes; `None` if that changes nothing.
    fn read(&self, encoding: Encoding, stops: &[usize], fluency: &Fluency) -> Option<(String, Map)> {
        let line = &*self.text;
        let (read, escaped) = match encoding {
            Encoding::Viqr => escape(line, stops, fluency),
            _ => (Cow::Borrowed(line), Map::default()),
        };
        let (mut text, map) = match encoding {
            Encoding::GlyphIds => {
                let may_be = |word: &str| fluency.parts.lexicon.word(word).is_some();
                legacy::decode_in(&read, fluency.glyphs.unwrap_or(Layout::Times), may_be)
            }
            _ => legacy::decode_aligned(&read, encoding),
        };
        let mut map = map.after(escaped);
        if map.is_empty() && self.unfolded.is_none() {
            return None;
        }
        let kept = BYTES.contains(&encoding).then(|| signs::keep(line, &text, &map));
        if let Some((again, later)) = kept.flatten() {
            (text, map) = (again, later.after(map));
        }
        if encoding == Encoding::Tcvn3 {
            for again in [soft_hyphen::restore, |text: &str, _: &Lexicon| capitals::merge(text)] {
                if let Some((mended, later)) = again(&text, &fluency.parts.lexicon) {
                    (text, map) = (mended, later.after(map));
                }
            }
        }
        Some((text, map))
    }

    /// The line decoded, with the map of where it stood in the text.
    fn decode(self, attempt: &Attempt, fluency: &Fluency) -> Option<(String, Map)> {
        let (text, map) = self.read(attempt.encoding, &attempt.stops, fluency)?;
        Some((text, map.after(self.unfolded.unwrap_or_default())))
    }
}

/// Decodes the lines of a text that are in a legacy encoding; these, in the decoded text, and their encodings come with it.
pub fn decode(source: &str, parts: &Parts) -> Option<(Decoded, Vec<(Span, Encoding)>)> {
    let mut fluency = Fluency { parts, pieces: Vec::new(), viqr_escapes: has_escapes(source), glyphs: None };
    let mut evidence: [Cost; Encoding::ALL.len()] = [0; Encoding::ALL.len()];
    // Lines that may be in an encoding, and lines with characters of such that are in none.
    let (mut told, mut in_vain) = ([0; Encoding::ALL.len()], [0; 2]);
    // Attempts that may come to something, with where their lines begin: only what they came to is kept of them.
    let mut tried: Vec<(usize, Attempt)> = Vec::new();
    for line in Line::all(source) {
        let signs = line.signs();
        if !signs.are_any() {
            continue;
        }
        if signs.glyphs && fluency.glyphs.is_none() {
            fluency.glyphs = Some(layout(source, parts));
        }
        let attempts = line.try_out(signs.encodings(&[]), &mut fluency);
        // Of what has codes little may be left that costs anything.
        let is_one = |a: &&Attempt| a.encoding != Encoding::GlyphIds || a.makes_words[0];
        if let Some(best) = attempts.iter().find(is_one).filter(|a| a.makes_words[0] && a.beyond < 0) {
            evidence[best.encoding as usize] -= best.beyond;
        }
        let is_hopeful = |a: &Attempt| a.makes_words.contains(&true) && a.beyond + USUAL < 0;
        let is_told = |a: &Attempt| is_hopeful(a) && a.is_fluent;
        attempts.iter().filter(|a| is_told(a)).for_each(|a| told[a.encoding as usize] += 1);
        let bytes = attempts.iter().any(|a| BYTES.contains(&a.encoding));
        in_vain[0] += u32::from(bytes && !attempts.iter().any(is_told));
        let glyphs = |a: &Attempt| a.encoding == Encoding::GlyphIds && is_told(a);
        in_vain[1] += u32::from(signs.glyphs && !attempts.iter().any(glyphs));
        let hopeful = attempts.into_iter().filter(is_hopeful);
        tried.extend(hopeful.map(|attempt| (line.span.start, attempt)));
    }
    // Of what OCR reads in French mode some lines may be decoded, and most may not.
    let is_none = |encoding| match encoding {
        Encoding::GlyphIds => in_vain[1] > told[encoding as usize],
        _ => BYTES.contains(&encoding) && in_vain[0] > told[encoding as usize],
    };
    tried.retain(|(_, attempt)| !is_none(attempt.encoding));
    let likely = |&encoding: &Encoding| evidence[encoding as usize] > EVIDENCE && !is_none(encoding);
    let likely: Vec<Encoding> = Encoding::ALL.iter().copied().filter(likely).collect();
    if tried.iter().all(|(_, attempt)| attempt.cost(&likely).is_none()) && likely.is_empty() {
        return None;
    }
    let mut draft = Draft::default();
    let mut found = Vec::new();
    let mut tried = tried.into_iter().peekable();
    for line in Line::all(source) {
        let mut attempts: Vec<Attempt> = Vec::new();
        while let Some((_, attempt)) = tried.next_if(|(start, _)| *start == line.span.start) {
            attempts.push(attempt);
        }
        // What the document has shown may allow more.
        if !likely.is_empty() {
            let signs = line.signs();
            if signs.encodings(&likely).count() > signs.encodings(&[]).count() {
                attempts = line.try_out(signs.encodings(&likely), &mut fluency);
            }
        }
        let costs = attempts.iter().filter_map(|attempt| Some((attempt.cost(&likely)?, attempt)));
        let best = costs.min_by_key(|(cost, attempt)| (*cost, attempt.encoding as usize));
        if let Some((_, attempt)) = best {
            let span = line.span;
            let Some((text, map)) = line.decode(attempt, &fluency) else { continue };
            draft.copy(source, span.start);
            let begin = draft.text.len();
            draft.insert(source, span, &text, &map);
            found.push((Span::new(begin, draft.text.len()), attempt.encoding));
        }
    }
    if found.is_empty() {
        return None;
    }
    Some((draft.finish(source), found))
}

/// The order of a document's glyphs: that in which most of its words are known.
fn layout(source: &str, parts: &Parts) -> Layout {
    let lines: Vec<_> = Line::all(source).filter(|line| line.signs().glyphs).take(MANY).collect();
    // What a layout is worth, where an unknown word costs so many known ones.
    let worth = |layout: Layout, unknown: i32| {
        let mut worth = 0;
        for line in &lines {
            // What there is no letter for may be found later.
            let (_, text) = cipher::without_words(&legacy::decode_in(&line.text, layout, |_| true).0);
            for word in text.split(|c| !letter::is_alphabetic(c)).filter(|word| word.chars().nth(1).is_some()) {
                let is_known = parts.lexicon.word(word).is_some_and(|leaf| !parts.lexicon.is_foreign(leaf.word));
                worth += if is_known { 1 } else { -unknown };
            }
        }
        worth
    };
    let is_times = worth(Layout::Times, 8) >= worth(Layout::Latin, 8);
    let latin = if is_times { Layout::Times } else { Layout::Latin };
    if worth(Layout::Calibri, 1) > worth(latin, 1) { Layout::Calibri } else { latin }
}

/// Escapes the signs of VIQR that are punctuation.
fn escape<'t>(line: &'t str, stops: &[usize], fluency: &Fluency) -> (Cow<'t, str>, Map) {
    let mut draft = Draft::default();
    if fluency.viqr_escapes {
        draft.replace(line, Span::new(0, 0), legacy::VIETNAMESE);
        // Those who write `dd` mean a hyphen by this.
        for (at, _) in line.match_indices(['d', 'D']).filter(|(at, _)| line[at + 1..].starts_with('-')) {
            draft.replace(line, Span::new(at + 1, at + 1), "\\");
        }
    }
    stops.iter().for_each(|&at| draft.replace(line, Span::new(at, at), "\\"));
    let (text, map) = draft.finish(line);
    (Cow::Owned(text), map)
}

/// The signs of VIQR that are punctuation, in a document that does not escape them: behind a word's last letter, `.` and
/// `?` may be that or marks. What the language model likes better is what they are.
fn stops(line: &str, fluency: &mut Fluency) -> Vec<usize> {
    if fluency.viqr_escapes {
        return Vec::new();
    }
    let ends_word = |at: usize| !line[at + 1..].starts_with(|c: char| c.is_alphanumeric() || "^(+*'`~".contains(c));
    let follows_letter = |at: usize| line[..at].ends_with(|c: char| c.is_ascii_alphabetic() || "^(+*".contains(c));
    let places =
        line.match_indices(['.', '?', '\'']).map(|(at, _)| at).filter(|&at| follows_letter(at) && ends_word(at));
    let last = line.trim_end().len();
    let mut stops = Vec::new();
    // Those among what a sign is looked at with.
    let mut escaped: Vec<usize> = Vec::new();
    for at in places {
        let start = line[..at].char_indices().nth_back(AROUND - 1).map_or(0, |(start, _)| start);
        let end = line[at..].char_indices().nth(AROUND).map_or(line.len(), |(length, _)| at + length);
        escaped.retain(|&before| before >= start);
        let mut cost = |escaped: &[usize]| {
            let (mut text, mut done) = (String::with_capacity(4 * AROUND), start);
            for &at in escaped {
                text.extend([&line[done..at], "\\"]);
                done = at;
            }
            text.push_str(&line[done..end]);
            fluency.of(&legacy::decode(&text, Encoding::Viqr))
        };
        // A line ends with a stop, mostly.
        let bonus = if at + 1 == last { LAST_STOP } else { 0 };
        let mark = cost(&escaped);
        escaped.push(at);
        if cost(&escaped) - bonus < mark {
            stops.push(at);
        } else {
            escaped.pop();
        }
    }
    stops
}

/// Signs that stand on letters, as nothing but VIQR has them.
fn signs_in_words(line: &str) -> Cost {
    let bytes = line.as_bytes();
    bytes.windows(2).filter(|pair| pair[0].is_ascii_alphabetic() && b"^`~+".contains(&pair[1])).count() as Cost
}

/// Whether a text in VIQR escapes punctuation: `co^\\.`.
fn has_escapes(text: &str) -> bool {
    let strokes = text.contains("dd") || text.contains("DD");
    strokes
        && text.match_indices('\\').any(|(at, _)| {
            text[..at].ends_with(|c: char| c.is_ascii_alphabetic() || "^(+*".contains(c))
                && text[at + 1..].starts_with(['.', '?', '\''])
        })
}
