//! How two people stand to each other. Each has a side, which is what that one sees: there is no
//! other state, so nobody can be shown what only the other may know.
//!
//! A request that was declined, or that goes to somebody who has blocked its asker, is on the
//! asker's side alone. To them it is one that is not answered, whatever they do.

use events::social::{FriendV1, FriendshipChangedV1};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{Refusal, Timestamp, UserId, code_enum};

use super::refusals::{ALREADY_FRIENDS, NO_FRIEND_REQUEST};

/// For so long after a no, what the same person asks is on their own side alone.
pub(crate) const NO_LASTS: Duration = Duration::days(30);
/// Of a person's asking the other is told once in this time, however often it is taken back.
pub(crate) const TOLD_ONCE_IN: Duration = Duration::days(30);

code_enum! {
    /// How another person stands to the caller, as the caller sees it.
    pub(crate) enum Relation {
        /// Not at all.
        Nothing = "nothing",
        /// The caller asks to be their friend.
        Sent = "sent",
        /// They ask to be the caller's friend.
        Received = "received",
        /// They are friends.
        Friend = "friend",
    }
}

/// What one of the two sees, and what they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) user_id: UserId,
    pub(crate) sees: Relation,
    /// When the other one was last told that this one asks.
    pub(crate) told_at: Option<OffsetDateTime>,
    /// When this one last said no to the other.
    pub(crate) declined_at: Option<OffsetDateTime>,
}

/// Both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Friendship {
    /// The smaller id first.
    pub(crate) sides: [Side; 2],
    /// Which of the two asks, or asked before they were friends.
    pub(crate) requested_by: Option<UserId>,
    /// Whether other services know of the request.
    pub(crate) is_told: bool,
    /// Counts what other services were told.
    pub(crate) version: u32,
    /// The place in lists; ids made later sort later.
    pub(crate) place: Uuid,
    /// Since when somebody asks, or they are friends.
    pub(crate) since_at: OffsetDateTime,
}

/// What an act has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing.
    Nothing,
    /// Something that no other service is told of.
    Quiet,
    /// Something that other services are told of: the version is a new one.
    Told,
}

impl Friendship {
    /// Of two who have never had to do with each other; they are not one person.
    pub(crate) fn strangers(pair: [UserId; 2], now: OffsetDateTime) -> Self {
        let side =
            |user_id| Side { user_id, sees: Relation::Nothing, told_at: None, declined_at: None };
        let sides = in_order(pair).map(side);
        let (requested_by, place) = (None, Uuid::nil());
        Self { sides, requested_by, is_told: false, version: 0, place, since_at: now }
    }

    /// What this one of the two sees.
    pub(crate) fn seen_by(&self, user_id: UserId) -> Relation {
        let own = self.sides.iter().find(|side| side.user_id == user_id);
        own.map_or(Relation::Nothing, |side| side.sees)
    }

    /// Whether `asker`'s asking would make them friends: the other asks too, seen or not.
    pub(crate) fn is_mutual(&self, asker: UserId) -> bool {
        let [own, other] = self.split(asker);
        own.sees != Relation::Friend && other.sees == Relation::Sent
    }

    /// `asker` asks the other, who may have blocked them. Two who ask each other are friends.
    pub(crate) fn ask(&mut self, asker: UserId, is_blocked: bool, now: OffsetDateTime) -> Change {
        if self.is_mutual(asker) {
            return self.befriend(now);
        }
        let [own, other] = self.split_mut(asker);
        if own.sees != Relation::Nothing {
            return Change::Nothing;
        }
        let within =
            |at: Option<OffsetDateTime>, time| at.is_some_and(|at| now < at.saturating_add(time));
        let is_seen = !is_blocked && !within(other.declined_at, NO_LASTS);
        let is_told = is_seen && !within(own.told_at, TOLD_ONCE_IN);
        own.sees = Relation::Sent;
        if is_seen {
            other.sees = Relation::Received;
        }
        if is_told {
            own.told_at = Some(now);
        }
        (self.requested_by, self.is_told) = (Some(asker), is_told);
        (self.place, self.since_at) = (Uuid::now_v7(), now);
        self.changed(is_told)
    }

    /// `user_id` says yes.
    pub(crate) fn accept(
        &mut self,
        user_id: UserId,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        match self.seen_by(user_id) {
            Relation::Received => Ok(self.befriend(now)),
            Relation::Friend => Ok(Change::Nothing),
            Relation::Nothing | Relation::Sent => Err(NO_FRIEND_REQUEST),
        }
    }

