//! A phone has scanned a code: what its owner is asked to confirm.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Consumer, Error, Json};
use utoipa::ToSchema;
use values::{
    BusinessId, CaptureMethod, DisplayName, Money, PaymentRequestId, Refusal, RequestStatus,
    Timestamp, UserId, unknown,
};

use crate::domain::{Code, CodeError, FpsCode, Shop, read_code};
use crate::{App, store};

/// What a phone's camera has read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanCode {
    /// The QR code's text: at most 512 characters between spaces, line ends and byte order marks.
    payload: String,
}

/// What a code stands for.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum ScanBody {
    /// A shop asks for an amount.
    PaymentRequest {
        payment_request_id: PaymentRequestId,
        business_id: BusinessId,
        shop_name: DisplayName,
        amount: Money,
        /// The shop's own words; null if it said nothing.
        description: Option<String>,
        /// When it is `manual`, the money is held until the shop takes it, all or a part, or a week
        /// is over; what pays it says so too.
        capture_method: CaptureMethod,
        /// Whether the payer is asked for a tip, which is paid on top of the amount.
        tip_allowed: bool,
        status: RequestStatus,
        expires_at: Timestamp,
    },
    /// A shop; the payer says how much, and may say that a part of it is a tip.
    Shop { business_id: BusinessId, shop_name: DisplayName },
    /// A person; the payer says how much. `GET /api/v1/payees/{user_id}` says whom to show.
    Person { user_id: UserId },
    /// A code of another bank or wallet. Nobody vouches for what it says.
    Fps(FpsCode),
}

/// Of our own codes only the id is believed; everything else comes from other services' events.
pub(crate) async fn scan_code(
    app: App,
    _payer: Consumer,
    Json(ScanCode { payload }): Json<ScanCode>,
) -> Result<Json<ScanBody>, Error> {
    let code = read_code(&payload, &app.signing_key).map_err(Refusal::from)?;
    let no_code = || Refusal::from(CodeError::Unknown);
    Ok(Json(match code {
        Code::PaymentRequest(id) => {
            let mut conn = app.database.conn().await?;
            let request = store::find_payment_request(&mut conn, id).await?;
            let request = request.ok_or_else(|| unknown(id.uuid(), now(), no_code()))?;
            let shop = store::find_shop(&mut conn, request.business_id).await?;
            let shop = shop.ok_or_else(|| unknown(request.business_id.uuid(), now(), no_code()))?;
            Shop::open(shop).ok_or_else(no_code)?;
            ScanBody::PaymentRequest {
                payment_request_id: id,
                business_id: request.business_id,
                status: request.status_at(now()),
                shop_name: request.shop_name,
                amount: request.amount,
                capture_method: request.capture_method,
                tip_allowed: request.tip_allowed,
                description: Some(request.description).filter(|text| !text.is_empty()),
                expires_at: request.expires_at.into(),
            }
        }
        Code::Shop(id) => {
            let mut conn = app.database.conn().await?;
            let shop = store::find_shop(&mut conn, id).await?;
            let shop = shop.ok_or_else(|| unknown(id.uuid(), now(), no_code()))?;
            let shop = Shop::open(shop).ok_or_else(no_code)?;
            ScanBody::Shop { business_id: id, shop_name: shop.shop_name }
        }
        Code::Person(user_id) => ScanBody::Person { user_id },
        Code::Fps(code) => ScanBody::Fps(*code),
    }))
}
