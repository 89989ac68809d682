//! Members of staff: how they enrol with a passkey, log in with it, and act.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use test_client::Answer;
use uuid::Uuid;

use crate::Error;
use crate::http::{Api, Call, OverHttp};
use crate::platform::Addresses;

/// What an authenticator says of itself: its user is there, and has unlocked it.
const USER_VERIFIED: u8 = 1 | 4;
const HAS_CREDENTIAL: u8 = 64;

/// The two who are administrators first.
const FIRST: [&str; 2] = ["ann@example.com", "ben@example.com"];

/// Two administrators, who together make others staff.
#[derive(Debug)]
pub struct Administrators([Passkey; 2]);

impl Administrators {
    /// The first two of a platform that has none, but for one whom [`Self::leave`] left there. None
    /// where others are administrators.
    ///
    /// # Errors
    /// As the calls.
    pub async fn first(addresses: &Addresses) -> Result<Option<Self>, Error> {
        let [ann, ben] = FIRST;
        let Some(ann) = Passkey::of_first(addresses, ann).await? else { return Ok(None) };
        ann.log_in(addresses).await?.dismiss(&FIRST).await?;
        let Some(ben) = Passkey::of_first(addresses, ben).await? else { return Ok(None) };
        Ok(Some(Self([ann, ben])))
    }

    /// Takes those of these names off the staff, and the administrators too, so that others can
    /// become the first; but for one, since nobody takes themself off.
    ///
    /// # Errors
    /// As the calls.
    pub async fn leave(self, addresses: &Addresses, names: &[&str]) -> Result<(), Error> {
        let Self([ann, _]) = self;
        ann.log_in(addresses).await?.dismiss(&[names, &FIRST].concat()).await
    }

    /// One proposes somebody, the other approves. Answers both halves of the secret with which they
    /// enrol.
    ///
    /// # Errors
    /// As the calls.
    pub async fn invite(
        &self,
        addresses: &Addresses,
        name: &str,
        roles: &[&str],
    ) -> Result<Value, Error> {
        let Self([ann, ben]) = self;
        let (ann, ben) = (ann.log_in(addresses).await?, ben.log_in(addresses).await?);
        let body = json!({"type": "invitation", "name": name, "roles": roles});
        let proposed = ann.post("/api/v1/staff/enrolments").key(&Uuid::new_v4().to_string());
        let proposed: Value = proposed.json(&body).send().await?.parse(201)?;
        let id = proposed["enrolment_id"].as_str().unwrap_or_default();
        let approval = ben.post(&format!("/api/v1/staff/enrolments/{id}/approve"));
        let approved: Value = approval.send().await?.parse(200)?;
        Ok(json!({
            "proposal_secret": proposed["proposal_secret"],
            "approval_secret": approved["approval_secret"],
        }))
    }

    /// Somebody new on the staff, logged in.
    ///
    /// # Errors
    /// As the calls.
    pub async fn hire(
        &self,
        addresses: &Addresses,
        name: &str,
        roles: &[&str],
    ) -> Result<Member, Error> {
        let halves = self.invite(addresses, name, roles).await?;
        Passkey::enrol(addresses, &halves).await?.log_in(addresses).await
    }
}

/// A member of staff who is logged in.
#[derive(Debug)]
pub struct Member {
    api: Api,
    token: String,
    staff_id: Value,
}

impl Member {
    /// `GET path` as this member.
    pub fn get(&self, path: &str) -> Call {
        self.api.get(path).bearer(&self.token)
    }

    /// `POST path` as this member.
    pub fn post(&self, path: &str) -> Call {
        self.api.post(path).bearer(&self.token)
    }

    /// An application with what is sealed of it.
    ///
    /// # Errors
    /// As the call.
    pub async fn read_review(&self, id: &str) -> Result<Answer, Error> {
        self.get(&format!("/api/v1/onboarding/reviews/{id}")).send().await
    }

    /// Acts on the version of an application that is read now.
    ///
    /// # Errors
    /// As the calls.
    pub async fn review(&self, id: &str, act: &str, body: &Value) -> Result<Value, Error> {
        let read = self.read_review(id).await?;
        read.check(200)?;
        let call = self.post(&format!("/api/v1/onboarding/reviews/{id}/{act}"));
        let call = call.header("if-match", read.header("etag")).json(body);
        Ok(call.send().await?.parse(200)?)
    }
}

impl Member {
    /// Takes those of these names off the staff, but for this member.
    async fn dismiss(&self, names: &[&str]) -> Result<(), Error> {
        let listed = self.get("/api/v1/staff/members?limit=100").send().await?;
        let listed: Value = listed.parse(200)?;
        for member in listed["items"].as_array().into_iter().flatten() {
            let (id, name) = (&member["staff_id"], member["name"].as_str().unwrap_or_default());
            if names.contains(&name) && *id != self.staff_id {
                let path = format!("/api/v1/staff/members/{}", id.as_str().unwrap_or_default());
                let call = self.api.call("DELETE", &path).bearer(&self.token);
                call.send().await?.check(204)?;
            }
        }
        Ok(())
    }
}

