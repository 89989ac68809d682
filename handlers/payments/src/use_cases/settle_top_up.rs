//! The bank's answer for a top-up, which an operator gives while no bank is connected, or where it
//! does not answer. Doing it twice is the same as doing it once.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{Money, Operator, Reason, TopUpId};

use super::follow_bank::ask_bank;
use super::top_up_wallet::TopUpBody;
use crate::App;
use crate::domain::operations::{EndTopUp, TopUpEnd};
use crate::domain::{Voice, Word};
use crate::store::bank_instructions::find_report;

/// What the bank gives, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleTopUp {
    /// At most what it was asked for.
    amount: Money,
    reason: Reason,
    operator: Operator,
}

pub(crate) async fn settle_top_up(
    app: App,
    Id(id): Id<TopUpId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(input): Json<SettleTopUp>,
) -> Result<Json<TopUpBody>, Error> {
    let word = Word { operator: input.operator, reason: input.reason };
    end(&app, id, TopUpEnd::Given(input.amount), word, trace).await
}

pub(crate) async fn refuse_top_up(
    app: App,
    Id(id): Id<TopUpId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<TopUpBody>, Error> {
    end(&app, id, TopUpEnd::Refused, word, trace).await
}

/// The bank itself is asked before, as in `settle_payout`.
async fn end(
    app: &App,
    top_up_id: TopUpId,
    outcome: TopUpEnd,
    word: Word,
    trace: TraceContext,
) -> Result<Json<TopUpBody>, Error> {
    ask_bank(app, top_up_id.uuid(), trace).await?;
    let end = EndTopUp { top_up_id, outcome, by: Voice::Operator(word) };
    let top_up = app.group_commit.submit(end, None, trace).await?.record;
    let report = find_report(&mut app.database.conn().await?, top_up.id).await?;
    Ok(Json(TopUpBody::of(&top_up, report)))
}
