//! Members of staff see which payments wait for a reviewer, and why.

use serde::{Deserialize, Serialize};
use service::{Error, Id, Json, List, Page, Staff};
use utoipa::{IntoParams, ToSchema};
use values::{
    AccountRisk, ActFacts, Balance, HeldPaymentId, Money, NewPayee, Note, Operator, Party, Reason,
    Reference, Timestamp, UserId,
};

use super::pay_by_fps::MaskedFpsProxyBody;
use crate::domain::{ConfirmedBy, HeldStatus, NO_HELD_PAYMENT, ReturnCause, Side};
use crate::store::held_payments::{Found, Of};
use crate::{App, store};

/// Which payments.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewHeldPayments {
    /// Those that stand like this; those that wait for a reviewer if absent.
    #[param(inline)]
    status: Option<HeldStatus>,
}

/// A payment that was held, as staff see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldPaymentBody {
    held_payment_id: HeldPaymentId,
    payer: Party,
    /// A person, or somebody outside.
    payee: Party,
    /// By what FPS knows somebody outside; null of a payment between people.
    fps_proxy: Option<MaskedFpsProxyBody>,
    amount: Money,
    /// What the payer says to the payee; null if nothing.
    note: Option<Note>,
    /// What somebody outside reads with it; null if nothing.
    reference: Option<Reference>,
    confirmed_by: Option<ConfirmedBy>,
    status: HeldStatus,
    /// Of one that was returned; null otherwise. What the bank made of one that was released by FPS
    /// is the payment's own.
    returned_because: Option<ReturnCause>,
    /// The rule that has held it, in words.
    #[schema(example = "peer-payment; a new payee; new payees in a day: 20 or more")]
    rule: String,
    /// Of the rules that held then.
    policy_version: u32,
    facts: HeldPaymentFactsBody,
    /// What the graph had seen in the payer's wallet, in words, for staff alone.
    #[schema(example = json!(["received HK$14,000.00 from 14 strangers in 2 h"]))]
    risk_explanations: Vec<String>,
    held_at: Timestamp,
    /// From then on it can no longer be released; null once it has ended.
    decide_before: Option<Timestamp>,
    /// Who has released or returned it; null if nobody.
    decider: Option<Operator>,
    /// Why, for staff alone; null if nobody has decided.
    reason: Option<Reason>,
    ended_at: Option<Timestamp>,
}

/// What the rules knew of the payment.
#[derive(Serialize, ToSchema)]
struct HeldPaymentFactsBody {
    /// What the payer gave to people in that day in Hong Kong, with this.
    day_total: Balance,
    is_new_device: bool,
    is_new_payee: bool,
    /// The first payment to a payee who is new and was paid before; null otherwise.
    first_paid: Option<Balance>,
    /// All that the payer's new payees were given, with this; null if the payee is not new.
    given_to_new_payees: Option<Balance>,
    /// How many were paid for the first time in 24 hours, with this one.
    new_payees: u32,
    /// What the graph said of the payer's wallet then.
    account_risk: AccountRisk,
    /// To how many wallets that were frozen by then the payer had given money in 30 days, or had
    /// got HK$100.00 or more from each.
    frozen_neighbours: u32,
}

impl From<ActFacts> for HeldPaymentFactsBody {
    fn from(facts: ActFacts) -> Self {
        let ActFacts { day_total, is_new_device, new_payee, new_payees, .. } = facts;
        let ActFacts { account_risk, frozen_neighbours, .. } = facts;
        let first_paid = new_payee.and_then(|NewPayee { first_paid, .. }| first_paid);
        Self {
            day_total: Balance::hkd(day_total),
            is_new_device,
            is_new_payee: new_payee.is_some(),
            first_paid: first_paid.map(Balance::hkd),
            given_to_new_payees: new_payee.map(|payee| Balance::hkd(payee.given)),
            new_payees,
            account_risk,
            frozen_neighbours,
        }
    }
}

impl From<Found> for HeldPaymentBody {
    fn from(Found { held, payment, proxy, .. }: Found) -> Self {
        let held_payment_id = payment.held_payment_id();
        let person = |side: Side| Party::user(UserId::from_uuid(side.account_id), side.name);
        let payee = match held_payment_id {
            HeldPaymentId::Peer(_) => person(payment.to),
            HeldPaymentId::Fps(_) => Party::Fps { name: payment.to.name },
        };
        let (decider, reason) = held.review.map(|review| (review.name, review.reason)).unzip();
        Self {
            held_payment_id,
            payer: person(payment.from),
            payee,
            fps_proxy: proxy.as_ref().map(MaskedFpsProxyBody::from),
            amount: payment.amount,
            note: payment.note,
            reference: payment.reference,
            confirmed_by: payment.confirmed_by,
            status: held.status,
            returned_because: held.returned_because,
            rule: held.why.rule.to_string(),
            policy_version: held.why.policy_version,
            facts: held.why.facts.into(),
            risk_explanations: held
                .why
                .risk_reasons
                .into_iter()
                .map(|why| why.explanation)
                .collect(),
            held_at: payment.created_at.into(),
            decide_before: payment.expires_at.map(Timestamp::from),
            decider,
            reason,
            ended_at: payment.ended_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn list_held_payment_reviews(
    app: App,
    _by: Staff,
    list: List<ReviewHeldPayments>,
) -> Result<Json<Page<HeldPaymentBody>>, Error> {
    let status = list.filter.status.unwrap_or(HeldStatus::Held);
    let paging = list.of(status.code())?;
    let mut conn = app.database.conn().await?;
    let of = Of::Status(status);
    let rows = store::held_payments::list_held_payments(&mut conn, of, &paging).await?;
    Ok(Json(paging.page(rows, Found::place, HeldPaymentBody::from)))
}

pub(crate) async fn review_held_payment(
    app: App,
    Id(id): Id<HeldPaymentId>,
    _by: Staff,
) -> Result<Json<HeldPaymentBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::held_payments::find_held_payment(&mut conn, id).await?;
    Ok(Json(found.ok_or(NO_HELD_PAYMENT)?.into()))
}
