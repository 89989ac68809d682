//! Microsoft Entra ID as the one who says who is staff, where that is configured: an access token
//! of its v2.0 endpoint, for the application that stands for us in one tenant, of a person.
//!
//! Such a token is exchanged for one of ours (`use_cases/log_in_staff_by_entra_id.rs`), so services
//! know one issuer, and a login of staff ends as any other does.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};
use service::{ConfigError, Error, TokenRules, key_id};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{Operator, Refusal, StaffRole};

use crate::domain::{ENTRA_STRENGTH_MISSING, ENTRA_TOKEN_INVALID, EntraPerson, distinct_roles};
use crate::entra_keys::{EntraKeys, is_safe};

/// The setting's value where staff log in by passkey.
const OFF: &str = "off";
/// The scope that a page asks for a person; a program's own token has none.
const SCOPE: &str = "staff";
const VERSION: &str = "2.0";
/// How the client that got the token showed who it is (`azpacr`): not at all. The page can keep no
/// secret, so what has one is another program.
const PUBLIC_CLIENT: &str = "0";
/// Entra ID has one type for all: its tokens are told apart by audience and scope.
const TOKEN_TYPE: &str = "JWT";
/// How long after a person has logged in at Entra ID their token lets them in here.
const AGE_MAX_SECONDS: i64 = 300;
/// By how much Entra ID dates tokens back (`iat`, `nbf`), for clocks that are behind.
const DATED_BACK_SECONDS: i64 = 300;
/// The longest id of a token that is kept; Entra ID's have 22 characters.
const TOKEN_ID_LENGTH_MAX: usize = 64;

/// How many authentication contexts a tenant has at most: `c1` and so on.
const CONTEXTS: u8 = 99;

/// Whose staff it is: the value of `AUTH_ENTRA_ID`.
#[derive(Clone)]
pub struct EntraTenant {
    /// `https://login.microsoftonline.com/<tenant id>/v2.0`
    pub issuer: String,
    /// The id of the application that stands for us in the tenant.
    pub application: String,
    /// The authentication context (`acrs`, such as `c1`) for which the tenant's policy is to ask a
    /// passkey: Entra ID is to be no weaker a way in than ours. A token shows it too where no
    /// policy asks for anything, which nothing here can tell.
    pub context: String,
}

impl EntraTenant {
    /// The three, separated by commas; `None` of `off`.
    pub fn parse(setting: &str) -> Result<Option<Self>, ConfigError> {
        if setting == OFF {
            return Ok(None);
        }
        let expected =
            "`off`, or `https://…/TENANT/v2.0,APPLICATION,c1`: two lower-case UUIDs, c1 to c99";
        let invalid = ConfigError::Invalid("AUTH_ENTRA_ID", expected);
        let parts: Vec<&str> = setting.split(',').collect();
        let [issuer, application, context] = *parts else { return Err(invalid) };
        let tenant = issuer.strip_suffix("/v2.0").and_then(|url| url.rsplit_once('/'));
        let is_issuer = tenant.is_some_and(|(_, tenant)| is_id(tenant))
            && issuer.bytes().all(|byte| byte.is_ascii_graphic())
            && is_safe(issuer);
        let is_context = (1..=CONTEXTS).any(|number| context == format!("c{number}"));
        if !is_issuer || !is_id(application) || !is_context {
            return Err(invalid);
        }
        let [issuer, application, context] = [issuer, application, context].map(str::to_owned);
        Ok(Some(Self { issuer, application, context }))
    }

    /// Where Entra ID publishes the keys of this issuer.
    fn keys_url(&self) -> String {
        self.endpoint("discovery/v2.0/keys")
    }

    fn endpoint(&self, path: &str) -> String {
        let tenant = self.issuer.trim_end_matches("/v2.0");
        format!("{tenant}/{path}")
    }

    /// What a page needs to ask it for a token that lets in here.
    pub(crate) fn log_in(&self) -> EntraLogIn {
        EntraLogIn {
            issuer: self.issuer.clone(),
            authorization_url: self.endpoint("oauth2/v2.0/authorize"),
            token_url: self.endpoint("oauth2/v2.0/token"),
            application: self.application.clone(),
            // Named by its id: no other name is taken where an application asks for itself.
            application_scope: format!("{}/{SCOPE}", self.application),
            context: self.context.clone(),
        }
    }
}

/// Whether it is a UUID as Entra ID writes them in tokens: another spelling would match none.
fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}

/// How staff log in at a tenant of Entra ID: by the authorization code flow with PKCE, as a public
/// client.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntraLogIn {
    /// Whose tokens they are: the `iss` of each.
    #[schema(format = "uri")]
    issuer: String,
    #[schema(format = "uri")]
    authorization_url: String,
    #[schema(format = "uri")]
    token_url: String,
    /// The id of the application that stands for us in the tenant: the request's `client_id`.
    application: String,
    /// The scope to be asked for, beside `openid`, which brings a token that shows the nonce, and
    /// `profile`, without which no token says who somebody is.
    application_scope: String,
    /// The authentication context (`acrs`) to be asked for in the request's `claims`.
    #[schema(example = "c1")]
    context: String,
}

