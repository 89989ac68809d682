//! Polls a queue and delivers its messages as the Storage Queues extension does, or the blobs that
//! its messages name.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use storage_client::{Message, PopReceipt, Queue, StorageError};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::app::App;
use crate::blob_message::BlobReader;
use crate::function_json::Function;
use crate::invocation::invoke_with_retries;
use crate::output_binding::put;
use crate::proxy::HandlerClient;
use crate::queue_message::{self, Reading};
use crate::queue_options::{MessageEncoding, POLLING_INTERVAL_MIN};
use crate::storage_connection::OpenError;
use crate::triggers::QueueTrigger;

/// A message that is being processed is hidden from others for this long, again and again. With a
/// host that is killed it comes back after that: Azure's takes ten minutes, here somebody waits.
const HIDDEN: Duration = Duration::from_secs(10);
/// At each such part of that time it is hidden anew.
const RENEWED_AT: f32 = 0.5;

const POISON_SUFFIX: &str = "-poison";
const QUEUE_NAME_MAX: usize = 63;

/// How often a call that ends a message's processing is made, with a wait that doubles.
const SETTLE_ATTEMPTS: u32 = 6;
const SETTLE_PAUSE: Duration = Duration::from_millis(200);

/// Somebody else has the message, or it is gone: nothing is left to do about it.
const NOT_OURS: [&str; 3] = ["PopReceiptMismatch", "MessageNotFound", "QueueNotFound"];

/// What a message stands for.
#[derive(Clone)]
pub(crate) enum Meaning {
    /// Itself.
    Message(Arc<QueueTrigger>),
    /// A blob that was written.
    Blob(Arc<BlobReader>),
}

/// What one trigger needs to run. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Listener {
    /// Its app.
    pub(crate) app: Arc<App>,
    /// Its function.
    pub(crate) function: Arc<Function>,
    /// The way to the handler.
    pub(crate) client: HandlerClient,
    /// What is read.
    pub(crate) queue: Queue,
    /// Where goes what could not be processed.
    pub(crate) poison: Option<Queue>,
    /// What its messages stand for.
    pub(crate) meaning: Meaning,
    /// The longest wait between two looks at an empty queue.
    pub(crate) polling_interval_max: Duration,
}

impl Listener {
    /// That of a queue trigger.
    pub(crate) fn of_queue(
        app: &Arc<App>,
        function: &Arc<Function>,
        trigger: &Arc<QueueTrigger>,
        client: HandlerClient,
    ) -> Result<Self, OpenError> {
        let account = trigger.connection.open()?;
        Ok(Self {
            queue: Queue::new(account.clone(), &trigger.queue),
            poison: poison_name(&trigger.queue).map(|name| Queue::new(account, &name)),
            meaning: Meaning::Message(Arc::clone(trigger)),
            polling_interval_max: app.host.queues.max_polling_interval(),
            app: Arc::clone(app),
            function: Arc::clone(function),
            client,
        })
    }

    /// Polls until the app host stops.
    pub(crate) async fn run(self) {
        let app = &self.app.name;
        let options = &self.app.host.queues;
        let queue = &self.queue;
        let mut running = JoinSet::new();
        let mut pause = PollingPause::new(self.polling_interval_max);
        let mut is_failing = false;
        loop {
            while running.len() > options.new_batch_threshold() {
                running.join_next().await;
            }
            let received = queue.receive(options.batch_size, HIDDEN).await;
            match &received {
                Err(error) if error.is_refusal(&["QueueNotFound"]) => {}
                Err(error) if !is_failing => {
                    tracing::warn!(app, queue = queue.name(), %error, "cannot read messages");
                }
                Ok(_) | Err(_) => {}
            }
            is_failing = received.is_err();
            let messages = received.unwrap_or_default();
            if messages.is_empty() {
                sleep(pause.next()).await;
                continue;
            }
            pause.found();
            for message in messages {
                running.spawn(Work { message, listener: self.clone() }.run());
            }
        }
    }
}

/// One received message on its way.
struct Work {
    message: Message,
    listener: Listener,
}

