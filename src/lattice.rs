//! Readings: what each piece of a text may have been.

use crate::bilinear::Context;
use crate::candidates::{Candidate, FEW_STEPS, Limits, MOST_STEPS, Searcher};
use crate::channel::Damage;
use crate::effort::Effort;
use crate::hash::Mix;
use crate::lexicon::Habit;
use crate::line_break::{self, Break};
use crate::model::Parts;
use crate::ngram::{BOUNDARY, FIRST_WORD, NUMBER, PAUSE, UNIT, UNKNOWN, Word};
use crate::numeral;
use crate::segment::{Gap, Kind, Piece};
use crate::text::case::{self, Case};
use crate::text::letter::{self, Tone};
use crate::text::lost::is_sign;
use crate::triggers::Near;
use crate::vocabulary::Vocabulary;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::LazyLock;

/// Likelihoods and expected counts are kept in these parts of one.
pub const ONE: u32 = 256;

/// What may have stood in the place of one piece, or of two that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The words, in the language model; the second only if two were glued.
    pub word: Word,
    /// See `word`.
    pub second: Option<Word>,
    /// What it costs, besides the language model.
    pub cost: i32,
    /// Whether the piece stays as it is.
    pub kept: bool,
    /// Whether the pieces are noise, and nothing stands in their place.
    pub noise: bool,
    /// Whether the first word takes its other tone placement.
    pub variant: bool,
    /// How it is cased.
    pub case: Case,
    /// Whether it stands for the piece with the quotes at its edges.
    pub wide: bool,
    /// How many pieces it stands for.
    pub pieces: u8,
    /// How likely the first pass found it, in parts of [`ONE`]: its own share of what the
    /// document teaches.
    pub own: u16,
    /// The first of these, counted from where the search began.
    pub place: u32,
}

/// One way to read the gap before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossing {
    /// What it is in the language model; `None` for nothing.
    pub word: Option<Word>,
    /// What that costs, besides the language model.
    pub cost: i32,
}

/// Weights of the lattice, in 1/64 of a nat.
#[derive(Debug, Clone)]
pub struct Weights {
    /// A letter of an unknown word.
    pub unknown_letter: i32,
    /// An unknown word.
    pub unknown: i32,
    /// A letter of an unknown word, in text that is right but for slips.
    pub unknown_letter_slips: i32,
    /// An unknown word in such text.
    pub unknown_slips: i32,
    /// An unknown word read as one that is no Vietnamese syllable, in such text.
    pub foreign: i32,
    /// An unknown word with a capital read as another, in such text.
    pub name: i32,
    /// A small word read as one that is written with capitals by custom.
    pub habit: i32,
    /// A digit of a number.
    pub digit: i32,
    /// A number read as a word.
    pub number_as_word: i32,
    /// A lost space.
    pub glued: i32,
    /// The same in text that is right but for slips, or stripped.
    pub glued_slips: i32,
    /// That a text is cut off, where a gap behind it would cost more.
    pub cut: i32,
    /// The same in text that is right but for slips.
    pub cut_slips: i32,
    /// A space too many.
    pub split: i32,
    /// A word broken over a line's end.
    pub broken: i32,
    /// One broken with a hyphen.
    pub hyphen: i32,
    /// The quotes at a piece's edges read as letters, in text that was not read letter by letter.
    pub wide: i32,
    /// A single quote at a word's edge that is no letter's, in text that was read letter by letter.
    pub stray_horn: i32,
    /// Any change to a word that the lexicon knows, in text that is right but for slips.
    pub change: i32,
    /// Any change to one that it does not know, in such text.
    pub change_unknown: i32,
    /// How much dearer than the best a candidate may be.
    pub beyond_best: i32,
    /// The same for a piece of more than three characters, which has fewer.
    pub beyond_best_long: i32,
    /// The most candidates of a piece.
    pub most: i32,
    /// A full stop before a small letter that is noise.
    pub stray_stop: i32,
    /// One before a capital.
    pub stray_stop_capital: i32,
    /// A comma, quote or other mark that is noise.
    pub stray_pause: i32,
    /// A sentence that ends with its line.
    pub line_end: i32,
    /// Noise read as a word or words, that begins or ends a line.
    pub noise: i32,
    /// Noise elsewhere.
    pub noise_inside: i32,
    /// A piece of noise.
    pub noise_piece: i32,
    /// A letter of noise.
    pub noise_letter: i32,
    /// What a nat of evidence from capitals counts.
    pub capital: i32,
    /// A sentence that begins with a small letter, where that letter is lost.
    pub small_first: i32,
    /// A word of which nothing is left but its place.
    pub garbled: i32,
    /// Each letter that such a word has more or less than what was seen.
    pub length: i32,
    /// What counts of that which trigger pairs say, in 64ths.
    pub near: i32,
    /// What counts of that which the vectors of the words around say, in 64ths.
    pub around: i32,
    /// A reading with a tone, of a code's part.
    pub code_tone: i32,
    /// A letter of a Roman numeral that was seen as another.
    pub roman: i32,
    /// A list's mark that does not follow the one before it.
    pub list_mark: i32,
    /// Noise of one capital alone, beyond that.
    pub noise_capital: i32,
    /// An unknown word with digits or symbols inside, in text read in English mode.
    pub unknown_mixed: i32,
    /// A word of which letters were lost, left so.
    pub unknown_gapped: i32,
    /// An unknown word with two tones and a letter of Vietnamese alone, in text that is right but for slips.
    pub unknown_two: i32,
    /// Any change to a word for each nat by which OCR in English mode was the surer of it than of others.
    pub sure_english: i32,
    /// The same for OCR in the right language.
    pub sure_slips: i32,
}

