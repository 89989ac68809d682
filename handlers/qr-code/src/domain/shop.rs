//! A shop, as business-profile told of it.

use events::business_profile::BusinessChangedV1;
use values::{BusinessId, DisplayName};

use super::fps::is_fps_id;

/// What stands in a shop's codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) business_id: BusinessId,
    pub(crate) shop_name: DisplayName,
    /// ISO 18245, four digits.
    pub(crate) category_code: String,
    /// Seven to nine digits; absent if the shop cannot be paid by FPS.
    pub(crate) fps_id: Option<String>,
}

/// What cannot stand in a code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Id(#[from] values::IdError),
    #[error(transparent)]
    Name(#[from] values::DisplayNameError),
    #[error("the category code is not four digits")]
    CategoryCode,
    #[error("the FPS identifier is not seven to nine digits")]
    FpsId,
}

impl TryFrom<BusinessChangedV1> for Shop {
    type Error = ShopError;

    fn try_from(business: BusinessChangedV1) -> Result<Self, ShopError> {
        let code = business.category_code;
        if code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ShopError::CategoryCode);
        }
        if !business.fps_id.as_deref().is_none_or(is_fps_id) {
            return Err(ShopError::FpsId);
        }
        Ok(Self {
            business_id: business.business_id.parse()?,
            shop_name: business.shop_name.try_into()?,
            category_code: code,
            fps_id: business.fps_id,
        })
    }
}
