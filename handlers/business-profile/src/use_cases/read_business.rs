//! A person reads one of their own businesses.

use serde::Serialize;
use utoipa::ToSchema;
use values::{BusinessId, CategoryCode, DisplayName, FpsId, UserId};

use crate::domain::{Business, BusinessDetails};
use crate::error::Error;
use crate::{App, store};

/// A business of the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessBody {
    business_id: BusinessId,
    owner_user_id: UserId,
    /// The name that payers see.
    shop_name: DisplayName,
    category_code: CategoryCode,
    /// Null if the business cannot be paid by FPS.
    fps_id: Option<FpsId>,
    /// Counts the changes, from 1.
    version: u32,
}

impl From<Business> for BusinessBody {
    fn from(business: Business) -> Self {
        let Business { business_id, owner_user_id, details, version } = business;
        let BusinessDetails { shop_name, category_code, fps_id } = details;
        Self { business_id, owner_user_id, shop_name, category_code, fps_id, version }
    }
}

pub(crate) async fn read_business(
    app: &App,
    owner_user_id: UserId,
    business_id: BusinessId,
) -> Result<BusinessBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let business = store::find_business(&mut conn, owner_user_id, business_id).await?;
    Ok(BusinessBody::from(business.ok_or(Error::NoBusiness)?))
}
