//! What a person who pays does.

use std::time::Duration;

use serde_json::{Value, json};
use test_client::Answer;
use uuid::Uuid;

use crate::http::{Call, OverHttp};
use crate::phone::{PIN, Session, now};
use crate::wire::{Money, Movement, PaymentRequest, Scan, TopUp, Wallet};
use crate::{Error, until};

/// A wallet opens when the sign-up's event has arrived.
const WALLET_LIMIT: Duration = Duration::from_secs(20);
const WALLET: &str = "/api/v1/wallets/me";

/// What a payer saw and agrees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// `preq_…`, if a request is paid.
    pub payment_request_id: Option<String>,
    /// `biz_…`
    pub business_id: String,
    /// How much.
    pub amount: Money,
    /// What the payer quotes.
    pub reference: Option<String>,
}

impl Terms {
    /// What a payer agrees to who has scanned a shop's own code and says how much.
    pub fn of_shop(business_id: &str, cents: i64, reference: Option<&str>) -> Self {
        Self {
            payment_request_id: None,
            business_id: business_id.to_owned(),
            amount: Money::hkd(cents),
            reference: reference.map(str::to_owned),
        }
    }
}

impl From<&PaymentRequest> for Terms {
    fn from(request: &PaymentRequest) -> Self {
        Self {
            payment_request_id: Some(request.payment_request_id.clone()),
            business_id: request.business_id.clone(),
            amount: request.amount.clone(),
            reference: None,
        }
    }
}

/// A person logged in to PayMe for Consumer.
#[derive(Debug, Clone)]
pub struct Consumer(pub Session);

impl Consumer {
    /// What the wallet holds.
    ///
    /// # Errors
    /// As the call.
    pub async fn wallet(&self) -> Result<Wallet, Error> {
        Ok(self.0.get(WALLET).send().await?.parse(200)?)
    }

    /// Waits until the wallet is open.
    ///
    /// # Errors
    /// `TooLate`, or as the call.
    pub async fn wait_for_wallet(&self) -> Result<(), Error> {
        until("an open wallet", WALLET_LIMIT, async || {
            let answer = self.0.get(WALLET).send().await?;
            if answer.json()["code"] == "wallet-not-open" {
                return Ok(None);
            }
            answer.check(200)?;
            Ok(Some(()))
        })
        .await
    }

    /// Takes money in, in cents.
    ///
    /// # Errors
    /// As the call.
    pub async fn top_up(&self, cents: i64) -> Result<TopUp, Error> {
        Ok(self.top_up_call(&Uuid::new_v4().to_string(), cents).send().await?.parse(201)?)
    }

    /// A top-up that is not sent yet.
    pub fn top_up_call(&self, key: &str, cents: i64) -> Call {
        self.0
            .post("/api/v1/wallets/me/top-ups")
            .key(key)
            .json(&json!({"amount": Money::hkd(cents)}))
    }

    /// All movements of the wallet, the newest first.
    ///
    /// # Errors
    /// As the calls.
    pub async fn movements(&self) -> Result<Vec<Movement>, Error> {
        self.0.list("/api/v1/wallets/me/movements").await
    }

    /// The `usr_…` of whoever has this phone, and their masked name.
    ///
    /// # Errors
    /// As the calls.
    pub async fn find_payee(&self, phone: &str) -> Result<(String, Option<String>), Error> {
        let found = self.0.post("/api/v1/auth/phone-lookups").json(&json!({"phone": phone}));
        self.see_payee(found).await
    }

    /// The same of whoever has this handle.
    ///
    /// # Errors
    /// As the calls.
    pub async fn find_by_handle(&self, handle: &str) -> Result<(String, Option<String>), Error> {
        let found = self.0.post("/api/v1/users/handle-lookups").json(&json!({"handle": handle}));
        self.see_payee(found).await
    }

    async fn see_payee(&self, lookup: Call) -> Result<(String, Option<String>), Error> {
        let found: Value = lookup.send().await?.parse(200)?;
        let user_id = found["user_id"].as_str().unwrap_or_default().to_owned();
        let shown = self.0.get(&format!("/api/v1/payees/{user_id}")).send().await?;
        let shown: Value = shown.parse(200)?;
        Ok((user_id, shown["payee"]["name"].as_str().map(str::to_owned)))
    }

