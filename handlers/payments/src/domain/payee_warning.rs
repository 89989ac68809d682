//! Whom people are warned of before they pay: by an alert of the police or of FPS, or by what other
//! customers have told us.

use std::collections::HashMap;

use time::OffsetDateTime;
use uuid::Uuid;
use values::{DeviceId, Refusal, code_enum};

use super::refusals::PAYEE_WARNED;
use super::word::Word;

code_enum! {
    /// Why people are warned of a payee.
    pub(crate) enum PayeeWarningReason {
        /// The police's Scameter, or FPS's list of suspicious proxies, has them.
        ScameterListed = "scameter-listed",
        /// Customers have told us that they were deceived by them.
        ReportedScam = "reported-scam",
    }
}

/// A warning that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PayeeWarning {
    pub(crate) id: u64,
    pub(crate) reason: PayeeWarningReason,
}

impl PayeeWarning {
    fn refusal(self) -> Refusal {
        PAYEE_WARNED.because(format!("people are warned of this payee: {}", self.reason.code()))
    }
}

/// One line of what people were warned of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PayeeWarningLine {
    pub(crate) reason: PayeeWarningReason,
    pub(crate) begun_by: Word,
    pub(crate) began_at: OffsetDateTime,
    /// On whose word, and when, it ended; `None` while it counts.
    pub(crate) ended: Option<(Word, OffsetDateTime)>,
}

/// A payer has read that warning, and goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AcceptedWarning {
    pub(crate) reason: PayeeWarningReason,
    /// Of the login by which they said so.
    pub(crate) device_id: DeviceId,
}

/// What is kept of a movement whose payer was warned and went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WarningConsent {
    pub(crate) operation_id: Uuid,
    pub(crate) warning_id: u64,
    pub(crate) device_id: DeviceId,
}

/// Those that count of the payees of a batch, and what payers have consented to in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PayeeWarnings {
    by_payee: HashMap<Uuid, PayeeWarning>,
    consents: Vec<WarningConsent>,
}

impl PayeeWarnings {
    pub(crate) fn new(found: impl IntoIterator<Item = (Uuid, PayeeWarning)>) -> Self {
        Self { by_payee: found.into_iter().collect(), consents: Vec::new() }
    }

    /// What is kept of an operation that pays somebody of whom people are warned; refuses it if its
    /// payer has not accepted the very reason that counts now.
    pub(super) fn require_consent(
        &self,
        operation_id: Uuid,
        payee: Uuid,
        accepted: Option<AcceptedWarning>,
    ) -> Result<Option<WarningConsent>, Refusal> {
        let Some(warning) = self.by_payee.get(&payee) else { return Ok(None) };
        let accepted = accepted.filter(|accepted| accepted.reason == warning.reason);
        let AcceptedWarning { device_id, .. } = accepted.ok_or_else(|| warning.refusal())?;
        Ok(Some(WarningConsent { operation_id, warning_id: warning.id, device_id }))
    }

    /// Refuses what nobody is asked about again on the day that it is paid.
    pub(super) fn require_none(&self, payee: Uuid) -> Result<(), Refusal> {
        self.by_payee.get(&payee).map_or(Ok(()), |warning| Err(warning.refusal()))
    }

    pub(super) fn keep(&mut self, consents: Vec<WarningConsent>) {
        self.consents.extend(consents);
    }

    /// To be kept.
    pub(crate) fn consents(&self) -> &[WarningConsent] {
        &self.consents
    }
}
