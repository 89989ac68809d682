//! What this service does, one file each.

mod count_unread;
mod deliver_notifications;
mod learn_language;
mod list_notifications;
mod mark_all_read;
mod mark_read;
mod stream_notifications;

pub(crate) use count_unread::count_unread;
pub(crate) use deliver_notifications::deliver_notifications;
pub(crate) use learn_language::learn_language;
pub(crate) use list_notifications::list_notifications;
pub(crate) use mark_all_read::mark_all_read;
pub(crate) use mark_read::mark_read;
pub(crate) use stream_notifications::stream_notifications;
