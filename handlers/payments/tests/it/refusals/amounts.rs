//! Of a refund, a bill and a dispute: amounts that are none.

use serde_json::{Value, json};

use crate::bills::{BILLS, equal};
use crate::disputes::Scene;
use crate::new_key;
use crate::pay::PAYMENTS;

#[tokio::test]
async fn no_refund_bill_or_dispute_takes_an_amount_that_is_none() {
    let scene = Scene::set().await;
    let (fixture, payment) = (&scene.fixture, &scene.payment);
    let amount = json!({"amount": 700, "currency": "HKD"});
    let dispute = json!({
        "amount": amount, "reason": "not-received", "statement": "The parcel never came.",
    });
    let ways: [(&str, _, String, Value); 3] = [
        (
            "amount",
            &scene.owner,
            format!("{PAYMENTS}/{payment}/refunds"),
            json!({"amount": amount}),
        ),
        ("amount", &scene.payer, format!("{PAYMENTS}/{payment}/disputes"), dispute),
        ("total", &scene.payer, BILLS.to_owned(), equal(700, [&scene.owner])),
    ];
    let tables = ["transfers", "operations", "operation_keys", "disputes", "bills"];
    let mut before = Vec::new();
    for table in tables {
        before.push(fixture.database.count(table).await);
    }
    for (field, person, path, body) in ways {
        for (part, wrong) in [
            ("amount", json!(0)),
            ("amount", json!(-1)),
            ("amount", json!(u64::MAX)),
            ("amount", json!(i64::MAX)),
            ("amount", json!(1.555)),
            ("amount", json!("700")),
            ("currency", json!("CNY")),
            ("currency", json!("hkd")),
        ] {
            let mut body = body.clone();
            body[field][part] = wrong;
            let (status, problem) = fixture.post(person, &path, &new_key(), &body).await;
            assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{path} {body}");
        }
    }
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(fixture.database.count(table).await, before, "{table}");
    }
    assert_eq!(fixture.audit().await["balanced"], true);
}
