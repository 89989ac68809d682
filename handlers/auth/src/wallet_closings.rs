//! Whose wallets payments has closed lately. It is asked, since a hub would cost more: an instance
//! of auth that hears of every payment, for a handful of closings a day.
//!
//! Auth asks as a member of the staff who may only read, with a token that it signs for itself.

use std::time::Duration;

use serde::Deserialize;
use service::{ConfigError, Error, Staff};
use values::{Operator, SessionId, StaffId, StaffRole, UserId};

use crate::token_signer::TokenSigner;

/// How long to wait for a page.
const WAIT_MAX: Duration = Duration::from_secs(3);
/// The name of auth among the staff.
const NAME: &str = "auth";

/// Asks payments.
pub(crate) struct WalletClosings {
    http: reqwest::Client,
    url: String,
}

/// A page of them, newest first.
#[derive(Deserialize)]
pub(crate) struct ClosingsPage {
    pub(crate) items: Vec<Closing>,
    pub(crate) next_cursor: Option<String>,
}

/// A wallet that is closed.
#[derive(Deserialize)]
pub(crate) struct Closing {
    /// Whose it was.
    pub(crate) user_id: UserId,
}

impl WalletClosings {
    /// At the service that has this URL (`https://<host>/api/v1/wallets`). Connects at first use.
    pub(crate) fn at(wallets_url: &str) -> Result<Self, ConfigError> {
        let http = reqwest::Client::builder()
            .timeout(WAIT_MAX)
            .build()
            .map_err(|_| ConfigError::Invalid("AUTH_PAYMENTS_URL", "no HTTP client can be made"))?;
        Ok(Self { http, url: format!("{}/closings", wallets_url.trim_end_matches('/')) })
    }

    /// What payments is asked with.
    pub(crate) fn token(signer: &TokenSigner) -> Result<String, Error> {
        let name = Operator::try_from(NAME.to_owned()).map_err(Error::internal)?;
        let (staff_id, session_id) = (StaffId::new(), SessionId::new());
        let auth = Staff { staff_id, session_id, name, roles: vec![StaffRole::Auditor] };
        signer.staff_token(&auth).map_err(Error::internal)
    }

    /// The newest page, or the one that `cursor` names.
    pub(crate) async fn page(
        &self,
        token: &str,
        cursor: Option<&str>,
    ) -> Result<ClosingsPage, reqwest::Error> {
        // A cursor is base64url, which needs no escaping.
        let query = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let request = self.http.get(format!("{}?limit=100{query}", self.url)).bearer_auth(token);
        let asked = async { request.send().await?.error_for_status()?.json().await };
        asked.await.map_err(reqwest::Error::without_url)
    }
}
