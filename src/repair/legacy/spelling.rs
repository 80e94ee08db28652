//! How a syllable is spelt.

use super::marked;
use crate::text::{letter, placement, syllable};

/// Whether a small letter is a vowel.
pub(super) fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'ă' | 'â' | 'e' | 'ê' | 'i' | 'o' | 'ô' | 'ơ' | 'u' | 'ư' | 'y')
}

/// Where the tone of a word without one is written: `hòa`, as in [`placement`].
pub(super) fn place(word: &[char]) -> Option<usize> {
    if let Some(at) = word.iter().rposition(|c| matches!(c, 'ă' | 'â' | 'ê' | 'ô' | 'ơ' | 'ư')) {
        return Some(at);
    }
    let end = word.iter().rposition(|&c| is_vowel(c))? + 1;
    let mut start = word[..end].iter().rposition(|&c| !is_vowel(c)).map_or(0, |before| before + 1);
    // The glide of `qu` and `gi` belongs to the consonant.
    let glide =
        matches!((start.checked_sub(1).map(|before| word[before]), word[start]), (Some('q'), 'u') | (Some('g'), 'i'));
    if glide && end - start > 1 {
        start += 1;
    }
    Some(match end - start {
        _ if end < word.len() => end - 1,
        3 => start + 1,
        _ => start,
    })
}

/// Whether a word is an abbreviation, as far as it is written: capitals without the vowels that make words.
pub(crate) fn is_abbreviation(word: impl IntoIterator<Item = char>) -> bool {
    word.into_iter().all(|c| c.is_uppercase() && !"AEIOY".contains(c))
}

/// Whether a word of small letters is a syllable, with its tone where one is written.
pub(super) fn is_syllable(word: &[char]) -> bool {
    let Some(codes) = word.iter().map(|&c| letter::code(c)).collect::<Option<Vec<u8>>>() else { return false };
    let toned = word.iter().position(|&c| marked::split(c).2.is_some());
    syllable::parse(&codes).is_some()
        && toned.is_none_or(|toned| {
            let toneless: Vec<char> = word.iter().map(|&c| marked::split_tone(c).0).collect();
            // `hoà` is `hòa`.
            let is_here =
                |codes: &[u8]| codes.iter().position(|&code| letter::split_tone(code).1 != letter::Tone::Level);
            place(&toneless) == Some(toned)
                || placement::other(&codes).is_some_and(|other| place(&toneless) == is_here(&other))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_have_their_places() {
        for word in ["đâu", "hòa", "hoà", "quý", "già", "gì", "giếng", "thuở", "khuỷu", "ngoài", "của", "được", "thuý"]
        {
            assert!(is_syllable(&word.chars().collect::<Vec<_>>()), "{word}");
        }
        for word in ["đâủ", "qúy", "gìa", "cuả", "ngòai", "hello", "đựơc", ""] {
            assert!(!is_syllable(&word.chars().collect::<Vec<_>>()), "{word}");
        }
    }
}
