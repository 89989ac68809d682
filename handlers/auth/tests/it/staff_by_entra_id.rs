//! Staff whom Microsoft Entra ID lets in, where it is configured: what its token must say, that it
//! is good once, and that what they do is on record under its name.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::Call;
use uuid::Uuid;

use crate::authenticator::Authenticator;
use crate::entra_tenant::{
    APPLICATION, CONTEXT, Tenant, base64, header, jwk, new_key, seconds, signed,
};
use crate::staff::{call, expect_ended, first, halves, invite_first, post, staffs, text};
use crate::{Fixture, code, refused};

async fn log_in(fixture: &Fixture, token: &str) -> (u16, Value) {
    post(fixture, "staff/entra-sessions", &json!({"entra_token": token})).await
}

async fn let_in(fixture: &Fixture, token: &str) -> Value {
    let (status, tokens) = log_in(fixture, token).await;
    assert_eq!((status, &tokens["expires_in_seconds"]), (201, &json!(600)), "{tokens}");
    tokens
}

async fn ask(fixture: &Fixture, tokens: &Value, method: &str, path: &str) -> (u16, Value) {
    call(fixture, method, path, Some(text(tokens, "access_token")), None).await
}

/// Of all staff, oldest first: what was done and by whom, as somebody who may read it reads it.
async fn acts(fixture: &Fixture, auditor: &Value) -> Vec<(String, String)> {
    let (status, page) = ask(fixture, auditor, "GET", "staff/acts").await;
    assert_eq!(status, 200, "{page}");
    let acts = page["items"].as_array().unwrap().iter().rev();
    acts.map(|act| (text(act, "type").to_owned(), text(act, "name").to_owned())).collect()
}

