//! Dealings of tests: told in minutes around a moment.

use serde_json::json;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::GraphAccountId;

use super::graph_edge::StoredEdge;
use super::movement::moment;
use super::passage::Dealings;
use super::subject::GraphAccountType;

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-23 12:00:00 UTC);

/// The other end.
type Other = (GraphAccountId, GraphAccountType);

/// Money that came or went so many minutes from now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    is_in: bool,
    other: Other,
    cents: i64,
    minutes: i64,
}

impl Shown {
    pub(super) const fn coming(other: Other, cents: i64, minutes: i64) -> Self {
        Self { is_in: true, other, cents, minutes }
    }

    pub(super) const fn going(other: Other, cents: i64, minutes: i64) -> Self {
        Self { is_in: false, other, cents, minutes }
    }
}

fn id(number: u128) -> GraphAccountId {
    GraphAccountId::from_uuid(Uuid::from_u128(number))
}

/// Whose dealings they are.
pub(super) fn account() -> GraphAccountId {
    id(0)
}

pub(super) fn person(number: u128) -> Other {
    (id(number), GraphAccountType::User)
}

pub(super) fn shop(number: u128) -> Other {
    (id(number), GraphAccountType::Business)
}

pub(super) fn bank() -> Other {
    (id(1_000), GraphAccountType::Bank)
}

pub(super) fn dealings(shown: &[Shown]) -> Dealings {
    dealings_of(account(), shown)
}

pub(super) fn dealings_of(account: GraphAccountId, shown: &[Shown]) -> Dealings {
    let edge = |Shown { is_in, other: (other, kind), cents, minutes }: &Shown| {
        let at = NOW.saturating_add(Duration::minutes(*minutes));
        let (own, other) = ((account, GraphAccountType::User), (*other, *kind));
        let (from, to) = if *is_in { (other, own) } else { (own, other) };
        let document = json!({
            "label": "PAID", "from": from.0, "from_type": from.1, "to": to.0, "to_type": to.1,
            "amount": cents, "day": "2026-11-23", "happened_at": moment(at),
            "operation": format!("{} {} {cents} {minutes}", from.0, to.0),
        });
        StoredEdge::read(document.as_object().unwrap()).unwrap()
    };
    Dealings::of(account, &shown.iter().map(edge).collect::<Vec<_>>())
}
