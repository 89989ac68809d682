//! A business and what its owner says of it.

use events::business_profile::BusinessChangedV1;
use serde::Deserialize;
use utoipa::ToSchema;
use values::{BusinessId, CategoryCode, DisplayName, FpsId, UserId};

/// The most businesses that one person owns.
pub(crate) const BUSINESSES_PER_OWNER_MAX: usize = 5;

/// What the owner says of a business.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusinessDetails {
    /// The name that payers see.
    pub(crate) shop_name: DisplayName,
    pub(crate) category_code: CategoryCode,
    /// Null if the business cannot be paid by FPS.
    pub(crate) fps_id: Option<FpsId>,
}

/// A business, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Business {
    pub(crate) business_id: BusinessId,
    pub(crate) owner_user_id: UserId,
    pub(crate) details: BusinessDetails,
    /// Counts the changes, from 1.
    pub(crate) version: u32,
}

impl Business {
    /// What other services may know.
    pub(crate) fn changed_event(&self) -> BusinessChangedV1 {
        let details = self.details.clone();
        BusinessChangedV1 {
            business_id: self.business_id.to_string(),
            version: self.version,
            owner_user_id: self.owner_user_id.to_string(),
            shop_name: details.shop_name.into(),
            category_code: details.category_code.into(),
            fps_id: details.fps_id.map(String::from),
        }
    }
}