impl Weights {
    /// What an unknown word of so many letters costs.
    pub fn unknown(&self, damage: Damage, letters: usize) -> i32 {
        let (word, letter) = match damage {
            Damage::EnglishOcr | Damage::WesternOcr | Damage::ScannerOcr => (self.unknown, self.unknown_letter),
            Damage::VietnameseOcr => (self.unknown_slips, self.unknown_letter_slips),
            Damage::Stripped | Damage::Lossy | Damage::Dropped | Damage::DroppedLatin => {
                (self.unknown_slips, self.unknown_letter)
            }
        };
        word + letter * letters as i32
    }

    /// What a lost space costs.
    fn glued(&self, damage: Damage) -> i32 {
        match damage {
            _ if damage.is_misread() => self.glued,
            // Spaces are in every encoding.
            Damage::Lossy | Damage::Dropped | Damage::DroppedLatin => NEVER_GLUED,
            _ => self.glued_slips,
        }
    }

    /// What a change costs for each nat by which OCR was the surer.
    pub fn sure(&self, damage: Damage) -> i32 {
        match damage {
            Damage::EnglishOcr | Damage::WesternOcr | Damage::ScannerOcr => self.sure_english,
            Damage::VietnameseOcr => self.sure_slips,
            Damage::Stripped | Damage::Lossy | Damage::Dropped | Damage::DroppedLatin => 0,
        }
    }

    /// How far to search for what was meant by a piece, or by two joined ones.
    pub fn limits(&self, seen: &str, how: How) -> Limits {
        let How { damage, whole, hasty } = how;
        // Dearer candidates would lose to the piece as it is.
        let kept = self.unknown(damage, seen.chars().count());
        Limits {
            beyond_best: if seen.chars().count() > 3 { self.beyond_best_long } else { self.beyond_best },
            most: self.most as usize,
            bar: if whole { kept + 8 * UNIT } else { 10 * UNIT },
            glued: self.glued(damage),
            anything: whole,
            steps: if hasty { FEW_STEPS } else { MOST_STEPS },
        }
    }

    /// Sets a weight by its name; false if none is called so.
    pub fn set(&mut self, name: &str, value: i32) -> bool {
        let field = match name {
            "unknown_letter" => &mut self.unknown_letter,
            "unknown" => &mut self.unknown,
            "unknown_letter_slips" => &mut self.unknown_letter_slips,
            "unknown_slips" => &mut self.unknown_slips,
            "foreign" => &mut self.foreign,
            "name" => &mut self.name,
            "habit" => &mut self.habit,
            "digit" => &mut self.digit,
            "number_as_word" => &mut self.number_as_word,
            "glued" => &mut self.glued,
            "glued_slips" => &mut self.glued_slips,
            "cut" => &mut self.cut,
            "cut_slips" => &mut self.cut_slips,
            "split" => &mut self.split,
            "broken" => &mut self.broken,
            "hyphen" => &mut self.hyphen,
            "wide" => &mut self.wide,
            "stray_horn" => &mut self.stray_horn,
            "change" => &mut self.change,
            "change_unknown" => &mut self.change_unknown,
            "beyond_best" => &mut self.beyond_best,
            "beyond_best_long" => &mut self.beyond_best_long,
            "most" => &mut self.most,
            "stray_stop" => &mut self.stray_stop,
            "stray_stop_capital" => &mut self.stray_stop_capital,
            "stray_pause" => &mut self.stray_pause,
            "line_end" => &mut self.line_end,
            "noise" => &mut self.noise,
            "noise_inside" => &mut self.noise_inside,
            "noise_piece" => &mut self.noise_piece,
            "noise_letter" => &mut self.noise_letter,
            "capital" => &mut self.capital,
            "small_first" => &mut self.small_first,
            "garbled" => &mut self.garbled,
            "length" => &mut self.length,
            "near" => &mut self.near,
            "around" => &mut self.around,
            "code_tone" => &mut self.code_tone,
            "roman" => &mut self.roman,
            "list_mark" => &mut self.list_mark,
            "noise_capital" => &mut self.noise_capital,
            "unknown_mixed" => &mut self.unknown_mixed,
            "unknown_gapped" => &mut self.unknown_gapped,
            "unknown_two" => &mut self.unknown_two,
            "sure_english" => &mut self.sure_english,
            "sure_slips" => &mut self.sure_slips,
            _ => return false,
        };
        *field = value;
        true
    }
}

impl Default for Weights {
    fn default() -> Self {
        Weights {
            unknown_letter: 170,
            unknown: 320,
            unknown_letter_slips: 130,
            unknown_slips: 64,
            foreign: 3 * UNIT,
            name: 2 * UNIT,
            habit: 2 * UNIT,
            digit: 200,
            number_as_word: 256,
            glued: 6 * UNIT,
            glued_slips: 4 * UNIT,
            cut: 5 * UNIT,
            cut_slips: 3 * UNIT / 2,
            split: 6 * UNIT,
            broken: 8 * UNIT,
            hyphen: 3 * UNIT,
            wide: 2 * UNIT,
            stray_horn: 5 * UNIT,
            change: 4 * UNIT,
            change_unknown: 4 * UNIT,
            beyond_best: 9 * UNIT,
            beyond_best_long: 7 * UNIT,
            most: 40,
            stray_stop: 2 * UNIT,
            stray_stop_capital: 7 * UNIT,
            stray_pause: 3 * UNIT,
            line_end: 2 * UNIT,
            noise: 7 * UNIT,
            noise_inside: 11 * UNIT,
            noise_piece: UNIT,
            noise_letter: 150,
            capital: 40,
            small_first: 3 * UNIT,
            garbled: 3 * UNIT,
            length: UNIT,
            near: 8,
            around: 38,
            code_tone: 2 * UNIT,
            roman: 2 * UNIT,
            list_mark: 6 * UNIT,
            noise_capital: 3 * UNIT,
            unknown_mixed: 0,
            unknown_gapped: 6 * UNIT,
            unknown_two: 6 * UNIT,
            sure_english: UNIT / 2,
            sure_slips: UNIT,
        }
    }
}

