//! Pay links and red packets on literal books.

mod caps;

use time::Duration;
use uuid::Uuid;
use values::{OperationKind, Refusal, UserId};

use super::{ClaimShare, MakeParcel, ReturnParcel, ReturnReason};
use crate::domain::account::{Account, AccountKind, AccountStatus, ESCROW};
use crate::domain::books::Decide;
use crate::domain::ledger::Ledger;
use crate::domain::limit_use::FlowUse;
use crate::domain::limits::Flow;
use crate::domain::literal_books::{LiteralBooks, NOW, WALLET_BALANCE_MAX, account, hkd};
use crate::domain::operation::ConfirmedBy;
use crate::domain::packet_split::PacketSplit;
use crate::domain::parcel::{Parcel, ParcelKind, ParcelStatus};
use crate::domain::refusals::{
    ALL_CLAIMED, BALANCE_LIMIT_EXCEEDED, CLAIM_CANCELLED, CLAIM_EXPIRED, CLAIM_UNAVAILABLE,
    CONFIRMATION_INVALID, INSUFFICIENT_FUNDS, NO_PAY_LINK, NO_RED_PACKET, NO_WALLET, SAME_ACCOUNT,
    TOO_MANY_PARCELS, WALLET_FROZEN,
};

/// The books with a parcel of HK$1.00 in as many shares, and wallets of two friends.
struct Scene {
    literal: LiteralBooks,
    friends: [UserId; 2],
    parcel: Parcel,
}

fn make(sender: UserId, kind: ParcelKind, cents: i64, shares: u32) -> MakeParcel {
    MakeParcel {
        kind,
        sender,
        amount: hkd(cents),
        split: PacketSplit::Equal,
        shares: PacketSplit::Equal.shares(hkd(cents), shares, |_| 0).unwrap(),
        note: Some("恭喜發財".to_owned().try_into().unwrap()),
        secret_digest: [7; 32],
        sealed_secret: vec![7],
        confirmed: Ok(ConfirmedBy::Device),
        is_new_device: false,
    }
}

impl Scene {
    fn set(kind: ParcelKind, shares: u32) -> Self {
        let mut literal = LiteralBooks::new();
        let friends = [UserId::new(), UserId::new()];
        let wallets = friends.map(|id| account(id.uuid(), AccountKind::Wallet, 0));
        let accounts: Vec<Account> = literal.books.ledger.accounts().cloned().collect();
        literal.books.ledger = Ledger::new(accounts.into_iter().chain(wallets));
        literal.books.names.insert(friends[0].uuid(), "小明".to_owned());
        let (parcel, _) = literal.books.decide(&make(literal.payer, kind, 100, shares)).unwrap();
        Self { literal, friends, parcel }
    }

    fn link() -> Self {
        Self::set(ParcelKind::PayLink, 1)
    }

    fn claim(&self, claimer: UserId) -> ClaimShare {
        let Parcel { id, kind, ref sender, .. } = self.parcel;
        ClaimShare { parcel_id: id, kind, sender: sender.id, claimer }
    }

    fn back(&self, reason: ReturnReason) -> ReturnParcel {
        ReturnParcel { parcel_id: self.parcel.id, sender: self.parcel.sender.id, reason }
    }

    fn change(&mut self, id: Uuid, change: impl FnOnce(&mut Account)) {
        self.literal.change(id, change);
    }

    /// What can be spent: the sender, in escrow, the two friends.
    fn money(&self) -> [i64; 4] {
        let [one, other] = self.friends.map(UserId::uuid);
        [self.literal.payer.uuid(), ESCROW, one, other].map(|id| self.literal.available(id))
    }

    fn assert_refused(&mut self, wanted: &impl Decide, refusal: Refusal) {
        let (before, parcel) = (self.money(), self.literal.books.parcel(self.parcel.id).cloned());
        assert_eq!(self.literal.books.decide(wanted).err(), Some(refusal));
        assert_eq!(self.money(), before);
        assert_eq!(self.literal.books.parcel(self.parcel.id).cloned(), parcel);
    }
}

