//! Files with text in them, restored in place.

#[path = "checks/edits.rs"]
mod some;

use phucdau::formats::{Document, Format};
use phucdau::{Edit, Error, Restorer, Span};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use some::edit;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// An invented page as Tesseract 5 read it, in English mode but for the last; cut down by hand, and a DOCX of python-docx.
const FILES: [(&str, &[u8], Format); 7] = [
    ("words.hocr", include_bytes!("data/formats/words.hocr"), Format::Hocr),
    ("letters.hocr", include_bytes!("data/formats/letters.hocr"), Format::Hocr),
    ("words.alto.xml", include_bytes!("data/formats/words.alto.xml"), Format::Alto),
    ("words.page.xml", include_bytes!("data/formats/words.page.xml"), Format::PageXml),
    ("lines.page.xml", include_bytes!("data/formats/lines.page.xml"), Format::PageXml),
    ("report.docx", include_bytes!("data/formats/report.docx"), Format::Docx),
    ("right.hocr", include_bytes!("data/formats/right.hocr"), Format::Hocr),
];

static RESTORER: LazyLock<Restorer> = LazyLock::new(Restorer::new);

fn read(file: &[u8], format: Format) -> Document {
    Document::read(file.to_vec(), format).unwrap()
}

/// Edits of a text that make of each first wording, in the text's order, the second.
fn edits(text: &str, changes: &[(&str, &str)]) -> Vec<Edit> {
    let mut from = 0;
    let edit = |&(before, after): &(&str, &str)| {
        let start =
            from + text[from..].find(before).unwrap_or_else(|| panic!("{before:?} is not in {:?}", &text[from..]));
        from = start + before.len();
        edit(Span::new(start, from), before, after)
    };
    changes.iter().map(edit).collect()
}

/// A file with changes of its text made.
fn changed(file: &str, format: Format, changes: &[(&str, &str)]) -> String {
    let document = read(file.as_bytes(), format);
    String::from_utf8(document.write(&edits(document.text(), changes)).unwrap()).unwrap()
}

/// What a text file has between marks, and what is left of it without that.
fn part(file: &str, open: &str, close: &str) -> (Vec<String>, String) {
    let (mut inside, mut outside) = (Vec::new(), String::new());
    let mut rest = file;
    while let Some(at) = rest.find(open) {
        let (before, after) = rest.split_at(at + open.len());
        outside.push_str(before);
        let (text, after) = after.split_at(after.find(close).unwrap());
        inside.push(text.to_owned());
        rest = after;
    }
    (inside, outside + rest)
}

