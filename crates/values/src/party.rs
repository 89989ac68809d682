//! Who pays or is paid, as the other side's screen shows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{BusinessId, UserId};

/// One side of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Party {
    /// A person.
    User {
        /// Whom.
        id: UserId,
        /// Null if the person has not chosen one.
        #[schema(example = "陳大文")]
        name: Option<String>,
    },
    /// A shop.
    Business {
        /// Which.
        id: BusinessId,
        /// The shop's name.
        #[schema(example = "永記茶餐廳")]
        name: String,
    },
    /// Somebody at another bank or wallet, paid by the Faster Payment System.
    Fps {
        /// As their bank has it.
        #[schema(example = "DEMO SHOP LTD")]
        name: String,
    },
}

impl Party {
    /// A person; an empty name stands for none.
    pub fn user(id: UserId, name: String) -> Self {
        Self::User { id, name: Some(name).filter(|name| !name.is_empty()) }
    }
}
