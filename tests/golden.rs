//! Three pages and what comes out of them: the exact text, committed in `data/*.out.txt`, and word errors within bounds.
//!
//! After a change that is meant to alter outputs, write them anew with `UPDATE_GOLDEN=1 cargo test --test golden`, and
//! read the diff before committing it.

use phucdau::Restorer;
use std::path::PathBuf;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const PAGES: [&str; 3] = ["minutes", "letter", "news"];

fn path(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", file].iter().collect()
}

fn read(file: &str) -> String {
    let path = path(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A text with all marks taken off.
fn strip(text: &str) -> String {
    text.nfd()
        .filter(|&c| !is_combining_mark(c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            c => c,
        })
        .collect()
}

/// The words of a text as they are compared: in small letters, with one tone placement (hoà = hòa, uỷ = ủy).
fn words(text: &str) -> Vec<String> {
    const PLACEMENTS: [(&str, &str); 15] = [
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oé", "óe"),
        ("oẻ", "ỏe"),
        ("oẽ", "õe"),
        ("oẹ", "ọe"),
        ("uỳ", "ùy"),
        ("uý", "úy"),
        ("uỷ", "ủy"),
        ("uỹ", "ũy"),
        ("uỵ", "ụy"),
    ];
    text.nfc()
        .collect::<String>()
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|word| !word.is_empty())
        .map(|word| {
            let other = |w: String, &(new, old): &(&str, &str)| match w.strip_suffix(new) {
                Some(head) if !(head.ends_with('q') && new.starts_with('u')) => {
                    format!("{head}{old}")
                }
                _ => w,
            };
            PLACEMENTS.iter().fold(word.to_owned(), other)
        })
        .collect()
}

/// Wrong, missing and needless words, and how many words there should be.
fn word_errors(gold: &str, output: &str) -> (usize, usize) {
    let (gold, output) = (words(gold), words(output));
    let mut row: Vec<usize> = (0..=output.len()).collect();
    for (i, right) in gold.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, word) in output.iter().enumerate() {
            let replaced = corner + usize::from(word != right);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(corner + 1);
        }
    }
    (row[output.len()], gold.len())
}

/// Compares with the committed output, or commits to this one.
fn compare(file: &str, output: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        std::fs::write(path(file), output).unwrap();
        return;
    }
    let expected = read(file);
    for (number, (line, expected)) in output.lines().zip(expected.lines()).enumerate() {
        assert_eq!(line, expected, "tests/data/{file}, line {}", number + 1);
    }
    assert_eq!(output, expected, "tests/data/{file}");
}

/// Restores each page in one state; the shares of words that are wrong before and after, of each and of all together.
fn restore(state: &str, source: impl Fn(&str) -> String) -> Vec<(&'static str, f64, f64)> {
    let restorer = Restorer::new();
    let mut rates = Vec::new();
    let (mut wrong, mut mended, mut all) = (0, 0, 0);
    for name in PAGES {
        let gold = read(&format!("{name}.gold.txt"));
        let source = source(name);
        let restored = restorer.restore(&source);
        let (before, words) = word_errors(&gold, &source);
        let (after, _) = word_errors(&gold, restored.text());
        rates.push((name, share(before, words), share(after, words)));
        (wrong, mended, all) = (wrong + before, mended + after, all + words);
        if state != "gold" {
            compare(&format!("{name}.{state}.out.txt"), restored.text());
        }
    }
    rates.push(("all pages", share(wrong, all), share(mended, all)));
    for (name, before, after) in &rates {
        println!("{name}, {state}: {before:.4} -> {after:.4}");
    }
    rates
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Four of five words are damaged; afterwards no more than a share of them are wrong, on all pages together and, as
/// there are only 250 words on one, with some leeway on each.
fn assert_restored(rates: &[(&str, f64, f64)], together: f64, each: f64) {
    for (name, before, after) in rates {
        let most = if *name == "all pages" { together } else { each };
        assert!(*before > 0.7, "{name}: only {before:.3} of the words damaged");
        assert!(*after < most, "{name}: {after:.3} of the words wrong");
    }
}

#[test]
fn word_errors_are_counted() {
    for (gold, output, errors) in [
        ("hòa bình", "hoà  BÌNH", (0, 2)),
        ("hòa bình", "hoá bình.", (1, 2)),
        ("Ủy ban quý, quỳ", "uỷ ban quý quỳ", (0, 4)),
        ("quý", "qúy", (1, 1)),
        ("một hai ba", "một ba bốn", (2, 3)),
        ("một", "", (1, 1)),
        ("ngày 30/4", "nga\u{300}y 30-4", (0, 3)),
    ] {
        assert_eq!(word_errors(gold, output), errors, "{gold} | {output}");
    }
    assert_eq!(strip("Đồng chí Nguyễn Thị Ước, đã"), "Dong chi Nguyen Thi Uoc, da");
}

#[test]
fn read_in_english_mode() {
    assert_restored(&restore("eng", |name| read(&format!("{name}.eng.txt"))), 0.08, 0.13);
}

#[test]
fn read_in_the_modes_of_other_languages() {
    for state in ["fra", "deu", "por", "latin"] {
        let rates = restore(state, |name| read(&format!("{name}.{state}.txt")));
        for (name, before, after) in rates {
            let most = if name == "all pages" { 0.08 } else { 0.13 };
            assert!(before > 0.4, "{name}, {state}: only {before:.3} of the words damaged");
            assert!(after < most, "{name}, {state}: {after:.3} of the words wrong");
        }
    }
}

#[test]
fn read_letter_by_letter() {
    assert_restored(&restore("legacy", |name| read(&format!("{name}.legacy.txt"))), 0.14, 0.2);
}

#[test]
fn stripped_of_all_marks() {
    assert_restored(&restore("stripped", |name| strip(&read(&format!("{name}.gold.txt")))), 0.06, 0.09);
}

#[test]
fn read_in_vietnamese_mode() {
    for (name, before, after) in restore("vie", |name| read(&format!("{name}.vie.txt"))) {
        assert!(after <= before, "{name}: {before:.3} of the words wrong before, {after:.3} after");
    }
}

#[test]
fn right_text_is_left_alone() {
    for (name, _, after) in restore("gold", |name| read(&format!("{name}.gold.txt"))) {
        assert!(after < 0.01, "{name}: {after:.3} of the words were harmed");
    }
}

/// Pages of different damage in one document come out nearly as well as by themselves.
#[test]
fn pages_of_different_damage_go_together() {
    let restorer = Restorer::new();
    let errors = |gold: &str, source: &str| word_errors(gold, restorer.restore(source).text()).0;
    let page = |name: &str, state: &str| match state {
        "stripped" => strip(&read(&format!("{name}.gold.txt"))),
        state => read(&format!("{name}.{state}.txt")),
    };
    let states = ["gold", "eng", "fra", "latin", "vie", "stripped"];
    for first in states {
        for second in states {
            for names in [["letter", "minutes"], ["minutes", "news"], ["news", "letter"]] {
                let golds = names.map(|name| read(&format!("{name}.gold.txt")));
                let sources = [page(names[0], first), page(names[1], second)];
                let apart = errors(&golds[0], &sources[0]) + errors(&golds[1], &sources[1]);
                let together = errors(&golds.concat(), &sources.concat());
                println!("{names:?}, {first} and {second}: {apart} apart, {together} together");
                assert!(together <= apart + 10, "{names:?}, {first} and {second}: {apart} apart, {together} together");
            }
        }
    }
}
