//! The life of one app's host: handler and triggers together, and a new start after it stopped.

use std::sync::Arc;
use std::time::Duration;
use std::{io, net};

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::app::{App, Phase};
use crate::blob_trigger::Watch;
use crate::cosmos_trigger::FeedReader;
use crate::event_hub_connection::EventHubConnection;
use crate::event_hub_trigger::Reader;
use crate::proxy::HandlerClient;
use crate::queue_listener::Listener;
use crate::state_dir::StateDir;
use crate::triggers::Trigger;
use crate::{timer_trigger, worker_process};

/// The pause before an app host that stopped is started anew, as the platform does.
const RESTART_DELAY: Duration = Duration::from_secs(5);

/// What all app hosts share.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// The way to the handlers.
    pub(crate) client: HandlerClient,
    /// Name and port of the front door.
    pub(crate) site: String,
    /// Where logs, process ids and checkpoints go.
    pub(crate) state: StateDir,
    /// The thread that reads event hubs.
    pub(crate) event_hubs: Handle,
}

/// Runs the app's handler and triggers for ever.
pub(crate) async fn run(app: Arc<App>, surroundings: Surroundings) {
    loop {
        match free_port() {
            Ok(port) => {
                let mut triggers = start_triggers(&app, &surroundings);
                let Surroundings { site, state, .. } = &surroundings;
                worker_process::supervise(&app, port, site, state).await;
                app.set_handler(|handler| handler.phase = Phase::Stopped);
                triggers.shutdown().await;
                tracing::error!(
                    app = app.name,
                    "Exceeded http worker restart retry count: \
                     the app host has stopped and starts anew in {RESTART_DELAY:?}"
                );
            }
            Err(error) => tracing::error!(app = app.name, %error, "no free port for the handler"),
        }
        sleep(RESTART_DELAY).await;
        app.set_handler(|handler| handler.phase = Phase::Starting);
    }
}

/// A loopback port that nobody listens on; the handler keeps it over its restarts.
fn free_port() -> io::Result<u16> {
    Ok(net::TcpListener::bind((net::Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn start_triggers(app: &Arc<App>, surroundings: &Surroundings) -> JoinSet<()> {
    let mut triggers = JoinSet::new();
    for function in &app.functions {
        let (app, function) = (Arc::clone(app), Arc::clone(function));
        let client = surroundings.client.clone();
        match &function.trigger {
            Trigger::Http(_) | Trigger::EventGrid(_) => {}
            Trigger::Timer(timer) => {
                let timer = Arc::clone(timer);
                triggers.spawn(async move {
                    timer_trigger::run(&app, &function, &timer, &client).await;
                });
            }
            Trigger::Queue(trigger) => match Listener::of_queue(&app, &function, trigger, client) {
                Ok(listener) => drop(triggers.spawn(listener.run())),
                Err(error) => {
                    let (app, function) = (&app.name, &function.name);
                    tracing::error!(app, function, %error, "cannot read the queue");
                }
            },
            Trigger::Blob(trigger) => match Watch::open(&app, &function, trigger, client) {
                Ok((watch, listener)) => {
                    if let Some(watch) = watch {
                        triggers.spawn(watch.run());
                    }
                    triggers.spawn(listener.run());
                }
                Err(error) => {
                    let (app, function) = (&app.name, &function.name);
                    tracing::error!(app, function, %error, "cannot watch the container");
                }
            },
            Trigger::Cosmos(trigger) => {
                let trigger = Arc::clone(trigger);
                triggers.spawn(FeedReader { app, function, trigger, client }.run());
            }
            Trigger::EventHub(trigger) => {
                let trigger = Arc::clone(trigger);
                let connection = Arc::new(EventHubConnection::new(Arc::clone(&trigger)));
                let state = surroundings.state.clone();
                let reader = Reader { app, function, trigger, connection, client, state };
                triggers.spawn_on(reader.run(), &surroundings.event_hubs);
            }
        }
    }
    triggers
}
