//! Writing: whole files or none, and nothing over what is there unless asked.
// The command wants Rust 1.92, for its PDF reader; files are locked since 1.89.
#![allow(clippy::incompatible_msrv)]

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, fs, process};
use tempfile::NamedTempFile;

/// What the names of files begin and end with that are being written.
const BEGINNING: &str = ".phucdau-";
const END: &str = ".part";

/// What is being written: it goes if the process ends before that is done.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process, and takes away what is unfinished.
pub fn exit(status: u8) -> ! {
    for path in &*unfinished() {
        let _ = fs::remove_file(path);
    }
    process::exit(status.into())
}

/// A file that is being written. Unless it is [kept](Part::keep), nothing of it stays.
pub struct Part {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Drop for Part {
    fn drop(&mut self) {
        unfinished().remove(self.file.get_ref().path());
    }
}

impl Part {
    /// Begins a file, in the folder where it is to be, which is made if it is not there.
    pub fn begin(path: &Path) -> Result<Self> {
        let folder = folder_of(path);
        let create = || {
            let mut builder = tempfile::Builder::new();
            builder.prefix(BEGINNING).suffix(END);
            #[cfg(unix)]
            {
                // As any new file; what the user takes away by umask stays away.
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(fs::Permissions::from_mode(0o666));
            }
            builder.tempfile_in(folder)
        };
        let begin = || {
            fs::create_dir_all(folder)?;
            loop {
                let file = create()?;
                // Its lock says that somebody is at work on it; where there are none, its age does.
                let _ = file.as_file().lock();
                // Before that, it may have been taken for what a run has left that was killed.
                if file.path().exists() {
                    return Ok::<_, io::Error>(file);
                }
            }
        };
        let file = begin().with_context(|| format!("cannot write {}", path.display()))?;
        unfinished().insert(file.path().to_owned());
        Ok(Part { file: BufWriter::new(file), path: path.into() })
    }

    /// Lets it take its place, over what is there if `over`; that keeps its rights.
    ///
    /// It is on the disk before it has its name, so that it is whole even if the power fails.
    pub fn keep(mut self, over: bool) -> Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        self.file.flush().with_context(cannot)?;
        let file = self.file.get_ref();
        file.as_file().sync_all().with_context(cannot)?;
        let place = if over { self.path.canonicalize().ok() } else { None };
        let kept = match place {
            Some(place) => {
                let old = fs::metadata(&place).with_context(cannot)?;
                ensure!(old.is_file(), "{} is no regular file and is not overwritten", self.path.display());
                file.as_file().set_permissions(old.permissions()).with_context(cannot)?;
                fs::rename(file.path(), place)
            }
            None if over => fs::rename(file.path(), &self.path),
            // A link to a file that is there is not made.
            None => fs::hard_link(file.path(), &self.path).or_else(|e| match e.kind() {
                ErrorKind::AlreadyExists => Err(e),
                // Some file systems know no links.
                _ if self.path.exists() => Err(ErrorKind::AlreadyExists.into()),
                _ => fs::rename(file.path(), &self.path),
            }),
        };
        match kept {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => bail!(exists(&self.path)),
            kept => kept.with_context(cannot),
        }
    }

    /// Lets it take the place of a file, which stays under another name, with the same rights.
    pub fn replace(mut self, backup: &Path) -> Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        // What there is no room for needs no backup.
        self.file.flush().with_context(cannot)?;
        self.file.get_ref().as_file().sync_all().with_context(cannot)?;
        match fs::hard_link(&self.path, backup) {
            // A run that was killed has come as far as this.
            Err(e) if e.kind() == ErrorKind::AlreadyExists && is_same(&self.path, backup) => {}
            Err(e) if e.kind() == ErrorKind::AlreadyExists => bail!(exists(backup)),
            Err(_) => copy(&self.path, backup)?,
            Ok(()) => {}
        }
        self.keep(true)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Copies a file to a new one, where file systems know no links.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let cannot = || format!("cannot write {}", to.display());
    let mut part = Part::begin(to)?;
    let mut old = fs::File::open(from).with_context(cannot)?;
    part.file
        .get_ref()
        .as_file()
        .set_permissions(old.metadata().with_context(cannot)?.permissions())
        .with_context(cannot)?;
    io::copy(&mut old, &mut part.file).with_context(cannot)?;
    part.keep(false)
}

/// Whether two files hold the same.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| path.metadata().ok().filter(fs::Metadata::is_file).map(|of| of.len());
    length(one).is_some() && length(one) == length(other) && holds_same(one, other).unwrap_or(false)
}

fn holds_same(one: &Path, other: &Path) -> io::Result<bool> {
    let [mut one, mut other] = [BufReader::new(fs::File::open(one)?), BufReader::new(fs::File::open(other)?)];
    loop {
        let (a, b) = (one.fill_buf()?, other.fill_buf()?);
        let length = a.len().min(b.len());
        if length == 0 || a[..length] != b[..length] {
            return Ok(a.is_empty() && b.is_empty());
        }
        one.consume(length);
        other.consume(length);
    }
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path with something after its name.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    path.with_file_name(name)
}

/// Where files cannot be locked, what others have begun is left to them for so long.
const ALIVE: Duration = Duration::from_secs(3600);

/// Takes away what a run that was killed has left in a folder.
pub fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !(is_file && name.starts_with(BEGINNING) && name.ends_with(END)) {
            continue;
        }
        let age = || entry.metadata().and_then(|of| of.modified()).map(|time| time.elapsed().unwrap_or_default());
        let lock = fs::File::options().write(true).open(entry.path()).map(|file| (file.try_lock(), file));
        let is_left = match &lock {
            Ok((Ok(()), _)) => true,
            Ok((Err(fs::TryLockError::WouldBlock), _)) => false,
            Ok((Err(fs::TryLockError::Error(_)), _)) | Err(_) => age().is_ok_and(|age| age > ALIVE),
        };
        if is_left {
            // If it cannot be taken away, it does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes a whole file.
pub fn write(path: &Path, bytes: &[u8], over: bool) -> Result<()> {
    let mut part = Part::begin(path)?;
    part.write_all(bytes).with_context(|| format!("cannot write {}", path.display()))?;
    part.keep(over)
}

fn exists(path: &Path) -> String {
    format!("{} exists and is not overwritten; name a new file, or add --overwrite", path.display())
}

/// Makes sure, before the work is done, that nothing stands where a file is to be written.
pub fn writable(path: &Path, over: bool) -> Result<()> {
    ensure!(over || fs::symlink_metadata(path).is_err(), exists(path));
    let folder = folder_of(path);
    ensure!(folder.is_dir(), "cannot write {}: there is no folder {}; make it first", path.display(), folder.display());
    Ok(())
}

/// Standard output. That nobody reads on is no error, but the end of all work.
pub struct Stdout;

fn unless_nobody_reads<T>(done: io::Result<T>) -> io::Result<T> {
    match done {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(e) => Err(io::Error::new(e.kind(), format!("cannot write to standard output: {e}"))),
        done => done,
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_nobody_reads(io::stdout().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_nobody_reads(io::stdout().flush())
    }
}

/// Writes to standard output.
pub fn print(bytes: &[u8]) -> Result<()> {
    Stdout.write_all(bytes)?;
    Ok(Stdout.flush()?)
}

/// Whether what is written to standard output is to be coloured.
#[derive(Clone, Copy, clap::ValueEnum, Default)]
pub enum Color {
    /// If it is a terminal, and the variable NO_COLOR is not set
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub fn is_on(self) -> bool {
        use io::IsTerminal;
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}
