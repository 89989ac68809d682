//! Azure Communication Services, as far as a test needs it: takes messages and remembers them.

use std::sync::{Arc, Mutex};

use auth::SmsAccount;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use warp::Filter;
use warp::http::StatusCode;

const TOKEN: &str = "token-of-the-test";

/// The messages, oldest first.
#[derive(Clone, Default)]
pub(crate) struct SmsServer {
    taken: Arc<Mutex<Vec<Value>>>,
}

impl SmsServer {
    /// Listens on a free loopback port as long as the test's runtime lives.
    pub(crate) async fn start() -> (Self, SmsAccount) {
        let server = Self::default();
        let taken = Arc::clone(&server.taken);
        let sms = warp::path!("sms")
            .and(warp::post())
            .and(warp::header::exact("authorization", "Bearer token-of-the-test"))
            .and(warp::query::raw())
            .and(warp::body::json())
            .map(move |query: String, body: Value| {
                assert_eq!(query, "api-version=2021-03-07");
                assert_eq!(body["smsSendOptions"], json!({"enableDeliveryReport": true}));
                let to = body["smsRecipients"][0]["to"].clone();
                taken.lock().unwrap().push(body);
                let answer = json!({"value": [{"to": to, "successful": true}]});
                warp::reply::with_status(warp::reply::json(&answer), StatusCode::ACCEPTED)
            });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(sms).incoming(listener).run());
        let sender = "+85230000000".to_owned();
        (server, SmsAccount { endpoint, sender, credential: Arc::new(TestIdentity) })
    }

    /// All messages to a phone, oldest first.
    pub(crate) fn all_to(&self, phone: &str) -> Vec<String> {
        let taken = self.taken.lock().unwrap();
        let is_to = |sms: &&Value| sms["smsRecipients"] == json!([{"to": phone}]);
        let text = |sms: &Value| sms["message"].as_str().unwrap().to_owned();
        taken.iter().filter(is_to).map(text).collect()
    }

    /// The newest message to a phone.
    pub(crate) fn newest_to(&self, phone: &str) -> String {
        let taken = self.taken.lock().unwrap();
        let is_to = |sms: &&Value| sms["smsRecipients"] == json!([{"to": phone}]);
        let sms = taken.iter().rev().find(is_to).unwrap();
        assert_eq!(sms["from"], "+85230000000");
        sms["message"].as_str().unwrap().to_owned()
    }
}

/// An account that cannot be reached.
pub(crate) fn unreachable_account() -> SmsAccount {
    SmsAccount {
        endpoint: "http://127.0.0.1:9".to_owned(),
        sender: "+85230000000".to_owned(),
        credential: Arc::new(TestIdentity),
    }
}

/// Stands in for the platform's identity endpoint, which gives tokens in production.
#[derive(Debug)]
struct TestIdentity;

impl TokenCredential for TestIdentity {
    fn get_token<'s, 'a, 'b, 'c, 'f>(
        &'s self,
        scopes: &'a [&'b str],
        _options: Option<TokenRequestOptions<'c>>,
    ) -> BoxFuture<'f, azure_core::Result<AccessToken>>
    where
        's: 'f,
        'a: 'f,
        'b: 'f,
        'c: 'f,
    {
        assert_eq!(scopes, ["https://communication.azure.com/.default"]);
        Box::pin(async {
            let expires_on = OffsetDateTime::now_utc().saturating_add(time::Duration::HOUR);
            Ok(AccessToken::new(TOKEN.to_owned(), expires_on))
        })
    }
}
