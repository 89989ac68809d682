//! What holds of a program whichever of the two forms it speaks.

use serde_json::{Value, json};

use super::super::{Ask as PaymesAsk, Program, creating, expect_error};
use super::{Ask, REQUESTS, Scene};
use crate::api_credentials::wanted;

#[tokio::test]
async fn what_a_program_named_by_paymes_form_is_read_by_ours_only_if_it_is_a_return_url() {
    let scene = Scene::set().await;
    for (named, read) in [
        ("https://shop.example/done", "https://shop.example/done".into()),
        ("shopapp://done", Value::Null),
    ] {
        let ask = creating("5.00");
        let body = ask.body.replace("https://shop.example/done", named);
        let ask = PaymesAsk { body, ..ask };
        let asked = scene.program.send(&scene.fixture, &ask).await.expect(201);
        let id = asked["paymentRequestId"].as_str().unwrap();
        let seen = scene.ask(&Ask::get(&format!("{REQUESTS}/{id}"))).await.expect(200);
        assert_eq!(seen["return_url"], read);
    }
}

#[tokio::test]
async fn a_call_that_is_proved_counts_even_if_its_address_or_scope_is_refused() {
    let scene = Scene::set().await;
    let fixture = &scene.fixture;
    let mut body = wanted(scene.shop);
    body["scopes"] = json!(["read"]);
    let reader = Program::new(fixture, &scene.owner, &body).await;
    for (code, networks) in [("scope-missing", ""), ("address-not-allowed", "203.0.113.0/24")] {
        let allow = format!("UPDATE api_credentials SET allowed_addresses = '{networks}'");
        fixture.sql(&allow).await;
        fixture.sql("UPDATE api_credentials SET window_calls = 298").await;
        let ours = Ask::asking(1).signed_by(&reader);
        fixture.send(ours.clone()).await.expect_refusal(403, code);
        fixture.send(ours).await.expect_refusal(409, "signature-used");
        let paymes = reader.sign(&creating("1"));
        expect_error(&fixture.send(paymes.clone()).await, 403, "EA003");
        let again = Ask::asking(1).signed_by(&reader);
        fixture.send(again).await.expect_refusal(429, "too-many-calls");
        expect_error(&fixture.send(paymes).await, 429, "EA004");
        assert_eq!(fixture.database.count("payment_requests").await, 0);
    }
    fixture.sql("UPDATE api_credentials SET window_calls = 299").await;
    expect_error(&reader.ask_token(fixture).await, 403, "EA003");
    expect_error(&reader.ask_token(fixture).await, 429, "EA004");
}
