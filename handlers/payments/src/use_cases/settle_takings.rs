//! Shops' takings up to yesterday's end go to their bank accounts: after midnight in Hong Kong
//! those of all that settle daily, and of any when its owner asks. A second time nothing more goes.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Deserialize;
use service::database::now;
use service::trace::{self, TraceContext};
use service::{Error, Id, Json, Keyed, Merchant, causes};
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BusinessId, HongKongDate, IdempotencyKey, ShopAct};

use super::list_settlements::SettlementBody;
use super::read_wallet::require_act;
use crate::domain::operations::SettleTakings as Settle;
use crate::domain::{NO_SETTLEMENT, Settlement, day_to_settle, end_of, require_to_settle};
use crate::store::settlements::{
    find_settlement, find_settlement_of, insert_settled_day, is_settled, list_due,
};
use crate::{App, observe};

/// Settled at once. Clients' operations wait in the same lines.
const PAGE: u32 = 64;
/// How long one run of the timer begins new pages; the next run, a minute later, goes on.
const PAGES_WITHIN: Duration = Duration::from_secs(20);
/// Somebody has to look at a day that is not settled so long after its end.
const LATE_AFTER: time::Duration = time::Duration::hours(3);

/// One that fails keeps no other from it, and is tried again by the next run: the day is settled
/// once a run has met nothing that is left.
pub(crate) async fn settle_yesterday(app: App) -> Result<(), Error> {
    let Some(day) = day_to_settle(now()) else { return Ok(()) };
    if is_settled(&mut app.database.conn().await?, day).await? {
        observe::settlement_late(false);
        return Ok(());
    }
    let settled = settle_shops(&app, day).await;
    if let Ok(true) = settled {
        insert_settled_day(&mut app.database.conn().await?, day, now()).await?;
    }
    report_late(day, matches!(settled, Ok(true)), now());
    settled.map(drop)
}

/// Whether all have been met.
async fn settle_shops(app: &App, day: Date) -> Result<bool, Error> {
    let (began, mut after, mut failed) = (Instant::now(), Uuid::nil(), None);
    while began.elapsed() < PAGES_WITHIN {
        let page = list_due(&mut app.database.conn().await?, day, after, PAGE).await?;
        let Some(last) = page.last() else { return failed.map_or(Ok(true), Err) };
        after = last.uuid();
        let settled = page.into_iter().map(|shop| settle(app, shop, day, false, trace::current()));
        for outcome in join_all(settled).await {
            failed = failed.or(outcome.err());
        }
    }
    failed.map_or(Ok(false), Err)
}

fn report_late(day: Date, is_settled: bool, now: OffsetDateTime) {
    let is_late = !is_settled && end_of(day).saturating_add(LATE_AFTER) <= now;
    if is_late {
        tracing::warn!(%day, "the takings of a day are not settled");
    }
    observe::settlement_late(is_late);
}

/// Under a key of the shop and the day, which no client has: a timer that runs twice, another
/// instance and an owner who asks find what was decided.
async fn settle(
    app: &App,
    business_id: BusinessId,
    day: Date,
    is_asked: bool,
    trace: TraceContext,
) -> Result<Settlement, Error> {
    let scope = business_id.uuid();
    let key: IdempotencyKey = format!("settlement-{day}").parse().map_err(Error::internal)?;
    let keyed = Keyed::new(scope, &key, "settle_takings", &HongKongDate(day))?;
    let is_instructed = app.bank.is_instructed();
    let wanted = Settle { business_id, day, is_instructed, is_asked };
    let done = app.group_commit.submit(wanted, Some(&keyed), trace).await;
    done.map(|done| done.record).inspect_err(|error| {
        tracing::error!(%business_id, causes = causes(error), "takings were not settled");
    })
}

/// Up to when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleTakings {
    /// Yesterday in Hong Kong: what was taken since is not paid out yet.
    day: HongKongDate,
}

/// The bank is told within seconds (`follow_bank`).
pub(crate) async fn settle_takings(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    trace: TraceContext,
    Json(input): Json<SettleTakings>,
) -> Result<Json<SettlementBody>, Error> {
    let HongKongDate(day) = input.day;
    require_to_settle(day, now())?;
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, owner.user_id, ShopAct::Settle).await?;
    // A repeat adds nothing up behind the lock that all wait for who deal with the bank.
    let before = find_settlement_of(&mut conn, business_id, day).await?;
    drop(conn);
    let id = match before {
        Some(id) => id,
        None => settle(&app, business_id, day, true, trace).await?.id,
    };
    let found = find_settlement(&mut app.database.conn().await?, business_id, id).await?;
    Ok(Json(SettlementBody::from(found.ok_or(NO_SETTLEMENT)?)))
}