impl Work {
    async fn run(mut self) {
        let Listener { app, function, client, queue, .. } = &self.listener;
        let options = &app.host.queues;
        let id = self.message.id.as_str();
        // Received again and again by hosts that ended before they could say what came of it.
        if self.message.dequeue_count > options.max_dequeue_count {
            return self.give_up().await;
        }
        let mut receipt = self.message.pop_receipt.clone();
        let invocation = async {
            let envelope = match self.read().await {
                Reading::Envelope(envelope) => envelope,
                Reading::Gone => return Outcome::Done,
                Reading::Failed => return Outcome::Failed,
                Reading::Unreadable => return Outcome::Unreadable,
            };
            match invoke_with_retries(client, app, function, &envelope, |_| ()).await {
                Ok(_) => Outcome::Done,
                Err(_) => Outcome::Failed,
            }
        };
        let outcome = while_hidden(queue, id, &mut receipt, HIDDEN, invocation).await;
        let is_last = self.message.dequeue_count >= options.max_dequeue_count;
        let wait = options.visibility_timeout();
        self.message.pop_receipt = receipt;
        match outcome {
            Outcome::Done => {
                self.settle(Step::Delete).await;
            }
            Outcome::Unreadable => self.give_up().await,
            Outcome::Failed if is_last => self.give_up().await,
            // Where there is no poison queue, the message stays hidden: shown at once, it would be
            // tried again and again without a pause.
            Outcome::Failed if self.listener.poison.is_none() => {}
            Outcome::Failed => {
                self.settle(Step::ShowAfter(wait)).await;
            }
        }
    }

    async fn read(&self) -> Reading {
        let app = &self.listener.app;
        let encoding = match &self.listener.meaning {
            Meaning::Message(_) => app.host.queues.message_encoding,
            Meaning::Blob(_) => MessageEncoding::Base64,
        };
        let Some(text) = queue_message::decode(&self.message.text, encoding) else {
            tracing::warn!(app = app.name, id = self.message.id, "Message decoding has failed!");
            return Reading::Unreadable;
        };
        match &self.listener.meaning {
            Meaning::Message(trigger) => {
                let envelope = queue_message::envelope(&trigger.input, &self.message, &text);
                Reading::Envelope(Box::new(envelope))
            }
            Meaning::Blob(reader) => reader.read(&text).await,
        }
    }

    /// Moves the message, as it stands in the queue, to the poison queue.
    async fn give_up(&self) {
        let Some(poison) = &self.listener.poison else { return };
        let id = &self.message.id;
        tracing::warn!(id, "Moving message to queue '{}'", poison.name());
        if self.settle(Step::Poison).await {
            self.settle(Step::Delete).await;
        }
    }

    /// Takes a step until it succeeds, the message turns out to be somebody else's, or the attempts
    /// are used up: then it comes back by itself. Tells whether it succeeded.
    async fn settle(&self, step: Step) -> bool {
        let id = &self.message.id;
        let mut pause = SETTLE_PAUSE;
        for _ in 1..SETTLE_ATTEMPTS {
            match self.take(step).await {
                Ok(()) => return true,
                Err(error) if error.is_refusal(&NOT_OURS) => {
                    tracing::debug!(id, %error, "cannot {step} a message");
                    return false;
                }
                Err(_) => sleep(pause).await,
            }
            pause = pause.saturating_mul(2);
        }
        let outcome = self.take(step).await;
        if let Err(error) = &outcome {
            tracing::warn!(id, %error, "cannot {step} a message");
        }
        outcome.is_ok()
    }

    async fn take(&self, step: Step) -> Result<(), StorageError> {
        let Message { id, pop_receipt, text, .. } = &self.message;
        let Listener { queue, poison, .. } = &self.listener;
        match (step, poison) {
            (Step::Delete, _) => queue.delete(id, pop_receipt).await,
            (Step::ShowAfter(wait), _) => queue.hide(id, pop_receipt, wait).await.map(drop),
            (Step::Poison, None) => Ok(()),
            (Step::Poison, Some(poison)) => put(poison, text).await,
        }
    }
}

/// What came of a message.
enum Outcome {
    Done,
    Failed,
    /// It never will be processed.
    Unreadable,
}

