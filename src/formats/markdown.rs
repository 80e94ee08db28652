//! Markdown: its wording is restored; code, addresses, HTML and whatever marks it up stay.

use super::sheet::{Gap, Sheet};
use super::splice::Escape;
use crate::span::Span;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// What stands in the text for what is no wording, so that its neighbours do not become each other's.
const OBJECT: char = '\u{fffc}';

/// Reads the wording of a file.
pub fn read(file: String) -> Sheet {
    let mut sheet = Sheet::new(file);
    let file = sheet.file.clone();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut gap = Gap::Block;
    // How many elements around it are no wording.
    let mut passed_over = 0;
    // Of the links that it is in: whether their text is passed over.
    let mut targets = Vec::new();
    for (event, place) in Parser::new_ext(&file, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_)) => passed_over += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_)) => {
                (passed_over, gap) = (passed_over - 1, Gap::Block);
            }
            // Their text is their target, too.
            Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. }) => {
                let is_target = matches!(
                    link_type,
                    LinkType::Autolink
                        | LinkType::Email
                        | LinkType::Shortcut
                        | LinkType::Collapsed
                        | LinkType::WikiLink { .. }
                );
                if is_target && passed_over == 0 {
                    sheet.part(gap);
                    sheet.text.push(OBJECT);
                    gap = Gap::Nothing;
                }
                passed_over += usize::from(is_target);
                targets.push(is_target);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => passed_over -= usize::from(targets.pop().unwrap_or_default()),
            Event::Start(tag) if is_inline(&tag.to_end()) => {}
            Event::End(tag) if is_inline(&tag) => {}
            Event::Start(_) | Event::End(_) | Event::Rule => gap = Gap::Block,
            Event::SoftBreak | Event::HardBreak => gap = gap.max(Gap::Line),
            Event::InlineHtml(tag) if tag.to_ascii_lowercase().starts_with("<br") => gap = gap.max(Gap::Line),
            Event::Text(_) if passed_over == 0 => {
                sheet.part(gap);
                sheet.push(Span::new(place.start, place.end), Escape::Html);
                gap = Gap::Nothing;
            }
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_)
                if passed_over == 0 =>
            {
                sheet.part(gap);
                sheet.text.push(OBJECT);
                gap = Gap::Nothing;
            }
            _ => {}
        }
    }
    sheet
}

fn is_inline(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::splice;
    use crate::{Damage, Restorer};

    #[test]
    fn wording_is_restored_and_markup_stays() {
        let restorer = Restorer::builder().damage(Damage::Stripped).build().unwrap();
        for (file, expected) in [
            ("# Ha Noi\r\n\r\nThu do *Viet Nam*.\r\n", "# Hà Nội\r\n\r\nThủ đô *Việt Nam*.\r\n"),
            (
                "Thu do `cat Ha Noi`.\n\n    Ha Noi\n\n```\nHa Noi\n```\n",
                "Thủ đô `cat Ha Noi`.\n\n    Ha Noi\n\n```\nHa Noi\n```\n",
            ),
            ("[Ha Noi](ha-noi.html \"Ha Noi\") <b>Viet Nam</b>", "[Hà Nội](ha-noi.html \"Ha Noi\") <b>Việt Nam</b>"),
            (
                "| Ha Noi | Viet Nam |\n|---|---|\n| Thu do | a |\n",
                "| Hà Nội | Việt Nam |\n|---|---|\n| Thủ đô | a |\n",
            ),
            (
                "---\ntitle: Ha Noi\n---\n\n- Ha Noi\n- [ ] Viet **Nam**\n",
                "---\ntitle: Ha Noi\n---\n\n- Hà Nội\n- [ ] Việt **Nam**\n",
            ),
            ("| Thu do<br>Ha Noi |\n|---|\n", "| Thủ đô<br>Hà Nội |\n|---|\n"),
            ("Thu do [Ha Noi][], [ha noi]\n\n[Ha Noi]: a.html\n", "Thủ đô [Ha Noi][], [ha noi]\n\n[Ha Noi]: a.html\n"),
            ("## Thu do {#thu-do}\n\n![[thu do.png]] Ha Noi\n", "## Thủ đô {#thu-do}\n\n![[thu do.png]] Hà Nội\n"),
            ("Thu do &amp; Ha\nNoi \\* <https://ha-noi.vn>", "Thủ đô &amp; Hà\nNội \\* <https://ha-noi.vn>"),
        ] {
            let sheet = read(file.to_owned());
            let restored = restorer.restore(&sheet.text);
            let changes = splice::changes(&sheet.text, restored.edits()).unwrap();
            assert_eq!(sheet.write(&changes), expected, "{:?}", sheet.text);
            assert_eq!(sheet.write(&[]), file);
        }
    }
}
