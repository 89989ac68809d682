//! Logos of shops: who may show one, and that it goes with the shop.

use std::io::Cursor;

use events::business_profile::BusinessChangedV1;
use image::{DynamicImage, ImageFormat, RgbImage};
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, BlobContainer, Call, Device, InProcess};
use values::{BusinessId, Product, UserId};

use crate::Fixture;
use crate::businesses::{ALL, path, tea_house};

pub(crate) fn png() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(120, 100)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

impl Fixture {
    /// A business of the signed-in person.
    async fn business(&self) -> Value {
        let (status, created) = self.call("POST", ALL, Some(&tea_house())).await;
        assert_eq!(status, 201);
        created
    }

    async fn announce(&self, token: &str, business: &Value) -> Answer {
        let call = Call::post(&format!("{}/logos", path(business)));
        let call = call.json(&json!({"content_type": "image/png", "content_length": png().len()}));
        call.bearer(token).send(&self.routes).await
    }

    /// The id of one that has come.
    async fn uploaded(&self, container: &BlobContainer, business: &Value) -> String {
        let announced = self.announce(&self.token, business).await.expect(201);
        let id = announced["logo_id"].as_str().unwrap().to_owned();
        container.put(&format!("uploads/{id}"), "image/png", png()).await;
        id
    }

    async fn look(&self, id: &str) -> u16 {
        let call = Call::get(&format!("{ALL}/logos/{id}/small"));
        call.send(&self.routes).await.status
    }
}

#[tokio::test]
async fn a_logo_is_shown_to_everybody_told_and_gone_with_its_shop() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("shop-logos").await;
    let business = fixture.business().await;
    let first = fixture.uploaded(&container, &business).await;
    let shown = fixture.change(&path(&business), 1, &json!({"logo_id": first})).await.expect(200);
    assert_eq!((&shown["logo_id"], &shown["version"]), (&json!(first), &json!(2)));
    assert_eq!(fixture.look(&first).await, 200);
    assert_eq!(container.get(&format!("uploads/{first}")).await, None);

    let second = fixture.uploaded(&container, &business).await;
    fixture.change(&path(&business), 2, &json!({"logo_id": second})).await.expect(200);
    assert_eq!((fixture.look(&first).await, fixture.look(&second).await), (404, 200));
    let renamed = json!({"shop_name": "Wing Kee"});
    fixture.change(&path(&business), 3, &renamed).await.expect(200);
    assert_eq!(fixture.look(&second).await, 200, "what says nothing of it leaves it");

    assert_eq!(fixture.call("DELETE", &path(&business), None).await.0, 204);
    assert_eq!(fixture.look(&second).await, 404);
    let told: Vec<BusinessChangedV1> = fixture.database.told().await;
    let told: Vec<Option<String>> = told.into_iter().map(|told| told.logo_id.unwrap()).collect();
    let (first, second) = (Some(first), Some(second));
    assert_eq!(told, [None, first, second.clone(), second, None]);
}

#[tokio::test]
async fn a_logo_goes_with_its_shop_though_who_closed_that_knew_of_no_logos() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("shop-logos").await;
    let [closed, open] = [fixture.business().await, fixture.business().await];
    let mut logos = Vec::new();
    for business in [&closed, &open] {
        let id = fixture.uploaded(&container, business).await;
        fixture.change(&path(business), 1, &json!({"logo_id": id})).await.expect(200);
        logos.push(id);
    }
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let id: BusinessId = closed["business_id"].as_str().unwrap().parse().unwrap();
    let close = "UPDATE businesses SET closed_at = NOW(6) WHERE business_id = ?";
    conn.exec_drop(close, (id.uuid(),)).await.unwrap();
    // Of an upload that is an hour old nothing has to be counted any more.
    conn.query_drop("UPDATE pictures SET asked_at = asked_at - INTERVAL 61 MINUTE").await.unwrap();
    let body = json!({"Data": {}, "Metadata": {}}).to_string();
    let tick = Call::post("/business_profile_relay_outbox").body("application/json", &body);
    tick.send(&fixture.routes).await.expect(200);
    assert_eq!((fixture.look(&logos[0]).await, fixture.look(&logos[1]).await), (404, 200));
    assert_eq!(container.get(&format!("large/{}", logos[0])).await, None);
}

#[tokio::test]
async fn nobody_shows_a_logo_of_another_shop() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("shop-logos").await;
    let (business, other) = (fixture.business().await, fixture.business().await);
    let stranger = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    let refused = fixture.announce(&stranger, &business).await;
    refused.expect_refusal(404, "business-not-found");
    let of_other = fixture.uploaded(&container, &other).await;
    let refused = fixture.change(&path(&business), 1, &json!({"logo_id": of_other})).await;
    refused.expect_refusal(404, "picture-not-found");
    let id = fixture.uploaded(&container, &business).await;
    let call = crate::change(&path(&business), 1, &json!({"logo_id": id})).bearer(&stranger);
    call.send(&fixture.routes).await.expect_refusal(404, "business-not-found");
    assert!(container.get(&format!("uploads/{id}")).await.is_some(), "nothing was made of it");
}
