//! A schema from before operations, with what a wallet had then, is brought to the newest version.

use mysql_async::prelude::Queryable;
use payments::migrations;
use serde_json::json;
use testkit::{FreshDatabase, TokenIssuer};
use values::{BusinessId, PaymentId, PaymentRequestId, Product, TopUpId, TransferId, UserId};

use crate::{Fixture, NO_NOTIFICATION_SERVICE, start};

/// The last version in which a payment had a table of its own.
const BEFORE_OPERATIONS: i32 = 24;

/// The last version in which everybody was taken for verified and every shop could be paid.
const BEFORE_ONBOARDING: i32 = 101;

/// A top-up of HK$5.00 and a payment of HK$2.00, as that version wrote them.
async fn write_old_books(database: &FreshDatabase, payer: UserId, owner: UserId) -> PaymentId {
    // In the order of time.
    let (shop, top_up, request) = (BusinessId::new(), TopUpId::new(), PaymentRequestId::new());
    let (payment, transfer) = (PaymentId::new(), TransferId::new());
    let id = |uuid: uuid::Uuid| format!("0x{}", uuid.simple());
    let (payer, owner, shop) = (id(payer.uuid()), id(owner.uuid()), id(shop.uuid()));
    let (request, transfer) = (id(request.uuid()), id(transfer.uuid()));
    let (paid, top_up, bank) = (id(payment.uuid()), id(top_up.uuid()), "0x01".to_owned());
    let bank = format!("LPAD({bank}, 16, 0x00)");
    // A top-up had an id beside its transfer's.
    let subject = id(TopUpId::new().uuid());
    let mut conn = database.pool.get_conn().await.unwrap();
    for sql in [
        format!("UPDATE accounts SET debits_posted = 500 WHERE account_id = {bank}"),
        format!(
            "INSERT INTO accounts (account_id, kind, currency, debits_posted, credits_posted)
             VALUES ({payer}, 'wallet', 'HKD', 200, 500), ({shop}, 'merchant', 'HKD', 0, 200)"
        ),
        format!("INSERT INTO people VALUES ({payer}, '陳大文', 1)"),
        format!("INSERT INTO shops VALUES ({shop}, {owner}, '永記', 1, FALSE)"),
        format!(
            "INSERT INTO payment_requests VALUES ({request}, {shop}, '永記茶餐廳', 200, 'HKD', '',
                 'paid', NOW(6), NOW(6) + INTERVAL 1 HOUR, {paid})"
        ),
        format!(
            "INSERT INTO payments VALUES ({paid}, {request}, {payer}, {shop}, 200, 'HKD',
                 {transfer}, 'device', NOW(6))"
        ),
        format!(
            "INSERT INTO transfers VALUES
                 ({top_up}, {bank}, {payer}, 500, 'HKD', 'top_up', {subject}, 'posted', NULL,
                     NOW(6)),
                 ({transfer}, {payer}, {shop}, 200, 'HKD', 'payment', {paid}, 'posted', NULL,
                     NOW(6))"
        ),
    ] {
        conn.query_drop(sql).await.unwrap();
    }
    payment
}

