//! Who is let in: tokens, keys that change, logins that end, and an auth service that is away.

use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use service::{Caller, DeviceKeyError, Routes, TokenVerifier};
use testkit::{Call, Device, InProcess, TokenIssuer};
use values::{DeviceId, Level, Operator, Product, SessionId, StaffRole, UserId};

use crate::{issuer_and_routes, routes};

const ME: &str = "/api/v1/things/me";

async fn status(routes: &Routes, token: &str) -> u16 {
    Call::get(ME).bearer(token).send(routes).await.status
}

fn claims(issuer: &TokenIssuer) -> Value {
    issuer.claims(UserId::new(), Product::Consumer, &Device::new(), SessionId::new())
}

fn token(issuer: &TokenIssuer) -> String {
    issuer.sign(&claims(issuer))
}

/// As of an access token under this key.
fn header(kid: &str) -> Header {
    let (typ, kid) = (Some("at+jwt".to_owned()), Some(kid.to_owned()));
    Header { typ, kid, ..Header::new(Algorithm::EdDSA) }
}

/// The claims with one of them changed.
fn with(issuer: &TokenIssuer, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims(issuer);
    claims[name] = value.into();
    claims
}

#[tokio::test]
async fn a_service_that_follows_nobody_takes_no_token() {
    let issuer = TokenIssuer::start().await;
    assert_eq!(status(&routes(&TokenVerifier::of_nobody()), &token(&issuer)).await, 401);
}

