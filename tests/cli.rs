//! The `phucdau` command, run as its users run it.
#![cfg(feature = "cli")]

use phucdau::{Edit, Restorer};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, thread};

const DAMAGED: &str = "Cong hoa x4 hoi chu nghia Viet Nam\n\n  Doc 1ap - Tu do - Hanh phuc, nam 2025";

/// An empty folder of a test's own.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Runs a command line; paths stand for `{}`.
fn run(line: &str, paths: &[&Path], input: &[u8]) -> Output {
    let mut paths = paths.iter();
    let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
    for word in line.split(' ') {
        match word {
            "{}" => command.arg(paths.next().expect("a path for each {}")),
            _ => command.arg(word),
        };
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
    // A command that does not read its input closes it.
    thread::spawn(move || stdin.write_all(&input));
    child.wait_with_output().unwrap()
}

/// What a command that does well writes, and nothing to standard error.
#[track_caller]
fn written(output: Output) -> String {
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes sure that a command failed, wrote nothing, and said why.
#[track_caller]
fn refused(output: &Output, code: i32, reasons: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*output.stdout), (Some(code), &b""[..]), "{message}");
    for reason in reasons {
        assert!(message.contains(reason), "no {reason:?} in {message:?}");
    }
}

#[test]
fn writes_the_restored_text_and_nothing_else() {
    let expected = Restorer::new().restore(DAMAGED).into_text();
    assert_ne!(expected, DAMAGED);
    let damaged = file(&folder("restore"), "damaged.txt", DAMAGED);
    assert_eq!(written(run("restore {}", &[&damaged], b"")), expected);
    assert_eq!(written(run("restore -", &[], DAMAGED.as_bytes())), expected);
    assert_eq!(written(run("restore", &[], DAMAGED.as_bytes())), expected);
}

#[test]
fn keeps_line_ends() {
    for text in ["", "\n", "Viet Nam\r\n\r\nHa Noi\r\n", "Viet Nam\rHa Noi\n", "\u{feff}Viet Nam\n"] {
        let restored = written(run("restore --damage stripped", &[], text.as_bytes()));
        let ends = |text: &str| text.replace(|c: char| c.is_alphabetic(), "");
        assert_eq!(ends(&restored), ends(text));
        assert_eq!(restored.contains("Việt Nam"), text.contains("Viet Nam"), "{restored:?}");
    }
}

#[test]
fn takes_options() {
    let sure = written(run("restore --min-confidence 1 --damage vietnamese", &[], DAMAGED.as_bytes()));
    assert_ne!(sure, Restorer::new().restore(DAMAGED).text());
    for line in ["restore --min-confidence 1.5", "restore --min-confidence NaN", "restore --damage water", "mend"] {
        refused(&run(line, &[], b""), 2, &["--help"]);
    }
    assert!(written(run("restore --help", &[], b"")).contains("phucdau restore scan.txt"));
}

#[test]
fn learns_names_and_context() {
    let folder = folder("names");
    let damaged = file(&folder, "damaged.txt", "tai xa Huoi Lenh va xa Co Muong, co ong Xyzoc");
    let names = file(&folder, "names.txt", "Huổi Lếnh\n\n  Co Muông\nXyzóc\n");
    let outline = file(&folder, "outline.txt", "Báo cáo của xã Huổi Lếnh và xã Co Muông: ông Xyzóc trình bày.");
    let expected = "tại xã Huổi Lếnh và xã Co Muông, có ông Xyzóc";
    assert_eq!(written(run("restore {} --names {}", &[&damaged, &names], b"")), expected);
    assert_eq!(written(run("restore {} --context {}", &[&damaged, &outline], b"")), expected);
    let missing = folder.join("missing.txt");
    refused(&run("restore {} --names {}", &[&damaged, &missing], b""), 1, &["missing.txt", "check the path"]);
}

#[test]
fn writes_edits_to_a_new_file() {
    let folder = folder("edits");
    let edits = folder.join("edits.json");
    let restored = Restorer::new().restore(DAMAGED);
    assert_eq!(written(run("restore --edits {}", &[&edits], DAMAGED.as_bytes())), restored.text());
    let json = fs::read_to_string(&edits).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Edit>>(&json).unwrap(), restored.edits());

    refused(&run("restore --edits {}", &[&edits], b"Ha Noi"), 1, &["edits.json", "not overwritten"]);
    assert_eq!(fs::read_to_string(&edits).unwrap(), json);
    refused(&run("restore --edits {}", &[&folder.join("no/edits.json")], b"Ha Noi"), 1, &["no folder"]);

    let none = folder.join("none.json");
    assert_eq!(written(run("restore --edits {}", &[&none], b"")), "");
    assert_eq!(fs::read_to_string(&none).unwrap(), "[]\n");
}

