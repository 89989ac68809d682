//! Redis: connections that come back by themselves, signed in as the service's own identity.
//!
//! Azure's Redis knows no password: the user's name is the identity's object id, the password a
//! token of it. A connection must sign in again before its token expires, or it is closed.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{Stream, stream};
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::auth::{BasicAuth, StreamingCredentialsProvider};
use redis::{Client, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, RedisResult, Value};
use serde::Deserialize;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};

use crate::{ConfigError, causes, managed_identity};

/// How long one attempt to connect may take, its sign-in included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a command waits for its answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Further attempts to connect within one command; the next command starts over.
const CONNECT_RETRIES: usize = 1;
/// The scope of a token for Redis.
const TOKEN_SCOPE: &str = "https://redis.azure.com/.default";
/// How long the identity may take to give a token.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);
/// How long before it expires a token is replaced.
const TOKEN_MARGIN: Duration = Duration::from_secs(180);
/// The wait before the identity is asked again, after a failure or for a token that hardly lasts.
const TOKEN_PAUSE_MIN: Duration = Duration::from_secs(1);

/// A Redis, and who signs in to it.
pub struct RedisAccount {
    /// `redis://` or `rediss://` URL, without a user.
    pub url: String,
    /// Who signs in.
    pub credential: Arc<dyn TokenCredential>,
}

impl RedisAccount {
    /// A Redis that the user-assigned identity `client_id` may use.
    pub fn of_managed_identity(url: String, client_id: String) -> Result<Self, ConfigError> {
        Ok(Self { url, credential: managed_identity(client_id)? })
    }
}

/// A Redis and its connection. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    connection: Connection,
    sign_ins: SignIns,
}

impl Redis {
    /// Gets a first token in the background, and a new one whenever one is about to expire.
    pub fn start(variable: &'static str, account: RedisAccount) -> Result<Self, ConfigError> {
        let invalid = |_| ConfigError::Invalid(variable, "a redis:// URL is expected");
        let client = Client::open(account.url).map_err(invalid)?;
        let (current, sign_ins) = watch::channel(None);
        let sign_ins = SignIns(sign_ins);
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_number_of_retries(CONNECT_RETRIES)
            .set_credentials_provider(sign_ins.clone());
        let connection = Connection::new(client.clone(), config).map_err(invalid)?;
        tokio::spawn(keep_current(account.credential, current));
        Ok(Self { client, connection, sign_ins })
    }

    /// The one connection that everything shares.
    pub fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// A connection that listens to channels. It cannot sign in again: it lives no longer than the
    /// token that is current now.
    pub async fn listener(&self) -> RedisResult<PubSub> {
        let sign_in = self.sign_ins.clone().current().await?;
        let info = self.client.get_connection_info().clone();
        let settings = info
            .redis_settings()
            .clone()
            .set_username(sign_in.username())
            .set_password(sign_in.password());
        Client::open(info.set_redis_settings(settings))?.get_async_pubsub().await
    }
}

/// A connection that everything may share. Connects at first use, and again when it is lost.
///
/// A manager comes back by itself from a server that is away, but never from one that refused it,
/// as Azure does for some minutes after an access policy was made. So once it was refused, the next
/// command gets a new manager.
#[derive(Clone)]
pub struct Connection(Arc<Shared>);

struct Shared {
    client: Client,
    config: ConnectionManagerConfig,
    /// Numbered, so that of all commands that one refusal fails only one replaces it.
    manager: Mutex<(u64, ConnectionManager)>,
}

impl Connection {
    fn new(client: Client, config: ConnectionManagerConfig) -> RedisResult<Self> {
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
        Ok(Self(Arc::new(Shared { client, config, manager: Mutex::new((0, manager)) })))
    }

