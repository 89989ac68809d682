//! Two who race, again and again, and how often.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::env;
use std::time::Duration;

use tokio::time::sleep;

/// No machine is so slow that one of two who race should wait longer for the other.
const HEAD_START_MAX: i64 = 5_000;

/// How many rounds of a race there are: all of them if `SOAK_RACES` is set, as `make soak` sets it.
/// `in_test` is what every run of the tests has time for.
pub fn rounds<N>(in_soak: N, in_test: N) -> N {
    if env::var_os("SOAK_RACES").is_some() { in_soak } else { in_test }
}

/// Whoever comes first begins a little later from then on, and ever more so the longer they win:
/// each wins some of twenty rounds, and most rounds are close, on a quick machine and a busy one.
#[derive(Debug, Default)]
pub struct Race {
    /// Milliseconds by which the second begins before the first.
    head_start: i64,
    /// Rounds in a row that the same one has won, above zero if that is the first.
    row: i64,
    /// Rounds that each has won.
    wins: [u32; 2],
}

impl Race {
    /// How long each waits in this round: around the point at which they meet.
    pub fn waits(&self, round: u64) -> [Duration; 2] {
        let around = i64::try_from(round % 9).expect("less than nine") - 4;
        let head_start = self.head_start + around;
        let wait = |milliseconds: i64| Duration::from_millis(milliseconds.max(0).unsigned_abs());
        [wait(head_start), wait(-head_start)]
    }

    /// Notes who came first.
    pub fn won(&mut self, is_first: bool) {
        self.wins[usize::from(!is_first)] += 1;
        let toward = if is_first { 1 } else { -1 };
        self.row = if self.row.signum() == toward { self.row + toward } else { toward };
        self.head_start += self.row * self.row.abs();
        self.head_start = self.head_start.clamp(-HEAD_START_MAX, HEAD_START_MAX);
    }

    /// Else the rounds show nothing of what happens when the other is first.
    pub fn assert_each_won(&self) {
        assert!(!self.wins.contains(&0), "one was always first: {:?}", self.wins);
    }
}

/// Acts after a wait.
pub async fn after<T>(wait: Duration, act: impl Future<Output = T>) -> T {
    sleep(wait).await;
    act.await
}
