#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("model"), |data: &[u8]| checks::within(checks::model::model, data));
