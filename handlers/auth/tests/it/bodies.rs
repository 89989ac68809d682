//! What is not a proper request is refused, never answered with a failure.

use serde_json::{Value, json};
use testkit::Device;
use values::{DeviceId, EnrolmentId, RecoveryId, StaffId, StepUpPolicyId, UserId};

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
    let sent = json!({"challenge_id": id, "code": "123456"});
    let recovery = json!({"phone": person.phone, "challenge_id": id, "code": "123456"});
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
            "PUT",
            "users/me/phone",
            json!({
                "pin": PIN, "current": {"challenge_id": id, "code": "123456"},
                "new": {"challenge_id": id, "code": "123456"},
            }),
        ),
        ("POST", "recoveries", recovery),
        ("POST", "recoveries/current/cancel", sent),
        (
            "POST",
            "pin-resets",
            json!({"device_id": person.device_id(), "challenge_id": id, "code": "123456"}),
        ),
        (
            "POST",
            "pin-resets/current/finish",
            json!({"device_id": person.device_id(), "new_pin": PIN}),
        ),
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
    assert_eq!((status, paths.len()), (200, 55), "{paths:?}");
    let keys: (u16, Value) = fixture.call("GET", "jwks", None, None).await;
    assert_eq!((keys.0, &keys.1["keys"][0]["kty"]), (200, &json!("OKP")));
}

/// What somebody without a token may ask for, and no route besides. The first invitations need a
/// function's key, which the host asks for.
const PUBLIC: [&str; 21] = [
    "GET /api/v1/auth/jwks",
    "GET /api/v1/auth/revoked-sessions",
    "GET /api/v1/staff/log-in-way",
    "POST /api/v1/auth/devices",
    "POST /api/v1/auth/otp-challenges",
    "POST /api/v1/auth/passkey-challenges",
    "POST /api/v1/auth/passkey-sessions",
    "POST /api/v1/auth/pin-resets",
    "POST /api/v1/auth/pin-resets/current/finish",
    "POST /api/v1/auth/recoveries",
    "POST /api/v1/auth/recoveries/current/cancel",
    "POST /api/v1/auth/recoveries/{recovery_id}/finish",
    "POST /api/v1/auth/sessions",
    "POST /api/v1/auth/tokens",
    "POST /api/v1/auth/users",
    "POST /api/v1/first-invitations",
    "POST /api/v1/staff/challenges",
    "POST /api/v1/staff/enrolment-challenges",
    "POST /api/v1/staff/entra-sessions",
    "POST /api/v1/staff/passkeys",
    "POST /api/v1/staff/sessions",
];

#[tokio::test]
async fn every_route_but_the_public_ones_needs_a_token() {
    let fixture = Fixture::new().await;
    let (_, document) = fixture.call("GET", "openapi.json", None, None).await;
    let routes = fixture.routes.clone();
    let mut public = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let method = method.to_uppercase();
            let name = format!("{method} {path}");
            let with_id = path
                .replace("{device_id}", &DeviceId::new().to_string())
                .replace("{enrolment_id}", &EnrolmentId::new().to_string())
                .replace("{staff_id}", &StaffId::new().to_string())
                .replace("{policy_id}", &StepUpPolicyId::new().to_string())
                .replace("{recovery_id}", &RecoveryId::new().to_string())
                .replace("{user_id}", &UserId::new().to_string());
            assert!(!with_id.contains('{'), "{path} has a placeholder that is not filled here");
            if operation.pointer("/security/0/bearer").is_none() {
                public.push(name);
                continue;
            }
            for token in [None, Some("forged")] {
                let body = json!({});
                let answer = testkit::call(&routes, &method, &with_id, token, Some(&body)).await;
                assert_eq!(code(answer), refused(401, "invalid-token"), "{name}");
            }
        }
    }
    public.sort_unstable();
    assert_eq!(public, PUBLIC);
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
