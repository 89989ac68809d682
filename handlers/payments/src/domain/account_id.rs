//! An account as the API names it: by the person or the business whose money it holds.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BusinessId, IdError, UserId};

use super::AccountKind;

/// `usr_…` names a wallet, `biz_…` a shop's account; the bank's accounts have no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(into = "String")]
#[schema(
    value_type = String,
    pattern = "^(usr|biz)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
    example = "usr_01h455vb4pex5vsknk084sn02q"
)]
pub(crate) struct AccountId(Holder);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Person(UserId),
    Business(BusinessId),
}

impl AccountId {
    /// As stored.
    pub(crate) const fn uuid(self) -> Uuid {
        match self.0 {
            Holder::Person(id) => id.uuid(),
            Holder::Business(id) => id.uuid(),
        }
    }

    /// The kind that an account of this name must have.
    pub(crate) const fn kind(self) -> AccountKind {
        match self.0 {
            Holder::Person(_) => AccountKind::Wallet,
            Holder::Business(_) => AccountKind::Merchant,
        }
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let holder = match text.parse() {
            Err(IdError::WrongPrefix(_)) => Holder::Business(text.parse()?),
            person => Holder::Person(person?),
        };
        Ok(Self(holder))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Holder::Person(id) => id.fmt(f),
            Holder::Business(id) => id.fmt(f),
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
    use super::*;

    #[test]
    fn an_account_is_named_by_its_person_or_its_business() {
        let (person, business) = (UserId::new(), BusinessId::new());
        let wallet: AccountId = person.to_string().parse().unwrap();
        assert_eq!((wallet.uuid(), wallet.kind()), (person.uuid(), AccountKind::Wallet));
        let shop: AccountId = business.to_string().parse().unwrap();
        assert_eq!((shop.uuid(), shop.kind()), (business.uuid(), AccountKind::Merchant));
        assert_eq!(shop.to_string(), business.to_string());
    }

    #[test]
    fn nothing_else_names_an_account() {
        for text in ["", "usr_", "biz_x", "pay_01h455vb4pex5vsknk084sn02q", "bank_clearing"] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }
}
