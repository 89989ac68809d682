//! What became of the dates of a schedule.

use serde::Serialize;
use service::{Consumer, Error, Id, Json, List, Page};
use utoipa::ToSchema;
use values::{HongKongDate, Money, MoneyRequestId, PeerPaymentId, ScheduleId, Timestamp};

use crate::App;
use crate::domain::{NO_SCHEDULE, Occurrence, OccurrenceStatus};
use crate::store::schedules;

/// What became of one date. Dates that went by while the schedule was paused are not among them.
#[derive(Serialize, ToSchema)]
pub(crate) struct OccurrenceBody {
    /// Counts the dates from 1.
    number: u32,
    on: HongKongDate,
    status: OccurrenceStatus,
    /// As it was then.
    amount: Money,
    /// The payment, if it was paid.
    peer_payment_id: Option<PeerPaymentId>,
    /// The request, if it was asked; what became of that stands there.
    money_request_id: Option<MoneyRequestId>,
    /// Why it was skipped: the code of a refusal, or `missed` if the service was away and a later
    /// date had come. Null unless it was.
    #[schema(example = "insufficient-funds")]
    reason: Option<String>,
    decided_at: Timestamp,
}

impl From<Occurrence> for OccurrenceBody {
    fn from(occurrence: Occurrence) -> Self {
        Self {
            number: occurrence.number,
            on: HongKongDate(occurrence.on),
            status: occurrence.status,
            amount: occurrence.amount,
            peer_payment_id: occurrence.peer_payment_id,
            money_request_id: occurrence.money_request_id,
            reason: occurrence.reason,
            decided_at: occurrence.at.into(),
        }
    }
}

pub(crate) async fn list_occurrences(
    app: App,
    Id(id): Id<ScheduleId>,
    owner: Consumer,
    list: List,
) -> Result<Json<Page<OccurrenceBody>>, Error> {
    let paging = list.of(id)?;
    let mut conn = app.database.conn().await?;
    let schedule = schedules::find_schedule_of(&mut conn, id, owner.user_id).await?;
    schedule.ok_or(NO_SCHEDULE)?;
    let rows = schedules::list_occurrences(&mut conn, id, &paging).await?;
    let place = |occurrence: &Occurrence| occurrence.number.into();
    Ok(Json(paging.page(rows, place, OccurrenceBody::from)))
}
