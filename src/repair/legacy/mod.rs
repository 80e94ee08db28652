//! Legacy encodings of Vietnamese, as they look when they are taken for something else.
//!
//! Text older than Unicode, and text that went through a wrong conversion, comes out of PDFs and documents as characters
//! of cp1252 or Latin-1: `Céng hoµ x· héi` is TCVN3. [`decode`] reads such a text when it is known what it is in;
//! [`encode`] shows how a text would look.

mod codepage;
mod cp1258;
mod decoded;
mod escapes;
mod glyphs;
mod keys;
mod marked;
mod ncr;
mod spelling;
mod utf8;
mod view;
mod viqr;
mod vni;

pub(crate) use decoded::Decoded;
pub(crate) use glyphs::{Layout, NUMBER, decode_in, number};
pub(crate) use spelling::is_abbreviation;
pub(crate) use viqr::VIETNAMESE;

use crate::text::letter;
use codepage::CodePage;
use keys::Method;
use std::borrow::Cow;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A way in which Vietnamese text was written before Unicode, or is written without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Encoding {
    /// TCVN3, also called ABC, of the `.VnTime` fonts: `ViÖt Nam`.
    ///
    /// It has codes for the capitals `Ă Â Đ Ê Ô Ơ Ư` alone: [`encode`] writes other marked capitals as small letters,
    /// as converters do, and [`decode`] makes capitals of them in words of capitals: `QUYÕT` is QUYẾT.
    Tcvn3,
    /// TCVN3 in the `.VnTimeH` fonts, which show small letters as capitals: `viÖt nam` is VIỆT NAM.
    Tcvn3Upper,
    /// VNI for Windows: `Vieät Nam`.
    Vni,
    /// VPS: `ViŒt Nam`.
    Vps,
    /// VISCII 1.1 of RFC 1456: `Vi®t Nam`.
    Viscii,
    /// VIQR of RFC 1456, in plain ASCII: `Vie^.t Nam`.
    Viqr,
    /// Windows code page 1258, which writes tones after their letters: `Viêòt Nam`.
    Cp1258,
    /// Character references of HTML: `Vi&#7879;t Nam`.
    Ncr,
    /// Letters spelled by their numbers or bytes, as programs do: `Vi\u1ec7t Nam`, `Viu1ec7t Nam`, `Vi<U+1EC7>t Nam`,
    /// `Vi%E1%BB%87t Nam`. [`encode`] writes the first.
    Escapes,
    /// UTF-8 read as cp1252, Latin-1 or cp1258, once or twice: `Viá»‡t Nam`.
    Utf8AsLatin,
    /// Numbers of glyphs, as PDFs have them whose fonts lack a table of characters: `9LӋW 1DP`.
    ///
    /// Those of Times New Roman and the fonts in its order, upright and italic; [`encode`] writes the upright ones. Numbers
    /// may be spelled out, `(cid:57)`, as [`encode`] does with those of line breaks, tabs and spaces.
    GlyphIds,
    /// Keys of the Telex input method: `Vieetj Nam`.
    TelexKeys,
    /// Keys of the VNI input method: `Vie65t Nam`.
    VniKeys,
}

impl Encoding {
    /// All of them.
    pub const ALL: &[Encoding] = &[
        Encoding::Tcvn3,
        Encoding::Tcvn3Upper,
        Encoding::Vni,
        Encoding::Vps,
        Encoding::Viscii,
        Encoding::Viqr,
        Encoding::Cp1258,
        Encoding::Ncr,
        Encoding::Escapes,
        Encoding::Utf8AsLatin,
        Encoding::GlyphIds,
        Encoding::TelexKeys,
        Encoding::VniKeys,
    ];

    /// Its name, in lower case: `tcvn3`.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Tcvn3 => "tcvn3",
            Encoding::Tcvn3Upper => "tcvn3-upper",
            Encoding::Vni => "vni",
            Encoding::Vps => "vps",
            Encoding::Viscii => "viscii",
            Encoding::Viqr => "viqr",
            Encoding::Cp1258 => "cp1258",
            Encoding::Ncr => "ncr",
            Encoding::Escapes => "escapes",
            Encoding::Utf8AsLatin => "utf8-as-latin",
            Encoding::GlyphIds => "glyph-ids",
            Encoding::TelexKeys => "telex-keys",
            Encoding::VniKeys => "vni-keys",
        }
    }
}

