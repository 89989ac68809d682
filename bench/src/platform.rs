//! What is around a handler, as on the local platform: the Functions host in front, the event hub
//! and the managed identity behind, and an auth service that issues the tokens.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::TokenIssuer;
use tokio::time::sleep;

use crate::Outcome;
use crate::database::Server;
use crate::http::{Connection, Request};
use crate::process::{Part, Program, beside_this, free_address, resident_kib};

/// The checkout this program was built from.
pub(crate) const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// How long a program may take to be ready.
const START_TIME_MAX: Duration = Duration::from_secs(60);
/// How often it is asked.
const POLL: Duration = Duration::from_millis(5);
/// The partitions of the hub, as `up run` has them.
const HUB: &str = "payments:4";
/// The app that a program is the handler of, and of its functions those that a load needs.
struct App {
    name: &'static str,
    functions: &'static [&'static str],
}

impl App {
    /// Payments, unless it is another of these: whatever else is started here stands for payments.
    fn of(program: &str) -> Self {
        match program {
            NOTIFICATION => {
                let functions = &["notification_service", "notification_on_payments"];
                Self { name: NOTIFICATION, functions }
            }
            FAQ => Self { name: FAQ, functions: &["faq_service"] },
            _ => Self { name: PAYMENTS, functions: &["payments_api"] },
        }
    }
}

/// The programs, which have the names of their services.
pub(crate) const PAYMENTS: &str = "payments";
pub(crate) const NOTIFICATION: &str = "notification";
pub(crate) const FAQ: &str = "faq";

/// How clients reach a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Through a Functions host, as they always do.
    Hosted,
    /// At its own port.
    Direct,
}

/// What all cases share.
pub(crate) struct Platform {
    pub(crate) server: Server,
    pub(crate) issuer: TokenIssuer,
    folder: PathBuf,
    hub: (Program, SocketAddr),
    identity: (Program, SocketAddr),
}

/// A running handler, with its host if it has one.
pub(crate) struct Instance {
    pub(crate) address: SocketAddr,
    pub(crate) processes: Vec<(Part, u32)>,
    /// What it took from its start until it was ready for work.
    ready_after: Duration,
    _program: Program,
}

impl Instance {
    /// How it started, and what its handler holds by now.
    pub(crate) fn state(&self) -> Outcome<String> {
        let handler = self.processes.iter().find(|(part, _)| *part == Part::Handler);
        let resident = resident_kib(handler.ok_or("no handler")?.1)?;
        let ready = self.ready_after.as_millis();
        Ok(format!("ready {ready} ms after its start; the handler holds {resident} KiB at the end"))
    }
}

impl Platform {
    pub(crate) async fn start() -> Outcome<Self> {
        let server = Server::given().await?;
        let folder = Path::new(CHECKOUT).join("target/bench/run");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let (hub, identity) = (free_address()?, free_address()?);
        let data = folder.join("hubs").display().to_string();
        let args = ["--listen", &hub.to_string(), "--data", &data, "--hub", HUB];
        let log = |name: &str| folder.join(format!("{name}.log"));
        let secret = [("IDENTITY_HEADER".to_owned(), "bench".to_owned())];
        let hub_program = Program::start("eventhubs-emulator", &args, &secret, &log("hub"))?;
        let args = ["--listen", &identity.to_string()];
        let identity_program =
            Program::start("platform-identity", &args, &secret, &log("identity"))?;
        let (hub, identity) = ((hub_program, hub), (identity_program, identity));
        Ok(Self { server, issuer: TokenIssuer::start().await, folder, hub, identity })
    }

    /// A schema of the service's newest version, without rows.
    pub(crate) async fn create_schema(&self, program: &str, schema: &str) -> Outcome<()> {
        self.server.create(schema).await?;
        let log = self.folder.join("migrate.log");
        let settings = self.settings(schema)?;
        Program::start(App::of(program).name, &["migrate"], &settings, &log)?.wait()
    }

    /// Starts a program as the handler of its app. Its logs and telemetry are as in production, but
    /// nobody exports them.
    pub(crate) async fn serve(
        &self,
        program: &str,
        way: Way,
        schema: &str,
        number: usize,
    ) -> Outcome<Instance> {
        let address = free_address()?;
        let folder = self.folder.join(format!("{schema}-{number}"));
        fs::create_dir_all(&folder)?;
        let mut settings = self.settings(schema)?;
        let (app, log) = (App::of(program), folder.join("log"));
        let program = match way {
            Way::Direct => {
                let port = "FUNCTIONS_CUSTOMHANDLER_PORT".to_owned();
                settings.push((port, address.port().to_string()));
                Program::start(program, &[], &settings, &log)?
            }
            Way::Hosted => {
                let place = folder.join("apps").join(app.name);
                place_app(&place, program, &settings)?;
                let (place, state) = (place.display().to_string(), folder.display().to_string());
                let listen = address.to_string();
                let args = ["start", &place, "--quiet", "--state", &state, "--listen", &listen];
                Program::start("functions-host", &args, &[], &log)?
            }
        };
        let ready = Request::get(&format!("/api/v1/{}/health/ready", app.name));
        let ready_after = until_answered(address, &ready).await?;
        let processes = match way {
            Way::Direct => vec![(Part::Handler, program.pid())],
            Way::Hosted => {
                let handler = fs::read_to_string(folder.join(format!("{}.handler.pid", app.name)))?;
                vec![(Part::FunctionsHost, program.pid()), (Part::Handler, handler.parse()?)]
            }
        };
        Ok(Instance { address, processes, ready_after, _program: program })
    }

