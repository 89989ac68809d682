//! An operator forgets whose an account of the graph is, for good.

use service::{Error, FunctionKey, Id, NoContent, retry_lock_conflicts};
use values::AccountId;

use super::project_events::digest_of;
use crate::domain::Subject;
use crate::{App, store};

/// The account stays, with what it paid and was paid: nothing there says whose it was.
pub(crate) async fn forget_account(
    app: App,
    _: FunctionKey,
    Id(account): Id<AccountId>,
) -> Result<NoContent, Error> {
    let subjects = Subject::all_of(account);
    let digests: Vec<[u8; 32]> = subjects.iter().map(|subject| digest_of(&app, *subject)).collect();
    retry_lock_conflicts(async || {
        let mut tx = app.database.begin().await?;
        store::pseudonyms::insert_forgotten(&mut tx, &digests).await?;
        store::account_states::delete_account_states(&mut tx, &subjects).await?;
        store::pseudonyms::delete_names(&mut tx, &subjects).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    tracing::info!("forgot whose an account is");
    Ok(NoContent)
}
