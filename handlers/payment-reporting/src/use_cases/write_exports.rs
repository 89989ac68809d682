//! Writes the files that were asked for: a block in each turn, whichever file has waited longest.
//! A block is in storage before it is noted, and its name is its number, so whoever goes on after a
//! crash brings the same block again. What has expired is deleted here as well.

use std::time::Duration;

use service::database::now;
use service::{Error, Position, ReadAfter, causes};
use time::OffsetDateTime;
use tokio::time::{Instant, timeout};
use uuid::Uuid;
use values::hong_kong_midnight;

use crate::domain::{
    BLOCKS_SUMMED, Block, EXPORT_KNOWN, Export, ExportFailure, ExportStatus, FILE_LASTS, Summed,
    Written,
};
use crate::ledger::Reading;
use crate::store::exports::{delete_export, save_export, take_due};
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::{
    Between, Order, Wanted, find_balance, find_change, find_change_since, find_reach, list_lines,
};
use crate::store::ledger::taken::ID_AWAY_MAX;
use crate::{App, observe};

/// No turn begins after this time.
const WORK_TIME_MAX: Duration = Duration::from_secs(45);
/// How long a turn may take: less than its lease.
const TURN_LIMIT: Duration = Duration::from_secs(90);

pub(crate) async fn write_exports(app: App) -> Result<(), Error> {
    let began = Instant::now();
    while began.elapsed() < WORK_TIME_MAX {
        let lease_id = Uuid::now_v7();
        let mut conn = app.database.conn().await?;
        let taken = take_due(&mut conn, lease_id, now()).await?;
        drop(conn);
        match taken {
            None => break,
            Some(Ok(export)) => take_turn(&app, lease_id, export).await?,
            Some(Err(error)) => {
                tracing::error!(causes = causes(&error), "an export cannot be read: another's?");
            }
        }
    }
    Ok(())
}

/// After a turn that failed, or died, it is due again when its lease ends.
async fn take_turn(app: &App, lease_id: Uuid, taken: Export) -> Result<(), Error> {
    let export_id = taken.id;
    let done = timeout(TURN_LIMIT, do_what_is_due(app, taken)).await;
    let next = match done.map_err(Error::internal).and_then(|done| done) {
        Ok(next) => next,
        Err(error) => {
            tracing::error!(%export_id, causes = causes(&error), "an export's turn failed");
            return Ok(());
        }
    };
    let mut conn = app.database.conn().await?;
    let Some((export, due_at)) = next else {
        return Ok(delete_export(&mut conn, export_id).await?);
    };
    let is_saved = save_export(&mut conn, lease_id, &export, (now(), due_at)).await?;
    if let Some(outcome) = export.outcome().filter(|_| is_saved) {
        if export.failure.is_some() {
            tracing::error!(%export_id, outcome, "an export has failed");
        }
        observe::exported(outcome);
    }
    Ok(())
}

/// What it is afterwards, and when something is to be done with it again; none once it is not to be
/// known any longer.
async fn do_what_is_due(
    app: &App,
    export: Export,
) -> Result<Option<(Export, OffsetDateTime)>, Error> {
    let now = now();
    Ok(match export.status {
        ExportStatus::Waiting | ExportStatus::Running if export.is_given_up(now) => {
            Some(failed(export, ExportFailure::GivenUp))
        }
        ExportStatus::Waiting | ExportStatus::Running => Some(get_further(app, export).await?),
        ExportStatus::Done => {
            app.files.delete(&export).await?;
            let expired = Export { status: ExportStatus::Expired, ..export };
            Some((expired, now.saturating_add(EXPORT_KNOWN)))
        }
        ExportStatus::Failed | ExportStatus::Expired => None,
    })
}

fn failed(export: Export, failure: ExportFailure) -> (Export, OffsetDateTime) {
    let (status, ended_at) = (ExportStatus::Failed, now());
    let export = Export { status, failure: Some(failure), ended_at: Some(ended_at), ..export };
    (export, ended_at.saturating_add(EXPORT_KNOWN))
}

