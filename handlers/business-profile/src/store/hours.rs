//! When shops are open.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::BusinessId;

use crate::domain::OpeningHours;

/// What the shop says, and the version of that. None if it is closed for good.
pub(crate) async fn find_hours(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<(OpeningHours, u32)>, Error> {
    let sql = "SELECT opening_hours, hours_version FROM businesses
         WHERE business_id = ? AND closed_at IS NULL";
    let row: Option<(Option<String>, u32)> =
        connection.exec_first(sql, (business_id.uuid(),)).await?;
    let Some((hours, version)) = row else { return Ok(None) };
    let hours = hours.map(|hours| read(&hours)).transpose().map_err(|error| {
        Error::Other(format!("hours of business {business_id} cannot be read: {error}").into())
    })?;
    Ok(Some((hours.unwrap_or_default(), version)))
}

fn read(json: &str) -> Result<OpeningHours, String> {
    let hours: OpeningHours = serde_json::from_str(json).map_err(|error| error.to_string())?;
    hours.checked().map_err(|refusal| refusal.code().to_owned())
}

pub(crate) async fn update_hours(
    tx: &mut Tx,
    business_id: BusinessId,
    hours: &OpeningHours,
    version: u32,
) -> Result<(), Error> {
    let json = serde_json::to_string(hours).map_err(|error| Error::Other(error.into()))?;
    let sql = "UPDATE businesses SET opening_hours = ?, hours_version = ? WHERE business_id = ?";
    tx.exec_drop(sql, (json, version, business_id.uuid())).await
}
