//! The same answer everywhere, to the last bit of each confidence: on any machine, however it was compiled, on any
//! number of threads, whatever was restored before. DESIGN.md says why it is so.
//!
//! `data/same.sums` has a checksum of the answer to each text. After a change that is meant to alter answers, write it
//! anew with `UPDATE_GOLDEN=1 cargo test --test same`.

use phucdau::repair::legacy::{self, Encoding};
use phucdau::tuning::Adaptation;
use phucdau::{Damage, Model, Restoration, Restorer, RestorerBuilder, Span};
use std::fmt::Write;
use std::ops::ControlFlow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Barrier, LazyLock};
use std::{fs, thread};

/// The texts of the repository, by their names in order; of long ones the beginning.
static TEXTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folders = ["tests/data", "tests/data/foreign", "examples/data", "benches/data"];
    // A package goes without the last.
    let folders = folders.map(path).into_iter().filter(|folder| folder.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|ext| ext == "txt")).collect();
    files.retain(|file| !name(file).ends_with(".out.txt"));
    files.sort();
    files.iter().map(|file| (name(file), beginning(&fs::read_to_string(file).unwrap()).to_owned())).collect()
});

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn name(file: &Path) -> String {
    let parts = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().iter();
    parts.map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/")
}

/// As many lines as are less than so many bytes.
fn beginning(text: &str) -> &str {
    const MOST: usize = 5_000;
    match text.as_bytes().get(..MOST) {
        Some(bytes) => &text[..bytes.iter().rposition(|&b| b == b'\n').unwrap()],
        None => text,
    }
}

/// All of an answer that is told.
fn told(restored: &Restoration) -> String {
    let mut out = restored.text().to_owned();
    for edit in restored.edits() {
        let (source, target, sure) = (edit.source, edit.target, edit.confidence.to_bits());
        write!(out, "\n{source:?} {target:?} {} {} {sure:x}", edit.before, edit.after).unwrap();
        edit.alternatives.iter().for_each(|o| write!(out, " {} {:x}", o.text, o.confidence.to_bits()).unwrap());
    }
    let found = restored.assessment();
    let left = found.left_wrong.to_bits();
    write!(out, "\n{} {} {} {} {left:x}", found.verdict, found.words, found.foreign, found.damaged).unwrap();
    found.findings.iter().for_each(|f| write!(out, " {} {} {:?}", f.cause, f.words, f.places).unwrap());
    out
}

/// How sure an OCR may have been of each word.
fn sureness(text: &str) -> Vec<(Span, f32)> {
    let words = text.split_ascii_whitespace().map(|word| word.as_ptr() as usize - text.as_ptr() as usize);
    let ends = text.split_ascii_whitespace().map(str::len);
    words
        .zip(ends)
        .enumerate()
        .map(|(at, (start, n))| (Span::new(start, start + n), (at * 37 % 100) as f32 / 99.0))
        .collect()
}

/// Everything that is asked, and what is answered.
fn answers() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let restorer = Restorer::new();
    for (name, text) in &*TEXTS {
        out.push((name.clone(), told(&restorer.restore(text))));
    }
    let pages = || TEXTS.iter().filter(|(name, _)| name.ends_with(".eng.txt") || name.ends_with(".vie.txt"));
    const CONTEXT: &str = "Ủy ban nhân dân xã Huổi Lếnh báo cáo về sản xuất nông nghiệp và giao thông nông thôn.";
    let build = |with: fn(RestorerBuilder) -> RestorerBuilder| with(Restorer::builder()).build().unwrap();
    let restorers = [
        ("names, context", build(|b| b.names(["Huổi Lếnh", "Co Muông", "Xyzzy"]).context(CONTEXT))),
        ("sure only", build(|b| b.min_confidence(0.9))),
        ("stripped", build(|b| b.damage(Damage::Stripped))),
        ("English mode", build(|b| b.damage(Damage::EnglishOcr))),
        ("other modes", build(|b| b.damage(Damage::WesternOcr))),
        ("letter by letter", build(|b| b.damage(Damage::ScannerOcr))),
        // However short the text is.
        ("attuned", build(|b| b.adaptation(Adaptation { unsure: 0, unsure_page: 0, ..Adaptation::default() }))),
        ("Vietnamese mode", build(|b| b.damage(Damage::VietnameseOcr))),
    ];
    for (how, restorer) in &restorers {
        pages().for_each(|(name, text)| out.push((format!("{name}, {how}"), told(&restorer.restore(text)))));
    }
    for (name, text) in pages() {
        out.push((format!("{name}, OCR's sureness"), told(&restorer.restore_ocr(text, &sureness(text)))));
        let (mut written, mut all) = (Vec::new(), String::new());
        let each = |_: &_, window: &Restoration| {
            all += &told(window);
            ControlFlow::Continue(())
        };
        restorer.restore_windows(text.as_bytes(), &mut written, 500, each).unwrap();
        out.push((format!("{name}, windows"), all));
        let why = text.char_indices().step_by(700).filter_map(|(at, _)| restorer.explain(text, at));
        out.push((format!("{name}, explained"), why.map(|why| format!("{why:?}")).collect()));
    }
    for (name, text) in TEXTS.iter().filter(|(name, _)| name.ends_with(".gold.txt")) {
        let encoded = Encoding::ALL.iter().map(|&encoding| told(&restorer.restore(&legacy::encode(text, encoding))));
        out.push((format!("{name}, encoded"), encoded.collect()));
        let model = Model::embedded();
        let costs = text.lines().map(|line| format!("{:?}", model.cost(line)));
        out.push((format!("{name}, costs"), costs.collect()));
    }
    out
}

