//! What is read and written besides plain text.

use super::*;
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn records_keep_all_but_their_texts() {
    let folder = folder("records");
    let lines = file(&folder, "pages.jsonl", "{\"n\":1, \"text\":\"Thu do Ha Noi\"}\n{\"n\":2, \"text\":\"\"}\n");
    let expected = "{\"n\":1, \"text\":\"Thủ đô Hà Nội\"}\n{\"n\":2, \"text\":\"\"}\n";
    assert_eq!(written(run("restore {} --field text", &[&lines], b"")), expected);
    assert_eq!(written(run("restore --from jsonl --field text", &[], &fs::read(&lines).unwrap())), expected);
    refused(&run("restore {}", &[&lines], b""), 1, &["--field"]);
    let none = folder.join("none.jsonl");
    refused(&run("restore {} --field txet -o {}", &[&lines, &none], b""), 1, &["no record has a field txet"]);
    assert!(!none.exists());

    let table = file(&folder, "people.csv", "name,place\nAn,\"Thu do Ha Noi, Viet Nam\"\n");
    let expected = "name,place\nAn,\"Thủ đô Hà Nội, Việt Nam\"\n";
    assert_eq!(written(run("restore {} --column place", &[&table], b"")), expected);
    assert_eq!(written(run("restore {} --column 2", &[&table], b"")), expected);
    refused(&run("restore {}", &[&table], b""), 1, &["--column"]);
    refused(&run("restore {} --column city", &[&table], b""), 1, &["no column city; there are name, place"]);

    let told = json(&written(run("restore {} --column place --format json", &[&table], b"")));
    let part = &told[0]["parts"][0];
    assert_eq!((&part["record"], &part["field"]), (&1.into(), &"place".into()));
    assert_eq!(part["text"], "Thủ đô Hà Nội, Việt Nam");
}

#[test]
fn documents_are_told_by_their_names_and_contents() {
    let folder = folder("documents");
    for (name, text, expected) in [
        ("a.md", "# Thu do `Ha Noi`\n", "# Thủ đô `Ha Noi`\n"),
        (
            "a.xml",
            "<?xml version=\"1.0\"?><!-- a --><x:alto xmlns:x=\"http://www.loc.gov/standards/alto/ns-v4#\"><x:TextLine>\
             <x:String CONTENT=\"Thu\"/><x:SP/><x:String CONTENT=\"do\"/></x:TextLine></x:alto>",
            "<?xml version=\"1.0\"?><!-- a --><x:alto xmlns:x=\"http://www.loc.gov/standards/alto/ns-v4#\"><x:TextLine>\
             <x:String CONTENT=\"Thủ\"/><x:SP/><x:String CONTENT=\"đô\"/></x:TextLine></x:alto>",
        ),
        (
            "a.html",
            "<div class='ocr_page'><span class='ocr_line'><span class='ocrx_word'>Thu</span> \
             <span class='ocrx_word'>do</span></span></div>",
            "<div class='ocr_page'><span class='ocr_line'><span class='ocrx_word'>Thủ</span> \
             <span class='ocrx_word'>đô</span></span></div>",
        ),
    ] {
        let path = file(&folder, name, text);
        assert_eq!(written(run("restore {}", &[&path], b"")), expected);
    }
    // What is no text is not taken for one.
    let path = file(&folder, "web.json", "{\"Ha Noi\": 1}");
    refused(&run("restore {}", &[&path], b""), 1, &["web.json", "--from text"]);
    let records = file(&folder, "a.jsonl", "{\"text\": \"Ha Noi\"}");
    let line = "restore {} --field text --edits {}";
    refused(&run(line, &[&records, &folder.join("e.json")], b""), 1, &["--edits is for one text"]);
    // A page of the web is none of OCR.
    let page = file(&folder, "web.html", "<p>Thu do Ha Noi</p>");
    refused(&run("restore {} --from hocr", &[&page], b""), 1, &["web.html", "not hOCR"]);
}

#[test]
fn restorations_are_told_as_json() {
    let folder = folder("json");
    let paths = [file(&folder, "a.txt", DAMAGED), file(&folder, "b.txt", "Ha Noi 2025\n")];
    let paths: [&Path; 2] = [&paths[0], &paths[1]];
    let list = json(&written(run("restore {} {} --format json", &paths, b"")));
    let expected = Restorer::new().restore(DAMAGED);
    assert_eq!(list[0]["text"], expected.text());
    assert_eq!(serde_json::from_value::<Vec<Edit>>(list[0]["edits"].clone()).unwrap(), expected.edits());
    assert_eq!(list[0]["assessment"]["verdict"], "heavy");
    assert!(list[1]["file"].as_str().unwrap().ends_with("b.txt"));

    let lines = written(run("restore {} {} --format jsonl", &paths, b""));
    let lines: Vec<Value> = lines.lines().map(json).collect();
    assert_eq!(Value::from(lines), list);
    let one = folder.join("all.json");
    assert_eq!(written(run("restore {} {} --format json -o {}", &[paths[0], paths[1], &one], b"")), "");
    assert_eq!(json(&fs::read_to_string(one).unwrap()), list);
    // A list for each file of a folder.
    let to = folder.join("out");
    fs::create_dir(&to).unwrap();
    assert_eq!(written(run("restore {} {} --format json -q -o {}", &[paths[0], paths[1], &to], b"")), "");
    assert_eq!(json(&fs::read_to_string(to.join("a.txt.json")).unwrap())[0], list[0]);
}

