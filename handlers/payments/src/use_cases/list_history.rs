//! The movements of the caller's own wallet, newest first.

use serde::{Deserialize, Serialize};
use service::{Consumer, Error, Json, Query};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use values::{Money, PaymentId, TopUpId, TransferId, code_enum};

use crate::domain::NO_WALLET;
use crate::store::ledger::HistoryEntry;
use crate::{App, store};

/// Entries on a page.
const PAGE_LENGTH: usize = 50;

/// Where a page begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListHistory {
    /// Entries older than this one: the `next` of the page before.
    before: Option<TransferId>,
}

/// One page.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryPage {
    entries: Vec<HistoryLine>,
    /// `before` of the next page; null on the last one.
    next: Option<TransferId>,
}

code_enum! {
    /// Which way the money went.
    enum Direction {
        /// Into the wallet.
        In = "in",
        /// Out of it.
        Out = "out",
    }
}

/// One movement.
#[derive(Serialize, ToSchema)]
struct HistoryLine {
    transfer_id: TransferId,
    direction: Direction,
    amount: Money,
    /// `top_up` or `payment`.
    kind: String,
    payment_id: Option<PaymentId>,
    top_up_id: Option<TopUpId>,
    /// The shop, where there is one.
    counterparty: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

impl From<HistoryEntry> for HistoryLine {
    fn from(entry: HistoryEntry) -> Self {
        let is = |code| entry.code == code;
        Self {
            transfer_id: TransferId::from_uuid(entry.transfer_id),
            direction: if entry.is_incoming { Direction::In } else { Direction::Out },
            amount: entry.amount,
            payment_id: is("payment").then(|| PaymentId::from_uuid(entry.subject_id)),
            top_up_id: is("top_up").then(|| TopUpId::from_uuid(entry.subject_id)),
            kind: entry.code,
            counterparty: entry.counterparty,
            at: entry.at,
        }
    }
}

pub(crate) async fn list_history(
    app: App,
    consumer: Consumer,
    Query(input): Query<ListHistory>,
) -> Result<Json<HistoryPage>, Error> {
    let mut conn = app.database.conn().await?;
    let account = consumer.user_id.uuid();
    store::ledger::find_account(&mut conn, account).await?.ok_or(NO_WALLET)?;
    let before = input.before.map_or(Uuid::max(), TransferId::uuid);
    // One more than a page holds tells whether there is another page.
    let limit = PAGE_LENGTH.saturating_add(1);
    let mut entries = store::ledger::list_history(&mut conn, account, before, limit).await?;
    let has_more = entries.len() > PAGE_LENGTH;
    entries.truncate(PAGE_LENGTH);
    let entries: Vec<HistoryLine> = entries.into_iter().map(HistoryLine::from).collect();
    let next = entries.last().filter(|_| has_more).map(|last| last.transfer_id);
    Ok(Json(HistoryPage { entries, next }))
}
