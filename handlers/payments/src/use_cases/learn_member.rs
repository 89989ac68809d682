//! Somebody works in a shop that is not theirs, in another role, or no more: from then on they may
//! do what the role includes, and nothing else.

use events::Envelope;
use events::business_profile::BusinessMemberChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::ShopRole;

use crate::store;

pub(crate) async fn learn_member(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(member) = inbox::decode::<BusinessMemberChangedV1>(event)? else { return Ok(()) };
    let business_id = member.business_id.parse().map_err(Failure::poison)?;
    let user_id = member.user_id.parse().map_err(Failure::poison)?;
    let role = member.role.map(|role| {
        // Whose shop it is, the shop itself says.
        let role = ShopRole::from_code(&role).filter(|role| *role != ShopRole::Owner);
        role.ok_or_else(|| Failure::poison("a member is a manager or a cashier"))
    });
    let role = role.transpose()?;
    Ok(store::shop_members::save_member(tx, business_id, user_id, role, member.version).await?)
}
