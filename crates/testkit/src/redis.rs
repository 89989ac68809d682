//! The Redis of the tests, and an identity that it lets in.

use std::sync::Arc;

use service::redis::RedisAccount;

use crate::database::variable;
use crate::identity::Identity;

/// The Redis of the tests; use keys that no other test uses.
pub fn redis_account() -> RedisAccount {
    redis_account_at(format!("redis://{}", redis_address()))
}

/// The same identity at another address.
pub fn redis_account_at(url: String) -> RedisAccount {
    let user = user_and_address().0;
    RedisAccount { url, credential: Arc::new(Identity { object_id: user }) }
}

/// `host:port` of the tests' Redis.
pub fn redis_address() -> String {
    user_and_address().1
}

fn user_and_address() -> (String, String) {
    let url = variable("TEST_REDIS_URL");
    let place = url.trim_start_matches("redis://").split_once('@');
    let (user, address) = place.expect("TEST_REDIS_URL is redis://<user>@<host>:<port>");
    (user.to_owned(), address.to_owned())
}
