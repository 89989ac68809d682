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

/// Somebody showed or said what they think of a payment between people, and others are to be told.
/// It says how much there is to tell each of them, so a newer version takes an older one's place;
/// none carries a word of what was said, nor what was paid. Its subject is the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerPaymentRemarkedV1 {
    /// `ppay_…`
    pub peer_payment_id: String,
    /// Counts what is told of the payment from 1.
    pub version: u32,
    /// `reaction` or `comment`; there may be more some day.
    pub remark: String,
    /// Whoever is to be told: not the author, and nobody who may not see the payment or the remark.
    pub told: Vec<ToldOfRemarkV1>,
    /// RFC 3339 in UTC.
    pub remarked_at: String,
}

impl Event for PeerPaymentRemarkedV1 {
    const TYPE: &'static str = "payme.social.peer-payment-remarked.v1";
}

/// Somebody who is told of a remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldOfRemarkV1 {
    /// `usr_…`
    pub user_id: String,
    /// Whether they paid or were paid; otherwise they have commented before.
    pub is_own_payment: bool,
    /// `usr_…` of the author, if this one may be shown it.
    pub by_id: Option<String>,
    /// The author's name, as this one may be shown it; empty if none was chosen. Personal data.
    pub by_name: String,
    /// How many other people have remarked in this way, as far as this one is shown it.
    pub others: u32,
}

/// Friends of these people show something new, or show something no longer: their feeds are others
/// than before. It is of interest for seconds: nobody keeps it. Its subject is the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedsChangedV1 {
    /// `usr_…` of whoever may see it.
    pub told: Vec<String>,
}

impl Event for FeedsChangedV1 {
    const TYPE: &'static str = "payme.social.feeds-changed.v1";
}
