//! What the wallets look like whose money has just moved, and those that were not normal: their
//! windows are written, and payments is told what changed.
//!
//! The change feed says whose edges are new. A repeat sees the same edges and changes nothing, so
//! the place in the feed is kept only once all that came before it was looked at.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use service::database::Tx;
use service::{Error, causes, retry_lock_conflicts, trace};
use time::{Duration, OffsetDateTime};
use values::{GraphAccountId, UserId};

use crate::domain::{
    AccountState, Dealings, GraphAccountType, LOOKED_BACK, NEAR_MAX, Near, Sight, Subject, look_at,
    wallet_of, windows_document,
};
use crate::elements::CONTAINER;
use crate::store::adjacency::{Adjacency, Reach, edges_of};
use crate::{App, store};

/// Documents of the feed that are taken at once.
const DOCUMENTS_MAX: usize = 500;
/// So often in one run of the timer; the next goes on.
const ROUNDS_MAX: u32 = 20;
/// Accounts that are looked at again in a run because their time has come.
const DUE_MAX: usize = 200;
/// Accounts whose edges are read at once.
const ACCOUNTS_AT_ONCE: usize = 8;
/// When one that could not be looked at is looked at again …
const FAILED_AGAIN_AFTER: Duration = Duration::MINUTE;
/// … of so many of a batch: if it is more, a store is away, and the batch comes again.
const FAILED_MAX: usize = 20;
/// Edges of an account: 2,000 friends, and the newest movements.
const EDGES_MAX: usize = 3_000;
/// How often more is read to see a shape: a cycle is six movements long.
const WIDENED_MAX: u32 = 5;

/// Looks at accounts until the feed has no more, or for this run.
pub(crate) async fn assess_accounts(app: App) -> Result<(), Error> {
    // What a crash has left, or an instance that was stopped.
    app.outbox.nudge();
    // Neither waits for what ails the other.
    let due = assess_due(&app).await;
    assess_changed(&app).await?;
    due
}

/// Those whose money has moved, as the feed says.
async fn assess_changed(app: &App) -> Result<(), Error> {
    for _ in 0..ROUNDS_MAX {
        let place = {
            let mut conn = app.database.conn().await?;
            store::feed_places::find_feed_place(&mut conn, CONTAINER).await?
        };
        let changes = app.elements.changes(place, DOCUMENTS_MAX).await?;
        assess(app, changes.documents.iter().filter_map(wallet_of).collect()).await?;
        let mut conn = app.database.conn().await?;
        store::feed_places::save_feed_place(&mut conn, CONTAINER, &changes.place).await?;
        if changes.is_all {
            break;
        }
    }
    Ok(())
}

/// Those whose time has come. One that is nobody's any more would be first each time.
async fn assess_due(app: &App) -> Result<(), Error> {
    let due = {
        let mut conn = app.database.conn().await?;
        let now = OffsetDateTime::now_utc();
        store::account_states::list_due_accounts(&mut conn, now, DUE_MAX).await?
    };
    let owners = owners(app, &due).await?;
    let (owned, nobodys) = due.into_iter().partition(|account| owners.contains_key(account));
    {
        let mut conn = app.database.conn().await?;
        store::account_states::clear_due(&mut conn, &nobodys).await?;
    }
    assess(app, owned).await
}

/// These accounts, and then those that turned out to be in the same shapes.
async fn assess(app: &App, accounts: BTreeSet<GraphAccountId>) -> Result<(), Error> {
    let involved = assess_each(app, &accounts).await?;
    let others = involved.difference(&accounts).copied().collect();
    assess_each(app, &others).await.map(drop)
}

/// Who else is in what was seen. One that cannot be looked at keeps no other from it.
async fn assess_each(
    app: &App,
    accounts: &BTreeSet<GraphAccountId>,
) -> Result<BTreeSet<GraphAccountId>, Error> {
    if accounts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let owners = owners(app, accounts).await?;
    let looks = owners.into_iter().map(async |(account, owner)| {
        let seen = look_and_tell(app, account, owner).await;
        (account, seen)
    });
    let mut looks = stream::iter(looks).buffer_unordered(ACCOUNTS_AT_ONCE);
    let (mut involved, mut failed) = (BTreeSet::new(), 0_usize);
    while let Some((account, seen)) = looks.next().await {
        match seen {
            Ok(others) => involved.extend(others),
            Err(error) if failed == FAILED_MAX => return Err(error),
            Err(error) => {
                failed = failed.saturating_add(1);
                tracing::error!(%account, causes = causes(&error), "cannot look at an account");
                let again = OffsetDateTime::now_utc().saturating_add(FAILED_AGAIN_AFTER);
                let mut conn = app.database.conn().await?;
                store::account_states::postpone_account(&mut conn, account, again).await?;
            }
        }
    }
    Ok(involved)
}

