//! What a shop took, day by day.

use serde::{Deserialize, Serialize};
use service::{AsOf, Error, Id, Json, Merchant, Query, ReadAfter};
use utoipa::{IntoParams, ToSchema};
use values::{BusinessId, HongKongDate};

use super::own_shop::counted_as_of;
use super::takings_body::{TakingsBody, as_of};
use crate::domain::{Period, Takings};
use crate::{App, store};

/// A leap year.
const DAYS_MAX: i32 = 366;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadDailyTakings {
    /// In Hong Kong.
    #[param(inline)]
    first_day: HongKongDate,
    /// In Hong Kong, at most 366 days with the first.
    #[param(inline)]
    last_day: HongKongDate,
}

/// What was taken in a period.
#[derive(Serialize, ToSchema)]
pub(crate) struct DailyTakingsBody {
    total: TakingsBody,
    /// The days on which anything moved, in order.
    days: Vec<DayTakingsBody>,
}

/// What was taken on a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayTakingsBody {
    /// In Hong Kong.
    day: HongKongDate,
    takings: TakingsBody,
}

pub(crate) async fn read_daily_takings(
    app: App,
    Id(business_id): Id<BusinessId>,
    reader: Merchant,
    Query(asked): Query<ReadDailyTakings>,
    after: ReadAfter,
) -> Result<AsOf<Json<DailyTakingsBody>>, Error> {
    let period = Period::of(asked.first_day, asked.last_day, DAYS_MAX)?;
    let moment = counted_as_of(&app, business_id, &reader, after).await?;
    let mut conn = app.database.conn().await?;
    let days = store::takings::list_days(&mut conn, business_id, period).await?;
    let total = Takings::sum(days.values());
    let day = |(day, takings): (_, Takings)| DayTakingsBody {
        day: HongKongDate(day),
        takings: takings.into(),
    };
    let days = days.into_iter().map(day).collect();
    Ok(as_of(moment, DailyTakingsBody { total: total.into(), days }))
}
