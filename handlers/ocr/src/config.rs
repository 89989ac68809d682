//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use outbox::Hub;
use service::{ConfigError, managed_identity, required_var};

use crate::NAME;
use crate::engine::{DocumentIntelligence, Engine, Tesseract};

/// The value of `OCR_ENGINE` that is no address.
const TESSERACT: &str = "tesseract";

/// The settings, all required. No address of auth: nobody calls this service.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// Where this service's events go.
    pub hub: Hub,
    /// The Blob endpoint of the account that documents are uploaded to.
    pub documents_url: String,
    /// What reads.
    pub engine: Engine,
    /// The vault with the key under which what was read is sealed.
    pub sealing_vault_url: String,
    /// As whom the service goes to documents and vault.
    pub identity: Arc<dyn TokenCredential>,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let identity: Arc<dyn TokenCredential> =
            managed_identity(required_var("AZURE_CLIENT_ID")?)?;
        Ok(Self {
            mysql_url: required_var("OCR_MYSQL_URL")?,
            hub: Hub::from_env(NAME, "OCR_EVENTS_ENDPOINT")?,
            documents_url: required_var("OCR_DOCUMENTS_URL")?,
            engine: engine(&required_var("OCR_ENGINE")?, &identity)?,
            sealing_vault_url: required_var("OCR_SEALING_VAULT_URL")?,
            identity,
        })
    }
}

/// `tesseract`, or the address of a Document Intelligence account.
fn engine(setting: &str, identity: &Arc<dyn TokenCredential>) -> Result<Engine, ConfigError> {
    if setting == TESSERACT {
        return Ok(Engine::Tesseract(Tesseract::default()));
    }
    let invalid = ConfigError::Invalid("OCR_ENGINE", "`tesseract` or an https:// URL is expected");
    if !setting.starts_with("https://") {
        return Err(invalid);
    }
    let account = DocumentIntelligence::new(setting, Arc::clone(identity)).ok_or(invalid)?;
    Ok(Engine::DocumentIntelligence(account))
}
