//! Money has moved: whoever it concerns is told.

use std::str::FromStr;

use events::Envelope;
use events::payments::{PaymentCompletedV1, TopUpCompletedV1};
use inbox::Failure;
use service::database::Tx;
use values::{Currency, IdError, Money, Party, PaymentId, PaymentRequestId, Product};

use crate::domain::{Facts, Mailbox, Message, Notice};
use crate::store;

/// Returns the mailboxes that the event is for, even if they had it already.
pub(crate) async fn deliver_notifications(
    tx: &mut Tx,
    event: &Envelope,
) -> Result<Vec<Mailbox>, Failure> {
    Ok(insert_notices(tx, &event.id, notices(event)?).await?)
}

/// Each insert locks its mailbox. All transactions lock in one order, so none waits in a circle.
async fn insert_notices(
    tx: &mut Tx,
    event_id: &str,
    mut notices: Vec<Notice>,
) -> Result<Vec<Mailbox>, mysql_async::Error> {
    notices.sort_by_key(|notice| notice.mailbox);
    for notice in &notices {
        let language = store::find_language(tx, notice.mailbox.user_id).await?;
        let text = notice.message.for_reader(language);
        store::insert_notification(tx, event_id, notice, &text).await?;
    }
    Ok(notices.iter().map(|notice| notice.mailbox).collect())
}

fn notices(event: &Envelope) -> Result<Vec<Notice>, Failure> {
    if let Some(payment) = inbox::decode::<PaymentCompletedV1>(event)? {
        let payment_id: PaymentId = parse(&payment.payment_id)?;
        let payment_request_id: PaymentRequestId = parse(&payment.payment_request_id)?;
        let payer = Party::user(parse(&payment.payer_user_id)?, payment.payer_name.clone());
        let payee =
            Party::Business { id: parse(&payment.business_id)?, name: payment.shop_name.clone() };
        let amount = money(payment.amount, &payment.currency)?;
        let sent = Message::PaymentSent { amount, shop_name: payment.shop_name };
        let received = Message::PaymentReceived { amount, payer_name: payment.payer_name };
        let facts = |counterparty| Facts {
            amount: Some(amount),
            counterparty: Some(counterparty),
            payment_id: Some(payment_id),
            payment_request_id: Some(payment_request_id),
            top_up_id: None,
        };
        return Ok(vec![
            Notice {
                mailbox: mailbox(&payment.payer_user_id, Product::Consumer)?,
                message: sent,
                facts: facts(payee),
            },
            Notice {
                mailbox: mailbox(&payment.business_owner_user_id, Product::Business)?,
                message: received,
                facts: facts(payer),
            },
        ]);
    }
    if let Some(top_up) = inbox::decode::<TopUpCompletedV1>(event)? {
        let amount = money(top_up.amount, &top_up.currency)?;
        return Ok(vec![Notice {
            mailbox: mailbox(&top_up.user_id, Product::Consumer)?,
            message: Message::TopUpCompleted { amount },
            facts: Facts {
                amount: Some(amount),
                top_up_id: Some(parse(&top_up.top_up_id)?),
                ..Facts::default()
            },
        }]);
    }
    Ok(Vec::new())
}

fn mailbox(user_id: &str, product: Product) -> Result<Mailbox, Failure> {
    Ok(Mailbox { user_id: parse(user_id)?, product })
}

fn parse<T: FromStr<Err = IdError>>(id: &str) -> Result<T, Failure> {
    id.parse().map_err(Failure::poison)
}

fn money(minor_units: i64, currency: &str) -> Result<Money, Failure> {
    if currency != Currency::HKD.code() {
        return Err(Failure::poison("the currency is unknown"));
    }
    Money::hkd(minor_units).map_err(Failure::poison)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::future::try_join_all;
    use testkit::FreshDatabase;
    use tokio::sync::Barrier;
    use uuid::Uuid;
    use values::UserId;

    use super::*;

    const ROUNDS: usize = 100;

    fn top_up(mailbox: Mailbox) -> Notice {
        let message = Message::TopUpCompleted { amount: Money::hkd(100).unwrap() };
        Notice { mailbox, message, facts: Facts::default() }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_deliveries_to_the_same_mailboxes_in_opposite_order_never_deadlock() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let both = [UserId::new(), UserId::new()]
            .map(|user_id| Mailbox { user_id, product: Product::Consumer });
        let start = Arc::new(Barrier::new(2));
        let deliveries = [both, [both[1], both[0]]].map(|mailboxes| {
            let (database, start) = (fresh.database.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                for _ in 0..ROUNDS {
                    let mut tx = database.begin().await.unwrap();
                    let event_id = Uuid::new_v4().to_string();
                    start.wait().await;
                    let notices = mailboxes.map(top_up).into();
                    insert_notices(&mut tx, &event_id, notices).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        });
        // The first failure ends the test: the other task would wait for its partner for ever.
        try_join_all(deliveries).await.unwrap();
        assert_eq!(fresh.count("notifications").await, 400);
    }
}
