//! The managed identity that the group of settings of a connection names, for hubs and queues.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use crate::settings::Settings;

/// The connection's credential is not a managed identity.
#[derive(Debug, thiserror::Error)]
#[error("the setting `{0}` must be `managedidentity`")]
pub(crate) struct CredentialError(String);

/// By which identity a connection is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConnectionIdentity {
    /// Client id of the user-assigned identity; nothing means the system-assigned one.
    pub(crate) client_id: Option<String>,
}

impl ConnectionIdentity {
    /// Reads `<connection>__credential` and `<connection>__clientId`.
    pub(crate) fn resolve(connection: &str, settings: &Settings) -> Result<Self, CredentialError> {
        let credential = format!("{connection}__credential");
        if settings.get(&credential) != Some("managedidentity") {
            return Err(CredentialError(credential));
        }
        let client_id = settings.get(&format!("{connection}__clientId"));
        Ok(Self { client_id: client_id.map(str::to_owned) })
    }

    /// What gives the identity's tokens.
    pub(crate) fn credential(&self) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: self.client_id.clone().map(UserAssignedId::ClientId),
            ..ManagedIdentityCredentialOptions::default()
        };
        Ok(ManagedIdentityCredential::new(Some(options))?)
    }
}
