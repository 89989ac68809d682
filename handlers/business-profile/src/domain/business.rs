//! A business and what its owner says of it.

use events::business_profile::BusinessChangedV1;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use values::{BusinessId, CategoryCode, DisplayName, FpsId, LatinName, PictureId, UserId};

/// The most businesses that one person owns.
pub(crate) const BUSINESSES_PER_OWNER_MAX: u64 = 5;

/// What the owner says of a business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusinessDetails {
    /// The name that payers see.
    pub(crate) shop_name: DisplayName,
    /// The shop's name in payment codes, for readers that show Latin letters only. Null: the codes
    /// transliterate `shop_name`.
    pub(crate) shop_name_latin: Option<LatinName>,
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
    pub(crate) logo_id: Option<PictureId>,
    /// Counts the changes, from 1.
    pub(crate) version: u32,
    pub(crate) is_closed: bool,
}

impl Business {
    pub(crate) const fn open(
        business_id: BusinessId,
        owner_user_id: UserId,
        details: BusinessDetails,
    ) -> Self {
        Self { business_id, owner_user_id, details, logo_id: None, version: 1, is_closed: false }
    }

    /// Whether anything is new; only that makes another version.
    pub(crate) fn change(&mut self, details: BusinessDetails, logo_id: Option<PictureId>) -> bool {
        let is_new = details != self.details || logo_id != self.logo_id;
        if is_new {
            (self.details, self.logo_id) = (details, logo_id);
            self.version = self.version.saturating_add(1);
        }
        is_new
    }

    /// It is another person's from now on. The FPS id goes: what is sent there comes to a bank
    /// account of the owner before.
    pub(crate) fn hand_over(&mut self, to: UserId) {
        self.owner_user_id = to;
        self.details.fps_id = None;
        self.version = self.version.saturating_add(1);
    }

    /// It stays closed: nobody can pay it any more.
    pub(crate) const fn close(&mut self) {
        self.is_closed = true;
        self.logo_id = None;
        self.version = self.version.saturating_add(1);
    }

    /// What other services may know.
    pub(crate) fn changed_event(&self) -> BusinessChangedV1 {
        let details = self.details.clone();
        BusinessChangedV1 {
            business_id: self.business_id.to_string(),
            version: self.version,
            owner_user_id: self.owner_user_id.to_string(),
            shop_name: details.shop_name.into(),
            shop_name_latin: details.shop_name_latin.map(String::from),
            category_code: details.category_code.into(),
            fps_id: details.fps_id.map(String::from),
            is_closed: self.is_closed,
            logo_id: Some(self.logo_id.map(String::from)),
        }
    }
}
