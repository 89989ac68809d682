//! All SQL of this service.

mod blocks;
mod friendships;
pub(crate) mod groups;
mod people;
pub(crate) mod remarks;
pub(crate) mod reports;
pub(crate) mod talk;
mod turns;

use mysql_async::prelude::FromValue;
use mysql_async::{Error, Row};
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;
use values::{PictureId, UserId};

pub(crate) use blocks::{count_blocked, find_block, is_blocked_by, list_blocks, save_block};
pub(crate) use friendships::{
    are_friends_of, begin_friendship, count_friends, count_open_requests, find_friendship,
    list_friendships, lock_friendship, save_friendship,
};
pub(crate) use people::{find_names, find_picture, has_closed, note_closed, update_picture};
pub(crate) use turns::{lock_turns, update_turn};

type ListedRow = (Uuid, String, Option<Uuid>, bool, Uuid, PrimitiveDateTime);

/// A person on a list.
pub(crate) struct Listed {
    pub(crate) user_id: UserId,
    /// Empty if they have not chosen one.
    pub(crate) name: String,
    /// What they show to friends.
    pub(crate) picture_id: Option<PictureId>,
    /// Their wallet is closed.
    pub(crate) has_closed: bool,
    /// The place in the list.
    pub(crate) place: Uuid,
    pub(crate) since_at: OffsetDateTime,
}

impl Listed {
    fn of((id, name, picture, has_closed, place, since_at): ListedRow) -> Self {
        let (user_id, since_at) = (UserId::from_uuid(id), since_at.assume_utc());
        let picture_id = picture.map(PictureId::from_uuid);
        Self { user_id, name, picture_id, has_closed, place, since_at }
    }
}

fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}

/// The error for a row that no version of this service has written.
fn unreadable(what: &str) -> Error {
    Error::Other(format!("{what} cannot be read").into())
}

/// The value of a column, each of which is taken once.
fn take<T: FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}

fn take_time(row: &mut Row, column: &str) -> Result<OffsetDateTime, Error> {
    take(row, column).map(PrimitiveDateTime::assume_utc)
}