impl Encoding {
    /// Whether a program wrote it, and nobody typed: then capitals are as they were.
    pub(crate) fn is_mechanical(self) -> bool {
        matches!(self, Encoding::Ncr | Encoding::Escapes | Encoding::Utf8AsLatin | Encoding::GlyphIds)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a text looks in an encoding, its bytes read as cp1252.
///
/// [`decode`] brings back the text in NFC, but for these:
///
/// - capitals that TCVN3 has no code for, unless two others of their word show what they are (`CéNG`); small letters
///   in [`Encoding::Tcvn3Upper`];
/// - characters that an encoding lacks and that look like one of its codes: `ñ` is `đ` in VNI, `§` is `Đ` in TCVN3.
///   Typographic quotes, dashes, ellipses and non-breaking spaces are written in ASCII there;
/// - plain words that are the keys of a syllable: `list` is `lít` in Telex, `lan1` is `lán` in VNI;
/// - text that spells out the encoding itself: `&#7879;` as such, or `á»‡`; in [`Encoding::Escapes`] `\` or `%` before a
///   letter, and letters in addresses, which stay by their numbers.
///
/// Words that no keys bring back (`Krá`, and `hoà` where the keys give `hòa`) stay as they are.
///
/// ```
/// use phucdau::repair::legacy::{Encoding, encode};
///
/// assert_eq!(encode("Việt Nam", Encoding::Vni), "Vieät Nam");
/// ```
pub fn encode(text: &str, encoding: Encoding) -> String {
    let text: String = text.nfc().collect();
    match encoding {
        Encoding::Tcvn3 => codepage::TCVN3.encode(&text, letter::small),
        Encoding::Tcvn3Upper => {
            codepage::TCVN3.encode(&text.chars().map(letter::small).collect::<String>(), letter::small)
        }
        Encoding::Vni => vni::encode(&text),
        Encoding::Vps => codepage::VPS.encode(&text, |c| c),
        Encoding::Viscii => codepage::VISCII.encode(&text, |c| c),
        Encoding::Cp1258 => cp1258::encode(&text),
        Encoding::Ncr => ncr::encode(&text),
        Encoding::Escapes => escapes::encode(&text),
        Encoding::Utf8AsLatin => utf8::encode(&text),
        Encoding::Viqr => viqr::encode(&text),
        Encoding::GlyphIds => glyphs::encode(&text),
        Encoding::TelexKeys => keys::encode(&text, Method::Telex),
        Encoding::VniKeys => keys::encode(&text, Method::Vni),
    }
}

/// What a text in an encoding says. All that is read is in NFC; whatever the encoding does not define stays as it is.
///
/// ```
/// use phucdau::repair::legacy::{Encoding, decode};
///
/// assert_eq!(decode("Céng hoµ x· héi chñ nghÜa ViÖt Nam", Encoding::Tcvn3), "Cộng hoà xã hội chủ nghĩa Việt Nam");
/// ```
pub fn decode(text: &str, encoding: Encoding) -> Cow<'_, str> {
    let (decoded, map) = decode_aligned(text, encoding);
    if map.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(decoded) }
}

/// Bytes that are not UTF-8, read as cp1252: how [`decode`] and a restorer take text in a legacy encoding.
///
/// ```
/// use phucdau::repair::legacy::{Encoding, decode, from_bytes};
///
/// assert_eq!(decode(&from_bytes(b"Vi\xd6t Nam"), Encoding::Tcvn3), "Việt Nam");
/// ```
pub fn from_bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| view::char_of(byte)).collect()
}

/// [`decode`], with the places where it changed something.
pub(crate) fn decode_aligned(text: &str, encoding: Encoding) -> Decoded {
    match encoding {
        Encoding::Tcvn3 => codepage::TCVN3.decode(text, CodePage::raise_among_capitals),
        Encoding::Tcvn3Upper => codepage::TCVN3.decode(text, CodePage::raise),
        Encoding::Vni => vni::decode(text),
        Encoding::Vps => codepage::VPS.decode(text, |_, _| ()),
        Encoding::Viscii => codepage::VISCII.decode(text, |_, _| ()),
        Encoding::Cp1258 => cp1258::decode(text),
        Encoding::Ncr => ncr::decode(text),
        Encoding::Escapes => escapes::decode(text),
        Encoding::Utf8AsLatin => utf8::decode(text),
        Encoding::Viqr => viqr::decode(text),
        Encoding::GlyphIds => glyphs::decode(text),
        Encoding::TelexKeys => keys::decode(text, Method::Telex),
        Encoding::VniKeys => keys::decode(text, Method::Vni),
    }
}

