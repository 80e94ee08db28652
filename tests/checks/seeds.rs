//! What fuzzing begins with: the repository's own damaged texts and files, cut into small ones.

use phucdau::repair::legacy::{self, Encoding};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The repository's root: of the crate that these checks are compiled into, or one above the fuzz targets'.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    if env!("CARGO_PKG_NAME") == "phucdau" { own.to_owned() } else { own.join("..") }
}

fn file(path: &str) -> Vec<u8> {
    fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text(path: &str) -> String {
    String::from_utf8(file(path)).unwrap()
}

/// The seeds for a check.
pub fn seeds(name: &str) -> Vec<Vec<u8>> {
    match name {
        "restore" | "assess" => texts().into_iter().zip(0..).map(|(text, how)| task(how, &text)).collect(),
        "repeated" => {
            let units = texts()
                .into_iter()
                .flat_map(|text| text.split_whitespace().map(|word| format!("{word} ")).step_by(7).collect::<Vec<_>>());
            units.zip(0..).map(|(unit, how)| task(how, &unit)).collect()
        }
        "legacy" => texts().into_iter().zip(0..).map(|(text, which)| [&[which], text.as_bytes()].concat()).collect(),
        "json_lines" => {
            let lines =
                |text: &String| format!("{{\"text\":{text:?},\"b\":{{\"a\":1}},\"a\":{{\"b\":\"Ha Noi\\u2013\"}}}}\n");
            own("examples/data/pages.jsonl", texts().iter().step_by(9).map(lines))
        }
        "csv" => own(
            "examples/data/people.csv",
            texts().iter().step_by(9).map(|text| format!("id,text\r\n1,\"{}\"\r\n2,{text}", text.replace('"', "\"\""))),
        ),
        "tsv" => {
            own("examples/data/people.csv", texts().iter().step_by(9).map(|text| format!("id\ttext\n1\t{text}\n")))
        }
        "markdown" => own(
            "tests/data/formats/words.hocr",
            texts().iter().step_by(9).enumerate().map(|(at, text)| {
                let marks = [
                    "# ",
                    "- [ ] **",
                    "| a | b |\n|---|---|\n| ",
                    "> `x` ",
                    "```\na\n```\n[^1]: ",
                    "---\na: b\n---\n[a](b \"c\") ",
                ];
                format!("{}{text} &amp; *{text}* <b>a</b> [{text}](a.html)\n", marks[at % marks.len()])
            }),
        ),
        "hocr" => pieces(&["words.hocr", "letters.hocr", "right.hocr"], |word| {
            format!(
                "<p class=ocr_par><span class='ocr_line'><b class=\"ocrx_word\" id='a' title=\"bbox 1 2 30 4; x_wconf 61\">{word}</b> {word} <i>&amp;</i></span></p>"
            )
        }),
        "alto" => pieces(&["words.alto.xml"], |word| {
            format!(
                "<alto><TextBlock><TextLine><String ID=\"a\" CONTENT=\"{word}\" HPOS=\"1\" VPOS=\"2\" WIDTH=\"30\" HEIGHT=\"4\" WC=\"0.6\"/><SP/><HYP CONTENT=\"-\"/></TextLine></TextBlock></alto>"
            )
        }),
        "page" => pieces(&["words.page.xml", "lines.page.xml"], |word| {
            format!(
                "<PcGts><Page><TextRegion id=\"r\"><TextLine><Word id=\"a\"><Coords points=\"1,2 3,4\"/><Glyph><TextEquiv><Unicode>{word}</Unicode></TextEquiv></Glyph><TextEquiv conf=\"0.5\"><Unicode>{word}</Unicode></TextEquiv></Word><TextEquiv><Unicode>{word}</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"
            )
        }),
        "docx" => pieces(&["report.docx"], |word| {
            format!(
                "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:p><w:r><w:t xml:space=\"preserve\">{word} </w:t><w:tab/><w:br/></w:r><w:r><w:t>{word}</w:t></w:r></w:p></w:document>"
            )
        }),
        #[cfg(feature = "pdf")]
        "pdf" => pdfs(),
        "model" => models(),
        _ => panic!("no seeds for {name}"),
    }
}

/// A text after a byte that chooses a restorer.
fn task(how: usize, text: &str) -> Vec<u8> {
    [&[b'0' + (how % 7) as u8], text.as_bytes()].concat()
}

fn own(path: &str, more: impl Iterator<Item = String>) -> Vec<Vec<u8>> {
    std::iter::once(file(path)).chain(more.map(String::into_bytes)).collect()
}

/// Whole files, and small ones made of a word each.
fn pieces(files: &[&str], small: impl Fn(&str) -> String) -> Vec<Vec<u8>> {
    let whole = files.iter().map(|name| file(&format!("tests/data/formats/{name}")));
    let words = ["dugc", "Pang b¢", "nhi&#233;m", "", "a &lt; b", "trién-", "<![CDATA[té]]>"];
    whole.chain(words.into_iter().map(|word| small(word).into_bytes())).collect()
}

/// Lines of damaged, right, foreign and wrongly encoded texts.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for page in ["minutes", "letter", "news"] {
        for kind in ["eng", "vie", "stripped.out", "gold"] {
            let page = text(&format!("tests/data/{page}.{kind}.txt"));
            let lines: Vec<&str> = page.lines().filter(|line| !line.is_empty()).collect();
            texts.extend(lines.chunks(2).map(|lines| lines.join("\n")));
            if kind == "gold" {
                let encoded = lines.iter().zip(Encoding::ALL.iter().cycle());
                texts.extend(encoded.map(|(line, &encoding)| legacy::encode(line, encoding)));
            }
        }
    }
    for name in ["english", "french", "html", "log", "numbers", "plants", "rust"] {
        texts.extend(text(&format!("tests/data/foreign/{name}.txt")).lines().step_by(4).map(str::to_owned));
    }
    for strange in [
        "Vie\u{302}\u{323}t Nam, Viê \u{323}t",
        "Đ ả n g  b ộ  x ã",
        "Ðảng bộ đã đƣợc bầu; hi\u{ad}ện",
        "b¢ 1a 16n c6 S6: d(‘A)ng tt’",
        "phat-\ntrién kinh té,\r\nxa h6i",
        "Số 12/QĐ-UBND, 2.317 ha; 13 là, 15m2 XIV ll.",
        "(cid:12)(cid:7) \u{fffd}\u{fffd}n",
        "\u{f0b7} 😀 中文 한",
    ] {
        texts.push(strange.to_owned());
    }
    texts.retain(|text| text.len() <= 300);
    texts
}

