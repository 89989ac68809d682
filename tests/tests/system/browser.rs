//! People with passkeys, in Chromium (`tests/browser`).

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use serde_json::{Value, json};
use system_tests::{Application, Consumer, Document, Money, OverHttp, PIN, Payment};

use crate::generated_client::run;
use crate::stage::{MONEY, PRICE, Stage, consumer_with, consumers_with, new_key};
use crate::test_platform::{administrators, shared};

#[tokio::test]
async fn a_customer_makes_a_passkey_in_a_browser_logs_in_and_pays_by_it() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let tokens = &stage.consumer.0.tokens;
    play(
        "customer",
        json!({
            "origin": origin(&platform.api),
            "pin": PIN,
            "access_token": tokens.access_token,
            "user_id": tokens.user_id,
            "terms": {
                "payment_request_id": terms.payment_request_id,
                "business_id": terms.business_id,
                "amount": terms.amount,
            },
        }),
    )
    .await;
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn whoever_has_a_requests_link_open_sees_that_it_is_paid() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (request, terms) = stage.request(PRICE).await;
    let (key, origin) = (new_key(), origin(&platform.api));
    let id = &request.payment_request_id;
    let body = json!({
        "payment_request_id": id,
        "business_id": terms.business_id,
        "amount": terms.amount,
        "confirmation": stage.consumer.sign(&terms, &key).unwrap(),
    });
    play(
        "checkout",
        json!({
            "page": format!("{origin}/api/v1/qr/checkouts/{id}"),
            "shop": stage.shop.shop_name,
            "payment": {
                "url": format!("{origin}/api/v1/payments"),
                "token": stage.consumer.0.tokens.access_token,
                "key": key,
                "body": body,
            },
        }),
    )
    .await;
    stage.assert_paid_once(PRICE).await;
}

#[tokio::test]
async fn staff_enrol_on_their_page_let_a_frozen_wallet_go_and_end_a_dispute() {
    const REASON: &str = "<img src=x onerror=alert(1)>";
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let frozen = consumer_with(&platform, MONEY).await.unwrap();
    let wallet = &frozen.0.tokens.user_id;
    let freeze = format!("/api/v1/ledger/accounts/{wallet}/freeze");
    let word = json!({"reason": REASON, "operator": "ops@example.com"});
    platform.operate(&freeze, &word, 200).await.unwrap();
    let hold = format!("/api/v1/ledger/accounts/{wallet}/legal-hold");
    let order = json!({"amount": Money::hkd(10_000), "reason": "a court", "operator": "ops"});
    platform.operate(&hold, &order, 200).await.unwrap();
    let (_, terms) = stage.request(PRICE).await;
    let key = new_key();
    frozen.pay(&terms, &key).await.unwrap().expect_refusal(403, "wallet-frozen");
    let dispute = dispute(&stage).await;
    let dispute = dispute.as_str();
    let mut invitations = Vec::new();
    for name in ["chan@example.com", "wong@example.com"] {
        let invited = administrators(&platform).await.invite(&platform, name, &["administrator"]);
        invitations.push(invited.await.unwrap());
    }

    play(
        "staff",
        json!({
            "page": format!("{}/staff/", origin(&platform.api)),
            "invitations": invitations,
            "wallet": wallet,
            "freeze_reason": REASON,
            "dispute": dispute,
        }),
    )
    .await;

    frozen.pay(&terms, &key).await.unwrap().expect(201);
    let held = frozen.wallet().await.unwrap();
    assert_eq!(held.balance.amount - held.available.amount, 1234);
    let ended = stage.consumer.0.get(&format!("/api/v1/disputes/{dispute}")).send().await.unwrap();
    assert_eq!(ended.json()["status"], "refunded", "{ended:?}");
    assert_eq!(stage.consumer.wallet().await.unwrap().balance.amount, MONEY);
    platform.expect_balanced_ledger().await.unwrap();
}

