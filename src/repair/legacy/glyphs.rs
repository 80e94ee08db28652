//! Numbers of glyphs: PDFs whose fonts have no table of characters give them for their letters.
//!
//! Fonts that come with Windows (Times New Roman, Arial and their kin) have their first glyphs in one order, ASCII's at 29
//! before its codes; Vietnamese ones follow in a block of Unicode's order, behind the letters of Arabic and Hebrew in
//! upright fonts, and before them in italic ones, which have none.

use super::decoded::{Decoded, Writer, units};
use std::fmt::Write;
use unicode_normalization::UnicodeNormalization;

/// An order of glyphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// That of Times New Roman, in which every letter is known; Arial's is taken to be the same.
    Times,
    /// The same as far as it is that of other fonts, too: Latin letters.
    Latin,
    /// That of Calibri, as far as it is that of the alphabet.
    Calibri,
}

impl Layout {
    /// The character of a glyph.
    fn char_of(self, glyph: u32) -> Option<char> {
        match self {
            Layout::Times => char_of(glyph),
            Layout::Latin => char_of(glyph).filter(|_| glyph < BLOCKS[0].1[1]),
            Layout::Calibri => {
                CALIBRI.iter().find_map(|(first, row)| row.chars().nth(glyph.checked_sub(*first)? as usize))
            }
        }
    }
}

/// How far a glyph's number lies before the code of its character of ASCII.
const ASCII: u32 = 29;

/// The glyphs from 98 on.
const LATIN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄¤‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇŁłŠšŽž¦ÐðÝý";
const FIRST_LATIN: u32 = 98;

/// Single glyphs behind those.
const SINGLE: [(u32, char); 8] =
    [(255, 'đ'), (258, 'Ă'), (259, 'ă'), (264, 'Đ'), (0x1ac, 'Ĩ'), (0x1ad, 'ĩ'), (0x1c9, 'Ũ'), (0x1ca, 'ũ')];

/// Glyphs in Unicode's order: the letters, and the numbers of the first in upright and in italic fonts.
const BLOCKS: [(std::ops::RangeInclusive<char>, [u32; 2]); 3] =
    [('Ơ'..='ơ', [0x46a, 0x2ee]), ('Ư'..='ư', [0x46c, 0x2f0]), ('\u{1ea0}'..='\u{1ef9}', [0x4a4, 0x328])];

/// Calibri's glyphs, as far as they are sure: the number of the first of each row, and what they show. A letter's marks
/// come in Unicode's order: grave, acute, circumflex, tilde; behind the last of them there are others of no Vietnamese letter.
#[rustfmt::skip]
const CALIBRI: [(u32, &str); 54] = [
    (3, " "), (4, "AÀÁÂÃ"), (17, "BC"), (24, "DĎĐÐEÈÉÊ"), (38, "FG"), (44, "H"), (47, "IÌÍÎĨ"), (58, "J"), (59, "("),
    (60, "K"), (62, "L"), (68, "MN"), (75, "OÒÓÔÕ"), (87, "P"), (89, "QR"), (94, "S"), (100, "T"), (104, "UÙÚÛŨ"),
    (115, "VW"), (121, "XYỲÝ"), (258, "aàáâã"), (271, "bc"), (282, "dďđðeèéê"), (296, "f"), (336, "g"), (346, "h"),
    (349, "iìíîĩ"), (361, "j"), (364, "k"), (367, "l"), (373, "mn"), (381, "oòóôõ"), (393, "p"), (395, "qr"),
    (400, "s"), (410, "t"), (437, "uùúûũ"), (448, "vw"), (454, "xyỳý"), (460, "z"), (842, "!"), (845, "?"),
    (853, ",;:."), (859, "’"), (862, "“”"), (876, "/"), (882, "-"), (894, "()"), (920, "&"), (1004, "0123456789"),
    (1081, "%"), (1085, "+"), (1089, "="), (1092, "<>"),
];

/// How numbers are written that are spelled out.
pub(crate) const NUMBER: &str = "(cid:";

/// The character of a glyph.
fn char_of(glyph: u32) -> Option<char> {
    match glyph {
        3..=97 => char::from_u32(glyph + ASCII),
        FIRST_LATIN..=234 => LATIN.chars().nth((glyph - FIRST_LATIN) as usize),
        _ => SINGLE.iter().find(|single| single.0 == glyph).map(|single| single.1).or_else(|| {
            BLOCKS.iter().find_map(|(letters, starts)| {
                let at = |&start: &u32| char::from_u32(*letters.start() as u32 + glyph.checked_sub(start)?);
                starts.iter().filter_map(at).find(|c| letters.contains(c))
            })
        }),
    }
}

/// The glyph of a character in upright fonts.
fn glyph_of(c: char) -> Option<u32> {
    match c {
        ' '..='~' => Some(c as u32 - ASCII),
        _ => LATIN
            .chars()
            .position(|latin| latin == c)
            .map(|at| at as u32 + FIRST_LATIN)
            .or_else(|| SINGLE.iter().find(|single| single.1 == c).map(|single| single.0))
            .or_else(|| {
                let (letters, starts) = BLOCKS.iter().find(|(letters, _)| letters.contains(&c))?;
                Some(starts[0] + (c as u32 - *letters.start() as u32))
            }),
    }
}