    /// What a code says.
    ///
    /// # Errors
    /// As the call.
    pub async fn scan(&self, payload: &str) -> Result<Scan, Error> {
        let scan = self.0.post("/api/v1/qr/scans").json(&json!({"payload": payload}));
        Ok(scan.send().await?.parse(200)?)
    }

    /// Pays, confirmed by the device's signature.
    ///
    /// # Errors
    /// `NoAnswer`.
    pub async fn pay(&self, terms: &Terms, key: &str) -> Result<Answer, Error> {
        self.pay_call(terms, key, &self.sign(terms, key)?).send().await
    }

    /// A payment that is not sent yet, with any confirmation.
    pub fn pay_call(&self, terms: &Terms, key: &str, confirmation: &Value) -> Call {
        self.0.post("/api/v1/payments").key(key).json(&json!({
            "payment_request_id": terms.payment_request_id,
            "business_id": terms.business_id,
            "amount": terms.amount,
            "reference": terms.reference,
            "confirmation": confirmation,
        }))
    }

    /// Pays the person with this `usr_…`, confirmed by the device's signature.
    ///
    /// # Errors
    /// As the call.
    pub async fn send_money(&self, payee: &str, cents: i64, note: &str) -> Result<Value, Error> {
        let (key, amount) = (Uuid::new_v4().to_string(), Money::hkd(cents));
        let confirmation = self.sign_operation("peer-payment", payee, &amount, ["", ""], &key)?;
        let sent = self.0.post("/api/v1/peer-payments").key(&key).json(&json!({
            "payee_id": payee, "amount": amount, "note": note, "confirmation": confirmation,
        }));
        Ok(sent.send().await?.parse(201)?)
    }

    /// Gives money to whoever opens the pay link that is answered, secret included.
    ///
    /// # Errors
    /// As the call.
    pub async fn create_pay_link(&self, cents: i64) -> Result<Value, Error> {
        self.give("pay-link", "/api/v1/pay-links", cents, None).await
    }

    /// Gives money to as many people as there are shares, at random.
    ///
    /// # Errors
    /// As the call.
    pub async fn create_red_packet(&self, cents: i64, shares: u32) -> Result<Value, Error> {
        self.give("red-packet", "/api/v1/red-packets", cents, Some(shares)).await
    }

    async fn give(
        &self,
        kind: &str,
        path: &str,
        cents: i64,
        shares: Option<u32>,
    ) -> Result<Value, Error> {
        let (key, amount) = (Uuid::new_v4().to_string(), Money::hkd(cents));
        // Nobody else is known who is paid.
        let payee = &self.0.tokens.user_id;
        let split = shares.map(|shares| format!("random-{shares}")).unwrap_or_default();
        let confirmation = self.sign_operation(kind, payee, &amount, ["", &split], &key)?;
        let mut wanted = json!({"amount": amount, "confirmation": confirmation});
        if let Some(shares) = shares {
            (wanted["split"], wanted["shares"]) = ("random".into(), shares.into());
        }
        Ok(self.0.post(path).key(&key).json(&wanted).send().await?.parse(201)?)
    }

    /// Takes what a pay link holds, or a share of a red packet, by its secret.
    ///
    /// # Errors
    /// As the call.
    pub async fn claim(&self, path: &str, secret: &str) -> Result<Value, Error> {
        let claim = self.0.post(&format!("{path}/claims")).key(&Uuid::new_v4().to_string());
        Ok(claim.json(&json!({"secret": secret})).send().await?.parse(201)?)
    }

    /// Asks the person with this `usr_…` for money.
    ///
    /// # Errors
    /// As the call.
    pub async fn ask_for_money(&self, payer: &str, cents: i64, note: &str) -> Result<Value, Error> {
        let body = json!({"payer_id": payer, "amount": Money::hkd(cents), "note": note});
        let asked = self.0.post("/api/v1/money-requests").key(&Uuid::new_v4().to_string());
        Ok(asked.json(&body).send().await?.parse(201)?)
    }

    /// A request that the person made, or was asked by.
    ///
    /// # Errors
    /// As the call.
    pub async fn money_request(&self, id: &str) -> Result<Value, Error> {
        Ok(self.0.get(&format!("/api/v1/money-requests/{id}")).send().await?.parse(200)?)
    }