    /// What is measured beside the instances.
    pub(crate) fn processes(&self) -> [(Part, u32); 3] {
        let (hub, database) = (self.hub.0.pid(), self.server.pid);
        [(Part::Database, database), (Part::EventHub, hub), (Part::Load, std::process::id())]
    }

    /// Fails unless the service's own audit finds that the books balance.
    pub(crate) async fn audit(&self, schema: &str) -> Outcome<()> {
        let auditor = self.serve(PAYMENTS, Way::Direct, schema, 0).await?;
        let mut connection = Connection::open(auditor.address).await?;
        let status = connection.ask(&Request::post("/api/v1/ledger/audit")).await?;
        let audit: Value = serde_json::from_slice(connection.body())?;
        let is_balanced = status == 200 && audit.get("balanced") == Some(&json!(true));
        if is_balanced { Ok(()) } else { Err(format!("the books do not balance: {audit}").into()) }
    }

    /// Of either app: what an example's setting leads to is not there, unless it is measured.
    fn settings(&self, schema: &str) -> Outcome<Vec<(String, String)>> {
        let nowhere = "http://127.0.0.1:9/api/v1/notifications";
        let redis = env::var("TEST_REDIS_URL").map_err(|_| "run `make bench`")?;
        let (_, redis) = redis.split_once('@').ok_or("TEST_REDIS_URL has no user")?;
        let mut settings = examples_of(&["PAYMENTS_", "NOTIFICATION_"])?;
        // After them: the last of a name holds.
        settings.extend(
            [
                ("PAYMENTS_MYSQL_URL", self.server.url_of(schema)),
                ("NOTIFICATION_MYSQL_URL", self.server.url_of(schema)),
                ("NOTIFICATION_REDIS_URL", format!("redis://{redis}")),
                ("PAYMENTS_EVENTS__fullyQualifiedNamespace", self.hub.1.to_string()),
                ("PAYMENTS_REPLICA_ADDRESS", "127.0.0.1:9".to_owned()),
                ("AUTH_URL", self.issuer.auth_url.clone()),
                ("PAYMENTS_NOTIFICATION_URL", nowhere.to_owned()),
                ("PAYMENTS_EVENTS_ENDPOINT", format!("amqp://{}", self.hub.1)),
                ("AZURE_CLIENT_ID", "bench".to_owned()),
                ("IDENTITY_ENDPOINT", format!("http://{}/msi/token", self.identity.1)),
                ("IDENTITY_HEADER", "bench".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Ok(settings)
    }
}

/// The example's settings whose names begin so: a new one needs no word here.
fn examples_of(prefixes: &[&str]) -> Outcome<Vec<(String, String)>> {
    let file = Path::new(CHECKOUT).join("local.settings.json.example");
    let example: Value = serde_json::from_slice(&fs::read(file)?)?;
    let values = example.get("Values").and_then(Value::as_object).ok_or("an example of values")?;
    let is_theirs = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let theirs = values.iter().filter(|(name, _)| is_theirs(name));
    let texts = theirs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Ok(texts.collect())
}

/// The app as it is packaged, with few of its functions.
pub(crate) fn place_app(
    folder: &Path,
    program: &str,
    settings: &[(String, String)],
) -> Outcome<()> {
    let app = App::of(program);
    let functions = Path::new(CHECKOUT).join("functions").join(app.name);
    for name in app.functions {
        let function = folder.join(name);
        fs::create_dir_all(&function)?;
        let file = "function.json";
        fs::copy(functions.join(name).join(file), function.join(file))?;
    }
    fs::copy(Path::new(CHECKOUT).join("host.json"), folder.join("host.json"))?;
    symlink(beside_this(program)?, folder.join("handler"))?;
    let values: serde_json::Map<String, Value> =
        settings.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let settings = json!({"IsEncrypted": false, "Values": values});
    Ok(fs::write(folder.join("local.settings.json"), settings.to_string())?)
}

/// How long it takes until this is answered with 200.
pub(crate) async fn until_answered(address: SocketAddr, request: &Request) -> Outcome<Duration> {
    let start = Instant::now();
    while start.elapsed() < START_TIME_MAX {
        if let Ok(mut connection) = Connection::open(address).await
            && connection.ask(request).await.is_ok_and(|status| status == 200)
        {
            return Ok(start.elapsed());
        }
        sleep(POLL).await;
    }
    Err("a handler is not ready; target/bench/run has its log".into())
}