/// Contents of pages, and whole files.
#[cfg(feature = "pdf")]
fn pdfs() -> Vec<Vec<u8>> {
    let contents: [&[u8]; 8] = [
        b"BT /F 11 Tf 1 0 0 1 60 700 Tm (Dang bo xa to chuc) Tj 0 -14 Td [(Dai) -300 (hoi) 120 (dai bieu)] TJ ET",
        b"BT 3 Tr /F 11 Tf 60 700 Td (Ke hoach) ' T* (nam 2025) Tj ET /X Do",
        b"q 0 1 -1 0 300 20 cm BT /F 9 Tf (STT) Tj 80 0 Td (Chi tieu) Tj ET Q",
        b"BT /G 12 Tf 14 TL 60 600 Td <004400610069> Tj ET BT /F 7 Tf 2 Tc 5 Tw 90 Tz 3 Ts (a b) Tj ET",
        b"/Span <</ActualText <FEFF0110>>> BDC BT /F 11 Tf 60 700 Td (D) Tj ET EMC /P <</MCID 0>> BDC EMC",
        b"BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI 100 0 0 50 60 600 cm",
        b"BT /F 11 Tf 60 800 Td (1. Tinh hinh) Tj 240 0 Td (cot hai) Tj -240 -14 Td (dong hai) Tj 240 0 Td (cot) Tj 0 -780 Td (2) Tj ET",
        b"BT /F 11 Tf 60 700 Td (trong l0n \\351 \\(b\\)) \" ET 0 0 m 5 5 l S",
    ];
    let whole = contents.iter().map(|content| super::pdf::around(content, super::pdf::STANDARD));
    contents.iter().map(|content| content.to_vec()).chain(whole).collect()
}

/// The sections of small models: of a sentence, and of a page.
pub fn models() -> Vec<Vec<u8>> {
    static TRAINED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(trained);
    TRAINED.clone()
}

#[cfg(feature = "train")]
fn trained() -> Vec<Vec<u8>> {
    use phucdau::train::{Config, kneser_ney::Size, lexicon::Floor, train};
    let folder = std::env::temp_dir().join(format!("phucdau-seeds-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, content: &str| {
        fs::write(folder.join(name), content).unwrap();
        folder.join(name)
    };
    let floor = Floor { syllable: 1, abbreviation: 1, foreign: 20 };
    let pairs = "gold\tocr\nĐảng bộ huyện\tDang bd huyén\nhội nghị được\thdi nghi dugc\nsửa\tst a\n".repeat(20);
    let english = vec![write("pairs.tsv", &pairs).to_str().unwrap().parse().unwrap()];
    let models = [("Đảng bộ huyện tổ chức hội nghị.\n".to_owned(), 20), (text("tests/data/minutes.gold.txt"), 300)]
        .map(|(corpus, size)| {
            // Met so often that they call for each other.
            let corpus = vec![format!("{}:20", write("corpus.txt", &corpus).display()).parse().unwrap()];
            // And so few n-grams that they leave places open, which vectors learn from.
            let (triggers, size) = (size, Size { pairs: size / 4, triples: size / 8, plain: 0.1 });
            let [english, western, scanner, vietnamese] = [(); 4].map(|()| english.clone());
            let trained = train(
                &Config { corpus, english, western, scanner, vietnamese, floor, size, triggers, ..Config::default() },
                |_| (),
            )
            .unwrap();
            trained.model[12..].to_vec()
        });
    fs::remove_dir_all(folder).unwrap();
    models.into()
}

#[cfg(not(feature = "train"))]
fn trained() -> Vec<Vec<u8>> {
    Vec::new()
}
