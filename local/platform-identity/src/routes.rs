//! `GET /msi/token`: the App Service managed-identity protocol, version 2019-08-01. And of Entra
//! ID's v2.0 endpoints, in the local tenant: `…/oauth2/v2.0/authorize`, a page and its form,
//! `POST …/oauth2/v2.0/token` and `GET …/discovery/v2.0/keys`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use warp::http::StatusCode;
use warp::reply::{Json, WithStatus};
use warp::{Filter, Rejection, Reply, reply};

use crate::people::People;
use crate::sign_in::SignIn;
use crate::token::{self, TENANT};

const API_VERSION: &str = "2019-08-01";
/// The system-assigned identity, for callers that name none.
const SYSTEM_CLIENT_ID: &str = "5f1d3c52-7d0e-4b7a-9a65-2f0f3a5f6b10";

/// The parameters a token request may have; which are required is decided in `answer`.
#[derive(Debug, Deserialize)]
struct TokenQuery {
    #[serde(rename = "api-version")]
    api_version: Option<String>,
    resource: Option<String>,
    client_id: Option<String>,
}

/// All routes; `secret` is what the header `x-identity-header` must hold.
pub(crate) fn all(
    secret: String,
    people: People,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let app_token = warp::path!("msi" / "token")
        .and(warp::get())
        .and(warp::header::optional("x-identity-header"))
        .and(warp::query())
        .map(move |header: Option<String>, query| answer(&secret, header.as_deref(), query));
    app_token.or(tenant(Arc::new(SignIn::new(people))))
}

/// Of the local tenant.
fn tenant(sign_in: Arc<SignIn>) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let with = warp::any().map(move || Arc::clone(&sign_in));
    let keys = warp::path!("discovery" / "v2.0" / "keys")
        .and(warp::get())
        .and(with.clone())
        .map(|sign_in: Arc<SignIn>| reply::json(&sign_in.people.keys()));
    let authorize = warp::path!("oauth2" / "v2.0" / "authorize").and(warp::query());
    let page = authorize.and(warp::get()).map(|asked| SignIn::show(&asked));
    let chosen = authorize
        .and(warp::post())
        .and(warp::body::form())
        .and(with.clone())
        .map(|asked, chosen, sign_in: Arc<SignIn>| sign_in.choose(asked, &chosen));
    let token = warp::path!("oauth2" / "v2.0" / "token")
        .and(warp::post())
        .and(warp::body::form())
        .and(warp::header::optional("origin"))
        .and(with)
        .map(|brought, origin: Option<String>, sign_in: Arc<SignIn>| {
            sign_in.redeem(&brought, origin.as_deref())
        });
    warp::path(TENANT).and(keys.or(page).or(chosen).or(token))
}

fn answer(secret: &str, header: Option<&str>, query: TokenQuery) -> WithStatus<Json> {
    // The header is what keeps a server-side request forgery from getting tokens, so it comes
    // first.
    if header != Some(secret) {
        return refusal(StatusCode::UNAUTHORIZED, "x-identity-header is missing or wrong");
    }
    if query.api_version.as_deref() != Some(API_VERSION) {
        return refusal(StatusCode::BAD_REQUEST, "api-version must be 2019-08-01");
    }
    let Some(resource) = query.resource.filter(|resource| !resource.is_empty()) else {
        return refusal(StatusCode::BAD_REQUEST, "resource is missing");
    };
    let client_id = query.client_id.as_deref().unwrap_or(SYSTEM_CLIENT_ID);
    let now = OffsetDateTime::now_utc();
    let Ok(access_token) = token::issue(secret, &resource, client_id, now) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "the token cannot be signed");
    };
    let body = json!({
        "access_token": access_token,
        "client_id": client_id,
        "expires_on": token::expiry(now).to_string(),
        "not_before": now.unix_timestamp().to_string(),
        "resource": resource,
        "token_type": "Bearer",
    });
    reply::with_status(reply::json(&body), StatusCode::OK)
}

fn refusal(status: StatusCode, message: &str) -> WithStatus<Json> {
    let body = json!({ "statusCode": status.as_u16(), "message": message });
    reply::with_status(reply::json(&body), status)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn status(path: &str, header: Option<&str>) -> u16 {
        let request = warp::test::request().path(path);
        let request = match header {
            Some(header) => request.header("x-identity-header", header),
            None => request,
        };
        let people = People::new("http://127.0.0.1:9").unwrap();
        request.reply(&all("secret".to_owned(), people)).await.status().as_u16()
    }

    #[tokio::test]
    async fn a_request_without_the_apps_secret_is_refused() {
        let path = "/msi/token?api-version=2019-08-01&resource=https://storage.azure.com";
        assert_eq!(status(path, None).await, 401);
        assert_eq!(status(path, Some("guess")).await, 401);
        assert_eq!(status(path, Some("secret")).await, 200);
    }

    #[tokio::test]
    async fn a_request_without_resource_or_with_another_version_is_refused() {
        assert_eq!(status("/msi/token?api-version=2019-08-01", Some("secret")).await, 400);
        let old = "/msi/token?api-version=2017-09-01&resource=https://storage.azure.com";
        assert_eq!(status(old, Some("secret")).await, 400);
    }
}