    fn manager(&self) -> MutexGuard<'_, (u64, ConnectionManager)> {
        self.0.manager.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the manager of that number if Redis refused it.
    fn judge<T>(&self, number: u64, answer: RedisResult<T>) -> RedisResult<T> {
        answer.inspect_err(|error| {
            let mut manager = self.manager();
            let Shared { client, config, .. } = &*self.0;
            if error.kind() == ErrorKind::AuthenticationFailed
                && manager.0 == number
                && let Ok(new) =
                    ConnectionManager::new_lazy_with_config(client.clone(), config.clone())
            {
                *manager = (number.wrapping_add(1), new);
            }
        })
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let (number, mut manager) = self.manager().clone();
            self.judge(number, manager.req_packed_command(command).await)
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let (number, mut manager) = self.manager().clone();
            self.judge(number, manager.req_packed_commands(pipeline, offset, count).await)
        })
    }

    fn get_db(&self) -> i64 {
        self.manager().1.get_db()
    }
}

/// What a connection signs in with: the newest user and token, `None` until there is a first.
#[derive(Clone)]
struct SignIns(watch::Receiver<Option<BasicAuth>>);

impl SignIns {
    /// Waits for the first token.
    async fn current(&mut self) -> RedisResult<BasicAuth> {
        let known = self.0.wait_for(Option::is_some).await;
        known.ok().and_then(|sign_in| sign_in.clone()).ok_or_else(|| {
            RedisError::from((ErrorKind::AuthenticationFailed, "no token will come any more"))
        })
    }
}