/// Writes a sign that an encoding has no code for, as far as there is one like it in ASCII.
fn substitute(c: char, out: &mut String) {
    match c {
        '‘' | '’' | '‚' => out.push('\''),
        '“' | '”' | '„' => out.push('"'),
        '–' | '—' => out.push('-'),
        '…' => out.push_str("..."),
        '\u{a0}' => out.push(' '),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    const SMALL: &str = "đàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";

    #[test]
    fn known_texts() {
        for (encoding, text, read) in [
            (Encoding::Tcvn3, "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
            (Encoding::Tcvn3, "§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
            (Encoding::Tcvn3, "C¨n cø LuËt ®Êt ®ai, th\u{ad} sè 5 ë 37°C", "Căn cứ Luật đất đai, thư số 5 ở 37°C"),
            (Encoding::Tcvn3, "A³nh, QUYÕT §ÞNH; H¶i, Hµ", "Ánh, QUYẾT ĐỊNH; Hải, Hà"),
            (Encoding::Tcvn3Upper, "céng hßa x· héi", "CỘNG HÒA XÃ HỘI"),
            (Encoding::Tcvn3Upper, "quyÕt ®Þnh Sè 12/q®-UBND", "QUYẾT ĐỊNH SỐ 12/QĐ-UBND"),
            (Encoding::Vni, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
            (
                Encoding::Vni,
                "ÑOÄC LAÄP - Töï do, myõ vieän, kyû, lyù, YÙ, kî",
                "ĐỘC LẬP - Tự do, mỹ viện, kỷ, lý, Ý, kỵ",
            ),
            (Encoding::Vni, "Ngöôøi daân tænh mình, thò xaõ, ñöôïc", "Người dân tỉnh mình, thị xã, được"),
            (Encoding::Vni, "Aø, Eâ", "À, Ê"),
            (Encoding::Vps, "Vi\u{152}t Nam, Ti‰ng Vi\u{8c}t", "Việt Nam, Tiếng Việt"),
            (Encoding::Viscii, "Vi®t Nam, Ti\u{8f}NG", "Việt Nam, TiỐNG"),
            (Encoding::Viscii, "H\u{2014} C\u{2013}M \u{2}", "HỞ CỜM Ẳ"),
            (Encoding::Viqr, "Vie^.t Nam dda^'t nu+o+'c me^'n ye^u", "Việt Nam đất nước mến yêu"),
            (Encoding::Viqr, "Vie.^t u*o*'t D-a`i Dda`i", "Việt ướt Đài Đài"),
            (Encoding::Viqr, "dda^u? Hello. they're add, e-mail a@b.vn", "đâu? Hello. they're add, e-mail a@b.vn"),
            (Encoding::Viqr, "ba\\. co^... o+?", "ba. cô... ở"),
            (Encoding::Viqr, "DDa('k La('k, E^dde^.", "Đắk Lắk, Êđê."),
            (Encoding::Viqr, "\\vKra'.", "Krá."),
            (Encoding::Cp1258, "Viêòt Nam, ðýõÌc, ÐÂìT, 5 þ", "Việt Nam, đườc, ĐẤT, 5 ₫"),
            (Encoding::Cp1258, "àá Ì", "àá Ì"),
            (Encoding::Ncr, "Vi&#7879;t &#x110;&#X1ea5;t &ecirc;&Agrave;", "Việt Đất êÀ"),
            (
                Encoding::Ncr,
                "e&#770;&#803; &lt;b&gt; &amp; &#39; &#10; &;&#; &#xFFFFFFFFFF; &ecirc",
                "ệ &lt;b&gt; &amp; &#39; &#10; &;&#; &#xFFFFFFFFFF; &ecirc",
            ),
            (Encoding::Ncr, "Vi&amp;#7879;t t&amp;amp;ecirc;n &amp; &amp;lt;", "Việt tên &amp; &amp;lt;"),
            (Encoding::Escapes, r"Vi\u1ec7t \U00001ec7 \u{1ec7} \x{1EC7} \xea \u0041 \u", r"Việt ệ ệ ệ ê \u0041 \u"),
            (Encoding::Escapes, r"Vi\xe1\xbb\x87t Vi\341\273\207t \xe1\xbb \351", r"Việt Việt \xe1\xbb é"),
            (
                Encoding::Escapes,
                "Viu1ec7t U0110u1ea5t u00f4ng u201cu0041u201d us12345 u00d7",
                "Việt Đất ông “u0041” us12345 u00d7",
            ),
            (Encoding::Escapes, "Vi%u1EC7t l%E0 %u%E %", "Việt là %u%E %"),
            (Encoding::Escapes, "C%E1%BB%99ng%20h%C3%B2a%2C 50%20", "Cộng hòa, 50%20"),
            (Encoding::Escapes, "Vi=E1=BB=87t=20Nam=2E a=20b =E1=BB=", "Việt Nam. a=20b =E1=BB="),
            (Encoding::Escapes, "Vi<U+1EC7>t Vi<e1><bb><87>t <b1> <br> <U+>", "Việt Việt <b1> <br> <U+>"),
            (
                Encoding::Escapes,
                "https://vi.wikipedia.org/wiki/Vi%E1%BB%87t_Nam",
                "https://vi.wikipedia.org/wiki/Vi%E1%BB%87t_Nam",
            ),
            (Encoding::Escapes, r"b\u00e1o\n\u0110i\u1ec1u", "báo Điều"),
            (
                Encoding::Escapes,
                r"e\u0302\\u0323 \\\\xe1 \ud83d\ude00 \u20ac \ude00 \u2028 \xf0\x9f\x98\x80",
                r"ệ á 😀 € \ude00 \u2028 😀",
            ),
            (Encoding::Utf8AsLatin, "Viá»‡t Nam", "Việt Nam"),
            (Encoding::Utf8AsLatin, "Vi\u{e1}\u{bb}\u{87}t", "Việt"),
            (Encoding::Utf8AsLatin, "lÃ  cá»§a Æ n TiÃªÌng", "là của Ơn Tiếng"),
            (Encoding::Utf8AsLatin, "ViÃ¡Â»â€¡t nÃƒÂ y", "Việt này"),
            (Encoding::Utf8AsLatin, "ViÃ¡Â»â€¡t\nTHá»Š XÃƒâ€\u{9d}", "Việt\nTHỊ XÃ”"),
            (Encoding::Utf8AsLatin, "XÃ HỘI, Ä\u{fffd}á»“ng ÄÃ ", "XÃ HỘI, Đồng Đà"),
            (Encoding::Utf8AsLatin, "Ăª TiĂªÌ\u{81}ng lĂ\u{a0}", "ê Tiếng là"),
            (Encoding::Utf8AsLatin, "â€œma\u{303}Â\u{85}", "“ma\u{303}\u{c2}\u{85}"),
            (Encoding::TelexKeys, "tieengs Vieejt Nam dduwowcj Vieetj", "tiếng Việt Nam được Việt"),
            (Encoding::TelexKeys, "tieesng nhw nguoiwf ddoongf hoaf quys giuwax", "tiếng như người đồng hòa quý giữa"),
            (Encoding::TelexKeys, "DDoocj LAAPJ thuowr khuyur xooong", "Độc LẬP thuở khuỷu xoong"),
            (Encoding::TelexKeys, "tieengsz data mono was.ls w", "tiêng data mono was.ls w"),
            (Encoding::VniKeys, "tie6ng1 Vie6t5 d9u7o7c5 nguoi72 khong6", "tiếng Việt được người không"),
            (Encoding::VniKeys, "A4, covid19, 2025, T1, u23, lop10", "A4, covid19, 2025, T1, u23, lop10"),
        ] {
            assert_eq!(decode(text, encoding), read, "{encoding}: {text}");
        }
    }

    #[test]
    fn texts_are_written() {
        for (encoding, text, written) in [
            (Encoding::Tcvn3, "Độc lập, “Ý” – 5", "§éc lËp, “ý” – 5"),
            (Encoding::Tcvn3Upper, "ĐỘC Lập", "®éc lËp"),
            (Encoding::Vni, "Độc lập, Ỵ ỵ Ứ", "Ñoäc laäp, Î î ÖÙ"),
            (Encoding::Vps, "“Độc” – lập…", "\"ñ¶c\" - l\u{c6}p..."),
            (Encoding::Viscii, "Độc\u{a0}lập", "Ðµc l§p"),
            (Encoding::Viqr, "Việt, cô. a\\ đi đâu? ad-d", "Vie^.t, co^\\. a\\\\ ddi dda^u\\? ad\\-d"),
            (Encoding::Cp1258, "Việt đà", "Viêòt ðaÌ"),
            (Encoding::Ncr, "Việt – 5", "Vi&#7879;t &#8211; 5"),
            (Encoding::Escapes, "Việt – 5", r"Vi\u1ec7t \u2013 5"),
            (Encoding::Utf8AsLatin, "Việt\u{85}", "Viá»‡t\u{85}"),
            (Encoding::TelexKeys, "Tiếng ĐƯỢC 5 Ở Krá hoà", "Tieengs DDUWOWCJ 5 OWr Krá hoà"),
            (Encoding::VniKeys, "Tiếng ĐƯỢC 5 Ở đ", "Tie6ng1 D9U7O7C5 5 O73 d9"),
        ] {
            assert_eq!(encode(text, encoding), written, "{encoding}: {text}");
        }
    }

    #[test]
    fn each_letter_comes_back() {
        let capitals: String = SMALL.chars().map(letter::capital).collect();
        for &encoding in Encoding::ALL {
            for c in SMALL.chars().chain(capitals.chars()) {
                let text = c.to_string();
                let expected = match encoding {
                    Encoding::Tcvn3Upper => letter::capital(c),
                    Encoding::Tcvn3 if !"ĐĂÂÊÔƠƯ".contains(c) => letter::small(c),
                    _ => c,
                };
                assert_eq!(decode(&encode(&text, encoding), encoding), expected.to_string(), "{encoding}");
            }
        }
    }

    #[test]
    fn codes_are_those_of_both_views() {
        for encoding in [Encoding::Vps, Encoding::Viscii] {
            for c in SMALL.chars().chain(SMALL.chars().map(letter::capital)) {
                let seen = encode(&c.to_string(), encoding);
                let byte = view::byte_of(seen.chars().next().unwrap()).unwrap();
                assert_eq!(decode(&(byte as char).to_string(), encoding), c.to_string());
            }
        }
    }

    #[test]
    fn maps_mark_what_changed() {
        for (encoding, text) in [
            (Encoding::Tcvn3, "ViÖt Nam ®Êt"),
            (Encoding::Vni, "Vieät Nam ñaát"),
            (Encoding::Viqr, "\\vVie^.t ba\\."),
            (Encoding::Utf8AsLatin, "Viá»‡t Nam Ä‘áº¥t"),
            (Encoding::Ncr, "Vi&#7879;t Nam"),
        ] {
            let (read, map) = decode_aligned(text, encoding);
            let (mut same, mut done, mut at) = (String::new(), 0, 0);
            for (to, from) in map.stretches() {
                assert_eq!(read[done..to.start], text[at..from.start]);
                assert_ne!(to.of(&read), from.of(text));
                same.push_str(&read[done..to.start]);
                (done, at) = (to.end, from.end);
            }
            assert_eq!(read[done..], text[at..]);
            same.push_str(&read[done..]);
            assert!(same.contains(if encoding == Encoding::Viqr { "t ba" } else { " Nam" }), "{same}");
        }
        let (text, map) = decode_aligned("xin Vieät", Encoding::Vni);
        let stretches: Vec<_> = map.stretches().collect();
        assert_eq!((text.as_str(), stretches), ("xin Việt", vec![(Span::new(6, 9), Span::new(6, 9))]));
    }

    #[test]
    fn names_are_distinct() {
        let mut names: Vec<String> = Encoding::ALL.iter().map(Encoding::to_string).collect();
        names.dedup();
        assert_eq!(names.len(), 13);
        assert_eq!(format!("{:>6}", Encoding::Vni), "   vni");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn names_are_those_of_serde() {
        for encoding in Encoding::ALL {
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.name());
        }
    }
}
