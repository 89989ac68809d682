//! Sending text messages through Azure Communication Services, as this service's own identity.

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use serde::Deserialize;
use serde_json::json;
use service::{ConfigError, managed_identity};
use values::Phone;

/// How long the identity's token and the message may take together.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
const SCOPE: &str = "https://communication.azure.com/.default";
const API_VERSION: &str = "2021-03-07";

/// The account that messages are sent from.
pub struct SmsAccount {
    /// `https://<resource>.communication.azure.com`
    pub endpoint: String,
    /// The number that messages come from.
    pub sender: String,
    /// Who may use the account.
    pub credential: Arc<dyn TokenCredential>,
}

impl SmsAccount {
    /// An account that the user-assigned identity `client_id` may use.
    pub fn of_managed_identity(
        endpoint: String,
        sender: String,
        client_id: String,
    ) -> Result<Self, ConfigError> {
        Ok(Self { endpoint, sender, credential: managed_identity(client_id)? })
    }
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmsError {
    #[error("no token for the SMS account")]
    Identity(#[from] azure_core::Error),
    #[error("the SMS account cannot be reached or refused")]
    Http(#[from] reqwest::Error),
    #[error("the message was not accepted for its recipient")]
    NotAccepted,
    #[error("no answer in {SEND_TIMEOUT:?}")]
    Timeout(#[from] tokio::time::error::Elapsed),
}

/// The sender of messages.
pub(crate) struct Sms {
    http: reqwest::Client,
    url: String,
    account: SmsAccount,
}

#[derive(Deserialize)]
struct Sent {
    value: Vec<SentTo>,
}

#[derive(Deserialize)]
struct SentTo {
    successful: bool,
}

impl Sms {
    pub(crate) fn new(account: SmsAccount) -> Result<Self, ConfigError> {
        let http = reqwest::Client::builder()
            .timeout(SEND_TIMEOUT)
            .build()
            .map_err(|_| ConfigError::Invalid("AUTH_SMS_ENDPOINT", "no HTTP client can be made"))?;
        let endpoint = account.endpoint.trim_end_matches('/');
        let url = format!("{endpoint}/sms?api-version={API_VERSION}");
        Ok(Self { http, url, account })
    }

    /// Returns once the account has accepted the message. There is no second try: the person asks
    /// for a new code.
    pub(crate) async fn send(&self, to: &Phone, message: &str) -> Result<(), SmsError> {
        tokio::time::timeout(SEND_TIMEOUT, self.send_once(to, message)).await?
    }

    async fn send_once(&self, to: &Phone, message: &str) -> Result<(), SmsError> {
        let token = self.account.credential.get_token(&[SCOPE], None).await?;
        let body = json!({
            "from": self.account.sender,
            "smsRecipients": [{ "to": to.to_string() }],
            "message": message,
            // Read by the alert `messages-not-delivered`, in the account's own log.
            "smsSendOptions": { "enableDeliveryReport": true },
        });
        let request = self.http.post(&self.url).bearer_auth(token.token.secret()).json(&body);
        let sent: Sent = request.send().await?.error_for_status()?.json().await?;
        let is_accepted = matches!(&*sent.value, [recipient] if recipient.successful);
        if is_accepted { Ok(()) } else { Err(SmsError::NotAccepted) }
    }
}
