//! Who is let in.

use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::StatusCode;
use azure_core::time::{Duration, OffsetDateTime};
use azure_security_keyvault_keys::KeyClient;

use crate::running::Running;

/// Has a token of elsewhere.
#[derive(Debug)]
struct Stranger(String);

#[async_trait::async_trait]
impl TokenCredential for Stranger {
    async fn get_token(
        &self,
        _scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let expires_on = OffsetDateTime::now_utc() + Duration::hours(1);
        Ok(AccessToken::new(self.0.clone(), expires_on))
    }
}

#[tokio::test]
async fn a_stranger_is_told_what_token_to_bring_and_nothing_else() {
    let vault = Running::start("strangers");
    let http = reqwest::Client::new();
    for path in ["/keys/personal-data", "/keys/absent", "/secrets/index-key", "/"] {
        let answer = http.get(format!("{}{path}", vault.url)).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.contains("resource=\"vault://0.0.1\""), "{challenge}");
        assert!(!answer.text().await.unwrap().contains("personal-data"));
    }
    let post = http.post(format!("{}/keys/personal-data/rotate", vault.url));
    assert_eq!(post.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_token_for_something_else_or_with_another_signature_is_refused() {
    let vault = Running::start("tokens");
    let ours = testkit::vault_credential();
    let token = async |scope: &str| {
        let token = ours.get_token(&[scope], None).await.unwrap();
        token.token.secret().to_owned()
    };
    let good = token("vault://0.0.1/.default").await;
    let (signed, _) = good.rsplit_once('.').unwrap();
    for (token, is_good) in [
        (good.clone(), true),
        (token("https://storage.azure.com/.default").await, false),
        (format!("{signed}.{}", "A".repeat(43)), false),
        (format!("{signed}."), false),
    ] {
        let keys = KeyClient::new(&vault.url, Arc::new(Stranger(token)), None).unwrap();
        let answer = keys.get_key("personal-data", None).await;
        let status = answer.err().and_then(|refused| refused.http_status());
        assert_eq!(status, (!is_good).then_some(StatusCode::Unauthorized));
    }
}
