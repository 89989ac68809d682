//! The lists that count in memory, and comparing names with them.

use std::sync::Arc;

use service::Error;
use service::database::Database;
use tokio::sync::Mutex;
use values::ApplicationId;

use crate::domain::{Found, FoundEntry, Index, Screenee};
use crate::personal_data::PersonalData;
use crate::store::screening::SealedHit;
use crate::{App, store};

/// All lists that count, ready to be searched.
pub(crate) struct Lists {
    /// Of the newest, which stands for all.
    pub(crate) version: u32,
    index: Index,
}

/// The lists that count. They are read once for each version.
#[derive(Default)]
pub(crate) struct CountingLists(Mutex<Option<Arc<Lists>>>);

impl CountingLists {
    /// None before the first list was imported.
    pub(crate) async fn get(&self, database: &Database) -> Result<Option<Arc<Lists>>, Error> {
        let mut kept = self.0.lock().await;
        let mut conn = database.conn().await?;
        let Some(newest) = store::screening::find_newest(&mut conn).await? else {
            return Ok(None);
        };
        if let Some(lists) = kept.as_ref().filter(|lists| lists.version == newest) {
            return Ok(Some(lists.clone()));
        }
        let entries = store::screening::list_entries(&mut conn, newest).await?;
        drop(conn);
        let index = tokio::task::spawn_blocking(|| Index::of(entries)).await;
        let index = index.map_err(Error::internal)?;
        let lists = Arc::new(Lists { version: newest, index });
        *kept = Some(lists.clone());
        Ok(Some(lists))
    }
}

impl Lists {
    /// Everything on them that any of these is like.
    pub(crate) fn find(
        &self,
        personal_data: &PersonalData,
        screenees: &[Screenee],
    ) -> Result<Vec<Found>, Error> {
        let mut screener = self.index.screener();
        let mut found: Vec<Found> = Vec::new();
        for screenee in screenees {
            for hit in screener.hits(screenee) {
                let entry_index = personal_data.entry_index(hit.entry)?;
                match found.iter_mut().find(|other| other.entry_index == entry_index) {
                    Some(other) => other.score = other.score.max(hit.score),
                    None => found.push(Found {
                        entry_index,
                        entry: FoundEntry {
                            id: hit.entry.id.clone(),
                            name: hit.entry.names.first().cloned().unwrap_or_default(),
                            program: hit.entry.program.clone(),
                        },
                        score: hit.score,
                    }),
                }
            }
        }
        Ok(found)
    }
}

/// What was found, to be stored. What is stored already is not sealed again.
pub(crate) async fn seal_found(
    app: &App,
    id: ApplicationId,
    found: Vec<Found>,
) -> Result<Vec<SealedHit>, Error> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut conn = app.database.conn().await?;
    let known = store::screening::list_known(&mut conn, id).await?;
    drop(conn);
    let mut hits = Vec::with_capacity(found.len());
    for Found { entry_index, entry, score } in found {
        let entry = match known.contains(entry_index.as_slice()) {
            true => None,
            false => Some(app.personal_data.seal_entry(id, &entry_index, &entry).await?),
        };
        hits.push(SealedHit { entry_index, entry, score });
    }
    Ok(hits)
}
