//! What a shop took, by who asked for it.

use serde::{Deserialize, Serialize};
use service::{AsOf, Error, Id, Json, Merchant, Query, ReadAfter};
use utoipa::{IntoParams, ToSchema};
use values::{BusinessId, HongKongDate, UserId};

use super::own_shop::require_reader;
use super::takings_body::{TakingsBody, as_of};
use crate::App;
use crate::domain::{Period, TAKINGS_TOO_LONG, Takings};
use crate::store::ledger::movements::moves_more;
use crate::store::ledger::taken::{ids_between, sum_takings_by_member};

/// A month.
const DAYS_MAX: i32 = 31;
/// How much may have moved both ways in what is summed up: 1,600 payments a day, each with a fee.
const MOVEMENTS_MAX: u32 = 100_000;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadMemberTakings {
    /// In Hong Kong.
    #[param(inline)]
    first_day: HongKongDate,
    /// In Hong Kong, at most 31 days with the first.
    #[param(inline)]
    last_day: HongKongDate,
}

/// What was taken in a period, by who asked for it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberTakingsBody {
    total: TakingsBody,
    /// Those for whom anything moved, whoever took the most first.
    members: Vec<TakingsOfMemberBody>,
}

/// What was taken by the payments that somebody asked for, less the refunds that they gave.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakingsOfMemberBody {
    /// `usr_…` of who asked for the payments and gave the refunds in the shop's name. The shop's
    /// list of members has its names for those who work there now. Whoever it does not have is the
    /// owner or has left, and of them nothing but this id is told: show one who has left as such.
    /// Null of static codes, of the shop's programs, and of what a dispute gave back without
    /// anybody's word.
    created_by: Option<UserId>,
    takings: TakingsBody,
}

pub(crate) async fn read_member_takings(
    app: App,
    Id(business_id): Id<BusinessId>,
    reader: Merchant,
    Query(asked): Query<ReadMemberTakings>,
    after: ReadAfter,
) -> Result<AsOf<Json<MemberTakingsBody>>, Error> {
    let period = Period::of(asked.first_day, asked.last_day, DAYS_MAX)?;
    let (from, before) = period.bounds();
    let mut reading = app.ledger.read(after).await?;
    require_reader(&mut reading, business_id, &reader).await?;
    let (tx, ids) = (&mut reading.tx, ids_between(from, before));
    if moves_more(tx, business_id.uuid(), ids, MOVEMENTS_MAX).await? {
        return Err(TAKINGS_TOO_LONG.into());
    }
    let mut members = sum_takings_by_member(tx, business_id, from, before).await?;
    members.sort_by_key(|(id, takings)| (takings.gross.saturating_neg(), *id));
    let total = Takings::sum(members.iter().map(|(_, takings)| takings));
    let member = |(id, takings): (Option<_>, Takings)| TakingsOfMemberBody {
        created_by: id.map(UserId::from_uuid),
        takings: takings.into(),
    };
    let members = members.into_iter().map(member).collect();
    Ok(as_of(reading.as_of, MemberTakingsBody { total: total.into(), members }))
}
