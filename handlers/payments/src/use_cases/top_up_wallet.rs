//! Money comes into a wallet from the person's bank.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, Timestamp, TopUpId};

use super::follow_bank::tell_bank;
use crate::domain::operations::{TopUp, TopUpMethod};
use crate::domain::{
    BankReason, BankReport, BankStatus, INSTANT_TOP_UP_UNAVAILABLE, Operation, OperationState,
};
use crate::{App, Bank};

/// How much to bring in, and how.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopUpWallet {
    amount: Money,
    /// `instant` if absent, which only the sandbox bank gives: elsewhere it is refused.
    #[serde(rename = "type")]
    method: Option<TopUpMethod>,
}

/// A top-up.
#[derive(Serialize, ToSchema)]
pub(crate) struct TopUpBody {
    top_up_id: TopUpId,
    /// What the bank was asked for.
    amount: Money,
    /// What it gave; null while it has not answered, or if it gave nothing.
    received: Option<Money>,
    /// `pending` until the bank has said what became of it, however long that takes.
    status: OperationState,
    /// What the bank has said last; null before, and where operators answer for it.
    bank_status: Option<BankStatus>,
    /// Why the bank has rejected it; null unless it said why.
    bank_reason: Option<BankReason>,
    created_at: Timestamp,
    /// When the money came; null unless it did.
    completed_at: Option<Timestamp>,
}

impl Resource for TopUpBody {
    const LOCATION: &'static str = "/api/v1/wallets/me/top-ups/{top_up_id}";
}

impl TopUpBody {
    pub(super) fn of(top_up: &Operation, report: Option<BankReport>) -> Self {
        let is_completed = top_up.state == OperationState::Completed;
        Self {
            top_up_id: top_up.top_up_id(),
            amount: top_up.amount,
            received: top_up.moved,
            status: top_up.state,
            bank_status: report.map(|report| report.status),
            bank_reason: report.and_then(|report| report.reason),
            created_at: top_up.created_at.into(),
            completed_at: top_up.ended_at.filter(|_| is_completed).map(Timestamp::from),
        }
    }
}

pub(crate) async fn top_up_wallet(
    app: App,
    consumer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<TopUpWallet>,
) -> Result<Written<Recorded<TopUpBody>>, Error> {
    let user_id = consumer.user_id;
    let keyed = Keyed::new(user_id.uuid(), &key, "top_up_wallet", &input)?;
    let method = input.method.unwrap_or(TopUpMethod::Instant);
    if method == TopUpMethod::Instant && app.bank != Bank::Sandbox {
        return Err(INSTANT_TOP_UP_UNAVAILABLE.into());
    }
    let is_instructed = app.bank.is_instructed();
    let top_up = TopUp { user_id, amount: input.amount, method, is_instructed };
    let begun = app.group_commit.submit(top_up, Some(&keyed), trace).await?;
    let (done, report) = tell_bank(&app, begun, trace).await?;
    let answer = Recorded::of(&TopUpBody::of(&done.record, report), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}
