//! Words run together, their spaces lost: `cộnghòaxãhội`, `nguoidantoc`. Two words that are one piece are the lattice's
//! matter; here are more, and of two such as are long, or stand in a document that has many.

use super::map::{Draft, Map};
use crate::lexicon::Lexicon;
use crate::segment::{self, Kind, Piece};
use crate::span::Span;
use crate::text::letter;
use std::collections::BTreeSet;

/// No syllable has so many letters.
const SHORTEST: usize = 8;

/// Where a document is known to have such, shorter ones are looked at, too.
const SHORTEST_OF_MANY: usize = 6;

/// Longer ones are left.
const LONGEST: usize = 200;

/// The most letters of a syllable.
const LONGEST_WORD: usize = 7;

/// What each word costs beyond half of its rarity, so that few long words win over many short ones.
const WORD: i32 = 128;

/// Parts the words that were run together.
pub fn part(source: &str, lexicon: &Lexicon) -> Option<(String, Map)> {
    // Without letters of Vietnamese alone they may be words of another language: the document decides.
    let is_run = |word: &str| !is_name(word) && words(word, lexicon).is_some_and(|ends| ends.len() > 2);
    let is_syllable = |word: &str| lexicon.syllable_cost(word).is_some();
    let (mut any, mut runs) = (false, BTreeSet::new());
    each(source, has_long_run, |_, word| {
        any = true;
        if is_long(word, SHORTEST) && is_run(word) {
            runs.insert(word);
        }
    });
    if !any {
        return None;
    }
    let mut are_many = false;
    if runs.len() >= 2 {
        let (mut all, mut syllables) = (0, 0);
        each(source, |_| true, |_, word| (all, syllables) = (all + 1, syllables + usize::from(is_syllable(word))));
        are_many = runs.len() * 300 >= all && syllables * 2 >= all - runs.len();
    }
    let mut draft = Draft::default();
    let shortest = if are_many { SHORTEST_OF_MANY } else { SHORTEST };
    let may_be = |word: &str| {
        let marked = word.chars().any(letter::is_own);
        let hopeful = if is_name(word) { marked && are_many } else { marked || are_many };
        hopeful && is_long(word, shortest) && !is_syllable(word)
    };
    let looked_at = |line: &str| are_many || has_long_run(line);
    each(source, looked_at, |place, word| {
        let ends = if may_be(word) { words(word, lexicon) } else { None };
        for end in ends.iter().flat_map(|ends| &ends[..ends.len() - 1]) {
            draft.replace(source, Span::new(place.start + end, place.start + end), " ");
        }
    });
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}

/// Visits the words of some lines, with their places.
fn each<'t>(source: &'t str, lines: impl Fn(&str) -> bool, mut visit: impl FnMut(Span, &'t str)) {
    let (mut pieces, mut at): (Vec<Piece>, usize) = (Vec::new(), 0);
    for line in source.split_inclusive('\n') {
        if lines(line) {
            pieces.clear();
            segment::segment_line(line.trim_end_matches(['\n', '\r']), at, &mut pieces);
            let words = pieces.iter().filter(|piece| piece.kind == Kind::Word);
            words.for_each(|piece| visit(piece.span, piece.span.of(source)));
        }
        at += line.len();
    }
}

/// Whether some letters in a row are more than a syllable has.
fn has_long_run(text: &str) -> bool {
    let mut letters = 0;
    text.bytes().any(|byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0xc0.. => letters += 1,
            // The bytes that go on with a character.
            0x80..=0xbf => {}
            _ => letters = 0,
        }
        letters == SHORTEST
    })
}

/// Whether a word begins with a capital, and goes on with small letters: `Indonesia`, `Hànộimới`.
fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_some_and(char::is_lowercase)
}

/// Whether a word has so many letters, and not too many.
fn is_long(word: &str, shortest: usize) -> bool {
    word.len() >= shortest && (shortest..=LONGEST).contains(&word.chars().count())
}

/// Where the cheapest syllables end that a word's letters make, in bytes; `None` if they make none, or but one.
fn words(word: &str, lexicon: &Lexicon) -> Option<Vec<usize>> {
    let marked = word.chars().any(letter::is_own);
    let places: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let capital: Vec<bool> = word.chars().map(char::is_uppercase).collect();
    // Up to each letter: the least cost, and where the last word begins.
    let mut best: Vec<Option<(i32, usize)>> = vec![None; places.len()];
    best[0] = Some((0, 0));
    for begin in 0..places.len() - 1 {
        let Some((so_far, _)) = best[begin] else { continue };
        for end in begin + 1..places.len().min(begin + LONGEST_WORD + 1) {
            // A capital after a small letter begins a word.
            if end > begin + 1 && capital[end - 1] && !capital[end - 2] {
                break;
            }
            let seen = &word[places[begin]..places[end]];
            let cost = match marked {
                true => lexicon.word(seen).filter(|leaf| !lexicon.is_foreign(leaf.word)).map(|leaf| lexicon.cost(leaf)),
                false if end == begin + 1 => None,
                false => lexicon.syllable_cost(seen).map(i32::from),
            };
            let Some(total) = cost.map(|cost| so_far + cost + WORD) else { continue };
            if best[end].is_none_or(|(other, _)| total < other) {
                best[end] = Some((total, begin));
            }
        }
    }
    let mut ends = Vec::new();
    let mut end = places.len() - 1;
    while let Some((_, begin)) = best[end].filter(|_| end > 0) {
        ends.push(places[end]);
        end = begin;
    }
    ends.reverse();
    (end == 0 && ends.len() > 1).then_some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn words_are_parted_where_all_of_them_are_syllables() {
        let model = Model::embedded();
        let many = "cac ho dan trong xa duoc huong dan cach phongchongsaubenh cho lua va nguoidantocthieuso";
        for (source, text) in [
            ("nước cộnghòaxãhội chủ nghĩa", "nước cộng hòa xã hội chủ nghĩa"),
            ("CỘNGHÒAXÃHỘICHỦNGHĨA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"),
            ("trong lĩnh vựcđượclựa chọn", "trong lĩnh vực được lựa chọn"),
            ("giữa mùa tuyếttrắngKhông ai đi", "giữa mùa tuyết trắng Không ai đi"),
            // A name is left, where there are no others; so are addresses and words of other languages.
            ("báo Hànộimới, đảo Guantánamo", "báo Hànộimới, đảo Guantánamo"),
            ("xem www.cộnghòaxãhội.vn", "xem www.cộnghòaxãhội.vn"),
            ("vitamin, karaoke, panorama và camera", "vitamin, karaoke, panorama và camera"),
            ("makanan dan minuman untuk kepala desa", "makanan dan minuman untuk kepala desa"),
            ("nước Indonesia, Ethiopia, Campuchia", "nước Indonesia, Ethiopia, Campuchia"),
            ("nghiêng nghiêng", "nghiêng nghiêng"),
            (many, "cac ho dan trong xa duoc huong dan cach phong chong sau benh cho lua va nguoi dan toc thieu so"),
        ] {
            let found = part(source, &model.0.lexicon);
            assert_eq!(found.map_or(source.to_owned(), |(text, _)| text), text, "{source}");
        }
        let long = "được".repeat(LONGEST);
        assert!(part(&long, &model.0.lexicon).is_none(), "longer ones are left");
    }
}
