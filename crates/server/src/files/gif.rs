//! GIFs without what tells of people: comments, blocks of applications and whatever follows the end are cut out
//! (`GIF89a` specification, sections 17 to 27).

/// What says how often a moving picture moves.
const LOOPS: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const END: u8 = 0x3b;
/// How the next image is shown: for how long, and what of it is clear.
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// The file with its pictures and how they move, and nothing else. `None` for what is no whole GIF.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(bytes.len());
    let head = bytes.get(..13)?;
    if !head.starts_with(b"GIF87a") && !head.starts_with(b"GIF89a") {
        return None;
    }
    let mut left = keep(&mut kept, bytes, 13 + colours(*head.get(10)?))?;
    loop {
        match *left.first()? {
            END => {
                kept.push(END);
                return Some(kept);
            }
            IMAGE => {
                // The descriptor, its own colours, the size of a code, and the data.
                let length = 10 + colours(*left.get(9)?) + 1;
                left = keep(&mut kept, left, length + blocks(left.get(length..)?)?)?;
            }
            EXTENSION => {
                let length = 2 + blocks(left.get(2..)?)?;
                let (label, first) = (*left.get(1)?, left.get(3..)?);
                let stays = label == GRAPHIC_CONTROL
                    || label == APPLICATION && LOOPS.iter().any(|known| first.starts_with(known));
                left = if stays { keep(&mut kept, left, length)? } else { left.get(length..)? };
            }
            _ => return None,
        }
    }
}

fn keep<'a>(kept: &mut Vec<u8>, from: &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (part, rest) = from.split_at_checked(length)?;
    kept.extend_from_slice(part);
    Some(rest)
}

/// Bytes of the table of colours that a head announces.
fn colours(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << (usize::from(packed & 7) + 1) }
}

/// The length of a chain of blocks, with the empty one at its end.
fn blocks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += length + 1;
        if length == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::{GifEncoder, Repeat};
    use image::{AnimationDecoder, Delay, Frame, RgbaImage};
    use proptest::prelude::*;
    use std::io::Cursor;

    const SECRET: &[u8] = b"31.2304N 121.4737E somebody";

    fn moving() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        encoder.set_repeat(Repeat::Infinite).unwrap();
        for shade in [10, 200] {
            let image = RgbaImage::from_pixel(8, 6, image::Rgba([shade, 0, 0, 255]));
            let delay = Delay::from_numer_denom_ms(80, 1);
            encoder.encode_frame(Frame::from_parts(image, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        bytes
    }

    fn frames(bytes: &[u8]) -> Vec<(RgbaImage, Delay)> {
        let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).unwrap();
        let frames = decoder.into_frames().collect_frames().unwrap();
        frames.into_iter().map(|frame| (frame.buffer().clone(), frame.delay())).collect()
    }

    fn extension(label: u8, blocks: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![EXTENSION, label];
        for block in blocks {
            bytes.push(u8::try_from(block.len()).unwrap());
            bytes.extend_from_slice(block);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_moving_picture_moves_on_without_what_tells_of_people() {
        let whole = moving();
        let (head, body) = whole.split_at(13 + colours(whole[10]));
        let told = [
            head,
            &extension(0xfe, &[SECRET]),
            &extension(APPLICATION, &[b"XMP DataXMP", SECRET]),
            &extension(0x01, &[&[0; 12], SECRET]),
            body,
            SECRET,
        ]
        .concat();
        let cleaned = clean(&told).unwrap();
        assert_eq!(cleaned, whole);
        assert_eq!(frames(&cleaned), frames(&told));
        assert!(whole.windows(11).any(|window| window == b"NETSCAPE2.0"), "it goes on for ever");
        assert_eq!(clean(&whole[..whole.len() - 1]), None, "its end is missing");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_clean_stays(at in 0_usize..200, byte: u8, cut in 0_usize..200) {
            let mut bytes = moving();
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length.saturating_sub(cut % 3));
            if let Some(once) = clean(&bytes) {
                prop_assert_eq!(clean(&once), Some(once.clone()));
            }
        }
    }
}
