//! Faults that are injected: a full disk, files that go away or cannot be read, being stopped and being killed. Nothing is
//! lost, nothing half-written.
#![cfg(unix)]

use super::files::{ended, restored, tree};
use super::*;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// Mostly numbers, which are soon done.
fn long() -> String {
    format!("Thu do Ha Noi\n{}", format!("{}\n", "1234567 ".repeat(99)).repeat(300))
}

/// Runs a shell's line; paths stand for `$1` and so on, and `$0` for the command.
fn shell(line: &str, paths: &[&Path]) -> Output {
    Command::new("sh").args(["-c", line, env!("CARGO_BIN_EXE_phucdau")]).args(paths).output().unwrap()
}

/// A folder of so many small texts, no two alike, and what they are when they are restored.
fn texts(folder: &Path, count: usize) -> BTreeMap<String, String> {
    fs::create_dir_all(folder).unwrap();
    let restorer = Restorer::new();
    let numbered = (0..count).map(|number| {
        let (name, text) = (format!("{number:03}.txt"), format!("{DAMAGED} {number}\n").repeat(9));
        file(folder, &name, &text);
        (name, restorer.restore(&text).into_text())
    });
    numbered.collect()
}

/// How many results there are in a folder.
fn results(folder: &Path, ending: &str) -> usize {
    fs::read_dir(folder).map_or(0, |files| {
        let names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
        names.filter(|name| !name.starts_with('.') && name.ends_with(ending)).count()
    })
}

