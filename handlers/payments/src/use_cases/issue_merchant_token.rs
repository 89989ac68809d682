//! A program shows its secret and gets a token for an hour. The form is PayMe's, which takes after
//! OAuth 2's client credentials.

use serde::{Deserialize, Serialize};
use service::WholeRequest;
use service::database::now;
use time::OffsetDateTime;
use values::ApiClientId;
use warp::http::StatusCode;
use warp::reply::Response;

use crate::domain::MerchantToken;
use crate::merchant_call::{
    Complaint, MerchantAnswer, body_of, enter, into_response, require_address,
};
use crate::store::merchant_calls::Counted;
use crate::{App, store};

/// The form's fields; others, like `grant_type`, say nothing that is not said.
#[derive(Deserialize)]
struct Form {
    client_id: String,
    client_secret: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    access_token: String,
    token_type: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    expires_on: OffsetDateTime,
}

pub(crate) async fn issue_merchant_token(app: App, request: WholeRequest) -> Response {
    match issue(&app, &request).await {
        Ok((counted, token)) => {
            into_response(MerchantAnswer::new(StatusCode::OK, &token), Some(counted))
        }
        Err(complaint) => into_response(Err(complaint), None),
    }
}

/// Whatever is wrong with a credential, the answer is one.
async fn issue(app: &App, request: &WholeRequest) -> Result<(Counted, Token), Complaint> {
    let form: Form = serde_urlencoded::from_bytes(body_of(request)?).map_err(|_| {
        Complaint::malformed("A form with client_id and client_secret is expected.")
    })?;
    let unknown = || Complaint::unproved("The client_id or client_secret is not good.");
    let client_id: ApiClientId = form.client_id.parse().map_err(|_| unknown())?;
    let find = store::api_credentials::find_api_credential;
    let credential = find(&mut app.database.conn().await?, client_id).await?.ok_or_else(unknown)?;
    if !credential.has_secret(&form.client_secret) || !credential.is_active(now()) {
        return Err(unknown());
    }
    let (counted, _owner) = enter(app, &credential, None).await?;
    require_address(&credential, &request.headers)?;
    let keys = app.credential_vault.open(client_id, &credential.sealed_keys).await?;
    let token = MerchantToken::issue(client_id, &keys, now());
    let token =
        Token { access_token: token.text(), token_type: "Bearer", expires_on: token.expires_at };
    Ok((counted, token))
}
