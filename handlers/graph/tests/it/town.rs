//! A town whose people pay each other and shops as people do, with some whose wallets deceived
//! people's money runs through; and some who only look like them.

use std::collections::BTreeMap;

use fastrand::Rng;
use time::{Duration, OffsetDateTime};
use values::{BusinessId, UserId};

use crate::fixture::{Money, Side};

/// What a wallet of the town is to be called.
pub(crate) type Planted = BTreeMap<UserId, &'static str>;

pub(crate) struct Town {
    random: Rng,
    now: OffsetDateTime,
    people: Vec<UserId>,
    shops: Vec<BusinessId>,
    pub(crate) money: Vec<Money>,
    pub(crate) planted: Planted,
}

impl Town {
    /// Twenty times as many payments as `people` among themselves and at shops, a few planted
    /// shapes of each kind, and as many that are almost one.
    pub(crate) fn new(seed: u64, people: usize, of_each: usize) -> Self {
        let mut town = Self {
            random: Rng::with_seed(seed),
            now: OffsetDateTime::now_utc(),
            people: (0..people).map(|_| UserId::new()).collect(),
            shops: (0..people.div_ceil(10)).map(|_| BusinessId::new()).collect(),
            money: Vec::new(),
            planted: Planted::new(),
        };
        town.live();
        for _ in 0..of_each {
            town.plant_mule();
            town.plant_chain();
            town.plant_chain_of_victim();
            town.plant_cycle();
            town.plant_just_below();
            town.almost();
        }
        town
    }

    fn pay(&mut self, kind: &'static str, sides: [Side; 2], cents: i64, minutes_ago: i64) {
        let seconds = self.random.i64(0..60);
        let at = self.now - Duration::minutes(minutes_ago) + Duration::seconds(seconds);
        let at = at.min(self.now);
        self.money.push(Money::at(kind, sides, cents, at));
    }

    /// Most pay the few whom they know, and shops.
    fn live(&mut self) {
        let count = self.people.len();
        for payment in 0..count * 20 {
            let (payer, minutes_ago) = (payment % count, self.random.i64(10..1_300));
            let payer_side = Side::Person(self.people[payer]);
            let cents = self.random.i64(2_000..60_000);
            match self.random.u8(0..10) {
                0 => self.pay("top-up", [Side::Bank, payer_side], cents * 4, minutes_ago),
                1..=4 => {
                    let shop = self.random.usize(0..self.shops.len());
                    let shop = Side::Shop(self.shops[shop]);
                    self.pay("payment", [payer_side, shop], cents, minutes_ago);
                }
                _ => {
                    let friend = self.people[(payer + 1 + self.random.usize(0..4)) % count];
                    let cents = if self.random.u8(0..20) == 0 { cents * 3 } else { cents };
                    self.pay(
                        "peer-payment",
                        [payer_side, Side::Person(friend)],
                        cents,
                        minutes_ago,
                    );
                }
            }
        }
    }

    /// So many different people, each of whom pays this one between these minutes ago, the first of
    /// them last.
    fn paid_by(&mut self, payee: UserId, many: usize, minutes_ago: std::ops::Range<i64>) -> i64 {
        let mut people = self.people.clone();
        self.random.shuffle(&mut people);
        let mut total = 0;
        for (number, payer) in people.into_iter().take(many).enumerate() {
            let cents = self.random.i64(30_000..90_000);
            let any = self.random.i64(minutes_ago.clone());
            let minutes_ago = if number == 0 { minutes_ago.start } else { any };
            let sides = [Side::Person(payer), Side::Person(payee)];
            self.pay("peer-payment", sides, cents, minutes_ago);
            total += cents;
        }
        total
    }

    fn plant_mule(&mut self) {
        let mule = UserId::new();
        self.planted.insert(mule, "high");
        let begun = self.random.i64(200..1_000);
        let strangers = self.random.usize(8..15);
        let total = self.paid_by(mule, strangers, begun - 90..begun);
        let kept = self.random.i64(90..100);
        for part in [40, kept - 40] {
            let minutes_ago = begun - 92 - self.random.i64(0..8);
            let sides = [Side::Person(mule), Side::Bank];
            self.pay("fps-payment", sides, total * part / 100 + 1, minutes_ago);
        }
    }

