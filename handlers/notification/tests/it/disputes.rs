//! Telling payers and shops of their disputes.

use events::Envelope;
use events::payments::DisputeChangedV1;
use testkit::event;
use values::{BusinessId, DisputeId, PaymentId, Product, UserId};

use crate::{Fixture, LIST, bodies};

fn changed(payer: UserId, owner: UserId, status: &str, is_answered: bool) -> Envelope {
    let payment_id = PaymentId::new().to_string();
    let changed = DisputeChangedV1 {
        dispute_id: DisputeId::new().to_string(),
        version: 1,
        payment_id: payment_id.clone(),
        payer_user_id: payer.to_string(),
        business_id: BusinessId::new().to_string(),
        owner_user_id: owner.to_string(),
        shop_name: "永記茶餐廳".to_owned(),
        amount: 12_850,
        currency: "HKD".to_owned(),
        reason: "not-received".to_owned(),
        status: status.to_owned(),
        is_answered,
        answer_before: None,
    };
    event(&payment_id, &changed)
}

#[tokio::test]
async fn each_side_is_told_of_what_the_other_did_and_both_of_the_end() {
    let fixture = Fixture::new().await;
    let (payer, owner) = (UserId::new(), UserId::new());
    let events = [
        changed(payer, owner, "open", false),
        changed(payer, owner, "under-review", true),
        changed(payer, owner, "under-review", false),
        changed(payer, owner, "upheld", true),
        // The money that moved tells of it.
        changed(payer, owner, "refunded", true),
        changed(payer, owner, "rejected", true),
        changed(payer, owner, "withdrawn", true),
    ];
    for _ in 0..2 {
        fixture.deliver_payments(&events).await;
    }
    let (_, page) = fixture.call(payer, Product::Consumer, "GET", LIST).await;
    assert_eq!(
        bodies(&page),
        [
            "You do not get HK$128.50 back from 永記茶餐廳. The dispute says why.",
            "Your dispute over HK$128.50 with 永記茶餐廳 was decided for you. What is due comes back to \
             your wallet.",
            "永記茶餐廳 has not answered your dispute over HK$128.50. We decide it now.",
            "永記茶餐廳 does not agree to give HK$128.50 back. We decide it now.",
        ]
    );
    let (_, page) = fixture.call(owner, Product::Business, "GET", LIST).await;
    assert_eq!(
        bodies(&page),
        [
            "A payer of 永記茶餐廳 no longer asks for HK$128.50 back.",
            "永記茶餐廳 keeps the HK$128.50 that a payer asked back.",
            "A dispute over HK$128.50 with 永記茶餐廳 was decided for the payer, who gets back what is \
             due.",
            "永記茶餐廳 has not answered a dispute over HK$128.50. We decide it now.",
            "A payer of 永記茶餐廳 asks for HK$128.50 back. Please answer within seven days.",
        ]
    );
}
