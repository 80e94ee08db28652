//! Capitals: how a word is written, and writing another word so.

use super::letter;

/// How a word's letters are cased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Case {
    /// `đảng bộ`
    Lower,
    /// `Đảng`
    Title,
    /// `ĐẢNG`
    Upper,
}

impl Case {
    /// The case of the letter at `place` of a word so written: true for a capital.
    pub fn capital_at(self, place: usize) -> bool {
        match self {
            Case::Lower => false,
            Case::Title => place == 0,
            Case::Upper => true,
        }
    }
}

/// The case of a damaged word, by its letters and by the line it stands in.
///
/// OCR mixes cases (`DANg`, `KINh`, `lOn`): the majority rules, and a first capital counts as one.
pub fn case_of(word: &str, capitals: bool) -> Case {
    let (mut upper, mut lower, mut first) = (0, 0, None);
    for c in word.chars() {
        if c.is_uppercase() {
            upper += 1;
            first = first.or(Some(true));
        } else if c.is_lowercase() {
            lower += 1;
            first = first.or(Some(false));
        }
    }
    match (upper, lower) {
        (0, 0) if capitals => Case::Upper,
        // Letters that are alike in both cases are often seen as small.
        (0, 1) if capitals => Case::Upper,
        (0, _) => Case::Lower,
        (_, 0) if upper > 1 || capitals => Case::Upper,
        _ if upper > lower && upper > 1 => Case::Upper,
        _ if capitals && upper >= lower => Case::Upper,
        _ if first == Some(true) => Case::Title,
        _ => Case::Lower,
    }
}

/// Writes a word of small letters' codes in a case.
pub fn write(word: &[u8], case: Case, out: &mut String) {
    for (place, &code) in word.iter().enumerate() {
        let code = if case.capital_at(place) { code | letter::CAPITAL } else { code };
        out.push(letter::char_of(code));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_case_is_mended() {
        use Case::*;
        for (word, capitals, case) in [
            ("đảng", false, Lower),
            ("Pang", false, Title),
            ("DPang", false, Title),
            ("PANG", false, Upper),
            ("DANg", false, Upper),
            ("lOn", false, Lower),
            ("B", false, Title),
            ("B", true, Upper),
            ("b6", false, Lower),
            ("16", true, Upper),
        ] {
            assert_eq!(case_of(word, capitals), case, "{word}");
        }
    }
}
