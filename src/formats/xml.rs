//! XML and HTML as trees that know where in the file everything stands.
//!
//! Nothing is decoded here and no entity expanded, so a tree is about as large as its file, whatever the file says.

use crate::error::Error;
use crate::span::Span;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::ops::Range;

/// An element, or text.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    pub kind: Kind,
    /// All of it.
    pub span: Span,
    /// What is inside; the end of an element's first tag is where that begins.
    pub content: Span,
    /// The node that comes after it and all that is inside.
    pub next: usize,
    /// How long the element's name is.
    name: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Element,
    /// Text with references.
    Text,
    Cdata,
}

/// The nodes of a file in its order: a parent comes before its children.
pub struct Tree<'f> {
    pub file: &'f str,
    pub nodes: Vec<Node>,
}

/// Which rules a file follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    Xml,
    /// Case does not matter in names, some tags need no end, attributes no quotes.
    Html,
}

/// An element has no more attributes.
const MOST_ATTRIBUTES: usize = 1_000;

/// HTML's elements without content.
const VOID: [&str; 12] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];
/// HTML's elements whose end need not be told.
const OPEN_ENDED: [&str; 12] = ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "body", "head", "html"];

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// A file's text, if it is UTF-8 and its prolog agrees.
///
/// # Errors
/// [`Error::Format`] if it is not.
pub fn text_of(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::Format(format!("the file is not UTF-8 (from byte {at} on); {CONVERT}"))
    })
}

const CONVERT: &str =
    "convert it first, as in `iconv -f UTF-16 -t UTF-8`, and let its first line say `encoding=\"UTF-8\"`";

/// Whether an encoding, as a file names it, is UTF-8.
pub fn check_encoding(name: &str) -> Result<(), Error> {
    if is_one_of(name.trim(), &["utf-8", "utf8"]) {
        return Ok(());
    }
    Err(Error::Format(format!("the file says that it is encoded in {name:?}, not in UTF-8; {CONVERT}")))
}

