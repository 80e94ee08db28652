//! Vietnamese phonotactics: onset, rhyme, tone.

use super::letter::{self, Tone};
use std::collections::HashSet;
use std::sync::LazyLock;

const ONSETS: &str = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x";

/// Rhymes without tone, grouped by their coda.
const RHYMES: &str = "a e ê i o ô ơ u ư y ia ya ua ưa uê uy uơ oa oe uya uâ \
    ai ay ây oi ôi ơi ui ưi oai oay uôi ươi uây uay ao au âu eo êu iu iêu yêu ưu ươu oao oeo uyu uêu uao uau ưou \
    am ăm âm em êm im om ôm ơm um iêm yêm uôm ươm oam oăm uym ưm \
    an ăn ân en ên in on ôn ơn un ưn iên yên uôn ươn oan oăn oen uân uyên uyn uên oon \
    ang ăng âng eng êng ong ông ưng ung iêng yêng uông ương oang oăng uâng oong ôông uăng \
    anh ênh inh oanh uynh uênh ynh uanh \
    ap ăp âp ep êp ip op ôp ơp up iêp ươp oap oăp oep uyp uôp ưp yp \
    at ăt ât et êt it ot ôt ơt ut ưt iêt yêt uôt ươt oat oăt oet uât uyêt uyt uêt yt \
    ac ăc âc ec oc ôc ưc uc iêc uôc ươc oac oăc ooc êc \
    ach êch ich oach uych uêch ych uach";

struct Inventory {
    onsets: HashSet<Vec<u8>>,
    rhymes: HashSet<Vec<u8>>,
}

static INVENTORY: LazyLock<Inventory> = LazyLock::new(|| {
    let spelt = |list: &str| list.split_whitespace().filter_map(letter::spell).collect();
    Inventory { onsets: spelt(ONSETS), rhymes: spelt(RHYMES) }
});

/// A syllable taken apart; all in small letters' codes.
#[derive(Debug, PartialEq, Eq)]
pub struct Syllable<'a> {
    /// The consonants before the rhyme; empty if there are none.
    pub onset: &'a [u8],
    /// The rhyme without its tone.
    pub rhyme: Vec<u8>,
    /// Its tone.
    pub tone: Tone,
}

/// Takes a word of small letters apart; `None` if it breaks the rules of Vietnamese syllables.
pub fn parse(word: &[u8]) -> Option<Syllable<'_>> {
    let mut tone = Tone::Level;
    let mut bare = Vec::with_capacity(word.len());
    for &c in word {
        let (letter, t) = letter::split_tone(c);
        if t != Tone::Level {
            if tone != Tone::Level {
                return None;
            }
            tone = t;
        }
        bare.push(letter);
    }
    // The longest onset that leaves a rhyme: `gi` is onset in `gia`, rhyme's part in `gì`.
    for cut in (0..=3.min(bare.len())).rev() {
        let (onset, rhyme) = bare.split_at(cut);
        if (cut == 0 || INVENTORY.onsets.contains(onset)) && INVENTORY.rhymes.contains(rhyme) {
            let stopped = matches!(rhyme.last().map(|&c| letter::char_of(c)), Some('p' | 't' | 'c'))
                || letter::write(&rhyme[rhyme.len().saturating_sub(2)..]) == "ch";
            if stopped && !matches!(tone, Tone::Rising | Tone::Heavy) {
                return None;
            }
            return Some(Syllable { onset: &word[..cut], rhyme: rhyme.to_vec(), tone });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(word: &str) -> Vec<u8> {
        letter::spell(word).unwrap()
    }

    #[test]
    fn syllables() {
        for word in [
            "được", "nghiêng", "gì", "giếng", "quyết", "khuỷu", "ở", "ý", "phiêng", "pằn", "ớt", "thuở", "giặt",
            "quốc", "xoong",
        ] {
            assert!(parse(&spell(word)).is_some(), "{word}");
        }
        for word in ["dugc", "hgi", "tốcc", "mac", "bãt", "wer", "đuợcc", "ngn", ""] {
            assert!(parse(&spell(word)).is_none(), "{word}");
        }
    }
}
