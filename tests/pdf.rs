//! PDFs: the order in which they are read, what is restored where, and what is written.

#![cfg(all(feature = "pdf", feature = "serde"))]

use phucdau::pdf::{Document, Page, Role, Source};
use phucdau::repair::legacy::{Encoding, encode};
use phucdau::{Error, Restorer, Span};

const SCAN: &[u8] = include_bytes!("../examples/data/report-text-layer.pdf");
const IMAGES: &[u8] = include_bytes!("../examples/data/report-images.pdf");

/// A PDF of objects, the first of which is its root; `trailer` goes into the trailer.
fn file(objects: &[String], trailer: &str) -> Vec<u8> {
    let (mut out, mut table) = (b"%PDF-1.7\n".to_vec(), String::new());
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let (size, start) = (objects.len() + 1, out.len());
    let end = format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n"
    );
    out.extend_from_slice(end.as_bytes());
    out
}

/// A PDF with these contents as its pages, A4, and Helvetica as `/F`.
fn pdf(pages: &[String]) -> Vec<u8> {
    file(&objects(pages, ""), "")
}

fn objects(pages: &[String], root: &str) -> Vec<String> {
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", 4 + 2 * page)).collect();
    let mut objects = vec![
        format!("<</Type/Catalog/Pages 2 0 R{root}>>"),
        format!(
            "<</Type/Pages/Kids[{kids}]/Count {}/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>>>",
            pages.len()
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (page, content) in pages.iter().enumerate() {
        objects.push(format!("<</Type/Page/Parent 2 0 R/Contents {} 0 R>>", 5 + 2 * page));
        objects.push(format!("<</Length {}>>stream\n{content}\nendstream", content.len()));
    }
    objects
}

/// Lines of text at a place, 14 points apart.
fn lines(x: i32, y: i32, lines: &[&str]) -> String {
    (0..).zip(lines).map(|(at, line)| format!("BT /F 11 Tf 1 0 0 1 {x} {} Tm ({line}) Tj ET\n", y - 14 * at)).collect()
}

fn open(bytes: Vec<u8>) -> Document {
    Document::open(bytes).unwrap()
}

fn blocks(page: &Page) -> Vec<(Role, &str)> {
    page.blocks().iter().map(|block| (block.role, block.span.of(page.text()))).collect()
}

#[test]
fn columns_are_read_one_after_the_other() {
    let left = [
        "Nam qua xa da to chuc nhieu",
        "hoat dong cho nhan dan trong",
        "ban va cac ban lan can, duoc",
        "moi nguoi dong tinh ung ho.",
    ];
    let right = [
        "Sang nam moi, Dang bo tiep tuc",
        "lanh dao phat trien kinh te, giu",
        "vung quoc phong va an ninh, xay",
        "dung doi song van hoa tot dep.",
    ];
    let title = "Bao cao tong ket nam 2025 cua Dang bo va nhan dan toan xa Nam Phieng, huyen Moc Son";
    // Side by side, and half a line apart; drawn line by line across, as some programs do.
    for shift in [0, 7] {
        let content: String = [lines(60, 780, &[title])]
            .into_iter()
            .chain((0..4).map(|at| {
                let y = 750 - 14 * at as i32;
                lines(60, y, &[left[at]]) + &lines(240, y - shift, &[right[at]])
            }))
            .chain([lines(
                60,
                670,
                &["Duoi hai cot la mot dong chay suot ca trang giay, tu le ben nay sang den le ben kia."],
            )])
            .collect();
        let document = open(pdf(&[content]));
        let text = document.pages()[0].text();
        let places = [title, left[0], left[3], right[0], right[3], "Duoi hai cot"].map(|line| text.find(line));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
        assert!(!text.contains('\t'));
    }
}

#[test]
fn rows_of_a_table_stay_rows() {
    let rows = [
        ["STT", "Chi tieu", "Ket qua"],
        ["1", "San luong lua", "2.317"],
        ["2", "Ho ngheo", ""],
        ["3", "Tong dan trau", "3.874"],
    ];
    let mut content =
        lines(60, 780, &["Ket qua thuc hien cac chi tieu chu yeu trong nam 2025 cua toan xa nhu bang duoi day:"]);
    // Drawn column by column.
    for (column, x) in [60, 120, 300].into_iter().enumerate() {
        let cells = (0..).zip(&rows).filter(|(_, row)| !row[column].is_empty());
        content += &cells.map(|(at, row)| lines(x, 750 - 18 * at, &[row[column]])).collect::<String>();
    }
    let document = open(pdf(&[content]));
    let table = "STT\tChi tieu\tKet qua\n1\tSan luong lua\t2.317\n2\tHo ngheo\n3\tTong dan trau\t3.874";
    assert_eq!(blocks(&document.pages()[0])[1], (Role::Table, table));
    let restored = document.restore(&Restorer::new()).unwrap();
    assert!(restored.text().contains("STT\tChỉ tiêu\tKết quả\n1\tSản lượng lúa\t2.317"), "{}", restored.text());
}

#[test]
fn cells_of_several_lines_are_one_cell() {
    let mut content =
        lines(60, 780, &["Ket qua thuc hien cac chi tieu chu yeu trong nam 2025 cua toan xa nhu bang duoi day:"]);
    let cells = [
        (750, "1", vec!["San luong lua"], "2.317"),
        (726, "2", vec!["So ho ngheo cua toan xa", "tinh den cuoi nam"], "371"),
        (688, "3", vec!["So ho can ngheo cua toan", "xa tinh den cuoi nam theo", "ket qua ra soat"], "64"),
        (636, "4", vec!["Tong dan trau"], "3.874"),
    ];
    for (y, number, name, value) in &cells {
        // Numbers stand in the middle of their row's height.
        let middle = y - 7 * (name.len() as i32 - 1);
        content += &(lines(60, middle, &[number]) + &lines(120, *y, name) + &lines(320, middle, &[value]));
    }
    let document = open(pdf(&[content]));
    let table = "1\tSan luong lua\t2.317\n2\tSo ho ngheo cua toan xa tinh den cuoi nam\t371\n\
        3\tSo ho can ngheo cua toan xa tinh den cuoi nam theo ket qua ra soat\t64\n4\tTong dan trau\t3.874";
    assert_eq!(blocks(&document.pages()[0])[1], (Role::Table, table));
}

#[test]
fn headers_and_page_numbers_stand_outside_the_text() {
    let page = |number: usize, text: &[&str]| {
        lines(200, 800, &["Bao cao tong ket nam 2025"])
            + &lines(60, 740, text)
            + &lines(280, 40, &[&format!("- {number} -")])
    };
    let document = open(pdf(&[
        page(
            7,
            &[
                "Dang bo xa to chuc Dai hoi dai bieu lan thu nhat. Nhan dan cac dan",
                "toc trong xa vui mung phan khoi, tin tuong vao su lanh",
            ],
        ),
        page(8, &["dao cua Dang. Cac ban lang thi dua san xuat, doan ket giup do", "nhau trong cuoc song hang ngay."]),
        page(9, &["Tren day la bao cao cua Dang uy xa, kinh trinh cap tren xem xet."]),
    ]));
    for (page, number) in document.pages().iter().zip(7..) {
        assert_eq!(page.label(), Some(number.to_string().as_str()));
        let roles: Vec<Role> = page.blocks().iter().map(|block| block.role).collect();
        assert_eq!(roles, [Role::Header, Role::Text, Role::Footer]);
    }
    let restored = document.restore(&Restorer::new()).unwrap();
    let pages = restored.pages();
    assert_eq!(pages[0].text.lines().next(), Some("Báo cáo tổng kết năm 2025"));
    assert!(pages[0].text.ends_with("tin tưởng vào sự lãnh\n\n- 7 -"), "{}", pages[0].text);
    assert!(pages[1].text.contains("\n\nđạo của Đảng."), "{}", pages[1].text);
    assert_eq!(restored.text().matches('\u{c}').count(), 2);
    // A number on a page of its own is none that is printed on many.
    let single = open(pdf(&[lines(60, 500, &["Tong cong", "2025", "dong"])]));
    assert_eq!((single.pages()[0].label(), single.pages()[0].blocks().len()), (None, 1));
}

#[test]
fn clean_bookmarks_and_metadata_help() {
    let hex = |text: &str| text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<String>();
    let restored = |outline: &str, subject: &str| {
        let mut objects = objects(&[lines(60, 700, &["ban Co Muong, ban Huoi Mot"])], "/Outlines 6 0 R");
        objects.push("<</First 7 0 R/Last 7 0 R>>".into());
        // The second one leads back to the first.
        objects.push(format!("<</Title<FEFF{}>/Next 8 0 R>>", hex("1. Mở đầu")));
        objects.push(format!("<</Title<FEFF{}>/Next 7 0 R>>", hex(outline)));
        objects.push(format!("<</Subject<FEFF{}>>>", hex(subject)));
        let document = open(file(&objects, "/Info 9 0 R"));
        assert_eq!((document.outline()[1].as_str(), document.outline().len()), (outline, 2));
        assert_eq!(document.subject(), Some(subject));
        document.restore(&Restorer::new()).unwrap().text()
    };
    let clean = "Báo cáo tình hình sản xuất nông nghiệp bản Huổi Một và bản Co Muông";
    assert_eq!(restored(clean, "PDF"), "bản Co Muông, bản Huổi Một\n");
    assert_eq!(restored("2. Kết luận", clean), "bản Co Muông, bản Huổi Một\n");
    // What is damaged itself teaches nothing, whatever stands beside it.
    assert!(!restored("Bao cao tinh hinh san xuat ban Huoi Mot va ban Co Muông", "PDF").contains("Muông"));
}

#[test]
fn edits_have_pages_spans_and_boxes() {
    let document = open(SCAN.to_vec());
    let restored = document.restore(&Restorer::new()).unwrap();
    assert!(restored.edits().iter().any(|edit| edit.page == 2));
    for (page, new) in document.pages().iter().zip(restored.pages()) {
        let (mut text, mut written) = (String::new(), 0);
        for edit in restored.edits().iter().filter(|edit| edit.page == page.number()) {
            let (bounds, edit) = (edit.bounds, &edit.edit);
            assert_eq!((edit.source.of(page.text()), edit.target.of(&new.text)), (&*edit.before, &*edit.after));
            assert!(0.0 <= bounds.x0 && bounds.x0 < bounds.x1 && bounds.x1 <= page.size().0, "{bounds:?}");
            assert!(0.0 <= bounds.y0 && bounds.y0 < bounds.y1 && bounds.y1 <= page.size().1, "{bounds:?}");
            text += &page.text()[written..edit.source.start];
            text += &edit.after;
            written = edit.source.end;
        }
        assert_eq!(text + &page.text()[written..], new.text);
        for word in page.words() {
            assert!(!word.span.of(page.text()).contains(char::is_whitespace));
        }
    }
    let json = serde_json::to_value(&restored).unwrap();
    assert_eq!(json["pages"][1]["source"], "text_layer");
    for key in ["page", "bounds", "source", "target", "before", "after", "confidence"] {
        assert!(json["edits"][0].get(key).is_some(), "{key}");
    }
}

#[test]
fn an_invisible_text_layer_is_replaced() {
    let document = open(SCAN.to_vec());
    let restored = document.restore(&Restorer::new()).unwrap();
    let new = restored.write_pdf().unwrap();
    assert_eq!(new.left_out, 0);
    let again = open(new.bytes.clone());
    let texts = |document: &Document| document.pages().iter().map(|page| page.text().to_owned()).collect::<Vec<_>>();
    assert_eq!(texts(&again).join("\n\u{c}") + "\n", restored.text());
    // Words that are one word on both sides stand where they stood.
    let word_of = |document: &Document, text: &str| {
        let page = &document.pages()[0];
        let word = page.words().iter().find(|word| word.span.of(page.text()) == text).unwrap();
        (word.bounds, word.is_visible)
    };
    let ((old, _), (new_bounds, is_visible)) = (word_of(&document, "PHIENG"), word_of(&again, "PHIÊNG"));
    assert!(!is_visible && (old.x0 - new_bounds.x0).abs() < 0.1 && (old.x1 - new_bounds.x1).abs() < 0.1);
    assert!((old.y0 - new_bounds.y0).abs() < 0.1);
    // The image is the same to the byte, and the same document gives the same file.
    let start = SCAN.windows(3).position(|bytes| bytes == [0xff, 0xd8, 0xff]).unwrap();
    let image = &SCAN[start..start + 100_000];
    assert!(new.bytes.windows(image.len()).any(|bytes| bytes == image));
    assert_eq!(restored.write_pdf().unwrap().bytes, new.bytes);
}

#[test]
fn seen_text_keeps_its_looks_and_gets_another_wording() {
    let seen = lines(60, 700, &["Dang bo xa to chuc Dai hoi dai bieu lan thu nhat"]);
    // One word by two operators.
    let split = "BT /F 11 Tf 1 0 0 1 60 650 Tm (Nhan dan cac d) Tj (an toc) Tj ET\n";
    let hidden = "BT 3 Tr /F 11 Tf 1 0 0 1 60 600 Tm (hoan thanh ke hoach) Tj ET\n";
    let document = open(pdf(&[format!("{seen}{split}{hidden}")]));
    let visible: Vec<bool> = document.pages()[0].words().iter().map(|word| word.is_visible).collect();
    assert_eq!(visible.iter().filter(|&&visible| visible).count(), 17);
    let restored = document.restore(&Restorer::new()).unwrap();
    let new = restored.write_pdf().unwrap();
    assert_eq!(new.left_out, 0);
    let again = open(new.bytes);
    let text = "Đảng bộ xã tổ chức Đại hội đại biểu lần thứ nhất\n\nNhân dân các dân tộc\n\nhoàn thành kế hoạch\n";
    assert_eq!((restored.text().as_str(), again.pages()[0].text()), (text, text.trim_end()));
    let [first, .., last] = again.pages()[0].words() else { panic!("no words") };
    assert!(first.is_visible && !last.is_visible);
}

#[test]
fn turned_pages_and_forms() {
    let mut objects = objects(&["q /X Do Q".into()], "");
    objects[3] = "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Rotate 90/Resources<</XObject<</X 6 0 R>>>>>>".into();
    let content = "BT 3 Tr /F 11 Tf 0 1 -1 0 300 200 Tm (Dang bo xa to chuc) Tj 0 -14 Td (Dai hoi dai bieu) Tj ET";
    objects.push(format!(
        "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Length {}>>stream\n{content}\nendstream",
        content.len()
    ));
    let document = open(file(&objects, ""));
    assert_eq!(document.pages()[0].size(), (842.0, 595.0));
    let restored = document.restore(&Restorer::new()).unwrap();
    assert_eq!(restored.text(), "Đảng bộ xã tổ chức\nĐại hội đại biểu\n");
    let bounds = restored.edits()[0].bounds;
    assert!(bounds.x1 <= 305.0 && bounds.x0 >= 290.0 && bounds.y0 >= 199.0, "{bounds:?}");
    let again = open(restored.write_pdf().unwrap().bytes);
    assert_eq!(again.pages()[0].text(), restored.text().trim_end());
}

#[test]
fn fonts_that_do_not_tell_their_letters() {
    // The glyphs of Times New Roman, by their numbers, as printers of PDFs write them who forget `/ToUnicode`.
    let line = "Ủy ban nhân dân xã tổ chức hội nghị tổng kết công tác năm 2024, và triển khai nhiệm vụ năm 2025.";
    let hex: String =
        encode(line, Encoding::GlyphIds).replace(' ', "\u{3}").chars().map(|c| format!("{:04x}", c as u32)).collect();
    let content = format!("BT /F 5 Tf 1 0 0 1 40 700 Tm <{hex}> Tj ET\n");
    let mut objects = objects(&[content], "");
    objects[2] = "<</Type/Font/Subtype/Type0/BaseFont/TimesNewRoman/Encoding/Identity-H/DescendantFonts[<</Type/Font\
        /Subtype/CIDFontType2/BaseFont/TimesNewRoman/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 600>>]>>"
        .to_owned();
    let document = open(file(&objects, ""));
    let text = document.pages()[0].text();
    assert!(text.starts_with("(cid:"), "{text}");
    let restored = document.restore(&Restorer::new()).unwrap();
    assert_eq!(restored.text().trim_end(), line);
}

#[test]
fn pages_without_a_text_layer_are_told() {
    let document = open(IMAGES.to_vec());
    assert!(document.pages().iter().all(|page| page.source() == Source::Unread && page.text().is_empty()));
    let restored = document.restore(&Restorer::new()).unwrap();
    assert_eq!((restored.text().as_str(), restored.edits().len()), ("\n\u{c}\n", 0));
    assert_eq!(open(restored.write_pdf().unwrap().bytes).pages().len(), 2);
    assert_eq!(open(pdf(&[String::new()])).pages()[0].source(), Source::Empty);
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let lock = "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<";
    let key = "00".repeat(32);
    let encrypted = file(&objects(&[lines(60, 700, &["Kin"])], ""), &format!("{lock}{key}>/U<{key}>>>"));
    let pageless = file(&["<</Type/Catalog/Pages 2 0 R>>".into(), "<</Type/Pages/Kids[]/Count 0>>".into()], "");
    for (bytes, message) in [
        (vec![], "the file is empty"),
        (b"Not a PDF".to_vec(), "this is no PDF"),
        (SCAN[..200].to_vec(), "this is no PDF, or it is cut off"),
        (encrypted, "needs a password; remove it first"),
        (pageless, "get it anew"),
    ] {
        let error = Document::open(bytes).unwrap_err();
        assert!(matches!(&error, Error::Pdf(text) if text.contains(message)), "{error}");
    }
}

#[test]
fn broken_files_are_read_or_refused() {
    let whole =
        pdf(&[lines(60, 700, &["Dang bo xa to chuc", "Dai hoi dai bieu"]), "BT 3 Tr /F 11 Tf (Ke hoach) Tj ET".into()]);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut read = 0;
    for _ in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random(6) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.drain(at..(at + random(30)).min(whole.len()).min(bytes.len()))),
                2 => drop(bytes.splice(at..at, *b"[<<3 0 R BT(")),
                _ => bytes[at] ^= 1 << random(8),
            }
        }
        if let Ok(document) = Document::open(bytes) {
            let pages = document.pages();
            assert!(pages.iter().all(|page| page.words().iter().all(|word| !word.span.of(page.text()).is_empty())));
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
}

