//! What goes wrong with a hub on demand: sends that are throttled, delays, links that are detached.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use fe2o3_amqp_types::{
    definitions::{Error, ErrorCondition, LinkError},
    primitives::Symbol,
};
use serde::{Deserialize, Serialize};
use tokio::{sync::watch, time::sleep};

/// As long as a client may be kept waiting: longer than any of them waits.
pub(crate) const DELAY_MS_MAX: u64 = 120_000;
/// What a throttled namespace answers, word for word as far as clients look at it.
const SERVER_BUSY: &str = "com.microsoft:server-busy";
const THROTTLED: &str = "The request was terminated because the entity is being throttled. Error \
                         code : 50002. Please wait 4 seconds and try again.";
const SECOND: Duration = Duration::from_secs(1);

/// How a hub misbehaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Fault {
    /// Sends beyond so many events a second are refused as too many; with 0, all of them.
    pub(crate) events_per_second: Option<u64>,
    /// Each send waits so long before it is stored, and each read before it is sent.
    pub(crate) delay_ms: u64,
}

/// The faults of one hub.
#[derive(Debug)]
pub(crate) struct Faults {
    state: Mutex<State>,
    /// Counts how often all links were to be detached.
    detachments: watch::Sender<u64>,
}

/// What went wrong on demand so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    /// Sends that were refused as too many.
    pub(crate) refused: u64,
    /// Links that were detached.
    pub(crate) detached: u64,
}

#[derive(Debug, Default)]
struct State {
    fault: Fault,
    counts: Counts,
    /// When the current second began, and how many events it has had.
    second: Option<(Instant, u64)>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { state: Mutex::default(), detachments: watch::Sender::new(0) }
    }
}

impl Faults {
    /// Misbehaves like this from now on, and in no other way.
    pub(crate) fn set(&self, fault: Fault) {
        self.state().fault = fault;
    }

    pub(crate) fn fault(&self) -> Fault {
        self.state().fault
    }

    pub(crate) fn counts(&self) -> Counts {
        self.state().counts
    }

    /// Waits as long as the fault wants it.
    pub(crate) async fn delay(&self) {
        let delay = Duration::from_millis(self.fault().delay_ms);
        if !delay.is_zero() {
            sleep(delay).await;
        }
    }

    /// Whether so many more events may come in this second.
    pub(crate) fn admit(&self, events: usize) -> Result<(), Error> {
        let mut state = self.state();
        let Some(allowed) = state.fault.events_per_second else { return Ok(()) };
        let (began, had) = match state.second {
            Some((began, had)) if began.elapsed() < SECOND => (began, had),
            Some(_) | None => (Instant::now(), 0),
        };
        let has = had.saturating_add(u64::try_from(events).unwrap_or(u64::MAX));
        if has > allowed {
            state.counts.refused = state.counts.refused.saturating_add(1);
            let busy = ErrorCondition::Custom(Symbol::from(SERVER_BUSY));
            return Err(Error::new(busy, Some(THROTTLED.to_owned()), None));
        }
        state.second = Some((began, has));
        Ok(())
    }

    /// Detaches all links of this moment.
    pub(crate) fn detach(&self) {
        self.detachments.send_modify(|count| *count = count.saturating_add(1));
    }

    /// What a link waits on beside its work: the next detachment.
    pub(crate) fn detachment(&self) -> Detachment<'_> {
        Detachment { faults: self, demanded: self.detachments.subscribe() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics between two changes of the fields, so they are whole even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next detachment of a link that is attached now.
#[derive(Debug)]
pub(crate) struct Detachment<'a> {
    faults: &'a Faults,
    demanded: watch::Receiver<u64>,
}

impl Detachment<'_> {
    /// Ends when it is demanded; what the client is told then.
    pub(crate) async fn demanded(&mut self) -> Error {
        // The sender lives as long as the hub, which is as long as the process.
        let _ = self.demanded.changed().await;
        let mut state = self.faults.state();
        state.counts.detached = state.counts.detached.saturating_add(1);
        let told = "the link was detached on demand of the administrator".to_owned();
        Error::new(LinkError::DetachForced, Some(told), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_are_refused_beyond_what_a_second_may_have_and_counted() {
        let faults = Faults::default();
        assert!(faults.admit(1_000_000).is_ok());
        faults.set(Fault { events_per_second: Some(10), ..Fault::default() });
        assert!(faults.admit(4).is_ok() && faults.admit(11).is_err() && faults.admit(6).is_ok());
        let refused = faults.admit(1).unwrap_err();
        assert_eq!(refused.condition, ErrorCondition::Custom(Symbol::from(SERVER_BUSY)));
        assert_eq!(faults.counts(), Counts { refused: 2, detached: 0 });
        let long_ago = Instant::now().checked_sub(SECOND);
        faults.state().second = long_ago.map(|began| (began, 10));
        assert!(faults.admit(10).is_ok());
        faults.set(Fault { events_per_second: Some(0), ..Fault::default() });
        assert!(faults.admit(1).is_err());
        faults.set(Fault::default());
        assert!(faults.admit(11).is_ok());
    }
}
