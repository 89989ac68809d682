//! Wallets whose money is stopped, in whole or in part, and let go again, in the simple model and
//! in the real books.

use proptest::prelude::*;
use values::Money;

use super::{Keeper, Model, PEOPLE, World};
use crate::domain::account_freeze::Measure;
use crate::domain::release::ReleaseScope;

/// In whole, or what leaves it only.
#[derive(Debug, Clone, Copy)]
pub(super) enum StopStep {
    Stop {
        person: usize,
        is_whole: bool,
    },
    /// If not in whole, money comes in again.
    LetGo {
        person: usize,
        is_whole: bool,
    },
    /// One operator holds so much by law: as much as before, or more.
    Hold {
        person: usize,
        by_law: i64,
    },
    /// Two of the staff leave so much of it: less than before.
    Release {
        person: usize,
        by_law: i64,
    },
}

pub(super) fn step() -> impl Strategy<Value = StopStep> {
    let (person, is_whole) = (0..PEOPLE, any::<bool>());
    let by_law = || prop_oneof![1 => 1..500_i64, 2 => 1..300_000_i64];
    let left = prop_oneof![3 => Just(0), 1 => by_law()];
    prop_oneof![
        2 => (person.clone(), is_whole)
            .prop_map(|(person, is_whole)| StopStep::Stop { person, is_whole }),
        4 => (person.clone(), prop::bool::weighted(0.7))
            .prop_map(|(person, is_whole)| StopStep::LetGo { person, is_whole }),
        1 => (person.clone(), by_law())
            .prop_map(|(person, by_law)| StopStep::Hold { person, by_law }),
        2 => (person, left).prop_map(|(person, by_law)| StopStep::Release { person, by_law }),
    ]
}

/// What the simple model knows of a wallet's money.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stopped {
    outgoing: bool,
    incoming: bool,
    pub(super) by_law: i64,
}

impl Model {
    /// Nobody stops, or opens again, what its owner has closed.
    pub(super) fn take_stop(&mut self, step: StopStep) -> bool {
        let (StopStep::Stop { person, .. }
        | StopStep::LetGo { person, .. }
        | StopStep::Hold { person, .. }
        | StopStep::Release { person, .. }) = step;
        let stopped = &mut self.stopped[person];
        let may = !self.is_closed[person]
            && match step {
                StopStep::Stop { is_whole, .. } => is_whole || !stopped.incoming,
                StopStep::LetGo { is_whole, .. } => {
                    stopped.incoming || is_whole && stopped.outgoing
                }
                StopStep::Hold { by_law, .. } => by_law >= stopped.by_law,
                StopStep::Release { by_law, .. } => by_law < stopped.by_law,
            };
        if may {
            match step {
                StopStep::Stop { is_whole, .. } => {
                    (stopped.outgoing, stopped.incoming) = (true, is_whole);
                }
                StopStep::LetGo { is_whole, .. } => {
                    (stopped.outgoing, stopped.incoming) = (!is_whole, false);
                }
                StopStep::Hold { by_law, .. } | StopStep::Release { by_law, .. } => {
                    stopped.by_law = by_law;
                }
            }
        }
        may
    }

    pub(super) fn gives(&self, person: usize) -> bool {
        !self.is_closed[person] && !self.stopped[person].outgoing
    }

    pub(super) fn takes(&self, person: usize) -> bool {
        !self.is_closed[person] && !self.stopped[person].incoming
    }

    /// Below zero if more is held by law than there is.
    pub(super) fn spendable(&self, person: usize) -> i64 {
        self.wallets[person] - self.stopped[person].by_law
    }

    pub(super) fn may_spend(&self, person: usize, amount: i64) -> bool {
        self.gives(person) && self.spendable(person) >= amount
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_stop(&mut self, step: StopStep) -> bool {
        match step {
            StopStep::Stop { person, is_whole: true } => self.stop(person, Measure::Freeze),
            StopStep::Stop { person, is_whole: false } => {
                self.stop(person, Measure::FreezeOutgoing)
            }
            StopStep::LetGo { person, is_whole: true } => {
                self.let_go(person, ReleaseScope::Unfreeze)
            }
            StopStep::LetGo { person, is_whole: false } => {
                self.let_go(person, ReleaseScope::AllowIncoming)
            }
            StopStep::Hold { person, by_law } => {
                self.stop(person, Measure::LegalHold(Money::hkd(by_law).ok()))
            }
            StopStep::Release { person, by_law } => {
                let remaining = Money::hkd(by_law).ok();
                self.let_go(person, ReleaseScope::LegalHold { remaining })
            }
        }
    }

    fn stop(&mut self, person: usize, measure: Measure) -> bool {
        let may = measure.require_stopping(self.wallet(person)).is_ok();
        may && self.apply(person, measure)
    }

    fn let_go(&mut self, person: usize, scope: ReleaseScope) -> bool {
        let may = scope.require_effect(self.wallet(person)).is_ok();
        may && self.apply(person, scope.measure())
    }

    fn apply(&mut self, person: usize, measure: Measure) -> bool {
        let (status, legal_hold) = measure.applied_to(self.wallet(person));
        self.change_account(self.people[person].uuid(), |wallet| {
            (wallet.status, wallet.legal_hold) = (status, legal_hold);
        });
        true
    }
}
