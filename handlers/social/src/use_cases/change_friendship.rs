//! What all acts between two people have in common.

use serde::Serialize;
use service::Error;
use service::database::Tx;
use service::trace::TraceContext;
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{Timestamp, UserId, masked};

use crate::domain::{Asked, Change, Friendship, ONESELF, Relation};
use crate::store::Listed;
use crate::{App, store};

/// How another person stands to the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct RelatedPersonBody {
    user_id: UserId,
    /// Masked unless they are friends; null if the person has not chosen one.
    name: Option<String>,
    relation: Relation,
    /// When the one has asked, or since when they are friends.
    since_at: Timestamp,
}

impl RelatedPersonBody {
    pub(super) fn listed(listed: Listed, relation: Relation) -> Self {
        let Listed { user_id, name, since_at, .. } = listed;
        let name = Some(shown(name, relation)).filter(|name| !name.is_empty());
        Self { user_id, name, relation, since_at: since_at.into() }
    }
}

/// Only friends read each other's names in full.
pub(super) fn shown(name: String, relation: Relation) -> String {
    if relation == Relation::Friend { name } else { masked(&name) }
}

/// The caller and another, locked: nobody else changes how they stand to anybody.
pub(super) struct Pair {
    pub(super) tx: Tx,
    pub(super) between: Friendship,
    /// How often the caller has asked.
    pub(super) asked: Asked,
    pub(super) caller_id: UserId,
    pub(super) other_id: UserId,
    pub(super) now: OffsetDateTime,
}

impl Pair {
    /// Whether or not there is such another person: nobody learns that here.
    pub(super) async fn lock(
        app: &App,
        caller_id: UserId,
        other_id: UserId,
        now: OffsetDateTime,
    ) -> Result<Self, Error> {
        if caller_id == other_id {
            return Err(ONESELF.into());
        }
        let mut tx = app.database.begin().await?;
        let ids = [caller_id, other_id];
        let [first, second] = store::lock_turns(&mut tx, ids, now).await?;
        let between = store::find_friendship(&mut tx, ids).await?;
        let between = between.unwrap_or_else(|| Friendship::strangers(ids, now));
        let asked = if caller_id < other_id { first } else { second };
        Ok(Self { tx, between, asked, caller_id, other_id, now })
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
        app.outbox.commit(self.tx).await?;
        let listed = Listed {
            user_id: self.other_id,
            name,
            place: self.between.place,
            since_at: self.between.since_at,
        };
        Ok(RelatedPersonBody::listed(listed, self.between.seen_by(self.caller_id)))
    }

    /// Refuses a friendship of which one of the two has no room.
    pub(super) async fn require_room_for_friend(&mut self) -> Result<(), Error> {
        let own = store::count_friends(&mut self.tx, self.caller_id).await?;
        let others = store::count_friends(&mut self.tx, self.other_id).await?;
        Ok(crate::domain::require_room_for_friend([own, others])?)
    }
}
