//! What each event says of the graph: the only place that reads events.

use events::auth::UserRegisteredV1;
use events::business_profile::{BusinessChangedV1, BusinessHandoverChangedV1};
use events::onboarding::{BusinessVerificationChangedV1, PersonVerificationChangedV1};
use events::payments::{
    DisputeChangedV1, MoneyMovedV1, MoneyRequestChangedV1, SideV1, WalletClosedV1,
};
use events::social::{BlockChangedV1, FriendshipChangedV1};
use events::{Envelope, Event};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use values::{BusinessId, Currency, DisputeId, IdError, Money, MoneyRequestId, UserId};

use super::fact::{Edge, Fact, Known, Place};
use super::movement::{Movement, moment};
use super::subject::{GraphAccountType, Subject};

/// Reads the events of one kind.
type Reader = fn(&Envelope) -> Option<Result<Vec<Fact>, String>>;

/// What the event says, nothing if it is of a kind that says nothing here; what is wrong with it,
/// if it is not what its producer promises. No name, note, reference, number or document is taken.
pub(crate) fn facts_of(event: &Envelope) -> Result<Vec<Fact>, String> {
    let readers: [Reader; 11] = [
        |event| read(event, |moved: MoneyMovedV1| movement(&moved)),
        |event| read(event, wallet_closed),
        |event| read(event, money_request),
        |event| read(event, dispute),
        |event| read(event, friendship),
        |event| read(event, block),
        |event| read(event, business),
        |event| read(event, handover),
        |event| read(event, person_verified),
        |event| read(event, business_verified),
        |event| read(event, registered),
    ];
    readers.iter().find_map(|reader| reader(event)).unwrap_or_else(|| Ok(Vec::new()))
}

fn read<E: Event>(
    event: &Envelope,
    facts: impl FnOnce(E) -> Result<Vec<Fact>, String>,
) -> Option<Result<Vec<Fact>, String>> {
    let data = event.decode::<E>()?;
    Some(data.map_err(text_of).and_then(facts))
}

fn movement(moved: &MoneyMovedV1) -> Result<Vec<Fact>, String> {
    if moved.currency != Currency::HKD.code() {
        return Err("the currency is unknown".to_owned());
    }
    let movement = Movement {
        kind: moved.kind.clone(),
        operation: moved.operation_id.clone(),
        from: side(&moved.from, &moved.to)?,
        to: side(&moved.to, &moved.from)?,
        amount: Money::hkd(moved.amount).map_err(text_of)?,
        moved_at: OffsetDateTime::parse(&moved.moved_at, &Rfc3339).map_err(text_of)?,
    };
    Ok(vec![movement.fact()?])
}

/// The bank has no id: it is that of the person or shop at the other end.
fn side(own: &SideV1, other: &SideV1) -> Result<Subject, String> {
    let id = |side: &SideV1| side.id.clone().ok_or("a side has no id");
    match &*own.side_type {
        "user" => user(&id(own)?),
        "business" => shop(&id(own)?),
        "escrow" => Ok(Subject { kind: GraphAccountType::Escrow, ..user(&id(own)?)? }),
        "bank" if other.side_type == "user" => {
            Ok(Subject { kind: GraphAccountType::Bank, ..user(&id(other)?)? })
        }
        "bank" if other.side_type == "business" => {
            Ok(Subject { kind: GraphAccountType::Bank, ..shop(&id(other)?)? })
        }
        _ => Err("a side is of an unknown type".to_owned()),
    }
}

fn wallet_closed(closed: WalletClosedV1) -> Result<Vec<Fact>, String> {
    let at = OffsetDateTime::parse(&closed.closed_at, &Rfc3339).map_err(text_of)?;
    let closed_at = json!(moment(at));
    known(user(&closed.user_id)?, "wallet", 1, vec![("closed_at", closed_at)])
}