#[tokio::test]
async fn only_what_auth_has_signed_for_this_moment_is_a_token() {
    let (issuer, routes) = issuer_and_routes().await;
    assert_eq!(status(&routes, &token(&issuer)).await, 200);
    let now = claims(&issuer)["iat"].as_u64().unwrap();
    for (name, value) in [
        ("iss", json!("somebody")),
        ("aud", json!("payme-payment-confirmation")),
        ("exp", json!(now - 60)),
        // No token of ours lives longer than ten minutes.
        ("exp", json!(now + 3_600)),
        ("exp", json!(u64::MAX)),
        ("exp", json!("tomorrow")),
        ("nbf", json!(now + 60)),
        ("sub", json!("biz_01h455vb4pex5vsknk084sn02q")),
        ("sid", json!(null)),
        ("product", json!("operator")),
    ] {
        let wrong = issuer.sign(&with(&issuer, name, value.clone()));
        assert_eq!(status(&routes, &wrong).await, 401, "{name} {value}");
    }
    let claims = claims(&issuer);
    let hmac = Header { alg: Algorithm::HS256, ..header("test-key") };
    let hmac = encode(&hmac, &claims, &EncodingKey::from_secret(b"secret")).unwrap();
    let unnamed = issuer.sign_with(&Header { kid: None, ..header("test-key") }, &claims);
    // One kind of token is not another, whatever audience it names.
    let typed = |typ: Option<&str>, claims: &Value| {
        let typ = typ.map(str::to_owned);
        issuer.sign_with(&Header { typ, ..header("test-key") }, claims)
    };
    let [untyped, confirming] =
        [None, Some("payme-confirmation+jwt")].map(|typ| typed(typ, &claims));
    // What an auth of the release before signs is told apart by audience.
    assert_eq!(status(&routes, &typed(Some("JWT"), &claims)).await, 200);
    let elsewhere = with(&issuer, "aud", "payme-payment-confirmation");
    let plain_elsewhere = typed(Some("JWT"), &elsewhere);
    let signed = issuer.sign(&claims);
    let (head, rest) = signed.split_once('.').unwrap();
    let crit = r#"{"typ":"at+jwt","alg":"EdDSA","kid":"test-key","crit":["exp"],"exp":1}"#;
    for wrong in [
        hmac,
        unnamed,
        untyped,
        confirming,
        plain_elsewhere,
        format!("{}.{rest}", base64(crit)),
        format!("{}.{rest}", base64(r#"{"typ":"at+jwt","alg":"none","kid":"test-key"}"#)),
        format!("{head}.{}.", rest.split('.').next().unwrap()),
        format!("{signed}A"),
        "nonsense".to_owned(),
    ] {
        let answer = Call::get(ME).bearer(&wrong).send(&routes).await;
        answer.expect_refusal(401, "invalid-token");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{wrong}");
    }
}

#[tokio::test]
async fn staff_are_no_customers_and_do_what_their_roles_allow() {
    const THINGS: &str = "/api/v1/things/staff";
    let (issuer, routes) = issuer_and_routes().await;
    let name = || Operator::try_from("wong.tm@example.com".to_owned()).unwrap();
    let administrator = issuer.staff_token(name(), &[StaffRole::Administrator]);
    let others: Vec<StaffRole> =
        StaffRole::ALL.iter().copied().filter(|role| *role != StaffRole::Administrator).collect();
    let other = issuer.staff_token(name(), &others);
    let ask = async |path, token: &str| Call::get(path).bearer(token).send(&routes).await;
    ask(THINGS, &administrator).await.expect(200);
    ask(THINGS, &other).await.expect_refusal(403, "role-missing");
    ask(THINGS, &token(&issuer)).await.expect_refusal(401, "invalid-token");
    ask(ME, &administrator).await.expect_refusal(401, "invalid-token");

    // Whatever else a customer's token claims.
    let mut claiming = issuer.staff_claims(name(), StaffRole::ALL);
    claiming["aud"] = json!("payme-api");
    ask(THINGS, &issuer.sign(&claiming)).await.expect_refusal(401, "invalid-token");
    let mut claiming = claims(&issuer);
    claiming["aud"] = json!("payme-staff");
    ask(ME, &issuer.sign(&claiming)).await.expect_refusal(401, "invalid-token");
}

#[tokio::test]
async fn a_login_without_a_device_key_has_signed_nothing() {
    let (issuer, routes) = issuer_and_routes().await;
    let mut claims = claims(&issuer);
    claims.as_object_mut().unwrap().remove("cnf");
    assert_eq!(status(&routes, &issuer.sign(&claims)).await, 200);
    let device = Device::new();
    let caller = |device_key| Caller {
        user_id: UserId::new(),
        session_id: SessionId::new(),
        device_id: DeviceId::new(),
        product: Product::Consumer,
        device_key,
        limited_until: None,
        level: Level::Device,
        expires_at: 0,
    };
    let signature = device.sign("text");
    assert_eq!(caller(Some(device.key())).verify("text", &signature), Ok(()));
    let unsigned = caller(None).verify("text", &signature);
    assert_eq!(unsigned, Err(DeviceKeyError::WrongSignature));
}

#[tokio::test]
async fn a_key_that_a_token_brings_or_points_to_is_not_believed() {
    let (_issuer, routes) = issuer_and_routes().await;
    // Somebody else's key, published where the token says, under the id of ours and under its own.
    let stranger = TokenIssuer::start().await;
    let jwk = Jwk::from_encoding_key(&stranger_key(), Algorithm::EdDSA).unwrap();
    let url = format!("{}/jwks", stranger.auth_url);
    for kid in [Some("test-key".to_owned()), Some(url.clone()), Some("other".to_owned()), None] {
        let header = || Header { kid: kid.clone(), ..header("") };
        for header in [
            header(),
            Header { jwk: Some(jwk.clone()), ..header() },
            Header { jku: Some(url.clone()), ..header() },
            Header { x5u: Some(url.clone()), ..header() },
            Header { x5c: Some(vec!["MIIB".to_owned()]), ..header() },
        ] {
            let claims = claims(&stranger);
            let by_published = stranger.sign_with(&header, &claims);
            let by_brought = encode(&header, &claims, &stranger_key()).unwrap();
            for forged in [by_published, by_brought] {
                let answer = Call::get(ME).bearer(&forged).send(&routes).await;
                answer.expect_refusal(401, "invalid-token");
            }
        }
    }
}

/// An Ed25519 key that nobody published: that of RFC 8037, appendix A.1.
fn stranger_key() -> EncodingKey {
    use base64::Engine;
    let der = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    EncodingKey::from_ed_der(&base64::engine::general_purpose::STANDARD.decode(der).unwrap())
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

#[tokio::test]
async fn that_a_token_was_good_a_moment_ago_lets_no_other_in_nor_a_login_that_has_ended() {
    let (issuer, routes) = issuer_and_routes().await;
    let session_id = SessionId::new();
    let claims = issuer.claims(UserId::new(), Product::Consumer, &Device::new(), session_id);
    let good = issuer.sign(&claims);
    for _ in 0..2 {
        assert_eq!(status(&routes, &good).await, 200);
    }
    let another = issuer.sign(&with(&issuer, "product", "business"));
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<String>>();
    let (good_parts, others) = (parts(&good), parts(&another));
    let spliced = [&*good_parts[0], &*others[1], &*good_parts[2]].join(".");
    let unsigned = [&*good_parts[0], &*good_parts[1], ""].join(".");
    let signed_by_another = [&*good_parts[0], &*good_parts[1], &*others[2]].join(".");
    for forged in [spliced, unsigned, signed_by_another, format!("{good}A")] {
        assert_eq!(status(&routes, &forged).await, 401, "{forged}");
    }
    assert_eq!(status(&routes, &good).await, 200);
    issuer.revoke(session_id);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(status(&routes, &good).await, 401);
}

#[tokio::test]
async fn two_tokens_or_a_token_in_two_lines_are_none() {
    let (issuer, routes) = issuer_and_routes().await;
    let token = token(&issuer);
    let twice = Call::get(ME).bearer(&token).bearer(&token);
    twice.send(&routes).await.expect_refusal(401, "invalid-token");
}

#[tokio::test]
async fn a_token_under_a_key_that_was_just_published_is_taken_whatever_others_send() {
    let (mut issuer, routes) = issuer_and_routes().await;
    assert_eq!(status(&routes, &token(&issuer)).await, 200);
    let set = issuer.rotate("new-key");
    let junk = issuer.sign_with(&header("junk"), &claims(&issuer));
    let new = issuer.sign_with(&header("new-key"), &claims(&issuer));
    issuer.publish(Some(set));
    for _ in 0..3 {
        let (junk, new) = tokio::join!(status(&routes, &junk), status(&routes, &new));
        assert_eq!((junk, new), (401, 200));
    }
}

#[tokio::test]
async fn a_set_without_keys_and_an_auth_that_is_away_change_nothing_for_good_tokens() {
    let (issuer, routes) = issuer_and_routes().await;
    assert_eq!(status(&routes, &token(&issuer)).await, 200);
    let unknown = issuer.sign_with(&header("unknown"), &claims(&issuer));
    for published in [Some(json!({"keys": []})), Some(json!({"keys": [{"kty": "x"}]})), None] {
        issuer.publish(published);
        // Whether there is such a key cannot be known: that is not the client's fault.
        assert_eq!(status(&routes, &unknown).await, 503);
        assert_eq!(status(&routes, &token(&issuer)).await, 200);
    }
}

#[tokio::test]
async fn while_auth_was_never_heard_nobody_is_judged() {
    let routes = routes(&TokenVerifier::follow("http://127.0.0.1:9").unwrap());
    let issuer = TokenIssuer::start().await;
    let answer = Call::get(ME).bearer(&token(&issuer)).send(&routes).await;
    answer.expect_refusal(503, "try-again");
    assert!(!answer.header("retry-after").is_empty());
    Call::get(ME).bearer("nonsense").send(&routes).await.expect_refusal(401, "invalid-token");
}

#[tokio::test]
async fn a_login_that_ended_is_refused_within_a_second_and_no_other_is() {
    let (issuer, routes) = issuer_and_routes().await;
    for _ in 0..3 {
        let session_id = SessionId::new();
        let ended = issuer.token_of(UserId::new(), Product::Business, &Device::new(), session_id);
        assert_eq!(status(&routes, &ended).await, 200);
        issuer.revoke(session_id);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(status(&routes, &ended).await, 401);
        assert_eq!(status(&routes, &token(&issuer)).await, 200);
    }
}
