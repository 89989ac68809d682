//! Whose account it is, as the rest of the platform knows them. Only `store::pseudonyms` brings
//! this together with the account in the graph.

use uuid::Uuid;
use values::{AccountId, UserId, code_enum};

code_enum! {
    /// What an account of the graph is.
    pub(crate) enum GraphAccountType {
        /// A person, and the wallet that each has one of.
        User = "user",
        /// A business, and what it takes.
        Business = "business",
        /// Whatever is outside at banks for the money of one person or business: events do not say
        /// which account.
        Bank = "bank",
        /// Where what a person gives away waits for whoever takes it.
        Escrow = "escrow",
    }
}

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Subject {
    pub(crate) kind: GraphAccountType,
    /// Of the person or the business.
    pub(crate) id: Uuid,
}

impl Subject {
    pub(crate) const fn of(kind: GraphAccountType, person: UserId) -> Self {
        Self { kind, id: person.uuid() }
    }

    /// Everything that goes when this person or business is forgotten.
    pub(crate) fn all_of(account: AccountId) -> Vec<Self> {
        let kinds: &[GraphAccountType] = match account {
            AccountId::User(_) => {
                &[GraphAccountType::User, GraphAccountType::Bank, GraphAccountType::Escrow]
            }
            AccountId::Business(_) => &[GraphAccountType::Business, GraphAccountType::Bank],
        };
        kinds.iter().map(|kind| Self { kind: *kind, id: account.uuid() }).collect()
    }

    /// What is digested of one who was forgotten.
    pub(crate) fn text(self) -> String {
        format!("{}:{}", self.kind.code(), self.id.simple())
    }
}

impl From<AccountId> for Subject {
    fn from(account: AccountId) -> Self {
        let kind = match account {
            AccountId::User(_) => GraphAccountType::User,
            AccountId::Business(_) => GraphAccountType::Business,
        };
        Self { kind, id: account.uuid() }
    }
}

#[cfg(test)]
mod tests {
    use values::BusinessId;

    use super::*;

    #[test]
    fn whoever_is_forgotten_is_forgotten_with_their_bank_also_a_business() {
        use GraphAccountType::{Bank, Business, Escrow, User};
        let forgotten = |account| Subject::all_of(account).into_iter().map(|one| one.kind);
        let person = AccountId::User(UserId::new());
        assert_eq!(forgotten(person).collect::<Vec<_>>(), [User, Bank, Escrow]);
        let business = AccountId::Business(BusinessId::new());
        assert_eq!(forgotten(business).collect::<Vec<_>>(), [Business, Bank]);
        assert!(Subject::all_of(business).iter().all(|one| one.id == business.uuid()));
    }
}