#[test]
fn says_what_is_wrong_with_a_file() {
    let folder = folder("files");
    refused(&run("restore {}", &[&folder.join("none.txt")], b""), 1, &["none.txt", "check the path"]);

    let bytes = b"Ha Noi\nVi\xd6t Nam\n";
    let latin = file(&folder, "latin.txt", bytes);
    refused(&run("restore {}", &[&latin], b""), 1, &["latin.txt", "byte 9 (line 2) is 0xD6", "--legacy", "--lossy"]);
    refused(&run("restore", &[], bytes), 1, &["standard input", "--lossy"]);
    let restored = Restorer::new().restore("Ha Noi\nVi\u{fffd}t Nam\n").into_text();
    assert_eq!(written(run("restore --lossy {}", &[&latin], b"")), restored);
}

#[test]
fn reads_bytes_of_legacy_encodings() {
    let folder = folder("legacy");
    let tcvn3 = b"C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam\n";
    let file = file(&folder, "tcvn3.txt", tcvn3);
    let restored = "Cộng hoà xã hội chủ nghĩa Việt Nam\n";
    assert_eq!(written(run("restore --legacy {}", &[&file], b"")), restored);
    assert_eq!(written(run("restore --legacy --tones old {}", &[&file], b"")), restored.replace("hoà", "hòa"));
}

#[test]
fn checks_texts_and_tells_by_its_status() {
    let folder = folder("check");
    let damaged = file(&folder, "damaged.txt", DAMAGED);
    let clean = file(&folder, "clean.txt", "Tôi đã làm việc ở đây được ba năm.");
    let tcvn3 = file(&folder, "tcvn3.txt", b"C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam\n");
    let none = folder.join("none.txt");
    let table = |paths: &[&Path]| {
        let output = run(&format!("check{}", " {}".repeat(paths.len())), paths, b"");
        let out = String::from_utf8(output.stdout).unwrap();
        let rows: Vec<Vec<String>> =
            out.lines().skip(1).map(|row| row.split_whitespace().map(String::from).collect()).collect();
        (output.status.code(), rows)
    };
    let (status, rows) = table(&[&clean]);
    assert_eq!((status, rows[0][0].as_str()), (Some(0), "clean"));
    let (status, rows) = table(&[&clean, &damaged, &tcvn3]);
    let verdicts: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!((status, verdicts), (Some(1), vec!["clean", "heavy", "heavy"]));
    assert_eq!(rows[2][5], "tcvn3");
    // The others are looked at, whatever is wrong with one.
    let (status, rows) = table(&[&none, &clean]);
    assert_eq!((status, rows.len()), (Some(2), 1));

    let list = run("check --format json {} {}", &[&clean, &damaged], b"");
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(list[0]["verdict"], "clean");
    assert_eq!(list[1]["findings"][0]["cause"], "english-ocr");
    let lines = run("check --format jsonl -", &[], DAMAGED.as_bytes());
    let line: serde_json::Value = serde_json::from_slice(&lines.stdout).unwrap();
    assert_eq!((line["file"].as_str(), line["verdict"].as_str()), (Some("-"), Some("heavy")));
}

#[test]
fn says_what_is_wrong_with_a_model() {
    let folder = folder("models");
    let embedded = concat!(env!("CARGO_MANIFEST_DIR"), "/dict/vietnamese.phucdau");
    let same = written(run("restore --model {}", &[embedded.as_ref()], DAMAGED.as_bytes()));
    assert_eq!(same, Restorer::new().restore(DAMAGED).text());

    let bytes = fs::read(embedded).unwrap();
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    for (name, bytes) in [("foreign", &b"a letter to my aunt"[..]), ("changed", &changed), ("cut", &bytes[..999])] {
        let model = file(&folder, name, bytes);
        refused(&run("restore --model {}", &[&model], b"Ha Noi"), 1, &[name, "not a usable phucdau model", "train"]);
    }
    refused(&run("restore --model {}", &[&folder.join("none")], b""), 1, &["cannot read", "none"]);
}

#[test]
fn ends_quietly_when_nobody_reads_on() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
    command.arg("restore").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(DAMAGED.as_bytes()).unwrap();
    assert_eq!(written(child.wait_with_output().unwrap()), "");
}

#[cfg(feature = "train")]
mod train {
    use super::*;

    const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    const FIGURES: [&str; 12] = [
        "words",
        "wer",
        "wer_case",
        "cer",
        "wer_source",
        "harm",
        "fixed",
        "numbers",
        "src_wrong",
        "harmed",
        "preference",
        "names",
    ];

