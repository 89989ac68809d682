//! The nodes a client asks questions: requests come on one link, replies go out on another of the
//! same session.

use std::sync::Arc;

use fe2o3_amqp::{Receiver, Sender};
use fe2o3_amqp_types::{messaging::Body, primitives::Value};
use tokio::sync::{Mutex, mpsc};

use crate::{access::Access, cbs, event::AnyMessage, hubs::Hubs, management, settled};

/// Replies that wait for the client's reply link.
const REPLY_QUEUE: usize = 16;

/// A node that answers requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    Cbs,
    Management,
}

/// The nodes of one session, with the replies on their way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes {
    cbs: Replies,
    management: Replies,
}

#[derive(Debug, Clone)]
struct Replies {
    sender: mpsc::Sender<AnyMessage>,
    /// Held by the reply link that is being served.
    receiver: Arc<Mutex<mpsc::Receiver<AnyMessage>>>,
}

impl Default for Replies {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(REPLY_QUEUE);
        Self { sender, receiver: Arc::new(Mutex::new(receiver)) }
    }
}

impl Nodes {
    fn replies(&self, node: Node) -> &Replies {
        match node {
            Node::Cbs => &self.cbs,
            Node::Management => &self.management,
        }
    }

    /// Answers the requests of a link until it ends.
    pub(crate) async fn serve_requests(
        &self,
        node: Node,
        mut link: Receiver,
        hubs: Arc<Hubs>,
        access: Access,
    ) {
        while let Ok(delivery) = link.recv::<Body<Value>>().await {
            if link.accept(&delivery).await.is_err() {
                return;
            }
            let request = delivery.into_message();
            let reply = match node {
                Node::Cbs => cbs::put_token(&request, &hubs, &access),
                Node::Management => management::read(&request, &hubs, &access),
            };
            let message = reply.into_message(request.properties.unwrap_or_default());
            if self.replies(node).sender.try_send(message).is_err() {
                tracing::warn!(?node, "dropped a reply that the client does not fetch");
            }
        }
    }

    /// Sends the replies until the link ends.
    pub(crate) async fn serve_replies(&self, node: Node, mut link: Sender) {
        let mut replies = self.replies(node).receiver.lock().await;
        loop {
            let reply = tokio::select! {
                reply = replies.recv() => reply,
                _ = link.on_detach() => return,
            };
            let Some(reply) = reply else { return };
            if settled::send(&mut link, reply).await.is_err() {
                return;
            }
        }
    }
}
