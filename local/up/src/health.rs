//! Asks an app, through the public port, whether it is ready.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::Client;
use tokio::time::{Instant, sleep};

use crate::data;
use crate::error::Error;

const HEALTHY_LIMIT: Duration = Duration::from_secs(60);
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(100);

/// One for all questions: making it takes longer than an answer.
static CLIENT: LazyLock<Client> = LazyLock::new(Client::new);

/// Waits until the app's own health check says that it and its stores are ready.
///
/// # Errors
/// `Unhealthy` with the app's last answer and the end of its handler's `log`.
pub(crate) async fn ready(app: &str, port: u16, log: &Path) -> Result<(), Error> {
    let began = Instant::now();
    while let Err(answer) = check(app, port).await {
        if began.elapsed() > HEALTHY_LIMIT {
            let limit_s = HEALTHY_LIMIT.as_secs();
            let (app, log) = (app.to_owned(), data::tail(log));
            return Err(Error::Unhealthy { app, limit_s, answer, log });
        }
        sleep(POLL).await;
    }
    Ok(())
}

/// Asks once; what it says if it is not ready.
pub(crate) async fn check(app: &str, port: u16) -> Result<(), String> {
    let url = format!("http://127.0.0.1:{port}/api/v1/{app}/health/ready");
    match CLIENT.get(&url).timeout(ANSWER_LIMIT).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => {
            let status = answer.status();
            Err(format!("{status} {}", answer.text().await.unwrap_or_default()))
        }
        Err(error) => Err(error.to_string()),
    }
}
