#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("pdf"), |data: &[u8]| checks::within(checks::pdf::pdf, data));
