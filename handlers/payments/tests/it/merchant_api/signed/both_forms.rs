//! What holds of a program whichever of the two forms it speaks.

use serde_json::Value;

use super::super::{Ask as PaymesAsk, creating};
use super::{Ask, REQUESTS, Scene};

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
