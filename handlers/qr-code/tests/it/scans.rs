//! Scanning codes.

use serde_json::{Value, json};
use time::Duration;
use values::PaymentRequestId;

use crate::{Fixture, ON_BUSINESS_PROFILE, ON_PAYMENTS};

const DEMO_SHOP: &str = "00020101021226270012hk.com.hkicl020712345675204000053033445406123.45\
    5802HK5909DEMO SHOP6002HK62100106INV001630427B6";
const MOBILE: &str = "00020101021126330012hk.com.hkicl0313+852-612345675204000053033445802HK\
    5902NA6002HK63049B98";
const TIPPED: &str = "00020101021226330012hk.com.hkicl0313+852-612345675303344540410005502035704\
    10.55802HK5908Wing Kee6002HK62130503***0702T764150002zh0105永記茶餐廳6304691D";

#[tokio::test]
async fn a_dynamic_code_scans_as_the_details_of_its_request() {
    let fixture = Fixture::informed().await;
    let payload = fixture.payload(&fixture.request_code("txt")).await;
    let (status, scan) = fixture.scan(&payload).await;
    let expected = json!({
        "type": "payment-request",
        "payment_request_id": fixture.payment_request_id,
        "business_id": fixture.business_id,
        "shop_name": "永記茶餐廳",
        "amount": {"amount": 12850, "currency": "HKD"},
        "description": "Table 7",
        "capture_method": "automatic",
        "tip_allowed": false,
        "status": "open",
        "expires_at": scan["expires_at"],
    });
    assert_eq!((status, &scan), (200, &expected));
    assert!(scan["expires_at"].as_str().unwrap().ends_with('Z'), "{scan}");

    let mut held = fixture.request_created(Duration::minutes(5));
    let id = PaymentRequestId::new();
    held.data["payment_request_id"] = json!(id);
    held.data["capture_method"] = json!("manual");
    fixture.deliver(ON_PAYMENTS, &[held]).await;
    let code = format!("/api/v1/qr/payment-requests/{id}.txt");
    let held = fixture.payload(&code).await;
    assert_eq!(fixture.scan(&held).await.1["capture_method"], "manual");

    let mut tipped = fixture.request_created(Duration::minutes(5));
    let id = PaymentRequestId::new();
    tipped.data["payment_request_id"] = json!(id);
    tipped.data["tip_allowed"] = json!(true);
    fixture.deliver(ON_PAYMENTS, &[tipped]).await;
    let tipped = fixture.payload(&format!("/api/v1/qr/payment-requests/{id}.txt")).await;
    // For wallets that know nothing else of it.
    assert!(tipped.contains("550201"), "{tipped}");
    assert_eq!(fixture.scan(&tipped).await.1["tip_allowed"], true);

    fixture.deliver(ON_PAYMENTS, &[fixture.request_closed("paid")]).await;
    assert_eq!(fixture.scan(&payload).await.1["status"], "paid");
}

#[tokio::test]
async fn a_request_scans_as_expired_as_soon_as_it_is() {
    let fixture = Fixture::new().await;
    fixture.deliver(ON_BUSINESS_PROFILE, &[fixture.shop(1, "永記茶餐廳")]).await;
    fixture.deliver(ON_PAYMENTS, &[fixture.request_created(Duration::seconds(-1))]).await;
    let payload = fixture.payload(&fixture.request_code("txt")).await;
    assert_eq!(fixture.scan(&payload).await.1["status"], "expired");
}

#[tokio::test]
async fn a_static_code_scans_as_its_shop_under_its_newest_name() {
    let fixture = Fixture::informed().await;
    let payload = fixture.payload(&fixture.shop_code("txt")).await;
    fixture.deliver(ON_BUSINESS_PROFILE, &[fixture.shop(2, "Wing Kee")]).await;
    let expected =
        json!({"type": "shop", "business_id": fixture.business_id, "shop_name": "Wing Kee"});
    assert_eq!(fixture.scan(&payload).await, (200, expected));
}

fn references(told: &[(&str, &str)]) -> Value {
    let mut references = json!({
        "bill_number": null, "mobile_number": null, "store_label": null, "loyalty_number": null,
        "reference_label": null, "customer_label": null, "terminal_label": null, "purpose": null,
    });
    for (name, value) in told {
        references[*name] = json!(value);
    }
    references
}

