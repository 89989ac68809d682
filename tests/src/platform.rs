//! The local platform: where it listens, and starting one of our own (`up run`) and stopping it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use test_client::Mismatch;
use uuid::Uuid;

use crate::http::{Api, Call, OverHttp};
use crate::storage::bring;
use crate::wire::Audit;
use crate::{Error, until};

/// The checkout that this crate was built from.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What `make apps` assembles.
const APPS: &str = "build/apps";
/// How long a platform may take to be ready; the first start on a machine installs its databases.
const READY_LIMIT: Duration = Duration::from_secs(240);

/// Where a platform listens, and the key of its operators.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The public API.
    pub api: String,
    /// What would be sent as text messages.
    pub sms_inbox: String,
    /// What would be sent as pushes.
    pub push_inbox: String,
    /// The MySQL primary, as its administrator.
    pub mysql_primary: String,
    /// The MySQL read replica, as its administrator.
    pub mysql_replica: String,
    /// The Blob service of the storage account.
    pub blobs: String,
    /// Its Queue service.
    pub queues: String,
    /// Who gives tokens for Azure's services.
    pub identity: String,
    /// What calls have caused in all services.
    pub traces: String,
    /// The folder with all that the platform keeps.
    pub data: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    function_key: String,
}

impl Addresses {
    /// The addresses of the platform with this port base and data folder.
    pub fn new(port_base: u16, data: &Path) -> Self {
        let address = |scheme: &str, port: u16| format!("{scheme}127.0.0.1:{port_base}{port:03}");
        Self {
            api: address("http://", 71),
            sms_inbox: address("http://", 81),
            push_inbox: address("http://", 82),
            mysql_primary: address("mysql://root@", 306),
            mysql_replica: address("mysql://root@", 307),
            blobs: format!("{}/devstoreaccount1", address("https://", 100)),
            queues: format!("{}/devstoreaccount1", address("https://", 101)),
            identity: address("http://", 80),
            traces: address("http://", 90),
            data: data.to_owned(),
        }
    }

    /// Audits the ledger, as an operator.
    ///
    /// # Errors
    /// `Platform` when the key cannot be read, or as the call.
    pub async fn audit(&self) -> Result<Audit, Error> {
        let audit = Api::new(&self.api).post("/api/v1/ledger/audit");
        Ok(audit.header("x-functions-key", &self.function_key()?).send().await?.parse(200)?)
    }

    /// Lets a shop that payments knows be paid, as an operator.
    ///
    /// # Errors
    /// As `audit`.
    pub async fn approve_shop(&self, business_id: &str) -> Result<(), Error> {
        let path = format!("/api/v1/ledger/businesses/{business_id}/approval");
        self.say(&path, json!({"is_approved": true})).await
    }

    /// Says that a person with a wallet is known, as an operator.
    ///
    /// # Errors
    /// As `audit`.
    pub async fn verify_person(&self, user_id: &str) -> Result<(), Error> {
        let path = format!("/api/v1/ledger/wallets/{user_id}/tier");
        self.say(&path, json!({"tier": "verified"})).await
    }

    async fn say(&self, path: &str, mut what: Value) -> Result<(), Error> {
        (what["reason"], what["operator"]) = ("test".into(), "ops@example.com".into());
        let said = Api::new(&self.api).post(path).json(&what);
        let key = self.function_key()?;
        Ok(said.header("x-functions-key", &key).send().await?.check(200).map(drop)?)
    }

    /// What operators show to the host.
    ///
    /// # Errors
    /// `Platform` when it cannot be read.
    pub fn function_key(&self) -> Result<String, Error> {
        let path = self.data.join("functions-host/keys.json");
        let text = read(&path)?;
        let keys: Keys = serde_json::from_str(&text)
            .map_err(|error| Error::Platform(format!("{}: {error}", path.display())))?;
        Ok(keys.function_key)
    }

    /// The certificate of the authority that the platform's parts with TLS are known by.
    pub(crate) fn authority(&self) -> Result<Vec<u8>, Error> {
        Ok(read(&self.data.join("tls/ca.pem"))?.into_bytes())
    }

    /// What an app shows to be given a token.
    pub(crate) fn identity_header(&self) -> Result<String, Error> {
        let path = self.data.join("apps/onboarding/local.settings.json");
        let settings: Value = serde_json::from_str(&read(&path)?)
            .map_err(|error| Error::Platform(format!("{}: {error}", path.display())))?;
        Ok(settings["Values"]["IDENTITY_HEADER"].as_str().unwrap_or_default().to_owned())
    }

    /// Makes a list of names the United Nations' that applicants are compared with, as an operator.
    ///
    /// # Errors
    /// As `audit`, or when the storage account refuses it.
    pub async fn bring_list(&self, list: &Value) -> Result<Value, Error> {
        let name = format!("{}.json", Uuid::new_v4());
        bring(self, ("screening", &name), list.to_string().into_bytes()).await?;
        let input = json!({"source": "united-nations", "blob_name": name, "may_shrink": true});
        self.operate("/api/v1/screening/lists", &input, 200).await
    }

