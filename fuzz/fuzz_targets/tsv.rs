#![no_main]

use phucdau_fuzz::{begin, checks};

libfuzzer_sys::fuzz_target!(init: begin("tsv"), |data: &[u8]| checks::within(checks::records::tsv, data));
