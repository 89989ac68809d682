//! Somebody who has the secret takes the money, or a share of it, into their own wallet.

use serde::Serialize;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{
    ClaimId, IdempotencyKey, Money, Note, Party, PayLinkId, RedPacketId, Timestamp, UserId,
};

use super::check_secret::{ShowSecret, check_secret};
use crate::App;
use crate::domain::operations::ClaimShare;
use crate::domain::{NO_CLAIM, Parcel, ParcelKind};

/// What somebody has claimed, as they see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimBody {
    claim_id: ClaimId,
    /// The pay link that it was; null if it was a red packet.
    pay_link_id: Option<PayLinkId>,
    /// The red packet that it is a share of; null if it was a pay link.
    red_packet_id: Option<RedPacketId>,
    sender: Party,
    amount: Money,
    /// What the sender said; null if nothing.
    note: Option<Note>,
    claimed_at: Timestamp,
}

impl Resource for ClaimBody {
    const LOCATION: &'static str = "/api/v1/claims/{claim_id}";
}

impl ClaimBody {
    /// What this person has claimed of it.
    pub(super) fn of(parcel: &Parcel, claimer: UserId) -> Result<Self, Error> {
        let (share, claim) = parcel.share_of(claimer).ok_or(NO_CLAIM)?;
        Ok(Self {
            claim_id: claim.id,
            pay_link_id: parcel.pay_link_id(),
            red_packet_id: parcel.red_packet_id(),
            sender: parcel.sender.named(),
            amount: share.amount,
            note: parcel.note.clone(),
            claimed_at: claim.at.into(),
        })
    }
}

pub(crate) async fn claim_pay_link(
    app: App,
    Id(id): Id<PayLinkId>,
    claimer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(shown): Json<ShowSecret>,
) -> Result<Written<Recorded<ClaimBody>>, Error> {
    claim_share(&app, &claimer, &key, trace, (ParcelKind::PayLink, id.uuid()), &shown).await
}

pub(crate) async fn claim_red_packet(
    app: App,
    Id(id): Id<RedPacketId>,
    claimer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(shown): Json<ShowSecret>,
) -> Result<Written<Recorded<ClaimBody>>, Error> {
    claim_share(&app, &claimer, &key, trace, (ParcelKind::RedPacket, id.uuid()), &shown).await
}

async fn claim_share(
    app: &App,
    claimer: &Consumer,
    key: &IdempotencyKey,
    trace: TraceContext,
    (kind, parcel_id): (ParcelKind, Uuid),
    shown: &ShowSecret,
) -> Result<Written<Recorded<ClaimBody>>, Error> {
    let parcel = check_secret(app, claimer.user_id, kind, parcel_id, shown).await?;
    let keyed = Keyed::new(claimer.user_id.uuid(), key, "claim_share", &(parcel_id, shown))?;
    let claim = ClaimShare { parcel_id, kind, sender: parcel.sender.id, claimer: claimer.user_id };
    let done = app.group_commit.submit(claim, Some(&keyed), trace).await?;
    let body = ClaimBody::of(&done.record, claimer.user_id)?;
    Ok(Written { answer: Recorded::of(&body, done.is_repeat)?, position: done.position })
}
