//! Whose takings are read, and how much of them is counted.

use std::time::Duration;

use service::database::now;
use service::{Error, Merchant, ReadAfter};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep};
use values::{BusinessId, NO_BUSINESS, ShopAct, unknown};

use crate::ledger::{Reading, behind};
use crate::{App, store};

/// How long takings wait for what their reader has done to be counted: events are mostly here
/// within a second.
const COUNTED_WAIT_MAX: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Somebody else's business is answered as one that does not exist. Of one's own the owner and
/// managers read the books.
pub(super) async fn require_reader(
    reading: &mut Reading,
    business_id: BusinessId,
    reader: &Merchant,
) -> Result<(), Error> {
    let find = store::ledger::shops::find_role;
    let found = find(&mut reading.tx, business_id, reader.user_id).await?;
    let role = found.ok_or_else(|| unknown(business_id.uuid(), now(), NO_BUSINESS))?;
    Ok(role.ok_or(NO_BUSINESS)?.require(ShopAct::ReadBooks)?)
}

/// As of when the takings are that are read after this, of a shop of the caller's. They are as of
/// the snapshot if what is counted adds up to what the ledger keeps of the shop's account there, or
/// to more. Events of several payments may overtake each other, so with more something may be
/// missing still: less than what moved since the snapshot, which is as long as the replica is late.
/// If it is less, they are as of the newest that is counted, or are refused where the client has
/// done something that has to be in them.
pub(super) async fn counted_as_of(
    app: &App,
    business_id: BusinessId,
    reader: &Merchant,
    after: ReadAfter,
) -> Result<OffsetDateTime, Error> {
    let mut reading = app.ledger.read(after).await?;
    require_reader(&mut reading, business_id, reader).await?;
    let sums = store::ledger::shops::find_sums(&mut reading.tx, business_id).await?;
    let (credits, debits) = sums.unwrap_or_default();
    let began = Instant::now();
    loop {
        let mut conn = app.database.conn().await?;
        let counted = store::takings::find_counted(&mut conn, business_id).await?;
        let has_all = counted.as_ref().map_or(credits == 0 && debits == 0, |counted| {
            counted.credits >= credits && counted.debits >= debits
        });
        if has_all {
            return Ok(reading.as_of);
        }
        if after.0.is_none() {
            // Where nothing is counted yet, nothing can be said of any moment.
            let through = counted.map(|counted| counted.through.min(reading.as_of));
            let none = "the movements of this shop are not counted yet";
            return through.ok_or_else(|| behind(none));
        }
        if began.elapsed() >= COUNTED_WAIT_MAX {
            return Err(behind("what was done is not counted yet"));
        }
        drop(conn);
        sleep(LOOK_AGAIN).await;
    }
}
