//! What shops pay: once for each payment, into an account of their own, and back with a refund.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess, rounds};
use values::{BusinessId, Product};

use crate::audit::assert_found;
use crate::authorisations::{authorised, capture};
use crate::group_commit::static_payment;
use crate::pay::PAYMENTS;
use crate::{Fixture, Person, net, new_key};

/// Of a race for a fees account that is not there yet.
/// So many rounds are within a day's limits.
const A_DAY: usize = 40;

impl Fixture {
    /// Minor units that this shop has paid; `None` before it was paid.
    async fn fees(&self, shop: BusinessId) -> Option<i64> {
        let sql = "SELECT credits_posted - debits_posted FROM accounts
            WHERE kind = 'merchant_fees' AND HEX(account_id) = INSERT(HEX(?), 13, 1, '8')";
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.exec_first(sql, (shop.uuid(),)).await.unwrap()
    }

    pub(crate) async fn sold(&self, payer: &Person, shop: BusinessId, cents: i64) -> Value {
        let (status, payment) = self.pay_static(payer, shop, cents).await;
        assert_eq!(status, 201, "{payment}");
        payment
    }

    pub(crate) async fn given_back(&self, owner: &Person, payment: &Value, cents: i64) -> Value {
        let path = format!("{PAYMENTS}/{}/refunds", payment["payment_id"].as_str().unwrap());
        let body = json!({"amount": {"amount": cents, "currency": "HKD"}});
        let (status, refund) = self.post(owner, &path, &new_key(), &body).await;
        assert_eq!(status, 201, "{refund}");
        refund
    }

    async fn try_set_fee_rate(&self, shop: &str, basis_points: Value) -> Answer {
        let path = format!("/api/v1/ledger/businesses/{shop}/fee-rate");
        let body = json!({
            "fee_basis_points": basis_points,
            "reason": "contract of 2026",
            "operator": "ops@example.com",
        });
        self.send(Call::post(&path).json(&body)).await
    }

    async fn set_fee_rate(&self, shop: BusinessId, basis_points: u16) -> Value {
        self.try_set_fee_rate(&shop.to_string(), json!(basis_points)).await.expect(200)
    }
}

#[tokio::test]
async fn a_shop_pays_for_what_it_takes_and_has_it_back_with_what_it_gives_back() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    assert_eq!(fixture.fees(shop).await, None);
    let payment = fixture.sold(&payer, shop, 12_850).await;
    assert_eq!((fixture.balance(&payer).await, fixture.fees(shop).await), (37_150, Some(193)));
    assert_eq!(fixture.takings(&owner, shop).await, 12_657);
    // The shop has nothing else, and can give everything back, in whatever parts.
    for (cents, returned) in [(1, 0), (33, 1), (6_000, 90), (6_816, 102)] {
        let refund = fixture.given_back(&owner, &payment, cents).await;
        assert_eq!(refund["fee_returned"]["amount"], returned, "{cents}");
    }
    assert_eq!((fixture.balance(&payer).await, fixture.fees(shop).await), (50_000, Some(0)));
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    // Too little for a fee: no transfer of one.
    let before = fixture.database.count("transfers").await;
    fixture.sold(&payer, shop, 33).await;
    assert_eq!(fixture.database.count("transfers").await, before + 1);
    assert_eq!(fixture.fees(shop).await, Some(0));
    assert_eq!(fixture.audit().await["balanced"], true);
}

