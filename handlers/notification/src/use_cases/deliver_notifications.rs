//! Money has moved: those whom it concerns are told.

use events::Envelope;
use events::payments::{PaymentCompletedV1, TopUpCompletedV1};
use outbox::{Failure, Tx};
use service::Scope;
use tokio::sync::Mutex;
use values::{Currency, Money, PaymentId};

use crate::domain::{Mailbox, Message, Notice};
use crate::store;

/// The mailboxes that a batch of events wrote to.
pub(crate) type Delivered = Mutex<Vec<Mailbox>>;

pub(crate) async fn deliver_notifications(
    delivered: &Delivered,
    tx: &mut Tx,
    event: &Envelope,
) -> Result<(), Failure> {
    for notice in notices(event)? {
        let language = store::find_language(tx, notice.mailbox.user_id).await?;
        let text = notice.message.text(language);
        store::insert_notification(tx, &event.id, &notice, &text).await?;
        delivered.lock().await.push(notice.mailbox);
    }
    Ok(())
}

/// Consumers before shops: transactions that lock mailboxes in one order never wait in a circle.
fn notices(event: &Envelope) -> Result<Vec<Notice>, Failure> {
    if let Some(payment) = outbox::decode::<PaymentCompletedV1>(event)? {
        let payment_id: PaymentId = payment.payment_id.parse().map_err(Failure::poison)?;
        let amount = money(payment.amount, &payment.currency)?;
        let sent = Message::PaymentSent { amount, shop_name: payment.shop_name };
        let received = Message::PaymentReceived { amount, payer_name: payment.payer_name };
        return Ok(vec![
            Notice {
                mailbox: mailbox(&payment.payer_user_id, Scope::Consumer)?,
                payment_id: Some(payment_id),
                message: sent,
            },
            Notice {
                mailbox: mailbox(&payment.business_owner_user_id, Scope::Business)?,
                payment_id: Some(payment_id),
                message: received,
            },
        ]);
    }
    if let Some(top_up) = outbox::decode::<TopUpCompletedV1>(event)? {
        let amount = money(top_up.amount, &top_up.currency)?;
        return Ok(vec![Notice {
            mailbox: mailbox(&top_up.user_id, Scope::Consumer)?,
            payment_id: None,
            message: Message::TopUpCompleted { amount },
        }]);
    }
    Ok(Vec::new())
}

fn mailbox(user_id: &str, product: Scope) -> Result<Mailbox, Failure> {
    Ok(Mailbox { user_id: user_id.parse().map_err(Failure::poison)?, product })
}

fn money(minor_units: i64, currency: &str) -> Result<Money, Failure> {
    if currency != Currency::HKD.code() {
        return Err(Failure::poison("the currency is unknown"));
    }
    Money::hkd(minor_units).map_err(Failure::poison)
}
