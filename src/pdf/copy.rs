//! A new PDF with all that hangs on the old one's root, but for what is changed. Streams are taken over as they are,
//! compressed as they were; old content is not.

use std::collections::HashMap;

use hayro_interpret::hayro_syntax::{
    Pdf, PdfVersion,
    object::{Array, Dict, MaybeRef, Object, ObjectIdentifier, Stream},
};
use pdf_writer::{Filter, Finish, Name, Null, Obj, Ref, Str};

use super::content;
use super::glyphless::{Codes, deflate};

/// Objects within objects, at most; what lies deeper is no PDF that anyone wrote.
const DEEPEST: usize = 64;
/// What a page may have from the nodes above it.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// The font's name in a page's resources.
pub const FONT: &str = "PhucdauGlyphless";

/// What becomes of a page.
pub struct NewPage {
    /// Its content, if that is changed.
    pub content: Option<Vec<u8>>,
    /// The text that is not seen.
    pub layer: Option<Vec<u8>>,
}

/// The PDF with new pages; invisible text is taken out of forms as well if `strip`.
pub fn copy(pdf: &Pdf, pages: Vec<NewPage>, codes: &Codes, strip: bool) -> Vec<u8> {
    let mut copier =
        Copier { pdf, out: pdf_writer::Pdf::new(), refs: HashMap::new(), open: Vec::new(), last: 0, strip };
    let (major, minor) = if pdf.version() == PdfVersion::Pdf20 { (2, 0) } else { (1, 7) };
    copier.out.set_version(major, minor);
    let [root, tree, info] = [(); 3].map(|()| copier.bump());
    let font = [(); 5].map(|()| copier.bump());
    // The pages come first, so that what points to them finds the new ones.
    let kids: Vec<Ref> = pdf
        .pages()
        .iter()
        .map(|page| match page.raw().obj_id() {
            Some(id) if !copier.refs.contains_key(&id) => {
                let new = copier.bump();
                copier.refs.insert(id, new);
                new
            }
            // A page that is shown twice needs to be there twice.
            _ => copier.bump(),
        })
        .collect();
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    copier.refs.insert(pdf.xref().root_id(), root);
    for key in [&b"Pages"[..], b"Root"] {
        if let Some(id) = catalog.get_ref(key) {
            copier.refs.insert(id.into(), tree);
        }
    }
    let mut entries = entries(&catalog);
    entries.retain(|(key, _)| ![&b"Type"[..], b"Pages"].contains(&&key[..]));
    let entries: Vec<Entry> = entries.into_iter().map(|(key, value)| (key, copier.hold(value, 0))).collect();
    let mut catalog = copier.out.catalog(root);
    catalog.pages(tree);
    entries.iter().for_each(|(key, value)| value.write(catalog.insert(Name(key))));
    catalog.finish();
    copier.out.pages(tree).count(kids.len() as i32).kids(kids.iter().copied());
    copier.info(info);
    for ((page, new), id) in pdf.pages().iter().zip(pages).zip(kids) {
        copier.page(page.raw(), new, id, tree, font[0]);
    }
    codes.write(&mut copier.out, font);
    while let Some((id, new)) = copier.open.pop() {
        copier.object(id, new);
    }
    copier.out.finish()
}

type Entry = (Vec<u8>, Held);

/// An object of the old PDF that waits to be written, with the new references.
enum Held {
    Null,
    Boolean(bool),
    Integer(i32),
    Real(f32),
    String(Vec<u8>),
    Name(Vec<u8>),
    Ref(Ref),
    Array(Vec<Held>),
    Dict(Vec<Entry>),
}

impl Held {
    fn write(&self, to: Obj) {
        match self {
            Held::Null => to.primitive(Null),
            Held::Boolean(value) => to.primitive(*value),
            Held::Integer(value) => to.primitive(*value),
            Held::Real(value) => to.primitive(*value),
            Held::String(bytes) => to.primitive(Str(bytes)),
            Held::Name(name) => to.primitive(Name(name)),
            Held::Ref(id) => to.primitive(*id),
            Held::Array(items) => {
                let mut array = to.array();
                items.iter().for_each(|item| item.write(array.push()));
            }
            Held::Dict(entries) => {
                let mut dict = to.dict();
                entries.iter().for_each(|(key, value)| value.write(dict.insert(Name(key))));
            }
        }
    }
}

