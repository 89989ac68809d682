//! What the owner of a shop does.

use std::time::Duration;

use serde_json::{Value, json};
use test_client::Answer;
use uuid::Uuid;

use crate::http::{Call, OverHttp};
use crate::phone::Session;
use crate::wire::{Business, Money, PaymentRequest, Wallet};
use crate::{Error, until};

/// Restaurants (ISO 18245).
const CATEGORY_CODE: &str = "5812";
/// Payments knows a shop when the event of its creation has arrived.
const SHOP_LIMIT: Duration = Duration::from_secs(20);
/// How long the event of a new request may take to the QR codes.
const CODE_LIMIT: Duration = Duration::from_secs(20);

/// A person logged in to PayMe for Business.
#[derive(Debug, Clone)]
pub struct Merchant(pub Session);

impl Merchant {
    /// Opens a shop.
    ///
    /// # Errors
    /// As the call.
    pub async fn create_business(&self, shop_name: &str) -> Result<Business, Error> {
        let body = json!({"shop_name": shop_name, "category_code": CATEGORY_CODE});
        Ok(self.0.post("/api/v1/businesses").json(&body).send().await?.parse(201)?)
    }

    /// Waits until payments knows the shop; it can be paid once it is approved.
    ///
    /// # Errors
    /// `TooLate`, or as the call.
    pub async fn wait_for_shop(&self, business_id: &str) -> Result<(), Error> {
        until("a shop that payments knows", SHOP_LIMIT, async || {
            let answer = self.balance_call(business_id).send().await?;
            if is_not_yet_known(&answer) {
                return Ok(None);
            }
            answer.check(200)?;
            Ok(Some(()))
        })
        .await
    }

    /// What a shop has of a payment, in cents: it pays 1.5 percent, rounded half up.
    pub const fn net(paid: i64) -> i64 {
        paid.saturating_sub(paid.saturating_mul(150).saturating_add(5_000).div_euclid(10_000))
    }

    /// What the shop holds.
    ///
    /// # Errors
    /// As the call.
    pub async fn balance(&self, business_id: &str) -> Result<Wallet, Error> {
        Ok(self.balance_call(business_id).send().await?.parse(200)?)
    }

    fn balance_call(&self, business_id: &str) -> Call {
        self.0.get(&format!("/api/v1/wallets/businesses/{business_id}"))
    }

    /// Asks to be paid, in cents.
    ///
    /// # Errors
    /// As the call.
    pub async fn request_payment(
        &self,
        business_id: &str,
        cents: i64,
    ) -> Result<PaymentRequest, Error> {
        let key = Uuid::new_v4().to_string();
        Ok(self.request_call(&key, business_id, cents, None).send().await?.parse(201)?)
    }

    /// A payment request that is not sent yet.
    pub fn request_call(
        &self,
        key: &str,
        business_id: &str,
        cents: i64,
        expires_in_seconds: Option<u64>,
    ) -> Call {
        let mut body = json!({
            "business_id": business_id,
            "amount": {"amount": cents, "currency": "HKD"},
            "description": "Table 7",
        });
        if let Some(seconds) = expires_in_seconds {
            body["expires_in_seconds"] = json!(seconds);
        }
        self.0.post("/api/v1/payment-requests").key(key).json(&body)
    }

    /// Takes a payment request back.
    ///
    /// # Errors
    /// As the call.
    pub async fn cancel(&self, payment_request_id: &str) -> Result<PaymentRequest, Error> {
        let path = format!("/api/v1/payment-requests/{payment_request_id}/cancel");
        Ok(self.0.post(&path).send().await?.parse(200)?)
    }

    /// Gives so many cents of a payment back.
    ///
    /// # Errors
    /// As the call.
    pub async fn refund(&self, payment_id: &str, cents: i64) -> Result<Value, Error> {
        let path = format!("/api/v1/payments/{payment_id}/refunds");
        let key = Uuid::new_v4().to_string();
        // The policy of step-up asks for the PIN.
        let refund = self.0.post_with_pin(&path).await?.key(&key);
        let amount = json!({"amount": Money::hkd(cents)});
        Ok(refund.json(&amount).send().await?.parse(201)?)
    }

    /// A payment request, as it stands now.
    ///
    /// # Errors
    /// As the call.
    pub async fn payment_request(&self, id: &str) -> Result<PaymentRequest, Error> {
        let path = format!("/api/v1/payment-requests/{id}");
        Ok(self.0.get(&path).send().await?.parse(200)?)
    }

    /// The picture of a payment request's code.
    ///
    /// # Errors
    /// As the call, or `Mismatch` for another content type.
    pub async fn qr_png(&self, payment_request_id: &str) -> Result<Vec<u8>, Error> {
        self.png(&format!("/api/v1/qr/payment-requests/{payment_request_id}.png")).await
    }

    /// The picture of the shop's own code, which stands on its counter.
    ///
    /// # Errors
    /// As the call, or `Mismatch` for another content type.
    pub async fn counter_png(&self, business_id: &str) -> Result<Vec<u8>, Error> {
        self.png(&format!("/api/v1/qr/businesses/{business_id}.png")).await
    }

    async fn png(&self, path: &str) -> Result<Vec<u8>, Error> {
        // The service waits for the event too, but not long: an app asks again.
        let answer = until("the code of something new", CODE_LIMIT, async || {
            let answer = self.0.get(path).send().await?;
            if is_not_yet_known(&answer) {
                return Ok(None);
            }
            answer.check(200)?;
            Ok(Some(answer))
        });
        let answer = answer.await?;
        crate::same("the QR picture's type", &answer.header("content-type"), &"image/png")?;
        Ok(answer.body)
    }
}

/// What another service has just created is known once its event has arrived.
fn is_not_yet_known(answer: &Answer) -> bool {
    answer.json()["code"] == "not-yet-known"
}
