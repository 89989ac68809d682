//! All SQL of this service.

mod people;

pub(crate) use people::save_person;
