//! What fuzzing found worth keeping (`data/fuzz`, see `fuzz/README.md`), and what it begins with, go through its checks.

mod checks;

use std::fs;
use std::path::Path;

#[test]
fn kept_inputs_hold() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz");
    for &(name, check) in checks::ALL {
        let mut inputs: Vec<_> = fs::read_dir(kept.join(name)).unwrap().map(|file| file.unwrap().path()).collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "nothing is kept of {name}");
        for path in inputs {
            eprintln!("{}", path.display());
            checks::within(check, &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn seeds_hold() {
    for &(name, check) in checks::ALL {
        // A part of them: fuzzing goes through all.
        for seed in checks::seeds::seeds(name).iter().step_by(if name == "model" { 1 } else { 6 }) {
            eprintln!("{name} {:?}", String::from_utf8_lossy(seed));
            checks::within(check, seed);
        }
    }
}

/// What the model's target makes of its input is what training wrote, down to the checksums.
#[test]
#[cfg(feature = "train")]
fn seeds_of_models_are_models() {
    for seed in checks::seeds::seeds("model") {
        let model = phucdau::Model::from_bytes(&checks::model::sealed(&seed)).unwrap();
        assert!(model.words() > 5, "{model:?}");
        assert!(model.words() < 20 || model.triggers() > 20 && model.vectors() > 20, "{model:?}");
    }
}
