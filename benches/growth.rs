//! Whether time grows with the length of a text, and no faster: microseconds a kilobyte, at sizes ten times each other.
//!
//! `cargo bench --bench growth -- 10000000 symbols tokens` goes up to 10 MB, with the texts whose names contain these words.

use phucdau::Restorer;
use std::fmt::Write;
use std::time::Instant;

/// Damaged text as it comes, and texts such as make programs slow, each as what it is made of.
const TEXTS: [(&str, &str); 20] = [
    ("pages", include_str!("../tests/data/minutes.eng.txt")),
    ("right pages", include_str!("../tests/data/minutes.gold.txt")),
    ("one line", "Dai hgi dai biéu Pang b¢ xa dugc té chirc. "),
    ("short lines", "xa\n"),
    ("blank lines", "\n"),
    ("one token", "dugc"),
    ("token of digits", "12a"),
    ("token of hyphens", "d-"),
    ("unknown words", "xqzw grblk "),
    ("symbols", "#@!% ^& *( "),
    ("brackets", "1)"),
    ("stops", "a."),
    ("letters apart", "b ộ "),
    ("marks apart", "a \u{301}"),
    ("VIQR", "Vie^.t Nam? ho`a.\n"),
    ("VIQR in one line", "Vie^.t Nam? ho`a. "),
    ("TCVN3 in one line", "CéNG HßA x· héi "),
    ("UTF-8 read as Latin", "Ã¡ "),
    ("Telex", "dduwowcj "),
    ("private use", "\u{f056}\u{f069}\u{f0d6}\u{f074} "),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let largest = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let names: Vec<&String> = arguments.iter().filter(|argument| argument.parse::<usize>().is_err()).collect();
    let restorer = Restorer::new();
    println!("µs a KB, for 1 KB, 10 KB and so on");
    for (name, unit) in TEXTS {
        if !names.is_empty() && !names.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        restorer.restore(&unit.repeat(1 + 1000 / unit.len()));
        let mut line = format!("{name:22}");
        let mut size = 1000usize;
        while size <= largest {
            let text = unit.repeat(size.div_ceil(unit.len()));
            let begun = Instant::now();
            let restored = restorer.restore(&text);
            let pace = begun.elapsed().as_secs_f64() * 1e9 / text.len() as f64;
            drop(restored);
            write!(line, " {pace:8.0}").expect("writing to a string");
            size *= 10;
        }
        println!("{line}");
    }
}
