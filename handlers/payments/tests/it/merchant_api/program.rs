//! A program as its developers would write it, signatures and all.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::Product;

use crate::{Fixture, Person, new_key};

/// Where the API is behind Front Door.
pub(in crate::merchant_api) const PREFIX: &str = "/api/v1/merchant-api";
pub(in crate::merchant_api) const REQUESTS: &str = "/payments/paymentrequests";
pub(in crate::merchant_api) const TRANSACTIONS: &str = "/payments/transactions";
/// What clients sign at least.
pub(in crate::merchant_api) const SIGNED: &str =
    "(request-target) Api-Version Request-Date-Time Trace-Id Authorization Digest";

/// A program with its credential and a token, as a client keeps them.
#[derive(Clone)]
pub(in crate::merchant_api) struct Program {
    pub(in crate::merchant_api) client_id: String,
    pub(in crate::merchant_api) client_secret: String,
    pub(in crate::merchant_api) key_id: String,
    pub(in crate::merchant_api) key: String,
    pub(in crate::merchant_api) token: String,
}

/// A request as a program sends it, before it is signed.
#[derive(Clone)]
pub(in crate::merchant_api) struct Ask {
    pub(in crate::merchant_api) method: &'static str,
    pub(in crate::merchant_api) path: String,
    pub(in crate::merchant_api) body: String,
    pub(in crate::merchant_api) trace_id: String,
    pub(in crate::merchant_api) at: OffsetDateTime,
    pub(in crate::merchant_api) signed: String,
    pub(in crate::merchant_api) more: Vec<(&'static str, String)>,
}

impl Ask {
    pub(in crate::merchant_api) fn new(method: &'static str, path: &str, body: &Value) -> Self {
        Self {
            method,
            path: path.to_owned(),
            body: if body.is_null() { String::new() } else { body.to_string() },
            trace_id: new_key(),
            at: OffsetDateTime::now_utc(),
            signed: SIGNED.to_owned(),
            more: Vec::new(),
        }
    }

    /// The same once more.
    pub(in crate::merchant_api) fn again(&self) -> Self {
        Self { trace_id: new_key(), at: OffsetDateTime::now_utc(), ..self.clone() }
    }

    pub(in crate::merchant_api) fn get(path: &str) -> Self {
        Self::new("GET", path, &Value::Null)
    }
}

impl Program {
    /// With a token of the API; its owner has shown the PIN.
    pub(in crate::merchant_api) async fn new(
        fixture: &Fixture,
        owner: &Person,
        wanted: &Value,
    ) -> Self {
        Self::by(fixture, owner, "pin", wanted).await
    }

    /// The same of an owner who has shown this.
    pub(in crate::merchant_api) async fn by(
        fixture: &Fixture,
        owner: &Person,
        shown: &str,
        wanted: &Value,
    ) -> Self {
        let token = fixture.stepped_up(owner, Product::Business, shown, 0);
        let secrets = fixture.credential(&token, wanted).await;
        let text = |field: &str| secrets[field].as_str().unwrap().to_owned();
        let mut program = Self {
            client_id: text("client_id"),
            client_secret: text("client_secret"),
            key_id: text("signing_key_id"),
            key: text("signing_key"),
            token: String::new(),
        };
        let token = program.ask_token(fixture).await.expect(200);
        assert_eq!(token["tokenType"], "Bearer");
        token["accessToken"].as_str().unwrap().clone_into(&mut program.token);
        program
    }

    pub(in crate::merchant_api) async fn ask_token(&self, fixture: &Fixture) -> Answer {
        let form = format!("client_id={}&client_secret={}", self.client_id, self.client_secret);
        let call = Call::post(&format!("{PREFIX}/oauth2/token"));
        let call = call.body("application/x-www-form-urlencoded", &form);
        fixture.send(call).await
    }