#[test]
fn the_money_leaves_at_once_and_waits_until_somebody_has_it() {
    let mut scene = Scene::link();
    assert_eq!(scene.money(), [49_900, 100, 0, 0]);
    assert_eq!(scene.parcel.expires_at, NOW + Duration::days(14));
    let claim = scene.claim(scene.friends[0]);
    let (claimed, told) = scene.literal.books.decide(&claim).unwrap();
    assert_eq!(scene.money(), [49_900, 0, 100, 0]);
    assert_eq!((claimed.status, claimed.ended_at), (ParcelStatus::Claimed, Some(NOW)));
    let [moved] = &*told else { unreachable!("{told:?}") };
    let (from, to) = (&moved.data["from"], &moved.data["to"]);
    let sender = scene.literal.payer.to_string();
    assert_eq!((&moved.data["kind"], &from["type"]), (&"claim".into(), &"escrow".into()));
    assert_eq!((&from["id"], &from["name"]), (&sender.clone().into(), &"陳大文".into()));
    assert_eq!((&from["told_user_id"], &to["name"]), (&sender.into(), &"小明".into()));
    assert_eq!(to["told_user_id"], scene.friends[0].to_string());
    assert_eq!(
        (&moved.data["note"], &moved.subject),
        (&"恭喜發財".into(), &scene.parcel.pay_link_id().unwrap().to_string(),)
    );
    assert_eq!(moved.data["pay_link_id"], moved.subject);
    assert!(moved.data["red_packet_id"].is_null());

    // Again is the same, and nobody is told twice.
    let (again, told) = scene.literal.books.decide(&claim).unwrap();
    assert_eq!((again, told), (claimed, Vec::new()));
    assert_eq!(scene.money(), [49_900, 0, 100, 0]);
    let other = scene.claim(scene.friends[1]);
    scene.assert_refused(&other, ALL_CLAIMED);
    scene.assert_refused(&scene.back(ReturnReason::Cancelled), ALL_CLAIMED);
}

#[test]
fn a_red_packet_is_opened_share_by_share_also_by_its_sender_who_is_not_told_each_time() {
    let mut scene = Scene::set(ParcelKind::RedPacket, 3);
    let payer = scene.literal.payer;
    for (claimer, cents) in [(scene.friends[0], 34), (payer, 33), (scene.friends[1], 33)] {
        let (parcel, told) = scene.literal.books.decide(&scene.claim(claimer)).unwrap();
        assert_eq!(parcel.share_of(claimer).unwrap().0.amount, hkd(cents));
        assert!(told[0].data["from"]["told_user_id"].is_null());
        assert_eq!(told[0].data["from"]["id"], payer.to_string());
    }
    assert_eq!(scene.money(), [49_933, 0, 34, 33]);
    scene.assert_refused(&scene.claim(UserId::new()), ALL_CLAIMED);
}

#[test]
fn the_sender_takes_back_a_link_that_nobody_claimed_and_no_red_packet() {
    let mut scene = Scene::link();
    let cancel = scene.back(ReturnReason::Cancelled);
    let (cancelled, told) = scene.literal.books.decide(&cancel).unwrap();
    assert_eq!((cancelled.status, told.len()), (ParcelStatus::Cancelled, 1));
    assert_eq!(scene.money(), [50_000, 0, 0, 0]);
    let (again, told) = scene.literal.books.decide(&cancel).unwrap();
    assert_eq!((again, told), (cancelled, Vec::new()));
    scene.assert_refused(&scene.claim(scene.friends[0]), CLAIM_CANCELLED);

    let mut scene = Scene::link();
    let stranger = ReturnParcel { sender: scene.friends[0], ..scene.back(ReturnReason::Cancelled) };
    assert_eq!(stranger.accounts(&scene.literal.books), Vec::<Uuid>::new());
    scene.assert_refused(&stranger, NO_PAY_LINK);
    let mut scene = Scene::set(ParcelKind::RedPacket, 2);
    scene.assert_refused(&scene.back(ReturnReason::Cancelled), NO_PAY_LINK);
}

#[test]
fn time_is_over_to_the_microsecond_whether_or_not_anybody_has_written_it_down() {
    for kind in [ParcelKind::PayLink, ParcelKind::RedPacket] {
        let mut scene = Scene::set(kind, 1);
        let last = scene.parcel.expires_at - Duration::MICROSECOND;
        scene.literal.books.now = last;
        let early = scene.back(ReturnReason::Expired);
        let (open, told) = scene.literal.books.decide(&early).unwrap();
        assert_eq!((open.status, told), (ParcelStatus::Open, Vec::new()));
        scene.literal.books.now = scene.parcel.expires_at;
        scene.assert_refused(&scene.claim(scene.friends[0]), CLAIM_EXPIRED);
        if kind == ParcelKind::PayLink {
            scene.assert_refused(&scene.back(ReturnReason::Cancelled), CLAIM_EXPIRED);
        }
        let (expired, told) = scene.literal.books.decide(&early).unwrap();
        assert_eq!((expired.status, told.len()), (ParcelStatus::Expired, 1));
        assert_eq!(told[0].data["to"]["told_user_id"], scene.literal.payer.to_string());
        assert!(told[0].data["from"]["told_user_id"].is_null());
        assert_eq!(scene.literal.books.decide(&early).unwrap(), (expired, Vec::new()));
        assert_eq!(scene.money(), [50_000, 0, 0, 0]);
        scene.literal.books.now = last;
        scene.assert_refused(&scene.claim(scene.friends[0]), CLAIM_EXPIRED);
    }
}

