//! All SQL of this service.

pub(crate) mod articles;
pub(crate) mod feedback;
pub(crate) mod publication;
pub(crate) mod search;
