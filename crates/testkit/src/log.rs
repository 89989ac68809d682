//! What is logged while something runs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::instrument::WithSubscriber;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a log").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the work answers, and what it logs.
pub async fn logged<T>(work: impl Future<Output = T>) -> (T, String) {
    // While there is only one, tracing takes the word of whichever thread first comes by a log line
    // for whether anybody wants it: that of another test, which has no subscriber.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let answer = work.with_subscriber(subscriber).await;
    let bytes = log.0.lock().expect("a log").clone();
    (answer, String::from_utf8(bytes).expect("a log in UTF-8"))
}
