//! Every kind of damage is told apart by itself, and undone.

use phucdau::repair::legacy::{Encoding, encode};
use phucdau::{Assessment, Cause, Restorer, Verdict};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static RESTORER: LazyLock<Restorer> = LazyLock::new(Restorer::new);

const PAGES: [&str; 3] =
    [include_str!("data/minutes.gold.txt"), include_str!("data/letter.gold.txt"), include_str!("data/news.gold.txt")];

/// What an encoding can say of a text: typographic signs and, in TCVN3, capitals are lost in some, and the keys of input
/// methods do not say where a tone stands.
fn sayable(text: &str, encoding: Encoding) -> String {
    let plain = |text: &str| text.replace(['“', '”'], "\"").replace('–', "-").replace('…', "...");
    match encoding {
        Encoding::Tcvn3 | Encoding::Tcvn3Upper => plain(text).to_lowercase(),
        _ => plain(text),
    }
}

fn encodings() -> impl Iterator<Item = Encoding> {
    // Small letters shown as capitals are no different from small letters.
    Encoding::ALL.iter().copied().filter(|&encoding| encoding != Encoding::Tcvn3Upper)
}

#[test]
fn pages_in_legacy_encodings_come_back() {
    for encoding in encodings() {
        for page in PAGES {
            let restored = RESTORER.restore(&encode(page, encoding));
            let wrong: Vec<_> = (page.lines().zip(restored.text().lines()))
                .filter(|(right, line)| sayable(right, encoding) != sayable(line, encoding))
                .collect();
            assert!(wrong.len() <= 1, "{encoding}: {wrong:#?}");
            let found = restored.assessment();
            assert_eq!((found.verdict, found.main_cause()), (Verdict::Heavy, Some(Cause::Encoding(encoding))));
        }
    }
}

#[test]
fn single_lines_tell_their_encoding() {
    let lines = || PAGES.iter().flat_map(|page| page.lines()).filter(|line| line.split_whitespace().count() >= 8);
    for encoding in encodings() {
        let wrong: Vec<_> = lines()
            .map(|line| encode(line, encoding))
            .filter(|line| RESTORER.assess(line).main_cause() != Some(Cause::Encoding(encoding)))
            .collect();
        assert!(wrong.len() * 100 <= lines().count(), "{encoding}: {wrong:#?}");
    }
}

#[test]
fn a_document_may_change_its_font_halfway() {
    let (clean, other) = (PAGES[0], PAGES[1]);
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viscii] {
        let source = format!("{clean}{}{clean}", encode(other, encoding));
        let restored = RESTORER.restore(&source);
        let expected = format!("{clean}{other}{clean}");
        assert_eq!(sayable(restored.text(), Encoding::Tcvn3), sayable(&expected, Encoding::Tcvn3), "{encoding}");
    }
}

#[test]
fn symbol_fonts_are_read() {
    // As they come out of documents whose fonts have no code page; bullets are such characters, too.
    let private = |text: &str| -> String {
        let of = |c: char| char::from_u32(0xf000 + c as u32).filter(|_| c > ' ' && c < '\u{100}').unwrap_or(c);
        text.chars().map(of).collect()
    };
    for page in PAGES {
        let source = private(&encode(page, Encoding::Tcvn3));
        let restored = RESTORER.restore(&source);
        let wrong = (page.lines().zip(restored.text().lines()))
            .filter(|(right, line)| sayable(right, Encoding::Tcvn3) != sayable(line, Encoding::Tcvn3));
        assert!(wrong.count() * 10 <= page.lines().count(), "{}", restored.text());
    }
    let bullets = "\u{f0b7} Tổ chức họp nhân dân\n\u{f0a7}\u{f0a7}\u{f0a7}\u{f0a7}\u{f0a7}\n";
    assert_eq!(RESTORER.restore(bullets).text(), bullets);
}

/// As programs write what they cannot show, and what is left of that.
#[test]
fn letters_spelled_by_their_numbers_come_back() {
    fn bytes(c: char, with: fn(u8) -> String) -> String {
        c.to_string().bytes().map(with).collect()
    }
    type Form = (&'static str, fn(char) -> String);
    let forms: [Form; 10] = [
        ("JSON", |c| format!("\\u{:04x}", c as u32)),
        ("JSON without its backslashes", |c| format!("u{:04x}", c as u32)),
        ("Rust", |c| format!("\\u{{{:x}}}", c as u32)),
        ("JavaScript's escape", |c| match c {
            ..='ÿ' => format!("%{:02X}", c as u32),
            _ => format!("%u{:04X}", c as u32),
        }),
        ("R", |c| format!("<U+{:04X}>", c as u32)),
        ("R, bytes", |c| bytes(c, |byte| format!("<{byte:02x}>"))),
        ("Python, bytes", |c| bytes(c, |byte| format!("\\x{byte:02x}"))),
        ("Git, bytes", |c| bytes(c, |byte| format!("\\{byte:03o}"))),
        ("mail", |c| bytes(c, |byte| format!("={byte:02X}"))),
        ("HTML in HTML", |c| format!("&amp;#{};", c as u32)),
    ];
    for (form, spell) in forms {
        for page in PAGES {
            let source: String = page.chars().map(|c| if c.is_ascii() { c.to_string() } else { spell(c) }).collect();
            assert_eq!(RESTORER.restore(&source).text(), page, "{form}");
        }
    }
    let percent = |line: &str| -> String {
        let spell = |c: char| bytes(c, |byte| format!("%{byte:02X}"));
        line.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { spell(c) }).collect()
    };
    let line = "Danh sách hộ nghèo, hộ cận nghèo (xã Huổi Lếnh)";
    for (source, expected) in [
        (percent(line), line),
        (percent(line).replace("%20", "+"), line),
        (
            "{\"title\": \"Th\\u00f4ng b\\u00e1o h\\u1ecdp\\n\\u0110i\\u1ec3m\"}".to_owned(),
            "{\"title\": \"Thông báo họp Điểm\"}",
        ),
    ] {
        assert_eq!(RESTORER.restore(&source).text(), expected);
    }
}

