//! Friends who may see a payment are told that their feeds are others now: that it is there, or is
//! not any more. Not what it is.

use events::social::FeedsChangedV1;
use mysql_async::Error;
use service::database::Tx;
use service::trace;
use values::{PeerPaymentId, UserId};

use crate::App;

/// Of one event, which stays far below what an outbox takes.
const TOLD_MAX: usize = 1_000;

pub(super) async fn tell_onlookers(
    app: &App,
    tx: &mut Tx,
    of: PeerPaymentId,
    onlookers: &[UserId],
) -> Result<(), Error> {
    let mut told = Vec::new();
    for part in onlookers.chunks(TOLD_MAX) {
        let changed = FeedsChangedV1 { told: part.iter().map(UserId::to_string).collect() };
        told.push(app.outbox.envelope(trace::current(), of.to_string(), &changed)?);
    }
    app.outbox.append(tx, &told).await
}
