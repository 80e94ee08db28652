//! A text in documents, and these in parts.
//!
//! A model knows the text that it was counted from too well to tell how it will fare with other text. So it is asked of each
//! part what it says of it without having seen it.

/// The parts of a text.
pub(super) const PARTS: usize = 4;

/// A document has so many bytes, and what is left of its last line unless that is twice as long again: the first pass takes
/// no more at a time.
const DOCUMENT: usize = 60_000;

/// The documents of each part of a text.
pub(super) fn parts(text: &str) -> [Vec<&str>; PARTS] {
    let mut parts = [const { Vec::new() }; PARTS];
    documents(text).into_iter().enumerate().for_each(|(at, document)| parts[at % PARTS].push(document));
    parts
}

/// A text in documents. What stands around a place may be of the document before, or after.
fn documents(mut text: &str) -> Vec<&str> {
    let mut documents = Vec::new();
    while !text.is_empty() {
        let rest = text.as_bytes().get(DOCUMENT..).unwrap_or_default();
        let line = rest.iter().take(2 * DOCUMENT).position(|&byte| byte == b'\n');
        let word = || rest.iter().position(|byte| b" \n".contains(byte));
        let end = line.or_else(word).map_or(text.len(), |end| DOCUMENT + end + 1);
        let (document, rest) = text.split_at(end);
        documents.push(document);
        text = rest;
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_whole_lines_or_bounded() {
        let line = "một dòng\n";
        for (text, count) in [
            (String::new(), 0),
            (line.to_owned(), 1),
            (line.repeat(DOCUMENT / line.len()), 1),
            (line.repeat(3 * DOCUMENT / line.len()), 3),
            ("hai ba ".repeat(DOCUMENT), 7),
            ("x".repeat(9 * DOCUMENT), 1),
        ] {
            let documents = documents(&text);
            assert_eq!((documents.concat(), documents.len()), (text.clone(), count));
            assert_eq!(parts(&text).map(|of| of.len()).iter().sum::<usize>(), count);
        }
    }
}