/// A passkey (WebAuthn Level 3, as far as a log-in needs it).
#[derive(Debug)]
struct Passkey {
    key: EcdsaKeyPair,
    id: Uuid,
    user_handle: Value,
    relying_party: String,
}

impl Passkey {
    /// Of one of the first administrators; none if others are.
    async fn of_first(addresses: &Addresses, name: &str) -> Result<Option<Self>, Error> {
        let body = json!({"name": name, "operator": "ops@example.com"});
        let invited = addresses.operate_call("/api/v1/first-invitations", &body)?.send().await?;
        if invited.json()["code"] == "staff-enrolled" {
            return Ok(None);
        }
        let halves: Value = invited.parse(201)?;
        Self::enrol(addresses, &halves).await.map(Some)
    }

    /// Makes the one that an enrolment gives leave for.
    async fn enrol(addresses: &Addresses, halves: &Value) -> Result<Self, Error> {
        let api = Api::new(&addresses.api);
        let secrets = json!({
            "proposal_secret": halves["proposal_secret"],
            "approval_secret": halves["approval_secret"],
        });
        let asked = api.post("/api/v1/staff/enrolment-challenges").json(&secrets);
        let asked: Value = asked.send().await?.parse(200)?;
        let options = &asked["public_key"];
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map_err(|error| Error::Platform(error.to_string()))?;
        let passkey = Self {
            key,
            id: Uuid::new_v4(),
            user_handle: options["user"]["id"].clone(),
            relying_party: options["rp"]["id"].as_str().unwrap_or_default().to_owned(),
        };
        let body = json!({
            "challenge_id": asked["challenge_id"],
            "credential": passkey.create(addresses, options),
        });
        api.post("/api/v1/staff/passkeys").json(&body).send().await?.check(201)?;
        Ok(passkey)
    }

    async fn log_in(&self, addresses: &Addresses) -> Result<Member, Error> {
        let api = Api::new(&addresses.api);
        let asked: Value = api.post("/api/v1/staff/challenges").send().await?.parse(200)?;
        let body = json!({
            "challenge_id": asked["challenge_id"],
            "credential": self.assert(addresses, &asked["public_key"])?,
        });
        let tokens: Value =
            api.post("/api/v1/staff/sessions").json(&body).send().await?.parse(201)?;
        let token = tokens["access_token"].as_str().unwrap_or_default().to_owned();
        Ok(Member { api, token, staff_id: tokens["staff_id"].clone() })
    }

    /// What `navigator.credentials.create` gives.
    fn create(&self, addresses: &Addresses, options: &Value) -> Value {
        // The point in its uncompressed form: a 4, then two coordinates of 32 bytes.
        let point = self.key.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
        let id = self.id.as_bytes();
        let data = [
            &self.authenticator_data(HAS_CREDENTIAL)[..],
            &[0; 16],
            &[0, 16],
            id,
            // EC2, ES256, P-256, x, y (RFC 9052).
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
            x,
            &[0x22, 0x58, 0x20],
            y,
        ]
        .concat();
        let length = u8::try_from(data.len()).unwrap_or_default();
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        let attestation = [&head[..], &[length], &data].concat();
        let client_data = client_data("webauthn.create", addresses, options);
        self.credential(&json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "attestationObject": encode(&attestation),
            "transports": ["internal"],
        }))
    }

    /// What `navigator.credentials.get` gives.
    fn assert(&self, addresses: &Addresses, options: &Value) -> Result<Value, Error> {
        let data = self.authenticator_data(0);
        let client_data = client_data("webauthn.get", addresses, options);
        let signed = [&data[..], digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self
            .key
            .sign(&SystemRandom::new(), &signed)
            .map_err(|error| Error::Platform(error.to_string()))?;
        Ok(self.credential(&json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": self.user_handle,
        })))
    }

    fn credential(&self, response: &Value) -> Value {
        let id = encode(self.id.as_bytes());
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
        })
    }

    /// It is synchronised, so its counter stays at 0.
    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let site = digest(&SHA256, self.relying_party.as_bytes());
        [site.as_ref(), &[flags | USER_VERIFIED], &[0; 4]].concat()
    }
}

/// A page with passkeys has a name.
fn client_data(kind: &str, addresses: &Addresses, options: &Value) -> String {
    let origin = addresses.api.replace("127.0.0.1", "localhost");
    let challenge = &options["challenge"];
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
        .to_string()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
