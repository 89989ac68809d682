//! Requests for money between people: asked, declined, taken back, reminded, expired, paid.

use events::payments::{MoneyMovedV1, MoneyRequestChangedV1};
use mysql_async::TxOpts;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use values::{AccountId, ConfirmableKind, Fee, Money, OperationTerms, Product, UserId};

use crate::peer_payments::{PEER_PAYMENTS, name};
use crate::withdrawals::{pin_token, signature};
use crate::{Fixture, Person, new_key};

pub(crate) const MONEY_REQUESTS: &str = "/api/v1/money-requests";
pub(crate) const PRICE: i64 = 5_000;

pub(crate) fn wish(payer: &Person, minor_units: i64) -> Value {
    json!({
        "payer_id": payer.user_id,
        "amount": {"amount": minor_units, "currency": "HKD"},
        "note": "午飯",
    })
}

/// What the payer confirms who pays a request.
pub(crate) fn terms_of(payer: &Person, request: &Value, key: &str) -> OperationTerms {
    let payee: UserId = serde_json::from_value(request["requester"]["id"].clone()).unwrap();
    OperationTerms {
        kind: ConfirmableKind::PeerPayment,
        payer: payer.user_id,
        payee: AccountId::User(payee),
        amount: Money::hkd(request["amount"]["amount"].as_i64().unwrap()).unwrap(),
        fee: Fee::NONE,
        payment_request_id: serde_json::from_value(request["money_request_id"].clone()).unwrap(),
        reference: None,
        idempotency_key: key.parse().unwrap(),
    }
}

/// The payment of what the terms say.
fn payment(terms: &OperationTerms, confirmation: &Value) -> Value {
    json!({
        "payee_id": terms.payee,
        "amount": terms.amount,
        "money_request_id": terms.payment_request_id,
        "confirmation": confirmation,
    })
}

/// The payment of a request, which the payer's phone signs now.
pub(crate) fn signed_payment(payer: &Person, request: &Value, key: &str) -> Value {
    let terms = terms_of(payer, request, key);
    payment(&terms, &signature(payer, terms.clone()))
}

pub(crate) fn path_of(request: &Value) -> String {
    format!("{MONEY_REQUESTS}/{}", request["money_request_id"].as_str().unwrap())
}

impl Fixture {
    /// An open request of the one to the other.
    pub(crate) async fn asked(&self, requester: &Person, payer: &Person, amount: i64) -> Value {
        let wish = wish(payer, amount);
        let (status, request) = self.post(requester, MONEY_REQUESTS, &new_key(), &wish).await;
        assert_eq!((status, &request["status"]), (201, &json!("open")), "{request}");
        request
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.database.pool.get_conn().await.unwrap().query_drop(sql).await.unwrap();
    }

    /// Everything that was told of requests: versions and statuses, in order.
    pub(crate) async fn told_of_requests(&self) -> Vec<(u32, String)> {
        let told: Vec<MoneyRequestChangedV1> = self.database.told().await;
        told.into_iter().map(|told| (told.version, told.status)).collect()
    }
}

/// Somebody who asks, and a friend with HK$500.00.
pub(crate) async fn two_people(fixture: &Fixture) -> (Person, Person) {
    (fixture.person(Product::Consumer).await, fixture.consumer_with(50_000).await)
}

