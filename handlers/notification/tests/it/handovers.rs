//! A shop changes hands: who is told, and that nothing of it goes to the owner before.

use events::Envelope;
use events::business_profile::{BusinessHandoverChangedV1, BusinessMemberChangedV1};
use testkit::{Call, deliver, event};
use values::{BusinessId, Product, ShopHandoverId, UserId};

use crate::webhook_endpoints::{ENDPOINTS, Shop};
use crate::{Fixture, LIST, ON_BUSINESS_PROFILE, bodies};

fn handover(shop: BusinessId, [from, to]: [UserId; 2], status: &str) -> Envelope {
    let changed = BusinessHandoverChangedV1 {
        handover_id: ShopHandoverId::new().to_string(),
        business_id: shop.to_string(),
        shop_name: "永記茶餐廳".to_owned(),
        from_user_id: from.to_string(),
        to_user_id: to.to_string(),
        status: status.to_owned(),
        business_version: 2,
        changed_at: "2026-12-01T04:05:06.789Z".to_owned(),
    };
    event(&shop.to_string(), &changed)
}

/// As it is told of somebody whose shop it is now.
fn no_member_any_more(shop: BusinessId, owner: UserId) -> Envelope {
    let changed = BusinessMemberChangedV1 {
        business_id: shop.to_string(),
        shop_name: "永記茶餐廳".to_owned(),
        owner_user_id: owner.to_string(),
        user_id: owner.to_string(),
        role: None,
        invited_by: UserId::new().to_string(),
        version: 2,
        changed_by: owner.to_string(),
        changed_at: "2026-12-01T04:05:06.789Z".to_owned(),
    };
    event(&shop.to_string(), &changed)
}

#[tokio::test]
async fn both_are_told_of_an_offer_and_of_a_yes_and_its_owner_of_a_no() {
    let fixture = Fixture::new().await;
    let (from, to, shop) = (UserId::new(), UserId::new(), BusinessId::new());
    let mut events: Vec<Envelope> = ["offered", "declined", "offered", "cancelled", "ended"]
        .map(|status| handover(shop, [from, to], status))
        .into();
    events.push(no_member_any_more(shop, to));
    events.push(handover(shop, [from, to], "accepted"));
    for event in events.iter().chain(&events) {
        let event = std::slice::from_ref(event);
        deliver(&fixture.routes, ON_BUSINESS_PROFILE, event).await;
    }
    let (_, page) = fixture.call(from, Product::Business, "GET", LIST).await;
    let offered = "You offered 永記茶餐廳 to a member, who can accept it in a day. If this was not \
                   you, take the offer back and change your PIN.";
    let expected = [
        "永記茶餐廳 is no longer yours. If you did not hand it over, contact customer service.",
        offered,
        "The member to whom you offered 永記茶餐廳 has declined.",
        offered,
    ];
    assert_eq!(bodies(&page), expected);
    let (_, page) = fixture.call(to, Product::Business, "GET", LIST).await;
    let offered = "The owner of 永記茶餐廳 offers it to you. You can accept it in a day, and within \
                   a week.";
    let taken = "永記茶餐廳 is yours now. Apply for its verification and add a bank account: until \
                 then it cannot be paid, and nothing is paid out.";
    assert_eq!(bodies(&page), [taken, offered, offered]);
}

#[tokio::test]
async fn what_happens_in_a_shop_is_told_to_no_address_of_its_owner_before() {
    let shop = Shop::new().await;
    let (before, after, elsewhere) = (shop.fixture.owner, UserId::new(), BusinessId::new());
    shop.open(elsewhere).await;
    shop.register("/shop").await;
    let other = shop.register_of(elsewhere, "/elsewhere").await;
    // An offer changes nothing.
    let offered = handover(shop.business_id, [before, after], "offered");
    deliver(&shop.fixture.routes, ON_BUSINESS_PROFILE, &[offered]).await;
    assert_eq!(shop.get(ENDPOINTS).await["items"].as_array().unwrap().len(), 2);
    shop.tell_business(shop.business_id, after, 2, false).await;
    let accepted = handover(shop.business_id, [before, after], "accepted");
    deliver(&shop.fixture.routes, ON_BUSINESS_PROFILE, &[accepted]).await;
    let left = shop.get(ENDPOINTS).await;
    assert_eq!(left["items"][0]["webhook_endpoint_id"], other["webhook_endpoint_id"]);
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    let own = shop.send_by(after, Call::get(ENDPOINTS)).await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 0);
    assert_eq!(shop.fixture.database.count("webhook_secrets").await, 1);
    shop.is_paid().await;
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 0);
}
