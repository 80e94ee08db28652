//! Where a tone is written in a rhyme that begins with a glide: `hòa` or `hoà`.

use super::letter::{self, Tone};

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
#[cfg(any(test, feature = "train"))]
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
        for only in ["quý", "hoàn", "mùa", "hoa", "của"] {
            assert_eq!(other(&spell(only)), None, "{only}");
        }
    }
}
