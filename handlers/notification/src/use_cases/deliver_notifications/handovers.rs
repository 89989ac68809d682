//! Of an offer of a shop both sides are told, of a yes both, and of a no the owner. Of what is
//! taken back, or ends with somebody's work there, nobody is.

use events::business_profile::BusinessHandoverChangedV1;
use inbox::Failure;
use values::{Party, Product};

use super::parse;
use crate::domain::{Facts, HandoverChange, HandoverNews, Mailbox, Message, Notice};

pub(super) fn of_handover(changed: BusinessHandoverChangedV1) -> Result<Vec<Notice>, Failure> {
    let [from, to] = [&changed.from_user_id, &changed.to_user_id].map(|id| parse(id));
    let (from, to) = (from?, to?);
    let told = match &*changed.status {
        "offered" => vec![(from, HandoverChange::Offered), (to, HandoverChange::Received)],
        "accepted" => vec![(from, HandoverChange::HandedOver), (to, HandoverChange::TakenOver)],
        "declined" => vec![(from, HandoverChange::Declined)],
        _ => Vec::new(),
    };
    let (id, shop_name) = (parse(&changed.business_id)?, changed.shop_name);
    let notice = |(user_id, change)| {
        let shop = Party::Business { id, name: shop_name.clone() };
        Notice {
            mailbox: Mailbox { user_id, product: Product::Business },
            message: Message::Handover(HandoverNews { change, shop_name: shop_name.clone() }),
            facts: Facts { counterparty: Some(shop), ..Facts::default() },
        }
    };
    Ok(told.into_iter().map(notice).collect())
}
