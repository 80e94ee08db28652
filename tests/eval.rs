//! The figures of `train::eval` against those of score.py, kept in `data/eval-expected.json`; with
//! the path of score.py in `SCORE_PY`, against the script itself too.
#![cfg(feature = "train")]

use std::{env, error::Error, fs, process::Command};

use phucdau::train::eval::{Scores, Tally};
use serde_json::{Value, json};

const MODES: [&str; 2] = ["line", "whole"];
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

fn tally(mode: &str) -> Result<Tally, Box<dyn Error>> {
    let read = |name| fs::read_to_string(format!("{DATA}/eval-{name}.txt"));
    let (gold, output, source) = (read("gold")?, read("output")?, read("source")?);
    let [gold, output, source] = [&gold, &output, &source].map(|text| text.lines().collect::<Vec<_>>());
    let mut tally = Tally::default();
    match mode {
        "line" => tally.add(&gold, &output, Some(&source))?,
        _ => tally.add_whole(&gold, &output, Some(&source))?,
    }
    Ok(tally)
}

fn assert_same(scores: &Scores, expected: &Value, mode: &str) {
    let source = scores.source.as_ref().expect("there was a source");
    let figures = [
        ("words", scores.words as f64),
        ("wer", scores.wer),
        ("wer_case", scores.wer_case),
        ("cer", scores.cer),
        ("wer_source", source.wer_source),
        ("harm", source.harm),
        ("fixed", source.fixed),
        ("numbers", source.numbers),
        ("src_wrong", source.src_wrong as f64),
        ("harmed", source.harmed as f64),
        ("preference", source.preference),
    ];
    for (name, value) in figures {
        let expected = expected[name].as_f64().expect(name);
        assert!((value - expected).abs() < 1e-9, "{mode} {name}: {value}, not {expected}");
    }
}

#[test]
fn figures_are_those_of_score_py() -> Result<(), Box<dyn Error>> {
    let expected: Value = serde_json::from_str(&fs::read_to_string(format!("{DATA}/eval-expected.json"))?)?;
    for mode in MODES {
        let tally = tally(mode)?;
        let scores = tally.scores();
        assert_same(&scores, &expected[mode], mode);
        assert_eq!(scores.source.map(|s| s.src_right + s.src_wrong), Some(scores.words));
        let confusions: Vec<_> = tally.confusions().into_iter().map(|((a, b), n)| json!([a, b, n])).collect();
        assert_eq!(Value::from(confusions), expected[mode]["confusions"], "{mode}");
    }
    Ok(())
}

#[test]
fn names_are_those_inside_sentences() -> Result<(), Box<dyn Error>> {
    // Wrong: Nà, Hoá, Quỷ, Quàng. Joined, ten lines start inside a sentence.
    for (mode, expected) in [("line", 19.0 / 23.0), ("whole", 29.0 / 33.0)] {
        let names = tally(mode)?.scores().names;
        assert!((names - expected).abs() < 1e-9, "{mode}: {names}");
    }
    Ok(())
}

#[test]
fn score_py_itself_agrees() -> Result<(), Box<dyn Error>> {
    let Some(script) = env::var_os("SCORE_PY") else {
        return Ok(());
    };
    if Command::new("python3").arg("--version").output().is_err() {
        return Ok(());
    }
    for mode in MODES {
        let end = if mode == "line" { ".txt" } else { "*" };
        let run = |options: &[&str]| -> Result<String, Box<dyn Error>> {
            let [gold, output, source] = ["gold", "output", "source"].map(|name| format!("{DATA}/eval-{name}{end}"));
            let run = Command::new("python3")
                .arg(&script)
                .args([&gold, &output, "--source", &source])
                .args(options)
                .output()?;
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
            Ok(String::from_utf8(run.stdout)?)
        };
        let scores = tally(mode)?.scores();
        assert_same(&scores, &serde_json::from_str(&run(&["--json"])?)?, mode);
        let names = format!("names       {:.4}\n", scores.names);
        assert_eq!(scores.to_string(), run(&[])? + &names, "{mode}");
    }
    Ok(())
}
