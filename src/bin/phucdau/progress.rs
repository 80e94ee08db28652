//! How far long work has come, where somebody watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Less than this, in bytes, is done before anybody looks.
const SHORT: u64 = 4 << 20;

/// A bar of bytes.
pub struct Progress {
    bar: ProgressBar,
    files: usize,
    done: AtomicUsize,
}

impl Progress {
    /// Of so many files with so many bytes. Nothing is shown if standard error is no terminal.
    pub fn new(files: usize, bytes: u64, quiet: bool) -> Self {
        let is_hidden = quiet || bytes < SHORT;
        let target = if is_hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(bytes), target);
        let style = ProgressStyle::with_template("{wide_bar} {prefix} {bytes}/{total_bytes}, {eta} left");
        bar.set_style(style.expect("this is a template"));
        bar.enable_steady_tick(Duration::from_millis(250));
        let progress = Progress { bar, files, done: AtomicUsize::new(0) };
        progress.count(0);
        progress
    }

    /// So many more bytes are done.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// One more file is done.
    pub fn file_is_done(&self) {
        self.count(self.done.fetch_add(1, Relaxed) + 1);
    }

    fn count(&self, done: usize) {
        if self.files > 1 && !self.bar.is_hidden() {
            self.bar.set_prefix(format!("{done}/{} files", self.files));
        }
    }

    /// Prints a line above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
