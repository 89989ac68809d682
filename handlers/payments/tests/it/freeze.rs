//! Operators stop one person's or one shop's money, and nobody else's.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::join;
use mysql_async::TxOpts;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::Routes;
use tokio::sync::watch;
use tokio::time::sleep;
use values::{Product, UserId};

use crate::{Fixture, Person, new_key, signed};

const PAYMENTS: &str = "/api/v1/payments";
const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";

impl Fixture {
    pub(crate) async fn change(&self, account: &str, action: &str) -> (u16, Value) {
        change(&self.routes, account, action).await
    }

    pub(crate) async fn operate(&self, path: &str, body: &Value) -> (u16, Value) {
        testkit::call(&self.routes, "POST", path, None, Some(body)).await
    }

    pub(crate) async fn account(&self, account: &str) -> (u16, Value) {
        let path = format!("/api/v1/ledger/accounts/{account}");
        testkit::call(&self.routes, "GET", &path, None, None).await
    }

    async fn status(&self, person: &Person) -> Value {
        self.get(person, "/api/v1/wallets/me").await.1["status"].clone()
    }
}

/// Does something to an account, as an operator.
async fn change(at: &Routes, account: &str, action: &str) -> (u16, Value) {
    let path = format!("/api/v1/ledger/accounts/{account}/{action}");
    let body = json!({"reason": "Phone reported stolen", "operator": "ops@example.com"});
    testkit::call(at, "POST", &path, None, Some(&body)).await
}

pub(crate) fn code((status, problem): (u16, Value)) -> (u16, String) {
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_frozen_wallet_neither_pays_nor_tops_up_until_it_is_let_go() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let payment = signed(&payer, shop, &request, &key);
    let top_up = json!({"amount": {"amount": 100, "currency": "HKD"}});
    let account = payer.user_id.to_string();
    assert_eq!(fixture.status(&payer).await, "active");

    let (status, frozen) = fixture.change(&account, "freeze").await;
    assert_eq!(
        (status, &frozen["status"], &frozen["balance"]["amount"]),
        (200, &json!("frozen"), &json!(50_000))
    );
    let refused = (403, "wallet-frozen".to_owned());
    assert_eq!(code(fixture.post(&payer, PAYMENTS, &key, &payment).await), refused);
    assert_eq!(code(fixture.post(&payer, TOP_UPS, &new_key(), &top_up).await), refused);
    assert_eq!(
        (fixture.balance(&payer).await, fixture.status(&payer).await),
        (50_000, json!("frozen"))
    );

    fixture.unfreeze(&account).await;
    assert_eq!(fixture.status(&payer).await, "active");
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &payment).await.0, 201);
    assert_eq!(fixture.post(&payer, TOP_UPS, &new_key(), &top_up).await.0, 201);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_frozen_shop_is_not_paid_and_its_payers_do_not_learn_why() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let payment = signed(&payer, shop, &request, &key);
    fixture.change(&shop.to_string(), "freeze").await;

    let (status, problem) = fixture.post(&payer, PAYMENTS, &key, &payment).await;
    assert_eq!((status, &problem["code"]), (409, &json!("payee-unavailable")));
    assert!(!problem.to_string().contains("frozen"), "{problem}");
    let balance = format!("/api/v1/wallets/businesses/{shop}");
    let (_, takings) = fixture.get(&owner, &balance).await;
    assert_eq!((&takings["status"], &takings["balance"]["amount"]), (&json!("frozen"), &json!(0)));
    assert_eq!(fixture.balance(&payer).await, 50_000);

    let (other_owner, other_shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&other_owner, other_shop).await, new_key());
    let payment = signed(&payer, other_shop, &request, &key);
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &payment).await.0, 201);
}

