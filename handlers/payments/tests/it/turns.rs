//! Two who race, again and again.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::time::Duration;

use tokio::time::sleep;

/// No machine is so slow that one of two who race should wait longer for the other.
const HEAD_START_MAX: i64 = 500;

/// Whoever comes first begins a little later from then on, and more so the longer they win: so each
/// wins some of many rounds, and most rounds are close, on a quick machine and on a busy one.
#[derive(Default)]
pub(crate) struct Race {
    /// Milliseconds by which the second begins before the first.
    head_start: i64,
    /// Rounds in a row that the same one has won, above zero if that is the first.
    row: i64,
}

impl Race {
    /// How long each waits in this round: around the point at which they meet.
    pub(crate) fn waits(&self, round: u64) -> [Duration; 2] {
        let around = i64::try_from(round % 9).unwrap() - 4;
        let head_start = self.head_start + around;
        let wait = |milliseconds: i64| Duration::from_millis(milliseconds.max(0).unsigned_abs());
        [wait(head_start), wait(-head_start)]
    }

    pub(crate) fn won(&mut self, is_first: bool) {
        let toward = if is_first { 1 } else { -1 };
        self.row = if self.row.signum() == toward { self.row + toward } else { toward };
        self.head_start += self.row;
        self.head_start = self.head_start.clamp(-HEAD_START_MAX, HEAD_START_MAX);
    }
}

pub(crate) async fn after<T>(wait: Duration, act: impl Future<Output = T>) -> T {
    sleep(wait).await;
    act.await
}
