//! `train` and `eval`.

use super::*;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
const FIGURES: [&str; 12] = [
    "words",
    "wer",
    "wer_case",
    "cer",
    "wer_source",
    "harm",
    "fixed",
    "numbers",
    "src_wrong",
    "harmed",
    "preference",
    "names",
];

fn figures(table: &str) -> Vec<&str> {
    table.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).collect()
}

#[test]
fn measures_a_text() {
    let [gold, source, output] = ["gold", "source", "output"].map(|name| format!("{DATA}/eval-{name}.txt"));
    let paths: [&Path; 3] = [gold.as_ref(), source.as_ref(), output.as_ref()];
    assert_eq!(figures(&written(run("eval {} {}", &paths, b""))), FIGURES);

    let table = written(run("eval {} {} --output {} --errors 3", &paths, b""));
    assert_eq!(figures(&table), FIGURES);
    assert_eq!(table.lines().filter(|line| line.contains("' <- '")).count(), 3);
    let json = written(run("eval {} {} --output {} --json", &paths, b""));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected = fs::read_to_string(format!("{DATA}/eval-expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    for name in FIGURES.iter().filter(|name| **name != "names") {
        let [got, expected] = [&json[name], &expected["line"][name]].map(|value| value.as_f64().expect(name));
        assert!((got - expected).abs() < 1e-9, "{name}: {got}, not {expected}");
    }
    // Where it is said what the damage is, nothing is looked at again.
    let [gold, source] = ["gold", "eng"].map(|kind| format!("{DATA}/new*.{kind}.txt"));
    let pages: [&Path; 2] = [gold.as_ref(), source.as_ref()];
    assert!(written(run("eval {} {} --twice", &pages, b"")).ends_with("\ntwice 0 changes in 0 of 1 texts\n"));
    assert!(written(run("eval {} {} --twice --damage english", &pages, b"")).ends_with(" changes in 1 of 1 texts\n"));
    refused(&run("eval {} {} --output {} --damage stripped", &paths, b""), 2, &["--damage"]);
}

#[test]
fn measures_pages() {
    let folder = folder("pages");
    for (page, gold, source) in [("1", "Hà Nội\nmột\nhai", "Ha\nNoi mot hai"), ("2", "ba ⟦bốn⟧", "ba")] {
        file(&folder, &format!("{page}.gold.txt"), gold);
        file(&folder, &format!("{page}.eng.txt"), source);
    }
    let [gold, source] = ["*.gold.txt", "*.eng.txt"].map(|name| folder.join(name));
    let table = written(run("eval {} {} --output {}", &[&gold, &source, &source], b""));
    assert!(table.starts_with("words       5\nwer         0.6000\n"), "{table}");
    assert!(table.contains("\npreference  0.0000\n"), "{table}");

    file(&folder, "3.gold.txt", "năm");
    refused(&run("eval {} {}", &[&gold, &source], b""), 1, &["no ", "3.eng.txt"]);
    refused(&run("eval {} {}", &[&gold, &folder.join("1.eng.txt")], b""), 1, &["in all of the names"]);
    refused(&run("eval {} {}", &[&folder.join("*.tif"), &source], b""), 1, &["no file matches"]);
    let paths = ["1.gold.txt", "1.eng.txt"].map(|name| folder.join(name));
    refused(&run("eval {} {}", &[&paths[0], &paths[1]], b""), 1, &["line counts differ"]);
}

#[test]
fn trains_the_same_model_twice() {
    let folder = folder("train");
    let text = "Đảng bộ huyện tổ chức hội nghị.\nNhân dân xã Phiêng Pằn trồng cà phê, nuôi bò.\n".repeat(9);
    let corpus = file(&folder, "corpus.txt", text);
    let names = file(&folder, "names.tsv", "code\tname\n1\tPhiêng Pằn\n2\tNà Ớt\n");
    let pairs = "gold\tocr\nĐảng bộ huyện\tDang bd huyén\nhội nghị\thdi nghi\n".repeat(20);
    let pairs = file(&folder, "pairs.tsv", pairs);
    let train = |name: &str, threads: &str| {
        let model = folder.join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_phucdau"));
        command.env("RAYON_NUM_THREADS", threads).args(["train", "-o"]).arg(&model).arg("--corpus").arg(&corpus);
        command.arg("--names").arg(&names).arg("--english").arg(&pairs);
        let output = command.arg("--lexicon").arg(folder.join(name).with_extension("tsv")).output().unwrap();
        assert!(output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("corpus.txt"));
        model
    };
    let (first, second) = (train("first", "1"), train("second", "3"));
    let bytes = fs::read(&first).unwrap();
    assert!(bytes == fs::read(second).unwrap());
    let lexicon = fs::read_to_string(first.with_extension("tsv")).unwrap();
    assert!(lexicon.starts_with("word\tcount\thabit\n") && lexicon.contains("\nớt\t"), "{lexicon}");

    let restored = written(run("restore --model {}", &[&first], "Dang bd huyén to chuc hdi nghi".as_bytes()));
    assert_eq!(restored, "Đảng bộ huyện tổ chức hội nghị");

    refused(&run("train --corpus {} -o {}", &[&corpus, &first], b""), 1, &["first", "--overwrite"]);
    assert!(bytes == fs::read(&first).unwrap());
    let line = "train --base {} --english {} -o {} --overwrite";
    assert_eq!(run(line, &[&first, &pairs, &first], b"").status.code(), Some(0));
    assert!(bytes == fs::read(&first).unwrap(), "the same words and pairs give the same model");
    let western = file(&folder, "western.tsv", "gold\tocr\nĐảng bộ huyện\tDàng bô huyên\n".repeat(20));
    let line = "train --base {} --english {} --western {} -o {} --overwrite";
    assert_eq!(run(line, &[&first, &pairs, &western, &first], b"").status.code(), Some(0));
    assert!(fs::read(&first).unwrap().len() > bytes.len());
    // A list of words will do, each with how often it was met.
    let scanner = file(&folder, "scanner.tsv", "gold\tocr\tcount\nhuyện\thuyQn\t40\nĐảng\tDing\t3\n");
    let line = "train --base {} --scanner {} -o {} --overwrite";
    assert_eq!(run(line, &[&first, &scanner, &first], b"").status.code(), Some(0));
    let learnt = fs::read(&first).unwrap();
    let restored = written(run("restore --damage scanner --model {}", &[&first], "Ding bd huyQn".as_bytes()));
    assert_eq!(restored, "Đảng bộ huyện");
    let line = "train --base {} --english {} -o {} --overwrite";
    assert_eq!(run(line, &[&first, &pairs, &first], b"").status.code(), Some(0));
    assert!(learnt == fs::read(&first).unwrap(), "profiles without pairs are taken over");
    let third = folder.join("third");
    refused(&run("train --corpus {} -o {}", &[&folder.join("none.txt"), &third], b""), 1, &["none.txt"]);
    refused(&run("train -o {}", &[&third], b""), 2, &["--corpus"]);
    assert!(!third.exists());
}
