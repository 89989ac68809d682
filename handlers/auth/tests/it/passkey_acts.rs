//! What a login by passkey may do that lasts: the passkey signs for it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use events::auth::SessionRevokedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use time::{Duration, OffsetDateTime};
use values::SignedAt;

use crate::authenticator::Authenticator;
use crate::{Fixture, PIN, Person, WRONG_PIN, code, moment, refused};

const NEW_PIN: &str = "916203";

/// Method, path, act, subject and body.
type Act = (&'static str, String, &'static str, String, Option<Value>);

/// Each act of a login but the move to another phone. Nothing was asked for that the last calls
/// off.
fn acts(other: &Person) -> [Act; 4] {
    let change = json!({"current_pin": PIN, "new_pin": NEW_PIN});
    let id = other.device_id().to_owned();
    let unnamed = |method, path: &str, act, body| (method, path.to_owned(), act, "".into(), body);
    [
        unnamed("PUT", "pin", "change-pin", Some(change)),
        unnamed("DELETE", "sessions/others", "end-other-sessions", None),
        ("DELETE", format!("devices/{id}"), "remove-device", id, None),
        unnamed("DELETE", "pin-resets/current", "cancel-pin-reset", None),
    ]
}

fn call(browser: &Person, (method, path, _, _, body): &Act) -> Call {
    let call = Call::new(method, &format!("/api/v1/auth/{path}")).bearer(browser.access_token());
    body.iter().fold(call, |call, body| call.json(body))
}

/// The call with the passkey's assertion of the act, in the login of `browser`.
pub(crate) fn signed(
    call: Call,
    passkey: &mut Authenticator,
    browser: &Person,
    (act, subject): (&str, &str),
    at: OffsetDateTime,
) -> Call {
    let (device_id, signed_at) = (browser.device_id(), SignedAt::from(at).as_str().to_owned());
    let text = format!("payme-act-v1\n{act}\n{device_id}\n{subject}\n{signed_at}");
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    let assertion = passkey.get(&challenge).to_string();
    call.header("device-signed-at", &signed_at)
        .header("device-signature", &URL_SAFE_NO_PAD.encode(assertion))
}

async fn answer(fixture: &Fixture, call: Call) -> (u16, Value) {
    let answer = fixture.send(call).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn in_a_login_by_passkey_its_token_alone_does_nothing_that_lasts() {
    let fixture = Fixture::new().await;
    let (person, stranger) = (fixture.sign_up().await, fixture.sign_up().await);
    let mut passkey = fixture.add_passkey(&person).await;
    let mut foreign = fixture.add_passkey(&stranger).await;
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    let begun = fixture.begin_passkey_log_in().await;
    let log_in = passkey.log_in(&begun)["credential"].to_string();
    let now = OffsetDateTime::now_utc();
    for act in acts(&person) {
        let (_, _, name, subject, _) = &act;
        let bare = || call(&browser, &act);
        let named = (*name, &**subject);
        let by_log_in = bare()
            .header("device-signed-at", SignedAt::from(moment()).as_str())
            .header("device-signature", &URL_SAFE_NO_PAD.encode(&log_in));
        let by_device = browser.signed(bare(), name, subject, moment());
        let mut unverified = passkey.with(|it| it.is_verified = false);
        let by =
            |passkey: &mut Authenticator, named, at| signed(bare(), passkey, &browser, named, at);
        for (what, call, refusal) in [
            ("nothing", bare(), "signature-invalid"),
            ("a device's signature", by_device, "signature-invalid"),
            ("a log-in's answer", by_log_in, "passkey-challenge-invalid"),
            (
                "another act",
                by(&mut passkey, ("renew-tokens", subject), moment()),
                "passkey-challenge-invalid",
            ),
            (
                "another subject",
                by(&mut passkey, (name, "dev_1"), moment()),
                "passkey-challenge-invalid",
            ),
            ("a stranger's passkey", by(&mut foreign, named, moment()), "passkey-unknown"),
            ("nobody's finger", by(&mut unverified, named, moment()), "passkey-not-verified"),
            ("old", by(&mut passkey, named, now - Duration::seconds(62)), "clock-skew"),
            ("early", by(&mut passkey, named, now + Duration::seconds(65)), "clock-skew"),
        ] {
            let got = code(answer(&fixture, call).await);
            assert_eq!(got, refused(422, refusal), "{name} with {what}");
        }
    }
    assert_eq!(fixture.database.told::<SessionRevokedV1>().await.len(), 0);
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 200);
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
}

