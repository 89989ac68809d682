//! Tesseract 5 as a process under limits: nothing that it does with a picture harms the handler.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::EngineError;
use crate::domain::{Area, Line, Page, Strip, Word};
use crate::image::Picture;

/// Address space of one process, in bytes; it takes 100 MB for a large page.
const ADDRESS_SPACE_MAX: u64 = 256 * 1024 * 1024;
/// CPU seconds of one process.
const CPU_SECONDS_MAX: u32 = 4;
/// A process that lives longer is killed: it has waited for the machine, not worked.
const LIFETIME_MAX: Duration = Duration::from_secs(60);
/// Bytes of an answer; a full page has 50,000.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// Pixels of an inch, which a picture from a phone does not say.
const RESOLUTION: &str = "300";
const PROGRAM: &str = "tesseract";

/// The program that is on the machine.
#[derive(Clone, Default)]
pub struct Tesseract {
    version: Arc<OnceCell<String>>,
}

impl Tesseract {
    /// Whether the program runs.
    pub(super) async fn is_ready(&self) -> bool {
        run(&["--version"], &[]).await.is_ok()
    }

    /// The program and its version, e.g. `tesseract 5.3.0`; without it while it does not run.
    pub(super) async fn name(&self) -> String {
        let version = self.version.get_or_try_init(|| run(&["--version"], &[])).await;
        let first = version.ok().and_then(|version| version.lines().next());
        first.unwrap_or(PROGRAM).to_owned()
    }

    pub(super) async fn read_page(&self, picture: &Picture) -> Result<Page, EngineError> {
        let arguments = ["stdin", "stdout", "-l", "eng", "--psm", "11"];
        read(&arguments, picture).await
    }

    pub(super) async fn read_strip(
        &self,
        picture: &Picture,
        area: Area,
        strip: Strip,
    ) -> Result<Page, EngineError> {
        let (language, mode, letters) = match strip {
            Strip::MachineReadable => ("eng", "6", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"),
            Strip::CardNumber => ("eng", "7", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()"),
            Strip::Symbols => ("eng", "7", "ABCFHKLMNORSUWXYZ0123456789"),
            Strip::Sex => ("eng", "7", "FM"),
            Strip::Chinese => ("chi_tra", "7", ""),
        };
        let (stars, part) = match strip {
            Strip::MachineReadable => (0, picture.part(area)),
            Strip::CardNumber | Strip::Chinese | Strip::Sex => (0, picture.line(area)),
            Strip::Symbols => match picture.stars(area) {
                Some((stars, rest)) => (stars, Some(rest)),
                None => (0, None),
            },
        };
        let Some(part) = part else { return Ok(Page::default()) };
        let letters = format!("tessedit_char_whitelist={letters}");
        let arguments = ["stdin", "stdout", "-l", language, "--psm", mode, "-c", &letters];
        let page = read(&arguments, &part).await?;
        Ok(if stars > 0 { page.beginning_with(&"*".repeat(stars)) } else { page })
    }
}

async fn read(arguments: &[&str], picture: &Picture) -> Result<Page, EngineError> {
    let arguments = [arguments, &["--dpi", RESOLUTION, "tsv"]].concat();
    Ok(page(&run(&arguments, &picture.png()).await?))
}

/// Runs the program with this input. Its environment has none of ours, least of all our secrets.
async fn run(arguments: &[&str], input: &[u8]) -> Result<String, EngineError> {
    let away = |error: std::io::Error| EngineError::Away(error.to_string());
    let mut child = Command::new("prlimit")
        .arg(format!("--as={ADDRESS_SPACE_MAX}"))
        .arg(format!("--cpu={CPU_SECONDS_MAX}"))
        .args(["--nproc=1", "--fsize=0", "--core=0", "--", PROGRAM])
        .args(arguments)
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("OMP_THREAD_LIMIT", "1")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(away)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(EngineError::Away("the process has no pipes".to_owned()));
    };
    let mut answer = Vec::new();
    let talk = async {
        let mut stdout = stdout.take(ANSWER_BYTES_MAX);
        // It may end before it has read all, which its status then tells.
        let write = async {
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let ((), read) = tokio::join!(write, stdout.read_to_end(&mut answer));
        read?;
        child.wait().await
    };
    match timeout(LIFETIME_MAX, talk).await {
        Ok(Ok(status)) if status.success() => {}
        // prlimit says so if there is no such program.
        Ok(Ok(status)) if matches!(status.code(), Some(126 | 127)) => {
            return Err(EngineError::Away("there is no tesseract".to_owned()));
        }
        Ok(Ok(_)) => return Err(EngineError::GaveUp),
        Ok(Err(error)) => return Err(away(error)),
        Err(_) => return Err(EngineError::Away("the machine is too busy".to_owned())),
    }
    String::from_utf8(answer).map_err(|_| EngineError::GaveUp)
}

/// Reads its table: a row for each page, block, paragraph, line and word.
fn page(table: &str) -> Page {
    let mut lines: Vec<(String, Vec<Word>)> = Vec::new();
    for row in table.lines() {
        let Some((line, word)) = word(row) else { continue };
        match lines.last_mut() {
            Some((known, words)) if *known == line => words.push(word),
            _ => lines.push((line, vec![word])),
        }
    }
    Page::new(lines.into_iter().filter_map(|(_, words)| Line::new(words)).collect())
}

/// A word and the numbers of its block, paragraph and line; `None` for rows of other levels.
fn word(row: &str) -> Option<(String, Word)> {
    let columns: Vec<&str> = row.split('\t').collect();
    let [level, _page, block, paragraph, line, _word, left, top, width, height, sure, text] =
        columns[..]
    else {
        return None;
    };
    if level != "5" || text.trim().is_empty() {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let (left, top) = (number(left)?, number(top)?);
    let area = Area {
        left,
        top,
        right: left.checked_add(number(width)?)?,
        bottom: top.checked_add(number(height)?)?,
    };
    let confidence = thousandths(sure.parse().ok()?);
    let word = Word { text: text.trim().to_owned(), confidence, area };
    Some((format!("{block}.{paragraph}.{line}"), word))
}

/// Tesseract says it in parts of a hundred.
#[expect(clippy::as_conversions, reason = "clamped to what a u16 holds")]
fn thousandths(percent: f64) -> u16 {
    (percent * 10.0).round().clamp(0.0, 1000.0) as u16
}