fn money_request(changed: MoneyRequestChangedV1) -> Result<Vec<Fact>, String> {
    let id: MoneyRequestId = changed.money_request_id.parse().map_err(id_text)?;
    let requester = user(&changed.requester.user_id)?;
    let payer = user(&changed.payer.user_id)?;
    let properties = vec![
        ("amount", json!(Money::hkd(changed.amount).map_err(text_of)?.minor_units())),
        ("currency", json!(Currency::HKD.code())),
        ("status", code(&changed.status)?),
    ];
    let place = Place::Month { operation: id.to_string(), at: made_at(id.uuid())? };
    edge("REQUESTED", requester, payer, place, ("request", changed.version, properties))
}

fn dispute(changed: DisputeChangedV1) -> Result<Vec<Fact>, String> {
    let id: DisputeId = changed.dispute_id.parse().map_err(id_text)?;
    let (payer, shop) = (user(&changed.payer_user_id)?, shop(&changed.business_id)?);
    let properties = vec![
        ("amount", json!(Money::hkd(changed.amount).map_err(text_of)?.minor_units())),
        ("currency", json!(Currency::HKD.code())),
        ("reason", code(&changed.reason)?),
        ("status", code(&changed.status)?),
    ];
    let place = Place::Month { operation: id.to_string(), at: made_at(id.uuid())? };
    edge("DISPUTED", payer, shop, place, ("dispute", changed.version, properties))
}

/// From whose id is the smaller, since who asks whom may change.
fn friendship(changed: FriendshipChangedV1) -> Result<Vec<Fact>, String> {
    let (first, second) = (user(&changed.first.user_id)?, user(&changed.second.user_id)?);
    let properties = vec![("status", code(&changed.status)?)];
    edge("FRIEND", first, second, Place::Account, ("friendship", changed.version, properties))
}

fn block(changed: BlockChangedV1) -> Result<Vec<Fact>, String> {
    let (blocker, blocked) = (user(&changed.blocker_id)?, user(&changed.blocked_id)?);
    let properties = vec![("is_blocked", json!(changed.is_blocked))];
    edge("BLOCKED", blocker, blocked, Place::Account, ("block", changed.version, properties))
}

fn business(changed: BusinessChangedV1) -> Result<Vec<Fact>, String> {
    let (owner, business) = (user(&changed.owner_user_id)?, shop(&changed.business_id)?);
    let properties = vec![
        ("category_code", code(&changed.category_code)?),
        ("is_closed", json!(changed.is_closed)),
    ];
    let mut facts = known(business, "business", changed.version, properties)?;
    let known = ("business", changed.version, vec![("is_closed", json!(changed.is_closed))]);
    facts.extend(edge("OWNS", owner, business, Place::Account, known)?);
    Ok(facts)
}

/// Whose it was stays known, as what it is no more.
fn handover(changed: BusinessHandoverChangedV1) -> Result<Vec<Fact>, String> {
    if !changed.is_accepted() {
        return Ok(Vec::new());
    }
    let business = shop(&changed.business_id)?;
    let mut facts = Vec::new();
    for (owner, is_former) in [(&changed.from_user_id, true), (&changed.to_user_id, false)] {
        let known = ("handover", changed.business_version, vec![("is_former", json!(is_former))]);
        facts.extend(edge("OWNS", user(owner)?, business, Place::Account, known)?);
    }
    Ok(facts)
}

fn person_verified(changed: PersonVerificationChangedV1) -> Result<Vec<Fact>, String> {
    let tier = vec![("tier", code(&changed.tier)?)];
    known(user(&changed.user_id)?, "verification", changed.version, tier)
}

fn business_verified(changed: BusinessVerificationChangedV1) -> Result<Vec<Fact>, String> {
    let approved = vec![("is_approved", json!(changed.is_approved))];
    known(shop(&changed.business_id)?, "verification", changed.version, approved)
}

fn registered(registered: UserRegisteredV1) -> Result<Vec<Fact>, String> {
    Ok(vec![Fact::Account(user(&registered.user_id)?, None)])
}

