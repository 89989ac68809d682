//! The sender sees what became of a pay link or red packet.

use service::database::now;
use service::{Consumer, Error, Id, Json};
use uuid::Uuid;
use values::{PayLinkId, RedPacketId, UserId};

use super::{PayLinkBody, RedPacketBody};
use crate::domain::{Parcel, ParcelKind};
use crate::{App, store};

pub(crate) async fn read_pay_link(
    app: App,
    Id(id): Id<PayLinkId>,
    sender: Consumer,
) -> Result<Json<PayLinkBody>, Error> {
    let parcel = find(&app, ParcelKind::PayLink, id.uuid(), sender.user_id).await?;
    Ok(Json(PayLinkBody::at(parcel, None, now())))
}

pub(crate) async fn read_red_packet(
    app: App,
    Id(id): Id<RedPacketId>,
    sender: Consumer,
) -> Result<Json<RedPacketBody>, Error> {
    let parcel = find(&app, ParcelKind::RedPacket, id.uuid(), sender.user_id).await?;
    Ok(Json(RedPacketBody::at(parcel, None, now())))
}

async fn find(app: &App, kind: ParcelKind, id: Uuid, sender: UserId) -> Result<Parcel, Error> {
    let mut conn = app.database.conn().await?;
    let parcel = store::parcels::find_parcel_of(&mut conn, kind, id, sender).await?;
    Ok(parcel.ok_or(kind.not_found())?)
}
