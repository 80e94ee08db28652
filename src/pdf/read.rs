//! A page as it is drawn: its words with their places, and its images as one picture.

use std::panic::{self, AssertUnwindSafe};

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, InterpreterCache,
    InterpreterSettings, LumaData, Paint, SoftMask, TransformExt,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{
        Pdf,
        object::{Array, Dict, Stream, String as Bytes},
        page::Page as PdfPage,
    },
    interpret,
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};

use super::{content, outline, unpacked};
use crate::error::Error;

/// Gaps wider than this share of the type size are word spaces.
pub const SPACE: f64 = 0.15;
/// Baselines nearer than this share of the type size are one line (m² stays together).
pub const SAME_LINE: f64 = 0.45;
/// A picture has no more pixels than this (A4 at 900 dpi), whatever the PDF says.
const MOST_PIXELS: f64 = 80e6;
/// More words than this on one page are no text for reading.
const MOST_WORDS: usize = 100_000;
/// A page on which more than this is drawn is given up: forms within forms draw without end in few bytes.
const MOST_STROKES: usize = 5_000_000;
/// The images of a page have no more pixels than this (A4 at 1,200 dpi, and more).
const MOST_IMAGE_PIXELS: u64 = 200_000_000;
/// A page is no larger than this, in points, whatever the PDF says.
const LARGEST: f64 = 1e6;

/// A word as it is drawn. Lengths are points, y goes down from the top of the page as it is seen.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    /// Where its baseline begins.
    pub origin: Point,
    /// Where the writing goes, of length one.
    pub along: Vec2,
    pub length: f64,
    /// The type's size.
    pub size: f64,
    /// Whether it is seen, or only there to be searched and copied.
    pub visible: bool,
    /// Whether a space follows in the same stroke.
    pub spaced: bool,
    /// The text-showing operators of the page's content, counted from 0, that it was drawn by: the first and the last; none
    /// if it stands in a form that the page draws.
    pub operators: Option<(usize, usize)>,
    /// How sure OCR was of it, 0 to 1.
    pub sure: Option<f32>,
}

impl Word {
    /// The box around it: a fifth of the size below the baseline, the rest above.
    pub fn bounds(&self) -> Rect {
        let up = Vec2::new(self.along.y, -self.along.x) * self.size;
        let (from, to) = (self.origin, self.origin + self.along * self.length);
        Rect::from_points(from - up * 0.2, to - up * 0.2).union(Rect::from_points(from + up * 0.8, to + up * 0.8))
    }
}

/// A page as a grey image.
#[derive(Debug)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    grey: Vec<u8>,
}

impl Picture {
    /// As a PGM file.
    pub fn to_pgm(&self) -> Vec<u8> {
        let head = format!("P5 {} {} 255\n", self.width, self.height);
        [head.as_bytes(), &self.grey].concat()
    }
}

/// Runs a piece of the PDF library. It may panic on files that are broken in ways nobody thought of, so this one place
/// turns a panic into an error; what it leaves behind is thrown away.
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        Error::Pdf("the PDF is broken in a way that its reader gave up on; print it to a new PDF and try that".into())
    })
}

/// The size of a page as it is seen, in points.
pub fn size(page: &PdfPage) -> (f64, f64) {
    let (width, height) = page.render_dimensions();
    let sane = |length: f32| if length.is_finite() { f64::from(length).clamp(1.0, LARGEST) } else { 1.0 };
    (sane(width), sane(height))
}

/// From the PDF's own coordinates to those of the page as it is seen.
pub fn to_seen(page: &PdfPage) -> Affine {
    page.initial_transform(true).to_kurbo()
}

/// The words of a page in the order in which they are drawn.
pub fn words<'a>(pdf: &'a Pdf, page: &PdfPage<'a>, cache: &InterpreterCache<'a>) -> Drawn {
    let reader = run(pdf, page, cache, Reader::default());
    Drawn { words: reader.words, has_images: reader.has_images }
}

/// What was found on a page.
#[derive(Default)]
pub struct Drawn {
    pub words: Vec<Word>,
    pub has_images: bool,
}

/// The images of a page, put on white paper.
pub fn picture<'a>(pdf: &'a Pdf, page: &PdfPage<'a>, cache: &InterpreterCache<'a>) -> Option<Picture> {
    let images = run(pdf, page, cache, Reader { images: Some(vec![]), ..Reader::default() }).images?;
    let (width, height) = size(page);
    paint(&images, width, height)
}

fn run<'a>(pdf: &'a Pdf, page: &PdfPage<'a>, cache: &InterpreterCache<'a>, mut reader: Reader) -> Reader {
    let (width, height) = size(page);
    let area = Rect::new(0.0, 0.0, width, height);
    let mut context = Context::new(to_seen(page), area, cache, pdf.xref(), InterpreterSettings::default());
    let drawn = if is_image(page) { None } else { page.page_stream() };
    let content = content::numbered(drawn.unwrap_or_default());
    interpret(content.operations(), page.resources(), &mut context, &mut reader);
    reader
}

