//! Typographic signs whose codes are letters' in a legacy encoding: a bullet in a text in VPS is no `Ễ`.

use super::map::{Draft, Map};

/// Letters that are words by themselves, now and then.
const WORDS: &str = "àáạảấêếéôơổốởóùủừưýỷđ";

/// Puts signs of a line back into its decoded text, where they stand alone as a letter that is no word.
pub fn keep(line: &str, text: &str, map: &Map) -> Option<(String, Map)> {
    let mut draft = Draft::default();
    for (to, from) in map.stretches() {
        let sign = from.of(line);
        let alone =
            !text[..to.start].ends_with(char::is_alphanumeric) && !text[to.end..].starts_with(char::is_alphanumeric);
        if alone && matches!(sign, "•" | "·" | "–" | "—" | "…") && !WORDS.contains(&to.of(text).to_lowercase())
        {
            draft.replace(text, to, sign);
        }
    }
    let (kept, map) = draft.finish(text);
    (!map.is_empty()).then_some((kept, map))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repair::legacy::{Encoding, decode_aligned};

    #[test]
    fn signs_that_stand_alone_stay() {
        for (encoding, line, expected) in
            [(Encoding::Vps, "• Xã Hòa Bình — ª", "• Xã Hòa Bình — ở"), (Encoding::Tcvn3, "· n«ng th«n", "· nông thôn")]
        {
            let (text, map) = decode_aligned(line, encoding);
            let kept = keep(line, &text, &map);
            assert_eq!(kept.map_or(text, |(text, _)| text), expected);
        }
    }
}