    /// The second and the third of four: who gives and who takes at last may be anybody.
    fn plant_chain(&mut self) {
        let [first, second, third, fourth] = [(); 4].map(|()| UserId::new());
        self.planted.insert(second, "high");
        self.planted.insert(third, "high");
        let begun = self.random.i64(200..1_200);
        let cents = self.random.i64(150_000..400_000);
        for (hop, sides) in [[first, second], [second, third], [third, fourth]].iter().enumerate() {
            let hop = i64::try_from(hop).unwrap();
            let sides = sides.map(Side::Person);
            self.pay("peer-payment", sides, cents * (100 - hop * 5) / 100, begun - hop * 40);
        }
    }

    /// Whoever is deceived tops up for it, and the second of two takes it out.
    fn plant_chain_of_victim(&mut self) {
        let [victim, first, second] = [(); 3].map(|()| UserId::new());
        self.planted.insert(first, "high");
        self.planted.insert(second, "high");
        let begun = self.random.i64(200..1_200);
        let cents = self.random.i64(150_000..400_000);
        self.pay("top-up", [Side::Bank, Side::Person(victim)], cents, begun);
        self.pay("peer-payment", [victim, first].map(Side::Person), cents, begun - 20);
        let cents = cents * 95 / 100;
        self.pay("peer-payment", [first, second].map(Side::Person), cents, begun - 40);
        self.pay("withdrawal", [Side::Person(second), Side::Bank], cents, begun - 60);
    }

    fn plant_cycle(&mut self) {
        let ring: Vec<UserId> = (0..self.random.usize(3..=6)).map(|_| UserId::new()).collect();
        self.planted.extend(ring.iter().map(|member| (*member, "elevated")));
        let begun = self.random.i64(700..1_200);
        let mut cents = self.random.i64(150_000..400_000);
        for (hop, payer) in ring.iter().enumerate() {
            let payee = ring[(hop + 1) % ring.len()];
            let sides = [Side::Person(*payer), Side::Person(payee)];
            self.pay("peer-payment", sides, cents, begun - i64::try_from(hop).unwrap() * 100);
            cents = cents * 97 / 100;
        }
    }

    fn plant_just_below(&mut self) {
        let payer = UserId::new();
        self.planted.insert(payer, "elevated");
        for hour in 1..8 {
            let cents = self.random.i64(181_000..200_000);
            let payee = self.random.usize(0..self.people.len());
            let sides = [Side::Person(payer), Side::Person(self.people[payee])];
            self.pay("peer-payment", sides, cents, hour * 70);
        }
    }

    /// Who collects for a dinner and pays for it, who sells to many and keeps it, who passes on
    /// what one has lent them, whom their mother tops up for and who takes it out, and who pays
    /// five times almost as much as asks for the PIN.
    fn almost(&mut self) {
        let [host, seller, lender, debtor, creditor, mother, son, spender, landlord] =
            [(); 9].map(|()| UserId::new());
        let begun = self.random.i64(300..1_000);
        let total = self.paid_by(host, 10, begun - 60..begun);
        let sides = [Side::Person(host), Side::Shop(self.shops[0])];
        self.pay("payment", sides, total, begun - 70);
        let total = self.paid_by(seller, 12, begun - 90..begun);
        self.pay("withdrawal", [Side::Person(seller), Side::Bank], total / 2, begun - 95);
        self.pay("peer-payment", [lender, debtor].map(Side::Person), 200_000, begun);
        self.pay("peer-payment", [debtor, creditor].map(Side::Person), 195_000, begun - 20);
        self.pay("top-up", [Side::Bank, Side::Person(mother)], 100_000, begun);
        self.pay("peer-payment", [mother, son].map(Side::Person), 100_000, begun - 15);
        self.pay("withdrawal", [Side::Person(son), Side::Bank], 100_000, begun - 50);
        for hour in 1..6 {
            self.pay("peer-payment", [spender, landlord].map(Side::Person), 190_000, hour * 70);
        }
    }
}
