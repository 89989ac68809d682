//! What a program of a shop is told, signed as the program signs its own requests.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use values::SigningKeyId;

/// The version of the API, as in the merchant API's requests.
const API_VERSION: &str = "0.12";

/// The key of a credential.
// No `Debug`: it must get into no log line.
pub(crate) struct ProgramKey {
    pub(crate) id: SigningKeyId,
    pub(crate) key: Vec<u8>,
}

impl ProgramKey {
    /// The header of a POST. What the API takes is signed with `Authorization` among its lines,
    /// which this never has: what we sign can be played back to the API by nobody.
    pub(crate) fn headers(
        &self,
        url: &Url,
        trace_id: Uuid,
        at: OffsetDateTime,
        body: &str,
    ) -> [(&'static str, String); 5] {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let digest = STANDARD.encode(digest(&SHA256, body.as_bytes()));
        // Formatting a UTC time of this era cannot fail.
        let at = at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default();
        let [version, at, trace_id, digest] = [
            ("Api-Version", API_VERSION.to_owned()),
            ("Request-Date-Time", at),
            ("Trace-Id", trace_id.to_string()),
            ("Digest", format!("SHA-256={digest}")),
        ];
        let target = ("(request-target)", format!("post {}{query}", url.path()));
        let signed = [&target, &version, &at, &trace_id, &digest];
        let lines = signed.map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()));
        let key = hmac::Key::new(HMAC_SHA256, &self.key);
        let mac = STANDARD.encode(hmac::sign(&key, lines.join("\n").as_bytes()));
        let signature = format!(
            "keyId=\"{}\",algorithm=\"hmac-sha256\",headers=\"{}\",signature=\"{mac}\"",
            self.id,
            signed.map(|(name, _)| *name).join(" "),
        );
        [version, at, trace_id, digest, ("Signature", signature)]
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_signature_is_over_the_lines_that_it_names_and_changes_with_each_of_them() {
        let key = ProgramKey { id: SigningKeyId::from_uuid(Uuid::nil()), key: vec![7; 32] };
        let at = datetime!(2026-11-29 10:00:00.25 UTC);
        let signed = |url: &str, trace_id, at, body| {
            let url = Url::parse(url).unwrap();
            key.headers(&url, Uuid::from_u128(trace_id), at, body)
        };
        let url = "https://shop.example/payme/callback?order=7";
        let [version, moment, trace_id, digest, signature] = signed(url, 1, at, "{}");
        assert_eq!(moment.1, "2026-11-29T10:00:00Z");
        assert_eq!(digest.1, "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=");
        let text = format!(
            "(request-target): post /payme/callback?order=7\napi-version: {}\n\
             request-date-time: {}\ntrace-id: {}\ndigest: {}",
            version.1, moment.1, trace_id.1, digest.1
        );
        let mac = hmac::sign(&hmac::Key::new(HMAC_SHA256, &[7; 32]), text.as_bytes());
        let expected = format!(
            "keyId=\"{}\",algorithm=\"hmac-sha256\",headers=\"(request-target) Api-Version \
             Request-Date-Time Trace-Id Digest\",signature=\"{}\"",
            key.id,
            STANDARD.encode(mac)
        );
        assert_eq!(signature.1, expected);
        let later = at.saturating_add(time::Duration::SECOND);
        for other in [
            signed("https://shop.example/payme/callback?order=8", 1, at, "{}"),
            signed(url, 2, at, "{}"),
            signed(url, 1, later, "{}"),
            signed(url, 1, at, "{ }"),
        ] {
            assert_ne!(other[4].1, expected);
        }
    }
}
