//! Each shape at its thresholds, and what looks like it.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::super::passage_samples::{
    NOW, Shown, account, bank, dealings, dealings_of, person, shop,
};
use super::super::subject::GraphAccountType;
use super::*;

impl Sight {
    fn risk(&self) -> AccountRisk {
        self.findings.iter().map(|finding| finding.reason.risk()).max().unwrap_or_default()
    }
}

fn seen(near: &Near) -> Vec<RiskReason> {
    let sight = look_at(account(), near, NOW);
    sight.findings.iter().map(|finding| finding.reason).collect()
}

fn alone(shown: &[Shown]) -> Near {
    Near::from([(account(), dealings(shown))])
}

/// So many strangers pay, then one movement leaves.
fn fan(strangers: u128, cents: i64, out: Shown) -> Vec<Shown> {
    let came = (1..=strangers)
        .map(|number| Shown::coming(person(number), cents, -60 + i64::try_from(number).unwrap()));
    came.chain([out]).collect()
}

#[test]
fn many_strangers_pay_and_most_of_it_leaves_at_once() {
    let near = alone(&fan(14, 100_000, Shown::going(bank(), 1_358_000, -40)));
    let sight = look_at(account(), &near, NOW);
    assert_eq!(sight.risk(), AccountRisk::High);
    let words = "received HK$14,000.00 from 14 strangers in 2 h, 97 % left within 6 min";
    assert_eq!(sight.findings[0].explanation, words);
    let just = fan(8, 25_000, Shown::going(person(99), 180_000, -22));
    assert_eq!(seen(&alone(&just)), [RiskReason::FanIn]);
}

#[test]
fn what_only_looks_like_a_fan_is_none() {
    let gone = |cents, minutes| Shown::going(bank(), cents, minutes);
    let mut known = fan(8, 25_000, gone(200_000, -30));
    known.push(Shown::going(person(3), 500, -60 * 24 * 5));
    let mut friends = alone(&fan(8, 25_000, gone(200_000, -30)));
    let friend = person(5).0;
    friends.get_mut(&account()).unwrap().friends.insert(friend);
    for (what, near) in [
        ("too few", alone(&fan(7, 40_000, gone(280_000, -30)))),
        ("too little", alone(&fan(8, 24_999, gone(199_992, -30)))),
        ("most of it stays", alone(&fan(8, 25_000, gone(179_999, -30)))),
        ("it leaves later", alone(&fan(8, 25_000, gone(200_000, -21)))),
        ("it left before", alone(&fan(8, 25_000, gone(200_000, -61)))),
        ("a shop is paid", alone(&fan(8, 25_000, Shown::going(shop(9), 200_000, -30)))),
        ("one is known", alone(&known)),
        ("one is a friend", friends),
    ] {
        assert_eq!(seen(&near), [], "{what}");
    }
}

#[test]
fn a_shape_is_over_after_a_day() {
    let near = alone(&fan(8, 25_000, Shown::going(bank(), 200_000, -30)));
    let last = NOW - Duration::minutes(52);
    let after = |time| look_at(account(), &near, last + time).risk();
    assert_eq!(after(SEEN_FOR), AccountRisk::High);
    assert_eq!(after(SEEN_FOR + Duration::SECOND), AccountRisk::Normal);
}

/// 1 pays the account, which pays 2, who pays 3.
fn chain(second: i64, third: i64, minutes: i64) -> Near {
    let own =
        [Shown::coming(person(1), 100_000, -100), Shown::going(person(2), second, -100 + minutes)];
    let next = [
        Shown::coming((account(), person(0).1), second, -100 + minutes),
        Shown::going(person(3), third, -100 + 2 * minutes),
    ];
    let (one, two) = (person(1).0, person(2).0);
    let first = [Shown::going((account(), person(0).1), 100_000, -100)];
    Near::from([
        (account(), dealings(&own)),
        (one, dealings_of(one, &first)),
        (two, dealings_of(two, &next)),
    ])
}