#[test]
fn what_is_left_of_a_red_packet_goes_back_and_what_was_claimed_stays() {
    let mut scene = Scene::set(ParcelKind::RedPacket, 3);
    let claimer = scene.friends[0];
    let (claimed, _) = scene.literal.books.decide(&scene.claim(claimer)).unwrap();
    scene.literal.books.now = scene.parcel.expires_at;
    let (expired, told) = scene.literal.books.decide(&scene.back(ReturnReason::Expired)).unwrap();
    assert_eq!((told[0].data["amount"].as_i64(), expired.unclaimed_cents()), (Some(66), 66));
    assert_eq!(scene.money(), [49_966, 0, 34, 0]);
    // Who has a share is answered with it for ever.
    let (again, told) = scene.literal.books.decide(&scene.claim(claimer)).unwrap();
    assert_eq!((again.share_of(claimer), told), (claimed.share_of(claimer), Vec::new()));
    let operation = scene.literal.books.operation(expired.return_id.unwrap()).unwrap();
    assert_eq!((operation.kind, operation.parent_id), (OperationKind::Return, Some(expired.id)));
}

#[test]
fn what_nobody_took_in_time_comes_back_into_a_full_wallet_and_into_a_frozen_one() {
    type Change = fn(&mut Account);
    let changes: [Change; 3] = [
        |wallet| wallet.credits_posted += WALLET_BALANCE_MAX,
        |wallet| wallet.status = AccountStatus::Frozen,
        |wallet| {
            wallet.credits_posted += WALLET_BALANCE_MAX;
            wallet.status = AccountStatus::Frozen;
        },
    ];
    for change in changes {
        let mut scene = Scene::link();
        let sender = scene.literal.payer.uuid();
        scene.change(sender, change);
        let before = scene.literal.available(sender);
        scene.literal.books.now = scene.parcel.expires_at;
        scene.literal.books.decide(&scene.back(ReturnReason::Expired)).unwrap();
        assert_eq!(scene.literal.available(sender), before + 100);
        assert_eq!(scene.literal.available(ESCROW), 0);
    }
}

#[test]
fn a_claimer_who_cannot_take_it_is_told_why_and_the_share_stays() {
    type Change = fn(&mut Account);
    let cases: [(Change, Refusal); 3] = [
        (|wallet| wallet.status = AccountStatus::Frozen, WALLET_FROZEN),
        (|wallet| wallet.credits_posted = WALLET_BALANCE_MAX - 99, BALANCE_LIMIT_EXCEEDED),
        (|wallet| wallet.credits_pending = WALLET_BALANCE_MAX - 99, BALANCE_LIMIT_EXCEEDED),
    ];
    for (change, refusal) in cases {
        let mut scene = Scene::link();
        let claim = scene.claim(scene.friends[0]);
        scene.change(claim.claimer.uuid(), change);
        scene.assert_refused(&claim, refusal);
        scene.literal.books.decide(&scene.claim(scene.friends[1])).unwrap();
    }
    let mut scene = Scene::link();
    scene.change(scene.friends[0].uuid(), |wallet| {
        wallet.credits_posted = WALLET_BALANCE_MAX - 100;
    });
    scene.literal.books.decide(&scene.claim(scene.friends[0])).unwrap();
}

#[test]
fn only_people_with_a_wallet_claim_and_not_their_own_link_nor_of_a_frozen_sender() {
    let mut scene = Scene::link();
    scene.assert_refused(&scene.claim(UserId::new()), NO_WALLET);
    scene.assert_refused(&scene.claim(scene.literal.payer), SAME_ACCOUNT);
    let other = Uuid::now_v7();
    for (kind, refusal) in
        [(ParcelKind::PayLink, NO_PAY_LINK), (ParcelKind::RedPacket, NO_RED_PACKET)]
    {
        let claim = ClaimShare { parcel_id: other, kind, ..scene.claim(scene.friends[0]) };
        scene.assert_refused(&claim, refusal);
    }
    let frozen = |wallet: &mut Account| wallet.status = AccountStatus::Frozen;
    scene.change(scene.literal.payer.uuid(), frozen);
    let claim = scene.claim(scene.friends[0]);
    scene.assert_refused(&claim, CLAIM_UNAVAILABLE);
    assert!(!CLAIM_UNAVAILABLE.to_string().contains("frozen"));
    // A freeze waits for it, and it for a freeze.
    assert!(claim.accounts(&scene.literal.books).contains(&scene.literal.payer.uuid()));
}

