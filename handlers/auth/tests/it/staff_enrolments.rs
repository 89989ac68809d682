//! Who is staff: two administrators decide it together.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::staff::{
    administrators, enrol, expect_ended, first, halves, invitation, invite_first, log_in, member,
    post, staffs, text, with_roles,
};
use crate::{Fixture, code, new_phone, recoveries, refused, step_up_policies};

#[tokio::test]
async fn an_operator_invites_the_first_two_administrators_and_nobody_after_them() {
    let fixture = Fixture::new().await;
    // As many as they like: of all these two can enrol.
    let mut invited = Vec::new();
    for number in 0..4 {
        invited.push(invite_first(&fixture, &format!("admin-{number}@example.com")).await.1);
    }
    let enough = refused(409, "staff-enrolled");
    let mut enrolled = Vec::new();
    for (number, invited) in invited.iter().enumerate() {
        match enrol(&fixture, &halves(invited, invited)).await {
            Ok(passkey) => enrolled.push(member(&fixture, passkey).await),
            Err(refusal) => assert_eq!((number > 1, refusal), (true, enough.clone())),
        }
    }
    assert_eq!(enrolled.len(), 2);
    assert_eq!(code(invite_first(&fixture, "eve@example.com").await), enough);

    // One who is gone is missing, so the operator can help again.
    let path = format!("staff/members/{}", enrolled[1].staff_id);
    assert_eq!(enrolled[0].ask(&fixture, "DELETE", &path).await.0, 204);
    assert!(enrol(&fixture, &halves(&invited[2], &invited[2])).await.is_ok());
    assert_eq!(code(invite_first(&fixture, "eve@example.com").await), enough);
}

