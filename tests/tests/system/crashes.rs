//! Handlers and the event hub are killed while people pay: no money and no notification is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use system_tests::{
    Addresses, Business, Consumer, Error, Inbox, Merchant, Payment, PaymentRequest, Terms, until,
};

use crate::kills::{Victim, kill, repeat};
use crate::stage::{MONEY, consumers_with, merchant_with_shop, new_key};
use crate::test_platform::alone;

const PAYERS: usize = 8;
const PAYMENTS_EACH: usize = 25;
const PAYMENTS: usize = PAYERS * PAYMENTS_EACH;
/// The first price in cents; each later payment costs one cent more, so that sums tell them apart.
const FIRST_PRICE: i64 = 101;
/// All notifications are there so long after the last payment.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(90);
/// A second notification of one payment would be seen in this time.
const REPETITION_WATCH: Duration = Duration::from_secs(3);
/// Who is killed when so many payments are completed.
const KILLS: [(usize, Victim); 6] = [
    (PAYMENTS / 8, Victim::Handler("payments")),
    (PAYMENTS / 4, Victim::Handler("notification")),
    (PAYMENTS * 3 / 8, Victim::Part("eventhubs-emulator")),
    (PAYMENTS / 2, Victim::Handler("notification")),
    (PAYMENTS * 5 / 8, Victim::Handler("payments")),
    (PAYMENTS * 3 / 4, Victim::Part("eventhubs-emulator")),
];

#[tokio::test]
async fn killed_handlers_and_hubs_lose_and_repeat_nothing() {
    let platform = alone().await;
    let payers = consumers_with(&platform, PAYERS, MONEY).await;
    let (merchant, shop) = merchant_with_shop(&platform).await.unwrap();
    let completed = AtomicUsize::new(0);

    let spending = payers.iter().enumerate().map(|(number, payer)| {
        let first = i64::try_from(number * PAYMENTS_EACH).unwrap();
        spend(payer, &merchant, &shop.business_id, FIRST_PRICE + first, &completed)
    });
    let (paid, ()) = tokio::join!(join_all(spending), kill(&platform, KILLS, &completed));

    expect_nothing_lost_or_repeated(&platform, &payers, &paid, (&merchant, &shop)).await;
    assert_eq!(paid.iter().map(Paid::len).sum::<usize>(), PAYMENTS);
}

/// Each payment is in the payer's history, has moved money once, and was told once to both sides.
pub(crate) async fn expect_nothing_lost_or_repeated(
    platform: &Addresses,
    payers: &[Consumer],
    paid: &[Paid],
    (merchant, shop): (&Merchant, &Business),
) {
    for (payer, paid) in payers.iter().zip(paid) {
        assert_eq!(in_history(payer).await, *paid);
        let left = MONEY - paid.values().sum::<i64>();
        assert_eq!(payer.wallet().await.unwrap().balance.amount, left);
    }
    let all: Paid = paid.iter().flatten().map(|(id, price)| (id.clone(), *price)).collect();
    assert_eq!(all.len(), paid.iter().map(Paid::len).sum::<usize>());
    let balance = merchant.balance(&shop.business_id).await.unwrap().balance.amount;
    assert_eq!(balance, all.values().map(|price| Merchant::net(*price)).sum::<i64>());
    platform.expect_balanced_ledger().await.unwrap();

    let payers = payers.iter().map(|payer| payer.0.inbox()).zip(paid);
    let sides: Vec<(Inbox<'_>, &Paid)> = payers.chain([(merchant.0.inbox(), &all)]).collect();
    for (inbox, paid) in &sides {
        wait_until_notified(inbox, paid).await;
    }
    tokio::time::sleep(REPETITION_WATCH).await;
    for (inbox, paid) in &sides {
        let mut told = payments_in(inbox).await.unwrap();
        told.sort_unstable();
        assert_eq!(told, paid.keys().cloned().collect::<Vec<String>>());
    }
}

/// One payer's payments: their ids and amounts in cents.
pub(crate) type Paid = BTreeMap<String, i64>;

async fn spend(
    payer: &Consumer,
    merchant: &Merchant,
    shop: &str,
    first_price: i64,
    completed: &AtomicUsize,
) -> Paid {
    let mut paid = BTreeMap::new();
    for number in 0..PAYMENTS_EACH {
        let price = first_price + i64::try_from(number).unwrap();
        paid.insert(pay_once(payer, merchant, shop, price).await, price);
        completed.fetch_add(1, Ordering::Relaxed);
    }
    paid
}

/// Pays what the shop asks for, whatever dies meanwhile; the payment's id.
pub(crate) async fn pay_once(
    payer: &Consumer,
    merchant: &Merchant,
    shop: &str,
    price: i64,
) -> String {
    let key = new_key();
    let created = repeat(|| merchant.request_call(&key, shop, price, None)).await;
    let request: PaymentRequest = created.parse(201).unwrap();
    let terms = Terms::from(&request);
    let confirmation = payer.sign(&terms, &key).unwrap();
    let answer = repeat(|| payer.pay_call(&terms, &key, &confirmation)).await;
    let payment: Payment = answer.parse(201).unwrap();
    assert_eq!(payment.amount.amount, price);
    payment.payment_id
}

async fn in_history(payer: &Consumer) -> Paid {
    let history = payer.movements().await.unwrap();
    let payments = history.into_iter().filter(|entry| entry.direction == "out");
    payments.map(|entry| (entry.subject.id, entry.amount.amount)).collect()
}

async fn wait_until_notified(inbox: &Inbox<'_>, paid: &Paid) {
    until("a notification of each payment", ARRIVAL_LIMIT, async || {
        let told: BTreeSet<String> = payments_in(inbox).await?.into_iter().collect();
        Ok(paid.keys().all(|payment| told.contains(payment)).then_some(()))
    })
    .await
    .unwrap();
}

async fn payments_in(inbox: &Inbox<'_>) -> Result<Vec<String>, Error> {
    let notifications = inbox.all().await?.into_iter();
    Ok(notifications.filter_map(|notification| notification.payment_id).collect())
}
