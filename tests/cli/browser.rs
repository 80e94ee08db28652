//! The page of `--format html`, in a browser.

use super::*;
use serde_json::Value;

/// A page of a text in which markup, names, numbers and doubts occur.
fn page(test: &str) -> PathBuf {
    let folder = folder(test);
    let text =
        "Dai hgi dai biéu <Pang b¢> & xa Muong Ly \"lan thir\" I, nam 2025.\nTra chinh vu 6 nhttng chan rudng.\n";
    let (from, to) = (file(&folder, "a<b>.txt", text), folder.join("page.html"));
    assert_eq!(written(run("restore {} --format html -o {}", &[&from, &to], b"")), "");
    to
}

#[test]
fn a_page_holds_all_and_needs_nothing() {
    let html = fs::read_to_string(page("page")).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>\n") && html.contains("a&lt;b&gt;.txt</h1>"));
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("data-before=\"hgi\"") && html.contains(">hội</mark>") && html.contains("&lt;"));
    assert!(html.contains("<th>english-ocr"));
}

/// Loads the page in Chromium, does what a reader would, and reads what is there then.
#[test]
#[ignore = "needs Chromium"]
fn a_page_works_in_a_browser() {
    let path = page("browser");
    const READER: &str = r#"<script>
        const seen = {};
        const key = key => document.dispatchEvent(new KeyboardEvent('keydown', { key }));
        seen.text = document.querySelector('.text').textContent;
        seen.marks = marks.length;
        key('n');
        seen.focused = document.activeElement.textContent;
        seen.tip = tip.hidden ? null : tip.textContent;
        key('p');
        seen.last = document.activeElement === marks.at(-1);
        key('Escape');
        seen.closed = tip.hidden;
        for (const name of ['names', 'numbers', 'unsure']) {
            document.getElementById(name).click();
            seen[name] = marks.filter(mark => !mark.classList.contains('out')).map(mark => mark.textContent);
            document.getElementById(name).click();
        }
        seen.count = count.textContent;
        seen.wide = document.documentElement.scrollWidth > innerWidth;
        document.title = 'seen ' + JSON.stringify(seen);
    </script>"#;
    let html = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{html}{READER}")).unwrap();
    let profile = folder("browser-profile");
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--window-size=400,800", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("chromium is there");
    let dom = String::from_utf8_lossy(&output.stdout);
    let title = dom.split("<title>seen ").nth(1).unwrap_or_else(|| panic!("the script failed: {dom}"));
    let seen: Value = serde_json::from_str(
        &title.split("</title>").next().unwrap().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
    )
    .unwrap();

    let text = fs::read_to_string(path.with_file_name("a<b>.txt")).unwrap();
    let restored = Restorer::new().restore(&text);
    let edits = restored.edits();
    assert_eq!(seen["text"], restored.text());
    assert_eq!(seen["marks"], edits.len());
    assert_eq!(seen["focused"], edits[0].after.as_str());
    assert!(seen["tip"].as_str().unwrap().starts_with(&edits[0].before), "{seen}");
    assert_eq!((&seen["last"], &seen["closed"], &seen["wide"]), (&true.into(), &true.into(), &false.into()));
    let words = |choose: &dyn Fn(&&Edit) -> bool| -> Vec<&str> {
        edits.iter().filter(choose).map(|edit| edit.after.as_str()).collect()
    };
    assert_eq!(seen["unsure"], serde_json::json!(words(&|edit| edit.confidence < 0.8995)), "{seen}");
    assert!(seen["names"].as_array().unwrap().iter().any(|name| name == "Mường"), "{seen}");
    assert!(!seen["names"].as_array().unwrap().iter().any(|name| name == "hội"), "{seen}");
    assert!(seen["count"].as_str().unwrap().starts_with(&format!("{0} of {0}", edits.len())), "{seen}");
}
