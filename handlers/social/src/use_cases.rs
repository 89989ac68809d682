//! What this service does, one file each.

mod learn_name;

pub(crate) use learn_name::learn_name;
