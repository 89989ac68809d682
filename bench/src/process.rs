//! The programs that a case starts, and the CPU time of all that are measured.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Outcome;

/// The unit of `/proc/<pid>/stat`, the same on every Linux that we run on.
const TICKS_PER_SECOND: u64 = 100;

/// Whose CPU time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Database,
    Handler,
    FunctionsHost,
    EventHub,
    /// The clients: in Azure they are elsewhere, so they are not part of any sum.
    Load,
}

impl Part {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Handler => "handler",
            Self::FunctionsHost => "functions-host",
            Self::EventHub => "event hub",
            Self::Load => "load itself",
        }
    }
}

/// CPU time by part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage(pub(crate) BTreeMap<Part, Duration>);

impl Usage {
    /// Of these processes, since each was started.
    pub(crate) fn of(processes: &[(Part, u32)]) -> Outcome<Self> {
        let mut usage = Self::default();
        for (part, pid) in processes {
            let sum = usage.0.entry(*part).or_default();
            *sum = sum.saturating_add(cpu_time(*pid)?);
        }
        Ok(usage)
    }

    pub(crate) fn since(mut self, before: &Self) -> Self {
        for (part, used) in &mut self.0 {
            *used = used.saturating_sub(before.0.get(part).copied().unwrap_or_default());
        }
        self
    }
}

/// In user and in kernel mode, of all threads.
fn cpu_time(pid: u32) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before it may hold anything. After it: state, ten others, utime, stime.
    let (_, fields) = stat.rsplit_once(')').ok_or("no process")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let ticks = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks.saturating_mul(1_000 / TICKS_PER_SECOND)))
}

/// Resident memory.
pub(crate) fn resident_kib(pid: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(kib.parse()?)
}

/// The processes that a process has started.
pub(crate) fn children(pid: u32) -> Outcome<Vec<u32>> {
    let mut children = Vec::new();
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let listed = fs::read_to_string(thread?.path().join("children"))?;
        for child in listed.split_whitespace() {
            children.push(child.parse()?);
        }
    }
    Ok(children)
}

/// The name by which a process was started; programs such as Redis have several.
pub(crate) fn program_of(pid: u32) -> Outcome<String> {
    let command = fs::read_to_string(format!("/proc/{pid}/cmdline"))?;
    let path = command.split(['\0', ' ']).next().unwrap_or_default();
    Ok(path.rsplit('/').next().unwrap_or_default().to_owned())
}

/// A program that ends with this value.
pub(crate) struct Program(Child);

impl Program {
    /// Starts a program that stands beside this one; `log` takes what it prints.
    pub(crate) fn start(
        name: &str,
        args: &[&str],
        settings: &[(String, String)],
        log: &Path,
    ) -> Outcome<Self> {
        let log = File::create(log)?;
        // It also ends when this process is killed.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(beside_this(name)?)
            .args(args)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self(child))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn has_ended(&mut self) -> Outcome<bool> {
        Ok(self.0.try_wait()?.is_some())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn end(mut self) -> Outcome<()> {
        let asked = Command::new("kill").arg(self.pid().to_string()).status()?;
        if !asked.success() {
            return Err("a program had ended already".into());
        }
        self.0.wait()?;
        Ok(())
    }

    pub(crate) fn wait(mut self) -> Outcome<()> {
        if self.0.wait()?.success() { Ok(()) } else { Err("a program failed".into()) }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Killed twice is killed.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// A program of this workspace, built together with this one.
pub(crate) fn beside_this(name: &str) -> Outcome<PathBuf> {
    let path = env::current_exe()?.with_file_name(name);
    if path.is_file() { Ok(path) } else { Err(format!("{} is not built", path.display()).into()) }
}

/// A loopback address that was free a moment ago.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
