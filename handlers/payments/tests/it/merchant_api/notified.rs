//! What `notification` is told, so that it can tell programs how their requests end.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::payments::{ApiCredentialChangedV1, PaymentRequestClosedV1, PaymentRequestCreatedV1};
use sealed::{Sealed, SealingKey};
use serde_json::json;
use testkit::Call;

use super::program::REQUESTS;
use super::{CREDENTIALS, Scene};
use crate::Fixture;
use crate::api_credentials::wanted;

/// What was told of credentials so far, oldest first.
async fn told(fixture: &Fixture) -> Vec<ApiCredentialChangedV1> {
    fixture.database.told().await
}

async fn statuses(fixture: &Fixture) -> Vec<String> {
    told(fixture).await.into_iter().map(|changed| changed.status).collect()
}

impl Scene {
    async fn end_credential(&self) {
        let path = format!("{CREDENTIALS}/{}/deactivate", self.program.client_id);
        self.fixture.send(Call::post(&path).bearer(&self.owner.token)).await.expect(200);
    }
}

#[tokio::test]
async fn the_key_is_told_sealed_for_notification_and_for_no_other_credential() {
    let scene = Scene::set().await;
    let told = told(&scene.fixture).await;
    let [changed] = &told[..] else { panic!("{told:?}") };
    assert_eq!(changed.client_id, scene.program.client_id);
    assert_eq!(changed.business_id, scene.shop.to_string());
    assert_eq!((&changed.signing_key_id, &*changed.status), (&scene.program.key_id, "active"));
    let sealed = STANDARD.decode(changed.sealed_signing_key.as_ref().unwrap()).unwrap();
    let sealed = Sealed::try_from(&sealed[..]).unwrap();
    let (vault, url) = (testkit::vault_credential(), testkit::vault_url());
    let key = SealingKey::new(vault, &url, "webhook-secrets").unwrap();
    let context = format!("program_keys.sealed:{}", changed.client_id);
    let opened = key.open(&context, &sealed).await.unwrap();
    assert_eq!(STANDARD.encode(opened), scene.program.key);
    assert!(key.open("program_keys.sealed:apc_1", &sealed).await.is_err());
}

#[tokio::test]
async fn a_request_says_which_program_is_told_where_and_its_end_by_which_payment() {
    let scene = Scene::set().await;
    let Scene { fixture, program, .. } = &scene;
    let asked = program.request(fixture, "128.50").await;
    let id = asked["paymentRequestId"].as_str().unwrap();
    let payment = scene.pay(id, 12_850).await;
    let created: Vec<PaymentRequestCreatedV1> = fixture.database.told().await;
    let notified = created[0].notified_program.clone().unwrap();
    assert_eq!(notified.client_id, program.client_id);
    assert_eq!(notified.uri, "https://shop.example/notify");
    assert_eq!(notified.order_id.as_deref(), Some("10023"));
    let closed: Vec<PaymentRequestClosedV1> = fixture.database.told().await;
    assert_eq!((&*closed[0].status, &closed[0].payment_id), ("paid", &Some(payment)));

    let second = program.request(fixture, "1.00").await;
    let path = format!("{REQUESTS}/{}/cancel", second["paymentRequestId"].as_str().unwrap());
    let cancel = super::Ask::new("PUT", &path, &serde_json::Value::Null);
    program.send(fixture, &cancel).await.expect(200);
    let closed: Vec<PaymentRequestClosedV1> = fixture.database.told().await;
    assert_eq!((&*closed[1].status, &closed[1].payment_id), ("cancelled", &None));
}

#[tokio::test]
async fn the_end_of_a_credential_is_told_once_without_its_key() {
    let scene = Scene::set().await;
    scene.end_credential().await;
    scene.end_credential().await;
    let told = told(&scene.fixture).await;
    assert_eq!(statuses(&scene.fixture).await, ["active", "deactivated"]);
    assert_eq!(told[1].client_id, scene.program.client_id);
    assert_eq!(told[1].sealed_signing_key, None);
}

#[tokio::test]
async fn a_key_is_told_again_each_week_until_it_ends_and_by_one_instance() {
    let scene = Scene::set().await;
    let fixture = &scene.fixture;
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(statuses(fixture).await, ["active"], "it is not due");
    // As of one that an older version has made.
    fixture.sql("UPDATE api_credentials SET tell_at = DEFAULT").await;
    let both = tokio::join!(fixture.look_after_pending(), fixture.look_after_pending());
    assert_eq!(both, (200, 200));
    assert_eq!(statuses(fixture).await, ["active", "active"]);
    let told = told(fixture).await;
    assert!(told[1].sealed_signing_key.is_some());
    assert_ne!(told[0].sealed_signing_key, told[1].sealed_signing_key);
    // As an older version ends it.
    fixture.sql("UPDATE api_credentials SET deactivated_at = NOW(6)").await;
    for _ in 0..2 {
        assert_eq!(fixture.look_after_pending().await, 200);
        assert_eq!(statuses(fixture).await, ["active", "active", "deactivated"]);
    }
}

#[tokio::test]
async fn of_a_program_that_signs_with_its_own_key_and_of_an_expired_one_nothing_is_told() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let mut body = wanted(shop);
    body["public_key"] = json!("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    let pin = fixture.stepped_up(&owner, values::Product::Business, "pin", 0);
    fixture.credential(&pin, &body).await;
    fixture.sql("UPDATE api_credentials SET tell_at = DEFAULT").await;
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(statuses(&fixture).await, [""; 0]);
    fixture.credential(&pin, &wanted(shop)).await;
    let expired = "UPDATE api_credentials SET expires_at = NOW(6), tell_at = DEFAULT";
    fixture.sql(expired).await;
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(statuses(&fixture).await, ["active"]);
}
