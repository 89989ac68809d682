//! An operator has put a new list into the storage account: from now on it is the one of its source
//! that counts, and everybody is compared with it and with those of the other sources.

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use service::database::is_duplicate;
use service::{Error, FunctionKey, Json};
use utoipa::ToSchema;

use crate::domain::{
    Entry, LIST_BYTES_MAX, LIST_INVALID, LIST_SHRUNK, ListSize, ListSource, parse_list,
};
use crate::store::screening::NewList;
use crate::{App, store};

/// The longest name of a blob that is taken, in characters.
const BLOB_NAME_CHARACTERS_MAX: usize = 200;

/// Which list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportScreeningList {
    source: ListSource,
    /// Of the blob in the container `screening`.
    #[schema(min_length = 1, max_length = 200)]
    blob_name: String,
    /// Of the blob with its aliases, in the form of OFAC's `ALT.CSV`; without it there are no
    /// others than the list itself has.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    aliases_blob_name: Option<String>,
    /// True: it counts even if more than a tenth of the entries or names before is gone.
    #[serde(default)]
    may_shrink: bool,
}

/// The list of its source that counts.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScreeningListBody {
    source: ListSource,
    list_version: u32,
    entry_count: u32,
    /// Of all entries, with aliases. Null if it was imported before they were counted.
    name_count: Option<u32>,
    /// False if it counted before.
    is_new: bool,
}

/// The same list again is no new version. One that cannot be read whole is refused whole.
pub(crate) async fn import_screening_list(
    app: App,
    _operator: FunctionKey,
    Json(input): Json<ImportScreeningList>,
) -> Result<Json<ScreeningListBody>, Error> {
    let list = read(&app, &input.blob_name).await?;
    let aliases = match &input.aliases_blob_name {
        Some(blob_name) => Some(read(&app, blob_name).await?),
        None => None,
    };
    let digest = digest_of(&list, aliases.as_deref());
    let parsed = tokio::task::spawn_blocking(move || parse_list(&list, aliases.as_deref())).await;
    let entries: Vec<Entry> =
        parsed.map_err(Error::internal)?.map_err(|error| LIST_INVALID.because(error))?;
    write(&app, &input, digest, &entries).await.map(Json)
}

async fn read(app: &App, blob_name: &str) -> Result<Vec<u8>, Error> {
    let length = blob_name.chars().count();
    if !(1..=BLOB_NAME_CHARACTERS_MAX).contains(&length) {
        return Err(LIST_INVALID.because("a blob's name is expected").into());
    }
    let bytes = app.documents.read_list(blob_name, LIST_BYTES_MAX).await?;
    Ok(bytes.ok_or_else(|| LIST_INVALID.because("no such blob, or it is too long"))?)
}

/// Of the one file, or of both: where one ends and the other begins is part of it.
fn digest_of(list: &[u8], aliases: Option<&[u8]>) -> Vec<u8> {
    let mut digest = Context::new(&SHA256);
    digest.update(list);
    if let Some(aliases) = aliases {
        digest.update(aliases);
        digest.update(&list.len().to_be_bytes());
    }
    digest.finish().as_ref().to_vec()
}

async fn write(
    app: &App,
    input: &ImportScreeningList,
    digest: Vec<u8>,
    entries: &[Entry],
) -> Result<ScreeningListBody, Error> {
    let (source, size) = (input.source, ListSize::of(entries));
    let mut tx = app.database.begin().await?;
    let newest = store::screening::find_newest(&mut tx).await?;
    let before = store::screening::find_counting(&mut tx, source).await?;
    if let Some(same) = before.as_ref().filter(|before| before.digest == digest) {
        return Ok(body(source, same.version, same.size, false));
    }
    if let Some(before) = before.filter(|before| size.is_shrunk_since(before.size))
        && !input.may_shrink
    {
        return Err(LIST_SHRUNK.because(shrunk(size, before.size)).into());
    }
    let version = newest.unwrap_or_default().saturating_add(1);
    let list = NewList { version, source, blob_name: &input.blob_name, digest: &digest, size };
    match store::screening::insert_list(&mut tx, &list, entries).await {
        // Versions count up in the order in which lists begin to count: two at once are one too
        // many, and whoever was compared with the later one would miss the other.
        Err(error) if is_duplicate(&error) => {
            return Err(Error::Unavailable("Another list is being imported."));
        }
        inserted => inserted?,
    }
    tx.commit().await?;
    tracing::info!(source = source.code(), list_version = version, ?size, "imported a list");
    Ok(body(source, version, size, true))
}

fn shrunk(size: ListSize, before: ListSize) -> String {
    let names = |names: Option<u32>| names.map_or("?".to_owned(), |names| names.to_string());
    format!(
        "it has {} entries with {} names, and the list before has {} with {}",
        size.entries,
        names(size.names),
        before.entries,
        names(before.names),
    )
}

fn body(source: ListSource, list_version: u32, size: ListSize, is_new: bool) -> ScreeningListBody {
    let ListSize { entries: entry_count, names: name_count } = size;
    ScreeningListBody { source, list_version, entry_count, name_count, is_new }
}
