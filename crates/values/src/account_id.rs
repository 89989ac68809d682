//! An account as the API names it: by the person or the business whose money it holds.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::{BusinessId, IdError, UserId};

/// `usr_…` names a wallet, `biz_…` a shop's account; the bank's accounts have no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AccountId {
    /// A person's wallet.
    User(UserId),
    /// A shop's takings.
    Business(BusinessId),
}

impl AccountId {
    /// As stored.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::User(id) => id.uuid(),
            Self::Business(id) => id.uuid(),
        }
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.parse() {
            Err(IdError::WrongPrefix(_)) => {}
            user => return user.map(Self::User),
        }
        match text.parse() {
            Err(IdError::WrongPrefix(_)) => Err(IdError::NoAccount),
            business => business.map(Self::Business),
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

// By hand: derived, it would be the schema of an enum, not of the text.
impl PartialSchema for AccountId {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("`usr_…` names a wallet, `biz_…` a shop's account."))
            .pattern(Some("^(usr|biz)_[0-7][0-9a-hjkmnp-tv-z]{25}$"))
            .examples(["usr_01h455vb4pex5vsknk084sn02q"])
            .into()
    }
}

impl ToSchema for AccountId {
    fn name() -> Cow<'static, str> {
        "AccountId".into()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Business(id) => id.fmt(f),
        }
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn an_account_is_named_by_its_person_or_its_business() {
        let (person, business) = (UserId::new(), BusinessId::new());
        for (id, text, uuid) in [
            (AccountId::User(person), person.to_string(), person.uuid()),
            (AccountId::Business(business), business.to_string(), business.uuid()),
        ] {
            assert_eq!((text.parse(), id.to_string(), id.uuid()), (Ok(id), text.clone(), uuid));
            assert_eq!(to_value(id).unwrap(), json!(text));
            assert_eq!(from_value::<AccountId>(json!(text)).unwrap(), id);
        }
    }

    #[test]
    fn nothing_else_names_an_account() {
        for text in ["", "usr", "pay_01h455vb4pex5vsknk084sn02q", "bank_clearing"] {
            assert_eq!(text.parse::<AccountId>(), Err(IdError::NoAccount), "{text}");
        }
        for text in ["usr_", "biz_x", "biz_01h455vb4pex5vsknk084sn02q\n"] {
            assert_eq!(text.parse::<AccountId>(), Err(IdError::MalformedSuffix), "{text}");
        }
    }
}
