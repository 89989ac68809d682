//! A receipt for each movement: what its reader knows anyhow, in their language, as data or a page.

use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::Product;

use crate::movements::{MOVEMENTS, Scene};
use crate::{Fixture, Person};

/// How browsers ask.
const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

impl Fixture {
    async fn receipt(&self, who: &Person, list: &str, line: &Value, asks: [&str; 2]) -> Answer {
        let id = line["transfer_id"].as_str().unwrap();
        let call = Call::get(&format!("{list}/{id}/receipt")).bearer(&who.token);
        let [language, accept] = asks;
        self.send(call.header("accept-language", language).header("accept", accept)).await
    }
}

/// Of `from` or `to`; of nobody an empty text.
fn name(party: &Value) -> String {
    party["name"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn each_movement_has_a_receipt_that_agrees_with_its_line_for_either_side() {
    let scene = Scene::set().await;
    let own = [
        (&scene.person, MOVEMENTS.to_owned(), "陳大文"),
        (&scene.friend, MOVEMENTS.to_owned(), "小明"),
        (&scene.owner, scene.of_shop(), "永記茶餐廳"),
    ];
    let mut seen = 0;
    for (who, list, own_name) in own {
        for line in scene.items(who, &list).await {
            let answer = scene.fixture.receipt(who, &list, &line, ["en", "*/*"]).await;
            if line["is_fee"] == true {
                answer.expect_refusal(404, "no-such-route");
                continue;
            }
            let receipt = answer.expect(200);
            for field in [
                "transfer_id",
                "direction",
                "subject",
                "amount",
                "note",
                "reference",
                "parent",
                "refunded",
                "posted_at",
            ] {
                assert_eq!(receipt[field], line[field], "{field}: {receipt}");
            }
            let (mine, other) =
                if line["direction"] == "out" { ("from", "to") } else { ("to", "from") };
            assert_eq!(receipt[other], line["counterparty"], "{receipt}");
            // The bank sees no name.
            let of_bank = json!(["top-up", "withdrawal"]);
            let is_seen = !of_bank.as_array().unwrap().contains(&line["subject"]["type"]);
            assert!(!is_seen || name(&receipt[mine]) == own_name, "{receipt}");
            let is_shop = own_name == "永記茶餐廳";
            assert_eq!(receipt["fee"].is_null(), !is_shop, "{receipt}");
            let is_confirmed = line["direction"] == "out" && line["subject"]["type"] != "refund";
            assert_eq!(receipt["confirmed_by"].is_null(), !is_confirmed, "{receipt}");
            let is_withdrawn = line["subject"]["type"] == "withdrawal";
            let account = json!({"bank_code": "024", "account_number_ending": "6789"});
            let expected = if is_withdrawn { account } else { Value::Null };
            assert_eq!(receipt["bank_account"], expected, "{receipt}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[tokio::test]
async fn both_sides_of_a_payment_show_the_same_receipt_but_for_what_is_for_one_of_them() {
    let scene = Scene::set().await;
    let of_shop = scene.of_shop();
    let payer = scene.items(&scene.person, MOVEMENTS).await.into_iter().rev().nth(1).unwrap();
    let shop = scene.items(&scene.owner, &of_shop).await.pop().unwrap();
    assert_eq!(payer["transfer_id"], shop["transfer_id"]);
    let data = ["en", "application/json"];
    let payers = scene.fixture.receipt(&scene.person, MOVEMENTS, &payer, data).await.expect(200);
    let shops = scene.fixture.receipt(&scene.owner, &of_shop, &shop, data).await.expect(200);
    for field in ["receipt_number", "title", "from", "to", "amount", "description", "refunded"] {
        assert_eq!(payers[field], shops[field], "{field}");
    }
    assert_eq!(
        (&payers["title"], &payers["description"]),
        (&json!("Payment to a shop"), &json!("Table 7"))
    );
    assert_eq!((&payers["fee"], &payers["confirmed_by"]), (&json!(null), &json!("device")));
    assert_eq!((&shops["fee"]["amount"], &shops["confirmed_by"]), (&json!(193), &json!(null)));
    assert_eq!(payers["refunded"]["amount"], 100);
    // Its refund, as the shop shows it, says what has come back of the fee.
    let refund = &scene.items(&scene.owner, &of_shop).await[3];
    let refund = scene.fixture.receipt(&scene.owner, &of_shop, refund, data).await.expect(200);
    assert_eq!((&refund["title"], &refund["fee"]["amount"]), (&json!("Refund"), &json!(2)));
    assert_eq!(refund["parent"]["id"], payers["subject"]["id"]);
}

#[tokio::test]
async fn the_reader_chooses_language_and_form_and_a_page_shows_what_the_data_say() {
    let scene = Scene::set().await;
    let line = scene.items(&scene.person, MOVEMENTS).await[8].clone();
    for (language, tag, title) in [
        ("en", "en", "Payment between people"),
        ("zh-HK", "zh-Hant", "個人轉賬"),
        ("zh-CN", "zh-Hans", "个人转账"),
        ("fr", "en", "Payment between people"),
    ] {
        let of =
            |accept| scene.fixture.receipt(&scene.person, MOVEMENTS, &line, [language, accept]);
        let data = of("application/json").await;
        assert_eq!(data.header("content-type"), "application/json");
        let receipt = data.expect(200);
        assert_eq!(receipt["title"], title);
        let page = of(PAGE).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        for answer in [&data, &page] {
            assert_eq!(answer.header("content-language"), tag);
            assert_eq!(answer.header("vary"), "accept");
        }
        let html = page.text();
        assert!(html.starts_with("<!doctype html>") && !html.contains("<script"), "{html}");
        let text = |field: &str| receipt[field].as_str().unwrap().to_owned();
        for shown in [
            text("title"),
            text("receipt_number"),
            text("note"),
            text("hong_kong_time"),
            name(&receipt["from"]),
            name(&receipt["to"]),
            "HK$5.00".to_owned(),
        ] {
            assert!(html.contains(&shown), "{shown}: {html}");
        }
    }
}

#[tokio::test]
async fn nobody_reads_the_receipt_of_what_did_not_move_or_was_not_theirs() {
    let scene = Scene::set().await;
    let fixture = &scene.fixture;
    let line = scene.items(&scene.person, MOVEMENTS).await[5].clone();
    let data = ["en", "application/json"];
    let stranger = fixture.person(Product::Consumer).await;
    let unknown = fixture.stranger(Product::Consumer);
    for who in [&stranger, &unknown] {
        let answer = fixture.receipt(who, MOVEMENTS, &line, data).await;
        answer.expect_refusal(404, "movement-not-found");
        let answer = fixture.receipt(who, MOVEMENTS, &line, ["en", PAGE]).await;
        answer.expect_refusal(404, "movement-not-found");
    }
    fixture
        .receipt(&scene.owner, MOVEMENTS, &line, data)
        .await
        .expect_refusal(403, "wrong-product");
    let of_shop = scene.of_shop();
    let (rival, _) = fixture.shop().await;
    let of_payment = scene.items(&scene.owner, &of_shop).await.pop().unwrap();
    let answer = fixture.receipt(&rival, &of_shop, &of_payment, data).await;
    answer.expect_refusal(404, "business-not-found");
    // Nor does a shop's owner reach what a wallet has moved by the shop's path.
    let answer = fixture.receipt(&scene.owner, &of_shop, &line, data).await;
    answer.expect_refusal(404, "movement-not-found");
    // What is held has not moved.
    let payment =
        crate::authorisations::authorised(fixture, &scene.person, &scene.owner, scene.shop).await;
    let held = json!({"transfer_id": payment.replace("pay_", "trf_")});
    for (who, list) in [(&scene.person, MOVEMENTS), (&scene.owner, &of_shop)] {
        let answer = fixture.receipt(who, list, &held, data).await;
        answer.expect_refusal(404, "movement-not-found");
    }
    let none = json!({"transfer_id": "trf_x"});
    fixture
        .receipt(&scene.person, MOVEMENTS, &none, data)
        .await
        .expect_refusal(404, "no-such-route");
}
