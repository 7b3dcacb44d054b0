//! Refuses a frame by the length that its header announces, before its payload has been taken in.
//!
//! The WebSocket codec checks the length once the whole frame is there, and keeps all of it until then: a client that announces
//! 9 exabytes and goes on sending would fill the memory. So the bytes pass here first.

use actix_web::dev::{self, Payload};
use actix_web::error::PayloadError;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_util::{Stream, StreamExt, future};

/// Follows the boundaries of frames through a stream of bytes (RFC 6455, 5.2).
#[derive(Debug)]
struct FrameLengths {
    max: u64,
    header: Vec<u8>,
    /// Bytes of the present frame's payload that are still to come.
    left: u64,
}

/// A frame announces more than it may.
#[derive(Debug, PartialEq, Eq)]
struct TooLong;

impl FrameLengths {
    fn new(max: u64) -> Self {
        Self { max, header: Vec::with_capacity(HEADER_MAX), left: 0 }
    }

    /// Takes the next bytes, however they are cut.
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            self.left = self.left.saturating_sub(u64::try_from(skipped).unwrap_or(u64::MAX));
            bytes = bytes.get(skipped..).unwrap_or_default();
            let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
            self.header.push(*first);
            bytes = rest;
            if let Some(length) = announced(&self.header) {
                if length > self.max {
                    return Err(TooLong);
                }
                self.left = length;
                self.header.clear();
            }
        }
        Ok(())
    }
}

/// Bytes of the longest header: two, a length of eight, a mask of four.
const HEADER_MAX: usize = 14;

/// The payload's length, once the header is complete.
fn announced(header: &[u8]) -> Option<u64> {
    let second = *header.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (length, size) = match second & 0x7f {
        126 => (header.get(2..4)?.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)), 4),
        127 => (header.get(2..10)?.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)), 10),
        short => (u64::from(short), 2),
    };
    (header.len() >= size + mask).then_some(length)
}

/// The same body, which fails at the first header that announces more than `max` bytes.
pub(super) async fn guard(request: &HttpRequest, body: web::Payload, max: usize) -> actix_web::Result<web::Payload> {
    let guarded = guarded(body.into_inner(), u64::try_from(max).unwrap_or(u64::MAX));
    let mut payload: Payload = Payload::Stream { payload: Box::pin(guarded) };
    web::Payload::from_request(request, &mut payload).await
}

fn guarded(body: dev::Payload, max: u64) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let mut lengths = FrameLengths::new(max);
    body.map(move |bytes| {
        let bytes = bytes?;
        lengths.take(&bytes).map(|()| bytes).map_err(|TooLong| PayloadError::Overflow)
    })
    // Nothing after the failure: whoever reads on would take it for a payload that goes on.
    .scan(false, |failed, item| {
        let go_on = !*failed;
        *failed = item.is_err();
        future::ready(go_on.then_some(item))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A frame as a client sends it.
    fn frame(length: usize, masked: bool) -> Vec<u8> {
        let mask = if masked { 0x80 } else { 0 };
        let mut frame = vec![0x81];
        match length {
            0..=125 => frame.push(mask | u8::try_from(length).unwrap()),
            126..=0xffff => {
                frame.push(mask | 126);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(mask | 127);
                frame.extend(u64::try_from(length).unwrap().to_be_bytes());
            }
        }
        frame.extend(vec![0xff; if masked { 4 } else { 0 }]);
        frame.extend(vec![0xff; length]);
        frame
    }

    proptest! {
        #[test]
        fn what_is_within_the_limit_passes_however_it_is_cut(
            frames in proptest::collection::vec((0usize..70_000, any::<bool>()), 1..6),
            cuts in proptest::collection::vec(1usize..5_000, 1..20),
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(length, masked)| frame(*length, *masked)).collect();
            let mut lengths = FrameLengths::new(70_000);
            let (mut rest, mut cuts) = (bytes.as_slice(), cuts.iter().cycle());
            while !rest.is_empty() {
                let (piece, later) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                prop_assert_eq!(lengths.take(piece), Ok(()));
                rest = later;
            }
            // And the boundary was found: one byte too many is noticed at once.
            prop_assert_eq!(lengths.take(&frame(70_001, true)[..14]), Err(TooLong));
        }

        #[test]
        fn what_is_beyond_it_is_refused_by_its_header_alone(length in 101u64.., before in 0usize..100) {
            let mut lengths = FrameLengths::new(100);
            prop_assert_eq!(lengths.take(&frame(before, true)), Ok(()));
            let header = [&[0x82, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat();
            let (last, first) = header.split_last().unwrap();
            prop_assert_eq!(lengths.take(first), Ok(()));
            prop_assert_eq!(lengths.take(&[*last]), Err(TooLong));
        }
    }
}
