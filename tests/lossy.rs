//! Text that was converted to an encoding that lacks letters, or read with a font that does not tell them.

#[path = "checks/restored.rs"]
mod restored;

use phucdau::repair::legacy::{Encoding, encode};
use phucdau::{Cause, Damage, Restorer, Verdict};
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static RESTORER: LazyLock<Restorer> = LazyLock::new(Restorer::new);

const PAGES: [&str; 3] =
    [include_str!("data/minutes.gold.txt"), include_str!("data/letter.gold.txt"), include_str!("data/news.gold.txt")];

/// A text as it is without some letters, each of which is written so instead.
fn without(text: &str, lacks: fn(char) -> bool, instead: impl Fn(char) -> String) -> String {
    text.chars().map(|c| if lacks(c) && c.is_alphabetic() { instead(c) } else { c.to_string() }).collect()
}

fn is_marked(c: char) -> bool {
    !c.is_ascii()
}

fn is_beyond_latin(c: char) -> bool {
    c > '\u{ff}'
}

/// What Windows has in its code page of Western Europe for letters that this lacks.
fn best_fit(c: char) -> String {
    let like = "ăaĂAđdĐÐĩiĨIũuŨUơoƠOưuƯU".chars().collect::<Vec<_>>();
    like.chunks(2).find(|pair| pair[0] == c).map_or("?".into(), |pair| pair[1].into())
}

/// How many words differ, in small letters.
fn wrong(gold: &str, text: &str) -> usize {
    let words = |text: &str| text.to_lowercase().split_whitespace().map(String::from).collect::<Vec<_>>();
    let (gold, text) = (words(gold), words(text));
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (i, word) in gold.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in text.iter().enumerate() {
            let least = (row[j] + 1).min(row[j + 1] + 1).min(corner + usize::from(word != other));
            corner = std::mem::replace(&mut row[j + 1], least);
        }
    }
    row[text.len()]
}

