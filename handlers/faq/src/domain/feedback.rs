//! Whether an article was of help. Nobody logs in to say so, so an address counts once a day for an
//! article; what is kept of it tells nobody the address, and after the day not even that two votes
//! were of one.

use std::net::{IpAddr, Ipv6Addr};

use aws_lc_rs::digest::{SHA256, digest};
use time::macros::offset;
use time::{Date, Duration, OffsetDateTime};
use values::code_enum;

code_enum! {
    /// What somebody thinks of an article, by one word that is counted.
    pub(crate) enum Opinion {
        /// It was of help.
        Helpful = "helpful",
        /// It was of none, and nobody says why.
        Unhelpful = "unhelpful",
        /// The product does otherwise by now.
        Outdated = "outdated",
        /// It is hard to understand.
        Unclear = "unclear",
        /// Something is missing.
        Incomplete = "incomplete",
        /// It is not what was looked for.
        OffTopic = "off-topic",
    }
}

/// A day in Hong Kong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) Date);

impl Day {
    /// That of a moment.
    pub(crate) fn of(moment: OffsetDateTime) -> Self {
        Self(moment.to_offset(offset!(+8)).date())
    }

    /// The seconds until it ends.
    pub(crate) fn seconds_left(moment: OffsetDateTime) -> u64 {
        let time = moment.to_offset(offset!(+8)).time();
        let passed = time.duration_since(time::Time::MIDNIGHT).whole_seconds().unsigned_abs();
        Duration::DAY.whole_seconds().unsigned_abs().saturating_sub(passed)
    }

    /// The first of the days whose votes say what is popular on this one.
    pub(crate) fn popular_from(self) -> Date {
        self.0.saturating_sub(Duration::days(30))
    }

    /// Votes of before this day are of no interest any more.
    pub(crate) fn kept_from(self) -> Date {
        self.0.saturating_sub(Duration::days(400))
    }
}

/// Somebody who votes: an address under the salt of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Voter(pub(crate) [u8; 16]);

impl Voter {
    /// Whoever holds an IPv6 address has its /64 as well. All without an address are one.
    pub(crate) fn of(address: Option<IpAddr>, salt: &[u8]) -> Self {
        let network = match address {
            None => Vec::new(),
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => {
                let prefix = address.to_bits() >> 64 << 64;
                Ipv6Addr::from_bits(prefix).octets().to_vec()
            }
        };
        let digest = digest(&SHA256, &[salt, &network].concat());
        let mut voter = [0; 16];
        voter.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Self(voter)
    }
}

/// How many have voted today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Votes {
    /// From the same address.
    pub(crate) of_voter: u64,
    /// From all.
    pub(crate) of_all: u64,
}

impl Votes {
    /// More articles nobody reads in a day; an office behind one address may.
    pub(crate) const OF_VOTER_MAX: u64 = 50;
    /// Rows of a day: some 5 MB.
    const OF_ALL_MAX: u64 = 100_000;

    /// Whether one more is counted.
    pub(crate) const fn allow_one(self) -> bool {
        self.of_voter < Self::OF_VOTER_MAX && self.of_all < Self::OF_ALL_MAX
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_day_is_hong_kongs_and_ends_at_its_midnight() {
        let before = datetime!(2026-11-30 15:59:59 UTC);
        let after = datetime!(2026-11-30 16:00 UTC);
        assert_ne!(Day::of(before), Day::of(after));
        assert_eq!(Day::seconds_left(before), 1);
        assert_eq!(Day::seconds_left(after), 86_400);
        assert_eq!(Day::of(before).popular_from().to_string(), "2026-10-31");
    }

    #[test]
    fn a_voter_is_an_address_or_a_network_on_one_day() {
        let voter = |address: &str, salt: &[u8]| Voter::of(address.parse().ok(), salt);
        assert_eq!(voter("203.0.113.7", b"today"), voter("203.0.113.7", b"today"));
        assert_ne!(voter("203.0.113.7", b"today"), voter("203.0.113.8", b"today"));
        assert_ne!(voter("203.0.113.7", b"today"), voter("203.0.113.7", b"tomorrow"));
        assert_eq!(voter("2001:db8::1", b"today"), voter("2001:db8::ffff:1", b"today"));
        assert_ne!(voter("2001:db8::1", b"today"), voter("2001:db8:0:1::1", b"today"));
    }

    #[test]
    fn of_a_voter_and_of_all_so_many_are_counted() {
        let allow = |of_voter, of_all| Votes { of_voter, of_all }.allow_one();
        assert!(allow(49, 99_999));
        assert!(!allow(50, 99_999) && !allow(49, 100_000));
    }
}
