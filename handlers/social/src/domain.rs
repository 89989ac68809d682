//! The rules: pure, nothing asynchronous.

mod block;
mod day_counts;
mod friend_limits;
mod friendship;
mod group;
mod refusals;
mod remark;
mod report;
mod talk;

pub(crate) use block::Block;
pub(crate) use day_counts::{Act, DayCounts};
pub(crate) use friend_limits::{
    require_room_for_block, require_room_for_friend, require_room_for_request,
};
pub(crate) use friendship::{Change, Friendship, Relation, Side, in_order};
pub(crate) use group::{GROUPS_MAX, Group, LEAVING_LASTS};
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    BLOCKED_BY_CALLER, GROUPS_USED_UP, MEMBER_LEFT, NO_COMMENT, NO_FRIEND, NO_GROUP, NO_REPORT,
    NO_SEEN_PAYMENT, ONESELF,
};
pub(crate) use remark::{Remark, ToldOfRemark, remarked_event};
pub(crate) use report::{
    REPORTS_WITHIN, Report, ReportDeed, ReportReason, WORDS_KEPT, require_few_reports,
};
pub(crate) use talk::{Reaction, require_deletable, require_room_for_comment};
