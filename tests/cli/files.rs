//! Many files: folders, patterns, in place; nothing written over, nothing half-written, nothing lost.

use super::*;
use std::collections::BTreeMap;

const RIGHT: &str = "Tôi đã làm việc ở đây được ba năm.\n";

pub fn restored(text: &str) -> String {
    Restorer::new().restore(text).into_text()
}

/// All files below a folder, with what they hold.
pub fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(tree(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            found.insert(name, String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned());
        }
    }
    found
}

/// A folder `in` with two damaged texts, one of them deeper, a right one, and files that are no texts.
fn scans(test: &str) -> PathBuf {
    let folder = folder(test);
    fs::create_dir_all(folder.join("in/2025/07")).unwrap();
    for (name, text) in [
        ("in/a.txt", DAMAGED),
        ("in/2025/07/b.TXT", "Thu do Ha Noi\n"),
        ("in/2025/right.txt", RIGHT),
        ("in/picture.png", "Thu do Ha Noi\n"),
        ("in/.hidden.txt", "Thu do Ha Noi\n"),
    ] {
        file(&folder, name, text);
    }
    folder
}

pub fn ended(output: &Output, code: i32) -> String {
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{message}");
    message
}

#[test]
fn a_folder_is_restored_into_another() {
    let folder = scans("folder");
    let (from, to) = (folder.join("in"), folder.join("out"));
    let expected = BTreeMap::from([
        ("a.txt".to_owned(), restored(DAMAGED)),
        ("2025/07/b.TXT".to_owned(), restored("Thu do Ha Noi\n")),
        ("2025/right.txt".to_owned(), RIGHT.to_owned()),
    ]);
    let output = run("restore {} -o {} -j 2", &[&from, &to], b"");
    assert!(ended(&output, 0).starts_with("3 files, "));
    assert_eq!(tree(&to), expected);

    // Nothing is written over unasked.
    file(&to, "a.txt", "mine");
    let again = run("restore {} -o {}", &[&from, &to], b"");
    refused(&again, 1, &["3 of the files to be written exist", "--resume", "--overwrite"]);
    assert_eq!(tree(&to)["a.txt"], "mine");
    assert_eq!(ended(&run("restore {} -o {} --overwrite -q", &[&from, &to], b""), 0), "");
    assert_eq!(tree(&to), expected);

    // The results are not taken for sources where they lie below them.
    let inside = from.join("restored");
    ended(&run("restore {} -o {} -q", &[&from, &inside], b""), 0);
    ended(&run("restore {} -o {} -q --overwrite", &[&from, &inside], b""), 0);
    assert_eq!(tree(&inside), expected);
}

#[test]
fn a_run_is_resumed() {
    let folder = scans("resume");
    let (from, to) = (folder.join("in"), folder.join("out"));
    fs::create_dir(&to).unwrap();
    // What a run leaves that was killed: one file done, another begun.
    file(&to, "a.txt", "restored before");
    file(&to, ".phucdau-x1y2z3.part", "Thủ đ");
    // That of another run, which is at work.
    let part = file(&to, ".phucdau-a1b2c3.part", "Thủ đ");
    let at_work = fs::File::open(part).unwrap();
    at_work.lock().unwrap();
    let message = ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 0);
    assert!(message.starts_with("2 files"), "{message}");
    let after = tree(&to);
    assert_eq!(after["a.txt"], "restored before");
    let names: Vec<&str> = after.keys().map(String::as_str).collect();
    assert_eq!(names, [".phucdau-a1b2c3.part", "2025/07/b.TXT", "2025/right.txt", "a.txt"]);
    // What is newer than its restoration is restored again.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    fs::File::options().append(true).open(from.join("a.txt")).unwrap().set_modified(later).unwrap();
    ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 0);
    assert_eq!(tree(&to)["a.txt"], restored(DAMAGED));
}

#[test]
fn files_are_restored_in_place() {
    let folder = scans("in_place");
    let from = folder.join("in");
    let before = tree(&from);
    refused(&run("restore {} --in-place", &[&from], b""), 2, &["--backup"]);
    assert_eq!(tree(&from), before);
    ended(&run("restore {} --in-place --backup", &[&from], b""), 0);
    let mut expected = before.clone();
    for (name, text) in [("a.txt", DAMAGED), ("2025/07/b.TXT", "Thu do Ha Noi\n")] {
        expected.insert(name.into(), restored(text));
        expected.insert(format!("{name}.orig"), text.into());
    }
    // What is right has no second copy.
    assert_eq!(tree(&from), expected);
    // An old file is never lost.
    file(&from, "a.txt", DAMAGED);
    refused(&run("restore {} --in-place --backup --overwrite", &[&from], b""), 1, &["exist", "b.TXT.orig"]);
    ended(&run("restore {} --in-place --backup=.2", &[&from], b""), 0);
    assert_eq!(tree(&from)["a.txt.2"], DAMAGED);
    for suffix in ["", "/../x"] {
        refused(&run(&format!("restore {{}} --in-place --backup={suffix}"), &[&from], b""), 1, &["--backup"]);
    }
    refused(&run("restore - --in-place --backup", &[], b"Ha Noi"), 1, &["standard input"]);
}

