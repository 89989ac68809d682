//! The policy of step-up that holds, as this instance knows it and tells it all other services.

use service::database::Database;
use service::{TokenVerifier, causes};

use crate::store;

/// Looks which policy holds. If that cannot be seen, the one that was known goes on.
pub(crate) async fn look(database: &Database, tokens: &TokenVerifier) {
    let found = async {
        let mut conn = database.conn().await?;
        store::step_up_policies::find_step_up_policy(&mut conn).await
    };
    match found.await {
        Ok(policy) => policy.into_iter().for_each(|policy| tokens.learn_policy(policy)),
        Err(error) => tracing::error!(causes = causes(&error), "cannot look for a policy"),
    }
}
