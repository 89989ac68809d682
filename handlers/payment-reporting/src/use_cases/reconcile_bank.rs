//! The bank's statement of a day, as it stands in the storage account, is compared with what the
//! ledger says of the day: each day once, and one after the other. A timer does it as soon as a
//! file is there; the first day is an operator's word, and any day may be.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use service::database::{is_duplicate, now};
use service::{Error, FunctionKey, Id, Json, ReadAfter, causes};
use time::Date;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{HongKongDate, Operator, hong_kong_day, hong_kong_midnight};

use super::bank_day_body::BankDayBody;
use crate::domain::{
    BANK_DAY_OUT_OF_TURN, BANK_DAY_READ_OTHERWISE, BANK_DAY_TOO_LONG, BANK_LINES_MAX,
    BANK_STATEMENT_INVALID, BankDay, BankStatement, Elsewhere, NO_BANK_STATEMENT,
    STATEMENT_BYTES_MAX, Unmatched, read_bank_statement, unaccounted,
};
use crate::ledger::Reading;
use crate::store::bank_days::{
    CountedDay, close_bank_days, count_unclosed, find_bank_day, find_last_bank_day,
    insert_bank_day, take_bank_turn,
};
use crate::store::bank_differences::{
    find_waiting, insert_differences, list_met_before, save_met, sum_known,
};
use crate::store::ledger::bank::{find_bank_balance, find_moved_after, list_bank_movements};
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::Between;
use crate::store::ledger::taken::ID_AWAY_MAX;
use crate::{App, observe};

/// How long one run of the timer begins new days; the next goes on.
const DAYS_WITHIN: Duration = Duration::from_secs(120);
/// How many days without a file may follow on each other.
const WITHOUT_FILE_MAX: u32 = 7;
/// Somebody has to look at a day that is not closed so long after its end: at 11:00 in Hong Kong.
const LATE_AFTER: time::Duration = time::Duration::hours(11);

/// Who brings the statement of a day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReconcileBankDay {
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
    /// The bank has no statement of the day, since it has booked nothing.
    #[serde(default)]
    is_without_file: bool,
}

/// An operator has brought the statement of a day, or says that there is none. The same again
/// changes nothing.
pub(crate) async fn reconcile_bank_day(
    app: App,
    Id(HongKongDate(day)): Id<HongKongDate>,
    _operator: FunctionKey,
    Json(input): Json<ReconcileBankDay>,
) -> Result<Json<BankDayBody>, Error> {
    let known = find_bank_day(&mut app.database.conn().await?, day).await?;
    let counted = match known {
        Some(counted) if input.is_without_file => require_same(counted, None)?,
        Some(counted) => {
            let file = app.files.read_statement(day, STATEMENT_BYTES_MAX).await?;
            // Once it was read it need not stay.
            match file.map(|file| digest_of(&file)) {
                Some(digest) => require_same(counted, Some(&digest))?,
                None => counted,
            }
        }
        None => reconcile(&app, day, Some(input)).await?,
    };
    Ok(Json(BankDayBody::from(counted)))
}

fn digest_of(file: &[u8]) -> Vec<u8> {
    digest(&SHA256, file).as_ref().to_vec()
}

fn require_same(counted: CountedDay, digest: Option<&[u8]>) -> Result<CountedDay, Error> {
    if counted.day.digest.as_deref() == digest {
        return Ok(counted);
    }
    Err(BANK_DAY_READ_OTHERWISE.into())
}

/// Compares the days whose files have come. That a day is late is told whatever else fails.
pub(crate) async fn reconcile_bank(app: App) -> Result<(), Error> {
    let began = Instant::now();
    let mut done = Ok(());
    while done.is_ok() && began.elapsed() < DAYS_WITHIN {
        let last = find_last_bank_day(&mut app.database.conn().await?).await?;
        let next = last.and_then(|last| last.day.next_day());
        let Some(day) = next.filter(|day| *day < hong_kong_day(now())) else { break };
        match reconcile(&app, day, None).await {
            Ok(_) => {}
            Err(Error::Refused(refusal)) if refusal == NO_BANK_STATEMENT => break,
            Err(error) => {
                tracing::error!(%day, causes = causes(&error), "a bank day was not compared");
                done = Err(error);
            }
        }
    }
    done = done.and(close(&app).await);
    let through = hong_kong_day(now().saturating_sub(LATE_AFTER)).previous_day();
    let through = through.ok_or_else(|| Error::internal("the calendar has begun"))?;
    let late = count_unclosed(&mut app.database.conn().await?, through).await?;
    if late > 0 {
        tracing::warn!(late, "days of the bank are not closed");
    }
    observe::bank_days_late(late);
    done
}