/// A stream of packed bytes, written in digits.
fn stream(bytes: &[u8], entries: &str, filters: &str) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let length = digits.len() + 1;
    format!("<<{entries}/Length {length}/Filter[/ASCIIHexDecode{filters}]>>stream\n{digits}>\nendstream")
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn bombs_are_refused() {
    let refused = |objects: &[String]| match Document::open(file(objects, "")) {
        Err(Error::Pdf(message)) => assert!(message.contains("too large") && message.contains("qpdf"), "{message}"),
        Ok(_) => panic!("it is opened"),
        Err(error) => panic!("{error}"),
    };
    let page = |content: String| {
        let mut objects = objects(&[lines(60, 700, &["Thu do Ha Noi"])], "");
        *objects.last_mut().unwrap() = content;
        objects
    };
    // Runs of 128 blanks, packed once more; as a page's content, and as something else.
    let runs = deflated(&[129, b' '].repeat(600_000));
    refused(&page(stream(&runs, "", "/FlateDecode/RunLengthDecode")));
    refused(&page(stream(&runs, "", "/#46l/RL")));
    let mut aside = objects(&[lines(60, 700, &["Thu do Ha Noi"])], "/Aside 6 0 R");
    aside.push(stream(&runs, "", "/FlateDecode/RunLengthDecode"));
    refused(&aside);
    let filters = "/FlateDecode".repeat(9);
    refused(&page(stream(&runs, "", &filters)));
    // Many that are small.
    let some = deflated(&[129, b' '].repeat(60_000));
    let mut many = objects(&[lines(60, 700, &["Thu do Ha Noi"])], "");
    many.extend((0..12).map(|_| stream(&some, "", "/FlateDecode/RunLengthDecode")));
    refused(&many);
    // What calls itself an image is none where text should be.
    let image = "/Type/XObject/Subtype/Image/Width 1/Height 1";
    let content = stream(&runs, image, "/FlateDecode/RunLengthDecode");
    assert_eq!(open(file(&page(content), "")).pages()[0].source(), Source::Empty);
    // Content that packs well is read.
    let text = deflated(lines(60, 700, &["Thu do Ha Noi"; 2_000]).as_bytes());
    let text = open(file(&page(stream(&text, "", "/FlateDecode")), ""));
    assert!(text.pages()[0].text().contains("Thu do Ha Noi"));
}