/// Everything is read in one snapshot, which has all that was in the books when it was asked for.
async fn get_further(app: &App, export: Export) -> Result<(Export, OffsetDateTime), Error> {
    let microseconds = export.as_of.unix_timestamp_nanos() / 1_000;
    let position = u64::try_from(microseconds).map_err(Error::internal)?.saturating_sub(1);
    let reading = app.ledger.read(ReadAfter(Some(Position(position)))).await?;
    let first_id = first_id_of(hong_kong_midnight(export.period.first));
    let export = export.in_this_layout(first_id);
    match export.balances {
        Some(balances) => write_block(app, reading, export, balances).await,
        None => {
            let export = sum_up(app, reading, export).await?;
            Ok((Export { status: ExportStatus::Running, ..export }, now()))
        }
    }
}

/// Both balances are found by themselves, from what the shop holds now and what has moved since, so
/// that the movements between can be held against them. What has moved is summed up in turns, each
/// of so much: what is settled never changes, and the rest is only as old as the export.
async fn sum_up(app: &App, mut reading: Reading, export: Export) -> Result<Export, Error> {
    let account_id = export.business_id.uuid();
    let tx = &mut reading.tx;
    let Summed { next_id: from, since_begun, since_ended } = export.summed;
    let settled = first_id_of(export.as_of.saturating_sub(ID_AWAY_MAX));
    let is_after_end = from >= export.before_id;
    let end = if is_after_end { settled } else { export.before_id };
    let rows_max = app.block_rows.saturating_mul(BLOCKS_SUMMED);
    let reach = find_reach(tx, account_id, Between(from, end), Order::Oldest, rows_max).await?;
    let next_id = reach.map_or(end, id_after);
    let change = find_change(tx, account_id, Between(from, next_id)).await?;
    let since_begun = since_begun.saturating_add(change);
    let since_ended = since_ended.saturating_add(if is_after_end { change } else { 0 });
    let summed = Summed { next_id, since_begun, since_ended };
    if next_id < settled {
        return Ok(Export { summed, ..export });
    }
    let since_settled = find_change_since(tx, account_id, settled).await?;
    let holds = find_balance(tx, account_id).await?.unwrap_or_default();
    let at_settled = holds.saturating_sub(since_settled);
    let opening = at_settled.saturating_sub(since_begun);
    let closing = at_settled.saturating_sub(since_ended);
    let written = Written { balance: opening, ..export.written };
    Ok(Export { summed, balances: Some((opening, closing)), written, ..export })
}

async fn write_block(
    app: &App,
    mut reading: Reading,
    export: Export,
    balances: (i64, i64),
) -> Result<(Export, OffsetDateTime), Error> {
    let account_id = export.business_id.uuid();
    let rest = Between(export.written.next_id, export.before_id);
    let tx = &mut reading.tx;
    let reach = find_reach(tx, account_id, rest, Order::Oldest, app.block_rows).await?;
    let next_id = reach.map_or(export.before_id, id_after);
    let wanted = Wanted { is_without_fees: true, ..Wanted::default() };
    let range = Between(export.written.next_id, next_id);
    // As many of each direction as are looked at.
    let rows = usize::try_from(app.block_rows.saturating_mul(2)).map_err(Error::internal)?;
    let lines = list_lines(tx, account_id, &wanted, range, Order::Oldest, rows).await?;
    reading.tx.rollback().await?;
    let Block { bytes, written } = match Block::of(&export, balances, &lines, next_id) {
        Ok(block) => block,
        Err(failure) => return Ok(failed(export, failure)),
    };
    app.files.put_block(&export, export.written.blocks, bytes).await?;
    if next_id < export.before_id {
        let export = Export { status: ExportStatus::Running, written, ..export };
        return Ok((export, now()));
    }
    if app.files.put_together(&export, written.blocks).await? != written.bytes {
        return Ok(failed(export, ExportFailure::DoesNotAddUp));
    }
    let (status, ended_at) = (ExportStatus::Done, now());
    let export = Export { status, written, ended_at: Some(ended_at), ..export };
    Ok((export, ended_at.saturating_add(FILE_LASTS)))
}

const fn id_after(last: Uuid) -> Uuid {
    Uuid::from_u128(last.as_u128().saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::LEASE_MINUTES;

    #[test]
    fn a_turn_ends_before_its_lease_and_a_call_before_a_timer_has_to() {
        assert!(WORK_TIME_MAX + TURN_LIMIT < service::TIMER_TIME_MAX);
        assert!(TURN_LIMIT < Duration::from_mins(LEASE_MINUTES.into()));
    }
}
