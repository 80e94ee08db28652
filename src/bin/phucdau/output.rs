//! Writing: whole files or none, and nothing over what is there unless asked.

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{env, fs, process};
use tempfile::NamedTempFile;

/// What the names of files begin and end with that are being written.
const BEGINNING: &str = ".phucdau-";
const END: &str = ".part";

/// A file that is being written. Unless it is [kept](Part::keep), nothing of it stays.
pub struct Part {
    file: NamedTempFile,
    path: PathBuf,
}

impl Part {
    /// Begins a file, in the folder where it is to be, which is made if it is not there.
    pub fn begin(path: &Path) -> Result<Self> {
        let begin = || {
            let folder = folder_of(path);
            fs::create_dir_all(folder)?;
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
        let file = begin().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Part { file, path: path.into() })
    }

    /// Lets it take its place, over what is there if `over`.
    pub fn keep(mut self, over: bool) -> Result<()> {
        self.file.flush().with_context(|| format!("cannot write {}", self.path.display()))?;
        let kept = if over { self.file.persist(&self.path) } else { self.file.persist_noclobber(&self.path) };
        match kept {
            Ok(_) => Ok(()),
            Err(e) if e.error.kind() == ErrorKind::AlreadyExists => bail!(exists(&self.path)),
            Err(e) => bail!("cannot write {}: {}", self.path.display(), e.error),
        }
    }

    /// Lets it take the place of a file, which stays under another name, with the same rights.
    pub fn replace(self, backup: &Path) -> Result<()> {
        let rights = fs::metadata(&self.path).and_then(|of| self.file.as_file().set_permissions(of.permissions()));
        rights.with_context(|| format!("cannot write {}", self.path.display()))?;
        match fs::hard_link(&self.path, backup) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => bail!(exists(backup)),
            Err(_) => copy(&self.path, backup).with_context(|| format!("cannot write {}", backup.display()))?,
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
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut new = fs::File::create_new(to)?;
    io::copy(&mut fs::File::open(from)?, &mut new)?;
    new.sync_all()
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

/// Takes away what a run that was killed has left in a folder.
pub fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(BEGINNING) && name.ends_with(END) {
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
        Err(e) if e.kind() == ErrorKind::BrokenPipe => process::exit(0),
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
