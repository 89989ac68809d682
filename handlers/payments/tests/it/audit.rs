//! The audit finds what should be impossible.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;

use crate::{Fixture, new_key, signed};

async fn audit_after(fixture: &Fixture, damage: &str) -> (bool, String) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop(damage).await.unwrap();
    let audit = fixture.audit().await;
    (audit["balanced"].as_bool().unwrap(), audit.to_string())
}

async fn books_with_one_payment() -> Fixture {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let body = signed(&payer, shop, &request, &key);
    assert_eq!(fixture.post(&payer, "/api/v1/payments", &key, &body).await.0, 201);
    let (balanced, audit) = audit_after(&fixture, "DO 0").await;
    assert!(balanced, "{audit}");
    fixture
}

#[tokio::test]
async fn every_kind_of_damage_is_found() {
    for (damage, finding) in [
        (
            "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'merchant'",
            "accounts_not_folding\":1",
        ),
        ("DELETE FROM transfers WHERE code = 'payment'", "payments_without_transfer\":1"),
        ("DELETE FROM payments", "transfers_without_payment\":1"),
        ("UPDATE payment_requests SET status = 'open'", "requests_not_matching\":1"),
        ("UPDATE payments SET amount = amount + 1", "payments_without_transfer\":1"),
        (
            "UPDATE accounts SET debits_pending = 100000 WHERE kind = 'wallet' LIMIT 1",
            "customers_overdrawn\":1",
        ),
    ] {
        let fixture = books_with_one_payment().await;
        let (balanced, audit) = audit_after(&fixture, damage).await;
        assert!(!balanced && audit.contains(finding), "{damage}: {audit}");
    }
}

/// What the nightly timer answers to the host.
async fn nightly(fixture: &Fixture) -> (u16, Value) {
    let routes = payments::routes(fixture.app.clone());
    testkit::call(&routes, "POST", "/payments_audit_ledger", None, Some(&json!({}))).await
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Whether it has the line that the alert `ledger-does-not-balance` looks for.
    fn tells_of_a_contradiction(&self) -> bool {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.contains("the ledger does not balance")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_nightly_audit_tells_of_a_contradiction_and_has_done_its_work() {
    let fixture = books_with_one_payment().await;
    for (damage, is_told) in [("DO 0", false), ("DELETE FROM payments", true)] {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop(damage).await.unwrap();
        let log = Log::default();
        let writer = log.clone();
        let logged = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let answer = nightly(&fixture).with_subscriber(logged).await;
        assert_eq!(answer, (200, json!({})), "{damage}");
        assert_eq!(log.tells_of_a_contradiction(), is_told, "{damage}");
    }
}

#[tokio::test]
async fn an_audit_that_cannot_be_completed_is_a_failure_to_the_host() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("DROP TABLE payments").await.unwrap();
    assert_eq!(nightly(&fixture).await.0, 500);
}

#[tokio::test]
async fn audits_at_once_wait_for_each_other_and_all_are_answered() {
    let fixture = books_with_one_payment().await;
    let audits = futures_util::future::join_all((0..10).map(|_| fixture.audit())).await;
    assert!(audits.iter().all(|audit| audit["balanced"] == true), "{audits:?}");
}
