//! What a program signs of each request: a few lines of its header, among them the digest of the
//! body, with HMAC-SHA-256 (draft-cavage-http-signatures, as PayMe's API for shops has it).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Not a header: the method and the path.
const REQUEST_TARGET: &str = "(request-target)";
/// What is always signed: a request without one of them could be another one.
const MINIMUM: [&str; 6] =
    [REQUEST_TARGET, "api-version", "request-date-time", "trace-id", "authorization", "digest"];
/// The only algorithm; that of the key, not of the request.
const ALGORITHM: &str = "hmac-sha256";
/// Lines that one signature covers.
const LINES_MAX: usize = 20;

/// Why a request is not what its program has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    #[error("the Signature is not of the form keyId, algorithm, headers, signature")]
    Malformed,
    #[error("the algorithm is hmac-sha256")]
    Algorithm,
    #[error(
        "(request-target), Api-Version, Request-Date-Time, Trace-Id, Authorization and Digest are \
         signed, each once"
    )]
    Unsigned,
    #[error("a signed header is absent, or there twice")]
    Absent,
    #[error("the signature is not of this request")]
    Wrong,
}

/// The header `Signature`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HttpSignature {
    pub(crate) key_id: String,
    /// The names that are signed, in their order and in lower case.
    signed: Vec<String>,
    mac: Vec<u8>,
}

impl HttpSignature {
    pub(crate) fn read(header: &str) -> Result<Self, SignatureError> {
        let mut parameters = parameters(header).ok_or(SignatureError::Malformed)?;
        let mut take = |name: &str| {
            let place = parameters.iter().position(|(known, _)| *known == name)?;
            let (_, value) = parameters.swap_remove(place);
            let is_once = parameters.iter().all(|(other, _)| *other != name);
            is_once.then_some(value)
        };
        let [key_id, algorithm, headers, mac] =
            ["keyId", "algorithm", "headers", "signature"].map(&mut take);
        if algorithm != Some(ALGORITHM) {
            return Err(SignatureError::Algorithm);
        }
        let (Some(key_id), Some(headers), Some(mac)) = (key_id, headers, mac) else {
            return Err(SignatureError::Malformed);
        };
        let signed: Vec<String> = headers.split(' ').map(str::to_ascii_lowercase).collect();
        let times = |name: &str| signed.iter().filter(|signed| *signed == name).count();
        if signed.len() > LINES_MAX
            || MINIMUM.iter().any(|name| times(name) != 1)
            || signed.iter().any(|name| times(name) != 1)
        {
            return Err(SignatureError::Unsigned);
        }
        let mac = STANDARD.decode(mac).map_err(|_| SignatureError::Malformed)?;
        Ok(Self { key_id: key_id.to_owned(), signed, mac })
    }

    /// Whether it covers this header, which is named in lower case.
    pub(crate) fn covers(&self, name: &str) -> bool {
        self.signed.iter().any(|signed| signed == name)
    }

    /// Refuses what was not signed with this key for one of these targets, `post /path?query`:
    /// behind a rewritten path the program has signed the one that it called.
    pub(crate) fn verify<'a>(
        &self,
        key: &[u8],
        targets: &[String],
        header: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<(), SignatureError> {
        let key = hmac::Key::new(HMAC_SHA256, key);
        for target in targets {
            let line = |name: &String| {
                let value = if name == REQUEST_TARGET { Some(&**target) } else { header(name) };
                Some(format!("{name}: {}", value?))
            };
            let lines: Option<Vec<String>> = self.signed.iter().map(line).collect();
            let text = lines.ok_or(SignatureError::Absent)?.join("\n");
            if hmac::verify(&key, text.as_bytes(), &self.mac).is_ok() {
                return Ok(());
            }
        }
        Err(SignatureError::Wrong)
    }

    /// By which the same signature is known again, however it is written.
    pub(crate) fn digest(&self) -> [u8; 32] {
        sha256(&self.mac)
    }
}

/// Whether the header `Digest` is of this body.
pub(crate) fn is_digest_of(header: &str, body: &[u8]) -> bool {
    header == format!("SHA-256={}", STANDARD.encode(sha256(body)))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut of = [0; 32];
    of.copy_from_slice(digest(&SHA256, bytes).as_ref());
    of
}

