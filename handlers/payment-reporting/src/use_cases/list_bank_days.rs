//! Staff see which days agree with the bank, and which wait for somebody.

use service::{Error, Id, Json, List, Page, Staff};
use values::HongKongDate;

use super::bank_day_body::BankDayBody;
use crate::App;
use crate::domain::NO_BANK_DAY;
use crate::store::bank_days::{self, CountedDay};

/// The newest first.
pub(crate) async fn list_bank_days(
    app: App,
    by: Staff,
    list: List,
) -> Result<Json<Page<BankDayBody>>, Error> {
    by.require_reviewing()?;
    let paging = list.of("bank")?;
    let mut conn = app.database.conn().await?;
    let rows = bank_days::list_bank_days(&mut conn, &paging).await?;
    let place =
        |counted: &CountedDay| u128::try_from(counted.day.day.to_julian_day()).unwrap_or_default();
    Ok(Json(paging.page(rows, place, BankDayBody::from)))
}

pub(crate) async fn read_bank_day(
    app: App,
    Id(HongKongDate(day)): Id<HongKongDate>,
    by: Staff,
) -> Result<Json<BankDayBody>, Error> {
    by.require_reviewing()?;
    let found = bank_days::find_bank_day(&mut app.database.conn().await?, day).await?;
    Ok(Json(found.ok_or(NO_BANK_DAY)?.into()))
}
