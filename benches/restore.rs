//! How long restoring takes, beside two yardsticks over the same text, and how long its parts take. See README.md.

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group};
use phucdau::{Damage, Model, Restorer};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use symspell::{SymSpell, SymSpellBuilder, UnicodeStringStrategy, Verbosity};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

const CLEAN: &str = include_str!("data/clean.txt");
const ENGLISH: &str = include_str!("data/damaged.eng.txt");
const GOLD: &str = include_str!("data/damaged.gold.txt");

/// The same 90 pages in three states: read in English mode, stripped of all marks, and right.
static TEXTS: LazyLock<[(&str, String); 3]> =
    LazyLock::new(|| [("english", ENGLISH.to_owned()), ("stripped", strip(GOLD)), ("clean", GOLD.to_owned())]);

/// A text with all marks taken off.
fn strip(text: &str) -> String {
    let plain = |c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        c => c,
    };
    text.nfd().filter(|&c| !is_combining_mark(c)).map(plain).collect()
}

/// The first pages of a text, some `bytes` in all.
fn slice(text: &str, bytes: usize) -> &str {
    &text[..text[bytes..].find('\u{c}').map_or(text.len(), |at| bytes + at)]
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

/// Cuts a text into words and does no more: the least that any tool does.
fn segment(text: &str) -> usize {
    text.unicode_words().count()
}

/// A SymSpell that knows the words of the right text, which is fewer than Vietnamese has.
fn symspell() -> SymSpell<UnicodeStringStrategy> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in CLEAN.unicode_words().chain(GOLD.unicode_words()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut symspell = SymSpellBuilder::default().max_dictionary_edit_distance(2).build().unwrap();
    for (word, count) in counts {
        symspell.load_dictionary_line(&format!("{word}\t{count}"), 0, 1, "\t");
    }
    symspell
}

/// Puts the likeliest word within two edits in the place of each word, whatever stands beside it.
fn correct(symspell: &SymSpell<UnicodeStringStrategy>, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    for word in text.split_word_bounds() {
        let found = match word.chars().any(char::is_alphabetic) {
            true => symspell.lookup(&word.to_lowercase(), Verbosity::Top, 2),
            false => Vec::new(),
        };
        out.push_str(found.first().map_or(word, |suggestion| &suggestion.term));
    }
    out
}

/// SymSpell's share of the text.
fn corrected() -> &'static str {
    slice(ENGLISH, 20_000)
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.sampling_mode(SamplingMode::Flat);
    group
}

fn restore(criterion: &mut Criterion) {
    let mut group = group(criterion, "restore");
    for (name, text) in TEXTS.iter() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let restorer = Restorer::new();
        group.bench_function(BenchmarkId::new(*name, "warm"), |b| b.iter(|| restorer.restore(text)));
        group.bench_function(BenchmarkId::new(*name, "cold"), |b| {
            b.iter_batched_ref(Restorer::new, |restorer| restorer.restore(text), BatchSize::PerIteration);
        });
    }

    let pages: Vec<&str> = ENGLISH.split('\u{c}').collect();
    group.throughput(Throughput::Bytes(ENGLISH.len() as u64));
    for threads in [1, 2] {
        let (pool, restorer) = (pool(threads), Restorer::new());
        group.bench_function(BenchmarkId::new("par_restore", threads), |b| {
            b.iter(|| pool.install(|| restorer.par_restore(&pages)));
        });
    }

    group.bench_function("yardstick/unicode_words", |b| b.iter(|| segment(black_box(ENGLISH))));
    let symspell = symspell();
    group.throughput(Throughput::Bytes(corrected().len() as u64));
    group.bench_function("yardstick/symspell", |b| b.iter(|| correct(&symspell, black_box(corrected()))));
    group.finish();
}

fn parts(criterion: &mut Criterion) {
    let mut group = group(criterion, "parts");
    let model = Model::embedded();

    let trimmed = |word: &'static str| word.trim_matches(|c: char| c.is_ascii_punctuation());
    let words: BTreeSet<&str> = slice(ENGLISH, 10_000).split_whitespace().map(trimmed).collect();
    group.throughput(Throughput::Elements(words.len() as u64));
    group.bench_function("candidates", |b| {
        b.iter(|| words.iter().map(|word| model.candidates(word, Damage::EnglishOcr).len()).sum::<usize>());
    });

    group.throughput(Throughput::Bytes(GOLD.len() as u64));
    group.bench_function("cost", |b| b.iter(|| GOLD.lines().map(|line| model.cost(line).0).sum::<f32>()));

    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/dict/vietnamese.phucdau")).unwrap();
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("open", |b| b.iter(|| Model::from_bytes(black_box(&bytes)).unwrap()));
    group.finish();
}

/// Seconds a byte, the median of some runs.
fn pace<S, T>(bytes: usize, mut setup: impl FnMut() -> S, mut run: impl FnMut(&mut S) -> T) -> f64 {
    let mut once = || {
        let mut state = setup();
        let begun = Instant::now();
        black_box(run(&mut state));
        begun.elapsed().as_secs_f64()
    };
    let mut times = [(); 7].map(|()| once());
    times.sort_by(f64::total_cmp);
    times[3] / bytes as f64
}

/// Prints how often the text could have been cut into words in the time of each, byte for byte.
fn ratios() {
    println!("\nByte for byte:");
    let say = |name: &str, pace: f64, plain: f64| {
        println!("restore/{name} is {:.1} x the time of plain segmentation", pace / plain);
    };
    for (name, text) in TEXTS.iter() {
        let plain = pace(text.len(), || (), |_| segment(black_box(text)));
        let restorer = Restorer::new();
        restorer.restore(text);
        say(&format!("{name}/warm"), pace(text.len(), || (), |_| restorer.restore(text)), plain);
        say(&format!("{name}/cold"), pace(text.len(), Restorer::new, |restorer| restorer.restore(text)), plain);
    }
    for (name, text) in TEXTS.iter() {
        let plain = pace(text.len(), || (), |_| segment(black_box(text)));
        let pages: Vec<&str> = text.split('\u{c}').collect();
        for threads in [1, 2] {
            let (pool, restorer) = (pool(threads), Restorer::new());
            pool.install(|| restorer.par_restore(&pages));
            let pace = pace(text.len(), || (), |_| pool.install(|| restorer.par_restore(&pages)));
            say(&format!("par_restore/{name}/{threads}"), pace, plain);
        }
    }
    let plain = pace(ENGLISH.len(), || (), |_| segment(black_box(ENGLISH)));
    let symspell = symspell();
    let pace = pace(corrected().len(), || (), |_| correct(&symspell, black_box(corrected())));
    say("yardstick/symspell", pace, plain);
}

criterion_group!(benches, restore, parts);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    // Not if everything is only tried (`--test`) or named (`--list`), nor if something else was asked for.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = |argument: &String| argument.starts_with('-') || argument.starts_with("restore");
    let measuring = arguments.iter().any(|argument| argument == "--bench");
    if measuring && arguments.iter().all(|argument| asked(argument) && argument != "--test" && argument != "--list") {
        ratios();
    }
}
