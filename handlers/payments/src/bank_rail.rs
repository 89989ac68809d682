//! The way to the bank. A sandbox is at its other end, or nobody: then operators answer.
//!
//! The sandbox is a bank that behaves badly on purpose, and the same each time: what it says
//! follows from the amount and the time alone, so it has nothing to forget when it is killed.

use std::future::pending;

use service::database::now;
use time::{Duration, OffsetDateTime};
use tokio::time::timeout;
use values::{BankAccount, DisplayName, FpsProxy};

use crate::config::Bank;
use crate::domain::{BankInstruction, BankReason, BankReport, BankStatus, InstructionKind};

/// How long the bank may take for an answer. Later it is as if there was none.
const ANSWER_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(1);
/// How long the sandbox takes for what takes its time.
const SLOWNESS: Duration = Duration::seconds(2);

/// Tells the bank what to do, or asks how far it is if it was told before: the same message. There
/// may be several answers, in any order. `None` if there is none in time: nobody knows then what
/// the bank has done.
pub(crate) async fn instruct(bank: Bank, instruction: &BankInstruction) -> Option<Vec<BankReport>> {
    answer(match bank {
        Bank::Sandbox => sandbox(instruction, now()),
        Bank::Operators => None,
    })
    .await
}

/// Whether the bank has this account in the name of whoever registers it. `None` if it does not
/// answer in time.
pub(crate) async fn is_holder(bank: Bank, account: &BankAccount) -> Option<bool> {
    answer(match bank {
        Bank::Sandbox => sandbox_holder(account),
        Bank::Operators => None,
    })
    .await
}

/// Whom the Faster Payment System knows by a proxy, as their bank calls them; `Some(None)` if it is
/// nobody. `None` if it does not answer in time.
pub(crate) async fn find_fps_name(bank: Bank, proxy: &FpsProxy) -> Option<Option<DisplayName>> {
    answer(match bank {
        Bank::Sandbox => sandbox_name(proxy),
        Bank::Operators => None,
    })
    .await
}

/// What was said, or a wait that is too long.
async fn answer<T>(said: Option<T>) -> Option<T> {
    let answer = async {
        match said {
            Some(said) => said,
            None => pending().await,
        }
    };
    timeout(ANSWER_TIME_MAX, answer).await.ok()
}

/// By the last two characters of the proxy, or of what stands before its `@`.
fn sandbox_name(proxy: &FpsProxy) -> Option<Option<DisplayName>> {
    let known_as = proxy.as_str().split('@').next().unwrap_or_default();
    if known_as.ends_with("98") {
        return None;
    }
    let ending: String = known_as.chars().skip(known_as.len().saturating_sub(4)).collect();
    let name = DisplayName::try_from(format!("Demo Payee {ending}")).ok();
    Some(name.filter(|_| !known_as.ends_with("92")))
}

/// By the last two digits of the account number, as the amount decides what becomes of money.
fn sandbox_holder(account: &BankAccount) -> Option<bool> {
    match account.account_number.ending().get(2..) {
        Some("92") => Some(false),
        Some("98") => None,
        _ => Some(true),
    }
}

/// What the sandbox says of an instruction at a moment: by the last two digits of its amount in
/// cents, as `docs/api.md` has them. `None` while it does not answer.
fn sandbox(instruction: &BankInstruction, now: OffsetDateTime) -> Option<Vec<BankReport>> {
    let rejected = |reason| BankReport { status: BankStatus::Rejected, reason: Some(reason) };
    let settled = BankReport::of(BankStatus::Settled);
    let is_early = now < instruction.given_at.saturating_add(SLOWNESS);
    let early = match instruction.kind {
        InstructionKind::DirectDebit => BankReport::of(BankStatus::Pending),
        InstructionKind::Card
        | InstructionKind::CreditTransfer
        | InstructionKind::Settlement
        | InstructionKind::FpsTransfer => BankReport::of(BankStatus::InProcess),
    };
    match instruction.amount.minor_units() % 100 {
        98 => None,
        93 | 94 if is_early => None,
        91 | 97 if is_early => Some(vec![early]),
        // A direct debit is never settled at once.
        _ if is_early && instruction.kind == InstructionKind::DirectDebit => Some(vec![early]),
        92 => Some(vec![rejected(BankReason::InsufficientFunds)]),
        94 => Some(vec![rejected(BankReason::ClosedAccount)]),
        95 => Some(vec![settled, settled]),
        96 => Some(vec![settled, early]),
        97 => Some(vec![early, rejected(BankReason::BlockedAccount)]),
        _ => Some(vec![settled]),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use values::Money;

    use super::*;

    fn said(kind: InstructionKind, cents: i64, seconds: i64) -> Option<Vec<&'static str>> {
        let instruction = BankInstruction {
            end_to_end_id: Uuid::nil(),
            kind,
            amount: Money::hkd(cents).unwrap(),
            given_at: OffsetDateTime::UNIX_EPOCH,
        };
        let now = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::seconds(seconds));
        let reports = sandbox(&instruction, now)?;
        let words = reports
            .iter()
            .map(|report| report.reason.map_or(report.status.code(), BankReason::code));
        Some(words.collect())
    }

    #[test]
    fn the_amount_decides_how_the_bank_behaves() {
        for (cents, at_once, later) in [
            (5_000, Some(vec!["ACSC"]), Some(vec!["ACSC"])),
            (5_091, Some(vec!["ACSP"]), Some(vec!["ACSC"])),
            (5_092, Some(vec!["AM04"]), Some(vec!["AM04"])),
            (5_093, None, Some(vec!["ACSC"])),
            (5_094, None, Some(vec!["AC04"])),
            (5_095, Some(vec!["ACSC", "ACSC"]), Some(vec!["ACSC", "ACSC"])),
            (5_096, Some(vec!["ACSC", "ACSP"]), Some(vec!["ACSC", "ACSP"])),
            (5_097, Some(vec!["ACSP"]), Some(vec!["ACSP", "AC06"])),
            (5_098, None, None),
        ] {
            for kind in [
                InstructionKind::Card,
                InstructionKind::CreditTransfer,
                InstructionKind::Settlement,
                InstructionKind::FpsTransfer,
            ] {
                assert_eq!(
                    (said(kind, cents, 1), said(kind, cents, 2)),
                    (at_once.clone(), later.clone()),
                    "{cents}"
                );
            }
        }
    }

    #[test]
    fn a_direct_debit_takes_its_time() {
        let debit = |cents, seconds| said(InstructionKind::DirectDebit, cents, seconds);
        for cents in [5_000, 5_092, 5_095, 5_096] {
            assert_eq!(debit(cents, 1), Some(vec!["PDNG"]));
        }
        assert_eq!(debit(5_000, 2), Some(vec!["ACSC"]));
        assert_eq!(debit(5_092, 2), Some(vec!["AM04"]));
        assert_eq!((debit(5_093, 1), debit(5_098, 60)), (None, None));
    }
}
