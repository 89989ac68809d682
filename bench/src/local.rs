//! What the local platform itself costs: `bench local`, which `make bench-local` runs.

mod events;
mod requests;
mod whole;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::platform::CHECKOUT;

/// Prints a figure as soon as it is known: what fails later does not take it away.
fn tell(what: &str, figure: f64, unit: &str) {
    println!("{}", line(what, figure, unit));
}

/// The same of one that is to be no more than this.
fn tell_aimed(what: &str, figure: f64, unit: &str, most: f64) {
    let missed = if figure > most { "MISSED: " } else { "" };
    println!("{}  {missed}at most {most}", line(what, figure, unit));
}

fn line(what: &str, figure: f64, unit: &str) -> String {
    // Three digits are all that such a figure tells.
    let digits = if figure < 10.0 { 2 } else { 0 };
    format!("{what:<58}{figure:>9.digits$} {unit:<4}")
}

/// Measures all, one after the other, so that nothing competes with what is measured.
pub(crate) async fn run() -> Outcome<()> {
    let folder = Path::new(CHECKOUT).join("target/bench/local");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    requests::measure(&folder).await?;
    events::measure(&folder).await?;
    whole::measure(&folder).await
}
