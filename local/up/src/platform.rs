//! `up run`: starts the whole platform, each part as soon as what it needs serves, and keeps it
//! until told to stop.

use std::cell::Cell;
use std::convert::Infallible;
use std::ffi::OsString;
use std::fs;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use tokio::process::Command;
use tokio::try_join;

use crate::apps::{self, App};
use crate::data::Data;
use crate::error::Error;
use crate::flags::Flags;
use crate::key_vault::{self, IDENTITY_SECRET};
use crate::mariadb::{self, Role};
use crate::part::Part;
use crate::ports::Ports;
use crate::programs::CHECKOUT;
use crate::settings::Settings;
use crate::supervisor::Supervisor;
use crate::{
    azurite, cosmos, docs, health, programs, redis, replication, requirements, schemas,
    status_page, stop_signal, tls,
};

/// The partitions of every event hub, as in Azure.
const PARTITIONS: usize = 4;
/// The container whose blobs are told of, and the queue that is told, as in bicep/.
const WATCHED: [&str; 4] = ["--container", "documents", "--queue", "documents"];
/// The containers that nobody is told of.
const UNWATCHED: [&str; 2] = ["--unwatched", "exports,avatars,shop-logos,message-pictures"];
/// The least that Azure allows; the deployment waits five times as long.
const CAPTURE_SECONDS: &str = "60";
/// What puts the page of staff together, and how long that may take.
const STAFF_PAGE: &str = "web/assemble-staff-page";
const STAFF_PAGE_LIMIT: Duration = Duration::from_secs(10);
/// Root paths of an API of others (`standsFor` in `bicep/services.bicep`).
const REWRITES: [&str; 2] =
    ["/oauth2=/api/v1/merchant-api/oauth2", "/payments=/api/v1/merchant-api/payments"];
/// Where functions-host, whose state this folder holds, writes what handlers print.
pub(crate) const HANDLER_LOGS: &str = "functions-host/logs";

/// Runs until SIGINT, SIGTERM or SIGHUP.
///
/// # Errors
/// A part that does not start; all others are stopped by then.
pub(crate) async fn run(flags: &Flags) -> Result<ExitCode, Error> {
    let ports = Ports::from_base(flags.text_or("--port-base", "27"))?;
    let apps = apps::list(&flags.path("--apps")?)?;
    let data = Arc::new(Data::lock(&flags.path("--data")?)?);
    requirements::check(ports, &data.path("")).await?;

    let supervisor = Supervisor::new(Arc::clone(&data));
    let settings = Settings::load(ports)?;
    let platform = Platform { supervisor, data, ports, settings, apps, ready: Cell::new(0) };
    let outcome = tokio::select! {
        outcome = platform.keep_running() => outcome.map(|never| match never {}),
        signal = stop_signal() => signal.map(|_| ExitCode::SUCCESS),
    };
    println!("up: stopping");
    platform.supervisor.stop_all().await;
    println!("up: stopped");
    outcome
}

struct Platform {
    supervisor: Supervisor,
    data: Arc<Data>,
    ports: Ports,
    settings: Settings,
    apps: Vec<App>,
    /// How many parts and apps are ready.
    ready: Cell<usize>,
}

impl Platform {
    async fn keep_running(&self) -> Result<Infallible, Error> {
        let began = Instant::now();
        status_page::serve(Arc::clone(&self.data), self.ports).await?;
        let tls = tls::folder(&self.data).await?;
        let stores = async {
            try_join!(self.start_databases(), self.start_redis(), self.start_storage(&tls))
        };
        // What follows serves apps; without any, the stores are all there is to run.
        if self.apps.is_empty() {
            stores.await?;
        } else {
            let (_, (), args) = try_join!(stores, self.start_services(&tls), self.place_apps())?;
            self.start_apps(args, &tls).await?;
        }
        self.print_addresses();
        println!("up: ready ({} parts, {:.1} s)", self.ready.get(), began.elapsed().as_secs_f32());
        pending().await
    }