impl StreamingCredentialsProvider for SignIns {
    fn subscribe(&self) -> Pin<Box<dyn Stream<Item = RedisResult<BasicAuth>> + Send + 'static>> {
        let mut sign_ins = self.clone();
        // What is current now is new to this subscriber.
        sign_ins.0.mark_changed();
        Box::pin(stream::unfold(sign_ins, |mut sign_ins| async move {
            sign_ins.0.changed().await.ok()?;
            Some((sign_ins.current().await, sign_ins))
        }))
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error("the identity gives no token for Redis")]
    Identity(#[from] azure_core::Error),
    #[error("the identity gave no token for Redis in {TOKEN_TIMEOUT:?}")]
    Timeout(#[from] Elapsed),
    #[error("the token does not say whose it is")]
    Nameless,
}

/// Replaces the token in time, as long as a connection may need one.
async fn keep_current(
    credential: Arc<dyn TokenCredential>,
    current: watch::Sender<Option<BasicAuth>>,
) {
    loop {
        let pause = match sign_in(&*credential).await {
            Ok((sign_in, expires_at)) => {
                current.send_replace(Some(sign_in));
                let now = OffsetDateTime::now_utc().unix_timestamp();
                let seconds = expires_at.unix_timestamp().saturating_sub(now);
                Duration::from_secs(seconds.try_into().unwrap_or_default())
            }
            Err(error) => {
                tracing::warn!(causes = causes(&error), "cannot sign in to Redis");
                Duration::ZERO
            }
        };
        let pause = pause.saturating_sub(TOKEN_MARGIN).max(TOKEN_PAUSE_MIN);
        tokio::select! {
            () = sleep(pause) => {}
            () = current.closed() => return,
        }
    }
}

async fn sign_in(
    credential: &dyn TokenCredential,
) -> Result<(BasicAuth, OffsetDateTime), TokenError> {
    let token = timeout(TOKEN_TIMEOUT, credential.get_token(&[TOKEN_SCOPE], None)).await??;
    let user = object_id(token.token.secret()).ok_or(TokenError::Nameless)?;
    Ok((BasicAuth::new(user, token.token.secret().to_owned()), token.expires_on))
}

/// Whose token it is. Redis checks the token; here it is only read.
fn object_id(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        oid: String,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    Some(serde_json::from_slice::<Claims>(&claims).ok()?.oid)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use azure_core::credentials::{AccessToken, TokenRequestOptions};
    use redis::{RedisResult, cmd};
    use tokio::net::TcpListener;

    use super::*;

    /// An identity whose every token is for the next user, and all but the last hardly last.
    #[derive(Debug)]
    struct Identity {
        users: [&'static str; 2],
        asked: AtomicU64,
    }

    #[async_trait::async_trait]
    impl TokenCredential for Identity {
        async fn get_token(
            &self,
            scopes: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            assert_eq!(scopes, [TOKEN_SCOPE]);
            let (user, lifetime) = match self.asked.fetch_add(1, Ordering::Relaxed) {
                0 => (self.users[0], TOKEN_MARGIN.saturating_add(TOKEN_PAUSE_MIN)),
                _ => (self.users[1], TOKEN_MARGIN.saturating_mul(10)),
            };
            let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"oid":"{user}"}}"#));
            let lifetime = time::Duration::try_from(lifetime).unwrap();
            let expires_at = OffsetDateTime::now_utc().saturating_add(lifetime);
            Ok(AccessToken::new(format!("e30.{claims}."), expires_at))
        }
    }

    fn account(url: String, users: [&'static str; 2]) -> RedisAccount {
        RedisAccount { url, credential: Arc::new(Identity { users, asked: AtomicU64::new(0) }) }
    }

    /// The address of the tests' Redis, and the user that it lets in.
    fn server() -> (String, &'static str) {
        let url = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL: run `make test`");
        let (user, address) = url.trim_start_matches("redis://").split_once('@').unwrap();
        (format!("redis://{address}"), user.to_owned().leak())
    }

    async fn whoami(connection: &mut Connection) -> RedisResult<(String, u64)> {
        let user = cmd("ACL").arg("WHOAMI").query_async(connection).await?;
        Ok((user, cmd("CLIENT").arg("ID").query_async(connection).await?))
    }

    #[tokio::test]
    async fn a_connection_signs_in_again_before_its_token_expires() {
        let (url, user) = server();
        let next = "another-identity";
        let redis = Redis::start("TEST", account(url, [user, next])).unwrap();
        let mut connection = redis.connection();
        let rights = ["SETUSER", next, "on", "nopass", "~*", "&*", "+@all"];
        cmd("ACL").arg(&rights).exec_async(&mut connection).await.unwrap();
        let first = whoami(&mut connection).await.unwrap();
        assert_eq!(first.0, user);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while whoami(&mut connection).await.unwrap().0 == user {
            assert!(tokio::time::Instant::now() < deadline, "the first token was not replaced");
            sleep(Duration::from_millis(50)).await;
        }
        let second = whoami(&mut connection).await.unwrap();
        assert_eq!(second, (next.to_owned(), first.1), "on the same connection");
    }

    #[tokio::test]
    async fn a_listener_signs_in_with_the_current_token() {
        let (url, user) = server();
        let redis = Redis::start("TEST", account(url, [user, user])).unwrap();
        redis.listener().await.unwrap().subscribe("a-channel").await.unwrap();
    }

    #[tokio::test]
    async fn whoever_redis_does_not_know_is_let_in_nowhere() {
        let (url, _) = server();
        let redis = Redis::start("TEST", account(url, ["stranger", "stranger"])).unwrap();
        assert!(whoami(&mut redis.connection()).await.is_err());
        assert!(redis.listener().await.is_err());
    }

    #[tokio::test]
    async fn whoever_was_refused_is_let_in_once_the_right_was_given() {
        let (url, user) = server();
        let late = "late-identity";
        let admin = Redis::start("TEST", account(url.clone(), [user, user])).unwrap();
        let mut connection = Redis::start("TEST", account(url, [late, late])).unwrap().connection();
        for _ in 0..3 {
            assert!(whoami(&mut connection).await.is_err());
        }
        let rights = ["SETUSER", late, "on", "nopass", "~*", "&*", "+@all"];
        cmd("ACL").arg(&rights).exec_async(&mut admin.connection()).await.unwrap();
        // The refusal that is remembered may be told once more.
        let _refused = whoami(&mut connection).await;
        assert_eq!(whoami(&mut connection).await.unwrap().0, late);
    }

    #[tokio::test]
    async fn what_is_not_tls_at_the_other_end_is_an_error_and_no_panic() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("rediss://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { while listener.accept().await.is_ok() {} });
        let redis = Redis::start("TEST", account(url, ["user", "user"])).unwrap();
        assert!(whoami(&mut redis.connection()).await.is_err());
    }

    #[test]
    fn a_token_says_whose_it_is_or_is_no_token() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"aud":"x","oid":"0f-1"}"#);
        assert_eq!(object_id(&format!("e30.{claims}.sig")), Some("0f-1".to_owned()));
        for token in ["", "opaque", "a.b.c", "e30.e30."] {
            assert_eq!(object_id(token), None, "{token}");
        }
    }
}
