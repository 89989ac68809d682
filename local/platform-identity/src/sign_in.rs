//! Where people log in: a page on which somebody chooses who they are, the way back with a code,
//! and the token that the code is exchanged for by another page, across origins.

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, LOCATION};
use warp::reply::{self, Response};

use crate::codes::{Asked, Codes, Redeemed, is_registered};
use crate::people::{self, People, random_id};

const PAGE: &str = include_str!("sign_in.html");
/// Where the page has its choices.
const CHOICES: &str = "<!-- people -->";

/// Who somebody says they are.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    username: String,
}

/// People and the codes that were given for them.
pub(crate) struct SignIn {
    pub(crate) people: People,
    codes: Codes,
}

impl SignIn {
    pub(crate) fn new(people: People) -> Self {
        Self { people, codes: Codes::default() }
    }

    /// The page, which sends what was chosen to its own address.
    pub(crate) fn show(asked: &Asked) -> Response {
        if let Some(problem) = asked.problem() {
            return reply::with_status(problem, StatusCode::BAD_REQUEST).into_response();
        }
        let choice = |name| format!("<button name=\"username\" value=\"{name}\">{name}</button>");
        let choices: Vec<String> = people::names().map(choice).collect();
        reply::html(PAGE.replace(CHOICES, &choices.join("\n      "))).into_response()
    }

    /// Sends whoever has chosen back with a code.
    pub(crate) fn choose(&self, asked: Asked, chosen: &Chosen) -> Response {
        if let Some(problem) = asked.problem() {
            return reply::with_status(problem, StatusCode::BAD_REQUEST).into_response();
        }
        let Some(username) = people::names().find(|name| *name == chosen.username) else {
            let problem = "nobody has this username";
            return reply::with_status(problem, StatusCode::BAD_REQUEST).into_response();
        };
        let Ok(code) = random_id() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let Ok(way_back) = asked.way_back(&code) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if !self.codes.give(code, username, asked, OffsetDateTime::now_utc()) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        reply::with_header(StatusCode::SEE_OTHER, LOCATION, way_back).into_response()
    }

    /// The tokens for a code (RFC 6749, sections 5.1 and 5.2), which the page may read.
    pub(crate) fn redeem(&self, brought: &Redeemed, origin: Option<&str>) -> Response {
        let (status, body) = self.tokens(brought, origin);
        let answer = reply::with_status(reply::json(&body), status);
        match origin.filter(|origin| is_registered(origin)) {
            Some(origin) => {
                reply::with_header(answer, ACCESS_CONTROL_ALLOW_ORIGIN, origin).into_response()
            }
            None => answer.into_response(),
        }
    }

    fn tokens(&self, brought: &Redeemed, origin: Option<&str>) -> (StatusCode, Value) {
        let now = OffsetDateTime::now_utc();
        let Some(grant) = self.codes.redeem(brought, origin, now) else {
            return (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
        };
        match self.people.tokens(&grant, now) {
            Ok(tokens) => (StatusCode::OK, tokens),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "server_error" })),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Map, from_slice, from_value};

    use super::*;
    use crate::codes::APPLICATION;

    const PAGE: &str = "http://localhost:1/staff/index.html";
    const ORIGIN: Option<&str> = Some("http://localhost:1");
    /// Of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// What the access and ID token say that were asked for with this scope.
    fn said(scope: &str) -> [Map<String, Value>; 2] {
        let sign_in = SignIn::new(People::new("http://127.0.0.1:1").unwrap());
        let asked = json!({
            "client_id": APPLICATION, "redirect_uri": PAGE, "response_type": "code",
            "response_mode": "fragment", "scope": scope, "state": "s", "nonce": "n",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        });
        let brought = json!({
            "grant_type": "authorization_code", "client_id": APPLICATION, "redirect_uri": PAGE,
            "code": "code", "code_verifier": VERIFIER, "scope": scope,
        });
        let (code, now) = ("code".to_owned(), OffsetDateTime::now_utc());
        assert!(sign_in.codes.give(code, "ada@staff.example", from_value(asked).unwrap(), now));
        let (status, tokens) = sign_in.tokens(&from_value(brought).unwrap(), ORIGIN);
        assert_eq!(status, StatusCode::OK, "{tokens}");
        ["access_token", "id_token"].map(|token| {
            let payload = tokens[token].as_str().unwrap().split('.').nth(1).unwrap();
            from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
        })
    }

    #[test]
    fn no_token_says_who_somebody_is_that_was_asked_for_without_profile() {
        let named = ["oid", "preferred_username", "tid"];
        for said in said(&format!("openid profile {APPLICATION}/staff")) {
            assert!(named.iter().all(|name| said.contains_key(*name)), "{said:?}");
        }
        for said in said(&format!("openid {APPLICATION}/staff")) {
            assert!(!named.iter().any(|name| said.contains_key(*name)), "{said:?}");
        }
    }
}
