//! Who is let in, and to what.

use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::{Duration, OffsetDateTime};
use serde_json::{Value, json};

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
async fn a_token_for_something_else_or_with_another_signature_is_refused() {
    let account = Running::start("tokens");
    let ours = testkit::cosmos_credential();
    let token = async |scope: &str| {
        let token = ours.get_token(&[scope], None).await.unwrap();
        token.token.secret().to_owned()
    };
    let good = token("https://cosmos.azure.com/.default").await;
    let (signed, _) = good.rsplit_once('.').unwrap();
    for (token, refused) in [
        (good.clone(), None),
        (token("https://storage.azure.com/.default").await, Some(401)),
        (format!("{signed}.{}", "A".repeat(43)), Some(401)),
        (format!("{signed}."), Some(401)),
    ] {
        let answer = account.things_for(Arc::new(Stranger(token))).await;
        let status = answer.err().map(|error| u16::from(error.status().status_code()));
        assert_eq!(status, refused);
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_told_and_with_one_no_container_is_made() {
    let account = Running::start("strangers");
    let http = reqwest::Client::new();
    for path in ["/", "/dbs/test", "/dbs/test/colls/things/docs/one", "/offers", "/else"] {
        let answer = http.get(format!("{}{path}", account.url)).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "Unauthorized");
    }
    let ask = async |method: reqwest::Method, path: &str| {
        let request = http.request(method, format!("{}{path}", account.url));
        let request = request.header("authorization", testkit::cosmos_authorization());
        let answer = request.body(json!({ "id": "more" }).to_string()).send().await.unwrap();
        let substatus = answer.headers().get("x-ms-substatus").cloned();
        (answer.status().as_u16(), substatus.map(|it| it.to_str().unwrap().to_owned()))
    };
    let forbidden = (403, Some("5300".to_owned()));
    assert_eq!(ask(reqwest::Method::POST, "/dbs").await, forbidden);
    assert_eq!(ask(reqwest::Method::DELETE, "/dbs/test/colls/things").await, forbidden);
    assert_eq!(ask(reqwest::Method::GET, "/dbs/test/colls/things").await, (200, None));
    let procedure = "/dbs/test/colls/things/sprocs/bulk";
    assert_eq!(ask(reqwest::Method::POST, procedure).await, (501, None));
}
