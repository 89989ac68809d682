//! `up logs`: what all parts and handlers write, by time, as long as the platform runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::mem::take;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

use crate::data::Data;
use crate::error::Error;
use crate::flags::Flags;
use crate::log_line::{Level, Line};

/// Where in the data folder logs are: of the parts, and of the handlers.
const FOLDERS: [&str; 2] = ["logs", crate::platform::HANDLER_LOGS];
/// What is written within it is put in order; what comes later stands later.
const POLL: Duration = Duration::from_millis(250);
/// How much of the end of each log is shown at first, and how many lines of all of them.
const FIRST_BYTES: u64 = 64 * 1024;
const FIRST_LINES: usize = 200;
/// What is read of one log at once.
const READ_BYTES_MAX: u64 = 1024 * 1024;

/// Which lines are wanted; an empty text wants all.
#[derive(Debug)]
struct Wanted {
    part: String,
    /// This one or a worse.
    level: Level,
    /// What a trace's lines have in them.
    trace: String,
}

impl Wanted {
    fn has(&self, line: &Line) -> bool {
        (self.part.is_empty() || self.part == line.part)
            && line.level <= self.level
            && line.text.contains(&self.trace)
    }
}

/// Prints until the platform ends, or whoever reads.
///
/// # Errors
/// `Usage` for another level, or `Io`.
pub(crate) async fn print(flags: &Flags) -> Result<(), Error> {
    let folder = flags.path("--data")?;
    let text = |name| flags.text_or(name, "").to_owned();
    let level = Level::named(&text("--level"))?;
    let wanted = Wanted { part: text("--part"), level, trace: text("--trace") };
    let mut logs = Logs::default();
    let mut lines = logs.read(&folder, &wanted)?;
    lines.drain(..lines.len().saturating_sub(FIRST_LINES));
    loop {
        if write(&lines).is_err() {
            return Ok(());
        }
        // Asked before the last look, so that nothing is missed of what was written until then.
        let is_running = Data::running(&folder).is_ok();
        sleep(POLL).await;
        lines = logs.read(&folder, &wanted)?;
        if !is_running && lines.is_empty() {
            return Ok(());
        }
    }
}

fn write(lines: &[Line]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    out.flush()
}

/// How far each log has been read.
#[derive(Debug, Default)]
struct Logs(BTreeMap<PathBuf, Log>);

#[derive(Debug)]
struct Log {
    read: u64,
    /// What is read next may begin within a line.
    is_cut: bool,
    /// The beginning of a line whose end is not there yet.
    unfinished: Vec<u8>,
    /// The last line, whose time and level those have that follow without their own.
    last: Line,
}

impl Logs {
    /// What is new in all logs, by time.
    fn read(&mut self, folder: &Path, wanted: &Wanted) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        for path in paths(folder) {
            let failed = Error::io(format!("cannot read {}", path.display()));
            let log = self.0.entry(path.clone()).or_insert_with(|| Log::at_end(&path));
            lines.extend(log.read(&path).map_err(failed)?);
        }
        lines.retain(|line| wanted.has(line));
        lines.sort_by(|one, other| one.time.cmp(&other.time));
        Ok(lines)
    }
}

/// A log that is set aside has another ending than `log`.
fn paths(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = FOLDERS.into_iter().flat_map(|name| fs::read_dir(folder.join(name)));
    let paths = entries.flatten().flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "log")).collect()
}

impl Log {
    /// Before the end of what is there, so that some of it is shown.
    fn at_end(path: &Path) -> Self {
        let part = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let length = fs::metadata(path).map_or(0, |log| log.len());
        let (read, last) = (length.saturating_sub(FIRST_BYTES), Line::first(part));
        Self { read, is_cut: read > 0, unfinished: Vec::new(), last }
    }

    fn read(&mut self, path: &Path) -> io::Result<Vec<Line>> {
        let mut file = match File::open(path) {
            // It was set aside a moment ago, and the next one is not there yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened?,
        };
        // Shorter than before: the last one was set aside.
        if file.metadata()?.len() < self.read {
            self.read = 0;
        }
        file.seek(SeekFrom::Start(self.read))?;
        let mut text = take(&mut self.unfinished);
        let count = file.take(READ_BYTES_MAX).read_to_end(&mut text)?;
        self.read = self.read.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
        self.unfinished = text.split_off(end);
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().skip(usize::from(take(&mut self.is_cut)));
        Ok(lines.map(|line| self.line(line)).collect())
    }

    fn line(&mut self, text: &str) -> Line {
        self.last = self.last.followed_by(text);
        self.last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| &*line.text).collect()
    }

    #[test]
    fn lines_of_all_logs_stand_by_time_and_each_is_shown_once() {
        let folder = std::env::temp_dir().join(format!("up-logs-{}", std::process::id()));
        let [parts, handlers] = FOLDERS.map(|name| folder.join(name));
        fs::create_dir_all(&parts).unwrap();
        fs::create_dir_all(&handlers).unwrap();
        let redis = parts.join("redis.log");
        fs::write(&redis, "7:M 01 Dec 2026 00:00:02.500 * saved\n").unwrap();
        fs::write(parts.join("redis.log.1"), "2026-12-01T00:00:01Z set aside\n").unwrap();
        let payments = handlers.join("payments.log");
        fs::write(&payments, "2026-12-01T00:00:01Z ERROR late\n  told at\n2026-12-01T00:00:03Z x")
            .unwrap();
        let all = Wanted { part: String::new(), level: Level::Info, trace: String::new() };
        let mut logs = Logs::default();
        let lines = logs.read(&folder, &all).unwrap();
        assert_eq!(texts(&lines), ["ERROR late", "  told at", "* saved"]);
        assert!(logs.read(&folder, &all).unwrap().is_empty());

        let page = parts.join("page.log");
        for (text, shown) in [("ready: page\n", "ready: page"), ("ready: page\nbye\n", "bye")] {
            fs::write(&page, text).unwrap();
            assert_eq!(texts(&logs.read(&folder, &all).unwrap()), [shown]);
        }

        fs::write(&redis, "new\n").unwrap();
        let mut file = File::options().append(true).open(&payments).unwrap();
        file.write_all(b" of trace 5\n").unwrap();
        assert_eq!(texts(&logs.read(&folder, &all).unwrap()), ["new", "x of trace 5"]);

        let of = |part: &str, level, trace: &str| {
            let wanted = Wanted { part: part.to_owned(), level, trace: trace.to_owned() };
            let lines = Logs::default().read(&folder, &wanted).unwrap();
            lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(of("redis", Level::Info, ""), ["new"]);
        assert_eq!(of("", Level::Error, ""), ["ERROR late", "  told at"]);
        assert_eq!(of("", Level::Info, "trace 5"), ["x of trace 5"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
