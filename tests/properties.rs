//! What holds for any text: texts made of everything that a file may hold, and texts of damaged words.

#[path = "checks/restored.rs"]
mod restored;

use phucdau::repair::legacy::{self, Encoding};
use phucdau::tuning::Adaptation;
use phucdau::{Damage, Restoration, Restorer};
use proptest::prelude::*;
use proptest::sample::select;
use restored::holds;
use std::sync::LazyLock;

/// Restores in many tests, on many threads, so that whatever it remembers is put to the test.
static USED: LazyLock<Restorer> = LazyLock::new(Restorer::new);

/// The pages of `tests/data`: read in English mode, read in Vietnamese mode, and right.
const PAGES: [&str; 9] = [
    include_str!("data/minutes.eng.txt"),
    include_str!("data/letter.eng.txt"),
    include_str!("data/news.eng.txt"),
    include_str!("data/minutes.vie.txt"),
    include_str!("data/letter.vie.txt"),
    include_str!("data/news.vie.txt"),
    include_str!("data/minutes.gold.txt"),
    include_str!("data/letter.gold.txt"),
    include_str!("data/news.gold.txt"),
];

/// Words of these pages, most of them damaged, and some that are hard.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let hard = ["b¢", "1€", "16n", "c6", "1a", "S6:", "d(‘A)ng", "tt’", "DANg", "phattrién", "&", "¢", "—", "…", "l0n"];
    PAGES[..6].iter().flat_map(|page| page.split_whitespace()).chain(hard).collect()
});

/// Lines of these pages.
static LINES: LazyLock<Vec<&str>> = LazyLock::new(|| PAGES.iter().flat_map(|page| page.lines()).collect());

/// So many cases, unless `PROPTEST_CASES` asks for more.
fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases, ..default } }
}

