//! The graph beside the ledger.

use std::collections::BTreeSet;

use graph::compare_yesterday;
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use values::UserId;

use crate::fixture::{Fixture, ON_PAYMENTS, Side, container, documents_of};

#[tokio::test]
async fn an_edge_that_is_missing_changed_or_invented_is_named() {
    let fixture = Fixture::new().await;
    let (payer, payee) = (UserId::new(), UserId::new());
    let sides = [Side::Person(payer), Side::Person(payee)];
    let money: Vec<_> =
        (1..=3).map(|second| fixture.money("peer-payment", sides, 100, second)).collect();
    fixture.book(&money[..2]).await;
    let events: Vec<_> = money.iter().map(|money| money.event.clone()).collect();
    fixture.deliver(ON_PAYMENTS, &events[..2]).await;
    assert_eq!(fixture.verify().await["is_equal"], true);

    // One that the ledger does not have.
    fixture.deliver(ON_PAYMENTS, &events[2..]).await;
    let payer = fixture.account_of(payer).await;
    let documents = documents_of(std::slice::from_ref(&payer)).await;
    let out: Vec<_> = documents.into_iter().filter(|one| one.contains_key("day")).collect();
    assert_eq!(out.len(), 3);
    let verified = fixture.verify().await;
    assert_eq!(verified["is_equal"], false);
    assert_eq!(verified["differences"].as_array().unwrap().len(), 2, "{verified}");

    // One of its own is changed, another is lost: whichever is which.
    let container = container().await;
    let place = |document: &serde_json::Map<String, Value>| {
        let text = |name: &str| document[name].as_str().unwrap().to_owned();
        (text("partition"), text("id"))
    };
    let (partition, id) = place(&out[0]);
    let mut changed = out[0].clone();
    changed.insert("amount".to_owned(), json!(101));
    container.replace_item(partition.clone(), &id, changed, None).await.unwrap();
    let (lost_partition, lost) = place(&out[1]);
    container.delete_item(lost_partition.clone(), &lost, None).await.unwrap();
    let verified = fixture.verify().await;
    let differences = verified["differences"].as_array().unwrap();
    let of_payer = differences.iter().find(|one| one["account_id"] == json!(payer)).unwrap();
    let named: BTreeSet<&str> =
        of_payer["edges"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(named.contains(&*format!("{partition} {id}")), "{verified}");
    assert_ne!(of_payer["ledger"]["digest"], of_payer["graph"]["digest"]);
}

#[tokio::test]
async fn a_day_of_more_than_a_page_is_compared_whole_and_written_again_part_by_part() {
    let fixture = Fixture::new().await;
    let sides = [(); 2].map(|()| Side::Person(UserId::new()));
    let money = fixture.money("peer-payment", sides, 100, 0);
    fixture.book(std::slice::from_ref(&money)).await;
    fixture.deliver(ON_PAYMENTS, std::slice::from_ref(&money.event)).await;
    assert_eq!(fixture.verify().await["is_equal"], true);
    // As many again as a page has, and some, each a millisecond later, which no event has told.
    fixture
        .execute(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, created_at, ended_at)
             SELECT UNHEX(CONCAT(LPAD(HEX(CONV(HEX(LEFT(operation_id, 6)), 16, 10) + seq), 12, '0'),
                     HEX(SUBSTRING(operation_id, 7)))),
                 kind, state, from_account_id, from_name, to_account_id, to_name, amount, moved,
                 currency, created_at, ended_at
             FROM operations JOIN seq_1_to_2050",
        )
        .await;
    let verified = fixture.verify().await;
    assert_eq!(verified["ledger"]["edge_count"], 2 * 2_051, "{}", verified["ledger"]);
    assert_eq!(verified["ledger"]["total"]["amount"], 2 * 2_051 * 100);
    assert_eq!(verified["graph"]["edge_count"], 2);
    let named = verified["differences"].as_array().unwrap().iter();
    let named: Vec<usize> = named.map(|one| one["edges"].as_array().unwrap().len()).collect();
    assert_eq!(named, [100, 100]);
    assert_eq!(fixture.rebuild().await, [2_000, 51]);
    assert_eq!(fixture.verify().await["is_equal"], true);
}

#[tokio::test]
async fn each_night_yesterday_is_compared_and_a_difference_is_not_tried_again() {
    let fixture = Fixture::new().await;
    let sides = [(); 2].map(|()| Side::Person(UserId::new()));
    let money = fixture.money("peer-payment", sides, 100, 0);
    fixture.book(std::slice::from_ref(&money)).await;
    fixture.deliver(ON_PAYMENTS, std::slice::from_ref(&money.event)).await;
    let nightly = async || {
        let call = Call::post("/graph_verify_yesterday").json(&json!({}));
        assert_eq!(call.send(&fixture.routes).await.status, 200);
        let (day, is_equal) = compare_yesterday(&fixture.app).await.unwrap();
        (day.0, is_equal)
    };
    assert_eq!(nightly().await, (fixture.day, true));
    let own = fixture.database.pool.get_conn().await.unwrap();
    let documents = documents_of(&accounts(own).await).await;
    let edge = documents.iter().find(|document| document.contains_key("day")).unwrap();
    let text = |name: &str| edge[name].as_str().unwrap().to_owned();
    container().await.delete_item(text("partition"), &text("id"), None).await.unwrap();
    assert_eq!(nightly().await, (fixture.day, false));
}

#[tokio::test]
async fn a_graph_that_is_lost_is_built_again_of_the_ledger_to_the_same_digest() {
    let fixture = Fixture::new().await;
    let money = fixture.much_money(30);
    fixture.book(&money).await;
    let events: Vec<_> = money.iter().map(|money| money.event.clone()).collect();
    fixture.deliver(ON_PAYMENTS, &events).await;
    let before = fixture.verify().await;
    assert_eq!(before["is_equal"], true);

    let own = fixture.database.pool.get_conn().await.unwrap();
    let accounts = accounts(own).await;
    let container = container().await;
    for document in documents_of(&accounts).await {
        let text = |name: &str| document[name].as_str().unwrap().to_owned();
        container.delete_item(text("partition"), &text("id"), None).await.unwrap();
    }
    assert_eq!(documents_of(&accounts).await.len(), 0);
    let fixture = fixture.restarted();
    let lost = fixture.verify().await;
    assert_eq!((&lost["is_equal"], &lost["graph"]["edge_count"]), (&json!(false), &json!(0)));

    assert_eq!(fixture.rebuild().await, [30]);
    let after = fixture.verify().await;
    assert_eq!(after["is_equal"], true, "{after}");
    assert_eq!(after["graph"], before["graph"]);
    // Late events find all of it there.
    fixture.deliver(ON_PAYMENTS, &events).await;
    assert_eq!(fixture.verify().await["graph"], before["graph"]);
}

async fn accounts(mut conn: mysql_async::Conn) -> Vec<String> {
    use mysql_async::prelude::Queryable;
    let ids: Vec<uuid::Uuid> = conn.query("SELECT account_id FROM pseudonyms").await.unwrap();
    ids.into_iter().map(|id| values::GraphAccountId::from_uuid(id).to_string()).collect()
}
