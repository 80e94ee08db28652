#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("legacy"), |data: &[u8]| checks::within(checks::texts::legacy, data));
