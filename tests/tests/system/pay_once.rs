//! One key, one payment; one request, one payer.

use futures_util::future::join_all;
use system_tests::{Answer, Merchant, OverHttp, Payment, Terms};

use crate::stage::{MONEY, PRICE, Stage, consumers_with, merchant_with_shop, new_key};
use crate::test_platform::shared;

const PAYERS: usize = 50;

#[tokio::test]
async fn paying_twice_with_one_key_moves_money_once_and_answers_the_same_bytes() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let key = new_key();
    let first = stage.consumer.pay(&terms, &key).await.unwrap();
    let again = stage.consumer.pay(&terms, &key).await.unwrap();
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(first.body, again.body);
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn ten_repeats_at_once_with_one_key_move_money_once() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let key = new_key();
    let repeats = join_all((0..10).map(|_| stage.consumer.pay(&terms, &key))).await;
    let mut paid = None;
    for answer in repeats.into_iter().map(Result::unwrap) {
        if answer.status == 201 {
            assert_eq!(*paid.get_or_insert_with(|| answer.body.clone()), answer.body);
        } else {
            answer.expect_refusal(409, "idempotency-key-in-flight");
        }
    }
    assert!(paid.is_some());
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn a_key_that_was_used_for_another_body_is_refused() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let ((_, first), (_, second)) = (stage.request(PRICE).await, stage.request(PRICE).await);
    let key = new_key();
    stage.consumer.pay(&first, &key).await.unwrap().expect(201);
    let reused = stage.consumer.pay(&second, &key).await.unwrap();
    reused.expect_refusal(422, "idempotency-key-reused");
    let top_up = stage.consumer.top_up_call(&key, 100).send().await.unwrap();
    top_up.expect_refusal(422, "idempotency-key-reused");
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn a_payment_without_a_usable_key_is_refused() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let confirmation = stage.consumer.sign(&terms, "key").unwrap();
    let call = || stage.consumer.pay_call(&terms, "key", &confirmation);
    let missing = call().without("idempotency-key").send().await.unwrap();
    missing.expect_refusal(400, "idempotency-key-missing");
    for key in ["two words", &"k".repeat(300)] {
        let invalid = call().key(key).send().await.unwrap();
        invalid.expect_refusal(400, "idempotency-key-invalid");
    }
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn of_fifty_payers_of_one_request_one_succeeds_and_the_others_are_told() {
    let platform = shared().await;
    let payers = consumers_with(&platform, PAYERS, MONEY).await;
    let (merchant, shop) = merchant_with_shop(&platform).await.unwrap();
    let request = merchant.request_payment(&shop.business_id, PRICE).await.unwrap();
    let terms = Terms::from(&request);

    let keys: Vec<String> = payers.iter().map(|_| new_key()).collect();
    let attempts = payers.iter().zip(&keys).map(|(payer, key)| payer.pay(&terms, key));
    let answers: Vec<Answer> = join_all(attempts).await.into_iter().map(Result::unwrap).collect();

    let (paid, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(paid.len(), 1);
    for answer in refused {
        answer.expect_refusal(409, "payment-request-paid");
    }
    let payment: Payment = paid[0].parse(201).unwrap();
    let settled = merchant.payment_request(&request.payment_request_id).await.unwrap();
    assert_eq!((settled.status.as_str(), settled.payment_id), ("paid", Some(payment.payment_id)));
    let wallets = join_all(payers.iter().map(|payer| payer.wallet())).await;
    let left: i64 = wallets.into_iter().map(|wallet| wallet.unwrap().balance.amount).sum();
    let people = i64::try_from(PAYERS).unwrap();
    assert_eq!(left, people * MONEY - PRICE);
    let takings = merchant.balance(&shop.business_id).await.unwrap().balance.amount;
    assert_eq!(takings, Merchant::net(PRICE));
    platform.expect_balanced_ledger().await.unwrap();
}
