//! An account as the API names it: by the person or the business whose money it holds.

use uuid::Uuid;

use crate::either_id::either_id;
use crate::{BusinessId, UserId};

// The bank's accounts have no such name.
either_id! {
    /// `usr_…` names a wallet, `biz_…` a shop's account.
    pub enum AccountId {
        /// A person's wallet.
        User(UserId),
        /// A shop's takings.
        Business(BusinessId),
    }
    otherwise NoAccount
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

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::IdError;

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
