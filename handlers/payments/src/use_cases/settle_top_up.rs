//! The bank's answer for a top-up by direct debit, which an operator gives until a bank is
//! connected. Doing it twice is the same as doing it once.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{Money, Operator, Reason, TopUpId};

use super::top_up_wallet::TopUpBody;
use crate::App;
use crate::domain::Word;
use crate::domain::operations::{EndTopUp, TopUpEnd};

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

async fn end(
    app: &App,
    top_up_id: TopUpId,
    outcome: TopUpEnd,
    word: Word,
    trace: TraceContext,
) -> Result<Json<TopUpBody>, Error> {
    let end = EndTopUp { top_up_id, outcome, word: Some(word) };
    Ok(Json(TopUpBody::from(app.group_commit.submit(end, None, trace).await?.record)))
}
