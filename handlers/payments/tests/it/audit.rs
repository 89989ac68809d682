//! The audit finds what should be impossible.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::logged;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::bank_debit::bank;
use crate::refunds::Scene;
use crate::withdrawals::{bank as bank_says, pending};
use crate::{Fixture, new_key, signed};

pub(crate) async fn audit_after(fixture: &Fixture, damage: &str) -> (bool, String) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop(damage).await.unwrap();
    let audit = fixture.audit().await;
    (audit["balanced"].as_bool().unwrap(), audit.to_string())
}

/// Each damage to the same books makes the audit say its finding.
pub(crate) async fn assert_found<F: AsRef<str>>(fixture: &Fixture, damages: &[(&str, F)]) {
    let books = fixture.database.snapshot().await;
    for (damage, finding) in damages {
        let (balanced, audit) = audit_after(fixture, damage).await;
        assert!(!balanced && audit.contains(finding.as_ref()), "{damage}: {audit}");
        fixture.database.restore(&books).await;
        let (balanced, audit) = audit_after(fixture, "DO 0").await;
        assert!(balanced, "{damage}: {audit}");
    }
}

/// A top-up, a request that was paid, and one that was not.
async fn books_with_one_payment() -> Fixture {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let body = signed(&payer, shop, &request, &key);
    assert_eq!(fixture.post(&payer, "/api/v1/payments", &key, &body).await.0, 201);
    fixture.request(&owner, shop).await;
    let (balanced, audit) = audit_after(&fixture, "DO 0").await;
    assert!(balanced, "{audit}");
    fixture
}

#[tokio::test]
async fn every_kind_of_damage_is_found() {
    let damages = [
        (
            "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'merchant'",
            "accounts_not_folding\":1",
        ),
        ("DELETE FROM transfers WHERE code = 'payment'", "operations_not_matching\":1"),
        ("DELETE FROM operations WHERE kind = 'payment'", "transfers_unexplained\":1"),
        ("UPDATE payment_requests SET status = 'open'", "requests_not_matching\":1"),
        (
            "UPDATE payment_requests SET status = 'paid' WHERE payment_id IS NULL",
            "requests_not_matching\":1",
        ),
        (
            "UPDATE payment_requests SET amount = amount - 1 WHERE status = 'paid'",
            "requests_not_matching\":1",
        ),
        (
            "UPDATE transfers SET debit_account_id = 0x02 WHERE code = 'top-up'",
            "transfers_unexplained\":2",
        ),
        ("UPDATE transfers SET code = 'gift' WHERE code = 'top-up'", "transfers_unexplained\":2"),
        (
            "UPDATE operations SET amount = amount + 1 WHERE kind = 'payment'",
            "operations_not_matching\":1",
        ),
        ("UPDATE operations SET moved = moved - 1", "operations_not_matching\":1"),
        (
            "UPDATE operations JOIN transfers ON transfer_id = operation_id
             SET operations.kind = 'top-up', code = 'top-up' WHERE code = 'payment'",
            "transfers_unexplained\":1",
        ),
        (
            "UPDATE accounts SET credits_pending = 1 WHERE kind = 'merchant'",
            "accounts_not_folding\":1",
        ),
        (
            "UPDATE accounts SET debits_pending = 100000 WHERE kind = 'wallet' LIMIT 1",
            "customers_overdrawn\":1",
        ),
    ];
    assert_found(&books_with_one_payment().await, &damages).await;
}

#[tokio::test]
async fn damage_to_withdrawals_is_found() {
    let damages = [
        ("UPDATE operations SET state = 'failed' WHERE state = 'pending'", "sums_not_matching\":1"),
        // What is pending and never looked at again.
        (
            "UPDATE operations SET expires_at = NULL WHERE state = 'pending'",
            "sums_not_matching\":1",
        ),
        ("UPDATE operations SET amount = 401 WHERE state = 'pending'", "sums_not_matching\":1"),
        ("UPDATE operations SET amount = 401 WHERE moved = 400", "operations_not_matching\":1"),
        ("UPDATE operations SET moved = 399 WHERE moved = 400", "holds_not_matching\":1"),
        (
            "UPDATE operations SET state = 'completed', moved = 400 WHERE state = 'failed'",
            "holds_not_matching\":1",
        ),
        (
            "UPDATE accounts SET debits_pending = 0 WHERE kind = 'wallet'",
            "accounts_not_folding\":1",
        ),
        ("UPDATE transfers SET phase = 'released' WHERE phase = 'settled'", "\"balanced\":false"),
        ("UPDATE operations SET kind = 'payment' WHERE moved = 400", "transfers_unexplained\":2"),
        ("DELETE FROM withdrawals LIMIT 1", "operations_not_matching\":1"),
    ];
    assert_found(&books_with_withdrawals().await, &damages).await;
}

