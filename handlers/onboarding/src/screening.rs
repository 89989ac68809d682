//! The lists that count in memory, and comparing names with them.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use service::Error;
use service::database::Database;
use tokio::sync::Mutex;

use crate::domain::{Entry, Found, Index, Screenee};
use crate::store;

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
    pub(crate) fn find(&self, screenees: &[Screenee]) -> Result<Vec<Found>, Error> {
        let mut screener = self.index.screener();
        let mut found: Vec<Found> = Vec::new();
        for screenee in screenees {
            for hit in screener.hits(screenee) {
                let entry_digest = digest_of(hit.entry)?;
                match found.iter_mut().find(|other| other.entry_digest == entry_digest) {
                    Some(other) => other.score = other.score.max(hit.score),
                    None => found.push(Found {
                        entry_digest,
                        entry_id: hit.entry.id.clone(),
                        entry_name: hit.entry.names.first().cloned().unwrap_or_default(),
                        program: hit.entry.program.clone(),
                        score: hit.score,
                    }),
                }
            }
        }
        Ok(found)
    }
}

fn digest_of(entry: &Entry) -> Result<[u8; 16], Error> {
    let text = serde_json::to_vec(entry).map_err(Error::internal)?;
    let whole = digest(&SHA256, &text);
    let mut beginning = [0; 16];
    beginning.iter_mut().zip(whole.as_ref()).for_each(|(to, from)| *to = *from);
    Ok(beginning)
}
