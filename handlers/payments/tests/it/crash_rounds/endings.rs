//! What was begun before a round and is ended in it, otherwise than by its payment.

use serde_json::{Value, json};
use values::{BusinessId, Product};

use super::{ENDED, HELD, PEOPLE};
use crate::authorisations::authorised;
use crate::money_requests::path_of;
use crate::parcels::PAY_LINKS;
use crate::{Fixture, Person};

/// Something that somebody does to it once; nobody else does anything to it.
pub(super) struct Ending {
    pub(super) path: String,
    pub(super) token: String,
    pub(super) body: Value,
    /// What it brings back to the wallets, below zero.
    pub(super) spends: i64,
}

impl Ending {
    /// One of each kind for each person.
    pub(super) async fn all(
        fixture: &Fixture,
        people: &[Person],
        owner: &Person,
        shop: BusinessId,
    ) -> Vec<Self> {
        let mut all = Vec::new();
        for (index, person) in people.iter().enumerate() {
            let next = &people[(index + 1) % PEOPLE];
            let id = authorised(fixture, person, owner, shop).await;
            all.push(Self::of(format!("/api/v1/payments/{id}/void"), owner, -HELD));
            let claimed = fixture.pay_link(person, ENDED).await;
            let claim = Self::of(format!("{}/claims", claimed.path), next, -ENDED);
            all.push(Self { body: json!({"secret": claimed.secret}), ..claim });
            let cancelled = fixture.pay_link(person, ENDED).await;
            all.push(Self::of(format!("{}/cancel", cancelled.path), person, -ENDED));
            // Who was told no does not ask again so soon.
            let requester = fixture.person(Product::Consumer).await;
            for (who, act) in [(person, "decline"), (&requester, "cancel")] {
                let request = fixture.asked(&requester, person, ENDED).await;
                all.push(Self::of(format!("{}/{act}", path_of(&request)), who, 0));
            }
            let id = fixture.request(owner, shop).await;
            all.push(Self::of(format!("/api/v1/payment-requests/{id}/cancel"), owner, 0));
            let leaver = fixture.person(Product::Consumer).await;
            all.push(Self::of("/api/v1/wallets/me/close".to_owned(), &leaver, 0));
        }
        all
    }

    fn of(path: String, by: &Person, spends: i64) -> Self {
        Self { path, token: by.token.clone(), body: Value::Null, spends }
    }

    /// What waits in a link that is neither claimed nor cancelled yet.
    pub(super) fn in_link(&self) -> i64 {
        if self.path.starts_with(PAY_LINKS) { -self.spends } else { 0 }
    }

    /// How what is ended by this path stands from then on.
    pub(super) fn status(path: &str) -> Option<&'static str> {
        let (_, act) = path.rsplit_once('/')?;
        Some(match act {
            "void" => "failed",
            "cancel" => "cancelled",
            "decline" => "declined",
            "close" => "closed",
            _ => return None,
        })
    }
}
