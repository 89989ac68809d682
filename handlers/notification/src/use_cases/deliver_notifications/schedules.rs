//! Dates of schedules that come or were not kept, and schedules that go on no longer: their owners
//! are told.

use events::payments::{PersonV1, ScheduleStoppedV1, ScheduledDateChangedV1};
use inbox::Failure;
use time::Date;
use time::macros::format_description;
use values::{Party, Product};

use super::{money, parse};
use crate::domain::{
    Facts, Mailbox, Message, Notice, Obstacle, Planned, ScheduleChange, ScheduleNews,
};

/// What both events say of a schedule.
struct Told<'a> {
    schedule_id: &'a str,
    kind: &'a str,
    owner_id: &'a str,
    other: &'a PersonV1,
    amount: i64,
    currency: &'a str,
}

/// Nothing of what a later program says.
pub(super) fn of_date(changed: &ScheduledDateChangedV1) -> Result<Vec<Notice>, Failure> {
    let on = Date::parse(&changed.on, format_description!("[year]-[month]-[day]"));
    let on = on.map_err(Failure::poison)?;
    let why = obstacle(changed.reason.as_deref().unwrap_or_default());
    let change = match &*changed.status {
        "upcoming" => ScheduleChange::Upcoming(on),
        "delayed" => ScheduleChange::Delayed(why),
        "skipped" => ScheduleChange::Skipped(on, why),
        _ => return Ok(Vec::new()),
    };
    let ScheduledDateChangedV1 { schedule_id, kind, owner_id, other, amount, currency, .. } =
        changed;
    notice(Told { schedule_id, kind, owner_id, other, amount: *amount, currency }, change)
}

/// As [`of_date`].
pub(super) fn of_stopped(stopped: &ScheduleStoppedV1) -> Result<Vec<Notice>, Failure> {
    let change = match &*stopped.status {
        "paused" => ScheduleChange::Paused,
        "ended" => ScheduleChange::Ended,
        _ => return Ok(Vec::new()),
    };
    let ScheduleStoppedV1 { schedule_id, kind, owner_id, other, amount, currency, .. } = stopped;
    notice(Told { schedule_id, kind, owner_id, other, amount: *amount, currency }, change)
}

fn notice(told: Told<'_>, change: ScheduleChange) -> Result<Vec<Notice>, Failure> {
    let planned = match told.kind {
        "payment" => Planned::Payment,
        "request" => Planned::Request,
        _ => return Ok(Vec::new()),
    };
    let (amount, name) = (money(told.amount, told.currency)?, told.other.name.clone());
    let facts = Facts {
        amount: Some(amount),
        counterparty: Some(Party::user(parse(&told.other.user_id)?, name.clone())),
        schedule_id: Some(parse(told.schedule_id)?),
        ..Facts::default()
    };
    let mailbox = Mailbox { user_id: parse(told.owner_id)?, product: Product::Consumer };
    let message = Message::Schedule(ScheduleNews { change, planned, amount, name });
    Ok(vec![Notice { mailbox, message, facts }])
}

/// What the code of a refusal means to somebody who was not there.
fn obstacle(code: &str) -> Obstacle {
    match code {
        "insufficient-funds" => Obstacle::Funds,
        "wallet-frozen" => Obstacle::Frozen,
        "payee-unavailable" => Obstacle::Payee,
        "missed" => Obstacle::Missed,
        _ if code.ends_with("-limit-exceeded") || code == "daily-count-exceeded" => Obstacle::Limit,
        _ => Obstacle::Other,
    }
}
