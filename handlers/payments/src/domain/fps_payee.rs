//! Somebody outside whom a person has looked up in the Faster Payment System, to pay them.

use aws_lc_rs::digest::{SHA256, digest};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{DisplayName, FpsPayeeId, FpsProxy, Reference, Refusal, UserId};

use super::refusals::{FPS_LOOKUPS_THROTTLED, FPS_PAYEE_EXPIRED};
use super::registered_account::telling_reference;

/// How long a payer may take after the bank has said whose a proxy is: it can become another's.
const GOOD_FOR: Duration = Duration::minutes(15);
/// As often may a person ask in a day, in Hong Kong: nobody shall learn the names that belong to
/// many numbers.
const LOOKUPS_PER_DAY_MAX: u32 = 30;

/// Whom the bank has named, and for what they are to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FpsPayee {
    pub(crate) id: FpsPayeeId,
    /// Who has asked, and alone may pay by it.
    pub(crate) user_id: UserId,
    pub(crate) proxy: FpsProxy,
    /// As the payee's bank has it.
    pub(crate) name: DisplayName,
    /// What the payee wants quoted.
    pub(crate) quoted: Option<Reference>,
    pub(crate) created_at: OffsetDateTime,
}

impl FpsPayee {
    /// `lookups` are those of the day, this one included.
    pub(crate) fn require_lookups_left(lookups: u32) -> Result<(), Refusal> {
        if lookups > LOOKUPS_PER_DAY_MAX { Err(FPS_LOOKUPS_THROTTLED) } else { Ok(()) }
    }

    /// Until when they can be paid.
    pub(crate) fn expires_at(&self) -> OffsetDateTime {
        self.created_at.saturating_add(GOOD_FOR)
    }

    /// As what payers know them who have paid them: a digest of the proxy, for its owner has
    /// another id each time that they are looked up, and of the name, for a proxy can become
    /// another's.
    pub(crate) fn known_as(&self) -> Uuid {
        let (proxy_type, proxy) = (self.proxy.proxy_type().code(), self.proxy.as_str());
        digest_of(&format!("{proxy_type} {proxy} {}", self.name.as_str()))
    }

    /// As people are warned of them, whatever their bank calls them.
    pub(crate) fn warned_as(&self) -> Uuid {
        warned_as(&self.proxy)
    }

    pub(super) fn require_good(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        if now < self.expires_at() { Ok(()) } else { Err(FPS_PAYEE_EXPIRED) }
    }

    /// What is confirmed of a payment to them. It stands for proxy, name and what is quoted, for
    /// which a reference has no room.
    pub(crate) fn reference(&self) -> Option<Reference> {
        telling_reference(self.id)
    }
}

/// As people are warned of whoever has this proxy: a list of what is not ours needs no more of it.
pub(crate) fn warned_as(proxy: &FpsProxy) -> Uuid {
    digest_of(&format!("{} {}", proxy.proxy_type().code(), proxy.as_str()))
}

fn digest_of(text: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()).for_each(|(to, from)| {
        *to = *from;
    });
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use values::FpsProxyType;

    use super::*;

    #[test]
    fn a_payee_is_known_by_proxy_and_name_however_often_and_by_whomever_they_are_looked_up() {
        let known_as = |proxy_type, proxy: &str, name: &str| {
            let payee = FpsPayee {
                id: FpsPayeeId::new(),
                user_id: UserId::new(),
                proxy: FpsProxy::new(proxy_type, proxy).unwrap(),
                name: name.to_owned().try_into().unwrap(),
                quoted: None,
                created_at: OffsetDateTime::UNIX_EPOCH,
            };
            payee.known_as()
        };
        let shop = known_as(FpsProxyType::Mobile, "61234567", "DEMO SHOP");
        assert_eq!(shop, known_as(FpsProxyType::Mobile, "+852-61234567", "DEMO SHOP"));
        assert_ne!(shop, known_as(FpsProxyType::Mobile, "61234568", "DEMO SHOP"));
        assert_ne!(shop, known_as(FpsProxyType::FpsId, "61234567", "DEMO SHOP"));
        // The number was given to somebody else.
        assert_ne!(shop, known_as(FpsProxyType::Mobile, "61234567", "CHAN TAI MAN"));
    }

    #[test]
    fn a_person_asks_thirty_times_a_day() {
        assert_eq!(FpsPayee::require_lookups_left(30), Ok(()));
        assert_eq!(FpsPayee::require_lookups_left(31), Err(FPS_LOOKUPS_THROTTLED));
    }
}
