//! The endpoint as Azure's own client meets it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use azure_core::credentials::TokenCredential;
use azure_core::time::OffsetDateTime;
use azure_identity::ManagedIdentityCredential;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use reqwest::redirect::Policy;
use serde_json::Value;

const SECRET: &str = "of-this-test";
const TEST: &str = "the_sdks_managed_identity_credential_gets_a_token";

/// The credential reads the process environment, so the test runs itself again with that set.
#[tokio::test]
async fn the_sdks_managed_identity_credential_gets_a_token() {
    if env::var_os("IDENTITY_ENDPOINT").is_some() {
        return get_token().await;
    }
    let (mut server, url) = start_server();
    let inner = Command::new(env::current_exe().unwrap())
        .args(["--exact", TEST])
        .env("IDENTITY_ENDPOINT", format!("{url}/msi/token"))
        .env("IDENTITY_HEADER", SECRET)
        .status();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(inner.unwrap().success());
}

async fn get_token() {
    let credential = ManagedIdentityCredential::new(None).unwrap();
    // The second is what the local vault asks for.
    for scope in ["https://storage.azure.com/.default", "vault://0.0.1/.default"] {
        let token = credential.get_token(&[scope], None).await.unwrap();
        assert!(token.expires_on > OffsetDateTime::now_utc());
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[scope.trim_end_matches("/.default")]);
        let is_signed_with = |secret: &str| {
            let key = DecodingKey::from_secret(secret.as_bytes());
            decode::<Value>(token.token.secret(), &key, &rules).is_ok()
        };
        assert!(is_signed_with(SECRET));
        assert!(!is_signed_with("another"));
    }
}

fn start_server() -> (Child, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_platform-identity"))
        .args(["--listen", "127.0.0.1:0"])
        .env("IDENTITY_HEADER", SECRET)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("ready: platform-identity ").unwrap().to_owned();
    (server, url)
}

const PAGE: &str = "http://localhost:27071/staff/index.html";
const ORIGIN: &str = "http://localhost:27071";
const SCOPE: &str = "openid profile c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05/staff";
const CLAIMS: &str = r#"{"access_token": {"acrs": {"essential": true, "value": "c1"}}}"#;
/// Of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The address at which a page of the local tenant's application asks for a person.
fn authorization(tenant: &str, redirect_uri: &str) -> String {
    let query = [
        ("client_id", "c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05"),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("response_mode", "fragment"),
        ("scope", SCOPE),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("claims", CLAIMS),
    ];
    format!("{tenant}/oauth2/v2.0/authorize?{}", serde_urlencoded::to_string(query).unwrap())
}

/// The tokens of people are what auth takes for Entra ID's (its own test says which it refuses).
#[tokio::test]
async fn whoever_chooses_a_person_is_sent_back_with_a_code_for_tokens_that_the_keys_check() {
    let (mut server, url) = start_server();
    let tenant = format!("{url}/9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01");
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let send = async |address: &str, form: &[(&str, &str)]| {
        let form = serde_urlencoded::to_string(form).unwrap();
        let asked = http.post(address).header("origin", ORIGIN).body(form);
        let kind = "application/x-www-form-urlencoded";
        asked.header("content-type", kind).send().await.unwrap()
    };
    let choose = async |address: &str, name| send(address, &[("username", name)]).await;
    let good = authorization(&tenant, PAGE);
    let shown = http.get(&good).send().await.unwrap().text().await.unwrap();
    let back = choose(&good, "olga@staff.example").await;
    let back = back.headers()["location"].to_str().unwrap().to_owned();
    let stranger = choose(&good, "nobody@staff.example").await;
    let elsewhere = authorization(&tenant, "https://evil.example/staff/index.html");
    let (page_elsewhere, code_elsewhere) = (
        http.get(&elsewhere).send().await.unwrap(),
        choose(&elsewhere, "olga@staff.example").await,
    );
    let code = back.strip_prefix(&format!("{PAGE}#code=")).unwrap().strip_suffix("&state=s");
    let redeem = async || {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05"),
            ("redirect_uri", PAGE),
            ("code", code.unwrap()),
            ("code_verifier", VERIFIER),
            ("scope", SCOPE),
            ("claims", CLAIMS),
        ];
        send(&format!("{tenant}/oauth2/v2.0/token"), &form).await
    };
    let (tokens, again) = (redeem().await, redeem().await);
    let keys = http.get(format!("{tenant}/discovery/v2.0/keys")).send().await.unwrap();
    let keys: JwkSet = keys.json().await.unwrap();
    server.kill().unwrap();
    server.wait().unwrap();

    assert!(shown.contains("olga@staff.example"), "{shown}");
    assert_eq!(stranger.status(), 400);
    for refused in [page_elsewhere, code_elsewhere] {
        assert_eq!((refused.status().as_u16(), refused.headers().get("location")), (400, None));
    }
    assert_eq!(tokens.headers()["access-control-allow-origin"], ORIGIN);
    let tokens: Value = tokens.json().await.unwrap();
    assert_eq!(again.status(), 400);
    assert_eq!(again.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(again.json::<Value>().await.unwrap()["error"], "invalid_grant");

    let key = DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&["c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05"]);
    rules.set_issuer(&[format!("{tenant}/v2.0")]);
    let claims = |token: &str| {
        decode::<Value>(tokens[token].as_str().unwrap(), &key, &rules).unwrap().claims
    };
    let access = claims("access_token");
    assert_eq!([&access["azp"], &access["azpacr"]], ["c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05", "0"]);
    assert!(access["auth_time"].as_i64().unwrap() <= access["iat"].as_i64().unwrap());
    assert_eq!(access["scp"], "staff");
    assert_eq!(access["roles"], serde_json::json!(["operator"]));
    assert_eq!(access["acrs"], serde_json::json!(["c1"]));
    assert_eq!(claims("id_token")["nonce"], "n");
}
