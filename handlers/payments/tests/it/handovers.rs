//! A shop has another owner: programs of the one before are let in no more, takings do not go to
//! their bank account, and what was approved or held of them does not count for it.

use events::payments::ApiCredentialChangedV1;
use futures_util::future::join;
use serde_json::json;
use testkit::Call;
use values::{BusinessId, Product};

use crate::api_credentials::{CREDENTIALS, wanted};
use crate::settlements::shop_that_took;
use crate::shop_approval::{FUNCTION, approved_of, not_approved};
use crate::withdrawals::code;
use crate::{Fixture, Person, changed};

const ROUNDS: usize = 20;

impl Fixture {
    async fn hand_over(&self, shop: BusinessId, to: &Person, version: u32) {
        let event = changed(to, shop, version, "永記茶餐廳");
        self.deliver("payments_on_business_profile", &[event]).await;
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
    // Another name ends nothing, nor does what comes late of another owner.
    fixture.hand_over(shop, &before, 2).await;
    fixture.hand_over(shop, &after, 1).await;
    assert_eq!(fixture.statuses(&before, shop).await, ["active"]);
    fixture.hand_over(shop, &after, 3).await;
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
            fixture.hand_over(shop, &after, 2),
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
    fixture.hand_over(shop, &after, 2).await;
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
    fixture.deliver(FUNCTION, &[approved_of(&after, shop, 1, true)]).await;
    fixture.bank(&after, shop, "daily").await;
    let (status, asked) = fixture.ask_to_settle(&after, shop).await;
    assert_eq!((status, &asked["status"]), (200, &json!("pending")), "{asked}");
    // Theirs again, so is their account.
    fixture.hand_over(shop, &before, 3).await;
    assert_eq!(fixture.get(&before, &path).await.0, 200);
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn what_a_mule_took_goes_to_nobody_to_whom_the_shop_is_handed_over() {
    let fixture = Fixture::new().await;
    let (mule, shop, _) = shop_that_took(&fixture, 20_000).await;
    let (next, _) = fixture.shop().await;
    let (last, _) = fixture.shop().await;
    let seen = format!(
        "INSERT INTO seen_risks (account_id, risk, reasons, version)
         VALUES (UNHEX('{}'), 'high', '[]', 1)",
        mule.user_id.uuid().simple()
    );
    fixture.execute(&seen).await;
    // By however many hands.
    fixture.hand_over(shop, &next, 2).await;
    fixture.hand_over(shop, &last, 3).await;
    fixture.deliver(FUNCTION, &[approved_of(&last, shop, 1, true)]).await;
    fixture.bank(&last, shop, "daily").await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&last, shop).await;
    assert_eq!(settled[0]["carry_reason"], "under-review", "{settled:?}");
    // Once their wallet looks like one no longer, it goes with the next day.
    fixture.execute("UPDATE seen_risks SET risk = 'normal', version = 2").await;
    fixture.a_day_goes_by().await;
    let (status, asked) = fixture.ask_to_settle(&last, shop).await;
    assert_eq!((status, &asked["status"]), (200, &json!("pending")), "{asked}");
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn a_shop_is_approved_for_the_owner_of_whom_that_was_said() {
    let fixture = Fixture::new().await;
    // The test's own shops are approved as those of before were: of whoever owned them.
    let (before, shop) = fixture.shop().await;
    let (after, _) = fixture.shop().await;
    assert_eq!(fixture.ask(&before, shop).await.0, 201);
    fixture.hand_over(shop, &after, 2).await;
    assert_eq!(code(fixture.ask(&after, shop).await), not_approved());
    fixture.deliver(FUNCTION, &[approved_of(&after, shop, 1, false)]).await;
    fixture.deliver(FUNCTION, &[approved_of(&after, shop, 2, true)]).await;
    assert_eq!(fixture.ask(&after, shop).await.0, 201);
    // What is said of the next owner is heard before they are; of the one before, after them.
    fixture.deliver(FUNCTION, &[approved_of(&before, shop, 3, true)]).await;
    assert_eq!(code(fixture.ask(&after, shop).await), not_approved());
    fixture.hand_over(shop, &before, 3).await;
    assert_eq!(fixture.ask(&before, shop).await.0, 201);
    fixture.hand_over(shop, &after, 4).await;
    fixture.deliver(FUNCTION, &[approved_of(&before, shop, 4, true)]).await;
    assert_eq!(code(fixture.ask(&after, shop).await), not_approved());
    // An operator's word is of whoever owns it.
    fixture.set_approval(shop, true).await;
    assert_eq!(fixture.ask(&after, shop).await.0, 201);
}

#[tokio::test]
async fn a_shop_that_an_operator_has_stopped_stays_so_for_its_next_owner() {
    let fixture = Fixture::new().await;
    let (before, shop) = fixture.shop().await;
    let (after, _) = fixture.shop().await;
    fixture.set_approval(shop, false).await;
    fixture.hand_over(shop, &after, 2).await;
    fixture.deliver(FUNCTION, &[approved_of(&after, shop, 1, true)]).await;
    assert_eq!(code(fixture.ask(&after, shop).await), not_approved());
    assert_eq!(code(fixture.ask(&before, shop).await), (404, "business-not-found".to_owned()));
    fixture.set_approval(shop, true).await;
    assert_eq!(fixture.ask(&after, shop).await.0, 201);
    // Also one that is stopped before it was approved.
    fixture.hand_over(shop, &before, 3).await;
    fixture.set_approval(shop, false).await;
    fixture.deliver(FUNCTION, &[approved_of(&before, shop, 2, true)]).await;
    assert_eq!(code(fixture.ask(&before, shop).await), not_approved());
}
