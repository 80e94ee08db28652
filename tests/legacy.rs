//! Legacy encodings: what was written comes back, and whatever is read comes to no harm.

use phucdau::repair::legacy::{Encoding, decode, encode};
use proptest::prelude::*;
use proptest::sample::select;
use unicode_normalization::{UnicodeNormalization, is_nfc};

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
];

/// Rhymes with their vowel's tone as `_` after it.
const RHYMES: [&str; 60] = [
    "a_", "e_", "ê_", "i_", "o_", "ô_", "ơ_", "u_", "ư_", "y_", "i_a", "u_a", "ư_a", "o_a", "o_e", "u_y", "uê_", "uơ_",
    "a_i", "a_y", "â_y", "ư_i", "oa_i", "uô_i", "ươ_i", "a_o", "â_u", "ê_u", "iê_u", "yê_u", "ư_u", "ươ_u", "a_m",
    "ă_m", "iê_m", "a_n", "ă_n", "â_n", "yê_n", "uyê_n", "oa_n", "ươ_n", "a_ng", "oă_ng", "uâ_ng", "oo_ng", "uô_ng",
    "ươ_ng", "a_nh", "uy_nh", "e_p", "iê_p", "ă_t", "uyê_t", "uy_t", "ươ_t", "a_c", "ươ_c", "oă_c", "ê_ch",
];

fn syllable() -> impl Strategy<Value = String> {
    let tone = select(vec!["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]);
    (select(&ONSETS[..]), select(&RHYMES[..]), tone, 0..4).prop_map(|(onset, rhyme, tone, case)| {
        let word: String = format!("{onset}{}", rhyme.replace('_', tone)).nfc().collect();
        match case {
            0 => word.to_uppercase(),
            1 => word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect(),
            _ => word,
        }
    })
}

/// Names and abbreviations that are no syllables.
fn name() -> impl Strategy<Value = String> {
    select(vec!["Đắk", "Lắk", "Êđê", "Krá", "UBND", "QĐ", "TƯ", "Pleikú", "Đ", "đ", "ĐHQGHN", "Ô", "K'Bang", "H'Mông"])
        .prop_map(String::from)
}

/// English words, none of which is what a syllable's keys are.
fn english() -> impl Strategy<Value = String> {
    select(vec!["the", "add", "address", "Hello", "they're", "e-mail", "video", "and", "data", "Windows"])
        .prop_map(String::from)
}

/// What stands between words; none of it looks like a code of a code page, and no digit follows a word.
fn between() -> impl Strategy<Value = String> {
    let signs = ". , ; : ? ! ' \" ( ) [ ] { } - + * ^ ~ ` \\ / @ # % & = < > | _ … ... ?? ‽ 🙂 中".split(' ');
    prop_oneof![
        8 => Just(" ".to_owned()),
        3 => select(signs.map(String::from).collect::<Vec<_>>()),
        1 => select(vec!["\n", "\r\n", "\n\n", "\t", ". ", ", ", "? "]).prop_map(String::from),
        1 => " [0-9]{1,4}",
    ]
}

/// A text in NFC. Between two words there is always something.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![8 => syllable(), 1 => name(), 1 => english()];
    prop::collection::vec((word, prop::collection::vec(between(), 1..3)), 0..12)
        .prop_map(|words| words.into_iter().map(|(word, between)| word + &between.concat()).collect())
}

/// Anything that may be in a file, most of it such as legacy encodings are made of.
fn anything() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        4 => "[ -~]",
        4 => "[\u{80}-\u{ff}]",
        2 => select("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".chars().map(String::from).collect::<Vec<_>>()),
        2 => select(vec!["Ã", "á»", "áº", "Ä", "Æ", "Ì", "â€", "ð", "&#", ";", "&", "\\v", "\\", "dd"]).prop_map(String::from),
        2 => "[aeiouyAEIOUYdwsfrxj1-9.?'^(+]",
        1 => select(vec!["\n", "\r\n", "\u{301}", "\u{302}", "\u{323}", "\u{2028}", "\u{85}"]).prop_map(String::from),
        1 => "[ăâđêôơưạếộ]",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(sign, 0..40).prop_map(|signs| signs.concat())
}

/// So many cases, unless `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases: 400, ..default } }
}

/// What comes back of a text.
fn expected(text: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Tcvn3Upper => text.to_uppercase(),
        _ => text.to_owned(),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn texts_come_back(text in text()) {
        prop_assume!(is_nfc(&text));
        for &encoding in Encoding::ALL {
            let written = encode(&text, encoding);
            let read = decode(&written, encoding);
            match encoding {
                // Some capitals have no code.
                Encoding::Tcvn3 => prop_assert_eq!(read.to_lowercase(), text.to_lowercase()),
                // What stands before a letter's number may be of it.
                Encoding::Escapes if text.contains(['\\', '%']) => {}
                // The dots of an ellipsis are three.
                Encoding::Vps | Encoding::Viscii => prop_assert_eq!(&*read, text.replace('…', "..."), "{}", encoding),
                _ => prop_assert_eq!(&*read, expected(&text, encoding), "{}: {}", encoding, written),
            }
        }
    }

    #[test]
    fn small_letters_come_back_of_tcvn3(text in text()) {
        let text = text.to_lowercase();
        let written = encode(&text, Encoding::Tcvn3);
        prop_assert_eq!(&*decode(&written, Encoding::Tcvn3), text);
    }

    #[test]
    fn lines_stay(text in anything()) {
        let breaks = |text: &str| text.chars().filter(|c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')).count();
        for &encoding in Encoding::ALL {
            prop_assert_eq!(breaks(&decode(&text, encoding)), breaks(&text), "{}", encoding);
            prop_assert_eq!(breaks(&encode(&text, encoding)), breaks(&text), "{}", encoding);
        }
    }

    #[test]
    fn plain_words_stay(text in "[bcdghklmnptv ,;:\n]{0,40}") {
        prop_assume!(!text.contains("dd"));
        for &encoding in Encoding::ALL {
            // In these every letter is another.
            if !matches!(encoding, Encoding::Tcvn3Upper | Encoding::GlyphIds) {
                prop_assert_eq!(&*decode(&text, encoding), &*text, "{}", encoding);
            }
        }
    }
}
