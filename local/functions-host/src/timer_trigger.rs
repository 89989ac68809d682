//! Fires the timer of one function for as long as its app host runs.

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use tokio::time::sleep;

use crate::app::App;
use crate::envelope::Envelope;
use crate::function_json::Function;
use crate::invocation::invoke_with_retries;
use crate::proxy::HandlerClient;
use crate::schedule::Schedule;
use crate::triggers::TimerTrigger;

/// Timers that fire more often than this tell no schedule status.
const SHORTEST_MONITORED: Duration = Duration::from_secs(60);

/// .NET's default date: the timer has not fired yet.
const NEVER: OffsetDateTime = datetime!(0001-01-01 00:00:00 UTC);

/// Fires until the app host stops. Occurrences that fall into a running invocation are skipped.
pub(crate) async fn run(
    app: &App,
    function: &Function,
    trigger: &TimerTrigger,
    client: &HandlerClient,
) {
    let mut last = NEVER;
    let mut due_now = trigger.run_on_startup;
    loop {
        if !due_now {
            let Some(wait) = trigger.schedule.wait_after(OffsetDateTime::now_utc()) else {
                tracing::warn!(app = app.name, function = function.name, "timer never fires");
                return;
            };
            sleep(wait).await;
        }
        due_now = false;
        let fired = OffsetDateTime::now_utc();
        let payload = payload(&trigger.schedule, trigger.use_monitor, last, fired);
        last = fired;
        let envelope = Envelope::default().with_data(&trigger.input, payload);
        // A failure is logged where it happens, and the next occurrence comes anyway.
        let _ = invoke_with_retries(client, app, function, &envelope, |_| ()).await;
    }
}

fn payload(
    schedule: &Schedule,
    monitored: bool,
    last: OffsetDateTime,
    now: OffsetDateTime,
) -> Value {
    let text = |date: OffsetDateTime| {
        let text = date.replace_nanosecond(0).unwrap_or(date).format(&Rfc3339).unwrap_or_default();
        text.replace('Z', "+00:00")
    };
    let next = schedule.next_after(now).filter(|_| monitored);
    let seldom = |next: &OffsetDateTime| {
        schedule.wait_after(*next).is_none_or(|interval| interval >= SHORTEST_MONITORED)
    };
    let status = next
        .filter(seldom)
        .map(|next| json!({ "Last": text(last), "Next": text(next), "LastUpdated": text(last) }));
    json!({
        "Schedule": { "AdjustForDST": matches!(schedule, Schedule::Cron(_)) },
        "ScheduleStatus": status,
        "IsPastDue": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_the_documented_wire_sample() {
        let schedule: Schedule = "0 */5 * * * *".parse().unwrap();
        let last = datetime!(2026-01-02 03:00:00 UTC);
        let timer = payload(&schedule, true, last, last);
        let sample = json!({"Data": {"timer": {
            "Schedule": {"AdjustForDST": true},
            "ScheduleStatus": {"Last": "2026-01-02T03:00:00+00:00",
                "Next": "2026-01-02T03:05:00+00:00", "LastUpdated": "2026-01-02T03:00:00+00:00"},
            "IsPastDue": false}},
            "Metadata": {}});
        assert_eq!(json!(Envelope::default().with_data("timer", timer)), sample);
    }

    #[test]
    fn an_unmonitored_timer_tells_no_status() {
        let schedule: Schedule = "0 */5 * * * *".parse().unwrap();
        let timer = payload(&schedule, false, NEVER, datetime!(2026-01-02 03:00:00 UTC));
        assert!(timer["ScheduleStatus"].is_null());
    }
}
