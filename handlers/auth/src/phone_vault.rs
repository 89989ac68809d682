//! Phone numbers are sealed on their way into the database, under a key of Key Vault, and found
//! again by an index. To find one, or to compare, costs no call of the vault.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use sealed::{BlindIndex, Sealed, SealedColumn, SealingKey};
use service::database::Database;
use service::{ConfigError, Error};
use tokio::sync::OnceCell;
use values::{Phone, RecoveryId, UserId};

use crate::domain::{IndexedPhone, KeptPhone, PhoneIndex, SealedPhone};
use crate::store::phone_sealing;
use crate::store::recoveries::OldPhone;
use crate::store::users::Registration;

const SEALING_KEY: &str = "phones";
/// The few numbers that an account is asked for by first: all others take days.
const PHONES: [SealedColumn; 2] = [
    SealedColumn { table: "recoveries", id: "recovery_id", column: "old_phone_sealed" },
    SealedColumn { table: "users", id: "user_id", column: "phone_sealed" },
];
/// Of the texts under the index key.
const INDEXED_AS: &str = "phone";

/// Behind it stands no number, so nothing is told by its index.
const CHECKED_TEXT: &str = "check";

/// With it nobody would be found, and every number could sign up again.
#[derive(Debug, thiserror::Error)]
#[error("AUTH_INDEX_KEY is not the key that phone numbers were indexed with")]
struct OtherIndexKey;

/// What was opened is no number. It is not shown.
#[derive(Debug, thiserror::Error)]
#[error("a phone number cannot be read")]
struct Unreadable;

/// Seals and opens. What it has opened it remembers for minutes.
pub(crate) struct PhoneVault {
    key: SealingKey,
    index: BlindIndex,
    database: Database,
    /// Set once the index key is known to be the one that rows were indexed with.
    checked: OnceCell<()>,
}

impl PhoneVault {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
        index_key: &[u8],
        database: Database,
    ) -> Result<Self, ConfigError> {
        let key = SealingKey::new(credential, vault_url, SEALING_KEY)
            .map_err(|_| ConfigError::Invalid("AUTH_VAULT_URL", "no vault's address"))?;
        let index = BlindIndex::new(index_key)
            .map_err(|_| ConfigError::Invalid("AUTH_INDEX_KEY", "32 bytes are expected"))?;
        Ok(Self { key, index, database, checked: OnceCell::new() })
    }

    /// Asked for while no connection is held: the first use takes one of its own. Refuses where the
    /// key is another than the one of the rows.
    pub(crate) async fn index(&self, phone: &Phone) -> Result<PhoneIndex, Error> {
        self.checked.get_or_try_init(|| self.check_index_key()).await?;
        Ok(self.index.of(INDEXED_AS, &phone.to_string()))
    }

    pub(crate) async fn indexed<'a>(&self, phone: &'a Phone) -> Result<IndexedPhone<'a>, Error> {
        Ok(IndexedPhone { phone, index: self.index(phone).await? })
    }

    async fn check_index_key(&self) -> Result<(), Error> {
        let ours = self.index.of(INDEXED_AS, CHECKED_TEXT);
        let mut conn = self.database.conn().await?;
        if phone_sealing::find_index_check(&mut conn, &ours).await? == ours {
            return Ok(());
        }
        Err(Error::internal(OtherIndexKey))
    }

    /// Before the transaction that writes it: a call of the vault must not hold a row.
    pub(crate) async fn seal(&self, user_id: UserId, phone: &Phone) -> Result<SealedPhone, Error> {
        let index = self.index(phone).await?;
        let sealed = self.seal_in(&user_context(user_id), phone).await?;
        Ok(SealedPhone { phone: phone.clone(), index, sealed })
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
        self.key.rewrap_columns(database, &PHONES).await
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
