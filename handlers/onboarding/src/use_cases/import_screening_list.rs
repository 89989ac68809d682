//! An operator has put a new list into the storage account: from now on it is the one that counts,
//! and everybody is compared with it.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use service::{Error, FunctionKey, Json};
use utoipa::ToSchema;

use crate::domain::{Entry, LIST_BYTES_MAX, LIST_INVALID, parse_list};
use crate::{App, store};

/// The longest name of a blob that is taken, in characters.
const BLOB_NAME_CHARACTERS_MAX: usize = 200;

/// Which list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportScreeningList {
    /// Of the blob in the container `screening`.
    #[schema(min_length = 1, max_length = 200)]
    blob_name: String,
}

/// The list that counts.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScreeningListBody {
    list_version: u32,
    entry_count: u32,
    /// False if it counted before.
    is_new: bool,
}

/// The same list again is no new version. One that cannot be read whole is refused whole.
pub(crate) async fn import_screening_list(
    app: App,
    _operator: FunctionKey,
    Json(ImportScreeningList { blob_name }): Json<ImportScreeningList>,
) -> Result<Json<ScreeningListBody>, Error> {
    let length = blob_name.chars().count();
    if !(1..=BLOB_NAME_CHARACTERS_MAX).contains(&length) {
        return Err(LIST_INVALID.because("a blob's name is expected").into());
    }
    let bytes = app.documents.read_list(&blob_name, LIST_BYTES_MAX).await?;
    let bytes = bytes.ok_or_else(|| LIST_INVALID.because("no such blob, or it is too long"))?;
    let digest = digest(&SHA256, &bytes).as_ref().to_vec();
    let mut conn = app.database.conn().await?;
    let newest = store::screening::find_newest(&mut conn).await?;
    if let Some(newest) = newest.filter(|newest| newest.digest == digest) {
        let (list_version, entry_count) = (newest.version, newest.entries);
        return Ok(Json(ScreeningListBody { list_version, entry_count, is_new: false }));
    }
    drop(conn);
    let parsed = tokio::task::spawn_blocking(move || parse_list(&bytes)).await;
    let entries: Vec<Entry> =
        parsed.map_err(Error::internal)?.map_err(|error| LIST_INVALID.because(error))?;
    let mut tx = app.database.begin().await?;
    let version = store::screening::insert_list(&mut tx, &blob_name, &digest, &entries).await?;
    tx.commit().await?;
    tracing::info!(list_version = version, entries = entries.len(), "imported a list");
    let entry_count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    Ok(Json(ScreeningListBody { list_version: version, entry_count, is_new: true }))
}
