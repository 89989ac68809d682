//! Telling people of the dates of their schedules.

use events::Envelope;
use events::payments::{PersonV1, ScheduleStoppedV1, ScheduledDateChangedV1};
use serde_json::json;
use testkit::event;
use values::{Product, ScheduleId, UserId};

use crate::{Fixture, LIST, bodies};

fn date(owner: UserId, id: ScheduleId, status: &str, reason: Option<&str>) -> Envelope {
    let changed = ScheduledDateChangedV1 {
        schedule_id: id.to_string(),
        kind: "payment".to_owned(),
        owner_id: owner.to_string(),
        other: PersonV1 { user_id: UserId::new().to_string(), name: "小***".to_owned() },
        amount: 5_000,
        currency: "HKD".to_owned(),
        number: 1,
        on: "2026-12-31".to_owned(),
        status: status.to_owned(),
        reason: reason.map(str::to_owned),
    };
    event(&id.to_string(), &changed)
}

fn stopped(owner: UserId, id: ScheduleId, status: &str) -> Envelope {
    let stopped = ScheduleStoppedV1 {
        schedule_id: id.to_string(),
        kind: "request".to_owned(),
        owner_id: owner.to_string(),
        other: PersonV1 { user_id: UserId::new().to_string(), name: String::new() },
        amount: 5_000,
        currency: "HKD".to_owned(),
        status: status.to_owned(),
    };
    event(&id.to_string(), &stopped)
}

#[tokio::test]
async fn each_is_told_once_to_the_owner_with_the_reason_that_they_understand() {
    let fixture = Fixture::new().await;
    let (owner, id) = (UserId::new(), ScheduleId::new());
    let events = [
        date(owner, id, "upcoming", None),
        date(owner, id, "delayed", Some("monthly-limit-exceeded")),
        date(owner, id, "skipped", Some("missed")),
        date(owner, id, "delayed", Some("of-a-later-program")),
        stopped(owner, id, "paused"),
        stopped(owner, id, "ended"),
        // Of a later program.
        date(owner, id, "advanced", None),
        stopped(owner, id, "resumed"),
    ];
    for _ in 0..2 {
        fixture.deliver_payments(&events).await;
    }
    let (_, page) = fixture.call(owner, Product::Consumer, "GET", LIST).await;
    let told = [
        "The last date of your schedule of HK$50.00 with another person is over.",
        "Your schedule of HK$50.00 with another person is paused, since several dates in a row \
         were skipped. You can resume it.",
        "HK$50.00 could not be paid to 小***: it is not possible at the moment. We will try again \
         until midnight.",
        "HK$50.00 was not paid to 小*** on 31 December 2026: our service was away until the next \
         date had come.",
        "HK$50.00 could not be paid to 小***: it would exceed your limits. We will try again until \
         midnight.",
        "You will pay 小*** HK$50.00 on 31 December 2026.",
    ];
    assert_eq!(bodies(&page), told);
    let first = &page["items"][5];
    let expected = (&json!("schedule-upcoming"), &json!(id));
    assert_eq!((&first["type"], &first["schedule_id"]), expected);
    let mut broken = date(owner, id, "upcoming", None);
    broken.data["on"] = "31 December".into();
    fixture.deliver_payments(&[broken]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
}
