//! Random histories are played in both, which must agree.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng, TestRunner};

use super::keeper::InMemory;
use super::step::{Step, history};
use super::{BEGINS, Keeper, Model, PEOPLE, World, fold, limits};
use crate::domain::account::{AccountStatus, ESCROW};
use crate::domain::books::Books;
use crate::domain::limits::WalletTier;
use crate::domain::transfer::Transfer;

/// Each person has another.
const TIERS: [WalletTier; PEOPLE] =
    [WalletTier::Unverified, WalletTier::Verified, WalletTier::AddressVerified];
/// What each has at first: within the limits of every tier.
const MONEY: i64 = 200_000;
/// What a run of all tests plays, and how many steps.
pub(crate) const SEED: u64 = 1;
const STEPS: usize = 5_000;
const SOAK_STEPS: usize = 1_000_000;
/// Histories between two looks at how many steps that were.
const HISTORIES: u32 = 64;
/// How often each kind of step was done and was not.
#[derive(Default)]
pub(crate) struct Tally {
    steps: usize,
    kinds: BTreeMap<String, [usize; 2]>,
}

impl Tally {
    fn count(&mut self, kind: String, is_done: bool) {
        self.kinds.entry(kind).or_default()[usize::from(!is_done)] += 1;
    }

    fn count_step(&mut self, step: &Step, is_done: bool) {
        self.steps += 1;
        self.count(format!("{step:?}").split(" {").next().unwrap_or_default().into(), is_done);
    }

    fn count_ends(&mut self, model: &Model) {
        for (stage, has_refund) in model.stages() {
            self.count(format!("{stage}{}", if has_refund { ", by its own" } else { "" }), true);
        }
        for (status, cause) in model.reviews() {
            self.count(format!("{status}, {}", cause.unwrap_or("sent")), true);
        }
    }
}

#[test]
fn histories_end_as_the_simple_model_says_in_one_batch_or_one_by_one() {
    play(STEPS, SEED, HISTORIES, play_one);
}

#[test]
#[ignore = "make soak plays it"]
fn a_million_steps_end_as_the_simple_model_says() {
    let tally = soak(|seed| play(SOAK_STEPS, seed, HISTORIES, play_one));
    // Else a step says nothing.
    let never_done = |(kind, [done, _]): (&String, &[usize; 2])| (*done == 0).then(|| kind.clone());
    let never_done: Vec<String> = tally.kinds.iter().filter_map(never_done).collect();
    assert!(never_done.is_empty(), "never done: {never_done:?}");
}

/// Plays what takes long by the seed that is asked for, and prints what was done.
#[expect(clippy::print_stdout, reason = "the seed plays it again")]
pub(crate) fn soak(play: impl FnOnce(u64) -> Tally) -> Tally {
    // PROPTEST_RNG_SEED, which proptest reads itself.
    let seed = match ProptestConfig::default().rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => SEED,
    };
    println!("SOAK_SEED={seed}");
    let begun = std::time::Instant::now();
    let tally = play(seed);
    for (kind, [done, refused]) in &tally.kinds {
        println!("{kind:28} {done:>7} done {refused:>7} refused");
    }
    let (steps, time) = (tally.steps, begun.elapsed().as_secs_f64());
    println!("{steps} steps in {time:.1} s");
    tally
}

/// The same seed plays the same histories.
fn play(
    steps: usize,
    seed: u64,
    cases: u32,
    play_one: impl Fn(&[Step], &mut Tally) -> Result<(), TestCaseError>,
) -> Tally {
    let (histories, tally) = (history(), RefCell::new(Tally::default()));
    for run in 0_u64.. {
        if tally.borrow().steps >= steps {
            break;
        }
        let mut whole_seed = [0; 32];
        whole_seed[..8].copy_from_slice(&seed.to_le_bytes());
        whole_seed[8..16].copy_from_slice(&run.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &whole_seed);
        let config = ProptestConfig { cases, failure_persistence: None, ..<_>::default() };
        let mut runner = TestRunner::new_with_rng(config, rng);
        let played = runner.run(&histories, |history| play_one(&history, &mut tally.borrow_mut()));
        assert!(played.is_ok(), "SOAK_SEED={seed}: {played:?}");
    }
    tally.into_inner()
}

