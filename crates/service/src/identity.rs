//! The identity that Azure gives a service, by which stores let it in without a secret.

use std::sync::Arc;

use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use crate::ConfigError;

/// The user-assigned identity with this client id. It keeps its tokens until shortly before they
/// expire.
pub fn managed_identity(client_id: String) -> Result<Arc<ManagedIdentityCredential>, ConfigError> {
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: Some(UserAssignedId::ClientId(client_id)),
        ..Default::default()
    };
    ManagedIdentityCredential::new(Some(options))
        .map_err(|_| ConfigError::Invalid("IDENTITY_ENDPOINT", "no managed identity"))
}
