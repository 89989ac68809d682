//! How much, and how many, may wait of one person.

use super::*;
use crate::domain::limits::WalletTier;

#[test]
fn a_link_is_taken_back_only_as_far_as_the_wallet_has_room_and_stays_open_until_then() {
    let mut scene = Scene::link();
    let sender = scene.literal.payer.uuid();
    scene.change(sender, |wallet| wallet.credits_posted = WALLET_BALANCE_MAX + 1);
    let cancel = scene.back(ReturnReason::Cancelled);
    scene.assert_refused(&cancel, BALANCE_LIMIT_EXCEEDED);
    assert_eq!(scene.literal.books.parcel(scene.parcel.id).unwrap().status, ParcelStatus::Open);
    scene.change(sender, |wallet| wallet.credits_posted = WALLET_BALANCE_MAX);
    scene.literal.books.decide(&cancel).unwrap();
    assert_eq!(scene.literal.available(sender), WALLET_BALANCE_MAX);
    // A frozen wallet takes back its own, too.
    let mut scene = Scene::link();
    scene.change(scene.literal.payer.uuid(), |wallet| wallet.status = AccountStatus::Frozen);
    scene.literal.books.decide(&scene.back(ReturnReason::Cancelled)).unwrap();
    assert_eq!(scene.money(), [50_000, 0, 0, 0]);
}

#[test]
fn as_much_waits_of_one_person_as_a_wallet_may_hold_however_often_it_is_filled() {
    const FULL: i64 = WalletTier::Unverified.balance_max();
    // HK$1.00 waits already.
    let mut scene = Scene::link();
    let payer = scene.literal.payer;
    let make = |cents, shares| make(payer, ParcelKind::RedPacket, cents, shares);
    let fill = |scene: &mut Scene| {
        scene.change(payer.uuid(), |wallet| {
            wallet.tier = WalletTier::Unverified;
            wallet.credits_posted = wallet.debits_posted + FULL;
            wallet.used.peer_payment = FlowUse::default();
        });
    };
    fill(&mut scene);
    let (packet, _) = scene.literal.books.decide(&make(FULL / 2, 2)).unwrap();
    let refused = scene.literal.books.decide(&make(FULL / 2 - 99, 1)).err().unwrap();
    assert_eq!(refused.code(), BALANCE_LIMIT_EXCEEDED.code());
    let (last, _) = scene.literal.books.decide(&make(FULL / 2 - 100, 1)).unwrap();
    fill(&mut scene);
    let one = scene.literal.books.decide(&make(1, 1)).err().unwrap();
    assert_eq!(one.code(), BALANCE_LIMIT_EXCEEDED.code());
    // What was claimed, and what has ended, waits no more.
    let claim = ClaimShare {
        parcel_id: packet.id,
        kind: ParcelKind::RedPacket,
        sender: payer,
        claimer: scene.friends[0],
    };
    scene.literal.books.decide(&claim).unwrap();
    scene.literal.books.decide(&make(FULL / 4, 1)).unwrap();
    assert!(scene.literal.books.decide(&make(1, 1)).is_err());
    scene.literal.books.now = last.expires_at;
    let back = ReturnParcel { parcel_id: last.id, sender: payer, reason: ReturnReason::Expired };
    scene.literal.books.decide(&back).unwrap();
    fill(&mut scene);
    scene.literal.books.decide(&make(FULL / 2 - 100, 1)).unwrap();
}

#[test]
fn one_person_has_fifty_parcels_open_at_most_and_one_that_ends_makes_room() {
    let mut scene = Scene::link();
    let payer = scene.literal.payer;
    let make = || make(payer, ParcelKind::RedPacket, 1, 1);
    for _ in 1..50 {
        scene.literal.books.decide(&make()).unwrap();
    }
    scene.assert_refused(&make(), TOO_MANY_PARCELS);
    let claim = scene.claim(scene.friends[0]);
    scene.literal.books.decide(&claim).unwrap();
    scene.literal.books.decide(&make()).unwrap();
    scene.assert_refused(&make(), TOO_MANY_PARCELS);
}
