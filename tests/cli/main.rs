//! The `phucdau` command, run as its users run it.
#![cfg(feature = "cli")]

mod browser;
mod faults;
mod files;
mod formats;
mod readme;
mod train;
mod tricks;

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

#[test]
fn explains_a_reading() {
    let sentence = "Dai hgi dai biéu Pang b¢ xa dugc té chirc";
    let explain = |word: &str, json: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
        command.args(["explain", word, "--in", sentence]).args(json.then_some("--json"));
        command.output().unwrap()
    };
    let table = written(explain("hgi", false));
    assert!(table.contains("read by OCR in English mode") && table.contains("\n> hội "), "{table}");
    let why: serde_json::Value = serde_json::from_str(&written(explain("b¢", true))).unwrap();
    assert_eq!((&why["seen"], &why["readings"][0]["text"]), (&"b¢".into(), &"bộ".into()));
    refused(&explain("nothing", false), 1, &["does not stand in the sentence"]);
    refused(&explain(" ", false), 1, &["give a word"]);
}
