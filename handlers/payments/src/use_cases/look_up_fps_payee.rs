//! A person asks whom the Faster Payment System knows by a proxy, to pay them.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Consumer, Error, Json};
use utoipa::ToSchema;
use values::{DisplayName, FpsPayeeId, FpsProxy, FpsProxyType, Reference, Timestamp};

use super::read_payee::PayeeWarningBody;
use crate::bank_rail::find_fps_name;
use crate::domain::{FPS_PROXY_INVALID, FPS_UNAVAILABLE, FpsPayee, NO_FPS_PAYEE, PayeeWarning};
use crate::store::day_counts::{Asked, count_question};
use crate::{App, store};

/// What a code said that was scanned, or what the person has entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpFpsPayee {
    proxy_type: FpsProxyType,
    /// An FPS identifier, an e-mail address, or a mobile number: `+852-61234567`, `61234567`.
    #[schema(example = "1234567", max_length = 79)]
    proxy: String,
    /// What the payee wants quoted: of a code, what it says of bill or reference.
    reference: Option<Reference>,
}

/// Whom a payer is shown, and agrees to pay.
#[derive(Serialize, ToSchema)]
pub(crate) struct FpsPayeeBody {
    fps_payee_id: FpsPayeeId,
    proxy_type: FpsProxyType,
    /// As FPS takes it.
    #[schema(example = "+852-61234567")]
    proxy: String,
    /// As the payee's bank has it.
    name: DisplayName,
    /// What the payee will read with the payment; null if nothing.
    reference: Option<Reference>,
    /// What the confirmation of a payment to them names as its reference: it stands for all of the
    /// above.
    #[schema(example = "fpp_5vb4pex5vsknk084sn02q")]
    confirmation_reference: Option<String>,
    /// Whether the caller has paid them by this proxy and name before, or tried to: who is new is
    /// checked with more care.
    is_known: bool,
    /// What the caller is told before they pay; null if there is no reason to.
    warning: Option<PayeeWarningBody>,
    /// Until when they can be paid; then they are looked up again.
    expires_at: Timestamp,
}

impl FpsPayeeBody {
    fn of(payee: &FpsPayee, is_known: bool, warning: Option<PayeeWarning>) -> Self {
        Self {
            fps_payee_id: payee.id,
            proxy_type: payee.proxy.proxy_type(),
            proxy: payee.proxy.as_str().to_owned(),
            name: payee.name.clone(),
            reference: payee.quoted.clone(),
            confirmation_reference: payee.reference().map(String::from),
            is_known,
            warning: warning.map(PayeeWarningBody::from),
            expires_at: payee.expires_at().into(),
        }
    }
}

pub(crate) async fn look_up_fps_payee(
    app: App,
    consumer: Consumer,
    Json(input): Json<LookUpFpsPayee>,
) -> Result<Json<FpsPayeeBody>, Error> {
    let LookUpFpsPayee { proxy_type, proxy, reference } = input;
    let proxy = FpsProxy::new(proxy_type, &proxy).map_err(|_| FPS_PROXY_INVALID)?;
    if !app.bank.is_instructed() {
        return Err(FPS_UNAVAILABLE.into());
    }
    let mut tx = app.database.begin().await?;
    let lookups = count_question(&mut tx, Asked::FpsName, consumer.user_id, now()).await?;
    tx.commit().await?;
    FpsPayee::require_lookups_left(lookups)?;
    let name = find_fps_name(app.bank, &proxy).await;
    let silent = Error::Unavailable("The bank does not answer at the moment; try again.");
    let payee = FpsPayee {
        id: FpsPayeeId::new(),
        user_id: consumer.user_id,
        proxy,
        name: name.ok_or(silent)?.ok_or(NO_FPS_PAYEE)?,
        quoted: reference,
        created_at: now(),
    };
    let mut tx = app.database.begin().await?;
    store::fps_payees::insert_fps_payee(&mut tx, &payee).await?;
    let (payer, known_as) = (payee.user_id.uuid(), payee.known_as());
    let is_known = store::known_payees::is_known(&mut tx, payer, known_as).await?;
    let warning = store::payee_warnings::find_warning(&mut tx, payee.warned_as()).await?;
    tx.commit().await?;
    Ok(Json(FpsPayeeBody::of(&payee, is_known, warning)))
}
