//! A shop, as business-profile told of it.

use events::business_profile::BusinessChangedV1;
use values::{BusinessId, CategoryCode, DisplayName, FpsId};

/// What stands in a shop's codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) business_id: BusinessId,
    pub(crate) shop_name: DisplayName,
    pub(crate) category_code: CategoryCode,
    /// None if the shop cannot be paid by FPS.
    pub(crate) fps_id: Option<FpsId>,
}

/// What cannot stand in a code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Id(#[from] values::IdError),
    #[error(transparent)]
    Name(#[from] values::DisplayNameError),
    #[error(transparent)]
    CategoryCode(#[from] values::CategoryCodeError),
    #[error(transparent)]
    FpsId(#[from] values::FpsIdError),
}

impl TryFrom<BusinessChangedV1> for Shop {
    type Error = ShopError;

    fn try_from(business: BusinessChangedV1) -> Result<Self, ShopError> {
        Ok(Self {
            business_id: business.business_id.parse()?,
            shop_name: business.shop_name.try_into()?,
            category_code: business.category_code.try_into()?,
            fps_id: business.fps_id.map(FpsId::try_from).transpose()?,
        })
    }
}
