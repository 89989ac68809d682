//! The push hub: Azure Notification Hubs, by its REST interface.
//!
//! A push goes straight to a device's token ("direct send", version 2015-04): which devices a
//! person has is known here alone, and a login that ends is forgotten in one place. The hub takes a
//! message at once (201) and brings it to Apple or Google later; whether they knew the token is in
//! the message's telemetry (version 2016-07, tier Standard).
//!
//! Its data plane knows shared access signatures only, and no managed identity.

use std::time::Duration;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use service::ConfigError;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::{Push, PushPlatform};

/// The access rule whose key we have.
const KEY_NAME: &str = "notification";
/// How long the hub may take to answer.
pub(crate) const ATTEMPT_MAX: Duration = Duration::from_secs(5);
/// How long a signature is good: longer than any clock is wrong.
const SIGNATURE_SECONDS: i64 = 600;
/// How much of a message's telemetry is read; it is a page at most.
const TELEMETRY_BYTES_MAX: usize = 64 * 1024;
/// As much of `Retry-After` is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);
/// A hub's id of a message is no longer.
const MESSAGE_ID_BYTES_MAX: usize = 128;
/// What Apple and Google say of a token that no device has any more, as the telemetry names it.
const DEAD_OUTCOMES: [&str; 2] = ["ExpiredChannel", "BadChannel"];

/// A hub, and by what it knows us.
pub struct PushHubAccount {
    /// `https://<namespace>.servicebus.windows.net/<hub>`.
    pub url: String,
    /// The key of its access rule `notification`, as Azure writes it.
    pub key: String,
}

/// The client of the hub.
pub(crate) struct PushHub {
    http: Client,
    url: Url,
    key: hmac::Key,
}

/// What became of a push to one device.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The hub has it, under this id.
    Taken { hub_message_id: Option<String> },
    /// The device's token is good no more.
    Gone,
    /// The hub takes no such message, now or later.
    Refused,
    /// The hub did not take it; it may later, in so long at the earliest if it says so.
    Failed { retry_after: Option<Duration> },
}

/// What the hub says of a message that it took.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The token is good no more.
    Dead,
    /// Whatever came of it, the token is not to blame.
    Over,
    /// It cannot say now.
    Unknown,
}

impl PushHub {
    pub(crate) fn new(account: PushHubAccount) -> Result<Self, ConfigError> {
        const SETTING: &str = "NOTIFICATION_PUSH_HUB_URL";
        let http = Client::builder()
            .timeout(ATTEMPT_MAX)
            .redirect(Policy::none())
            .build()
            .map_err(|_| ConfigError::Invalid(SETTING, "no HTTP client can be made"))?;
        let url = Url::parse(account.url.trim_end_matches('/'))
            .map_err(|_| ConfigError::Invalid(SETTING, "a URL is expected"))?;
        let key = hmac::Key::new(HMAC_SHA256, account.key.as_bytes());
        Ok(Self { http, url, key })
    }

    /// Tries once.
    pub(crate) async fn send(&self, push: &Push, platform: PushPlatform, token: &str) -> Sent {
        let expires_at = OffsetDateTime::now_utc()
            .saturating_add(time::Duration::seconds(push.lifetime_seconds.into()));
        let request = self
            .http
            .post(format!("{}/messages/?direct&api-version=2015-04", self.url))
            .header(AUTHORIZATION, self.authorization())
            .header(CONTENT_TYPE, "application/json;charset=utf-8")
            .header("ServiceBusNotification-DeviceHandle", token);
        let request = match platform {
            PushPlatform::Apns => request
                .header("ServiceBusNotification-Format", "apple")
                .header(
                    "ServiceBusNotification-Apns-Expiry",
                    // A moment of this era has such a text.
                    expires_at.format(&Rfc3339).unwrap_or_default(),
                )
                .header("apns-push-type", "alert")
                .header("apns-collapse-id", push.collapse_id()),
            PushPlatform::Fcm => request.header("ServiceBusNotification-Format", "fcmv1"),
        };
        match request.body(push.payload(platform).to_string()).send().await {
            Ok(response) => outcome(response.status(), response.headers()),
            Err(_) => Sent::Failed { retry_after: None },
        }
    }

    /// What became of a message that the hub took.
    pub(crate) async fn ask(&self, hub_message_id: &str) -> Arrival {
        let request = self
            .http
            .get(format!("{}/messages/{hub_message_id}?api-version=2016-07", self.url))
            .header(AUTHORIZATION, self.authorization());
        let Ok(response) = request.send().await else { return Arrival::Unknown };
        match response.status() {
            StatusCode::OK => read(response).await.map_or(Arrival::Unknown, |text| arrival(&text)),
            // The hub remembers it no more.
            StatusCode::NOT_FOUND => Arrival::Over,
            _ => Arrival::Unknown,
        }
    }

