#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("restore"), |data: &[u8]| checks::within(checks::texts::restore, data));
