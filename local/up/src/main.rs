//! `up`: packages the function apps, and starts and supervises all they need on one machine.
//!
//! Reading order: `platform` (what `up run` starts, in order), `requirements` (what it asks for
//! first), `supervisor` and `part` (how processes are kept running), then one module per kind of
//! part. `apps`, `test_stores`, `status` and `logs` hold the other commands, `status_page` is a
//! page.
#![expect(clippy::print_stdout, reason = "the person at the terminal is told what happens")]

mod apps;
mod azurite;
mod cosmos;
mod data;
mod docs;
mod error;
mod flags;
mod health;
mod key_vault;
mod log_line;
mod logs;
mod mariadb;
mod on_demand;
mod part;
mod platform;
mod ports;
mod processes;
mod programs;
mod redis;
mod replication;
mod requirements;
mod schemas;
mod settings;
mod status;
mod status_page;
mod supervisor;
mod test_stores;
mod tls;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;
use crate::flags::Flags;
use crate::mariadb::Role;

const USAGE: &str = "usage:
  up package --out FOLDER [--profile dev|release]
  up run --data FOLDER --apps FOLDER [--port-base 27]
  up status --data FOLDER
  up logs --data FOLDER [--part NAME] [--level error|warn|info] [--trace ID]
  up exec-with-stores [--durable] -- COMMAND [ARGUMENT…]";

fn main() -> ExitCode {
    // One thread: parts are told to die with the thread that started them, which must be the last
    // to end.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Error::io("cannot start")(error)),
    };
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    runtime.block_on(command(&args)).unwrap_or_else(|error| fail(&error))
}

fn fail(error: &Error) -> ExitCode {
    eprintln!("up: {error}");
    ExitCode::FAILURE
}

async fn command(args: &[OsString]) -> Result<ExitCode, Error> {
    let (name, args) = args.split_first().ok_or_else(|| Error::Usage("which command?".into()))?;
    match (name.to_str(), args) {
        (Some("package"), args) => package(&Flags::parse(args, &["--out", "--profile"])?),
        (Some("run"), args) => {
            platform::run(&Flags::parse(args, &["--data", "--apps", "--port-base"])?).await
        }
        (Some("status"), args) => {
            let flags = Flags::parse(args, &["--data"])?;
            status::print(&flags.path("--data")?).await.map(|()| ExitCode::SUCCESS)
        }
        (Some("logs"), args) => {
            let flags = Flags::parse(args, &["--data", "--part", "--level", "--trace"])?;
            logs::print(&flags).await.map(|()| ExitCode::SUCCESS)
        }
        (Some("help" | "--help" | "-h"), []) => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        (Some("exec-with-stores"), [dashes, command @ ..]) if dashes == "--" => {
            test_stores::exec(Role::Tests, command).await
        }
        (Some("exec-with-stores"), [durable, dashes, command @ ..])
            if durable == "--durable" && dashes == "--" =>
        {
            test_stores::exec(Role::Primary, command).await
        }
        _ => Err(Error::Usage(format!("no such command: {}", name.display()))),
    }
}

fn package(flags: &Flags) -> Result<ExitCode, Error> {
    let out = flags.path("--out")?;
    let services = apps::package(&out, &programs::built(flags.text_or("--profile", "dev"))?)?;
    println!("packaged in {}: {}", out.display(), services.join(", "));
    Ok(ExitCode::SUCCESS)
}

/// Returns when the process is asked to end, with the exit code that shells give such an end.
async fn stop_signal() -> Result<u8, Error> {
    let listen = |kind| signal(kind).map_err(Error::io("cannot listen for signals"));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = interrupt.recv() => 130,
        _ = terminate.recv() => 143,
        _ = hang_up.recv() => 129,
    })
}
