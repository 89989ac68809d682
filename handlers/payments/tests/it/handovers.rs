//! A shop has another owner: programs of the one before are let in no more, and takings do not go
//! to their bank account.

use events::Envelope;
use events::business_profile::BusinessHandoverChangedV1;
use events::payments::ApiCredentialChangedV1;
use futures_util::future::join;
use serde_json::json;
use testkit::{Call, event};
use values::{BusinessId, Product, ShopHandoverId};

use crate::api_credentials::{CREDENTIALS, wanted};
use crate::settlements::shop_that_took;
use crate::withdrawals::code;
use crate::{Fixture, Person, changed};

const ROUNDS: usize = 20;

/// What business-profile tells of an acceptance, in its order.
fn handed_over(shop: BusinessId, [from, to]: [&Person; 2], version: u32) -> [Envelope; 2] {
    [changed(to, shop, version, "永記茶餐廳"), handover(shop, [from, to], version, "accepted")]
}

fn handover(
    shop: BusinessId,
    [from, to]: [&Person; 2],
    business_version: u32,
    status: &str,
) -> Envelope {
    let changed = BusinessHandoverChangedV1 {
        handover_id: ShopHandoverId::new().to_string(),
        business_id: shop.to_string(),
        shop_name: "永記茶餐廳".to_owned(),
        from_user_id: from.user_id.to_string(),
        to_user_id: to.user_id.to_string(),
        status: status.to_owned(),
        business_version,
        changed_at: "2026-12-01T04:00:00.000Z".to_owned(),
    };
    event(&shop.to_string(), &changed)
}

impl Fixture {
    async fn hand_over(&self, shop: BusinessId, people: [&Person; 2], version: u32) {
        let events = handed_over(shop, people, version);
        self.deliver("payments_on_business_profile", &events).await;
    }

    fn ask_for_credential(&self, owner: &Person, shop: BusinessId) -> Call {
        let token = self.stepped_up(owner, Product::Business, "pin", 0);
        Call::post(CREDENTIALS).bearer(&token).json(&wanted(shop))
    }

    async fn statuses(&self, owner: &Person, shop: BusinessId) -> Vec<String> {
        let (status, list) = self.get(owner, &format!("{CREDENTIALS}?business_id={shop}")).await;
        assert_eq!(status, 200, "{list}");
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["status"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn with_its_owner_the_programs_of_a_shop_go_and_the_new_owner_lets_in_their_own() {
    let fixture = Fixture::new().await;
    let (before, shop) = fixture.shop().await;
    let (after, elsewhere) = fixture.shop().await;
    for (owner, shop) in [(&before, shop), (&after, elsewhere)] {
        fixture.send(fixture.ask_for_credential(owner, shop)).await.expect(201);
    }
    // An offer ends nothing, nor does one that is declined.
    for status in ["offered", "declined", "cancelled", "ended"] {
        let event = handover(shop, [&before, &after], 1, status);
        fixture.deliver("payments_on_business_profile", &[event]).await;
    }
    assert_eq!(fixture.statuses(&before, shop).await, ["active"]);
    fixture.hand_over(shop, [&before, &after], 2).await;
    assert_eq!(fixture.statuses(&after, shop).await, ["deactivated"]);
    assert_eq!(fixture.statuses(&after, elsewhere).await, ["active"]);
    // Nothing more is signed with its key.
    let told: Vec<ApiCredentialChangedV1> = fixture.database.told().await;
    let last = told.last().unwrap();
    assert_eq!((&last.business_id, &last.sealed_signing_key), (&shop.to_string(), &None));
    let refused = fixture.send(fixture.ask_for_credential(&before, shop)).await;
    refused.expect_refusal(404, "business-not-found");
    fixture.send(fixture.ask_for_credential(&after, shop)).await.expect(201);
    assert_eq!(fixture.statuses(&after, shop).await, ["active", "deactivated"]);
}

#[tokio::test]
async fn a_credential_that_is_made_while_the_shop_changes_hands_is_good_for_nothing() {
    let fixture = Fixture::new().await;
    let (after, _) = fixture.shop().await;
    for _ in 0..ROUNDS {
        let (before, shop) = fixture.shop().await;
        let (made, ()) = join(
            fixture.send(fixture.ask_for_credential(&before, shop)),
            fixture.hand_over(shop, [&before, &after], 2),
        )
        .await;
        if made.status != 201 {
            made.expect_refusal(404, "business-not-found");
        }
        let left = fixture.statuses(&after, shop).await;
        assert!(left.iter().all(|status| status == "deactivated"), "{left:?}");
    }
}

#[tokio::test]
async fn takings_go_to_no_account_of_who_owned_the_shop_before() {
    let fixture = Fixture::new().await;
    let (before, shop, _) = shop_that_took(&fixture, 20_000).await;
    let (after, _) = fixture.shop().await;
    fixture.hand_over(shop, [&before, &after], 2).await;
    let path = format!("/api/v1/wallets/businesses/{shop}/bank-account");
    let none = fixture.get(&after, &path).await;
    assert_eq!(code(none), (404, "business-bank-account-not-found".to_owned()));
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&after, shop).await;
    assert_eq!(
        (&settled[0]["status"], &settled[0]["carry_reason"]),
        (&json!("carried-over"), &json!("no-bank-account"))
    );
    fixture.a_day_goes_by().await;
    fixture.bank(&after, shop, "daily").await;
    let (status, asked) = fixture.ask_to_settle(&after, shop).await;
    assert_eq!((status, &asked["status"]), (200, &json!("pending")), "{asked}");
    // Theirs again, so is their account.
    fixture.hand_over(shop, [&after, &before], 3).await;
    assert_eq!(fixture.get(&before, &path).await.0, 200);
    fixture.assert_balanced().await;
}
