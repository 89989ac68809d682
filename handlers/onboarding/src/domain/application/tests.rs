//! The state machine under whatever happens to it.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use time::macros::{date, datetime};

use super::*;
use ApplicationStatus::{
    Abandoned, Approved, AwaitingRelease, Draft, Expired, InReview, NeedsMore, Reading, Rejected,
    Replaced, Withdrawn,
};

const NOW: OffsetDateTime = datetime!(2026-11-28 02:00 UTC);

/// As `README.md` draws it; from a status to itself much is done.
const WAYS: &[(ApplicationStatus, ApplicationStatus)] = &[
    (Draft, Reading),
    (Draft, Withdrawn),
    (Draft, Abandoned),
    (Reading, Approved),
    (Reading, InReview),
    (Reading, NeedsMore),
    (Reading, Withdrawn),
    (NeedsMore, Reading),
    (NeedsMore, Withdrawn),
    (NeedsMore, Abandoned),
    (InReview, Approved),
    (InReview, AwaitingRelease),
    (InReview, NeedsMore),
    (InReview, Rejected),
    (InReview, Withdrawn),
    (InReview, Replaced),
    (InReview, Expired),
    (AwaitingRelease, Approved),
    (AwaitingRelease, InReview),
    (AwaitingRelease, Withdrawn),
    (AwaitingRelease, Replaced),
    (AwaitingRelease, Expired),
    (Approved, InReview),
    (Approved, Expired),
    (Approved, Replaced),
];

const ENDS: [ApplicationStatus; 5] = [Rejected, Withdrawn, Abandoned, Expired, Replaced];

fn staff() -> [StaffId; 2] {
    [1, 2].map(|number| StaffId::from_uuid(uuid::Uuid::from_u128(number)))
}

fn findings() -> impl Strategy<Value = Vec<Finding>> {
    proptest::collection::vec(proptest::sample::select(Finding::ALL), 0..3)
}

fn roles() -> impl Strategy<Value = Vec<StaffRole>> {
    proptest::sample::select(vec![vec![StaffRole::Operator], StaffRole::ALL.to_vec()])
}

fn an_act() -> impl Strategy<Value = Act> {
    let by = || proptest::sample::select(staff().to_vec());
    let day = || proptest::option::of(Just(date!(2027 - 01 - 15)));
    let verdict = prop_oneof![
        day().prop_map(|expires_on| Verdict::Approve { expires_on }),
        (findings(), day())
            .prop_map(|(findings, expires_on)| Verdict::Review { findings, expires_on }),
        findings().prop_map(|findings| Verdict::Again { findings }),
    ];
    let elapsed = proptest::sample::select(vec![
        Elapsed::Abandoned,
        Elapsed::NothingReceived,
        Elapsed::Unreleased,
        Elapsed::EndsSoon,
        Elapsed::Ended,
        Elapsed::KeptLongEnough,
        Elapsed::LetGo,
    ]);
    prop_oneof![
        1 => Just(Act::Change),
        1 => Just(()).prop_map(|()| Act::Announce(DocumentId::new())),
        3 => Just(Act::Submit),
        1 => Just(Act::Withdraw),
        3 => (verdict, proptest::option::of(1..5_u32))
            .prop_map(|(verdict, list)| Act::Check(verdict, list)),
        3 => by().prop_map(Act::Claim),
        3 => (by(), day()).prop_map(|(by, day)| Act::Approve(by, day)),
        1 => (by(), findings()).prop_map(|(by, findings)| Act::Reject(by, findings)),
        1 => (by(), findings()).prop_map(|(by, findings)| Act::AskAgain(by, findings)),
        3 => (by(), roles()).prop_map(|(by, roles)| Act::Release(by, roles)),
        1 => (by(), roles()).prop_map(|(by, roles)| Act::Return(by, roles)),
        3 => elapsed.prop_map(Act::Time),
        1 => (1..5_u32, any::<bool>())
            .prop_map(|(list_version, is_hit)| Act::Screened { list_version, is_hit }),
        1 => Just(Act::ArriveLate),
        1 => Just(Act::Replace),
        1 => any::<bool>().prop_map(Act::Hold),
        1 => Just(Act::Look),
        1 => Just(Act::LookAtDocument),
    ]
}