/// Three withdrawals of HK$4.00: one is pending, one was paid out, one was refused.
async fn books_with_withdrawals() -> Fixture {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(2_000).await;
    pending(&fixture, &person, 400).await;
    for says in ["settle", "refuse"] {
        let id = pending(&fixture, &person, 400).await;
        assert_eq!(bank_says(&fixture, &id, says).await.0, 200);
    }
    let (balanced, audit) = audit_after(&fixture, "DO 0").await;
    assert!(balanced && audit.contains("\"held\":{\"amount\":400"), "{audit}");
    fixture
}

#[tokio::test]
async fn damage_to_what_is_held_and_to_what_ended_it_is_found() {
    let damages = [
        ("UPDATE operations SET state = 'failed' WHERE state = 'pending'", "sums_not_matching\":1"),
        (
            "UPDATE accounts SET debits_pending = 0 WHERE kind = 'bank_clearing'",
            "sums_not_matching\":2",
        ),
        ("UPDATE transfers SET held = held + 1 WHERE phase = 'settled'", "holds_not_matching\":1"),
        (
            "UPDATE transfers SET held = held + 1 WHERE phase = 'settled'",
            "accounts_not_folding\":2",
        ),
        ("UPDATE operations SET moved = 1 WHERE moved = 300", "holds_not_matching\":1"),
        (
            "UPDATE operations SET state = 'completed' WHERE state = 'failed'",
            "holds_not_matching\":1",
        ),
        (
            "UPDATE transfers SET pending_id = 0x02 WHERE phase = 'released'",
            "holds_not_matching\":1",
        ),
        (
            "INSERT INTO transfers SELECT UNHEX(INSERT(HEX(transfer_id), 20, 4, 'ABCD')),
                debit_account_id, credit_account_id, amount, currency, code, subject_id, phase,
                pending_id, created_at + INTERVAL 1 SECOND, held
             FROM transfers WHERE phase = 'settled'",
            "holds_not_matching\":1",
        ),
        ("UPDATE transfers SET amount = 401 WHERE phase = 'settled'", "holds_not_matching\":1"),
    ];
    assert_found(&books_with_holds().await, &damages).await;
}

