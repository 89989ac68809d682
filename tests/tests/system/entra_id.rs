//! Staff whom Entra ID lets in, on their page in Chromium: in an auth of their own beside the
//! platform, since what is configured holds for all of the staff.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use serde_json::{Map, Value, json};
use system_tests::Addresses;

use crate::browser::{origin, play};
use crate::generated_client::run;
use crate::test_platform::shared;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/system-tests-entra-id");
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The local tenant (`local/platform-identity`).
const TENANT: &str = "9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01";
/// In place of that of the platform's auth, whose staff have passkeys.
const SCHEMA: &str = "auth_entra_id";
const READY_LIMIT: Duration = Duration::from_secs(120);

#[tokio::test]
async fn staff_log_in_on_their_page_by_entra_id_and_in_no_other_way() {
    let platform = shared().await;
    let tenant = format!("{}/{TENANT}", platform.identity);
    let host = Host::start(&platform, &tenant).await;
    let scene = json!({"page": format!("{}/staff/", origin(&host.url)), "tenant": tenant});
    play("staff_by_entra_id", scene).await;
}

/// A Functions host with auth alone, and the page of staff. Dropping it stops it.
struct Host {
    process: Child,
    url: String,
}

impl Host {
    async fn start(platform: &Addresses, tenant: &str) -> Self {
        let folder = PathBuf::from(FOLDER);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("apps")).unwrap();
        let app = folder.join("apps/auth");
        let [from, to] = [platform.data.join("apps/auth"), app.clone()].map(text);
        run("cp", &["-r", &from, &to]);
        let entra_id = format!("{tenant}/v2.0,c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05,c1");
        configure(&app, &entra_id);
        prepare_schema(platform, &app).await;
        let page = text(folder.join("page"));
        run("web/assemble-staff-page", &[&entra_id, &page]);
        // It ends with the thread of this test, also when that is killed.
        let mut process = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "--", "target/debug/functions-host"])
            .args(["start", &text(app), "--port", "0", "--static", &format!("/staff={page}")])
            .args(["--enableAuth", "--quiet", "--state", &text(folder.join("state"))])
            .env("SSL_CERT_FILE", platform.data.join("tls/trust.pem"))
            .current_dir(CHECKOUT)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("host.log")).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = |line: String| line.strip_prefix("ready: functions-host ").map(str::to_owned);
        let (tell, told) = mpsc::channel();
        thread::spawn(move || tell.send(lines.map_while(Result::ok).find_map(ready)));
        let url = told.recv_timeout(READY_LIMIT).unwrap().unwrap();
        Self { process, url }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        run("kill", &[&self.process.id().to_string()]);
        self.process.wait().unwrap();
    }
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

/// What `up` wrote for the platform's auth, with another schema and way to log in.
fn configure(app: &Path, entra_id: &str) {
    let mut settings = settings(app);
    let values = settings["Values"].as_object_mut().unwrap();
    let url = values["AUTH_MYSQL_URL"].as_str().unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let url = format!("{server}/{SCHEMA}");
    values.insert("AUTH_MYSQL_URL".to_owned(), url.into());
    values.insert("AUTH_ENTRA_ID".to_owned(), entra_id.into());
    fs::write(app.join("local.settings.json"), settings.to_string()).unwrap();
}

fn settings(app: &Path) -> Value {
    let text = fs::read_to_string(app.join("local.settings.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn prepare_schema(platform: &Addresses, app: &Path) {
    let mut conn = Conn::new(Opts::from_url(&platform.mysql_primary).unwrap()).await.unwrap();
    for statement in [
        format!("CREATE DATABASE {SCHEMA}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON {SCHEMA}.* TO 'auth'@'%'"),
        format!("GRANT ALL ON {SCHEMA}.* TO 'auth_ddl'@'%'"),
    ] {
        conn.query_drop(statement).await.unwrap();
    }
    conn.disconnect().await.unwrap();
    let settings = settings(app);
    let values: &Map<String, Value> = settings["Values"].as_object().unwrap();
    let url = values["AUTH_MYSQL_URL"].as_str().unwrap().replacen("//auth:", "//auth_ddl:", 1);
    let migrated = Command::new(app.join("handler"))
        .arg("migrate")
        .envs(values.iter().map(|(name, value)| (name, value.as_str().unwrap())))
        .env("AUTH_MYSQL_URL", url)
        .output()
        .unwrap();
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
}