/// A zip archive's entries: content, how they are packed, and the packed bytes.
fn entries(bytes: &[u8]) -> BTreeMap<String, (String, CompressionMethod, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = BTreeMap::new();
    for at in 0..archive.len() {
        let (mut content, mut packed) = (String::new(), Vec::new());
        archive.by_index_raw(at).unwrap().read_to_end(&mut packed).unwrap();
        let mut entry = archive.by_index(at).unwrap();
        entry.read_to_string(&mut content).unwrap();
        entries.insert(entry.name().unwrap().into_owned(), (content, entry.compression(), packed));
    }
    entries
}

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A DOCX of one part.
fn docx(document: &str) -> Vec<u8> {
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let list = format!(r#"<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>"#);
    packed(&[("[Content_Types].xml", &list), ("word/document.xml", document)])
}

/// The XML of a DOCX with some paragraphs.
fn paragraphs(content: &str) -> String {
    let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    format!(r#"<w:document xmlns:w="{namespace}"><w:body>{content}</w:body></w:document>"#)
}

#[test]
fn without_edits_every_file_is_the_same() {
    for (name, file, format) in FILES {
        assert!(read(file, format).write(&[]).unwrap() == file, "{name}");
    }
}

#[test]
fn right_text_leaves_its_file_the_same() {
    let (_, file, format) = FILES[6];
    let document = read(file, format);
    assert!(document.text().starts_with("ỦY BAN NHÂN DÂN XÃ MƯỜNG ẢI\nMường Ải, ngày 12 tháng 3 năm 2025\n"));
    let restored = document.restore(&RESTORER);
    assert!(document.write(restored.edits()).unwrap() == file);
}

#[test]
fn only_the_text_of_words_changes() {
    for ((name, file, format), (open, close)) in FILES.into_iter().zip([
        ("'>", "</span>"),
        ("'>", "</span>"),
        ("CONTENT=\"", "\""),
        ("<Unicode>", "</Unicode>"),
        ("<Unicode>", "</Unicode>"),
    ]) {
        let document = read(file, format);
        let restored = document.restore(&RESTORER);
        let out = document.write(restored.edits()).unwrap();
        assert_eq!(read(&out, format).text(), restored.text(), "{name}");
        assert!(restored.text().contains("ngày 12 tháng 3 năm 2025"), "{name}: {}", restored.text());
        let [before, after] = [file, &out].map(|file| part(std::str::from_utf8(file).unwrap(), open, close));
        assert_eq!(before.1, after.1, "{name}");
        assert!(before.0 != after.0, "{name}");
    }
}

#[test]
fn texts_of_words_lines_and_regions_keep_step() {
    let words = FILES[3];
    let document = read(words.1, words.2);
    let restored = document.restore(&RESTORER);
    let out = String::from_utf8(document.write(restored.edits()).unwrap()).unwrap();
    let texts = part(&out, "<Unicode>", "</Unicode>").0;
    // Seven words and their line, eight and theirs, two and theirs, the region.
    assert_eq!(texts.len(), 21);
    assert_eq!(texts[..7].join(" "), texts[7]);
    assert_eq!(texts[8..16].join(" "), texts[16]);
    assert_eq!([texts[7].as_str(), &texts[16], &texts[19]].join("\n"), texts[20]);
    assert_eq!(texts[20], restored.text());
    assert_eq!(texts[7], "ỦY BAN NHÂN DÂN XÃ MƯỜNG ẢI");
}

/// A page of one line in hOCR.
fn hocr(words: &str) -> String {
    format!(r#"<div class="ocr_page"><span class="ocr_line">{words}</span></div>"#)
}

#[test]
fn words_of_hocr() {
    let word = |id: u32, left: u32, right: u32, text: &str| {
        format!(r#"<span class="ocrx_word" id="w{id}" title="bbox {left} 5 {right} 25; x_wconf 80">{text}</span>"#)
    };
    let named = |id: &str, left: u32, right: u32, text: &str| word(0, left, right, text).replace("w0", id);
    for (before, changes, after) in [
        // Changed where they stand.
        (word(1, 10, 50, "dugc"), vec![("dugc", "được")], word(1, 10, 50, "được")),
        (
            word(1, 10, 50, "<strong><em>dugc</em></strong>,"),
            vec![("dugc", "được")],
            word(1, 10, 50, "<strong><em>được</em></strong>,"),
        ),
        // Two become one, in the box around both.
        (
            word(1, 10, 40, "nhi") + "\n  " + &word(2, 45, 60, "ém") + " " + &word(3, 70, 90, "vu"),
            vec![("nhi ém", "nhiệm"), ("vu", "vụ")],
            word(1, 10, 60, "nhiệm") + " " + &word(3, 70, 90, "vụ"),
        ),
        (word(1, 10, 40, "nhi") + " " + &word(2, 45, 60, "em"), vec![(" ", "")], word(1, 10, 60, "nhiem")),
        // One becomes two, and the box is cut.
        (
            word(1, 100, 200, "phattrién") + " " + &word(2, 210, 240, "va"),
            vec![("phattrién", "phát triển")],
            word(1, 100, 140, "phát") + " " + &named("w1_2", 150, 200, "triển") + " " + &word(2, 210, 240, "va"),
        ),
        (
            word(1, 100, 200, "<em>phat</em>trién") + &named("w1_2", 210, 240, "."),
            vec![("phattrién", "phát triển")],
            word(1, 100, 140, "<em>phát</em>")
                + " "
                + &named("w1_3", 150, 200, "<em></em>triển")
                + &named("w1_2", 210, 240, "."),
        ),
        // Three become two.
        (
            word(1, 10, 20, "a") + " " + &word(2, 30, 40, "b") + " " + &word(3, 50, 90, "c"),
            vec![("a b c", "ab c")],
            word(1, 10, 50, "ab") + " " + &word(2, 70, 90, "c"),
        ),
        // Noise leaves an empty box.
        (
            word(1, 10, 20, "xa") + " " + &word(2, 30, 40, "Sv") + " " + &word(3, 50, 90, "ie"),
            vec![("xa", "xã"), (" Sv ie", "")],
            word(1, 10, 20, "xã") + " " + &word(2, 30, 40, "") + " " + &word(3, 50, 90, ""),
        ),
        // Escaped characters stay as they are, and new ones are escaped.
        (word(1, 10, 20, "&quot;va&#x20AC;&quot;"), vec![("va€", "và<")], word(1, 10, 20, "&quot;và&lt;&quot;")),
        (word(1, 10, 20, "R&amp;D&unknown;"), vec![("D", "Đ")], word(1, 10, 20, "R&amp;Đ&unknown;")),
        (word(1, 10, 20, "v&ocirc;i"), vec![("vôi", "với")], word(1, 10, 20, "với")),
        // A word without a box, and a line without words.
        (
            r#"<b class="ocrx_word" title="x_wconf 9">phattrién</b>"#.into(),
            vec![("phattrién", "phát triển")],
            r#"<b class="ocrx_word" title="x_wconf 9">phát</b> <b class="ocrx_word" title="x_wconf 9">triển</b>"#
                .into(),
        ),
        ("Dai <i>hoi</i> Dang".into(), vec![("Dai hoi", "Đại hội")], "Đại <i>hội</i> Dang".into()),
    ] {
        assert_eq!(changed(&hocr(&before), Format::Hocr, &changes), hocr(&after), "{before}");
    }
}

#[test]
fn lines_and_blocks_of_hocr() {
    let word = |text: &str| format!(r#"<span class="ocrx_word" title="bbox 1 2 3 4">{text}</span>"#);
    let line =
        |text: &str| format!(r#"<span class="ocr_line">{}</span>"#, text.split(' ').map(word).collect::<String>());
    let paragraph =
        |lines: &[&str]| format!(r#"<p class="ocr_par">{}"#, lines.iter().map(|l| line(l)).collect::<String>());
    let page =
        |paragraphs: [&[&str]; 2]| format!(r#"<div class="ocr_page">{}</div>"#, paragraphs.map(paragraph).concat());
    let file = page([&["thuc hién nhi-", "ém vu"], &["Noi nhan"]]);
    assert_eq!(read(file.as_bytes(), Format::Hocr).text(), "thuc hién nhi-\ném vu\n\nNoi nhan");
    // The halves of a broken word stay on their lines.
    let expected = page([&["thuc hién nhi-", "ệm vụ"], &["Nơi nhận"]]);
    let changes = [("nhi-\ném", "nhi-\nệm"), ("vu", "vụ"), ("Noi nhan", "Nơi nhận")];
    assert_eq!(changed(&file, Format::Hocr, &changes), expected);
}

#[test]
fn words_of_alto() {
    let page = |words: &str| format!("<alto><TextBlock>{words}</TextBlock></alto>");
    let word = |id: u32, left: u32, width: u32, text: &str| {
        format!(r#"<String ID="s{id}" HPOS="{left}" VPOS="5" WIDTH="{width}" HEIGHT="20" CONTENT="{text}"/>"#)
    };
    let broken = |first: &str, second: &str, whole: &str| {
        format!(
            r#"<TextLine><String CONTENT="{first}" SUBS_TYPE="HypPart1" SUBS_CONTENT="{whole}"/><HYP CONTENT="-"/></TextLine>
               <TextLine><String CONTENT="{second}" SUBS_TYPE="HypPart2" SUBS_CONTENT="{whole}"/></TextLine>"#
        )
    };
    let space = |at: u32, width: u32| format!(r#"<SP WIDTH="{width}" VPOS="5" HPOS="{at}"/>"#);
    for (before, changes, after) in [
        (
            word(1, 10, 30, "nhi")
                + &space(40, 5)
                + "\n"
                + &word(2, 45, 15, "ém")
                + &space(60, 10)
                + &word(3, 70, 20, "vu"),
            vec![("nhi ém", "nhiệm"), ("vu", "vụ")],
            word(1, 10, 50, "nhiệm") + &space(60, 10) + &word(3, 70, 20, "vụ"),
        ),
        (
            word(1, 100, 100, "phattrién"),
            vec![("phattrién", "phát triển")],
            word(1, 100, 40, "phát") + &space(140, 10) + &word(1, 150, 50, "triển").replace("s1", "s1_2"),
        ),
        (word(1, 10, 30, "&lt;R&#38;D&gt;"), vec![("D>", "Đ\"")], word(1, 10, 30, "&lt;R&#38;Đ&quot;")),
        (
            word(1, 10, 30, "Sv") + &space(40, 5) + &word(2, 45, 9, "va"),
            vec![("Sv ", ""), ("va", "và")],
            word(1, 10, 30, "") + &space(40, 5) + &word(2, 45, 9, "và"),
        ),
        // A broken word is told once more as a whole.
        (broken("nhi", "ém", "nhiém"), vec![("nhi-\ném", "nhi-\nệm")], broken("nhi", "ệm", "nhiệm")),
        (broken("nhl", "ém", "nhlém"), vec![("nhl-\ném", "nhi-\nệm")], broken("nhi", "ệm", "nhiệm")),
        // Letters that are elements keep step.
        (
            r#"<String CONTENT="té"><Glyph CONTENT="t"/><Glyph CONTENT="é"/></String>"#.into(),
            vec![("té", "tế")],
            r#"<String CONTENT="tế"><Glyph CONTENT="t"/><Glyph CONTENT="ế"/></String>"#.into(),
        ),
        (
            r#"<String CONTENT="te"><Glyph CONTENT="t"/><Glyph CONTENT="e"/></String>"#.into(),
            vec![("te", "t ê")],
            r#"<String CONTENT="t"><Glyph CONTENT="t"/><Glyph CONTENT=""/></String><SP/><String CONTENT="ê"><Glyph CONTENT=""/><Glyph CONTENT="ê"/></String>"#
                .into(),
        ),
    ] {
        assert_eq!(changed(&page(&before), Format::Alto, &changes), page(&after), "{before}");
    }
}

#[test]
fn words_of_page_xml() {
    let text = |text: &str| format!(r#"<TextEquiv conf="0.7"><Unicode>{text}</Unicode></TextEquiv>"#);
    let word = |id: &str, points: &str, content: &str| {
        format!(r#"<Word id="{id}"><Coords points="{points}"/>{}</Word>"#, text(content))
    };
    let page = |words: &str, line: &str| {
        let line = if line.is_empty() { String::new() } else { text(line) };
        format!(
            r#"<PcGts><Page><TextRegion id="r"><TextLine id="l">{words}{line}</TextLine></TextRegion></Page></PcGts>"#
        )
    };
    for (before, line, changes, after, line_after) in [
        (
            word("a", "10,5 40,7 40,25 10,25", "nhi") + "\n" + &word("b", "45,4 60,24", "ém"),
            "nhi ém",
            vec![("nhi ém", "nhiệm")],
            word("a", "10,4 60,4 60,25 10,25", "nhiệm"),
            "nhiệm",
        ),
        (
            word("a", "100,5 200,5 200,25 100,25", "phattrién"),
            "phattrién",
            vec![("phattrién", "phát triển")],
            word("a", "100,5 140,5 140,25 100,25", "phát") + "\n" + &word("a_2", "150,5 200,5 200,25 150,25", "triển"),
            "phát triển",
        ),
        // A line that said something else says what its words do, once they change.
        (word("a", "1,2 3,4", "xa"), "x a", vec![("xa", "xã")], word("a", "1,2 3,4", "xã"), "xã"),
        // A line without words, and one in which the words say nothing.
        (String::new(), "Dai hoi &amp; ban", vec![("hoi & ban", "hội & bàn")], String::new(), "Dai hội &amp; bàn"),
        (word("a", "1,2 3,4", ""), "xa", vec![("xa", "xã")], word("a", "1,2 3,4", ""), "xã"),
    ] {
        assert_eq!(
            changed(&page(&before, line), Format::PageXml, &changes),
            page(&after, line_after),
            "{before} {line}"
        );
    }
}

#[test]
fn regions_are_read_in_their_order_and_the_best_wording_is_taken() {
    let file = r#"<PcGts><Page><ReadingOrder><OrderedGroup><RegionRefIndexed index="0" regionRef="b"/>
        <RegionRefIndexed index="1" regionRef="a"/></OrderedGroup></ReadingOrder>
        <TextRegion id="a"><TextEquiv><Unicode>dong hai
            dong ba</Unicode></TextEquiv></TextRegion>
        <TextRegion id="b"><TextLine><TextEquiv index="1"><Unicode>sai</Unicode></TextEquiv>
            <TextEquiv index="0"><Unicode><![CDATA[dong mot & ]]></Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"#;
    let document = read(file.as_bytes(), Format::PageXml);
    assert_eq!(document.text(), "dong mot &\n\ndong hai\n            dong ba");
    let changes = [("mot", "một"), ("dong hai", "dòng hai")];
    let expected = file.replace("mot", "một").replace("dong hai", "dòng hai");
    assert_eq!(changed(file, Format::PageXml, &changes), expected);
}

#[test]
fn runs_of_docx_keep_their_letters() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let paragraph = |runs: &str| paragraphs(&format!("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{runs}</w:p>"));
    for (before, changes, after) in [
        (run("ng") + &run("hiém vu"), vec![("nghiém vu", "nghiệm vụ")], run("ng") + &run("hiệm vụ")),
        (
            run("D") + &run("ai h") + &run("oi"),
            vec![("Dai", "Đại"), ("hoi", "hội")],
            run("Đ") + &run("ại h") + &run("ội"),
        ),
        (run("R&amp;D") + "<w:tab/>" + &run("x"), vec![("D\tx", "Đ\tX")], run("R&amp;Đ") + "<w:tab/>" + &run("X")),
        (run("a") + "<w:br/>" + &run("b"), vec![("a\nb", "á\nb́")], run("á") + "<w:br/>" + &run("b́")),
        // A space at a run's edge must be said to count.
        (
            run("phat") + &run("trién"),
            vec![("phattrién", "phát triển")],
            r#"<w:r><w:t xml:space="preserve">phát </w:t></w:r>"#.to_owned() + &run("triển"),
        ),
        // What is deleted, a field's code and a frame's paragraphs are no part of the line.
        (
            run("xa ")
                + "<w:del><w:r><w:delText>bo</w:delText></w:r></w:del><w:instrText>PAGE</w:instrText>"
                + &run("a"),
            vec![("xaa", "xãa")],
            run("xã ")
                + "<w:del><w:r><w:delText>bo</w:delText></w:r></w:del><w:instrText>PAGE</w:instrText>"
                + &run("a"),
        ),
        (
            run("Da") + &format!("<w:txbxContent><w:p>{}</w:p></w:txbxContent>", run("khung")) + &run("i"),
            vec![("Dai", "Đại"), ("khung", "Khung")],
            run("Đạ") + &format!("<w:txbxContent><w:p>{}</w:p></w:txbxContent>", run("Khung")) + &run("i"),
        ),
    ] {
        let document = read(&docx(&paragraph(&before)), Format::Docx);
        let out = document.write(&edits(document.text(), &changes)).unwrap();
        assert_eq!(entries(&out)["word/document.xml"].0, paragraph(&after), "{before}");
    }
}

#[test]
fn nothing_else_of_a_docx_changes() {
    let (_, file, format) = FILES[5];
    let document = read(file, format);
    assert_eq!(
        document.text(),
        "BAO CAO\nKét qua stra chifa trvong hoc tai ban Nam Cáy, thay 26 b6 ban ghé & quét vôi.\n\nNguoi lap\tbang\n\
         Dai dién xa\nTrong thang 2 xa da stra xong mai cua 3 phong hoc.\n\nUY BAN NHAN DAN XA MUONG AI\n\nTrang 1\n\n\
         Kinh phi thyc hién la 87.500.000 dong."
    );
    let restored = document.restore(&RESTORER);
    let out = document.write(restored.edits()).unwrap();
    assert_eq!(read(&out, format).text(), restored.text());
    let (before, after) = (entries(file), entries(&out));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, entry) in &before {
        let changed = ["word/document.xml", "word/header1.xml", "word/footnotes.xml"].contains(&name.as_str());
        assert_eq!(*entry != after[name], changed, "{name}");
        assert_eq!(entry.1, after[name].1, "{name}");
    }
    // "sửa chữa" in the runs of "stra ch" and "ifa".
    let xml = &after["word/document.xml"].0;
    assert!(xml.contains("<w:i/></w:rPr><w:t>sửa ch</w:t>") && xml.contains("<w:b/></w:rPr><w:t>ữa</w:t>"), "{xml}");
}

#[test]
fn what_cannot_be_read_is_told_with_what_to_do() {
    let utf16: Vec<u8> = "<alto/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&[0xff, 0xfe], utf16.as_slice()].concat();
    let latin = b"<?xml version='1.0' encoding='windows-1258'?><alto/>".to_vec();
    let bomb = docx(&" ".repeat(2 << 20));
    let entity = "<!DOCTYPE a [<!ENTITY b \"&c;&c;\">]><PcGts><TextRegion><TextEquiv><Unicode>&b;</Unicode></TextEquiv></TextRegion></PcGts>";
    assert_eq!(read(entity.as_bytes(), Format::PageXml).text(), "\u{fffc}");
    for (file, format, expected) in [
        (utf16, Format::Alto, "iconv"),
        (latin, Format::Alto, "iconv"),
        (b"<meta charset=windows-1258><p class=ocr_par>".to_vec(), Format::Hocr, "iconv"),
        (b"<html><body>Dai hoi</body></html>".to_vec(), Format::Hocr, "not hOCR"),
        (b"<div class='ocr_page'><span>".to_vec(), Format::Hocr, "cut off at line 1: <span> has no end"),
        (b"".to_vec(), Format::Hocr, "not hOCR"),
        (b"<PcGts/>".to_vec(), Format::Alto, "not ALTO"),
        (b"<alto>\n<String>\n</alto>".to_vec(), Format::Alto, "cut off at line 3"),
        (b"<alto/>".to_vec(), Format::PageXml, "not PAGE XML"),
        (b"<PcGts>&x</PcGts>".to_vec(), Format::PageXml, "broken"),
        (b"\xd0\xcf\x11\xe0".to_vec(), Format::Docx, "saved as .docx"),
        (packed(&[("a.txt", "xa")]), Format::Docx, "no Word document"),
        (docx("<a/>"), Format::Docx, "no Word document"),
        (docx(&paragraphs("<w:p>")), Format::Docx, "broken"),
        (bomb, Format::Docx, "too large when unpacked"),
    ] {
        match Document::read(file, format) {
            Err(Error::Format(message)) => assert!(message.contains(expected), "{message}"),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

/// An archive in which one entry stands under many names.
fn overlapping(times: u8) -> Vec<u8> {
    let content: String = (0..3_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_string()).collect();
    let bytes = packed(&[("[Content_Types].xml", "<Types/>"), ("A", &content)]);
    let end = bytes.len() - 22;
    let start = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()) as usize;
    let mut list = bytes[start..end].to_vec();
    let last = list.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let entry = list[last..].to_vec();
    for name in 1..=times {
        let mut entry = entry.clone();
        let at = entry.iter().rposition(|&b| b == b'A').unwrap();
        entry[at] += name;
        list.extend(entry);
    }
    let mut tail = bytes[end..].to_vec();
    let count = u16::from(times) + 2;
    tail[8..10].copy_from_slice(&count.to_le_bytes());
    tail[10..12].copy_from_slice(&count.to_le_bytes());
    tail[12..16].copy_from_slice(&(list.len() as u32).to_le_bytes());
    [&bytes[..start], &list, &tail].concat()
}

#[test]
fn bombs_are_refused() {
    for (file, format, reason) in [
        (overlapping(30), Format::Docx, "lie over each other"),
        (docx(&"<w:p/>".repeat(2_000_001)), Format::Docx, "too"),
        (deep("<a>", "</b>", 100_000), Format::Alto, "broken"),
        (deep("<b>", "</p>", 100_000), Format::Hocr, "broken"),
        (
            format!("<alto {}/>", (0..99_999).map(|n| format!(" a{n}=''")).collect::<String>()).into(),
            Format::Alto,
            "attributes",
        ),
    ] {
        let error = Document::read(file, format).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    // A part that is named many times over is read once.
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let list = format!(r#"<Override PartName="/word/document.xml" ContentType="{kind}"/>"#).repeat(4_000);
    let part = paragraphs("<w:p><w:r><w:t>Thu do</w:t></w:r></w:p>");
    let often = packed(&[("[Content_Types].xml", &format!("<Types>{list}</Types>")), ("word/document.xml", &part)]);
    assert_eq!(read(&often, Format::Docx).text(), "Thu do");
    // What is no more than odd is read: entities are not expanded, and depth costs nothing.
    let n = 50_000;
    let laughs = format!(
        "<!DOCTYPE alto [<!ENTITY a 'ha'><!ENTITY b '{}'>]><alto><String CONTENT='{}'/></alto>",
        "&a;".repeat(n),
        "&b;".repeat(n)
    );
    let regions = deep("<TextRegion id='a'><ReadingOrder regionRef='a'>", "</ReadingOrder></TextRegion>", n);
    let regions = [b"<PcGts>", &*regions, b"</PcGts>"].concat();
    for (file, format) in [
        (laughs.into_bytes(), Format::Alto),
        ([b"<alto>", &*deep("<String CONTENT='a'>", "</String>", n), b"</alto>"].concat(), Format::Alto),
        (regions, Format::PageXml),
        (deep("<div class='ocr_page'>", "</div>", n), Format::Hocr),
        (deep("<span class='ocrx_word'>a", "</span>", n), Format::Hocr),
        (deep("> - ", "", n), Format::Markdown),
        (deep("[", "](a)", n), Format::Markdown),
    ] {
        assert!(Document::read(file, format).is_ok());
    }
}

fn deep(open: &str, close: &str, times: usize) -> Vec<u8> {
    format!("{}{}", open.repeat(times), close.repeat(times)).into_bytes()
}

#[test]
fn what_ocr_doubted_is_the_sooner_changed() {
    type Write = fn(&str, u32) -> String;
    let hocr: Write = |word, sure| format!(r#"<b class="ocrx_word" title="bbox 1 2 3 4; x_wconf {sure}">{word}</b>"#);
    let alto: Write = |word, sure| format!(r#"<String CONTENT="{word}" WC="0.{sure}"/>"#);
    let page: Write =
        |word, sure| format!(r#"<Word><TextEquiv conf="0.{sure}"><Unicode>{word}</Unicode></TextEquiv></Word>"#);
    for (format, write, head, tail) in [
        (Format::Hocr, hocr, "<p class='ocr_line'>", "</p>"),
        (Format::Alto, alto, "<alto>", "</alto>"),
        (Format::PageXml, page, "<PcGts><TextRegion><TextLine>", "</TextLine></TextRegion></PcGts>"),
    ] {
        let line = "Nhà trường trồng thêm cây bang trong sân";
        for (doubted, expected) in [("", line), ("bang", "Nhà trường trồng thêm cây bàng trong sân")] {
            let words = line.split(' ').map(|word| write(word, if word == doubted { 30 } else { 96 }));
            let file = format!("{head}{}{tail}", words.collect::<String>());
            let restored = read(file.as_bytes(), format).restore(&RESTORER);
            assert_eq!(restored.text(), expected, "{format:?} {doubted}");
        }
    }
}

#[test]
fn edits_of_another_text_are_refused() {
    let (_, file, format) = FILES[0];
    let document = read(file, format);
    let wrong = edit(Span::new(0, 3), "xyz", "abc");
    assert!(matches!(document.write(&[wrong]), Err(Error::Option(_))));
}

/// So many cases, unless `PROPTEST_CASES` asks for more.
fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases, ..default } }
}

/// Edits of a text's words that were drawn by lot.
fn random_edits(text: &str, choices: &[(Index, u8)]) -> Vec<Edit> {
    let words = text.split_whitespace().count();
    some::edits(text, choices.iter().map(|(index, what)| (index.index(words), *what)).collect())
}

fn made(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut done) = (String::new(), 0);
    for edit in edits {
        out.push_str(&text[done..edit.source.start]);
        out.push_str(&edit.after);
        done = edit.source.end;
    }
    out + &text[done..]
}

proptest! {
    #![proptest_config(config(200))]

    /// Whatever the edits, what is written reads as they say.
    #[test]
    fn what_is_written_can_be_read(
        file in select(FILES.to_vec()),
        choices in prop::collection::vec(any::<(Index, u8)>(), 0..12),
    ) {
        let (_, file, format) = file;
        let document = read(file, format);
        let edits = random_edits(document.text(), &choices);
        let out = read(&document.write(&edits).unwrap(), format);
        let expected = made(document.text(), &edits);
        prop_assert_eq!(
            out.text().split_whitespace().collect::<Vec<_>>(),
            expected.split_whitespace().collect::<Vec<_>>()
        );
    }

    /// Any bytes are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Hocr, Format::Alto, Format::PageXml, Format::Docx] {
            let _ = Document::read(bytes.clone(), format);
        }
    }

    /// Files with bytes changed, cut out or doubled are read or refused, and what is read can be written.
    #[test]
    fn damaged_files_are_read_or_refused(
        file in select(FILES.to_vec()),
        damages in prop::collection::vec((any::<Index>(), 0usize..40, "[<>&;/'\"= a-zế\\x00]{0,4}"), 1..4),
        choices in prop::collection::vec(any::<(Index, u8)>(), 1..6),
    ) {
        let (_, file, format) = file;
        let mut bytes = file.to_vec();
        for (at, length, by) in damages {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, by.bytes());
        }
        if let Ok(document) = Document::read(bytes.clone(), format) {
            prop_assert!(document.write(&[]).unwrap() == bytes);
            if !document.text().trim().is_empty() {
                // A damaged archive may be found out only when it is copied.
                let written = document.write(&random_edits(document.text(), &choices));
                prop_assert!(written.is_ok() || format == Format::Docx);
            }
        }
    }
}