#[tokio::test]
async fn of_first_administrators_who_enrol_at_once_two_are_let_in() {
    let fixture = Fixture::new().await;
    let mut invitations = Vec::new();
    for number in 0..8 {
        let (_, invited) = invite_first(&fixture, &format!("admin-{number}@example.com")).await;
        invitations.push(halves(&invited, &invited));
    }
    // The one who has enrolled is the newest: the others are looked at before.
    first(&fixture, "ann@example.com").await;
    let mut bodies = Vec::new();
    for halves in &invitations {
        let (_, begun) = post(&fixture, "staff/enrolment-challenges", halves).await;
        bodies.push(staffs(Authenticator::new(&begun).registration(&begun)));
    }
    let answers = join_all(bodies.iter().map(|body| post(&fixture, "staff/passkeys", body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.0).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn two_administrators_make_somebody_staff_and_neither_can_take_their_place() {
    let fixture = Fixture::new().await;
    let (ann, ben) = administrators(&fixture).await;
    let body = invitation("cat@example.com", &["reviewer", "operator", "reviewer"]);
    let (_, proposed) = ann.propose(&fixture, &body).await;
    assert!(proposed.get("approval_secret").is_none());
    let unapproved = json!({
        "proposal_secret": proposed["proposal_secret"],
        "approval_secret": proposed["proposal_secret"],
    });
    let invalid = refused(422, "enrolment-invalid");
    assert_eq!(enrol(&fixture, &unapproved).await.err(), Some(invalid.clone()));
    let own = code(ann.approve(&fixture, &proposed).await);
    assert_eq!(own, refused(403, "own-proposal"));

    let (status, approved) = ben.approve(&fixture, &proposed).await;
    assert_eq!((status, &approved["expires_in_seconds"]), (200, &json!(86_400)), "{approved}");
    assert!(approved.get("proposal_secret").is_none());
    for again in [&ann, &ben] {
        let refusal = code(again.approve(&fixture, &proposed).await);
        assert_eq!(refusal, refused(409, "proposal-decided"));
    }
    // Each has one half.
    let half = json!({
        "proposal_secret": approved["approval_secret"],
        "approval_secret": approved["approval_secret"],
    });
    for wrong in [&unapproved, &half] {
        assert_eq!(enrol(&fixture, wrong).await.err(), Some(invalid.clone()));
    }
    let both = halves(&proposed, &approved);
    let cat = member(&fixture, enrol(&fixture, &both).await.unwrap()).await;
    assert_eq!(enrol(&fixture, &both).await.err(), Some(invalid));

    let (_, staff) = ann.ask(&fixture, "GET", "staff/members").await;
    let newest = &staff["items"][0];
    assert_eq!(
        (&newest["staff_id"], &newest["name"]),
        (&json!(cat.staff_id), &json!("cat@example.com"))
    );
    assert_eq!(
        (&newest["roles"], &newest["is_enrolled"]),
        (&json!(["operator", "reviewer"]), &json!(true))
    );
    let (_, list) = ben.ask(&fixture, "GET", "staff/enrolments").await;
    let statuses: Vec<&Value> =
        list["items"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["used", "used", "used"]);
    assert_eq!(
        (&list["items"][0]["proposed_by"], &list["items"][0]["decided_by"]),
        (&json!(ann.staff_id), &json!(ben.staff_id))
    );
}

#[tokio::test]
async fn what_is_proposed_is_decided_once_and_used_once() {
    let fixture = Fixture::new().await;
    let (ann, ben) = administrators(&fixture).await;
    let body = invitation("eve@example.com", &["auditor"]);
    let both = (ann, ben);
    let dan = with_roles(&fixture, &both, &["administrator"]).await;
    let (ann, ben) = both;
    let mut last = (Value::Null, Value::Null);
    // By two others at once, several times each.
    for round in 0..25 {
        let (_, proposed) = ann.propose(&fixture, &body).await;
        let approvers = [&ben, &dan, &ben, &dan].into_iter();
        let answers = join_all(approvers.map(|by| by.approve(&fixture, &proposed))).await;
        let mut approved = answers.iter().filter(|answer| answer.0 == 200);
        let (Some((_, one)), None) = (approved.next(), approved.next()) else {
            panic!("round {round}: {answers:?}")
        };
        last = (proposed, one.clone());
    }

    // Several who begin with the same secret: one of them ends.
    let halves = halves(&last.0, &last.1);
    let mut bodies = Vec::new();
    for _ in 0..8 {
        let (_, begun) = post(&fixture, "staff/enrolment-challenges", &halves).await;
        bodies.push(staffs(Authenticator::new(&begun).registration(&begun)));
    }
    let answers = join_all(bodies.iter().map(|body| post(&fixture, "staff/passkeys", body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.0).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422, 422, 422, 422, 422]);

    let (_, proposed) = ann.propose(&fixture, &invitation("fay@example.com", &["auditor"])).await;
    let path = format!("staff/enrolments/{}/reject", text(&proposed, "enrolment_id"));
    assert_eq!(ann.ask(&fixture, "POST", &path).await.0, 204);
    let decided = refused(409, "proposal-decided");
    assert_eq!(code(ben.ask(&fixture, "POST", &path).await), decided);
    assert_eq!(code(ben.approve(&fixture, &proposed).await), decided);
}

#[tokio::test]
async fn a_proposal_and_an_approval_are_good_for_a_day() {
    let fixture = Fixture::new().await;
    let (ann, ben) = administrators(&fixture).await;
    let body = invitation("cat@example.com", &["auditor"]);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let (_, proposed) = ann.propose(&fixture, &body).await;
    let old = "UPDATE staff_enrolments SET proposed_at = proposed_at - INTERVAL 86402 SECOND";
    conn.query_drop(old).await.unwrap();
    let late = code(ben.approve(&fixture, &proposed).await);
    assert_eq!(late, refused(409, "proposal-expired"));

    let (_, proposed) = ann.propose(&fixture, &body).await;
    let (_, approved) = ben.approve(&fixture, &proposed).await;
    let halves = halves(&proposed, &approved);
    let (_, begun) = post(&fixture, "staff/enrolment-challenges", &halves).await;
    let old = "UPDATE staff_enrolments SET decided_at = decided_at - INTERVAL 86401 SECOND";
    conn.query_drop(old).await.unwrap();
    let invalid = refused(422, "enrolment-invalid");
    assert_eq!(enrol(&fixture, &halves).await.err(), Some(invalid.clone()));
    // Nor who began in time.
    let body = staffs(Authenticator::new(&begun).registration(&begun));
    assert_eq!(code(post(&fixture, "staff/passkeys", &body).await), invalid);
}

#[tokio::test]
async fn a_lost_passkey_is_replaced_by_two_others_and_lets_nobody_in_afterwards() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let mut dan = with_roles(&fixture, &both, &["administrator"]).await;
    let lost = json!({"type": "re-enrolment", "staff_id": dan.staff_id});
    let (status, proposed) = both.0.propose(&fixture, &lost).await;
    assert_eq!(status, 201, "{proposed}");
    let (_, approved) = both.1.approve(&fixture, &proposed).await;
    // Until there is another the old one serves.
    assert_eq!(log_in(&fixture, &mut dan.passkey).await.0, 201);
    let new = enrol(&fixture, &halves(&proposed, &approved)).await.unwrap();
    expect_ended(&fixture, &dan.token).await;
    assert_eq!(code(log_in(&fixture, &mut dan.passkey).await), refused(422, "passkey-unknown"));
    assert_eq!(member(&fixture, new).await.staff_id, dan.staff_id);
}

#[tokio::test]
async fn what_somebody_proposed_who_is_staff_no_more_is_not_approved() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let gone = with_roles(&fixture, &both, &["administrator", "operator"]).await;
    let reviewer = with_roles(&fixture, &both, &["reviewer"]).await;
    let person = fixture.sign_up().await;
    let recovery = recoveries::asked(&fixture, &person.phone, &new_phone()).await;
    let proposed = recoveries::decide(&fixture, &gone, &recovery, "propose").await;
    assert_eq!(proposed.0, 200, "{proposed:?}");
    let rules = step_up_policies::rules("allow");
    let (_, policy) = step_up_policies::propose(&fixture, &gone, 0, rules).await;
    let (_, enrolment) =
        gone.propose(&fixture, &invitation("eve@example.com", &["administrator"])).await;
    let path = format!("staff/members/{}", gone.staff_id);
    assert_eq!(both.0.ask(&fixture, "DELETE", &path).await.0, 204);

    let expired = refused(409, "proposal-expired");
    assert_eq!(code(both.1.approve(&fixture, &enrolment).await), expired);
    let approved = step_up_policies::decide(&fixture, &both.1, &policy, "approve").await;
    assert_eq!(code(approved), expired);
    let approved = recoveries::decide(&fixture, &reviewer, &recovery, "approve").await;
    assert_eq!(code(approved), expired);
    // Another who has identified the person proposes it, without a wait.
    let operator = with_roles(&fixture, &both, &["operator"]).await;
    for (by, verb) in [(&operator, "propose"), (&reviewer, "approve")] {
        let decided = recoveries::decide(&fixture, by, &recovery, verb).await;
        assert_eq!(decided.0, 200, "{decided:?}");
    }
    let (_, current) = both.0.ask(&fixture, "GET", "staff/step-up-policies/current").await;
    assert_eq!(current["version"], 0);
}

#[tokio::test]
async fn what_was_approved_lets_nobody_in_once_whoever_proposed_it_is_staff_no_more() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let gone = with_roles(&fixture, &both, &["administrator"]).await;
    let (_, proposed) = gone.propose(&fixture, &invitation("eve@example.com", &["auditor"])).await;
    let (_, approved) = both.0.approve(&fixture, &proposed).await;
    let halves = halves(&proposed, &approved);
    let path = format!("staff/members/{}", gone.staff_id);
    assert_eq!(both.1.ask(&fixture, "DELETE", &path).await.0, 204);
    assert_eq!(enrol(&fixture, &halves).await.err(), Some(refused(422, "enrolment-invalid")));
}