fn begin(line: &str, paths: &[&Path]) -> std::process::Child {
    let mut paths = paths.iter();
    let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
    for word in line.split(' ') {
        match word {
            "{}" => command.arg(paths.next().unwrap()),
            _ => command.arg(word),
        };
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &std::process::Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_full_disk_is_told() {
    let folder = folder("full");
    let (from, long) = (folder.join("in"), long());
    let mut expected = texts(&from, 9);
    file(&from, "long.txt", &long);
    let one = from.join("000.txt");
    if Path::new("/dev/full").exists() {
        let output = shell(r#""$0" restore "$1" > /dev/full"#, &[&one]);
        assert!(ended(&output, 1).contains("cannot write to standard output: No space left"));
        let output = shell(r#""$0" restore "$1" --edits "$2" > /dev/full"#, &[&one, &folder.join("edits.json")]);
        ended(&output, 1);
        assert!(!folder.join("edits.json").exists());
    }
    // No file may be larger than so many blocks, and the signal that says so is not heard.
    let little = r#"trap '' XFSZ 2>/dev/null || trap '' 25; ulimit -f 64; "$0" restore "#;
    let to = folder.join("out");
    let message = ended(&shell(&format!(r#"{little} "$1" -o "$2""#), &[&from, &to]), 1);
    assert!(message.contains("long.txt") && message.contains("File too large"), "{message}");
    assert_eq!(tree(&to), expected);
    let before = tree(&from);
    ended(&shell(&format!(r#"{little} "$1" --in-place --backup"#), &[&from.join("long.txt")]), 1);
    assert_eq!(tree(&from), before);
    ended(
        &shell(
            &format!(r#"{little} "$1" -o "$2" --edits "$3""#),
            &[&from.join("long.txt"), &folder.join("a"), &folder.join("b")],
        ),
        1,
    );
    assert!(!folder.join("a").exists() && !folder.join("b").exists());
    // With room again, it goes on.
    ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 0);
    expected.insert("long.txt".into(), restored(&long));
    assert_eq!(tree(&to), expected);
}

#[test]
fn a_disk_without_room_is_told() {
    let folder = folder("small-disk");
    let (from, disk) = (folder.join("in"), folder.join("disk"));
    let expected = texts(&from, 40);
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a small disk takes the right to mount one");
        return;
    }
    let output = run("restore {} -o {}", &[&from, &disk.join("out")], b"");
    let after = tree(&disk.join("out"));
    assert!(Command::new("umount").arg(&disk).status().unwrap().success());
    assert!(ended(&output, 1).contains("No space left"));
    assert!(!after.is_empty() && after.len() < expected.len());
    assert!(after.iter().all(|(name, text)| expected.get(name) == Some(text)), "{:?}", after.keys());
}

#[test]
fn a_file_that_goes_away_does_not_stop_the_others() {
    let folder = folder("vanish");
    let (from, to) = (folder.join("in"), folder.join("out"));
    let mut expected = texts(&from, 3);
    file(&from, "000-first.txt", long().repeat(12));
    let child = begin("restore {} -o {} -j 1", &[&from, &to]);
    // Once they are listed, and the first is being written.
    while !fs::read_dir(&to).is_ok_and(|mut files| files.next().is_some()) {
        thread::sleep(Duration::from_millis(1));
    }
    fs::remove_file(from.join("002.txt")).unwrap();
    let message = ended(&child.wait_with_output().unwrap(), 1);
    assert!(message.contains("002.txt") && message.contains("check the path"), "{message}");
    let mut after = tree(&to);
    assert!(after.remove("000-first.txt").is_some());
    expected.remove("002.txt");
    assert_eq!(after, expected);
}

#[test]
fn what_is_not_allowed_is_told() {
    let folder = folder("rights");
    let (from, to) = (folder.join("in"), folder.join("out"));
    let expected = texts(&from, 3);
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(&to).unwrap();
    mode(&to, 0o777);
    mode(&from.join("001.txt"), 0);
    // Root may do everything.
    let is_root = fs::read_to_string(from.join("001.txt")).is_ok();
    let nobody = if is_root { "setpriv --reuid=65534 --regid=65534 --clear-groups " } else { "" };
    let able = shell(&format!(r#"{nobody}"$0" --version && {nobody}ls "$1""#), &[&from]);
    if !able.status.success() {
        eprintln!("skipped: nobody else may run the command here");
        return mode(&from.join("001.txt"), 0o644);
    }
    let message = ended(&shell(&format!(r#"{nobody}"$0" restore "$1" -o "$2""#), &[&from, &to]), 1);
    assert!(message.contains("001.txt") && message.contains("ermission denied"), "{message}");
    mode(&from.join("001.txt"), 0o644);
    let mut some = expected.clone();
    some.remove("001.txt");
    assert_eq!(tree(&to), some);
    // Nor are results written where they must not be, and the originals stay.
    mode(&to, 0o555);
    mode(&from, 0o555);
    let before = tree(&from);
    for line in [r#""$0" restore "$1" -o "$2" --resume"#, r#""$0" restore "$1" --in-place --backup"#] {
        let message = ended(&shell(&format!("{nobody}{line}"), &[&from, &to]), 1);
        assert!(message.contains("cannot write") && message.contains("ermission denied"), "{message}");
    }
    assert_eq!((tree(&to), tree(&from)), (some, before));
    mode(&to, 0o755);
    mode(&from, 0o755);
}

#[test]
fn nothing_stays_of_what_nobody_reads_to_its_end() {
    let folder = folder("pipe");
    let (one, edits) = (file(&folder, "one.txt", long().repeat(3)), folder.join("edits.json"));
    let output = shell(r#"("$0" restore "$1" --edits "$2"; echo $? >&2) | head -c 9"#, &[&one, &edits]);
    assert_eq!((output.stdout, &*output.stderr), ("Thủ đô".as_bytes()[..9].to_vec(), &b"0\n"[..]));
    let names: Vec<String> = tree(&folder).into_keys().collect();
    assert_eq!(names, ["one.txt"]);
}

#[test]
fn being_told_to_end_is_heard() {
    let folder = folder("terminate");
    let (from, to) = (folder.join("in"), folder.join("out"));
    let expected = texts(&from, 120);
    for (name, status) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129)] {
        let _ = fs::remove_dir_all(&to);
        let child = begin("restore {} -o {}", &[&from, &to]);
        while results(&to, ".txt") == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        signal(&child, name);
        let message = ended(&child.wait_with_output().unwrap(), status);
        assert!(message.contains("--resume goes on from here"), "{message}");
        let after = tree(&to);
        assert!(after.len() < expected.len());
        assert!(after.iter().all(|(name, text)| expected.get(name) == Some(text)), "{:?}", after.keys());
    }
    ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 0);
    assert_eq!(tree(&to), expected);
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let folder = folder("killed");
    let from = folder.join("in");
    let expected = texts(&from, 60);
    for (round, moment) in [0, 0, 1, 2, 5, 10, 20, 40].into_iter().enumerate() {
        let to = folder.join(format!("out{round}"));
        let mut child = begin("restore {} -o {}", &[&from, &to]);
        while results(&to, ".txt") < moment {
            thread::sleep(Duration::from_micros(200));
        }
        thread::sleep(Duration::from_millis(3 * round as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        if to.exists() {
            // Whatever has its name is whole.
            let after = tree(&to).into_iter().filter(|(name, _)| !name.starts_with('.'));
            after.for_each(|(name, text)| assert_eq!(expected[&name], text, "{name}"));
        }
        ended(&run("restore {} -o {} --resume", &[&from, &to], b""), 0);
        assert_eq!(tree(&to), expected);
    }
}

#[test]
fn originals_outlive_a_run_that_is_killed() {
    let folder = folder("killed-in-place");
    for (round, moment) in [0, 1, 3, 9, 20].into_iter().enumerate() {
        let place = folder.join(format!("in{round}"));
        let expected = texts(&place, 40);
        let before = tree(&place);
        let mut child = begin("restore {} --in-place --backup", &[&place]);
        while results(&place, ".orig") < moment {
            thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let now = tree(&place);
        for (name, original) in &before {
            let is_there = now[name] == *original || now.get(&format!("{name}.orig")) == Some(original);
            assert!(is_there && (now[name] == *original || now[name] == expected[name]), "{name}");
        }
        ended(&run("restore {} --in-place --backup --resume", &[&place], b""), 0);
        let backups = before.into_iter().map(|(name, text)| (format!("{name}.orig"), text));
        assert_eq!(tree(&place), expected.into_iter().chain(backups).collect());
    }
}

#[test]
fn a_backup_that_was_made_and_no_more_is_no_hindrance() {
    let folder = folder("backup");
    let expected = texts(&folder, 2);
    let before = tree(&folder);
    // As a run leaves them that is killed between: by a link, and where there are none by a copy.
    fs::hard_link(folder.join("000.txt"), folder.join("000.txt.orig")).unwrap();
    fs::copy(folder.join("001.txt"), folder.join("001.txt.orig")).unwrap();
    file(&folder, ".phucdau-a1b2c3.part", "half");
    ended(&run("restore {} --in-place --backup --resume", &[&folder], b""), 0);
    let backups = before.into_iter().map(|(name, text)| (format!("{name}.orig"), text));
    assert_eq!(tree(&folder), expected.into_iter().chain(backups).collect());
}