/// What was done to days past this service closes and opens them too.
async fn close(app: &App) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    take_bank_turn(&mut tx).await?;
    close_bank_days(&mut tx, now()).await?;
    Ok(tx.commit().await?)
}

async fn reconcile(
    app: &App,
    day: Date,
    word: Option<ReconcileBankDay>,
) -> Result<CountedDay, Error> {
    let out_of_turn = |why: &str| Error::from(BANK_DAY_OUT_OF_TURN.because(why));
    let next_day = day.next_day().ok_or_else(|| out_of_turn("the calendar ends with it"))?;
    let reading = app.ledger.read(ReadAfter(None)).await?;
    let ends = hong_kong_midnight(next_day);
    // A transfer's id, by which it belongs to the day, is made before it is committed.
    if ends.saturating_add(ID_AWAY_MAX) > reading.as_of {
        return Err(out_of_turn("the day is not over"));
    }
    let last = find_last_bank_day(&mut app.database.conn().await?).await?;
    if last.as_ref().is_some_and(|last| last.day.next_day() != Some(day)) {
        return Err(out_of_turn("it is not the day after the last"));
    }
    let is_without_file = word.as_ref().is_some_and(|word| word.is_without_file);
    let (statement, digest) = match &last {
        Some(last) if is_without_file => {
            require_nothing_booked(app, last, day).await?;
            (BankStatement::of_nothing(day, last.account.clone(), last.closing), None)
        }
        None if is_without_file => return Err(out_of_turn("the first day has a file")),
        _ => read_file(app, day).await?,
    };
    require_following(&statement, day, last.as_ref())?;
    let range = Between(first_id_of(hong_kong_midnight(day)), first_id_of(ends));
    let brought_by = word.map(|word| word.operator);
    let brought = Brought { statement, digest, brought_by };
    compare(app, reading, (range, last.map(|last| last.day)), brought).await
}

/// The statement, and the SHA-256 of its file.
async fn read_file(app: &App, day: Date) -> Result<(BankStatement, Option<Vec<u8>>), Error> {
    let file = app.files.read_statement(day, STATEMENT_BYTES_MAX).await?;
    let file = file.ok_or(NO_BANK_STATEMENT)?;
    let read = move || (digest_of(&file), read_bank_statement(&file));
    let (digest, read) = tokio::task::spawn_blocking(read).await.map_err(Error::internal)?;
    let statement = read.map_err(|error| BANK_STATEMENT_INVALID.because(error))?;
    Ok((statement, Some(digest)))
}

/// The next file there is has to begin with what the day before ended with: were the word wrong, no
/// later day could ever follow on this one.
async fn require_nothing_booked(app: &App, last: &BankDay, day: Date) -> Result<(), Error> {
    let mut later = day;
    for _ in 0..WITHOUT_FILE_MAX {
        later = later.next_day().unwrap_or(Date::MAX);
        match read_file(app, later).await {
            Ok((statement, _)) if statement.opening == last.closing => return Ok(()),
            Ok(_) => {
                let why = "the bank has booked something: a later file begins with another balance";
                return Err(BANK_STATEMENT_INVALID.because(why).into());
            }
            Err(Error::Refused(refusal)) if refusal == NO_BANK_STATEMENT => {}
            Err(error) => return Err(error),
        }
    }
    Err(BANK_DAY_OUT_OF_TURN
        .because("no file of a later day proves that nothing was booked")
        .into())
}

