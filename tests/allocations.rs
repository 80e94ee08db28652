//! How much memory restoring takes, by an allocator that counts.

#[path = "checks/memory.rs"]
mod memory;

use memory::account;
use phucdau::tuning::{Adaptation, Beam};
use phucdau::{Restoration, Restorer};
use unicode_normalization::UnicodeNormalization;

/// How often memory was asked for in making a restoration: for its edits' words, lists and other readings.
fn of_output(restored: &Restoration) -> usize {
    restored.edits().iter().map(|edit| 3 + edit.alternatives.len()).sum()
}

/// Pages read in English mode, read in Vietnamese mode, without marks, and right.
fn pages() -> [(&'static str, String); 4] {
    let right = include_str!("data/minutes.gold.txt");
    [
        ("English mode", include_str!("data/minutes.eng.txt").into()),
        ("Vietnamese mode", include_str!("data/minutes.vie.txt").into()),
        ("stripped", strip(right)),
        ("right", right.into()),
    ]
}

/// A text without its marks.
fn strip(text: &str) -> String {
    let plain = |c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        c => c,
    };
    text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).map(plain).collect()
}

#[test]
fn a_longer_text_asks_for_memory_for_its_edits_only() {
    let restorer = Restorer::new();
    for (name, page) in pages() {
        let [text, longer] = [page.repeat(8), page.repeat(16)];
        restorer.restore(&longer);
        let (short, before) = account(|| restorer.restore(&text));
        let (long, after) = account(|| restorer.restore(&longer));
        let more = after.times.saturating_sub(before.times);
        let output = of_output(&long) - of_output(&short);
        let words = long.words() - short.words();
        assert!(words > 1000);
        assert!(more <= output + 50, "{name}: {more} for {output} in the output of {words} words");
    }
}

#[test]
fn more_hypotheses_ask_for_no_more_memory() {
    // What is learnt of a document's channel asks for memory by itself, and hangs on what was found.
    let adaptation = Adaptation { rounds: 0, ..Adaptation::default() };
    let builder = || Restorer::builder().adaptation(adaptation.clone());
    let beam = |most| builder().beam(Beam { most, ..Beam::default() }).build().unwrap();
    for (name, page) in pages() {
        let text = page.repeat(8);
        let [few, many] = [beam(4), beam(48)].map(|restorer| {
            restorer.restore(&text);
            let (restored, account) = account(|| restorer.restore(&text));
            account.times.saturating_sub(of_output(&restored))
        });
        assert!(many <= few + 20, "{name}: {many} with many hypotheses, {few} with few");
    }
}

#[test]
fn strange_texts_take_a_small_multiple_of_their_length() {
    let restorer = Restorer::new();
    restorer.restore(include_str!("data/minutes.eng.txt"));
    for (unit, bytes, times) in [
        // One token, which stays.
        ("dugc", 1_000_000, 20),
        ("12a", 300_000, 20),
        // Many pieces, none of them a word.
        ("xqzw grblk ", 100_000, 30),
        ("\n", 1_000_000, 10),
        ("#", 1_000_000, 20),
    ] {
        let text = unit.repeat(bytes / unit.len());
        let (restored, account) = account(|| restorer.restore(&text));
        assert_eq!(restored.text(), text);
        // What is remembered of words is not the text's.
        let most = account.most as usize / text.len();
        assert!(most <= times, "{:?} …: {most} times its length", &text[..unit.len()]);
    }
}

#[test]
fn pieces_of_a_long_text_are_not_kept() {
    let text = "The quick brown fox jumps over the lazy dog, and the other animals were looking.\n".repeat(25_000);
    let (restored, account) = account(|| Restorer::new().restore(&text));
    assert_eq!(restored.text(), text);
    // The text given back, and what its lines look like.
    assert!(account.most < 2 * text.len() as isize + 10_000_000, "{} for {}", account.most, text.len());
}
