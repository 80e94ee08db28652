#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("alto"), |data: &[u8]| checks::within(checks::files::alto, data));
