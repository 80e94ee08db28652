//! Repairs of Unicode: one way to write each letter, marks back on their letters, and no look-alikes.

use super::map::{Draft, Map};
use crate::lexicon::Lexicon;
use crate::span::Span;
use crate::text::letter;
use crate::text::lost::{has_sign, is_sign};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// Composes letters with their marks, also with marks that a space or a line's end has parted from them.
pub fn compose(source: &str) -> Option<(String, Map)> {
    // Composed text has no such marks at all, and most text is composed.
    if is_nfc_quick(strange(source)) == IsNormalized::Yes {
        return None;
    }
    let mut draft = Draft::default();
    let mut clusters = source.grapheme_indices(true).peekable();
    while let Some((start, cluster)) = clusters.next() {
        let mut letters = Cow::Borrowed(cluster);
        let mut end = start + cluster.len();
        // A space or a line's end that a mark stands on: its letter went ahead.
        while cluster.starts_with(char::is_alphabetic) {
            let after = &source[end..];
            let space = ["\r\n", "\n", " "].into_iter().find(|space| after.starts_with(space)).unwrap_or_default();
            let marks = after[space.len()..].chars().take_while(|&c| is_mark(c)).map(char::len_utf8).sum::<usize>();
            let stretch = &after[..space.len() + marks];
            let whole = ordered(&format!("{letters}{}", &stretch[space.len()..]));
            // A line that is nothing else stays one.
            let goes_on = !space.ends_with('\n') || after[stretch.len()..].starts_with(char::is_alphanumeric);
            if marks == 0 || !goes_on || !is_one_letter(&whole) {
                break;
            }
            // A line's end stays behind the letter.
            letters = Cow::Owned(if space.ends_with('\n') { format!("{whole}{space}") } else { whole });
            end += stretch.len();
            clusters.by_ref().find(|(at, c)| at + c.len() >= end);
            if space.ends_with('\n') {
                break;
            }
        }
        let composed = ordered(&letters);
        // Only what changed is an edit: a joiner after the letter is none of it.
        let before = &source[start..end];
        let tail: usize = (before.chars().rev().zip(composed.chars().rev()))
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        if composed != before {
            draft.replace(source, Span::new(start, end - tail), &composed[..composed.len() - tail]);
        }
    }
    Some(draft.finish(source))
}

/// The characters of a text that are neither ASCII nor whole Vietnamese letters: few, mostly.
fn strange(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|&c| !c.is_ascii() && letter::code(c).is_none())
}

/// Whether a character is a mark that Vietnamese puts on letters.
pub fn is_mark(c: char) -> bool {
    is_tone(c) || matches!(c, '\u{302}' | '\u{306}' | '\u{31b}')
}

/// Whether it is a tone's.
fn is_tone(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

fn is_one_letter(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| letter::code(c).is_some()) && chars.next().is_none()
}

/// The normal form C; tones that were written before a letter's own mark (`á` + `^`) come after it.
fn ordered(letters: &str) -> String {
    let composed: String = letters.nfc().collect();
    if !composed.chars().any(is_mark) {
        return composed;
    }
    let parts: Vec<char> = letters.nfd().collect();
    let (tones, rest): (Vec<char>, Vec<char>) = parts.into_iter().partition(|&c| is_tone(c));
    let again: String = rest.into_iter().chain(tones).nfc().collect();
    if again.chars().count() < composed.chars().count() { again } else { composed }
}

/// Puts the right letters in the place of others that look like them, in Vietnamese text: `Ð` for Đ, `ƣ` for ư, Cyrillic
/// and Greek ones, ligatures; and takes soft hyphens and other invisible characters out of words.
pub fn replace_lookalikes(source: &str, lexicon: &Lexicon) -> Option<(String, Map)> {
    if !strange(source).any(|c| lookalike(c).is_some()) || !is_vietnamese(source) {
        return None;
    }
    let runs = || source.split(|c: char| !is_letter(c)).filter(|run| run.chars().any(|c| lookalike(c).is_some()));
    // Where nearly all make words, the rest are names and loanwords.
    let (mut sure, mut all) = (0, 0);
    for found in runs().filter_map(|run| make(run, lexicon)) {
        all += 1;
        sure += usize::from(found == Made::Word);
    }
    let trusted = sure >= 3 && sure * 10 >= all * 8;
    let mut draft = Draft::default();
    for run in runs() {
        if !make(run, lexicon).is_some_and(|found| trusted || found == Made::Word) {
            continue;
        }
        let start = run.as_ptr() as usize - source.as_ptr() as usize;
        let core = run.trim_matches(is_unseen);
        let from = start + (run.len() - run.trim_start_matches(is_unseen).len());
        for (at, c) in core.char_indices() {
            if let Some(by) = lookalike(c) {
                draft.replace(source, Span::new(from + at, from + at + c.len_utf8()), by);
            }
        }
    }
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// Whether a character is a word's: a letter, a mark, or nothing that can be seen.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_mark(c) || is_unseen(c) || is_sign(c)
}

/// What a run of letters is once its look-alikes are what they look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// A word or an abbreviation.
    Word,
    /// Something else that may be written in Vietnamese letters.
    Letters,
}