    /// The request with its header, as it comes from Front Door.
    pub(in crate::merchant_api) fn sign(&self, ask: &Ask) -> Call {
        let digest = STANDARD.encode(digest(&SHA256, ask.body.as_bytes()));
        let mut header = vec![
            ("Api-Version", "0.12".to_owned()),
            ("Request-Date-Time", ask.at.format(&Rfc3339).unwrap()),
            ("Trace-Id", ask.trace_id.clone()),
            ("Authorization", format!("Bearer {}", self.token)),
            ("Digest", format!("SHA-256={digest}")),
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json".to_owned()),
        ];
        header.extend(ask.more.clone());
        let target = format!("{} {}", ask.method.to_lowercase(), ask.path);
        let line = |name: &str| {
            let found = header.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let value = found.map_or(&*target, |(_, value)| value);
            format!("{}: {value}", name.to_lowercase())
        };
        let text = ask.signed.split(' ').map(line).collect::<Vec<_>>().join("\n");
        let key = hmac::Key::new(HMAC_SHA256, &STANDARD.decode(&self.key).unwrap());
        let signature = format!(
            "keyId=\"{}\",algorithm=\"hmac-sha256\",headers=\"{}\",signature=\"{}\"",
            self.key_id,
            ask.signed,
            STANDARD.encode(hmac::sign(&key, text.as_bytes())),
        );
        header.push(("Signature", signature));
        let path = format!("{PREFIX}{}", ask.path);
        let call = Call::new(ask.method, &path).without("idempotency-key");
        let call = call.body("application/json", &ask.body).without("content-type");
        header.iter().fold(call, |call, (name, value)| call.header(name, value))
    }

    pub(in crate::merchant_api) async fn send(&self, fixture: &Fixture, ask: &Ask) -> Answer {
        fixture.send(self.sign(ask)).await
    }

    /// A new request for this amount, as it is answered.
    pub(in crate::merchant_api) async fn request(&self, fixture: &Fixture, amount: &str) -> Value {
        self.send(fixture, &creating(amount)).await.expect(201)
    }

    pub(in crate::merchant_api) async fn refund(
        &self,
        fixture: &Fixture,
        payment: &str,
        amount: &str,
    ) -> Answer {
        self.send(fixture, &refunding(payment, amount)).await
    }

    /// Where a request stands.
    pub(in crate::merchant_api) async fn status(&self, fixture: &Fixture, id: &str) -> String {
        let read = self.send(fixture, &Ask::get(&format!("{REQUESTS}/{id}"))).await.expect(200);
        read["statusCode"].as_str().unwrap().to_owned()
    }
}

pub(in crate::merchant_api) fn creating(amount: &str) -> Ask {
    let order = json!({"orderId": "10023", "orderDescription": "Two teas"});
    let body = json!({
        "totalAmount": 0,
        "currencyCode": "HKD",
        "notificationUri": "https://shop.example/notify",
        "appSuccessCallback": "https://shop.example/done",
        "appFailCallback": "https://shop.example/failed",
        "effectiveDuration": 600,
        "merchantData": order,
    });
    // As it stands: a `Value` would make a binary fraction of it.
    let text = body.to_string().replace("\"totalAmount\":0", &format!("\"totalAmount\":{amount}"));
    Ask { body: text, ..Ask::new("POST", REQUESTS, &Value::Null) }
}

pub(in crate::merchant_api) fn refunding(payment: &str, amount: &str) -> Ask {
    let path = format!("{TRANSACTIONS}/{payment}/refunds");
    let body = format!(
        "{{\"amount\":{amount},\"currencyCode\":\"HKD\",\"reasonCode\":\"00\",\
         \"reasonMessage\":\"Out of tea\"}}"
    );
    Ask { body, ..Ask::new("POST", &path, &Value::Null) }
}

/// The one error of an answer in the form of the API.
#[track_caller]
pub(in crate::merchant_api) fn expect_error(answer: &Answer, status: u16, code: &str) {
    let (came, body) = (answer.status, answer.json());
    let error = &body["errors"][0];
    assert_eq!((came, error["errorCode"].as_str()), (status, Some(code)), "{body}");
    assert!(error["errorDescription"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    let fields = |value: &Value| value.as_object().map(|object| object.len());
    assert_eq!((fields(&body), fields(error)), (Some(1), Some(2)), "{body}");
}
