//! A phone: its number, the key in its secure element, and how it signs up and logs in.

use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use test_client::{Answer, Mismatch};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use uuid::Uuid;

use crate::http::{Api, Call, OverHttp};
use crate::inbox::Inbox;
use crate::platform::Addresses;
use crate::wire::{Page, Tokens};
use crate::{Error, until};

/// The form that signed times have.
const CLOCK: EncodedConfig = Config::DEFAULT
    .set_time_precision(TimePrecision::Second { decimal_digits: NonZeroU8::new(3) })
    .encode();
/// Every person here chooses this PIN.
pub const PIN: &str = "846201";
/// How long a text message may take.
const SMS_LIMIT: Duration = Duration::from_secs(10);
/// How long the event of a sign-up may take to the profile.
const PROFILE_LIMIT: Duration = Duration::from_secs(20);
/// The code is the only run of digits of this length in the message.
const CODE_DIGITS: usize = 6;

/// Which of the two apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// For people who pay.
    Consumer,
    /// For shops.
    Business,
}

impl Product {
    /// As tokens and documents have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Business => "business",
        }
    }
}

/// A phone with a new number and a new key.
#[derive(Debug)]
pub struct Phone {
    api: Api,
    sms_inbox: String,
    /// E.164.
    pub number: String,
    key: Arc<EcdsaKeyPair>,
}

#[derive(Deserialize)]
struct Challenge {
    challenge_id: String,
}

#[derive(Deserialize)]
struct TextMessage {
    message_id: String,
    message: String,
}

impl Phone {
    /// A phone that nobody has used before.
    ///
    /// # Errors
    /// `Platform` when no key can be made.
    pub fn new(addresses: &Addresses) -> Result<Self, Error> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|error| Error::Platform(error.to_string()))?;
        let (random, _) = Uuid::new_v4().as_u64_pair();
        Ok(Self {
            api: Api::new(&addresses.api),
            sms_inbox: addresses.sms_inbox.clone(),
            // Mobile numbers begin with 4 to 9; a 6 and seven digits are room enough.
            number: format!("+8526{:07}", random.rem_euclid(10_000_000)),
            key: Arc::new(key),
        })
    }

    /// Signs up: proves the number, chooses the PIN, registers the device.
    ///
    /// # Errors
    /// As the calls.
    pub async fn sign_up(&self, product: Product) -> Result<Session, Error> {
        let (challenge_id, code) = self.prove_number().await?;
        let body = json!({
            "challenge_id": challenge_id,
            "code": code,
            "pin": PIN,
            "product": product.name(),
            "device": {"name": "test phone", "key": self.public_key()},
        });
        self.session(self.api.post("/api/v1/auth/users").json(&body)).await
    }

    /// Logs in on the registered device: its signature and the PIN.
    ///
    /// # Errors
    /// As the calls.
    pub async fn log_in(&self, device_id: &str, product: Product) -> Result<Session, Error> {
        self.session(self.log_in_call(device_id, product, PIN)?).await
    }

    /// A log-in that is not sent yet, with any PIN.
    ///
    /// # Errors
    /// `Platform` when it cannot be signed.
    pub fn log_in_call(&self, device_id: &str, product: Product, pin: &str) -> Result<Call, Error> {
        let signed_at = now()?;
        let product = product.name();
        let text = format!("payme-login-v1\n{device_id}\n{product}\n{signed_at}");
        let body = json!({
            "device_id": device_id,
            "pin": pin,
            "product": product,
            "signed_at": signed_at,
            "signature": sign(&self.key, &text)?,
        });
        Ok(self.api.post("/api/v1/auth/sessions").json(&body))
    }

    /// Asks for a code and reads it from the phone's text messages.
    async fn prove_number(&self) -> Result<(String, String), Error> {
        let earlier = self.newest_message().await?.map(|message| message.message_id);
        let ask = self.api.post("/api/v1/auth/otp-challenges");
        let ask = ask.json(&json!({"phone": self.number, "purpose": "log-in"}));
        let challenge: Challenge = ask.send().await?.parse(202)?;
        let message = until("a text message with the code", SMS_LIMIT, async || {
            let newest = self.newest_message().await?;
            Ok(newest.filter(|message| Some(&message.message_id) != earlier.as_ref()))
        })
        .await?;
        let mut words = message.message.split(|letter: char| !letter.is_ascii_digit());
        let code = words.find(|word| word.len() == CODE_DIGITS).ok_or_else(|| Mismatch {
            what: "the text message".to_owned(),
            expected: format!("a code of {CODE_DIGITS} digits"),
            came: message.message.clone(),
        })?;
        Ok((challenge.challenge_id, code.to_owned()))
    }

    async fn newest_message(&self) -> Result<Option<TextMessage>, Error> {
        let number = self.number.replace('+', "%2B");
        let url = format!("{}/messages?to={number}", self.sms_inbox);
        let messages: Vec<TextMessage> = self.api.get(&url).send().await?.parse(200)?;
        Ok(messages.into_iter().next())
    }

    async fn session(&self, call: Call) -> Result<Session, Error> {
        let tokens: Tokens = call.send().await?.parse(201)?;
        Ok(Session { api: self.api.clone(), key: Arc::clone(&self.key), tokens })
    }

    /// The public key as a JWK.
    fn public_key(&self) -> Value {
        // The point in its uncompressed form: a 4, then two coordinates of 32 bytes.
        let point = self.key.public_key().as_ref();
        let coordinate = |from| point.get(from..).and_then(|rest| rest.get(..32));
        let encode = |from| URL_SAFE_NO_PAD.encode(coordinate(from).unwrap_or_default());
        json!({"kty": "EC", "crv": "P-256", "x": encode(1), "y": encode(33)})
    }
}

