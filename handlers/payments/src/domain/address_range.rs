//! Networks from which a shop's program may call.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An address, or a network of addresses (CIDR).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    pattern = "^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$",
    example = "203.0.113.0/24"
)]
pub(crate) struct AddressRange(Network);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    first: IpAddr,
    prefix: u32,
}

impl AddressRange {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let Network { first, prefix } = self.0;
        let shift = width(first).saturating_sub(prefix);
        let begins = |number: u128| number.checked_shr(shift).unwrap_or(0);
        numbers(first, address.to_canonical())
            .is_some_and(|(first, address)| begins(first) == begins(address))
    }
}

const fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Both as numbers, if they are of one version.
fn numbers(one: IpAddr, other: IpAddr) -> Option<(u128, u128)> {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            Some((u32::from(one).into(), u32::from(other).into()))
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => Some((one.into(), other.into())),
        _ => None,
    }
}

impl TryFrom<String> for AddressRange {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        const EXPECTED: &str = "an IP address or a network like 203.0.113.0/24 is expected";
        let (first, prefix) = match text.split_once('/') {
            None => (text.as_str(), None),
            Some((first, prefix)) => (first, Some(prefix)),
        };
        let first: IpAddr = first.parse().map_err(|_| EXPECTED)?;
        let prefix = match prefix {
            None => width(first),
            Some(prefix) => prefix.parse().map_err(|_| EXPECTED)?,
        };
        if prefix > width(first) {
            return Err(EXPECTED);
        }
        // As callers' addresses are read: what is IPv4 inside IPv6 is IPv4.
        let canonical = first.to_canonical();
        let mapped = width(first).saturating_sub(width(canonical));
        let prefix = prefix.checked_sub(mapped).ok_or(EXPECTED)?;
        Ok(Self(Network { first: canonical, prefix }))
    }
}

impl From<AddressRange> for String {
    fn from(AddressRange(Network { first, prefix }): AddressRange) -> Self {
        if prefix == width(first) { first.to_string() } else { format!("{first}/{prefix}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (range, address, holds) in [
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("0.0.0.0/0", "198.51.100.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("203.0.113.7", "::ffff:203.0.113.7", true),
            ("2001:db8::/32", "2001:db8:9::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db9::1", true),
        ] {
            let range_read = AddressRange::try_from(range.to_owned()).unwrap();
            assert_eq!(range_read.contains(address.parse().unwrap()), holds, "{range} {address}");
            assert_eq!(String::from(range_read), range);
        }
    }

    #[test]
    fn a_network_of_ipv4_inside_ipv6_is_that_of_ipv4() {
        for (range, canonical) in [
            ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
        ] {
            let range_read = AddressRange::try_from(range.to_owned()).unwrap();
            assert!(range_read.contains("203.0.113.7".parse().unwrap()), "{range}");
            assert!(range_read.contains("::ffff:203.0.113.7".parse().unwrap()), "{range}");
            assert_eq!(String::from(range_read), canonical);
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "203.0.113",
            "203.0.113.0/33",
            "203.0.113.0/-1",
            "::/129",
            "a/8",
            "/8",
            "::ffff:0:0/95",
        ] {
            assert!(AddressRange::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
