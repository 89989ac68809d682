//! Who works in a shop, in another role or no more, is told, and so is its owner if somebody else
//! did it, or if there is a manager now: somebody else may have had the owner's login.

use events::business_profile::BusinessMemberChangedV1;
use inbox::Failure;
use values::{Party, Product, ShopRole};

use super::parse;
use crate::domain::{Facts, Mailbox, Message, Notice, StaffNews, StaffReader};

pub(super) fn of_member(changed: BusinessMemberChangedV1) -> Result<Vec<Notice>, Failure> {
    let role = changed.role.map(|role| {
        ShopRole::from_code(&role).ok_or_else(|| Failure::poison("the role is unknown"))
    });
    let role = role.transpose()?;
    if changed.user_id == changed.owner_user_id {
        // They own the shop now: the handover tells of that.
        return Ok(Vec::new());
    }
    let id = parse(&changed.business_id)?;
    let mut readers = vec![(StaffReader::Member, parse(&changed.user_id)?)];
    if changed.changed_by != changed.owner_user_id || role == Some(ShopRole::Manager) {
        readers.push((StaffReader::Owner, parse(&changed.owner_user_id)?));
    }
    let shop_name = &changed.shop_name;
    let notices = readers.into_iter().map(|(reader, user_id)| {
        let shop = Party::Business { id, name: shop_name.clone() };
        Notice {
            mailbox: Mailbox { user_id, product: Product::Business },
            message: Message::Staff(StaffNews { reader, role, shop_name: shop_name.clone() }),
            facts: Facts { counterparty: Some(shop), ..Facts::default() },
        }
    });
    Ok(notices.collect())
}
