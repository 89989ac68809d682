//! `up run`: starts the whole platform in dependency order, and keeps it until told to stop.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fs;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mysql_async::Conn;
use tokio::process::Command;

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
const HANDLER_LOGS: &str = "functions-host/logs";

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
    let mut platform = Platform { supervisor, data, ports, settings, apps, ready: 0 };
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
    ready: usize,
}

impl Platform {
    async fn keep_running(&mut self) -> Result<Infallible, Error> {
        let began = Instant::now();
        status_page::serve(Arc::clone(&self.data), self.ports).await?;
        self.start_stores().await?;
        // What follows serves apps; without any, the stores are all there is to run.
        if !self.apps.is_empty() {
            self.start_services().await?;
            self.prepare_schemas().await?;
            self.start_apps().await?;
        }
        self.print_addresses();
        println!("up: ready ({} parts, {:.1} s)", self.ready, began.elapsed().as_secs_f32());
        pending().await
    }

    async fn start_stores(&mut self) -> Result<(), Error> {
        let Ports { mysql, mysql_replica, redis, blob, queue, .. } = self.ports;
        for (name, role, port) in [
            ("mariadb-primary", Role::Primary, mysql),
            ("mariadb-replica", Role::Replica, mysql_replica),
        ] {
            let folder = self.data.path(name);
            if !folder.exists() {
                println!("first  {name}: installing its data");
            }
            self.start(mariadb::part(name, role, &folder, port).await?).await?;
        }
        let began = Instant::now();
        replication::follow(self.ports).await?;
        self.report_ready("replication", began);
        let folder = self.data.folder("redis")?;
        self.start(redis::part("redis", &folder, redis, true)?).await?;
        let folder = self.data.folder("azurite")?;
        let tls = tls::folder(&self.data).await?;
        self.start(azurite::part(&tls, &folder, blob, queue, true)?).await
    }

    async fn start_services(&mut self) -> Result<(), Error> {
        let Ports { identity, event_grid, sms_inbox, trace_view, event_hubs, .. } = self.ports;
        let Ports { push_inbox, key_vault, cosmos, .. } = self.ports;
        let mut hubs = vec!["--data".into(), self.data.folder("eventhubs")?.into()];
        hubs.extend(["--capture".into(), self.data.folder("captured")?.into()]);
        hubs.extend(["--capture-seconds".into(), CAPTURE_SECONDS.into()]);
        let admin = format!("127.0.0.1:{}", self.ports.event_hubs_admin);
        hubs.extend(["--admin".into(), admin.into()]);
        for (name, groups) in apps::hubs(&self.apps)? {
            let groups = groups.into_iter().collect::<Vec<_>>().join(",");
            hubs.extend(["--hub".into(), format!("{name}:{PARTITIONS}:{groups}").into()]);
        }
        let secret = self.settings.get(IDENTITY_SECRET)?;
        let mut broker = Part::of_workspace("eventhubs-emulator", event_hubs, hubs)?;
        let mut part = Part::of_workspace("platform-identity", identity, Vec::new())?;
        for part in [&mut broker, &mut part] {
            part.env.push((IDENTITY_SECRET.to_owned(), secret.to_owned()));
        }
        let tls = tls::folder(&self.data).await?;
        let secrets = self.settings.secrets_of(&key_vault::url(key_vault));
        let folder = self.data.folder("key-vault")?;
        let vault = key_vault::part(&tls, &folder, key_vault, secret, &secrets)?;
        let folder = self.data.folder("cosmos")?;
        let account = cosmos::part(&tls, Some(&folder), cosmos, secret)?;
        self.start(broker).await?;
        self.start(part).await?;
        self.start(vault).await?;
        self.start(account).await?;
        let mut watched = vec!["--data".into(), self.data.folder("event-grid")?.into()];
        watched.extend(WATCHED.map(Into::into));
        watched.extend(UNWATCHED.map(Into::into));
        let mut part = Part::of_workspace("event-grid", event_grid, watched)?;
        let storage = self.settings.get("AzureWebJobsStorage")?.to_owned();
        part.env.extend([("EVENT_GRID_STORAGE".to_owned(), storage), self.trust().await?]);
        self.start(part).await?;
        self.start(Part::of_workspace("sms-inbox", sms_inbox, Vec::new())?).await?;
        self.start(Part::of_workspace("push-inbox", push_inbox, Vec::new())?).await?;
        self.start(Part::of_workspace("trace-view", trace_view, Vec::new())?).await
    }

    async fn prepare_schemas(&mut self) -> Result<(), Error> {
        let mut admin: Conn = mariadb::admin(self.ports.mysql).await?;
        for app in &self.apps {
            let began = Instant::now();
            schemas::prepare(&mut admin, app, &self.settings).await?;
            let seconds = began.elapsed().as_secs_f32();
            println!("schema {:<20} {seconds:>5.1} s", app.name);
        }
        schemas::grant_reads(&mut admin, &self.apps, &self.settings).await?;
        admin.disconnect().await.map_err(Error::sql("cannot leave MariaDB"))
    }

    async fn start_apps(&mut self) -> Result<(), Error> {
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
        let began = Instant::now();
        let mut part = Part::of_workspace("functions-host", self.ports.front_door, args)?;
        part.env.push(self.trust().await?);
        self.start(part).await?;
        for app in self.apps.clone() {
            let log = self.data.path(HANDLER_LOGS).join(format!("{}.log", app.name));
            health::ready(&app.name, self.ports.front_door, &log).await?;
            self.report_ready(&app.name, began);
        }
        Ok(())
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

    /// What lets a program and its children trust the parts that speak TLS.
    async fn trust(&self) -> Result<(String, String), Error> {
        let file = tls::trust(&tls::folder(&self.data).await?);
        Ok((tls::TRUST_VARIABLE.to_owned(), file.display().to_string()))
    }

    async fn start(&mut self, part: Part) -> Result<(), Error> {
        let name = part.name.clone();
        println!("start  {name}");
        let began = Instant::now();
        self.supervisor.start(part).await?;
        self.report_ready(&name, began);
        Ok(())
    }

    fn report_ready(&mut self, name: &str, began: Instant) {
        self.ready = self.ready.saturating_add(1);
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
