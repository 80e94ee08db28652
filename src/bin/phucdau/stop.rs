//! Ctrl-C: the first lets what is being written come to its end, or be taken back; the second ends at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

static STOPPED: AtomicBool = AtomicBool::new(false);

/// The exit status of what Ctrl-C ended.
pub const STATUS: u8 = 130;

/// From now on Ctrl-C is heard.
pub fn listen() {
    // If it cannot be heard, it ends the process, which is right but for a file with a name of its own that stays.
    let _ = ctrlc::set_handler(|| {
        if STOPPED.swap(true, Ordering::Relaxed) {
            process::exit(STATUS.into());
        }
        eprintln!("phucdau: stopping; press Ctrl-C again to end at once");
    });
}

/// Whether it was pressed.
pub fn is_wanted() -> bool {
    STOPPED.load(Ordering::Relaxed)
}
