//! What the local platform itself costs: `bench local`, which `make bench-local` runs.

mod events;
mod requests;
mod whole;

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::platform::CHECKOUT;

/// Figures with their names, and what some of them should be at the most.
#[derive(Default)]
struct Table(Vec<Line>);

struct Line {
    what: String,
    figure: f64,
    unit: &'static str,
    most: Option<f64>,
}

impl Table {
    fn add(&mut self, what: impl Into<String>, figure: f64, unit: &'static str) {
        self.0.push(Line { what: what.into(), figure, unit, most: None });
    }

    /// A figure that is to be no more than this.
    fn add_aimed(&mut self, what: impl Into<String>, figure: f64, unit: &'static str, most: f64) {
        self.0.push(Line { what: what.into(), figure, unit, most: Some(most) });
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for Line { what, figure, unit, most } in &self.0 {
            // Three digits are all that such a figure tells.
            let digits = if *figure < 10.0 { 2 } else { 0 };
            write!(f, "{what:<58}{figure:>9.digits$} {unit:<4}")?;
            match most {
                Some(most) if figure > most => writeln!(f, "  MISSED: at most {most}")?,
                Some(most) => writeln!(f, "  at most {most}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// Measures all, one after the other, so that nothing competes with what is measured.
pub(crate) async fn run() -> Outcome<()> {
    let folder = Path::new(CHECKOUT).join("target/bench/local");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut table = Table::default();
    requests::measure(&folder, &mut table).await?;
    events::measure(&folder, &mut table).await?;
    whole::measure(&folder, &mut table).await?;
    print!("\n{table}");
    Ok(())
}
