//! Who begins when two race.

use std::time::Duration;

use tokio::time::sleep;

/// How long each of two who race waits in a round: who begins a little later loses more often, so
/// each is that in turn.
pub(crate) fn in_turn(round: u64) -> [Duration; 2] {
    let later = Duration::from_millis(round / 2 % 5);
    if round.is_multiple_of(2) { [later, Duration::ZERO] } else { [Duration::ZERO, later] }
}

pub(crate) async fn after<T>(wait: Duration, act: impl Future<Output = T>) -> T {
    sleep(wait).await;
    act.await
}
