//! What this service does, one file each.

mod announce_message_picture;
mod answer_support_case;
mod count_unread_messages;
mod edit_message;
mod forget_support_cases;
mod keep_reported_pictures;
mod learn_friendship;
mod learn_group;
mod learn_money;
mod link_message_picture;
mod list_conversations;
mod list_message_reports;
mod list_messages;
mod mark_conversation_read;
mod mute_conversation;
mod open_conversation;
mod open_support_case;
mod read_conversation;
mod read_desk_case;
mod read_message;
mod read_message_report;
mod read_support_case;
mod report_message;
mod send_message;
mod send_picture;
mod share_card;
mod withdraw_message;

pub(crate) use announce_message_picture::announce_message_picture;
pub(crate) use answer_support_case::{answer_support_case, close_support_case};
pub(crate) use count_unread_messages::count_unread_messages;
pub(crate) use edit_message::edit_message;
pub(crate) use forget_support_cases::forget_support_cases;
pub(crate) use keep_reported_pictures::{keep_reported_pictures, settle_picture};
pub(crate) use learn_friendship::learn_friendship;
pub(crate) use learn_group::learn_group;
pub(crate) use learn_money::learn_money;
pub(crate) use link_message_picture::link_message_picture;
pub(crate) use list_conversations::list_conversations;
pub(crate) use list_message_reports::list_message_reports;
pub(crate) use list_messages::list_messages;
pub(crate) use mark_conversation_read::mark_conversation_read;
pub(crate) use mute_conversation::{mute_conversation, unmute_conversation};
pub(crate) use open_conversation::open_conversation;
pub(crate) use open_support_case::open_support_case;
pub(crate) use read_conversation::read_conversation;
pub(crate) use read_desk_case::{
    claim_support_case, link_desk_picture, list_desk_cases, read_desk_case,
};
pub(crate) use read_message::read_message;
pub(crate) use read_message_report::{close_message_report, forget_reported, read_message_report};
pub(crate) use read_support_case::{list_support_cases, read_support_case, reopen_support_case};
pub(crate) use report_message::report_message;
pub(crate) use send_message::send_message;
pub(crate) use send_picture::send_picture;
pub(crate) use share_card::share_card;
pub(crate) use withdraw_message::withdraw_message;