    fn figures(table: &str) -> Vec<&str> {
        table.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn measures_a_text() {
        let [gold, source, output] = ["gold", "source", "output"].map(|name| format!("{DATA}/eval-{name}.txt"));
        let paths: [&Path; 3] = [gold.as_ref(), source.as_ref(), output.as_ref()];
        assert_eq!(figures(&written(run("eval {} {}", &paths, b""))), FIGURES);

        let table = written(run("eval {} {} --output {} --errors 3", &paths, b""));
        assert_eq!(figures(&table), FIGURES);
        assert_eq!(table.lines().filter(|line| line.contains("' <- '")).count(), 3);
        let json = written(run("eval {} {} --output {} --json", &paths, b""));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let expected = fs::read_to_string(format!("{DATA}/eval-expected.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        for name in FIGURES.iter().filter(|name| **name != "names") {
            let [got, expected] = [&json[name], &expected["line"][name]].map(|value| value.as_f64().expect(name));
            assert!((got - expected).abs() < 1e-9, "{name}: {got}, not {expected}");
        }
        refused(&run("eval {} {} --output {} --damage stripped", &paths, b""), 2, &["--damage"]);
    }

    #[test]
    fn measures_pages() {
        let folder = folder("pages");
        for (page, gold, source) in [("1", "Hà Nội\nmột\nhai", "Ha\nNoi mot hai"), ("2", "ba ⟦bốn⟧", "ba")] {
            file(&folder, &format!("{page}.gold.txt"), gold);
            file(&folder, &format!("{page}.eng.txt"), source);
        }
        let [gold, source] = ["*.gold.txt", "*.eng.txt"].map(|name| folder.join(name));
        let table = written(run("eval {} {} --output {}", &[&gold, &source, &source], b""));
        assert!(table.starts_with("words       5\nwer         0.6000\n"), "{table}");
        assert!(table.contains("\npreference  0.0000\n"), "{table}");

        file(&folder, "3.gold.txt", "năm");
        refused(&run("eval {} {}", &[&gold, &source], b""), 1, &["no ", "3.eng.txt"]);
        refused(&run("eval {} {}", &[&gold, &folder.join("1.eng.txt")], b""), 1, &["in all of the names"]);
        refused(&run("eval {} {}", &[&folder.join("*.tif"), &source], b""), 1, &["no file matches"]);
        let paths = ["1.gold.txt", "1.eng.txt"].map(|name| folder.join(name));
        refused(&run("eval {} {}", &[&paths[0], &paths[1]], b""), 1, &["line counts differ"]);
    }

    #[test]
    fn trains_the_same_model_twice() {
        let folder = folder("train");
        let text = "Đảng bộ huyện tổ chức hội nghị.\nNhân dân xã Phiêng Pằn trồng cà phê, nuôi bò.\n".repeat(9);
        let corpus = file(&folder, "corpus.txt", text);
        let names = file(&folder, "names.tsv", "code\tname\n1\tPhiêng Pằn\n2\tNà Ớt\n");
        let pairs = "gold\tocr\nĐảng bộ huyện\tDang bd huyén\nhội nghị\thdi nghi\n".repeat(20);
        let pairs = file(&folder, "pairs.tsv", pairs);
        let train = |name: &str, threads: &str| {
            let model = folder.join(name);
            let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
            command.env("RAYON_NUM_THREADS", threads).args(["train", "-o"]).arg(&model).arg("--corpus").arg(&corpus);
            command.arg("--names").arg(&names).arg("--english").arg(&pairs);
            let output = command.arg("--lexicon").arg(folder.join(name).with_extension("tsv")).output().unwrap();
            assert!(output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(String::from_utf8_lossy(&output.stderr).contains("corpus.txt"));
            model
        };
        let (first, second) = (train("first", "1"), train("second", "3"));
        let bytes = fs::read(&first).unwrap();
        assert!(bytes == fs::read(second).unwrap());
        let lexicon = fs::read_to_string(first.with_extension("tsv")).unwrap();
        assert!(lexicon.starts_with("word\tcount\thabit\n") && lexicon.contains("\nớt\t"), "{lexicon}");

        let restored = written(run("restore --model {}", &[&first], "Dang bd huyén to chuc hdi nghi".as_bytes()));
        assert_eq!(restored, "Đảng bộ huyện tổ chức hội nghị");

        refused(&run("train --corpus {} -o {}", &[&corpus, &first], b""), 1, &["first", "--overwrite"]);
        assert!(bytes == fs::read(&first).unwrap());
        let line = "train --base {} --english {} -o {} --overwrite";
        assert_eq!(run(line, &[&first, &pairs, &first], b"").status.code(), Some(0));
        assert!(bytes == fs::read(&first).unwrap(), "the same words and pairs give the same model");
        let third = folder.join("third");
        refused(&run("train --corpus {} -o {}", &[&folder.join("none.txt"), &third], b""), 1, &["none.txt"]);
        refused(&run("train -o {}", &[&third], b""), 2, &["--corpus"]);
        assert!(!third.exists());
    }
}
