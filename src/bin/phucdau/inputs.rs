//! Which files are meant: single ones, folders, patterns.

use crate::read;
use anyhow::{Result, anyhow, ensure};
use glob::MatchOptions;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use walkdir::WalkDir;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub path: PathBuf,
    /// What it is called below the folder that was given, or its name alone.
    pub name: PathBuf,
    /// How many bytes it has, as far as that is known.
    pub size: u64,
}

/// The files that are meant, in the order of the command line; those of a folder by name. Of folders, links and hidden
/// files are passed over, and those for which `wanted` is false, and what lies in the folder `but`.
/// What cannot be read of them is said in `problems`.
pub fn find(
    given: &[PathBuf],
    wanted: impl Fn(&Path) -> bool,
    but: Option<&Path>,
    problems: &mut Vec<String>,
) -> Result<Vec<Input>> {
    let but = but.and_then(|folder| folder.canonicalize().ok());
    let mut found: Vec<Input> = Vec::new();
    for path in given {
        let before = found.len();
        if read::is_stdin(path) || path.is_file() {
            found.push(input(path, path.file_name().map(PathBuf::from).unwrap_or_else(|| path.clone())));
        } else if path.is_dir() {
            walk(path, &wanted, but.as_deref(), &mut found, problems);
            ensure!(
                found.len() > before || !problems.is_empty(),
                "no text in the folder {}; see --help for the kinds of files",
                path.display()
            );
        } else if path.exists() || !is_pattern(path) {
            // A pipe, or what is not there: reading will say so.
            found.push(input(path, path.file_name().map(PathBuf::from).unwrap_or_else(|| path.clone())));
        } else {
            matches(path, but.as_deref(), &mut found, problems)?;
            ensure!(found.len() > before, "no file matches {}; check the pattern, and quote it", path.display());
        }
    }
    // A file may have been named, and lie in a folder that was, too.
    let mut seen = HashSet::new();
    found.retain(|input| seen.insert(input.path.canonicalize().unwrap_or_else(|_| input.path.clone())));
    Ok(found)
}

fn input(path: &Path, name: PathBuf) -> Input {
    Input { path: path.into(), name, size: fs::metadata(path).map_or(0, |of| of.len()) }
}

fn walk(
    folder: &Path,
    wanted: &impl Fn(&Path) -> bool,
    but: Option<&Path>,
    found: &mut Vec<Input>,
    problems: &mut Vec<String>,
) {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| {
        let is_but = || but.is_some_and(|but| entry.path().canonicalize().is_ok_and(|path| path == but));
        entry.depth() == 0 || !(hidden(entry.file_name()) || entry.file_type().is_dir() && is_but())
    });
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(format!("cannot read a folder: {error}"));
                continue;
            }
        };
        if entry.file_type().is_file() && wanted(entry.path()) {
            let name = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
            found.push(Input { size: entry.metadata().map_or(0, |of| of.len()), path: entry.into_path(), name });
        }
    }
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

fn matches(pattern: &Path, but: Option<&Path>, found: &mut Vec<Input>, problems: &mut Vec<String>) -> Result<()> {
    let text = pattern.to_str().ok_or_else(|| anyhow!("{} is no pattern, for it is no UTF-8", pattern.display()))?;
    // As in a folder, what is hidden is passed over, unless it is asked for.
    let options = MatchOptions { require_literal_leading_dot: true, ..MatchOptions::new() };
    let paths = glob::glob_with(text, options).map_err(|e| anyhow!("{text} is no pattern: {}", e.msg))?;
    // Names are those below the last folder without a wildcard.
    let fixed = pattern.components().take_while(|part| !is_pattern(part.as_os_str().as_ref())).count();
    for path in paths {
        let path = match path {
            Ok(path) => path,
            Err(error) => {
                problems.push(format!("cannot read a folder: {error}"));
                continue;
            }
        };
        let is_but = || but.is_some_and(|but| path.canonicalize().is_ok_and(|path| path.starts_with(but)));
        if path.is_file() && !is_but() {
            let name: PathBuf = path.components().skip(fixed).collect();
            // A file that is called so is not standard input.
            let path = if read::is_stdin(&path) { Path::new(".").join(path) } else { path };
            found.push(input(&path, name));
        }
    }
    Ok(())
}

/// Makes sure that no two files are written to one place, and none over what it is made from.
pub fn are_apart<'i>(places: impl Iterator<Item = (&'i Input, PathBuf)>) -> Result<()> {
    let mut known: HashMap<PathBuf, &Path> = HashMap::new();
    for (input, place) in places {
        let onto_itself =
            place.canonicalize().is_ok_and(|place| input.path.canonicalize().is_ok_and(|path| path == place));
        ensure!(!onto_itself, "{} would be written over; see --in-place", input.path.display());
        // Names come from walking and from patterns, but a pattern may hold `..`.
        let inside = input.name.components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(inside, "{} leads out of its folder; give the folder itself", input.path.display());
        if let Some(other) = known.insert(place, &input.path) {
            ensure!(
                other == input.path,
                "{} and {} would both be written to {}; restore them one after the other, into different folders",
                other.display(),
                input.path.display(),
                input.name.display()
            );
        }
    }
    Ok(())
}
