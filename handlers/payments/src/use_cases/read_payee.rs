//! Somebody sees whom they are about to pay.

use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Id, Json};
use utoipa::ToSchema;
use values::{Party, UserId, masked, unknown};

use crate::domain::{NO_PAYEE, PayeeWarning, PayeeWarningReason, SAME_ACCOUNT};
use crate::{App, store};

/// A person, as somebody sees them who has not paid them yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct PayeeBody {
    /// The name is masked: enough to tell a mistake, too little to learn who has an id or a phone.
    /// Whoever has paid reads all of it. Null if the person has not chosen one.
    payee: Party,
    /// What the caller is told before they pay; null if there is no reason to.
    warning: Option<PayeeWarningBody>,
}

/// A warning of somebody before they are paid. Whoever goes on sends its reason as
/// `accepted_warning`; else the payment is 409 `payee-warned`.
#[derive(Serialize, ToSchema)]
pub(super) struct PayeeWarningBody {
    reason: PayeeWarningReason,
}

impl From<PayeeWarning> for PayeeWarningBody {
    fn from(PayeeWarning { reason, .. }: PayeeWarning) -> Self {
        Self { reason }
    }
}

pub(crate) async fn read_payee(
    app: App,
    Id(id): Id<UserId>,
    caller: Consumer,
) -> Result<Json<PayeeBody>, Error> {
    if id == caller.user_id {
        return Err(SAME_ACCOUNT.into());
    }
    let mut conn = app.database.conn().await?;
    if store::blocks::is_away(&mut conn, caller.user_id, id).await? {
        return Err(unknown(id.uuid(), now(), NO_PAYEE).into());
    }
    let name = store::read_models::find_name(&mut conn, id).await?;
    let payee = Party::user(id, masked(&name.unwrap_or_default()));
    let warning = store::payee_warnings::find_warning(&mut conn, id.uuid()).await?;
    Ok(Json(PayeeBody { payee, warning: warning.map(PayeeWarningBody::from) }))
}
