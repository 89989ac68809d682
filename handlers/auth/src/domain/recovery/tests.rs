//! When each step of a recovery is allowed.

use values::Phone;

use super::*;

const ASKED: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn after(hours: i64) -> OffsetDateTime {
    ASKED.saturating_add(Duration::hours(hours))
}

fn phone(text: &str) -> Phone {
    text.parse().unwrap()
}

fn recovery(status: RecoveryStatus, case: Option<RecoveryCase>) -> Recovery {
    let (recovery_id, user_id) = (RecoveryId::new(), UserId::new());
    let new_phone = KeptPhone::Index([1; 32]);
    Recovery { recovery_id, user_id, new_phone, status, asked_at: ASKED, told_at: ASKED, case }
}

fn case(proposed_by: StaffId, is_decided: bool) -> RecoveryCase {
    RecoveryCase {
        case_number: "CS-1".to_owned().try_into().unwrap(),
        proposed_by,
        proposer: "ann@example.com".to_owned().try_into().unwrap(),
        proposed_at: ASKED,
        decided_by: None,
        decider: None,
        decided_at: is_decided.then_some(ASKED),
    }
}

#[test]
fn only_what_is_approved_and_has_waited_is_finished_and_not_for_long() {
    use RecoveryStatus::{Approved, Asked, Cancelled, Finished, Proposed, Rejected};
    let phone = phone("+85261234567");
    let [new, other] = [1, 2].map(|byte| IndexedPhone { phone: &phone, index: [byte; 32] });
    let finish = |status, hours| recovery(status, None).require_finishable(new, after(hours));
    assert_eq!(finish(Approved, 72), Ok(()));
    assert_eq!(finish(Approved, 71), Err(RECOVERY_NOT_READY));
    assert_eq!(finish(Approved, 72 + 7 * 24 - 1), Ok(()));
    assert_eq!(finish(Approved, 72 + 7 * 24), Err(RECOVERY_NOT_READY));
    for status in [Asked, Proposed, Rejected, Cancelled, Finished] {
        assert_eq!(finish(status, 72), Err(RECOVERY_NOT_READY));
    }
    let foreign = recovery(Approved, None).require_finishable(other, after(72));
    assert_eq!(foreign, Err(RECOVERY_NOT_READY));
    // One that is not sealed yet.
    let clear = Recovery { new_phone: KeptPhone::Clear(phone.clone()), ..recovery(Approved, None) };
    assert_eq!(clear.require_finishable(other, after(72)), Ok(()));
}

#[test]
fn one_proposes_another_approves_and_each_of_them_stops_it_until_it_is_finished() {
    use RecoveryStatus::{Approved, Asked, Cancelled, Finished, Proposed, Rejected};
    let (ann, ben) = (StaffId::new(), StaffId::new());
    let reviewer = [StaffRole::Reviewer];
    let proposed = recovery(Proposed, Some(case(ann, false)));
    assert_eq!(recovery(Asked, None).require_proposable(after(1)), Ok(()));
    assert_eq!(proposed.require_proposable(after(23)), Err(RECOVERY_PROPOSED));
    // An approval that nobody gave in a day is asked for anew.
    assert_eq!(proposed.require_proposable(after(24)), Ok(()));
    assert_eq!(proposed.require_approvable(ben, &reviewer, after(1)), Ok(()));
    assert!(proposed.require_approvable(ann, &reviewer, after(1)).is_err());
    assert!(proposed.require_approvable(ben, &[StaffRole::Operator], after(1)).is_err());
    assert!(proposed.require_approvable(ben, &reviewer, after(25)).is_err());
    let approved = recovery(Approved, Some(case(ann, true)));
    assert!(approved.require_approvable(ben, &reviewer, after(1)).is_err());
    assert_eq!(approved.require_proposable(after(30)), Err(RECOVERY_PROPOSED));
    for stopped in [&proposed, &approved] {
        assert_eq!(stopped.require_rejectable(ann, &[], after(1)), Ok(()));
        assert_eq!(stopped.require_rejectable(ben, &reviewer, after(1)), Ok(()));
        assert!(stopped.require_rejectable(ben, &[], after(1)).is_err());
    }
    for status in [Cancelled, Finished, Rejected] {
        let closed = recovery(status, Some(case(ann, false)));
        assert_eq!(closed.require_proposable(after(30)), Err(RECOVERY_CLOSED));
        assert_eq!(closed.require_approvable(ben, &reviewer, after(1)), Err(RECOVERY_CLOSED));
        assert_eq!(closed.require_rejectable(ben, &reviewer, after(1)), Err(RECOVERY_CLOSED));
    }
}