#[tokio::test]
async fn staff_let_a_held_payment_go_and_refuse_an_application_on_their_page() {
    const NOTE: &str = "<img src=x onerror=alert(2)>";
    const OTHER_NAME: &str = "LANTERN FOLLY";
    let platform = shared().await;
    let (payer, payees) =
        tokio::join!(consumer_with(&platform, MONEY), consumers_with(&platform, 2, 100),);
    let (payer, [known, new]) = (payer.unwrap(), <[Consumer; 2]>::try_from(payees).unwrap());
    let [known_id, new_id] = [&known, &new].map(|payee| payee.0.tokens.user_id.as_str());
    let mark = new_key();
    payer.send_money(known_id, 100, &mark).await.unwrap();
    let sql = "INSERT INTO payments.known_payees
        SELECT from_account_id, UNHEX(MD5(seq)), UTC_TIMESTAMP(6), 1, 1
        FROM payments.operations JOIN payments.seq_1_to_19 WHERE note = ?";
    let mut conn = Conn::new(Opts::from_url(&platform.mysql_primary).unwrap()).await.unwrap();
    conn.exec_drop(sql, (&mark,)).await.unwrap();
    conn.disconnect().await.unwrap();
    let held = payer.send_money(new_id, PRICE, NOTE).await.unwrap();
    assert_eq!(held["status"], "held", "{held}");
    let Document { png, mut details } = Document::identity_card(1010);
    details["name"] = json!(OTHER_NAME);
    let application = Application::begin(&payer.0, &details).await.unwrap();
    application.upload(&platform, &png).await.unwrap();
    application.submit().await.unwrap();
    application.wait_for("in-review").await.unwrap();
    let administrators = administrators(&platform).await;
    let mut invited = Vec::new();
    for role in ["operator", "reviewer"] {
        let name = format!("{role}-of-reviews@example.com");
        invited.push(administrators.invite(&platform, &name, &[role]).await.unwrap());
    }

    play(
        "reviews",
        json!({
            "page": format!("{}/staff/", origin(&platform.api)),
            "operator": invited[0],
            "reviewer": invited[1],
            "payment": held["peer_payment_id"],
            "note": NOTE,
            "application": application.id,
            "said": OTHER_NAME,
        }),
    )
    .await;

    assert_eq!(new.wallet().await.unwrap().balance.amount, PRICE + 100);
    application.wait_for("rejected").await.unwrap();
    platform.expect_balanced_ledger().await.unwrap();
}

/// A payment that its payer disputes and the shop defends.
async fn dispute(stage: &Stage<'_>) -> String {
    let (_, terms) = stage.request(PRICE).await;
    let paid: Payment = stage.pay(&terms).await.parse(201).unwrap();
    let payer = &stage.consumer.0;
    let asked = payer.post(&format!("/api/v1/payments/{}/disputes", paid.payment_id));
    let asked = asked.json(&json!({
        "amount": terms.amount, "reason": "not-received", "statement": "Nothing has come.",
    }));
    let opened: Value = asked.send().await.unwrap().parse(200).unwrap();
    let dispute = opened["dispute_id"].as_str().unwrap().to_owned();
    let answer = stage.merchant.0.post(&format!("/api/v1/disputes/{dispute}/contest"));
    let answer = answer.json(&json!({"answer": "It was collected."}));
    answer.send().await.unwrap().expect(200);
    dispute
}

/// Prints how long each step took. The test's own connections are looked after meanwhile: one that
/// the front door has closed is then not used again.
#[expect(clippy::print_stdout, reason = "figures, for whoever asks for them with --nocapture")]
pub(crate) async fn play(journey: &'static str, scene: Value) {
    let file = format!("tests/browser/{journey}.mjs");
    let played = tokio::task::spawn_blocking(move || run("node", &[&file, &scene.to_string()]));
    println!("{journey}, in ms: {}", played.await.unwrap().trim());
}

/// A page with passkeys has a name.
pub(crate) fn origin(api: &str) -> String {
    api.replace("127.0.0.1", "localhost")
}