fn has_number(read: &Value, number: i64) -> bool {
    match read {
        Value::Array(items) => items.iter().any(|item| has_number(item, number)),
        Value::Object(members) => members.values().any(|member| has_number(member, number)),
        Value::Number(_) => read.as_i64() == Some(number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[tokio::test]
async fn no_payer_reads_the_fee_whatever_they_are_signed_in_to() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let as_merchant = fixture.signed_in(payer.user_id, Product::Business);
    let (owner, shop) = fixture.shop().await;
    let payment = fixture.sold(&payer, shop, 12_850).await;
    let refund = fixture.given_back(&owner, &payment, 12_850).await;
    let of_payment = format!("{PAYMENTS}/{}", payment["payment_id"].as_str().unwrap());
    let of_refund = format!("/api/v1/refunds/{}", refund["refund_id"].as_str().unwrap());
    for reader in [&payer, &as_merchant] {
        let (_, read) = fixture.get(reader, &of_payment).await;
        assert_eq!((&read["fee"], &read["net"]), (&json!(null), &json!(null)), "{read}");
        let (_, read) = fixture.get(reader, &of_refund).await;
        assert_eq!(
            (&read["payment_id"], &read["fee_returned"]),
            (&payment["payment_id"], &json!(null))
        );
    }
    for path in [PAYMENTS, "/api/v1/wallets/me/movements", "/api/v1/home"] {
        let (status, read) = fixture.get(&payer, path).await;
        assert_eq!((status, has_number(&read, 193)), (200, false), "{path}: {read}");
    }
    // Nor does anybody reach the account in which fees lie.
    let fees = shop.uuid().as_u128() ^ (0xF << 76);
    let fees = BusinessId::from_uuid(uuid::Uuid::from_u128(fees));
    let account = fixture.send(Call::get(&format!("/api/v1/ledger/accounts/{fees}"))).await;
    account.expect_refusal(404, "no-such-route");
}

#[tokio::test]
async fn an_operator_gives_a_shop_another_fee_for_what_comes_and_the_history_tells_who_did() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let before = fixture.sold(&payer, shop, 10_000).await;
    let held = authorised(&fixture, &payer, &owner, shop).await;
    let first = fixture.set_fee_rate(shop, 80).await;
    assert_eq!((&first["business_id"], &first["fee_basis_points"]), (&json!(shop), &json!(80)));
    // Twice is once.
    assert_eq!(fixture.set_fee_rate(shop, 80).await, first);
    let line = &first["changes"][0];
    assert_eq!(
        (&line["reason"], &line["operator"]),
        (&json!("contract of 2026"), &json!("ops@example.com"))
    );
    assert_eq!(first["changes"].as_array().unwrap().len(), 1);

    fixture.sold(&payer, shop, 10_000).await;
    // What was held before is taken, and paid for, now.
    let (_, captured) = capture(&fixture, &owner, &held, 10_000).await;
    assert_eq!(captured["fee"]["amount"], 80);
    assert_eq!(fixture.fees(shop).await, Some(150 + 80 + 80));
    // And what was paid before comes back as it was paid.
    let refund = fixture.given_back(&owner, &before, 10_000).await;
    assert_eq!(
        (&refund["fee_returned"]["amount"], fixture.fees(shop).await),
        (&json!(150), Some(160))
    );
    // A shop that changes its name keeps its fee.
    let renamed = crate::changed(&owner, shop, 2, "新永記");
    fixture.deliver("payments_on_business_profile", &[renamed]).await;
    fixture.sold(&payer, shop, 10_000).await;
    assert_eq!(fixture.fees(shop).await, Some(240));

    let changed = fixture.set_fee_rate(shop, 0).await;
    let rates: Vec<&Value> = changed["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["fee_basis_points"])
        .collect();
    assert_eq!(rates, [0, 80]);
    fixture.sold(&payer, shop, 1_000).await;
    assert_eq!(fixture.fees(shop).await, Some(240));
    assert_eq!(fixture.audit().await["balanced"], true);

    for (who, basis_points, status) in [
        (shop.to_string(), json!(1_001), 400),
        (shop.to_string(), json!(-1), 400),
        (shop.to_string(), json!(1.5), 400),
        (shop.to_string(), json!(null), 400),
        (BusinessId::new().to_string(), json!(80), 404),
        (payer.user_id.to_string(), json!(80), 404),
    ] {
        let answer = fixture.try_set_fee_rate(&who, basis_points.clone()).await;
        assert_eq!(answer.status, status, "{who} {basis_points}");
    }
    assert_eq!(fixture.database.count("fee_rate_changes").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_payments_of_a_shop_at_once_at_two_instances_open_its_fees_account_once() {
    let fixture = Fixture::new().await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let mut payers = Vec::new();
    for _ in 0..4 {
        payers.push(fixture.consumer_with(500_000).await);
    }
    let owner = fixture.person(Product::Business).await;
    for round in 0..rounds(200, 30) {
        if round > 0 && round % A_DAY == 0 {
            fixture.next_year().await;
        }
        let shop = fixture.shop_of(&owner).await;
        let pays = payers.iter().zip(instances.iter().cycle()).map(async |(payer, routes)| {
            let key = new_key();
            let body = static_payment(payer, shop, 100, &key);
            Call::post(PAYMENTS)
                .bearer(&payer.token)
                .key(&key)
                .json(&body)
                .send(routes)
                .await
                .status
        });
        assert_eq!(join_all(pays).await, [201; 4], "{round}");
        assert_eq!(fixture.fees(shop).await, Some(8), "{round}");
        assert_eq!(fixture.takings(&owner, shop).await, 4 * net(100), "{round}");
    }
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
}

#[tokio::test]
async fn damage_to_fees_is_found() {
    let damages = [
        ("DELETE FROM transfers WHERE code = 'fee' AND amount = 193", 1),
        ("UPDATE transfers SET amount = amount + 1 WHERE code = 'fee'", 3),
        ("UPDATE transfers SET code = 'payment' WHERE code = 'fee' AND amount = 193", 2),
        ("UPDATE transfers SET subject_id = 0x02 WHERE code = 'fee'", 3),
        ("UPDATE transfers SET phase = 'pending' WHERE code = 'fee'", 3),
        ("UPDATE transfers SET credit_account_id = 0x02 WHERE code = 'fee' AND amount = 193", 2),
        (
            "UPDATE transfers AS fees JOIN transfers AS old ON old.transfer_id = fees.transfer_id
             SET fees.debit_account_id = old.credit_account_id,
                 fees.credit_account_id = old.debit_account_id
             WHERE fees.code = 'fee' AND fees.amount = 193",
            2,
        ),
        ("UPDATE operations SET fee = 0 WHERE fee = 193", 1),
        ("UPDATE operations SET fee = 1 WHERE kind = 'payment' AND fee = 0 AND moved = 33", 1),
        ("UPDATE operations SET fee = 1 WHERE kind = 'top-up'", 1),
        ("UPDATE operations SET fee = 1 WHERE state = 'pending'", 1),
        ("UPDATE accounts SET kind = 'merchant' WHERE kind = 'merchant_fees'", 3),
        // Of nothing that moved.
        (
            "INSERT INTO transfers SELECT UNHEX(INSERT(HEX(transfer_id), 20, 4, 'ABCD')),
                debit_account_id, credit_account_id, amount, currency, code, subject_id, phase,
                pending_id, created_at, held FROM transfers WHERE code = 'fee' AND amount = 193",
            1,
        ),
    ]
    .map(|(damage, count)| (damage, format!("\"fees_not_matching\":{count}")));
    assert_found(&books_with_fees().await, &damages).await;
}

/// A payment with a fee of HK$1.93, one too small for a fee, one that was captured and has one of
/// HK$1.50, one that waits for its capture, and a refund that brought HK$0.97 of the first back.
async fn books_with_fees() -> Fixture {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let payment = fixture.sold(&payer, shop, 12_850).await;
    fixture.sold(&payer, shop, 33).await;
    let held = authorised(&fixture, &payer, &owner, shop).await;
    assert_eq!(capture(&fixture, &owner, &held, 10_000).await.0, 200);
    authorised(&fixture, &payer, &owner, shop).await;
    fixture.given_back(&owner, &payment, 6_425).await;
    fixture
}

#[tokio::test]
async fn a_shop_whose_outgoing_money_is_stopped_or_held_by_law_is_paid_and_captures() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(100_000).await;
    for stopped in [true, false] {
        let (owner, shop) = fixture.shop().await;
        let held = authorised(&fixture, &payer, &owner, shop).await;
        let account = shop.to_string();
        if stopped {
            fixture.freeze_outgoing(&account).await;
        } else {
            fixture.hold_by_law(&account, 1_000_000).await;
        }
        fixture.sold(&payer, shop, 10_000).await;
        assert_eq!(capture(&fixture, &owner, &held, 10_000).await.0, 200);
        assert_eq!(fixture.takings(&owner, shop).await, net(10_000) + net(10_000));
        let body = json!({"amount": {"amount": 1, "currency": "HKD"}});
        let path = format!("{PAYMENTS}/{held}/refunds");
        assert!(fixture.post(&owner, &path, &new_key(), &body).await.0 >= 400, "it gives nothing");
    }
    assert_eq!(fixture.audit().await["balanced"], true);
}
