//! What a movement of money leaves in the feeds of those whose wallets it moved.
//!
//! One rule: each side that is a person has an entry, unless the other side is their own bank.

use events::payments::{MoneyMovedV1, SideV1};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::{BusinessId, Currency, IdError, KindSide, Money, OperationKind, Party, UserId};

use super::entry::{Entry, is_shown, place};

/// The entries of a movement, none if it is of a kind that nobody here shows; what is wrong with
/// it, if it is not what payments promises.
pub(crate) fn entries_of(moved: &MoneyMovedV1) -> Result<Vec<Entry>, String> {
    let kind = OperationKind::from_code(&moved.kind).filter(|kind| is_shown(*kind));
    let Some(kind) = kind else { return Ok(Vec::new()) };
    if moved.currency != Currency::HKD.code() {
        return Err("the currency is unknown".to_owned());
    }
    let amount = Money::hkd(moved.amount).map_err(|error| error.to_string())?;
    let operation_id = kind.read_id(&moved.operation_id).map_err(|error| error.to_string())?;
    let moved_at = OffsetDateTime::parse(&moved.moved_at, &Rfc3339);
    let moved_at = moved_at.map_err(|error| error.to_string())?;
    let place = place(moved_at, operation_id)?;
    let is_for_friends =
        kind == OperationKind::PeerPayment && moved.visibility.as_deref() == Some("friends");
    let mut entries = Vec::with_capacity(2);
    for (own, other, is_outgoing) in
        [(&moved.from, &moved.to, true), (&moved.to, &moved.from, false)]
    {
        let Some(person_id) = person(own)? else { continue };
        entries.push(Entry {
            person_id,
            place,
            kind,
            operation_id,
            is_outgoing,
            other: other_side(kind, person_id, other)?,
            amount,
            note: moved.note.clone(),
            sticker: moved.sticker.clone(),
            is_shown: is_for_friends,
        });
    }
    Ok(entries)
}

fn person(side: &SideV1) -> Result<Option<UserId>, String> {
    (side.side_type == "user").then(|| user_id(side)).transpose()
}

/// Nobody where the money waits in escrow, or comes back from there: that is its owner's own.
fn other_side(
    kind: OperationKind,
    person_id: UserId,
    other: &SideV1,
) -> Result<Option<Party>, String> {
    match &*other.side_type {
        "user" => Ok(Some(Party::user(user_id(other)?, other.name.clone()))),
        "business" => {
            let id: BusinessId = given(other)?.parse().map_err(text_of)?;
            Ok(Some(Party::Business { id, name: other.name.clone() }))
        }
        "escrow" => {
            let sender = user_id(other)?;
            Ok((sender != person_id).then(|| Party::user(sender, other.name.clone())))
        }
        "bank" if kind.facts().to == KindSide::OtherBank => {
            Ok(Some(Party::Fps { name: other.name.clone() }))
        }
        other => Err(format!("a side of this kind is not expected: {other}")),
    }
}

fn user_id(side: &SideV1) -> Result<UserId, String> {
    given(side)?.parse().map_err(text_of)
}

fn given(side: &SideV1) -> Result<&str, String> {
    side.id.as_deref().ok_or_else(|| "money of this kind has ids".to_owned())
}

fn text_of(error: IdError) -> String {
    error.to_string()
}
