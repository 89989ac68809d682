//! A client's request body on its way to a handler, with what may be wrong with it.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::body::{BoxError, MAX_BODY_BYTES};

/// A body may always take this long. This and the next are the limits of Kestrel, the server in
/// Azure's host.
const SLOW_GRACE: Duration = Duration::from_secs(5);

/// Each second of waiting beyond the grace must have brought this many bytes on average.
const BYTES_PER_SECOND_MIN: u64 = 240;

/// What is wrong with a body that a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestBodyError {
    /// It is over the limit.
    #[error("the request body is larger than {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// It trickles.
    #[error("the request body brings less than {BYTES_PER_SECOND_MIN} bytes a second")]
    TooSlow,
    /// Its chunks are malformed, or it ends short of what it announced.
    #[error("the request body broke off")]
    Broken,
}

/// The body of a request as it arrives. Time counts only while the client is waited for, so a
/// handler that reads slowly is not the client's fault.
pub(crate) struct RequestBody {
    incoming: Incoming,
    received: u64,
    waited: Duration,
    wait: Option<Wait>,
}

struct Wait {
    since: Instant,
    limit: Pin<Box<Sleep>>,
}

impl RequestBody {
    /// Takes over a body that nothing has read from.
    pub(crate) fn new(incoming: Incoming) -> Self {
        Self { incoming, received: 0, waited: Duration::ZERO, wait: None }
    }

    /// Whether its length is announced and over the limit.
    pub(crate) fn announces_too_much(incoming: &Incoming) -> bool {
        incoming.size_hint().lower() > max_bytes()
    }

    /// How long the client may still be waited for.
    fn patience(&self) -> Duration {
        let earned = self.received.checked_div(BYTES_PER_SECOND_MIN).unwrap_or_default();
        SLOW_GRACE.saturating_add(Duration::from_secs(earned)).saturating_sub(self.waited)
    }

    fn count(&mut self, frame: &Frame<Bytes>) -> Result<(), RequestBodyError> {
        let length = frame.data_ref().map_or(0, Bytes::len);
        self.received = self.received.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if self.received > max_bytes() { Err(RequestBodyError::TooLarge) } else { Ok(()) }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Poll::Ready(next) = pin!(&mut self.incoming).poll_frame(context) else {
            let patience = self.patience();
            let wait = self.wait.get_or_insert_with(|| Wait {
                since: Instant::now(),
                limit: Box::pin(sleep(patience)),
            });
            ready!(wait.limit.as_mut().poll(context));
            return Poll::Ready(Some(Err(RequestBodyError::TooSlow.into())));
        };
        if let Some(wait) = self.wait.take() {
            self.waited = self.waited.saturating_add(wait.since.elapsed());
        }
        Poll::Ready(next.map(|frame| {
            let frame = frame.map_err(|_| RequestBodyError::Broken)?;
            self.count(&frame)?;
            Ok(frame)
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

fn max_bytes() -> u64 {
    u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX)
}
