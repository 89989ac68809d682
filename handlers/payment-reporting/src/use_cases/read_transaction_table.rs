//! What a shop was paid and gave back on some days, as a table for a spreadsheet.

use serde::Deserialize;
use service::{AsOf, Error, Id, Merchant, Query, ReadAfter};
use utoipa::IntoParams;
use uuid::Uuid;
use values::{BusinessId, HongKongDate, Language, hong_kong_midnight};

use super::csv_answer::CsvAnswer;
use super::own_shop::require_reader;
use crate::App;
use crate::domain::{Line, Period, TABLE_TOO_LONG, TransactionTable};
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::{Between, Order, Wanted, list_lines};

/// A month.
const DAYS_MAX: i32 = 31;
/// The most rows of a table: a few megabytes.
const ROWS_MAX: usize = 20_000;
/// How many are read at once.
const ROWS_AT_ONCE: usize = 2_000;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadTransactionTable {
    /// In Hong Kong.
    #[param(inline)]
    first_day: HongKongDate,
    /// In Hong Kong, at most 31 days with the first.
    #[param(inline)]
    last_day: HongKongDate,
}

/// Newest first, all in one snapshot.
pub(crate) async fn read_transaction_table(
    app: App,
    Id(business_id): Id<BusinessId>,
    reader: Merchant,
    Query(asked): Query<ReadTransactionTable>,
    language: Language,
    after: ReadAfter,
) -> Result<AsOf<CsvAnswer>, Error> {
    let period = Period::of(asked.first_day, asked.last_day, DAYS_MAX)?;
    let mut reading = app.ledger.read(after).await?;
    require_reader(&mut reading, business_id, &reader).await?;
    let wanted = Wanted { is_without_fees: true, ..Wanted::default() };
    let first = first_id_of(hong_kong_midnight(period.first));
    let mut before = match period.last.next_day() {
        Some(day) => first_id_of(hong_kong_midnight(day)),
        None => Uuid::max(),
    };
    let mut table = TransactionTable::in_language(language);
    let mut rows: usize = 0;
    loop {
        let range = Between(first, before);
        let account_id = business_id.uuid();
        let tx = &mut reading.tx;
        let lines = list_lines(tx, account_id, &wanted, range, Order::Newest, ROWS_AT_ONCE).await?;
        rows = rows.saturating_add(lines.len());
        if rows > ROWS_MAX {
            return Err(TABLE_TOO_LONG.into());
        }
        lines.iter().for_each(|line| table.add(line));
        let last = lines.last().map(|line: &Line| line.transfer_id.uuid());
        match last.filter(|_| lines.len() == ROWS_AT_ONCE) {
            Some(last) => before = last,
            None => break,
        }
    }
    let name = format!("transactions-{}-{}", period.first, period.last);
    let answer = CsvAnswer { name, table: table.into_text(), language };
    Ok(AsOf { answer, as_of: reading.as_of.into(), position: None })
}
