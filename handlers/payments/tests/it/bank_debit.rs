//! Top-ups for which the bank answers later: in full, in part, not, or never.

use events::payments::{MoneyMovedV1, TopUpFailedV1};
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, logged};
use values::Product;

use crate::withdrawals::code;
use crate::{Fixture, Person, new_key};

const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";

/// A pending top-up of HK$500.00; its id.
async fn pending(fixture: &Fixture, person: &Person) -> String {
    let body = json!({"amount": {"amount": 50_000, "currency": "HKD"}, "type": "bank-debit"});
    let (status, top_up) = fixture.post(person, TOP_UPS, &new_key(), &body).await;
    assert_eq!((status, &top_up["status"]), (201, &json!("pending")), "{top_up}");
    assert_eq!((&top_up["received"], &top_up["completed_at"]), (&json!(null), &json!(null)));
    top_up["top_up_id"].as_str().unwrap().to_owned()
}

/// The bank's answer, which an operator gives.
pub(crate) async fn bank(fixture: &Fixture, id: &str, gives: Option<i64>) -> (u16, Value) {
    let mut word = json!({"reason": "bank file 7", "operator": "ops@example.com"});
    let path = match gives {
        Some(cents) => {
            word["amount"] = json!({"amount": cents, "currency": "HKD"});
            format!("/api/v1/ledger/top-ups/{id}/settle")
        }
        None => format!("/api/v1/ledger/top-ups/{id}/refuse"),
    };
    let answer = fixture.send(Call::post(&path).json(&word)).await;
    (answer.status, answer.json())
}

async fn balances(fixture: &Fixture, person: &Person) -> (i64, i64) {
    let (_, wallet) = fixture.get(person, "/api/v1/wallets/me").await;
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
    (wallet["balance"]["amount"].as_i64().unwrap(), audit["held"]["amount"].as_i64().unwrap())
}

#[tokio::test]
async fn the_money_is_there_once_the_bank_gives_it_and_not_before() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let id = pending(&fixture, &person).await;
    assert_eq!(balances(&fixture, &person).await, (0, 50_000));
    assert_eq!(fixture.get(&person, "/api/v1/wallets/me/movements").await.1["items"], json!([]));

    let (status, top_up) = bank(&fixture, &id, Some(50_000)).await;
    assert_eq!((status, &top_up["status"]), (200, &json!("completed")), "{top_up}");
    assert_eq!(balances(&fixture, &person).await, (50_000, 0));
    assert_eq!(fixture.get(&person, &format!("{TOP_UPS}/{id}")).await, (200, top_up));
    let (_, movements) = fixture.get(&person, "/api/v1/wallets/me/movements").await;
    assert_eq!(movements["items"][0]["subject"], json!({"type": "top-up", "id": id}));
    assert_eq!(movements["items"].as_array().unwrap().len(), 1);
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    assert_eq!((told.len(), &told[0].operation_id, told[0].amount), (1, &id, 50_000));
}

#[tokio::test]
async fn a_bank_that_gives_less_settles_a_part_and_the_rest_is_held_no_longer() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let id = pending(&fixture, &person).await;
    let (status, problem) = bank(&fixture, &id, Some(50_001)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("hold-exceeded")));
    let (_, top_up) = bank(&fixture, &id, Some(20_000)).await;
    assert_eq!(top_up["received"]["amount"], 20_000);
    assert_eq!(
        (&top_up["amount"]["amount"], &top_up["status"]),
        (&50_000.into(), &json!("completed"))
    );
    assert_eq!(balances(&fixture, &person).await, (20_000, 0));
}

#[tokio::test]
async fn what_the_bank_refuses_is_held_no_longer_and_what_it_never_answers_is_for_people() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let (refused, never) = (pending(&fixture, &person).await, pending(&fixture, &person).await);
    assert_eq!(bank(&fixture, &refused, None).await.1["status"], "failed");
    let overdue = "UPDATE operations SET expires_at = NOW(6) - INTERVAL 1 SECOND
                   WHERE expires_at IS NOT NULL";
    fixture.database.pool.get_conn().await.unwrap().query_drop(overdue).await.unwrap();
    for _ in 0..2 {
        let (status, log) = logged(fixture.look_after_pending()).await;
        assert_eq!(status, 200);
        assert!(log.contains("wait for the bank's answer for too long overdue=1"), "{log}");
    }
    let (_, top_up) = fixture.get(&person, &format!("{TOP_UPS}/{never}")).await;
    assert_eq!((&top_up["status"], &top_up["received"]), (&json!("pending"), &json!(null)));
    assert_eq!(balances(&fixture, &person).await, (0, 50_000));
    let told: Vec<TopUpFailedV1> = fixture.database.told().await;
    let states: Vec<&str> = told.iter().map(|failed| failed.state.as_str()).collect();
    assert_eq!(states, ["failed"]);
    // What comes after all is there, however late.
    assert_eq!(bank(&fixture, &never, Some(50_000)).await.1["status"], "completed");
    assert_eq!(balances(&fixture, &person).await, (50_000, 0));
}

