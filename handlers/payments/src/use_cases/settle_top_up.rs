//! The bank answers for a top-up by direct debit. In the sandbox an operator gives its answer.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{Money, TopUpId};

use super::top_up_wallet::TopUpBody;
use crate::App;
use crate::domain::operations::{SettleTopUp, TopUpOutcome};

/// What the bank gives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleTopUpInput {
    /// At most what it was asked for.
    amount: Money,
}

pub(crate) async fn settle_top_up(
    app: App,
    Id(id): Id<TopUpId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(input): Json<SettleTopUpInput>,
) -> Result<Json<TopUpBody>, Error> {
    end(&app, id, TopUpOutcome::Given(input.amount), trace).await
}

pub(crate) async fn refuse_top_up(
    app: App,
    Id(id): Id<TopUpId>,
    _: FunctionKey,
    trace: TraceContext,
) -> Result<Json<TopUpBody>, Error> {
    end(&app, id, TopUpOutcome::Refused, trace).await
}

async fn end(
    app: &App,
    top_up_id: TopUpId,
    outcome: TopUpOutcome,
    trace: TraceContext,
) -> Result<Json<TopUpBody>, Error> {
    let settle = SettleTopUp { top_up_id, outcome };
    Ok(Json(TopUpBody::from(app.operations.submit(settle, trace).await?)))
}