/// A character, or two that belong together, of any kind that turns up in files.
fn sign() -> impl Strategy<Value = String> {
    let of = |signs: &'static str| select(signs.chars().map(String::from).collect::<Vec<_>>());
    prop_oneof![
        6 => of("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"),
        2 => of("ĂÂĐÊÔƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"),
        6 => "[ -~]",
        2 => "[0-9]",
        1 => of("µ¸¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞßøñûïäëöõ"),
        1 => of("ðÐƣƢаеорсхуіАВЕКМНОРСТХоνΑΒΕﬁﬂ\u{ad}\u{200b}\u{200c}"),
        2 => of("¢€&@$£§¥©®‘’“”'\"()[]{}<>|\\~^`_*#%"),
        2 => of(".,;:-–—…/?!"),
        2 => of("\u{300}\u{301}\u{302}\u{303}\u{306}\u{309}\u{31b}\u{323}\u{30a}\u{327}"),
        6 => Just(" ".to_owned()),
        1 => of("\n\r\t\u{b}\u{c}\u{85}\u{a0}\u{2028}\u{2029}\u{3000}\u{feff}\u{ad}\u{200b}\u{200d}"),
        1 => Just("\r\n".to_owned()),
        1 => "[\\x00-\\x1f\\x7f]",
        1 => select(["😀", "👩‍👩‍👧", "🇻🇳", "👍🏽", "\u{fb01}", "İ", "ß", "ſ", "Å", "한", "한", "①", "½", "中"].map(String::from).to_vec()),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn anything() -> impl Strategy<Value = String> {
    prop::collection::vec(sign(), 0..100).prop_map(|signs| signs.concat())
}

/// Damaged words with something between them.
fn damaged() -> impl Strategy<Value = String> {
    let between = prop_oneof![
        20 => Just(" "),
        2 => select(vec!["\n", "\r\n", "\n\n", "  ", "\t", "\u{a0}", "\u{c}"]),
        2 => select(vec![", ", ". ", "; ", " - ", "-", "/", "", " (", ") ", "? "]),
    ];
    prop::collection::vec((select(WORDS.clone()), between), 0..40)
        .prop_map(|words| words.into_iter().flat_map(|(word, between)| [word, between]).collect())
}

fn restorer() -> impl Strategy<Value = Restorer> {
    let damage = select([None; 3].into_iter().chain(Damage::ALL.map(Some)).collect::<Vec<_>>());
    let confidence = select(vec![0.0, 0.0, 0.5, 0.9, 1.0]);
    // So many wrong words that the channel is attuned to the text, or none at all.
    (damage, confidence, select(vec![20, 20, 0])).prop_map(|(damage, confidence, unsure)| {
        let adaptation = Adaptation { unsure, unsure_words: 75 * unsure, ..Adaptation::default() };
        let builder = Restorer::builder().min_confidence(confidence).adaptation(adaptation);
        match damage {
            Some(damage) => builder.damage(damage),
            None => builder,
        }
        .build()
        .unwrap()
    })
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn any_text_is_restored(source in anything(), restorer in restorer()) {
        holds(&source, &restorer.restore(&source));
    }

    #[test]
    fn damaged_words_are_restored(source in damaged(), restorer in restorer()) {
        holds(&source, &restorer.restore(&source));
    }

    #[test]
    fn lossy_texts_are_restored(
        lines in prop::collection::vec((select(LINES.clone()), 0..8), 1..6),
        sign in select(vec!["?", "\u{fffd}", "¿", "", " ", "(cid:7)", "??", "\u{fdd0}", "\u{fdd5}"]),
        least in select(vec!['\u{80}', '\u{100}', '\u{1ea0}']),
        restorer in restorer(),
    ) {
        // Of some lines no letters are lost.
        let lossy = |&(line, how): &(&str, i32)| -> String {
            let lost = |c: char| how > 0 && c >= least && c.is_alphabetic();
            line.chars().map(|c| if lost(c) { sign.to_owned() } else { c.to_string() }).collect()
        };
        let source = lines.iter().map(lossy).collect::<Vec<_>>().join("\n");
        holds(&source, &restorer.restore(&source));
    }

    #[test]
    fn encoded_texts_are_restored(
        texts in prop::collection::vec((prop_oneof![damaged(), select(LINES.clone()).prop_map(String::from)], select(Encoding::ALL.to_vec()), 0..3), 1..6),
        restorer in restorer(),
    ) {
        // Some lines are left as they are, some parts of lines, too.
        let encoded = |(text, encoding, how): &(String, Encoding, i32)| match how {
            0 => text.clone(),
            1 => legacy::encode(text, *encoding),
            _ => format!("{text} {}", legacy::encode(text, *encoding)),
        };
        let source = texts.iter().map(encoded).collect::<Vec<_>>().join("\n");
        holds(&source, &restorer.restore(&source));
    }

    #[test]
    fn a_reader_gives_the_same(source in prop_oneof![anything(), damaged()], window in 0..2000usize) {
        let whole = USED.restore(&source);
        let (mut out, mut parts) = (Vec::new(), Vec::new());
        let each = |_: &phucdau::Progress, part: &Restoration| {
            parts.push(part.clone());
            std::ops::ControlFlow::Continue(())
        };
        let done = USED.restore_windows(source.as_bytes(), &mut out, window, each).unwrap();
        prop_assert_eq!((done.read as usize, done.written as usize), (source.len(), out.len()));
        prop_assert_eq!(done.edits as usize, parts.iter().map(|part| part.edits().len()).sum::<usize>());
        let joined: String = parts.iter().map(Restoration::text).collect();
        prop_assert_eq!(joined.as_bytes(), &out);
        if source.len() <= window {
            prop_assert_eq!(std::str::from_utf8(&out), Ok(whole.text()));
        }
        // A line's end that stands for nothing by itself may be a part of one no more.
        let lines = |text: &[u8]| text.iter().filter(|&&b| b == b'\n').count();
        prop_assert_eq!(lines(&out), lines(source.as_bytes()));
    }

    #[test]
    fn candidates_of_anything(word in "\\PC{0,40}", damage in select(Damage::ALL.to_vec())) {
        for candidate in phucdau::Model::embedded().candidates(&word, damage) {
            prop_assert!(candidate.cost.is_finite() && candidate.cost >= 0.0, "{candidate:?}");
            prop_assert!(!candidate.text.is_empty());
        }
    }

    #[test]
    fn anything_costs_something(line in anything()) {
        let (cost, _) = phucdau::Model::embedded().cost(&line);
        prop_assert!(cost.is_finite() && cost >= 0.0, "{cost}");
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn numbers_are_kept(words in prop::collection::vec(prop_oneof![select(WORDS.clone()).prop_map(String::from), "[0-9]{4,12}"], 1..30)) {
        let source = words.join(" ");
        restored::numbers(&source, USED.restore(&source).text(), |c| !c.is_alphanumeric());
    }

    #[test]
    fn what_was_restored_before_does_not_matter(before in damaged(), source in prop_oneof![damaged(), anything()]) {
        let fresh = Restorer::builder().build().unwrap();
        let expected = fresh.restore(&source);
        USED.restore(&before);
        prop_assert_eq!(&USED.restore(&source), &expected);
        prop_assert_eq!(&fresh.clone().restore(&source), &expected);
    }
}

#[cfg(feature = "rayon")]
proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn many_at_once_are_as_one_by_one(texts in prop::collection::vec(prop_oneof![damaged(), anything()], 0..8)) {
        static POOLS: LazyLock<Vec<rayon::ThreadPool>> = LazyLock::new(|| {
            let pool = |&threads: &usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            [1, 2, 4].iter().map(pool).collect()
        });
        let expected: Vec<Restoration> = texts.iter().map(|text| USED.restore(text)).collect();
        for pool in POOLS.iter() {
            prop_assert_eq!(&pool.install(|| USED.par_restore(&texts)), &expected);
        }
    }
}

#[cfg(feature = "serde")]
proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn what_is_written_is_read_back(source in prop_oneof![damaged(), anything()], word in select(WORDS.clone())) {
        let restored = USED.restore(&source);
        let json = serde_json::to_string(&restored).unwrap();
        prop_assert_eq!(serde_json::from_str::<Restoration>(&json).unwrap(), restored);
        let found = phucdau::Model::embedded().candidates(word, Damage::EnglishOcr);
        let json = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<phucdau::WordCandidate>>(&json).unwrap(), found);
    }
}

