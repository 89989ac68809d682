//! How well a person is known, and whether a business may be paid.

use events::onboarding::{BusinessVerificationChangedV1, PersonVerificationChangedV1};
use values::{ApplicationId, BusinessId, UserId, code_enum};

use super::status::ApplicationKind;

code_enum! {
    /// How well a person is known.
    pub(crate) enum Tier {
        /// Not at all.
        Unverified = "unverified",
        /// By an identity document.
        Verified = "verified",
        /// It is also known where they live.
        AddressVerified = "address-verified",
    }
}

/// A person, by the applications that stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    /// Counts the changes of the tier, from 1; 0 of whom nobody was told yet.
    pub(crate) version: u32,
    pub(crate) identity: Option<ApplicationId>,
    pub(crate) address: Option<ApplicationId>,
}

impl Person {
    /// Nobody's address counts whose name is not known.
    pub(crate) const fn tier(&self) -> Tier {
        match (self.identity, self.address) {
            (None, _) => Tier::Unverified,
            (Some(_), None) => Tier::Verified,
            (Some(_), Some(_)) => Tier::AddressVerified,
        }
    }

    /// Whether they were known at any time.
    pub(crate) const fn was_known(&self) -> bool {
        self.version > 0
    }

    /// An application stands for them from now on; answers the one before.
    pub(crate) fn approve(
        &mut self,
        kind: ApplicationKind,
        id: ApplicationId,
    ) -> Option<ApplicationId> {
        self.change(|person| match kind {
            ApplicationKind::Identity => person.identity.replace(id),
            ApplicationKind::Address => person.address.replace(id),
            ApplicationKind::Business => None,
        })
    }

    /// An application no longer stands for them; another than this one still does.
    pub(crate) fn end(&mut self, id: ApplicationId) {
        self.change(|person| {
            person.identity = person.identity.filter(|identity| *identity != id);
            person.address = person.address.filter(|address| *address != id);
        });
    }

    fn change<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.tier();
        let answer = change(self);
        if self.tier() != before {
            self.version = self.version.saturating_add(1);
        }
        answer
    }

    pub(crate) fn changed_event(&self) -> PersonVerificationChangedV1 {
        PersonVerificationChangedV1 {
            user_id: self.user_id.to_string(),
            version: self.version,
            tier: self.tier().code().to_owned(),
        }
    }
}

/// A business, as `business-profile` tells of it, and the application that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Business {
    pub(crate) business_id: BusinessId,
    pub(crate) owner_user_id: UserId,
    pub(crate) shop_name: String,
    pub(crate) category_code: String,
    pub(crate) is_closed: bool,
    /// Counts the changes of whether it may be paid, and by whose application, from 1; 0 before.
    pub(crate) version: u32,
    pub(crate) application: Option<ApplicationId>,
}

impl Business {
    /// An application stands for it from now on; answers the one before, which may be of an owner
    /// before, so others hear of each.
    pub(crate) fn approve(&mut self, id: ApplicationId) -> Option<ApplicationId> {
        self.version = self.version.saturating_add(1);
        self.application.replace(id)
    }

    /// An application no longer stands for it; another than this one still does.
    pub(crate) fn end(&mut self, id: ApplicationId) {
        if self.application == Some(id) {
            self.application = None;
            self.version = self.version.saturating_add(1);
        }
    }

    pub(crate) fn changed_event(&self) -> BusinessVerificationChangedV1 {
        BusinessVerificationChangedV1 {
            business_id: self.business_id.to_string(),
            version: self.version,
            is_approved: self.application.is_some(),
            owner_user_id: Some(self.owner_user_id.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_follows_from_what_stands_and_only_its_changes_make_versions() {
        let user_id = UserId::new();
        let mut person = Person { user_id, version: 0, identity: None, address: None };
        let ids = [(); 4].map(|()| ApplicationId::new());
        assert_eq!(person.approve(ApplicationKind::Identity, ids[0]), None);
        assert_eq!((person.tier(), person.version), (Tier::Verified, 1));
        person.approve(ApplicationKind::Address, ids[1]);
        assert_eq!((person.tier(), person.version), (Tier::AddressVerified, 2));
        assert_eq!(person.approve(ApplicationKind::Identity, ids[2]), Some(ids[0]));
        person.end(ids[0]);
        person.end(ids[3]);
        assert_eq!((person.tier(), person.version), (Tier::AddressVerified, 2));
        person.end(ids[2]);
        assert_eq!((person.tier(), person.version), (Tier::Unverified, 3));
        person.approve(ApplicationKind::Identity, ids[3]);
        assert_eq!((person.tier(), person.version), (Tier::AddressVerified, 4));
    }
}
