//! What a program signs of each request of our own API: HTTP Message Signatures (RFC 9421), with
//! HMAC-SHA-256 or Ed25519, and digests of bodies (RFC 9530).
//!
//! Of what the standard leaves open only one form is taken: one signature, components without
//! parameters, the parameters below. What a request has must be covered, or it could be changed.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use time::{Duration, OffsetDateTime};

/// Components that one signature covers.
const COMPONENTS_MAX: usize = 20;
/// How far a request's moment may be from now.
pub(crate) const CLOCK_DIFFERENCE_MAX: Duration = Duration::minutes(5);

/// Why a request is not what its program has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MessageError {
    #[error(
        "one Signature-Input and one Signature of one label are expected, with created, keyid and \
         at most alg, expires, nonce and tag; components have no parameters"
    )]
    Malformed,
    #[error("the algorithm is that of the key: hmac-sha256, or ed25519 of a public one")]
    Algorithm,
    #[error(
        "@method is covered, @target-uri or @path, and of what the request has @query, \
         content-digest and idempotency-key"
    )]
    Uncovered,
    #[error("a covered component is not known, absent, or there twice")]
    Absent,
    #[error("created is five minutes from now at most, and expires is to come")]
    Late,
    #[error("Content-Digest has no sha-256 or sha-512, or it is not of this body")]
    Digest,
    #[error("the signature is not of this request")]
    Wrong,
}

/// What a signature is checked with. The key says by which algorithm, and no request does.
#[derive(Clone, Copy)]
pub(crate) enum MessageKey<'a> {
    /// HMAC-SHA-256.
    Shared(&'a [u8]),
    /// Ed25519.
    Public(&'a [u8; 32]),
}

impl MessageKey<'_> {
    const fn algorithm(self) -> &'static str {
        match self {
            Self::Shared(_) => "hmac-sha256",
            Self::Public(_) => "ed25519",
        }
    }

    fn has_signed(self, base: &str, signature: &[u8]) -> bool {
        match self {
            Self::Shared(key) => {
                let key = hmac::Key::new(HMAC_SHA256, key);
                hmac::verify(&key, base.as_bytes(), signature).is_ok()
            }
            Self::Public(key) => {
                let key = UnparsedPublicKey::new(&ED25519, key);
                key.verify(base.as_bytes(), signature).is_ok()
            }
        }
    }
}

/// A request, as far as a signature can cover it.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) method: &'a str,
    pub(crate) scheme: &'a str,
    pub(crate) authority: &'a str,
    pub(crate) path: &'a str,
    /// Without the question mark; empty if there is none.
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
    /// The one line of a header that is named in lower case.
    pub(crate) header: &'a dyn Fn(&str) -> Option<&'a str>,
}

/// The headers `Signature-Input` and `Signature`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MessageSignature {
    pub(crate) key_id: String,
    components: Vec<String>,
    created: i64,
    expires: Option<i64>,
    algorithm: Option<String>,
    /// All of that as it was sent, which is signed too.
    parameters: String,
    bytes: Vec<u8>,
}

impl Message<'_> {
    /// What stands in the line of a component (RFC 9421, 2.1 and 2.2).
    fn component(&self, name: &str) -> Option<String> {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        Some(match name {
            "@method" => self.method.to_owned(),
            "@scheme" => self.scheme.to_ascii_lowercase(),
            "@authority" => self.normal_authority(),
            "@path" => self.path.to_owned(),
            "@query" => format!("?{}", self.query),
            "@request-target" => format!("{}{query}", self.path),
            "@target-uri" => {
                format!("{}://{}{}{query}", self.scheme, self.normal_authority(), self.path)
            }
            header => (self.header)(header)?.trim().to_owned(),
        })
    }

    /// In lower case, without the port that its scheme implies.
    fn normal_authority(&self) -> String {
        let authority = self.authority.to_ascii_lowercase();
        let implied = if self.scheme == "https" { ":443" } else { ":80" };
        authority.strip_suffix(implied).unwrap_or(&authority).to_owned()
    }
}

impl MessageSignature {
    pub(crate) fn read(input: &str, signature: &str) -> Result<Self, MessageError> {
        let read = read_input(input).zip(signature.trim().split_once('='));
        let ((label, read), (same, value)) = read.ok_or(MessageError::Malformed)?;
        let text = value.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
        let bytes = text.and_then(|text| STANDARD.decode(text).ok()).filter(|_| label == same);
        Ok(Self { bytes: bytes.ok_or(MessageError::Malformed)?, ..read })
    }

