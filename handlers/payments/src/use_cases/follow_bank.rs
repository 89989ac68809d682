//! The bank is told what pending top-ups and payouts need of it, and asked until it has said
//! what became of them for good. Only that ends them: while nobody knows whether the money has
//! moved, it stays held. What it was not told in time it is never told, and is let go.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use service::database::now;
use service::trace::{self, TraceContext};
use service::{Error, causes, retry_lock_conflicts};
use uuid::Uuid;
use values::{FpsPaymentId, SettlementId, TopUpId, WithdrawalId};

use crate::App;
use crate::bank_rail::instruct;
use crate::domain::operations::{EndPayout, EndTopUp, Payout, PayoutEnd, TopUpEnd};
use crate::domain::{
    BANK_IS_DECIDING, BankInstruction, BankReport, HOLD_ENDED, InstructionKind, Operation, Voice,
};
use crate::group_commit::Done;
use crate::store::bank_instructions::{Claimed, Step, Wanted, claim, find_report, save_report};

/// Asked for at once: each may need a connection to the database.
const PAGE: u32 = 32;
/// How long one run of the timer begins new pages. Its other work waits; the next run goes on.
const PAGES_WITHIN: Duration = Duration::from_secs(4);

/// Tells or asks the bank all that is due. One that fails keeps no other from it, and is due again.
pub(crate) async fn follow_bank(app: App) -> Result<(), Error> {
    let (began, mut failed) = (Instant::now(), None);
    while began.elapsed() < PAGES_WITHIN {
        let Claimed { steps, count } = claim_steps(&app, Wanted::Due { limit: PAGE }).await?;
        let asked = steps.into_iter().map(|step| take(&app, step, trace::current()));
        for outcome in join_all(asked).await {
            failed = failed.or(outcome.err());
        }
        if u32::try_from(count).is_ok_and(|count| count < PAGE) {
            break;
        }
    }
    failed.map_or(Ok(()), Err)
}

/// What came of telling or asking the bank once.
#[derive(Default)]
struct Heard {
    /// The operation, if the bank has ended it.
    ended: Option<Done<Operation>>,
    /// What it has said.
    report: Option<BankReport>,
}

/// What was begun just now, as it stands once the bank was told of it, and what the bank has said.
/// If that fails it stands as it was begun, and the timer goes on. What was begun before stands as
/// it does.
pub(super) async fn tell_bank(
    app: &App,
    begun: Done<Operation>,
    trace: TraceContext,
) -> Result<(Done<Operation>, Option<BankReport>), Error> {
    let id = begun.record.id;
    if begun.is_repeat {
        let report = find_report(&mut app.database.conn().await?, id).await?;
        return Ok((begun, report));
    }
    let told = tell_or_ask(app, Wanted::New(id), trace).await;
    let Heard { ended, report } = told.unwrap_or_else(|error| {
        tracing::warn!(causes = causes(&error), "the bank could not be told at once");
        Heard::default()
    });
    Ok((ended.unwrap_or(begun), report))
}

/// Asks the bank, whether or not that is due. What it was not told it is not told by this.
pub(super) async fn ask_bank(
    app: &App,
    operation_id: Uuid,
    trace: TraceContext,
) -> Result<(), Error> {
    tell_or_ask(app, Wanted::Sent(operation_id), trace).await.map(drop)
}

async fn tell_or_ask(app: &App, wanted: Wanted, trace: TraceContext) -> Result<Heard, Error> {
    let claimed = claim_steps(app, wanted).await?;
    match claimed.steps.into_iter().next() {
        Some(step) => take(app, step, trace).await,
        None => Ok(Heard::default()),
    }
}

/// Nothing where operators answer for the bank.
async fn claim_steps(app: &App, wanted: Wanted) -> Result<Claimed, Error> {
    if !app.bank.is_instructed() {
        return Ok(Claimed::default());
    }
    retry_lock_conflicts(async || {
        let mut tx = app.database.begin().await?;
        let claimed = claim(&mut tx, wanted, now()).await?;
        tx.commit().await?;
        Ok(claimed)
    })
    .await
}

