//! Ctrl-C, and being told to end: the first lets what is being written come to its end, or be taken back; the second ends
//! at once. Either leaves no half file.

use crate::output;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// The exit status that was asked for; 0 as long as none was.
static WANTED: AtomicU8 = AtomicU8::new(0);

/// From now on it is heard; the first ends at once if that is to be, as where the input may never end.
pub fn listen(at_once: bool) {
    let heard = move |status: u8| {
        if WANTED.swap(status, Relaxed) != 0 || at_once {
            output::exit(status);
        }
        eprintln!("phucdau: stopping; press Ctrl-C again to end at once");
    };
    // If it cannot be heard, it ends the process, which is right but for a file with a name of its own that stays.
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) {
            // As shells have it: 129, 130, 143.
            std::thread::spawn(move || signals.forever().for_each(|signal| heard(128 + signal as u8)));
        }
    }
    #[cfg(not(unix))]
    let _ = ctrlc::set_handler(move || heard(130));
}

/// The exit status, if it is to end.
pub fn status() -> Option<u8> {
    Some(WANTED.load(Relaxed)).filter(|&status| status != 0)
}

/// Whether it is to end.
pub fn is_wanted() -> bool {
    status().is_some()
}