/// Characters that part lines and columns, which are no glyphs' numbers.
fn is_break(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

pub(super) fn decode(text: &str) -> Decoded {
    decode_in(text, Layout::Times, |_| true)
}

pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(2 * text.len());
    for c in text.chars() {
        match glyph_of(c).filter(|_| !is_break(c)).and_then(char::from_u32) {
            None => out.push(c),
            Some(shown) if is_break(shown) => write!(out, "{NUMBER}{})", shown as u32).expect("a string takes all"),
            Some(shown) => out.push(shown),
        }
    }
    out
}

/// The number that a text begins with, and its length.
pub(crate) fn number(text: &str) -> Option<(u32, usize)> {
    let digits = text.strip_prefix(NUMBER)?;
    let end = digits.bytes().take(6).position(|byte| !byte.is_ascii_digit())?;
    digits[end..].strip_prefix(')')?;
    Some((digits[..end].parse().ok()?, NUMBER.len() + end + 1))
}

/// Reads a text whose glyphs are in an order; those that it does not say stay as they are. What stands alone as a number of four digits
/// and more stays, too, unless it `may_be` what it reads as: of digits, `9137`, are capitals, `VNPT`.
pub(crate) fn decode_in(text: &str, layout: Layout, may_be: impl Fn(&str) -> bool) -> Decoded {
    let char_of = |glyph: u32| layout.char_of(glyph);
    let reads = |word: &str| may_be(&word.chars().map(|c| char_of(c as u32).unwrap_or(c)).collect::<String>());
    let is_number = |word: &str| {
        let digits = word.trim_matches(['$', '(', ')', '.', ',', ':', ';']);
        digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !reads(digits) && !reads(word)
    };
    let mut writer = Writer::new(text);
    let mut done = 0;
    let mut buffer = [0; 4];
    for unit in units(text) {
        if unit.start < done {
            continue;
        }
        if let Some((glyph, length)) = number(&text[unit.start..]) {
            done = unit.start + length;
            if let Some(c) = char_of(glyph) {
                writer.replace(unit.start..done, c.encode_utf8(&mut buffer));
            }
            continue;
        }
        if is_break(unit.c) {
            continue;
        }
        if text[..unit.start].chars().next_back().is_none_or(char::is_whitespace) {
            let word = text[unit.start..].split(char::is_whitespace).next().unwrap_or_default();
            if is_number(word) {
                done = unit.start + word.len();
                continue;
            }
        }
        if let Some(c) = char_of(unit.c as u32) {
            writer.replace(unit.start..unit.end, c.encode_utf8(&mut buffer));
        } else if unit.c > '\u{1e00}' {
            // A letter composed with the mark behind it, which both are numbers.
            let parts: Option<String> = [unit.c].into_iter().nfd().map(|c| char_of(c as u32)).collect();
            if let Some(parts) = parts {
                writer.replace(unit.start..unit.end, &parts);
            }
        }
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_are_those_of_the_fonts() {
        // As PDFs have them whose fonts are upright, or italic.
        for (seen, read) in [
            ("&Ӝ1* +Ñ$ ;\u{ad} +Ӝ, &+Ӫ 1*+Ƭ$ 9,ӊ7 1$0", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            ("ĈӝF OұS 7ӵ GR +ҥQK SK~F, 75È&+ .é", "Độc lập Tự do Hạnh phúcI TRÁCH KÝ"),
            ("K͡L QJK͓ O̯Q VDX, QJj\\", "hội nghị lần sauI ngày"),
            ("(cid:57)(cid:76)(cid:1227)(cid:87)(cid:3)(cid:49)(cid:68)(cid:80)\u{3}\u{15}\u{13}", "Việt Nam 20"),
        ] {
            assert_eq!(decode(seen).0, read);
        }
    }

    #[test]
    fn glyphs_are_told_apart() {
        let known: Vec<char> = (0..0x600).filter_map(char_of).collect();
        assert_eq!(known.len(), 95 + LATIN.chars().count() + 8 + 2 * (4 + 90));
        assert_eq!(char_of(234), Some('ý'));
        for c in known {
            assert_eq!(glyph_of(c).and_then(char_of), Some(c));
        }
    }

    #[test]
    fn numbers_are_no_words() {
        let may_be = |word: &str| matches!(word, "VNPT" | "EUROS");
        let (text, _) = decode_in("9LӋW 1DP 2024: $120000 9137 (2024) (8526 201", Layout::Times, may_be);
        assert_eq!(text, "Việt Nam 2024: $120000 VNPT (2024) EUROS OMN");
    }

    #[test]
    fn each_font_has_its_order() {
        let seen = "sŝҵƚ EĂŵ\u{358} dŚĄŶŐ ϭϮͬϮϬϮϰ͕ ŚǇҵŶ WŚƷ zġŶ;ĐƹͿ";
        assert_eq!(decode_in(seen, Layout::Calibri, |_| true).0, "Viҵt Nam. Tháng 12/2024, hyҵn Phú Yên(cũ)");
        assert_eq!(decode_in("9LӋW 1DP, WKiQJ", Layout::Latin, |_| true).0, "ViӋt NamI tháng");
    }

    #[test]
    fn what_is_no_number_stays() {
        for text in ["\t\r\n", "中🙂", "\u{7ff}"] {
            assert_eq!(decode(text).0, text);
        }
        for text in ["(cid:)", "(cid:999999)", "(cid:x)", "(cid:7"] {
            assert_eq!(number(text), None);
        }
    }
}
