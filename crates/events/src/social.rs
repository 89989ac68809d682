//! Events of `social`.

use serde::{Deserialize, Serialize};

use crate::Event;

/// Two people stand otherwise to each other than before. It is told whole; an older version never
/// replaces a newer one. Its subject is [`FriendshipChangedV1::first`]'s id and the other's, with a
/// `+` between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendshipChangedV1 {
    /// Of the two, whose `usr_…` is the smaller text.
    pub first: FriendV1,
    /// The other one.
    pub second: FriendV1,
    /// Counts the changes between these two from 1, friends again included.
    pub version: u32,
    /// `requested`, `friends` or `none`.
    pub status: String,
    /// `usr_…` of which of the two asked, unless it is `none`.
    pub requested_by: Option<String>,
    /// RFC 3339 in UTC.
    pub changed_at: String,
}

impl Event for FriendshipChangedV1 {
    const TYPE: &'static str = "payme.social.friendship-changed.v1";
}

/// One of two people, as the other may be shown them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendV1 {
    /// `usr_…`
    pub user_id: String,
    /// What they are called; empty if none was chosen. Personal data.
    pub name: String,
}

/// A person wants nothing to do with another, or no longer so. The other one is never told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockChangedV1 {
    /// `usr_…` of who blocks.
    pub blocker_id: String,
    /// `usr_…` of who is blocked.
    pub blocked_id: String,
    /// Counts the changes of this pair, in this order, from 1.
    pub version: u32,
    /// Whether it stands.
    pub is_blocked: bool,
    /// RFC 3339 in UTC.
    pub changed_at: String,
}

impl Event for BlockChangedV1 {
    const TYPE: &'static str = "payme.social.block-changed.v1";
}

/// A group of people who split bills and talk is otherwise than before. It is told whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChangedV1 {
    /// `grp_…`
    pub group_id: String,
    /// Counts the changes from 1.
    pub version: u32,
    /// What its members call it. Personal data.
    pub name: String,
    /// `usr_…` of who may change it.
    pub owner_id: String,
    /// `usr_…` of all of it, the owner too; empty once it is no more.
    pub member_ids: Vec<String>,
    /// RFC 3339 in UTC.
    pub changed_at: String,
}

impl Event for GroupChangedV1 {
    const TYPE: &'static str = "payme.social.group-changed.v1";
}