/// How candidates are searched for.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// The damage that a piece has suffered.
    pub damage: Damage,
    /// Whether it is one piece as it stands, not two joined or one in another case.
    pub whole: bool,
    /// Whether there are but few steps for it.
    pub hasty: bool,
}

/// What is known of a token, wherever it stands alike.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Which it is.
    pub id: u64,
    /// Its readings, alone: the first of them, and the end.
    readings: (u32, u32),
    /// The piece as it is.
    keep: Reading,
    /// What the cheapest word costs that may have been meant.
    best: i32,
    /// Whether it may have been no other word, and nothing else.
    certain: bool,
    /// Whether it may be noise, or the beginning of noise, as far as it shows by itself.
    noisy: bool,
    /// Whether it was searched for in vain.
    in_vain: bool,
}

/// Candidates and readings of each distinct token, worked out once.
#[derive(Default)]
pub struct Cache {
    /// By what [`Cache::key_of`] says of a piece.
    tokens: HashMap<u64, Token, BuildHasherDefault<Mix>>,
    readings: Vec<Reading>,
    /// By token as it is cased: its candidates.
    places: HashMap<Box<[u8]>, Known, BuildHasherDefault<Mix>>,
    candidates: Vec<Candidate>,
    searcher: Searcher,
    key: Vec<u8>,
    /// Two pieces as one word.
    joined: String,
    /// Bytes of all keys.
    bytes: usize,
}

/// Candidates are forgotten when they are so many, or an eighth of that of places, or eight bytes of keys for each: no
/// more than fills memory that is a power of two.
const MOST_CANDIDATES: usize = 7 << 14;

/// Readings are forgotten when they are so many, or a quarter of that of tokens. They are larger, and soon made of
/// candidates.
const MOST_READINGS: usize = 3 << 15;

/// Candidates that are known: where they are among all.
#[derive(Debug, Clone, Copy)]
struct Known {
    begin: u32,
    count: u16,
    /// Whether the search for them came to no end.
    in_vain: bool,
}

impl Known {
    fn range(self) -> Range<usize> {
        self.begin as usize..self.begin as usize + usize::from(self.count)
    }
}

impl Cache {
    fn candidates(&mut self, parts: &Parts, seen: &str, case: Case, weights: &Weights, how: How) -> Known {
        let How { damage, whole, hasty } = how;
        self.key.clear();
        self.key.extend_from_slice(seen.as_bytes());
        self.key.push(case as u8 | (damage as u8) << 2 | u8::from(whole) << 5 | u8::from(hasty) << 6);
        if let Some(&known) = self.places.get(self.key.as_slice()) {
            return known;
        }
        let begin = self.candidates.len() as u32;
        let limits = weights.limits(seen, how);
        let found = self.searcher.search(&parts.lexicon, &parts.profiles[damage], seen, case, limits);
        self.candidates.extend_from_slice(found);
        let known = Known { begin, count: found.len() as u16, in_vain: self.searcher.was_in_vain() };
        self.places.insert(self.key.as_slice().into(), known);
        self.bytes += self.key.len();
        known
    }

    /// What the readings of a piece alone depend on: its word, and how it stands.
    fn key_of(piece: &Piece, damage: Damage, hasty: bool) -> u64 {
        let place = u64::from(piece.gap as u8) | u64::from(damage as u8) << 3;
        let place = place | u64::from(piece.capitals) << 6 | u64::from(hasty) << 7;
        place << 32 | u64::from(piece.number)
    }

    /// Forgets the tokens; their numbers are given to others.
    pub fn forget_tokens(&mut self) {
        self.tokens.clear();
        self.readings.clear();
    }

    /// What it searches with.
    pub fn searcher(&mut self) -> &mut Searcher {
        &mut self.searcher
    }

    /// Forgets what is too much, and says whether tokens are among that.
    pub fn trim(&mut self) -> bool {
        let tokens = self.readings.len() > MOST_READINGS || self.tokens.len() > MOST_READINGS / 4;
        if tokens {
            self.forget_tokens();
        }
        if self.candidates.len() > MOST_CANDIDATES
            || self.places.len() > MOST_CANDIDATES / 8
            || self.bytes > 8 * MOST_CANDIDATES
        {
            self.places.clear();
            self.candidates.clear();
            self.bytes = 0;
        }
        tokens
    }
}

/// A text in pieces.
#[derive(Clone, Copy)]
pub struct Document<'t> {
    pub text: &'t str,
    pub pieces: &'t [Piece],
    /// What the pieces' words are.
    pub words: &'t Vocabulary,
    /// The damage that each piece has suffered.
    pub damages: &'t [Damage],
    /// What it costs to change each piece, where this is known beforehand.
    pub tolls: &'t [i32],
}

impl<'t> Document<'t> {
    /// A piece's wording.
    pub fn seen(&self, at: usize) -> &'t str {
        self.pieces[at].span.of(self.text)
    }

    /// Adds to readings of a piece what it costs to change it.
    pub fn weigh(&self, at: usize, readings: &mut [Reading]) {
        if let Some(&toll) = self.tolls.get(at) {
            readings.iter_mut().filter(|reading| !reading.kept).for_each(|r| r.cost = (r.cost + toll).max(0));
        }
    }

    /// Whether a piece begins with a small letter, as a sentence seldom does.
    pub fn begins_small(&self, at: usize) -> bool {
        self.pieces[at].wide.of(self.text).starts_with(char::is_lowercase)
    }
}

/// Finds the readings of a document's pieces.
pub struct Lattice<'t> {
    pub parts: &'t Parts,
    pub weights: &'t Weights,
    pub document: Document<'t>,
    pub cache: &'t mut Cache,
    /// The last mark of a list, as it was seen.
    mark: Option<char>,
    /// How hard words are searched for, by those before them; and whether that is in haste now.
    effort: Effort,
    hasty: bool,
}

