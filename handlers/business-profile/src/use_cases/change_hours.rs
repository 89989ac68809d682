//! Whoever runs a shop says when it is open.

use serde::Deserialize;
use service::{Change, Error, Id, IfMatch, Merchant, MergePatch, Versioned};
use utoipa::ToSchema;
use values::{BusinessId, NO_BUSINESS, ShopAct};

use super::read_hours::HoursBody;
use crate::domain::{OpeningHours, SpecialDay, Week};
use crate::{App, store};

/// What is said anew; each field as a whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"special_days": [{"date": "2026-12-25", "open": []}]}))]
pub(crate) struct ChangeHours {
    /// Null takes back what was said.
    #[serde(default)]
    #[schema(value_type = Option<Week>)]
    week: Change<Option<Week>>,
    /// At most 60; those that are not named are as their weekdays.
    #[serde(default)]
    #[schema(value_type = Vec<SpecialDay>, max_items = 60)]
    special_days: Change<Vec<SpecialDay>>,
}

/// No other service is told: none asks.
pub(crate) async fn change_hours(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
    if_match: IfMatch,
    MergePatch(input): MergePatch<ChangeHours>,
) -> Result<Versioned<HoursBody>, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, person.user_id, business_id).await?;
    let (_, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::SayHours)?;
    let found = store::hours::find_hours(&mut tx, business_id).await?;
    let (old, version) = found.ok_or(NO_BUSINESS)?;
    if_match.require(version)?;
    let new = OpeningHours {
        week: input.week.given().unwrap_or_else(|| old.week.clone()),
        special_days: input.special_days.given().unwrap_or_else(|| old.special_days.clone()),
    };
    let new = new.checked()?;
    if new == old {
        return Ok(HoursBody::versioned(old, version));
    }
    let version = version.saturating_add(1);
    store::hours::update_hours(&mut tx, business_id, &new, version).await?;
    tx.commit().await?;
    Ok(HoursBody::versioned(new, version))
}
