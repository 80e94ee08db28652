//! What must not be changed, wherever it stands: by itself, in text that is right, and in text read in English mode.

use phucdau::Restorer;
use std::sync::LazyLock;

static RESTORER: LazyLock<Restorer> = LazyLock::new(Restorer::new);

/// Things that are no words, or none of Vietnamese.
const PROTECTED: [&str; 71] = [
    // Dates and times.
    "30/4/1975",
    "ngày 02-9-1945",
    "2025-07-01",
    "19h30",
    "7:05",
    "01/01/2024 08:15:00",
    "quý III/2024",
    // Money, numbers, units.
    "1.250.000 đồng",
    "12,5 tỷ đồng",
    "USD 3.5",
    "$19.99",
    "€250",
    "15%",
    "3,14",
    "120 km/h",
    "25°C",
    "km2",
    "50 m³",
    "1/2",
    "10.000 ha",
    // Telephones, addresses, names of files.
    "0912 345 678",
    "+84 24 3825 1234",
    "(0212) 3 852 345",
    "so.vhttdl@sonla.gov.vn",
    "https://chinhphu.vn/van-ban?id=12&p=3",
    "www.example.com",
    "bao_cao_2024.docx",
    "C:\\Users\\Public\\mau01.xlsx",
    "/var/log/syslog",
    "192.168.1.254",
    // Letters by their numbers, where they belong.
    "https://vi.wikipedia.org/wiki/S%C6%A1n_La",
    "C:\\new\\users\\x86\\u00e0",
    r"[\u00e0-\u1ef9]",
    "=C3+C4",
    // Codes of law and offices.
    "1681/NQ-UBTVQH15",
    "Số: 12-BC/ĐU",
    "45/2019/QH14",
    "Nghị định số 30/2020/NĐ-CP",
    "QĐ-UBND",
    "57/CV-TV",
    "TCVN 5712:1993",
    // Formulas, plates, identity numbers.
    "H2SO4",
    "CO2",
    "CaCO3",
    "29A-123.45",
    "26B1-678.90",
    "051086000123",
    "ISBN 978-604-1-12345-6",
    "DN 4010 123456789",
    // Foreign names and words.
    "Saccharum officinarum",
    "Panthera tigris",
    "Shakespeare",
    "Microsoft Windows",
    "Liverpool FC",
    "New York",
    "Hồ Chí Minh City",
    "iPhone 15 Pro",
    "Wi-Fi",
    "COVID-19",
    "GDP",
    "UNESCO",
    "WTO",
    "ASEAN",
    "Facebook",
    "YouTube",
    // Places of Thai and Mông names.
    "Nậm Păm",
    "Xím Vàng",
    "Háng Đồng",
    "Tà Xùa",
    "Pá Hu",
    "Chiềng Khừa",
];

fn changes(text: &str) -> Vec<(String, String)> {
    RESTORER.restore(text).edits().iter().map(|edit| (edit.before.clone(), edit.after.clone())).collect()
}

#[test]
fn protected_things_stay_by_themselves() {
    let wrong: Vec<_> =
        PROTECTED.iter().map(|text| (text, changes(text))).filter(|(_, changes)| !changes.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn protected_things_stay_in_right_text() {
    let wrong: Vec<_> = PROTECTED
        .iter()
        .map(|text| format!("Theo báo cáo của Ủy ban nhân dân tỉnh, {text} được ghi trong văn bản kèm theo."))
        .map(|text| (changes(&text), text))
        .filter(|(changes, _)| !changes.is_empty())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn numbers_and_codes_stay_in_damaged_text() {
    // Names without a mark may be damaged words there, and units and signs are read anew.
    let wrong: Vec<_> = PROTECTED[..51]
        .iter()
        .filter(|text| text.is_ascii() && !text.contains(' '))
        .map(|text| (text, format!("Theo bdo cdo cua Uy ban nhan dan tinh, {text} dugc ghi trong van ban kém theo.")))
        .filter(|(text, source)| !RESTORER.restore(source).text().contains(**text))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn passages_stay() {
    for text in [
        // Chat, with what is not in any lexicon.
        "ko bít nữa, chắc mai mình đi dc ko nhỉ? hihi\nuh để t hỏi lại ck đã nha :v\nthôi ngủ đi mấy bà ơi, mai còn đi làm á",
        // Talk, full of words that news and laws do not have.
        "Alo, anh ơi! Em đây ạ, anh có nghe rõ không ạ? Ơ, sao lại tắt máy thế?",
        "Ừ, thế thì mai mình gặp nhau nhé! Ờ, mà mấy giờ ấy nhỉ? Ồ, vậy à? À, quên mất!",
        "Dạ vâng ạ! Em cảm ơn chị ạ! Chúc chị ngủ ngon ạ! Mai gặp chị ạ!",
        "Ok anh, em gửi rồi ạ. Anh check mail giúp em ạ! Thanks anh nhiều ạ :)",
        "Nó bảo tớ là đi ư? Không đời nào! Ơ hay, đã bảo rồi mà ý! Thôi ạ, em về ạ!",
        "Ông cụ ừ một tiếng. Sao mặt mày bí xị vậy, ai ăn hết của à?",
        // A poem of six and eight words a line.
        "Mưa rơi trắng xoá bờ ao\nCon cò lặn lội bay vào bay ra\nMẹ ngồi bên cửa hiên nhà\nVá manh áo cũ cho bà mùa đông",
        // A table.
        "Xã\tSố hộ\tDiện tích (ha)\nNậm Păm\t512\t1.024,5\nTà Xùa\t340\t988\n",
        // A menu of drinks.
        "Cappuccino 45k, latte 50k, trà sữa trân châu size L 55k, sinh tố bơ 40k",
        // A line of code in a manual.
        "Chạy lệnh `git commit -m \"sửa lỗi\"` rồi mở tệp config.yaml để đặt giá trị max_connections = 200.",
        "Người Thái gọi là “xên bản, xên mường”; người Mông gọi là “nào pê chầu”.",
    ] {
        assert_eq!(RESTORER.restore(text).text(), text);
    }
}
