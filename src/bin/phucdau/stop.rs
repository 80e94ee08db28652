//! Ctrl-C: the first lets what is being written come to its end, or be taken back; the second ends at once. Either leaves
//! no half file.

use crate::output;
use std::sync::atomic::{AtomicBool, Ordering};

static STOPPED: AtomicBool = AtomicBool::new(false);

/// The exit status of what Ctrl-C ended.
pub const STATUS: u8 = 130;

/// From now on Ctrl-C is heard; the first ends at once if that is to be, as where the input may never end.
pub fn listen(at_once: bool) {
    // If it cannot be heard, it ends the process, which is right but for a file with a name of its own that stays.
    let _ = ctrlc::set_handler(move || {
        if STOPPED.swap(true, Ordering::Relaxed) || at_once {
            output::exit(STATUS);
        }
        eprintln!("phucdau: stopping; press Ctrl-C again to end at once");
    });
}

/// Whether it was pressed.
pub fn is_wanted() -> bool {
    STOPPED.load(Ordering::Relaxed)
}
