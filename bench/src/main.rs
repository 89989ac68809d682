//! `bench [CASE…]`: what the services carry, measured on this machine. Judge its figures against
//! each other: they come from one run, on one server, with the load beside it.
//!
//! Reading order: `cases` (what is measured; add those of another service there), `platform` (the
//! programs of a case) with `process`, `database` and `town` (what a case begins with), `payers`
//! (who pays, signed beforehand), `load` with `http` (the clients), `told` (until both sides are
//! told), `no_work` (a handler without work), `report` (the table, the ratios, the file), `local`
//! (what the local platform costs: `bench local`).
#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

mod cases;
mod database;
mod http;
mod load;
mod local;
mod no_work;
mod payers;
mod platform;
mod process;
mod report;
mod told;
mod town;

use std::env;
use std::error::Error;
use std::process::ExitCode;

/// Asks for what the local platform costs, and for nothing else.
const LOCAL: &str = "local";

/// Whatever fails ends the bench, so its text is all that matters.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Vec<String> = env::args().skip(1).collect();
    match run(&wanted).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(wanted: &[String]) -> Outcome<()> {
    if wanted == [LOCAL] {
        return local::run().await;
    }
    let report = cases::payments(wanted).await?;
    print!("\n{report}");
    report.save("payments")?;
    match report.failed().as_slice() {
        [] => Ok(()),
        failed => Err(format!("requests failed in {}", failed.join(", ")).into()),
    }
}
