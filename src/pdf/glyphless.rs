//! The font of text that is not seen: every character has an empty glyph, half as wide as the type is high, and a way back
//! to Unicode.

use std::collections::BTreeMap;

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Str};

const NAME: Name = Name(b"PhucdauGlyphless");
const INFO: SystemInfo = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// The width of a glyph, in thousandths of the type's size.
pub const WIDTH: f64 = 500.0;

/// The characters that a document uses, and their codes.
#[derive(Default)]
pub struct Codes(BTreeMap<char, u16>);

impl Codes {
    /// A text in codes; characters beyond the 65,000th different one are left out.
    pub fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut codes = Vec::with_capacity(text.len() * 2);
        for c in text.chars() {
            let next = self.0.len() as u16 + 1;
            if self.0.contains_key(&c) || next < 65_000 {
                codes.extend_from_slice(&self.0.entry(c).or_insert(next).to_be_bytes());
            }
        }
        codes
    }

    /// Writes the font; the five references are all its own, the first that of the font.
    pub fn write(&self, chunk: &mut Chunk, [font, cid, descriptor, file, unicode]: [Ref; 5]) {
        chunk
            .type0_font(font)
            .base_font(NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut cid = chunk.cid_font(cid);
        cid.subtype(CidFontType::Type2).base_font(NAME).system_info(INFO).font_descriptor(descriptor);
        cid.default_width(WIDTH as f32).cid_to_gid_map_predefined(Name(b"Identity"));
        cid.finish();
        chunk
            .font_descriptor(descriptor)
            .name(NAME)
            .flags(FontFlags::FIXED_PITCH | FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(0.0, -200.0, WIDTH as f32, 800.0))
            .italic_angle(0.0)
            .ascent(800.0)
            .descent(-200.0)
            .cap_height(800.0)
            .stem_v(80.0)
            .font_file2(file);
        let bytes = truetype(self.0.len() as u16 + 1);
        let length = bytes.len() as i32;
        let bytes = deflate(&bytes);
        chunk.stream(file, &bytes).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        let mut map = UnicodeCmap::new(Name(b"PhucdauUnicode"), INFO);
        self.0.iter().for_each(|(&c, &code)| map.pair(code, c));
        let map = deflate(&map.finish());
        chunk.stream(unicode, &map).filter(Filter::FlateDecode);
    }
}

/// Compresses a stream.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = std::io::Write::write_all(&mut encoder, bytes);
    encoder.finish().unwrap_or_default()
}

/// A TrueType font of so many empty glyphs.
fn truetype(glyphs: u16) -> Vec<u8> {
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let count = usize::from(glyphs);
    let (ascent, descent) = (800, (-200_i16) as u16);
    let tables: [(&[u8; 4], Vec<u8>); 6] = [
        (b"glyf", vec![0; 4]),
        // Version, revision, checksum, magic, flags, units; two dates; the box; style, least size, direction, formats.
        (
            b"head",
            [
                words(&[1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000]),
                vec![0; 16],
                words(&[0, descent, WIDTH as u16, ascent, 0, 8, 2, 0, 0]),
            ]
            .concat(),
        ),
        (b"hhea", words(&[1, 0, ascent, descent, 0, WIDTH as u16, 0, 0, WIDTH as u16, 1, 0, 0, 0, 0, 0, 0, 0, 1])),
        (b"hmtx", [words(&[WIDTH as u16, 0]), vec![0; 2 * (count - 1)]].concat()),
        (b"loca", vec![0; 2 * (count + 1)]),
        (b"maxp", words(&[1, 0, glyphs, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0])),
    ];
    let mut font = words(&[1, 0, tables.len() as u16, 64, 2, 32]);
    let mut at = font.len() + 16 * tables.len();
    let mut body = Vec::new();
    for (name, mut table) in tables {
        let length = table.len();
        table.resize(length.next_multiple_of(4), 0);
        let sum = table
            .chunks_exact(4)
            .fold(0_u32, |sum, four| sum.wrapping_add(u32::from_be_bytes([four[0], four[1], four[2], four[3]])));
        font.extend_from_slice(name);
        [sum, at as u32, length as u32].iter().for_each(|number| font.extend_from_slice(&number.to_be_bytes()));
        at += table.len();
        body.append(&mut table);
    }
    font.append(&mut body);
    font
}