/// Whether a page's content says that it is an image, whose size was not looked at yet.
fn is_image(page: &PdfPage<'_>) -> bool {
    match page.raw().get::<Array<'_>>("Contents") {
        Some(parts) => parts.iter::<Stream<'_>>().any(|part| unpacked::is_image(part.dict())),
        None => page.raw().get::<Stream<'_>>("Contents").is_some_and(|part| unpacked::is_image(part.dict())),
    }
}

/// Gathers what is drawn on a page; images only if wanted, for decoding them takes long.
#[derive(Default)]
struct Reader {
    words: Vec<Word>,
    /// How much was drawn.
    strokes: usize,
    pixels: u64,
    /// Whether the last word may go on.
    open: bool,
    /// The marked contents that are open.
    marks: Vec<Mark>,
    has_images: bool,
    images: Option<Vec<Placed>>,
}

/// A marked content.
struct Mark {
    /// Of those that number the operators, the number.
    number: Option<usize>,
    /// What its text is, whatever it looks like, and how many words came before it.
    instead: Option<(String, usize)>,
}

/// The words of a text in the place of what was drawn.
fn spread(text: &str, drawn: &[Word]) -> Vec<Word> {
    let Some(first) = drawn.first() else { return Vec::new() };
    let end = |word: &Word| (word.origin - first.origin).dot(first.along) + word.length;
    let length = drawn.iter().map(end).fold(first.length, f64::max);
    let share = length / text.chars().count().max(1) as f64;
    let (mut words, mut at) = (Vec::new(), 0);
    for text in text.split(' ') {
        let count = text.chars().count();
        let origin = first.origin + first.along * (at as f64 * share);
        let text = text.to_owned();
        words.push(Word { text, origin, length: count as f64 * share, spaced: true, operators: None, ..first.clone() });
        at += count + 1;
    }
    words.retain(|word| !word.text.is_empty());
    if let Some(last) = words.last_mut() {
        last.spaced = drawn.last().is_some_and(|word| word.spaced);
    }
    words
}

impl Reader {
    /// Adds a glyph to the last word, or to a new one.
    fn add(&mut self, glyph: Word) {
        if glyph.text.chars().all(char::is_whitespace) {
            if let Some(last) = self.words.last_mut().filter(|_| !glyph.text.is_empty()) {
                last.spaced = true;
            }
            self.open &= glyph.text.is_empty();
            return;
        }
        if let Some(last) = self.words.last_mut().filter(|_| self.open)
            && last.visible == glyph.visible
            && last.along.dot(glyph.along) > 0.99
        {
            let from = glyph.origin - last.origin;
            let (gap, rise) = (from.dot(last.along) - last.length, last.along.cross(from));
            let size = last.size.max(glyph.size);
            if (-0.5..SPACE).contains(&(gap / size)) && rise.abs() < SAME_LINE * size {
                last.text += &glyph.text;
                last.length = last.length.max(from.dot(last.along) + glyph.length);
                last.size = size;
                last.operators = match (last.operators, glyph.operators) {
                    (Some((first, _)), Some((_, last))) => Some((first, last)),
                    _ => None,
                };
                return;
            }
        }
        if self.words.len() < MOST_WORDS {
            self.open = true;
            self.words.push(glyph);
        }
    }

