//! What this service does, one file each.

mod act_on_application;
mod announce_document;
mod begin_application;
mod change_application;
mod decide_application;
mod import_screening_list;
mod learn_business;
mod learn_handover;
mod let_time_pass;
mod link_document;
mod list_applications;
mod list_reviews;
mod note_reading;
mod read_application;
mod read_review;
mod review_application;
mod screen_again;
mod submit_application;
mod withdraw_application;

pub(crate) use announce_document::announce_document;
pub(crate) use begin_application::begin_application;
pub(crate) use change_application::change_application;
pub(crate) use decide_application::{decide_all, decide_forgotten};
pub(crate) use import_screening_list::import_screening_list;
pub(crate) use learn_business::learn_business;
pub(crate) use learn_handover::learn_handover;
pub(crate) use let_time_pass::let_time_pass;
pub(crate) use link_document::link_document;
pub(crate) use list_applications::list_applications;
pub(crate) use list_reviews::list_reviews;
pub(crate) use note_reading::note_reading;
pub(crate) use read_application::read_application;
pub(crate) use read_review::read_review;
pub(crate) use review_application::{
    claim_review, decide_review, hold_files, release_review, return_review,
};
pub(crate) use screen_again::screen_again;
pub(crate) use submit_application::submit_application;
pub(crate) use withdraw_application::withdraw_application;
