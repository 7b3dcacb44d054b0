//! Refuses a frame by its header, before its payload has been taken in: for the length that it announces, or because it is
//! one fragment of a message too many.
//!
//! The WebSocket codec checks the length once the whole frame is there, and keeps all of it until then: a client that announces
//! 9 exabytes and goes on sending would fill the memory. And fragments are put together below the session, which counts whole
//! messages: a client could send empty ones for ever without a message that counts, or a message of 32,768 pieces that each
//! weigh more than the byte in it. So the bytes pass here first.

use actix_web::dev::{self, Payload};
use actix_web::error::PayloadError;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_util::{Stream, StreamExt, future};

/// Fragments that a message may have before its last one. Clients send whole messages; whoever cuts the largest one into
/// pieces of half a kilobyte gets it through.
const FRAGMENTS_MAX: u32 = 64;

/// Follows the boundaries of frames and of messages through a stream of bytes (RFC 6455, 5.2 and 5.4).
#[derive(Debug)]
struct FrameHeaders {
    max: u64,
    header: Vec<u8>,
    /// Bytes of the present frame's payload that are still to come.
    left: u64,
    /// Fragments of the present message so far.
    fragments: u32,
}

/// A frame announces more bytes than it may, or its message has more fragments.
#[derive(Debug, PartialEq, Eq)]
struct TooMuch;

impl FrameHeaders {
    fn new(max: u64) -> Self {
        Self { max, header: Vec::with_capacity(HEADER_MAX), left: 0, fragments: 0 }
    }

    /// Takes the next bytes, however they are cut.
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), TooMuch> {
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            self.left = self.left.saturating_sub(u64::try_from(skipped).unwrap_or(u64::MAX));
            bytes = bytes.get(skipped..).unwrap_or_default();
            let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
            self.header.push(*first);
            bytes = rest;
            if let Some(length) = announced(&self.header) {
                self.count()?;
                if length > self.max {
                    return Err(TooMuch);
                }
                self.left = length;
                self.header.clear();
            }
        }
        Ok(())
    }

    /// Counts the frame whose header is complete, if it belongs to a message. Control frames may stand between fragments; they
    /// are no part of it, and the session counts them.
    fn count(&mut self) -> Result<(), TooMuch> {
        let first = self.header.first().copied().unwrap_or_default();
        if first & CONTROL != 0 {
            return Ok(());
        }
        self.fragments = if first & FIN == 0 { self.fragments.saturating_add(1) } else { 0 };
        if self.fragments > FRAGMENTS_MAX { Err(TooMuch) } else { Ok(()) }
    }
}

/// The bit of a header's first byte that says that the message ends here.
const FIN: u8 = 0x80;
/// The bit of the opcode that control frames have.
const CONTROL: u8 = 0x08;

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

/// The same body, which fails at the first header that announces more than `max` bytes or is a fragment too many.
pub(super) async fn guard(request: &HttpRequest, body: web::Payload, max: usize) -> actix_web::Result<web::Payload> {
    let guarded = guarded(body.into_inner(), u64::try_from(max).unwrap_or(u64::MAX));
    let mut payload: Payload = Payload::Stream { payload: Box::pin(guarded) };
    web::Payload::from_request(request, &mut payload).await
}

fn guarded(body: dev::Payload, max: u64) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let mut headers = FrameHeaders::new(max);
    body.map(move |bytes| {
        let bytes = bytes?;
        headers.take(&bytes).map(|()| bytes).map_err(|TooMuch| PayloadError::Overflow)
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

    /// A whole message as a client sends it.
    fn frame(length: usize, masked: bool) -> Vec<u8> {
        frame_of(0x81, length, masked)
    }

    fn frame_of(first: u8, length: usize, masked: bool) -> Vec<u8> {
        let mask = if masked { 0x80 } else { 0 };
        let mut frame = vec![first];
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
            let mut headers = FrameHeaders::new(70_000);
            let (mut rest, mut cuts) = (bytes.as_slice(), cuts.iter().cycle());
            while !rest.is_empty() {
                let (piece, later) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                prop_assert_eq!(headers.take(piece), Ok(()));
                rest = later;
            }
            // And the boundary was found: one byte too many is noticed at once.
            prop_assert_eq!(headers.take(&frame(70_001, true)[..14]), Err(TooMuch));
        }

        #[test]
        fn what_is_beyond_it_is_refused_by_its_header_alone(length in 101u64.., before in 0usize..100) {
            let mut headers = FrameHeaders::new(100);
            prop_assert_eq!(headers.take(&frame(before, true)), Ok(()));
            let header = [&[0x82, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat();
            let (last, first) = header.split_last().unwrap();
            prop_assert_eq!(headers.take(first), Ok(()));
            prop_assert_eq!(headers.take(&[*last]), Err(TooMuch));
        }
    }
    /// First bytes of headers: the first piece of a text, further ones, the last one, and what may stand in between.
    const TEXT: u8 = 0x01;
    const CONTINUED: u8 = 0x00;
    const ENDED: u8 = 0x80;
    const PING: u8 = 0x89;
    const PONG: u8 = 0x8a;

    proptest! {
        #[test]
        fn a_message_has_only_so_many_fragments_whatever_they_hold(
            lengths in proptest::collection::vec(0usize..3, 64), pings in proptest::collection::vec(0usize..3, 64),
        ) {
            let mut headers = FrameHeaders::new(100);
            // A second message has as many again: they are counted by message.
            for _ in 0..2 {
                for (at, (length, pings)) in lengths.iter().zip(&pings).enumerate() {
                    let opcode = if at == 0 { TEXT } else { CONTINUED };
                    prop_assert_eq!(headers.take(&frame_of(opcode, *length, true)), Ok(()));
                    for first in [PING, PONG].iter().cycle().take(*pings) {
                        prop_assert_eq!(headers.take(&frame_of(*first, 2, true)), Ok(()));
                    }
                }
                prop_assert_eq!(headers.take(&frame_of(ENDED, 1, true)), Ok(()));
            }
            for _ in 0..FRAGMENTS_MAX {
                prop_assert_eq!(headers.take(&frame_of(CONTINUED, 0, true)), Ok(()));
            }
            prop_assert_eq!(headers.take(&frame_of(CONTINUED, 0, true)), Err(TooMuch));
        }
    }
}
