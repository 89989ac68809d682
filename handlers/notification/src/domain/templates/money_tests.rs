//! Every kind of notification of money, as readers of each language have it: `money.txt`.

use std::collections::BTreeSet;
use std::fmt::Write;

use time::macros::date;
use values::Money;

use super::*;
use crate::domain::NotificationClass;

const READERS: [Language; 3] =
    [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese];

fn of_banks(amount: Money) -> Vec<Message> {
    let payee = || "DEMO SHOP LTD".to_owned();
    [
        BankMessage::TopUpCompleted { amount },
        BankMessage::TopUpFailed { amount },
        BankMessage::WithdrawalCompleted { amount },
        BankMessage::WithdrawalFailed { amount },
        BankMessage::FpsPaymentSent { amount, payee: payee() },
        BankMessage::FpsPaymentFailed { amount, payee: payee() },
    ]
    .map(Message::Bank)
    .into()
}

fn of_shops(amount: Money) -> Vec<Message> {
    let (shop_name, payer_name) = (|| "永記".to_owned(), || "大文".to_owned());
    [
        ShopMessage::PaymentSent { amount, shop_name: shop_name() },
        ShopMessage::PaymentReceived { amount, tip: None, fee: None, payer_name: payer_name() },
        ShopMessage::PaymentAuthorised { amount, shop_name: shop_name() },
        ShopMessage::PaymentToCapture { amount, payer_name: payer_name() },
        ShopMessage::PaymentReleased { amount, shop_name: shop_name() },
        ShopMessage::PaymentNotCaptured { amount, payer_name: payer_name() },
        ShopMessage::RefundReceived { amount, shop_name: shop_name() },
        ShopMessage::RefundSent { amount, payer_name: payer_name() },
    ]
    .map(Message::Shop)
    .into()
}

fn of_settlements(amount: Money) -> Vec<Message> {
    let whys = NotPaid::ALL.iter().copied().map(Some);
    let news = |not_paid| SettlementNews { amount, shop_name: "永記".to_owned(), not_paid };
    std::iter::once(None).chain(whys).map(|why| Message::Settlement(news(why))).collect()
}

fn of_disputes(amount: Money) -> Vec<Message> {
    [
        DisputeChange::Opened,
        DisputeChange::Withdrawn,
        DisputeChange::NotAnswered,
        DisputeChange::Lost,
        DisputeChange::Dismissed,
        DisputeChange::Contested,
        DisputeChange::Unanswered,
        DisputeChange::Won,
        DisputeChange::Rejected,
    ]
    .map(|change| DisputeNews { change, amount, shop_name: "永記".to_owned() })
    .map(Message::Dispute)
    .into()
}

fn between_people(amount: Money) -> Vec<Message> {
    let name = || "小明".to_owned();
    let peer = [
        PeerMessage::Sent { amount, payee_name: name() },
        PeerMessage::Received { amount, payer_name: name(), note: Some("午飯".to_owned()) },
        PeerMessage::Held { amount, payee_name: name() },
        PeerMessage::Returned { amount, payee_name: name() },
    ];
    let parcels = [
        ParcelMessage::PayLinkClaimed { amount, claimer_name: name() },
        ParcelMessage::ClaimReceived { amount, sender_name: name(), note: None },
        ParcelMessage::ReturnReceived { amount },
    ];
    let requests = [
        MoneyRequestChange::Asked,
        MoneyRequestChange::Reminded,
        MoneyRequestChange::Cancelled,
        MoneyRequestChange::Declined,
        MoneyRequestChange::Expired,
    ]
    .map(|change| MoneyRequestNews { change, amount, name: name() });
    let peer = peer.into_iter().map(Message::Peer);
    let parcels = parcels.into_iter().map(Message::Parcel);
    peer.chain(parcels).chain(requests.into_iter().map(Message::MoneyRequest)).collect()
}

fn of_schedules(amount: Money) -> Vec<Message> {
    let on = date!(2026 - 12 - 31);
    let obstacles = [
        Obstacle::Funds,
        Obstacle::Frozen,
        Obstacle::Payee,
        Obstacle::Limit,
        Obstacle::Missed,
        Obstacle::Other,
    ];
    let skipped = obstacles.map(|why| ScheduleChange::Skipped(on, why));
    let others = [
        ScheduleChange::Upcoming(on),
        ScheduleChange::Delayed(Obstacle::Funds),
        ScheduleChange::Paused,
        ScheduleChange::Ended,
    ];
    let changes = || others.into_iter().chain(skipped);
    let told = |planned| {
        let name = "小明".to_owned();
        move |change| {
            Message::Schedule(ScheduleNews { change, planned, amount, name: name.clone() })
        }
    };
    let paid = changes().map(told(Planned::Payment));
    paid.chain(changes().map(told(Planned::Request))).collect()
}

#[test]
fn every_kind_of_notification_of_money_has_its_sentences_in_each_language() {
    let amount = Money::hkd(12_850).unwrap();
    let all = [of_shops, of_settlements, of_disputes, between_people, of_banks, of_schedules];
    let mut told = String::new();
    let mut kinds = BTreeSet::new();
    for message in all.into_iter().flat_map(|some| some(amount)) {
        let kind = message.notification_type().code();
        kinds.insert(kind);
        for reader in READERS {
            let Text { title, body, .. } = message.for_reader(reader);
            writeln!(told, "{kind} {}: {title}: {body}", reader.code()).unwrap();
        }
    }
    // A line that is missing or another is printed with all others: they are the file then.
    assert!(told == include_str!("money.txt"), "{told}");

    let of_money = |kind: &&NotificationType| {
        matches!(kind.class(), NotificationClass::Money | NotificationClass::Requests)
    };
    let wanted: BTreeSet<&str> =
        NotificationType::ALL.iter().filter(of_money).map(|kind| kind.code()).collect();
    assert_eq!(kinds, wanted);
}
