//! What is not a proper request is refused, never answered with a failure.

use serde_json::{Value, json};
use testkit::Device;

use crate::authenticator::Authenticator;
use crate::{Fixture, PIN, code, refused, registration};

#[tokio::test]
async fn unknown_missing_and_malformed_fields_are_refused() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let id = uuid::Uuid::new_v4().to_string();
    let name = format!("devices/{}/name", person.device_id());
    let begun = fixture.begin_passkey(&person).await;
    let mut authenticator = Authenticator::new(&begun);
    let passkey = authenticator.registration(&begun);
    let passkey_log_in = authenticator.log_in(&fixture.begin_passkey_log_in().await);
    let good = [
        ("POST", "otp-challenges", json!({"phone": person.phone})),
        ("POST", "users", registration(&id, "123456", PIN, &Device::new())),
        ("POST", "devices", registration(&id, "123456", PIN, &Device::new())),
        ("POST", "sessions", person.log_in(PIN)),
        ("POST", "tokens", json!({"refresh_token": "AAAA"})),
        ("PUT", &*name, json!({"name": "Ann's tablet"})),
        ("POST", "passkey-registrations", json!({"pin": PIN})),
        ("POST", "passkeys", passkey),
        ("POST", "passkey-sessions", passkey_log_in),
        ("PUT", "pin", json!({"current_pin": PIN, "new_pin": PIN})),
        (
            "POST",
            "payment-confirmations",
            json!({
                "pin": PIN, "type": "payment", "payee_id": values::BusinessId::new(),
                "amount": {"amount": 1, "currency": "HKD"},
                "fee": {"amount": 0, "currency": "HKD"}, "idempotency_key": "1",
            }),
        ),
    ];
    for (method, path, body) in good {
        let mut wrong = vec![json!([]), json!(null), json!("x")];
        let fields: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
        for field in fields {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(&field);
            let mut malformed = body.clone();
            malformed[&field] = json!({"not": "this"});
            wrong.extend([without, malformed]);
        }
        let mut more = body.clone();
        more["admin"] = json!(true);
        wrong.push(more);
        for body in wrong {
            let token = Some(person.access_token());
            let answer = code(fixture.call(method, path, token, Some(&body)).await);
            assert_eq!(answer, refused(400, "invalid-body"), "{method} {path} {body}");
        }
    }
}

#[tokio::test]
async fn every_route_is_documented() {
    let fixture = Fixture::new().await;
    let (status, document) = fixture.call("GET", "openapi.json", None, None).await;
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!((status, paths.len()), (200, 32), "{paths:?}");
    let keys: (u16, Value) = fixture.call("GET", "jwks", None, None).await;
    assert_eq!((keys.0, &keys.1["keys"][0]["kty"]), (200, &json!("OKP")));
}

#[tokio::test]
async fn routes_of_signed_in_people_need_a_token() {
    let fixture = Fixture::new().await;
    let device = format!("devices/{}", values::DeviceId::new());
    for (method, path) in [
        ("GET", "users/me"),
        ("GET", "devices"),
        ("GET", "security-events"),
        ("DELETE", &*device),
        ("DELETE", "sessions/current"),
        ("DELETE", "sessions/others"),
        ("PUT", &*format!("{device}/name")),
        ("POST", "passkey-registrations"),
        ("POST", "passkeys"),
        ("PUT", "pin"),
        ("POST", "payment-confirmations"),
    ] {
        for token in [None, Some("forged")] {
            let answer = code(fixture.call(method, path, token, Some(&json!({}))).await);
            assert_eq!(answer, refused(401, "invalid-token"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn what_browsers_write_themselves_is_documented_as_an_object_of_any_fields() {
    let fixture = Fixture::new().await;
    let (_, document) = fixture.call("GET", "openapi.json", None, None).await;
    for place in ["PasskeyChallenge/properties/public_key", "EnrolStaff/properties/credential"] {
        let schema = document.pointer(&format!("/components/schemas/{place}")).unwrap();
        assert_eq!(
            (&schema["type"], &schema["additionalProperties"]),
            (&json!("object"), &json!({})),
            "{schema}"
        );
    }
}
