//! Settings whose values stand in Key Vault. The platform fetches them before it starts an app, by
//! the app's identity, and again only with the host.
//!
//! Azure leaves the text of a reference that it cannot resolve in the setting. Here the app goes
//! without it and the host tells so: neither is found out later than at the start.

use std::time::Duration;

use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use azure_security_keyvault_secrets::models::SecretClientGetSecretOptions;
use azure_security_keyvault_secrets::{ResourceId, SecretClient};
use futures_util::future::join_all;
use tokio::time::timeout;

use crate::settings::Settings;

/// How long one secret is waited for, with all tries of the client.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// The setting with the client id of the identity that apps are given.
const CLIENT_ID: &str = "AZURE_CLIENT_ID";

/// Why a setting has no value.
#[derive(Debug, thiserror::Error)]
enum ReferenceError {
    #[error("it is not SecretUri=… or VaultName=…;SecretName=…, perhaps with ;SecretVersion=…")]
    Malformed,
    #[error("{0}")]
    Vault(#[from] azure_core::Error),
    #[error("the vault did not answer in {ANSWER_LIMIT:?}")]
    Timeout(#[from] tokio::time::error::Elapsed),
    #[error("the secret has no value")]
    Empty,
}

/// One secret of one vault.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    vault_url: String,
    name: String,
    /// The newest if not told.
    version: Option<String>,
}

/// Gives each setting that refers to Key Vault its value, or takes it away.
pub(crate) async fn settle(app: &str, settings: &mut Settings) {
    let client_id = settings.get(CLIENT_ID).map(str::to_owned);
    let fetches = settings.references().into_iter().map(async |(name, inside)| {
        let fetched = timeout(ANSWER_LIMIT, fetch(&inside, client_id.clone())).await;
        (name, fetched.unwrap_or_else(|late| Err(late.into())))
    });
    for (name, fetched) in join_all(fetches).await {
        if let Err(error) = &fetched {
            tracing::error!(app, setting = name, %error, "setting left out: not in Key Vault");
        }
        settings.settle(&name, fetched.map_err(|error| error.to_string()));
    }
}

async fn fetch(inside: &str, client_id: Option<String>) -> Result<String, ReferenceError> {
    let reference = Reference::parse(inside).ok_or(ReferenceError::Malformed)?;
    let credential = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
        user_assigned_id: client_id.map(UserAssignedId::ClientId),
        ..Default::default()
    }))?;
    let vault = SecretClient::new(&reference.vault_url, credential, None)?;
    let secret_version = reference.version;
    let options = SecretClientGetSecretOptions { secret_version, ..Default::default() };
    let secret = vault.get_secret(&reference.name, Some(options)).await?.into_model()?;
    secret.value.ok_or(ReferenceError::Empty)
}

impl Reference {
    /// Parses what stands between the parentheses.
    fn parse(inside: &str) -> Option<Self> {
        if let Some(uri) = inside.strip_prefix("SecretUri=") {
            let ResourceId { vault_url, name, version, .. } = uri.parse().ok()?;
            return Some(Self { vault_url, name, version });
        }
        let (mut vault, mut name, mut version) = (None, None, None);
        for part in inside.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=')? {
                ("VaultName", value) => vault = Some(value),
                ("SecretName", value) => name = Some(value.to_owned()),
                ("SecretVersion", value) => version = Some(value.to_owned()),
                _ => return None,
            }
        }
        let vault_url = format!("https://{}.vault.azure.net", vault?);
        Some(Self { vault_url, name: name?, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(vault_url: &str, version: Option<&str>) -> Option<Reference> {
        let (vault_url, version) = (vault_url.to_owned(), version.map(str::to_owned));
        Some(Reference { vault_url, name: "n".to_owned(), version })
    }

    #[test]
    fn both_forms_name_a_secret_with_or_without_a_version() {
        let azure = "https://v.vault.azure.net";
        for (inside, version) in [
            ("SecretUri=https://v.vault.azure.net/secrets/n", None),
            ("SecretUri=https://v.vault.azure.net/secrets/n/", None),
            ("SecretUri=https://v.vault.azure.net/secrets/n/0f", Some("0f")),
            ("VaultName=v;SecretName=n", None),
            ("SecretName=n; VaultName=v; SecretVersion=0f", Some("0f")),
        ] {
            assert_eq!(Reference::parse(inside), reference(azure, version), "{inside}");
        }
        let local = Reference::parse("SecretUri=https://127.0.0.1:27083/secrets/n");
        assert_eq!(local, reference("https://127.0.0.1:27083", None));
    }

    #[test]
    fn what_names_no_secret_is_no_reference() {
        for inside in [
            "",
            "SecretUri=",
            "SecretUri=v/secrets/n",
            "SecretUri=https://v.vault.azure.net/keys/n",
            "VaultName=v",
            "SecretName=n",
            "VaultName=v;SecretName=n;Secret=x",
        ] {
            assert_eq!(Reference::parse(inside), None, "{inside}");
        }
    }
}
