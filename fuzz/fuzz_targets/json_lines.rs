#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("json_lines"), |data: &[u8]| checks::within(checks::records::json_lines, data));