fn require_following(
    statement: &BankStatement,
    day: Date,
    last: Option<&BankDay>,
) -> Result<(), Error> {
    let wrong = [
        (statement.day != day, "it is of another day"),
        (last.is_some_and(|last| last.account != statement.account), "it is of another account"),
        (
            last.is_some_and(|last| last.closing != statement.opening),
            "it does not begin with what the day before ended with",
        ),
    ];
    match wrong.iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, why)) => Err(BANK_STATEMENT_INVALID.because(why).into()),
        None => Ok(()),
    }
}

/// A statement, of which bytes it is, and who brought it.
struct Brought {
    statement: BankStatement,
    digest: Option<Vec<u8>>,
    brought_by: Option<Operator>,
}

/// What is compared is all read in one snapshot of the books.
async fn compare(
    app: &App,
    mut reading: Reading,
    (range, last): (Between, Option<Date>),
    Brought { statement, digest, brought_by }: Brought,
) -> Result<CountedDay, Error> {
    let (day, books) = (statement.day, &mut reading.tx);
    let movements = list_bank_movements(books, range, BANK_LINES_MAX.saturating_add(1)).await?;
    if movements.len() > BANK_LINES_MAX {
        return Err(BANK_DAY_TOO_LONG.into());
    }
    let Between(_, end) = range;
    let ledger_balance = find_bank_balance(books, end).await?;
    let met_before = list_met_before(&mut app.database.conn().await?, day).await?;
    let unmatched = Unmatched::of(statement.lines, movements, met_before);
    let operation_ids = unmatched.operation_ids();
    let later = find_moved_after(books, day, &operation_ids).await?;
    reading.tx.rollback().await?;
    let bank_day = BankDay {
        day,
        statement_id: statement.id,
        account: statement.account,
        opening: statement.opening,
        closing: statement.closing,
        ledger_balance,
        matched: 0,
        read_at: now(),
        closed_at: None,
        digest,
        brought_by,
    };
    match save(app, (bank_day, last), unmatched, later).await {
        Err(Error::Database(error)) if is_duplicate(&error) => {
            let twice = "a statement of this name was read as another day's";
            Err(BANK_STATEMENT_INVALID.because(twice).into())
        }
        saved => saved,
    }
}

/// All of a day is written at once, beside nobody else, and after the day that it was held against.
async fn save(
    app: &App,
    (bank_day, last): (BankDay, Option<Date>),
    unmatched: Unmatched,
    later: HashMap<(Uuid, i64), Date>,
) -> Result<CountedDay, Error> {
    let day = bank_day.day;
    let mut tx = app.database.begin().await?;
    take_bank_turn(&mut tx).await?;
    if find_last_bank_day(&mut tx).await?.map(|last| last.day) != last {
        // Another instance was faster, with this day or with another.
        let why = "another was compared meanwhile";
        let found = find_bank_day(&mut tx, day).await?;
        let found = found.ok_or_else(|| BANK_DAY_OUT_OF_TURN.because(why))?;
        return require_same(found, bank_day.digest.as_deref());
    }
    let waiting = find_waiting(&mut tx, day, &unmatched.operation_ids()).await?;
    let compared = unmatched.compare(day, Elsewhere { later, waiting });
    let bank_day = BankDay { matched: compared.matched, ..bank_day };
    insert_bank_day(&mut tx, &bank_day).await?;
    save_met(&mut tx, day, &compared.met).await?;
    insert_differences(&mut tx, &compared.differences).await?;
    // Found by itself: from the balances, and not from what was compared.
    let more = bank_day.closing.saturating_sub(bank_day.ledger_balance);
    let unknown = more.saturating_sub(sum_known(&mut tx, day).await?);
    if unknown != 0 {
        insert_differences(&mut tx, &[unaccounted(day, unknown)]).await?;
    }
    close_bank_days(&mut tx, now()).await?;
    let counted = find_bank_day(&mut tx, day).await?;
    tx.commit().await?;
    let counted = counted.ok_or_else(|| Error::internal("a day that was written is there"))?;
    let (matched, open) = (bank_day.matched, counted.open);
    tracing::info!(%day, matched, open, "compared the bank's statement with the ledger");
    Ok(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_before_a_timer_has_to() {
        assert!(DAYS_WITHIN < service::TIMER_TIME_MAX);
    }
}
