//! Restores all .txt files of a folder into another, on all processors.
//!
//! ```sh
//! cargo run --release --example batch -- IN_DIR OUT_DIR           # leaves existing files alone
//! cargo run --release --example batch -- IN_DIR OUT_DIR --force   # overwrites them
//! ```
//!
//! A file that cannot be read or written is reported at the end and does not stop the others.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use phucdau::Restorer;

const USAGE: &str = "usage: batch IN_DIR OUT_DIR [--force]";
/// So many bytes of text, and the file that passes them, are held in memory at a time.
const CHUNK: usize = 4 << 20;

fn main() -> ExitCode {
    match run() {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            for failure in &failures {
                eprintln!("error: {failure:#}");
            }
            eprintln!("not restored: {}", failures.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Gives the files that failed.
fn run() -> Result<Vec<anyhow::Error>> {
    let (options, folders): (Vec<_>, Vec<_>) =
        env::args_os().skip(1).partition(|argument| argument.to_string_lossy().starts_with('-'));
    let force = match options.as_slice() {
        [] => false,
        [option] if option == "--force" => true,
        _ => bail!(USAGE),
    };
    let [input, output] = folders.as_slice() else { bail!(USAGE) };
    let (input, output) = (Path::new(input), Path::new(output));
    let mut files = text_files(input).with_context(|| format!("cannot list {}", input.display()))?;
    ensure!(!files.is_empty(), "there are no .txt files in {}", input.display());
    files.sort();
    fs::create_dir_all(output).with_context(|| format!("cannot create {}", output.display()))?;
    ensure!(fs::canonicalize(input)? != fs::canonicalize(output)?, "the two folders are the same");

    let (restorer, start) = (Restorer::new(), Instant::now());
    let (mut done, mut bytes, mut failures) = (0, 0, vec![]);
    let mut files = files.into_iter().peekable();
    while files.peek().is_some() {
        let (mut targets, mut texts, mut size) = (vec![], vec![], 0);
        while size < CHUNK
            && let Some(file) = files.next()
        {
            let target = output.join(file.file_name().expect("it was listed"));
            match read(&file, &target, force) {
                Ok(text) => {
                    size += text.len();
                    targets.push(target);
                    texts.push(text);
                }
                Err(error) => failures.push(error),
            }
        }
        for (target, restored) in targets.iter().zip(restorer.par_restore(&texts)) {
            match write(target, restored.text(), force) {
                Ok(()) => done += 1,
                Err(error) => failures.push(error),
            }
        }
        bytes += size;
    }
    let (megabytes, seconds) = (bytes as f64 / 1e6, start.elapsed().as_secs_f64());
    println!("{megabytes:.1} MB, {done} files, {:.1} MB/s", megabytes / seconds);
    Ok(failures)
}

fn text_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries: Result<Vec<_>, _> = fs::read_dir(folder)?.collect();
    let files = entries?.into_iter().map(|entry| entry.path());
    Ok(files.filter(|file| file.extension().is_some_and(|e| e == "txt") && !file.is_dir()).collect())
}

fn read(file: &Path, target: &Path, force: bool) -> Result<String> {
    ensure!(force || !target.exists(), "{} exists already (--force overwrites it)", target.display());
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        anyhow!("{} is not UTF-8 (invalid at byte offset {offset})", file.display())
    })
}

fn write(target: &Path, text: &str, force: bool) -> Result<()> {
    let mut options = fs::File::options();
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    options
        .write(true)
        .open(target)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", target.display()))
}
