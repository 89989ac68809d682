//! A shop's owner asks for a file of what the shop was paid and gave back.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{Error, Json, Keyed, Merchant, ReadAfter, Recorded, Resource, once};
use time::Duration;
use utoipa::ToSchema;
use values::{BusinessId, ExportId, HongKongDate, IdempotencyKey, Language, hong_kong_midnight};

use super::own_shop::require_reader;
use super::read_export::ExportBody;
use crate::domain::{
    ANSWERED_AGAIN, EXPORT_DAYS_MAX, EXPORT_LAYOUT, EXPORTS_PER_DAY_MAX, EXPORTS_UNFINISHED,
    Export, ExportFormat, ExportStatus, OPEN_EXPORTS_MAX, PERIOD_INVALID, Period, Summed,
    TABLE_TOO_LONG, Takings, Written,
};
use crate::store::ledger::first_id_of;
use crate::store::ledger::taken::ID_AWAY_MAX;
use crate::{App, store};

/// What is wanted.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginExport {
    business_id: BusinessId,
    /// In Hong Kong.
    first_day: HongKongDate,
    /// In Hong Kong, at most 366 days with the first.
    last_day: HongKongDate,
    format: ExportFormat,
}

impl Resource for ExportBody {
    const LOCATION: &'static str = "/api/v1/payment-exports/{export_id}";
}

/// A timer writes it. It has what was in the books by now and no longer changes: a transfer's id,
/// by which it has its place, is made before it is committed. So whole days never change, and if
/// their file is there already, it is the answer.
pub(crate) async fn begin_export(
    app: App,
    owner: Merchant,
    key: IdempotencyKey,
    language: Language,
    Json(input): Json<BeginExport>,
) -> Result<Recorded<ExportBody>, Error> {
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "begin_export", &input)?;
    let period = Period::of(input.first_day, input.last_day, EXPORT_DAYS_MAX)?;
    let mut reading = app.ledger.read(ReadAfter(None)).await?;
    require_reader(&mut reading, input.business_id, &owner).await?;
    let begins = hong_kong_midnight(period.first);
    let settled = reading.as_of.saturating_sub(ID_AWAY_MAX);
    if begins > settled {
        return Err(PERIOD_INVALID.because("the period has not begun").into());
    }
    let ends = period.last.next_day().map_or(settled, |day| hong_kong_midnight(day).min(settled));
    let mut conn = app.database.conn().await?;
    let days = store::takings::list_days(&mut conn, input.business_id, period).await?;
    drop(conn);
    let Takings { payments, refunds, .. } = Takings::sum(days.values());
    let rows_expected = u64::try_from(payments.saturating_add(refunds)).unwrap_or_default();
    if rows_expected > input.format.rows_max() {
        return Err(TABLE_TOO_LONG.into());
    }
    let (first_id, created_at) = (first_id_of(begins), now());
    let export = Export {
        id: ExportId::new(),
        business_id: input.business_id,
        owner_user_id: owner.user_id,
        format: input.format,
        language,
        period,
        as_of: reading.as_of,
        before_id: first_id_of(ends),
        status: ExportStatus::Waiting,
        failure: None,
        rows_expected,
        summed: Summed::at(first_id),
        balances: None,
        layout: EXPORT_LAYOUT,
        written: Written::at(first_id),
        progressed_at: created_at,
        tries: 0,
        created_at,
        ended_at: None,
    };
    once(&app.database, &keyed, |tx| insert(tx, &export)).await
}

async fn insert(mut tx: Tx, export: &Export) -> Result<(Tx, ExportBody), Error> {
    store::exports::lock_shop(&mut tx, export.business_id).await?;
    if export.is_whole() {
        let done_since = export.created_at.saturating_sub(ANSWERED_AGAIN);
        if let Some(same) = store::exports::find_same(&mut tx, export, done_since).await? {
            return Ok((tx, ExportBody::of(&same)));
        }
    }
    if store::exports::count_open(&mut tx, export.business_id).await? >= OPEN_EXPORTS_MAX {
        return Err(EXPORTS_UNFINISHED.into());
    }
    let day_before = first_id_of(export.created_at.saturating_sub(Duration::DAY));
    let begun = store::exports::count_begun(&mut tx, export.business_id, day_before).await?;
    if begun >= EXPORTS_PER_DAY_MAX {
        return Err(EXPORTS_UNFINISHED
            .because("as many were begun today as may be in a day")
            .into());
    }
    store::exports::insert_export(&mut tx, export).await?;
    Ok((tx, ExportBody::of(export)))
}
