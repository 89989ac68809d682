//! A person gives money to somebody who need not be known, nor have a wallet yet.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Json, LinkSecret, Recorded, Resource, Written};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, Note, PayLinkId};

use super::check_confirmation::Proof;
use super::make_parcel::{ParcelBody, Wanted, make_parcel};
use crate::App;
use crate::domain::{PacketSplit, Parcel, ParcelKind};

/// How much, as the sender saw it, and the proof that they agreed to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePayLink {
    amount: Money,
    /// What whoever claims it reads; absent or null if nothing. It is not part of the proof.
    note: Option<Note>,
    /// Of a `pay-link` whose payee is the payer, without a reference.
    confirmation: Proof,
}

/// A pay link, as its sender sees it. The first who claims it has all of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PayLinkBody {
    pay_link_id: PayLinkId,
    #[serde(flatten)]
    parcel: ParcelBody,
}

impl Resource for PayLinkBody {
    const LOCATION: &'static str = "/api/v1/pay-links/{pay_link_id}";
}

impl PayLinkBody {
    pub(super) fn at(parcel: Parcel, secret: Option<LinkSecret>, now: OffsetDateTime) -> Self {
        let pay_link_id = PayLinkId::from_uuid(parcel.id);
        Self { pay_link_id, parcel: ParcelBody::at(parcel, secret, now) }
    }

    pub(super) fn listed(self) -> Self {
        Self { parcel: self.parcel.listed(), ..self }
    }
}

pub(crate) async fn create_pay_link(
    app: App,
    sender: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreatePayLink>,
) -> Result<Written<Recorded<PayLinkBody>>, Error> {
    let wanted = Wanted {
        kind: ParcelKind::PayLink,
        amount: input.amount,
        split: PacketSplit::Equal,
        shares: 1,
        note: input.note,
        confirmation: input.confirmation,
    };
    let made = make_parcel(&app, &sender, &key, trace, wanted).await?;
    let body = PayLinkBody::at(made.parcel, Some(made.secret), now());
    Ok(Written { answer: Recorded::of(&body, made.is_repeat)?, position: made.position })
}