    /// Pays a request of another person's, confirmed by the device's signature; `friends` of either
    /// may see it, or it is `private`.
    ///
    /// # Errors
    /// As the call.
    pub async fn pay_request(&self, request: &Value, visibility: &str) -> Result<Value, Error> {
        let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
        let (id, payee) = (text(&request["money_request_id"]), text(&request["requester"]["id"]));
        let amount = Money::hkd(request["amount"]["amount"].as_i64().unwrap_or_default());
        let key = Uuid::new_v4().to_string();
        let confirmation = self.sign_operation("peer-payment", &payee, &amount, [&id, ""], &key)?;
        let paid = self.0.post("/api/v1/peer-payments").key(&key).json(&json!({
            "payee_id": payee,
            "amount": amount,
            "money_request_id": id,
            "visibility": visibility,
            "confirmation": confirmation,
        }));
        Ok(paid.send().await?.parse(201)?)
    }

    /// Splits a payment to a shop equally among these people.
    ///
    /// # Errors
    /// As the call.
    pub async fn split(
        &self,
        payment_id: &str,
        cents: i64,
        people: &[&str],
    ) -> Result<Value, Error> {
        let bill = self.0.post("/api/v1/bills").key(&Uuid::new_v4().to_string()).json(&json!({
            "total": Money::hkd(cents),
            "split": {"type": "equal", "user_ids": people},
            "payment_id": payment_id,
        }));
        Ok(bill.send().await?.parse(201)?)
    }

    /// Takes money out to the person's own bank account: the bank's code, and the account number.
    ///
    /// # Errors
    /// As the call.
    pub async fn withdraw(&self, cents: i64, [bank, number]: [&str; 2]) -> Result<Value, Error> {
        let (key, amount) = (Uuid::new_v4().to_string(), Money::hkd(cents));
        let (own, details) = (&self.0.tokens.user_id, ["", &format!("{bank}-{number}")]);
        let confirmation = self.sign_operation("withdrawal", own, &amount, details, &key)?;
        let wanted = self.0.post("/api/v1/wallets/me/withdrawals").key(&key).json(&json!({
            "amount": amount,
            "bank_account": {"bank_code": bank, "account_number": number},
            "confirmation": confirmation,
        }));
        Ok(wanted.send().await?.parse(201)?)
    }

    /// The device's confirmation of a payment.
    ///
    /// # Errors
    /// `Platform` when it cannot be signed.
    pub fn sign(&self, terms: &Terms, key: &str) -> Result<Value, Error> {
        let request = terms.payment_request_id.as_deref().unwrap_or_default();
        let reference = terms.reference.as_deref().unwrap_or_default();
        let details = [request, reference];
        self.sign_operation("payment", &terms.business_id, &terms.amount, details, key)
    }

    /// The device's confirmation of what is done with the person's money; the details are the
    /// request that is paid and the reference.
    fn sign_operation(
        &self,
        kind: &str,
        payee: &str,
        amount: &Money,
        [request, reference]: [&str; 2],
        key: &str,
    ) -> Result<Value, Error> {
        let signed_at = now()?;
        let text = [
            "payme-confirmation-v3",
            kind,
            &self.0.tokens.user_id,
            payee,
            &amount.amount.to_string(),
            &amount.currency,
            "0", // no fee
            request,
            reference,
            key,
            &signed_at,
        ]
        .join("\n");
        let signature = self.0.sign(&text)?;
        Ok(json!({"type": "device", "signed_at": signed_at, "signature": signature}))
    }

    /// The confirmation of a payment by the right PIN.
    ///
    /// # Errors
    /// As the call.
    pub async fn confirm_by_pin(&self, terms: &Terms, key: &str) -> Result<Value, Error> {
        let confirmed: Value = self.pin_call(terms, key, PIN).send().await?.parse(200)?;
        Ok(json!({"type": "pin", "token": confirmed["token"]}))
    }

    /// A confirmation by PIN that is not sent yet.
    pub fn pin_call(&self, terms: &Terms, key: &str, pin: &str) -> Call {
        self.0.post("/api/v1/auth/payment-confirmations").json(&json!({
            "pin": pin,
            "type": "payment",
            "payee_id": terms.business_id,
            "amount": terms.amount,
            "fee": Money::hkd(0),
            "payment_request_id": terms.payment_request_id,
            "reference": terms.reference,
            "idempotency_key": key,
        }))
    }
}
