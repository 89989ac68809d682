//! One payment, one transaction, one statement after another.

use bench::{Payment, Proof};
use events::payments::{MoneyMovedV1, PaymentRequestClosedV1, SideV1};
use serde::Serialize;
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, Party, PaymentId, PaymentRequestId, Timestamp, UserId};

use crate::store::PaymentRow;
use crate::{App, store};

values::refusals! {
    /// What the reference refuses beside what every service does.
    pub(crate) const REFUSALS;

    pub(crate) NOT_PAID: Rule, "not-paid", "a rule of payments says no";
}

/// What the service answers too.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentBody {
    payment_id: PaymentId,
    payment_request_id: PaymentRequestId,
    payer: Party,
    payee: Party,
    amount: Money,
    reference: Option<String>,
    status: &'static str,
    completed_at: Timestamp,
}

impl Resource for PaymentBody {
    const LOCATION: &'static str = "/api/v1/payments/{payment_id}";
}

pub(crate) async fn pay(
    app: App,
    payer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<Payment>,
) -> Result<Recorded<PaymentBody>, Error> {
    let confirmed = input.confirmation_of(payer.user_id, &key);
    let Proof::Device { signature, .. } = &input.confirmation;
    let verified = payer.verify(&confirmed.signing_text(), signature);
    verified.map_err(|_| NOT_PAID.because("not confirmed"))?;
    confirmed.require_recent(now())?;
    let keyed = Keyed::new(payer.user_id.uuid(), &key, "pay", &confirmed.terms)?;
    let transaction = || transact(&app, payer.user_id, &keyed, &input, trace);
    let paid = retry_lock_conflicts(transaction).await?;
    app.outbox.nudge();
    Recorded::of(&paid, false)
}

async fn transact(
    app: &App,
    payer: UserId,
    keyed: &Keyed,
    input: &Payment,
    trace: TraceContext,
) -> Result<PaymentBody, Error> {
    let (payee, amount) = (input.business_id, input.amount);
    let payment_id = PaymentId::new();
    let mut tx = app.database.begin().await?;
    store::insert_key(&mut tx, keyed, payment_id, now()).await?;
    let request = store::lock_request(&mut tx, input.payment_request_id).await?;
    let request = request.ok_or_else(|| NOT_PAID.because("no request"))?;
    let now = now();
    let is_asked = request.accepts(amount, payee, now);
    is_asked.then_some(()).ok_or_else(|| NOT_PAID.because("not what was asked for"))?;
    let shop = store::find_shop(&mut tx, payee).await?;
    let (owner, basis_points) = shop.ok_or_else(|| NOT_PAID.because("no such shop"))?;
    let mut accounts = store::lock_accounts(&mut tx, payer, payee).await?;
    // Rounded half up.
    let fee = amount.minor_units().saturating_mul(basis_points).saturating_add(5_000);
    let fee = fee.div_euclid(10_000);
    let is_there = accounts.post(amount.minor_units(), fee);
    is_there.then_some(()).ok_or_else(|| NOT_PAID.because("not enough money"))?;
    let payer_name = store::find_name(&mut tx, payer).await?;

    let payment = PaymentRow {
        id: payment_id,
        request_id: input.payment_request_id,
        payer,
        payer_name,
        payee,
        shop_name: request.shop_name,
        amount: amount.minor_units(),
        fee,
        at: now,
    };
    store::insert_transfer(&mut tx, &payment).await?;
    store::insert_fee(&mut tx, &payment).await?;
    store::update_sums(&mut tx, &accounts).await?;
    store::insert_operation(&mut tx, &payment).await?;
    store::close_request(&mut tx, &payment).await?;
    let moved = app.outbox.envelope(trace, payment_id.to_string(), &moved(&payment, owner))?;
    let request_id = payment.request_id.to_string();
    let closed = PaymentRequestClosedV1 {
        payment_request_id: request_id.clone(),
        business_id: Some(payee.to_string()),
        status: "paid".into(),
        payment_id: Some(payment_id.to_string()),
    };
    let closed = app.outbox.envelope(trace, request_id, &closed)?;
    app.outbox.append(&mut tx, &[moved, closed]).await?;
    tx.commit().await?;
    Ok(body(payment, amount))
}

fn moved(payment: &PaymentRow, owner: UserId) -> MoneyMovedV1 {
    let side = |kind: &str, id: String, name: &str, told: UserId| SideV1 {
        side_type: kind.to_owned(),
        id: Some(id),
        name: name.to_owned(),
        told_user_id: Some(told.to_string()),
    };
    MoneyMovedV1 {
        kind: "payment".to_owned(),
        operation_id: payment.id.to_string(),
        from: side("user", payment.payer.to_string(), &payment.payer_name, payment.payer),
        to: side("business", payment.payee.to_string(), &payment.shop_name, owner),
        amount: payment.amount,
        currency: "HKD".to_owned(),
        payment_request_id: Some(payment.request_id.to_string()),
        refunded_payment_id: None,
        money_request_id: None,
        reference: None,
        note: None,
        pay_link_id: None,
        red_packet_id: None,
        fee: payment.fee,
        tip: None,
        visibility: None,
        sticker: None,
        moved_at: payment.moved_at(),
    }
}

fn body(payment: PaymentRow, amount: Money) -> PaymentBody {
    PaymentBody {
        payment_id: payment.id,
        payment_request_id: payment.request_id,
        payer: Party::user(payment.payer, payment.payer_name),
        payee: Party::Business { id: payment.payee, name: payment.shop_name },
        amount,
        reference: None,
        status: "completed",
        completed_at: payment.at.into(),
    }
}
