//! Schedules that are refused, and what strangers see of them.

use serde_json::{Value, json};
use testkit::Call;
use values::{OperationTerms, Product, UserId};

use crate::audit::assert_found;
use crate::group_commit::one_of_two;
use crate::schedules::{RENT, SCHEDULES, path_of, payments, requests, signed, terms, tomorrow};
use crate::withdrawals::signature;
use crate::{Fixture, Person, new_key};

/// Requests from tomorrow on to this person, altered.
fn altered(payer: &Person, alter: fn(&mut Value)) -> Value {
    let mut body = requests(payer.user_id, RENT, "monthly");
    alter(&mut body);
    body
}

#[tokio::test]
async fn what_has_another_form_is_refused_and_schedules_nothing() {
    let fixture = Fixture::new().await;
    let (owner, payer) =
        (fixture.person(Product::Consumer).await, fixture.person(Product::Consumer).await);
    let alterations: [fn(&mut Value); 13] = [
        |body| body["amount"]["amount"] = 0.into(),
        |body| body["amount"]["amount"] = (-1).into(),
        |body| body["amount"]["amount"] = 1.005.into(),
        |body| body["amount"]["amount"] = u64::MAX.into(),
        |body| body["amount"]["currency"] = "USD".into(),
        |body| body["note"] = "文".repeat(101).into(),
        |body| body["type"] = "payment".into(),
        |body| body["confirmation"] = json!({}),
        |body| body["recurrence"]["frequency"] = "daily".into(),
        |body| body["recurrence"]["starts_on"] = "2027-02-29".into(),
        |body| body["recurrence"]["count"] = 0.into(),
        |body| body["recurrence"]["count"] = 1_001.into(),
        |body| {
            body["recurrence"]["count"] = 1.into();
            body["recurrence"]["ends_on"] = "2099-01-01".into();
        },
    ];
    for alter in alterations {
        let body = altered(&payer, alter);
        let (status, problem) = fixture.post(&owner, SCHEDULES, &new_key(), &body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{body}");
    }
    assert_eq!(fixture.database.count("schedules").await, 0);
}

#[tokio::test]
async fn what_no_rule_allows_is_refused_with_its_code_and_schedules_nothing() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.person(Product::Consumer).await;
    let (owner, _) = fixture.shop().await;
    let frozen = fixture.person(Product::Consumer).await;
    fixture.freeze(&frozen.user_id.to_string()).await;
    let newcomer = fixture.stranger(Product::Consumer);
    let long_ago = UserId::from_uuid("0190a5d0-0000-7000-8000-000000000001".parse().unwrap());
    let with = |alter| altered(&payee, alter);
    let today = |body: &mut Value| {
        let today = tomorrow().previous_day().unwrap();
        body["recurrence"]["starts_on"] = today.to_string().into();
    };
    for (who, body, status, code) in [
        (&payer, with(today), 422, "schedule-start-invalid"),
        (
            &payer,
            with(|body| body["recurrence"]["starts_on"] = "2099-01-01".into()),
            422,
            "schedule-start-invalid",
        ),
        (
            &payer,
            with(|body| body["recurrence"]["ends_on"] = "2026-11-01".into()),
            422,
            "schedule-end-invalid",
        ),
        (
            &payer,
            with(|body| {
                body["recurrence"]["frequency"] = "once".into();
                body["recurrence"]["count"] = 1.into();
            }),
            422,
            "schedule-end-invalid",
        ),
        (&payer, requests(payer.user_id, 1, "once"), 422, "payer-is-payee"),
        (&payer, requests(long_ago, 1, "once"), 404, "payee-not-found"),
        (&payer, requests(UserId::new(), 1, "once"), 404, "not-yet-known"),
        (&frozen, requests(payee.user_id, 1, "once"), 403, "wallet-frozen"),
        (&newcomer, requests(payee.user_id, 1, "once"), 404, "wallet-not-open"),
        (&owner, requests(payee.user_id, 1, "once"), 403, "wrong-product"),
    ] {
        let (came, problem) = fixture.post(who, SCHEDULES, &new_key(), &body).await;
        assert_eq!((came, &problem["code"]), (status, &json!(code)), "{body}");
    }
    // Who is frozen can be named, so that nobody learns of it.
    let body = requests(frozen.user_id, 1, "once");
    assert_eq!(fixture.post(&payer, SCHEDULES, &new_key(), &body).await.0, 201);
    assert_eq!(fixture.database.count("schedules").await, 1);
}

