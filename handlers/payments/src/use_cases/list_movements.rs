//! The movements of the caller's own wallet, or of a business they own.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize, Serializer};
use service::{Consumer, Error, Id, List, Merchant, ReadAfter};
use time::OffsetDateTime;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;
use values::{
    AccountId, Balance, BusinessId, Money, Note, OperationKind, Party, Reference, ShopAct,
    Timestamp, TransferId, id_schema,
};

use super::created_within::narrow;
use super::read_wallet::require_act;
use crate::domain::{Direction, Movement, NO_WALLET, Parent, ParentKind, Transfer, Visibility};
use crate::history::{Listed, Reading};
use crate::store::movements::{self, Wanted};
use crate::{App, store};

/// Which movements.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMovements {
    /// Those whose subject has one of these types; `fee`: the fees.
    #[serde(rename = "type")]
    #[param(style = Form, explode = false, schema_with = types)]
    types: Option<Types>,
    /// Those that went this way.
    #[param(inline)]
    direction: Option<Direction>,
    /// Those with this person or shop on the other side.
    #[param(inline)]
    counterparty_id: Option<AccountId>,
    /// Those of this many cents or more.
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    amount_from: Option<u32>,
    /// Those of this many cents or fewer.
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    amount_to: Option<u32>,
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

/// The codes of transfers, each once. Query: `payment,refund`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Types(BTreeSet<&'static str>);

impl TryFrom<String> for Types {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = |code: &str| all_types().find(|known| *known == code);
        let unknown = || {
            let known: Vec<_> = all_types().collect();
            format!("type is one or more of these, with commas between: {}", known.join(" "))
        };
        text.split(',').map(read).collect::<Option<_>>().map(Self).ok_or_else(unknown)
    }
}

fn all_types() -> impl Iterator<Item = &'static str> {
    OperationKind::ALL.iter().map(|kind| kind.code()).chain([Transfer::FEE])
}

fn types() -> Schema {
    let codes = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all_types()));
    ArrayBuilder::new().items(codes).min_items(Some(1)).into()
}

impl ListMovements {
    fn wanted(&self) -> Wanted {
        let codes = |types: &Types| types.0.iter().copied().collect::<Vec<_>>().join(",");
        Wanted {
            direction: self.direction,
            codes: self.types.as_ref().map(codes),
            counterparty: self.counterparty_id.map(AccountId::uuid),
            amount_from: self.amount_from.map(u64::from),
            amount_to: self.amount_to.map(u64::from),
        }
    }
}

/// One movement.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovementBody {
    transfer_id: TransferId,
    direction: Direction,
    amount: Money,
    /// What moved the money.
    subject: SubjectBody,
    /// Whether it is not the subject's own money but a shop's fee: for a payment (`out`), or what
    /// comes back of one with a refund (`in`).
    is_fee: bool,
    /// The other side; null if it is the bank, or if the money waits to be claimed or comes back
    /// since nobody did, or if it is a fee.
    counterparty: Option<Party>,
    /// What the subject belongs to; null if it is something of its own. The refunds of a payment
    /// have that payment here.
    parent: Option<ParentBody>,
    /// What was said with it: by the payer, who gave it away, or the shop that refunds; null if
    /// nothing.
    note: Option<Note>,
    /// What the shop's code asked to be quoted; null if nothing.
    reference: Option<Reference>,
    /// Of a payment to a shop, what has been given back of it so far, in refunds with lines of
    /// their own; null for everything else.
    refunded: Option<Balance>,
    /// Who else may see it.
    visibility: Visibility,
    posted_at: Timestamp,
}

/// What an operation is; `None` of what only a newer program knows.
struct SubjectType(Option<OperationKind>);

impl SubjectType {
    const OTHER: &str = "other";

    fn code(&self) -> &'static str {
        self.0.map_or(Self::OTHER, OperationKind::code)
    }
}

impl Serialize for SubjectType {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.serialize_str(self.code())
    }
}

impl PartialSchema for SubjectType {
    fn schema() -> RefOr<Schema> {
        let codes = OperationKind::ALL.iter().map(|kind| kind.code()).chain([Self::OTHER]);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "What an operation is. `other`: something that a newer version of the service has \
                 begun to do; it has its own name later.",
            ))
            .enum_values(Some(codes))
            .into()
    }
}

