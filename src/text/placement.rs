//! Where a tone is written in a rhyme that begins with a glide: `hòa` or `hoà`.

use super::letter::{self, Tone};

/// Where a tone stands in the rhymes oa, oe and uy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum TonePlacement {
    /// Where it stood; in words that are restored without a trace of it, on the first letter.
    #[default]
    AsFound,
    /// On the first letter: `hòa`, `thủy`.
    Old,
    /// On the last: `hoà`, `thuỷ`.
    New,
}

impl TonePlacement {
    /// A word with its tone so, if it stands elsewhere. A word of small letters.
    pub(crate) fn moved(self, word: &[u8]) -> Option<Vec<u8>> {
        match self {
            TonePlacement::AsFound => None,
            TonePlacement::Old => canonical(word),
            TonePlacement::New if canonical(word).is_none() => other(word),
            TonePlacement::New => None,
        }
    }
}

/// Moves a tone to its other customary place: `hòa` ↔ `hoà`, `thủy` ↔ `thuỷ`, `khỏe` ↔ `khoẻ`; `None` where there is
/// only one way to write it. A word of small letters.
pub fn other(word: &[u8]) -> Option<Vec<u8>> {
    let [head @ .., first, last] = word else { return None };
    let ((v1, t1), (v2, t2)) = (letter::split_tone(*first), letter::split_tone(*last));
    let glide = match (letter::char_of(v1), letter::char_of(v2)) {
        ('o', 'a' | 'e') => true,
        ('u', 'y') => head.last().map(|&c| letter::char_of(c)) != Some('q'),
        _ => false,
    };
    if !glide || (t1 == Tone::Level) == (t2 == Tone::Level) {
        return None;
    }
    let mut moved = head.to_vec();
    moved.push(letter::with_tone(v1, t2));
    moved.push(letter::with_tone(v2, t1));
    Some(moved)
}

/// The word with its tone where the lexicon writes it (`hòa`, `thủy`), if it has another.
pub fn canonical(word: &[u8]) -> Option<Vec<u8>> {
    let last = *word.last()?;
    (letter::split_tone(last).1 != Tone::Level).then(|| other(word)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(word: &str) -> Vec<u8> {
        letter::spell(word).unwrap()
    }

    #[test]
    fn placements() {
        for (a, b) in [("hòa", "hoà"), ("thủy", "thuỷ"), ("khỏe", "khoẻ"), ("ủy", "uỷ")] {
            assert_eq!(other(&spell(a)), Some(spell(b)));
            assert_eq!(canonical(&spell(b)), Some(spell(a)));
            assert_eq!(canonical(&spell(a)), None);
        }
        assert_eq!(TonePlacement::Old.moved(&spell("hoà")), Some(spell("hòa")));
        assert_eq!(TonePlacement::New.moved(&spell("hòa")), Some(spell("hoà")));
        for (style, word) in [(TonePlacement::Old, "hòa"), (TonePlacement::New, "hoà"), (TonePlacement::AsFound, "hoà")]
        {
            assert_eq!(style.moved(&spell(word)), None);
        }
        for only in ["quý", "hoàn", "mùa", "hoa", "của"] {
            assert_eq!(other(&spell(only)), None, "{only}");
        }
    }
}
