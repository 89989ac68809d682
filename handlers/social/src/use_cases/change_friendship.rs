//! What all acts between two people have in common.

use serde::Serialize;
use service::Error;
use service::database::Tx;
use service::trace::TraceContext;
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{PictureId, Timestamp, UserId, masked};

use crate::domain::{Act, Change, DayCounts, Friendship, ONESELF, Relation};
use crate::store::Listed;
use crate::{App, store};

/// How another person stands to the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct RelatedPersonBody {
    user_id: UserId,
    /// Masked unless they are friends; null if the person has not chosen one.
    name: Option<String>,
    /// Shown at `/api/v1/users/pictures/{picture_id}/small` and `…/large`; null unless they are
    /// friends, and of who shows none.
    picture_id: Option<PictureId>,
    /// A friend who has closed their wallet: they sign in no more. False of all others.
    has_closed: bool,
    relation: Relation,
    /// When the one has asked, or since when they are friends.
    since_at: Timestamp,
}

impl RelatedPersonBody {
    pub(super) fn listed(listed: Listed, relation: Relation) -> Self {
        let Listed { user_id, name, picture_id, has_closed, since_at, .. } = listed;
        let is_friend = relation == Relation::Friend;
        let picture_id = picture_id.filter(|_| is_friend);
        let name = Some(shown(name, relation)).filter(|name| !name.is_empty());
        let (has_closed, since_at) = (has_closed && is_friend, since_at.into());
        Self { user_id, name, picture_id, has_closed, relation, since_at }
    }
}

/// Only friends read each other's names in full.
pub(super) fn shown(name: String, relation: Relation) -> String {
    if relation == Relation::Friend { name } else { masked(&name) }
}

/// How the caller and another stand, locked, under the caller's own turn.
pub(super) struct Pair {
    pub(super) tx: Tx,
    pub(super) between: Friendship,
    /// What the caller has done today.
    today: DayCounts,
    pub(super) caller_id: UserId,
    pub(super) other_id: UserId,
    pub(super) now: OffsetDateTime,
}

impl Pair {
    /// Whether or not there is such another person: nobody learns that here. Their turn is left
    /// alone: strangers' acts would keep them from all acts of their own.
    pub(super) async fn lock(
        app: &App,
        caller_id: UserId,
        other_id: UserId,
        now: OffsetDateTime,
    ) -> Result<Self, Error> {
        Self::lock_under(app, &[caller_id], [caller_id, other_id], now).await
    }

    /// The same anew under both turns, without which one of the two might have room for one friend
    /// and get two. Only for those of whom both ask, or the other.
    pub(super) async fn lock_both(self, app: &App) -> Result<Self, Error> {
        let ids = [self.caller_id, self.other_id];
        self.tx.rollback().await?;
        Self::lock_under(app, &ids, ids, self.now).await
    }

    async fn lock_under(
        app: &App,
        turns: &[UserId],
        ids: [UserId; 2],
        now: OffsetDateTime,
    ) -> Result<Self, Error> {
        let [caller_id, other_id] = ids;
        if caller_id == other_id {
            return Err(ONESELF.into());
        }
        let mut tx = app.database.begin().await?;
        let turns = store::lock_turns(&mut tx, turns, now).await?;
        let today = turns.get(&caller_id).copied().unwrap_or(DayCounts::none(now));
        let between = store::lock_friendship(&mut tx, ids).await?;
        let between = between.unwrap_or_else(|| Friendship::strangers(ids, now));
        Ok(Self { tx, between, today, caller_id, other_id, now })
    }

    /// There is something to lock also between strangers: whoever else begins has to wait.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        store::begin_friendship(&mut self.tx, &self.between).await?;
        let ids = [self.caller_id, self.other_id];
        if let Some(between) = store::find_friendship(&mut self.tx, ids).await? {
            self.between = between;
        }
        Ok(())
    }

    /// The caller does this once more today.
    pub(super) async fn count(&mut self, act: Act) -> Result<(), Error> {
        let today = self.today.with(act, self.now)?;
        Ok(store::update_turn(&mut self.tx, self.caller_id, today).await?)
    }

    /// Stores what has changed and tells whom it concerns, in the same transaction.
    pub(super) async fn save(
        &mut self,
        app: &App,
        trace: TraceContext,
        change: Change,
    ) -> Result<(), Error> {
        if change == Change::Nothing {
            return Ok(());
        }
        store::save_friendship(&mut self.tx, &self.between).await?;
        if change == Change::Quiet {
            return Ok(());
        }
        let [first, second] = &self.between.sides;
        let names = store::find_names(&mut self.tx, [first.user_id, second.user_id]).await?;
        let names = names.map(|name| shown(name, first.sees));
        let event = self.between.changed_event(names, self.now);
        let envelope = app.outbox.envelope(trace, self.between.subject(), &event)?;
        Ok(app.outbox.append(&mut self.tx, &[envelope]).await?)
    }

    /// Commits; how the other stands to the caller from then on.
    pub(super) async fn end(mut self, app: &App) -> Result<RelatedPersonBody, Error> {
        let [name] = store::find_names(&mut self.tx, [self.other_id]).await?;
        let picture_id = store::find_picture(&mut self.tx, self.other_id).await?;
        let has_closed = store::has_closed(&mut self.tx, self.other_id).await?;
        app.outbox.commit(self.tx).await?;
        let listed = Listed {
            user_id: self.other_id,
            name,
            picture_id,
            has_closed,
            place: self.between.place,
            since_at: self.between.since_at,
        };
        Ok(RelatedPersonBody::listed(listed, self.between.seen_by(self.caller_id)))
    }

    /// Refuses a friendship of which one of the two has no room, under both turns.
    pub(super) async fn require_room_for_friend(&mut self) -> Result<(), Error> {
        let own = store::count_friends(&mut self.tx, self.caller_id).await?;
        let others = store::count_friends(&mut self.tx, self.other_id).await?;
        Ok(crate::domain::require_room_for_friend([own, others])?)
    }
}
