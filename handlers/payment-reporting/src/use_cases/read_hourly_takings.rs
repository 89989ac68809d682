//! What a shop took on a day, hour by hour.

use serde::{Deserialize, Serialize};
use service::{AsOf, Error, Id, Json, Merchant, Query, ReadAfter};
use utoipa::{IntoParams, ToSchema};
use values::{BusinessId, HongKongDate};

use super::own_shop::counted_as_of;
use super::takings_body::{TakingsBody, as_of};
use crate::domain::Takings;
use crate::{App, store};

/// Which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadHourlyTakings {
    /// In Hong Kong.
    #[param(inline)]
    day: HongKongDate,
}

/// What was taken on a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct HourlyTakingsBody {
    /// In Hong Kong.
    day: HongKongDate,
    /// The hours in which anything moved, in order.
    hours: Vec<HourTakingsBody>,
}

/// What was taken in an hour.
#[derive(Serialize, ToSchema)]
pub(crate) struct HourTakingsBody {
    /// By the clocks of Hong Kong: 9 is from 9:00 to before 10:00.
    #[schema(minimum = 0, maximum = 23)]
    hour: u8,
    takings: TakingsBody,
}

pub(crate) async fn read_hourly_takings(
    app: App,
    Id(business_id): Id<BusinessId>,
    reader: Merchant,
    Query(asked): Query<ReadHourlyTakings>,
    after: ReadAfter,
) -> Result<AsOf<Json<HourlyTakingsBody>>, Error> {
    let moment = counted_as_of(&app, business_id, &reader, after).await?;
    let mut conn = app.database.conn().await?;
    let hours = store::takings::list_hours(&mut conn, business_id, asked.day.0).await?;
    let hour = |(hour, takings): (u8, Takings)| HourTakingsBody { hour, takings: takings.into() };
    let hours = hours.into_iter().map(hour).collect();
    Ok(as_of(moment, HourlyTakingsBody { day: asked.day, hours }))
}
