//! The pay links, or the red packets, that the caller made.

use service::database::now;
use service::{Consumer, Error, List, ReadAfter};

use super::created_within::CreatedWithin;
use super::{PayLinkBody, RedPacketBody};
use crate::domain::{Parcel, ParcelKind};
use crate::history::Listed;
use crate::{App, store};

pub(crate) async fn list_pay_links(
    app: App,
    sender: Consumer,
    list: List<CreatedWithin>,
    after: ReadAfter,
) -> Result<Listed<PayLinkBody>, Error> {
    list_parcels(&app, &sender, &list, after, ParcelKind::PayLink, |parcel| {
        PayLinkBody::at(parcel, None, now()).listed()
    })
    .await
}

pub(crate) async fn list_red_packets(
    app: App,
    sender: Consumer,
    list: List<CreatedWithin>,
    after: ReadAfter,
) -> Result<Listed<RedPacketBody>, Error> {
    list_parcels(&app, &sender, &list, after, ParcelKind::RedPacket, |parcel| {
        RedPacketBody::at(parcel, None, now()).listed()
    })
    .await
}

async fn list_parcels<T>(
    app: &App,
    sender: &Consumer,
    list: &List<CreatedWithin>,
    after: ReadAfter,
    kind: ParcelKind,
    show: impl Fn(Parcel) -> T,
) -> Result<Listed<T>, Error> {
    let mut reading = app.history.read(after).await?;
    let paging = list.filter.narrow(list.of(sender.user_id)?);
    let rows =
        store::parcels::list_of_sender(&mut reading.conn, kind, sender.user_id, &paging).await?;
    let place = |parcel: &Parcel| parcel.id.as_u128();
    reading.answer(paging.page(rows, place, show)).await
}