    /// Refuses what was not signed with this key, at about this moment, whole.
    pub(crate) fn verify(
        &self,
        key: MessageKey,
        message: &Message,
        now: OffsetDateTime,
    ) -> Result<(), MessageError> {
        if self.algorithm.as_deref().is_some_and(|algorithm| algorithm != key.algorithm()) {
            return Err(MessageError::Algorithm);
        }
        self.require_cover(message)?;
        let base = self.base(message)?;
        if !key.has_signed(&base, &self.bytes) {
            return Err(MessageError::Wrong);
        }
        let now = now.unix_timestamp();
        let difference = CLOCK_DIFFERENCE_MAX.whole_seconds().unsigned_abs();
        let is_far = now.abs_diff(self.created) > difference;
        if is_far || self.expires.is_some_and(|expires| expires <= now) {
            return Err(MessageError::Late);
        }
        // Of what is covered: a digest that nobody signed proves nothing.
        let is_whole = match (message.header)("content-digest") {
            None => message.body.is_empty(),
            Some(digest) => is_content_digest_of(digest, message.body),
        };
        if is_whole { Ok(()) } else { Err(MessageError::Digest) }
    }

    /// What the request has is covered.
    fn require_cover(&self, message: &Message) -> Result<(), MessageError> {
        let covers = |name: &str| self.components.iter().any(|one| one == name);
        let has = |name: &str| (message.header)(name).is_some();
        let covers_uri = covers("@target-uri");
        let is_whole = covers("@method")
            && (covers_uri || covers("@path"))
            && (covers_uri || covers("@query") || message.query.is_empty())
            && (covers("content-digest") || message.body.is_empty() && !has("content-digest"))
            && (covers("idempotency-key") || !has("idempotency-key"));
        if is_whole { Ok(()) } else { Err(MessageError::Uncovered) }
    }

    /// The text that is signed (RFC 9421, 2.5).
    fn base(&self, message: &Message) -> Result<String, MessageError> {
        let line = |name: &String| Some(format!("\"{name}\": {}\n", message.component(name)?));
        let lines: Option<String> = self.components.iter().map(line).collect();
        let lines = lines.ok_or(MessageError::Absent)?;
        Ok(format!("{lines}\"@signature-params\": {}", self.parameters))
    }

    /// By which the same signature is known again, however it is written.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut of = [0; 32];
        of.copy_from_slice(digest(&SHA256, &self.bytes).as_ref());
        of
    }
}

/// The label and what stands behind it, as structured fields (RFC 9651) have an inner list.
fn read_input(input: &str) -> Option<(&str, MessageSignature)> {
    let (label, parameters) = input.trim().split_once('=')?;
    let (list, mut rest) = parameters.strip_prefix('(')?.split_once(')')?;
    let mut components: Vec<String> = Vec::new();
    for component in list.split(' ').filter(|_| !list.is_empty()) {
        let name = component.strip_prefix('"')?.strip_suffix('"')?;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || b"@-_0123456789".contains(&byte);
        let is_new = components.iter().all(|known| known != name);
        if !is_new || !name.bytes().all(is_name) || components.len() >= COMPONENTS_MAX {
            return None;
        }
        components.push(name.to_owned());
    }
    let (mut created, mut expires, mut key_id, mut algorithm) = (None, None, None, None);
    let mut known = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix(';')?.split_once('=')?;
        let (value, is_text, after) = match after.strip_prefix('"') {
            Some(text) => text.split_once('"').map(|(value, after)| (value, true, after))?,
            None => {
                let (value, after) = after.split_at(after.find(';').unwrap_or(after.len()));
                (value, false, after)
            }
        };
        match (name, is_text) {
            ("created", false) => created = Some(value.parse::<u32>().ok()?),
            ("expires", false) => expires = Some(value.parse::<u32>().ok()?),
            ("keyid", true) => key_id = Some(value),
            ("alg", true) => algorithm = Some(value.to_owned()),
            ("nonce" | "tag", true) => {}
            _ => return None,
        }
        let is_plain = value.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\');
        if !is_plain || known.contains(&name) {
            return None;
        }
        known.push(name);
        rest = after;
    }
    let signature = MessageSignature {
        key_id: key_id?.to_owned(),
        components,
        created: created?.into(),
        expires: expires.map(i64::from),
        algorithm,
        parameters: parameters.to_owned(),
        bytes: Vec::new(),
    };
    Some((label, signature))
}

/// Whether each digest that is known is of this body, and one is. The older ones prove nothing.
fn is_content_digest_of(header: &str, body: &[u8]) -> bool {
    let mut is_known = false;
    for member in header.split(',') {
        let Some((name, value)) = member.trim().split_once('=') else { return false };
        let algorithm = match name {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        is_known = true;
        if value != format!(":{}:", STANDARD.encode(digest(algorithm, body))) {
            return false;
        }
    }
    is_known
}

#[cfg(test)]
mod tests;
