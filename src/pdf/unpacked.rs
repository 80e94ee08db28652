//! What the streams of a PDF unpack to, before its reader unpacks them: a few bytes may stand for gigabytes.
//!
//! Its reader unpacks a stream whole and takes no bound, so this is done twice: here first, no further than the bound, and
//! only where the streams' packed sizes leave any doubt.

use hayro_interpret::hayro_syntax::{
    Filter, Pdf,
    object::{Dict, Name, Object, Stream},
};
use std::borrow::Cow;
use std::io::Read;

use crate::error::Error;

/// All streams of a file but its images come to so many bytes at most, and so many times the file's own size. Drawings,
/// which pack best, take a tenth of that.
const MOST: u64 = 64 << 20;
const MOST_TIMES: u64 = 20;
/// An image comes to so many bytes at most: 200 million pixels in four colours.
const MOST_IMAGE: u64 = 800_000_000;
/// More filters on one stream are there to deceive.
const MOST_FILTERS: usize = 8;

/// What a file of so many bytes may unpack to, but for its images.
fn most(size: usize) -> u64 {
    MOST + MOST_TIMES * size as u64
}

/// The most bytes that one byte may unpack to.
fn times(filter: &Filter) -> u64 {
    match filter {
        Filter::FlateDecode => 1_040,
        Filter::LzwDecode => 2_800,
        Filter::RunLengthDecode => 64,
        Filter::Ascii85Decode => 4,
        _ => 1,
    }
}

fn too_large() -> Error {
    Error::Pdf(format!(
        "what is packed in the PDF is too large (more than {} MB and {MOST_TIMES} times the file); print it to a new PDF, or \
         split it (`qpdf --split-pages`)",
        MOST >> 20
    ))
}

/// Looks at the streams that are unpacked while a file is opened: lists of objects, and of their places.
///
/// # Errors
/// [`Error::Pdf`] if they are too large.
pub fn check_lists(file: &[u8]) -> Result<(), Error> {
    const MARK: &[u8] = b"stream";
    let mut left = most(file.len());
    // What comes before a stream is its dictionary, unless something long is in that.
    const HEAD: usize = 1 << 12;
    let (mut at, mut looked_at) = (0, 0);
    while let Some(found) = find(&file[at..], MARK) {
        let begin = at + found;
        at = begin + MARK.len();
        if file[..begin].ends_with(b"end") {
            continue;
        }
        let head = &file[begin.saturating_sub(HEAD)..begin];
        let head = &head[head.windows(4).rposition(|four| four == b" obj").unwrap_or(0)..];
        // A name may be spelt by numbers: `#4fbjStm`.
        if [&b"ObjStm"[..], b"XRef", b"#"].iter().any(|mark| find(head, mark).is_some()) {
            let data = &file[at..];
            let data = data.strip_prefix(b"\r").unwrap_or(data);
            let data = data.strip_prefix(b"\n").unwrap_or(data);
            let end = find(data, b"endstream").unwrap_or(data.len());
            // They do not lie within each other.
            looked_at += end;
            if looked_at > 2 * file.len() {
                return Err(too_large());
            }
            left -= layers(&data[..end], left).ok_or_else(too_large)?;
        }
    }
    Ok(())
}

/// What bytes unpack to, layer by layer, by what they look like; `None` if that is more than so many.
fn layers(data: &[u8], most: u64) -> Option<u64> {
    let mut data = Cow::Borrowed(data);
    let mut largest = 0;
    for layer in 0..MOST_FILTERS {
        let is_zlib =
            matches!(*data, [method, flags, ..] if method & 0xf == 8 && u16::from_be_bytes([method, flags]) % 31 == 0);
        let is_digit = |b: &u8| b.is_ascii_hexdigit() || b.is_ascii_whitespace();
        data = if is_zlib {
            inflate(&data, most)?.into()
        } else if data.iter().take_while(|&&b| b != b'>').all(is_digit) && !data.is_empty() {
            hexadecimal(&data).into()
        } else if data.trim_ascii_end().ends_with(b"~>") {
            base85(&data).into()
        } else if layer == 0 {
            let ways = [inflate(&data, most)?, unpack(&Filter::LzwDecode, &data, most)?];
            ways.into_iter().max_by_key(Vec::len)?.into()
        } else {
            break;
        };
        largest = largest.max(data.len() as u64);
    }
    Some(largest)
}