impl<'t> Lattice<'t> {
    /// Of a document, from the first of its pieces on.
    pub fn new(parts: &'t Parts, weights: &'t Weights, document: Document<'t>, cache: &'t mut Cache) -> Self {
        Lattice { parts, weights, document, cache, mark: None, effort: Effort::default(), hasty: false }
    }

    /// What is known of `pieces[at]` wherever it stands alike.
    pub fn token(&mut self, at: usize) -> Token {
        self.hasty = self.effort.is_hasty();
        let key = Cache::key_of(&self.document.pieces[at], self.document.damages[at], self.hasty);
        let known = self.cache.tokens.get(&key).copied();
        let token = known.unwrap_or_else(|| {
            let token = self.look_up(at);
            self.cache.tokens.insert(key, token);
            token
        });
        self.effort.add(token.in_vain);
        token
    }

    /// Candidates for a piece, or for what else may have been meant to stand there.
    fn candidates(&mut self, seen: &str, case: Case, damage: Damage, whole: bool) -> Known {
        let how = How { damage, whole, hasty: self.hasty };
        self.cache.candidates(self.parts, seen, case, self.weights, how)
    }

    /// The readings that a token has at each of its places.
    pub fn own(&self, token: &Token) -> &[Reading] {
        &self.cache.readings[token.readings.0 as usize..token.readings.1 as usize]
    }

    /// Whether a token can have no others at this place.
    pub fn is_plain(&self, at: usize, token: &Token) -> bool {
        let damage = self.document.damages[at];
        let piece = &self.document.pieces[at];
        let short = self.document.words.of(piece).letters == 1 || damage.is_dropped();
        let marked = short && self.is_list_mark(at);
        let widened = damage.is_misread() && (piece.kind != Kind::Word || piece.wide != piece.span);
        let weighed = !self.document.tolls.is_empty();
        token.certain || !(marked || widened || weighed || token.noisy || self.joint(at, damage, token).is_some())
    }

    /// Goes past a piece whose readings are not asked for.
    pub fn pass(&mut self, at: usize) {
        self.unlikely_mark(at);
    }

    /// Adds readings of `pieces[at]`, alone and with the piece after it, to those of its token; or those too, if they are
    /// others than elsewhere. Says whether the token's stay.
    pub fn readings(&mut self, at: usize, token: &Token, out: &mut Vec<Reading>) -> bool {
        let damage = self.document.damages[at];
        let piece = &self.document.pieces[at];
        let Token { keep, mut best, .. } = *token;
        if token.certain {
            return true;
        }
        if damage.is_dropped() && self.is_list_mark(at) {
            out.push(keep);
            return false;
        }
        let (square, unlikely) = (self.is_square(at, damage), self.unlikely_mark(at));
        // A scanner sees the horn of `ư` as a quote.
        let horned = damage == Damage::ScannerOcr && is_horned(piece, self.document.text);
        let same = !square && !horned && unlikely.is_none() && self.document.tolls.is_empty();
        if !same {
            out.extend_from_slice(self.own(token));
        }
        if let Some(kept) = out.iter_mut().find(|r| square && r.kept && r.word == keep.word) {
            kept.wide = true;
        }
        if horned {
            out.iter_mut().for_each(|reading| reading.cost += self.weights.stray_horn);
        }
        let known = out.len();
        let quoted = piece.kind != Kind::Word || damage == Damage::ScannerOcr;
        if piece.wide != piece.span && damage.is_misread() && quoted {
            best = best.min(self.wide(at, damage, keep, out));
        }
        if let Some(cost) = self.joint(at, damage, &Token { best, ..*token }) {
            self.join(at, damage, cost, keep, out);
        }
        self.capitals(at, keep, &mut out[known..]);
        for reading in out.iter_mut().filter(|reading| Some(reading.word) == unlikely) {
            reading.cost += self.weights.list_mark;
        }
        if token.noisy {
            self.noise(at, damage, keep, out);
        }
        self.document.weigh(at, out);
        same
    }

    /// Makes readings cheaper or dearer by what the words around them say of theirs. By their vectors they cost what they did
    /// on the whole, as likely as the first pass found them: of noise and of words without one nothing is said.
    pub fn hear(&self, near: &[Near], context: &Context, readings: &mut [Reading]) {
        let Parts { triggers, bilinear, .. } = self.parts;
        let spoken_of = |r: &&mut Reading| !r.noise && r.second.is_none() && r.pieces == 1 && r.word >= FIRST_WORD;
        let (mut sum, mut shares) = (0, 1);
        for reading in readings.iter_mut().filter(spoken_of) {
            reading.cost -= triggers.gain(reading.word, near) / ONE as i32 * self.weights.near / UNIT;
            if let Some(gain) = bilinear.gain(context, reading.word) {
                let gain = gain * self.weights.around / UNIT;
                reading.cost -= gain;
                sum += i64::from(gain) * i64::from(reading.own);
                shares += i64::from(reading.own);
            }
        }
        for reading in readings.iter_mut().filter(spoken_of).filter(|reading| bilinear.knows(reading.word)) {
            reading.cost += (sum / shares) as i32;
        }
    }

