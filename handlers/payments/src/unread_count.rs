//! How many notifications a caller has not read, asked of the notification service while the caller
//! waits: the one call to another service that is part of an answer.
//!
//! It is made with the caller's own token, so that service decides what they may read. Whatever
//! goes wrong costs this one number and never the answer.

use std::time::Duration;

use serde::Deserialize;
use service::trace::TraceContext;
use service::{BearerToken, ConfigError, causes};

/// How long an answer may wait for this number. It is counted by one read of a primary key.
const WAIT_MAX: Duration = Duration::from_millis(150);
/// Connections that are kept for the next calls: as many as MySQL's, which work meanwhile.
const IDLE_CONNECTIONS_MAX: usize = 32;

/// Asks the notification service.
#[derive(Clone)]
pub(crate) struct UnreadCount {
    http: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct Counted {
    unread: u64,
}

impl UnreadCount {
    /// At the service that has this URL. Connects at first use.
    pub(crate) fn at(notification_url: &str) -> Result<Self, ConfigError> {
        let http = reqwest::Client::builder()
            .timeout(WAIT_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .build()
            .map_err(|_| {
                ConfigError::Invalid("PAYMENTS_NOTIFICATION_URL", "no HTTP client can be made")
            })?;
        Ok(Self { http, url: format!("{}/unread-count", notification_url.trim_end_matches('/')) })
    }

    /// The caller's count; `None` if it did not come in time.
    pub(crate) async fn ask(&self, token: &BearerToken, trace: TraceContext) -> Option<u64> {
        let request = self.http.get(&self.url).bearer_auth(token.as_str());
        let request = request.header("traceparent", trace.to_string());
        let asked = async { request.send().await?.error_for_status()?.json::<Counted>().await };
        match asked.await.map_err(reqwest::Error::without_url) {
            Ok(counted) => Some(counted.unread),
            Err(error) => {
                tracing::warn!(causes = causes(&error), "nobody says what is unread");
                None
            }
        }
    }
}