#[tokio::test]
async fn somebody_asks_a_friend_and_is_paid_and_names_are_shown_only_then() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    name(&fixture, &requester, "陳大文").await;
    name(&fixture, &payer, "Lee Siu Ming").await;
    let (wish, key) = (wish(&payer, PRICE), new_key());
    let first = fixture.post_text(&requester, MONEY_REQUESTS, &key, &wish).await;
    assert_eq!(first, fixture.post_text(&requester, MONEY_REQUESTS, &key, &wish).await);
    let request: Value = serde_json::from_str(&first.1).unwrap();
    assert_eq!(request["requester"]["name"], "陳***文");
    assert_eq!(request["payer"]["name"], "L*** S*** M***");
    assert_eq!((&request["reminders"], &request["bill_id"]), (&json!(0), &json!(null)));
    for person in [&requester, &payer] {
        assert_eq!(fixture.get(person, &path_of(&request)).await, (200, request.clone()));
    }

    let key = new_key();
    let body = signed_payment(&payer, &request, &key);
    let (status, paid) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!(status, 201, "{paid}");
    assert_eq!(paid["money_request_id"], request["money_request_id"]);
    let (_, request) = fixture.get(&payer, &path_of(&request)).await;
    assert_eq!(request["status"], "paid");
    assert_eq!(request["peer_payment_id"], paid["peer_payment_id"]);
    assert_eq!((&request["requester"], &request["payer"]), (&paid["payee"], &paid["payer"]));
    assert_eq!(request["requester"]["name"], "陳大文");
    let balances = (fixture.balance(&requester).await, fixture.balance(&payer).await);
    assert_eq!(balances, (PRICE, 50_000 - PRICE));

    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().find(|moved| moved.kind == "peer-payment").unwrap();
    assert_eq!(moved.money_request_id.as_deref(), request["money_request_id"].as_str());
    let told = fixture.told_of_requests().await;
    assert_eq!(told, [(1, "open".to_owned()), (2, "paid".to_owned())]);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn the_pin_confirms_a_payment_of_this_request_and_of_no_other() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let [one, other] = [
        fixture.asked(&requester, &payer, 100).await,
        fixture.asked(&requester, &payer, 100).await,
    ];
    let key = new_key();
    let [of_one, of_other] = [&one, &other].map(|request| terms_of(&payer, request, &key));
    let without = OperationTerms { payment_request_id: None, ..of_one.clone() };
    for proof in [
        pin_token(&fixture, of_other.clone()),
        pin_token(&fixture, without.clone()),
        signature(&payer, of_other),
        signature(&payer, without),
    ] {
        let body = payment(&of_one, &proof);
        let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((status, &problem["code"]), (403, &json!("confirmation-invalid")));
    }
    let body = payment(&of_one, &pin_token(&fixture, of_one.clone()));
    assert_eq!(fixture.post(&payer, PEER_PAYMENTS, &key, &body).await.0, 201);
    assert_eq!(fixture.get(&payer, &path_of(&other)).await.1["status"], "open");
    // The same key for another request is another payment.
    let body = signed_payment(&payer, &other, &key);
    let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
}

#[tokio::test]
async fn declining_and_taking_back_are_done_once_by_whom_they_belong_to() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let stranger = fixture.person(Product::Consumer).await;
    for (who, other, action, status) in
        [(&requester, &payer, "cancel", "cancelled"), (&payer, &requester, "decline", "declined")]
    {
        let request = fixture.asked(&requester, &payer, PRICE).await;
        let path = path_of(&request);
        for wrong in [other, &stranger] {
            let path = format!("{path}/{action}");
            let (came, problem) = fixture.post(wrong, &path, "-", &json!({})).await;
            assert_eq!((came, &problem["code"]), (404, &json!("money-request-not-found")));
        }
        assert_eq!(fixture.get(&stranger, &path).await.0, 404);
        for _ in 0..2 {
            let (came, ended) =
                fixture.post(who, &format!("{path}/{action}"), "-", &json!({})).await;
            assert_eq!((came, &ended["status"]), (200, &json!(status)), "{ended}");
            assert_eq!(ended["requester"]["name"], json!(null));
        }
        let key = new_key();
        let body = signed_payment(&payer, &request, &key);
        let (came, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((came, &problem["code"]), (409, &json!(format!("money-request-{status}"))));
    }
    assert_eq!(fixture.told_of_requests().await.len(), 4);
    assert_eq!(fixture.balance(&payer).await, 50_000);
}