    /// The databases, with what the services have in them.
    async fn start_databases(&self) -> Result<(), Error> {
        let Ports { mysql, mysql_replica, .. } = self.ports;
        let start = async |name, role, port| {
            let folder = self.data.path(name);
            if !folder.exists() {
                println!("first  {name}: installing its data");
            }
            self.start(mariadb::part(name, role, &folder, port).await?).await
        };
        try_join!(
            start("mariadb-primary", Role::Primary, mysql),
            start("mariadb-replica", Role::Replica, mysql_replica),
        )?;
        let replicate = async {
            let began = Instant::now();
            replication::follow(self.ports).await?;
            self.report_ready("replication", began);
            Ok(())
        };
        try_join!(replicate, self.prepare_schemas()).map(drop)
    }

    async fn start_redis(&self) -> Result<(), Error> {
        let folder = self.data.folder("redis")?;
        self.start(redis::part("redis", &folder, self.ports.redis, true)?).await
    }

    /// The storage account, and what tells of its blobs.
    async fn start_storage(&self, tls: &Path) -> Result<(), Error> {
        let Ports { blob, queue, event_grid, .. } = self.ports;
        let folder = self.data.folder("azurite")?;
        self.start(azurite::part(tls, &folder, blob, queue, true)?).await?;
        if self.apps.is_empty() {
            return Ok(());
        }
        let mut watched = vec!["--data".into(), self.data.folder("event-grid")?.into()];
        watched.extend(WATCHED.map(Into::into));
        watched.extend(UNWATCHED.map(Into::into));
        let mut part = Part::of_workspace("event-grid", event_grid, watched)?;
        let storage = self.settings.get("AzureWebJobsStorage")?.to_owned();
        part.env.extend([("EVENT_GRID_STORAGE".to_owned(), storage), trust(tls)]);
        self.start(part).await
    }

    async fn start_services(&self, tls: &Path) -> Result<(), Error> {
        let Ports { identity, sms_inbox, push_inbox, trace_view, key_vault, cosmos, .. } =
            self.ports;
        let secret = self.settings.get(IDENTITY_SECRET)?;
        let mut broker = self.broker()?;
        let mut identity = Part::of_workspace("platform-identity", identity, Vec::new())?;
        for part in [&mut broker, &mut identity] {
            part.env.push((IDENTITY_SECRET.to_owned(), secret.to_owned()));
        }
        let secrets = self.settings.secrets_of(&key_vault::url(key_vault));
        let folder = self.data.folder("key-vault")?;
        let vault = key_vault::part(tls, &folder, key_vault, secret, &secrets)?;
        let folder = self.data.folder("cosmos")?;
        let account = cosmos::part(tls, Some(&folder), cosmos, secret)?;
        let sms_inbox = Part::of_workspace("sms-inbox", sms_inbox, Vec::new())?;
        let push_inbox = Part::of_workspace("push-inbox", push_inbox, Vec::new())?;
        let trace_view = Part::of_workspace("trace-view", trace_view, Vec::new())?;
        let all = [broker, identity, vault, account, sms_inbox, push_inbox, trace_view];
        try_join_all(all.map(|part| self.start(part))).await.map(drop)
    }

    fn broker(&self) -> Result<Part, Error> {
        let mut hubs = vec!["--data".into(), self.data.folder("eventhubs")?.into()];
        hubs.extend(["--capture".into(), self.data.folder("captured")?.into()]);
        hubs.extend(["--capture-seconds".into(), CAPTURE_SECONDS.into()]);
        let admin = format!("127.0.0.1:{}", self.ports.event_hubs_admin);
        hubs.extend(["--admin".into(), admin.into()]);
        for (name, groups) in apps::hubs(&self.apps)? {
            let groups = groups.into_iter().collect::<Vec<_>>().join(",");
            hubs.extend(["--hub".into(), format!("{name}:{PARTITIONS}:{groups}").into()]);
        }
        Part::of_workspace("eventhubs-emulator", self.ports.event_hubs, hubs)
    }

    async fn prepare_schemas(&self) -> Result<(), Error> {
        let prepare = async |app: &App| {
            let began = Instant::now();
            schemas::prepare(self.ports.mysql, app, &self.settings).await?;
            println!("schema {:<20} {:>5.1} s", app.name, began.elapsed().as_secs_f32());
            Ok::<_, Error>(())
        };
        try_join_all(self.apps.iter().map(prepare)).await?;
        schemas::grant_reads(self.ports.mysql, &self.apps, &self.settings).await
    }