    /// The readings of a piece that depend on nothing but what it and its place look like.
    fn look_up(&mut self, at: usize) -> Token {
        let (parts, weights, damage) = (self.parts, self.weights, self.document.damages[at]);
        let piece = &self.document.pieces[at];
        let seen = self.document.seen(at);
        let length = seen.chars().count();
        let mut case = case::case_of(seen, piece.capitals);
        let coded = piece.gap == Gap::Glued && length <= 4 && seen.chars().skip(1).any(char::is_uppercase);
        if coded {
            // A code's part: `BC/bU`.
            case = Case::Upper;
        }
        if piece.kind == Kind::Gapped && case == Case::Title && !seen.starts_with(char::is_uppercase) {
            // A capital that is not the first letter, and no small one.
            case = Case::Upper;
        }
        let known = self.document.words.of(piece).word;
        let keep = Reading {
            word: known.unwrap_or(UNKNOWN),
            second: None,
            cost: 0,
            kept: true,
            noise: false,
            variant: false,
            case,
            wide: false,
            pieces: 1,
            own: 0,
            place: 0,
        };
        let mut out = Vec::new();
        let (mut best, mut in_vain) = (i32::MAX, false);
        let number = piece.kind == Kind::Number;
        // Nothing tells that letters are gone of these.
        let short = piece.gap == Gap::Glued && seen.chars().all(char::is_uppercase);
        let spared = damage.is_dropped() && (short || length > 1 && numeral::is_roman(seen));
        let whole = piece.is_kept() || is_code(seen) || spared;
        let certain = whole || (number && !may_be_word(seen, damage));
        if !certain {
            let toll = self.toll(piece, damage, known);
            let candidates = self.candidates(seen, case, damage, true);
            in_vain = candidates.in_vain;
            for c in &self.cache.candidates[candidates.range()] {
                let same = c.second.is_none() && Some(c.word.word) == known;
                let toll = if same { 0 } else { toll + self.unlikely(c, &keep, piece, damage) };
                let mut reading = Reading { kept: same, ..read(c, keep, toll) };
                if piece.kind == Kind::Gapped && parts.lexicon.habit(reading.word) == Habit::Abbreviation {
                    // Its capital may be the only letter that is left: `Q?`.
                    reading.case = Case::Upper;
                }
                if same && damage == Damage::VietnameseOcr {
                    // However its letters are cased: `pH`.
                    reading.cost = reading.cost.min(UNIT);
                }
                out.push(reading);
            }
            if coded && !piece.capitals {
                // Codes have letters of Vietnamese, but no tones: `ĐU`, `TTLT-BTƯ`.
                out.iter_mut().filter(|r| !r.kept && self.has_tone(r.word)).for_each(|r| r.cost += weights.code_tone);
            }
            self.miscased(piece, damage, toll, keep, &mut out);
            self.roman(seen, damage, keep, &mut out);
            best = out.iter().map(|r| r.cost).min().unwrap_or(i32::MAX);
            // The piece as it is: a word of the lexicon is among the candidates by now.
            if !number && !out.iter().any(|r| r.kept) {
                let odd = match damage {
                    _ if damage.is_misread() && piece.kind == Kind::Mixed => weights.unknown_mixed,
                    _ if piece.kind == Kind::Gapped => weights.unknown_gapped,
                    Damage::VietnameseOcr if piece.kind == Kind::Word && is_two(seen) => weights.unknown_two,
                    _ => 0,
                };
                out.push(Reading { cost: weights.unknown(damage, length) + odd, ..keep });
            }
            self.capitals(at, keep, &mut out);
        }
        if number {
            out.push(Reading { word: NUMBER, cost: weights.digit * length as i32, ..keep });
        } else if certain {
            out.push(keep);
        }
        // The likely ones first, for what comes after them may then be dropped the sooner.
        out.sort_by_key(|reading| reading.cost + parts.ngram.scored(reading.word).alone());
        let cache = &mut *self.cache;
        let begin = cache.readings.len() as u32;
        cache.readings.append(&mut out);
        // Below these are the marks of gaps.
        let id = u64::from(FIRST_WORD) + cache.tokens.len() as u64;
        let readings = (begin, cache.readings.len() as u32);
        // English mode writes no Vietnamese letters, and Vietnamese mode reads words where words are.
        let word = match damage {
            _ if damage.is_misread() => !seen.is_ascii(),
            _ => length > 1 && keep.word != UNKNOWN,
        };
        let noisy = !certain && !word && !damage.is_converted() && is_noise(seen, length);
        Token { id, readings, keep, best, certain, noisy, in_vain }
    }

    /// Whether one of a word's letters has a tone.
    fn has_tone(&self, word: Word) -> bool {
        let tone = |&code: &u8| letter::split_tone(code).1 != Tone::Level;
        self.parts.lexicon.spelling(word).iter().any(tone)
    }

    /// What any change to a piece costs beyond the channel.
    fn toll(&self, piece: &Piece, damage: Damage, known: Option<Word>) -> i32 {
        match (damage, known) {
            (Damage::VietnameseOcr, Some(_)) => self.weights.change,
            (Damage::VietnameseOcr, None) => self.weights.change_unknown,
            _ if piece.kind == Kind::Number => self.weights.number_as_word,
            _ => 0,
        }
    }

    /// Adds readings of a piece with the quotes at its edges, and tells what the cheapest costs.
    fn wide(&mut self, at: usize, damage: Damage, keep: Reading, out: &mut Vec<Reading>) -> i32 {
        let piece = &self.document.pieces[at];
        let wide = piece.wide.of(self.document.text);
        let case = case::case_of(wide, piece.capitals);
        let candidates = self.candidates(wide, case, damage, true);
        let wide = if damage == Damage::ScannerOcr { 0 } else { self.weights.wide };
        let toll = self.toll(piece, damage, Some(keep.word)) + wide;
        let candidates = &self.cache.candidates[candidates.range()];
        out.extend(candidates.iter().map(|c| Reading { wide: true, ..read(c, keep, toll) }));
        candidates.iter().map(|c| c.cost + toll).min().unwrap_or(i32::MAX)
    }

    /// Adds to readings what their capitals cost, where these say anything.
    fn capitals(&self, at: usize, keep: Reading, readings: &mut [Reading]) {
        let piece = &self.document.pieces[at];
        if piece.kind == Kind::Gapped && keep.case == Case::Lower && self.document.seen(at).starts_with(is_sign) {
            // Its first letter is lost, and its case with it.
            return readings.iter_mut().for_each(|reading| {
                reading.cost += match (piece.gap, reading.case) {
                    (Gap::Sentence, Case::Lower) => self.weights.small_first,
                    (Gap::Sentence, _) => 0,
                    _ => self.capital(reading, Shown::Nothing),
                }
            });
        }
        let free = piece.gap == Gap::Space || (piece.gap == Gap::Line && keep.case == Case::Lower);
        if free && !piece.capitals && piece.kind != Kind::Number {
            let misread = self.document.damages[at].is_misread();
            let blurred = misread && self.document.seen(at).starts_with(ALIKE_IN_BOTH_CASES);
            let shown = if blurred { Shown::Size } else { Shown::Shape };
            for reading in readings {
                reading.cost += self.capital(reading, shown);
            }
        }
    }

