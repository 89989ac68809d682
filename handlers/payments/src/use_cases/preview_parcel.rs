//! Somebody who has the secret sees what it opens, and claims nothing yet.

use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Id, Json};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{Money, Note, Party, PayLinkId, RedPacketId, Timestamp};

use super::check_secret::{ShowSecret, check_secret};
use crate::App;
use crate::domain::{ParcelKind, ParcelStatus};

/// A pay link or red packet, as somebody sees it who may claim of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewBody {
    /// The name is masked, as a payee's is before they are paid: whoever has claimed reads all of
    /// it. Null if the person has not chosen one.
    sender: Party,
    /// All that the sender gave, for all shares together.
    amount: Money,
    /// 1 for a pay link.
    shares: u32,
    unclaimed_shares: u32,
    /// What the sender says; null if nothing.
    note: Option<Note>,
    status: ParcelStatus,
    expires_at: Timestamp,
}

pub(crate) async fn preview_pay_link(
    app: App,
    Id(id): Id<PayLinkId>,
    person: Consumer,
    Json(shown): Json<ShowSecret>,
) -> Result<Json<PreviewBody>, Error> {
    preview(&app, &person, ParcelKind::PayLink, id.uuid(), &shown).await
}

pub(crate) async fn preview_red_packet(
    app: App,
    Id(id): Id<RedPacketId>,
    person: Consumer,
    Json(shown): Json<ShowSecret>,
) -> Result<Json<PreviewBody>, Error> {
    preview(&app, &person, ParcelKind::RedPacket, id.uuid(), &shown).await
}

async fn preview(
    app: &App,
    person: &Consumer,
    kind: ParcelKind,
    id: Uuid,
    shown: &ShowSecret,
) -> Result<Json<PreviewBody>, Error> {
    let parcel = check_secret(app, person.user_id, kind, id, shown).await?;
    Ok(Json(PreviewBody {
        sender: parcel.sender.masked(),
        amount: parcel.amount,
        shares: parcel.share_count(),
        unclaimed_shares: parcel.unclaimed_count(),
        status: parcel.status_at(now()),
        expires_at: parcel.expires_at.into(),
        note: parcel.note,
    }))
}
