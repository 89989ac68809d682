//! When a signed token (a JWT of RFC 7519) is good, whoever issued it: who checks one does it here.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

use crate::access_token::CLOCK_LEEWAY_SECONDS;

/// Whose tokens are good, for whom, and how they are signed: what the token says of that decides
/// nothing.
pub struct TokenRules<'a> {
    /// The one algorithm that the issuer signs with (RFC 8725, section 3.1).
    pub algorithm: Algorithm,
    /// Each `typ` that is taken: one kind of token is never taken for another (RFC 8725, section
    /// 3.11).
    pub token_types: &'a [&'a str],
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`.
    pub audience: &'a str,
}

impl TokenRules<'_> {
    /// The claims of a token that `key` signed under these rules and that is valid now.
    pub fn claims(&self, token: &str, key: &DecodingKey) -> Option<Value> {
        let mut validation = Validation::new(self.algorithm);
        validation.set_issuer(&[self.issuer]);
        validation.set_audience(&[self.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.validate_nbf = true;
        validation.leeway = CLOCK_LEEWAY_SECONDS;
        let data = decode(token, key, &validation).ok()?;
        let typ = data.header.typ?;
        let is_of_type = self.token_types.iter().any(|taken| typ.eq_ignore_ascii_case(taken));
        is_of_type.then_some(data.claims)
    }
}

/// The id of the key that a token says it was signed with: nothing else of its header is believed.
/// `None` also for a token with critical extensions, of which we know none (RFC 7515, section
/// 4.1.11).
pub fn key_id(token: &str) -> Option<String> {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    if header.get("crit").is_some() {
        return None;
    }
    Some(header.get("kid")?.as_str()?.to_owned())
}

/// The keys of a set by their ids; what cannot be used is left out.
pub fn usable_keys(set: &JwkSet) -> HashMap<String, DecodingKey> {
    let usable = set
        .keys
        .iter()
        .filter_map(|jwk| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?)));
    usable.collect()
}