fn kind() -> impl Strategy<Value = ApplicationKind> {
    proptest::sample::select(ApplicationKind::ALL)
}

/// Acts that an applicant and a reviewer would do, so that chance comes far.
fn begun(kind: ApplicationKind, far: bool) -> Application {
    let (mut application, _) = Application::begin(kind, UserId::new(), None, NOW);
    if far {
        for act in [
            Act::Announce(DocumentId::new()),
            Act::Submit,
            Act::Check(
                Verdict::Review { findings: vec![Finding::NameDiffers], expires_on: None },
                Some(1),
            ),
        ] {
            application.act(&act, NOW).unwrap();
        }
    }
    application
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_acts_leaves_the_ways_that_are_drawn(
        kind in kind(),
        far in any::<bool>(),
        acts in proptest::collection::vec((an_act(), 0..40_i64), 1..40),
    ) {
        let mut application = begun(kind, far);
        let mut now = NOW;
        for (act, days) in acts {
            now += Duration::days(days * days / 40) + Duration::minutes(1);
            let before = application.clone();
            match application.act(&act, now) {
                Err(_) => prop_assert_eq!(&application, &before, "a refusal changes nothing"),
                Ok(step) => {
                    prop_assert_eq!(step.from, Some(before.status));
                    prop_assert_eq!(step.to, application.status);
                    prop_assert_eq!(step.deed, act.deed());
                    let way = (before.status, application.status);
                    prop_assert!(way.0 == way.1 || WAYS.contains(&way), "{:?} by {:?}", way, act);
                    prop_assert!(application.version - before.version <= 1);
                    prop_assert!(way.0 == way.1 || application.version > before.version);
                }
            }
            prop_assert!(!ENDS.contains(&before.status) || application.status == before.status);
            let is_recheck_sound =
                !application.is_recheck || matches!(application.status, InReview | AwaitingRelease);
            prop_assert!(is_recheck_sound);
            prop_assert_eq!(
                application.status == AwaitingRelease,
                application.proposal.is_some()
            );
            let approved = before.status != Approved && application.status == Approved;
            if approved && before.needs_four_eyes() && before.status != Reading {
                let Act::Release(by, _) = act else { panic!("approved by {act:?}") };
                prop_assert_ne!(Some(by), before.proposal.map(|(by, _)| by));
            }
        }
    }

    #[test]
    fn time_alone_brings_everything_to_an_end_but_what_a_human_must_decide(
        kind in kind(),
        far in any::<bool>(),
        acts in proptest::collection::vec(an_act(), 0..20),
    ) {
        let mut application = begun(kind, far);
        let mut now = NOW;
        for act in acts {
            now += Duration::minutes(1);
            drop(application.act(&act, now));
        }
        drop(application.act(&Act::Hold(false), now));
        let mut seen = BTreeSet::new();
        while let Some((due_at, elapsed)) = application.due() {
            prop_assert!(seen.len() < 12, "it goes in a circle: {:?}", seen);
            now = now.max(due_at);
            application.act(&Act::Time(elapsed), now).unwrap();
            seen.insert((seen.len(), elapsed));
        }
        let is_at_rest = matches!(application.status, InReview | Approved)
            || (ENDS.contains(&application.status) && !application.has_files);
        prop_assert!(is_at_rest, "{:?}", application.status);
    }
}

