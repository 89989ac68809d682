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
    let sides = [side("business", Some(shop.to_string())), side("bank", None)];
    event(&operation_id, &of_kind("settlement", &operation_id, sides, amount, at))
}

pub(super) fn moved(movement: Movement, id: Uuid, payer: UserId) -> Envelope {
    let Movement { shop, is_refund, amount, tip, fee, at } = movement;
    let person = side("user", Some(payer.to_string()));
    let business = side("business", Some(shop.to_string()));
    let (kind, operation_id, sides) = if is_refund {
        ("refund", RefundId::from_uuid(id).to_string(), [business, person])
    } else {
        ("payment", PaymentId::from_uuid(id).to_string(), [person, business])
    };
    let moved = of_kind(kind, &operation_id, sides, amount, at);
    event(&operation_id, &MoneyMovedV1 { fee, tip, ..moved })
}

fn of_kind(
    kind: &str,
    operation_id: &str,
    sides: [SideV1; 2],
    amount: i64,
    at: OffsetDateTime,
) -> MoneyMovedV1 {
    let moved_at = at.format(&Rfc3339).unwrap();
    MoneyMovedV1 { moved_at, ..testkit::money_moved(kind, operation_id, sides, amount) }
}
