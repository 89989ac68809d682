//! One client's connection: its sessions, and what each link it attaches is for.

use std::{io, sync::Arc, time::Duration};

use fe2o3_amqp::{
    acceptor::{
        ConnectionAcceptor, LinkAcceptor, LinkEndpoint, ListenerSessionHandle,
        SaslAnonymousMechanism, SessionAcceptor, SupportedReceiverSettleModes,
        error::AcceptorAttachError,
    },
    connection::OpenError,
};
use fe2o3_amqp_types::{
    definitions::{AmqpError, Error, ErrorCondition, LinkError, ReceiverSettleMode, Role},
    messaging::{Source, Target, TargetArchetype},
    performatives::Attach,
    primitives::{Symbol, Value},
};
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
    time::{error::Elapsed, timeout},
};

use crate::{
    access::{Access, Denied, Namespace},
    address::{Address, parse_selector},
    consumer_link::{self, Reading},
    hubs::{Hub, Hubs},
    log::{LogError, LogReader, Start},
    patient::Patient,
    producer_link::{self, Destination},
    readers::Refused,
    request_node::{Node, Nodes},
    whole_frames::WholeFrames,
};

/// Largest message a producer may send; the service's limit too.
const MAX_MESSAGE_BYTES: u64 = 1024 * 1024;
// Values that equal the protocol's defaults would be left out of the frames, which some clients do
// not understand.
const MAX_FRAME_BYTES: u32 = 64 * 1024;
const MAX_CHANNEL: u16 = 255;
const MAX_HANDLE: u32 = 1023;
/// Links of one connection, over all its sessions.
const MAX_LINKS: usize = 1024;
/// Frames that wait between link, session and socket. Bounds what a client that stops reading makes
/// us hold.
const FRAME_QUEUE: usize = 512;
/// What a consumer wants that is to be told where the partition ends.
const RUNTIME_METRIC: &str = "com.microsoft:enable-receiver-runtime-metric";
const OWNER_LEVEL: &str = "com.microsoft:epoch";
const OPEN_LIMIT: Duration = Duration::from_secs(10);
/// A client that stops in the middle is given up after this time.
const STALL_LIMIT: Duration = Duration::from_secs(30);
const DETACH_LIMIT: Duration = Duration::from_secs(5);

type AnyLinkAcceptor = LinkAcceptor<fn(Source) -> Option<Source>, fn(Target) -> Option<Target>>;

