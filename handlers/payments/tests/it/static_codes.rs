//! A shop's static code: the payer enters the amount.

use events::payments::MoneyMovedV1;
use serde_json::json;
use time::OffsetDateTime;
use values::{BusinessId, Money, OperationTerms};

use crate::pay::{PAYMENTS, refused, scene};
use crate::{Fixture, closed, for_payer, net, new_key, signed_at, terms};

#[tokio::test]
async fn a_static_code_is_paid_with_the_amount_that_the_payer_enters() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, request) = scene(&fixture).await;
    let key = new_key();
    let entered = OperationTerms {
        payment_request_id: None,
        amount: Money::hkd(777).unwrap(),
        reference: Some("Bill 12".to_owned().try_into().unwrap()),
        ..terms(&payer, shop, &request, &key)
    };
    let body = signed_at(&payer, entered, OffsetDateTime::now_utc());
    let (status, payment) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!((status, &payment["payment_request_id"]), (201, &json!(null)), "{payment}");
    assert_eq!(
        (&payment["reference"], &payment["amount"]["amount"]),
        (&json!("Bill 12"), &777.into())
    );
    let balances = (fixture.balance(&payer).await, fixture.takings(&owner, shop).await);
    assert_eq!(balances, (49_223, net(777)));
    // The shop's request still waits, and both see the payment.
    let path = format!("/api/v1/payment-requests/{request}");
    assert_eq!(fixture.get(&payer, &path).await.1["status"], "open");
    let path = format!("{PAYMENTS}/{}", payment["payment_id"].as_str().unwrap());
    assert_eq!(for_payer(fixture.get(&owner, &path).await.1), payment);
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().find(|moved| moved.kind == "payment").unwrap();
    let about = (moved.payment_request_id.as_deref(), moved.reference.as_deref());
    assert_eq!((about, &*moved.to.name), ((None, Some("Bill 12")), "永記茶餐廳"));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_shop_that_is_unknown_or_closed_is_not_paid_by_its_static_code() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, request) = scene(&fixture).await;
    fixture.deliver("payments_on_business_profile", &[closed(&owner, shop, 2)]).await;
    let long_ago = BusinessId::from_uuid("0190a5d0-0000-7000-8000-000000000001".parse().unwrap());
    for (payee, expected) in [
        (shop, (409, "payee-unavailable")),
        (long_ago, (404, "business-not-found")),
        (BusinessId::new(), (404, "not-yet-known")),
    ] {
        let key = new_key();
        let entered =
            OperationTerms { payment_request_id: None, ..terms(&payer, payee, &request, &key) };
        let body = signed_at(&payer, entered, OffsetDateTime::now_utc());
        let refusal = refused(&fixture, &payer, &key, &body).await;
        assert_eq!((refusal.0, refusal.1.as_str()), expected);
    }
}
