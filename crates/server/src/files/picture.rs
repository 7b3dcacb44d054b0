//! Pictures: their size, a small copy, and nothing of where, when, by whom and with what they were taken.
//!
//! A picture keeps its own pixels: what tells of people is cut out of the file without decoding it again. How a camera was held
//! is the one thing that stays, because browsers turn the picture by it.

use super::gif;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use std::io::Cursor;

/// Pixels of the largest picture that is taken apart: a phone's 50 megapixels. Larger ones are kept as files.
const PIXELS_MAX: u64 = 51_000_000;
/// The longest side.
const SIDE_MAX: u32 = 16_384;
/// Bytes that a decoder may take beside the pixels.
const ALLOC_MAX: u64 = 256 * 1024 * 1024;
/// Bytes of the largest file that is taken apart as a picture: it is read whole. A photo of 50 megapixels has 20 to 25 MB.
pub const BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Pixels of the largest PNG or WebP that is turned: that takes its pixels three times over, and cameras make JPEG.
const TURNED_PIXELS_MAX: u64 = 12_000_000;
/// The longest side of a small copy, in pixels: twice what a message shows, for screens of twice the density.
const PREVIEW_SIDE: u32 = 640;
/// Pictures that are no larger than a small copy would be need none.
const PREVIEW_FROM_BYTES: usize = 200 * 1024;
/// Moving pictures move in the message, up to this many bytes.
const MOVING_MAX_BYTES: usize = 4 * 1024 * 1024;
/// The quality of small copies, of 100.
const PREVIEW_QUALITY: u8 = 80;
/// The quality of people's pictures.
const SQUARE_QUALITY: u8 = 88;

/// A picture taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file without what tells of people.
    pub bytes: Vec<u8>,
    /// Width as shown, in pixels.
    pub width: u32,
    /// Height as shown, in pixels.
    pub height: u32,
    /// A small copy as JPEG, where the picture is large.
    pub preview: Option<Vec<u8>>,
}

/// It is none that we can take apart: damaged, too large, or of a kind that only looks like one.
#[derive(Debug, thiserror::Error)]
#[error("not a picture that can be taken apart")]
pub struct NotAPicture;

/// Takes a picture apart. It takes as much memory as its pixels, and time: not on an async thread.
///
/// # Errors
/// [`NotAPicture`].
pub fn examine(bytes: Vec<u8>, format: ImageFormat) -> Result<Picture, NotAPicture> {
    let (image, orientation) = decode(&bytes, format)?;
    let (width, height) = image.dimensions();
    let moves = format == ImageFormat::Gif && bytes.len() <= MOVING_MAX_BYTES;
    let is_large = width.max(height) > PREVIEW_SIDE || bytes.len() > PREVIEW_FROM_BYTES;
    let preview = if is_large && !moves { Some(small_copy(&image)?) } else { None };
    let bytes = match (format, orientation) {
        (ImageFormat::Jpeg, _) => clean_jpeg(bytes, orientation)?,
        (ImageFormat::Png, Orientation::NoTransforms) => clean_png(bytes)?,
        (ImageFormat::WebP, Orientation::NoTransforms) => clean_webp(bytes)?,
        // Turned, which is rare for these: written anew, without loss.
        (ImageFormat::Png | ImageFormat::WebP, _) => written(image, format)?,
        (ImageFormat::Gif, _) => gif::clean(&bytes).ok_or(NotAPicture)?,
        // No other kind is taken for a picture.
        _ => return Err(NotAPicture),
    };
    Ok(Picture { bytes, width, height, preview })
}

