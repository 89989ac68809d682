//! When a delivery is tried again that failed.

use std::time::Duration;

/// The waits after the first failure, the second, …; after the last comes no other try. With jitter
/// they are two days and a half: less than three, for which an endpoint may fail.
const WAITS_SECONDS: [u64; 7] = [30, 300, 1_800, 7_200, 28_800, 86_400, 86_400];
/// A wait is longer by up to so many percent, so that what failed together does not come back so.
const JITTER_PERCENT_MAX: u64 = 10;

/// How long to wait after so many failures; `None` if it is not tried any more. `jitter` is from 0
/// to 1.
pub(crate) fn next_try_after(failures: u32, jitter: f64) -> Option<Duration> {
    let step = usize::try_from(failures.checked_sub(1)?).ok()?;
    let wait = Duration::from_secs(*WAITS_SECONDS.get(step)?);
    let longest = Duration::from_secs(wait.as_secs().saturating_mul(JITTER_PERCENT_MAX) / 100);
    Some(wait.saturating_add(longest.mul_f64(jitter.clamp(0.0, 1.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_before_the_third_day() {
        let waits = |jitter| (1..).map_while(move |failures| next_try_after(failures, jitter));
        let seconds: Vec<u64> = waits(0.0).map(|wait| wait.as_secs()).collect();
        assert_eq!(seconds, WAITS_SECONDS);
        assert_eq!(next_try_after(1, 0.5), Some(Duration::from_millis(31_500)));
        assert_eq!(next_try_after(1, 9.0), Some(Duration::from_secs(33)));
        assert_eq!(next_try_after(8, 0.0), None);
        let longest: Duration = waits(1.0).sum();
        assert!(longest < Duration::from_hours(72), "{longest:?}");
    }
}
