//! Shops: what they ask for, when they can be paid, and when they give nothing, in the simple model
//! and in the real books.

use proptest::prelude::*;
use time::OffsetDateTime;
use values::CaptureMethod;

use super::{Keeper, LIFETIME, Model, SHOPS, World, amount, nth};
use crate::domain::account::AccountStatus;
use crate::domain::literal_books::hkd;
use crate::domain::operations::{CancelRequest, CreateRequest};

/// What shops do, and what is done to them. Requests are named by the order in which they came.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShopStep {
    Ask {
        shop: usize,
        amount: i64,
        tip_allowed: bool,
    },
    Cancel {
        request: usize,
    },
    Approve {
        shop: usize,
        is_approved: bool,
    },
    /// Money still comes in.
    Freeze {
        shop: usize,
        is_frozen: bool,
    },
}

pub(super) fn step() -> impl Strategy<Value = ShopStep> {
    let shop = 0..SHOPS;
    prop_oneof![
        6 => (shop.clone(), amount(), any::<bool>()).prop_map(
            |(shop, amount, tip_allowed)| ShopStep::Ask { shop, amount, tip_allowed }
        ),
        2 => (0..8_usize).prop_map(|request| ShopStep::Cancel { request }),
        3 => approval(),
        2 => (shop, prop::bool::weighted(0.4))
            .prop_map(|(shop, is_frozen)| ShopStep::Freeze { shop, is_frozen }),
    ]
}

pub(super) fn approval() -> impl Strategy<Value = ShopStep> {
    (0..SHOPS, prop::bool::weighted(0.6))
        .prop_map(|(shop, is_approved)| ShopStep::Approve { shop, is_approved })
}

/// What the simple model knows of a request.
pub(super) struct Asked {
    pub(super) shop: usize,
    pub(super) amount: i64,
    pub(super) tip_allowed: bool,
    expires_at: OffsetDateTime,
    pub(super) is_open: bool,
}

impl Asked {
    pub(super) fn is_open_at(&self, now: OffsetDateTime) -> bool {
        self.is_open && now < self.expires_at
    }
}

impl Model {
    pub(super) fn take_shop(&mut self, step: ShopStep, now: OffsetDateTime) -> bool {
        match step {
            ShopStep::Ask { shop, amount, tip_allowed } => {
                let may = !self.is_unapproved[shop];
                if may {
                    let expires_at = now + LIFETIME;
                    self.requests.push(Asked {
                        shop,
                        amount,
                        tip_allowed,
                        expires_at,
                        is_open: true,
                    });
                }
                may
            }
            ShopStep::Cancel { request } => {
                let request = nth(request, self.requests.len());
                let Some(asked) = self.requests.get_mut(request) else { return false };
                let is_open = asked.is_open_at(now);
                asked.is_open &= !is_open;
                is_open
            }
            ShopStep::Approve { shop, is_approved } => {
                self.is_unapproved[shop] = !is_approved;
                true
            }
            ShopStep::Freeze { shop, is_frozen } => {
                self.is_frozen[shop] = is_frozen;
                true
            }
        }
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_shop(&mut self, step: ShopStep) -> bool {
        match step {
            ShopStep::Ask { shop, amount, tip_allowed } => {
                let wanted = CreateRequest {
                    by: self.people[0],
                    is_in_person: true,
                    business_id: self.shops[shop],
                    amount: hkd(amount),
                    description: String::new(),
                    capture_method: CaptureMethod::Automatic,
                    tip_allowed,
                    return_url: None,
                    order: None,
                    notified: None,
                    lifetime: LIFETIME,
                };
                let asked = self.decide(&wanted);
                self.requests.extend(asked.iter().map(|(request, _)| request.id));
                asked.is_ok()
            }
            ShopStep::Cancel { request } => {
                let request = nth(request, self.requests.len());
                let Some(id) = self.requests.get(request).copied() else { return false };
                let business_id = self.books.request(id).unwrap().business_id;
                let wanted = CancelRequest { id, business_id, by: self.people[0] };
                // A second time nobody is told anything.
                self.decide(&wanted).is_ok_and(|(_, told)| !told.is_empty())
            }
            ShopStep::Approve { shop, is_approved } => {
                let id = self.shops[shop];
                self.books.shops.get_mut(&id.uuid()).unwrap().is_approved = is_approved;
                self.keeper.approve_shop(id, is_approved);
                true
            }
            ShopStep::Freeze { shop, is_frozen } => {
                let frozen = [AccountStatus::Active, AccountStatus::OutgoingFrozen];
                let status = frozen[usize::from(is_frozen)];
                self.change_account(self.shops[shop].uuid(), |account| account.status = status);
                true
            }
        }
    }
}