#[test]
fn what_is_right_is_not_decoded() {
    for text in [
        // As TCVN3 this would be `Cộng hũa`.
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "hòa bình và có là không",
        "Hà Nội, hà, bò, cò, dò, gò, hò, lò, mò",
        "Điều 5. a) Bò sữa; b) Lò mổ",
        "Xã Ea H'leo, huyện K'Bang; buôn Đăk Krông",
        "5 + 3 = 8; a^2 + b^2 = c^2; (x+y)*z",
    ] {
        assert_eq!(RESTORER.restore(text).text(), text);
    }
}

#[test]
fn punctuation_behind_bare_vowels_is_no_mark() {
    for source in [
        "Ban muon mua xe ha? Vay thi sang nay ra cho gap chu Bay nhe. Nha chu Bay o gan cho Vinh Long, ngay dau hem do.",
        "Ban ve nha ha? Mai gap nhe.",
    ] {
        let restored = RESTORER.restore(source);
        let found = restored.assessment();
        assert_eq!((found.main_cause(), found.findings.len()), (Some(Cause::Stripped), 1), "{}", restored.text());
        assert!(found.damaged * 3 > found.words * 2, "{}", restored.text());
    }
}

#[test]
fn unicode_is_mended() {
    let page = PAGES[1];
    let nfd: String = page.nfd().collect();
    let apart = page
        .replace("tỉnh được biết", "t ỉ n h  đ ư ợ c  b i ế t")
        .replace("Trân trọng cảm", "T r â n t r ọ n g c ả m");
    let alike = page.replace('đ', "ð").replace('Đ', "Ð").replace('ư', "ƣ");
    let unseen = page.replace("ng ", "n\u{200b}g ").replace("anh", "a\u{ad}nh");
    for (source, cause) in [
        (nfd, Cause::Decomposed),
        (page.replace("iệ", "iê \u{323}").replace("iế", "iê\n\u{301}"), Cause::Decomposed),
        (apart, Cause::LetterSpaced),
        (alike, Cause::Lookalikes),
        (unseen, Cause::Lookalikes),
    ] {
        let restored = RESTORER.restore(&source);
        // A mark that was parted by a line's end leaves that behind.
        let one_line = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(one_line(restored.text()), one_line(page), "{cause}");
        assert_eq!(restored.assessment().main_cause(), Some(cause));
        assert_eq!(restored.text().lines().count(), source.lines().count());
    }
}

#[test]
fn each_text_is_what_it_is() {
    let main = |found: &Assessment| found.main_cause().map(|cause| cause.to_string());
    let vie = include_str!("data/minutes.vie.txt");
    for (text, verdict, cause) in [
        (PAGES[0], Verdict::Clean, None),
        (include_str!("data/letter.eng.txt"), Verdict::Heavy, Some("english-ocr")),
        (
            &PAGES[2].nfd().filter(|c| !('\u{300}'..'\u{370}').contains(c)).collect::<String>().replace('đ', "d"),
            Verdict::Heavy,
            Some("stripped"),
        ),
        (vie, Verdict::Light, Some("slips")),
        (
            "The committee met on Tuesday and decided to postpone the vote until the report is finished.",
            Verdict::NotVietnamese,
            None,
        ),
        ("fn main() {\n    println!(\"{}\", compute_total(&items));\n}\n", Verdict::NotVietnamese, None),
        ("12.345\t67,8\t9\n10\t11\t12\n", Verdict::NotVietnamese, None),
        ("(cid:86)(cid:105) (cid:3)xã (cid:9)n (cid:4)g Đảng bộ", Verdict::BeyondRepair, Some("lost")),
        ("Vi\u{fffd}t Nam \u{fffd}\u{fffd}ng b\u{fffd} x\u{fffd} h\u{fffd}i", Verdict::Heavy, Some("lossy")),
    ] {
        let found = RESTORER.assess(text);
        assert_eq!((found.verdict, main(&found).as_deref()), (verdict, cause), "{text}");
    }
}

#[test]
fn what_is_lost_is_left() {
    let text = "Báo cáo về V(cid:111)t Nam và Vi\u{fffd}t Bắc năm 2020";
    let restored = RESTORER.restore(text);
    assert_eq!(restored.text(), text);
    let found = restored.assessment();
    assert_eq!((found.damaged, found.left_wrong, found.findings[0].words), (2, 2.0, 2));
    assert_eq!(found.findings[0].places[0].of(text), "V(cid:111)t Nam và Vi\u{fffd}t");
}