/// A token that shows the PIN for five minutes.
#[derive(Deserialize)]
struct SteppedUp {
    access_token: String,
}

/// A phone that is logged in.
#[derive(Debug, Clone)]
pub struct Session {
    api: Api,
    key: Arc<EcdsaKeyPair>,
    /// What the log-in gave.
    pub tokens: Tokens,
}

impl Session {
    /// `GET path` as this person.
    pub fn get(&self, path: &str) -> Call {
        self.api.get(path).bearer(&self.tokens.access_token)
    }

    /// `POST path` as this person.
    pub fn post(&self, path: &str) -> Call {
        self.api.post(path).bearer(&self.tokens.access_token)
    }

    /// `PUT path` as this person.
    pub fn put(&self, path: &str) -> Call {
        self.api.call("PUT", path).bearer(&self.tokens.access_token)
    }

    /// `DELETE path` as this person.
    pub fn delete(&self, path: &str) -> Call {
        self.api.call("DELETE", path).bearer(&self.tokens.access_token)
    }

    /// `POST path` as this person, with a token that shows that they have just entered the PIN.
    ///
    /// # Errors
    /// As the calls.
    pub async fn post_with_pin(&self, path: &str) -> Result<Call, Error> {
        let entered = self.post("/api/v1/auth/step-ups").json(&json!({"pin": PIN}));
        let shown: SteppedUp = entered.send().await?.parse(200)?;
        Ok(self.api.post(path).bearer(&shown.access_token))
    }

    /// Says what others see as this person's name.
    ///
    /// # Errors
    /// `TooLate`, or as the calls.
    pub async fn call_myself(&self, display_name: &str) -> Result<(), Error> {
        self.change_profile(&json!({"display_name": display_name})).await
    }

    /// Says by what others find this person.
    ///
    /// # Errors
    /// `TooLate`, or as the calls.
    pub async fn choose_handle(&self, handle: &str) -> Result<(), Error> {
        self.change_profile(&json!({"handle": handle})).await
    }

    /// Once the event of the sign-up has arrived.
    async fn change_profile(&self, patch: &Value) -> Result<(), Error> {
        const PROFILE: &str = "/api/v1/users/me";
        let etag = until("a profile", PROFILE_LIMIT, async || {
            let read = self.get(PROFILE).send().await?;
            Ok((read.status == 200).then(|| read.header("etag").to_owned()))
        });
        let change = self.api.call("PATCH", PROFILE).bearer(&self.tokens.access_token);
        let change = change.header("if-match", &etag.await?);
        let change = change.body("application/merge-patch+json", &patch.to_string());
        Ok(change.send().await?.check(200).map(drop)?)
    }

    /// Every item of a list, the newest first.
    ///
    /// # Errors
    /// As the calls.
    pub async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        let mut page: Page<T> = self.get(path).send().await?.parse(200)?;
        loop {
            items.append(&mut page.items);
            let Some(cursor) = page.next_cursor else { return Ok(items) };
            let next = format!("{path}?cursor={cursor}");
            page = self.get(&next).send().await?.parse(200)?;
        }
    }

    /// Asks for new tokens with the refresh token and the device's signature.
    ///
    /// # Errors
    /// `NoAnswer`, and `Platform` when it cannot be signed.
    pub async fn refresh(&self) -> Result<Answer, Error> {
        let Tokens { device_id, refresh_token, .. } = &self.tokens;
        let signed_at = now()?;
        let text = format!("payme-act-v1\nrenew-tokens\n{device_id}\n{refresh_token}\n{signed_at}");
        let call = self.api.post("/api/v1/auth/tokens");
        let call = call.json(&json!({"refresh_token": refresh_token}));
        let call = call.header("device-signed-at", &signed_at);
        call.header("device-signature", &self.sign(&text)?).send().await
    }

    /// The device's signature over a text.
    ///
    /// # Errors
    /// `Platform` when it cannot be made.
    pub fn sign(&self, text: &str) -> Result<String, Error> {
        sign(&self.key, text)
    }

    /// The person's inbox in this product.
    pub fn inbox(&self) -> Inbox<'_> {
        Inbox(self)
    }
}

/// The phone's clock: RFC 3339, UTC, three decimals.
pub(crate) fn now() -> Result<String, Error> {
    let now = OffsetDateTime::now_utc().truncate_to_millisecond();
    now.format(&Iso8601::<CLOCK>).map_err(|error| Error::Platform(error.to_string()))
}

/// ES256: SHA-256, `r || s`, base64url.
fn sign(key: &EcdsaKeyPair, text: &str) -> Result<String, Error> {
    let signature = key
        .sign(&SystemRandom::new(), text.as_bytes())
        .map_err(|error| Error::Platform(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(signature))
}
