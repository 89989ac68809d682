//! Somebody reads when a shop is open.

use serde::Serialize;
use service::database::now;
use service::{Caller, Error, Id, Versioned};
use utoipa::ToSchema;
use values::{BusinessId, NO_BUSINESS, Timestamp};

use crate::domain::{Door, OpeningHours, SpecialDay, Week};
use crate::{App, store};

/// When a shop is open, by Hong Kong's clocks.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoursBody {
    /// Null: the shop has not said.
    week: Option<Week>,
    /// In the order of the calendar; those that are over too.
    special_days: Vec<SpecialDay>,
    /// Whether it is open at the moment of this answer; null: the shop has not said.
    #[schema(example = true)]
    is_open: Option<bool>,
    /// When it closes, or if it is closed, when it opens; null if that is not for two months, or
    /// the shop has not said.
    changes_at: Option<Timestamp>,
    /// Counts the changes, from 1.
    version: u32,
}

impl HoursBody {
    pub(crate) fn versioned(hours: OpeningHours, version: u32) -> Versioned<Self> {
        let Door { is_open, changes_at } = hours.door(now());
        let OpeningHours { week, special_days } = hours;
        let changes_at = changes_at.map(Timestamp::from);
        Versioned { version, body: Self { week, special_days, is_open, changes_at, version } }
    }
}

pub(crate) async fn read_hours(
    app: App,
    Id(business_id): Id<BusinessId>,
    _anybody: Caller,
) -> Result<Versioned<HoursBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::hours::find_hours(&mut conn, business_id).await?;
    let (hours, version) = found.ok_or(NO_BUSINESS)?;
    Ok(HoursBody::versioned(hours, version))
}
