//! What Linux says of processes: whether they run, for how long, and how much memory they have.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Whether the process runs: one that nobody has reaped yet does not.
pub(crate) fn is_running(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|command| !command.is_empty())
}

/// Its resident memory in MB, and that of all that it has started.
pub(crate) fn memory_mb(pid: u32) -> u64 {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    let of_children: u64 = children.map(memory_mb).sum();
    resident_mb(pid).unwrap_or_default().saturating_add(of_children)
}

fn resident_mb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}

/// How long ago the file was written.
pub(crate) fn age(file: &Path) -> Option<Duration> {
    let written = fs::metadata(file).and_then(|data| data.modified()).ok()?;
    SystemTime::now().duration_since(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs_and_has_memory() {
        let own = std::process::id();
        assert!(is_running(own) && memory_mb(own) > 0);
    }
}
