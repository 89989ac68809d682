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
        /// Whatever is outside at banks for one person's money: events do not say which account.
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
            AccountId::Business(_) => &[GraphAccountType::Business],
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
