//! `up exec-with-stores`: a MariaDB, a Redis, a key vault and a Cosmos DB for the duration of one
//! command, and an Azurite if the command turns to it.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;

use mysql_async::prelude::Queryable;
use tokio::process::Command;

use crate::data::Data;
use crate::error::Error;
use crate::mariadb::{self, Role};
use crate::on_demand::{self, OnDemand};
use crate::supervisor::Supervisor;
use crate::{azurite, cosmos, key_vault, ports, programs, redis, stop_signal, tls};

/// Runs at the same time each use stores of their own; this many at most.
const STORES_MAX: usize = 8;
const MYSQL_URL: &str = "TEST_MYSQL_URL";
const REDIS_URL: &str = "TEST_REDIS_URL";
const BLOB_URL: &str = "TEST_BLOB_URL";
const QUEUE_URL: &str = "TEST_QUEUE_URL";
const VAULT_URL: &str = "TEST_VAULT_URL";
const COSMOS_URL: &str = "TEST_COSMOS_URL";
/// What a token for vault and Cosmos DB is signed with, as the variable and both are told.
const IDENTITY_SECRET: (&str, &str) = ("TEST_IDENTITY_SECRET", "of-the-tests");

/// Runs `command` with stores it may use, and answers its exit status. A `Primary` keeps what was
/// committed as one in production does; that costs time, which only measurements need to spend.
///
/// # Errors
/// A store that does not start, or a command that cannot be run.
pub(crate) async fn exec(role: Role, command: &[OsString]) -> Result<ExitCode, Error> {
    let stores = [MYSQL_URL, REDIS_URL, BLOB_URL, QUEUE_URL];
    if stores.iter().all(|store| env::var_os(store).is_some()) {
        return run(command, &[]).await;
    }
    programs::installed("setpriv")?;
    let data = Arc::new(free_data()?);
    let supervisor = Supervisor::new(Arc::clone(&data));
    let outcome = tokio::select! {
        outcome = with_stores(&data, &supervisor, role, command) => outcome,
        signal = stop_signal() => signal.map(ExitCode::from),
    };
    supervisor.stop_all().await;
    outcome
}

async fn with_stores(
    data: &Data,
    supervisor: &Supervisor,
    role: Role,
    command: &[OsString],
) -> Result<ExitCode, Error> {
    let (mysql_port, redis_port) = (ports::any_free()?, ports::any_free()?);
    let mariadb = data.path("mariadb");
    supervisor.start(mariadb::part("mariadb", role, &mariadb, mysql_port).await?).await?;
    let redis = data.folder("redis")?;
    supervisor.start(redis::part("redis", &redis, redis_port, false)?).await?;
    drop_databases(mysql_port, role).await?;
    let tls = tls::folder(data).await?;
    let azurite = data.folder("azurite")?;
    let (blob_port, queue_port) = (ports::any_free()?, ports::any_free()?);
    let part = azurite::part(&tls, &azurite, blob_port, queue_port, false)?;
    let blob = OnDemand::listen(blob_port).await?;
    let queue = OnDemand::listen(queue_port).await?;
    let mut environment = vec![
        (MYSQL_URL, mariadb::admin_url(mysql_port)),
        (REDIS_URL, redis::url(redis_port)),
        (BLOB_URL, azurite::url(blob.port)),
        (QUEUE_URL, azurite::url(queue.port)),
        (tls::TRUST_VARIABLE, tls::trust(&tls).display().to_string()),
        (IDENTITY_SECRET.0, IDENTITY_SECRET.1.to_owned()),
    ];
    let (vault, vault_port) = (data.folder("key-vault")?, ports::any_free()?);
    match key_vault::part(&tls, &vault, vault_port, IDENTITY_SECRET.1, &[]) {
        Ok(part) => {
            supervisor.start(part).await?;
            environment.push((VAULT_URL, key_vault::url(vault_port)));
        }
        // Who built only this program has no test that needs one.
        Err(Error::NotBuilt(_)) => {}
        Err(error) => return Err(error),
    }
    let cosmos_port = ports::any_free()?;
    // Nothing of it is kept: a test finds what it wrote itself.
    match cosmos::part(&tls, None, cosmos_port, IDENTITY_SECRET.1) {
        Ok(part) => {
            supervisor.start(part).await?;
            environment.push((COSMOS_URL, cosmos::url(cosmos_port)));
        }
        Err(Error::NotBuilt(_)) => {}
        Err(error) => return Err(error),
    }
    tokio::select! {
        outcome = run(command, &environment) => outcome,
        error = on_demand::serve(supervisor, part, [blob, queue]) => Err(error),
    }
}

async fn run(command: &[OsString], env: &[(&str, String)]) -> Result<ExitCode, Error> {
    let (program, args) = command
        .split_first()
        .ok_or_else(|| Error::Usage("exec-with-stores needs a command".to_owned()))?;
    let status = Command::new(program)
        .args(args)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .kill_on_drop(true)
        .status()
        .await
        .map_err(Error::io(format!("cannot run {}", program.display())))?;
    Ok(ExitCode::from(exit_code(status)))
}

/// As shells do: the command's own code, or 128 plus the signal that ended it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| signal.saturating_add(128)));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// The first data folder that no other run holds.
fn free_data() -> Result<Data, Error> {
    let stores = Path::new(programs::CHECKOUT).join(".local/test-stores");
    let mut outcome = Data::lock(&stores.join("1"));
    for number in 2..=STORES_MAX {
        if !matches!(outcome, Err(Error::AlreadyRunning { .. })) {
            break;
        }
        outcome = Data::lock(&stores.join(number.to_string()));
    }
    outcome
}

/// Earlier runs leave databases behind when they are interrupted.
async fn drop_databases(port: u16, role: Role) -> Result<(), Error> {
    let failed = || "cannot drop the databases of earlier tests";
    let mut admin = mariadb::admin(port).await?;
    let names: Vec<String> = admin
        .query(
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN \
             ('mysql', 'sys', 'information_schema', 'performance_schema')",
        )
        .await
        .map_err(Error::sql(failed()))?;
    for name in names {
        let drop = format!("DROP DATABASE `{}`", name.replace('`', "``"));
        admin.query_drop(drop).await.map_err(Error::sql(failed()))?;
    }
    if role == Role::Primary {
        // Its binary log, which would grow with each run.
        admin.query_drop("RESET MASTER").await.map_err(Error::sql(failed()))?;
    }
    admin.disconnect().await.map_err(Error::sql(failed()))
}
