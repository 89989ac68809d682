//! A person gives money to a group: a share for each who opens the red packet in time.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Json, LinkSecret, Recorded, Resource, Written};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, Note, RedPacketId};

use super::check_confirmation::Proof;
use super::make_parcel::{ParcelBody, Wanted, make_parcel};
use crate::App;
use crate::domain::{PacketSplit, Parcel, ParcelKind};

/// For how many people: 1 to 100.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 100, example = 10)]
pub(crate) struct ShareCount(u32);

impl TryFrom<u32> for ShareCount {
    type Error = &'static str;

    fn try_from(count: u32) -> Result<Self, &'static str> {
        let is_allowed = (1..=Parcel::SHARES_MAX).contains(&count);
        is_allowed.then_some(Self(count)).ok_or("a red packet has 1 to 100 shares")
    }
}

/// How much for how many, as the sender saw it, and the proof that they agreed to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRedPacket {
    /// For all of them together: a cent for each at least.
    amount: Money,
    shares: ShareCount,
    split: PacketSplit,
    /// What whoever opens it reads; absent or null if nothing. It is not part of the proof.
    note: Option<Note>,
    /// Of a `red-packet` whose payee is the payer, and whose reference is the split, a hyphen and
    /// the number of shares: `random-10`.
    confirmation: Proof,
}

/// A red packet, as its sender sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RedPacketBody {
    red_packet_id: RedPacketId,
    split: PacketSplit,
    shares: ShareCount,
    #[serde(flatten)]
    parcel: ParcelBody,
}

impl Resource for RedPacketBody {
    const LOCATION: &'static str = "/api/v1/red-packets/{red_packet_id}";
}

impl RedPacketBody {
    pub(super) fn at(parcel: Parcel, secret: Option<LinkSecret>, now: OffsetDateTime) -> Self {
        Self {
            red_packet_id: RedPacketId::from_uuid(parcel.id),
            split: parcel.split,
            shares: ShareCount(parcel.share_count()),
            parcel: ParcelBody::at(parcel, secret, now),
        }
    }

    pub(super) fn listed(self) -> Self {
        Self { parcel: self.parcel.listed(), ..self }
    }
}

pub(crate) async fn create_red_packet(
    app: App,
    sender: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreateRedPacket>,
) -> Result<Written<Recorded<RedPacketBody>>, Error> {
    let wanted = Wanted {
        kind: ParcelKind::RedPacket,
        amount: input.amount,
        split: input.split,
        shares: input.shares.0,
        note: input.note,
        confirmation: input.confirmation,
    };
    let made = make_parcel(&app, &sender, &key, trace, wanted).await?;
    let body = RedPacketBody::at(made.parcel, Some(made.secret), now());
    Ok(Written { answer: Recorded::of(&body, made.is_repeat)?, position: made.position })
}