    /// Puts the apps where they run, and tells how functions-host is called for them.
    async fn place_apps(&self) -> Result<Vec<OsString>, Error> {
        let folder = self.data.folder("apps")?;
        apps::place(&self.apps, &folder, &self.settings)?;
        let docs = self.data.folder("docs")?;
        docs::assemble(&docs)?;
        let mut docs_route = OsString::from("/docs=");
        docs_route.push(docs);
        let mut staff_route = OsString::from("/staff=");
        staff_route.push(self.staff_page().await?);
        let mut args: Vec<OsString> = vec!["start".into()];
        args.extend(self.apps.iter().map(|app| folder.join(&app.name).into()));
        args.extend([
            "--enableAuth".into(),
            "--quiet".into(),
            "--state".into(),
            self.data.folder("functions-host")?.into(),
            "--static".into(),
            docs_route,
            "--static".into(),
            staff_route,
            "--trace-view".into(),
            format!("http://127.0.0.1:{}", self.ports.trace_view).into(),
        ]);
        args.extend(REWRITES.iter().flat_map(|rule| ["--rewrite".into(), rule.into()]));
        Ok(args)
    }

    async fn start_apps(&self, args: Vec<OsString>, tls: &Path) -> Result<(), Error> {
        let began = Instant::now();
        let front_door = self.ports.front_door;
        let mut part = Part::of_workspace("functions-host", front_door, args)?;
        part.env.push(trust(tls));
        self.start(part).await?;
        let ready = async |app: &App| {
            let log = self.data.path(HANDLER_LOGS).join(format!("{}.log", app.name));
            health::ready(&app.name, front_door, &log).await?;
            self.report_ready(&app.name, began);
            Ok::<_, Error>(())
        };
        try_join_all(self.apps.iter().map(ready)).await.map(drop)
    }

    /// The folder with the page of staff.
    async fn staff_page(&self) -> Result<PathBuf, Error> {
        // What the page has no more would stay, and be served.
        let folder = self.data.folder("staff")?;
        fs::remove_dir_all(&folder).map_err(Error::io("cannot remove the page of staff"))?;
        let mut assemble = Command::new(Path::new(CHECKOUT).join(STAFF_PAGE));
        assemble.arg(self.settings.get("AUTH_ENTRA_ID")?).arg(&folder);
        programs::run(assemble, STAFF_PAGE_LIMIT).await?;
        Ok(folder)
    }

    async fn start(&self, part: Part) -> Result<(), Error> {
        let name = part.name.clone();
        println!("start  {name}");
        let began = Instant::now();
        self.supervisor.start(part).await?;
        self.report_ready(&name, began);
        Ok(())
    }

    fn report_ready(&self, name: &str, began: Instant) {
        self.ready.set(self.ready.get().saturating_add(1));
        println!("ready  {name:<20} {:>5.1} s", began.elapsed().as_secs_f32());
    }

    fn print_addresses(&self) {
        let Ports { key_vault, cosmos, .. } = self.ports;
        let Ports { mysql, mysql_replica, redis: redis_port, blob, queue, .. } = self.ports;
        println!();
        println!("  status          http://127.0.0.1:{}/", self.ports.status_page);
        if !self.apps.is_empty() {
            println!("  public API      http://127.0.0.1:{}/api/v1/", self.ports.front_door);
            for (name, url) in status_page::links(self.ports) {
                println!("  {name:<15} {url}");
            }
            println!("  Key Vault       {}", key_vault::url(key_vault));
            println!("  Cosmos DB       {}", cosmos::url(cosmos));
        }
        println!("  MySQL primary   {}", mariadb::admin_url(mysql));
        println!("  MySQL replica   {}", mariadb::admin_url(mysql_replica));
        println!("  Redis           {}", redis::url(redis_port));
        println!("  Blob            {}", azurite::url(blob));
        println!("  Queue           {}", azurite::url(queue));
        println!("  logs            {}/", self.data.path("logs").display());
        if !self.apps.is_empty() {
            println!("  handlers' logs  {}/", self.data.path(HANDLER_LOGS).display());
        }
        println!();
    }
}

/// What lets a program and its children trust the parts that speak TLS.
fn trust(tls: &Path) -> (String, String) {
    (tls::TRUST_VARIABLE.to_owned(), tls::trust(tls).display().to_string())
}
