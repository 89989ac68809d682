//! What a program of a shop is told, signed as the program signs its own requests.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use values::{ApiClientId, RequestStatus, SigningKeyId};

/// The version of the API, as in the merchant API's requests.
const API_VERSION: &str = "0.12";

/// The key of a credential.
// No `Debug`: it must get into no log line.
pub(crate) struct ProgramKey {
    pub(crate) client_id: ApiClientId,
    pub(crate) id: SigningKeyId,
    pub(crate) key: Vec<u8>,
}

/// What is read again of a body that is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    status_code: String,
}

/// The body says no end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what a program is to be told is no end of a request")]
pub(crate) struct NoEnd;

/// As public clients of PayMe know it: they tell by this whether somebody has paid. So what cannot
/// be read is no failure.
fn event_type(body: &str) -> Result<&'static str, NoEnd> {
    let Told { status_code } = serde_json::from_str(body).map_err(|_| NoEnd)?;
    let is = |status: RequestStatus| status.merchant_status().0 == status_code;
    if is(RequestStatus::Paid) {
        Ok("payment.success")
    } else if is(RequestStatus::Cancelled) || is(RequestStatus::Expired) {
        Ok("payment.failure")
    } else {
        Err(NoEnd)
    }
}

impl ProgramKey {
    /// The header of a POST. What is signed, and how that is spelled, is what public clients of
    /// PayMe check: one of them knows no other lines, and none with a capital. What the API takes
    /// is signed with `Authorization` among its lines, which this never has: what we sign can be
    /// played back to the API by nobody. Played to the program again it says what was true before,
    /// by the id and the time in its body.
    pub(crate) fn headers(
        &self,
        url: &Url,
        trace_id: Uuid,
        at: OffsetDateTime,
        body: &str,
    ) -> Result<[(&'static str, String); 7], NoEnd> {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let digest = STANDARD.encode(digest(&SHA256, body.as_bytes()));
        let target = ("(request-target)", format!("post {}{query}", url.path()));
        let client = ("x-client-id", self.client_id.to_string());
        let event = ("x-event-type", event_type(body)?.to_owned());
        let digest = ("digest", format!("SHA-256={digest}"));
        let signed = [&target, &client, &event, &digest];
        let lines = signed.map(|(name, value)| format!("{name}: {value}"));
        let key = hmac::Key::new(HMAC_SHA256, &self.key);
        let mac = STANDARD.encode(hmac::sign(&key, lines.join("\n").as_bytes()));
        let signature = format!(
            "keyId=\"{}\",algorithm=\"hmac-sha256\",headers=\"{}\",signature=\"{mac}\"",
            self.id,
            signed.map(|(name, _)| *name).join(" "),
        );
        // Formatting a UTC time of this era cannot fail.
        let at = at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default();
        Ok([
            client,
            event,
            digest,
            ("signature", signature),
            ("api-version", API_VERSION.to_owned()),
            ("request-date-time", at),
            ("trace-id", trace_id.to_string()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_signature_is_over_the_lines_that_it_names_and_changes_with_each_of_them() {
        let client_id = ApiClientId::from_uuid(Uuid::nil());
        let key =
            ProgramKey { client_id, id: SigningKeyId::from_uuid(Uuid::nil()), key: vec![7; 32] };
        let at = datetime!(2026-11-29 10:00:00.25 UTC);
        let signed = |url: &str, body| {
            let url = Url::parse(url).unwrap();
            key.headers(&url, Uuid::from_u128(1), at, body).unwrap()
        };
        let url = "https://shop.example/payme/callback/?order=7";
        let paid = r#"{"statusCode":"PR005"}"#;
        let [client, event, digest, signature, _, moment, _] = signed(url, paid);
        assert_eq!(moment.1, "2026-11-29T10:00:00Z");
        assert_eq!(event.1, "payment.success");
        let text = format!(
            "(request-target): post /payme/callback/?order=7\nx-client-id: {}\n\
             x-event-type: payment.success\ndigest: {}",
            client.1, digest.1
        );
        let mac = hmac::sign(&hmac::Key::new(HMAC_SHA256, &[7; 32]), text.as_bytes());
        let expected = format!(
            "keyId=\"{}\",algorithm=\"hmac-sha256\",headers=\"(request-target) x-client-id \
             x-event-type digest\",signature=\"{}\"",
            key.id,
            STANDARD.encode(mac)
        );
        assert_eq!(signature.1, expected);
        let other = "https://shop.example/payme/callback/?order=8";
        let expired = r#"{"statusCode":"PR007"}"#;
        assert_eq!(signed(url, expired)[1].1, "payment.failure");
        for other in [signed(other, paid), signed(url, expired)] {
            assert_ne!(other[3].1, expected);
        }
    }

    #[test]
    fn what_is_no_end_of_a_request_is_neither_a_success_nor_a_failure() {
        let said = |code: &str| event_type(&format!(r#"{{"statusCode":"{code}"}}"#));
        assert_eq!(said("PR005"), Ok("payment.success"));
        assert_eq!([said("PR004"), said("PR007")], [Ok("payment.failure"); 2]);
        assert_eq!([said("PR001"), said("PR009"), said("")], [Err(NoEnd); 3]);
        assert_eq!([event_type("{}"), event_type("PR005")], [Err(NoEnd); 2]);
    }
}