    fn authorization(&self) -> String {
        let expires = OffsetDateTime::now_utc().unix_timestamp().saturating_add(SIGNATURE_SECONDS);
        let resource = escaped(&self.url.as_str().to_lowercase());
        let signature = hmac::sign(&self.key, format!("{resource}\n{expires}").as_bytes());
        let signature = escaped(&STANDARD.encode(signature));
        format!("SharedAccessSignature sr={resource}&sig={signature}&se={expires}&skn={KEY_NAME}")
    }
}

fn outcome(status: StatusCode, headers: &HeaderMap) -> Sent {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match status {
        status if status.is_success() => {
            Sent::Taken { hub_message_id: text(LOCATION).and_then(message_id) }
        }
        StatusCode::GONE => Sent::Gone,
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Sent::Refused,
        // 404 is a hub that is not there, and no word about a device.
        _ => {
            let seconds = text(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
            let wait = seconds.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
            Sent::Failed { retry_after: wait }
        }
    }
}

/// The last part of the path of `https://…/messages/<id>?api-version=…`.
fn message_id(location: &str) -> Option<String> {
    let path = location.split('?').next()?;
    let id = path.rsplit('/').next()?;
    let is_id = (1..=MESSAGE_ID_BYTES_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_id.then(|| id.to_owned())
}

async fn read(mut response: Response) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if bytes.len().saturating_add(chunk.len()) > TELEMETRY_BYTES_MAX {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).ok()
}

/// Of a message to one device. It is XML of which two elements matter.
fn arrival(telemetry: &str) -> Arrival {
    if DEAD_OUTCOMES.iter().any(|name| telemetry.contains(&format!("<Name>{name}</Name>"))) {
        return Arrival::Dead;
    }
    let goes_on = ["Enqueued", "Processing", "Scheduled"]
        .iter()
        .any(|state| telemetry.contains(&format!("<State>{state}</State>")));
    if goes_on { Arrival::Unknown } else { Arrival::Over }
}

/// As `encodeURIComponent` writes it.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whether_the_device_the_message_or_the_hub_is_to_blame() {
        let says = |status: u16| outcome(StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
        assert_eq!(says(201), Sent::Taken { hub_message_id: None });
        assert_eq!(says(410), Sent::Gone);
        for status in [400, 413] {
            assert_eq!(says(status), Sent::Refused);
        }
        for status in [301, 401, 403, 404, 429, 500, 503] {
            assert_eq!(says(status), Sent::Failed { retry_after: None }, "{status}");
        }
    }

    #[test]
    fn a_hub_that_wants_to_be_left_alone_is_believed_for_a_minute() {
        for (told, believed) in [("7", Some(7)), ("86400", Some(60)), ("soon", None), ("-1", None)]
        {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, told.parse().unwrap())]);
            let retry_after = believed.map(Duration::from_secs);
            let said = outcome(StatusCode::TOO_MANY_REQUESTS, &headers);
            assert_eq!(said, Sent::Failed { retry_after }, "{told}");
        }
    }

    #[test]
    fn a_message_is_known_by_the_end_of_its_location() {
        let id = "1877056139571862506-3303769646213485721-2";
        let hub = "https://ns.servicebus.windows.net/phones/messages";
        let location = format!("{hub}/{id}?api-version=2015-04");
        assert_eq!(message_id(&location).as_deref(), Some(id));
        for strange in ["", "https://x/", &format!("{hub}/{}", "1".repeat(129)), "a/b c"] {
            assert_eq!(message_id(strange), None, "{strange}");
        }
    }

    #[test]
    fn telemetry_tells_a_dead_token_from_all_else() {
        let of = |state: &str, name: &str| {
            arrival(&format!(
                "<NotificationDetails><State>{state}</State><ApnsOutcomeCounts><Outcome>\
                 <Name>{name}</Name><Count>1</Count></Outcome></ApnsOutcomeCounts>\
                 </NotificationDetails>"
            ))
        };
        assert_eq!(of("Completed", "ExpiredChannel"), Arrival::Dead);
        assert_eq!(of("Completed", "BadChannel"), Arrival::Dead);
        assert_eq!(of("Completed", "Success"), Arrival::Over);
        assert_eq!(of("Completed", "InvalidCredentials"), Arrival::Over);
        assert_eq!(of("Processing", "Success"), Arrival::Unknown);
    }

    #[test]
    fn the_signature_is_that_of_the_documented_text() {
        let account = PushHubAccount {
            url: "https://Ns.servicebus.windows.net/phones".to_owned(),
            key: "a+b/c=".to_owned(),
        };
        let header = PushHub::new(account).unwrap().authorization();
        let fields = header.strip_prefix("SharedAccessSignature ").unwrap();
        let field = |name: &str| {
            let mut fields = fields.split('&').filter_map(|field| field.split_once('='));
            fields.find(|(key, _)| *key == name).unwrap().1
        };
        let resource = "https%3A%2F%2Fns.servicebus.windows.net%2Fphones";
        assert_eq!((field("sr"), field("skn")), (resource, "notification"));
        let key = hmac::Key::new(HMAC_SHA256, b"a+b/c=");
        let signed = hmac::sign(&key, format!("{resource}\n{}", field("se")).as_bytes());
        assert_eq!(field("sig"), escaped(&STANDARD.encode(signed)));
    }
}