#[test]
fn what_goes_on_at_once_three_times_is_a_chain_also_for_whoever_is_not_its_last() {
    let near = chain(80_000, 64_000, 60);
    // What comes to the second is less than what a chain begins with.
    assert_eq!(seen(&near), []);
    let near = chain(100_000, 80_000, 50);
    let sight = look_at(account(), &near, NOW);
    assert_eq!((sight.risk(), sight.unread.len()), (AccountRisk::High, 0));
    let words = "100 % of HK$1,000.00 went on within 50 min, in 3 or more hops";
    assert_eq!(sight.findings[0].explanation, words);
    assert_eq!(sight.involved, BTreeSet::from([1, 2].map(|number| person(number).0)));
    for (what, near) in [
        ("it stays for longer", chain(100_000, 80_000, 61)),
        ("most of it stays", chain(100_000, 79_999, 50)),
        ("more goes on than came", chain(100_001, 80_001, 50)),
    ] {
        assert_eq!(seen(&near), [], "{what}");
    }
}

/// Each passes the same on to the next of them, ten minutes later; all but the ends are seen.
fn passed_along(ends: &[(GraphAccountId, GraphAccountType)]) -> Near {
    let minute = |hop: usize| -100 + 10 * i64::try_from(hop).unwrap();
    let between = |(hop, hands): (usize, &[(GraphAccountId, GraphAccountType)])| {
        let came = Shown::coming(hands[0], 100_000, minute(hop));
        let gone = Shown::going(hands[2], 100_000, minute(hop + 1));
        (hands[1].0, dealings_of(hands[1].0, &[came, gone]))
    };
    ends.windows(3).enumerate().map(between).collect()
}

#[test]
fn a_top_up_or_a_withdrawal_next_to_a_gift_makes_no_chain_of_it() {
    let (own, mum) = (person(0), person(1));
    for (what, hands, expected) in [
        ("mum tops up for her son", vec![bank(), mum, own, bank()], vec![]),
        ("whom she gives it takes it out", vec![mum, own, person(2), bank()], vec![]),
        ("it had come to her so", vec![person(3), mum, own, bank()], vec![RiskReason::Chain]),
        ("it goes on so", vec![mum, own, person(2), person(3)], vec![RiskReason::Chain]),
        (
            "a victim tops up, and the second takes it out",
            vec![bank(), mum, own, person(2), bank()],
            vec![RiskReason::Chain],
        ),
    ] {
        assert_eq!(seen(&passed_along(&hands)), expected, "{what}");
    }
}

#[test]
fn whoever_would_have_to_be_read_is_named() {
    let mut near = chain(100_000, 80_000, 50);
    near.retain(|id, _| *id == account());
    let sight = look_at(account(), &near, NOW);
    assert_eq!(sight.unread, BTreeSet::from([person(1).0, person(2).0]));
    assert_eq!(sight.findings, []);
}

/// A ring of so many, each of whom keeps a twentieth.
fn ring(hops: u128) -> Near {
    let who = |number: u128| if number == hops { person(0) } else { person(number) };
    let cents = |hop: u128| (0..hop).fold(300_000, |cents, _| cents / 100 * 95);
    let minute = |hop: u128| -600 + 90 * i64::try_from(hop).unwrap();
    let member = |number: u128| {
        let before = if number == 0 { hops - 1 } else { number - 1 };
        let came = Shown::coming(who(before), cents(before), minute(before));
        let went = Shown::going(who(number + 1), cents(number), minute(number));
        (person(number).0, dealings_of(person(number).0, &[came, went]))
    };
    (0..hops).map(member).collect()
}

#[test]
fn what_comes_back_by_way_of_two_to_five_others_is_a_cycle() {
    for (hops, is_cycle) in [(2, false), (3, true), (4, true), (6, true), (7, false)] {
        let near = ring(hops);
        let expected = if is_cycle { vec![RiskReason::Cycle] } else { vec![] };
        assert_eq!(seen(&near), expected, "{hops}");
    }
    for member in 1..6 {
        let sight = look_at(person(member).0, &ring(6), NOW);
        let [finding] = &sight.findings[..] else { panic!("{member}: {sight:?}") };
        let words = "77 % of HK$3,000.00 came back after 6 hops within 24 h";
        assert_eq!((finding.reason, &*finding.explanation), (RiskReason::Cycle, words));
        let others: BTreeSet<_> =
            (0..6).filter(|it| *it != member).map(|it| person(it).0).collect();
        assert_eq!(sight.involved, others);
    }
    let sight = look_at(account(), &ring(3), NOW);
    assert_eq!(
        sight.findings[0].explanation,
        "90 % of HK$3,000.00 came back after 3 hops within 24 h"
    );
    assert_eq!(sight.involved, BTreeSet::from([person(1).0, person(2).0]));
}