    /// Calls as an operator, with the function's key.
    ///
    /// # Errors
    /// As `audit`.
    pub async fn operate(&self, path: &str, body: &Value, status: u16) -> Result<Value, Error> {
        Ok(self.operate_call(path, body)?.send().await?.parse(status)?)
    }

    /// The call of an operator, with the function's key.
    ///
    /// # Errors
    /// `Platform` when the key cannot be read.
    pub(crate) fn operate_call(&self, path: &str, body: &Value) -> Result<Call, Error> {
        let call = Api::new(&self.api).post(path).key(&Uuid::new_v4().to_string()).json(body);
        Ok(call.header("x-functions-key", &self.function_key()?))
    }

    /// Audits the ledger and takes nothing but a clean result.
    ///
    /// # Errors
    /// `Mismatch` that shows the audit, or as `audit`.
    pub async fn expect_balanced_ledger(&self) -> Result<Audit, Error> {
        let audit = self.audit().await?;
        let is_clean = audit.balanced
            && audit.debits == audit.credits
            && audit.contradictions.values().all(|count| *count == 0);
        if is_clean {
            return Ok(audit);
        }
        let what = "the ledger audit".to_owned();
        let expected = "a balanced ledger without contradictions".to_owned();
        Err(Mismatch { what, expected, came: format!("{audit:?}") }.into())
    }

    /// Whether an app and its stores answer; nothing may listen yet.
    async fn is_ready(&self, app: &str) -> Result<Option<()>, Error> {
        let health = Api::new(&self.api).get(&format!("/api/v1/{app}/health/ready"));
        match health.send().await {
            Ok(answer) => Ok((answer.status == 200).then_some(())),
            Err(Error::NoAnswer { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an app's handler has logged.
    ///
    /// # Errors
    /// `Platform`.
    pub fn handler_log(&self, app: &str) -> Result<String, Error> {
        read(&self.data.join(format!("functions-host/logs/{app}.log")))
    }

    /// Kills an app's handler as a crash would.
    ///
    /// # Errors
    /// `Platform`.
    pub fn kill_handler(&self, app: &str) -> Result<(), Error> {
        kill(&self.data.join(format!("functions-host/{app}.handler.pid")))
    }

    /// Kills a part of the platform as a crash would.
    ///
    /// # Errors
    /// `Platform`.
    pub fn kill_part(&self, part: &str) -> Result<(), Error> {
        kill(&self.data.join(format!("run/{part}.pid")))
    }
}

/// A platform of our own; dropping it stops it.
#[derive(Debug)]
pub struct Platform {
    child: Child,
    /// Where it listens.
    pub addresses: Addresses,
}

impl Platform {
    /// Starts `up run`, which prints its progress to `output`, and waits until every app is ready.
    ///
    /// The platform ends with the thread that calls this, even if that one is killed.
    ///
    /// # Errors
    /// `Platform`, or `TooLate`.
    pub async fn start(
        port_base: u16,
        data: &Path,
        output: impl Into<Stdio>,
    ) -> Result<Self, Error> {
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "--", "target/debug/up", "run"])
            .args(["--apps", APPS, "--port-base", &port_base.to_string()])
            .arg("--data")
            .arg(data)
            .current_dir(CHECKOUT)
            .stdin(Stdio::null())
            .stdout(output)
            .spawn()
            .map_err(|error| Error::Platform(format!("target/debug/up: {error}")))?;
        let mut platform = Self { child, addresses: Addresses::new(port_base, data) };
        let apps = platform.addresses.clone();
        for app in packaged_apps()? {
            let what = format!("a ready {app}");
            until(&what, READY_LIMIT, async || {
                platform.check_alive()?;
                apps.is_ready(&app).await
            })
            .await?;
        }
        Ok(platform)
    }

    fn check_alive(&mut self) -> Result<(), Error> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            ended => Err(Error::Platform(format!("`up run` ended early: {ended:?}"))),
        }
    }
}

fn packaged_apps() -> Result<Vec<String>, Error> {
    let folder = Path::new(CHECKOUT).join(APPS);
    let unreadable =
        |error| Error::Platform(format!("{}: {error}; run `make apps`", folder.display()));
    let mut apps = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        apps.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    Ok(apps)
}

impl Drop for Platform {
    fn drop(&mut self) {
        // `up` bounds the end of each of its parts, so this wait is bounded too.
        let stopped = signal("TERM", &self.child.id().to_string());
        if stopped.is_err() || self.child.wait().is_err() {
            // Nothing more can be done from here: the kernel ends the parts with `up`.
            let _ = self.child.kill();
        }
    }
}

fn kill(pid_file: &Path) -> Result<(), Error> {
    signal("KILL", read(pid_file)?.trim())
}

fn signal(name: &str, pid: &str) -> Result<(), Error> {
    let status = Command::new("kill").args(["-s", name, pid]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        outcome => Err(Error::Platform(format!("cannot signal process {pid}: {outcome:?}"))),
    }
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path)
        .map_err(|error| Error::Platform(format!("{}: {error}", path.display())))
}