    /// Counts what is drawn. The reader has no other way of being told to stop; [`guarded`] is where this ends.
    fn count(&mut self) {
        self.strokes += 1;
        if self.strokes > MOST_STROKES {
            panic::resume_unwind(Box::new("more is drawn than anyone can read"));
        }
    }
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        let operator = self.marks.iter().rev().find_map(|mark| mark.number);
        for glyph in run.glyphs() {
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                // A font that does not tell its letters; what they are the numbers may.
                None => format!("(cid:{})", glyph.char_code()),
            };
            let advance = match &**glyph {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            // Glyphs are 1000 units high; of the transform, the first axis is the writing's.
            let place = props.transform * glyph.transform();
            let [a, b, c, d, x, y] = place.as_coeffs();
            let (along, size) = (Vec2::new(a, b), 1000.0 * c.hypot(d));
            let length = along.hypot() * f64::from(advance.unwrap_or(0.0));
            if along.hypot() > 0.0 && size > 0.0 && [size, length, x, y].iter().all(|n| n.abs() < LARGEST) {
                self.add(Word {
                    text: text.replace(|c: char| c.is_control() && c != '\t', ""),
                    origin: Point::new(x, y),
                    along: along.normalize(),
                    length,
                    size,
                    visible: !matches!(mode, DrawMode::Invisible),
                    spaced: false,
                    operators: operator.map(|operator| (operator, operator)),
                    sure: None,
                });
            }
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        // Of texts within texts the outermost counts.
        let instead = properties
            .and_then(|properties| properties.get::<Bytes<'_>>("ActualText"))
            .filter(|_| self.marks.iter().all(|mark| mark.instead.is_none()))
            .map(|text| (outline::decode(&text), self.words.len()));
        self.open &= instead.is_none();
        self.marks.push(Mark { number: content::number(tag), instead });
    }

    fn end_marked_content(&mut self) {
        if let Some((text, first)) = self.marks.pop().and_then(|mark| mark.instead) {
            let drawn = self.words.split_off(first);
            self.words.append(&mut spread(&text, &drawn));
            self.open = false;
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count();
        self.has_images = true;
        let Some(images) = &mut self.images else {
            return;
        };
        self.pixels += u64::from(image.width()) * u64::from(image.height());
        if self.pixels > MOST_IMAGE_PIXELS {
            return;
        }
        // `props.transform` takes pixels; some images are larger than they say.
        let place = |width: u32, height: u32, (x, y): (f32, f32)| {
            let size = (f64::from(width) * f64::from(x), f64::from(height) * f64::from(y));
            props.transform * Affine::scale_non_uniform(size.0, size.1)
        };
        match image {
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let ink = match paint {
                        Paint::Color(color) => luma(&color.to_rgba().to_rgba8()),
                        Paint::Pattern(_) => 0,
                    };
                    let place = place(mask.width, mask.height, mask.scale_factors);
                    let grey = LumaData { data: vec![ink], width: 1, height: 1, ..mask.clone() };
                    images.push(Placed { grey, mask: Some(mask), place });
                },
                None,
            ),
            Image::Raster(raster) => raster.with_rgba(
                |image, mask| {
                    let place = place(image.width(), image.height(), image.scale_factors());
                    let grey = match image {
                        ImageData::Luma(image) => image,
                        ImageData::Rgb(image) => LumaData {
                            data: image.data.chunks_exact(3).map(luma).collect(),
                            width: image.width,
                            height: image.height,
                            interpolate: image.interpolate,
                            scale_factors: image.scale_factors,
                        },
                    };
                    images.push(Placed { grey, mask, place });
                },
                None,
            ),
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.count();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// An image and what of it shows, and the place of the unit square they fill on the page.
struct Placed {
    grey: LumaData,
    mask: Option<LumaData>,
    place: Affine,
}

/// The grey value at a place in the unit square.
fn sample(image: &LumaData, at: Point) -> u32 {
    let (x, y) = (at.x * f64::from(image.width), at.y * f64::from(image.height));
    let index = y as usize * image.width as usize + x as usize;
    image.data.get(index).copied().unwrap_or(255).into()
}

/// Puts the images on white paper, in the resolution of the one with the most pixels.
fn paint(images: &[Placed], width: f64, height: f64) -> Option<Picture> {
    let planes = images.iter().flat_map(|image| {
        let planes = [Some(&image.grey), image.mask.as_ref()];
        planes.into_iter().flatten().map(|plane| (plane, image.place.as_coeffs()))
    });
    let (largest, [a, b, c, d, _, _]) = planes.max_by_key(|(plane, _)| plane.data.len())?;
    let scale = (f64::from(largest.width) / a.hypot(b))
        .max(f64::from(largest.height) / c.hypot(d))
        .min((MOST_PIXELS / (width * height)).sqrt());
    let (columns, rows) = ((width * scale).round() as usize, (height * scale).round() as usize);
    let mut grey = vec![255; columns * rows];
    for image in images {
        let place = Affine::scale(scale) * image.place;
        let unit = place.inverse();
        let area = place.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        for y in area.y0 as usize..(area.y1.ceil() as usize).min(rows) {
            for x in area.x0 as usize..(area.x1.ceil() as usize).min(columns) {
                let at = unit * Point::new(x as f64 + 0.5, y as f64 + 0.5);
                if (0.0..1.0).contains(&at.x) && (0.0..1.0).contains(&at.y) {
                    let below = &mut grey[y * columns + x];
                    let opacity = image.mask.as_ref().map_or(255, |mask| sample(mask, at));
                    let sum = sample(&image.grey, at) * opacity + u32::from(*below) * (255 - opacity);
                    *below = (sum / 255) as u8;
                }
            }
        }
    }
    (!grey.is_empty()).then_some(Picture { width: columns, height: rows, grey })
}

fn luma(rgb: &[u8]) -> u8 {
    ((u32::from(rgb[0]) * 299 + u32::from(rgb[1]) * 587 + u32::from(rgb[2]) * 114) / 1000) as u8
}
