//! What this service does, one file each.

mod announce_logo;
mod answer_handover;
mod answer_invitation;
mod change_business;
mod change_hours;
mod change_member;
mod close_business;
mod create_business;
mod invite_member;
mod list_businesses;
mod list_handovers;
mod list_invitations;
mod list_members;
mod offer_handover;
mod read_business;
mod read_hours;
mod read_logo;
mod retire_logos;

pub(crate) use announce_logo::announce_logo;
pub(crate) use answer_handover::{accept_handover, decline_handover};
pub(crate) use answer_invitation::{accept_invitation, decline_invitation, preview_invitation};
pub(crate) use change_business::change_business;
pub(crate) use change_hours::change_hours;
pub(crate) use change_member::{change_member, remove_member};
pub(crate) use close_business::close_business;
pub(crate) use create_business::create_business;
pub(crate) use invite_member::invite_member;
pub(crate) use list_businesses::list_businesses;
pub(crate) use list_handovers::{cancel_handover, list_handovers};
pub(crate) use list_invitations::{cancel_invitation, list_invitations};
pub(crate) use list_members::list_members;
pub(crate) use offer_handover::offer_handover;
pub(crate) use read_business::read_business;
pub(crate) use read_hours::read_hours;
pub(crate) use read_logo::read_logo;
pub(crate) use retire_logos::retire_logos;
