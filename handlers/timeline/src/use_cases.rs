//! What this service does, one file each.

mod learn_block;
mod learn_friendship;
mod list_entries_of_person;
mod list_timeline;
mod record_movements;

pub(crate) use learn_block::learn_block;
pub(crate) use learn_friendship::learn_friendship;
pub(crate) use list_entries_of_person::list_entries_of_person;
pub(crate) use list_timeline::list_timeline;
pub(crate) use record_movements::record_movements;