/// A small copy of a picture that comes as one already: a video's poster. All of it is made anew.
///
/// # Errors
/// [`NotAPicture`].
pub fn poster(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, NotAPicture> {
    decode(bytes, format).and_then(|(image, _)| small_copy(&image))
}

/// A person's picture: the square in the middle, no larger than so many pixels, as JPEG. All of it is made anew.
///
/// # Errors
/// [`NotAPicture`].
pub fn square(bytes: &[u8], format: ImageFormat, side: u32) -> Result<Vec<u8>, NotAPicture> {
    let (image, _) = decode(bytes, format)?;
    let (width, height) = image.dimensions();
    let least = width.min(height);
    let (x, y) = ((width - least).div_euclid(2), (height - least).div_euclid(2));
    let mut image = image.crop_imm(x, y, least, least);
    if least > side {
        image = image.resize_exact(side, side, FilterType::CatmullRom);
    }
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, SQUARE_QUALITY);
    on_white(&image).write_with_encoder(encoder).map_err(not_a_picture)?;
    Ok(out)
}

/// The picture as shown, and how it had to be turned for that.
fn decode(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), NotAPicture> {
    let mut decoder = checked_head(bytes, format)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let is_turned_anew = format != ImageFormat::Jpeg && orientation != Orientation::NoTransforms;
    if is_turned_anew && u64::from(width).saturating_mul(u64::from(height)) > TURNED_PIXELS_MAX {
        return Err(NotAPicture);
    }
    let mut image = DynamicImage::from_decoder(decoder).map_err(not_a_picture)?;
    image.apply_orientation(orientation);
    Ok((image, orientation))
}

/// A decoder that has read the head, and nothing of the pixels: what would be too large is refused here, before anything is made
/// room for.
fn checked_head(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder, NotAPicture> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(ALLOC_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(not_a_picture)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    let is_fit = (1..=PIXELS_MAX).contains(&pixels) && decoder.total_bytes() <= ALLOC_MAX;
    if is_fit { Ok(decoder) } else { Err(NotAPicture) }
}

fn small_copy(image: &DynamicImage) -> Result<Vec<u8>, NotAPicture> {
    let (width, height) = image.dimensions();
    let small =
        if width.max(height) > PREVIEW_SIDE { image.thumbnail(PREVIEW_SIDE, PREVIEW_SIDE) } else { image.clone() };
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, PREVIEW_QUALITY);
    on_white(&small).write_with_encoder(encoder).map_err(not_a_picture)?;
    Ok(out)
}

/// JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    let mut flat = RgbImage::new(image.width(), image.height());
    for (target, source) in flat.pixels_mut().zip(image.pixels()) {
        let [red, green, blue, alpha] = source.0;
        let over = |value: u8| {
            let mixed = u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(mixed.div_euclid(255)).unwrap_or(u8::MAX)
        };
        target.0 = [red, green, blue].map(over);
    }
    flat
}

fn written(image: DynamicImage, format: ImageFormat) -> Result<Vec<u8>, NotAPicture> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::from(image.into_rgba8()).write_to(&mut out, format).map_err(not_a_picture)?;
    Ok(out.into_inner())
}

/// Only what the pixels need stays: the frame, the colours, and how the camera was held.
fn clean_jpeg(bytes: Vec<u8>, orientation: Orientation) -> Result<Vec<u8>, NotAPicture> {
    let mut jpeg = Jpeg::from_bytes(bytes.into()).map_err(not_a_picture)?;
    let segments = jpeg.segments_mut();
    segments.retain(|segment| match segment.marker() {
        // The JFIF head without its thumbnail; what a camera adds in its own is none.
        markers::APP0 => segment.contents().starts_with(b"JFIF\0") && segment.contents().len() == 14,
        markers::APP14 => true,
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP1 | markers::COM => false,
        markers::APP3..=markers::APP13 | markers::APP15 => false,
        _ => true,
    });
    if orientation != Orientation::NoTransforms {
        let first = usize::from(segments.first().is_some_and(|segment| segment.marker() == markers::APP0));
        segments.insert(first, JpegSegment::new_with_contents(markers::APP1, held(orientation).into()));
    }
    // For the library all that follows the first scan's head is its data.
    let data = segments.last().map_or(0, |last| last.len_with_entropy().saturating_sub(last.len()));
    let whole = jpeg.encoder().bytes();
    let (head, data) = whole.split_at_checked(whole.len().saturating_sub(data)).ok_or(NotAPicture)?;
    Ok([head, &scans(data).ok_or(NotAPicture)?].concat())
}