    /// What it costs that a word inside a sentence is cased as it is.
    fn capital(&self, reading: &Reading, shown: Shown) -> i32 {
        let odds = match (reading.word, reading.case) {
            (_, Case::Upper) => return 0,
            (UNKNOWN, _) => UNKNOWN_ODDS,
            (word, _) => self.parts.lexicon.odds(word).unwrap_or(0),
        };
        let with = if reading.case == Case::Title { odds } else { -odds };
        let weight = if shown == Shown::Nothing { UNIT } else { self.weights.capital };
        CASE_COSTS[shown as usize][(with + 16).clamp(0, 32) as usize] * weight / UNIT
    }

    /// Adds readings of a piece, and of those after it in its line, as noise: specks, rules and stamps that OCR took
    /// for letters.
    fn noise(&self, at: usize, damage: Damage, keep: Reading, out: &mut Vec<Reading>) {
        let weights = self.weights;
        let newline =
            |at: usize| self.document.pieces.get(at).is_none_or(|p| matches!(p.gap, Gap::Line | Gap::Sentence));
        let begins = newline(at);
        let mut cost = 0;
        for (piece, end) in self.document.pieces[at..].iter().zip(at + 1..).take(LONGEST_NOISE) {
            let seen = piece.span.of(self.document.text);
            let letters = seen.chars().count();
            if !is_noise(seen, letters) {
                break;
            }
            let glued =
                self.document.pieces.get(end).is_some_and(|next| next.gap == Gap::Glued) || piece.gap == Gap::Glued;
            let before =
                end.checked_sub(2).filter(|&before| before >= at).map(|before| self.document.pieces[before].wide.end);
            let parted = before.is_some_and(|before| {
                piece.gap != Gap::Space || self.document.text[before..piece.wide.start].contains(char::is_control)
            });
            let name = damage == Damage::VietnameseOcr && letters > 1 && seen.starts_with(char::is_uppercase);
            // English mode writes no Vietnamese letters, and Vietnamese mode reads words where words are.
            let word = match damage {
                _ if damage.is_misread() => !seen.is_ascii(),
                _ if end == at + 1 => letters > 1 && keep.word != UNKNOWN,
                _ => letters > 1 && self.parts.lexicon.word(seen).is_some(),
            };
            // Without it a lone `\r` might become a part of `\r\n`.
            let alone = end == at + 1 && self.document.text[..piece.wide.start].trim_end_matches(' ').ends_with('\r');
            // A list's mark, an initial, a particle: `c)`, `P.`, `ạ!`.
            let after = &self.document.text[piece.span.end..];
            let closed = !seen.is_ascii() && after.starts_with(['!', '?', ',']);
            let particle = damage == Damage::VietnameseOcr && (closed || matches!(seen, "ạ" | "ừ" | "ờ"));
            let mark = letters == 1 && (particle || after.starts_with([')', '.', ':', '/']));
            if parted || glued || name || word || alone || mark {
                break;
            }
            cost += weights.noise_piece + weights.noise_letter * letters as i32;
            // A last line that went away altogether would be a line less, so its end stays.
            if end == self.document.pieces.len() && !self.document.text[piece.span.end..].contains('\n') {
                break;
            }
            // A capital alone may well be a name: `nhóm K`.
            let capital = end == at + 1 && letters == 1 && seen.starts_with(char::is_uppercase);
            let edge = match begins || newline(end) {
                true => weights.noise + if capital { weights.noise_capital } else { 0 },
                false => weights.noise_inside,
            };
            let pieces = (end - at) as u8;
            out.push(Reading { cost: cost + edge, kept: false, noise: true, pieces, ..keep });
        }
    }

    /// Adds a reading of a piece as a Roman numeral: `X111`, `Il`, `LI`.
    fn roman(&self, seen: &str, damage: Damage, keep: Reading, out: &mut Vec<Reading>) {
        let Some((numeral, changed)) = numeral::roman(seen).filter(|_| damage.is_misread()) else { return };
        let Some(leaf) = self.parts.lexicon.word(&numeral) else { return };
        let cost = self.weights.roman * changed;
        if !out.iter().any(|r| r.word == leaf.word && r.second.is_none() && r.pieces == 1 && r.cost <= cost) {
            out.push(Reading { word: leaf.word, case: Case::Upper, kept: false, cost, ..keep });
        }
    }

    /// Whether a piece is `km?` after a number, for km².
    fn is_square(&self, at: usize, damage: Damage) -> bool {
        let piece = &self.document.pieces[at];
        let number = at > 0 && self.document.pieces[at - 1].kind == Kind::Number && piece.gap == Gap::Space;
        damage.is_misread() && number && numeral::is_square(piece.wide.of(self.document.text))
    }

    /// What a list's mark, `d)`, hardly is after the marks before it: d follows c, and đ follows d.
    fn unlikely_mark(&mut self, at: usize) -> Option<Word> {
        let piece = &self.document.pieces[at];
        if self.document.words.of(piece).letters > 1 || !self.is_list_mark(at) {
            return None;
        }
        let seen = piece.span.of(self.document.text);
        let unlikely = match std::mem::replace(&mut self.mark, seen.chars().next()) {
            Some('c') => "đ",
            Some('d') => "d",
            _ => return None,
        };
        self.parts.lexicon.word(unlikely).map(|leaf| leaf.word).filter(|_| seen == "d")
    }

