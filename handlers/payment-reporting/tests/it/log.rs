//! What is logged while something runs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::instrument::WithSubscriber;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged until the work is done.
pub(crate) async fn logged(work: impl Future<Output = ()>) -> String {
    // With a single subscriber tracing remembers for all threads whether the first to come by a
    // line wants it, and that may be another test.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    work.with_subscriber(subscriber).await;
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}
