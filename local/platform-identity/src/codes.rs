//! Authorization codes (RFC 6749, section 4.1) under PKCE (RFC 7636): what was asked for, and that
//! only whoever asked has its token, once and soon.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// The one application that is registered in the local tenant.
pub(crate) const APPLICATION: &str = "c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05";
/// Its one redirect address, at whatever port: Entra ID too does not compare that of `localhost`.
const REDIRECT_HOST: &str = "http://localhost";
const REDIRECT_PATH: &str = "/staff/index.html";
/// How long a code is good: a page that was sent back redeems it at once.
const LIFETIME: Duration = Duration::minutes(1);
/// How many codes are kept that nobody has redeemed.
const CODES_MAX: usize = 1_000;

/// What a page asks for a person.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Asked {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    response_mode: String,
    /// Separated by spaces.
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    /// What the tokens are to say (OpenID Connect Core, section 5.5).
    claims: Option<String>,
}

/// What a page brings for a token.
#[derive(Debug, Deserialize)]
pub(crate) struct Redeemed {
    pub(crate) grant_type: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) code: String,
    pub(crate) code_verifier: String,
    pub(crate) scope: String,
    pub(crate) claims: Option<String>,
}

/// What a code stands for.
pub(crate) struct Grant {
    /// Of the person who was chosen.
    pub(crate) username: &'static str,
    pub(crate) asked: Asked,
    /// When they were chosen.
    pub(crate) given_at: OffsetDateTime,
}

impl Asked {
    /// Why nobody is sent back with a code. Neither is anybody with the reason, which Entra ID
    /// does where the address is registered: whoever wrote the page reads it here.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let is_challenge =
            URL_SAFE_NO_PAD.decode(&self.code_challenge).is_ok_and(|bytes| bytes.len() == 32);
        let rules = [
            (self.client_id == APPLICATION, "no application has this client_id"),
            (origin(&self.redirect_uri).is_some(), "this redirect_uri is not registered"),
            (self.response_type == "code", "response_type must be code"),
            (self.response_mode == "fragment", "response_mode must be fragment"),
            (self.application_scope().is_some(), "scope names none of the application"),
            (self.code_challenge_method == "S256", "code_challenge_method must be S256"),
            (is_challenge, "code_challenge must be a SHA-256 in base64url"),
        ];
        rules.iter().find(|(holds, _)| !holds).map(|(_, problem)| *problem)
    }

    /// Where whoever asked is sent to with the code; not to the server there: it is a fragment.
    pub(crate) fn way_back(&self, code: &str) -> Result<String, serde_urlencoded::ser::Error> {
        let answer = serde_urlencoded::to_string([("code", code), ("state", &self.state)])?;
        Ok(format!("{}#{answer}", self.redirect_uri))
    }

    /// Of the application's scope its last part.
    pub(crate) fn application_scope(&self) -> Option<&str> {
        self.scope.split(' ').find_map(|scope| scope.strip_prefix(APPLICATION)?.strip_prefix('/'))
    }

    /// The authentication context that the access token is to show.
    pub(crate) fn context(&self) -> Option<String> {
        let claims: Value = serde_json::from_str(self.claims.as_deref()?).ok()?;
        claims.pointer("/access_token/acrs/value")?.as_str().map(str::to_owned)
    }

    /// None unless OpenID Connect is asked for.
    pub(crate) fn nonce(&self) -> Option<&str> {
        self.asks_for("openid").then_some(&*self.nonce)
    }

    /// Whether the tokens may say who somebody is.
    pub(crate) fn asks_for_profile(&self) -> bool {
        self.asks_for("profile")
    }

    fn asks_for(&self, wanted: &str) -> bool {
        self.scope.split(' ').any(|scope| scope == wanted)
    }
}

/// The origin of the page at a registered address; None of any other.
fn origin(redirect_uri: &str) -> Option<&str> {
    let origin = redirect_uri.strip_suffix(REDIRECT_PATH)?;
    is_registered(origin).then_some(origin)
}

/// Whether the page that is registered can be at this origin.
pub(crate) fn is_registered(origin: &str) -> bool {
    let Some(port) = origin.strip_prefix(REDIRECT_HOST) else { return false };
    let digits = port.strip_prefix(':');
    port.is_empty()
        || digits.is_some_and(|digits| {
            digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok()
        })
}

/// The codes that nobody has redeemed.
#[derive(Default)]
pub(crate) struct Codes(Mutex<HashMap<String, Grant>>);

impl Codes {
    /// False if there are too many.
    pub(crate) fn give(
        &self,
        code: String,
        username: &'static str,
        asked: Asked,
        now: OffsetDateTime,
    ) -> bool {
        let mut codes = self.lock();
        codes.retain(|_, grant| grant.is_good(now));
        let has_room = codes.len() < CODES_MAX;
        if has_room {
            codes.insert(code, Grant { username, asked, given_at: now });
        }
        has_room
    }

