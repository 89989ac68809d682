//! The events that payments tells of what it has written.

use events::Envelope;
use events::payments::{MoneyMovedV1, SideV1};
use testkit::event;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use values::{BusinessId, PaymentId, RefundId, UserId};

use super::Movement;

fn side(side_type: &str, id: Option<String>) -> SideV1 {
    let side_type = side_type.to_owned();
    SideV1 { side_type, id, name: String::new(), told_user_id: None }
}

pub(super) fn settled(shop: BusinessId, id: Uuid, amount: i64, at: OffsetDateTime) -> Envelope {
    let operation_id = values::SettlementId::from_uuid(id).to_string();
    let (from, to) = (side("business", Some(shop.to_string())), side("bank", None));
    event(&operation_id, &of_kind("settlement", &operation_id, (from, to), amount, at))
}

pub(super) fn moved(movement: Movement, id: Uuid, payer: UserId) -> Envelope {
    let Movement { shop, is_refund, amount, tip, fee, at } = movement;
    let person = side("user", Some(payer.to_string()));
    let business = side("business", Some(shop.to_string()));
    let (kind, operation_id, from, to) = if is_refund {
        ("refund", RefundId::from_uuid(id).to_string(), business, person)
    } else {
        ("payment", PaymentId::from_uuid(id).to_string(), person, business)
    };
    let moved = of_kind(kind, &operation_id, (from, to), amount, at);
    event(&operation_id, &MoneyMovedV1 { fee, tip, ..moved })
}

fn of_kind(
    kind: &str,
    operation_id: &str,
    (from, to): (SideV1, SideV1),
    amount: i64,
    at: OffsetDateTime,
) -> MoneyMovedV1 {
    MoneyMovedV1 {
        kind: kind.to_owned(),
        operation_id: operation_id.to_owned(),
        from,
        to,
        amount,
        currency: "HKD".to_owned(),
        payment_request_id: None,
        refunded_payment_id: None,
        money_request_id: None,
        reference: None,
        note: None,
        pay_link_id: None,
        red_packet_id: None,
        fee: 0,
        tip: None,
        visibility: None,
        sticker: None,
        moved_at: at.format(&Rfc3339).unwrap(),
    }
}