/// `name="value"` with commas between. No value that is looked for holds a quotation mark.
fn parameters(header: &str) -> Option<Vec<(&str, &str)>> {
    let mut parameters = Vec::new();
    let mut rest = header.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        parameters.push((name, value));
        rest = match after.trim_start() {
            "" => "",
            more => more.strip_prefix(',')?.trim_start(),
        };
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"the key of the program, 32 bytes";
    const HEADERS: [(&str, &str); 6] = [
        ("api-version", "0.12"),
        ("request-date-time", "2026-11-29T10:00:00Z"),
        ("trace-id", "b0c4cfd1-2a4f-4d0c-9f4c-6d1f2f5c7a10"),
        ("authorization", "Bearer abc"),
        ("digest", EMPTY),
        ("content-type", "application/json"),
    ];
    const EMPTY: &str = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    const NAMES: &str =
        "(request-target) Api-Version Request-Date-Time Digest Trace-Id Authorization";
    const TARGET: &str = "get /payments/paymentrequests/x";

    fn text(names: &str) -> String {
        let lines = names.split(' ').map(|name| {
            let name = name.to_lowercase();
            let value = HEADERS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            format!("{name}: {}", value.unwrap_or(TARGET))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn signed(names: &str) -> String {
        let mac = hmac::sign(&hmac::Key::new(HMAC_SHA256, KEY), text(names).as_bytes());
        let mac = STANDARD.encode(mac);
        format!("keyId=\"k-1\",algorithm=\"hmac-sha256\",headers=\"{names}\",signature=\"{mac}\"")
    }

    fn verify(header: &str, key: &[u8], targets: &[&str]) -> Result<(), SignatureError> {
        let targets: Vec<String> = targets.iter().map(|target| (*target).to_owned()).collect();
        let find = |name: &str| HEADERS.iter().find(|(known, _)| *known == name).map(|it| it.1);
        HttpSignature::read(header)?.verify(key, &targets, find)
    }

    #[test]
    fn the_digest_of_an_empty_body_is_the_one_that_clients_know() {
        assert!(is_digest_of(EMPTY, b""));
        assert!(!is_digest_of(EMPTY, b"{}"));
        assert!(!is_digest_of(&EMPTY.to_lowercase(), b""));
        assert!(!is_digest_of("MD5=1B2M2Y8AsgTpgAmY7PhCfg==", b""));
    }

    #[test]
    fn a_signature_over_more_than_the_minimum_in_any_order_and_case_is_taken() {
        for names in [
            NAMES,
            &NAMES.to_lowercase(),
            "Digest (request-target) Authorization Trace-Id Content-Type Api-Version \
             Request-Date-Time",
        ] {
            assert_eq!(verify(&signed(names), KEY, &[TARGET]), Ok(()), "{names}");
            assert_eq!(verify(&signed(names), KEY, &["get /else", TARGET]), Ok(()));
        }
        let spaced = signed(NAMES).replace("\",", "\", ");
        assert_eq!(verify(&spaced, KEY, &[TARGET]), Ok(()));
    }

    #[test]
    fn another_key_target_or_mac_is_refused() {
        let header = signed(NAMES);
        assert_eq!(verify(&header, &[7; 32], &[TARGET]), Err(SignatureError::Wrong));
        assert_eq!(verify(&header, KEY, &["put /payments"]), Err(SignatureError::Wrong));
        assert_eq!(verify(&header, KEY, &[]), Err(SignatureError::Wrong));
        let cut = header.replace("signature=\"", "signature=\"AAAA");
        assert_eq!(verify(&cut, KEY, &[TARGET]), Err(SignatureError::Wrong));
        let empty = format!("{}signature=\"\"", header.split("signature").next().unwrap());
        assert_eq!(verify(&empty, KEY, &[TARGET]), Err(SignatureError::Wrong));
    }

    #[test]
    fn a_signature_that_leaves_out_what_must_be_signed_is_refused_although_it_is_right() {
        for left_out in NAMES.split(' ') {
            let names: Vec<&str> = NAMES.split(' ').filter(|name| *name != left_out).collect();
            let header = signed(&names.join(" "));
            assert_eq!(
                verify(&header, KEY, &[TARGET]),
                Err(SignatureError::Unsigned),
                "{left_out}"
            );
        }
        let twice = signed(&format!("{NAMES} Digest"));
        assert_eq!(verify(&twice, KEY, &[TARGET]), Err(SignatureError::Unsigned));
        let many =
            format!("{NAMES} {}", (0..20).map(|n| format!("x{n}")).collect::<Vec<_>>().join(" "));
        assert_eq!(HttpSignature::read(&signed(&many)), Err(SignatureError::Unsigned));
    }

    #[test]
    fn a_signed_header_that_is_not_there_is_refused() {
        let header = signed(NAMES).replace("Authorization\"", "Authorization X-Other\"");
        assert_eq!(verify(&header, KEY, &[TARGET]), Err(SignatureError::Absent));
    }

    #[test]
    fn no_other_algorithm_is_taken_and_none_is_not_one() {
        for other in ["hmac-sha1", "hmac-sha512", "rsa-sha256", "none", "HMAC-SHA256", ""] {
            let header = signed(NAMES).replace("hmac-sha256", other);
            assert_eq!(verify(&header, KEY, &[TARGET]), Err(SignatureError::Algorithm), "{other}");
        }
        let without = signed(NAMES).replace("algorithm=\"hmac-sha256\",", "");
        assert_eq!(verify(&without, KEY, &[TARGET]), Err(SignatureError::Algorithm));
    }

    #[test]
    fn a_header_of_another_form_is_refused() {
        let good = signed(NAMES);
        for header in [
            "".to_owned(),
            "x".to_owned(),
            format!("{good},keyId=\"k-2\""),
            format!("{good},signature=\"AAAA\""),
            good.replace("keyId", "keyid"),
            good.replace("signature=\"", "signature=\"*"),
            good.replacen(',', ";", 1),
        ] {
            assert!(HttpSignature::read(&header).is_err(), "{header}");
        }
    }
}