/// The data of a JPEG's scans up to its end, with the tables between them and without what else stands there. Behind the end
/// phones keep whole videos. In a scan's own data every `ff` is followed by a zero or a restart mark (ITU T.81, B.1.1.5).
fn scans(data: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(data.len());
    let mut left = data;
    loop {
        let mark = left.iter().position(|byte| *byte == markers::P)?;
        let (before, at) = left.split_at_checked(mark)?;
        kept.extend_from_slice(before);
        let marker = *at.get(1)?;
        let length = match marker {
            markers::EOI => {
                kept.extend_from_slice(&[markers::P, markers::EOI]);
                return Some(kept);
            }
            // Filling: the marker is still to come.
            markers::P => 1,
            0 | markers::RST0..=markers::RST7 => 2,
            _ => usize::from(u16::from_be_bytes([*at.get(2)?, *at.get(3)?])).checked_add(2)?,
        };
        let (segment, rest) = at.split_at_checked(length)?;
        if !matches!(marker, markers::APP0..=markers::APP15 | markers::COM) {
            kept.extend_from_slice(segment);
        }
        left = rest;
    }
}

/// An EXIF block with nothing but the orientation (tag 0x0112, one 16-bit number), little-endian.
fn held(orientation: Orientation) -> Vec<u8> {
    let mut block = b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend_from_slice(&[orientation.to_exif(), 0, 0, 0, 0, 0, 0, 0]);
    block
}

/// Chunks that say how the pixels look; what begins with a capital is the picture itself.
const PNG_LOOKS: [&[u8; 4]; 14] = [
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"cICP",
    b"mDCV", b"cLLI",
];

fn clean_png(bytes: Vec<u8>) -> Result<Vec<u8>, NotAPicture> {
    let mut png = Png::from_bytes(bytes.into()).map_err(not_a_picture)?;
    png.chunks_mut().retain(|chunk| {
        let kind = chunk.kind();
        kind.first().is_some_and(u8::is_ascii_uppercase) || PNG_LOOKS.iter().any(|known| **known == kind)
    });
    Ok(png.encoder().bytes().to_vec())
}

/// The bits of a WebP's head that announce EXIF and XMP.
const WEBP_TOLD: u8 = 0x0c;

