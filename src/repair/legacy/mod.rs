//! Legacy encodings of Vietnamese, as they look when they are taken for something else.
//!
//! Text older than Unicode, and text that went through a wrong conversion, comes out of PDFs and documents as characters
//! of cp1252 or Latin-1: `Céng hoµ x· héi` is TCVN3. [`decode`] reads such a text when it is known what it is in;
//! [`encode`] shows how a text would look.

mod codepage;
mod cp1258;
mod decoded;
mod marked;
mod ncr;
mod utf8;
mod view;
mod vni;

pub(crate) use decoded::Decoded;

use crate::text::letter;
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
    /// as converters do.
    Tcvn3,
    /// TCVN3 in the `.VnTimeH` fonts, which show small letters as capitals: `viÖt nam` is VIỆT NAM.
    Tcvn3Upper,
    /// VNI for Windows: `Vieät Nam`.
    Vni,
    /// VPS: `Vi®t Nam`.
    Vps,
    /// VISCII 1.1 of RFC 1456.
    Viscii,
    /// VIQR of RFC 1456, in plain ASCII: `Vie^.t Nam`.
    Viqr,
    /// Windows code page 1258, which writes tones after their letters: `Viêòt Nam`.
    Cp1258,
    /// Character references of HTML: `Vi&#7879;t Nam`.
    Ncr,
    /// UTF-8 read as cp1252, Latin-1 or cp1258, once or twice: `Viá»‡t Nam`.
    Utf8AsLatin,
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
        Encoding::Utf8AsLatin,
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
            Encoding::Utf8AsLatin => "utf8-as-latin",
            Encoding::TelexKeys => "telex-keys",
            Encoding::VniKeys => "vni-keys",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a text looks in an encoding, its bytes read as cp1252.
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
        Encoding::Utf8AsLatin => utf8::encode(&text),
        _ => text,
    }
}

/// What a text in an encoding says, in NFC. Whatever the encoding does not define stays as it is.
///
/// ```
/// use phucdau::repair::legacy::{Encoding, decode};
///
/// assert_eq!(decode("Céng hoµ x· héi chñ nghÜa ViÖt Nam", Encoding::Tcvn3), "Cộng hoà xã hội chủ nghĩa Việt Nam");
/// ```
pub fn decode(text: &str, encoding: Encoding) -> Cow<'_, str> {
    let decoded = decode_aligned(text, encoding);
    if decoded.knots.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(decoded.text) }
}

/// [`decode`], with the places where it changed something.
pub(crate) fn decode_aligned(text: &str, encoding: Encoding) -> Decoded {
    match encoding {
        Encoding::Tcvn3 => codepage::TCVN3.decode(text, |c| c),
        Encoding::Tcvn3Upper => codepage::TCVN3.decode(text, letter::capital),
        Encoding::Vni => vni::decode(text),
        Encoding::Vps => codepage::VPS.decode(text, |c| c),
        Encoding::Viscii => codepage::VISCII.decode(text, |c| c),
        Encoding::Cp1258 => cp1258::decode(text),
        Encoding::Ncr => ncr::decode(text),
        Encoding::Utf8AsLatin => utf8::decode(text),
        _ => Decoded { text: text.to_owned(), knots: Vec::new() },
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

    #[test]
    fn known_texts() {
        for (encoding, text, read) in [
            (Encoding::Tcvn3, "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
            (Encoding::Tcvn3Upper, "céng hßa", "CỘNG HÒA"),
            (Encoding::Vni, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
            (Encoding::Utf8AsLatin, "Viá»‡t Nam", "Việt Nam"),
        ] {
            assert_eq!(decode(text, encoding), read);
        }
    }
}
