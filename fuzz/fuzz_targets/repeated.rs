#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("repeated"), |data: &[u8]| checks::within(checks::texts::repeated, data));
