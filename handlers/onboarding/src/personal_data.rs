//! What is personal is sealed on its way into the database, each piece for the place where it
//! stands, and opened only where somebody needs it. Nothing here is logged.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::ocr::ReadingV1;
use sealed::{BlindIndex, SealError, Sealed, SealedColumn, SealingKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::database::Database;
use service::{ConfigError, Error, causes};
use values::{ApplicationId, DocumentId};

use crate::domain::{Details, Entry, FoundEntry, Screenee};
use crate::store::applications::SealedDetails;

/// The key of what applicants say.
const PERSONAL_KEY: &str = "personal-data";
/// The key with which `ocr` seals what it has read for this service.
const READINGS_KEY: &str = "documents";

/// Under the first key.
const PERSONAL_COLUMNS: [SealedColumn; 3] = [
    SealedColumn { table: "applications", id: "application_id", column: "details" },
    SealedColumn { table: "applications", id: "application_id", column: "screenees" },
    SealedColumn { table: "sealed_hits", id: "application_id", column: "entry" },
];
/// Under the second.
const READINGS: SealedColumn =
    SealedColumn { table: "documents", id: "document_id", column: "reading" };

/// Seals and opens.
pub(crate) struct PersonalData {
    personal: SealingKey,
    readings: SealingKey,
    index: BlindIndex,
}

impl PersonalData {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
        index_key: &[u8],
    ) -> Result<Self, ConfigError> {
        let key = |name| {
            SealingKey::new(credential.clone(), vault_url, name)
                .map_err(|_| ConfigError::Invalid("ONBOARDING_VAULT_URL", "no vault's address"))
        };
        let index = BlindIndex::new(index_key)
            .map_err(|_| ConfigError::Invalid("ONBOARDING_INDEX_KEY", "32 bytes are expected"))?;
        Ok(Self { personal: key(PERSONAL_KEY)?, readings: key(READINGS_KEY)?, index })
    }

    pub(crate) async fn seal_details(
        &self,
        id: ApplicationId,
        details: &Details,
    ) -> Result<SealedDetails, Error> {
        let number = details.document_number();
        Ok(SealedDetails {
            details: self.seal(&format!("applications.details:{id}"), details).await?,
            number_index: number.map(|(kind, number)| self.index.of(kind, &number)),
        })
    }

    /// By which the same details are known again: a plain digest could be guessed.
    pub(crate) fn fingerprint(&self, details: &Details) -> Result<Vec<u8>, Error> {
        let text = serde_json::to_string(details).map_err(Error::internal)?;
        Ok(self.index.of("details", &text).to_vec())
    }

    pub(crate) async fn open_details(
        &self,
        id: ApplicationId,
        sealed: &[u8],
    ) -> Result<Details, Error> {
        let context = format!("applications.details:{id}");
        Ok(open(&self.personal, &context, sealed).await?)
    }

    pub(crate) async fn seal_screenees(
        &self,
        id: ApplicationId,
        screenees: &[Screenee],
    ) -> Result<Vec<u8>, Error> {
        self.seal(&format!("applications.screenees:{id}"), screenees).await
    }

    pub(crate) async fn open_screenees(
        &self,
        id: ApplicationId,
        sealed: &[u8],
    ) -> Result<Vec<Screenee>, Error> {
        let context = format!("applications.screenees:{id}");
        Ok(open(&self.personal, &context, sealed).await?)
    }

    /// By which the same entry of a list is known again: lists are public, so a plain digest would
    /// tell whose name somebody's is like.
    pub(crate) fn entry_index(&self, entry: &Entry) -> Result<[u8; 32], Error> {
        let text = serde_json::to_string(entry).map_err(Error::internal)?;
        Ok(self.index.of("entry", &text))
    }

    pub(crate) async fn seal_entry(
        &self,
        id: ApplicationId,
        entry_index: &[u8; 32],
        entry: &FoundEntry,
    ) -> Result<Vec<u8>, Error> {
        self.seal(&entry_context(id, entry_index), entry).await
    }

    pub(crate) async fn open_entry(
        &self,
        id: ApplicationId,
        entry_index: &[u8; 32],
        sealed: &[u8],
    ) -> Result<FoundEntry, Error> {
        let context = entry_context(id, entry_index);
        Ok(open(&self.personal, &context, sealed).await?)
    }

    /// None if what came is not what `ocr` has sealed for this document: no repeat will help.
    pub(crate) async fn open_reading(
        &self,
        id: DocumentId,
        sealed: &[u8],
    ) -> Result<Option<ReadingV1>, Error> {
        match open(&self.readings, &id.to_string(), sealed).await {
            Ok(reading) => Ok(Some(reading)),
            Err(OpenError::Sealed(error @ SealError::Unavailable(_))) => Err(error.into()),
            Err(error) => {
                tracing::error!(document_id = %id, causes = causes(&error), "a reading is damaged");
                Ok(None)
            }
        }
    }

    /// After a rotation of a key: some of what older versions wrap.
    pub(crate) async fn rewrap(&self, database: &Database) -> Result<(), Error> {
        self.personal.rewrap_columns(database, &PERSONAL_COLUMNS).await?;
        self.readings.rewrap_columns(database, &[READINGS]).await
    }

    async fn seal(
        &self,
        context: &str,
        data: &(impl Serialize + ?Sized),
    ) -> Result<Vec<u8>, Error> {
        let text = serde_json::to_vec(data).map_err(Error::internal)?;
        Ok(self.personal.seal(context, &text).await?.to_bytes())
    }
}

fn entry_context(id: ApplicationId, entry_index: &[u8; 32]) -> String {
    format!("sealed_hits.entry:{id}:{}", STANDARD.encode(entry_index))
}

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
enum OpenError {
    #[error("what is sealed was not opened")]
    Sealed(#[from] SealError),
    /// Its cause would show a part of the text.
    #[error("what was sealed is not of its form")]
    Form,
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Sealed(error) => error.into(),
            OpenError::Form => Self::internal(error),
        }
    }
}

async fn open<T: DeserializeOwned>(
    key: &SealingKey,
    context: &str,
    sealed: &[u8],
) -> Result<T, OpenError> {
    let text = key.open(context, &Sealed::try_from(sealed)?).await?;
    serde_json::from_slice(&text).map_err(|_| OpenError::Form)
}
