//! Bills that are split among people.

use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess};
use values::{Product, UserId};

use crate::audit::assert_found;
use crate::group_commit::static_payment;
use crate::money_requests::{MONEY_REQUESTS, signed_payment};
use crate::pay::PAYMENTS;
use crate::peer_payments::{PEER_PAYMENTS, name};
use crate::{Fixture, Person, new_key};

pub(crate) const BILLS: &str = "/api/v1/bills";

fn hkd(minor_units: i64) -> Value {
    json!({"amount": minor_units, "currency": "HKD"})
}

pub(crate) fn equal<'a>(total: i64, people: impl IntoIterator<Item = &'a Person>) -> Value {
    let user_ids: Vec<UserId> = people.into_iter().map(|person| person.user_id).collect();
    json!({"total": hkd(total), "split": {"type": "equal", "user_ids": user_ids}})
}

/// A bill that one other has to pay alone: its id, and the request.
pub(crate) async fn only_share(
    routes: &Routes,
    creator: &Person,
    payer: &Person,
    total: i64,
) -> (String, Value) {
    let split = Call::post(BILLS).bearer(&creator.token).key(&new_key());
    let bill = split.json(&equal(total, [payer])).send(routes).await.expect(201);
    let id = bill["shares"][0]["money_request_id"].as_str().unwrap();
    let read = Call::get(&format!("{MONEY_REQUESTS}/{id}")).bearer(&payer.token);
    (bill["bill_id"].as_str().unwrap().to_owned(), read.send(routes).await.expect(200))
}

impl Fixture {
    async fn split(&self, creator: &Person, body: &Value) -> Value {
        let (status, bill) = self.post(creator, BILLS, &new_key(), body).await;
        assert_eq!(status, 201, "{bill}");
        bill
    }

    /// The request by which this person is asked for their share.
    async fn share_of(&self, person: &Person) -> Value {
        let path = format!("{MONEY_REQUESTS}?direction=incoming");
        self.get(person, &path).await.1["items"][0].clone()
    }