#[test]
fn sources_are_not_written_over() {
    let folder = scans("sources");
    let from = folder.join("in");
    let before = tree(&from);
    let one = from.join("a.txt");
    for (line, paths) in [
        ("restore {} -o {} --overwrite", [&*from, &*from]),
        ("restore {} -o {} --resume", [&*from, &*from]),
        ("restore {} -o {} --overwrite", [&*one, &*one]),
    ] {
        refused(&run(line, &paths, b""), 1, &["would be written over; see --in-place"]);
    }
    refused(
        &run("restore {} -o {} --edits {}", &[&one, &folder.join("x"), &folder.join("x")], b""),
        1,
        &["name one file"],
    );
    assert_eq!(tree(&from), before);
    // A file that is named twice is restored once, and backups are none to restore.
    ended(&run("restore {} {} --in-place --backup=.old.txt", &[&one, &from], b""), 0);
    ended(&run("restore {} --in-place --backup=.old.txt --resume", &[&from], b""), 0);
    assert_eq!(tree(&from).len(), before.len() + 2);
    assert_eq!(tree(&from)["a.txt.old.txt"], before["a.txt"]);
}

#[cfg(unix)]
#[test]
fn links_and_rights_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder("links");
    let real = file(&folder, "real.txt", DAMAGED);
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(folder.join("in")).unwrap();
    let link = folder.join("in/link.txt");
    symlink("../real.txt", &link).unwrap();
    symlink("..", folder.join("in/loop")).unwrap();
    // A folder's links are passed over, one that is named is followed.
    refused(&run("restore {} --in-place --backup", &[&folder.join("in")], b""), 1, &["no text in the folder"]);
    ended(&run("restore {} --in-place --backup", &[&link], b""), 0);
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), restored(DAMAGED));
    assert_eq!(fs::read_to_string(folder.join("real.txt.orig")).unwrap(), DAMAGED);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&real), 0o640);
    // So does what is written over.
    let damaged = file(&folder, "damaged.txt", DAMAGED);
    assert_eq!(written(run("restore {} -o {} --overwrite", &[&damaged, &link], b"")), "");
    assert!(link.is_symlink() && mode(&real) == 0o640);
    assert_eq!(fs::read_to_string(&real).unwrap(), restored(DAMAGED));
    refused(&run("restore {} -o /dev/null --overwrite", &[&damaged], b""), 1, &["no regular file"]);
}

#[test]
fn a_broken_file_does_not_stop_the_others() {
    let folder = scans("broken");
    let (from, to) = (folder.join("in"), folder.join("out"));
    file(&from, "broken.txt", b"Vi\xd6t Nam");
    file(&from, "broken.md", b"Vi\xd6t Nam");
    let message = ended(&run("restore {} -o {}", &[&from, &to], b""), 1);
    assert!(message.contains("broken.txt is not UTF-8") && message.contains("; 2 files failed"), "{message}");
    assert_eq!(tree(&to).len(), 3);
    // It is tried again.
    file(&from, "broken.md", "Ha Noi");
    let message = ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 1);
    assert!(message.contains("1 files, ") && message.contains("; 1 files failed"), "{message}");
    // And so does one that is refused by where it is to be written.
    let message =
        ended(&run("restore {} {} -o {}", &[&from.join("a.txt"), &from.join("none.txt"), &folder.join("o2")], b""), 1);
    assert!(message.contains("none.txt"), "{message}");
}

#[test]
fn patterns_are_files() {
    let folder = scans("patterns");
    let to = folder.join("out");
    ended(&run("restore {} -o {} -q", &[&folder.join("in/**/*.[tT]*[tT]"), &to], b""), 0);
    assert_eq!(tree(&to).keys().map(String::as_str).collect::<Vec<_>>(), ["2025/07/b.TXT", "2025/right.txt", "a.txt"]);
    refused(&run("restore {}", &[&folder.join("in/*.doc")], b""), 1, &["no file matches"]);
    // Two files of one name do not come into one place.
    file(&folder, "a.txt", DAMAGED);
    let paths = [&*folder.join("a.txt"), &*folder.join("in/a.txt"), &*folder.join("o")];
    refused(&run("restore {} {} -o {}", &paths, b""), 1, &["both be written to a.txt"]);
    refused(&run("restore {} {}", &paths[..2], b""), 1, &["name a folder"]);
}

