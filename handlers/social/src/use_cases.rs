//! What this service does, one file each.

mod answer_friend_request;
mod ask_friend;
mod block_person;
mod cancel_friend_request;
mod change_friendship;
mod learn_name;
mod list_blocks;
mod list_friend_requests;
mod list_friends;
mod remove_friend;
mod unblock_person;

pub(crate) use answer_friend_request::{accept_friend_request, decline_friend_request};
pub(crate) use ask_friend::ask_friend;
pub(crate) use block_person::block_person;
pub(crate) use cancel_friend_request::cancel_friend_request;
pub(crate) use learn_name::learn_name;
pub(crate) use list_blocks::list_blocks;
pub(crate) use list_friend_requests::list_friend_requests;
pub(crate) use list_friends::list_friends;
pub(crate) use remove_friend::remove_friend;
pub(crate) use unblock_person::unblock_person;