#[test]
fn a_parcel_is_made_with_money_that_is_there_and_a_proof_and_else_leaves_no_trace() {
    let mut scene = Scene::link();
    let payer = scene.literal.payer;
    let make = |cents| make(payer, ParcelKind::PayLink, cents, 1);
    scene.assert_refused(&make(49_901), INSUFFICIENT_FUNDS);
    let unproven = MakeParcel { confirmed: Err(CONFIRMATION_INVALID), ..make(1) };
    assert_eq!(unproven.accounts(&scene.literal.books), [payer.uuid()]);
    scene.assert_refused(&unproven, CONFIRMATION_INVALID);
    scene.assert_refused(&MakeParcel { sender: UserId::new(), ..make(1) }, NO_WALLET);
    scene.change(payer.uuid(), |wallet| wallet.status = AccountStatus::Frozen);
    scene.assert_refused(&make(1), WALLET_FROZEN);
    assert_eq!(scene.literal.books.parcels.changed().count(), 1);
}

/// What the sender and the first friend have used by paying people.
fn used(scene: &Scene) -> [FlowUse; 2] {
    [scene.literal.payer, scene.friends[0]]
        .map(|id| *scene.literal.books.account(id.uuid()).unwrap().used.of(Flow::PeerPayment))
}

#[test]
fn a_parcel_counts_as_a_payment_to_people_and_whoever_claims_it_uses_nothing() {
    let mut scene = Scene::set(ParcelKind::RedPacket, 2);
    let (sender, friend) = (scene.literal.payer, scene.friends[0]);
    let whole = FlowUse { day: 100, month: 100, year: 100, count: 1 };
    assert_eq!(used(&scene), [whole, FlowUse::default()]);
    scene.literal.books.decide(&scene.claim(friend)).unwrap();
    scene.literal.books.decide(&scene.claim(sender)).unwrap();
    assert_eq!(used(&scene), [whole, FlowUse::default()]);
    scene.change(sender.uuid(), |wallet| wallet.credits_posted += 1_000_000);
    for kind in [ParcelKind::PayLink, ParcelKind::RedPacket] {
        for (cents, is_new_device, code) in [
            (500_001, false, "transaction-limit-exceeded"),
            (99_901, true, "new-device-limit-exceeded"),
        ] {
            let wanted = MakeParcel { is_new_device, ..make(sender, kind, cents, 1) };
            let refused = scene.literal.books.decide(&wanted).map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), code);
        }
    }
    let wanted = MakeParcel { is_new_device: true, ..make(sender, ParcelKind::PayLink, 99_900, 1) };
    scene.literal.books.decide(&wanted).unwrap();
}

#[test]
fn what_comes_back_counts_no_more_in_the_periods_of_the_parcel_and_no_limit_refuses_it() {
    const FULL: FlowUse =
        FlowUse { day: 1_000_000, month: 3_000_000, year: 10_000_000, count: 100 };
    for (reason, days, left) in [
        (ReturnReason::Cancelled, 0, [999_900, 2_999_900, 9_999_900, 100]),
        // Made in the afternoon of the first of December.
        (ReturnReason::Cancelled, 13, [0, 2_999_900, 9_999_900, 0]),
        (ReturnReason::Expired, 14, [0, 2_999_900, 9_999_900, 0]),
        (ReturnReason::Expired, 31, [0, 0, 0, 0]),
    ] {
        let mut scene = Scene::link();
        let sender = scene.literal.payer.uuid();
        scene.change(sender, |wallet| {
            wallet.used.peer_payment = FULL;
            wallet.status = AccountStatus::Frozen;
        });
        scene.literal.books.now = NOW + Duration::days(days);
        scene.literal.books.decide(&scene.back(reason)).unwrap();
        let now = scene.literal.books.now;
        let used = scene.literal.books.account(sender).unwrap().used.at(now);
        let FlowUse { day, month, year, count } = used.peer_payment;
        assert_eq!([day, month, year, count], left, "after {days} days");
    }
    // On a day on which something else was paid.
    let mut scene = Scene::link();
    let sender = scene.literal.payer;
    scene.literal.books.now = NOW + Duration::days(1);
    scene.literal.books.decide(&make(sender, ParcelKind::PayLink, 300, 1)).unwrap();
    scene.literal.books.decide(&scene.back(ReturnReason::Cancelled)).unwrap();
    assert_eq!(used(&scene)[0], FlowUse { day: 300, month: 300, year: 300, count: 1 });
}
