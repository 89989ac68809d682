//! The vectors of RFC 9421, appendix B, and what is refused although it is signed.

use super::*;

const SHARED_SECRET: &str =
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
const DIGEST: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyea\
                      ldVLvRwEmTHWXvJwew==:";
const BODY: &[u8] = br#"{"hello": "world"}"#;
const CREATED: i64 = 1_618_884_473;

/// A header of the request of appendix B.2.
fn header(name: &str) -> Option<&'static str> {
    Some(match name {
        "host" => "example.com",
        "date" => "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type" => "application/json",
        "content-digest" => DIGEST,
        "content-length" => "18",
        _ => return None,
    })
}

const REQUEST: Message<'static> = Message {
    method: "POST",
    scheme: "https",
    authority: "example.com",
    path: "/foo",
    query: "param=Value&Pet=dog",
    body: BODY,
    header: &header,
};

fn read(input: &str) -> MessageSignature {
    MessageSignature::read(&format!("sig1={input}"), "sig1=:AAAA:").unwrap()
}

fn key() -> Vec<u8> {
    STANDARD.decode(SHARED_SECRET).unwrap()
}

/// Signed with the shared secret.
fn sign(input: &str, message: &Message) -> MessageSignature {
    let unsigned = read(input);
    let base = unsigned.base(message).unwrap();
    let mac = hmac::sign(&hmac::Key::new(HMAC_SHA256, &key()), base.as_bytes());
    MessageSignature { bytes: mac.as_ref().to_vec(), ..unsigned }
}

fn verify(signature: &MessageSignature, message: &Message) -> Result<(), MessageError> {
    let now = OffsetDateTime::from_unix_timestamp(CREATED).unwrap();
    signature.verify(MessageKey::Shared(&key()), message, now)
}

const WHOLE: &str = concat!(
    r#"("@method" "@path" "@query" "content-digest")"#,
    r#";created=1618884473;keyid="k";alg="hmac-sha256""#
);

#[test]
fn the_base_of_the_full_request_is_that_of_the_standard() {
    // B.2.3
    let parameters = concat!(
        r#"("date" "@method" "@path" "@query" "@authority" "content-type" "#,
        r#""content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#
    );
    let base = format!(
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\
         \"@query\": ?param=Value&Pet=dog\n\"@authority\": example.com\n\
         \"content-type\": application/json\n\"content-digest\": {DIGEST}\n\
         \"content-length\": 18\n\"@signature-params\": {parameters}"
    );
    assert_eq!(read(parameters).base(&REQUEST).unwrap(), base);
    // B.2.1: nothing but the parameters.
    let minimal = r#"();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwwkqLA""#;
    let base = format!("\"@signature-params\": {minimal}");
    assert_eq!(read(minimal).base(&REQUEST).unwrap(), base);
}

#[test]
fn the_hmac_of_the_standard_is_that_of_its_request() {
    // B.2.5. It covers less than this API wants, so it is not a whole request.
    let input = concat!(
        r#"sig-b25=("date" "@authority" "content-type")"#,
        r#";created=1618884473;keyid="test-shared-secret""#
    );
    let signature = "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:";
    let signature = MessageSignature::read(input, signature).unwrap();
    let base = signature.base(&REQUEST).unwrap();
    assert!(MessageKey::Shared(&key()).has_signed(&base, &signature.bytes));
    assert_eq!(verify(&signature, &REQUEST), Err(MessageError::Uncovered));
}

#[test]
fn the_ed25519_signature_of_the_standard_is_that_of_its_request() {
    // B.2.6, by the key of B.1.4.
    let public = "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
    let public: [u8; 32] = STANDARD.decode(public).unwrap().try_into().unwrap();
    let input = concat!(
        r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")"#,
        r#";created=1618884473;keyid="test-key-ed25519""#
    );
    let signature = concat!(
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5",
        "WPpBKRCw==:"
    );
    let signature = MessageSignature::read(input, signature).unwrap();
    let base = signature.base(&REQUEST).unwrap();
    assert!(MessageKey::Public(&public).has_signed(&base, &signature.bytes));
    assert!(!MessageKey::Public(&public).has_signed(&format!("{base} "), &signature.bytes));
    // A public key is known to all: as a secret it proves nothing.
    let forged = hmac::sign(&hmac::Key::new(HMAC_SHA256, &public), base.as_bytes());
    assert!(!MessageKey::Public(&public).has_signed(&base, forged.as_ref()));
}

