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

/// The tokens of people are what auth takes for Entra ID's (its own test says which it refuses).
#[tokio::test]
async fn a_person_of_the_local_tenant_gets_a_token_that_its_published_keys_check() {
    let (mut server, url) = start_server();
    let tenant = format!("{url}/9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01");
    let http = reqwest::Client::new();
    let ask = async |username: &str| {
        let form = "grant_type=password&client_id=app&scope=api://app/staff&username=";
        let form = format!("{form}{username}");
        let asked = http.post(format!("{tenant}/oauth2/v2.0/token")).body(form);
        let asked = asked.header("content-type", "application/x-www-form-urlencoded");
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, answer) = ask("olga@staff.example").await;
    let keys = http.get(format!("{tenant}/discovery/v2.0/keys")).send().await.unwrap();
    let keys: JwkSet = keys.json().await.unwrap();
    let stranger = ask("stranger@staff.example").await;
    server.kill().unwrap();
    server.wait().unwrap();

    assert_eq!((status, stranger.0), (200, 400), "{answer}");
    let key = DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&["app"]);
    rules.set_issuer(&[format!("{tenant}/v2.0")]);
    let token = answer["access_token"].as_str().unwrap();
    let claims = decode::<Value>(token, &key, &rules).unwrap().claims;
    assert_eq!(claims["scp"], "staff");
    assert_eq!(claims["roles"], serde_json::json!(["operator"]));
    assert_eq!(claims["acrs"], serde_json::json!(["c1"]));
}
