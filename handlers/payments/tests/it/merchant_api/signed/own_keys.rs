//! Programs that sign with a key of their own, of which we have the public half.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::Call;
use values::Product;

use super::{Ask, RECEIVED, Scene, with};
use crate::api_credentials::{CREDENTIALS, wanted};

/// What stands before the key in its PEM file.
const BEFORE: &str = "MCowBQYDK2VwAyEA";

#[tokio::test]
async fn a_program_signs_with_its_own_key_and_nobody_with_what_we_know_of_it() {
    let scene = Scene::set().await;
    let pair = Ed25519KeyPair::generate().unwrap();
    let public = pair.public_key().as_ref().to_vec();
    let mut body = wanted(scene.shop);
    body["public_key"] = json!(format!("{BEFORE}{}", STANDARD.encode(&public)));
    let token = scene.fixture.stepped_up(&scene.owner, Product::Business, "pin", 0);
    let made = scene.fixture.credential(&token, &body).await;
    assert_eq!(made["signing_key"], Value::Null);
    let (_, listed) = scene
        .fixture
        .get(&scene.owner, &format!("{CREDENTIALS}/{}", made["client_id"].as_str().unwrap()))
        .await;
    assert_eq!(listed["signing_algorithm"], "ed25519");

    let key_id = made["signing_key_id"].as_str().unwrap();
    let sign = |base: &[u8]| pair.sign(base).as_ref().to_vec();
    let named = |algorithm: &str| {
        let ask = Ask::asking(500);
        Ask { parameters: format!("{};alg=\"{algorithm}\"", ask.parameters), ..ask }
    };
    for ask in [Ask::asking(500), named("ed25519")] {
        scene.fixture.send(ask.signed_with(key_id, sign)).await.expect(201);
    }
    // What only the vault opens is not needed for that.
    scene.fixture.sql("UPDATE api_credentials SET sealed_keys = ''").await;
    scene.fixture.send(Ask::get(RECEIVED).signed_with(key_id, sign)).await.expect(200);
    let call = Ask::asking(500).signed_with(key_id, sign);
    let other = with(call, "idempotency-key", "another");
    scene.turns_away(other, 401, "request-signature-invalid").await;
    // Its public half is known to many: as a secret it is none.
    let mac =
        |base: &[u8]| hmac::sign(&hmac::Key::new(HMAC_SHA256, &public), base).as_ref().to_vec();
    for ask in [Ask::asking(500), named("hmac-sha256")] {
        scene.turns_away(ask.signed_with(key_id, mac), 401, "request-signature-invalid").await;
    }
    let stranger = Ed25519KeyPair::generate().unwrap();
    let forged = |base: &[u8]| stranger.sign(base).as_ref().to_vec();
    let call = Ask::asking(500).signed_with(key_id, forged);
    scene.turns_away(call, 401, "request-signature-invalid").await;
}

#[tokio::test]
async fn what_is_no_public_key_makes_no_credential() {
    let scene = Scene::set().await;
    let token = scene.fixture.stepped_up(&scene.owner, Product::Business, "pin", 0);
    let before = scene.fixture.database.count("api_credentials").await;
    for key in ["", BEFORE, "AAAA", &format!("{BEFORE}{}", "A".repeat(44))] {
        let mut body = wanted(scene.shop);
        body["public_key"] = json!(key);
        let call = Call::post(CREDENTIALS).bearer(&token).json(&body);
        scene.fixture.send(call).await.expect_refusal(400, "invalid-body");
    }
    assert_eq!(scene.fixture.database.count("api_credentials").await, before);
}