impl<'f> Tree<'f> {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Format`] if it is no XML, is cut off, or says that it is not UTF-8.
    pub fn read(file: &'f str, rules: Rules) -> Result<Self, Error> {
        Tree::read_at_most(file, rules, usize::MAX)
    }

    /// Reads a file of no more than so many nodes.
    ///
    /// # Errors
    /// As [`read`](Tree::read), or if there are more.
    pub fn read_at_most(file: &'f str, rules: Rules, most: usize) -> Result<Self, Error> {
        let html = rules == Rules::Html;
        // The reader passes over a byte-order mark, one, and does not count it.
        let mark = if file.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut reader = Reader::from_str(file);
        let config = reader.config_mut();
        config.check_end_names = !html;
        config.allow_unmatched_ends = html;
        config.allow_dangling_amp = html;
        let mut tree = Tree { file, nodes: Vec::new() };
        // The elements that are not at their end yet.
        let mut open: Vec<usize> = Vec::new();
        // In HTML, how many of a name are open: what ends none of them is not looked for among them all.
        let mut named: HashMap<String, usize> = HashMap::new();
        let mut start = mark;
        loop {
            let event = reader.read_event().map_err(|error| broken(file, start, &error.to_string()))?;
            let end = mark + reader.buffer_position() as usize;
            let span = Span::new(start, end);
            match event {
                Event::Start(tag) => {
                    let name = tree.add_element(&tag, span, html)?;
                    if !(html && is_one_of(name, &VOID)) {
                        open.push(tree.nodes.len() - 1);
                        if html {
                            *named.entry(name.to_ascii_lowercase()).or_default() += 1;
                        }
                    }
                }
                Event::Empty(tag) => {
                    tree.add_element(&tag, span, html)?;
                }
                Event::End(tag) => {
                    let name = tag.name();
                    let name = name.as_ref();
                    let same = |&at: &usize| match html {
                        true => tree.name(at).eq_ignore_ascii_case(name),
                        false => true,
                    };
                    let is_open = !html || named.get(&name.to_ascii_lowercase()).is_some_and(|&count| count > 0);
                    match is_open.then(|| open.iter().rposition(same)).flatten() {
                        Some(at) => {
                            for (inside, node) in open.drain(at..).enumerate().rev() {
                                let name = tree.name(node);
                                if let Some(count) = named.get_mut(&name.to_ascii_lowercase()).filter(|_| html) {
                                    *count -= 1;
                                }
                                if html && !same_or_open(name, &tag) {
                                    return Err(broken(file, start, &format!("<{name}> has no end")));
                                }
                                // What has no end of its own ends before this one.
                                tree.close(node, if inside > 0 { Span::new(start, start) } else { span });
                            }
                        }
                        None if is_one_of(name, &VOID) || is_one_of(name, &OPEN_ENDED) => {}
                        None => return Err(broken(file, start, &format!("</{name}> ends what has not begun"))),
                    }
                }
                Event::Text(_) | Event::GeneralRef(_) => tree.add_text(span),
                Event::CData(_) => {
                    tree.add(Kind::Cdata, span, Span::new(start + "<![CDATA[".len(), end - "]]>".len()), 0)
                }
                Event::Decl(declaration) => {
                    if let Some(Ok(encoding)) = declaration.encoding() {
                        check_encoding(&encoding)?;
                    }
                }
                Event::Eof => break,
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
            if tree.nodes.len() > most {
                return Err(Error::Format(format!(
                    "the file has over {most} tags; cut the document into smaller ones"
                )));
            }
            start = end;
        }
        for node in open.into_iter().rev() {
            let name = tree.name(node);
            if !(html && is_one_of(name, &OPEN_ENDED)) {
                return Err(broken(file, file.len(), &format!("<{name}> has no end")));
            }
            tree.close(node, Span::new(file.len(), file.len()));
        }
        Ok(tree)
    }

    fn add(&mut self, kind: Kind, span: Span, content: Span, name: usize) {
        self.nodes.push(Node { kind, span, content, next: self.nodes.len() + 1, name });
    }

    fn add_element(&mut self, tag: &BytesStart, span: Span, html: bool) -> Result<&'f str, Error> {
        if !html {
            // Each is compared with all before it.
            if tag.attributes().with_checks(false).nth(MOST_ATTRIBUTES).is_some() {
                return Err(broken(self.file, span.start, &format!("a tag has over {MOST_ATTRIBUTES} attributes")));
            }
            if let Some(error) = tag.attributes().filter_map(Result::err).next() {
                return Err(broken(self.file, span.start, &error.to_string()));
            }
        }
        let name = tag.name().as_ref().len();
        self.add(Kind::Element, span, Span::new(span.end, span.end), name);
        Ok(self.name(self.nodes.len() - 1))
    }

    /// Adds text, to that right before it.
    fn add_text(&mut self, span: Span) {
        let next = self.nodes.len();
        match self.nodes.last_mut().filter(|last| last.kind == Kind::Text && last.span.end == span.start) {
            Some(last) => {
                last.span.end = span.end;
                last.content.end = span.end;
            }
            None => self.nodes.push(Node { kind: Kind::Text, span, content: span, next: next + 1, name: 0 }),
        }
    }

    fn close(&mut self, node: usize, tag: Span) {
        let next = self.nodes.len();
        let node = &mut self.nodes[node];
        node.content.end = tag.start;
        node.span.end = tag.end;
        node.next = next;
    }

    /// An element's name, with its prefix.
    pub fn name(&self, node: usize) -> &'f str {
        let Node { kind, span, name, .. } = self.nodes[node];
        if kind == Kind::Element { &self.file[span.start + 1..span.start + 1 + name] } else { "" }
    }

    /// An element's name without its prefix.
    pub fn local(&self, node: usize) -> &'f str {
        let name = self.name(node);
        name.split_once(':').map_or(name, |(_, local)| local)
    }

    /// All nodes inside another one.
    pub fn inside(&self, node: usize) -> Range<usize> {
        node + 1..self.nodes[node].next
    }

    /// The nodes right inside another one.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let Range { start, end } = self.inside(node);
        let inside = move |at: usize| (at < end).then_some(at);
        std::iter::successors(inside(start), move |&at| inside(self.nodes[at].next))
    }

    /// The elements of a name right inside another one.
    pub fn named<'t>(&'t self, node: usize, name: &'t str) -> impl Iterator<Item = usize> + 't {
        self.children(node).filter(move |&child| self.local(child) == name)
    }

    /// The element that everything is inside of, if it is called so.
    pub fn root(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.kind == Kind::Element).filter(|&root| self.local(root) == name)
    }

    /// Where the names and the values of an element's attributes stand.
    pub fn attributes(&self, node: usize) -> Vec<(Span, Span)> {
        let Node { kind: Kind::Element, span, content, name, .. } = self.nodes[node] else { return Vec::new() };
        let tag = &self.file[span.start + 1..content.start - 1];
        let tag = BytesStart::from_content(tag.strip_suffix('/').unwrap_or(tag), name);
        // They are borrowed from the file, so their places in it are known.
        let place = |part: &str| {
            let start = (part.as_ptr() as usize).checked_sub(self.file.as_ptr() as usize)?;
            let place = Span::new(start, start + part.len());
            (self.file.get(start..place.end) == Some(part)).then_some(place)
        };
        let mut attributes = tag.html_attributes();
        let attributes = attributes.with_checks(false).flatten();
        attributes.filter_map(|attribute| place(attribute.key.as_ref()).zip(place(&attribute.value))).collect()
    }

    /// Where the value of an element's attribute stands.
    pub fn attribute(&self, node: usize, name: &str) -> Option<Span> {
        self.attributes(node).into_iter().find(|(key, _)| key.of(self.file) == name).map(|(_, value)| value)
    }

    /// An attribute's value, as it stands in the file.
    pub fn value(&self, node: usize, name: &str) -> Option<&'f str> {
        self.attribute(node, name).map(|place| place.of(self.file))
    }

    /// A span without the spaces at its edges.
    pub fn trimmed(&self, span: Span) -> Span {
        let text = span.of(self.file);
        let start = span.start + text.len() - text.trim_start().len();
        Span::new(start, start + text.trim().len())
    }
}

/// Whether an end tag ends an element, or that one needs none.
fn same_or_open(name: &str, end: &quick_xml::events::BytesEnd) -> bool {
    name.eq_ignore_ascii_case(end.name().as_ref()) || is_one_of(name, &OPEN_ENDED)
}

fn broken(file: &str, at: usize, what: &str) -> Error {
    let line = 1 + file.as_bytes()[..at.min(file.len())].iter().filter(|&&b| b == b'\n').count();
    Error::Format(format!("the file is broken or cut off at line {line}: {what}; mend it, or have it made again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_place() {
        let file = "\u{feff}<?xml version='1.0'?><a:r x='1'>t &amp; u<b y = \"a>b\"/><![CDATA[<c>]]><d>v</d></a:r>";
        let tree = Tree::read(file, Rules::Xml).unwrap();
        let root = tree.root("r").unwrap();
        assert_eq!((tree.name(root), tree.value(root, "x")), ("a:r", Some("1")));
        let children: Vec<_> =
            tree.children(root).map(|at| (tree.local(at), tree.nodes[at].content.of(file))).collect();
        assert_eq!(children, [("", "t &amp; u"), ("b", ""), ("", "<c>"), ("d", "v")]);
        let b = tree.named(root, "b").next().unwrap();
        assert_eq!(tree.value(b, "y"), Some("a>b"));
        assert_eq!(tree.nodes[b].span.of(file), "<b y = \"a>b\"/>");
        assert_eq!(tree.nodes[root].span.end, file.len());
    }

    #[test]
    fn one_byte_order_mark_is_passed_over() {
        for marks in ["", "\u{feff}", "\u{feff}\u{feff}"] {
            let file = format!("{marks}<a>á</a>");
            let tree = Tree::read(&file, Rules::Xml).unwrap();
            let root = tree.root("a").unwrap();
            assert_eq!(tree.nodes[root].span.of(&file), "<a>á</a>", "{marks:?}");
        }
    }

    #[test]
    fn html_may_leave_tags_open() {
        let file = "<html><meta a=b><p class=x><span>á &nbsp &</span><BR><p>c</p></html>";
        let tree = Tree::read(file, Rules::Html).unwrap();
        let p = (0..tree.nodes.len()).find(|&at| tree.name(at) == "p").unwrap();
        assert_eq!(tree.value(p, "class"), Some("x"));
        let texts: Vec<_> =
            tree.nodes.iter().filter(|node| node.kind == Kind::Text).map(|node| node.content.of(file)).collect();
        assert_eq!(texts, ["á &nbsp &", "c"]);
        let file = "<div><dd>a<dd>b</div>c";
        let tree = Tree::read(file, Rules::Html).unwrap();
        let spans: Vec<_> = tree.nodes.iter().map(|node| node.span.of(file)).collect();
        assert_eq!(spans, ["<div><dd>a<dd>b</div>", "<dd>a<dd>b", "a", "<dd>b", "b", "c"]);
    }

    #[test]
    fn what_is_broken_is_told() {
        for (file, rules) in [
            ("<a><b></a>", Rules::Xml),
            ("<a>", Rules::Xml),
            ("<a></a></b>", Rules::Xml),
            ("<a x='1' x='2'/>", Rules::Xml),
            ("<a>&", Rules::Xml),
            ("<a", Rules::Xml),
            ("<?xml version='1.0' encoding='windows-1258'?><a/>", Rules::Xml),
            ("<div><span></div>", Rules::Html),
            ("<div>", Rules::Html),
            ("</span>", Rules::Html),
            (&format!("<a{}/>", (0..1_001).map(|n| format!(" x{n}=''")).collect::<String>()), Rules::Xml),
        ] {
            assert!(matches!(Tree::read(file, rules), Err(Error::Format(_))), "{file}");
        }
    }

    #[test]
    fn what_is_deep_or_ends_nothing_takes_no_longer() {
        let n = 100_000;
        for (file, rules, is_read) in [
            (format!("{}{}", "<a>".repeat(n), "</a>".repeat(n)), Rules::Xml, true),
            (format!("<div>{}{}</div>", "<p>".repeat(n), "</li>".repeat(n)), Rules::Html, true),
            (format!("{}{}", "<b>".repeat(n), "</p>".repeat(n)), Rules::Html, false),
            // No entity is expanded.
            (format!("<!DOCTYPE a [<!ENTITY x '{}'>]><a>{}</a>", "&y;".repeat(n), "&x;".repeat(n)), Rules::Xml, true),
        ] {
            assert_eq!(Tree::read(&file, rules).is_ok(), is_read);
        }
        assert!(Tree::read_at_most("<a><b/><b/></a>", Rules::Xml, 2).is_err());
    }
}