#[tokio::test]
async fn a_payer_is_reminded_once_a_day_and_three_times_in_all() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let request = fixture.asked(&requester, &payer, PRICE).await;
    let path = format!("{}/reminders", path_of(&request));
    let call = || Call::post(&path).bearer(&requester.token).json(&json!({}));
    let early = fixture.send(call()).await;
    let wait: u32 = early.header("retry-after").parse().unwrap();
    assert!((86_340..=86_401).contains(&wait), "{wait}");
    early.expect_refusal(429, "reminder-too-early");
    for reminder in 1..=3 {
        let days = "created_at = created_at - INTERVAL 1 DAY,
            reminded_at = reminded_at - INTERVAL 1 DAY";
        fixture.execute(&format!("UPDATE money_requests SET {days}")).await;
        let reminded = fixture.send(call()).await.expect(200);
        assert_eq!(reminded["reminders"], reminder);
    }
    fixture.execute("UPDATE money_requests SET reminded_at = reminded_at - INTERVAL 1 DAY").await;
    fixture.send(call()).await.expect_refusal(409, "reminders-used-up");
    assert_eq!(fixture.post(&payer, &path, "-", &json!({})).await.0, 404);
    let versions: Vec<u32> =
        fixture.told_of_requests().await.into_iter().map(|told| told.0).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_overdue_request_reads_as_expired_and_is_closed_by_the_timer_once() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let request = fixture.asked(&requester, &payer, PRICE).await;
    fixture.execute("UPDATE money_requests SET expires_at = created_at").await;
    let lasting = fixture.asked(&requester, &payer, PRICE).await;
    let path = path_of(&request);
    assert_eq!(fixture.get(&payer, &path).await.1["status"], "expired");
    let incoming = format!("{MONEY_REQUESTS}?direction=incoming");
    for status in ["open", "expired"] {
        let (_, page) = fixture.get(&payer, &format!("{incoming}&status={status}")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        assert_eq!(page["items"][0]["status"], status);
    }
    for _ in 0..2 {
        fixture.deliver("payments_do_what_is_due", &[]).await;
    }
    let told = fixture.told_of_requests().await;
    assert_eq!((told.len(), &told[2]), (3, &(2, "expired".to_owned())));
    for (who, action) in [(&payer, "decline"), (&requester, "cancel"), (&requester, "reminders")] {
        let (status, problem) =
            fixture.post(who, &format!("{path}/{action}"), "-", &json!({})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("money-request-expired")));
    }
    assert_eq!(fixture.get(&payer, &path_of(&lasting)).await.1["status"], "open");
}

#[tokio::test]
async fn the_timer_leaves_alone_what_somebody_is_closing() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let request = fixture.asked(&requester, &payer, PRICE).await;
    fixture.execute("UPDATE money_requests SET expires_at = created_at").await;
    let mut closing = fixture.database.pool.start_transaction(TxOpts::default()).await.unwrap();
    let close = "UPDATE money_requests SET status = 'declined', version = 2";
    closing.query_drop(close).await.unwrap();
    fixture.deliver("payments_do_what_is_due", &[]).await;
    closing.commit().await.unwrap();
    fixture.deliver("payments_do_what_is_due", &[]).await;
    assert_eq!(fixture.get(&payer, &path_of(&request)).await.1["status"], "declined");
    assert_eq!(fixture.told_of_requests().await.len(), 1);
}

#[tokio::test]
async fn each_side_lists_its_own_requests_newest_first_and_home_counts_those_that_wait() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let mut asked = Vec::new();
    for cents in 1..=3 {
        asked.insert(0, fixture.asked(&requester, &payer, cents).await);
    }
    let back = fixture.asked(&payer, &requester, 7).await;
    let (_, declined) =
        fixture.post(&payer, &format!("{}/decline", path_of(&asked[1])), "-", &json!({})).await;
    asked[1] = declined;
    let list = async |person: &Person, query: &str| {
        let (status, page) = fixture.get(person, &format!("{MONEY_REQUESTS}?{query}")).await;
        assert_eq!(status, 200, "{page}");
        page
    };
    let all = json!(asked);
    assert_eq!(list(&payer, "direction=incoming").await["items"], all);
    assert_eq!(list(&requester, "direction=outgoing").await["items"], all);
    assert_eq!(list(&payer, "direction=outgoing").await["items"], json!([back]));
    let open = list(&payer, "direction=incoming&status=open").await;
    assert_eq!(open["items"], json!([asked[0], asked[2]]));
    let first = list(&payer, "direction=incoming&limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = list(&payer, &format!("direction=incoming&limit=2&cursor={cursor}")).await;
    assert_eq!((&rest["items"], &rest["next_cursor"]), (&json!([asked[2]]), &json!(null)));
    for (query, code) in [
        (format!("direction=outgoing&limit=2&cursor={cursor}"), "cursor-invalid"),
        ("direction=sideways".to_owned(), "invalid-query"),
        ("status=open".to_owned(), "invalid-query"),
        ("direction=incoming&status=late".to_owned(), "invalid-query"),
    ] {
        let (status, problem) = fixture.get(&payer, &format!("{MONEY_REQUESTS}?{query}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!(code)), "{query}");
    }
    for (person, waiting) in [(&payer, 2), (&requester, 1)] {
        let (_, home) = fixture.get(person, "/api/v1/home").await;
        assert_eq!(home["open_money_requests"], waiting);
    }
}