    async fn pays_share(&self, payer: &Person) {
        let (request, key) = (self.share_of(payer).await, new_key());
        let body = signed_payment(payer, &request, &key);
        let (status, paid) = self.post(payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!(status, 201, "{paid}");
    }
}

#[tokio::test]
async fn a_payment_is_split_and_its_creator_sees_who_has_paid_and_others_their_own_part() {
    let fixture = Fixture::new().await;
    let creator = fixture.consumer_with(50_000).await;
    let friends = [fixture.consumer_with(9_000).await, fixture.consumer_with(9_000).await];
    name(&fixture, &creator, "陳大文").await;
    name(&fixture, &friends[0], "小明").await;
    let (_, shop) = fixture.shop().await;
    let key = new_key();
    let paid = static_payment(&creator, shop, 10_000, &key);
    let (_, payment) = fixture.post(&creator, PAYMENTS, &key, &paid).await;

    let mut body = equal(10_000, [&creator, &friends[0], &friends[1]]);
    body["payment_id"] = payment["payment_id"].clone();
    body["note"] = json!("晚飯");
    let key = new_key();
    let (status, bill) = fixture.post(&creator, BILLS, &key, &body).await;
    assert_eq!((status, &bill["people"]), (201, &json!(3)), "{bill}");
    assert_eq!((&bill["payment_id"], &bill["note"]), (&payment["payment_id"], &json!("晚飯")));
    let shares = bill["shares"].as_array().unwrap();
    let cents = |share: &Value| share["amount"]["amount"].as_i64().unwrap();
    assert_eq!(shares.iter().map(cents).sum::<i64>(), 10_000);
    assert!(shares.iter().all(|share| [3_333, 3_334].contains(&cents(share))));
    assert_eq!(
        (&shares[0]["person"]["name"], &shares[0]["status"]),
        (&json!("陳大文"), &json!(null))
    );
    let path = format!("{BILLS}/{}", bill["bill_id"].as_str().unwrap());
    assert_eq!(fixture.get(&creator, &path).await, (200, bill.clone()));

    let (_, seen) = fixture.get(&friends[0], &path).await;
    assert_eq!(seen["shares"].as_array().unwrap().len(), 1);
    assert_eq!(seen["shares"][0]["person"]["id"], json!(friends[0].user_id));
    assert_eq!((&seen["payment_id"], &seen["people"]), (&json!(null), &json!(3)));
    assert_eq!((&seen["creator"]["name"], &seen["total"]), (&json!("陳***文"), &hkd(10_000)));
    let stranger = fixture.person(Product::Consumer).await;
    let (status, problem) = fixture.get(&stranger, &path).await;
    assert_eq!((status, &problem["code"]), (404, &json!("bill-not-found")));

    fixture.pays_share(&friends[0]).await;
    let (_, bill) = fixture.get(&creator, &path).await;
    let of_friend = |friend: &Person| {
        let shares = bill["shares"].as_array().unwrap();
        let mut found = shares.iter();
        found.find(|share| share["person"]["id"] == json!(friend.user_id)).unwrap().clone()
    };
    assert_eq!(of_friend(&friends[0])["status"], "paid");
    assert_eq!(of_friend(&friends[0])["person"]["name"], "小明");
    assert_eq!(of_friend(&friends[1])["status"], "open");
    assert_eq!(fixture.get(&friends[0], &path).await.1["creator"]["name"], "陳大文");
    // A repeat shows how it stands now.
    assert_eq!(fixture.post(&creator, BILLS, &key, &body).await, (201, bill));
    assert_eq!(fixture.database.count("money_requests").await, 2);
}

#[tokio::test]
async fn a_bill_is_split_by_weights_or_by_hand_and_of_a_payment_to_a_person() {
    let fixture = Fixture::new().await;
    let (creator, friend) =
        (fixture.consumer_with(9_000).await, fixture.consumer_with(9_000).await);
    let (one, other) = (json!(creator.user_id), json!(friend.user_id));
    let weights = json!({"type": "weights", "shares": [
        {"user_id": one, "weight": 2}, {"user_id": other, "weight": 1},
    ]});
    let bill = fixture.split(&creator, &json!({"total": hkd(100), "split": weights})).await;
    assert_eq!(bill["shares"][1]["amount"], hkd(33));
    let by_hand = |share: i64| {
        json!({"type": "amounts", "shares": [
            {"user_id": one, "amount": hkd(10)}, {"user_id": other, "amount": hkd(share)},
        ]})
    };
    let bill = fixture.split(&creator, &json!({"total": hkd(100), "split": by_hand(90)})).await;
    assert_eq!((&bill["shares"][0]["amount"], &bill["shares"][1]["amount"]), (&hkd(10), &hkd(90)));

    fixture.pays_share(&friend).await;
    let request = fixture.share_of(&friend).await;
    let of_payment = json!({
        "total": hkd(90),
        "split": {"type": "equal", "user_ids": [creator.user_id]},
        "peer_payment_id": request["peer_payment_id"],
    });
    let bill = fixture.split(&friend, &of_payment).await;
    assert_eq!(bill["peer_payment_id"], request["peer_payment_id"]);
    let (status, problem) = fixture.post(&creator, BILLS, &new_key(), &of_payment).await;
    assert_eq!((status, &problem["code"]), (422, &json!("bill-people-invalid")));
}

#[tokio::test]
async fn cancelling_a_bill_takes_back_what_is_not_paid_and_only_its_creator_does() {
    let fixture = Fixture::new().await;
    let creator = fixture.consumer_with(100).await;
    let friends = [fixture.consumer_with(100).await, fixture.consumer_with(100).await];
    let bill = fixture.split(&creator, &equal(100, &friends)).await;
    let path = format!("{BILLS}/{}/cancel", bill["bill_id"].as_str().unwrap());
    fixture.pays_share(&friends[0]).await;
    let (status, problem) = fixture.post(&friends[0], &path, "-", &json!({})).await;
    assert_eq!((status, &problem["code"]), (404, &json!("bill-not-found")));
    for _ in 0..2 {
        let (status, bill) = fixture.post(&creator, &path, "-", &json!({})).await;
        let shares = bill["shares"].as_array().unwrap().iter();
        let mut statuses: Vec<&str> =
            shares.map(|share| share["status"].as_str().unwrap()).collect();
        statuses.sort_unstable();
        assert_eq!((status, statuses), (200, vec!["cancelled", "paid"]));
    }
    // Asked twice, paid once, cancelled once.
    let told: Vec<events::payments::MoneyRequestChangedV1> = fixture.database.told().await;
    assert_eq!(told.len(), 4);
}

#[tokio::test]
async fn a_bill_that_is_wrong_is_refused_with_its_code_and_asks_nobody() {
    let fixture = Fixture::new().await;
    let creator = fixture.consumer_with(50_000).await;
    let friend = fixture.person(Product::Consumer).await;
    let frozen = fixture.person(Product::Consumer).await;
    fixture.freeze(&frozen.user_id.to_string()).await;
    let (_, shop) = fixture.shop().await;
    let key = new_key();
    let paid = static_payment(&creator, shop, 10_000, &key);
    let (_, payment) = fixture.post(&creator, PAYMENTS, &key, &paid).await;
    let payment_id = payment["payment_id"].clone();
    let peer_payment_id = payment_id.as_str().unwrap().replace("pay_", "ppay_");
    let with = |total: i64, field: &str, value: Value| {
        let mut body = equal(total, [&creator, &friend]);
        body[field] = value;
        body
    };
    let split = |split: Value| json!({"total": hkd(100), "split": split});
    let of = |ids: Vec<UserId>| split(json!({"type": "equal", "user_ids": ids}));
    let (one, many) = (friend.user_id, (0..31).map(|_| UserId::new()).collect());
    let long_ago = UserId::from_uuid("0190a5d0-0000-7000-8000-000000000001".parse().unwrap());
    let weighted = |weight: i64| {
        split(json!({"type": "weights", "shares": [{"user_id": one, "weight": weight}]}))
    };
    let fixed = |cents| {
        split(json!({"type": "amounts", "shares": [{"user_id": one, "amount": hkd(cents)}]}))
    };
    let mut both = with(100, "payment_id", payment_id.clone());
    both["peer_payment_id"] = json!(peer_payment_id);
    for (who, body, status, code) in [
        (&creator, with(100, "total", hkd(0)), 400, "invalid-body"),
        (&creator, with(100, "total", hkd(-1)), 400, "invalid-body"),
        (&creator, with(100, "surprise", json!(1)), 400, "invalid-body"),
        (&creator, split(json!({"type": "shares", "user_ids": []})), 400, "invalid-body"),
        (&creator, weighted(0), 400, "invalid-body"),
        (&creator, weighted(1_001), 400, "invalid-body"),
        (&creator, fixed(0), 400, "invalid-body"),
        (&creator, both, 400, "invalid-body"),
        (&creator, of(vec![]), 422, "bill-people-invalid"),
        (&creator, of(vec![creator.user_id]), 422, "bill-people-invalid"),
        (&creator, of(vec![one, one]), 422, "bill-people-invalid"),
        (&creator, of(many), 422, "bill-people-invalid"),
        (&creator, of(vec![one, long_ago]), 404, "payee-not-found"),
        (&creator, of(vec![one, UserId::new()]), 404, "not-yet-known"),
        (&creator, fixed(99), 422, "bill-sum-mismatch"),
        (&creator, equal(1, [&creator, &friend]), 422, "share-too-small"),
        (&creator, with(10_001, "payment_id", payment_id.clone()), 422, "bill-exceeds-payment"),
        (
            &creator,
            with(100, "peer_payment_id", json!(peer_payment_id)),
            404,
            "peer-payment-not-found",
        ),
        (&friend, with(100, "payment_id", payment_id), 404, "payment-not-found"),
        (&frozen, of(vec![one]), 403, "wallet-frozen"),
    ] {
        let (came, problem) = fixture.post(who, BILLS, &new_key(), &body).await;
        assert_eq!((came, &problem["code"]), (status, &json!(code)), "{body}");
    }
    for table in ["bills", "money_requests"] {
        assert_eq!(fixture.database.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn damage_to_requests_between_people_is_found_by_the_audit() {
    let fixture = Fixture::new().await;
    let (creator, friend) = (fixture.consumer_with(1).await, fixture.consumer_with(100).await);
    let routes = fixture.routes.clone();
    only_share(&routes, &creator, &friend, 50).await;
    fixture.pays_share(&friend).await;
    only_share(&routes, &creator, &friend, 50).await;
    let damages = [
        "UPDATE money_requests SET amount = amount + 1 WHERE status = 'paid'",
        "UPDATE money_requests SET payer_id = requester_id WHERE status = 'paid'",
        "UPDATE money_requests SET requester_id = payer_id WHERE status = 'paid'",
        "DELETE FROM money_requests WHERE status = 'paid'",
        "UPDATE money_requests SET status = 'open', peer_payment_id = NULL WHERE status = 'paid'",
        "UPDATE operations SET parent_id = NULL WHERE kind = 'peer-payment'",
    ]
    .map(|damage| (damage, "requests_not_matching\":1"));
    assert_found(&fixture, &damages).await;
}
