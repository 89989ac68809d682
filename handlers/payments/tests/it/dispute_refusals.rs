//! What cannot be disputed, and disputes that race.

use futures_util::future::{join, join_all};
use serde_json::json;
use testkit::{Call, rounds};
use values::StaffRole::{Operator, Reviewer};

use crate::disputes::{PAYMENTS, Scene};
use crate::freeze::code;
use crate::{Race, after, net};

#[tokio::test]
async fn of_an_agreement_and_a_no_at_once_one_stands() {
    let scene = Scene::set().await;
    let operator = scene.fixture.staff("chan@example.com", &[Operator]);
    let reviewers = [
        scene.fixture.staff("lee@example.com", &[Reviewer]),
        scene.fixture.staff("wu@example.com", &[Reviewer]),
    ];
    let dispute = scene.disputed(1).await;
    scene.contest(&dispute).await;
    let mut race = Race::default();
    for round in 0..rounds(200, 40) {
        scene.review(&operator, &dispute, "propose", false).await;
        let [yes_after, no_after] = race.waits(round);
        let (yes, no) = join(
            after(yes_after, scene.review(&reviewers[0], &dispute, "approve", false)),
            after(no_after, scene.review(&reviewers[1], &dispute, "reject", false)),
        )
        .await;
        race.won(yes.0 == 200);
        match (yes.0, no.0) {
            (200, 409 | 412) | (409 | 412, 200) => {}
            both => panic!("round {round}: {both:?}"),
        }
        let under_review = "UPDATE disputes SET status = 'under-review', ended_at = NULL";
        scene.sql(under_review).await;
    }
    race.assert_each_won();
}

#[tokio::test]
async fn what_cannot_be_disputed_is_refused_with_its_code_and_nothing_is_there() {
    let scene = Scene::set().await;
    let stranger = scene.fixture.consumer_with(100).await;
    for (amount, refusal) in [
        (json!({"amount": 0, "currency": "HKD"}), (400, "invalid-body")),
        (json!({"amount": -1, "currency": "HKD"}), (400, "invalid-body")),
        (json!({"amount": 1.5, "currency": "HKD"}), (400, "invalid-body")),
        (json!({"amount": 1, "currency": "USD"}), (400, "invalid-body")),
        (json!({"amount": 12_851, "currency": "HKD"}), (422, "dispute-exceeds-payment")),
    ] {
        let body = json!({"amount": amount, "reason": "duplicate", "statement": "Twice."});
        let path = format!("{PAYMENTS}/{}/disputes", scene.payment);
        let refused = code(scene.call(&scene.payer.token, &path, Some(&body)).await);
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()), "{amount}");
    }
    let body = json!({
        "amount": {"amount": 1, "currency": "HKD"}, "reason": "not-mine", "statement": "No."
    });
    let path = format!("{PAYMENTS}/{}/disputes", scene.payment);
    for (token, refusal) in [
        (&stranger.token, (404, "payment-not-found")),
        (&scene.owner.token, (403, "wrong-product")),
    ] {
        let refused = code(scene.call(token, &path, Some(&body)).await);
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()));
    }
    scene.sql("UPDATE operations SET created_at = created_at - INTERVAL 121 DAY").await;
    let late = code(scene.dispute(&scene.payment, 1).await);
    assert_eq!(late, (422, "dispute-too-late".to_owned()));
    assert_eq!(scene.fixture.database.count("disputes").await, 0);
}

#[tokio::test]
async fn a_payment_has_one_dispute_at_a_time_and_only_both_sides_see_it() {
    let scene = Scene::set().await;
    let at_once = join_all((0..10).map(|_| scene.dispute(&scene.payment, 1))).await;
    assert!(at_once.iter().all(|answer| *answer == at_once[0]), "{at_once:?}");
    assert_eq!(scene.fixture.database.count("disputes").await, 1);
    let other = code(scene.dispute(&scene.payment, 2).await);
    assert_eq!(other, (409, "dispute-exists".to_owned()));

    let dispute = scene.disputed(1).await;
    let (stranger, (merchant, _)) =
        (scene.fixture.consumer_with(100).await, scene.fixture.shop().await);
    for token in [&stranger.token, &merchant.token] {
        let read = scene.fixture.send(Call::get(&dispute).bearer(token)).await;
        assert_eq!((read.status, &read.json()["code"]), (404, &json!("dispute-not-found")));
    }
    for (token, act, refusal) in [
        (&merchant.token, "accept", (404, "dispute-not-found")),
        (&stranger.token, "withdraw", (404, "dispute-not-found")),
        (&scene.payer.token, "accept", (403, "wrong-product")),
        (&scene.owner.token, "withdraw", (403, "wrong-product")),
    ] {
        let refused = code(scene.call(token, &format!("{dispute}/{act}"), None).await);
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()), "{act}");
    }
    let own = scene.fixture.get(&scene.payer, "/api/v1/disputes").await.1;
    let of_shop = format!("/api/v1/disputes?business_id={}", scene.shop);
    let of_shop = scene.fixture.get(&scene.owner, &of_shop).await.1;
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    assert_eq!(own["items"], of_shop["items"]);
    assert_eq!(scene.fixture.get(&stranger, "/api/v1/disputes").await.1["items"], json!([]));

    // Once it is withdrawn, it can be disputed anew.
    assert_eq!(scene.withdraw(&dispute).await.1["status"], "withdrawn");
    assert_eq!(scene.withdraw(&dispute).await.0, 200);
    let second = scene.disputed(1).await;
    assert_ne!(second, dispute);
    scene.accept(&second).await;
    let third = scene.disputed(1).await;
    scene.withdraw(&third).await;
    let often = code(scene.dispute(&scene.payment, 1).await);
    assert_eq!(often, (422, "too-many-disputes".to_owned()));
}

#[tokio::test]
async fn what_may_still_bring_money_keeps_a_wallet_open_and_a_closed_one_disputes_nothing() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(1).await;
    scene.sql("UPDATE accounts SET debits_posted = credits_posted WHERE kind = 'wallet'").await;
    let close = || scene.call(&scene.payer.token, "/api/v1/wallets/me/close", None);
    assert_eq!(code(close().await), (409, "wallet-not-empty".to_owned()));
    scene.withdraw(&dispute).await;
    assert_eq!(close().await.0, 200);
    let closed = code(scene.dispute(&scene.payment, 1).await);
    assert_eq!(closed, (403, "wallet-closed".to_owned()));
}

#[tokio::test]
async fn of_an_acceptance_and_a_withdrawal_at_once_one_stands() {
    let scene = Scene::set().await;
    let (mut accepted, mut race) = (0_u32, Race::default());
    for round in 0..rounds(200, 40) {
        let dispute = scene.disputed(1).await;
        let [accepts_after, withdraws_after] = race.waits(round);
        let (one, other) = join(
            after(accepts_after, scene.accept(&dispute)),
            after(withdraws_after, scene.withdraw(&dispute)),
        )
        .await;
        race.won(one.0 == 200);
        match (one.0, other.0) {
            (200, 409) => accepted = accepted.saturating_add(1),
            (409, 200) => {}
            both => panic!("round {round}: {both:?}"),
        }
        // So that the next round can dispute the same payment.
        scene.sql("DELETE FROM disputes").await;
    }
    race.assert_each_won();
    let given_back = i64::from(accepted);
    // The fee comes back in proportion, rounded as a whole.
    let fee_back = (given_back * 193 + 12_850 / 2) / 12_850;
    let takings = net(12_850) - given_back + fee_back;
    assert_eq!(scene.balances().await, (87_150 + given_back, takings));
}
