//! The key vault of the tests, and an identity that it lets in.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_security_keyvault_keys::KeyClient;

use crate::database::variable;
use crate::identity::Identity;

const OBJECT_ID: &str = "c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02";

/// The vault's URL. It has the keys that services seal with, and keeps them over runs of the tests.
///
/// ```ignore
/// let (credential, vault) = (testkit::vault_credential(), testkit::vault_url());
/// let key = SealingKey::new(credential, &vault, "personal-data")?;
/// ```
pub fn vault_url() -> String {
    variable("TEST_VAULT_URL")
}

/// An identity that may do everything in that vault.
pub fn vault_credential() -> Arc<dyn TokenCredential> {
    Arc::new(Identity { object_id: OBJECT_ID.to_owned() })
}

/// Makes a newer version of a key of that vault. Who has asked for the newest may go on with the
/// older one for minutes; an instance that is started after this has heard of none.
pub async fn rotate_key(name: &str) {
    let keys = KeyClient::new(&vault_url(), vault_credential(), None).expect("a vault's address");
    keys.rotate_key(name, None).await.expect("a newer version");
}