    /// `user_id` says no, of which nobody is told: the asker's side stays as it is.
    pub(crate) fn decline(
        &mut self,
        user_id: UserId,
        now: OffsetDateTime,
    ) -> Result<Change, Refusal> {
        let [own, _] = self.split_mut(user_id);
        match own.sees {
            Relation::Received => {
                (own.sees, own.declined_at) = (Relation::Nothing, Some(now));
                Ok(Change::Quiet)
            }
            // Said before.
            Relation::Nothing if own.declined_at.is_some() => Ok(Change::Nothing),
            Relation::Nothing | Relation::Sent | Relation::Friend => Err(NO_FRIEND_REQUEST),
        }
    }

    /// `user_id` asks no longer; refused if it was answered by a yes.
    pub(crate) fn cancel(&mut self, user_id: UserId) -> Result<Change, Refusal> {
        match self.seen_by(user_id) {
            Relation::Sent => Ok(self.end()),
            Relation::Friend => Err(ALREADY_FRIENDS),
            Relation::Nothing | Relation::Received => Ok(Change::Nothing),
        }
    }

    /// They are friends no longer, if they were.
    pub(crate) fn part(&mut self) -> Change {
        let are_friends = self.sides.iter().all(|side| side.sees == Relation::Friend);
        if are_friends { self.end() } else { Change::Nothing }
    }

    /// `blocker` wants nothing to do with the other, whose request stays theirs: were it gone, they
    /// would know.
    pub(crate) fn block(&mut self, blocker: UserId) -> Change {
        let [own, _] = self.split_mut(blocker);
        match own.sees {
            Relation::Friend | Relation::Sent => self.end(),
            Relation::Received => {
                own.sees = Relation::Nothing;
                Change::Quiet
            }
            Relation::Nothing => Change::Nothing,
        }
    }

    /// What other services are told, with what the two are called, in the order of the sides.
    pub(crate) fn changed_event(
        &self,
        names: [String; 2],
        now: OffsetDateTime,
    ) -> FriendshipChangedV1 {
        let [first, second] = &self.sides;
        let status = match first.sees {
            Relation::Friend => "friends",
            Relation::Nothing | Relation::Sent | Relation::Received if self.is_told => "requested",
            Relation::Nothing | Relation::Sent | Relation::Received => "none",
        };
        let [first_name, second_name] = names;
        FriendshipChangedV1 {
            first: FriendV1 { user_id: first.user_id.to_string(), name: first_name },
            second: FriendV1 { user_id: second.user_id.to_string(), name: second_name },
            version: self.version,
            status: status.to_owned(),
            requested_by: self.requested_by.map(|asker| asker.to_string()),
            changed_at: Timestamp::from(now).to_string(),
        }
    }

    /// As events of it name it.
    pub(crate) fn subject(&self) -> String {
        let [first, second] = &self.sides;
        format!("{}+{}", first.user_id, second.user_id)
    }

    fn befriend(&mut self, now: OffsetDateTime) -> Change {
        for side in &mut self.sides {
            side.sees = Relation::Friend;
        }
        (self.is_told, self.place, self.since_at) = (false, Uuid::now_v7(), now);
        self.changed(true)
    }

    fn end(&mut self) -> Change {
        let was_told = self.is_told || self.sides[0].sees == Relation::Friend;
        for side in &mut self.sides {
            side.sees = Relation::Nothing;
        }
        (self.requested_by, self.is_told) = (None, false);
        self.changed(was_told)
    }

    fn changed(&mut self, is_told: bool) -> Change {
        self.version = self.version.saturating_add(is_told.into());
        if is_told { Change::Told } else { Change::Quiet }
    }

    /// This one's side, and the other's.
    fn split(&self, user_id: UserId) -> [&Side; 2] {
        let [first, second] = &self.sides;
        if first.user_id == user_id { [first, second] } else { [second, first] }
    }

    fn split_mut(&mut self, user_id: UserId) -> [&mut Side; 2] {
        let [first, second] = &mut self.sides;
        if first.user_id == user_id { [first, second] } else { [second, first] }
    }
}

/// The smaller id first.
pub(crate) fn in_order([one, other]: [UserId; 2]) -> [UserId; 2] {
    if one < other { [one, other] } else { [other, one] }
}

#[cfg(test)]
mod tests;
