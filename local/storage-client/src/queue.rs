//! One queue: messages are put, hidden from others while somebody works on them, and deleted.

use std::time::Duration;

use quick_xml::escape::escape;
use reqwest::Method;
use serde::{Deserialize, Deserializer, de};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::{Account, StorageError};

/// One queue of an account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue {
    account: Account,
    name: String,
}

/// Shows that its holder was the last to take or to hide the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PopReceipt(pub String);

/// A message as it was received.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// Unique in the queue.
    #[serde(rename = "MessageId")]
    pub id: String,
    /// When it was put.
    #[serde(rename = "InsertionTime", deserialize_with = "date")]
    pub inserted_at: OffsetDateTime,
    /// When the queue drops it.
    #[serde(rename = "ExpirationTime", deserialize_with = "date")]
    pub expires_at: OffsetDateTime,
    /// With this it can be hidden and deleted.
    #[serde(deserialize_with = "pop_receipt")]
    pub pop_receipt: PopReceipt,
    /// When others can receive it.
    #[serde(rename = "TimeNextVisible", deserialize_with = "date")]
    pub next_visible_at: OffsetDateTime,
    /// How often it was received, this time included.
    pub dequeue_count: u64,
    /// As it was put: not decoded.
    #[serde(rename = "MessageText", default)]
    pub text: String,
}

#[derive(Deserialize)]
struct Messages {
    #[serde(rename = "QueueMessage", default)]
    messages: Vec<Message>,
}

impl Queue {
    /// The queue of this name, whether it exists or not.
    #[must_use]
    pub fn new(account: Account, name: &str) -> Self {
        Self { account, name: name.to_owned() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the queue unless it is there.
    ///
    /// # Errors
    /// What the account says, or that it says nothing.
    pub async fn create(&self) -> Result<(), StorageError> {
        self.account.send(Method::PUT, &[&self.name], &[], String::new()).await.map(drop)
    }

    /// Puts a message as it is: not encoded.
    ///
    /// # Errors
    /// As [`Self::create`]; `QueueNotFound` if the queue is not there.
    pub async fn put(&self, text: &str) -> Result<(), StorageError> {
        let body =
            format!("<QueueMessage><MessageText>{}</MessageText></QueueMessage>", escape(text));
        self.account.send(Method::POST, &[&self.name, "messages"], &[], body).await.map(drop)
    }

    /// Takes up to `count` messages (at most 32) and hides them from others for this long.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub async fn receive(
        &self,
        count: usize,
        hidden: Duration,
    ) -> Result<Vec<Message>, StorageError> {
        let (count, hidden) = (count.to_string(), hidden.as_secs().to_string());
        let query = [("numofmessages", count.as_str()), ("visibilitytimeout", hidden.as_str())];
        let path = [self.name.as_str(), "messages"];
        let response = self.account.send(Method::GET, &path, &query, String::new()).await?;
        let messages: Messages = quick_xml::de::from_str(&response.text().await?)
            .map_err(|error| StorageError::Malformed(error.to_string()))?;
        Ok(messages.messages)
    }

    /// Hides a received message from others for so long from now on; zero shows it again.
    ///
    /// # Errors
    /// As [`Self::put`]; `PopReceiptMismatch` or `MessageNotFound` if somebody else has taken or
    /// deleted it.
    pub async fn hide(
        &self,
        id: &str,
        receipt: &PopReceipt,
        hidden: Duration,
    ) -> Result<PopReceipt, StorageError> {
        let hidden = hidden.as_secs().to_string();
        let query = [("popreceipt", receipt.0.as_str()), ("visibilitytimeout", hidden.as_str())];
        let path = [self.name.as_str(), "messages", id];
        let response = self.account.send(Method::PUT, &path, &query, String::new()).await?;
        let receipt = response.headers().get("x-ms-popreceipt").and_then(|it| it.to_str().ok());
        let missing = || StorageError::Malformed("no x-ms-popreceipt".to_owned());
        receipt.map(|receipt| PopReceipt(receipt.to_owned())).ok_or_else(missing)
    }

    /// Deletes a received message.
    ///
    /// # Errors
    /// As [`Self::hide`].
    pub async fn delete(&self, id: &str, receipt: &PopReceipt) -> Result<(), StorageError> {
        let path = [self.name.as_str(), "messages", id];
        let query = [("popreceipt", receipt.0.as_str())];
        self.account.send(Method::DELETE, &path, &query, String::new()).await.map(drop)
    }
}

pub(crate) fn date<'de, D: Deserializer<'de>>(from: D) -> Result<OffsetDateTime, D::Error> {
    let text = String::deserialize(from)?;
    OffsetDateTime::parse(&text, &Rfc2822).map_err(de::Error::custom)
}

fn pop_receipt<'de, D: Deserializer<'de>>(from: D) -> Result<PopReceipt, D::Error> {
    String::deserialize(from).map(PopReceipt)
}
