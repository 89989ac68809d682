//! Phone numbers are sealed on their way into the database, under a key of Key Vault, and found
//! again by an index. To find one, or to compare, costs no call of the vault.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use sealed::{BlindIndex, Sealed, SealedColumn, SealingKey};
use service::database::Database;
use service::{ConfigError, Error};
use values::{Phone, RecoveryId, UserId};

use crate::domain::{IndexedPhone, KeptPhone, PhoneIndex, SealedPhone};
use crate::store::recoveries::OldPhone;
use crate::store::users::Registration;

const SEALING_KEY: &str = "phones";
const PHONES: SealedColumn = SealedColumn { table: "users", id: "user_id", column: "phone_sealed" };
/// Of the texts under the index key.
const INDEXED_AS: &str = "phone";

/// What was opened is no number. It is not shown.
#[derive(Debug, thiserror::Error)]
#[error("a phone number cannot be read")]
struct Unreadable;

/// Seals and opens. What it has opened it remembers for minutes.
pub(crate) struct PhoneVault {
    key: SealingKey,
    index: BlindIndex,
}

impl PhoneVault {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
        index_key: &[u8],
    ) -> Result<Self, ConfigError> {
        let key = SealingKey::new(credential, vault_url, SEALING_KEY)
            .map_err(|_| ConfigError::Invalid("AUTH_VAULT_URL", "no vault's address"))?;
        let index = BlindIndex::new(index_key)
            .map_err(|_| ConfigError::Invalid("AUTH_INDEX_KEY", "32 bytes are expected"))?;
        Ok(Self { key, index })
    }

    pub(crate) fn index(&self, phone: &Phone) -> PhoneIndex {
        self.index.of(INDEXED_AS, &phone.to_string())
    }

    pub(crate) fn indexed<'a>(&self, phone: &'a Phone) -> IndexedPhone<'a> {
        IndexedPhone { phone, index: self.index(phone) }
    }

    /// Before the transaction that writes it: a call of the vault must not hold a row.
    pub(crate) async fn seal(&self, user_id: UserId, phone: &Phone) -> Result<SealedPhone, Error> {
        let sealed = self.seal_in(&user_context(user_id), phone).await?;
        Ok(SealedPhone { phone: phone.clone(), index: self.index(phone), sealed })
    }

    /// The number that the user has.
    pub(crate) async fn open(
        &self,
        user_id: UserId,
        registration: &Registration,
    ) -> Result<Phone, Error> {
        match &registration.phone {
            KeptPhone::Clear(phone) => Ok(phone.clone()),
            KeptPhone::Index(_) => self.open_in(&user_context(user_id), &registration.sealed).await,
        }
    }

    /// The same of the number whose account is asked for.
    pub(crate) async fn seal_old(&self, id: RecoveryId, phone: &Phone) -> Result<Vec<u8>, Error> {
        self.seal_in(&recovery_context(id), phone).await
    }

    pub(crate) async fn open_old(&self, id: RecoveryId, phone: &OldPhone) -> Result<Phone, Error> {
        match phone {
            OldPhone::Clear(phone) => Ok(phone.clone()),
            OldPhone::Sealed(sealed) => self.open_in(&recovery_context(id), sealed).await,
        }
    }

    /// After a rotation of the key: some of what older versions wrap.
    pub(crate) async fn rewrap(&self, database: &Database) -> Result<(), Error> {
        self.key.rewrap_columns(database, &[PHONES]).await
    }

    async fn seal_in(&self, context: &str, phone: &Phone) -> Result<Vec<u8>, Error> {
        Ok(self.key.seal(context, phone.to_string().as_bytes()).await?.to_bytes())
    }

    async fn open_in(&self, context: &str, sealed: &[u8]) -> Result<Phone, Error> {
        let bytes = self.key.open(context, &Sealed::try_from(sealed)?).await?;
        let phone = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
        phone.ok_or_else(|| Error::internal(Unreadable))
    }
}

/// Where the bytes stand, so that they open in no other row.
fn user_context(user_id: UserId) -> String {
    format!("users.phone:{user_id}")
}

fn recovery_context(id: RecoveryId) -> String {
    format!("recoveries.old_phone:{id}")
}