/// Three bank debits of HK$4.00: one is pending, one was settled in part, one was refused.
async fn books_with_holds() -> Fixture {
    let fixture = Fixture::of_operators().await;
    let person = fixture.person(values::Product::Consumer).await;
    let body = json!({"amount": {"amount": 400, "currency": "HKD"}, "type": "bank-debit"});
    let mut ids = Vec::new();
    for _ in 0..3 {
        let (_, top_up) =
            fixture.post(&person, "/api/v1/wallets/me/top-ups", &new_key(), &body).await;
        ids.push(top_up["top_up_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(bank(&fixture, &ids[1], Some(300)).await.0, 200);
    assert_eq!(bank(&fixture, &ids[2], None).await.0, 200);
    let (balanced, audit) = audit_after(&fixture, "DO 0").await;
    assert!(balanced && audit.contains("\"held\":{\"amount\":400"), "{audit}");
    fixture
}

#[tokio::test]
async fn refunds_that_do_not_match_their_payment_are_found() {
    // Two refunds of one payment, none of another.
    let scene = Scene::set().await;
    let (payment, _) = (scene.pay(100).await, scene.pay(100).await);
    for cents in [20, 40] {
        assert_eq!(scene.refund(&payment, cents).await.0, 201);
    }
    let damages = [
        // Another fee than comes back in proportion, although it moved as the rows say.
        ("UPDATE operations SET fee = 4 WHERE kind = 'payment' AND refunded > 0", 3),
        ("UPDATE operations SET refunded = refunded - 1 WHERE refunded > 0", 3),
        ("UPDATE operations SET refunded = 0", 2),
        ("UPDATE operations SET refunded = 1 WHERE kind = 'payment' AND refunded = 0", 1),
        ("UPDATE operations SET refunded = 1 WHERE kind = 'top-up'", 1),
        ("UPDATE operations SET parent_id = 0x02 WHERE kind = 'refund' LIMIT 1", 3),
        ("UPDATE operations SET parent_id = NULL WHERE kind = 'refund'", 3),
        ("UPDATE operations SET kind = 'top-up' WHERE refunded > 0", 3),
        // Of somebody else's payment.
        ("UPDATE operations SET to_account_id = 0x02 WHERE kind = 'payment' AND refunded > 0", 2),
        // Of more than was paid, although both rows say the same.
        ("UPDATE operations SET moved = 59 WHERE kind = 'payment' AND refunded > 0", 3),
    ]
    .map(|(damage, count)| (damage, format!("\"refunds_not_matching\":{count}")));
    assert_found(&scene.fixture, &damages).await;
}

#[tokio::test]
async fn a_refund_is_compared_with_a_payment_that_was_folded_long_before() {
    let scene = Scene::set().await;
    scene.pay(100).await;
    let_two_days_pass(&scene.fixture).await;
    let (until, _) = folded(&scene.fixture.audit().await);
    assert!(until > OffsetDateTime::UNIX_EPOCH);
    // Its id has become an older one.
    assert_eq!(scene.refund(&scene.newest().await, 30).await.0, 201);
    assert!(audit_after(&scene.fixture, "DO 0").await.0);
    let less = "UPDATE operations SET refunded = 29 WHERE refunded = 30";
    let (balanced, audit) = audit_after(&scene.fixture, less).await;
    assert!(!balanced && audit.contains("refunds_not_matching\":1"), "{audit}");
}

/// Makes everything that happened two days older.
pub(crate) async fn let_two_days_pass(fixture: &Fixture) {
    const DAYS: &str = "2 * 86400000";
    let older = |id: &str| {
        let time = format!("CONV(SUBSTR(HEX({id}), 1, 12), 16, 10) - {DAYS}");
        format!("UNHEX(CONCAT(LPAD(HEX({time}), 12, '0'), SUBSTR(HEX({id}), 13)))")
    };
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for (table, column) in [
        ("transfers", "transfer_id"),
        ("transfers", "subject_id"),
        ("transfers", "pending_id"),
        ("operations", "operation_id"),
        ("payment_requests", "payment_id"),
    ] {
        let sql =
            format!("UPDATE {table} SET {column} = {} WHERE {column} IS NOT NULL", older(column));
        conn.query_drop(sql).await.unwrap();
    }
    let sooner = "UPDATE payment_requests SET expires_at = expires_at - INTERVAL 2 DAY";
    conn.query_drop(sooner).await.unwrap();
}

/// Until when the books are folded, and the number of all transfers.
fn folded(audit: &Value) -> (OffsetDateTime, u64) {
    let time = audit["folded_before"].as_str().unwrap();
    (OffsetDateTime::parse(time, &Rfc3339).unwrap(), audit["transfers"].as_u64().unwrap())
}

#[tokio::test]
async fn what_is_settled_is_folded_once_and_the_accounts_are_compared_with_it() {
    let fixture = books_with_one_payment().await;
    let now = OffsetDateTime::now_utc();
    // A top-up's hold and its end, a payment and its fee.
    assert_eq!(folded(&fixture.audit().await), (OffsetDateTime::UNIX_EPOCH, 4));

    let_two_days_pass(&fixture).await;
    let audit = fixture.audit().await;
    let (until, transfers) = folded(&audit);
    assert!(audit["balanced"] == true && transfers == 4, "{audit}");
    assert!(until < now && until > now.saturating_sub(Duration::days(2)), "{until}");

    fixture.consumer_with(100).await;
    let audit = fixture.audit().await;
    assert!(audit["balanced"] == true && folded(&audit) == (until, 6), "{audit}");
    let invented =
        "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'merchant'";
    let (balanced, audit) = audit_after(&fixture, invented).await;
    assert!(!balanced && audit.contains("accounts_not_folding\":1"), "{audit}");
}

#[tokio::test]
async fn a_contradiction_in_what_is_folded_stays_in_sight() {
    let fixture = books_with_one_payment().await;
    let_two_days_pass(&fixture).await;
    let books = fixture.database.snapshot().await;
    for (damage, finding) in [
        ("DELETE FROM operations WHERE kind = 'payment'", "transfers_unexplained\":1"),
        ("DELETE FROM transfers WHERE code = 'payment'", "operations_not_matching\":1"),
        ("UPDATE payment_requests SET status = 'open'", "requests_not_matching\":1"),
        // Neither finds the other.
        ("UPDATE payment_requests SET payment_id = NULL", "requests_not_matching\":2"),
        (
            "UPDATE payment_requests SET status = 'paid' WHERE payment_id IS NULL",
            "requests_not_matching\":1",
        ),
        (
            "UPDATE operations SET amount = amount + 1 WHERE kind = 'payment'",
            "operations_not_matching\":1",
        ),
        ("UPDATE transfers SET subject_id = 0x02", "transfers_unexplained\":3"),
    ] {
        for audit in [audit_after(&fixture, damage).await, audit_after(&fixture, "DO 0").await] {
            assert!(!audit.0 && audit.1.contains(finding), "{damage}: {}", audit.1);
            assert!(!audit.1.contains("\"folded_before\":\"1970"), "{damage}: {}", audit.1);
        }
        fixture.database.restore(&books).await;
    }
}

#[tokio::test]
async fn a_request_that_expires_after_its_stretch_is_looked_at_then() {
    let fixture = books_with_one_payment().await;
    let_two_days_pass(&fixture).await;
    let late = "UPDATE payment_requests SET status = 'paid', expires_at = NOW() - INTERVAL 1 DAY
                WHERE payment_id IS NULL";
    let (balanced, audit) = audit_after(&fixture, late).await;
    assert!(!balanced && audit.contains("requests_not_matching\":1"), "{audit}");
}

#[tokio::test]
async fn instances_that_audit_at_once_fold_each_transfer_once() {
    let fixture = books_with_one_payment().await;
    let_two_days_pass(&fixture).await;
    let instances: Vec<_> = (0..4).map(|_| fixture.another_instance()).collect();
    let audits = instances.iter().map(|app| {
        let routes = payments::routes(app.clone());
        async move {
            let path = "/api/v1/ledger/audit";
            testkit::call(&routes, "POST", path, None, None).await
        }
    });
    for (status, audit) in futures_util::future::join_all(audits).await {
        assert!(status == 200 && audit["balanced"] == true && folded(&audit).1 == 4, "{audit}");
    }
}

/// What the nightly timer answers to the host.
async fn nightly(fixture: &Fixture) -> (u16, Value) {
    testkit::call(&fixture.routes, "POST", "/payments_nightly", None, Some(&json!({}))).await
}

#[tokio::test]
async fn the_nightly_audit_tells_of_a_contradiction_and_has_done_its_work() {
    let fixture = books_with_one_payment().await;
    for (damage, is_told) in [("DO 0", false), ("DELETE FROM operations", true)] {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop(damage).await.unwrap();
        let (answer, log) = logged(nightly(&fixture)).await;
        assert_eq!(answer, (200, json!({})), "{damage}");
        // The line that the alert `ledger-does-not-balance` looks for.
        assert_eq!(log.contains("the ledger does not balance"), is_told, "{damage}: {log}");
    }
}

#[tokio::test]
async fn an_audit_that_cannot_be_completed_is_a_failure_to_the_host() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("DROP TABLE operations").await.unwrap();
    assert_eq!(nightly(&fixture).await.0, 500);
}

#[tokio::test]
async fn audits_at_once_are_all_answered() {
    let fixture = books_with_one_payment().await;
    let audits = futures_util::future::join_all((0..10).map(|_| fixture.audit())).await;
    assert!(audits.iter().all(|audit| audit["balanced"] == true), "{audits:?}");
}