fn entries<'a>(dict: &Dict<'a>) -> Vec<(Vec<u8>, MaybeRef<Object<'a>>)> {
    // In a fixed order, so that the same PDF gives the same bytes.
    let mut entries: Vec<_> = dict.entries().map(|(key, value)| (key.to_vec(), value)).collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

struct Copier<'a> {
    pdf: &'a Pdf,
    out: pdf_writer::Pdf,
    refs: HashMap<ObjectIdentifier, Ref>,
    /// Objects that something points to and that are not written yet.
    open: Vec<(ObjectIdentifier, Ref)>,
    last: i32,
    strip: bool,
}

impl<'a> Copier<'a> {
    fn bump(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    /// The new reference for an old one.
    fn reference(&mut self, id: ObjectIdentifier) -> Ref {
        if let Some(&new) = self.refs.get(&id) {
            return new;
        }
        let new = self.bump();
        self.refs.insert(id, new);
        self.open.push((id, new));
        new
    }

    fn hold(&mut self, object: MaybeRef<Object<'a>>, depth: usize) -> Held {
        let object = match object {
            MaybeRef::Ref(id) => return Held::Ref(self.reference(id.into())),
            MaybeRef::NotRef(_) if depth > DEEPEST => return Held::Null,
            MaybeRef::NotRef(object) => object,
        };
        match object {
            Object::Null(_) => Held::Null,
            Object::Boolean(value) => Held::Boolean(value),
            Object::Number(number) => {
                let value = number.as_f64();
                let whole = value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX);
                if whole {
                    Held::Integer(value as i32)
                } else {
                    Held::Real(if value.is_finite() { value as f32 } else { 0.0 })
                }
            }
            Object::String(string) => Held::String(string.to_vec()),
            Object::Name(name) => Held::Name(name.to_vec()),
            Object::Array(array) => Held::Array(array.raw_iter().map(|item| self.hold(item, depth + 1)).collect()),
            Object::Dict(dict) => Held::Dict(self.hold_dict(&dict, &[], depth)),
            // A stream is never part of another object.
            Object::Stream(_) => Held::Null,
        }
    }

    /// The entries of a dictionary, but for some.
    fn hold_dict(&mut self, dict: &Dict<'a>, but: &[&[u8]], depth: usize) -> Vec<Entry> {
        let entries = entries(dict).into_iter().filter(|(key, _)| !but.contains(&&key[..]));
        entries.map(|(key, value)| (key, self.hold(value, depth + 1))).collect()
    }

