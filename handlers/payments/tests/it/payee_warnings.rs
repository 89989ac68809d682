//! Whom people are warned of before they pay, and who goes on.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use uuid::Uuid;
use values::{DeviceId, PeerPaymentId, Product};

use crate::fps_payments::{self, PAYMENTS};
use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::withdrawals::code;
use crate::{Fixture, Person, new_key};

const WARNINGS: &str = "/api/v1/ledger/payee-warnings";

fn warned() -> (u16, String) {
    (409, "payee-warned".to_owned())
}

fn accepting(mut body: Value, reason: &str) -> Value {
    body["accepted_warning"] = reason.into();
    body
}

fn wallet(person: &Person) -> Value {
    json!({"type": "wallet", "user_id": person.user_id})
}

impl Fixture {
    /// An operator says what people are warned of; `null` ends it.
    async fn try_warn(&self, payee: &Value, warning: &Value) -> Answer {
        let body = json!({
            "payee": payee, "warning": warning, "reason": "alert 12",
            "operator": "ops@example.com",
        });
        self.send(Call::post(WARNINGS).json(&body)).await
    }

    async fn warn(&self, payee: &Value, warning: impl Into<Value>) -> Vec<Value> {
        let answer = self.try_warn(payee, &warning.into()).await.expect(200);
        answer["warnings"].as_array().unwrap().clone()
    }

    /// Who went on: the operation, the number of the warning, and the device.
    async fn consents(&self) -> Vec<(Uuid, u64, Uuid)> {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let select = "SELECT operation_id, payee_warning_id, device_id FROM payee_warning_consents
            WHERE consented_at > UTC_TIMESTAMP() - INTERVAL 1 MINUTE ORDER BY operation_id";
        conn.query(select).await.unwrap()
    }
}

/// The person's login by a device that is known.
fn by_device(fixture: &Fixture, person: &mut Person) -> DeviceId {
    let device_id = DeviceId::new();
    let Person { user_id, device, session_id, token } = person;
    let mut claims = fixture.issuer.claims(*user_id, Product::Consumer, device, *session_id);
    claims["did"] = device_id.to_string().into();
    *token = fixture.issuer.sign(&claims);
    device_id
}

#[tokio::test]
async fn a_payer_is_warned_pays_nothing_and_goes_on_only_by_accepting_what_counts_now() {
    let fixture = Fixture::new().await;
    let mut payer = fixture.consumer_with(50_000).await;
    let device_id = by_device(&fixture, &mut payer);
    let payee = fixture.person(Product::Consumer).await;
    fixture.warn(&wallet(&payee), "scameter-listed").await;
    let path = format!("/api/v1/payees/{}", payee.user_id);
    let (_, seen) = fixture.get(&payer, &path).await;
    assert_eq!(seen["warning"], json!({"reason": "scameter-listed"}));

    let key = new_key();
    let body = signed_amount(&payer, payee.user_id, 12_000, &key);
    let transfers = fixture.database.count("transfers").await;
    let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert!(problem["detail"].as_str().unwrap().ends_with("scameter-listed"), "{problem}");
    assert_eq!(code((status, problem)), warned());
    let other = accepting(body.clone(), "reported-scam");
    assert_eq!(code(fixture.post(&payer, PEER_PAYMENTS, &key, &other).await), warned());
    assert_eq!(fixture.database.count("transfers").await, transfers);
    assert_eq!((fixture.balance(&payer).await, fixture.consents().await), (50_000, vec![]));

    // The key is unused, and what was signed is good still.
    let accepting = accepting(body.clone(), "scameter-listed");
    let paid = fixture.post(&payer, PEER_PAYMENTS, &key, &accepting).await;
    assert_eq!(paid.0, 201, "{}", paid.1);
    // A repeat answers what stood, whatever it says of the warning.
    for repeat in [&accepting, &body, &other] {
        assert_eq!(fixture.post(&payer, PEER_PAYMENTS, &key, repeat).await, paid);
    }
    let id: PeerPaymentId = paid.1["peer_payment_id"].as_str().unwrap().parse().unwrap();
    let kept = vec![(id.uuid(), 1, device_id.uuid())];
    assert_eq!((fixture.balance(&payee).await, fixture.consents().await), (12_000, kept));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_warning_ends_and_each_keeps_who_said_it_and_why() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = wallet(&payer);
    let once = fixture.warn(&payee, "reported-scam").await;
    assert_eq!(fixture.warn(&payee, "reported-scam").await, once);
    assert_eq!((once.len(), &once[0]["ended_at"]), (1, &json!(null)));
    assert_eq!(once[0]["operator"], "ops@example.com");
    // A graver one takes its place.
    let lines = fixture.warn(&payee, "scameter-listed").await;
    assert_eq!((lines.len(), &lines[0]["warning"]), (2, &json!("scameter-listed")));
    assert_eq!(
        (&lines[1]["end_reason"], &lines[1]["warning"]),
        (&"alert 12".into(), &"reported-scam".into())
    );
    let ended = fixture.warn(&payee, Value::Null).await;
    assert_eq!(fixture.warn(&payee, Value::Null).await, ended);
    assert_eq!((ended.len(), &ended[0]["ended_by"]), (2, &json!("ops@example.com")));

    let other = fixture.consumer_with(50_000).await;
    let path = format!("/api/v1/payees/{}", payer.user_id);
    assert_eq!(fixture.get(&other, &path).await.1["warning"], json!(null));
    let key = new_key();
    let body = accepting(signed_amount(&other, payer.user_id, 700, &key), "scameter-listed");
    assert_eq!(fixture.post(&other, PEER_PAYMENTS, &key, &body).await.0, 201);
    assert_eq!(fixture.consents().await, []);
}