fn clean_webp(bytes: Vec<u8>) -> Result<Vec<u8>, NotAPicture> {
    let mut webp = WebP::from_bytes(bytes.into()).map_err(not_a_picture)?;
    let chunks = webp.chunks_mut();
    chunks.retain(|chunk| {
        [&b"VP8X"[..], b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"].contains(&&chunk.id()[..])
    });
    for chunk in chunks.iter_mut().filter(|chunk| chunk.id() == *b"VP8X") {
        if let RiffContent::Data(head) = chunk.content() {
            let mut head = head.to_vec();
            if let Some(flags) = head.first_mut() {
                *flags &= !WEBP_TOLD;
            }
            *chunk = RiffChunk::new(*b"VP8X", RiffContent::Data(head.into()));
        }
    }
    Ok(webp.encoder().bytes().to_vec())
}

/// Decoders name what they stumble over, which nobody needs to know.
fn not_a_picture<E>(_: E) -> NotAPicture {
    NotAPicture
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, Crc, write::ZlibEncoder};
    use image::{Rgba, RgbaImage};
    use proptest::prelude::*;
    use std::io::Write;

    /// Something that stands in a file and must not stay there.
    const SECRET: &[u8] = b"31.2304N 121.4737E somebody";

    fn picture(width: u32, height: u32) -> DynamicImage {
        DynamicImage::from(RgbaImage::from_fn(width, height, |x, y| {
            let of = |value: u32| u8::try_from(value % 256).unwrap();
            Rgba([of(x * 7), of(y * 5), of(x + y), 255])
        }))
    }

    fn bytes(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let image = picture(width, height);
        let image = if format == ImageFormat::Jpeg { DynamicImage::from(image.to_rgb8()) } else { image };
        image.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    fn size_of(bytes: &[u8]) -> (u32, u32) {
        image::load_from_memory(bytes).unwrap().dimensions()
    }

    fn taken_by_camera(orientation: u8) -> Vec<u8> {
        let mut jpeg = Jpeg::from_bytes(bytes(900, 600, ImageFormat::Jpeg).into()).unwrap();
        let held = held(Orientation::from_exif(orientation).unwrap());
        let told = [&held[..], SECRET].concat();
        for (marker, contents) in [
            (markers::APP1, told),
            (markers::APP1, [&b"http://ns.adobe.com/xap/1.0/\0"[..], SECRET].concat()),
            (markers::APP13, SECRET.to_vec()),
            (markers::COM, SECRET.to_vec()),
        ] {
            jpeg.segments_mut().insert(1, JpegSegment::new_with_contents(marker, contents.into()));
        }
        let mut bytes = jpeg.encoder().bytes().to_vec();
        bytes.extend_from_slice(SECRET);
        bytes
    }

    #[test]
    fn a_persons_picture_is_the_square_in_the_middle_made_anew() {
        let photo = taken_by_camera(6);
        let made = square(&photo, ImageFormat::Jpeg, 512).unwrap();
        assert_eq!(size_of(&made), (512, 512));
        assert!(!holds(&made, SECRET) && !holds(&made, b"Exif"));
        // Red, but for a green square in the middle of the long side; what is transparent is white.
        let mut wide = RgbaImage::from_pixel(90, 30, Rgba([255, 0, 0, 255]));
        for (x, y) in (30..60).flat_map(|x| (0..30).map(move |y| (x, y))) {
            wide.put_pixel(x, y, if y < 15 { Rgba([0, 255, 0, 255]) } else { Rgba([0, 0, 0, 0]) });
        }
        let mut png = Cursor::new(Vec::new());
        DynamicImage::from(wide).write_to(&mut png, ImageFormat::Png).unwrap();
        let made =
            image::load_from_memory(&square(&png.into_inner(), ImageFormat::Png, 512).unwrap()).unwrap().to_rgb8();
        assert_eq!(made.dimensions(), (30, 30));
        let close = |(x, y), to: [i16; 3]| {
            made.get_pixel(x, y).0.iter().zip(to).all(|(value, wanted)| (i16::from(*value) - wanted).abs() < 24)
        };
        assert!(close((15, 5), [0, 255, 0]) && close((15, 25), [255, 255, 255]));
        square(b"GIF89a", ImageFormat::Png, 512).unwrap_err();
    }

    #[test]
    fn a_photo_keeps_how_it_was_held_and_nothing_else_of_whoever_took_it() {
        // The EXIF block comes first of those that are inserted last; the decoder reads that.
        let photo = taken_by_camera(6);
        assert!(holds(&photo, SECRET));
        let found = examine(photo, ImageFormat::Jpeg).unwrap();
        assert!(!holds(&found.bytes, SECRET) && !holds(&found.bytes, b"ns.adobe.com"));
        let again = examine(found.bytes.clone(), ImageFormat::Jpeg).unwrap();
        assert_eq!((found.width, found.height), (600, 900), "turned by a quarter");
        assert_eq!((again.width, again.height), (600, 900), "and still so without the rest");
        assert_eq!(size_of(&found.preview.unwrap()), (427, 640));
    }

    #[test]
    fn every_kind_loses_what_tells_of_people_and_keeps_its_pixels() {
        let mut png = Png::from_bytes(bytes(30, 20, ImageFormat::Png).into()).unwrap();
        let told = img_parts::png::PngChunk::new(*b"tEXt", SECRET.to_vec().into());
        png.chunks_mut().insert(1, told);
        let mut webp = WebP::from_bytes(bytes(30, 20, ImageFormat::WebP).into()).unwrap();
        webp.chunks_mut().push(RiffChunk::new(*b"EXIF", RiffContent::Data(SECRET.to_vec().into())));
        for (bytes, format) in
            [(png.encoder().bytes().to_vec(), ImageFormat::Png), (webp.encoder().bytes().to_vec(), ImageFormat::WebP)]
        {
            assert!(holds(&bytes, SECRET), "{format:?}");
            let before = image::load_from_memory_with_format(&bytes, format).unwrap();
            let found = examine(bytes, format).unwrap();
            assert!(!holds(&found.bytes, SECRET), "{format:?}");
            assert_eq!(image::load_from_memory_with_format(&found.bytes, format).unwrap(), before);
            assert_eq!((found.width, found.height, found.preview), (30, 20, None));
        }
    }

    #[test]
    fn large_pictures_have_a_small_copy_on_white_and_small_ones_none() {
        let clear = DynamicImage::from(RgbaImage::from_pixel(1000, 500, Rgba([0, 0, 0, 0])));
        let mut out = Cursor::new(Vec::new());
        clear.write_to(&mut out, ImageFormat::Png).unwrap();
        let found = examine(out.into_inner(), ImageFormat::Png).unwrap();
        let small = image::load_from_memory(&found.preview.unwrap()).unwrap();
        assert_eq!((small.dimensions(), small.get_pixel(5, 5)), ((640, 320), Rgba([255, 255, 255, 255])));
        assert_eq!(examine(bytes(64, 64, ImageFormat::Gif), ImageFormat::Gif).unwrap().preview, None);
    }

    /// A black PNG that is whole, but for as many rows as it claims: eight pixels take a byte, which compression takes away.
    fn black(width: u32, claimed: u32, rows: u32) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let named = [kind, data].concat();
            let mut sum = Crc::new();
            sum.update(&named);
            [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &named, &sum.sum().to_be_bytes()].concat()
        };
        let mut data = ZlibEncoder::new(Vec::new(), Compression::best());
        let row = vec![0; 1 + usize::try_from(width.div_ceil(8)).unwrap()];
        (0..rows).for_each(|_| data.write_all(&row).unwrap());
        let head = [&width.to_be_bytes()[..], &claimed.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
        let chunks = [chunk(b"IHDR", &head), chunk(b"IDAT", &data.finish().unwrap()), chunk(b"IEND", &[])];
        [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
    }

    #[test]
    fn a_small_file_that_would_fill_the_memory_is_refused_by_its_head() {
        let taken = |bytes: &[u8]| {
            let head = checked_head(bytes, ImageFormat::Png).is_ok();
            [head, square(bytes, ImageFormat::Png, 512).is_ok(), examine(bytes.to_vec(), ImageFormat::Png).is_ok()]
        };
        assert_eq!(taken(&black(640, 640, 640)), [true; 3]);
        assert_eq!(taken(&black(640, 640, 1)), [true, false, false], "damaged, which only the pixels show");
        let wide = black(16_000, 4_000, 4_000);
        assert!(wide.len() < 16_000, "{} bytes for 64 megapixels, no side of which is too long", wide.len());
        assert_eq!(taken(&wide), [false; 3]);
        assert_eq!(taken(&black(50_000, 50_000, 1)), [false; 3]);
        assert!(examine(b"\xff\xd8\xff\xe0".to_vec(), ImageFormat::Jpeg).is_err());
        assert!(poster(b"<svg/>", ImageFormat::Jpeg).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_damage_panics(
            kind in 0_usize..4, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let format = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP][kind];
            let mut bytes = bytes(24, 16, format);
            for (place, byte) in damage {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            if let Ok(found) = examine(bytes, format) {
                prop_assert!(found.width > 0 && found.height > 0);
            }
        }
    }
}