/// What a unified diff makes of a text; what it says stands there must stand there.
fn patched(text: &str, diff: &str) -> String {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut at, mut new, mut last) = (0, String::new(), "");
    for line in diff.split_inclusive('\n').skip(2) {
        let (mark, content) = line.split_at(1);
        match mark {
            "@" => {
                let first = content.split(['-', ',', ' ']).find_map(|number| number.parse::<usize>().ok()).unwrap();
                new.push_str(&old[at..first - 1].concat());
                at = first - 1;
            }
            "+" => new.push_str(content),
            // Of the line before.
            "\\" if last != "-" => new.truncate(new.len() - 1),
            "\\" => {}
            _ => {
                assert_eq!(old[at].trim_end_matches('\n'), content.trim_end_matches('\n'));
                if mark == " " {
                    new.push_str(old[at]);
                }
                at += 1;
            }
        }
        last = mark;
    }
    new.push_str(&old[at..].concat());
    new
}

#[test]
fn changes_are_told_as_a_diff_that_can_be_applied() {
    let folder = folder("diff");
    let text = format!("mot\nhai\n{}\nba\nbon\n\nnam\nsau\n{}\n7\n8\nThu do Ha Noi", DAMAGED, "1\n".repeat(20));
    let path = file(&folder, "a.txt", &text);
    let diff = written(run("restore {} --format diff", &[&path], b""));
    assert!(diff.contains("\n-Thu do Ha Noi\n\\ No newline at end of file\n+Thủ đô Hà Nội\n"), "{diff}");
    assert!(!diff.contains('\x1b'));
    assert_eq!(patched(&text, &diff), Restorer::new().restore(&text).text());

    let coloured = written(run("restore --format diff --color always", &[], b"Thu do Ha Noi\n"));
    assert!(coloured.contains("\x1b[32m+Thủ đô Hà Nội\x1b[0m\n"), "{coloured}");
    assert_eq!(written(run("restore --format diff", &[], b"1 2 3\n")), "");
}

#[test]
fn a_pdf_becomes_text_json_or_a_pdf() {
    let folder = folder("pdf");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/report-text-layer.pdf");
    let text = written(run("restore {}", &[&sample], b""));
    assert!(text.contains("xã vùng cao, cách trung tâm tỉnh lỵ 87 km") && text.matches('\u{c}').count() == 1, "{text}");

    let told = json(&written(run("restore {} --format json", &[&sample], b"")));
    let (page, verdict) = (&told[0]["parts"][1], &told[0]["assessment"]["verdict"]);
    assert_eq!((&page["page"], verdict), (&2.into(), &"heavy".into()));
    let edit = &page["edits"][0];
    let (from, to) = (&edit["target"]["start"], &edit["target"]["end"]);
    let (from, to) = (from.as_u64().unwrap() as usize, to.as_u64().unwrap() as usize);
    assert_eq!(&page["text"].as_str().unwrap()[from..to], edit["after"].as_str().unwrap());
    assert!(edit["bounds"]["x0"].as_f64().unwrap() > 0.0, "{edit}");

    let (to_text, to_pdf) = (folder.join("a.txt"), folder.join("a.pdf"));
    assert_eq!(written(run("restore {} -o {}", &[&sample, &to_text], b"")), "");
    assert_eq!(fs::read_to_string(to_text).unwrap(), text);
    assert_eq!(written(run("restore {} -o {}", &[&sample, &to_pdf], b"")), "");
    let new = phucdau::pdf::Document::open(fs::read(to_pdf).unwrap()).unwrap();
    assert!(new.pages()[0].text().contains("xã vùng cao, cách trung tâm tỉnh lỵ 87 km"), "{}", new.pages()[0].text());

    let broken = file(&folder, "broken.pdf", &fs::read(&sample).unwrap()[..999]);
    refused(&run("restore {}", &[&broken], b""), 1, &["broken.pdf", "broken"]);
    let checked = run("check {}", &[&sample], b"");
    assert!(String::from_utf8_lossy(&checked.stdout).contains("heavy"));
}
