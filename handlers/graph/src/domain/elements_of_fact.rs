//! Where facts stand in the graph: the rule of partitions.
//!
//! An account is a vertex in a partition of its own, with the few edges of which there is one
//! between two accounts. Everything that happens to it stands in its months: a vertex each, in a
//! partition each, and a business has sixteen for each month. Every edge is kept twice, with whom
//! it leaves and with whom it reaches, so that both read it in partitions of their own.

use std::collections::BTreeMap;

use sealed::BlindIndex;
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};
use values::{GraphAccountId, hong_kong_day};

use super::element::{Element, Ends, Vertex};
use super::fact::{Edge, Fact, Known, Place};
use super::movement::moment;
use super::subject::{GraphAccountType, Subject};

/// The vertex that stands for whoever was forgotten; nobody's edges begin there.
pub(crate) const FORGOTTEN: &str = "forgotten";
/// Of a digest of an operation, as documents have it: 128 bits.
const OPERATION_BYTES: usize = 16;
/// The edge of an account to one of its months.
pub(crate) const IN_MONTH: &str = "IN_MONTH";

/// The pseudonyms of all that facts name, but of those who were forgotten.
pub(crate) type Names = BTreeMap<Subject, GraphAccountId>;

/// An end of an edge; `None` if that was forgotten.
type End = Option<(GraphAccountId, GraphAccountType)>;

/// The documents of a fact. Nothing of one's own is written of who was forgotten.
pub(crate) fn elements_of(fact: &Fact, names: &Names, index: &BlindIndex) -> Vec<Element> {
    let end = |subject: &Subject| Some((*names.get(subject)?, subject.kind));
    match fact {
        Fact::Account(subject, known) => {
            let known = known.iter().cloned().collect();
            let element = |(id, kind)| account(id, kind, known);
            end(subject).map(element).into_iter().collect()
        }
        Fact::Edge(edge) => {
            let (from, to) = (end(&edge.from), end(&edge.to));
            let operation = match &edge.place {
                // Of one between two accounts nothing is left without both.
                Place::Account if from.is_none() || to.is_none() => return Vec::new(),
                Place::Account => None,
                Place::Month { operation, at } => Some((operation_digest(index, operation), *at)),
            };
            let mut elements = Vec::new();
            for (is_out, own, other) in [(true, from, to), (false, to, from)] {
                let Some((id, kind)) = own else { continue };
                elements.push(account(id, kind, Vec::new()));
                if let Some((operation, at)) = &operation {
                    elements.extend(month(id, kind, operation, *at));
                }
                if other.is_none() {
                    elements.push(nobody());
                }
                elements.push(half(edge, is_out, [from, to], [own, other], operation.as_ref()));
            }
            elements
        }
    }
}

/// By what an operation is known in the graph: nobody finds its receipt without the key.
pub(crate) fn operation_digest(index: &BlindIndex, operation: &str) -> String {
    let digest = index.of("operation", operation);
    digest.iter().take(OPERATION_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// The month of an account in which something stands. A business has sixteen of each, by the first
/// digit of the operation's digest.
fn month_of(
    id: GraphAccountId,
    kind: GraphAccountType,
    operation: &str,
    at: OffsetDateTime,
) -> String {
    let month = month_name(at);
    match (kind, operation.get(..1)) {
        (GraphAccountType::Business, Some(part)) => format!("{id}.{month}.{part}"),
        _ => format!("{id}.{month}"),
    }
}

/// A month of Hong Kong's calendar, `2026-11`.
fn month_name(at: OffsetDateTime) -> String {
    month_of_day(hong_kong_day(at))
}

fn month_of_day(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), u8::from(day.month()))
}

/// The months from a moment until another, newest first.
pub(crate) fn hong_kong_months(since: OffsetDateTime, until: OffsetDateTime) -> Vec<String> {
    let first = month_name(since);
    let mut day = hong_kong_day(until).replace_day(1).unwrap_or(Date::MIN);
    let mut months = Vec::new();
    while let month = month_of_day(day)
        && month >= first
    {
        months.push(month);
        let Some(before) = day.previous_day() else { break };
        day = before.replace_day(1).unwrap_or(Date::MIN);
    }
    months
}

