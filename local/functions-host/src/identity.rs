//! The managed identity endpoint of the host's own clients, which read event hubs, queues and Key
//! Vault for the apps.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{env, io};

use crate::app::{App, Check};
use crate::function_error::FunctionError;
use crate::function_json::Function;
use crate::settings::Settings;

const VARIABLES: [&str; 2] = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"];

/// Gives the process the identity endpoint of the first app that has one, when it has none itself.
/// The Azure credential reads nothing but the environment, and that can safely be changed only by
/// starting the same program again; on success this does not return.
pub(crate) fn adopt_endpoint<'a>(mut apps: impl Iterator<Item = &'a Settings>) -> io::Result<()> {
    let Some(values) = apps.find_map(|settings| {
        let [endpoint, header] = VARIABLES.map(|name| settings.get(name).map(|it| (name, it)));
        Some([endpoint?, header?])
    }) else {
        return Ok(());
    };
    if VARIABLES.iter().any(|name| env::var_os(name).is_some()) {
        return Ok(());
    }
    let mut again = Command::new(env::current_exe()?);
    Err(again.args(env::args_os().skip(1)).envs(values).exec())
}

/// Refuses a function that needs it if its app names another endpoint than the process has.
pub(crate) fn check_endpoint(app: &App, function: &Function) -> Check {
    let same = |name: &&str| match (env::var(name), app.settings.get(name)) {
        (Ok(ours), Some(theirs)) => ours == theirs,
        (Ok(_), None) => true,
        (Err(_), _) => false,
    };
    if function.needs_identity() && !VARIABLES.iter().all(same) {
        return Err(FunctionError::IdentityEndpoint);
    }
    Ok(())
}
