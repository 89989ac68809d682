//! What one person sees of an entry.

use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use values::{
    Money, Note, OperationKind, Party, PeerPaymentId, Timestamp, UserId, code_enum, id_schema,
    masked,
};

use super::entry::{Entry, is_shown, moved_at};

/// An entry, with what decides how much of it a reader sees.
pub(crate) struct StoredEntry {
    pub(crate) entry: Entry,
    /// What the person is called now; empty if they have not chosen a name.
    pub(crate) person_name: String,
    /// What the other side is called now, if it is a person.
    pub(crate) other_name: String,
    /// Whether the other side is a friend of the reader.
    pub(crate) is_other_friend: bool,
    /// Whether its person is no friend of the reader, or the reader blocks one of the two, or is
    /// blocked by one.
    pub(crate) is_withheld: bool,
}

code_enum! {
    /// Who may see a movement beside those whose money it moved.
    pub(crate) enum EntryVisibility {
        /// Nobody.
        Private = "private",
        /// Their friends.
        Friends = "friends",
    }
}

/// One entry of the caller's timeline.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum TimelineEntry {
    /// The caller's own money moved.
    Own {
        /// What moved it.
        subject: TimelineSubject,
        /// Whether the caller's money went to the other side.
        is_outgoing: bool,
        /// The other side, called as when the money moved; null if the money waits to be claimed,
        /// or came back since nobody did.
        counterparty: Option<Party>,
        amount: Money,
        /// What was said with it; null if nothing.
        #[schema(value_type = Option<Note>)]
        note: Option<String>,
        /// The id of the picture that goes with it (`payments` lists them); null if none. Show none
        /// that the app does not know.
        #[schema(max_length = 32, example = "milk-tea")]
        sticker: Option<String>,
        visibility: EntryVisibility,
        moved_at: Timestamp,
    },
    /// A friend paid somebody, or was paid: never with its amount.
    OfFriends {
        /// What reactions and comments name. It shows nothing more to whom the money did not move.
        peer_payment_id: PeerPaymentId,
        payer: TimelinePerson,
        payee: TimelinePerson,
        /// What was said with it; null if nothing.
        #[schema(value_type = Option<Note>)]
        note: Option<String>,
        /// The id of the picture that goes with it (`payments` lists them); null if none. Show none
        /// that the app does not know.
        #[schema(max_length = 32, example = "milk-tea")]
        sticker: Option<String>,
        moved_at: Timestamp,
    },
}

/// An operation of payments.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TimelineSubject {
    #[serde(rename = "type")]
    kind: EntryKind,
    #[schema(schema_with = subject_id)]
    id: String,
}

fn shown() -> impl Iterator<Item = OperationKind> {
    OperationKind::ALL.iter().copied().filter(|kind| is_shown(*kind))
}

/// What moved the money. A schema of its own: only such a one tells clients that codes are added.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct EntryKind(OperationKind);

impl PartialSchema for EntryKind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What moved the money."))
            .enum_values(Some(shown().map(OperationKind::code)))
            .into()
    }
}

impl ToSchema for EntryKind {}

fn subject_id() -> RefOr<Schema> {
    let prefixes: Vec<&str> = shown().map(|kind| kind.facts().id_prefix).collect();
    id_schema(&prefixes, "As payments knows it.")
}

/// A person, as much of them as the caller may see.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TimelinePerson {
    /// Null unless it is a friend of the caller.
    user_id: Option<UserId>,
    /// Masked unless it is a friend of the caller; null if they have not chosen one.
    name: Option<String>,
}

impl TimelinePerson {
    fn friend(id: UserId, name: String) -> Self {
        Self { user_id: Some(id), name: Some(name).filter(|name| !name.is_empty()) }
    }

    fn stranger(name: &str) -> Self {
        Self { user_id: None, name: Some(masked(name)).filter(|name| !name.is_empty()) }
    }
}

impl StoredEntry {
    /// Nothing if the reader may see nothing of it.
    pub(crate) fn seen_by(self, reader: UserId) -> Option<TimelineEntry> {
        let Self { entry, person_name, other_name, is_other_friend, is_withheld } = self;
        let moved_at: Timestamp = moved_at(entry.place)?.into();
        let is_own = entry.person_id == reader;
        if !is_own && (is_withheld || !entry.is_shown) {
            return None;
        }
        let other_person = match entry.other {
            Some(Party::User { id, .. }) => Some(id),
            _ => None,
        };
        let visibility =
            if entry.is_shown { EntryVisibility::Friends } else { EntryVisibility::Private };
        // What a friend and the reader did is the reader's own, in the friend's feed as well.
        if is_own || other_person == Some(reader) {
            let (counterparty, is_outgoing) = if is_own {
                (entry.other, entry.is_outgoing)
            } else {
                (Some(Party::user(entry.person_id, person_name)), !entry.is_outgoing)
            };
            return Some(TimelineEntry::Own {
                subject: TimelineSubject {
                    kind: EntryKind(entry.kind),
                    id: entry.kind.typed_id(entry.operation_id),
                },
                is_outgoing,
                counterparty,
                amount: entry.amount,
                note: entry.note,
                sticker: entry.sticker,
                visibility,
                moved_at,
            });
        }
        let friend = TimelinePerson::friend(entry.person_id, person_name);
        let other = if is_other_friend {
            TimelinePerson::friend(other_person?, other_name)
        } else {
            TimelinePerson::stranger(&other_name)
        };
        let (payer, payee) = if entry.is_outgoing { (friend, other) } else { (other, friend) };
        Some(TimelineEntry::OfFriends {
            peer_payment_id: PeerPaymentId::from_uuid(entry.operation_id),
            payer,
            payee,
            note: entry.note,
            sticker: entry.sticker,
            moved_at,
        })
    }
}
