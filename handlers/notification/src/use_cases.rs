//! What this service does, one file each.

mod count_unread;
mod deliver_notifications;
mod forget_push_token;
mod learn_language;
mod list_notifications;
mod mark_all_read;
mod mark_read;
mod register_push_token;
mod remove_push_token;
mod stream_notifications;
mod tell_of_messages;
mod tell_of_security;

pub(crate) use count_unread::count_unread;
pub(crate) use deliver_notifications::deliver_notifications;
pub(crate) use forget_push_token::forget_push_token;
pub(crate) use learn_language::learn_language;
pub(crate) use list_notifications::list_notifications;
pub(crate) use mark_all_read::mark_all_read;
pub(crate) use mark_read::mark_read;
pub(crate) use register_push_token::register_push_token;
pub(crate) use remove_push_token::remove_push_token;
pub(crate) use stream_notifications::stream_notifications;
pub(crate) use tell_of_messages::tell_of_messages;
pub(crate) use tell_of_security::tell_of_security;