fn account(id: GraphAccountId, kind: GraphAccountType, known: Vec<Known>) -> Element {
    let id = id.to_string();
    let (partition, label) = (id.clone(), kind.code().to_owned());
    Element { id, partition, label, ends: None, fixed: Vec::new(), known }
}

fn nobody() -> Element {
    let id = FORGOTTEN.to_owned();
    let (partition, label) = (id.clone(), id.clone());
    Element { id, partition, label, ends: None, fixed: Vec::new(), known: Vec::new() }
}

/// The month, and the edge to it by which the account's own partition says that it is there.
fn month(
    id: GraphAccountId,
    kind: GraphAccountType,
    operation: &str,
    at: OffsetDateTime,
) -> [Element; 2] {
    let month = month_of(id, kind, operation, at);
    let name = month_name(at);
    let vertex = Element {
        id: month.clone(),
        partition: month.clone(),
        label: "month".to_owned(),
        ends: None,
        fixed: vec![("account", json!(id)), ("month", json!(name))],
        known: Vec::new(),
    };
    let edge = Element {
        id: month.clone(),
        partition: id.to_string(),
        label: IN_MONTH.to_owned(),
        ends: Some(Ends {
            source: Vertex { id: id.to_string(), label: kind.code() },
            sink: Vertex { id: month, label: "month" },
        }),
        fixed: vec![("month", json!(name))],
        known: Vec::new(),
    };
    [vertex, edge]
}

