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
    BLOCK_ROWS_MAX, Block, EXPORT_KNOWN, Export, ExportFailure, ExportStatus, FILE_LASTS,
    GIVEN_UP_AFTER, Written,
};
use crate::ledger::Reading;
use crate::store::exports::{delete_export, save_export, take_due};
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::{
    Between, Order, Wanted, find_balance, find_change_since, find_reach, list_lines,
};
use crate::{App, observe};

/// No turn begins after this time.
const WORK_TIME_MAX: Duration = Duration::from_secs(45);
/// How long a turn may take.
const TURN_LIMIT: Duration = Duration::from_secs(90);
/// How long a call may take, its last turn and noting that included: less than the host's
/// `functionTimeout`.
const ANSWER_TIME: Duration = Duration::from_secs(180);
/// Until when nobody else takes on what somebody has taken on. Longer than a turn.
const LEASE: time::Duration = time::Duration::minutes(2);
/// When it is tried again after a failure: others come first.
const AGAIN_AFTER: time::Duration = time::Duration::minutes(1);

pub(crate) async fn write_exports(app: App) -> Result<(), Error> {
    service::allow_answer_time(ANSWER_TIME);
    let began = Instant::now();
    while began.elapsed() < WORK_TIME_MAX {
        let (lease_id, now) = (Uuid::now_v7(), now());
        let mut conn = app.database.conn().await?;
        let until = now.saturating_add(LEASE);
        let Some(taken) = take_due(&mut conn, lease_id, now, until).await? else { break };
        drop(conn);
        let done = timeout(TURN_LIMIT, do_what_is_due(&app, taken.clone(), now)).await;
        let next = match done.map_err(Error::internal).and_then(|done| done) {
            Ok(next) => next,
            Err(error) => {
                let export_id = taken.id;
                tracing::error!(%export_id, causes = causes(&error), "an export's turn failed");
                Some(postponed(taken.clone(), now))
            }
        };
        let mut conn = app.database.conn().await?;
        match next {
            Some((export, due_at)) => save_export(&mut conn, lease_id, &export, due_at).await?,
            None => delete_export(&mut conn, taken.id).await?,
        }
    }
    Ok(())
}

/// What it is afterwards, and when something is to be done with it again; none once it is not to be
/// known any longer.
async fn do_what_is_due(
    app: &App,
    export: Export,
    now: OffsetDateTime,
) -> Result<Option<(Export, OffsetDateTime)>, Error> {
    Ok(match export.status {
        ExportStatus::Waiting | ExportStatus::Running => Some(write_block(app, export).await?),
        ExportStatus::Done => {
            app.files.delete(&export).await?;
            let expired = Export { status: ExportStatus::Expired, ..export };
            Some((expired, now.saturating_add(EXPORT_KNOWN)))
        }
        ExportStatus::Failed | ExportStatus::Expired => None,
    })
}

fn postponed(export: Export, now: OffsetDateTime) -> (Export, OffsetDateTime) {
    let is_unfinished = matches!(export.status, ExportStatus::Waiting | ExportStatus::Running);
    if is_unfinished && export.created_at.saturating_add(GIVEN_UP_AFTER) < now {
        return failed(export, ExportFailure::GivenUp);
    }
    (export, now.saturating_add(AGAIN_AFTER))
}

fn failed(export: Export, failure: ExportFailure) -> (Export, OffsetDateTime) {
    let export_id = export.id;
    tracing::error!(%export_id, failure = failure.code(), "an export has failed");
    observe::exported(failure.code());
    let ended_at = now();
    let status = ExportStatus::Failed;
    let export = Export { status, failure: Some(failure), ended_at: Some(ended_at), ..export };
    (export, ended_at.saturating_add(EXPORT_KNOWN))
}

/// Everything is read in one snapshot, which has all that was in the books when it was asked for.
async fn write_block(app: &App, export: Export) -> Result<(Export, OffsetDateTime), Error> {
    let microseconds = export.as_of.unix_timestamp_nanos() / 1_000;
    let position = u64::try_from(microseconds).map_err(Error::internal)?.saturating_sub(1);
    let mut reading = app.ledger.read(ReadAfter(Some(Position(position)))).await?;
    let export = match export.balances {
        Some(_) => export,
        None => with_balances(&mut reading, export).await?,
    };
    let balances = export.balances.unwrap_or_default();
    let account_id = export.business_id.uuid();
    let rest = Between(export.written.next_id, export.before_id);
    let tx = &mut reading.tx;
    let reach = find_reach(tx, account_id, rest, Order::Oldest, BLOCK_ROWS_MAX).await?;
    let next_id =
        reach.map_or(export.before_id, |last| Uuid::from_u128(last.as_u128().saturating_add(1)));
    let wanted = Wanted { is_without_fees: true, ..Wanted::default() };
    let range = Between(export.written.next_id, next_id);
    // As many of each direction as are looked at.
    let rows = usize::try_from(BLOCK_ROWS_MAX.saturating_mul(2)).map_err(Error::internal)?;
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
    app.files.put_together(&export, written.blocks).await?;
    observe::exported("done");
    let ended_at = now();
    let status = ExportStatus::Done;
    let export = Export { status, written, ended_at: Some(ended_at), ..export };
    Ok((export, ended_at.saturating_add(FILE_LASTS)))
}

/// Both are found by themselves, from what the shop holds now and what has moved since, so that the
/// movements between can be held against them.
async fn with_balances(reading: &mut Reading, export: Export) -> Result<Export, Error> {
    let account_id = export.business_id.uuid();
    let tx = &mut reading.tx;
    let balance = find_balance(tx, account_id).await?.unwrap_or_default();
    let first = first_id_of(hong_kong_midnight(export.period.first));
    let since_begun = find_change_since(tx, account_id, first).await?;
    let since_ended = find_change_since(tx, account_id, export.before_id).await?;
    let opening = balance.saturating_sub(since_begun);
    let closing = balance.saturating_sub(since_ended);
    let written = Written { balance: opening, ..export.written };
    Ok(Export { balances: Some((opening, closing)), written, ..export })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_ends_before_its_lease_and_a_call_before_the_host_would_end_it() {
        let host: serde_json::Value =
            serde_json::from_str(include_str!("../../../../host.json")).unwrap();
        let limit = host["functionTimeout"].as_str().unwrap();
        let units: Vec<u64> = limit.split(':').map(|unit| unit.parse().unwrap()).collect();
        let [hours, minutes, seconds] = units[..] else { panic!("{limit}") };
        let host_limit = Duration::from_secs((hours * 60 + minutes) * 60 + seconds);
        assert!(WORK_TIME_MAX + TURN_LIMIT < ANSWER_TIME && ANSWER_TIME < host_limit);
        assert!(TURN_LIMIT < LEASE);
    }
}
