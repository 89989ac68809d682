//! A phone has scanned a code: what its owner is asked to confirm.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{BusinessId, DisplayName, Money, PaymentRequestId, RequestStatus};

use crate::domain::{Code, CodeError, ProxyKind, read_code};
use crate::error::Error;
use crate::{App, store};

/// What a phone's camera has read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanCode {
    /// The QR code's text.
    #[schema(max_length = 512)]
    payload: String,
}

/// What a code stands for.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum ScanBody {
    /// A shop asks for an amount.
    PaymentRequest {
        payment_request_id: PaymentRequestId,
        payee: BusinessId,
        shop_name: DisplayName,
        amount: Money,
        /// The shop's own words, empty if none.
        description: String,
        status: RequestStatus,
        #[serde(with = "time::serde::rfc3339")]
        expires_at: OffsetDateTime,
    },
    /// A shop; the payer says how much.
    Shop { payee: BusinessId, shop_name: DisplayName },
    /// A code of another bank or wallet. Nobody vouches for its name and amount.
    Fps {
        proxy_kind: ProxyKind,
        /// By what FPS knows the payee.
        proxy: String,
        merchant_name: DisplayName,
        /// Null if the payer says how much.
        amount: Option<Money>,
    },
}

/// Of our own codes only the id is believed; all else comes from what the services told.
pub(crate) async fn scan_code(app: &App, input: ScanCode) -> Result<ScanBody, Error> {
    Ok(match read_code(&input.payload, &app.signing_key)? {
        Code::PaymentRequest(id) => {
            let mut conn = app.pool.get_conn().await?;
            let request = store::find_payment_request(&mut conn, id).await?;
            let request = request.ok_or(CodeError::Unknown)?;
            ScanBody::PaymentRequest {
                payment_request_id: id,
                payee: request.business_id,
                status: request.status_at(OffsetDateTime::now_utc()),
                shop_name: request.shop_name,
                amount: request.amount,
                description: request.description,
                expires_at: request.expires_at,
            }
        }
        Code::Shop(id) => {
            let mut conn = app.pool.get_conn().await?;
            let shop = store::find_shop(&mut conn, id).await?.ok_or(CodeError::Unknown)?;
            ScanBody::Shop { payee: id, shop_name: shop.shop_name }
        }
        Code::Fps { proxy_kind, proxy, merchant_name, amount } => {
            ScanBody::Fps { proxy_kind, proxy, merchant_name, amount }
        }
    })
}