fn act(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

#[tokio::test]
async fn whoever_the_tenant_says_is_staff_logs_in_and_is_on_record_by_its_name() {
    let tenant = Tenant::start().await;
    let fixture = tenant.fixture().await;
    let ann = Uuid::new_v4();
    let roles = ["auditor", "administrator", "of-another-application"];
    let token = tenant.token(&tenant.claims(ann, "ann@example.com", &roles));
    let before = let_in(&fixture, &token).await;
    assert_eq!(before["roles"], json!(["administrator", "auditor"]));
    let (_, staff) = ask(&fixture, &before, "GET", "staff/members").await;
    assert_eq!(staff["items"].as_array().unwrap().len(), 1, "{staff}");
    assert_eq!(staff["items"][0]["is_enrolled"], true);

    // The tenant gave her another name and took a role: she is who she was.
    let token = tenant.token(&tenant.claims(ann, "ann.lee@example.com", &["auditor"]));
    let after = let_in(&fixture, &token).await;
    assert_eq!(after["staff_id"], before["staff_id"]);
    assert_eq!(after["roles"], json!(["auditor"]));
    let missing = refused(403, "role-missing");
    assert_eq!(code(ask(&fixture, &after, "GET", "staff/members").await), missing);
    assert_eq!(ask(&fixture, &after, "DELETE", "staff/sessions/current").await.0, 204);
    assert_eq!(
        acts(&fixture, &before).await,
        [
            act("logged-in-by-entra-id", "ann@example.com"),
            act("logged-in-by-entra-id", "ann.lee@example.com"),
            act("logged-out", "ann.lee@example.com"),
        ]
    );
}

#[tokio::test]
async fn a_token_of_the_tenant_is_good_for_one_login() {
    let tenant = Tenant::start().await;
    let fixture = tenant.fixture().await;
    let claims = tenant.claims(Uuid::new_v4(), "ann@example.com", &["auditor"]);
    let body = json!({"entra_token": tenant.token(&claims)});
    let send = async |key: &str| {
        let post = Call::post("/api/v1/staff/entra-sessions");
        let answer = fixture.send(post.key(key).json(&body)).await;
        (answer.status, answer.json())
    };
    let tokens = send("first").await;
    assert_eq!(tokens.0, 201, "{}", tokens.1);
    assert_eq!(send("first").await, tokens, "a repeat is answered again");
    assert_eq!(code(send("second").await), refused(422, "entra-token-invalid"));
    assert_eq!(acts(&fixture, &tokens.1).await.len(), 1);

    for round in 0..20 {
        let claims = tenant.claims(Uuid::new_v4(), "ben@example.com", &["operator"]);
        let token = tenant.token(&claims);
        let (one, other) = futures_util::join!(log_in(&fixture, &token), log_in(&fixture, &token));
        let mut statuses = [one.0, other.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "round {round}");
    }
}

/// Each alone makes a good token one that lets nobody in.
fn wrong_claims(stranger: &Tenant) -> Vec<(&'static str, Value)> {
    vec![
        ("iss", json!(stranger.issuer)),
        ("aud", json!("7d0f9a3e-9999-4222-8333-944445555666")),
        ("aud", json!(null)),
        // Another application got it, or something with a secret in the name of ours.
        ("azp", json!("7d0f9a3e-9999-4222-8333-944445555666")),
        ("azp", json!(null)),
        ("azpacr", json!("1")),
        ("azpacr", json!("2")),
        ("azpacr", json!(0)),
        ("azpacr", json!(null)),
        ("exp", json!(seconds(-60))),
        ("exp", json!(null)),
        ("nbf", json!(seconds(60))),
        // It is good for an hour, and was asked for long ago.
        ("iat", json!(seconds(-3_600))),
        ("iat", json!(seconds(-601))),
        ("iat", json!(null)),
        // The token is new, the log-in is not.
        ("auth_time", json!(seconds(-301))),
        ("auth_time", json!(seconds(-3_600))),
        ("auth_time", json!(null)),
        ("ver", json!("1.0")),
        // A program's own token, which can have roles too, and one for something else.
        ("scp", json!(null)),
        ("scp", json!("openid staff-photos")),
        ("oid", json!("ann")),
        ("oid", json!(null)),
        ("uti", json!(null)),
        ("uti", json!("")),
        ("uti", json!("a".repeat(65))),
        ("preferred_username", json!(null)),
        ("preferred_username", json!("\u{202e}ann")),
    ]
}

#[tokio::test]
async fn only_a_token_of_this_tenant_application_person_and_moment_lets_in() {
    let (tenant, stranger) = (Tenant::start().await, Tenant::start().await);
    let fixture = tenant.fixture().await;
    let good = || tenant.claims(Uuid::new_v4(), "ann@example.com", &["auditor"]);
    let auditor = let_in(&fixture, &tenant.token(&good())).await;
    let invalid = refused(422, "entra-token-invalid");
    for (name, value) in wrong_claims(&stranger) {
        let mut claims = good();
        claims[name] = value.clone();
        let answer = code(log_in(&fixture, &tenant.token(&claims)).await);
        assert_eq!(answer, invalid, "{name} {value}");
    }

    let mut claims = good();
    claims["iat"] = json!(seconds(-590));
    claims["auth_time"] = json!(seconds(-290));
    let_in(&fixture, &tenant.token(&claims)).await;

    // Of the header only the key's id is read, and only among the tenant's keys.
    let brought = jwk(&stranger.key, "of-the-tenant");
    let with = |name: &str, value: Value| {
        let mut header = header();
        header[name] = value;
        header
    };
    let modulus = URL_SAFE_NO_PAD.decode(jwk(&tenant.key, "")["n"].as_str().unwrap()).unwrap();
    let hmac = Header { kid: Some("of-the-tenant".to_owned()), ..Header::new(Algorithm::HS256) };
    let token = tenant.token(&good());
    let (head, rest) = token.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let none = base64(with("alg", json!("none")).to_string());
    for (what, forged) in [
        ("another's key", signed(&stranger.key, &header(), &good())),
        ("a key that it brings", signed(&stranger.key, &with("jwk", brought), &good())),
        ("an unknown key", signed(&tenant.key, &with("kid", json!("unknown")), &good())),
        ("no key", signed(&tenant.key, &with("kid", json!(null)), &good())),
        ("critical", signed(&tenant.key, &with("crit", json!(["exp"])), &good())),
        ("another algorithm", signed(&tenant.key, &with("alg", json!("RS384")), &good())),
        ("a secret", encode(&hmac, &good(), &EncodingKey::from_secret(&modulus)).unwrap()),
        ("no algorithm", format!("{none}.{payload}.")),
        ("no signature", format!("{head}.{payload}.")),
        ("others' claims", format!("{head}.{}.{signature}", base64(good().to_string()))),
        ("our own", text(&auditor, "access_token").to_owned()),
        ("nothing", String::new()),
    ] {
        assert_eq!(code(log_in(&fixture, &forged).await), invalid, "{what}");
    }

    assert_eq!(acts(&fixture, &auditor).await.len(), 2, "what is refused leaves nothing");
}

#[tokio::test]
async fn who_has_none_of_our_roles_or_shows_no_strong_log_in_is_not_let_in() {
    let tenant = Tenant::start().await;
    let fixture = tenant.fixture().await;
    let good = || tenant.claims(Uuid::new_v4(), "ann@example.com", &["auditor"]);
    let auditor = let_in(&fixture, &tenant.token(&good())).await;
    for roles in [json!(null), json!([]), json!(["owner", "Auditor"])] {
        let mut claims = good();
        claims["roles"] = roles.clone();
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let answer = code(log_in(&fixture, &tenant.token(&claims)).await);
        assert_eq!(answer, refused(403, "role-missing"), "{roles}");
    }
    for contexts in [json!(null), json!([]), json!(["c2", "c11"])] {
        let mut claims = good();
        claims["acrs"] = contexts.clone();
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let answer = code(log_in(&fixture, &tenant.token(&claims)).await);
        assert_eq!(answer, refused(422, "entra-strength-missing"), "{contexts}");
    }
    assert_eq!(acts(&fixture, &auditor).await.len(), 1, "what is refused leaves nothing");
}

#[tokio::test]
async fn staff_log_in_in_the_one_way_that_is_configured() {
    let tenant = Tenant::start().await;
    let elsewhere = refused(403, "staff-log-in-elsewhere");
    let fixture = Fixture::new().await;
    let way = async |fixture: &Fixture| call(fixture, "GET", "staff/log-in-way", None, None).await;
    assert_eq!(way(&fixture).await, (200, json!({"type": "passkey"})));
    let token = tenant.token(&tenant.claims(Uuid::new_v4(), "ann@example.com", &["auditor"]));
    assert_eq!(code(log_in(&fixture, &token).await), elsewhere);

    // Who has a passkey is somebody else to the tenant: with both, one person would be two.
    let mut ben = first(&fixture, "ben@example.com").await;
    let (_, begun) = call(&fixture, "POST", "staff/challenges", None, None).await;
    let answer = staffs(ben.passkey.log_in(&begun));
    let fixture = fixture.with_config(|config| config.entra = Some(tenant.setting())).await;
    assert_eq!(code(post(&fixture, "staff/sessions", &answer).await), elsewhere);
    let challenge = call(&fixture, "POST", "staff/challenges", None, None).await;
    assert_eq!(code(challenge), elsewhere);
    let endpoints = tenant.issuer.replace("/v2.0", "/oauth2/v2.0");
    let at_the_tenant = json!({
        "type": "entra-id",
        "issuer": tenant.issuer,
        "authorization_url": format!("{endpoints}/authorize"),
        "token_url": format!("{endpoints}/token"),
        "application": APPLICATION,
        "application_scope": format!("{APPLICATION}/staff"),
        "context": CONTEXT,
    });
    assert_eq!(way(&fixture).await, (200, at_the_tenant));

    // Nor is anybody let in by the tenant while somebody works who came by passkey.
    assert_eq!(code(log_in(&fixture, &token).await), refused(503, "try-again"));
    assert_eq!(ben.ask(&fixture, "DELETE", "staff/sessions/current").await.0, 204);
    let_in(&fixture, &token).await;
}

#[tokio::test]
async fn while_the_tenant_says_who_is_staff_nobody_makes_a_passkey() {
    let tenant = Tenant::start().await;
    let elsewhere = refused(403, "staff-log-in-elsewhere");
    let fixture = Fixture::new().await;
    let (_, invited) = invite_first(&fixture, "ben@example.com").await;
    let (_, begun) =
        post(&fixture, "staff/enrolment-challenges", &halves(&invited, &invited)).await;
    let passkey = staffs(Authenticator::new(&begun).registration(&begun));
    let off = fixture.routes.clone();
    let fixture = fixture.with_config(|config| config.entra = Some(tenant.setting())).await;
    assert_eq!(code(invite_first(&fixture, "ann@example.com").await), elsewhere);
    assert_eq!(code(post(&fixture, "staff/passkeys", &passkey).await), elsewhere);
    let fixture = Fixture { routes: off, ..fixture };
    assert_eq!(post(&fixture, "staff/passkeys", &passkey).await.0, 201);
}

#[tokio::test]
async fn an_address_brings_six_hundred_tokens_in_ten_minutes_at_most() {
    let tenant = Tenant::start().await;
    let fixture = tenant.fixture().await;
    let address = format!("2001:db8:{:x}::2", Uuid::new_v4().as_u128() & 0xffff);
    let bring = async |token: &str| {
        let post = Call::post("/api/v1/staff/entra-sessions").key(&Uuid::new_v4().to_string());
        let post = post.header("x-azure-socketip", &address);
        fixture.send(post.json(&json!({"entra_token": token}))).await
    };
    for _ in 0..600 {
        bring("nonsense").await.expect_refusal(422, "entra-token-invalid");
    }
    let good = tenant.token(&tenant.claims(Uuid::new_v4(), "ann@example.com", &["auditor"]));
    bring(&good).await.expect_refusal(429, "passkey-challenges-throttled");
    let_in(&fixture, &good).await;
}

#[tokio::test]
async fn who_was_taken_off_the_staff_stays_off_it_whatever_the_tenant_says() {
    let tenant = Tenant::start().await;
    let fixture = tenant.fixture().await;
    let (ann, ben) = (Uuid::new_v4(), Uuid::new_v4());
    let token_of = |person, name| tenant.token(&tenant.claims(person, name, &["administrator"]));
    let by = let_in(&fixture, &token_of(ann, "ann@example.com")).await;
    let removed = let_in(&fixture, &token_of(ben, "ben@example.com")).await;
    let path = format!("staff/members/{}", text(&removed, "staff_id"));
    assert_eq!(ask(&fixture, &by, "DELETE", &path).await.0, 204);
    expect_ended(&fixture, text(&removed, "access_token")).await;
    let again = log_in(&fixture, &token_of(ben, "ben@example.com")).await;
    assert_eq!(code(again), refused(404, "staff-not-found"));
}

#[tokio::test]
async fn a_key_that_was_just_published_is_taken_and_without_keys_nobody_is_judged() {
    let tenant = Tenant::start().await;
    let keys = tenant.published.send_replace(None);
    let fixture = tenant.fixture().await;
    let claims = || tenant.claims(Uuid::new_v4(), "ann@example.com", &["auditor"]);
    let away = code(log_in(&fixture, &tenant.token(&claims())).await);
    assert_eq!(away, refused(503, "try-again"));
    tenant.published.send_replace(keys.clone());
    tokio::time::sleep(Duration::from_secs(5)).await;
    let_in(&fixture, &tenant.token(&claims())).await;

    let (new, mut keys) = (new_key(), keys.unwrap());
    let token = signed(&new, &json!({"typ": "JWT", "alg": "RS256", "kid": "new"}), &claims());
    keys["keys"].as_array_mut().unwrap().push(jwk(&new, "new"));
    tenant.published.send_replace(Some(keys));
    tokio::time::sleep(Duration::from_secs(5)).await;
    let_in(&fixture, &token).await;
    // What is known serves while it is away.
    tenant.published.send_replace(None);
    let_in(&fixture, &tenant.token(&claims())).await;
}
