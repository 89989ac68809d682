//! Showing the PIN or a passkey for an act that a login alone does not do.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, AccessClaims, TokenVerifier};
use testkit::Call;
use time::{Duration, OffsetDateTime};
use values::{Level, SignedAt};

use crate::authenticator::Authenticator;
use crate::{Fixture, PIN, Person, WRONG_PIN, code, moment, refused};

const PATH: &str = "step-ups";

async fn step_up(fixture: &Fixture, person: &Person, body: &Value) -> (u16, Value) {
    fixture.call("POST", PATH, Some(person.access_token()), Some(body)).await
}

/// A passkey's word, in the login of `person`, with these lines in place of the right ones.
fn by_passkey(
    passkey: &mut Authenticator,
    person: &Person,
    act: &str,
    at: OffsetDateTime,
) -> Value {
    let (device_id, signed_at) = (person.device_id(), SignedAt::from(at).as_str().to_owned());
    let text = format!("payme-act-v1\n{act}\n{device_id}\n\n{signed_at}");
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    json!({"passkey": {"signed_at": signed_at, "credential": passkey.get(&challenge)}})
}

async fn claims(fixture: &Fixture, token: &str) -> AccessClaims {
    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    verifier.verify(token, ACCESS_AUDIENCE).await.unwrap().unwrap()
}

/// Logs the others out with this token, whose login is that of `person`.
async fn end_others(fixture: &Fixture, person: &Person, token: &str) -> (u16, Value) {
    let call = Call::new("DELETE", "/api/v1/auth/sessions/others").bearer(token);
    let answer = fixture.send(person.signed(call, "end-other-sessions", "", moment())).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn the_token_is_of_the_same_login_shows_the_pin_and_ends_with_the_one_before() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    // Long enough that a token which is issued now would end later than the one before.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let (status, answer) = step_up(&fixture, &person, &json!({"pin": PIN})).await;
    assert_eq!(
        (status, &answer["acr"], &answer["token_type"]),
        (200, &"pin".into(), &"Bearer".into())
    );
    assert_eq!(answer["expires_in_seconds"], Level::AGE_MAX_SECONDS);
    let shown = claims(&fixture, answer["access_token"].as_str().unwrap()).await;
    let login = claims(&fixture, person.access_token()).await;
    assert_eq!((shown.sub, shown.sid, shown.did), (login.sub, login.sid, login.did));
    assert_eq!(
        (shown.exp, shown.acr, shown.auth_time),
        (login.exp, Some(Level::Pin), Some(shown.iat))
    );
    assert_eq!((login.acr, login.auth_time), (None, None));
    // What is renewed shows nothing any more.
    let (_, renewed) = fixture.renew(&person, &person.tokens).await;
    let renewed = claims(&fixture, renewed["access_token"].as_str().unwrap()).await;
    assert_eq!(renewed.acr, None);
}

#[tokio::test]
async fn what_lasts_is_done_by_a_login_that_shows_more_than_itself() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let token = person.access_token().to_owned();
    assert_eq!(code(end_others(&fixture, &person, &token).await), refused(401, "step-up-required"));
    // Of another login of the same person.
    let of_other = fixture.pin_token(&other, PIN).await;
    assert_eq!(
        code(end_others(&fixture, &person, &of_other).await),
        refused(422, "signature-invalid")
    );
    let path = format!("/api/v1/auth/devices/{}", other.device_id());
    let remove = Call::new("DELETE", &path).bearer(&token);
    let answer = fixture.send(person.signed(remove, "remove-device", other.device_id(), moment()));
    let answer = answer.await;
    assert!(answer.header("www-authenticate").contains("acr_values=\"pin passkey\""));
    answer.expect_refusal(401, "step-up-required");
    // Nobody was logged out.
    assert_eq!(fixture.renew(&other, &other.tokens).await.0, 200);

    let mut passkey = fixture.add_passkey(&person).await;
    let body = by_passkey(&mut passkey, &person, "step-up", moment());
    let (_, answer) = step_up(&fixture, &person, &body).await;
    assert_eq!(answer["acr"], "passkey");
    let shown = answer["access_token"].as_str().unwrap();
    assert_eq!(end_others(&fixture, &person, shown).await.0, 204);
}

#[tokio::test]
async fn what_shows_nothing_is_refused_and_wrong_pins_count() {
    let fixture = Fixture::new().await;
    let (person, stranger) = (fixture.sign_up().await, fixture.sign_up().await);
    let mut passkey = fixture.add_passkey(&person).await;
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    let mut strangers = fixture.add_passkey(&stranger).await;
    let (now, late) = (moment(), moment() - Duration::seconds(62));
    let good = by_passkey(&mut passkey, &browser, "step-up", now);
    assert_eq!(step_up(&fixture, &browser, &good).await.0, 200);
    for (what, body, refusal) in [
        ("nothing", json!({}), (400, "invalid-body")),
        ("both", json!({"pin": PIN, "passkey": good["passkey"]}), (400, "invalid-body")),
        ("a wrong PIN", json!({"pin": WRONG_PIN}), (422, "pin-invalid")),
        ("the same again", good.clone(), (422, "passkey-challenge-invalid")),
        (
            "another act",
            by_passkey(&mut passkey, &browser, "end-other-sessions", moment()),
            (422, "passkey-challenge-invalid"),
        ),
        (
            "another login",
            by_passkey(&mut passkey, &person, "step-up", moment()),
            (422, "passkey-challenge-invalid"),
        ),
        ("old", by_passkey(&mut passkey, &browser, "step-up", late), (422, "clock-skew")),
        (
            "another person",
            by_passkey(&mut strangers, &browser, "step-up", moment()),
            (422, "passkey-unknown"),
        ),
    ] {
        let answer = code(step_up(&fixture, &browser, &body).await);
        assert_eq!(answer, refused(refusal.0, refusal.1), "{what}");
    }
    for _ in 0..4 {
        step_up(&fixture, &browser, &json!({"pin": WRONG_PIN})).await;
    }
    let locked = code(step_up(&fixture, &browser, &json!({"pin": PIN})).await);
    assert_eq!(locked, refused(429, "pin-locked"));
    fixture.call("DELETE", "sessions/current", Some(browser.access_token()), None).await;
    let ended = code(step_up(&fixture, &browser, &json!({"pin": PIN})).await);
    assert_eq!(ended, refused(401, "invalid-token"));
}