#[test]
fn six_times_just_below_is_more_than_chance() {
    let below = |times: i64, cents: i64| -> Vec<Shown> {
        (0..times).map(|time| Shown::going(person(1), cents, -10 * time)).collect()
    };
    assert_eq!(seen(&alone(&below(6, 199_999))), [RiskReason::JustBelow]);
    assert_eq!(seen(&alone(&below(6, 180_000))), [RiskReason::JustBelow]);
    for (times, cents) in [(5, 199_999), (6, 200_000), (6, 179_999)] {
        assert_eq!(seen(&alone(&below(times, cents))), [], "{times} {cents}");
    }
}

#[test]
fn repeats_and_another_order_show_the_same() {
    let mut shown = fan(9, 100_000, Shown::going(bank(), 870_000, -40));
    let once = look_at(account(), &alone(&shown), NOW).findings;
    shown.extend_from_within(..);
    shown.reverse();
    assert_eq!(look_at(account(), &alone(&shown), NOW).findings, once);
    assert_eq!(once.len(), 1);
}

/// A payment between two of a small town, of whom 0 is the bank.
#[derive(Clone, Copy)]
struct Paid {
    ends: [u128; 2],
    cents: i64,
    minutes: i64,
}

/// What each sees of these.
fn town(paid: &[Paid]) -> Near {
    let other = |number| if number == 0 { bank() } else { person(number) };
    let mut shown: BTreeMap<u128, Vec<Shown>> = BTreeMap::new();
    for Paid { ends: [from, to], cents, minutes } in paid {
        shown.entry(*from).or_default().push(Shown::going(other(*to), *cents, *minutes));
        shown.entry(*to).or_default().push(Shown::coming(other(*from), *cents, *minutes));
    }
    shown.remove(&0);
    let own =
        |(number, shown): (u128, Vec<_>)| (person(number).0, dealings_of(person(number).0, &shown));
    shown.into_iter().map(own).collect()
}

#[test]
fn whoever_is_in_another_cycle_than_the_one_that_is_told_of_is_involved() {
    let ring = |ends: [u128; 3], cents, minutes| {
        (0..3).map(move |hop| Paid {
            ends: [ends[hop], ends[(hop + 1) % 3]],
            cents,
            minutes: minutes + 90 * i64::try_from(hop).unwrap(),
        })
    };
    let paid: Vec<Paid> =
        ring([1, 2, 3], 100_000, -600).chain(ring([1, 2, 4], 200_000, -590)).collect();
    let others = |own: u128| [1, 2, 3, 4].into_iter().filter(move |other| *other != own);
    for own in [1, 2] {
        let sight = look_at(person(own).0, &town(&paid), NOW);
        assert_eq!(sight.involved, others(own).map(|other| person(other).0).collect(), "{own}");
    }
}

#[test]
fn whoever_gets_into_a_shape_by_what_others_move_is_looked_at() {
    for seed in 0..100 {
        let mut random = fastrand::Rng::with_seed(seed);
        // Near enough for chains, or so far from each other that there are cycles alone.
        let minutes = if seed % 2 == 0 { 10 } else { 100 };
        let mut paid: Vec<Paid> = (0..random.usize(3..30))
            .map(|_| Paid {
                ends: [random.u128(0..7), random.u128(0..7)],
                cents: 100_000 + 5_000 * random.i64(0..5),
                minutes: -minutes * random.i64(0..14),
            })
            .filter(|paid| paid.ends[0] != paid.ends[1])
            .collect();
        random.shuffle(&mut paid);
        let mut seen: BTreeMap<GraphAccountId, AccountRisk> = BTreeMap::new();
        for count in 1..=paid.len() {
            let near = town(&paid[..count]);
            let mut look = |account| {
                let sight = look_at(account, &near, NOW);
                seen.insert(account, sight.risk());
                sight.involved
            };
            let moved = paid[count - 1].ends.into_iter().filter(|number| *number != 0);
            let involved: BTreeSet<_> = moved.flat_map(|number| look(person(number).0)).collect();
            involved.into_iter().for_each(|account| drop(look(account)));
        }
        let near = town(&paid);
        let last = near.keys().map(|account| (*account, look_at(*account, &near, NOW).risk()));
        assert_eq!(seen, last.collect(), "seed {seed}");
    }
}