/// Whose wallets these are; nobody's are those of who was forgotten, and shops have none.
pub(super) async fn owners(
    app: &App,
    accounts: &BTreeSet<GraphAccountId>,
) -> Result<BTreeMap<GraphAccountId, UserId>, Error> {
    let mut conn = app.database.conn().await?;
    let subjects = store::pseudonyms::list_subjects(&mut conn, accounts).await?;
    let person = |(account, subject): (GraphAccountId, Subject)| {
        let is_person = subject.kind == GraphAccountType::User;
        is_person.then(|| (account, UserId::from_uuid(subject.id)))
    };
    Ok(subjects.into_iter().filter_map(person).collect())
}

/// Who else is in what was seen.
async fn look_and_tell(
    app: &App,
    account: GraphAccountId,
    owner: UserId,
) -> Result<BTreeSet<GraphAccountId>, Error> {
    let now = OffsetDateTime::now_utc();
    let own = dealings(app, account, now).await?;
    if let Some(windows) = windows_document(account, &own) {
        app.elements.put(windows).await?;
    }
    let sight = widened_sight(app, account, own, now).await?;
    retry_lock_conflicts(async || tell(app, account, owner, &sight, now).await).await?;
    Ok(sight.involved)
}

/// What is seen of an account once what its money ran through was read, as far as that goes.
async fn widened_sight(
    app: &App,
    account: GraphAccountId,
    own: Dealings,
    now: OffsetDateTime,
) -> Result<Sight, Error> {
    let mut near = Near::from([(account, own)]);
    let mut widened: u32 = 0;
    loop {
        let sight = look_at(account, &near, now);
        let room = NEAR_MAX.saturating_sub(near.len());
        if sight.unread.is_empty() || room == 0 || widened == WIDENED_MAX {
            return Ok(sight);
        }
        widened = widened.saturating_add(1);
        for other in sight.unread.iter().take(room) {
            near.insert(*other, dealings(app, *other, now).await?);
        }
    }
}

async fn dealings(
    app: &App,
    account: GraphAccountId,
    now: OffsetDateTime,
) -> Result<Dealings, Error> {
    Ok(Dealings::of(account, &recent_edges(app, account, now).await?.edges))
}

/// All that shapes and windows are seen in.
pub(super) async fn recent_edges(
    app: &App,
    account: GraphAccountId,
    now: OffsetDateTime,
) -> Result<Adjacency, Error> {
    // Whoever moved the money may have another clock.
    let until = now.saturating_add(Duration::MINUTE);
    let since = now.saturating_sub(LOOKED_BACK);
    let reach = Reach { since, until, with_standing: true, edges_max: EDGES_MAX };
    edges_of(&app.elements, account, reach).await
}

/// Keeps how the account stands, with its event if it stands otherwise than before.
async fn tell(
    app: &App,
    account: GraphAccountId,
    owner: UserId,
    sight: &Sight,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let is_quiet = sight.findings.is_empty();
    if is_quiet {
        let mut conn = app.database.conn().await?;
        let found = store::account_states::find_account_state(&mut conn, account).await?;
        let Some(state) = found else { return Ok(()) };
        if state.due_after(now).is_none() {
            // It may have been postponed.
            let this = BTreeSet::from([account]);
            return Ok(store::account_states::clear_due(&mut conn, &this).await?);
        }
    }
    let mut tx = app.database.begin().await?;
    let stored = store::account_states::lock_account_state(&mut tx, account).await?;
    let stored = stored.unwrap_or_default();
    let next = stored.next(&sight.findings, now);
    let state = next.as_ref().unwrap_or(&stored);
    store::account_states::save_account_state(&mut tx, account, state, now).await?;
    if next.is_some() {
        announce(app, &mut tx, owner, state, now).await?;
    }
    Ok(app.outbox.commit(tx).await?)
}

/// Tells payments how the account stands from now on.
pub(super) async fn announce(
    app: &App,
    tx: &mut Tx,
    owner: UserId,
    state: &AccountState,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let event = state.changed_event(owner, now);
    let event = app.outbox.envelope(trace::current(), owner.to_string(), &event)?;
    app.outbox.append(tx, &[event]).await?;
    tracing::info!(risk = state.risk.code(), "an account's risk changed");
    Ok(())
}
