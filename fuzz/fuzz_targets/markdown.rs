#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("markdown"), |data: &[u8]| checks::within(checks::files::markdown, data));
