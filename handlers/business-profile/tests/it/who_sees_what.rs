//! Every read of this service, by everybody who may stand in some way to a shop. That there is a
//! shop is no secret: its hours are everybody's.

use serde_json::json;
use testkit::{BlobContainer, Call, Device, Sights};
use values::{Product, StaffRole, UserId};

use crate::businesses::{ALL, path, tea_house};
use crate::logos::png;
use crate::staff::{Person, hire, invite, owner, remove, send};
use crate::{Fixture, change};

#[tokio::test]
async fn each_relation_sees_on_each_route_what_it_may() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("shop-logos").await;
    let (shop, logo_id, [owner, manager, cashier, former]) = shop_of(&fixture, &container).await;
    let customer = fixture.issuer.token(UserId::new(), Product::Consumer, &Device::new());
    let name = "wong@example.com".to_owned().try_into().unwrap();
    let operator = fixture.issuer.staff_token(name, &[StaffRole::Operator]);
    let marks = [
        ('n', "永記茶餐廳"),
        ('o', &*fixture.user_id.to_string()),
        ('f', "1234567"),
        ('h', "08:15"),
        ('s', "阿芳"),
        ('i', "inv_"),
        ('t', "hnd_"),
        ('p', "image/jpeg"),
    ];
    let stranger = Person::new(&fixture);
    let readers = [
        ("owner", &*owner.token),
        ("manager", &manager.token),
        ("cashier", &cashier.token),
        ("who worked there", &former.token),
        ("another merchant", &stranger.token),
        ("customer", &customer),
        ("operator", &operator),
    ];
    let of = |rest: &str| format!("{shop}{rest}");
    Sights::new(&marks, &readers)
        .row(ALL, "", ALL, "nof nof nof - - 403 401")
        .row("/api/v1/businesses/{business_id}", "", &shop, "nof nof nof 404 404 403 401")
        .row("/api/v1/businesses/{business_id}/hours", "", &of("/hours"), "h h h h h h 401")
        .row(
            "/api/v1/businesses/{business_id}/members",
            "",
            &of("/members"),
            "os os 403* 404 404 403 401",
        )
        .row(
            "/api/v1/businesses/{business_id}/invitations",
            "",
            &of("/invitations"),
            "osi osi 403* 404 404 403 401",
        )
        .row(
            "/api/v1/businesses/{business_id}/handovers",
            "",
            &of("/handovers"),
            "ot ot - 404 404 403 401",
        )
        .row(
            "/api/v1/businesses/logos/{picture_id}/{size}",
            "",
            &format!("{ALL}/logos/{logo_id}/small"),
            "p p p p p p p",
        )
        .check(&fixture.routes, "/api/v1/business-profile/openapi.json")
        .await;
}

/// A shop that has all that can be read of one, its logo, and who belongs to it: its owner, a
/// manager, a cashier, and somebody who worked there.
async fn shop_of(fixture: &Fixture, container: &BlobContainer) -> (String, String, [Person; 4]) {
    let shop = path(&fixture.call("POST", ALL, Some(&tea_house())).await.1);
    let owner = owner(fixture);
    let [manager, cashier, former] = [
        hire(fixture, &shop, "manager").await,
        hire(fixture, &shop, "cashier").await,
        hire(fixture, &shop, "cashier").await,
    ];
    send(fixture, &owner, remove(&shop, &former)).await.expect(204);
    send(fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    let announced = Call::post(&format!("{shop}/logos"))
        .json(&json!({"content_type": "image/png", "content_length": png().len()}));
    let announced = send(fixture, &owner, announced).await.expect(201);
    let logo_id = announced["logo_id"].as_str().unwrap();
    container.put(&format!("uploads/{logo_id}"), "image/png", png()).await;
    let shown = change(&shop, 1, &json!({"logo_id": logo_id}));
    send(fixture, &owner, shown).await.expect(200);
    let offer = json!({"user_id": manager.user_id});
    let offer = Call::post(&format!("{shop}/handovers")).json(&offer);
    send(fixture, &owner, offer).await.expect(201);
    let week = json!({"week": {"monday": [{"from": "08:15", "until": "20:00"}], "tuesday": [],
        "wednesday": [], "thursday": [], "friday": [], "saturday": [], "sunday": []}});
    send(fixture, &owner, change(&format!("{shop}/hours"), 1, &week)).await.expect(200);
    (shop, logo_id.to_owned(), [owner, manager, cashier, former])
}