/// Looks at all streams of a file but its images.
///
/// # Errors
/// [`Error::Pdf`] if they are too large.
pub fn check(pdf: &Pdf) -> Result<(), Error> {
    let streams = || {
        pdf.objects().into_iter().filter_map(|object| match object {
            Object::Stream(stream) if !is_image(stream.dict()) => Some(stream),
            _ => None,
        })
    };
    let mut left = most(pdf.data().as_ref().len());
    let mut doubt = 0u64;
    for stream in streams() {
        doubt = doubt.saturating_add(at_most(&stream));
        if stream.filters().len() > MOST_FILTERS {
            return Err(too_large());
        }
    }
    if doubt <= left {
        return Ok(());
    }
    for stream in streams() {
        left -= size(&stream, left).ok_or_else(too_large)?;
    }
    Ok(())
}

/// Looks at the images of a file.
///
/// # Errors
/// [`Error::Pdf`] if one is too large.
pub fn check_images(pdf: &Pdf) -> Result<(), Error> {
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        if is_image(stream.dict()) && at_most(&stream) > MOST_IMAGE && size(&stream, MOST_IMAGE).is_none() {
            return Err(Error::Pdf(format!(
                "an image in the PDF is too large (more than {} million bytes); make it smaller, or scan at 600 dpi at most",
                MOST_IMAGE / 1_000_000
            )));
        }
    }
    Ok(())
}

/// Whether a stream says that it is an image.
pub fn is_image(dict: &Dict<'_>) -> bool {
    dict.get::<Name<'_>>("Subtype").as_deref() == Some(b"Image")
        && dict.contains_key("Width")
        && ![&b"ObjStm"[..], b"XRef"].contains(&dict.get::<Name<'_>>("Type").as_deref().unwrap_or_default())
}

/// What a stream may unpack to, as far as its packed size tells.
fn at_most(stream: &Stream<'_>) -> u64 {
    let packed = stream.raw_data().len() as u64;
    stream.filters().iter().fold(packed, |size, filter| size.saturating_mul(times(filter)))
}

/// What a stream unpacks to, if no more than that after any of its filters.
fn size(stream: &Stream<'_>, most: u64) -> Option<u64> {
    let mut data = stream.raw_data();
    for filter in stream.filters() {
        // What follows is an image's, and draws no more than the pixels that are counted elsewhere.
        if matches!(filter, Filter::DctDecode | Filter::JpxDecode | Filter::Jbig2Decode | Filter::CcittFaxDecode) {
            break;
        }
        data = unpack(&filter, &data, most)?.into();
    }
    Some(data.len() as u64).filter(|&size| size <= most)
}

/// What a filter makes of bytes, as far as it makes anything of them; `None` if that is more than so many.
fn unpack(filter: &Filter, data: &[u8], most: u64) -> Option<Vec<u8>> {
    let out = match filter {
        Filter::FlateDecode => inflate(data, most)?,
        Filter::LzwDecode => [0, 1]
            .map(|early| lzw(data, most, early))
            .into_iter()
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .max_by_key(Vec::len)?,
        Filter::RunLengthDecode => run_lengths(data, most)?,
        Filter::AsciiHexDecode => hexadecimal(data),
        Filter::Ascii85Decode => base85(data),
        _ => data.to_vec(),
    };
    (out.len() as u64 <= most).then_some(out)
}

/// Whatever reader makes the most of it: some take what has no head, or a wrong one.
fn inflate(data: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut longest = Vec::new();
    for way in 0..3 {
        let reader: Box<dyn Read> = match way {
            0 => Box::new(flate2::read::ZlibDecoder::new(data)),
            1 => Box::new(flate2::read::DeflateDecoder::new(data)),
            _ => Box::new(flate2::read::DeflateDecoder::new(data.get(2..).unwrap_or_default())),
        };
        let mut out = Vec::new();
        let whole = reader.take(most + 1).read_to_end(&mut out).is_ok();
        if out.len() as u64 > most {
            return None;
        }
        if out.len() > longest.len() {
            longest = out;
        }
        if way == 0 && whole {
            break;
        }
    }
    Some(longest)
}

/// `early` by how many codes the width changes early.
fn lzw(data: &[u8], most: u64, early: usize) -> Option<Vec<u8>> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let mut out: Vec<u8> = Vec::new();
    // By code from 258 on: where in the output its bytes stand.
    let mut known: Vec<(usize, usize)> = Vec::new();
    let mut before: Option<(usize, usize)> = None;
    let (mut bits, mut filled, mut bytes) = (0u32, 0, data.iter());
    loop {
        let width = (usize::BITS - (known.len() + 258 + early).leading_zeros()).clamp(9, 12);
        while filled < width {
            let Some(&byte) = bytes.next() else { return Some(out) };
            bits = bits << 8 | u32::from(byte);
            filled += 8;
        }
        filled -= width;
        let code = (bits >> filled & ((1 << width) - 1)) as usize;
        match code {
            CLEAR => {
                known.clear();
                before = None;
                continue;
            }
            END => return Some(out),
            _ => {}
        }
        let start = out.len();
        match (code.checked_sub(258), before) {
            (None, _) => out.push(code as u8),
            (Some(at), _) if at < known.len() => {
                let (begin, end) = known[at];
                out.extend_from_within(begin..end);
            }
            (Some(at), Some((begin, end))) if at == known.len() => {
                out.extend_from_within(begin..end);
                out.push(out[begin]);
            }
            _ => return Some(out),
        }
        if let Some((begin, end)) = before.filter(|_| known.len() < 4096 - 258) {
            // What came before, and the first byte after it.
            known.push((begin, end + 1));
        }
        before = Some((start, out.len()));
        if out.len() as u64 > most {
            return None;
        }
    }
}

