//! A shop, as business-profile's events describe it.

use events::business_profile::BusinessChangedV1;
use values::{BusinessId, CategoryCode, DisplayName, FpsId, LatinName, PictureId};

/// What stands in a shop's codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) business_id: BusinessId,
    pub(crate) shop_name: DisplayName,
    /// The owner's own spelling of the name, if they gave one.
    pub(crate) shop_name_latin: Option<LatinName>,
    pub(crate) category_code: CategoryCode,
    /// None if the shop cannot be paid by FPS.
    pub(crate) fps_id: Option<FpsId>,
    /// What its page shows; of business-profile's pictures.
    pub(crate) logo_id: Option<PictureId>,
    pub(crate) is_closed: bool,
}

impl Shop {
    /// The shop if it can be paid: a closed one has no code any more.
    pub(crate) fn open(self) -> Option<Self> {
        (!self.is_closed).then_some(self)
    }
}

/// Why an event describes no shop that a code can name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Id(#[from] values::IdError),
    #[error(transparent)]
    Name(#[from] values::TextError),
    #[error(transparent)]
    LatinName(#[from] values::LatinNameError),
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
            shop_name_latin: business.shop_name_latin.map(LatinName::try_from).transpose()?,
            category_code: business.category_code.try_into()?,
            fps_id: business.fps_id.map(FpsId::try_from).transpose()?,
            logo_id: business.logo_id.flatten().map(|id| id.parse()).transpose()?,
            is_closed: business.is_closed,
        })
    }
}
