//! Telling people of who works in a shop.

use events::Envelope;
use events::business_profile::BusinessMemberChangedV1;
use serde_json::json;
use testkit::{deliver, event};
use values::{BusinessId, Product, UserId};

use crate::{Fixture, LIST, ON_BUSINESS_PROFILE, bodies};

fn changed(
    [owner, member, by]: [UserId; 3],
    shop: BusinessId,
    version: u32,
    role: Option<&str>,
) -> Envelope {
    let changed = BusinessMemberChangedV1 {
        business_id: shop.to_string(),
        shop_name: "永記茶餐廳".to_owned(),
        owner_user_id: owner.to_string(),
        user_id: member.to_string(),
        role: role.map(str::to_owned),
        invited_by: owner.to_string(),
        version,
        changed_by: by.to_string(),
        changed_at: "2026-12-01T04:05:06.789Z".to_owned(),
    };
    event(&shop.to_string(), &changed)
}

#[tokio::test]
async fn a_member_is_told_of_each_role_and_the_owner_of_managers_and_what_others_did() {
    let fixture = Fixture::new().await;
    let (owner, member, shop) = (UserId::new(), UserId::new(), BusinessId::new());
    let events = [
        changed([owner, member, member], shop, 1, Some("cashier")),
        changed([owner, member, owner], shop, 2, Some("manager")),
        changed([owner, member, owner], shop, 3, None),
        changed([owner, member, member], shop, 4, Some("cashier")),
        changed([owner, member, member], shop, 5, None),
        // Of a later program.
        changed([owner, member, owner], shop, 6, Some("robot")),
    ];
    for event in events.iter().chain(&events) {
        let event = std::slice::from_ref(event);
        deliver(&fixture.routes, ON_BUSINESS_PROFILE, event).await;
    }
    let (_, page) = fixture.call(member, Product::Business, "GET", LIST).await;
    let as_cashier = "You now work at 永記茶餐廳 as a cashier.";
    let ended = "You no longer work at 永記茶餐廳.";
    let expected =
        [ended, as_cashier, ended, "You now work at 永記茶餐廳 as a manager.", as_cashier];
    assert_eq!(bodies(&page), expected);
    let shown = json!({"type": "business", "id": shop, "name": "永記茶餐廳"});
    for (name, value) in shown.as_object().unwrap() {
        assert_eq!(&page["items"][0]["counterparty"][name], value);
    }
    let (_, page) = fixture.call(owner, Product::Business, "GET", LIST).await;
    let joined = "Somebody now works at 永記茶餐廳 as a cashier. If you did not expect this, check \
                  its members.";
    let left = "A member no longer works at 永記茶餐廳.";
    let as_manager = "Somebody now works at 永記茶餐廳 as a manager. If you did not expect this, check \
                      its members.";
    assert_eq!(bodies(&page), [left, joined, as_manager, joined]);
}
