//! Telling of money from and to banks.

use events::payments::{FpsPaymentFailedV1, SettlementNotPaidV1};
use serde_json::json;
use testkit::event;
use values::{FpsPaymentId, SettlementId, WithdrawalId};

use crate::{Fixture, LIST, bodies};

#[tokio::test]
async fn a_top_up_is_told_to_the_wallets_owner_alone() {
    let fixture = Fixture::new().await;
    fixture.deliver_payments(&[fixture.top_up(50_000)]).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["HK$500.00 was added to your wallet."]);
    assert_eq!(page["items"][0]["payment_id"], json!(null));
    assert_eq!(fixture.database.count("notifications").await, 1);
}

#[tokio::test]
async fn a_withdrawal_is_told_to_the_wallets_owner_alone() {
    let fixture = Fixture::new().await;
    let id = WithdrawalId::new();
    let mut paid_out = fixture.top_up(50_000);
    let owner = paid_out.data["to"].take();
    paid_out.data["to"] = paid_out.data["from"].take();
    paid_out.data["from"] = owner;
    paid_out.data["kind"] = json!("withdrawal");
    paid_out.data["operation_id"] = json!(id);
    fixture.deliver_payments(&[paid_out.clone(), paid_out]).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    let line = &page["items"][0];
    assert_eq!(bodies(&page), ["HK$500.00 was sent to your bank account."]);
    assert_eq!(
        (&line["type"], &line["withdrawal_id"], &line["counterparty"], &line["top_up_id"]),
        (&json!("withdrawal-completed"), &json!(id), &json!(null), &json!(null))
    );
    assert_eq!(fixture.database.count("notifications").await, 1);
}

#[tokio::test]
async fn a_payment_by_fps_is_told_to_its_payer_with_the_name_that_the_bank_gave() {
    let fixture = Fixture::new().await;
    let id = FpsPaymentId::new();
    let mut paid = fixture.top_up(50_000);
    let owner = paid.data["to"].take();
    paid.data["to"] = paid.data["from"].take();
    paid.data["to"]["name"] = json!("DEMO SHOP LTD");
    paid.data["from"] = owner;
    paid.data["kind"] = json!("fps-payment");
    paid.data["operation_id"] = json!(id);
    let failed = event(
        &paid.subject,
        &FpsPaymentFailedV1 {
            fps_payment_id: id.to_string(),
            user_id: fixture.consumer.to_string(),
            payee_name: "DEMO SHOP LTD".to_owned(),
            amount: 700,
            currency: "HKD".to_owned(),
            failed_at: "2026-11-23T04:05:06.789Z".to_owned(),
        },
    );
    fixture.deliver_payments(&[paid.clone(), paid, failed]).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    let did_not = "HK$7.00 to DEMO SHOP LTD did not go through. The money is in your wallet.";
    assert_eq!(bodies(&page), [did_not, "You paid HK$500.00 to DEMO SHOP LTD by FPS."]);
    let line = &page["items"][1];
    let payee = json!({"type": "fps", "name": "DEMO SHOP LTD"});
    assert_eq!((&line["fps_payment_id"], &line["counterparty"]), (&json!(id), &payee));
}

#[tokio::test]
async fn a_settlement_is_told_to_the_shops_owner_in_the_app_for_shops() {
    let fixture = Fixture::new().await;
    let id = SettlementId::new();
    let mut paid_out = fixture.payment(50_000);
    paid_out.data["from"] = paid_out.data["to"].take();
    paid_out.data["to"] = fixture.top_up(50_000).data["from"].take();
    paid_out.data["kind"] = json!("settlement");
    paid_out.data["operation_id"] = json!(id);
    let mut of_older_program = paid_out.clone();
    of_older_program.id = uuid::Uuid::now_v7().to_string();
    of_older_program.data["from"]["told_user_id"] = json!(null);
    let not_paid = |reason: &str| SettlementNotPaidV1 {
        settlement_id: id.to_string(),
        business_id: paid_out.data["from"]["id"].as_str().unwrap().to_owned(),
        shop_name: "永記茶餐廳".to_owned(),
        told_user_id: fixture.owner.to_string(),
        amount: 50_000,
        currency: "HKD".to_owned(),
        reason: reason.to_owned(),
        decided_at: "2026-11-23T04:05:06.789Z".to_owned(),
    };
    let refused = event(&paid_out.subject, &not_paid("bank-refused"));
    let later = event(&paid_out.subject, &not_paid("known-to-a-later-program"));
    let told = [paid_out.clone(), of_older_program, refused.clone(), later, refused];
    fixture.deliver_payments(&told).await;

    let (_, page) = fixture.owner("GET", LIST).await;
    assert_eq!(
        bodies(&page),
        [
            "Takings of HK$500.00 of 永記茶餐廳 were not paid out. They stay in the shop's balance.",
            "Takings of HK$500.00 of 永記茶餐廳 were not paid out: the bank did not take them. They \
             stay in the shop's balance.",
            "HK$500.00 of the takings of 永記茶餐廳 was sent to its bank account.",
        ]
    );
    let kinds = page["items"].as_array().unwrap().iter().map(|line| &line["type"]);
    let kinds: Vec<_> = kinds.collect();
    assert_eq!(kinds, ["settlement-not-paid", "settlement-not-paid", "settlement-paid"]);
    assert_eq!(page["items"][0]["settlement_id"], json!(id));
    assert_eq!(fixture.consumer("GET", LIST).await.1["items"], json!([]));
    assert_eq!(fixture.database.count("parked_events").await, 0);
}
