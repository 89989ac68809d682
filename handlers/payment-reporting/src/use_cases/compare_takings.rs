//! What a shop took, beside the same weekdays of the week before.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{AsOf, Error, Id, Json, Merchant, Query, ReadAfter};
use utoipa::{IntoParams, ToSchema};
use values::{BusinessId, HongKongDate, hong_kong_day};

use super::own_shop::counted_as_of;
use super::takings_body::{TakingsBody, as_of};
use crate::domain::{Period, Takings, week_before};
use crate::{App, store};

/// A month.
const DAYS_MAX: i32 = 31;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareTakings {
    /// In Hong Kong.
    #[param(inline)]
    first_day: HongKongDate,
    /// In Hong Kong, at most 31 days with the first.
    #[param(inline)]
    last_day: HongKongDate,
}

/// What was taken in a period, and a week earlier.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakingsComparisonBody {
    total: TakingsBody,
    total_week_before: TakingsBody,
    /// Each day of the period, in order.
    days: Vec<ComparedDayBody>,
}

/// What was taken on a day, and on the same weekday of the week before.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparedDayBody {
    /// In Hong Kong.
    day: HongKongDate,
    /// False of today and of days to come, which are compared with whole days.
    is_over: bool,
    takings: TakingsBody,
    takings_week_before: TakingsBody,
}

pub(crate) async fn compare_takings(
    app: App,
    Id(business_id): Id<BusinessId>,
    reader: Merchant,
    Query(asked): Query<CompareTakings>,
    after: ReadAfter,
) -> Result<AsOf<Json<TakingsComparisonBody>>, Error> {
    let period = Period::of(asked.first_day, asked.last_day, DAYS_MAX)?;
    let moment = counted_as_of(&app, business_id, &reader, after).await?;
    let mut conn = app.database.conn().await?;
    let these = store::takings::list_days(&mut conn, business_id, period).await?;
    let before = period.week_before();
    let those = store::takings::list_days(&mut conn, business_id, before).await?;
    let today = hong_kong_day(now());
    let day = |day| ComparedDayBody {
        day: HongKongDate(day),
        is_over: day < today,
        takings: these.get(&day).copied().unwrap_or_default().into(),
        takings_week_before: those.get(&week_before(day)).copied().unwrap_or_default().into(),
    };
    let days = period.days().map(day).collect();
    let body = TakingsComparisonBody {
        total: Takings::sum(these.values()).into(),
        total_week_before: Takings::sum(those.values()).into(),
        days,
    };
    Ok(as_of(moment, body))
}