/// Why a connection did not get as far as its first session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectionError {
    #[error("socket: {0}")]
    Socket(#[from] io::Error),
    #[error("the client did not open it within {} s", OPEN_LIMIT.as_secs())]
    Slow(#[from] Elapsed),
    #[error("{0}")]
    Open(#[from] OpenError),
}

/// What the sessions of one connection share.
#[derive(Debug, Clone)]
struct Shared {
    hubs: Arc<Hubs>,
    access: Access,
    links: Arc<Semaphore>,
}

/// What a link is for.
enum Service {
    Produce(Destination),
    Consume(Reading),
    Request(Node),
    Reply(Node),
}

/// Serves the connection until either side closes it.
pub(crate) async fn serve(
    stream: TcpStream,
    hubs: Arc<Hubs>,
    namespace: Arc<Namespace>,
) -> Result<(), ConnectionError> {
    stream.set_nodelay(true)?;
    let acceptor = ConnectionAcceptor::builder()
        .container_id("eventhubs-emulator")
        .max_frame_size(MAX_FRAME_BYTES)
        .channel_max(MAX_CHANNEL)
        .buffer_size(FRAME_QUEUE)
        .sasl_acceptor(SaslAnonymousMechanism::new())
        .build();
    let sessions =
        SessionAcceptor::builder().handle_max(MAX_HANDLE).buffer_size(FRAME_QUEUE).build();
    let peer = stream.peer_addr()?;
    let stream = WholeFrames::new(Patient::new(stream, peer, STALL_LIMIT));
    let mut connection = timeout(OPEN_LIMIT, acceptor.accept(stream)).await??;
    let links = Arc::new(Semaphore::new(MAX_LINKS));
    let shared = Shared { hubs, access: Access::to(namespace), links };
    while let Some(incoming) = connection.next_incoming_session().await {
        match sessions.accept_incoming_session(incoming, &mut connection).await {
            Ok(session) => drop(task::spawn(serve_session(session, shared.clone()))),
            Err(error) => tracing::debug!(%error, "a session did not begin"),
        }
    }
    Ok(())
}

async fn serve_session(mut session: ListenerSessionHandle, shared: Shared) {
    let nodes = Nodes::default();
    while let Some(attach) = session.next_incoming_attach().await {
        let accepted = match shared.service(&attach).await {
            Ok((service, permit)) => {
                start(service, permit, attach, &mut session, &shared, &nodes).await
            }
            Err(reason) => refuse(reason, attach, &mut session).await,
        };
        if let Err(error) = accepted {
            tracing::debug!(%error, "a link was not attached");
        }
    }
}

/// Attaches the link and starts the task that serves it.
async fn start(
    service: Service,
    permit: OwnedSemaphorePermit,
    attach: Attach,
    session: &mut ListenerSessionHandle,
    shared: &Shared,
    nodes: &Nodes,
) -> Result<(), AcceptorAttachError> {
    // What consumers get is what producers sent and a little more, so the limit is for producers
    // only.
    let limit = match attach.role {
        Role::Sender => MAX_MESSAGE_BYTES,
        Role::Receiver => 0,
    };
    let tells_end = wants_runtime_metric(&attach);
    let links = link_acceptor(limit);
    let link = links.accept_incoming_attach(attach, session).await?;
    let (hubs, access, nodes) = (Arc::clone(&shared.hubs), shared.access.clone(), nodes.clone());
    task::spawn(async move {
        match (service, link) {
            (Service::Produce(destination), LinkEndpoint::Receiver(link)) => {
                producer_link::serve(link, destination).await;
            }
            (Service::Request(node), LinkEndpoint::Receiver(link)) => {
                nodes.serve_requests(node, link, hubs, access).await;
            }
            (Service::Consume(reading), LinkEndpoint::Sender(link)) => {
                consumer_link::serve(link, reading, tells_end).await;
            }
            (Service::Reply(node), LinkEndpoint::Sender(link)) => {
                nodes.serve_replies(node, link).await;
            }
            // The service was chosen by the same role that decides the endpoint.
            (_, LinkEndpoint::Receiver(_) | LinkEndpoint::Sender(_)) => {}
        }
        drop(permit);
    });
    Ok(())
}

/// Answers as the protocol wants it: an attach without the terminus, then a detach that says why.
async fn refuse(
    reason: Error,
    mut attach: Attach,
    session: &mut ListenerSessionHandle,
) -> Result<(), AcceptorAttachError> {
    tracing::info!(link = attach.name, ?reason, "refused a link");
    match attach.role {
        Role::Sender => attach.target = None,
        Role::Receiver => attach.source = None,
    }
    let links = link_acceptor(0);
    let link = links.accept_incoming_attach(attach, session).await?;
    let detached = async {
        match link {
            LinkEndpoint::Receiver(link) => link.close_with_error(reason).await,
            LinkEndpoint::Sender(link) => link.close_with_error(reason).await,
        }
    };
    match timeout(DETACH_LIMIT, detached).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a refused link was not detached cleanly"),
        Err(_) => tracing::debug!("a refused link was not detached in time"),
    }
    Ok(())
}

impl Shared {
    /// Decides what the link is for, or why it is refused.
    async fn service(&self, attach: &Attach) -> Result<(Service, OwnedSemaphorePermit), Error> {
        let permit = Arc::clone(&self.links).try_acquire_owned().map_err(|_| {
            let description = format!("a connection may have {MAX_LINKS} links");
            refusal(AmqpError::ResourceLimitExceeded, description)
        })?;
        let service = match attach.role {
            Role::Sender => self.service_for_sender(target_address(attach))?,
            Role::Receiver => {
                let source = attach.source.as_deref();
                self.service_for_receiver(source, owner_level(attach)).await?
            }
        };
        Ok((service, permit))
    }

    fn hub(&self, name: &str) -> Result<&Arc<Hub>, Error> {
        self.access.hub(name, &self.hubs).map_err(|denied| {
            let condition = match denied {
                Denied::NoToken(_) => AmqpError::UnauthorizedAccess,
                Denied::NoHub(_) => AmqpError::NotFound,
            };
            refusal(condition, denied.to_string())
        })
    }

    fn service_for_sender(&self, address: &str) -> Result<Service, Error> {
        match Address::parse(address) {
            Some(Address::Cbs) => Ok(Service::Request(Node::Cbs)),
            Some(Address::Management) => Ok(Service::Request(Node::Management)),
            Some(Address::Hub { hub, partition }) => {
                let found = self.hub(hub)?;
                if let Some(id) = partition {
                    found.partition(id).ok_or_else(|| no_partition(hub, id))?;
                }
                Ok(Service::Produce(Destination {
                    hub: Arc::clone(found),
                    partition: partition.map(str::to_owned),
                }))
            }
            Some(Address::Consumer { .. }) | None => Err(no_node(address)),
        }
    }

    async fn service_for_receiver(
        &self,
        source: Option<&Source>,
        owner_level: Option<i64>,
    ) -> Result<Service, Error> {
        let address = source.and_then(|source| source.address.as_deref()).unwrap_or_default();
        let (hub, group, id) = match Address::parse(address) {
            Some(Address::Cbs) => return Ok(Service::Reply(Node::Cbs)),
            Some(Address::Management) => return Ok(Service::Reply(Node::Management)),
            Some(Address::Consumer { hub, group, partition }) => (hub, group, partition),
            Some(Address::Hub { .. }) | None => return Err(no_node(address)),
        };
        let found = self.hub(hub)?;
        if !found.has_group(group) {
            return Err(no_group(hub, group));
        }
        let partition = found.partition(id).ok_or_else(|| no_partition(hub, id))?;
        let start = start_position(source)?;
        let seat = partition.readers.enter(group, owner_level).map_err(|refused| {
            let condition = match refused {
                Refused::Owned(_) => ErrorCondition::from(LinkError::Stolen),
                Refused::TooMany => AmqpError::ResourceLimitExceeded.into(),
            };
            refusal(condition, refused.to_string())
        })?;
        let log = Arc::clone(&partition.log);
        // Decided before the link is attached: `@latest` then misses nothing that is sent after it.
        let reader = task::spawn_blocking(move || LogReader::new(log, start)).await;
        match reader {
            Ok(Ok(reader)) => {
                Ok(Service::Consume(Reading { hub: Arc::clone(found), reader, seat }))
            }
            Ok(Err(error @ LogError::StartBeyondEnd { .. })) => {
                Err(refusal(AmqpError::InvalidField, error.to_string()))
            }
            Ok(Err(error)) => Err(refusal(AmqpError::InternalError, error.to_string())),
            Err(error) => Err(refusal(AmqpError::InternalError, error.to_string())),
        }
    }
}

/// Where the client's selector says to start; without one, at the events to come.
fn start_position(source: Option<&Source>) -> Result<Start, Error> {
    let filters = source.and_then(|source| source.filter.as_ref());
    let Some((_, filter)) = filters.and_then(|filters| filters.iter().next()) else {
        return Ok(Start::Latest);
    };
    let selector = if let Value::Described(described) = filter { &described.value } else { filter };
    let start =
        if let Value::String(selector) = selector { parse_selector(selector) } else { None };
    start.ok_or_else(|| {
        let description = format!("the selector {selector:?} is not understood");
        refusal(AmqpError::InvalidField, description)
    })
}

/// What a consumer asks for that wants the partition for itself.
fn owner_level(attach: &Attach) -> Option<i64> {
    let level = attach.properties.as_ref()?.get(&Symbol::from(OWNER_LEVEL))?;
    i64::try_from(level.clone()).ok()
}

fn wants_runtime_metric(attach: &Attach) -> bool {
    let desired = attach.desired_capabilities.as_ref();
    desired.is_some_and(|wanted| wanted.0.contains(&Symbol::from(RUNTIME_METRIC)))
}

fn target_address(attach: &Attach) -> &str {
    match attach.target.as_deref() {
        Some(TargetArchetype::Target(target)) => target.address.as_deref().unwrap_or_default(),
        None => "",
    }
}

fn no_partition(hub: &str, id: &str) -> Error {
    refusal(AmqpError::NotFound, format!("the event hub {hub} has no partition {id}"))
}

fn no_group(hub: &str, group: &str) -> Error {
    refusal(AmqpError::NotFound, format!("the event hub {hub} has no consumer group {group}"))
}

fn no_node(address: &str) -> Error {
    refusal(AmqpError::NotFound, format!("there is nothing at {address:?}"))
}

fn refusal(condition: impl Into<ErrorCondition>, description: String) -> Error {
    Error::new(condition, Some(description), None)
}

/// A limit of 0 bytes is no limit, as in the protocol.
///
/// Only settle mode `first`: a client that asks for `second` would wait for a settlement we never
/// send.
fn link_acceptor(max_message_bytes: u64) -> AnyLinkAcceptor {
    LinkAcceptor::builder()
        .max_message_size(max_message_bytes)
        .supported_receiver_settle_modes(SupportedReceiverSettleModes::First)
        .fallback_receiver_settle_mode(ReceiverSettleMode::First)
        .build()
}
