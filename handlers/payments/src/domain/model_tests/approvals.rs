//! Shops that can be paid, and for a while not, in the simple model and in the real books.

use time::OffsetDateTime;

use super::{Asked, LIFETIME, Model, World};

impl Model {
    pub(super) fn approve(&mut self, shop: usize, is_approved: bool) -> bool {
        self.is_unapproved[shop] = !is_approved;
        true
    }

    pub(super) fn ask_payers(&mut self, shop: usize, amount: i64, now: OffsetDateTime) -> bool {
        let may = !self.is_unapproved[shop];
        if may {
            let expires_at = now + LIFETIME;
            self.requests.push(Asked { shop, amount, expires_at, is_open: true });
        }
        may
    }
}

impl World {
    pub(super) fn approve(&mut self, shop: usize, is_approved: bool) -> bool {
        let shop = self.books.shops.get_mut(&self.shops[shop].uuid());
        shop.unwrap().is_approved = is_approved;
        true
    }
}