#[test]
fn pages_are_restored() {
    for page in PAGES {
        holds(page, &USED.restore(page));
        let dos = page.replace('\n', "\r\n");
        holds(&dos, &USED.restore(&dos));
    }
}

#[test]
fn texts_that_went_wrong_once() {
    for source in ["ơ a a\r\n", "E\u{feff}\u{300}aạ", "E\u{feff}\u{300}ạ\u{ad}\u{301}b"] {
        holds(source, &USED.restore(source));
    }
}

/// A long text of many words (24,576 and a few) begins their numbers anew; what was known by them before must be forgotten.
#[test]
fn long_texts_of_other_languages_leave_nothing_behind() {
    let letters = |n: usize| {
        (0..4).map(move |at| {
            ["ba", "ke", "lo", "mu", "ti", "ro", "wes", "ding", "tion", "pre", "con", "ly", "ster", "ous"]
                [n / 14_usize.pow(at) % 14]
        })
    };
    // Many words once, then a few over and over, ten a line.
    let word = |n: usize| {
        let word: String = letters(if n < 24_650 { n } else { n % 10 }).collect();
        word + if n % 10 == 9 { "\n" } else { " " }
    };
    let source: String = (0..200_000).map(word).collect();
    assert!(source.len() > 3 << 19);
    let restorer = Restorer::new();
    let expected = restorer.restore(PAGES[0]);
    assert!(restorer.restore(&source).is_unchanged());
    assert_eq!(restorer.restore(PAGES[0]), expected);
    assert_eq!(restorer.restore(PAGES[1]), Restorer::new().restore(PAGES[1]));
}

/// Text full of words that are none is searched in haste; what was so found is not what other texts are told, nor the other
/// way round.
#[test]
fn haste_hangs_on_the_text_alone() {
    let mut seed = 7_u32;
    let mut draw = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    // Words of which half the letters are others.
    let mut noise = || -> String {
        let word = ["nghieng", "chuyen", "khuynh", "thuong", "truong", "nghiem"][draw(6) as usize];
        word.chars().map(|c| if draw(2) == 0 { char::from(b'a' + draw(26) as u8) } else { c }).collect()
    };
    let noise: Vec<String> = (0..400).map(|_| noise()).collect();
    let hasty =
        noise.chunks(2).fold(String::new(), |text, words| text + "Dang b6 xã dugc té chirc " + &words.join(" ") + "\n");
    let calm = format!("{}\n{}", PAGES[0], noise[300..360].join("\n"));
    let english = || Restorer::builder().damage(phucdau::Damage::EnglishOcr).build().unwrap();
    let [first, second] = [english(), english()];
    let (calm_first, hasty_after) = (first.restore(&calm), first.restore(&hasty));
    let (hasty_first, calm_after) = (second.restore(&hasty), second.restore(&calm));
    assert!(hasty_first == hasty_after && calm_first == calm_after);
    assert!(hasty_first.text().matches("Đảng bộ xã").count() > 150);
}

#[test]
fn no_text_is_too_long() {
    let words = WORDS.iter().filter(|word| !word.ends_with(['.', ';', ':', '?', '!']));
    let sentence: Vec<&str> = words.copied().cycle().take(1_500).collect();
    let repeated = [("a", 10_000), ("¢ ", 3_000), ("\n", 3_000), ("do ", 700)].map(|(unit, times)| unit.repeat(times));
    for source in [sentence.join(" "), sentence.concat()].into_iter().chain(repeated) {
        holds(&source, &USED.restore(&source));
    }
}

/// Lines of VIQR, and of TCVN3 without small letters of ASCII: each took time that grew with the square of its length.
#[test]
fn long_lines_are_restored_in_time() {
    for unit in ["a.", "a^' ", "a... ", "d-", "a? ", "Hµ "] {
        let source = unit.repeat(6_000);
        holds(&source, &USED.restore(&source));
    }
}

/// Pages, in all encodings, and texts of damaged words in no order: what the second look changes is looked at again.
#[test]
fn restoring_twice_changes_nothing() {
    let encoded = Encoding::ALL.iter().flat_map(|&e| PAGES[6..].iter().map(move |page| legacy::encode(page, e)));
    let mut drawn = 0;
    let mut draw = |_| {
        drawn += 7919;
        WORDS[drawn % WORDS.len()]
    };
    let mixed: Vec<String> = (0..150).map(|words| (0..words).map(&mut draw).collect::<Vec<_>>().join(" ")).collect();
    for source in PAGES.map(String::from).into_iter().chain(encoded).chain(mixed) {
        let once = USED.restore(&source).into_text();
        let twice = USED.restore(&once);
        let changes: Vec<_> = twice.edits().iter().map(|edit| (&edit.before, &edit.after)).collect();
        assert!(changes.is_empty(), "{changes:?} in\n{once}");
    }
}
