//! A shop's owner lets a program act for the shop. What it shows and signs with is answered here
//! and never again, but to a repeat of the same request a short time after.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mysql_async::prelude::Queryable;
use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{
    Error, INVALID_BODY, Json, Keyed, Merchant, Recorded, Resource, find_recorded, once,
};
use utoipa::ToSchema;
use values::{
    ApiClientId, BusinessId, DisplayName, GuardedAct, IdempotencyKey, ShopAct, SigningKeyId,
    Timestamp, UserId,
};

use super::read_wallet::require_act;
use super::tell_program_keys::announce;
use crate::domain::{
    AddressRange, ApiCredential, ApiScope, ClientSecret, CredentialKeys, NO_WALLET,
    SigningPublicKey,
};
use crate::{App, store};

/// How long a repeat under the same key is given the secrets again.
const REPEATED_FOR_SECONDS: u32 = 600;

/// What for, and from where.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateApiCredential {
    business_id: BusinessId,
    /// By which its owner knows it.
    name: DisplayName,
    /// What it may do; one at least.
    #[schema(min_items = 1, max_items = 3)]
    scopes: Vec<ApiScope>,
    /// From where it may call: addresses and networks. From everywhere if empty or absent.
    #[serde(default)]
    #[schema(max_items = 20)]
    allowed_addresses: Vec<AddressRange>,
    /// The key of a program that signs with its own, which PayMe's form of the API does not know.
    // In the fingerprint of a key only if there is one, as before there was such a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<SigningPublicKey>,
}

/// All that a program needs, for the one time that it can be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiSecretsBody {
    client_id: ApiClientId,
    /// Asks for tokens.
    #[schema(example = "q83vASNFZ4mrze8BI0VniQ")]
    client_secret: String,
    signing_key_id: SigningKeyId,
    /// Signs requests, in base64; null if the program signs with its own key.
    #[schema(example = "c2lnbmluZyBrZXkgb2YgdGhpcyBkb2N1bWVudCBvbmx5")]
    signing_key: Option<String>,
    expires_at: Timestamp,
}

impl Resource for ApiSecretsBody {
    const LOCATION: &'static str = "/api/v1/api-credentials/{client_id}";
}

pub(crate) async fn create_api_credential(
    app: App,
    owner: Merchant,
    key: IdempotencyKey,
    Json(input): Json<CreateApiCredential>,
) -> Result<Recorded<ApiSecretsBody>, Error> {
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "create_api_credential", &input)?
        .sealing_a_secret()?
        .replayed_for_seconds(REPEATED_FOR_SECONDS);
    // Also of a repeat, which reads the secrets.
    app.tokens.require_level(&owner, GuardedAct::ApiCredential)?;
    ApiCredential::require_shown(owner.level)?;
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let scopes: Vec<ApiScope> =
        ApiScope::ALL.iter().copied().filter(|scope| input.scopes.contains(scope)).collect();
    if scopes.is_empty() || scopes.len() != input.scopes.len() {
        return Err(INVALID_BODY.because("each scope once, and one at least").into());
    }
    if input.allowed_addresses.len() > ApiCredential::ADDRESSES_MAX {
        return Err(INVALID_BODY.because("at most 20 networks are allowed").into());
    }
    let business_id = input.business_id;
    {
        let mut conn = app.database.conn().await?;
        require_act(&mut conn, business_id, owner.user_id, ShopAct::ConnectPrograms).await?;
        // Looked at again behind the lock: so that no refusal costs a call of Key Vault.
        require_room(&mut conn, business_id).await?;
    }

    let secret = ClientSecret::random().map_err(Error::internal)?;
    let keys = CredentialKeys::random().map_err(Error::internal)?;
    let (client_id, created_at) = (ApiClientId::new(), now());
    // Before the transaction: it asks Key Vault.
    let sealed_keys = app.credential_vault.seal(client_id, &keys).await?;
    let key_of_notification = match input.public_key {
        None => Some(app.credential_vault.seal_for_notification(client_id, &keys).await?),
        Some(_) => None,
    };
    let credential = ApiCredential {
        client_id,
        business_id,
        name: input.name,
        scopes,
        allowed_addresses: input.allowed_addresses,
        secret_digest: secret.digest(),
        signing_key_id: SigningKeyId::new(),
        sealed_keys,
        public_key: input.public_key,
        shown_level: owner.level,
        created_at,
        expires_at: created_at.saturating_add(ApiCredential::LIFETIME),
        deactivated_at: None,
        last_used_at: None,
    };
    let client_secret = secret.into_text();
    let signing_key = input.public_key.is_none().then(|| STANDARD.encode(keys.signing));
    let answer = || ApiSecretsBody {
        client_id,
        client_secret: client_secret.clone(),
        signing_key_id: credential.signing_key_id,
        signing_key: signing_key.clone(),
        expires_at: credential.expires_at.into(),
    };
    let made = once(&app.database, &keyed, |tx| {
        insert(&app, tx, owner.user_id, &credential, key_of_notification.clone(), answer())
    })
    .await?;
    app.outbox.nudge();
    Ok(made)
}

async fn require_room(conn: &mut impl Queryable, business_id: BusinessId) -> Result<(), Error> {
    let active = store::api_credentials::count_active(conn, business_id, now()).await?;
    Ok(ApiCredential::require_room(active)?)
}

/// Behind the lock of the shop's account, so that no two pass the limit together, and of a shop
/// that changes hands meanwhile none is left.
async fn insert(
    app: &App,
    mut tx: Tx,
    owner: UserId,
    credential: &ApiCredential,
    key_of_notification: Option<String>,
    answer: ApiSecretsBody,
) -> Result<(Tx, ApiSecretsBody), Error> {
    let business_id = credential.business_id;
    store::ledger::lock_account(&mut tx, business_id.uuid()).await?.ok_or(NO_WALLET)?;
    require_act(&mut tx, business_id, owner, ShopAct::ConnectPrograms).await?;
    require_room(&mut tx, business_id).await?;
    let told_again = key_of_notification
        .as_ref()
        .map(|_| credential.created_at.saturating_add(ApiCredential::TOLD_AGAIN_AFTER));
    store::api_credentials::insert_api_credential(&mut tx, credential, told_again).await?;
    if key_of_notification.is_some() {
        announce(app, &mut tx, credential, key_of_notification).await?;
    }
    Ok((tx, answer))
}