#[tokio::test]
async fn codes_of_other_wallets_scan_as_their_fps_payee() {
    let fixture = Fixture::new().await;
    let expected = json!({
        "type": "fps", "proxy_type": "fps-id", "proxy": "1234567", "merchant_name": "DEMO SHOP",
        "amount": {"amount": 12345, "currency": "HKD"}, "tip": null,
        "references": references(&[("bill_number", "INV001")]),
    });
    assert_eq!(fixture.scan(DEMO_SHOP).await, (200, expected));
    let expected = json!({
        "type": "fps", "proxy_type": "mobile", "proxy": "+852-61234567", "merchant_name": "NA",
        "amount": null, "tip": null, "references": references(&[]),
    });
    assert_eq!(fixture.scan(MOBILE).await, (200, expected.clone()));
    assert_eq!(fixture.scan(&format!("\u{feff}{MOBILE}\r\n")).await, (200, expected));
}

#[tokio::test]
async fn a_tip_and_every_reference_of_another_wallets_code_are_told() {
    let fixture = Fixture::new().await;
    let (status, scan) = fixture.scan(TIPPED).await;
    assert_eq!((status, &scan["merchant_name"]), (200, &json!("永記茶餐廳")), "{scan}");
    let tip = json!({"type": "percentage", "hundredths_of_a_percent": 1050});
    assert_eq!(scan["tip"], tip);
    let told = [("reference_label", "***"), ("terminal_label", "T7")];
    assert_eq!(scan["references"], references(&told));
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_for_its_reason() {
    let fixture = Fixture::informed().await;
    let forger = Fixture::with_signing_key("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=").await;
    forger.inform().await;
    let elsewhere = Fixture::informed().await;
    let own = fixture.payload(&fixture.request_code("txt")).await;
    for (payload, status, code) in [
        (String::new(), 422, "qr-malformed"),
        ("https://example.com".to_owned(), 422, "qr-malformed"),
        ("0".repeat(513), 422, "qr-malformed"),
        (own.replace("128.50", "001.50"), 422, "qr-checksum"),
        (forger.payload(&forger.request_code("txt")).await, 422, "qr-forged"),
        (forger.payload(&forger.shop_code("txt")).await, 422, "qr-forged"),
        (elsewhere.payload(&elsewhere.request_code("txt")).await, 404, "not-yet-known"),
        (elsewhere.payload(&elsewhere.shop_code("txt")).await, 404, "not-yet-known"),
    ] {
        let (answered, problem) = fixture.scan(&payload).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{payload}");
    }
}

#[tokio::test]
async fn a_malformed_scan_and_one_of_the_other_product_are_refused() {
    let fixture = Fixture::new().await;
    for body in [json!({}), json!({"payload": 1}), json!({"payload": MOBILE, "x": 1}), json!([])] {
        let (status, problem) = fixture.post_scan(&fixture.consumer_token, &body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{body}");
    }
    let body = json!({"payload": MOBILE});
    let (status, problem) = fixture.post_scan(&fixture.business_token, &body).await;
    assert_eq!((status, &problem["code"]), (403, &json!("wrong-product")));
    let (status, problem) = fixture.post_scan("forged", &body).await;
    assert_eq!((status, &problem["code"]), (401, &json!("invalid-token")));
}

#[tokio::test]
async fn a_code_whose_shop_is_not_known_here_yet_is_scanned_again_later() {
    let informed = Fixture::informed().await;
    let payload = informed.payload(&informed.request_code("txt")).await;
    let late = Fixture { business_id: informed.business_id, ..Fixture::new().await };
    let late = Fixture { payment_request_id: informed.payment_request_id, ..late };
    late.deliver(ON_PAYMENTS, &[late.request_created(Duration::minutes(15))]).await;
    let (status, problem) = late.scan(&payload).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not-yet-known")));
    late.deliver(ON_BUSINESS_PROFILE, &[late.shop(1, "永記茶餐廳")]).await;
    assert_eq!(late.scan(&payload).await.0, 200);
}
