//! A person reads one of their own businesses.

use serde::Serialize;
use service::{Error, Id, Merchant, Versioned};
use utoipa::ToSchema;
use values::{BusinessId, CategoryCode, DisplayName, FpsId, LatinName, NO_BUSINESS, UserId};

use crate::domain::{Business, BusinessDetails};
use crate::{App, store};

/// A business of the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessBody {
    business_id: BusinessId,
    owner_user_id: UserId,
    /// The name that payers see.
    shop_name: DisplayName,
    /// The shop's name in payment codes, for readers that show Latin letters only. Null: the codes
    /// transliterate `shop_name`.
    shop_name_latin: Option<LatinName>,
    category_code: CategoryCode,
    /// Null if the business cannot be paid by FPS.
    fps_id: Option<FpsId>,
    /// Counts the changes, from 1.
    version: u32,
}

impl From<Business> for BusinessBody {
    fn from(business: Business) -> Self {
        let Business { business_id, owner_user_id, details, version, .. } = business;
        let BusinessDetails { shop_name, shop_name_latin, category_code, fps_id } = details;
        Self {
            business_id,
            owner_user_id,
            shop_name,
            shop_name_latin,
            category_code,
            fps_id,
            version,
        }
    }
}

impl BusinessBody {
    pub(crate) fn versioned(business: Business) -> Versioned<Self> {
        Versioned { version: business.version, body: Self::from(business) }
    }
}

pub(crate) async fn read_business(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
) -> Result<Versioned<BusinessBody>, Error> {
    let mut conn = app.database.conn().await?;
    let business = store::find_business(&mut conn, owner.user_id, business_id).await?;
    Ok(BusinessBody::versioned(business.ok_or(NO_BUSINESS)?))
}
