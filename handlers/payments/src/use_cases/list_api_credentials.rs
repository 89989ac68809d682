//! The credentials of a shop's programs, as its owner sees them, and reading or ending one.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, Id, Json, List, Merchant, Page};
use utoipa::{IntoParams, ToSchema};
use values::{ApiClientId, BusinessId, DisplayName, ShopAct, SigningKeyId, Timestamp};

use super::end_api_credentials::end;
use super::read_wallet::require_act;
use crate::domain::{
    AddressRange, ApiCredential, ApiCredentialStatus, ApiScope, NO_API_CREDENTIAL, SigningAlgorithm,
};
use crate::{App, store};

/// Whose programs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListApiCredentials {
    business_id: BusinessId,
}

/// A credential, without its secrets.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiCredentialBody {
    client_id: ApiClientId,
    signing_key_id: SigningKeyId,
    business_id: BusinessId,
    name: DisplayName,
    scopes: Vec<ApiScope>,
    /// From where it may be used; from everywhere if empty.
    allowed_addresses: Vec<AddressRange>,
    signing_algorithm: SigningAlgorithm,
    status: ApiCredentialStatus,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// Null if it was never used.
    last_used_at: Option<Timestamp>,
}

impl ApiCredentialBody {
    fn of(credential: ApiCredential) -> Self {
        Self {
            client_id: credential.client_id,
            signing_key_id: credential.signing_key_id,
            business_id: credential.business_id,
            signing_algorithm: credential.signing_algorithm(),
            status: credential.status_at(now()),
            name: credential.name,
            scopes: credential.scopes,
            allowed_addresses: credential.allowed_addresses,
            created_at: credential.created_at.into(),
            expires_at: credential.expires_at.into(),
            last_used_at: credential.last_used_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn list_api_credentials(
    app: App,
    owner: Merchant,
    list: List<ListApiCredentials>,
) -> Result<Json<Page<ApiCredentialBody>>, Error> {
    let (mut conn, business_id) = (app.database.conn().await?, list.filter.business_id);
    require_act(&mut conn, business_id, owner.user_id, ShopAct::ConnectPrograms).await?;
    let paging = list.of(business_id)?;
    let list = store::api_credentials::list_api_credentials;
    let rows = list(&mut conn, business_id, &paging).await?;
    let place = |credential: &ApiCredential| credential.client_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, ApiCredentialBody::of)))
}

pub(crate) async fn read_api_credential(
    app: App,
    Id(client_id): Id<ApiClientId>,
    owner: Merchant,
) -> Result<Json<ApiCredentialBody>, Error> {
    let find = store::api_credentials::find_api_credential_of;
    let found = find(&mut app.database.conn().await?, client_id, owner.user_id).await?;
    Ok(Json(ApiCredentialBody::of(found.ok_or(NO_API_CREDENTIAL)?)))
}

/// At once and for good: its tokens are good no more. Twice is the same as once.
pub(crate) async fn deactivate_api_credential(
    app: App,
    Id(client_id): Id<ApiClientId>,
    owner: Merchant,
) -> Result<Json<ApiCredentialBody>, Error> {
    let find = store::api_credentials::find_api_credential_of;
    let mut tx = app.database.begin().await?;
    find(&mut tx, client_id, owner.user_id).await?.ok_or(NO_API_CREDENTIAL)?;
    end(&app, &mut tx, client_id).await?;
    let ended = find(&mut tx, client_id, owner.user_id).await?;
    app.outbox.commit(tx).await?;
    Ok(Json(ApiCredentialBody::of(ended.ok_or(NO_API_CREDENTIAL)?)))
}
