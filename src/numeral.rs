//! Roman numerals and square units, as damage leaves them.

/// Reads a piece as a Roman numeral up to thirty-nine, and tells how many of its letters were seen as others; `None` if it
/// cannot be one, or is one as it stands.
pub fn roman(seen: &str) -> Option<(String, i32)> {
    let mut numeral = String::with_capacity(seen.len());
    let mut changed = 0;
    for c in seen.chars() {
        let letters = match c {
            'X' | 'V' | 'I' => {
                numeral.push(c);
                continue;
            }
            '1' | 'l' | '|' | '!' | 'L' | 'T' => "I",
            'H' => "II",
            'x' => "X",
            'v' => "V",
            _ => return None,
        };
        numeral.push_str(letters);
        changed += 1;
    }
    let capital = seen.contains(['X', 'V', 'I', 'L']);
    (changed > 0 && capital && seen.len() >= 2 && is_roman(&numeral)).then_some((numeral, changed))
}

/// Whether letters are a Roman numeral up to thirty-nine.
pub fn is_roman(numeral: &str) -> bool {
    let ones = numeral.trim_start_matches('X');
    numeral.len() - ones.len() <= 3
        && (numeral.len() > ones.len() || !ones.is_empty())
        && matches!(ones, "" | "I" | "II" | "III" | "IV" | "V" | "VI" | "VII" | "VIII" | "IX")
}

/// Whether a piece with the signs at its edges is a square unit whose raised two was seen as a question mark.
pub fn is_square(seen: &str) -> bool {
    matches!(seen, "km?" | "m?" | "cm?" | "dm?")
}

/// Writes a square unit that was seen so.
pub fn square(seen: &str) -> String {
    seen.replace('?', "²")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        for (seen, numeral) in [
            ("X111", Some(("XIII", 3))),
            ("I1", Some(("II", 1))),
            ("Il", Some(("II", 1))),
            ("LI", Some(("II", 1))),
            ("1V", Some(("IV", 1))),
            ("VHI", Some(("VIII", 1))),
            ("XIII", None),
            ("11", None),
            ("l", None),
            ("LLLL", None),
            ("Là", None),
        ] {
            assert_eq!(roman(seen), numeral.map(|(n, changed)| (n.into(), changed)), "{seen}");
        }
    }
}