#[tokio::test]
async fn the_banks_answer_counts_once_however_often_and_whatever_it_says_afterwards() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let id = pending(&fixture, &person).await;
    let answers = join_all((0..10).map(|_| bank(&fixture, &id, Some(50_000)))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 200), "{answers:?}");
    for other in [None, Some(49_999)] {
        let (status, problem) = bank(&fixture, &id, other).await;
        assert_eq!((status, &problem["code"]), (409, &json!("hold-ended")));
    }
    assert_eq!(balances(&fixture, &person).await, (50_000, 0));
    assert_eq!(fixture.database.count("transfers").await, 2);
    // On whose word is kept once as well.
    assert_eq!(fixture.database.count("operation_words").await, 1);
}

#[tokio::test]
async fn what_the_bank_gives_for_a_wallet_that_was_frozen_meanwhile_is_not_lost() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let id = pending(&fixture, &person).await;
    let freeze = format!("/api/v1/ledger/accounts/{}/freeze", person.user_id);
    let word = json!({"reason": "court order", "operator": "ops@example.com"});
    fixture.send(Call::post(&freeze).json(&word)).await.expect(200);
    assert_eq!(bank(&fixture, &id, Some(50_000)).await.0, 200);
    assert_eq!(balances(&fixture, &person).await, (50_000, 0));
    let body = json!({"amount": {"amount": 1, "currency": "HKD"}, "type": "bank-debit"});
    assert_eq!(fixture.post(&person, TOP_UPS, &new_key(), &body).await.0, 403);
}

#[tokio::test]
async fn a_repeat_reads_the_top_up_as_it_stands_now() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let (key, body) =
        (new_key(), json!({"amount": {"amount": 700, "currency": "HKD"}, "type": "bank-debit"}));
    let (_, first) = fixture.post(&person, TOP_UPS, &key, &body).await;
    let id = first["top_up_id"].as_str().unwrap();
    bank(&fixture, id, Some(700)).await;
    let (status, again) = fixture.post(&person, TOP_UPS, &key, &body).await;
    assert_eq!((status, &again["status"]), (201, &json!("completed")));
    assert_eq!(again["top_up_id"], first["top_up_id"]);
    assert_eq!(balances(&fixture, &person).await, (700, 0));
}

#[tokio::test]
async fn an_instant_top_up_cannot_be_refused_nor_a_payment_settled() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(100).await;
    let (_, movements) = fixture.get(&person, "/api/v1/wallets/me/movements").await;
    let id = movements["items"][0]["subject"]["id"].as_str().unwrap().to_owned();
    assert_eq!(bank(&fixture, &id, None).await.1["code"], "hold-ended");
    let (_, shop) = fixture.shop().await;
    let key = new_key();
    let body = crate::group_commit::static_payment(&person, shop, 1, &key);
    let (_, payment) = fixture.post(&person, "/api/v1/payments", &key, &body).await;
    let of_payment = payment["payment_id"].as_str().unwrap().replace("pay_", "top_");
    assert_eq!(bank(&fixture, &of_payment, Some(1)).await.1["code"], "top-up-not-found");
    let unknown = values::TopUpId::new().to_string();
    assert_eq!(bank(&fixture, &unknown, Some(1)).await.1["code"], "top-up-not-found");
    assert_eq!(balances(&fixture, &person).await, (99, 0));
}

#[tokio::test]
async fn where_no_bank_gives_money_at_once_nobody_gets_any_but_by_debit() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(Product::Consumer).await;
    let amount = json!({"amount": 100, "currency": "HKD"});
    for body in [json!({"amount": amount}), json!({"amount": amount, "type": "instant"})] {
        let refused = fixture.post(&person, TOP_UPS, &new_key(), &body).await;
        assert_eq!(code(refused), (422, "instant-top-up-unavailable".to_owned()));
    }
    assert_eq!(fixture.balance(&person).await, 0);
    let debit = json!({"amount": amount, "type": "bank-debit"});
    let (status, top_up) = fixture.post(&person, TOP_UPS, &new_key(), &debit).await;
    assert_eq!((status, &top_up["status"]), (201, &json!("pending")));
}
