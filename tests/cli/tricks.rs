//! Folders with tricks in them: links, pipes, sockets, devices, odd names; outputs that are inputs.
#![cfg(unix)]

use super::files::{ended, restored, tree};
use super::*;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

const TEXT: &str = "Thu do Ha Noi\n";

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

/// Runs a command that must not block, in a folder.
fn soon(folder: &Path, arguments: &[&OsStr]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
    // An input that does not end: who reads it waits.
    command.current_dir(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdin = child.stdin.take();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it waits: {arguments:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn made(program: &str, arguments: &[&OsStr]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[test]
fn only_what_is_a_file_of_a_folder_is_read_in_it() {
    let folder = folder("tricks");
    let from = folder.join("in");
    fs::create_dir_all(from.join("dir.txt")).unwrap();
    let outside = file(&folder, "outside.txt", TEXT);
    let odd = OsStr::from_bytes(b"caf\xe9.txt");
    let real = [OsStr::new("-o.txt"), OsStr::new("new\nline.txt"), OsStr::new("a b'\"$.txt"), odd];
    for name in real {
        file(&from, "x", TEXT);
        fs::rename(from.join("x"), from.join(name)).unwrap();
    }
    file(&from, "dir.txt/inner.txt", TEXT);
    symlink("/dev/zero", from.join("zero.txt")).unwrap();
    symlink(&outside, from.join("link.txt")).unwrap();
    symlink("..", from.join("loop")).unwrap();
    symlink("loop.txt", from.join("loop.txt")).unwrap();
    symlink("nothing", from.join("none.txt")).unwrap();
    let _socket = UnixListener::bind(from.join("socket.txt")).unwrap();
    for name in ["pipe.txt", "pipe.xml"] {
        assert!(made("mkfifo", &[from.join(name).as_os_str()]));
    }
    // That takes rights.
    made("mknod", &[from.join("device.txt").as_os_str(), "c".as_ref(), "1".as_ref(), "5".as_ref()]);

    let to = folder.join("out");
    let output = soon(&folder, &["restore".as_ref(), "in".as_ref(), "-o".as_ref(), "out".as_ref()]);
    assert!(ended(&output, 0).starts_with("5 files, "));
    let mut expected: Vec<OsString> = real.iter().map(|name| name.into()).chain(["dir.txt".into()]).collect();
    expected.sort();
    assert_eq!(names(&to), expected);
    for path in real.iter().map(|name| to.join(name)).chain([to.join("dir.txt/inner.txt")]) {
        assert_eq!(fs::read_to_string(path).unwrap(), restored(TEXT));
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), TEXT);
    // A line of a table stays one.
    let output = soon(&folder, &["check".as_ref(), "in".as_ref()]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), table.lines().count()), (Some(1), 6), "{table}");
    assert!(table.contains("new\\nline.txt"), "{table}");
    // What is named is not read to find out what it is.
    let output = soon(&folder, &["restore".as_ref(), "in/pipe.xml".as_ref()]);
    refused(&output, 1, &["pipe.xml", "--from"]);
    // In place, too, and a second time no backup is taken for a source.
    for more in ["--backup=.old.txt", "--resume"] {
        let line = ["restore", "in", "--in-place", "--backup=.old.txt", more].map(OsStr::new);
        let line = if more == "--resume" { &line[..] } else { &line[..4] };
        ended(&soon(&folder, line), 0);
    }
    let after = names(&from);
    assert_eq!(after.iter().filter(|name| name.as_bytes().ends_with(b".old.txt")).count(), 4, "{after:?}");
}

#[test]
fn a_file_is_not_taken_for_standard_input() {
    let folder = folder("dash");
    file(&folder, "-", TEXT);
    for files in ["*", "./-"] {
        let _ = fs::remove_dir_all(folder.join("out"));
        ended(&soon(&folder, &["restore", files, "-o", "out/"].map(OsStr::new)), 0);
        assert_eq!(fs::read_to_string(folder.join("out/-")).unwrap(), restored(TEXT), "{files}");
    }
}

#[test]
fn no_source_is_written_over_under_another_name() {
    let folder = folder("onto");
    let one = file(&folder, "one.txt", TEXT);
    fs::create_dir(folder.join("below")).unwrap();
    let roundabout = folder.join("below/../one.txt");
    symlink("one.txt", folder.join("link.txt")).unwrap();
    for other in [&one, &roundabout, &folder.join("link.txt")] {
        refused(&run("restore {} -o {} --overwrite", &[&one, other], b""), 1, &["would be written over"]);
        refused(&run("restore {} --edits {} --overwrite", &[&one, other], b""), 1, &["would be written over"]);
    }
    file(&folder, "edits.json", "");
    let twice = [&*one, &*folder.join("edits.json"), &*folder.join("below/../edits.json")];
    refused(&run("restore {} -o {} --edits {} --overwrite", &twice, b""), 1, &["name one file"]);
    // Another name of the very file is written anew, and the file stays.
    let name = folder.join("name.txt");
    fs::hard_link(&one, &name).unwrap();
    assert_eq!(written(run("restore {} -o {} --overwrite", &[&one, &name], b"")), "");
    assert_eq!((fs::read_to_string(&one).unwrap(), fs::read_to_string(&name).unwrap()), (TEXT.into(), restored(TEXT)));
    // No file goes where a folder is, and no pattern leads out of the output.
    fs::create_dir_all(folder.join("out/one.txt")).unwrap();
    for more in ["", " --overwrite", " --resume"] {
        let output = run(&format!("restore {{}} -o {{}}{more}"), &[&one, &folder.join("out/")], b"");
        assert_eq!(output.status.code(), Some(1), "{more}");
    }
    let leading_out = folder.join("b*/../one.txt");
    refused(&run("restore {} -o {}", &[&leading_out, &folder.join("out/")], b""), 1, &["leads out of its folder"]);
    assert_eq!(tree(&folder)["one.txt"], TEXT);
}
