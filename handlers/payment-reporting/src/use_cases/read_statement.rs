//! What moved in the caller's own wallet in a month, between what it held before and after.

use service::{AsOf, Consumer, Error, Id, ReadAfter};
use time::OffsetDateTime;
use values::Language;

use super::statement_answer::{Form, StatementAnswer};
use crate::App;
use crate::domain::{HongKongMonth, NO_STATEMENT, STATEMENT_TOO_LONG, Statement};
use crate::ledger::require_begun;
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::{
    Between, Order, Wanted, find_balance, find_change_since, list_lines,
};
use crate::store::ledger::taken::ID_AWAY_MAX;

/// The most movements of a statement: of a wallet that moves money 160 times a day.
const LINES_MAX: usize = 5_000;

/// Both balances are found by themselves, from what the wallet holds now and what has moved since:
/// all in one snapshot, and whatever months were dropped before.
pub(crate) async fn read_statement(
    app: App,
    Id(month): Id<HongKongMonth>,
    consumer: Consumer,
    language: Language,
    form: Form,
    after: ReadAfter,
) -> Result<AsOf<StatementAnswer>, Error> {
    let account_id = consumer.user_id.uuid();
    let mut reading = app.ledger.read(after).await?;
    let (begins, ends) = month.bounds();
    require_begun(begins, reading.as_of, OffsetDateTime::now_utc())?;
    let tx = &mut reading.tx;
    let balance = find_balance(tx, account_id).await?.ok_or(NO_STATEMENT)?;
    let (first, after_last) = (first_id_of(begins), first_id_of(ends));
    let since_begun = find_change_since(tx, account_id, first).await?;
    let since_ended = find_change_since(tx, account_id, after_last).await?;
    let range = Between(first, after_last);
    let rows = LINES_MAX.saturating_add(1);
    let wanted = Wanted::default();
    let lines = list_lines(tx, account_id, &wanted, range, Order::Oldest, rows).await?;
    if lines.len() > LINES_MAX {
        return Err(STATEMENT_TOO_LONG.into());
    }
    let opening = balance.saturating_sub(since_begun);
    let closing = balance.saturating_sub(since_ended);
    let statement = Statement::of(month, opening, closing, lines).map_err(Error::internal)?;
    // A transfer's id, by which it belongs to the month, is made before it is committed.
    let is_over = ends.saturating_add(ID_AWAY_MAX) <= reading.as_of;
    let as_of = reading.as_of.into();
    // Nobody waits for its connection while pages are drawn.
    drop(reading);
    let answer = StatementAnswer::of(statement, is_over, language, form).await?;
    Ok(AsOf { answer, as_of, position: None })
}
