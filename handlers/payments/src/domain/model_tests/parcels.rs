//! Pay links and red packets, in the simple model and in the real books.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

use super::limits::{self, Used};
use super::{Keeper, Model, PEOPLE, World, amount, nth};
use crate::domain::limits::Flow;
use crate::domain::literal_books::hkd;
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::{ClaimShare, MakeParcel, ReturnParcel, ReturnReason};
use crate::domain::packet_split::PacketSplit;
use crate::domain::parcel::{Parcel, ParcelKind};

/// What is tried with parcels, which are named by the order in which they came.
#[derive(Debug, Clone, Copy)]
pub(super) enum ParcelStep {
    Make {
        person: usize,
        amount: i64,
        shares: u32,
        is_link: bool,
    },
    Claim {
        person: usize,
        parcel: usize,
    },
    Cancel {
        person: usize,
        parcel: usize,
    },
    /// What the timer does, also too early.
    Expire {
        parcel: usize,
    },
    Sleep {
        hours: i64,
    },
}

pub(super) fn step() -> impl Strategy<Value = ParcelStep> {
    let (person, index) = (0..PEOPLE, 0..3_usize);
    prop_oneof![
        3 => (person.clone(), amount(), 1..4_u32, any::<bool>()).prop_map(
            |(person, amount, shares, is_link)| ParcelStep::Make { person, amount, shares, is_link }
        ),
        4 => (person.clone(), index.clone())
            .prop_map(|(person, parcel)| ParcelStep::Claim { person, parcel }),
        3 => (person, index.clone())
            .prop_map(|(person, parcel)| ParcelStep::Cancel { person, parcel }),
        2 => index.prop_map(|parcel| ParcelStep::Expire { parcel }),
        1 => (1..120_i64).prop_map(|hours| ParcelStep::Sleep { hours }),
    ]
}

impl ParcelStep {
    /// The same of what there is.
    fn among(mut self, parcels: usize) -> Self {
        match &mut self {
            Self::Claim { parcel, .. } | Self::Cancel { parcel, .. } | Self::Expire { parcel } => {
                *parcel = nth(*parcel, parcels);
            }
            Self::Make { .. } | Self::Sleep { .. } => {}
        }
        self
    }
}

/// What the simple model knows of a parcel.
pub(super) struct Waiting {
    sender: usize,
    is_link: bool,
    /// What is left to take, the next first.
    left: Vec<i64>,
    claimers: Vec<usize>,
    expires_at: OffsetDateTime,
    /// Why the rest went back, once it has.
    returned: Option<ReturnReason>,
    /// Its number among what counts towards limits.
    used: usize,
}

impl Waiting {
    fn is_open(&self, now: OffsetDateTime) -> bool {
        !self.left.is_empty() && now < self.expires_at
    }
}

impl Model {
    /// What nobody has taken yet.
    pub(super) fn waiting(&self) -> i64 {
        self.parcels.iter().flat_map(|parcel| &parcel.left).sum()
    }

    /// Whether something that this person gave waits, and be it until the timer looks.
    pub(super) fn has_parcels(&self, person: usize) -> bool {
        let mut own = self.parcels.iter().filter(|parcel| parcel.sender == person);
        own.any(|parcel| !parcel.left.is_empty())
    }

