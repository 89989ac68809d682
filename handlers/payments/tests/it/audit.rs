//! The audit finds what should be impossible.

use mysql_async::prelude::Queryable;

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
