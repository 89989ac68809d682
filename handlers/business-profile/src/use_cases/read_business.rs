//! A person reads a business that they own or work in.

use serde::Serialize;
use service::{Error, Id, Merchant, Versioned};
use utoipa::ToSchema;
use values::{
    BusinessId, CategoryCode, DisplayName, FpsId, LatinName, NO_BUSINESS, PictureId, ShopRole,
    UserId,
};

use crate::domain::{Business, BusinessDetails};
use crate::{App, store};

/// A business that the caller owns or works in.
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
    /// Shown at `/api/v1/businesses/logos/{picture_id}/small` and `…/large`; null without one.
    logo_id: Option<PictureId>,
    /// What the caller is there.
    role: ShopRole,
    /// Counts the changes, from 1.
    version: u32,
}

impl BusinessBody {
    pub(crate) fn of((business, role): store::Found) -> Self {
        let Business { business_id, owner_user_id, details, logo_id, version, .. } = business;
        let BusinessDetails { shop_name, shop_name_latin, category_code, fps_id } = details;
        Self {
            business_id,
            owner_user_id,
            shop_name,
            shop_name_latin,
            category_code,
            fps_id,
            logo_id,
            role,
            version,
        }
    }

    pub(crate) fn versioned(found: store::Found) -> Versioned<Self> {
        Versioned { version: found.0.version, body: Self::of(found) }
    }
}

pub(crate) async fn read_business(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
) -> Result<Versioned<BusinessBody>, Error> {
    let mut conn = app.database.conn().await?;
    let business = store::find_business(&mut conn, person.user_id, business_id).await?;
    Ok(BusinessBody::versioned(business.ok_or(NO_BUSINESS)?))
}
