//! Reads a PDF page by page: its text, line by line, and where there is none, its picture.

use std::panic::{self, AssertUnwindSafe};

use anyhow::{Result, anyhow, ensure};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, InterpreterCache,
    InterpreterSettings, LumaData, Paint, SoftMask, TransformExt,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{DecryptionError, LoadPdfError, Pdf, page::Page as PdfPage},
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};

/// A page with fewer letters than this (a stamp, a page number) and with images is taken for a scan.
const FEW_LETTERS: usize = 16;
/// Gaps wider than this share of the type size are word spaces.
const SPACE: f64 = 0.15;
/// Baselines nearer than this share of the type size are one line (m² stays together).
const SAME_LINE: f64 = 0.5;
/// A picture has no more pixels than this (A4 at 900 dpi), whatever the PDF says.
const MOST_PIXELS: f64 = 80e6;

/// What a page holds.
pub struct Page {
    /// Its text layer.
    pub text: String,
    /// Its images, if they seem to hold the text.
    pub picture: Option<Picture>,
}

/// A page as a grey image.
pub struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Picture {
    /// As a PGM file.
    pub fn to_pgm(&self) -> Vec<u8> {
        let head = format!("P5 {} {} 255\n", self.width, self.height);
        [head.as_bytes(), &self.grey].concat()
    }
}

/// Opens a PDF that needs no password and has pages.
pub fn open(data: Vec<u8>) -> Result<Pdf> {
    use DecryptionError::{PasswordProtected, UnsupportedAlgorithm};
    ensure!(!data.is_empty(), "the file is empty");
    let pdf = guarded(|| Pdf::new(data))?.map_err(|error| match error {
        LoadPdfError::Decryption(PasswordProtected) => {
            anyhow!("the PDF is encrypted and needs a password; remove it first (`qpdf --decrypt --password=…`)")
        }
        LoadPdfError::Decryption(UnsupportedAlgorithm) => {
            anyhow!("the PDF is encrypted in a way that cannot be read")
        }
        LoadPdfError::Decryption(_) => anyhow!("the PDF is encrypted, and its encryption is broken"),
        LoadPdfError::Invalid => anyhow!("this is no PDF, or it is cut off or broken beyond repair"),
    })?;
    ensure!(!pdf.pages().is_empty(), "the PDF has no pages");
    Ok(pdf)
}

/// The pages of a PDF, read one by one.
pub fn pages(pdf: &Pdf) -> impl Iterator<Item = Result<Page>> {
    let cache = InterpreterCache::new();
    pdf.pages().iter().map(move |page| guarded(|| read(pdf, page, &cache)))
}

/// Runs a piece of the PDF library, which may panic on broken files, and turns a panic into an error.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    panic::set_hook(hook);
    result.map_err(|_| anyhow!("the PDF is broken in a way that its reader gave up on"))
}

fn read<'a>(pdf: &'a Pdf, page: &PdfPage<'a>, cache: &InterpreterCache<'a>) -> Page {
    let (width, height) = page.render_dimensions();
    let (width, height) = (width.into(), height.into());
    let run = |images: Option<Vec<Placed>>| {
        let mut reader = Reader { lines: vec![], images };
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Rect::new(0.0, 0.0, width, height),
            cache,
            pdf.xref(),
            InterpreterSettings::default(),
        );
        interpret_page(page, &mut context, &mut reader);
        reader
    };
    let lines: Vec<String> = run(None).lines.into_iter().map(Line::into_text).collect();
    let text = lines.join("\n");
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let images = (letters < FEW_LETTERS).then(|| run(Some(vec![])).images).flatten();
    Page { text, picture: images.and_then(|images| paint(&images, width, height)) }
}

/// Gathers what is drawn on a page; images only if wanted, for decoding them takes long.
struct Reader {
    lines: Vec<Line>,
    images: Option<Vec<Placed>>,
}

/// Text drawn on one baseline, in pieces, which need not come from left to right.
struct Line {
    direction: Vec2,
    /// Where the last glyph stood across the direction, and its size.
    baseline: f64,
    size: f64,
    pieces: Vec<Piece>,
}

/// Glyphs that adjoin each other, and where they start and end along the line.
struct Piece {
    start: f64,
    end: f64,
    text: String,
}

impl Reader {
    /// Adds a glyph to the last piece, or to a new one, or to a new line.
    fn add(&mut self, text: String, at: Point, direction: Vec2, advance: f64, size: f64) {
        let start = at.to_vec2().dot(direction);
        let baseline = direction.cross(at.to_vec2());
        let line = match self.lines.last_mut() {
            Some(line)
                if line.direction.dot(direction) > 0.99
                    && (line.baseline - baseline).abs() < SAME_LINE * size.max(line.size) =>
            {
                line
            }
            _ => {
                self.lines.push(Line { direction, baseline, size, pieces: vec![] });
                self.lines.last_mut().expect("just pushed")
            }
        };
        (line.baseline, line.size) = (baseline, size);
        match line.pieces.last_mut() {
            Some(piece) if (-0.5..SPACE).contains(&((start - piece.end) / size)) => {
                piece.text += &text;
                piece.end = start + advance;
            }
            _ => line.pieces.push(Piece { start, end: start + advance, text }),
        }
    }
}

impl Line {
    /// The pieces from left to right, with single spaces between the words.
    fn into_text(mut self) -> String {
        self.pieces.sort_by(|a, b| a.start.total_cmp(&b.start));
        // Text drawn twice in one place is bold type.
        self.pieces.dedup_by(|b, a| a.text == b.text && b.start - a.start < SPACE * self.size);
        let (mut text, mut end) = (String::new(), f64::INFINITY);
        for piece in self.pieces {
            if piece.start - end > SPACE * self.size {
                text.push(' ');
            }
            text += &piece.text;
            end = piece.end;
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
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

impl<'a> Device<'a> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => char::REPLACEMENT_CHARACTER.to_string(),
            };
            let advance = match &**glyph {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            // Glyphs are 1000 units high; of the transform, the first axis is the writing's.
            let place = props.transform * glyph.transform();
            let [a, b, c, d, x, y] = place.as_coeffs();
            let (along, size) = (Vec2::new(a, b), 1000.0 * c.hypot(d));
            let advance = along.hypot() * f64::from(advance.unwrap_or(0.0));
            if along.hypot() > 0.0 && [size, advance, x, y].iter().all(|n| n.is_finite()) {
                let text = text.replace(char::is_control, "");
                self.add(text, Point::new(x, y), along.normalize(), advance, size);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let Some(images) = &mut self.images else {
            return;
        };
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

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn luma(rgb: &[u8]) -> u8 {
    ((u32::from(rgb[0]) * 299 + u32::from(rgb[1]) * 587 + u32::from(rgb[2]) * 114) / 1000) as u8
}