fn run_lengths(data: &[u8], most: u64) -> Option<Vec<u8>> {
    let (mut out, mut rest) = (Vec::new(), data);
    while let [length, after @ ..] = rest {
        rest = match *length {
            128 => break,
            length @ ..128 => {
                let (run, after) = after.split_at(after.len().min(usize::from(length) + 1));
                out.extend_from_slice(run);
                after
            }
            length => {
                let [byte, after @ ..] = after else { break };
                out.resize(out.len() + 257 - usize::from(length), *byte);
                after
            }
        };
        if out.len() as u64 > most {
            return None;
        }
    }
    Some(out)
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        data.iter().take_while(|&&b| b != b'>').filter_map(|&b| Some(char::from(b).to_digit(16)? as u8)).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn base85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut group, mut count) = (0u32, 0);
    for &byte in data.iter().take_while(|&&b| b != b'~') {
        match byte {
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            _ => {}
        }
    }
    if count > 1 {
        let group = (count..5).fold(group, |group, _| group.wrapping_mul(85).wrapping_add(84));
        out.extend(&group.to_be_bytes()[..count - 1]);
    }
    out
}

/// Where some bytes stand in others.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = wanted[0];
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::glyphless::deflate;

    #[test]
    fn what_is_packed_comes_out_and_no_more_than_is_allowed() {
        let text = b"Thu do Ha Noi ".repeat(100);
        // Of the standard's own example.
        let lzw = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        let example = [45, 45, 45, 45, 45, 65, 45, 45, 45, 66];
        for (filter, packed, expected) in [
            (Filter::FlateDecode, deflate(&text), text.clone()),
            // Its head or its sum is lost.
            (Filter::FlateDecode, deflate(&text)[2..].to_vec(), text.clone()),
            (Filter::FlateDecode, deflate(&text)[..deflate(&text).len() - 4].to_vec(), text.clone()),
            (Filter::LzwDecode, lzw.to_vec(), example.to_vec()),
            (Filter::RunLengthDecode, vec![2, 1, 2, 3, 255, 9, 128, 7], vec![1, 2, 3, 9, 9]),
            (Filter::AsciiHexDecode, b"48 6F7>".to_vec(), b"Hop".to_vec()),
            (Filter::Ascii85Decode, b"87cU\nRDZ~>".to_vec(), b"Hello".to_vec()),
            (Filter::Ascii85Decode, b"z~>".to_vec(), vec![0; 4]),
        ] {
            let whole = unpack(&filter, &packed, 10_000).unwrap();
            assert_eq!(whole, expected, "{filter:?}");
            assert!(unpack(&filter, &packed, whole.len() as u64 - 1).is_none(), "{filter:?}");
        }
    }
}
