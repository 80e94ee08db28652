//! What a user may expect, by example. Each text stands alone, so that the kind of its damage is found out from it.

use phucdau::tuning::Adaptation;
use phucdau::{Cause, Damage, Error, Model, Restoration, Restorer};
use unicode_normalization::UnicodeNormalization;

/// Restores each text of a table and names all that came out otherwise.
fn all(table: &[(&str, &str)]) {
    let restorer = Restorer::new();
    let wrong: Vec<String> = table
        .iter()
        .map(|&(source, expected)| (source, expected, restorer.restore(source)))
        .filter(|(_, expected, restored)| restored.text() != *expected)
        .map(|(source, expected, restored)| format!("{source:?}\n  is {:?}\n not {expected:?}", restored.text()))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The same with texts that were read in English mode, too short to tell.
fn english(table: &[(&str, &str)]) {
    let restorer = Restorer::builder().damage(Damage::EnglishOcr).build().unwrap();
    for (source, expected) in table {
        assert_eq!(restorer.restore(source).text(), *expected, "{source:?}");
    }
}

/// Restores texts that are to stay as they are.
fn kept(texts: &[&str]) {
    all(&texts.iter().map(|&text| (text, text)).collect::<Vec<_>>());
    let restorer = Restorer::new();
    assert!(texts.iter().all(|text| restorer.restore(text).is_unchanged()));
}

#[test]
fn nothing_comes_of_nothing() {
    kept(&["", " ", "\n", "\r\n", "\t \u{a0}\n\n  \r\n", "...", "— * —", "\u{feff}", "\u{c}"]);
    let restored = Restorer::new().restore("");
    assert_eq!((restored.text(), restored.edits().len(), restored.words()), ("", 0, 0));
    let restored = Restorer::new().restore(" \n 2025, 30/4 \n");
    assert_eq!(restored.words(), 0);
}

#[test]
fn right_text_stays() {
    kept(&[
        "Thành phố Hồ Chí Minh là trung tâm kinh tế lớn của cả nước.",
        "Hà Nội là thủ đô của nước Cộng hòa xã hội chủ nghĩa Việt Nam.",
        "Tôi đã làm việc ở đây được ba năm.",
        "Anh ấy mua hai cân gạo và một chai nước mắm.",
        "Cô giáo dạy chúng em học bài.",
        "Trời mưa to nên đường rất trơn.",
        "Bác Hồ sinh ngày 19 tháng 5 năm 1890.",
        "Ủy ban nhân dân tỉnh Sơn La báo cáo tình hình thực hiện nghị quyết.",
        "ĐẠI HỘI ĐẠI BIỂU ĐẢNG BỘ XÃ",
        "“Mùa này biển cho lộc”, ông cười nói.",
    ]);
}

#[test]
fn both_placements_of_the_tone_are_right() {
    kept(&[
        "Văn hóa và giáo dục là nền tảng của xã hội.",
        "Văn hoá và giáo dục là nền tảng của xã hội.",
        "Ủy ban nhân dân huyện họp sáng nay.",
        "Uỷ ban nhân dân huyện họp sáng nay.",
    ]);
}

#[test]
fn capitals_inside_a_word_are_mended_only_where_marks_show_a_syllable() {
    kept(&["Phản ứng của vôi sống CaO với nước tỏa nhiều nhiệt."]);
    all(&[("KÍnh gửi các đồng chí trong Ban Chấp hành", "Kính gửi các đồng chí trong Ban Chấp hành")]);
}

#[test]
fn other_languages_stay() {
    kept(&["the quick brown fox jumps over the lazy dog", "Привет, мир!", "中文文本", "iPhone 15 Pro Max"]);
}

#[test]
fn read_in_english_mode() {
    all(&[
        ("Quéc hdi nudc Cong hda xa hoi chii nghia Viét Nam", "Quốc hội nước Cộng hòa xã hội chủ nghĩa Việt Nam"),
        (
            "Ban Chấp hành Dang b¢ tinh Son La da t6 chirc Pai hdi dai biéu",
            "Ban Chấp hành Đảng bộ tỉnh Sơn La đã tổ chức Đại hội đại biểu",
        ),
        (
            "trong nhiing nam qua, cén b¢ va nhan dan xa da c6 nhiéu c6 ging",
            "trong những năm qua, cán bộ và nhân dân xã đã có nhiều cố gắng",
        ),
        ("xdy dung nong th6n mdi", "xây dựng nông thôn mới"),
        // Words without vowels are misread here, not lost.
        (
            "T6 trudng néu cd y kién, bd phan thc hién gitp tr¢ ly cd xdc nhan",
            "Tổ trưởng nếu có ý kiến, bộ phận thực hiện giúp trợ lý có xác nhận",
        ),
    ]);
}

#[test]
fn read_in_the_modes_of_other_languages() {
    all(&[
        // French, German, Portuguese, and Tesseract's for all of Latin script.
        (
            "Thu viên tinh trân trong dê nghi các truòng cho muon tài liêu vê lich sü dia phuong câp xâ",
            "Thư viện tỉnh trân trọng đề nghị các trường cho mượn tài liệu về lịch sử địa phương cấp xã",
        ),
        (
            "Cäc xä phäi bäo däm an toän cho ngudi dän trong müa mua bäo näm nay",
            "Các xã phải bảo đảm an toàn cho người dân trong mùa mưa bão năm nay",
        ),
        (
            "Nhân dân các bán dã hiên dât lâm duòng giao thông nông thôn theo quy dinh",
            "Nhân dân các bản đã hiến đất làm đường giao thông nông thôn theo quy định",
        ),
        // Other readers write no marks at all, and two letters for one.
        (
            "Nguoi dan duroc huong dan cach phong chong sau benh cho lua, trurong hoc duroc sira chura truoc mua mura bao",
            "Người dân được hướng dẫn cách phòng chống sâu bệnh cho lúa, trường học được sửa chữa trước mùa mưa bão",
        ),
    ]);
    for (source, cause) in [
        ("Thu viên tinh trân trong dê nghi các truòng cho muon tài liêu vê lich sü", Cause::WesternOcr),
        ("Nguoi dan duroc huong dan cach phong chong sau benh, trurong hoc duroc sira chura", Cause::EnglishOcr),
        ("nước cộnghòaxãhội chủ nghĩa", Cause::RunTogether),
    ] {
        assert_eq!(Restorer::new().assess(source).main_cause(), Some(cause), "{source}");
    }
    // Right text whose words happen to have marks of Western Europe only; words of other languages in it.
    kept(&[
        "Nhà hàng Bình Minh, công ty Hà Thành, ông Lê Văn Tú và bà Trà",
        "Công an và dân quân xã kéo lên bên kia sông",
        "Thực đơn: crème brûlée, pâté, gâteau, mứt dâu",
        "Gửi ông Jürgen Möller, Zürich: chúng tôi đã nhận được thư của ông",
    ]);
}

#[test]
fn read_letter_by_letter() {
    all(&[
        (
            "C6n cir Quytit tlinh s6 12 cria UBND xd v€ viQc thdnh lQp t6 c6ng t6c phdng ch6ng thi6n tai",
            "Căn cứ Quyết định số 12 của UBND xã về việc thành lập tổ công tác phòng chống thiên tai",
        ),
        (
            "Nhd truong d6 nghi c6c tlon vi ph6i hgp ki6m tra hQ th6ng cAp nu6c tru6c ngdy 15 th6ng 8",
            "Nhà trường đề nghị các đơn vị phối hợp kiểm tra hệ thống cấp nước trước ngày 15 tháng 8",
        ),
    ]);
    let source = "C6c tl6i vi6n ki6m tra hQ th6ng ph6ng ch6y cria nhd mdy vd b6o c6o v6i ban chi huy";
    assert_eq!(Restorer::new().assess(source).main_cause(), Some(Cause::ScannerOcr));
    // Code and codes look so, too.
    kept(&[
        "let pageCount = readPages(file2, maxSize); return pageCount.toString();",
        "Lớp 10A1, 11B2 và 12C3 học tại phòng P203, khu A2, Trường THPT số 1",
        "Mã hàng: AB12cd, xY34z; iPhone 15, eBook, macOS",
    ]);
}

#[test]
fn a_document_teaches_what_became_of_letters() {
    // A hand that no program has.
    const HAND: [(&str, &str); 9] = [
        ("à", "d5"),
        ("ạ", "qa"),
        ("á", "j"),
        ("ế", "z"),
        ("ề", "3e"),
        ("ộ", "w"),
        ("ư", "fu"),
        ("đ", "cl"),
        ("ọ", "8"),
    ];
    let damaged = |text: &str| HAND.iter().fold(text.to_owned(), |text, (letter, seen)| text.replace(letter, seen));
    let text = concat!(
        include_str!("data/letter.gold.txt"),
        include_str!("data/minutes.gold.txt"),
        include_str!("data/news.gold.txt")
    );
    let restorer = |rounds| {
        let adaptation = Adaptation { rounds, ..Adaptation::default() };
        Restorer::builder().damage(Damage::ScannerOcr).adaptation(adaptation).build().unwrap()
    };
    let wrong = |restored: &str| {
        let mut found: Vec<&str> = restored.split_whitespace().collect();
        let mut is_missing = |word: &str| match found.iter().position(|&other| other == word) {
            Some(at) => found.swap_remove(at).is_empty(),
            None => true,
        };
        text.split_whitespace().filter(|word| is_missing(word)).count()
    };
    let [trained, attuned] = [0, 2].map(|rounds| wrong(restorer(rounds).restore(&damaged(text)).text()));
    assert!(attuned * 2 < trained, "{attuned} words wrong, {trained} by the channel as it was trained");
}

#[test]
fn a_long_text_that_is_attuned_leaves_no_trace() {
    let page = include_str!("data/minutes.legacy.txt");
    let line =
        "th6ng tu ndy quy dlnh vC viQc t6 chirc HQi d6ng nh6n d6n c6c xd vd thi trAn theo quy6t dinh cua BQ truong\n";
    // So many different words, most of them numbers, that the vocabulary is begun anew in the midst of it, and so long that it is
    // cut anew each time.
    let words = (0..26_000u32).map(|n| match n % 40 {
        0 => format!("c6{n}x {line}"),
        _ => format!("{} {}\n", 100_000 + 7 * n, 3_000_000 + 3 * n),
    });
    let long: String = std::iter::repeat_n(page, 40).map(str::to_owned).chain(words).collect();
    let long = long + &line.repeat(300) + &"\n".repeat(1_400_000);
    let used = Restorer::new();
    used.restore(page);
    used.restore(&long);
    for text in [page, line, include_str!("data/letter.legacy.txt"), include_str!("data/news.legacy.txt")] {
        assert_eq!(used.restore(text), Restorer::new().restore(text));
    }
}

#[test]
fn stripped() {
    all(&[
        ("Toi la sinh vien truong dai hoc Bach khoa", "Tôi là sinh viên trường đại học Bách khoa"),
        ("Toi yeu tieng nuoc toi", "Tôi yêu tiếng nước tôi"),
        ("Hom nay troi dep qua", "Hôm nay trời đẹp quá"),
        ("Thu do Ha Noi, thanh pho Ho Chi Minh", "Thủ đô Hà Nội, thành phố Hồ Chí Minh"),
        ("Hoi Nong dan, Hoi Phu nu, Doan Thanh nien", "Hội Nông dân, Hội Phụ nữ, Đoàn Thanh niên"),
        // A consonant that was parted from its word; as a list's mark it stays one.
        ("Nhieu to chuc da d uoc khen thuong", "Nhiều tổ chức đã được khen thưởng"),
        ("Theo quy dinh tai diem d khoan 2 Dieu 5", "Theo quy định tại điểm d khoản 2 Điều 5"),
    ]);
}

#[test]
fn stripped_in_part() {
    let right = "Sáng chủ nhật vừa qua, lớp tôi tổ chức đi thăm bảo tàng thành phố. Các bạn trong lớp đều rất háo hức, ai cũng \
                 dậy từ sớm để chuẩn bị. Mọi người nhắc chúng tôi phải giữ trật tự và không được chạm tay vào hiện vật.";
    let half: String = right.nfd().filter(|c| !"\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*c)).nfc().collect();
    let other: String = right.nfd().filter(|c| !"\u{302}\u{306}\u{31b}".contains(*c)).nfc().collect();
    all(&[
        (
            "Sáng chủ nhat vừa qua, lớp tôi to chuc đi tham bảo tang thanh pho. Cac bạn trong lop đeu rat háo hức, ai cung \
             dậy tu som để chuẩn bi. Mọi người nhac chung tôi phai giữ trật tu va khong duoc cham tay vào hiện vat.",
            right,
        ),
        // Without tones; without the marks of letters.
        (&half.replace("lơp", "lớp"), right),
        (&other.replace('đ', "d"), right),
        ("Anh chị cho em hoi gia mẫu nay bao nhieu vậy ạ?", "Anh chị cho em hỏi giá mẫu này bao nhiêu vậy ạ?"),
    ]);
}

#[test]
fn a_known_kind_of_damage_is_taken_as_said() {
    for (damage, source, expected) in [
        (Damage::Stripped, "Dang bo xa", "Đảng bộ xã"),
        (Damage::EnglishOcr, "Dang b6 xa", "Đảng bộ xã"),
        (Damage::WesternOcr, "Dâng bô xâ", "Đảng bộ xã"),
        (Damage::ScannerOcr, "Ding b0 xd", "Đảng bộ xã"),
        (Damage::VietnameseOcr, "Đảng bộ xã", "Đảng bộ xã"),
    ] {
        let restorer = Restorer::builder().damage(damage).build().unwrap();
        assert_eq!(restorer.restore(source).text(), expected, "{damage:?}");
    }
}

#[test]
fn decomposed_letters() {
    let right = "Quốc hội nước Cộng hòa xã hội chủ nghĩa Việt Nam đã thông qua Hiến pháp.";
    let decomposed: String = right.nfd().collect();
    let restored = Restorer::new().restore(&decomposed);
    assert_eq!(restored.text(), right);
    assert!(restored.edits().iter().all(|edit| edit.confidence == 1.0 && edit.before.nfc().eq(edit.after.chars())));

    // The same words, damaged besides.
    let source = "Trung ương Đảng, cán bộ và nhân dan cả nước";
    let decomposed: String = source.nfd().collect();
    let restorer = Restorer::new();
    assert_eq!(restorer.restore(&decomposed).text(), restorer.restore(source).text());
    all(&[("Vie\u{302}\u{323}t Nam", "Việt Nam"), ("Viê \u{323}t Nam", "Việt Nam")]);
}

#[test]
fn numbers_dates_and_codes_stay() {
    kept(&[
        "12.345,6",
        "30/4/1975",
        "0912 345 678",
        "(024) 3845 2178",
        "1681/NQ-UBTVQH15",
        "01/2024/TT-BTC",
        "29A-123.45",
        "COVID-19",
        "2020-2025",
        "53,2%",
    ]);
    all(&[
        ("Nghi quyét sé 1681/NQ-UBTVQH15 cia Quéc hdi nudc ta", "Nghị quyết số 1681/NQ-UBTVQH15 của Quốc hội nước ta"),
        ("Nghi quyet so 1681/NQ-UBTVQH15 cua Quoc hoi", "Nghị quyết số 1681/NQ-UBTVQH15 của Quốc hội"),
        ("Tong so tien la 12.345,6 trieu dong", "Tổng số tiền là 12.345,6 triệu đồng"),
        ("chiem 53,2% tong so ho", "chiếm 53,2% tổng số hộ"),
        ("Giai phong mien Nam ngay 30/4/1975", "Giải phóng miền Nam ngày 30/4/1975"),
        ("Dien thoai: 0912 345 678", "Điện thoại: 0912 345 678"),
        ("Dién thoai: 0912.345.678", "Điện thoại: 0912.345.678"),
        ("Dien thoai: (024) 3845 2178", "Điện thoại: (024) 3845 2178"),
        ("ma so thue 0101234567-001", "mã số thuế 0101234567-001"),
        ("bien so xe 29A-123.45", "biển số xe 29A-123.45"),
        ("trong d6 c6 3 x4 ngheo", "trong đó có 3 xã nghèo"),
    ]);
}

#[test]
fn addresses_stay() {
    kept(&["diachi@thuvienbachuynh.example", "Gửi thư tới diachi@thuvienbachuynh.example trước ngày 5."]);
    all(&[
        (
            "Moi chi tiet xin gui ve lienhe@example.com truoc ngay 5",
            "Mọi chi tiết xin gửi về lienhe@example.com trước ngày 5",
        ),
        (
            "Xem tai https://example.com/van-ban/2024?id=15 de biet them",
            "Xem tại https://example.com/van-ban/2024?id=15 để biết thêm",
        ),
    ]);
}

#[test]
fn capitals() {
    all(&[
        ("DANG BO", "ĐẢNG BỘ"),
        ("ĐẢNG BO", "ĐẢNG BỘ"),
        ("DANg BO TINH SON LA", "ĐẢNG BỘ TỈNH SƠN LA"),
        ("DANG BQ TINH", "ĐẢNG BỘ TỈNH"),
        ("CONG HOA XA HOI CHU NGHIA VIET NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Cong hoa Xa hoi Chu nghia Viet Nam", "Cộng hòa Xã hội Chủ nghĩa Việt Nam"),
        ("DOC LAP - TU DO - HANH PHUC", "ĐỘC LẬP - TỰ DO - HẠNH PHÚC"),
        ("Bao cao cua DANG BO tinh", "Báo cáo của ĐẢNG BỘ tỉnh"),
        ("CHỦ TịCH", "CHỦ TỊCH"),
        ("BÁO CÁo", "BÁO CÁO"),
        ("UBND tinh, HDND tinh", "UBND tỉnh, HĐND tỉnh"),
        ("Dai hoc FPT", "Đại học FPT"),
        ("Tap doan Microsoft va Google", "Tập đoàn Microsoft và Google"),
    ]);
}

#[test]
fn digits_and_symbols_in_words() {
    all(&[
        ("can b¢ va nhan dan", "cán bộ và nhân dân"),
        ("nhiém vu 1a phat trién kinh té", "nhiệm vụ là phát triển kinh tế"),
        ("da 1am viéc trong nhiéu nam", "đã làm việc trong nhiều năm"),
        ("c6 nhiéu khé khan", "có nhiều khó khăn"),
        ("c6 ba con", "có ba con"),
        ("hdi nghi 1an thtr 3 BCH Dang b6", "hội nghị lần thứ 3 BCH Đảng bộ"),
        ("S6 12 dudng Lé Loi", "Số 12 đường Lê Lợi"),
    ]);
}

#[test]
fn lost_spaces() {
    all(&[
        ("pháttriển kinh tế xã hội", "phát triển kinh tế xã hội"),
        ("phattrién kinh té - xa hoi", "phát triển kinh tế - xã hội"),
        ("nhiémvu trong tim", "nhiệm vụ trọng tâm"),
        ("chính phủ vànhân dân", "chính phủ và nhân dân"),
        ("nhàvăn hóa", "nhà văn hóa"),
        ("Đảng bộ xã đã tổchức hội nghị", "Đảng bộ xã đã tổ chức hội nghị"),
    ]);
}

#[test]
fn glued_words_come_apart() {
    english(&[
        ("déra muc tiéu phat trién", "đề ra mục tiêu phát triển"),
        ("tuhao la Congty lon", "tự hào là Công ty lớn"),
        ("xay dung nhanudc va nha nudc", "xây dựng nhà nước và nhà nước"),
    ]);
    all(&[
        ("Bộ trưởng BộQuốc phòng dự họp.", "Bộ trưởng Bộ Quốc phòng dự họp."),
        ("Chị ấy nói họđã đi rồi, dựán vềcác xã này.", "Chị ấy nói họ đã đi rồi, dự án về các xã này."),
        ("Vào ngày(tính theo lịch)Việt Nam nghỉ.", "Vào ngày(tính theo lịch)Việt Nam nghỉ."),
    ]);
}

#[test]
fn words_broken_over_a_lines_end_are_read_as_one() {
    all(&[
        (
            "Bao cdo két qua thyc hién nhi-\ném vu phat tri-\r\n  én kinh té - x4 hoi, tao sy théng nh\nat cao.",
            "Báo cáo kết quả thực hiện nhi-\nệm vụ phát tri-\r\n  ển kinh tế - xã hội, tạo sự thống nh\nất cao.",
        ),
        (
            "Nghị quyết về phát tri-\nén kinh tế xã hội của huyện",
            "Nghị quyết về phát tri-\nển kinh tế xã hội của huyện",
        ),
    ]);
    kept(&[
        "Báo cáo kết quả thực hiện nhi-\nệm vụ của địa phư\nơng, tạo sự thống nh\nất cao trong toàn Đảng bộ.",
        "Tôi sống ở tỉnh Bà Rịa -\nVũng Tàu đã lâu và quen với đường\nphố ở đó.",
    ]);
}

#[test]
fn letters_of_the_other_case() {
    english(&[
        ("Ja co quan Ién nhat cua tinh", "là cơ quan lớn nhất của tỉnh"),
        ("tai phién hop cua bang bé xa", "tại phiên họp của Đảng bộ xã"),
    ]);
}

#[test]
fn numerals_units_and_codes() {
    english(&[
        ("Nghi quyét Dai hoi X111 cua Dang", "Nghị quyết Đại hội XIII của Đảng"),
        ("dién tich tu nhién 1a 320 km? va dan s6", "diện tích tự nhiên là 320 km² và dân số"),
        ("Bao cao s6 5-BC/bU ngay 5 thang 7", "Báo cáo số 5-BC/ĐU ngày 5 tháng 7"),
        ("chi $2026 cho xa hoi, va 1,500€ cho xa", "chỉ $2026 cho xã hội, và 1,500€ cho xã"),
        ("nam hoc £2026. nam hoc", "năm học £2026. năm học"),
    ]);
}

#[test]
fn marks_of_lists_stay_and_follow_each_other() {
    let source = "a) Té chirc 1;\nb) Ca nhan;\nc) Hé gia dinh;\nd) Doanh nghiép;\nd) Hop tac xa;";
    let expected = "a) Tổ chức 1;\nb) Cá nhân;\nc) Hộ gia đình;\nd) Doanh nghiệp;\nđ) Hợp tác xã;";
    english(&[(source, expected), ("vitamin B, C, D va nhém K", "vitamin B, C, D và nhóm K")]);
}

#[test]
fn a_sentences_last_word_knows_that_it_is_the_last() {
    all(&[
        (
            "Nha nuoc ho tro hang muc cong trinh do. Viec nay rat tot.",
            "Nhà nước hỗ trợ hạng mục công trình đó. Việc này rất tốt.",
        ),
        ("Ho da lam xong cong trinh do", "Họ đã làm xong công trình đó"),
    ]);
}

#[test]
fn stops_and_commas_may_be_noise() {
    english(&[("dat duoc st? dung vao muc dich khac", "đất được sử? dụng vào mục đích khác")]);
}

#[test]
fn noise_goes_and_takes_nothing_with_it() {
    english(&[
        (
            "theo quy dinh cua phap luat. Sv ie gs\nHoi déng nhan dan tinh quyét dinh ae oe\nva giao Uy ban.",
            "theo quy định của pháp luật.\nHội đồng nhân dân tỉnh quyết định\nvà giao Ủy ban.",
        ),
        // Numbers are no noise, and lines stay.
        (
            "theo quy dinh cua phap luat. 5 12\nee\nva giao Uy ban.",
            "theo quy định của pháp luật. 5 12\n\nvà giao Ủy ban.",
        ),
    ]);
    kept(&["Khi đo độ pH của nước thải, cơ sở ghi độ pH vào sổ và gửi kết quả đo pH về phòng."]);
}

#[test]
fn names_and_context_are_learnt() {
    let source = "tai xa Huoi Lenh va xa Co Muong, co ong Xyzoc";
    let named = Restorer::builder().names(["Huổi Lếnh", "Co Muông", "Xyzóc"]).build().unwrap();
    assert_eq!(named.restore(source).text(), "tại xã Huổi Lếnh và xã Co Muông, có ông Xyzóc");
    let told =
        Restorer::builder().context("Báo cáo của xã Huổi Lếnh và xã Co Muông: ông Xyzóc trình bày.").build().unwrap();
    assert_eq!(told.restore(source).text(), "tại xã Huổi Lếnh và xã Co Muông, có ông Xyzóc");
    assert_ne!(Restorer::new().restore(source).text(), named.restore(source).text());
}

#[test]
fn a_document_teaches_itself() {
    // A name that is plain in some places decides where its marks are lost.
    let plain = "Bản Nà Ơt họp bàn. Trưởng bản Nà Ơt nói. Dân bản Nà Ơt nghe. Từ bản Nà Ơt đi.\n".repeat(8);
    let doubtful = "Ve ban Na Ot.\n";
    let restorer = Restorer::builder().damage(Damage::Stripped).build().unwrap();
    assert_eq!(restorer.restore(doubtful).text(), "Về bản Nà Ớt.\n");
    let together = restorer.restore(&format!("{plain}\n{doubtful}"));
    assert!(together.text().ends_with("\nVề bản Nà Ơt.\n"), "{}", together.text());
}

#[test]
fn lines_and_spacing_stay() {
    all(&[
        ("  Dang  bo\txa\r\n\r\n  Viet Nam \n", "  Đảng  bộ\txã\r\n\r\n  Việt Nam \n"),
        ("Viet Nam\u{c}Viet Nam", "Việt Nam\u{c}Việt Nam"),
        ("Viet Nam\n\n\nHa Noi", "Việt Nam\n\n\nHà Nội"),
    ]);
}

#[test]
fn uncertain_text_stays_if_so_asked() {
    // Alone, each may be many words.
    let source = "Ba Ta Thi Xoan, ong Vi Dinh Chuyen, thon Dong Vac";
    let certain = Restorer::builder().min_confidence(1.0).build().unwrap();
    let likely = Restorer::builder().min_confidence(0.9).build().unwrap();
    let any = Restorer::new();
    for text in [source, include_str!("data/news.eng.txt"), include_str!("data/letter.vie.txt")] {
        let [certain, likely, any] = [&certain, &likely, &any].map(|restorer| restorer.restore(text));
        assert!(certain.edits().iter().all(|edit| edit.confidence == 1.0));
        assert!(likely.edits().iter().all(|edit| edit.confidence >= 0.9));
        assert!(certain.edits().len() <= likely.edits().len() && likely.edits().len() <= any.edits().len());
        let weighed = |restored: &Restoration| restored.edits().len() + restored.assessment().left_alone;
        assert_eq!([&certain, &likely].map(weighed), [weighed(&any); 2]);
        // A threshold leaves changes out and makes no others.
        for edit in certain.edits().iter().chain(likely.edits()) {
            let same = any.edits().iter().find(|other| other.source == edit.source);
            assert_eq!(same.map(|other| (&other.after, other.confidence)), Some((&edit.after, edit.confidence)));
        }
    }
    assert_eq!(certain.restore("Ta Vac").text(), "Ta Vac");
    assert!(any.restore(source).edits().len() > certain.restore(source).edits().len());
}

#[test]
fn thresholds_out_of_range_are_refused() {
    for confidence in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
        let refused = Restorer::builder().min_confidence(confidence).build();
        assert!(matches!(refused, Err(Error::Option(_))), "{confidence}");
    }
}

#[test]
fn edits_name_their_places() {
    let source = "Dang b6 xã, ngày 5";
    let restored = Restorer::builder().damage(Damage::EnglishOcr).build().unwrap().restore(source);
    assert_eq!(restored.text(), "Đảng bộ xã, ngày 5");
    let edits: Vec<_> = restored.edits().iter().map(|edit| (edit.before.as_str(), edit.after.as_str())).collect();
    assert_eq!(edits, [("Dang", "Đảng"), ("b6", "bộ")]);
    assert_eq!(restored.edits()[1].source.of(source), "b6");
    assert_eq!(restored.edits()[1].target.of(restored.text()), "bộ");
    assert_eq!(restored.words(), 4);
}

fn model_bytes() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/dict/vietnamese.phucdau")).unwrap()
}