/// What is read of a token.
#[derive(Deserialize)]
struct Claims {
    ver: String,
    /// The application that got the token; `aud` is the one that it is for.
    azp: String,
    azpacr: String,
    /// Seconds since the epoch.
    iat: i64,
    /// When the person showed who they are, since the epoch: a new token may rest on an old log-in.
    auth_time: i64,
    oid: Uuid,
    uti: String,
    preferred_username: Operator,
    /// Separated by spaces.
    scp: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    acrs: Vec<String>,
}

/// Checks tokens of one tenant.
pub(crate) struct EntraId {
    tenant: EntraTenant,
    keys: Arc<EntraKeys>,
}

impl EntraId {
    pub(crate) fn new(tenant: EntraTenant) -> Result<Self, ConfigError> {
        let keys = EntraKeys::new(tenant.keys_url())
            .map_err(|_| ConfigError::Invalid("AUTH_ENTRA_ID", "no HTTP client can be made"))?;
        Ok(Self { tenant, keys: Arc::new(keys) })
    }

    pub(crate) fn log_in(&self) -> EntraLogIn {
        self.tenant.log_in()
    }

    /// Whom this token lets in now.
    pub(crate) async fn check(&self, token: &str) -> Result<EntraPerson, Error> {
        let kid = key_id(token).ok_or(ENTRA_TOKEN_INVALID)?;
        let key = self.keys.key(&kid).await?.ok_or(ENTRA_TOKEN_INVALID)?;
        let rules = TokenRules {
            algorithm: Algorithm::RS256,
            token_types: &[TOKEN_TYPE],
            issuer: &self.tenant.issuer,
            audience: &self.tenant.application,
        };
        let claims = rules.claims(token, &key).ok_or(ENTRA_TOKEN_INVALID)?;
        let claims = Claims::deserialize(claims).map_err(|_| ENTRA_TOKEN_INVALID)?;
        Ok(self.person(claims)?)
    }

    fn person(&self, claims: Claims) -> Result<EntraPerson, Refusal> {
        let is_of_our_page =
            claims.azp == self.tenant.application && claims.azpacr == PUBLIC_CLIENT;
        let is_of_a_person = claims.scp.split(' ').any(|scope| scope == SCOPE);
        let is_id = (1..=TOKEN_ID_LENGTH_MAX).contains(&claims.uti.len());
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let is_new = now.saturating_sub(claims.auth_time) <= AGE_MAX_SECONDS
            && now.saturating_sub(claims.iat) <= AGE_MAX_SECONDS.saturating_add(DATED_BACK_SECONDS);
        if claims.ver != VERSION || !is_new || !is_of_our_page || !is_of_a_person || !is_id {
            return Err(ENTRA_TOKEN_INVALID);
        }
        if !claims.acrs.contains(&self.tenant.context) {
            return Err(ENTRA_STRENGTH_MISSING);
        }
        let roles: Vec<StaffRole> =
            claims.roles.iter().filter_map(|role| StaffRole::from_code(role)).collect();
        Ok(EntraPerson {
            object_id: claims.oid,
            name: claims.preferred_username,
            roles: distinct_roles(&roles),
            token_id: claims.uti,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_off_or_names_issuer_application_and_context() {
        let issuer = "https://login.microsoftonline.com/9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01/v2.0";
        assert!(EntraTenant::parse("off").unwrap().is_none());
        let app = "c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05";
        for context in ["c1", "c99"] {
            let tenant = EntraTenant::parse(&format!("{issuer},{app},{context}")).unwrap().unwrap();
            assert_eq!((&*tenant.application, &*tenant.context), (app, context));
            let keys = tenant.keys_url();
            assert_eq!(keys, issuer.replace("/v2.0", "/discovery/v2.0/keys"));
        }
        for wrong in [
            "",
            "on",
            issuer,
            &format!("{issuer},{app}"),
            &format!("{issuer},{app},"),
            &format!("{issuer},,c1"),
            &format!("{issuer},app,c1"),
            &format!("{issuer},{},c1", app.to_uppercase()),
            &format!("{issuer},{},c1", app.replace('-', "")),
            &format!("{issuer},{app},c1,c2"),
            &format!("{issuer},{app},c0"),
            &format!("{issuer},{app},c01"),
            &format!("{issuer},{app},c100"),
            &format!("{issuer},{app},1"),
            &format!("{issuer}, {app},c1"),
            &format!("{issuer},{app},c1 "),
            &format!(" {issuer},{app},c1"),
            &format!("{},{app},c1", issuer.replace("https:", "http:")),
            &format!("{},{app},c1", issuer.replace("/v2.0", "")),
            &format!("https://login.microsoftonline.com/common/v2.0,{app},c1"),
            &format!("https://sts.windows.net/9b0a6c1e,{app},c1"),
        ] {
            assert!(EntraTenant::parse(wrong).is_err(), "{wrong}");
        }
    }
}
