//! A person closes their wallet.

use events::payments::WalletClosedV1;
use futures_util::future::join;
use serde_json::{Value, json};
use testkit::{Call, rounds};
use values::{Product, StaffRole};

use crate::freeze::code;
use crate::{Fixture, Person, Race, after, new_key, step_up, withdrawals};

impl Fixture {
    pub(crate) async fn close(&self, person: &Person) -> (u16, Value) {
        let call = Call::post("/api/v1/wallets/me/close").bearer(&person.token);
        let answer = self.send(call).await;
        (answer.status, answer.json())
    }
}

#[tokio::test]
async fn an_empty_wallet_is_closed_for_good_and_its_owner_is_told_once() {
    let fixture = Fixture::new().await;
    let (person, friend) = (fixture.consumer_with(500).await, fixture.consumer_with(500).await);
    assert_eq!(fixture.send_to(&person, &friend, 500).await.0, 201);
    for _ in 0..2 {
        let (status, wallet) = fixture.close(&person).await;
        assert_eq!((status, &wallet["status"]), (200, &json!("closed")), "{wallet}");
    }
    let closed: Vec<WalletClosedV1> = fixture.database.told().await;
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].user_id, person.user_id.to_string());

    // Nothing moves any more, and nobody finds them; what was paid can still be read.
    let refused = code(fixture.send_to(&friend, &person, 100).await);
    assert_eq!(refused, (409, "payee-unavailable".to_owned()));
    let top_up = json!({"amount": {"amount": 100, "currency": "HKD"}});
    let refused = fixture.post(&person, "/api/v1/wallets/me/top-ups", &new_key(), &top_up).await;
    assert_eq!(code(refused), (403, "wallet-closed".to_owned()));
    let payee = format!("/api/v1/payees/{}", person.user_id);
    assert_eq!(fixture.get(&friend, &payee).await.0, 404);
    let (_, movements) = fixture.get(&person, "/api/v1/wallets/me/movements").await;
    assert_eq!(movements["items"].as_array().unwrap().len(), 2);
    let (_, home) = fixture.get(&person, "/api/v1/home").await;
    assert_eq!(home["attention"][0]["code"], "wallet-closed");
    // Neither an operator nor the same sign-up opens it again.
    fixture.open_wallet(&person).await;
    let refused = code(fixture.change(&person.user_id.to_string(), "freeze").await);
    assert_eq!(refused, (403, "wallet-closed".to_owned()));
    assert_eq!(fixture.account(&person.user_id.to_string()).await.1["status"], "closed");
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_wallet_with_money_in_it_or_on_its_way_or_that_is_stopped_is_not_closed() {
    let fixture = Fixture::of_operators().await;
    let not_empty = (409, "wallet-not-empty".to_owned());
    let rich = fixture.consumer_with(1).await;
    assert_eq!(code(fixture.close(&rich).await), not_empty);

    let waiting = fixture.consumer_with(1_000).await;
    let withdrawal = withdrawals::pending(&fixture, &waiting, 1_000).await;
    assert_eq!(code(fixture.close(&waiting).await), not_empty);
    withdrawals::bank(&fixture, &withdrawal, "settle").await;
    assert_eq!(fixture.close(&waiting).await.0, 200);

    let giver = fixture.consumer_with(1_000).await;
    let link = fixture.pay_link(&giver, 1_000).await;
    assert_eq!(code(fixture.close(&giver).await), not_empty, "somebody may still claim it");
    assert_eq!(fixture.claim(&rich, &link).await.0, 201);
    assert_eq!(fixture.close(&giver).await.0, 200);

    let suspect = fixture.person(Product::Consumer).await;
    fixture.hold_by_law(&suspect.user_id.to_string(), 100).await;
    assert_eq!(code(fixture.close(&suspect).await), (403, "wallet-frozen".to_owned()));
    let merchant = fixture.person(Product::Business).await;
    assert_eq!(fixture.close(&merchant).await.0, 403);
}

#[tokio::test]
async fn money_that_comes_while_a_wallet_is_closed_is_refused_or_keeps_it_open() {
    let fixture = Fixture::new().await;
    // A person makes at most 100 payments to people in a day.
    let payers = [fixture.consumer_with(100).await, fixture.consumer_with(100).await];
    let mut race = Race::default();
    for round in 0..rounds(200, 40) {
        let payer = &payers[usize::from(round % 2 == 0)];
        let person = fixture.person(Product::Consumer).await;
        let [closes_after, pays_after] = race.waits(round);
        let (closed, paid) = join(
            after(closes_after, fixture.close(&person)),
            after(pays_after, fixture.send_to(payer, &person, 1)),
        )
        .await;
        race.won(closed.0 == 200);
        match (closed.0, paid.0) {
            (200, 409) | (409, 201) => {}
            both => panic!("round {round}: {both:?}"),
        }
    }
    race.assert_each_won();
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn whoever_only_has_the_phone_unlocked_closes_nothing() {
    let rules = json!([{"acts": ["wallet-closing"], "answer": "pin"}]);
    let fixture = Fixture::under(step_up::policy(rules)).await;
    let mut person = fixture.person(Product::Consumer).await;
    assert_eq!(code(fixture.close(&person).await), (401, "step-up-required".to_owned()));
    person.token = fixture.stepped_up(&person, Product::Consumer, "pin", 10);
    assert_eq!(fixture.close(&person).await.0, 200);
}

#[tokio::test]
async fn whoever_reads_what_staff_do_sees_whose_wallets_were_closed_newest_first() {
    let fixture = Fixture::new().await;
    let (one, other) =
        (fixture.person(Product::Consumer).await, fixture.person(Product::Consumer).await);
    let auditor = fixture.staff("auth", &[StaffRole::Auditor]);
    let closings = async |token: &str, query: &str| {
        let call = Call::get(&format!("/api/v1/wallets/closings{query}")).bearer(token);
        let answer = fixture.send(call).await;
        (answer.status, answer.json())
    };
    assert_eq!(closings(&auditor, "").await, (200, json!({"items": [], "next_cursor": null})));
    for person in [&one, &other, &one] {
        assert_eq!(fixture.close(person).await.0, 200);
    }
    let (_, newest) = closings(&auditor, "?limit=1").await;
    assert_eq!(newest["items"][0]["user_id"], json!(other.user_id));
    let cursor = newest["next_cursor"].as_str().unwrap();
    let (_, last) = closings(&auditor, &format!("?limit=1&cursor={cursor}")).await;
    assert_eq!(last["items"][0]["user_id"], json!(one.user_id), "closed twice, listed once");
    assert_eq!(last["next_cursor"], json!(null));
    let operator = fixture.staff("chan@example.com", &[StaffRole::Operator]);
    for (token, refused) in [(&operator, 403), (&one.token, 401)] {
        assert_eq!(closings(token, "").await.0, refused);
    }
}