#[test]
fn every_way_that_is_drawn_can_be_gone() {
    let [one, other] = staff();
    let review = |findings| Act::Check(Verdict::Review { findings, expires_on: None }, Some(1));
    let approve = |expires_on| Act::Check(Verdict::Approve { expires_on }, Some(1));
    let last = Some(date!(2026 - 12 - 24));
    let submit = || vec![Act::Announce(DocumentId::new()), Act::Submit];
    let then = |mut acts: Vec<Act>, more: Vec<Act>| {
        acts.extend(more);
        acts
    };
    let queued = || then(submit(), vec![review(vec![Finding::NameDiffers]), Act::Claim(one)]);
    let hit = || {
        let findings = vec![Finding::ScreeningHit];
        then(submit(), vec![review(findings), Act::Claim(one), Act::Approve(one, None)])
    };
    let all = StaffRole::ALL.to_vec();
    let recheck = |acts| then(acts, vec![Act::Screened { list_version: 2, is_hit: true }]);
    let wrong = vec![Finding::NameDiffers];
    let known = || then(submit(), vec![approve(last)]);
    let journeys = [
        then(submit(), vec![Act::Withdraw]),
        vec![Act::Withdraw],
        vec![Act::Time(Elapsed::Abandoned)],
        then(submit(), vec![Act::Time(Elapsed::NothingReceived), Act::Withdraw]),
        then(submit(), vec![Act::Time(Elapsed::NothingReceived), Act::Time(Elapsed::Abandoned)]),
        then(
            then(submit(), vec![Act::Check(Verdict::Again { findings: wrong.clone() }, None)]),
            submit(),
        ),
        then(known(), vec![Act::Time(Elapsed::EndsSoon), Act::Time(Elapsed::Ended)]),
        then(known(), vec![Act::Replace]),
        then(recheck(known()), vec![Act::Replace]),
        then(recheck(known()), vec![Act::Claim(one), Act::Approve(one, None), Act::Replace]),
        then(recheck(known()), vec![Act::Time(Elapsed::Ended)]),
        then(
            recheck(then(submit(), vec![approve(Some(date!(2026 - 11 - 28)))])),
            vec![
                Act::Claim(one),
                Act::Approve(one, Some(date!(2026 - 11 - 28))),
                Act::Time(Elapsed::Ended),
            ],
        ),
        then(queued(), vec![Act::Approve(one, None)]),
        then(queued(), vec![Act::Reject(one, wrong.clone())]),
        then(queued(), vec![Act::AskAgain(one, wrong)]),
        then(queued(), vec![Act::Withdraw]),
        then(hit(), vec![Act::Release(other, all.clone())]),
        then(hit(), vec![Act::Return(other, all)]),
        then(hit(), vec![Act::Withdraw]),
    ];
    let mut gone = BTreeSet::new();
    for journey in journeys {
        let mut application = begun(ApplicationKind::Identity, false);
        let mut now = NOW;
        for act in &journey {
            if let Act::Time(_) = act {
                now = now.max(application.due().unwrap().0);
            }
            let step = application.act(act, now).unwrap_or_else(|refusal| {
                panic!("{act:?} of {journey:?}: {}", refusal.code());
            });
            gone.insert((step.from.unwrap(), step.to));
        }
    }
    gone.retain(|(from, to)| from != to);
    assert_eq!(gone, WAYS.iter().copied().collect());
}

#[test]
fn a_reviewer_decides_only_what_they_have_claimed_and_has_it_alone_for_a_while() {
    let [one, other] = staff();
    let mut application = begun(ApplicationKind::Identity, true);
    let approve = |by| Act::Approve(by, None);
    assert_eq!(application.act(&approve(one), NOW), Err(NOT_CLAIMED));
    application.act(&Act::Claim(one), NOW).unwrap();
    assert_eq!(application.act(&Act::Claim(other), NOW), Err(CLAIMED_BY_ANOTHER));
    assert_eq!(application.act(&approve(other), NOW), Err(NOT_CLAIMED));
    let later = NOW + CLAIM_LASTS;
    assert_eq!(application.act(&approve(one), later), Err(NOT_CLAIMED));
    application.act(&Act::Claim(other), later).unwrap();
    assert_eq!(application.act(&approve(other), later).unwrap().to, Approved);
}

