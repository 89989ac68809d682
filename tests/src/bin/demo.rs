//! `demo`: plays the main job as two phones would, how people and shops become known, and what
//! friends do, on the platform that runs or on one of its own.
#![expect(clippy::print_stdout, reason = "the person at the terminal is told each step")]

use std::env;
use std::net::TcpStream;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use system_tests::{Addresses, Administrators, Applied, Error, Platform, Seeds, apply, meet, play};

/// What says the port base of `make run`, and what it is otherwise.
const PORT_BASE: &str = "PORT_BASE";
const USUAL_PORT_BASE: u16 = 27;
/// Its data folder.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.local");

// One thread: the platform ends with the thread that starts it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok((steps, milliseconds)) => {
            println!("demo: ok ({steps} steps, {milliseconds} ms)");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("demo: failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many steps were played, in how many milliseconds.
async fn run() -> Result<(u32, u128), Error> {
    let data = Path::new(DATA);
    let port_base = env::var(PORT_BASE).ok().and_then(|base| base.parse().ok());
    let port_base = port_base.unwrap_or(USUAL_PORT_BASE);
    let addresses = Addresses::new(port_base, data);
    // Held to the end: dropping it stops the platform.
    let own_platform = if is_running(&addresses) {
        println!("demo: playing on the platform at {}", addresses.api);
        None
    } else {
        println!("demo: no platform runs; starting one");
        Some(Platform::start(port_base, data, Stdio::inherit()).await?)
    };
    let began = Instant::now();
    let (mut steps, mut last) = (0_u32, began);
    let played = play_all(&addresses, &mut |step| {
        steps = steps.saturating_add(1);
        println!("{steps:>4}  {:>6} ms  {step}", last.elapsed().as_millis());
        last = Instant::now();
    })
    .await;
    let milliseconds = began.elapsed().as_millis();
    drop(own_platform);
    played.map(|()| (steps, milliseconds))
}

async fn play_all(addresses: &Addresses, on_step: &mut impl FnMut(&str)) -> Result<(), Error> {
    play(addresses, &mut *on_step).await?;
    let applied = apply(addresses, Seeds::new(), &mut *on_step).await?;
    match Administrators::first(addresses).await? {
        Some(staff) => {
            let reviewed = applied.pass_review(addresses, &staff, &mut *on_step).await;
            // Whoever lives with this platform can be an administrator of it.
            Applied::end_review(addresses, staff).await?;
            reviewed?;
        }
        // Members of staff have passkeys, and these are others'.
        None => {
            addresses.approve_shop(&applied.shop.business_id).await?;
            on_step("others are staff here: an operator approves the shop without a review");
        }
    }
    applied.pay_shop(&mut *on_step).await?;
    meet(addresses, on_step).await
}

fn is_running(addresses: &Addresses) -> bool {
    let host = addresses.api.trim_start_matches("http://");
    TcpStream::connect(host).is_ok()
}
