//! Telling of money from and to banks.

use events::payments::FpsPaymentFailedV1;
use serde_json::json;
use testkit::event;
use values::{FpsPaymentId, WithdrawalId};

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