/// One batch is the history in one transaction; the other world commits after each step.
fn play_one(history: &[Step], tally: &mut Tally) -> Result<(), TestCaseError> {
    let mut model = Model::new(TIERS);
    let [mut batch, mut singly] = [(); 2].map(|()| World::new(BEGINS, TIERS, |_| InMemory));
    for step in money_first().iter().chain(history) {
        let is_done = model.take(step, batch.books.now);
        prop_assert_eq!(batch.take(step), is_done, "in a batch: {:?}", step);
        prop_assert_eq!(singly.take(step), is_done, "one by one: {:?}", step);
        singly.commit();
        tally.count_step(step, is_done);
    }
    batch.commit();
    tally.count_ends(&model);
    same(&model, &batch)?;
    same(&model, &singly)
}

/// Plays histories in worlds that somebody keeps, and shows them how each ended, with the transfers
/// that were written.
pub(crate) fn play_kept<K: Keeper>(
    (steps, seed, cases): (usize, u64, u32),
    keep: impl Fn(&Books) -> K,
    end: impl Fn(K, &[Transfer]),
) -> Tally {
    play(steps, seed, cases, |history, tally| {
        let (mut model, mut world) = (Model::new(TIERS), World::new(BEGINS, TIERS, &keep));
        for step in money_first().iter().chain(history) {
            let is_done = model.take(step, world.books.now);
            prop_assert_eq!(world.take(step), is_done, "as it is kept: {:?}", step);
            tally.count_step(step, is_done);
        }
        tally.count_ends(&model);
        same(&model, &world)?;
        end(world.keeper, &world.transfers);
        Ok(())
    })
}

/// Else most of what is tried would fail for want of it.
fn money_first() -> [Step; PEOPLE] {
    std::array::from_fn(|person| Step::TopUp { person, amount: MONEY, is_debit: false })
}
fn same<K: Keeper>(model: &Model, world: &World<K>) -> Result<(), TestCaseError> {
    let now = world.books.now;
    let spendable = (0..PEOPLE).map(|person| model.spendable(person)).collect();
    let expected = [spendable, model.takings.to_vec(), model.fees.to_vec()];
    prop_assert_eq!(world.available(), expected);
    for (person, id) in world.people.iter().enumerate() {
        let wallet = world.books.account(id.uuid()).unwrap();
        prop_assert_eq!(wallet.debits_pending, model.held(person));
        let expected = model.debited(person) + model.reviewed_for(person);
        prop_assert_eq!(wallet.credits_pending, expected);
        prop_assert_eq!(limits::used(&wallet.used.at(now)), model.used(person, now));
        prop_assert_eq!(wallet.status == AccountStatus::Closed, model.is_closed[person]);
        prop_assert_eq!(world.brought_in(person), model.brought_in(person, None, now));
    }
    prop_assert_eq!(world.books.account(ESCROW).unwrap().available(), model.waiting());
    prop_assert_eq!(world.tips(), model.tips());
    prop_assert_eq!(world.stages(), model.stages());
    prop_assert_eq!(world.reviews(), model.reviews());
    let shown = model.shown();
    prop_assert_eq!(&world.shown(), &shown);
    let for_friends = shown.iter().filter(|(_, may_see)| *may_see).count();
    prop_assert_eq!(world.for_friends.len(), for_friends);
    let folded = fold::fold(&world.transfers);
    let mut total = [0; 4];
    for account in world.books.ledger.accounts() {
        let folded = folded.get(&account.id).copied().unwrap_or_default();
        prop_assert_eq!(fold::sums(account), folded);
        total.iter_mut().zip(folded).for_each(|(total, sum)| *total += sum);
    }
    prop_assert_eq!((total[0], total[2]), (total[1], total[3]));
    Ok(())
}