#[test]
fn answers_are_the_same_to_the_bit() {
    let record = path("tests/data/same.sums");
    let answers = answers();
    let now: String =
        answers.iter().map(|(name, answer)| format!("{:08x} {name}\n", crc32fast::hash(answer.as_bytes()))).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return fs::write(record, now).unwrap();
    }
    let before = fs::read_to_string(record).unwrap();
    let of_package = |line: &&str| path("benches/data").is_dir() || !line.contains(" benches/data/");
    let before: Vec<&str> = before.lines().filter(of_package).collect();
    let now: Vec<&str> = now.lines().collect();
    let differ: Vec<&&str> = now.iter().filter(|line| !before.contains(line)).collect();
    assert!(differ.is_empty(), "other answers than before: {differ:#?}");
    assert_eq!(now.len(), before.len(), "some texts are gone");
}

/// Short texts of every kind of damage.
fn short() -> Vec<String> {
    let pages = TEXTS.iter().filter(|(name, _)| name.starts_with("tests/data/") && !name.contains("/foreign/"));
    pages
        .flat_map(|(_, text)| {
            let lines: Vec<&str> = text.lines().filter(|line| line.len() > 20).take(4).collect();
            lines.chunks(2).map(|lines| lines.join("\n")).collect::<Vec<_>>()
        })
        .collect()
}

/// All begin at once with an empty restorer, each with another text, and meet in all.
#[test]
fn many_threads_share_a_restorer() {
    let texts = short();
    let expected: Vec<Restoration> = texts.iter().map(|text| Restorer::new().restore(text)).collect();
    assert!(expected.iter().filter(|restored| !restored.is_unchanged()).count() > texts.len() / 3);
    let (shared, begin) = (Restorer::new(), Barrier::new(THREADS));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (shared, begin, texts, expected) = (&shared, &begin, &texts, &expected);
            scope.spawn(move || {
                begin.wait();
                let own = shared.clone();
                for turn in 0..texts.len() {
                    let at = (thread + turn) % texts.len();
                    let restorer = if turn % 2 == 0 { shared } else { &own };
                    assert_eq!(restorer.restore(&texts[at]), expected[at], "{}", texts[at]);
                }
            });
        }
    });
}

const THREADS: usize = 64;

/// Threads may send and share all that the library gives out, and go on with it after a panic elsewhere.
#[test]
fn threads_may_have_everything() {
    fn may<T: Send + Sync + UnwindSafe + RefUnwindSafe + 'static>() {}
    may::<Restorer>();
    may::<RestorerBuilder>();
    may::<Model>();
    may::<Restoration>();
    may::<phucdau::Edit>();
    may::<phucdau::Alternative>();
    may::<phucdau::Assessment>();
    may::<phucdau::Finding>();
    may::<phucdau::Explanation>();
    may::<phucdau::WordCandidate>();
    may::<phucdau::Offsets<'static>>();
    may::<phucdau::Positions<'static>>();
    may::<phucdau::Progress>();
    fn may_be_sent<T: Send + Sync + 'static>() {}
    // It may hold an I/O error, which says nothing of unwinding.
    may_be_sent::<phucdau::Error>();
    #[cfg(feature = "formats")]
    may_be_sent::<phucdau::formats::Document>();
    #[cfg(feature = "pdf")]
    may_be_sent::<phucdau::pdf::Document>();
}