async fn take(app: &App, step: Step, trace: TraceContext) -> Result<Heard, Error> {
    match step {
        Step::Tell(instruction) => follow(app, instruction, trace).await,
        Step::LetGo(instruction) => let_go(app, &instruction, trace).await,
    }
}

/// Who claims it once its wallet is released may have told the bank meanwhile; then it stands.
async fn let_go(
    app: &App,
    instruction: &BankInstruction,
    trace: TraceContext,
) -> Result<Heard, Error> {
    match submit(app, instruction, false, Voice::LetGo, trace).await {
        Ok(done) => {
            let id = instruction.end_to_end_id;
            tracing::warn!(%id, "the bank was not told in time, and never is");
            Ok(Heard { ended: Some(done), report: None })
        }
        Err(Error::Refused(refusal)) if [BANK_IS_DECIDING, HOLD_ENDED].contains(&refusal) => {
            Ok(Heard::default())
        }
        Err(error) => Err(error),
    }
}

/// The end comes before the bank's word is kept, after which nobody would ask again.
async fn follow(
    app: &App,
    instruction: BankInstruction,
    trace: TraceContext,
) -> Result<Heard, Error> {
    let reports = instruct(app.bank, &instruction).await.unwrap_or_default();
    let Some(report) = BankReport::together(&reports) else { return Ok(Heard::default()) };
    let ended = match report.has_moved() {
        Some(has_moved) => end(app, &instruction, has_moved, trace).await?,
        None => None,
    };
    let is_contradicted = report.has_moved().is_some() && ended.is_none();
    let (id, mut conn) = (instruction.end_to_end_id, app.database.conn().await?);
    save_report(&mut conn, id, report, is_contradicted, now()).await?;
    Ok(Heard { ended, report: Some(report) })
}

/// Ends it as the bank says. `None` if an operator has said otherwise before: then the books are
/// wrong, which no program can mend.
async fn end(
    app: &App,
    instruction: &BankInstruction,
    has_moved: bool,
    trace: TraceContext,
) -> Result<Option<Done<Operation>>, Error> {
    match submit(app, instruction, has_moved, Voice::Bank, trace).await {
        Err(Error::Refused(refusal)) if refusal == HOLD_ENDED => {
            // The beginning is what the alert looks for.
            tracing::error!(
                id = %instruction.end_to_end_id,
                has_moved,
                "the ledger does not balance: the bank contradicts what an operator has said"
            );
            Ok(None)
        }
        ended => ended.map(Some),
    }
}

/// `has_moved` says how it ended.
async fn submit(
    app: &App,
    instruction: &BankInstruction,
    has_moved: bool,
    by: Voice,
    trace: TraceContext,
) -> Result<Done<Operation>, Error> {
    let id = instruction.end_to_end_id;
    let payout = match instruction.kind {
        InstructionKind::CreditTransfer => Payout::Withdrawal(WithdrawalId::from_uuid(id)),
        InstructionKind::Settlement => Payout::Settlement(SettlementId::from_uuid(id)),
        InstructionKind::FpsTransfer => Payout::Fps(FpsPaymentId::from_uuid(id)),
        InstructionKind::Card | InstructionKind::DirectDebit => {
            let given = TopUpEnd::Given(instruction.amount);
            let outcome = if has_moved { given } else { TopUpEnd::Refused };
            let end = EndTopUp { top_up_id: TopUpId::from_uuid(id), outcome, by };
            return app.group_commit.submit(end, None, trace).await;
        }
    };
    let outcome = if has_moved { PayoutEnd::Paid } else { PayoutEnd::Refused };
    app.group_commit.submit(EndPayout { payout, outcome, by }, None, trace).await
}