#[test]
fn a_model_file_is_the_embedded_model() {
    let opened = Model::from_bytes(&model_bytes()).unwrap();
    let embedded = Model::embedded();
    assert_eq!((opened.words(), opened.ngrams()), (embedded.words(), embedded.ngrams()));
    let restorer = Restorer::builder().model(opened).build().unwrap();
    let page = include_str!("data/minutes.eng.txt");
    assert_eq!(restorer.restore(page), Restorer::new().restore(page));
}

#[test]
fn names_that_the_model_lacks_stand_anywhere() {
    let restorer = Restorer::builder().names(["Xyzóc Kjwằm"]).build().unwrap();
    for (damaged, restored) in [
        ("ong Xyzoc di hoc o truong", "ông Xyzóc đi học ở trường"),
        ("ông Xyzóc đi học ở trường Kjwằm của xã", "ông Xyzóc đi học ở trường Kjwằm của xã"),
        ("Kjwam Xyzoc di hoc", "Kjwằm Xyzóc đi học"),
        ("X y z ó c  đ i  h ọ c", "Xyzóc đi học"),
    ] {
        assert_eq!(restorer.restore(damaged).text(), restored);
        let lines = restorer.restore(&format!("{damaged}\n").repeat(30)).into_text();
        assert!(lines.lines().all(|line| line == restored), "{lines}");
    }
}

