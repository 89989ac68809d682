//! A browser with an authenticator that holds one passkey (WebAuthn Level 3, as far as a test needs
//! it). What it says can be made wrong, field by field.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 4;
const HAS_CREDENTIAL: u8 = 64;

/// One passkey, and what is said of its next use.
#[derive(Clone)]
pub(crate) struct Authenticator {
    /// PKCS#8.
    key: Vec<u8>,
    pub(crate) credential_id: Vec<u8>,
    /// In base64url, as the site has given it.
    pub(crate) user_handle: String,
    /// Of the last use; a synchronised passkey stays at 0.
    pub(crate) counter: u32,
    pub(crate) counts: bool,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    pub(crate) is_verified: bool,
}

impl Authenticator {
    /// With a new passkey, made as the options of a registration ask.
    pub(crate) fn new(begun: &Value) -> Self {
        let options = &begun["public_key"];
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        let algorithms = options["pubKeyCredParams"].as_array().unwrap();
        assert!(algorithms.iter().any(|one| one["alg"] == -7), "{options}");
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self {
            key: key.to_pkcs8v1().unwrap().as_ref().to_vec(),
            credential_id: Uuid::new_v4().as_bytes().to_vec(),
            user_handle: options["user"]["id"].as_str().unwrap().to_owned(),
            counter: 0,
            counts: true,
            origin: "https://pay.example".to_owned(),
            rp_id: options["rp"]["id"].as_str().unwrap().to_owned(),
            is_verified: true,
        }
    }

    /// The body that registers it.
    pub(crate) fn registration(&self, begun: &Value) -> Value {
        json!({
            "challenge_id": begun["challenge_id"], "name": "Ann's laptop",
            "credential": self.create(begun["public_key"]["challenge"].as_str().unwrap()),
        })
    }

    /// The body that logs in with it.
    pub(crate) fn log_in(&mut self, begun: &Value) -> Value {
        assert_eq!(begun["public_key"]["userVerification"], "required");
        assert_eq!(begun["public_key"]["allowCredentials"], json!([]));
        json!({
            "challenge_id": begun["challenge_id"], "product": "consumer",
            "credential": self.get(begun["public_key"]["challenge"].as_str().unwrap()),
        })
    }

    /// The same passkey, spoiled or put forward.
    pub(crate) fn with(&self, change: impl Fn(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    /// What `navigator.credentials.create` gives.
    pub(crate) fn create(&self, challenge: &str) -> Value {
        let key = self.key();
        let point = key.public_key().as_ref();
        // EC2, ES256, P-256, x, y (RFC 9052).
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(&point[1..33]);
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(&point[33..65]);
        let mut data = self.authenticator_data(HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(cose);
        let mut attestation = vec![0xa3];
        attestation.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        self.credential(json!({
            "clientDataJSON": encode(self.client_data("webauthn.create", challenge).as_bytes()),
            "attestationObject": encode(&attestation),
            "transports": ["internal", "hybrid", "smart-card"],
        }))
    }

    /// What `navigator.credentials.get` gives.
    pub(crate) fn get(&mut self, challenge: &str) -> Value {
        if self.counts {
            self.counter = self.counter.saturating_add(1);
        }
        let data = self.authenticator_data(0);
        let client_data = self.client_data("webauthn.get", challenge);
        let signed = [&data[..], digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self.key().sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": self.user_handle,
        }))
    }

    fn credential(&self, response: Value) -> Value {
        let id = encode(&self.credential_id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
        })
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        let Self { origin, .. } = self;
        json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
            .to_string()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.is_verified { USER_VERIFIED } else { 0 };
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags | USER_PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn key(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key).unwrap()
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
