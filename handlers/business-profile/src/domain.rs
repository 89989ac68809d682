//! The rules of businesses: pure, nothing asynchronous.

mod business;
mod handover;
mod invitation;
mod member;
mod opening_hours;
mod refusals;

pub(crate) use business::{BUSINESSES_PER_OWNER_MAX, Business, BusinessDetails};
pub(crate) use handover::{Handover, HandoverStatus};
pub(crate) use invitation::Invitation;
pub(crate) use member::{MEMBERS_MAX, MEMBERSHIPS_MAX, Member, require_shown, require_to_manage};
pub(crate) use opening_hours::{Door, OpeningHours, SpecialDay, Week};
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    ALREADY_MEMBER, HANDOVER_OFFERED, NO_HANDOVER, NO_INVITATION, NO_MEMBER, TOO_MANY_BUSINESSES,
    TOO_MANY_INVITATIONS, TOO_MANY_MEMBERS, TOO_MANY_MEMBERSHIPS,
};
