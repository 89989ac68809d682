//! A client that stops in the middle is given up: one that reads nothing of what is written to it,
//! or that has sent a part of a frame and no more. Both would hold memory and a connection for
//! ever.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// What opens a connection in place of a frame, and how many bytes that has.
const PROTOCOL: [u8; 4] = *b"AMQP";
const PROTOCOL_BYTES: u32 = 8;

/// A client's stream.
#[derive(Debug)]
pub(crate) struct Patient<S> {
    stream: S,
    peer: SocketAddr,
    limit: Duration,
    incoming: Incoming,
    /// Runs while the client owes the rest of a frame.
    rest: Option<Pin<Box<Sleep>>>,
    /// Runs while the client takes nothing.
    taking: Option<Pin<Box<Sleep>>>,
}

/// Where in a frame the incoming bytes are.
#[derive(Debug, Default)]
struct Incoming {
    /// The first bytes of a frame, which say how long it is, as far as they are here.
    size: Vec<u8>,
    /// How many bytes of the frame are still to come after that.
    left: u32,
}

impl Incoming {
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.left > 0 {
                self.left = self.left.saturating_sub(1);
                continue;
            }
            self.size.push(*byte);
            if let Some(size) = self.size.first_chunk() {
                let whole =
                    if *size == PROTOCOL { PROTOCOL_BYTES } else { u32::from_be_bytes(*size) };
                self.left = whole.saturating_sub(4);
                self.size.clear();
            }
        }
    }

    fn is_within_a_frame(&self) -> bool {
        self.left > 0 || !self.size.is_empty()
    }
}

impl<S> Patient<S> {
    /// Waits no longer than `limit` for each sign of life.
    pub(crate) fn new(stream: S, peer: SocketAddr, limit: Duration) -> Self {
        Self { stream, peer, limit, incoming: Incoming::default(), rest: None, taking: None }
    }

    fn give_up<T>(&self, what: &str) -> Poll<io::Result<T>> {
        let (peer, limit) = (self.peer, self.limit);
        let told = "closed a connection whose client";
        tracing::warn!(%peer, ?limit, "{told} {what}; it may connect anew");
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, what.to_owned())))
    }
}

/// Whether the time of a `timer` that runs from its first use is over.
fn is_over(
    timer: &mut Option<Pin<Box<Sleep>>>,
    limit: Duration,
    context: &mut Context<'_>,
) -> bool {
    timer.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(context).is_ready()
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.incoming.take(buffer.filled().get(before..).unwrap_or_default());
            self.rest = None;
            return read;
        }
        let (limit, owes) = (self.limit, self.incoming.is_within_a_frame());
        if owes && is_over(&mut self.rest, limit, context) {
            return self.give_up("sent a part of a frame and no more");
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        let limit = self.limit;
        if written.is_ready() {
            self.taking = None;
        } else if is_over(&mut self.taking, limit, context) {
            return self.give_up("reads nothing of what is sent to it");
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);
    /// Longer than any busy machine pauses.
    const LONG: Duration = Duration::from_secs(20);
    /// As a client begins: what it speaks, and an empty frame.
    const HELLO: [u8; 16] = *b"AMQP\x00\x01\x00\x00\x00\x00\x00\x08\x02\x00\x00\x00";

    fn patient<S>(stream: S, limit: Duration) -> Patient<S> {
        Patient::new(stream, SocketAddr::from(([127, 0, 0, 1], 1)), limit)
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_given_up_and_a_slow_one_is_not() {
        let (ours, mut theirs) = duplex(4);
        let mut ours = patient(ours, LONG);
        let (sent, read) = tokio::join!(ours.write_all(&[7; 16]), async {
            let mut read = Vec::new();
            while read.len() < 16 {
                sleep(SHORT / 5).await;
                read.push(theirs.read_u8().await.unwrap());
            }
            read.len()
        });
        assert_eq!((sent.is_ok(), read), (true, 16));
        ours.limit = SHORT;
        let error = ours.write_all(&[7; 16]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_owes_the_rest_of_a_frame_is_given_up_and_one_that_is_silent_is_not() {
        for (sent, is_given_up) in [(16, false), (15, true), (10, true), (8, false), (3, true)] {
            let (ours, mut theirs) = duplex(64);
            let mut ours = patient(ours, SHORT);
            theirs.write_all(&HELLO[..sent]).await.unwrap();
            let mut buffer = vec![0; sent];
            ours.read_exact(&mut buffer).await.unwrap();
            let wait = if is_given_up { LONG } else { SHORT * 4 };
            let more = tokio::time::timeout(wait, ours.read_u8()).await;
            assert_eq!(more.is_ok(), is_given_up, "{sent}");
        }
    }

    #[test]
    fn a_frame_ends_where_its_size_says_however_it_is_cut() {
        let bytes = [&HELLO[..], &HELLO[8..]].concat();
        for cut in 0..=bytes.len() {
            let mut incoming = Incoming::default();
            incoming.take(&bytes[..cut]);
            assert_eq!(incoming.is_within_a_frame(), cut % 8 != 0, "{cut}");
            incoming.take(&bytes[cut..]);
            assert!(!incoming.is_within_a_frame(), "{cut}");
        }
    }
}