    pub(super) fn take_parcel(&mut self, step: ParcelStep, now: OffsetDateTime) -> bool {
        match step.among(self.parcels.len()) {
            ParcelStep::Make { person, amount, shares, is_link } => {
                let shares = if is_link { 1 } else { i64::from(shares) };
                let flow = Flow::PeerPayment;
                let used = Used { person, flow, amount, at: now, is_counted: true };
                let own = self.parcels.iter().filter(|parcel| parcel.sender == person);
                let waiting: i64 = own.flat_map(|parcel| &parcel.left).sum();
                let may = amount >= shares
                    && self.may_spend(person, amount)
                    && self.may_use(used)
                    && waiting + amount <= self.tiers[person].balance_max();
                if may {
                    let used = self.note(used);
                    self.wallets[person] -= amount;
                    let left = (0..shares)
                        .map(|share| amount / shares + i64::from(share < amount % shares));
                    self.parcels.push(Waiting {
                        sender: person,
                        is_link,
                        left: left.collect(),
                        claimers: Vec::new(),
                        expires_at: now + Duration::hours(if is_link { 14 * 24 } else { 48 }),
                        returned: None,
                        used,
                    });
                }
                may
            }
            ParcelStep::Claim { person, parcel } => {
                let Some(found) = self.parcels.get(parcel) else { return false };
                if found.claimers.contains(&person) {
                    return true;
                }
                let may = found.is_open(now)
                    && self.gives(found.sender)
                    && !(found.is_link && found.sender == person)
                    && self.has_room(person, found.left[0]);
                if may {
                    let found = &mut self.parcels[parcel];
                    self.wallets[person] += found.left.remove(0);
                    found.claimers.push(person);
                }
                may
            }
            ParcelStep::Cancel { person, parcel } => {
                let Some(found) = self.parcels.get(parcel) else { return false };
                let is_own = found.is_link && found.sender == person;
                if is_own && found.is_open(now) {
                    if self.room(person) < found.left[0] {
                        return false;
                    }
                    self.take_back(parcel, ReturnReason::Cancelled);
                    return true;
                }
                is_own && found.returned == Some(ReturnReason::Cancelled)
            }
            ParcelStep::Expire { parcel } => {
                let Some(found) = self.parcels.get(parcel) else { return false };
                if !found.left.is_empty() && now >= found.expires_at {
                    self.take_back(parcel, ReturnReason::Expired);
                }
                true
            }
            ParcelStep::Sleep { .. } => true,
        }
    }

    /// All that is left, however full or frozen a wallet is and whatever its limits are.
    fn take_back(&mut self, parcel: usize, reason: ReturnReason) {
        let found = &mut self.parcels[parcel];
        found.returned = Some(reason);
        let rest: i64 = found.left.drain(..).sum();
        self.wallets[found.sender] += rest;
        self.uses[found.used].amount -= rest;
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_parcel(&mut self, step: ParcelStep) -> bool {
        match step.among(self.parcels.len()) {
            ParcelStep::Make { person, amount, shares, is_link } => {
                let (kind, shares) = if is_link {
                    (ParcelKind::PayLink, 1)
                } else {
                    (ParcelKind::RedPacket, shares)
                };
                let Ok(split) = PacketSplit::Equal.shares(hkd(amount), shares, |_| 0) else {
                    return false;
                };
                let wanted = MakeParcel {
                    kind,
                    sender: self.people[person],
                    amount: hkd(amount),
                    split: PacketSplit::Equal,
                    shares: split,
                    note: None,
                    secret_digest: [7; 32],
                    sealed_secret: Vec::new(),
                    confirmed: Ok(ConfirmedBy::Pin),
                    is_new_device: limits::is_new_device(person, self.books.now),
                };
                let made = self.decide(&wanted);
                self.parcels.extend(made.iter().map(|(parcel, _)| parcel.id));
                made.is_ok()
            }
            ParcelStep::Claim { person, parcel } => {
                let Some(Parcel { id, kind, sender, .. }) = self.parcel(parcel) else {
                    return false;
                };
                let claimer = self.people[person];
                let wanted = ClaimShare { parcel_id: id, kind, sender: sender.id, claimer };
                self.decide(&wanted).is_ok()
            }
            ParcelStep::Cancel { person, parcel } => {
                let sender = self.people[person];
                self.parcel(parcel).is_some_and(|parcel| {
                    let reason = ReturnReason::Cancelled;
                    let wanted = ReturnParcel { parcel_id: parcel.id, sender, reason };
                    self.decide(&wanted).is_ok()
                })
            }
            ParcelStep::Expire { parcel } => self.parcel(parcel).is_some_and(|parcel| {
                let (sender, reason) = (parcel.sender.id, ReturnReason::Expired);
                let wanted = ReturnParcel { parcel_id: parcel.id, sender, reason };
                self.decide(&wanted).is_ok()
            }),
            ParcelStep::Sleep { hours } => self.wait(Duration::hours(hours)),
        }
    }

    fn parcel(&self, parcel: usize) -> Option<Parcel> {
        self.books.parcel(*self.parcels.get(parcel)?).cloned()
    }
}