    /// Whether a piece is what a list's item begins with: `d)`, `ii)`.
    fn is_list_mark(&self, at: usize) -> bool {
        let piece = &self.document.pieces[at];
        let begins = matches!(piece.gap, Gap::Line | Gap::Sentence);
        let after = &self.document.text[piece.span.end..];
        let ends = after.starts_with(')') || after.starts_with('.') && self.document.damages[at].is_dropped();
        begins && piece.span.len() <= 4 && ends
    }

    /// Adds readings of a piece whose first letter is of the other case than it seems: `bai` for Đại, `Ja` for là.
    fn miscased(&mut self, piece: &Piece, damage: Damage, toll: i32, keep: Reading, out: &mut Vec<Reading>) {
        let seen = piece.span.of(self.document.text);
        let case = match keep.case {
            Case::Lower => Case::Title,
            Case::Title => Case::Lower,
            Case::Upper => return,
        };
        let profile = &self.parts.profiles[damage];
        let first = seen.chars().next();
        // Where nothing is left of letters, it may be the first that is gone.
        let is_open = damage.is_dropped() && case == Case::Title;
        if damage == Damage::Stripped || !(is_open || first.is_some_and(|first| profile.is_miscased(first))) {
            return;
        }
        let alike = out.len();
        let candidates = self.candidates(seen, case, damage, false);
        for c in &self.cache.candidates[candidates.range()] {
            let reading = Reading { case, ..read(c, keep, toll) };
            let known = |r: &Reading| r.word == reading.word && r.second == reading.second && r.cost <= reading.cost;
            // A lost letter has shown no case.
            if damage == Damage::Lossy || !out[..alike].iter().any(known) {
                out.push(reading);
            }
        }
    }

    /// The ways to read the gap before `pieces[at]`, or behind the last one: damage puts marks where none were.
    pub fn crossings(&self, at: usize) -> [Option<Crossing>; 2] {
        if at == self.document.pieces.len() {
            return [Some(Crossing { word: Some(BOUNDARY), cost: 0 }), None];
        }
        let (gap, weights, damage) = (self.document.pieces[at].gap, self.weights, self.document.damages[at]);
        let mark = |word, cost| Some(Crossing { word: Some(word), cost });
        let none = |cost| Some(Crossing { word: None, cost }).filter(|_| !damage.is_converted());
        match gap {
            Gap::Glued | Gap::Space => [None, None],
            Gap::Pause => [mark(PAUSE, 0), none(weights.stray_pause)],
            Gap::Line | Gap::Sentence if self.is_list_mark(at) => [mark(BOUNDARY, 0), None],
            Gap::Line => [mark(BOUNDARY, weights.line_end), Some(Crossing { word: None, cost: 0 })],
            Gap::Sentence if self.document.begins_small(at) => [mark(BOUNDARY, 0), none(weights.stray_stop)],
            Gap::Sentence => [mark(BOUNDARY, 0), none(weights.stray_stop_capital)],
        }
    }

    /// What a gap costs at most, if a stretch ends before it with `pieces[at]`: a text may be cut off anywhere.
    pub fn cut(&self, at: usize) -> i32 {
        match self.document.damages[at] {
            Damage::VietnameseOcr => self.weights.cut_slips,
            _ => self.weights.cut,
        }
    }

    /// What a candidate costs in text that is right but for slips, because it is a name's or a foreign word's place.
    fn unlikely(&self, candidate: &Candidate, keep: &Reading, piece: &Piece, damage: Damage) -> i32 {
        let (lexicon, weights) = (&self.parts.lexicon, self.weights);
        let word = candidate.word.word;
        // Two syllables with nothing but their space lost are no name.
        if candidate.cost == weights.glued(damage)
            && candidate.second.is_some_and(|s| !lexicon.is_foreign(s.word))
            && !lexicon.is_foreign(word)
        {
            return -weights.change_unknown / 2;
        }
        let mut toll = match (lexicon.habit(word), keep.case) {
            (Habit::Abbreviation, Case::Lower | Case::Title) | (Habit::Name, Case::Lower) => weights.habit,
            _ => 0,
        };
        if damage == Damage::VietnameseOcr && keep.word == UNKNOWN {
            if lexicon.is_foreign(word) {
                toll += weights.foreign;
            }
            if keep.case == Case::Title && piece.gap != Gap::Sentence {
                toll += weights.name;
            }
        }
        toll
    }

    /// What it costs that a space or a line's end has come between the letters of a word, of which a piece and its
    /// neighbour are the halves; `None` if there is no doubt that it has not.
    fn joint(&self, at: usize, damage: Damage, token: &Token) -> Option<i32> {
        let piece = &self.document.pieces[at];
        let next = self.document.pieces.get(at + 1).filter(|next| next.kind != Kind::Number && !next.is_kept())?;
        let [this, other] = [piece, next].map(|piece| self.document.words.of(piece));
        // Of text that has lost but its marks only a consonant alone is in doubt: `d uoc`.
        let whole = damage == Damage::Lossy
            || damage.is_dropped()
            || damage == Damage::Stripped && !(this.letters == 1 && is_consonant(self.document.seen(at)));
        let apart = piece.kind == Kind::Number || whole;
        if apart || this.letters + other.letters > LONGEST_JOINED {
            return None;
        }
        let single = this.letters == 1 || other.letters == 1;
        let unknown = token.keep.word == UNKNOWN || other.word.is_none();
        let between = &self.document.text[piece.span.end..next.span.start];
        let broken = match next.gap {
            Gap::Space => None,
            _ => line_break::between(between).filter(|_| self.document.begins_small(at + 1)),
        };
        let (cost, doubtful) = match broken {
            Some(Break::Hyphen) => (self.weights.hyphen, true),
            Some(Break::Bare) => {
                let half = || unknown || self.parts.lexicon.is_foreign(token.keep.word);
                (self.weights.broken, damage.is_misread() || half())
            }
            None if between != " " => return None,
            None if damage == Damage::VietnameseOcr => (self.weights.split, single || unknown),
            None => (self.weights.split, (single || token.best > 3 * UNIT) && unknown),
        };
        doubtful.then_some(cost)
    }

