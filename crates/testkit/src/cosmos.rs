//! The Cosmos DB account of the tests, and an identity that it lets in.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;

use crate::database::variable;
use crate::identity::Identity;

const OBJECT_ID: &str = "c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02";
const SCOPE: &str = "https://cosmos.azure.com/.default";

/// The account's URL. It has the containers of `bicep/`, empty when the tests begin; all tests of a
/// run share them.
///
/// ```ignore
/// let (credential, cosmos) = (testkit::cosmos_credential(), testkit::cosmos_url());
/// let account = AccountReference::with_credential(cosmos.parse()?, credential);
/// ```
pub fn cosmos_url() -> String {
    variable("TEST_COSMOS_URL")
}

/// An identity that may read and write that account.
pub fn cosmos_credential() -> Arc<dyn TokenCredential> {
    Arc::new(Identity { object_id: OBJECT_ID.to_owned() })
}

/// The header `Authorization` of that identity.
pub fn cosmos_authorization() -> String {
    let (token, _) = Identity { object_id: OBJECT_ID.to_owned() }.token(SCOPE);
    format!("type=aad&ver=1.0&sig={token}")
}