fn known(
    subject: Subject,
    source: &'static str,
    version: u32,
    properties: Vec<(&'static str, Value)>,
) -> Result<Vec<Fact>, String> {
    Ok(vec![Fact::Account(subject, Some(Known { source, version, properties }))])
}

fn edge(
    label: &'static str,
    from: Subject,
    to: Subject,
    place: Place,
    (source, version, properties): (&'static str, u32, Vec<(&'static str, Value)>),
) -> Result<Vec<Fact>, String> {
    if from == to {
        return Err("both ends are the same".to_owned());
    }
    let known = Known { source, version, properties };
    Ok(vec![Fact::Edge(Edge { label, from, to, place, known })])
}

fn user(id: &str) -> Result<Subject, String> {
    let id: UserId = id.parse().map_err(id_text)?;
    Ok(Subject::of(GraphAccountType::User, id))
}

fn shop(id: &str) -> Result<Subject, String> {
    let id: BusinessId = id.parse().map_err(id_text)?;
    Ok(Subject { kind: GraphAccountType::Business, id: id.uuid() })
}

/// When the thing with this id was made, which the id says: not each event says it.
fn made_at(id: Uuid) -> Result<OffsetDateTime, String> {
    let (seconds, nanoseconds) = id.get_timestamp().ok_or("an id without a time")?.to_unix();
    let seconds = i64::try_from(seconds).map_err(text_of)?;
    let at = OffsetDateTime::from_unix_timestamp(seconds).map_err(text_of)?;
    at.replace_nanosecond(nanoseconds).map_err(text_of)
}

/// A code of another service: a short word, never a text of a person.
fn code(text: &str) -> Result<Value, String> {
    const LENGTH_MAX: usize = 32;
    let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_short = (1..=LENGTH_MAX).contains(&text.len());
    if is_short && text.bytes().all(is_code) {
        return Ok(json!(text));
    }
    Err("a code is a short word of a to z, digits and -".to_owned())
}

fn id_text(error: IdError) -> String {
    text_of(error)
}

