//! The payers' side: tokens, signatures and whole requests, made before the clock starts.

use std::sync::Arc;

use bench::{Payment, Proof};
use testkit::{Device, TokenIssuer};
use time::OffsetDateTime;
use uuid::Uuid;
use values::{IdempotencyKey, Money, Product, UserId};

use crate::Outcome;
use crate::http::Request;
use crate::town::{Order, PRICE, Town};

/// A person with a phone, signed in.
struct Payer {
    user_id: UserId,
    device: Device,
    /// What all their payments begin with, the token included.
    head: Arc<[u8]>,
}

/// The requests that pay these orders, each signed now: good for two minutes.
pub(crate) fn sign(issuer: &TokenIssuer, town: &Town, orders: &[Order]) -> Outcome<Vec<Request>> {
    let payers = town.wallets.iter().map(|user_id| {
        let device = Device::new();
        let token = issuer.token(*user_id, Product::Consumer, &device);
        let head = format!(
            "POST /api/v1/payments HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\n"
        );
        Payer { user_id: *user_id, device, head: head.into_bytes().into() }
    });
    let payers: Vec<Payer> = payers.collect();
    let request = |order: &Order| {
        let payer = payers.get(order.payer).ok_or("no such payer")?;
        payer.pay(order)
    };
    orders.iter().map(request).collect()
}

/// So many requests for the first screen of an app, of one person after another.
pub(crate) fn open_apps(issuer: &TokenIssuer, town: &Town, count: usize) -> Vec<Request> {
    let home = |user_id: &UserId| {
        let token = issuer.token(*user_id, Product::Consumer, &Device::new());
        let head = format!(
            "GET /api/v1/home HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        );
        Request { head: head.into_bytes().into(), rest: (*b"\r\n").into() }
    };
    let homes: Vec<Request> = town.wallets.iter().map(home).collect();
    homes.iter().cycle().take(count).cloned().collect()
}

impl Payer {
    fn pay(&self, order: &Order) -> Outcome<Request> {
        let key: IdempotencyKey = Uuid::new_v4().to_string().parse()?;
        let proof =
            |signature| Proof::Device { signed_at: OffsetDateTime::now_utc().into(), signature };
        let mut payment = Payment {
            payment_request_id: order.request_id,
            business_id: order.payee,
            amount: Money::hkd(PRICE)?,
            confirmation: proof(String::new()),
        };
        let text = payment.confirmation_of(self.user_id, &key).signing_text();
        let Proof::Device { signature, .. } = &mut payment.confirmation;
        *signature = self.device.sign(&text);
        let body = serde_json::to_string(&payment)?;
        let rest = format!(
            "Idempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
            key.as_str(),
            body.len()
        );
        Ok(Request { head: Arc::clone(&self.head), rest: rest.into_bytes().into() })
    }
}