#[tokio::test]
async fn a_warning_names_somebody_and_says_whether_it_counts() {
    let fixture = Fixture::new().await;
    let stranger = fixture.stranger(Product::Consumer);
    let (_, shop) = fixture.shop().await;
    let shop = json!({"type": "wallet", "user_id": values::UserId::from_uuid(shop.uuid())});
    let proxy = json!({"type": "fps-proxy", "proxy_type": "mobile", "proxy": "12"});
    for (payee, status) in [(wallet(&stranger), 404), (shop, 404), (proxy, 422)] {
        let refused = fixture.try_warn(&payee, &json!("reported-scam")).await;
        assert_eq!(refused.status, status, "{payee}");
    }
    let forgotten = json!({
        "payee": wallet(&stranger), "reason": "alert 12", "operator": "ops@example.com",
    });
    assert_eq!(fixture.send(Call::post(WARNINGS).json(&forgotten)).await.status, 400);
    assert_eq!(fixture.database.count("payee_warnings").await, 0);
}

#[tokio::test]
async fn a_proxy_of_fps_is_warned_of_when_it_is_looked_up_and_when_it_is_paid() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let before = fps_payments::payee(&fixture, &person).await;
    assert_eq!(before["warning"], json!(null));
    let proxy = json!({"type": "fps-proxy", "proxy_type": "mobile", "proxy": "+852-61234567"});
    fixture.warn(&proxy, "scameter-listed").await;
    let after = fps_payments::payee(&fixture, &person).await;
    assert_eq!(after["warning"], json!({"reason": "scameter-listed"}));

    // Also of whom was looked up before.
    let key = new_key();
    let wanted = fps_payments::signed(&person, &before, 20_000, &key);
    assert_eq!(code(fixture.post(&person, PAYMENTS, &key, &wanted).await), warned());
    assert_eq!(fixture.balance(&person).await, 50_000);
    let wanted = accepting(wanted, "scameter-listed");
    let (status, payment) = fixture.post(&person, PAYMENTS, &key, &wanted).await;
    assert_eq!(status, 201, "{payment}");
    assert_eq!(fixture.consents().await.len(), 1);
    let text = "SELECT COUNT(*) FROM payee_warnings WHERE CONCAT_WS(' ', HEX(payee_id), reason)
        LIKE '%61234567%'";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let written: Option<u32> = conn.query_first(text).await.unwrap();
    assert_eq!(written, Some(0));
}
