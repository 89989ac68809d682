//! How long the whole platform takes until it is ready, at its first start and at a later one, and
//! the memory that each part holds while nobody asks anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{tell, tell_aimed};
use crate::Outcome;
use crate::process::{Program, children, program_of, resident_kib};

/// Beside that of `make run`, which may go on meanwhile.
const PORT_BASE: &str = "29";
/// What `up` prints when all is ready.
const READY: &str = "up: ready (";
const READY_TIME_MAX: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(10);
/// After so long, what a start has used is given back.
const IDLE_TIME: Duration = Duration::from_secs(20);

const WARM_SECONDS_MOST: f64 = 3.0;
const MB_MOST: f64 = 1_000.0;

/// The part that has the handlers as its children.
const HOST: &str = "functions-host";

pub(super) async fn measure(folder: &Path) -> Outcome<()> {
    eprintln!("bench: the whole platform");
    let apps = folder.join("apps").display().to_string();
    Program::start("up", &["package", "--out", &apps], &[], &folder.join("package.log"))?.wait()?;
    let data = folder.join("data").display().to_string();
    let args = ["run", "--data", &data, "--apps", &apps, "--port-base", PORT_BASE];

    let (up, cold) = start(&args, &folder.join("cold.log")).await?;
    up.end()?;
    tell("from start to ready, without data", cold.as_secs_f64(), "s");
    let (up, warm) = start(&args, &folder.join("warm.log")).await?;
    tell_aimed("  with data", warm.as_secs_f64(), "s", WARM_SECONDS_MOST);
    sleep(IDLE_TIME).await;
    tell_memory(&up)?;
    up.end()
}

async fn start(args: &[&str], log: &Path) -> Outcome<(Program, Duration)> {
    let began = Instant::now();
    let mut up = Program::start("up", args, &[], log)?;
    loop {
        if fs::read_to_string(log)?.contains(READY) {
            return Ok((up, began.elapsed()));
        }
        if up.has_ended()? || began.elapsed() > READY_TIME_MAX {
            return Err(format!("the platform is not ready; see {}", log.display()).into());
        }
        sleep(POLL).await;
    }
}

/// Tells what each part holds, those of one name together, and the sum.
fn tell_memory(up: &Program) -> Outcome<()> {
    let mut parts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut add = |name: &str, pid| -> Outcome<()> {
        parts.entry(name.to_owned()).or_default().push(resident_kib(pid)?);
        Ok(())
    };
    add("up", up.pid())?;
    for part in children(up.pid())? {
        let name = program_of(part)?;
        add(&name, part)?;
        for child in children(part)? {
            add(if name == HOST { "handlers" } else { &name }, child)?;
        }
    }
    let mb = |all: &mut dyn Iterator<Item = &u64>| -> Outcome<f64> {
        Ok(f64::from(u32::try_from(all.sum::<u64>())?) / 1_024.0)
    };
    for (name, all) in &parts {
        let name = if all.len() > 1 { format!("{} × {name}", all.len()) } else { name.clone() };
        tell(&format!("resident memory, idle: {name}"), mb(&mut all.iter())?, "MB");
    }
    let sum = mb(&mut parts.values().flatten())?;
    tell_aimed("  all together", sum, "MB", MB_MOST);
    Ok(())
}