#[test]
fn damaged_models_are_refused() {
    let sound = model_bytes();
    let refused = |bytes: &[u8], how: &str| match Model::from_bytes(bytes) {
        Err(Error::Model(message)) => assert!(!message.is_empty()),
        other => panic!("{how}: {other:?}"),
    };
    for length in [0, 1, 7, 8, 11, 12, 13, 20, 100, sound.len() / 2, sound.len() - 1] {
        refused(&sound[..length], &format!("cut after {length} bytes"));
    }
    let mut bytes = sound.clone();
    for place in (0..24).chain((1..20).map(|part| sound.len() * part / 20)).chain([sound.len() - 1]) {
        bytes[place] ^= 0x10;
        refused(&bytes, &format!("byte {place} changed"));
        bytes[place] ^= 0x10;
    }
    assert_eq!(bytes, sound);
    bytes.push(0);
    refused(&bytes, "a byte too many");
    refused(b"a letter to my aunt, who lives far away", "a letter");
    refused(&[0; 4096], "zeros");
    refused(&[0xff; 4096], "ones");
    refused(include_bytes!("data/news.gold.txt"), "a page");
    let mut newer = sound.clone();
    newer[7] += 1;
    refused(&newer, "a later version");
}

#[test]
fn missing_model_files_are_named() {
    let error = Model::open("no/such/model.phucdau").unwrap_err();
    assert!(matches!(error, Error::Read { .. }));
    let message = error.to_string();
    assert!(message.contains("no/such/model.phucdau"), "{message}");
    // A folder can be opened, but not read.
    assert!(matches!(Model::open(env!("CARGO_MANIFEST_DIR")), Err(Error::Read { .. })));
}
