//! Money has moved: whoever it concerns is told.

use std::str::FromStr;

use events::Envelope;
use events::payments::{MoneyMovedV1, SideV1};
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

/// Nothing if the money moved in a way that is not told of here.
fn notices(event: &Envelope) -> Result<Vec<Notice>, Failure> {
    let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? else { return Ok(Vec::new()) };
    match &*moved.kind {
        "payment" => of_payment(moved),
        "top-up" => of_top_up(&moved),
        _ => Ok(Vec::new()),
    }
}

fn of_payment(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(&moved)?;
    let payment_id: PaymentId = parse(&moved.operation_id)?;
    // A payment by a static code was not asked for.
    let payment_request_id: Option<PaymentRequestId> =
        moved.payment_request_id.as_deref().map(parse).transpose()?;
    let facts = |counterparty| Facts {
        amount: Some(amount),
        counterparty: Some(counterparty),
        payment_id: Some(payment_id),
        payment_request_id,
        top_up_id: None,
    };
    let (payer, payee) = (moved.from, moved.to);
    let payer_party = Party::user(parse(given(&payer.id)?)?, payer.name.clone());
    let payee_party = Party::Business { id: parse(given(&payee.id)?)?, name: payee.name.clone() };
    Ok(vec![
        Notice {
            mailbox: mailbox(&payer, Product::Consumer)?,
            message: Message::PaymentSent { amount, shop_name: payee.name.clone() },
            facts: facts(payee_party),
        },
        Notice {
            mailbox: mailbox(&payee, Product::Business)?,
            message: Message::PaymentReceived { amount, payer_name: payer.name },
            facts: facts(payer_party),
        },
    ])
}

fn of_top_up(moved: &MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved)?;
    Ok(vec![Notice {
        mailbox: mailbox(&moved.to, Product::Consumer)?,
        message: Message::TopUpCompleted { amount },
        facts: Facts {
            amount: Some(amount),
            top_up_id: Some(parse(&moved.operation_id)?),
            ..Facts::default()
        },
    }])
}

fn mailbox(side: &SideV1, product: Product) -> Result<Mailbox, Failure> {
    Ok(Mailbox { user_id: parse(given(&side.told_user_id)?)?, product })
}

fn given(id: &Option<String>) -> Result<&str, Failure> {
    id.as_deref().ok_or_else(|| Failure::poison("a side of this kind has ids"))
}

fn parse<T: FromStr<Err = IdError>>(id: &str) -> Result<T, Failure> {
    id.parse().map_err(Failure::poison)
}

fn money(moved: &MoneyMovedV1) -> Result<Money, Failure> {
    if moved.currency != Currency::HKD.code() {
        return Err(Failure::poison("the currency is unknown"));
    }
    Money::hkd(moved.amount).map_err(Failure::poison)
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
