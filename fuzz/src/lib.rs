//! What the targets share: the checks of the library's own tests, and what they begin with.

#[path = "../../tests/checks/mod.rs"]
pub mod checks;

use std::fs;
use std::path::Path;

/// Puts the seeds of a target, and the inputs that are kept of it, into its corpus.
pub fn begin(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = root.join("corpus").join(name);
    fs::create_dir_all(&corpus).expect("fuzz/corpus can be written");
    for (number, seed) in checks::seeds::seeds(name).iter().enumerate() {
        fs::write(corpus.join(format!("seed-{number}")), seed).expect("fuzz/corpus can be written");
    }
    for kept in fs::read_dir(root.join("../tests/data/fuzz").join(name)).into_iter().flatten().flatten() {
        fs::copy(kept.path(), corpus.join(kept.file_name())).expect("fuzz/corpus can be written");
    }
}
