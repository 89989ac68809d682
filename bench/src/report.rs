//! What was measured, as a table for people and as a file for programs.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::Outcome;
use crate::load::Measured;
use crate::platform::CHECKOUT;
use crate::process::Part;

/// One case.
#[derive(Serialize)]
pub(crate) struct Row {
    case: String,
    clients: usize,
    per_second: f64,
    p50_ms: f64,
    p98_ms: f64,
    p99_ms: f64,
    /// CPU time of everything but the clients, for each answer; null where it was not measured.
    cpu_us_per_payment: Option<f64>,
    errors: usize,
}

impl Row {
    pub(crate) fn new(case: &str, clients: usize, measured: &Measured) -> Self {
        let parts = measured.usage.0.iter().filter(|(part, _)| **part != Part::Load);
        let used = parts.map(|(_, used)| *used).sum();
        let cpu = Some(round(per_answer(used, measured)));
        let latencies = &measured.latencies_us;
        Self {
            cpu_us_per_payment: cpu,
            errors: measured.errors,
            ..Self::of_latencies(case, clients, latencies, measured.elapsed)
        }
    }

    /// Where nothing is known but what each answer took, the shortest first.
    pub(crate) fn of_latencies(
        case: &str,
        clients: usize,
        latencies_us: &[u64],
        elapsed: Duration,
    ) -> Self {
        let ms = |percent| round(percentile(latencies_us, percent) / 1_000.0);
        Self {
            case: case.to_owned(),
            clients,
            per_second: round(count(latencies_us.len()) / elapsed.as_secs_f64()),
            p50_ms: ms(50),
            p98_ms: ms(98),
            p99_ms: ms(99),
            cpu_us_per_payment: None,
            errors: 0,
        }
    }
}

/// All cases, and what is worth knowing beside their figures.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Report {
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Where the CPU time went, by program.
    pub(crate) fn note_usage(&mut self, case: &str, measured: &Measured, waiting: u64) {
        let split = measured
            .usage
            .0
            .iter()
            .map(|(part, used)| format!("{} {:.0}", part.name(), per_answer(*used, measured)));
        let split = split.collect::<Vec<_>>().join(", ");
        self.notes.push(format!("{case}: µs of CPU: {split}; {waiting} events not relayed yet"));
        if let Some(error) = &measured.first_error {
            self.notes.push(format!("{case}: the first error: {error}"));
        }
    }

    /// Writes `target/bench/<service>.json`.
    pub(crate) fn save(&self, service: &str) -> Outcome<()> {
        let path = Path::new(CHECKOUT).join("target/bench").join(format!("{service}.json"));
        Ok(fs::write(path, serde_json::to_string_pretty(&self.rows)?)?)
    }

    /// The cases in which something failed: their figures are of nothing.
    pub(crate) fn failed(&self) -> Vec<&str> {
        let failed = self.rows.iter().filter(|row| row.errors > 0);
        failed.map(|row| row.case.as_str()).collect()
    }

    /// What a case could do, if it was measured.
    pub(crate) fn per_second(&self, case: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.case == case).map(|row| row.per_second)
    }

    /// How two cases compare, if both were measured.
    fn ratio(&self, one: &str, other: &str, figure: impl Fn(&Row) -> f64) -> Option<String> {
        let find = |name| self.rows.iter().find(|row| row.case == name).map(&figure);
        Some(format!("{:.2}", find(one)? / find(other)?))
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<22}{:>8}{:>10}{:>9}{:>9}{:>9}{:>9}{:>8}",
            "case", "clients", "per s", "p50 ms", "p98 ms", "p99 ms", "CPU µs", "errors"
        )?;
        for row in &self.rows {
            let Row { case, clients, per_second, p50_ms, p98_ms, p99_ms, errors, .. } = row;
            let cpu = row.cpu_us_per_payment.map_or("-".to_owned(), |us| format!("{us:.0}"));
            writeln!(
                f,
                "{case:<22}{clients:>8}{per_second:>10.0}{p50_ms:>9.2}{p98_ms:>9.2}{p99_ms:>9.2}\
                 {cpu:>9}{errors:>8}"
            )?;
        }
        writeln!(f)?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        writeln!(f)?;
        let per_second = |row: &Row| row.per_second;
        let p50 = |row: &Row| row.p50_ms;
        for (what, ratio) in [
            ("engine ÷ reference", self.ratio("engine-uniform", "reference-uniform", per_second)),
            ("the same, one shop", self.ratio("engine-hot", "reference-hot", per_second)),
            ("one shop ÷ all shops", self.ratio("engine-hot", "engine-uniform", per_second)),
            ("one client ÷ commit, p50", self.ratio("engine-one-client", "bare-commit", p50)),
            (
                "two instances ÷ one",
                self.ratio("engine-two-instances", "engine-uniform", per_second),
            ),
        ] {
            writeln!(f, "{what:<26}{:>6}", ratio.as_deref().unwrap_or("-"))?;
        }
        Ok(())
    }
}

/// The value below which so many of a hundred are; zero if there are none.
pub(crate) fn percentile(sorted: &[u64], percent: usize) -> f64 {
    let place = sorted.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0.0, |value| count(usize::try_from(*value).unwrap_or_default()))
}

fn per_answer(used: Duration, measured: &Measured) -> f64 {
    used.as_secs_f64() * 1e6 / count(measured.latencies_us.len().max(1))
}

/// Exact: no figure here comes near the limit of u32.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
