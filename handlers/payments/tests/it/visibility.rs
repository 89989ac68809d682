//! Who else may see a payment between people: the payer says so, and either of them hides it.

use events::payments::{MoneyMovedV1, PeerPaymentVisibilityChangedV1};
use futures_util::future::join_all;
use serde_json::{Value, json};
use values::Product;

use crate::movements::MOVEMENTS;
use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::{Fixture, Person, new_key};

const ROUNDS: usize = 200;
const SHOWN: &str = "peer_payments_for_friends";

/// A payment of a cent that friends may see, under this key.
fn shown(payer: &Person, payee: &Person, key: &str) -> Value {
    let mut body = signed_amount(payer, payee.user_id, 1, key);
    body["visibility"] = json!("friends");
    body
}

fn path_of(payment: &Value) -> String {
    format!("{PEER_PAYMENTS}/{}", payment["peer_payment_id"].as_str().unwrap())
}

impl Fixture {
    async fn hide(&self, who: &Person, payment: &Value) -> (u16, Value) {
        self.post(who, &format!("{}/hide", path_of(payment)), "-", &json!({})).await
    }

    async fn told_of_visibility(&self) -> Vec<PeerPaymentVisibilityChangedV1> {
        self.database.told().await
    }
}

#[tokio::test]
async fn a_payer_shows_a_payment_to_friends_and_either_side_hides_it_for_good() {
    let fixture = Fixture::new().await;
    let (payer, payee) =
        (fixture.consumer_with(1_000).await, fixture.person(Product::Consumer).await);
    for hider in [&payer, &payee] {
        let key = new_key();
        let body = shown(&payer, &payee, &key);
        let (status, payment) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((status, &payment["visibility"]), (201, &json!("friends")), "{payment}");
        assert_eq!(fixture.get(&payee, &path_of(&payment)).await, (200, payment.clone()));
        for person in [&payer, &payee] {
            let (_, page) = fixture.get(person, MOVEMENTS).await;
            assert_eq!(page["items"][0]["visibility"], "friends");
        }
        let stranger = fixture.person(Product::Consumer).await;
        let (status, problem) = fixture.hide(&stranger, &payment).await;
        assert_eq!((status, &problem["code"]), (404, &json!("peer-payment-not-found")));
        assert_eq!(fixture.get(&payee, &path_of(&payment)).await, (200, payment.clone()));

        let told = fixture.told_of_visibility().await.len();
        let mut hidden = payment.clone();
        hidden["visibility"] = json!("private");
        for who in [hider, &payer, &payee] {
            assert_eq!(fixture.hide(who, &payment).await, (200, hidden.clone()));
        }
        for person in [&payer, &payee] {
            assert_eq!(fixture.get(person, &path_of(&payment)).await, (200, hidden.clone()));
            let (_, page) = fixture.get(person, MOVEMENTS).await;
            assert_eq!(page["items"][0]["visibility"], "private");
        }
        // A repeat is the same payment, as it stands now.
        assert_eq!(fixture.post(&payer, PEER_PAYMENTS, &key, &body).await, (201, hidden.clone()));
        let changed = fixture.told_of_visibility().await;
        assert_eq!((changed.len(), &*changed[told].visibility), (told + 1, "private"));
        assert_eq!(json!(changed[told].peer_payment_id), payment["peer_payment_id"]);
        // Which nobody can take back.
        let other = shown(&payer, &payee, &key);
        assert_eq!(fixture.post(&payer, PEER_PAYMENTS, &key, &other).await, (201, hidden));
    }
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().filter(|moved| moved.kind == "peer-payment");
    assert!(moved.clone().all(|moved| moved.visibility.as_deref() == Some("friends")));
    assert_eq!((moved.count(), fixture.database.count(SHOWN).await), (2, 0));
}

#[tokio::test]
async fn what_nobody_shows_is_private_and_its_key_stands_for_the_choice_too() {
    let fixture = Fixture::new().await;
    let (payer, payee) =
        (fixture.consumer_with(1_000).await, fixture.person(Product::Consumer).await);
    for said in [None, Some(json!(null)), Some(json!("private"))] {
        let key = new_key();
        let mut body = signed_amount(&payer, payee.user_id, 1, &key);
        if let Some(said) = said {
            body["visibility"] = said;
        }
        let (status, payment) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((status, &payment["visibility"]), (201, &json!("private")));
        body.as_object_mut().unwrap().remove("visibility");
        let repeat = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!(repeat, (201, payment.clone()));
        body["visibility"] = json!("friends");
        let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
        assert_eq!(fixture.hide(&payee, &payment).await, (200, payment));
    }
    let key = new_key();
    let mut body = shown(&payer, &payee, &key);
    for wrong in [json!("public"), json!(""), json!(true), json!(["friends"])] {
        body["visibility"] = wrong;
        let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")));
    }
    assert_eq!(fixture.database.count(SHOWN).await, 0);
    assert_eq!(fixture.told_of_visibility().await.len(), 0);
    assert_eq!(fixture.balance(&payer).await, 997);
}

#[tokio::test]
async fn of_two_who_hide_at_once_one_is_told_of_and_both_are_answered() {
    let fixture = Fixture::new().await;
    let (payer, payee) =
        (fixture.consumer_with(1_000).await, fixture.person(Product::Consumer).await);
    let key = new_key();
    let body = signed_amount(&payer, payee.user_id, 1, &key);
    let (status, payment) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!(status, 201, "{payment}");
    for _ in 0..ROUNDS {
        // As if it had been shown, and not been hidden yet.
        let show = "INSERT INTO peer_payments_for_friends
             SELECT operation_id FROM operations WHERE kind = 'peer-payment'";
        fixture.execute(show).await;
        let both = join_all([&payer, &payee].map(|who| fixture.hide(who, &payment))).await;
        assert!(both.iter().all(|(status, now)| *status == 200 && now["visibility"] == "private"));
    }
    assert_eq!(fixture.told_of_visibility().await.len(), ROUNDS);
    assert_eq!(fixture.database.count(SHOWN).await, 0);
}