    /// Adds readings of a piece with its neighbour as one word.
    fn join(&mut self, at: usize, damage: Damage, cost: i32, keep: Reading, out: &mut Vec<Reading>) {
        let piece = &self.document.pieces[at];
        let mut whole = std::mem::take(&mut self.cache.joined);
        whole.clear();
        whole.extend([self.document.seen(at), self.document.seen(at + 1)]);
        let case = case::case_of(&whole, piece.capitals);
        let candidates = self.candidates(&whole, case, damage, false);
        self.cache.joined = whole;
        let candidates = self.cache.candidates[candidates.range()].iter().filter(|c| c.second.is_none()).take(8);
        out.extend(candidates.map(|c| Reading { pieces: 2, case, ..read(c, keep, cost) }));
    }
}

/// Whether a piece is a small consonant, as no word is by itself.
fn is_consonant(seen: &str) -> bool {
    seen.bytes().all(|b| b.is_ascii_lowercase() && !b"aeiouy".contains(&b))
}

/// Letters that are the same in both cases but for their size.
const ALIKE_IN_BOTH_CASES: [char; 16] =
    ['c', 'C', 'k', 'K', 'o', 'O', 'p', 'P', 's', 'S', 'u', 'U', 'v', 'V', 'x', 'X'];

/// The odds, in half nats, that a word which the lexicon lacks begins with a capital.
const UNKNOWN_ODDS: i32 = 1;

/// How a word's first letter shows its case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Shape,
    /// By its size alone.
    Size,
    /// It is lost.
    Nothing,
}

/// How often a case is not what it seems.
const WRONG: [f64; 3] = [0.02, 0.08, 0.0];

/// What a case costs by its odds in half nats, from −16 to 16, and by how it is [`Shown`].
static CASE_COSTS: LazyLock<[[i32; 33]; 3]> =
    LazyLock::new(|| WRONG.map(|wrong| std::array::from_fn(|at| case_cost(at, wrong).round() as i32)));

fn case_cost(at: usize, wrong: f64) -> f64 {
    let p = 1.0 / (1.0 + (-(at as f64 - 16.0) / 2.0).exp());
    -(p * (1.0 - wrong) + (1.0 - p) * wrong).ln() * f64::from(UNIT)
}

/// Whether there is a single quote at a piece's edge.
fn is_horned(piece: &Piece, text: &str) -> bool {
    let edges = [piece.wide.start..piece.span.start, piece.span.end..piece.wide.end];
    edges.into_iter().any(|edge| text[edge].contains(['\'', '’', '‘']))
}

/// The most pieces of noise that are read as one.
const LONGEST_NOISE: usize = 6;

/// Whether a piece may be noise: a few letters, and no abbreviation.
fn is_noise(seen: &str, letters: usize) -> bool {
    letters <= 4
        && seen.chars().all(char::is_alphabetic)
        && (letters <= 2 || !seen.starts_with(char::is_uppercase))
        && (letters == 1 || seen.chars().any(|c| !c.is_uppercase()))
}

/// Whether a number may be a damaged word: a short one, without marks between its digits.
fn may_be_word(seen: &str, damage: Damage) -> bool {
    damage.is_misread() && seen.len() <= 3 && seen.bytes().all(|b| b.is_ascii_digit())
}

/// More than any reading costs.
const NEVER_GLUED: i32 = 1 << 16;

/// Two pieces with more letters than this are not read as one word.
const LONGEST_JOINED: usize = 7;

/// Whether a word has two tones, and a letter that Vietnamese alone has: it is two that lost their space.
fn is_two(seen: &str) -> bool {
    let tone =
        |c: char| letter::code(c).is_some_and(|code| letter::split_tone(code & !letter::CAPITAL).1 != Tone::Level);
    seen.chars().any(|c| c >= '\u{100}' && letter::code(c).is_some())
        && seen.chars().filter(|&c| tone(c)).nth(1).is_some()
}

/// A candidate as a reading like `keep` otherwise.
fn read(candidate: &Candidate, keep: Reading, toll: i32) -> Reading {
    Reading {
        word: candidate.word.word,
        second: candidate.second.map(|second| second.word),
        cost: candidate.cost + toll,
        kept: false,
        variant: candidate.word.variant,
        ..keep
    }
}

/// Whether a piece is a code such as `UBTVQH15` or `QH14`, capitals and then digits, or a unit such as `km2`.
pub fn is_code(seen: &str) -> bool {
    let unit = seen.strip_suffix(['2', '3', '²', '³']);
    if unit.is_some_and(|unit| matches!(unit, "mm" | "cm" | "dm" | "m" | "km")) {
        return true;
    }
    let digits = seen.trim_start_matches(char::is_uppercase);
    let capitals = seen.chars().take_while(|c| c.is_uppercase()).count();
    capitals >= 2 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_costs_do_not_hang_on_a_last_bit() {
        for (at, wrong) in (0..33).flat_map(|at| WRONG.map(|wrong| (at, wrong))) {
            let cost = case_cost(at, wrong);
            // A logarithm near 0 has more than its last bits from what it is taken of.
            assert!((cost.fract() - 0.5).abs() > 1e-9, "{at} {wrong} {cost}");
        }
    }

    #[test]
    fn codes_and_units() {
        for (seen, code) in [
            ("UBTVQH15", true),
            ("QH14", true),
            ("km2", true),
            ("m3", true),
            // One capital, however many bytes it takes, may be a damaged word's.
            ("Đ1", false),
            ("B6", false),
            ("UBND", false),
            ("16n", false),
        ] {
            assert_eq!(is_code(seen), code, "{seen}");
        }
    }
}