    /// What the code was given for; None unless this page asked for it. Whatever is brought with
    /// it, a code is gone: whoever has stolen it cannot try verifiers.
    pub(crate) fn redeem(
        &self,
        brought: &Redeemed,
        from: Option<&str>,
        now: OffsetDateTime,
    ) -> Option<Grant> {
        let grant = self.lock().remove(&brought.code)?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, brought.code_verifier.as_bytes()));
        let Asked { client_id, redirect_uri, code_challenge, scope, claims, .. } = &grant.asked;
        let is_of_page = brought.grant_type == "authorization_code"
            && brought.client_id == *client_id
            && brought.redirect_uri == *redirect_uri
            && brought.scope == *scope
            && brought.claims == *claims
            && from == origin(redirect_uri)
            && challenge == *code_challenge;
        (is_of_page && grant.is_good(now)).then_some(grant)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grant {
    fn is_good(&self, now: OffsetDateTime) -> bool {
        now <= self.given_at.saturating_add(LIFETIME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "http://localhost:27071/staff/index.html";
    const ORIGIN: Option<&str> = Some("http://localhost:27071");
    const SCOPE: &str = "openid profile c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05/staff";
    /// Those of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn asked() -> Asked {
        Asked {
            client_id: APPLICATION.to_owned(),
            redirect_uri: PAGE.to_owned(),
            response_type: "code".to_owned(),
            response_mode: "fragment".to_owned(),
            scope: SCOPE.to_owned(),
            state: "a&b=c".to_owned(),
            nonce: "n".to_owned(),
            code_challenge: CHALLENGE.to_owned(),
            code_challenge_method: "S256".to_owned(),
            claims: None,
        }
    }

    fn brought() -> Redeemed {
        Redeemed {
            grant_type: "authorization_code".to_owned(),
            client_id: APPLICATION.to_owned(),
            redirect_uri: PAGE.to_owned(),
            code: "code".to_owned(),
            code_verifier: VERIFIER.to_owned(),
            scope: SCOPE.to_owned(),
            claims: None,
        }
    }

    fn codes(now: OffsetDateTime) -> Codes {
        let codes = Codes::default();
        assert!(codes.give("code".to_owned(), "ada@staff.example", asked(), now));
        codes
    }

    #[test]
    fn a_code_is_good_once_for_a_minute_and_for_the_page_that_has_its_verifier() {
        let now = OffsetDateTime::now_utc();
        let good = codes(now);
        assert!(good.redeem(&brought(), ORIGIN, now + LIFETIME).is_some());
        assert!(good.redeem(&brought(), ORIGIN, now).is_none(), "once");
        let late = now + LIFETIME + Duration::seconds(1);
        assert!(codes(now).redeem(&brought(), ORIGIN, late).is_none(), "late");
        assert!(codes(now).redeem(&brought(), None, now).is_none(), "not from a page");
        let elsewhere = Some("http://localhost:1");
        assert!(codes(now).redeem(&brought(), elsewhere, now).is_none(), "from another page");
        for (what, brought) in [
            ("verifier", Redeemed { code_verifier: CHALLENGE.to_owned(), ..brought() }),
            ("grant", Redeemed { grant_type: "password".to_owned(), ..brought() }),
            ("application", Redeemed { client_id: "another".to_owned(), ..brought() }),
            ("scope", Redeemed { scope: "openid".to_owned(), ..brought() }),
            ("claims", Redeemed { claims: Some("{}".to_owned()), ..brought() }),
            ("page", Redeemed { redirect_uri: PAGE.replace("27071", "1"), ..brought() }),
            ("code", Redeemed { code: "another".to_owned(), ..brought() }),
        ] {
            assert!(codes(now).redeem(&brought, ORIGIN, now).is_none(), "another {what}");
        }
        let wrong = Redeemed { code_verifier: String::new(), ..brought() };
        let guessed = codes(now);
        assert!(guessed.redeem(&wrong, ORIGIN, now).is_none());
        assert!(guessed.redeem(&brought(), ORIGIN, now).is_none(), "a wrong verifier spends it");
    }

    #[test]
    fn nobody_is_sent_to_an_address_that_is_not_registered() {
        for page in [PAGE, "http://localhost/staff/index.html"] {
            let redirect_uri = page.to_owned();
            assert_eq!(Asked { redirect_uri, ..asked() }.problem(), None, "{page}");
        }
        for page in [
            "http://localhost.example:1/staff/index.html",
            "http://localhost:1@evil.example/staff/index.html",
            "http://localhost:1/evil/staff/index.html",
            "http://localhost:+1/staff/index.html",
            "http://localhost:/staff/index.html",
            "https://localhost:1/staff/index.html",
            "http://127.0.0.1:1/staff/index.html",
            "http://localhost:1/staff/",
            "http://localhost:1/staff/index.html#",
            "",
        ] {
            let problem = Asked { redirect_uri: page.to_owned(), ..asked() }.problem();
            assert_eq!(problem, Some("this redirect_uri is not registered"), "{page}");
        }
        let [client_id, code_challenge, scope, method, other] =
            ["another", "short", "openid", "plain", "query"].map(str::to_owned);
        for wrong in [
            Asked { client_id, ..asked() },
            Asked { code_challenge, ..asked() },
            Asked { scope, ..asked() },
            Asked { code_challenge_method: method, ..asked() },
            Asked { response_mode: other.clone(), ..asked() },
            Asked { response_type: other, ..asked() },
        ] {
            assert!(wrong.problem().is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn the_way_back_carries_the_state_as_it_was_in_a_fragment() {
        let way_back = asked().way_back("code").unwrap();
        assert_eq!(way_back, format!("{PAGE}#code=code&state=a%26b%3Dc"));
    }
}
