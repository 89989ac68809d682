//! The endpoint as Azure's own client meets it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use azure_core::credentials::TokenCredential;
use azure_core::time::OffsetDateTime;
use azure_identity::ManagedIdentityCredential;
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