#[tokio::test]
async fn what_the_payer_has_not_confirmed_is_not_scheduled() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (payee, other) =
        (fixture.person(Product::Consumer).await, fixture.person(Product::Consumer).await);
    let key = new_key();
    let right = terms(&payer, payee.user_id, RENT, "monthly", &key);
    let confirmed = |confirmed: OperationTerms| {
        payments(payee.user_id, RENT, "monthly", &signature(&payer, confirmed))
    };
    let peer_payment = values::ConfirmableKind::PeerPayment;
    for wrong in [
        OperationTerms { kind: peer_payment, ..right.clone() },
        OperationTerms { reference: None, ..right.clone() },
        terms(&payer, other.user_id, RENT, "monthly", &key),
        terms(&payer, payee.user_id, RENT - 1, "monthly", &key),
        terms(&payer, payee.user_id, RENT, "weekly", &key),
        terms(&payer, payee.user_id, RENT, "monthly/-x12", &key),
        terms(&payer, payee.user_id, RENT, "monthly", &new_key()),
    ] {
        let (status, problem) = fixture.post(&payer, SCHEDULES, &key, &confirmed(wrong)).await;
        assert_eq!((status, &problem["code"]), (403, &json!("confirmation-invalid")));
    }
    assert_eq!(fixture.database.count("schedules").await, 0);
    let body = confirmed(right);
    assert_eq!(fixture.post(&payer, SCHEDULES, &key, &body).await.0, 201);
    // The same key for another one.
    let body = signed(&payer, payee.user_id, RENT, "weekly", &key);
    let (status, problem) = fixture.post(&payer, SCHEDULES, &key, &body).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
}

#[tokio::test]
async fn to_anybody_else_there_is_no_such_schedule() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.person(Product::Consumer).await;
    let schedule = fixture.scheduled(&payer, &payee, RENT, "monthly").await;
    let path = path_of(&schedule);
    let send = async |who: &Person, method: &str, path: &str| {
        let call = Call::new(method, path).bearer(&who.token).header("if-match", "\"1\"");
        let answer = fixture.send(call.json(&json!({"note": null}))).await;
        (answer.status, answer.json()["code"].clone())
    };
    for (method, path) in [
        ("GET", path.clone()),
        ("PATCH", path.clone()),
        ("GET", format!("{path}/occurrences")),
        ("POST", format!("{path}/pause")),
        ("POST", format!("{path}/resume")),
        ("POST", format!("{path}/end")),
    ] {
        let refused = send(&payee, method, &path).await;
        assert_eq!(refused, (404, json!("schedule-not-found")), "{method} {path}");
    }
    assert_eq!(fixture.get(&payee, SCHEDULES).await.1["items"], json!([]));
    assert_eq!(fixture.get(&payer, &path).await.1, schedule);
}

#[tokio::test]
async fn of_two_who_schedule_at_once_at_two_instances_the_last_free_place_is_ones() {
    let fixture = Fixture::new().await;
    let owner = fixture.person(Product::Consumer).await;
    let payer = fixture.person(Product::Consumer).await;
    let body = requests(payer.user_id, 1, "once");
    for _ in 1..50 {
        assert_eq!(fixture.post(&owner, SCHEDULES, &new_key(), &body).await.0, 201);
    }
    let refused = one_of_two(&fixture, &owner, SCHEDULES, &body).await;
    refused.expect_refusal(422, "too-many-schedules");
    assert_eq!(fixture.database.count("schedules").await, 50);
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_keeps_no_other_from_its_date() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.person(Product::Consumer).await;
    fixture.scheduled(&payer, &payee, 1, "once").await;
    let other = fixture.scheduled(&payer, &payee, RENT, "once").await;
    fixture.execute("UPDATE schedules SET amount = -1 WHERE amount = 1").await;
    fixture.days_go_by(2).await;
    assert_ne!(fixture.return_overdue().await, 200, "somebody must see that");
    assert_eq!(fixture.occurrences(&payer, &other).await, [json!([1, "paid", null])]);
    assert_eq!(fixture.balance(&payee).await, RENT);
}

#[tokio::test]
async fn damage_to_what_became_of_dates_is_found() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.person(Product::Consumer).await;
    fixture.scheduled(&payer, &payee, RENT, "once").await;
    let body = requests(payer.user_id, 1, "once");
    assert_eq!(fixture.post(&payee, SCHEDULES, &new_key(), &body).await.0, 201);
    fixture.days_go_by(2).await;
    fixture.run_schedules().await;
    let damages = [
        "DELETE FROM schedule_occurrences WHERE status = 'paid'",
        "UPDATE schedule_occurrences SET amount = 1 WHERE status = 'paid'",
        "UPDATE schedule_occurrences SET amount = 2 WHERE status = 'asked'",
        "UPDATE schedules SET other_id = 0x02 WHERE kind = 'payment'",
        "UPDATE schedules SET owner_id = 0x02 WHERE kind = 'request'",
        "UPDATE operations SET confirmed_by = 'device' WHERE confirmed_by = 'schedule'",
        "DELETE FROM money_requests",
    ]
    .map(|damage| (damage, "operations_not_matching\":1"));
    assert_found(&fixture, &damages).await;
}