#[tokio::test]
async fn a_payment_from_before_the_freeze_is_answered_again_in_the_same_bytes() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let payment = signed(&payer, shop, &request, &key);
    let first = fixture.post_text(&payer, PAYMENTS, &key, &payment).await;
    assert_eq!(first.0, 201);
    for account in [payer.user_id.to_string(), shop.to_string()] {
        assert_eq!(fixture.change(&account, "freeze").await.0, 200);
    }
    assert_eq!(fixture.post_text(&payer, PAYMENTS, &key, &payment).await, first);
    assert_eq!(fixture.balance(&payer).await, 37_150);
}

#[tokio::test]
async fn once_the_freeze_is_answered_nothing_moves_and_nobody_else_notices() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let suspect = fixture.consumer_with(400_000).await;
    fixture.top_up(&suspect, 400_000).await;
    let mut orders = Vec::new();
    for _ in 0..60 {
        orders.push((&suspect, fixture.request(&owner, shop).await));
    }
    let mut others = Vec::new();
    for _ in 0..15 {
        others.push(fixture.consumer_with(12_850).await);
    }
    for other in &others {
        orders.push((other, fixture.request(&owner, shop).await));
    }

    // A third pays before, a third while the account is being frozen, a third afterwards.
    let (stage, stages) = watch::channel(0);
    let pay = async |(number, (payer, request)): (usize, &(&Person, String))| {
        stages.clone().wait_for(|stage| *stage >= number % 3).await.unwrap();
        let key = new_key();
        let body = signed(payer, shop, request, &key);
        code(fixture.post(payer, PAYMENTS, &key, &body).await)
    };
    let freeze = async {
        while fixture.takings(&owner, shop).await == 0 {}
        stage.send_replace(1);
        // At another instance, which does not know what this one is doing.
        let account = suspect.user_id.to_string();
        let (status, frozen) =
            change(&payments::routes(fixture.another_instance()), &account, "freeze").await;
        assert_eq!(status, 200, "{frozen}");
        // At this moment, while the others still pay.
        assert_eq!(frozen["balance"]["amount"], fixture.balance(&suspect).await);
        stage.send_replace(2);
        frozen["balance"]["amount"].as_i64().unwrap()
    };
    let (answers, balance) = futures_util::join!(join_all((0..).zip(&orders).map(pay)), freeze);

    assert_eq!(fixture.balance(&suspect).await, balance);
    let (own, of_others) = answers.split_at(60);
    assert!(of_others.iter().all(|(status, _)| *status == 201), "{of_others:?}");
    let paid = own.iter().filter(|(status, _)| *status == 201).count();
    let refused = own.iter().filter(|answer| **answer == (403, "wallet-frozen".to_owned())).count();
    assert!(paid > 0 && refused > 0 && paid.saturating_add(refused) == own.len(), "{own:?}");
    let spent = 12_850_i64.saturating_mul(i64::try_from(paid).unwrap());
    assert_eq!(800_000_i64.saturating_sub(spent), balance);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn doing_it_twice_is_doing_it_once_and_the_history_tells_each_change() {
    let fixture = Fixture::new().await;
    let account = fixture.person(Product::Consumer).await.user_id.to_string();
    assert_eq!(fixture.account(&account).await.1["freezes"], json!([]));
    let (_, first) = fixture.change(&account, "freeze").await;
    let path = format!("/api/v1/ledger/accounts/{account}/freeze");
    let again = json!({"reason": "法庭命令", "operator": "another@example.com"});
    assert_eq!(fixture.operate(&path, &again).await, (200, first));
    fixture.unfreeze(&account).await;
    fixture.operate(&path, &again).await;

    let (status, account) = fixture.account(&account).await;
    assert_eq!((status, &account["status"]), (200, &json!("frozen")));
    let lines = account["freezes"].as_array().unwrap();
    let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["freeze", "unfreeze", "freeze"]);
    let newest = (&lines[0]["reason"], &lines[0]["operator"]);
    assert_eq!(newest, (&again["reason"], &again["operator"]));
    assert_eq!(lines[2]["reason"], "Phone reported stolen");
}