#[tokio::test]
async fn whoever_has_a_passkey_only_changes_the_pin_and_removes_the_stolen_phone() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    // One that does not count, so that nothing but the moment tells a repeat.
    let mut passkey = fixture.add_passkey(&person).await.with(|it| it.counts = false);
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    let [change, others, remove, cancel] = acts(&person);
    // A wrong PIN uses the assertion up.
    let mut mistyped = change.clone();
    mistyped.4 = Some(json!({"current_pin": WRONG_PIN, "new_pin": NEW_PIN}));
    for (act, expected) in [
        (mistyped, Err("pin-invalid")),
        (change, Ok(204)),
        (others, Ok(204)),
        (remove, Ok(204)),
        (cancel, Err("pin-reset-not-found")),
    ] {
        let (_, _, name, subject, _) = &act;
        let at = moment();
        let sign = |passkey: &mut Authenticator| {
            signed(call(&browser, &act), passkey, &browser, (name, subject), at)
        };
        let first = answer(&fixture, sign(&mut passkey)).await;
        match expected {
            Ok(status) => assert_eq!(first.0, status, "{name}: {}", first.1),
            Err(refusal) => assert_eq!(code(first).1, refusal, "{name}"),
        }
        let again = code(answer(&fixture, sign(&mut passkey)).await);
        assert_eq!(again, refused(422, "passkey-challenge-invalid"), "{name}");
    }
    let refusal = fixture.refusal("sessions", &person.log_in(NEW_PIN)).await;
    assert_eq!(refusal, refused(422, "signature-invalid"));
    let listed = fixture.call("GET", "devices", Some(browser.access_token()), None).await;
    assert_eq!(listed.1["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_log_in_with_a_passkey_ends_the_earlier_login_of_its_product_by_it() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let mut other = fixture.add_passkey(&person).await;
    let beside = fixture.log_in_with(&mut other, &person).await;
    let earlier = fixture.log_in_with(&mut passkey, &person).await;
    let mut business = passkey.log_in(&fixture.begin_passkey_log_in().await);
    business["product"] = json!("business");
    let (status, business) = fixture.post("passkey-sessions", &business).await;
    assert_eq!(status, 201, "{business}");
    let later = fixture.log_in_with(&mut passkey, &person).await;
    let told: Vec<SessionRevokedV1> = fixture.database.told().await;
    assert_eq!(told.len(), 1);
    let listing = fixture.call("GET", "devices", Some(earlier.access_token()), None).await;
    assert_eq!(code(listing), refused(401, "invalid-token"));
    let renewal = |tokens: &Value| json!({"refresh_token": tokens["refresh_token"]});
    let refusal = fixture.refusal("tokens", &renewal(&earlier.tokens)).await;
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
    for living in [&beside.tokens, &business, &later.tokens] {
        assert_eq!(fixture.post("tokens", &renewal(living)).await.0, 200);
    }
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 200);
}

#[tokio::test]
async fn a_login_by_passkey_renews_unsigned_and_ends_when_a_refresh_token_comes_twice() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    let renewal = |tokens: &Value| json!({"refresh_token": tokens["refresh_token"]});
    let (status, renewed) = fixture.post("tokens", &renewal(&browser.tokens)).await;
    assert_eq!(status, 200, "{renewed}");
    // At once, when a device would get its successor again: here it may be a thief's.
    let refusal = fixture.refusal("tokens", &renewal(&browser.tokens)).await;
    assert_eq!(refusal, refused(422, "refresh-token-reused"));
    let refusal = fixture.refusal("tokens", &renewal(&renewed)).await;
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 200);
}

#[tokio::test]
async fn a_login_by_passkey_ends_ninety_days_after_it_began() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    let renewal = |tokens: &Value| json!({"refresh_token": tokens["refresh_token"]});
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let mut began = async |seconds: u32| {
        let sql = format!("UPDATE sessions SET begun_at = NOW(6) - INTERVAL {seconds} SECOND");
        conn.query_drop(sql).await.unwrap();
    };
    began(90 * 86_400 - 60).await;
    let (status, renewed) = fixture.post("tokens", &renewal(&browser.tokens)).await;
    assert_eq!(status, 200, "{renewed}");
    began(90 * 86_400 + 1).await;
    let refusal = fixture.refusal("tokens", &renewal(&renewed)).await;
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
}