impl ToSchema for SubjectType {
    fn name() -> Cow<'static, str> {
        "SubjectType".into()
    }
}

/// An operation, whatever its kind: an app that does not know the kind still shows the movement.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubjectBody {
    #[serde(rename = "type")]
    subject_type: SubjectType,
    #[schema(schema_with = subject_id)]
    id: String,
}

fn subject_id() -> RefOr<Schema> {
    let kinds = OperationKind::ALL.iter().map(|kind| kind.facts().id_prefix);
    let prefixes: Vec<&str> = kinds.chain([TransferId::PREFIX]).collect();
    id_schema(&prefixes, "Of `other` the id of its first transfer.")
}

/// What a movement belongs to.
#[derive(Serialize, ToSchema)]
pub(crate) struct ParentBody {
    #[serde(rename = "type")]
    parent_type: ParentKind,
    #[schema(
        pattern = "^(preq|mreq|bill|pay|plnk|rpkt|sch)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "preq_01h455vb4pex5vsknk084sn02q"
    )]
    id: String,
}

impl SubjectBody {
    /// The first transfer of an operation has its id.
    pub(super) fn of(kind: Option<OperationKind>, id: Uuid) -> Self {
        let other = || TransferId::from_uuid(id).to_string();
        Self {
            subject_type: SubjectType(kind),
            id: kind.map_or_else(other, |kind| kind.typed_id(id)),
        }
    }
}

impl From<Parent> for ParentBody {
    fn from(parent: Parent) -> Self {
        Self { parent_type: parent.kind, id: parent.typed_id() }
    }
}

impl From<Movement> for MovementBody {
    fn from(movement: Movement) -> Self {
        let Movement { kind, operation_id, is_fee, .. } = movement;
        let is_payment = kind == Some(OperationKind::Payment) && !is_fee;
        Self {
            transfer_id: movement.transfer_id,
            direction: movement.direction,
            amount: movement.amount,
            subject: SubjectBody::of(kind, operation_id),
            is_fee,
            counterparty: movement.counterparty,
            parent: movement.parent.map(ParentBody::from),
            note: movement.note,
            reference: movement.reference,
            refunded: is_payment.then(|| Balance::hkd(movement.refunded)),
            visibility: movement.visibility,
            posted_at: movement.at.into(),
        }
    }
}

pub(crate) async fn list_movements(
    app: App,
    consumer: Consumer,
    list: List<ListMovements>,
    after: ReadAfter,
) -> Result<Listed<MovementBody>, Error> {
    let reading = app.history.read(after).await?;
    list_of_account(reading, consumer.user_id.uuid(), &list).await
}

pub(crate) async fn list_business_movements(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    list: List<ListMovements>,
    after: ReadAfter,
) -> Result<Listed<MovementBody>, Error> {
    let mut reading = app.history.read(after).await?;
    require_act(&mut reading.conn, business_id, owner.user_id, ShopAct::ReadBooks).await?;
    list_of_account(reading, business_id.uuid(), &list).await
}

async fn list_of_account(
    mut reading: Reading,
    account_id: Uuid,
    list: &List<ListMovements>,
) -> Result<Listed<MovementBody>, Error> {
    let ListMovements { created_from, created_before, .. } = list.filter;
    let mut paging = narrow(list.of(account_id)?, created_from, created_before);
    let (conn, wanted) = (&mut reading.conn, list.filter.wanted());
    store::ledger::find_account(conn, account_id).await?.ok_or(NO_WALLET)?;
    if wanted.is_looked_for() {
        let reach = movements::find_reach(conn, account_id, wanted.direction, &paging).await?;
        paging = paging.reaching(reach);
    }
    let rows = movements::list_movements(conn, account_id, &wanted, &paging).await?;
    let place = |movement: &Movement| movement.transfer_id.uuid().as_u128();
    reading.answer(paging.page(rows, place, MovementBody::from)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_ones_and_each_counts_once() {
        let read = |text: &str| Types::try_from(text.to_owned()).map(|types| types.0);
        assert_eq!(read("refund,fee,refund"), Ok(BTreeSet::from(["fee", "refund"])));
        for text in ["", "refund,", "Refund", "refund fee", "top_up"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
