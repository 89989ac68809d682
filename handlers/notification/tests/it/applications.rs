//! Telling applicants to onboarding where they stand.

use events::Envelope;
use events::onboarding::{ApplicationChangedV1, PersonVerificationChangedV1};
use serde_json::json;
use testkit::{deliver, event};
use values::{ApplicationId, BusinessId, Product, UserId};

use crate::{Fixture, LIST, ON_ONBOARDING, bodies};

fn changed(user_id: UserId, kind: &str, status: &str, reasons: &[&str]) -> Envelope {
    let application_id = ApplicationId::new().to_string();
    let changed = ApplicationChangedV1 {
        application_id: application_id.clone(),
        version: 2,
        user_id: user_id.to_string(),
        business_id: (kind == "business").then(|| BusinessId::new().to_string()),
        kind: kind.to_owned(),
        status: status.to_owned(),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
    };
    event(&application_id, &changed)
}

#[tokio::test]
async fn an_applicant_is_told_what_to_do_in_the_product_that_it_is_for_and_once() {
    let fixture = Fixture::new().await;
    let user_id = fixture.consumer;
    let of_person = [
        // Their own acts.
        changed(user_id, "identity", "draft", &[]),
        changed(user_id, "identity", "reading", &[]),
        changed(user_id, "identity", "withdrawn", &[]),
        // What only staff need to know, and what a later program says.
        changed(user_id, "identity", "awaiting-release", &[]),
        changed(user_id, "identity", "replaced", &[]),
        changed(user_id, "identity", "moonlit", &[]),
        changed(user_id, "pet", "approved", &[]),
        changed(user_id, "identity", "needs-more", &["document-unreadable"]),
        changed(user_id, "identity", "in-review", &[]),
        changed(user_id, "identity", "rejected", &["under-age", "other"]),
        changed(user_id, "identity", "approved", &[]),
        changed(user_id, "address", "approved", &["moon-phase"]),
        changed(user_id, "identity", "approved", &["document-expires-soon"]),
        changed(user_id, "identity", "document-expiring", &[]),
        changed(user_id, "identity", "expired", &[]),
        changed(user_id, "address", "abandoned", &[]),
    ];
    let of_shop = changed(user_id, "business", "approved", &[]);
    let tier = PersonVerificationChangedV1 {
        user_id: user_id.to_string(),
        version: 1,
        tier: "verified".to_owned(),
    };
    // Of what it is about the application tells.
    let tier = event(&user_id.to_string(), &tier);
    let events: Vec<Envelope> = of_person.iter().cloned().chain([of_shop.clone(), tier]).collect();
    for _ in 0..2 {
        deliver(&fixture.routes, ON_ONBOARDING, &events).await;
    }
    let (_, page) = fixture.consumer("GET", LIST).await;
    let soon = "The document that verifies your identity expires soon. Please apply again with a \
                new one.";
    assert_eq!(
        bodies(&page),
        [
            "Your application to verify your address was not finished in time. You can begin \
             again.",
            "The document that verified your identity has expired. Your limits are lower now. \
             Please apply again with a valid one.",
            soon,
            soon,
            "Your address is verified. Your limits are higher now.",
            "Your identity is verified. You can hold, add and spend more now.",
            "We could not verify your identity. You must be at least 18 years old.",
            "We are checking your identity, and tell you as soon as that is done.",
            "We could not verify your identity yet. We could not read all of it. Please take a \
             sharp photo of the whole document.",
        ]
    );
    let newest = &page["items"][0];
    let abandoned: ApplicationChangedV1 = of_person[15].decode().unwrap().unwrap();
    assert_eq!(
        (&newest["type"], &newest["application_id"]),
        (&json!("application-abandoned"), &json!(abandoned.application_id))
    );
    let (_, page) = fixture.call(user_id, Product::Business, "GET", LIST).await;
    assert_eq!(bodies(&page), ["Your business is verified. It can be paid now."]);
    assert_eq!(fixture.database.count("parked_events").await, 0);

    let mut broken = changed(user_id, "identity", "approved", &[]);
    broken.data["user_id"] = json!("nobody");
    deliver(&fixture.routes, ON_ONBOARDING, &[broken]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
}
