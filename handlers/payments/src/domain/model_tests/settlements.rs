//! Settlements of shops' takings, in the simple model and in the real books.

use std::collections::BTreeSet;

use proptest::prelude::*;
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use values::{OperationKind, hong_kong_day, hong_kong_midnight};

use super::{Keeper, Model, SHOPS, World, nth};
use crate::domain::literal_books::bank_account;
use crate::domain::operations::{EndPayout, Payout, PayoutEnd, SettleTakings};
use crate::domain::settlement::{PAID_OUT_MIN, SinceDay};
use crate::domain::transfer::{Phase, Transfer};
use crate::domain::voice::Voice;

#[derive(Debug, Clone, Copy)]
pub(super) enum SettlementStep {
    /// Up to yesterday's end; whether the shop has a bank account.
    Settle {
        shop: usize,
        has_account: bool,
    },
    End {
        settlement: usize,
        is_paid: bool,
    },
}

pub(super) fn step() -> impl Strategy<Value = SettlementStep> {
    prop_oneof![
        3 => (0..SHOPS, prop::bool::weighted(0.9))
            .prop_map(|(shop, has_account)| SettlementStep::Settle { shop, has_account }),
        2 => (0..8_usize, any::<bool>())
            .prop_map(|(settlement, is_paid)| SettlementStep::End { settlement, is_paid }),
    ]
}

/// What the simple model knows of settlements.
#[derive(Default)]
pub(super) struct Settled {
    batches: Vec<Batch>,
    /// Whose day was settled, whatever came of it: asked for again, nothing more does.
    days: BTreeSet<(usize, Date)>,
    /// What each shop had taken in all, whatever was settled, before each step.
    taken: Vec<(OffsetDateTime, [i64; SHOPS])>,
}

struct Batch {
    shop: usize,
    amount: i64,
    is_paid: Option<bool>,
}

impl Model {
    /// What the shop has, and what it has given to the bank.
    fn taken(&self, shop: usize) -> i64 {
        let batches = self.settled.batches.iter().filter(|batch| batch.shop == shop);
        let settled = batches.filter(|batch| batch.is_paid != Some(false));
        self.takings[shop] + settled.map(|batch| batch.amount).sum::<i64>()
    }

    pub(super) fn note_takings(&mut self, now: OffsetDateTime) {
        let taken = std::array::from_fn(|shop| self.taken(shop));
        self.settled.taken.push((now, taken));
    }

    pub(super) fn take_settlement(&mut self, step: SettlementStep, now: OffsetDateTime) -> bool {
        match step {
            SettlementStep::Settle { shop, has_account } => {
                if !self.settled.days.insert((shop, hong_kong_day(now))) {
                    return true;
                }
                let midnight = hong_kong_midnight(hong_kong_day(now));
                // What was there before the first step from midnight on.
                let at_midnight = self.settled.taken.iter().find(|(at, _)| *at >= midnight);
                let since = at_midnight.map_or(0, |(_, taken)| self.taken(shop) - taken[shop]);
                let amount = self.takings[shop] - since.max(0);
                let may = has_account && !self.is_unapproved[shop] && !self.is_frozen[shop];
                if may && amount >= PAID_OUT_MIN {
                    self.takings[shop] -= amount;
                    self.settled.batches.push(Batch { shop, amount, is_paid: None });
                }
                true
            }
            SettlementStep::End { settlement, is_paid } => {
                let settlement = nth(settlement, self.settled.batches.len());
                let Some(batch) = self.settled.batches.get_mut(settlement) else { return false };
                match batch.is_paid {
                    Some(known) => known == is_paid,
                    None => {
                        batch.is_paid = Some(is_paid);
                        if !is_paid {
                            self.takings[batch.shop] += batch.amount;
                        }
                        true
                    }
                }
            }
        }
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_settlement(&mut self, step: SettlementStep) -> bool {
        match step {
            SettlementStep::Settle { shop, has_account } => {
                let business_id = self.shops[shop];
                // As a transaction that begins with it.
                self.change_account(business_id.uuid(), |_| ());
                let today = hong_kong_day(self.books.now);
                // A key of the shop and the day answers again.
                if !self.settled_days.insert((shop, today)) {
                    return true;
                }
                let Some(day) = today.previous_day() else { return false };
                let since = self.since(business_id.uuid(), hong_kong_midnight(today));
                self.books.since_days.insert((business_id.uuid(), day), since);
                self.books.takings_go_to.clear();
                if has_account {
                    self.books.takings_go_to.insert(business_id.uuid(), bank_account());
                }
                self.keeper.register_bank_account(&self.books, business_id);
                let wanted =
                    SettleTakings { business_id, day, is_instructed: true, is_asked: false };
                let Ok((settled, _)) = self.decide(&wanted) else { return false };
                self.settlements.extend((settled.amount > 0).then_some(settled.id));
                self.books.settled_before.insert(business_id.uuid(), settled);
                true
            }
            SettlementStep::End { settlement, is_paid } => {
                let settlement = nth(settlement, self.settlements.len());
                let Some(id) = self.settlements.get(settlement).copied() else { return false };
                let outcome = if is_paid { PayoutEnd::Paid } else { PayoutEnd::Refused };
                let payout = Payout::Settlement(id);
                self.decide(&EndPayout { payout, outcome, by: Voice::Bank }).is_ok()
            }
        }
    }

    /// As the store reads it of what was committed.
    fn since(&self, shop: Uuid, midnight: OffsetDateTime) -> SinceDay {
        let has_moved = |transfer: &&Transfer| {
            transfer.at >= midnight && matches!(transfer.phase, Phase::Posted | Phase::Settled(_))
        };
        let mut since = SinceDay::default();
        for transfer in self.transfers.iter().filter(has_moved) {
            let amount = transfer.amount.minor_units();
            match (transfer.credit == shop, transfer.debit == shop) {
                (true, _) => since.taken += amount,
                (_, true) if transfer.kind == OperationKind::Settlement => since.paid_out += amount,
                (_, true) => since.taken -= amount,
                (false, false) => {}
            }
        }
        since
    }
}
