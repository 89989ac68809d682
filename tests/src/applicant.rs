//! What somebody does to become known: what they say, and a specimen of the document that says it.

use std::time::Duration;

use serde_json::{Value, json};
use specimens::{Damage, Kind, Specimen};
use test_client::Answer;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::http::{Call, OverHttp};
use crate::phone::Session;
use crate::platform::Addresses;
use crate::storage::upload;
use crate::{Error, same, until};

const APPLICATIONS: &str = "/api/v1/onboarding/applications";
/// From an upload, over its event, reading and deciding, to what the applicant sees.
const DECISION_LIMIT: Duration = Duration::from_secs(60);
/// Onboarding knows a shop when the event of its creation has arrived.
const SHOP_LIMIT: Duration = Duration::from_secs(20);

/// A document that nobody was ever given, and what its holder says of it.
pub struct Document {
    /// The file.
    pub png: Vec<u8>,
    /// What an application says.
    pub details: Value,
}

impl Document {
    /// An identity card, and a holder who says what stands on it.
    pub fn identity_card(seed: u64) -> Self {
        let specimen = Specimen::new(Kind::IdentityCard2018, seed);
        let printed = |field: &str| specimen.truth.get(field).cloned().unwrap_or_default();
        let details = json!({
            "type": "hkid",
            "document_number": printed("document_number"),
            "name": printed("name").replace(',', ""),
            "name_chinese": printed("name_chinese"),
            "birth_date": printed("birth_date"),
        });
        Self { png: Damage::None.send(&specimen.image, seed), details }
    }

    /// Whether a certificate is good in two days, wherever a day begins.
    pub fn is_good_certificate(seed: u64) -> bool {
        let in_two_days = OffsetDateTime::now_utc().saturating_add(time::Duration::days(2)).date();
        let specimen = Specimen::new(Kind::BusinessRegistration, seed);
        specimen.truth.get("expiry_date").is_some_and(|last| *last > in_two_days.to_string())
    }

    /// A shop's registration certificate; `owner` is what its owner has said of themselves.
    pub fn certificate(seed: u64, business_id: &str, owner: &Value) -> Self {
        let specimen = Specimen::new(Kind::BusinessRegistration, seed);
        let printed = |field: &str| specimen.truth.get(field).cloned().unwrap_or_default();
        let details = json!({
            "type": "business",
            "business_id": business_id,
            "legal_form": "company",
            "legal_name": printed("name"),
            "legal_name_chinese": printed("name_chinese"),
            "registration_number": printed("document_number"),
            "representative": "owner",
            "owners": [{
                "name": owner["name"],
                "name_chinese": owner["name_chinese"],
                "birth_date": owner["birth_date"],
            }],
        });
        Self { png: Damage::None.send(&specimen.image, seed), details }
    }
}

/// An application, in its applicant's hands.
#[derive(Debug)]
pub struct Application<'a> {
    session: &'a Session,
    /// `apl_…`
    pub id: String,
}

impl<'a> Application<'a> {
    /// Begins one; of a shop once onboarding knows that.
    ///
    /// # Errors
    /// As the call.
    pub async fn begin(session: &'a Session, details: &Value) -> Result<Self, Error> {
        let key = Uuid::new_v4().to_string();
        let begun = until("an application that is begun", SHOP_LIMIT, async || {
            let answer = Self::begin_call(session, &key, details).send().await?;
            if answer.json()["code"] == "not-yet-known" {
                return Ok(None);
            }
            Ok(Some(answer))
        });
        Self::begun(session, &begun.await?)
    }

    /// A beginning that is not sent yet.
    pub fn begin_call(session: &Session, key: &str, details: &Value) -> Call {
        session.post(APPLICATIONS).key(key).json(details)
    }

    /// The application that an answer tells of.
    ///
    /// # Errors
    /// `Mismatch` unless it was begun.
    pub fn begun(session: &'a Session, answer: &Answer) -> Result<Self, Error> {
        let begun: Value = answer.parse(201)?;
        let id = begun["application_id"].as_str().unwrap_or_default().to_owned();
        Ok(Self { session, id })
    }

    /// Asks for a link, and uploads by it.
    ///
    /// # Errors
    /// As the calls.
    pub async fn upload(&self, addresses: &Addresses, png: &[u8]) -> Result<(), Error> {
        let link = self.link_call(&Uuid::new_v4().to_string(), png);
        let link: Value = link.send().await?.parse(201)?;
        same("the upload", &upload(addresses, &link, png.to_vec()).await?, &201)?;
        same("the same upload again", &upload(addresses, &link, png.to_vec()).await?, &403)
    }

    /// A question for a link that is not sent yet.
    pub fn link_call(&self, key: &str, png: &[u8]) -> Call {
        let announced = json!({"content_type": "image/png", "content_length": png.len()});
        self.session.post(&self.path("/documents")).key(key).json(&announced)
    }

    /// Sends it off.
    ///
    /// # Errors
    /// As the call.
    pub async fn submit(&self) -> Result<(), Error> {
        Ok(self.submit_call().send().await?.check(200).map(drop)?)
    }

    /// A sending off that is not sent yet.
    pub fn submit_call(&self) -> Call {
        self.session.post(&self.path("/submit"))
    }

    /// How it stands; not asked yet.
    pub fn read_call(&self) -> Call {
        self.session.get(&self.path(""))
    }

    /// Waits until it stands like this.
    ///
    /// # Errors
    /// `TooLate`, or as the call; `Mismatch` if it comes to stand in another way.
    pub async fn wait_for(&self, status: &str) -> Result<(), Error> {
        let decided = until("an application that was decided", DECISION_LIMIT, async || {
            let read: Value = self.read_call().send().await?.parse(200)?;
            let is_waiting = read["status"] == "reading" || read["status"] == "draft";
            Ok((!is_waiting).then_some(read))
        });
        same("how the application stands", &decided.await?["status"], &json!(status))
    }

    fn path(&self, rest: &str) -> String {
        format!("{APPLICATIONS}/{}{rest}", self.id)
    }
}
