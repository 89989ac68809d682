//! The one platform of this test run: started by the first test that needs it, stopped with the
//! process.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use system_tests::{Addresses, Administrators, Error, Platform};
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Beside the developer's own platform.
const PORT_BASE: u16 = 28;
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/system-tests");
/// The platform of a test run that ended a moment ago is still stopping.
const EARLIER_END_LIMIT: Duration = Duration::from_secs(60);
const EARLIER_END_POLL: Duration = Duration::from_millis(200);

static PLATFORM: OnceLock<Result<RwLock<Addresses>, String>> = OnceLock::new();
static ADMINISTRATORS: OnceCell<Administrators> = OnceCell::const_new();

/// Its first administrators, of whom there are two for all tests.
pub(crate) async fn administrators(addresses: &Addresses) -> &'static Administrators {
    let first = async || Administrators::first(addresses).await.unwrap().unwrap();
    ADMINISTRATORS.get_or_init(first).await
}

/// The platform, beside other tests.
pub(crate) async fn shared() -> RwLockReadGuard<'static, Addresses> {
    platform().read().await
}

/// The platform without any other test on it, to break it.
pub(crate) async fn alone() -> RwLockWriteGuard<'static, Addresses> {
    platform().write().await
}

fn platform() -> &'static RwLock<Addresses> {
    match PLATFORM.get_or_init(start) {
        Ok(addresses) => addresses,
        Err(error) => panic!("no platform (see {DATA}.log): {error}"),
    }
}

fn start() -> Result<RwLock<Addresses>, String> {
    let (tell, told) = mpsc::channel();
    // The platform ends with the thread that starts it: one that outlives every test.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    thread::spawn(move || match runtime.block_on(fresh_platform()) {
        Ok(platform) => {
            tell.send(Ok(platform.addresses.clone())).unwrap();
            loop {
                thread::park();
            }
        }
        Err(error) => tell.send(Err(error.to_string())).unwrap(),
    });
    told.recv().unwrap().map(RwLock::new)
}

async fn fresh_platform() -> Result<Platform, Error> {
    let data = Path::new(DATA);
    let addresses = Addresses::new(PORT_BASE, data);
    let began = Instant::now();
    while TcpStream::connect(addresses.api.trim_start_matches("http://")).is_ok() {
        if began.elapsed() > EARLIER_END_LIMIT {
            return Err(Error::Platform(format!("another one is running at {}", addresses.api)));
        }
        tokio::time::sleep(EARLIER_END_POLL).await;
    }
    let unprepared = |error: std::io::Error| Error::Platform(format!("{DATA}: {error}"));
    if data.exists() {
        fs::remove_dir_all(data).map_err(unprepared)?;
    }
    let progress = File::create(format!("{DATA}.log")).map_err(unprepared)?;
    Platform::start(PORT_BASE, data, progress).await
}