    fn object(&mut self, id: ObjectIdentifier, new: Ref) {
        match self.pdf.xref().get::<Object<'a>>(id) {
            Some(Object::Stream(stream)) => self.stream(&stream, new),
            Some(object) => {
                let held = self.hold(MaybeRef::NotRef(object), 0);
                held.write(self.out.indirect(new));
            }
            None => self.out.indirect(new).primitive(Null),
        }
    }

    fn stream(&mut self, stream: &Stream<'a>, new: Ref) {
        let dict = stream.dict();
        let is_form =
            || dict.get::<hayro_interpret::hayro_syntax::object::Name<'_>>("Subtype").as_deref() == Some(b"Form");
        let stripped = (self.strip && is_form())
            .then(|| stream.decoded_data().ok())
            .flatten()
            .and_then(|content| content::edited(&content, &[]).0);
        match stripped {
            Some(content) => {
                let entries = self.hold_dict(dict, &[b"Length", b"Filter", b"DecodeParms"], 0);
                self.write_stream(new, &content, &entries);
            }
            None => {
                let entries = self.hold_dict(dict, &[b"Length"], 0);
                let data = stream.raw_data();
                let mut out = self.out.stream(new, &data);
                entries.iter().for_each(|(key, value)| value.write(out.insert(Name(key))));
            }
        }
    }

    fn write_stream(&mut self, new: Ref, data: &[u8], entries: &[Entry]) {
        let data = deflate(data);
        let mut out = self.out.stream(new, &data);
        out.filter(Filter::FlateDecode);
        entries.iter().for_each(|(key, value)| value.write(out.insert(Name(key))));
    }

    fn page(&mut self, page: &Dict<'a>, new: NewPage, id: Ref, tree: Ref, font: Ref) {
        let mut entries = self.hold_dict(page, &[&[&b"Parent"[..], b"Type", b"Contents"], &INHERITED[..]].concat(), 0);
        entries.push((b"Type".to_vec(), Held::Name(b"Page".to_vec())));
        entries.push((b"Parent".to_vec(), Held::Ref(tree)));
        for key in &INHERITED[1..] {
            if let Some(value) = inherited(page, key) {
                entries.push((key.to_vec(), self.hold(value, 0)));
            }
        }
        let resources = match inherited(page, INHERITED[0]) {
            Some(MaybeRef::Ref(id)) => self.pdf.xref().get::<Dict<'a>>(id.into()),
            Some(MaybeRef::NotRef(object)) => object.into_dict(),
            None => None,
        };
        let mut resources = resources.map_or_else(Vec::new, |resources| {
            let mut held = self.hold_dict(&resources, &[b"Font"], 0);
            let fonts = resources.get::<Dict<'a>>("Font").map_or_else(Vec::new, |fonts| self.hold_dict(&fonts, &[], 0));
            held.push((b"Font".to_vec(), Held::Dict(fonts)));
            held
        });
        let mut contents = Vec::new();
        if let Some(layer) = new.layer {
            if !resources.iter().any(|(key, _)| key == b"Font") {
                resources.push((b"Font".to_vec(), Held::Dict(Vec::new())));
            }
            for (key, value) in &mut resources {
                if let Held::Dict(fonts) = value
                    && key == b"Font"
                {
                    fonts.push((FONT.into(), Held::Ref(font)));
                }
            }
            // It comes first, so that nothing that the old content leaves behind can harm it.
            let layer_id = self.bump();
            self.write_stream(layer_id, &layer, &[]);
            contents.push(Held::Ref(layer_id));
        }
        match new.content {
            Some(content) => {
                let id = self.bump();
                self.write_stream(id, &content, &[]);
                contents.push(Held::Ref(id));
            }
            None => match page.get_raw::<Object<'a>>("Contents") {
                Some(MaybeRef::Ref(id)) => match page.get::<Array<'a>>("Contents") {
                    Some(array) => contents.extend(array.raw_iter().map(|item| self.hold(item, 0))),
                    None => contents.push(Held::Ref(self.reference(id.into()))),
                },
                Some(MaybeRef::NotRef(Object::Array(array))) => {
                    contents.extend(array.raw_iter().map(|item| self.hold(item, 0)));
                }
                _ => {}
            },
        }
        entries.push((b"Resources".to_vec(), Held::Dict(resources)));
        entries.push((b"Contents".to_vec(), Held::Array(contents)));
        Held::Dict(entries).write(self.out.indirect(id));
    }

    /// What the document says of itself, word for word.
    fn info(&mut self, id: Ref) {
        let data = self.pdf.metadata();
        let mut info = self.out.document_info(id);
        for (key, value) in [
            ("Title", &data.title),
            ("Author", &data.author),
            ("Subject", &data.subject),
            ("Keywords", &data.keywords),
            ("Creator", &data.creator),
            ("Producer", &data.producer),
        ] {
            if let Some(value) = value {
                info.pair(Name(key.as_bytes()), Str(value));
            }
        }
        for (key, date) in [("CreationDate", &data.creation_date), ("ModDate", &data.modification_date)] {
            if let Some(date) = date {
                let (minutes, sign) = (date.utc_offset_minute, if date.utc_offset_hour < 0 { '-' } else { '+' });
                let text = format!(
                    "D:{:04}{:02}{:02}{:02}{:02}{:02}{sign}{:02}'{minutes:02}'",
                    date.year,
                    date.month,
                    date.day,
                    date.hour,
                    date.minute,
                    date.second,
                    date.utc_offset_hour.unsigned_abs(),
                );
                info.pair(Name(key.as_bytes()), Str(text.as_bytes()));
            }
        }
    }
}

/// A page's own entry, or that of a node above it.
fn inherited<'a>(page: &Dict<'a>, key: &[u8]) -> Option<MaybeRef<Object<'a>>> {
    let mut node = page.clone();
    for _ in 0..DEEPEST {
        if let Some(value) = node.get_raw::<Object<'a>>(key) {
            return Some(value);
        }
        node = node.get::<Dict<'a>>("Parent")?;
    }
    None
}
