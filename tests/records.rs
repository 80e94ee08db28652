//! JSON Lines and tables: the fields that are asked for are restored, all else stays to the byte.
#![cfg(feature = "formats")]

use phucdau::formats::records::{Kind, Records};
use phucdau::{Damage, Error, Restorer};
use proptest::prelude::*;
use std::io::{BufReader, Read};

/// Restores records; the source is given by a few bytes at a time.
fn restored(source: &[u8], kind: Kind, names: &[&str]) -> Result<String, Error> {
    let restorer = Restorer::builder().damage(Damage::Stripped).build()?;
    let reader = BufReader::with_capacity(7, source).chain(std::io::empty());
    let mut records = Records::new(reader, kind, names.iter().copied());
    let mut out = Vec::new();
    while let Some(block) = records.next_block()? {
        let restored: Vec<_> = block.fields().iter().map(|field| restorer.restore(&field.text)).collect();
        block.write(&restored, &mut out).unwrap();
    }
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn fields_are_restored_and_all_else_stays() {
    use Kind::{Csv, JsonLines, Tsv};
    for (kind, names, source, expected) in [
        (
            JsonLines,
            &["text"][..],
            "{\"id\":1,  \"text\": \"Ha Noi\",\"b\":\"Ha Noi\"}\r\n\n{ \"text\":null }\n{\"text\":\"Viet Nam\"}",
            "{\"id\":1,  \"text\": \"Hà Nội\",\"b\":\"Ha Noi\"}\r\n\n{ \"text\":null }\n{\"text\":\"Việt Nam\"}",
        ),
        (
            JsonLines,
            &["page.text", "title", "a.b"],
            r#"{"title": "Thu do Ha Noi", "page": {"n": 1e2, "text": "Viet\tNam \"dep\"\n"}, "a.b": "Ha Noi", "a": {}}"#,
            r#"{"title": "Thủ đô Hà Nội", "page": {"n": 1e2, "text": "Việt\tNam \"đẹp\"\n"}, "a.b": "Hà Nội", "a": {}}"#,
        ),
        // Who wrote in ASCII reads ASCII.
        (JsonLines, &["t"], r#"{"t": "Ha Noi \u2013 Viet Nam"}"#, r#"{"t": "H\u00e0 N\u1ed9i \u2013 Vi\u1ec7t Nam"}"#),
        (JsonLines, &["t"], "\u{feff}{\"t\": \"Ha Noi\"}\n", "\u{feff}{\"t\": \"Hà Nội\"}\n"),
        (
            Csv,
            &["text"],
            "id,text,b\r\n1,Ha Noi,Ha Noi\r\n2,\"Ha Noi, \"\"Viet Nam\"\"\nHa Noi\",\r\n\r\n3,,\"Ha Noi\"\r\n",
            "id,text,b\r\n1,Hà Nội,Ha Noi\r\n2,\"Hà Nội, \"\"Việt Nam\"\"\nHà Nội\",\r\n\r\n3,,\"Ha Noi\"\r\n",
        ),
        (Csv, &["3", "a"], "\u{feff}a,b,c\nHa Noi,x,Viet Nam\nHa Noi,x", "\u{feff}a,b,c\nHà Nội,x,Việt Nam\nHà Nội,x"),
        (Tsv, &["a"], "a\tb\nHa Noi, \tx\n\"Viet Nam\t\"\"\nThu do\n", "a\tb\nHà Nội, \tx\n\"Việt Nam\t\"\"\nThủ đô\n"),
        // Asked for twice, and what is no text.
        (JsonLines, &["t", "t"], r#"{"t": "Ha Noi"} "#, r#"{"t": "Hà Nội"} "#),
        (JsonLines, &["t"], r#"{"t": 1}"#, r#"{"t": 1}"#),
        (JsonLines, &["t"], r#"{"t": "Ha Noi \ud83d"}"#, r#"{"t": "Ha Noi \ud83d"}"#),
        (Csv, &["a", "1", "a"], "a\nHa Noi\n", "a\nHà Nội\n"),
        (Csv, &["a"], "a\n", "a\n"),
        (Csv, &["a"], "", ""),
        (JsonLines, &["a"], "\n", "\n"),
    ] {
        assert_eq!(restored(source.as_bytes(), kind, names).unwrap(), expected);
    }
}

#[test]
fn says_what_is_wrong() {
    use Kind::{Csv, JsonLines};
    for (kind, source, reason) in [
        (JsonLines, &b"{\"a\":\"b\"}\n\n{\"a\":\n"[..], "record 2 is no JSON object"),
        (JsonLines, b"[1]\n", "record 1 is no JSON object"),
        (JsonLines, b"{\"b\":\"c\"}\n", "no record has a field a"),
        (JsonLines, b"{\"a\":\"\xff\"}\n", "not UTF-8: byte 6"),
        (Csv, b"x,y\n1,2\n", "there is no column a; there are x, y"),
        (Csv, b"a,y\n1,\xe1\n", "not UTF-8: byte 6"),
        (Csv, b"a,y\n1,\"Ha Noi\n", "a quote is not closed in record 1"),
    ] {
        let message = restored(source, kind, &["a"]).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn large_files_come_in_blocks() {
    let row = "{\"n\": 7, \"text\": \"Thu do Ha Noi\"}\n";
    let table: String = (0..60_000).map(|n| format!("{n},\"x\ny\"\n")).collect();
    for (kind, source, name, count) in [
        (Kind::JsonLines, row.repeat(90_000), "text", 90_000),
        (Kind::Csv, format!("a,b\n{}", table.repeat(4)), "b", 240_000),
    ] {
        let mut records = Records::new(source.as_bytes(), kind, [name]);
        let (mut blocks, mut found, mut out) = (0, 0, Vec::new());
        while let Some(block) = records.next_block().unwrap() {
            blocks += 1;
            assert!(block.size() < 3 << 20);
            found += block.fields().len();
            assert_eq!(block.fields().last().unwrap().record, found as u64);
            // Nothing restored: nothing changes.
            block.write([], &mut out).unwrap();
        }
        assert!(blocks > 1 && found == count && out == source.as_bytes(), "{blocks} {found}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for kind in [Kind::JsonLines, Kind::Csv, Kind::Tsv] {
            let _ = restored(&bytes, kind, &["a"]);
        }
    }

    #[test]
    fn a_table_that_is_right_stays(cells in prop::collection::vec(prop::collection::vec("[a-z0-9 ,\"\r\n]{0,6}", 3), 0..8)) {
        // As any writer of RFC 4180 may have it, quoted where it must be and where it need not.
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let row = |row: &Vec<String>| format!("{}\r\n", row.iter().map(quoted).collect::<Vec<_>>().join(","));
        let source = format!("one,two,three\r\n{}", cells.iter().map(row).collect::<String>());
        let mut records = Records::new(source.as_bytes(), Kind::Csv, ["three", "one"]);
        let mut out = Vec::new();
        let mut texts = Vec::new();
        while let Some(block) = records.next_block().unwrap() {
            texts.extend(block.fields().iter().map(|field| field.text.clone()));
            let damage = Restorer::builder().min_confidence(1.0).build().unwrap();
            let kept: Vec<_> = block.fields().iter().map(|_| damage.restore("")).collect();
            block.write(&kept, &mut out).unwrap();
        }
        prop_assert_eq!(String::from_utf8(out).unwrap(), source);
        let expected: Vec<String> = cells.iter().flat_map(|row| [row[0].clone(), row[2].clone()]).collect();
        prop_assert_eq!(texts, expected);
    }
}

#[test]
fn depth_and_length_are_no_tricks() {
    let n = 100_000;
    let deep = format!("{{\"text\": \"Thu do\", \"more\": {}{}}}\n", "[".repeat(n), "]".repeat(n));
    assert_eq!(restored(deep.as_bytes(), Kind::JsonLines, &["text"]).unwrap(), deep.replace("Thu do", "Thủ đô"));
    let open = format!("{{\"text\": {}", "[".repeat(n));
    assert!(restored(open.as_bytes(), Kind::JsonLines, &["text"]).is_err());
    let names = format!("text{}", ".text".repeat(200));
    let inner = format!("{}\"Thu do\"{}\n", "{\"text\": ".repeat(201), "}".repeat(201));
    assert_eq!(restored(inner.as_bytes(), Kind::JsonLines, &[&names]).unwrap(), inner.replace("Thu do", "Thủ đô"));
    // A field of some blocks' length, in which quotes and lines end nothing.
    let field = "1234567 \"\"89\n".repeat(300_000);
    let table = format!("a,b\nThu do,\"{field}\"\nHa Noi,2\n");
    let expected = table.replace("Thu do", "Thủ đô").replace("Ha Noi", "Hà Nội");
    assert!(restored(table.as_bytes(), Kind::Csv, &["a"]).unwrap() == expected);
}