#[tokio::test]
async fn nobody_is_two_members_of_staff_who_could_agree_with_themselves() {
    let fixture = Fixture::new().await;
    // Two invitations of one name before anybody has enrolled by them.
    let (_, twice) = invite_first(&fixture, "Ann@example.com").await;
    let (ann, ben) = administrators(&fixture).await;
    let taken = refused(409, "staff-name-taken");
    for name in ["ann@example.com", "BEN@example.com"] {
        let proposed = ann.propose(&fixture, &invitation(name, &["reviewer"])).await;
        assert_eq!(code(proposed), taken, "{name}");
    }
    let mut enrolments = Vec::new();
    for roles in [["operator"], ["reviewer"]] {
        let (_, proposed) = ann.propose(&fixture, &invitation("cat@example.com", &roles)).await;
        let (_, approved) = ben.approve(&fixture, &proposed).await;
        enrolments.push(halves(&proposed, &approved));
    }
    let (one, other) =
        futures_util::join!(enrol(&fixture, &enrolments[0]), enrol(&fixture, &enrolments[1]));
    assert_eq!([&one, &other].map(Result::is_ok).iter().filter(|is_in| **is_in).count(), 1);
    assert_eq!(one.err().or(other.err()), Some(taken.clone()));

    // Of the first two administrators neither is the other; who was removed leaves the name.
    let path = format!("staff/members/{}", ben.staff_id);
    assert_eq!(ann.ask(&fixture, "DELETE", &path).await.0, 204);
    assert_eq!(enrol(&fixture, &halves(&twice, &twice)).await.err(), Some(taken));
    let (_, ben_again) = invite_first(&fixture, "ben@example.com").await;
    assert!(enrol(&fixture, &halves(&ben_again, &ben_again)).await.is_ok());
}
