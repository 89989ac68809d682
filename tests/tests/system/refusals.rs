//! Payments that must not happen: each refused with a code of its own, and no money moves.

use std::time::Duration;

use serde_json::json;
use system_tests::{Money, OverHttp, Product, Terms};

use crate::stage::{MONEY, PRICE, Stage, consumer_with, new_key};
use crate::test_platform::shared;

#[tokio::test]
async fn more_than_the_balance_is_refused() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (request, terms) = stage.request(MONEY + 1).await;
    stage.pay(&terms).await.expect_refusal(422, "insufficient-funds");
    let unpaid = stage.merchant.payment_request(&request.payment_request_id).await.unwrap();
    assert_eq!(unpaid.status, "open");
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn an_expired_request_is_refused() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let shop = &stage.shop.business_id;
    let created = stage.merchant.request_call(&new_key(), shop, PRICE, Some(1)).send().await;
    let request = created.unwrap().parse(201).unwrap();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let refused = stage.pay(&Terms::from(&request)).await;
    refused.expect_refusal(409, "payment-request-expired");
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn a_cancelled_request_is_refused_and_a_paid_one_cannot_be_cancelled() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (request, terms) = stage.request(PRICE).await;
    let cancelled = stage.merchant.cancel(&request.payment_request_id).await.unwrap();
    assert_eq!(cancelled.status, "cancelled");
    stage.pay(&terms).await.expect_refusal(409, "payment-request-cancelled");
    stage.assert_nothing_moved().await;

    let (paid, terms) = stage.request(PRICE).await;
    stage.pay(&terms).await.expect(201);
    let path = format!("/api/v1/payment-requests/{}/cancel", paid.payment_request_id);
    let too_late = stage.merchant.0.post(&path).send().await.unwrap();
    too_late.expect_refusal(409, "payment-request-paid");
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn a_changed_amount_or_payee_is_refused() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let cheaper = Terms { amount: Money::hkd(PRICE - 1), ..terms.clone() };
    stage.pay(&cheaper).await.expect_refusal(422, "amount-mismatch");
    let other_shop = stage.merchant.create_business("Another shop").await.unwrap();
    let redirected = Terms { business_id: other_shop.business_id, ..terms };
    stage.pay(&redirected).await.expect_refusal(422, "payee-mismatch");
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn a_signature_covers_one_payment_of_one_payer_under_one_key() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let payer = &stage.consumer;
    let ((_, terms), (_, other)) = (stage.request(PRICE).await, stage.request(PRICE).await);
    let key = new_key();
    let another_person = consumer_with(&platform, MONEY).await.unwrap();
    // The token of the payer in the hands of another phone.
    let mut thief = another_person.clone();
    thief.0.tokens = payer.0.tokens.clone();
    let cheaper = Terms { amount: Money::hkd(PRICE - 1), ..terms.clone() };
    let with_signature = |signature: &str| {
        let mut confirmation = payer.sign(&terms, &key).unwrap();
        confirmation["signature"] = json!(signature);
        confirmation
    };
    for confirmation in [
        payer.sign(&other, &key).unwrap(),
        payer.sign(&cheaper, &key).unwrap(),
        payer.sign(&terms, &new_key()).unwrap(),
        another_person.sign(&terms, &key).unwrap(),
        thief.sign(&terms, &key).unwrap(),
        with_signature(""),
        with_signature("not base64url!"),
    ] {
        let refused = payer.pay_call(&terms, &key, &confirmation).send().await.unwrap();
        refused.expect_refusal(403, "confirmation-invalid");
    }
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn a_pin_confirms_one_payment_and_no_other() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let payer = &stage.consumer;
    let ((_, terms), (_, other)) = (stage.request(PRICE).await, stage.request(PRICE).await);
    let key = new_key();
    let by_pin = payer.confirm_by_pin(&terms, &key).await.unwrap();
    let foreign = payer.pay_call(&other, &key, &by_pin).send().await.unwrap();
    foreign.expect_refusal(403, "confirmation-invalid");
    let access_token = json!({"type": "pin", "token": payer.0.tokens.access_token});
    for not_a_confirmation in [access_token, json!({"type": "pin", "token": "x.y.z"})] {
        let refused = payer.pay_call(&terms, &key, &not_a_confirmation).send().await.unwrap();
        refused.expect_refusal(403, "confirmation-invalid");
    }
    stage.assert_nothing_moved().await;

    payer.pay_call(&terms, &key, &by_pin).send().await.unwrap().expect(201);
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn a_token_of_one_product_does_not_open_the_other() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let payer_as_shop = system_tests::Merchant(stage.consumer.0.clone());
    let shop_as_payer = system_tests::Consumer(stage.merchant.0.clone());
    let shop = &stage.shop.business_id;
    let key = new_key();
    let confirmation = shop_as_payer.sign(&terms, &key).unwrap();
    for call in [
        payer_as_shop.request_call(&key, shop, PRICE, None),
        payer_as_shop.0.get("/api/v1/businesses"),
        payer_as_shop.0.get(&format!("/api/v1/wallets/businesses/{shop}")),
        shop_as_payer.top_up_call(&key, PRICE),
        shop_as_payer.pay_call(&terms, &key, &confirmation),
        shop_as_payer.0.get("/api/v1/wallets/me"),
    ] {
        call.send().await.unwrap().expect_refusal(403, "wrong-product");
    }
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn the_shop_of_another_owner_cannot_be_used() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let phone = system_tests::Phone::new(&platform).unwrap();
    let stranger = system_tests::Merchant(phone.sign_up(Product::Business).await.unwrap());
    let (request, _) = stage.request(PRICE).await;
    let shop = &stage.shop.business_id;
    let cancel = format!("/api/v1/payment-requests/{}/cancel", request.payment_request_id);
    for call in [
        stranger.request_call(&new_key(), shop, PRICE, None),
        stranger.0.get(&format!("/api/v1/businesses/{shop}")),
        stranger.0.get(&format!("/api/v1/wallets/businesses/{shop}")),
        stranger.0.post(&cancel),
    ] {
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    let untouched = stage.merchant.payment_request(&request.payment_request_id).await.unwrap();
    assert_eq!(untouched.status, "open");
}
