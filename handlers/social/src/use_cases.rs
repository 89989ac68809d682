//! What this service does, one file each.

mod answer_friend_request;
mod ask_friend;
mod block_person;
mod cancel_friend_request;
mod change_friendship;
mod change_group;
mod create_group;
mod learn_name;
mod list_blocks;
mod list_friend_requests;
mod list_friends;
mod list_groups;
mod list_reports;
mod read_group;
mod read_report;
mod remove_friend;
mod report_person;
mod unblock_person;

pub(crate) use answer_friend_request::{accept_friend_request, decline_friend_request};
pub(crate) use ask_friend::ask_friend;
pub(crate) use block_person::block_person;
pub(crate) use cancel_friend_request::cancel_friend_request;
pub(crate) use change_group::{add_group_member, change_group, end_group, remove_group_member};
pub(crate) use create_group::create_group;
pub(crate) use learn_name::learn_name;
pub(crate) use list_blocks::list_blocks;
pub(crate) use list_friend_requests::list_friend_requests;
pub(crate) use list_friends::list_friends;
pub(crate) use list_groups::list_groups;
pub(crate) use list_reports::list_reports;
pub(crate) use read_group::read_group;
pub(crate) use read_report::{close_report, read_report};
pub(crate) use remove_friend::remove_friend;
pub(crate) use report_person::report_person;
pub(crate) use unblock_person::unblock_person;
