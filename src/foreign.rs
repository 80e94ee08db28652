//! Whether words speak for Vietnamese, however damaged, or for another language, or for code.
//!
//! A Vietnamese word is one syllable, and damage seldom makes two of it; other languages write every third word or more
//! with consonants between vowels. On the other side they seldom hit upon the skeleton of a Vietnamese syllable that has
//! four letters. So no language need be known by name; short words that many texts are full of are listed, as they look
//! like skeletons.

use crate::lexicon::Lexicon;
use crate::segment::{Kind, Piece};
use crate::text::letter;
use std::ops::AddAssign;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Short words of large languages that are seldom or never Vietnamese, and such as are so at times.
const FUNCTION_WORDS: [&[&str]; 2] = [
    &[
        "ang", "and", "are", "as", "at", "att", "by", "das", "del", "der", "des", "die", "een", "el", "en", "est",
        "et", "for", "from", "het", "if", "il", "in", "is", "las", "les", "los", "mga", "ng", "not", "och", "of", "or",
        "per", "por", "que", "sur", "this", "un", "und", "une", "was", "which", "with", "yang", "you",
    ],
    &["a", "de", "di", "it", "non", "on", "that", "the", "to"],
];

/// What some words say together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// For another language, in nats.
    pub foreign: i32,
    /// For Vietnamese, in nats.
    pub vietnamese: i32,
}

/// The most that a word with a capital says for another language.
const NAME: i32 = 1;

/// Evidence that makes a document one of another language, or a line in a Vietnamese document.
const ENOUGH: i32 = 6;

/// Evidence that makes a line Vietnamese in a document of another language.
const ENOUGH_VIETNAMESE: i32 = 10;

/// In the midst of a sentence that is otherwise, the evidence must be so many times what speaks against it.
const CLEAR: i32 = 6;

/// How much likelier a word is in text of another language than in Vietnamese, damaged or not: logarithms of the odds,
/// rounded, of what was counted.
fn odds(word: &str, kind: Kind, lexicon: &Lexicon) -> i32 {
    let (mut letters, mut vowels, mut strange, mut before) = (0, 0, 0, false);
    let (mut vietnamese, mut sign, mut digit) = (false, false, false);
    for c in word.chars() {
        let code = letter::code(c).map(|code| letter::plain(code & !letter::CAPITAL));
        let vowel = code.is_some_and(|code| matches!(letter::char_of(code), 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
        letters += i32::from(code.is_some());
        vowels += i32::from(vowel && !before);
        before = vowel;
        vietnamese |= letter::is_own(c);
        strange += i32::from(code.is_none() && c.is_alphabetic());
        sign |= matches!(c, '_' | '=' | '<' | '>' | '{' | '}' | '[' | ']' | '(' | '\\' | '|' | '+' | '*' | '#');
        digit |= c.is_numeric();
    }
    let is_in = |list: &[&str]| list.iter().any(|other| word.eq_ignore_ascii_case(other));
    match (vowels, letters) {
        _ if strange > 0 => match skeleton(word, lexicon) {
            // `phäp`, `cüa`: what OCR reads in German or French mode.
            Some(letters) => -(letters - 2).clamp(0, 2),
            None => 3 * strange.min(2),
        },
        // A syllable but for letters that were lost.
        _ if kind == Kind::Gapped => -2,
        // Two syllables that lost their space are both.
        (2.., _) if vietnamese => 0,
        _ if vietnamese => -4,
        // Identifiers and tags: OCR seldom puts such signs inside a word.
        _ if sign => 3,
        _ if digit => 0,
        (2.., 4..) => letters.min(7) - 3,
        _ if is_in(FUNCTION_WORDS[0]) => 3,
        _ if is_in(FUNCTION_WORDS[1]) => 2,
        _ if kind == Kind::Mixed => 0,
        _ if lexicon.skeleton(word) == Some(true) => match letters {
            4.. => -4,
            _ if word.is_ascii() => -1,
            _ if word.contains(['é', 'É']) => -2,
            // `à`, `là`: in Vietnamese others are beside it with letters that only Vietnamese has.
            _ => 0,
        },
        // OCR makes such: other languages have vowels, and capitals in front.
        _ if vowels == 0 && letters > 2 && word.bytes().any(|b| b.is_ascii_lowercase()) => 0,
        _ if has_hump(word) => 0,
        _ if word.is_ascii() => 1,
        _ if word.contains(['é', 'É']) => -2,
        _ => 0,
    }
}

/// Whether a capital comes after a small letter.
pub fn has_hump(word: &str) -> bool {
    word.chars().zip(word.chars().skip(1)).any(|(c, next)| c.is_lowercase() && next.is_uppercase())
}

/// How many letters a word has that is a Vietnamese syllable's skeleton, marks of any language left aside; `None` if it is
/// none.
fn skeleton(word: &str, lexicon: &Lexicon) -> Option<i32> {
    let plain: String = word.nfd().filter(|&c| !is_combining_mark(c)).collect();
    lexicon.skeleton(&plain).filter(|&syllable| syllable).map(|_| plain.chars().count() as i32)
}

impl AddAssign for Evidence {
    fn add_assign(&mut self, other: Evidence) {
        self.foreign += other.foreign;
        self.vietnamese += other.vietnamese;
    }
}

impl Evidence {
    /// What a word says.
    pub fn of(text: &str, piece: &Piece, lexicon: &Lexicon) -> Self {
        let word = piece.span.of(text);
        let odds = odds(word, piece.kind, lexicon);
        // Vietnamese is full of foreign names.
        let name = !piece.capitals && word.starts_with(char::is_uppercase);
        let odds = if name { odds.min(NAME) } else { odds };
        Evidence { foreign: odds.max(0), vietnamese: (-odds).max(0) }
    }

    /// The evidence for what a document is not.
    fn against(self, foreign_document: bool) -> (i32, i32) {
        if foreign_document { (self.vietnamese, self.foreign) } else { (self.foreign, self.vietnamese) }
    }

    /// Whether a line is not what its document is; `sentence` is the evidence of all lines that its sentence goes over.
    fn is_other(self, sentence: Evidence, foreign_document: bool) -> bool {
        let (other, same) = self.against(foreign_document);
        let (sentence_other, sentence_same) = sentence.against(foreign_document);
        let enough = if foreign_document { ENOUGH_VIETNAMESE } else { ENOUGH };
        other - same >= enough && (sentence_other > sentence_same || other >= CLEAR * same)
    }
}

/// Which lines are of another language, by the evidence of each, and of its sentence, which `begins` some line.
pub fn lines<L>(lines: &[L], evidence: impl Fn(&L) -> Evidence, begins: impl Fn(&L) -> bool) -> Vec<bool> {
    let foreign = lines.iter().map(&evidence).map(|line| line.foreign - line.vietnamese).sum::<i32>() >= ENOUGH;
    let mut other = Vec::with_capacity(lines.len());
    for sentence in lines.chunk_by(|_, line| !begins(line)) {
        let mut whole = Evidence::default();
        sentence.iter().for_each(|line| whole += evidence(line));
        other.extend(sentence.iter().map(|line| evidence(line).is_other(whole, foreign)));
    }
    // What is beside such a line needs less.
    let leans = |at: usize| {
        let (other, same) = evidence(&lines[at]).against(foreign);
        other > same
    };
    for at in 1..other.len() {
        other[at] |= other[at - 1] && leans(at);
    }
    for at in (1..other.len()).rev() {
        other[at - 1] |= other[at] && leans(at - 1);
    }
    other.iter_mut().for_each(|other| *other = *other != foreign);
    other
}