#[tokio::test]
async fn twenty_operators_who_freeze_at_once_leave_one_line() {
    let fixture = Fixture::new().await;
    let account = fixture.person(Product::Consumer).await.user_id.to_string();
    let answers = join_all((0..20).map(|_| fixture.change(&account, "freeze"))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, 200);
    assert_eq!(fixture.database.count("account_freezes").await, 1);
}

#[tokio::test]
async fn no_account_is_opened_by_freezing_it_and_the_banks_has_no_name() {
    let fixture = Fixture::new().await;
    let bank = UserId::from_uuid(uuid::Uuid::from_u128(1)).to_string();
    let wallet = fixture.person(Product::Consumer).await.user_id;
    let wallet_as_shop = values::BusinessId::from_uuid(wallet.uuid()).to_string();
    let accounts = fixture.database.count("accounts").await;
    for unknown in [UserId::new().to_string(), bank, wallet_as_shop] {
        let unknown_account = (404, "account-not-found".to_owned());
        assert_eq!(code(fixture.change(&unknown, "freeze").await), unknown_account, "{unknown}");
        let hold = fixture.hold_by_law(&unknown, 1).await;
        assert_eq!(code(hold), unknown_account, "{unknown}");
        assert_eq!(fixture.account(&unknown).await.0, 404);
    }
    assert_eq!(fixture.database.count("accounts").await, accounts);
    assert_eq!(fixture.database.count("account_freezes").await, 0);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let frozen: Option<u64> =
        conn.query_first("SELECT COUNT(*) FROM accounts WHERE status <> 'active'").await.unwrap();
    assert_eq!(frozen, Some(0));
}

#[tokio::test]
async fn a_freeze_without_a_readable_reason_or_operator_is_refused() {
    let fixture = Fixture::new().await;
    let account = fixture.person(Product::Consumer).await.user_id;
    let path = format!("/api/v1/ledger/accounts/{account}/freeze");
    for body in [
        json!({"reason": "", "operator": "ops@example.com"}),
        json!({"reason": "x".repeat(201), "operator": "ops@example.com"}),
        json!({"reason": "two\nlines", "operator": "ops@example.com"}),
        json!({"reason": "stolen", "operator": ""}),
        json!({"reason": "stolen"}),
        json!({"reason": "stolen", "operator": "ops@example.com", "direction": "incoming"}),
        json!({"reason": "stolen", "operator": "ops@example.com", "until": "tomorrow"}),
    ] {
        let refused = code(fixture.operate(&path, &body).await);
        assert_eq!(refused, (400, "invalid-body".to_owned()), "{body}");
    }
    assert_eq!(fixture.database.count("account_freezes").await, 0);
}

/// Longer than one statement waits for a lock.
const BUSY: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_busy_account_is_waited_for_again_and_nobody_has_to_repeat() {
    let fixture = Fixture::new().await;
    let (payer, suspect) = (fixture.consumer_with(100).await, fixture.consumer_with(100).await);
    let mut tx = fixture.database.pool.start_transaction(TxOpts::default()).await.unwrap();
    let both = (payer.user_id.uuid(), suspect.user_id.uuid());
    let lock = "SELECT 1 FROM accounts WHERE account_id IN (?, ?) FOR UPDATE";
    tx.exec_drop(lock, both).await.unwrap();
    let busy = async {
        sleep(BUSY).await;
        tx.rollback().await.unwrap();
    };
    let (top_up, key) = (json!({"amount": {"amount": 100, "currency": "HKD"}}), new_key());
    let topped_up = fixture.post(&payer, TOP_UPS, &key, &top_up);
    let account = suspect.user_id.to_string();
    let ((), (top_up, _), (freeze, _)) = join!(busy, topped_up, fixture.change(&account, "freeze"));
    assert_eq!((top_up, freeze), (201, 200));
    assert_eq!(fixture.balance(&payer).await, 200);
}
