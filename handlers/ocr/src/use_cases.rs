//! What this service does, one file each.

mod give_up_document;
mod read_document;
mod tell_once;

pub(crate) use give_up_document::give_up_document;
pub(crate) use read_document::read_document;
