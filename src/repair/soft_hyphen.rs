//! The letter ư of TCVN3, whose byte is the soft hyphen's: programs show it as a hyphen, `tr-êng`.

use super::map::{Draft, Map};
use crate::lexicon::Lexicon;
use crate::span::Span;

/// Puts ư in the place of hyphens, where it makes a word of the lexicon.
pub fn restore(text: &str, lexicon: &Lexicon) -> Option<(String, Map)> {
    let mut draft = Draft::default();
    for run in text.split(|c: char| !c.is_alphabetic() && c != '-') {
        let start = run.as_ptr() as usize - text.as_ptr() as usize;
        if !run.contains('-') || !run.contains(char::is_alphabetic) {
            continue;
        }
        let is_word = |word: &str| lexicon.word(word).is_some_and(|leaf| !lexicon.is_foreign(leaf.word));
        // A hyphen may part two words of which one lacks its ư: `t-ợng-đài`.
        let whole = run.replace('-', "ư");
        let (mut begin, mut hyphens) = (0, Vec::new());
        if is_word(&whole) {
            hyphens.extend(run.match_indices('-').map(|(at, _)| at));
        } else {
            while let Some(found) = run[begin..].find('-') {
                let at = begin + found;
                let end = run[at + 1..].find('-').map_or(run.len(), |next| at + 1 + next);
                if is_word(&format!("{}ư{}", &run[begin..at], &run[at + 1..end])) {
                    hyphens.push(at);
                    begin = (end + 1).min(run.len());
                } else {
                    begin = at + 1;
                }
            }
        }
        for at in hyphens {
            draft.replace(text, Span::new(start + at, start + at + 1), "ư");
        }
    }
    let (restored, map) = draft.finish(text);
    (!map.is_empty()).then_some((restored, map))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn hyphens_are_letters_where_they_make_words() {
        let model = Model::embedded();
        for (text, expected) in [
            ("tr-ờng đ-ợc -u tiên th- viện", "trường được ưu tiên thư viện"),
            ("kinh tế - xã hội", "kinh tế - xã hội"),
            ("Hà Nội-Huế, Lê-nin", "Hà Nội-Huế, Lê-nin"),
            ("bức t-ợng-đài", "bức tượng-đài"),
        ] {
            let found = restore(text, &model.0.lexicon);
            assert_eq!(found.map_or(text.to_owned(), |(text, _)| text), expected);
        }
    }
}
