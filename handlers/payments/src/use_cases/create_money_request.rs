//! A person asks another for money.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    BillId, IdempotencyKey, Money, MoneyRequestId, Note, Party, PeerPaymentId, Timestamp, UserId,
};

use crate::App;
use crate::domain::operations::AskForMoney;
use crate::domain::{MoneyRequest, MoneyRequestStatus};

/// What somebody asks another person for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateMoneyRequest {
    /// Who is asked; `GET /api/v1/payees/{user_id}` says what to show before.
    payer_id: UserId,
    amount: Money,
    /// What the payer reads with it; absent or null if nothing.
    note: Option<Note>,
}

/// A person's request for money, as both sides see it. It is open for 30 days.
#[derive(Serialize, ToSchema)]
pub(crate) struct MoneyRequestBody {
    money_request_id: MoneyRequestId,
    /// The bill whose share it is; null if it stands for itself.
    bill_id: Option<BillId>,
    /// Who asks. Both names are masked until it is paid.
    requester: Party,
    /// Who is asked.
    payer: Party,
    amount: Money,
    /// What the requester says with it; null if nothing.
    note: Option<Note>,
    status: MoneyRequestStatus,
    /// How often the payer was reminded: three times at most, a day apart.
    reminders: u32,
    /// The last time; null if never.
    reminded_at: Option<Timestamp>,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// The payment that paid it.
    peer_payment_id: Option<PeerPaymentId>,
}

impl Resource for MoneyRequestBody {
    const LOCATION: &'static str = "/api/v1/money-requests/{money_request_id}";
}

impl MoneyRequestBody {
    /// The request as it stands at `now`.
    pub(crate) fn at(request: MoneyRequest, now: OffsetDateTime) -> Self {
        let [requester, payer] = request.parties();
        Self {
            status: request.status_at(now),
            money_request_id: request.id,
            bill_id: request.bill_id,
            requester,
            payer,
            amount: request.amount,
            note: request.note,
            reminders: request.reminders,
            reminded_at: request.reminded_at.map(Timestamp::from),
            created_at: request.created_at.into(),
            expires_at: request.expires_at.into(),
            peer_payment_id: request.peer_payment_id,
        }
    }
}

pub(crate) async fn create_money_request(
    app: App,
    requester: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreateMoneyRequest>,
) -> Result<Written<Recorded<MoneyRequestBody>>, Error> {
    let keyed = Keyed::new(requester.user_id.uuid(), &key, "create_money_request", &input)?;
    let ask = AskForMoney {
        requester: requester.user_id,
        payer: input.payer_id,
        amount: input.amount,
        note: input.note,
    };
    let done = app.group_commit.submit(ask, Some(&keyed), trace).await?;
    let answer = Recorded::of(&MoneyRequestBody::at(done.record, now()), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}