#[test]
fn a_file_is_written_whole() {
    let folder = folder("output");
    let (from, to) = (file(&folder, "from.txt", DAMAGED), folder.join("to.txt"));
    assert_eq!(written(run("restore {} -o {}", &[&from, &to], b"")), "");
    assert_eq!(fs::read_to_string(&to).unwrap(), restored(DAMAGED));
    refused(&run("restore {} -o {}", &[&from, &to], b""), 1, &["exists and is not overwritten"]);
    refused(&run("restore {} -o {}", &[&from, &folder.join("no/to.txt")], b""), 1, &["no folder"]);
    // Of what fails nothing stays.
    let bad = file(&folder, "bad.txt", b"\xff");
    let none = folder.join("none.txt");
    refused(&run("restore {} -o {} --edits {}", &[&bad, &none, &folder.join("none.json")], b""), 1, &["not UTF-8"]);
    let names: Vec<String> = tree(&folder).into_keys().collect();
    assert_eq!(names, ["bad.txt", "from.txt", "to.txt"]);
}

#[test]
fn long_texts_go_through_in_windows() {
    let folder = folder("windows");
    // Mostly numbers, which are soon done.
    let numbers = format!("{}\n", "1234567 ".repeat(100)).repeat(80);
    let line = "Dai hgi dai biéu Pang b¢ xa dugc té chirc ngdy 7 thang 7 nam 2025, Xxyq.\n";
    let text = format!("{line}{numbers}").repeat(phucdau::WINDOW * 3 / 2 / numbers.len());
    let (from, to, edits) = (file(&folder, "long.txt", &text), folder.join("to.txt"), folder.join("edits.json"));
    assert_eq!(written(run("restore {} -o {} --edits {}", &[&from, &to, &edits], b"")), "");
    let after = fs::read_to_string(&to).unwrap();
    assert_eq!(after.lines().count(), text.lines().count());
    let edits: Vec<Edit> = serde_json::from_str(&fs::read_to_string(edits).unwrap()).unwrap();
    // Spans count from the beginning of all.
    for edit in edits.iter().step_by(9).chain(edits.last()) {
        assert_eq!((edit.source.of(&text), edit.target.of(&after)), (&*edit.before, &*edit.after));
    }
    assert!(edits.last().unwrap().source.start > phucdau::WINDOW);
    // Bytes that are wrong are told by their place in the whole.
    let mut bytes = text.into_bytes();
    let at = bytes.len() - 9;
    bytes[at] = 0xff;
    let bad = file(&folder, "bad.txt", &bytes);
    refused(&run("restore {} -o {}", &[&bad, &folder.join("none.txt")], b""), 1, &[&format!("byte {at}")]);
    assert!(!folder.join("none.txt").exists());
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_half_file() {
    let folder = folder("ctrl_c");
    let (from, to) = (folder.join("in"), folder.join("out"));
    fs::create_dir(&from).unwrap();
    let text = format!("{DAMAGED}\n").repeat(100);
    for number in 0..60 {
        file(&from, &format!("{number:02}.txt"), &text);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
    command.arg("restore").arg(&from).arg("-o").arg(&to).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // Once it is well under way.
    let done = || {
        fs::read_dir(&to)
            .map_or(0, |files| files.flatten().filter(|file| file.path().extension() == Some("txt".as_ref())).count())
    };
    while done() == 0 {
        thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(Command::new("kill").arg("-INT").arg(child.id().to_string()).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let message = ended(&output, 130);
    assert!(message.contains("--resume goes on from here"), "{message}");
    let expected = restored(&text);
    let after = tree(&to);
    assert!(!after.is_empty() && after.len() < 60, "{}", after.len());
    for (name, text) in &after {
        assert!(name.ends_with(".txt") && *text == expected, "{name}");
    }
    ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 0);
    assert_eq!(tree(&to).len(), 60);
}

#[test]
fn a_shell_and_a_manual_reader_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(written(run(&format!("completions {shell}"), &[], b"")).contains("in-place"), "{shell}");
    }
    assert!(written(run("man", &[], b"")).starts_with(".ie"));
    assert!(written(run("man restore", &[], b"")).contains("\\-\\-in\\-place"));
    refused(&run("man cook", &[], b""), 1, &["no subcommand cook"]);
}
