//! Edits of any text, as files are to take them.

use phucdau::{Edit, Span};

/// Edits of a text's words: which of them, and of each what becomes of it.
pub fn edits(text: &str, choices: Vec<(usize, u8)>) -> Vec<Edit> {
    let mut words: Vec<Span> = Vec::new();
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        words.push(Span::new(start, start + word.len()));
    }
    if words.is_empty() {
        return Vec::new();
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut chosen: Vec<(usize, u8)> = choices.iter().map(|(index, what)| (index % words.len(), *what)).collect();
    chosen.sort();
    for (at, what) in chosen {
        let (mut span, next) = (words[at], words.get(at + 1));
        if edits.last().is_some_and(|last| last.source.end > span.start) {
            continue;
        }
        let word = span.of(text);
        let beside = next.filter(|next| &text[span.end..next.start] == " ");
        let after = match (what % 5, beside) {
            (0, Some(next)) => {
                let whole = format!("{word}{}", next.of(text));
                span.end = next.end;
                whole
            }
            (1, Some(next)) => {
                span.end = next.end;
                "một <hai> ba".to_owned()
            }
            (2, _) => format!("{word} & {word}"),
            (3, _) => String::new(),
            _ => word.replace(['a', 'e', 'o', 'n'], "ế"),
        };
        edits.push(edit(span, span.of(text), &after));
    }
    edits
}

/// An edit; where it stands in the restored text does not matter to files.
pub fn edit(source: Span, before: &str, after: &str) -> Edit {
    let (before, after) = (before.to_owned(), after.to_owned());
    Edit { source, target: source, before, after, confidence: 1.0, alternatives: Vec::new() }
}