#[test]
fn components_that_are_derived_are_those_of_the_standard() {
    // 2.2.2 to 2.2.7.
    let one = Message { authority: "www.Example.com:443", path: "/path", query: "", ..REQUEST };
    let value = |message: &Message, name: &str| message.component(name).unwrap();
    assert_eq!(value(&one, "@target-uri"), "https://www.example.com/path");
    assert_eq!(value(&one, "@authority"), "www.example.com");
    assert_eq!(value(&one, "@query"), "?");
    assert_eq!(value(&one, "@request-target"), "/path");
    let asked = Message { query: "param=value", ..one };
    assert_eq!(value(&asked, "@target-uri"), "https://www.example.com/path?param=value");
    assert_eq!(value(&asked, "@request-target"), "/path?param=value");
    let other = Message { scheme: "http", authority: "a:8080", ..one };
    assert_eq!(
        (value(&other, "@scheme"), value(&other, "@authority")),
        ("http".into(), "a:8080".into())
    );
    assert_eq!(one.component("@status"), None);
    assert_eq!(one.component("x-absent"), None);
}

#[test]
fn a_whole_signature_is_taken_until_anything_of_the_request_is_another() {
    let good = sign(WHOLE, &REQUEST);
    assert_eq!(verify(&good, &REQUEST), Ok(()));
    let by_uri = WHOLE.replace("\"@path\" \"@query\"", "\"@target-uri\"");
    assert_eq!(verify(&sign(&by_uri, &REQUEST), &REQUEST), Ok(()));
    for other in [
        Message { method: "PUT", ..REQUEST },
        Message { path: "/fo", ..REQUEST },
        Message { query: "param=Value&Pet=cat", ..REQUEST },
    ] {
        assert_eq!(verify(&good, &other), Err(MessageError::Wrong));
    }
    let body = Message { body: br#"{"hello": "World"}"#, ..REQUEST };
    assert_eq!(verify(&good, &body), Err(MessageError::Digest));
    let emptied = Message { body: b"", ..REQUEST };
    assert_eq!(verify(&good, &emptied), Err(MessageError::Digest));
    let now = OffsetDateTime::from_unix_timestamp(CREATED).unwrap();
    assert_eq!(good.verify(MessageKey::Shared(&[7; 32]), &REQUEST, now), Err(MessageError::Wrong));
    let later = MessageSignature { parameters: WHOLE.replace("473", "474"), ..good };
    assert_eq!(verify(&later, &REQUEST), Err(MessageError::Wrong));
}

#[test]
fn what_the_request_has_and_nobody_signed_is_refused() {
    fn keyed(name: &str) -> Option<&'static str> {
        if name == "idempotency-key" { Some("k-1") } else { header(name) }
    }
    const fn none(_: &str) -> Option<&'static str> {
        None
    }
    for left_out in ["\"@method\" ", "\"@path\" ", "\"@query\" ", " \"content-digest\""] {
        let signature = sign(&WHOLE.replace(left_out, ""), &REQUEST);
        assert_eq!(verify(&signature, &REQUEST), Err(MessageError::Uncovered), "{left_out}");
    }
    let keyed = Message { header: &keyed, ..REQUEST };
    assert_eq!(verify(&sign(WHOLE, &keyed), &keyed), Err(MessageError::Uncovered));
    let all = WHOLE.replace("\"@path\"", "\"@path\" \"idempotency-key\"");
    assert_eq!(verify(&sign(&all, &keyed), &keyed), Ok(()));
    let bare = Message { header: &none, body: b"", query: "", ..REQUEST };
    let short = r#"("@method" "@path");created=1618884473;keyid="k""#;
    assert_eq!(verify(&sign(short, &bare), &bare), Ok(()));
    let smuggled = Message { body: b"x", ..bare };
    assert_eq!(verify(&sign(short, &bare), &smuggled), Err(MessageError::Uncovered));
    let asked = Message { query: "a=b", ..bare };
    assert_eq!(verify(&sign(short, &bare), &asked), Err(MessageError::Uncovered));
}

