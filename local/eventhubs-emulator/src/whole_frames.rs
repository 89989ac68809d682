//! Writes every performative with all its fields.
//!
//! AMQP lets a sender leave out the nulls at a list's end, and the library does. The Python SDK
//! looks fields up by position and fails on such a list, so they are put back on the way out.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A frame's size, the place of its body, its type and its channel.
const HEADER_BYTES: usize = 8;
/// What opens a connection in place of a frame.
const PROTOCOL: &[u8] = b"AMQP";
const AMQP_FRAME: u8 = 0;

// Constructors of the AMQP type system (part 1, §1.6).
const DESCRIBED: u8 = 0x00;
const SMALL_ULONG: u8 = 0x53;
const NULL: u8 = 0x40;
const LIST_0: u8 = 0x45;
const LIST_8: u8 = 0xc0;
const LIST_32: u8 = 0xd0;

/// A stream whose reader understands frames only if nothing is left out of them.
#[derive(Debug)]
pub(crate) struct WholeFrames<S> {
    stream: S,
    /// The begin of a frame that is not yet here as a whole.
    begun: Vec<u8>,
    /// Whole frames on their way to the stream.
    leaving: VecDeque<u8>,
}

impl<S: AsyncWrite + Unpin> WholeFrames<S> {
    /// Fills the frames that go out over `stream`.
    pub(crate) const fn new(stream: S) -> Self {
        Self { stream, begun: Vec::new(), leaving: VecDeque::new() }
    }

    fn poll_leave(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.leaving.is_empty() {
            let (next, _) = self.leaving.as_slices();
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, next))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.leaving.drain(..written);
        }
        Poll::Ready(Ok(()))
    }

    fn take(&mut self, bytes: &[u8]) {
        self.begun.extend_from_slice(bytes);
        let mut rest = self.begun.as_slice();
        while let Some((frame, next)) = split_frame(rest) {
            match filled(frame) {
                Some(whole) => self.leaving.extend(whole),
                None => self.leaving.extend(frame),
            }
            rest = next;
        }
        let begins = self.begun.len().saturating_sub(rest.len());
        self.begun.drain(..begins);
    }
}

/// The first frame, or protocol header, and what follows it, if all of it is there.
fn split_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let size = bytes.first_chunk()?;
    if size == PROTOCOL {
        return bytes.split_at_checked(HEADER_BYTES);
    }
    bytes.split_at_checked(usize::try_from(u32::from_be_bytes(*size)).ok()?)
}

/// The frame with nulls for what its performative leaves out; `None` if that is nothing.
fn filled(frame: &[u8]) -> Option<Vec<u8>> {
    let (header, body) = frame.split_at_checked(HEADER_BYTES)?;
    // The place of the body is counted in words of four bytes; nobody extends the header.
    let &[_, _, _, _, place @ 2, AMQP_FRAME, ref channel @ ..] = header else { return None };
    let &[DESCRIBED, SMALL_ULONG, code, constructor, ref list @ ..] = body else { return None };
    let (size, count, list) = match constructor {
        LIST_0 => (0, 0, list),
        LIST_8 => {
            let (&[size, count], rest) = list.split_first_chunk()?;
            (u32::from(size).checked_sub(1)?, u32::from(count), rest)
        }
        LIST_32 => {
            let (size, rest) = list.split_first_chunk()?;
            let (count, rest) = rest.split_first_chunk()?;
            (u32::from_be_bytes(*size).checked_sub(4)?, u32::from_be_bytes(*count), rest)
        }
        _ => return None,
    };
    let (fields, payload) = list.split_at_checked(usize::try_from(size).ok()?)?;
    let all = field_count(code)?;
    let missing = all.checked_sub(count).filter(|missing| *missing > 0)?;
    let nulls = vec![NULL; usize::try_from(missing).ok()?];
    // The size counts from behind itself, so the count too.
    let size = size.checked_add(missing)?.checked_add(4)?;
    let body = [
        &[DESCRIBED, SMALL_ULONG, code, LIST_32],
        size.to_be_bytes().as_slice(),
        &all.to_be_bytes(),
        fields,
        &nulls,
        payload,
    ]
    .concat();
    let size = u32::try_from(body.len().checked_add(HEADER_BYTES)?).ok()?;
    let header = [size.to_be_bytes().as_slice(), &[place, AMQP_FRAME], channel].concat();
    Some([header, body].concat())
}

/// How many fields a performative has (part 2, §2.7). Not the transfer's: its last one is always
/// set here, and a frame that is full of payload has no room.
const fn field_count(code: u8) -> Option<u32> {
    match code {
        0x10 => Some(10),       // open
        0x11 => Some(8),        // begin
        0x12 => Some(14),       // attach
        0x13 => Some(11),       // flow
        0x15 => Some(6),        // disposition
        0x16 => Some(3),        // detach
        0x17 | 0x18 => Some(1), // end, close
        _ => None,
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WholeFrames<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // No more than one write waits here.
        ready!(self.poll_leave(context))?;
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_leave(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_leave(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WholeFrames<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    fn frame(body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len().checked_add(HEADER_BYTES).unwrap()).unwrap();
        [&size.to_be_bytes(), &[2, AMQP_FRAME, 0, 1], body].concat()
    }

    #[test]
    fn what_a_detach_leaves_out_is_null() {
        // Handle 0, closed.
        let detach = frame(&[0, 0x53, 0x16, LIST_8, 3, 2, 0x43, 0x41]);
        let list = [0, 0x53, 0x16, LIST_32, 0, 0, 0, 7, 0, 0, 0, 3, 0x43, 0x41, NULL];
        assert_eq!(filled(&detach), Some(frame(&list)));
        let close = frame(&[0, 0x53, 0x18, LIST_0]);
        let list = [0, 0x53, 0x18, LIST_32, 0, 0, 0, 5, 0, 0, 0, 1, NULL];
        assert_eq!(filled(&close), Some(frame(&list)));
    }

    #[test]
    fn a_whole_performative_a_transfer_and_what_is_no_performative_stay_as_they_are() {
        let whole_end = frame(&[0, 0x53, 0x17, LIST_8, 2, 1, NULL]);
        let transfer = frame(&[0, 0x53, 0x14, LIST_8, 2, 1, 0x43, b'x']);
        for unchanged in [whole_end, transfer, frame(&[]), frame(&[1, 2, 3, 4, 5])] {
            assert_eq!(filled(&unchanged), None, "{unchanged:?}");
        }
        let torn = frame(&[0, 0x53, 0x16, LIST_8, 9, 1, 0x43]);
        assert_eq!(filled(&torn), None);
    }

    #[tokio::test]
    async fn frames_leave_whole_however_they_are_written() {
        let protocol = b"AMQP\0\x01\0\0";
        let end = frame(&[0, 0x53, 0x17, LIST_0]);
        let written = [protocol.as_slice(), &end, &frame(&[]), &end].concat();
        let whole_end = filled(&end).unwrap();
        let expected = [protocol.as_slice(), &whole_end, &frame(&[]), &whole_end].concat();
        for piece in [1, 7, written.len()] {
            // Room for a few bytes only: what is written waits.
            let (ours, mut theirs) = duplex(5);
            let mut ours = WholeFrames::new(ours);
            let mut read = vec![0; expected.len()];
            let writing = async {
                for bytes in written.chunks(piece) {
                    ours.write_all(bytes).await.unwrap();
                }
                ours.flush().await.unwrap();
            };
            let (outcome, ()) = tokio::join!(theirs.read_exact(&mut read), writing);
            outcome.unwrap();
            assert_eq!(read, expected, "in pieces of {piece}");
        }
    }
}
