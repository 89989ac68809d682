//! Tells which function is executed, why, and how it ended, in the words of the Functions host.

use std::time::Instant;

use tracing::Level;

use crate::console::FUNCTIONS;
use crate::function_json::Function;

/// One invocation that is going on; its end is told when it is dropped.
pub(crate) struct Execution {
    function: String,
    invocation_id: String,
    began: Instant,
    has_failed: bool,
}

impl Execution {
    /// Tells that it begins; nothing where nobody is told.
    pub(crate) fn begin(function: &Function, invocation_id: &str) -> Option<Self> {
        if !tracing::enabled!(target: FUNCTIONS, Level::INFO) {
            return None;
        }
        let (name, reason) = (&function.name, function.trigger.reason());
        tracing::info!(
            target: FUNCTIONS,
            "Executing 'Functions.{name}' (Reason='{reason}', Id={invocation_id})"
        );
        Some(Self {
            function: name.clone(),
            invocation_id: invocation_id.to_owned(),
            began: Instant::now(),
            has_failed: false,
        })
    }

    /// Notes that it does not end well.
    pub(crate) fn fail(&mut self) {
        self.has_failed = true;
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        let Self { function, invocation_id, began, has_failed } = self;
        let duration = began.elapsed().as_millis();
        let told = |outcome| {
            format!(
                "Executed 'Functions.{function}' ({outcome}, Id={invocation_id}, \
                 Duration={duration}ms)"
            )
        };
        if *has_failed {
            tracing::error!(target: FUNCTIONS, "{}", told("Failed"));
        } else {
            tracing::info!(target: FUNCTIONS, "{}", told("Succeeded"));
        }
    }
}
