//! An operator writes a day of the ledger into the graph again. What stands already stays.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use service::{Error, FunctionKey, Id, Json, Query};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use values::HongKongDate;

use super::project_events::project;
use crate::App;
use crate::domain::{Day, Fact, Movement};

/// How long a day may take to be compared, or a part of it to be written again.
pub(super) const ANSWER_TIME: Duration = Duration::from_secs(180);
/// Movements that are written at once.
const BATCH: usize = 500;

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RebuiltFrom {
    /// After this movement: what the answer before called `continue_after`. The day begins if
    /// absent.
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<Uuid>,
}

/// What was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct RebuiltDayBody {
    day: HongKongDate,
    /// Movements of money that stand in the graph now, 2,000 at most.
    movement_count: usize,
    /// After which one to go on; null if the day is whole.
    #[schema(value_type = Option<String>, format = "uuid")]
    continue_after: Option<Uuid>,
}

/// A day may have more movements than can be written in the time of an answer: of each request as
/// many are as the ledger is asked for at once.
pub(crate) async fn rebuild_day(
    app: App,
    _: FunctionKey,
    Id(Day(day)): Id<Day>,
    Query(RebuiltFrom { after }): Query<RebuiltFrom>,
) -> Result<Json<RebuiltDayBody>, Error> {
    service::allow_answer_time(ANSWER_TIME);
    app.elements.remember_nothing();
    let (facts, continue_after) = facts_of(&app, day, after).await?;
    for part in facts.chunks(BATCH) {
        project(&app, part).await?;
    }
    Ok(Json(RebuiltDayBody { day, movement_count: facts.len(), continue_after }))
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