/// `None` for what is in another alphabet.
fn make(run: &str, lexicon: &Lexicon) -> Option<Made> {
    let mut mended = String::with_capacity(run.len());
    for c in run.chars() {
        match lookalike(c) {
            Some(by) => mended.push_str(by),
            None => mended.push(c),
        }
    }
    let mended: String = mended.nfc().collect();
    if !mended.chars().all(|c| letter::code(c).is_some() || is_sign(c)) {
        return None;
    }
    // Ligatures and invisible characters stand for themselves; a letter must make a word with others that are right, or an
    // abbreviation.
    if !run.chars().any(|c| lookalike(c).is_some_and(|by| by.chars().count() == 1)) {
        return Some(Made::Word);
    }
    let capitals = mended.chars().all(char::is_uppercase) && mended.chars().count() <= 6;
    let made =
        if capitals || has_sign(&mended) || lexicon.word(&mended).is_some() { Made::Word } else { Made::Letters };
    let latin = |c: char| letter::code(c).is_some() || matches!(c, 'ð' | 'Ð' | 'ɖ' | 'Ɖ' | 'ƣ' | 'Ƣ' | 'ǎ' | 'Ǎ');
    run.chars().any(latin).then_some(made)
}

/// Whether a character cannot be seen.
fn is_unseen(c: char) -> bool {
    lookalike(c) == Some("")
}

/// Whether a text is Vietnamese that has its marks.
fn is_vietnamese(text: &str) -> bool {
    let (mut letters, mut own) = (0usize, 0usize);
    for c in text.chars().filter(|&c| c.is_alphabetic() || is_sign(c)) {
        letters += 1;
        // Of lost letters it is known that they were of Vietnamese.
        own += usize::from(
            matches!(c, 'ă' | 'Ă' | 'đ' | 'Đ' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{1ea0}'..='\u{1ef9}' | 'ƣ' | 'Ƣ')
                || is_sign(c),
        );
    }
    own * 40 > letters
}

/// What a character looks like: letters, or nothing if it cannot be seen.
pub fn lookalike(c: char) -> Option<&'static str> {
    Some(match c {
        'ð' | 'ɖ' => "đ",
        'Ð' | 'Ɖ' => "Đ",
        'ƣ' => "ư",
        'Ƣ' => "Ư",
        'ǎ' => "ă",
        'Ǎ' => "Ă",
        'а' => "a",
        'с' => "c",
        'ԁ' => "d",
        'е' => "e",
        'һ' => "h",
        'і' => "i",
        'о' | 'ο' => "o",
        'р' => "p",
        'ѕ' => "s",
        'υ' => "u",
        'ν' => "v",
        'х' => "x",
        'у' => "y",
        'А' | 'Α' => "A",
        'В' | 'Β' => "B",
        'С' => "C",
        'Е' | 'Ε' => "E",
        'Н' | 'Η' => "H",
        'І' | 'Ι' => "I",
        'К' | 'Κ' => "K",
        'М' | 'Μ' => "M",
        'Ν' => "N",
        'О' | 'Ο' => "O",
        'Р' | 'Ρ' => "P",
        'Ѕ' => "S",
        'Т' | 'Τ' => "T",
        'Х' | 'Χ' => "X",
        'У' | 'Υ' => "Y",
        'Ζ' => "Z",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn letters_are_composed() {
        for (source, text) in [
            ("Vie\u{302}\u{323}t Nam", "Việt Nam"),
            ("Viê \u{323}t Nam", "Việt Nam"),
            ("Vie \u{323}\u{302}t", "Việt"),
            ("Viê\n\u{323}t Nam", "Việ\nt Nam"),
            ("Viê\r\n\u{323}t", "Việ\r\nt"),
            ("cá\u{302}p", "cấp"),
            ("a \u{301}", "á"),
            ("\u{301}", "\u{301}"),
            ("b \u{301} la", "b \u{301} la"),
            ("5 \u{301} la", "5 \u{301} la"),
            ("e\u{300}\u{200d} a", "è\u{200d} a"),
            ("đo\u{31b}\u{323}", "đợ"),
        ] {
            let (composed, map) = compose(source).unwrap_or_else(|| (source.to_owned(), Map::default()));
            assert_eq!(composed, text);
            let whole = map.source(Span::new(0, composed.len()));
            assert_eq!(whole, Span::new(0, source.len()));
        }
        assert_eq!(compose("Việt Nam"), None);
    }

    #[test]
    fn lookalikes_are_replaced_in_vietnamese_words() {
        let model = Model::embedded();
        let lexicon = &model.0.lexicon;
        for (source, text) in [
            ("Ðảng bộ và HÐND tỉnh đã đƣợc bầu", "Đảng bộ và HĐND tỉnh đã được bầu"),
            ("đơn vị hành сhính, Тổ quốc", "đơn vị hành chính, Tổ quốc"),
            ("thực hi\u{ad}ện nghị quy\u{200b}ết", "thực hiện nghị quyết"),
            ("mạng wiﬁ của trường", "mạng wifi của trường"),
            // At a word's edge an invisible character may mean something.
            ("được\u{200b} mời", "được\u{200b} mời"),
            ("nhạc sĩ Guðmundur đến đây", "nhạc sĩ Guðmundur đến đây"),
            ("người Nga nói спасибо với cả nước", "người Nga nói спасибо với cả nước"),
            ("the oﬃce", "the oﬃce"),
        ] {
            let found = replace_lookalikes(source, lexicon);
            assert_eq!(found.map_or(source.to_owned(), |(text, _)| text), text);
        }
    }
}