#[test]
fn a_list_of_objects_that_is_a_bomb_is_refused_before_it_is_unpacked() {
    // A megabyte of blanks, over and over.
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![b' '; 1 << 20]).unwrap();
    std::io::Write::flush(&mut encoder).unwrap();
    let bomb = [&[0x78, 0xda], &*encoder.get_ref().repeat(70)].concat();
    for (bomb, filters) in [(deflated(&bomb), "/FlateDecode/FlateDecode"), (bomb, "/FlateDecode")] {
        let object = |kind: &str| {
            let list = stream(&bomb, &format!("/Type/{kind}/N 1/First 4"), filters);
            let mut bytes = pdf(&[lines(60, 700, &["Thu do Ha Noi"])]);
            bytes.splice(9..9, format!("9 0 obj\n{list}\nendobj\n").into_bytes());
            bytes
        };
        for kind in ["ObjStm", "XRef"] {
            let message = Document::open(object(kind)).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.contains("too large"), "{message}");
        }
    }
}

#[test]
fn circles_and_depth_come_to_an_end() {
    let content = || lines(60, 700, &["Thu do Ha Noi"]);
    // A node that is its own child and parent, and resources that are their own.
    let mut circle = objects(&[content()], "");
    circle[1] =
        "<</Type/Pages/Kids[2 0 R 4 0 R 2 0 R]/Parent 2 0 R/Count 3/MediaBox[0 0 595 842]/Resources 2 0 R/Font 2 0 R>>"
            .into();
    let mut chain = objects(&[content()], "");
    chain[0] = "<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>".into();
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut deep = objects(&[content()], "/Deep 6 0 R");
    deep.push(nested(50_000));
    let mut dictionaries = objects(&[content()], "/Deep 6 0 R");
    dictionaries.push(format!("{}{}", "<</A".repeat(50_000), ">>".repeat(50_000)));
    // References that lead to each other.
    let mut references = objects(&[content()], "/Deep 6 0 R");
    references.extend(["7 0 R".to_owned(), "6 0 R".to_owned()]);
    for objects in [circle, chain, deep, dictionaries, references] {
        if let Ok(document) = Document::open(file(&objects, "")) {
            let restored = document.restore(&Restorer::new()).map(|restored| restored.write_pdf());
            assert!(
                restored.is_ok_and(|new| new.is_ok()) || document.pages().iter().all(|page| page.text().is_empty())
            );
        }
    }
    assert!(Document::open(pdf(&[format!("{} TJ {}", nested(50_000), content())])).is_ok());
}

#[test]
fn spans_are_of_the_page_not_of_the_document() {
    let page = |text: &str| lines(60, 700, &[text]);
    let document = open(pdf(&[page("Nam Phieng"), page("Dang bo xa to chuc Dai hoi dai bieu")]));
    let restored = document.restore(&Restorer::new()).unwrap();
    let edit = restored.edits().iter().find(|edit| edit.page == 2).unwrap();
    assert_eq!((edit.edit.source, edit.edit.after.as_str()), (Span::new(0, 4), "Đảng"));
}