/// A call of the queue that ends the processing of a message.
#[derive(Clone, Copy)]
enum Step {
    Delete,
    ShowAfter(Duration),
    /// Copies it to the poison queue.
    Poison,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Delete => "delete",
            Self::ShowAfter(_) => "show",
            Self::Poison => "poison",
        })
    }
}

/// Does the `work` and keeps the message hidden meanwhile, whose receipt changes each time.
async fn while_hidden<T>(
    queue: &Queue,
    id: &str,
    receipt: &mut PopReceipt,
    hidden: Duration,
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = sleep(hidden.mul_f32(RENEWED_AT)) => {}
        }
        // Never broken off: without the new receipt, the message could not be deleted.
        match queue.hide(id, receipt, hidden).await {
            Ok(renewed) => *receipt = renewed,
            Err(error) => tracing::warn!(id, %error, "the message cannot be kept hidden"),
        }
    }
}

/// The queue of what could not be processed, unless this is one.
fn poison_name(queue: &str) -> Option<String> {
    let name = format!("{queue}{POISON_SUFFIX}");
    (!queue.ends_with(POISON_SUFFIX) && name.len() <= QUEUE_NAME_MAX).then_some(name)
}

/// The wait before the next look at an empty queue: what it grows by doubles, give or take a fifth.
struct PollingPause {
    max: Duration,
    growth: Duration,
}

impl PollingPause {
    fn new(max: Duration) -> Self {
        Self { max, growth: Duration::ZERO }
    }

    /// A message was there: the next wait is the shortest.
    fn found(&mut self) {
        self.growth = Duration::ZERO;
    }

    fn next(&mut self) -> Duration {
        let about_one = 0.8 + 0.4 * fastrand::f32();
        let pause = POLLING_INTERVAL_MIN.saturating_add(self.growth.mul_f32(about_one));
        // Past the longest wait it need not grow.
        let doubled = self.growth.saturating_mul(2).max(POLLING_INTERVAL_MIN);
        self.growth = doubled.min(self.max.saturating_mul(2));
        pause.min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use testkit::{queue_endpoint, storage_credential};
    use tokio::time::Instant;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_poison_queue_has_none_of_its_own_nor_has_a_queue_with_a_long_name() {
        assert_eq!(poison_name("documents").as_deref(), Some("documents-poison"));
        assert_eq!(poison_name("documents-poison"), None);
        assert_eq!(poison_name(&"q".repeat(57)), None);
    }

    #[test]
    fn an_empty_queue_is_asked_ever_less_often_until_a_message_was_there() {
        let mut pause = PollingPause::new(Duration::from_secs(2));
        let waits: Vec<u128> = (0..7).map(|_| pause.next().as_millis()).collect();
        for (wait, about) in waits.iter().zip([100, 200, 300, 500, 900, 1_700, 2_000]) {
            assert!(wait.abs_diff(about) * 5 <= about, "{waits:?}");
        }
        assert_eq!(waits.last(), Some(&2_000));
        pause.found();
        assert_eq!(pause.next(), POLLING_INTERVAL_MIN);
    }

    #[tokio::test]
    async fn a_message_stays_hidden_for_as_long_as_it_is_processed() {
        let account = storage_client::Account::of_identity(&queue_endpoint(), storage_credential());
        let queue = Queue::new(account.unwrap(), &format!("q-{}", Uuid::new_v4()));
        queue.create().await.unwrap();
        queue.put("slow").await.unwrap();
        let hidden = Duration::from_secs(2);
        let message = queue.receive(1, hidden).await.unwrap().remove(0);
        let mut receipt = message.pop_receipt.clone();
        let others = async {
            let until = Instant::now() + hidden * 3;
            while Instant::now() < until {
                assert!(queue.receive(1, hidden).await.unwrap().is_empty());
                sleep(SETTLE_PAUSE).await;
            }
        };
        while_hidden(&queue, &message.id, &mut receipt, hidden, others).await;
        assert_ne!(receipt, message.pop_receipt);
        queue.delete(&message.id, &receipt).await.unwrap();
    }
}