/// The edge as one of its ends keeps it.
fn half(
    edge: &Edge,
    is_out: bool,
    [from, to]: [End; 2],
    [own, other]: [End; 2],
    operation: Option<&(String, OffsetDateTime)>,
) -> Element {
    let vertex = |end: End| match (end, operation) {
        (None, _) => Vertex { id: FORGOTTEN.to_owned(), label: FORGOTTEN },
        (Some((id, kind)), None) => Vertex { id: id.to_string(), label: kind.code() },
        (Some((id, kind)), Some((operation, at))) => {
            Vertex { id: month_of(id, kind, operation, *at), label: "month" }
        }
    };
    let ends = Ends { source: vertex(own), sink: vertex(other) };
    let account = |end: End| -> Value { end.map_or(json!(FORGOTTEN), |(id, _)| json!(id)) };
    let kind = |end: End| end.map_or(FORGOTTEN, |(_, kind)| kind.code());
    let mut fixed = vec![
        ("from", account(from)),
        ("from_type", json!(kind(from))),
        ("to", account(to)),
        ("to_type", json!(kind(to))),
    ];
    let key = match operation {
        Some((operation, at)) => {
            fixed.push(("operation", json!(operation)));
            fixed.push(("happened_at", json!(moment(*at))));
            operation.clone()
        }
        None => ends.sink.id.clone(),
    };
    let direction = if is_out { "out" } else { "in" };
    Element {
        id: format!("{direction}.{}.{key}", edge.label),
        partition: ends.source.id.clone(),
        label: if is_out { edge.label.to_owned() } else { format!("{}_IN", edge.label) },
        ends: Some(ends),
        fixed,
        known: vec![edge.known.clone()],
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;
    use values::{AccountId, BusinessId, Money, UserId};

    use super::super::movement::Movement;
    use super::*;

    const AT: OffsetDateTime = datetime!(2026-11-30 16:00:00 UTC);

    fn index() -> BlindIndex {
        BlindIndex::new(&[7; 32]).unwrap()
    }

    fn payment(operation: u128) -> (Movement, Names) {
        let person = Subject::from(AccountId::User(UserId::from_uuid(Uuid::from_u128(1))));
        let shop = Subject::from(AccountId::Business(BusinessId::from_uuid(Uuid::from_u128(2))));
        let movement = Movement {
            kind: "payment".to_owned(),
            operation: values::PaymentId::from_uuid(Uuid::from_u128(operation)).to_string(),
            from: person,
            to: shop,
            amount: Money::hkd(12_850).unwrap(),
            moved_at: AT,
        };
        let account = |number| GraphAccountId::from_uuid(Uuid::from_u128(number));
        (movement, Names::from([(person, account(11)), (shop, account(12))]))
    }

    fn documents(movement: &Movement, names: &Names) -> Vec<Value> {
        let elements = elements_of(&movement.fact().unwrap(), names, &index());
        elements.iter().map(|element| Value::Object(element.document())).collect()
    }

    #[test]
    fn a_payment_stands_with_both_of_its_accounts_in_their_month_of_hong_kong() {
        let (movement, names) = payment(1);
        let documents = documents(&movement, &names);
        let payer = names[&movement.from].to_string();
        let shop = names[&movement.to].to_string();
        let edges: Vec<&Value> =
            documents.iter().filter(|document| document["day"].is_string()).collect();
        let [out, into] = edges[..] else { panic!("{documents:?}") };
        assert_eq!(out["partition"], format!("{payer}.2026-12"));
        let part = out["operation"].as_str().unwrap().get(..1).unwrap();
        assert_eq!(into["partition"], format!("{shop}.2026-12.{part}"));
        for (edge, other, label) in [(out, into, "PAID"), (into, out, "PAID_IN")] {
            assert_eq!(edge["_vertexId"], edge["partition"]);
            assert_eq!(edge["_sink"], other["partition"]);
            assert_eq!(edge["_sinkPartition"], other["partition"]);
            assert_eq!((&edge["from"], &edge["to"]), (&json!(payer), &json!(shop)));
            assert_eq!((&edge["amount"], &edge["label"]), (&json!(12_850), &json!(label)));
            assert_eq!(edge["day"], "2026-12-01");
        }
    }

    #[test]
    fn every_end_of_an_edge_is_a_vertex_in_a_partition_of_its_own() {
        let (movement, names) = payment(1);
        let documents = documents(&movement, &names);
        let is_vertex = |id: &Value| {
            documents
                .iter()
                .any(|one| one["_isEdge"].is_null() && &one["id"] == id && &one["partition"] == id)
        };
        let edges = documents.iter().filter(|document| document["_isEdge"] == true);
        for edge in edges {
            assert!(is_vertex(&edge["_vertexId"]) && is_vertex(&edge["_sink"]), "{edge}");
            assert_eq!(edge["partition"], edge["_vertexId"], "{edge}");
        }
    }

    #[test]
    fn nothing_of_an_id_that_others_know_stands_in_a_document() {
        let (movement, names) = payment(1);
        let text = format!("{:?}", documents(&movement, &names));
        for id in [&movement.operation, &UserId::from_uuid(movement.from.id).to_string()] {
            let (_, suffix) = id.split_once('_').unwrap();
            assert!(!text.contains(suffix), "{id}");
        }
        assert!(!text.contains(&movement.from.id.to_string()));
    }

    #[test]
    fn a_hot_shop_is_spread_evenly_over_sixteen_partitions_a_month() {
        let mut parts: BTreeMap<String, u32> = BTreeMap::new();
        for operation in 0..4_096 {
            let (movement, names) = payment(operation);
            let digest = operation_digest(&index(), &movement.operation);
            let shop = names[&movement.to];
            let month = month_of(shop, GraphAccountType::Business, &digest, AT);
            *parts.entry(month).or_default() += 1;
        }
        assert_eq!(parts.len(), 16);
        // Five standard deviations around 256.
        assert!(parts.values().all(|count| (178..=334).contains(count)), "{parts:?}");
    }

    #[test]
    fn of_who_was_forgotten_nothing_is_written_but_that_others_dealt_with_somebody() {
        let (movement, mut names) = payment(1);
        let payer = names.remove(&movement.from).unwrap().to_string();
        let forgotten = documents(&movement, &names);
        assert!(!format!("{forgotten:?}").contains(&payer));
        let edges: Vec<&Value> =
            forgotten.iter().filter(|document| document["day"].is_string()).collect();
        let [into] = edges[..] else { panic!("{forgotten:?}") };
        assert_eq!((&into["from"], &into["_sink"]), (&json!(FORGOTTEN), &json!(FORGOTTEN)));
        names.clear();
        assert_eq!(documents(&movement, &names), Vec::<Value>::new());
    }

    #[test]
    fn the_months_of_a_time_are_those_of_hong_kong_newest_first() {
        let months = |since, until| hong_kong_months(since, until);
        assert_eq!(months(AT, AT), ["2026-12"]);
        assert_eq!(months(AT - Duration::SECOND, AT), ["2026-12", "2026-11"]);
        let year = months(AT - Duration::days(365), AT);
        assert_eq!((year.len(), &*year[12]), (13, "2025-12"));
    }
}