#[tokio::test]
async fn old_books_balance_and_old_payments_are_found_after_the_upgrade() {
    let database = FreshDatabase::of_version(migrations(), BEFORE_OPERATIONS).await;
    let issuer = TokenIssuer::start().await;
    let (payer, owner) = (UserId::new(), UserId::new());
    let payment_id = write_old_books(&database, payer, owner).await;
    service::database::migrate(&database.url, migrations()).await.unwrap();

    let app = start(&database, &issuer, NO_NOTIFICATION_SERVICE);
    let fixture = Fixture::with(database, issuer, app);
    let audit = fixture.audit().await;
    assert!(audit["balanced"] == true && audit["transfers"] == 2, "{audit}");
    let payer = fixture.signed_in(payer, Product::Consumer);
    let (status, payment) = fixture.get(&payer, &format!("/api/v1/payments/{payment_id}")).await;
    assert_eq!((status, &payment["payee"]["name"]), (200, &json!("永記茶餐廳")), "{payment}");
    // There were no fees then.
    let of_shop = fixture.signed_in(owner, Product::Business);
    let (_, payment) = fixture.get(&of_shop, &format!("/api/v1/payments/{payment_id}")).await;
    let fee = (&payment["fee"]["amount"], &payment["net"]["amount"]);
    assert_eq!(fee, (&json!(0), &json!(200)));
    let (_, movements) = fixture.get(&payer, "/api/v1/wallets/me/movements").await;
    let kinds = movements["items"].as_array().unwrap().iter().map(|item| &item["subject"]["type"]);
    assert_eq!(kinds.collect::<Vec<_>>(), ["payment", "top-up"]);
    let newest = &movements["items"][0];
    assert_eq!(newest["subject"]["id"], json!(payment_id));
    // What was not said then is nothing now.
    assert_eq!(
        (&newest["parent"]["type"], &newest["note"]),
        (&"payment-request".into(), &json!(null))
    );
    assert_eq!(
        (&newest["visibility"], &newest["refunded"]["amount"]),
        (&"private".into(), &0.into())
    );
    for line in movements["items"].as_array().unwrap() {
        let id = line["transfer_id"].as_str().unwrap();
        let path = format!("/api/v1/wallets/me/movements/{id}/receipt");
        let (status, receipt) = fixture.get(&payer, &path).await;
        assert_eq!((status, &receipt["amount"]), (200, &line["amount"]), "{receipt}");
    }
}

#[tokio::test]
async fn wallets_keep_their_tier_and_shops_can_be_paid_that_stood_before_onboarding() {
    let database = FreshDatabase::of_version(migrations(), BEFORE_ONBOARDING).await;
    let issuer = TokenIssuer::start().await;
    let (payer, owner, shop) = (UserId::new(), UserId::new(), BusinessId::new());
    let id = |uuid: uuid::Uuid| format!("0x{}", uuid.simple());
    let (wallet, takings) = (id(payer.uuid()), id(shop.uuid()));
    let mut conn = database.pool.get_conn().await.unwrap();
    for sql in [
        // As its programs opened them.
        format!(
            "INSERT INTO accounts (account_id, kind, currency, tier)
             VALUES ({wallet}, 'wallet', 'HKD', 'verified'),
                 ({takings}, 'merchant', 'HKD', 'verified')"
        ),
        format!(
            "INSERT INTO shops (business_id, owner_user_id, shop_name, is_closed,
                 fee_basis_points, version)
             VALUES ({takings}, {}, '永記', FALSE, 150, 1)",
            id(owner.uuid())
        ),
        format!(
            "INSERT INTO tier_changes (account_id, tier, reason, operator, changed_at)
             VALUES ({wallet}, 'verified', 'HKID seen', 'ops@example.com', NOW(6))"
        ),
    ] {
        conn.query_drop(sql).await.unwrap();
    }
    service::database::migrate(&database.url, migrations()).await.unwrap();
    // And as they still do while they run beside the new ones.
    let learned = BusinessId::new();
    conn.query_drop(format!(
        "INSERT INTO shops (business_id, owner_user_id, shop_name, is_closed, fee_basis_points,
             version)
         VALUES ({}, {}, '新記', FALSE, 150, 1)",
        id(learned.uuid()),
        id(owner.uuid())
    ))
    .await
    .unwrap();

    let app = start(&database, &issuer, NO_NOTIFICATION_SERVICE);
    let fixture = Fixture::with(database, issuer, app);
    let payer = fixture.signed_in(payer, Product::Consumer);
    assert_eq!(fixture.limits(&payer).await["tier"], "verified");
    fixture.top_up(&payer, 400_000).await;
    assert_eq!(fixture.pay_static(&payer, shop, 10_000).await.0, 201);
    let (status, refused) = fixture.pay_static(&payer, learned, 10_000).await;
    assert_eq!((status, &refused["code"]), (409, &json!("shop-not-approved")));
    let path = format!("/api/v1/ledger/accounts/{}", payer.user_id);
    let account = fixture.send(testkit::Call::get(&path)).await.expect(200);
    let line = &account["tier_changes"][0];
    assert_eq!(
        (&line["reason"], &line["operator"]),
        (&json!("HKID seen"), &json!("ops@example.com"))
    );
    assert_eq!(account["tier_changes"].as_array().unwrap().len(), 1);
}