#[test]
fn letters_come_back() {
    type Way = (&'static str, fn(char) -> bool, fn(char) -> String, usize, Damage);
    let ways: [Way; 9] = [
        ("Latin-1, a question mark each", is_beyond_latin, |_| "?".into(), 26, Damage::Lossy),
        ("the code page of Windows, with what looks alike", is_beyond_latin, best_fit, 25, Damage::Lossy),
        ("ASCII, a question mark each", is_marked, |_| "?".into(), 50, Damage::Lossy),
        ("ASCII, one for each byte", is_marked, |c| "?".repeat(c.len_utf8()), 32, Damage::Lossy),
        ("Latin-1 taken for UTF-8", is_beyond_latin, |_| "\u{fffd}".into(), 26, Damage::Lossy),
        ("a font without some letters", is_beyond_latin, |c| format!("(cid:{})", c as u32 % 200), 26, Damage::Lossy),
        ("Latin-1, nothing instead", is_beyond_latin, |_| String::new(), 58, Damage::DroppedLatin),
        ("ASCII, nothing instead", is_marked, |_| String::new(), 110, Damage::Dropped),
        ("a font without some letters, with spaces", is_beyond_latin, |_| " ".into(), 35, Damage::Lossy),
    ];
    for (name, lacks, instead, most, damage) in ways {
        let (mut errors, mut before, words) =
            (0, 0, PAGES.map(|page| page.split_whitespace().count()).iter().sum::<usize>());
        for page in PAGES {
            let source = without(page, lacks, instead);
            let restored = RESTORER.restore(&source);
            restored::holds(&source, &restored);
            // The numbers of glyphs are none of the text's.
            if !source.contains("(cid:") {
                restored::numbers(&source, restored.text(), |c| !c.is_alphanumeric());
            }
            errors += wrong(page, restored.text());
            before += wrong(page, &source);
            let found = restored.assessment();
            assert_eq!((found.verdict, found.main_cause()), (Verdict::Heavy, Some(Cause::Lossy)), "{name}");
            // Whoever knows what has been done to a text gets no less.
            if damage != Damage::Lossy {
                let told = Restorer::builder().damage(damage).build().unwrap();
                assert!(wrong(page, told.restore(&source).text()) <= wrong(page, restored.text()) + 2, "{name}");
            }
        }
        println!("{name}: {before} of {words} words wrong, then {errors}");
        assert!(before > 400 && errors <= most, "{name}: {before} words wrong, then {errors}");
    }
}

#[test]
fn codes_that_no_table_explains() {
    let (gold, words) = (PAGES.concat(), PAGES.map(|page| page.split_whitespace().count()).iter().sum::<usize>());
    // Numbered as they come, as in a font that was cut down to what a document needs.
    let numbers = |text: &str, of: fn(char) -> bool| -> HashMap<char, u32> {
        let mut numbers = HashMap::new();
        for c in text.chars().filter(|&c| of(c)) {
            let next = numbers.len() as u32 + 3;
            numbers.entry(c).or_insert(next);
        }
        numbers
    };
    type Shown = fn(u32) -> String;
    type Way = (fn(char) -> bool, Shown, usize);
    let private: Shown = |number| char::from_u32(0xe000 + number).unwrap().to_string();
    let spelled: Shown = |number| format!("(cid:{number})");
    let other: Shown = |number| char::from_u32(0x3a3 + 7 * number).unwrap().to_string();
    let ways: [Way; 4] =
        [(is_beyond_latin, private, 8), (is_marked, private, 12), (is_marked, spelled, 12), (is_marked, other, 12)];
    for (lacks, shown, most) in ways {
        let numbers = numbers(&gold, lacks);
        let source: String = gold.chars().map(|c| numbers.get(&c).map_or(c.to_string(), |&n| shown(n))).collect();
        let restored = RESTORER.restore(&source);
        restored::holds(&source, &restored);
        let (before, errors) = (wrong(&gold, &source), wrong(&gold, restored.text()));
        println!("{before} of {words} words wrong, then {errors}");
        assert!(before > 400 && errors <= most, "{before} words wrong, then {errors}");
    }
}

#[test]
fn glyphs_of_other_fonts() {
    let gold = PAGES.concat();
    let shifted = |c: char, from: char, by: u32| char::from_u32(c as u32 - from as u32 + by).unwrap();
    // Those of Times New Roman, with Vietnamese letters elsewhere.
    let times = encode(&gold, Encoding::GlyphIds);
    let other =
        times.chars().map(|c| if ('\u{46a}'..='\u{4fd}').contains(&c) { shifted(c, '\u{46a}', 0x700) } else { c });
    // Those of Calibri: each letter is followed by those with grave, acute, circumflex and tilde.
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY0123456789.,:-()/".chars();
    let glyphs = "ĂďĐĚĞĨŐŚŝũŬůŵŶŽƉƋƌƐƚƵǀǁǆǇǌ\u{4}\u{11}\u{12}\u{18}\u{1c}&',/:<>DEKWYZ^dhstyzϬϭϮϯϰϱϲϳϴϵ\u{358}\u{355}\u{357}Ͳ;Ϳ\u{36c}".chars();
    let plain: HashMap<char, char> = letters.zip(glyphs).collect();
    let calibri = gold.chars().map(|c| match c {
        'đ' => '\u{11c}',
        'Đ' => '\u{1a}',
        'ă' | 'Ă' => shifted(c, 'Ă', 0x3c0),
        'ơ' | 'Ơ' | 'ư' | 'Ư' => shifted(c, 'Ơ', 0x7a0),
        '\u{1ea0}'..='\u{1ef9}' => shifted(c, '\u{1ea0}', 0xa00),
        _ => {
            let mut parts = [c].into_iter().nfd();
            let (base, mark) = (parts.next().unwrap(), parts.next());
            let marks = ['\u{300}', '\u{301}', '\u{302}', '\u{303}'];
            let mark = mark.map_or(0, |mark| 1 + marks.iter().position(|&other| other == mark).unwrap() as u32);
            plain.get(&base).map_or(c, |&glyph| shifted(glyph, '\0', mark))
        }
    });
    for (source, most) in [(other.collect::<String>(), 12), (calibri.collect(), 20)] {
        let restored = RESTORER.restore(&source);
        restored::holds(&source, &restored);
        let (before, errors) = (wrong(&gold, &source), wrong(&gold, restored.text()));
        println!("{before} words wrong, then {errors}");
        assert!(before > 600 && errors <= most, "{before} words wrong, then {errors}: {}", restored.text());
    }
}

#[test]
fn spaces_that_were_made_one() {
    let page = PAGES[0];
    let source = without(page, is_beyond_latin, |_| " ".into());
    let lines =
        source.lines().map(|line| line.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "));
    let source = lines.collect::<Vec<_>>().join("\n");
    let restored = RESTORER.restore(&source);
    restored::holds(&source, &restored);
    let (before, errors) = (wrong(page, &source), wrong(page, restored.text()));
    assert!(before > 150 && errors <= 25, "{before} words wrong, then {errors}");
}

#[test]
fn short_texts() {
    for (source, text) in [
        ("Nguy?n V?n Hùng", "Nguyễn Văn Hùng"),
        ("C?ng hòa xã h?i ch? ngh?a Vi?t Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("C\u{fffd}ng hòa xã h\u{fffd}i ch\u{fffd} ngh\u{fffd}a", "Cộng hòa xã hội chủ nghĩa"),
        ("C¿ng hòa xã h¿i ch¿ ngh¿a", "Cộng hòa xã hội chủ nghĩa"),
        ("Tru?ng Ð?i h?c Bách khoa Hà N?i. Ðó là nơi", "Trường Đại học Bách khoa Hà Nội. Đó là nơi"),
        ("S? 12/Q?-TTg c?a Th? t??ng Chính ph?", "Số 12/QĐ-TTg của Thủ tướng Chính phủ"),
        ("S? K? HO?CH VÀ ??U T?", "SỞ KẾ HOẠCH VÀ ĐẦU TƯ"),
        // Question marks that are such.
        ("B?n ?ã ?n c?m ch?a? Hôm nay anh có kh?e không?", "Bạn đã ăn cơm chưa? Hôm nay anh có khỏe không?"),
        // A cell of a table each.
        ("1,Lê V?n Tám,\"xã Chi?ng L??ng, huy?n Mai S?n\"", "1,Lê Văn Tám,\"xã Chiềng Lương, huyện Mai Sơn\""),
        // Nor do the signs that the house uses come out of it, whoever wrote them.
        ("?y ban, \u{fdd0}\u{fdd4}q xã h?i", "Ủy ban, \u{fdd0}\u{fdd4}q xã hội"),
        // What is no word stays as it came, also beside words that were found.
        ("?y ban xã và m?xq?k c?a huy?n", "Ủy ban xã và m?xq?k của huyện"),
        ("V(cid:7)n b(cid:9)n này có hi(cid:5)u l(cid:11)c, (cid:99)xq", "Văn bản này có hiệu lực, (cid:99)xq"),
        // Among numbers of glyphs numbers are such, unless they are capitals.
        ("9LӋW 1DP 2024: ĈӝF OұS 7ӵ GR +ҥQK SK~F", "Việt Nam 2024: Độc lập Tự do Hạnh phúc"),
        ("7ұS ÿRjQ 9137 ĈӝF OұS WURQJ QăP 2024", "Tập đoàn VNPT Độc lập trong năm 2024"),
    ] {
        let restored = RESTORER.restore(source);
        restored::holds(source, &restored);
        assert_eq!(restored.text(), text);
    }
}

#[test]
fn others_stay() {
    for text in [
        // Apostrophes and letters of other languages that were lost.
        "We don?t know what?s happening. It?s a caf? in Paris, they?re na?ve. The company?s r?sum? isn?t good.",
        "Le fran?ais est tr?s int?ressant, d?j? vu, o? est la biblioth?que ? l'?t? dernier, m?me si ?a va.",
        "Die Gr??e der T?r ist f?r M?dchen und ihre Br?der nicht so wichtig, sie finden alles sch?n und gr?n",
        "El ni?o peque?o a?o espa?ol ?Qu? pasa? Ma?ana",
        "Dzie? dobry, prosz? pani? o pomoc, ??d?",
        // Right text with question marks, some of them in its midst.
        "Ai đi? Ai ở?Sao thế? Gì?thế nào?vậy, em không biết ạ! Anh về?",
        "Mở http://a.vn/x?id=3&ten=?b rồi tìm giúp tôi các tệp có tên a?b hoặc ho?t*, nhớ đừng tải hết về.",
        "Báo cáo về V(cid:111)t Nam và Vi\u{fffd}t Bắc năm 2020",
        // Noise that, taken for numbers of glyphs, is a few single letters.
        "62024\r00 nhÂg«ttin cg!\0e 0 a c\u{e}\0\0or@eÒ-",
        // Other alphabets, and what Calibri's glyphs are of English.
        "Қазақстан Республикасының Конституциясы, Ә ә Ө ө Ү ү Ұ ұ, ӘДЕБИЕТ ЖӘНЕ ӨНЕР, ӛ ӝ ӟ ӥ ӧ ӱ ӵ ӹ",
        "Η Ελληνική Δημοκρατία, Αθήνα; Český jazyk: Příliš žluťoučký kůň úpěl, Şişli Ğ, Łódź, ŝajnas ke",
        "dŚĞ ƋƵŝĐŬ ďƌŽǁŶ ĨŽǆ ũƵŵƉƐ ŽǀĞƌ ƚŚĞ ůĂǌǇ ĚŽŐ͕ ĂŶĚ ƚŚĞ ƌĞƐƚ ŽĨ ƚŚĞŵ",
        // Chat that leaves letters out.
        "mk dg o nha, k bt lm j, hnay dc nghi hc, ng ta noi vs mk r, mai ra lm gi cx dc, tks bn nh",
        // Abbreviations, and a row of letters.
        "TP HCM, THPT, CNXH, TNHH MTV, DNTN, BCH, MTTQ, LHPN, TDTT",
        "a b c d e g h i k l m n o p q r s t u v x y",
    ] {
        assert_eq!(RESTORER.restore(text).text(), text);
    }
}

#[test]
fn whoever_says_so_is_believed() {
    let restore = |damage, text: &str| Restorer::builder().damage(damage).build().unwrap().restore(text).into_text();
    assert_eq!(restore(Damage::Lossy, "h?i ngh?"), "hội nghị");
    assert_eq!(restore(Damage::DroppedLatin, "hi ngh"), "hội nghị");
}