#[test]
fn of_lists_and_of_four_eyes_the_applicant_learns_nothing() {
    let mut application = begun(ApplicationKind::Identity, true);
    application.act(&Act::Screened { list_version: 1, is_hit: true }, NOW).unwrap();
    let [one, other] = staff();
    application.act(&Act::Claim(one), NOW).unwrap();
    application.act(&Act::Approve(one, None), NOW).unwrap();
    assert_eq!((application.status, application.shown_status()), (AwaitingRelease, InReview));
    application.act(&Act::Release(other, StaffRole::ALL.to_vec()), NOW).unwrap();
    application.act(&Act::Screened { list_version: 2, is_hit: true }, NOW).unwrap();
    assert_eq!((application.status, application.shown_status()), (InReview, Approved));
    assert!(application.is_in_force() && application.shown_findings().is_empty());
    assert_eq!(application.act(&Act::Withdraw, NOW), Err(APPLICATION_CLOSED));
    application.act(&Act::Claim(one), NOW).unwrap();
    application.act(&Act::Reject(one, vec![Finding::ScreeningHit]), NOW).unwrap();
    assert_eq!((application.shown_status(), application.shown_findings()), (Rejected, Vec::new()));
    assert!(!application.is_in_force());
}

#[test]
fn a_document_ends_while_its_owner_is_looked_at_again_and_of_another_day_they_are_told_again() {
    let [one, other] = staff();
    let (first, later) = (date!(2026 - 12 - 24), date!(2027 - 12 - 24));
    let mut application = begun(ApplicationKind::Identity, true);
    application.act(&Act::Claim(one), NOW).unwrap();
    application.act(&Act::Approve(one, Some(first)), NOW).unwrap();
    application.act(&Act::Time(Elapsed::EndsSoon), NOW).unwrap();
    application.act(&Act::Screened { list_version: 2, is_hit: true }, NOW).unwrap();
    let ended = Some((datetime!(2026-12-24 16:00 UTC), Elapsed::Ended));
    assert_eq!(application.due(), ended);
    let mut lying = application.clone();
    lying.act(&Act::Time(Elapsed::Ended), NOW + Duration::days(30)).unwrap();
    assert_eq!((lying.status, lying.is_in_force()), (Expired, false));

    application.act(&Act::Claim(one), NOW).unwrap();
    application.act(&Act::Approve(one, Some(later)), NOW).unwrap();
    application.act(&Act::Release(other, StaffRole::ALL.to_vec()), NOW).unwrap();
    application.has_files = false;
    let soon = Some((datetime!(2027-11-24 16:00 UTC), Elapsed::EndsSoon));
    assert_eq!(application.due(), soon);
}

#[test]
fn what_is_held_by_law_is_kept_until_the_hold_is_lifted() {
    let mut application = begun(ApplicationKind::Identity, false);
    application.act(&Act::Withdraw, NOW).unwrap();
    application.act(&Act::Hold(true), NOW).unwrap();
    let later = NOW + Duration::days(4000);
    assert_eq!(application.due(), None);
    assert!(application.act(&Act::Time(Elapsed::KeptLongEnough), later).is_err());
    assert!(application.act(&Act::Time(Elapsed::LetGo), later).is_err());
    application.act(&Act::Hold(false), later).unwrap();
    application.act(&Act::Time(Elapsed::KeptLongEnough), later).unwrap();
    assert!(application.has_files);
    assert_eq!(application.act(&Act::Hold(true), later), Err(NO_FILES), "it is being deleted");
    application.act(&Act::Time(Elapsed::LetGo), later).unwrap();
    assert_eq!(application.act(&Act::Hold(true), later), Err(NO_FILES), "nothing is left");
    assert!(!application.has_files && application.due().is_none());
}
