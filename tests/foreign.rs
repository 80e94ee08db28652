//! Text that is not Vietnamese comes back as it was, byte for byte: alone, and as lines of a Vietnamese document.

use phucdau::{Damage, Restorer};
use std::path::PathBuf;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const DOCUMENTS: [&str; 12] =
    ["english", "french", "german", "indonesian", "rust", "python", "html", "sql", "json", "log", "numbers", "plants"];

const PAGES: [&str; 3] = ["minutes", "letter", "news"];

fn read(file: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "data", file].iter().collect();
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn kept(text: &str) {
    let restored = Restorer::new().restore(text);
    assert_eq!(restored.text(), text);
    assert!(restored.is_unchanged());
}

#[test]
fn documents() {
    for name in DOCUMENTS {
        let text = read(&format!("foreign/{name}.txt"));
        assert!(text.lines().count() >= 20, "{name}");
        kept(&text);
        kept(&text.replace('\n', "\r\n"));
        // Nor is their way to write Unicode changed.
        kept(&text.nfd().collect::<String>());
    }
}

#[test]
fn lines() {
    for line in [
        "The committee shall meet at least twice a year, and whenever its chairman thinks fit.",
        "Je vous prie d'agréer, Monsieur, l'expression de mes sentiments distingués.",
        "Wer den Pfennig nicht ehrt, ist des Talers nicht wert.",
        "El perro de mi vecino ladra toda la noche y no nos deja dormir.",
        "O menino foi à praia com o pai e voltou com uma concha.",
        "Nel mezzo del prato c'è un pozzo che nessuno usa più.",
        "Ibu membeli sayur dan ikan di pasar sebelum pulang ke rumah.",
        "Ang bata ay naglalaro sa tabi ng ilog kasama ang kanyang kapatid.",
        "Wczoraj padał deszcz, więc zostaliśmy w domu i czytaliśmy książki.",
        "แมวตัวนี้ชอบนอนบนหลังคาบ้าน",
        "院子里有两棵枣树，树下坐着一位老人。",
        "Старик сидел у окна и смотрел на дорогу.",
        "for (int i = 0; i < count; i++) { total += prices[i] * amounts[i]; }",
        "cargo build --release --features cli && ./target/release/tool --help",
    ] {
        kept(line);
        for page in PAGES {
            let [english, vietnamese] = ["eng", "vie"].map(|mode| read(&format!("{page}.{mode}.txt")));
            let stripped =
                read(&format!("{page}.gold.txt")).nfd().filter(|&c| !is_combining_mark(c)).collect::<String>();
            let stripped = stripped.replace('đ', "d").replace('Đ', "D");
            for text in [english, vietnamese, stripped] {
                let (before, after) = text.split_at(text.match_indices('\n').nth(2).unwrap().0 + 1);
                let restored = Restorer::new().restore(&format!("{before}\n{line}\n\n{after}"));
                assert!(restored.text().contains(&format!("\n\n{line}\n\n")), "{page}: {}", restored.text());
                // And what is around it is restored.
                let alone = Restorer::new().restore(&text);
                let [with, without] = [&restored, &alone].map(|r| r.edits().len() as f64);
                assert!((with - without).abs() <= 2.0 + without * 0.02, "{page}: {with} edits, not {without}");
            }
        }
    }
}

#[test]
fn vietnamese_among_other_languages_is_restored() {
    let english = read("foreign/english.txt");
    for (source, expected) in [
        (
            "Hoi dong nhan dan tinh da thong qua nghi quyet ve phat trien nong thon moi.",
            "Hội đồng nhân dân tỉnh đã thông qua nghị quyết về phát triển nông thôn mới.",
        ),
        (
            "Hdi déng nhan dan tinh da théng qua nghi quyét vé phat trién néng thén méi.",
            "Hội đồng nhân dân tỉnh đã thông qua nghị quyết về phát triển nông thôn mới.",
        ),
    ] {
        let restored = Restorer::new().restore(&format!("{english}\n{source}\n\n{english}"));
        assert_eq!(restored.text(), format!("{english}\n{expected}\n\n{english}"));
    }
}

#[test]
fn a_kind_of_damage_that_is_told_holds_for_all() {
    let restorer = Restorer::builder().damage(Damage::Stripped).build().unwrap();
    let told = restorer.restore("the long day in the garden was over\n");
    assert!(!told.is_unchanged());
    kept("the long day in the garden was over\n");
}
