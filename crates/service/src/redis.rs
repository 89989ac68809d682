//! Redis: one shared connection per service, which comes back by itself.

use std::time::Duration;

use redis::Client;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use crate::ConfigError;

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a command waits for its answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Repeats within one command's wait for a connection; the next command tries anew.
const CONNECT_RETRIES: usize = 1;

/// A connection to the server that `url` names. Connects at first use.
pub fn connect(variable: &'static str, url: &str) -> Result<ConnectionManager, ConfigError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT))
        .set_number_of_retries(CONNECT_RETRIES);
    Client::open(url)
        .and_then(|client| ConnectionManager::new_lazy_with_config(client, config))
        .map_err(|_| ConfigError::Invalid(variable, "a redis:// URL is expected"))
}
