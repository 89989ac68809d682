//! An operator writes a day of the ledger into the graph again. What stands already stays.

use std::time::Duration;

use serde::Serialize;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use uuid::Uuid;
use values::HongKongDate;

use super::project_events::project;
use crate::App;
use crate::domain::{Day, Fact, Movement};

/// How long a day may take to be compared, or to be written again.
pub(super) const ANSWER_TIME: Duration = Duration::from_secs(180);
/// Movements that are written at once.
const BATCH: usize = 500;

/// What was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct RebuiltDayBody {
    day: HongKongDate,
    /// Movements of money that stand in the graph now.
    movement_count: usize,
}

pub(crate) async fn rebuild_day(
    app: App,
    _: FunctionKey,
    Id(Day(day)): Id<Day>,
) -> Result<Json<RebuiltDayBody>, Error> {
    service::allow_answer_time(ANSWER_TIME);
    app.elements.remember_nothing();
    let (mut after, mut movement_count) = (None, 0_usize);
    loop {
        let (facts, last) = facts_of(&app, day, after).await?;
        for part in facts.chunks(BATCH) {
            project(&app, part).await?;
        }
        movement_count = movement_count.saturating_add(facts.len());
        after = last;
        if after.is_none() {
            return Ok(Json(RebuiltDayBody { day, movement_count }));
        }
    }
}

/// What the ledger says of a day after an operation, page by page.
pub(super) async fn facts_of(
    app: &App,
    day: HongKongDate,
    after: Option<Uuid>,
) -> Result<(Vec<Fact>, Option<Uuid>), Error> {
    let (movements, last) = app.ledger.movements(day, after).await?;
    let facts = movements.iter().map(Movement::fact).collect::<Result<_, _>>();
    Ok((facts.map_err(Error::internal)?, last))
}