#[test]
fn a_moment_too_far_away_or_over_is_refused() {
    let at = |created: i64, more: &str| {
        sign(&(WHOLE.replace("1618884473", &created.to_string()) + more), &REQUEST)
    };
    for (created, outcome) in [
        (CREATED - 300, Ok(())),
        (CREATED + 300, Ok(())),
        (CREATED - 301, Err(MessageError::Late)),
        (CREATED + 301, Err(MessageError::Late)),
    ] {
        assert_eq!(verify(&at(created, ""), &REQUEST), outcome, "{created}");
    }
    assert_eq!(verify(&at(CREATED, ";expires=1618884474"), &REQUEST), Ok(()));
    let over = at(CREATED, ";expires=1618884473");
    assert_eq!(verify(&over, &REQUEST), Err(MessageError::Late));
}

#[test]
fn no_other_algorithm_is_taken_and_none_is_that_of_the_key() {
    for other in ["hmac-sha512", "rsa-pss-sha512", "ed25519", "none", "HMAC-SHA256", ""] {
        let signature = sign(&WHOLE.replace("hmac-sha256", other), &REQUEST);
        assert_eq!(verify(&signature, &REQUEST), Err(MessageError::Algorithm), "{other}");
    }
    let now = OffsetDateTime::from_unix_timestamp(CREATED).unwrap();
    let swapped = sign(WHOLE, &REQUEST).verify(MessageKey::Public(&[7; 32]), &REQUEST, now);
    assert_eq!(swapped, Err(MessageError::Algorithm));
    let without = WHOLE.replace(";alg=\"hmac-sha256\"", "");
    assert_eq!(verify(&sign(&without, &REQUEST), &REQUEST), Ok(()));
}

#[test]
fn a_component_that_is_absent_or_unknown_is_refused() {
    for name in ["x-other", "@status", "@query-param"] {
        let input = WHOLE.replace("\"@path\"", &format!("\"@path\" \"{name}\""));
        assert_eq!(verify(&read(&input), &REQUEST), Err(MessageError::Absent), "{name}");
    }
}

#[test]
fn headers_of_another_form_are_refused() {
    let many: Vec<String> = (0..21).map(|number| format!("\"x{number}\"")).collect();
    for input in [
        String::new(),
        WHOLE.replace("created=1618884473;", ""),
        WHOLE.replace(";keyid=\"k\"", ""),
        WHOLE.replace("created=1618884473", "created=\"1618884473\""),
        WHOLE.replace("keyid=\"k\"", "keyid=k"),
        WHOLE.replace("created=1618884473", "created=-1"),
        WHOLE.replace("\"@path\"", "\"@path\";req"),
        WHOLE.replace("\"@path\"", "\"@path\" \"@path\""),
        WHOLE.replace("\"@path\"", "\"Date\""),
        WHOLE.replace("\"@path\"", "\"@path\" "),
        WHOLE.replace("\"@path\"", &many.join(" ")),
        format!("{WHOLE};keyid=\"other\""),
        format!("{WHOLE};colour=\"red\""),
        format!("{WHOLE}, sig2={WHOLE}"),
        format!("{WHOLE};nonce=\"a\\\"b\""),
        WHOLE.replace('(', ""),
    ] {
        let read = MessageSignature::read(&format!("sig1={input}"), "sig1=:AAAA:");
        assert_eq!(read, Err(MessageError::Malformed), "{input}");
    }
    for signature in
        ["", "sig1", "sig1=AAAA", "sig1=:A:", "sig2=:AAAA:", "sig1=:AAAA:, sig2=:AAAA:"]
    {
        let read = MessageSignature::read(&format!("sig1={WHOLE}"), signature);
        assert_eq!(read, Err(MessageError::Malformed), "{signature}");
    }
}

#[test]
fn each_digest_that_is_known_is_of_the_body_and_one_is() {
    // B.2, RFC 9530.
    assert!(is_content_digest_of(DIGEST, BODY));
    let sha_256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    assert!(is_content_digest_of(sha_256, BODY));
    assert!(is_content_digest_of(&format!("{sha_256}, {DIGEST}, md5=:AAAA:"), BODY));
    assert!(!is_content_digest_of(&format!("{sha_256}, sha-512=:AAAA:"), BODY));
    for other in ["", "md5=:Sd/dVLAcvNLSq16eXua5uQ==:", "sha-256=X48E9q", "SHA-256=:AAAA:", "x"] {
        assert!(!is_content_digest_of(other, BODY), "{other}");
    }
    assert!(!is_content_digest_of(sha_256, br#"{"hello": "world"} "#));
}
