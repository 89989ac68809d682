//! Schedules whose time has come: their owners are told of the next date, or it is kept. Instances
//! that run them at the same time meet at each schedule's lock, and the second finds it done.

use service::Error;
use uuid::Uuid;
use values::{ScheduleId, UserId};

use super::end_overdue::end_overdue;
use crate::App;
use crate::domain::ScheduleKind;
use crate::domain::operations::RunSchedule;
use crate::store::overdue::Waiting;

pub(crate) async fn run_schedules(app: App) -> Result<(), Error> {
    let payments = run(&app, ScheduleKind::Payment, |owner, other| [owner, other]).await;
    let requests = run(&app, ScheduleKind::Request, |owner, other| [other, owner]).await;
    payments.and(requests)
}

/// `sides` says who pays whom, of owner and other person.
async fn run(
    app: &App,
    kind: ScheduleKind,
    sides: fn(Uuid, Uuid) -> [Uuid; 2],
) -> Result<(), Error> {
    end_overdue(app, Waiting::Schedules(kind), |due| {
        let [payer, payee] = sides(due.party, due.other).map(UserId::from_uuid);
        RunSchedule { id: ScheduleId::from_uuid(due.id), kind, payer, payee }
    })
    .await
}
