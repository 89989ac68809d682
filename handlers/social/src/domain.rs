//! The rules: pure, nothing asynchronous.

mod block;
mod friend_limits;
mod friendship;
mod refusals;

pub(crate) use block::Block;
pub(crate) use friend_limits::{
    Asked, require_room_for_block, require_room_for_friend, require_room_for_request,
};
pub(crate) use friendship::{Change, Friendship, Relation, Side, in_order};
pub use refusals::REFUSALS;
pub(crate) use refusals::{BLOCKED_BY_CALLER, ONESELF};
