//! The keys that a tenant of Entra ID signs with, as it publishes them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::JwkSet;
use reqwest::Url;
use reqwest::redirect::Policy;
use service::{Error, causes, usable_keys};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

/// How long keys are good: Entra ID publishes a new one long before it signs.
const KEYS_AGE_MAX: Duration = Duration::from_secs(3_600);
/// How long to wait for keys.
const KEYS_TIMEOUT: Duration = Duration::from_secs(3);
/// The least time from one fetch of keys to the next, whatever keys tokens name.
const KEYS_PAUSE: Duration = Duration::from_secs(5);
/// The most that is read of a set of keys; Entra ID's have about 20 KiB.
const KEYS_BYTES_MAX: usize = 256 * 1_024;

/// What is known of one tenant's keys.
pub(crate) struct EntraKeys {
    url: String,
    http: reqwest::Client,
    published: watch::Sender<Published>,
    /// When they were last asked for. Locked while they are fetched.
    tried_at: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Published {
    keys: HashMap<String, DecodingKey>,
    fetched_at: Option<Instant>,
}

/// Why there are no newer keys.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("they cannot be fetched")]
    Http(#[from] reqwest::Error),
    #[error("the set is longer than {KEYS_BYTES_MAX} bytes")]
    TooLong,
    #[error("the answer is no set of keys")]
    Unreadable(#[from] serde_json::Error),
    // It would make every token invalid.
    #[error("none of them can be used")]
    NoneUsable,
}

/// Whether nobody on the way can answer in the tenant's place.
pub(crate) fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().map(|host| host.trim_matches(['[', ']']));
    let is_here = || host?.parse::<IpAddr>().ok().map(|host| host.is_loopback());
    match url.scheme() {
        "https" => true,
        "http" => is_here().unwrap_or(false),
        _ => false,
    }
}

impl EntraKeys {
    pub(crate) fn new(url: String) -> Result<Self, reqwest::Error> {
        let http =
            reqwest::Client::builder().timeout(KEYS_TIMEOUT).redirect(Policy::none()).build()?;
        Ok(Self { url, http, published: watch::Sender::default(), tried_at: Mutex::default() })
    }

    /// The key with this id; `None` if Entra ID has none.
    pub(crate) async fn key(self: &Arc<Self>, kid: &str) -> Result<Option<DecodingKey>, Error> {
        // Whoever brings a key that is known waits for nobody who does not.
        if let Some(key) = self.known().and_then(|keys| keys.get(kid).cloned()) {
            return Ok(Some(key));
        }
        // It goes on when the request that wanted it is given up, for those that wait with it.
        tokio::spawn(Arc::clone(self).refresh()).await.map_err(Error::internal)?;
        let away = Error::Unavailable("Tokens of Entra ID cannot be checked at the moment.");
        Ok(self.known().ok_or(away)?.get(kid).cloned())
    }

    /// None if those that were fetched are too old.
    fn known(&self) -> Option<HashMap<String, DecodingKey>> {
        let published = self.published.borrow();
        let is_fresh = published.fetched_at?.elapsed() < KEYS_AGE_MAX;
        is_fresh.then(|| published.keys.clone())
    }

    /// Fetches them, unless that was tried a moment ago.
    async fn refresh(self: Arc<Self>) {
        let mut tried_at = self.tried_at.lock().await;
        if tried_at.is_some_and(|tried| tried.elapsed() < KEYS_PAUSE) {
            return;
        }
        let fetched_at = Some(Instant::now());
        *tried_at = fetched_at;
        match self.fetch().await {
            Ok(keys) => drop(self.published.send_replace(Published { keys, fetched_at })),
            Err(error) => tracing::error!(causes = causes(&error), "no newer keys of Entra ID"),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, FetchError> {
        let set = self.fetch_set().await?;
        let keys = usable_keys(&serde_json::from_slice::<JwkSet>(&set)?);
        if keys.is_empty() { Err(FetchError::NoneUsable) } else { Ok(keys) }
    }

    async fn fetch_set(&self) -> Result<Vec<u8>, FetchError> {
        let answer = self.http.get(&self.url).send().await.and_then(|got| got.error_for_status());
        let mut answer = answer.map_err(reqwest::Error::without_url)?;
        let mut set = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            if chunk.len() > KEYS_BYTES_MAX.saturating_sub(set.len()) {
                return Err(FetchError::TooLong);
            }
            set.extend_from_slice(&chunk);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::net::TcpListener;
    use tokio::time::{sleep, timeout};
    use warp::Filter;
    use warp::http::Uri;

    use super::*;

    const SLOWNESS: Duration = Duration::from_secs(1);
    const MOMENT: Duration = Duration::from_millis(200);

    /// Those that something on this machine publishes under the path.
    async fn keys_at(path: &str) -> Arc<EntraKeys> {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "known", "x": x});
        let set = json!({"keys": [key]}).to_string();
        let long = set.clone() + &" ".repeat(KEYS_BYTES_MAX);
        let slow = warp::path!("slow").then(move || {
            let set = set.clone();
            async move {
                sleep(SLOWNESS).await;
                set
            }
        });
        let long = warp::path!("long").map(move || long.clone());
        let moved = warp::path!("moved").map(|| warp::redirect::found(Uri::from_static("/slow")));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/{path}", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(slow.or(long).or(moved)).incoming(listener).run());
        Arc::new(EntraKeys::new(url).unwrap())
    }

    #[tokio::test]
    async fn a_set_that_is_elsewhere_or_has_no_end_is_none() {
        for path in ["moved", "long"] {
            assert!(keys_at(path).await.key("known").await.is_err(), "{path}");
        }
        assert!(keys_at("slow").await.key("known").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn whoever_gives_up_or_brings_an_unknown_key_keeps_nobody_waiting() {
        let keys = keys_at("slow").await;
        assert!(timeout(MOMENT, keys.key("known")).await.is_err());
        assert!(keys.key("known").await.unwrap().is_some(), "the fetch went on");
        *keys.tried_at.lock().await = None;
        let unknown = keys.key("unknown");
        let known = async {
            sleep(MOMENT).await;
            timeout(MOMENT, keys.key("known")).await
        };
        let (unknown, known) = tokio::join!(unknown, known);
        assert!(unknown.unwrap().is_none());
        assert!(known.expect("at once").unwrap().is_some());
    }

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for url in ["https://login.microsoftonline.com/x", "http://127.0.0.1:1/x", "http://[::1]/x"]
        {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://login.microsoftonline.com/x",
            "http://127.0.0.1.example.com/x",
            "http://10.0.0.1/x",
            "ftp://127.0.0.1/x",
            "login.microsoftonline.com",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
