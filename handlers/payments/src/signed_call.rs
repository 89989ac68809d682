//! Calls of shops' programs by our own API, which signs as RFC 9421 says: who calls, and whether
//! they signed this. Its routes stand in our document and keep our conventions.

use serde_json::json;
use service::database::now;
use service::header::single;
use service::{Answer, Error, Operation, WholeRequest};
use values::{BusinessId, Refusal, SigningKeyId, UserId};
use warp::http::HeaderMap;
use warp::reply::Response;

use crate::domain::{
    ADDRESS_NOT_ALLOWED, ApiCredential, ApiScope, Message, MessageError, MessageKey,
    MessageSignature, SCOPE_MISSING, SIGNATURE_INVALID, SIGNATURE_USED, SigningPublicKey,
    TOO_MANY_CALLS,
};
use crate::program_entry::{self, Entry};
use crate::store::merchant_calls::Counted;
use crate::{App, store};

/// A program that has signed what it asks, and may ask it.
pub(crate) struct Program {
    pub(crate) credential: ApiCredential,
    /// Of the business, when the call was let in.
    pub(crate) owner: UserId,
    /// The host that the program called, with its scheme.
    pub(crate) origin: String,
    counted: Counted,
}

/// An answer, with how often the program may call before it must wait.
pub(crate) struct Metered<A> {
    answer: A,
    counted: Counted,
}

impl Program {
    pub(crate) const fn business_id(&self) -> BusinessId {
        self.credential.business_id
    }

    /// What it is answered.
    pub(crate) const fn answered<A>(&self, answer: A) -> Metered<A> {
        Metered { answer, counted: self.counted }
    }
}

impl<A: Answer> Answer for Metered<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
        for (name, description) in [
            ("RateLimit-Limit", "Calls of one credential in a minute."),
            ("RateLimit-Remaining", "How many of them are left."),
            ("RateLimit-Reset", "Seconds until all are again."),
        ] {
            let schema = json!({"type": "string", "pattern": "^[0-9]+$"});
            let header = json!({"description": description, "required": true, "schema": schema});
            operation.add_answer_header(name, header);
        }
    }

    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        program_entry::add_limits(response.headers_mut(), self.counted);
        response
    }
}

/// Lets in a request that a program has signed and may make.
pub(crate) async fn let_in(
    app: &App,
    request: &WholeRequest,
    scope: ApiScope,
) -> Result<Program, Error> {
    let headers = &request.headers;
    let [input, signature] =
        ["signature-input", "signature"].map(|name| line(headers, name).unwrap_or_default());
    let signature = MessageSignature::read(input, signature).map_err(invalid)?;
    let credential = find_credential(app, &signature.key_id).await?;
    match &credential.public_key {
        Some(SigningPublicKey(key)) => verify(request, &signature, MessageKey::Public(key))?,
        None => {
            let (vault, client_id) = (&app.credential_vault, credential.client_id);
            let keys = vault.open(client_id, &credential.sealed_keys).await?;
            verify(request, &signature, MessageKey::Shared(&keys.signing))?;
        }
    }
    let entered = program_entry::enter(app, &credential, Some(signature.digest())).await?;
    let (counted, owner) = match entered {
        Entry::In(counted, owner) => (counted, owner),
        Entry::Ended => return Err(unknown_key().into()),
        Entry::TooMany(counted) => {
            let seconds = program_entry::seconds_left(counted);
            return Err(TOO_MANY_CALLS.for_seconds(seconds).into());
        }
        Entry::Spent => return Err(SIGNATURE_USED.into()),
    };
    if !program_entry::is_allowed_from(&credential, headers) {
        return Err(ADDRESS_NOT_ALLOWED.into());
    }
    if !credential.scopes.contains(&scope) {
        let detail = format!("the credential lacks the scope `{}`", scope.code());
        return Err(SCOPE_MISSING.because(detail).into());
    }
    Ok(Program { credential, owner, origin: program_entry::origin(headers), counted })
}

/// Refuses what was not signed so.
fn verify(
    request: &WholeRequest,
    signature: &MessageSignature,
    key: MessageKey<'_>,
) -> Result<(), Error> {
    let (scheme, authority) = program_entry::called(&request.headers).unwrap_or_default();
    let message = Message {
        method: request.method.as_str(),
        scheme,
        authority,
        path: &request.path,
        query: &request.query,
        body: request.whole_body()?,
        header: &|name| line(&request.headers, name),
    };
    Ok(signature.verify(key, &message, now()).map_err(invalid)?)
}

fn line<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    single(headers, name).ok().flatten()
}

fn invalid(reason: MessageError) -> Refusal {
    SIGNATURE_INVALID.because(reason)
}

async fn find_credential(app: &App, key_id: &str) -> Result<ApiCredential, Error> {
    let key_id: SigningKeyId = key_id.parse().map_err(|_| unknown_key())?;
    let find = store::api_credentials::find_by_signing_key;
    let found = find(&mut app.database.conn().await?, key_id).await?;
    Ok(found.filter(|credential| credential.is_active(now())).ok_or_else(unknown_key)?)
}

/// Whatever is wrong with a credential, the answer is one.
fn unknown_key() -> Refusal {
    SIGNATURE_INVALID.because("no active credential has this keyid")
}