fn text_of(error: impl ToString) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    macro_rules! golden {
        ($kind:literal) => {
            include_str!(concat!("../../../../crates/events/golden/payme.", $kind, ".json"))
        };
    }

    /// What stands in the graph of each sample that producers promise: whose, and which labels.
    #[test]
    fn the_golden_sample_of_every_consumed_event_says_something() {
        for (golden, labels) in [
            (golden!("payments.money-moved.v1"), &["PAID"][..]),
            (golden!("payments.wallet-closed.v1"), &["user"]),
            (golden!("payments.money-request-changed.v1"), &["REQUESTED"]),
            (golden!("payments.dispute-changed.v1"), &["DISPUTED"]),
            (golden!("social.friendship-changed.v1"), &["FRIEND"]),
            (golden!("social.block-changed.v1"), &["BLOCKED"]),
            (golden!("business-profile.business-changed.v1"), &["business", "OWNS"]),
            (golden!("business-profile.business-handover-changed.v1"), &["OWNS", "OWNS"]),
            (golden!("onboarding.person-verification-changed.v1"), &["user"]),
            (golden!("onboarding.business-verification-changed.v1"), &["business"]),
            (golden!("auth.user-registered.v1"), &["user"]),
        ] {
            let facts = facts_of(&serde_json::from_str(golden).unwrap()).unwrap();
            let label = |fact: &Fact| match fact {
                Fact::Account(subject, _) => subject.kind.code(),
                Fact::Edge(edge) => edge.label,
            };
            assert_eq!(facts.iter().map(label).collect::<Vec<_>>(), labels, "{golden}");
        }
    }

    #[test]
    fn what_nobody_needs_here_says_nothing() {
        for golden in [
            golden!("user-profile.profile-changed.v1"),
            golden!("payments.payment-authorised.v1"),
            golden!("social.group-changed.v1"),
        ] {
            assert_eq!(facts_of(&serde_json::from_str(golden).unwrap()), Ok(Vec::new()));
        }
    }

    /// Every text of a sample, but ids and what the graph takes on purpose, is replaced by a mark
    /// that must then stand nowhere.
    #[test]
    fn no_words_of_people_come_into_the_graph() {
        for golden in [
            golden!("payments.money-moved.v1"),
            golden!("payments.money-request-changed.v1"),
            golden!("payments.dispute-changed.v1"),
            golden!("social.friendship-changed.v1"),
            golden!("business-profile.business-changed.v1"),
            golden!("business-profile.business-handover-changed.v1"),
        ] {
            let mut event: Envelope = serde_json::from_str(golden).unwrap();
            mark(&mut event.data);
            assert!(event.data.to_string().contains("PERSONAL"), "{golden}");
            let facts = facts_of(&event).unwrap();
            assert!(!format!("{facts:?}").contains("PERSONAL"), "{golden}");
        }
    }

    fn mark(value: &mut Value) {
        const WORDS: [&str; 9] = [
            "name",
            "shop_name",
            "shop_name_latin",
            "note",
            "reference",
            "description",
            "display_name",
            "fps_id",
            "payee_name",
        ];
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if WORDS.contains(&name.as_str()) {
                        *value = json!("PERSONAL");
                    }
                    mark(value);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(mark),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn each_kind_of_money_goes_along_its_own_edge_between_the_right_accounts() {
        let golden: Envelope = serde_json::from_str(golden!("payments.money-moved.v1")).unwrap();
        let person = "usr_01h455vb4pex5vsknk084sn02q";
        let side = |kind: &str| match kind {
            "bank" => json!({"type": "bank", "id": null, "name": "", "told_user_id": null}),
            "business" => json!({"type": kind, "id": "biz_01h455vb4pex5vsknk084sn02q", "name": "",
                "told_user_id": null}),
            "other" => json!({"type": "user", "id": "usr_01h455vb4pex5vsknk084sn02r", "name": "",
                "told_user_id": null}),
            kind => json!({"type": kind, "id": person, "name": "", "told_user_id": null}),
        };
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for (kind, from, to, label, types) in [
            ("payment", "user", "business", "PAID", "user business"),
            ("peer-payment", "user", "other", "PAID", "user user"),
            ("refund", "business", "user", "REFUNDED", "business user"),
            ("top-up", "bank", "user", "TOPPED_UP", "bank user"),
            ("withdrawal", "user", "bank", "WITHDREW", "user bank"),
            ("fps-payment", "user", "bank", "PAID_BY_FPS", "user bank"),
            ("settlement", "business", "bank", "SETTLED", "business bank"),
            ("pay-link", "user", "escrow", "FILLED", "user escrow"),
            ("red-packet", "user", "escrow", "FILLED", "user escrow"),
            ("claim", "escrow", "other", "CLAIMED", "escrow user"),
            ("return", "escrow", "user", "RETURNED", "escrow user"),
            ("of-tomorrow", "user", "other", "MOVED", "user user"),
        ] {
            let mut event = golden.clone();
            event.data["kind"] = json!(kind);
            event.data["from"] = side(from);
            event.data["to"] = side(to);
            let facts = facts_of(&event).unwrap();
            let [Fact::Edge(edge)] = &facts[..] else { panic!("{kind}") };
            let ends = format!("{} {}", edge.from.kind.code(), edge.to.kind.code());
            assert_eq!((edge.label, &*ends), (label, types), "{kind}");
            *seen.entry(label).or_default() += 1;
        }
        assert_eq!(seen.len(), 10);
    }

    #[test]
    fn what_breaks_a_promise_is_told() {
        let moved: Envelope = serde_json::from_str(golden!("payments.money-moved.v1")).unwrap();
        for (field, value) in [
            ("kind", json!("Payment of Chan Tai Man")),
            ("operation_id", json!("")),
            ("currency", json!("USD")),
            ("amount", json!(-1)),
            ("moved_at", json!("yesterday")),
            ("from", moved.data["to"].clone()),
            ("to", json!({"type": "fees", "id": null, "name": "", "told_user_id": null})),
        ] {
            let mut event = moved.clone();
            event.data[field] = value;
            assert!(facts_of(&event).is_err(), "{field}");
        }
    }
}
