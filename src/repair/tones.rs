//! Tones moved to where the caller wants them.

use super::map::{Draft, Map};
use crate::lexicon::Lexicon;
use crate::span::Span;
use crate::text::letter::{self, CAPITAL};
use crate::text::placement::TonePlacement;

/// Moves the tones of the lexicon's words.
pub fn place(source: &str, placement: TonePlacement, lexicon: &Lexicon) -> Option<(String, Map)> {
    if placement == TonePlacement::AsFound {
        return None;
    }
    let mut draft = Draft::default();
    for word in source.split(|c: char| letter::code(c).is_none()).filter(|word| !word.is_ascii()) {
        let Some(codes) = letter::spell(word) else { continue };
        let small: Vec<u8> = codes.iter().map(|code| code & !CAPITAL).collect();
        let Some(moved) = placement.moved(&small).filter(|_| lexicon.get(&small).is_some()) else { continue };
        let start = word.as_ptr() as usize - source.as_ptr() as usize;
        let cased = moved.iter().zip(&codes).map(|(letter, code)| letter::char_of(letter | code & CAPITAL));
        draft.replace(source, Span::new(start, start + word.len()), &cased.collect::<String>());
    }
    let (text, map) = draft.finish(source);
    (!map.is_empty()).then_some((text, map))
}
