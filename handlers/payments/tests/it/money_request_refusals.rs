//! Requests between people that are refused, and what is refused of paying them.

use serde_json::{Value, json};
use testkit::Call;
use values::{Product, UserId};

use crate::group_commit::one_of_two;
use crate::money_requests::{MONEY_REQUESTS, PRICE, path_of, signed_payment, two_people, wish};
use crate::peer_payments::PEER_PAYMENTS;
use crate::{Fixture, Person, new_key};

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_code_and_asks_nobody() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let (owner, shop) = fixture.shop().await;
    let frozen = fixture.person(Product::Consumer).await;
    fixture.freeze(&frozen.user_id.to_string()).await;
    let newcomer = fixture.stranger(Product::Consumer);
    let long_ago = UserId::from_uuid("0190a5d0-0000-7000-8000-000000000001".parse().unwrap());
    let with = |alter: fn(&mut Value)| {
        let mut body = wish(&payer, PRICE);
        alter(&mut body);
        body
    };
    let of = |id: UserId| json!({"payer_id": id, "amount": {"amount": 1, "currency": "HKD"}});
    for (who, body, status, code) in [
        (&requester, with(|body| body["amount"]["amount"] = 0.into()), 400, "invalid-body"),
        (&requester, with(|body| body["amount"]["amount"] = (-1).into()), 400, "invalid-body"),
        (&requester, with(|body| body["amount"]["amount"] = 1.005.into()), 400, "invalid-body"),
        (&requester, with(|body| body["amount"]["amount"] = u64::MAX.into()), 400, "invalid-body"),
        (&requester, with(|body| body["amount"]["currency"] = "USD".into()), 400, "invalid-body"),
        (&requester, with(|body| body["note"] = "文".repeat(101).into()), 400, "invalid-body"),
        (&requester, with(|body| body["status"] = "paid".into()), 400, "invalid-body"),
        (&requester, of(requester.user_id), 422, "payer-is-payee"),
        (&requester, of(long_ago), 404, "payee-not-found"),
        (&requester, of(UserId::new()), 404, "not-yet-known"),
        (&requester, of(UserId::from_uuid(shop.uuid())), 404, "not-yet-known"),
        (&frozen, wish(&payer, PRICE), 403, "wallet-frozen"),
        (&newcomer, wish(&payer, PRICE), 404, "wallet-not-open"),
        (&owner, wish(&payer, PRICE), 403, "wrong-product"),
    ] {
        let (came, problem) = fixture.post(who, MONEY_REQUESTS, &new_key(), &body).await;
        assert_eq!((came, &problem["code"]), (status, &json!(code)), "{body}");
    }
    assert_eq!(fixture.database.count("money_requests").await, 0);
    assert_eq!(fixture.told_of_requests().await.len(), 0);
    // Who is frozen can be asked, so that nobody learns of it.
    fixture.asked(&requester, &frozen, PRICE).await;
}

#[tokio::test]
async fn a_payment_that_is_not_of_the_request_is_refused_and_the_request_waits() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let other = fixture.consumer_with(50_000).await;
    let request = fixture.asked(&requester, &payer, PRICE).await;
    let too_much = fixture.asked(&requester, &payer, 50_001).await;
    let altered = |who: &Person, request: &Value, alter: fn(&mut Value)| {
        let mut other = request.clone();
        alter(&mut other);
        let key = new_key();
        let body = signed_payment(who, &other, &key);
        (key, body)
    };
    let same: fn(&mut Value) = |_| ();
    for (who, (key, body), status, code) in [
        (
            &payer,
            altered(&payer, &request, |one| one["amount"]["amount"] = 4_999.into()),
            422,
            "amount-mismatch",
        ),
        (
            &payer,
            altered(&payer, &request, |one| {
                one["money_request_id"] = "mreq_01h455vb4pex5vsknk084sn02q".into();
            }),
            404,
            "money-request-not-found",
        ),
        (&other, altered(&other, &request, same), 404, "money-request-not-found"),
        (&payer, altered(&payer, &too_much, same), 422, "insufficient-funds"),
    ] {
        let (came, problem) = fixture.post(who, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((came, &problem["code"]), (status, &json!(code)), "{body}");
    }
    let mut of_other = request.clone();
    of_other["requester"]["id"] = json!(other.user_id);
    let key = new_key();
    let body = signed_payment(&payer, &of_other, &key);
    let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!((status, &problem["code"]), (422, &json!("payee-mismatch")));
    fixture.freeze(&requester.user_id.to_string()).await;
    let (key, body) = altered(&payer, &request, same);
    let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!((status, &problem["code"]), (409, &json!("payee-unavailable")));
    assert_eq!(fixture.get(&payer, &path_of(&request)).await.1["status"], "open");
    assert_eq!(
        (fixture.balance(&payer).await, fixture.database.count("transfers").await),
        (50_000, 4)
    );
}

#[tokio::test]
async fn of_two_who_ask_at_once_at_two_instances_the_last_free_place_is_ones() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    for _ in 0..4 {
        fixture.asked(&requester, &payer, 1).await;
    }
    let refused = one_of_two(&fixture, &requester, MONEY_REQUESTS, &wish(&payer, 1)).await;
    refused.expect_refusal(422, "too-many-money-requests");
    assert_eq!(fixture.database.count("money_requests").await, 5);
}

#[tokio::test]
async fn nobody_is_asked_again_and_again_nor_soon_after_a_no() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let other = fixture.person(Product::Consumer).await;
    for _ in 0..10 {
        let request = fixture.asked(&requester, &payer, 1).await;
        let cancel = format!("{}/cancel", path_of(&request));
        assert_eq!(fixture.post(&requester, &cancel, "-", &json!({})).await.0, 200);
    }
    let ask = |payer: &Person| {
        let call = Call::post(MONEY_REQUESTS).bearer(&requester.token).key(&new_key());
        fixture.send(call.json(&wish(payer, 1)))
    };
    ask(&payer).await.expect_refusal(422, "too-many-money-requests");
    let request = fixture.asked(&requester, &other, 1).await;
    let decline = format!("{}/decline", path_of(&request));
    assert_eq!(fixture.post(&other, &decline, "-", &json!({})).await.0, 200);
    let refused = ask(&other).await;
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 86_000);
    refused.expect_refusal(429, "declined-recently");
    // A day later both may be asked again.
    let yesterday = "UPDATE money_requests SET declined_at = declined_at - INTERVAL 1 DAY,
        money_request_id = UNHEX(CONCAT(LPAD(HEX(CONV(LEFT(HEX(money_request_id), 12), 16, 10)
            - 86400000), 12, '0'), SUBSTR(HEX(money_request_id), 13)))";
    fixture.execute(yesterday).await;
    for payer in [&payer, &other] {
        assert_eq!(ask(payer).await.status, 201);
    }
}
