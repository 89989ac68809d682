//! Pictures that somebody reports: staff see copies, and nobody else can tell that there are any.

use std::time::Duration;

use futures_util::future::join;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{BlobContainer, Call};
use tokio::time::sleep;
use uuid::Uuid;
use values::StaffRole::Operator;
use values::{MessageReportId, PictureId};

use crate::fixture::Fixture;
use crate::pictures::{kept, link, sent, status, tick, url, with_pictures};
use crate::reports::{REPORTS, colleague, report, report_call};

const ROUNDS: usize = 20;

/// The newest report, as staff read it.
async fn read_by_staff(fixture: &Fixture) -> Value {
    let staff = colleague(fixture, &[Operator]);
    fixture.get(&staff, &newest_report(fixture).await).await.expect(200)
}

async fn newest_report(fixture: &Fixture) -> String {
    let sql = "SELECT LOWER(HEX(report_id)) FROM reports ORDER BY report_id DESC LIMIT 1";
    let id: Vec<String> = fixture.query(sql).await;
    let id = MessageReportId::from_uuid(id[0].parse().unwrap());
    format!("{REPORTS}/{id}")
}

fn staff_url(report: &Value) -> &str {
    let said = report["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(said["has_picture"], true);
    said["picture"]["url"].as_str().unwrap()
}

fn has_picture(report: &Value) -> bool {
    let said = report["messages"].as_array().unwrap().last().unwrap();
    said["has_picture"].as_bool().unwrap()
}

/// All that waits is due.
async fn pass_a_day(fixture: &Fixture) {
    for sql in [
        "UPDATE pictures
         SET due_at = due_at - INTERVAL 1 DAY, asked_at = asked_at - INTERVAL 1 DAY",
        "UPDATE picture_copies SET due_at = due_at - INTERVAL 1 DAY",
    ] {
        let _: Vec<u8> = fixture.query(sql).await;
    }
}

/// Nothing of the picture is left but what staff see.
async fn expect_copy_alone(fixture: &Fixture, container: &BlobContainer, message: &Value) {
    assert!(!kept(container, message["picture_id"].as_str().unwrap()).await);
    assert_eq!(status(staff_url(&read_by_staff(fixture).await)).await, 200);
}

#[tokio::test]
async fn no_old_link_tells_whether_a_picture_was_reported_before_it_was_withdrawn() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    for is_reported in [false, true] {
        let message = sent(&fixture, &ben, &id).await;
        let mut links = Vec::new();
        for by in [&amy, &ben] {
            for size in ["small", "large"] {
                links.push(url(&fixture, by, &message, size).await);
            }
        }
        if is_reported {
            report(&fixture, &amy, &message).await.expect(204);
        }
        fixture.withdraw(&ben, &message).await.expect(200);
        for link in &links {
            assert_eq!(status(link).await, 404, "{is_reported}");
        }
        for by in [&amy, &ben] {
            link(&fixture, by, &message, "large").await.expect_refusal(404, "picture-not-found");
        }
        if is_reported {
            expect_copy_alone(&fixture, &container, &message).await;
        }
    }
}

#[tokio::test]
async fn a_picture_that_was_withdrawn_before_the_report_is_in_none() {
    let (fixture, [amy, ben], id, _) = with_pictures().await;
    let message = sent(&fixture, &ben, &id).await;
    fixture.withdraw(&ben, &message).await.expect(200);
    report(&fixture, &amy, &message).await.expect(204);
    assert!(!has_picture(&read_by_staff(&fixture).await));
    assert_eq!(fixture.database.count("picture_copies").await, 0);
}

#[tokio::test]
async fn the_copy_goes_when_what_was_said_does_and_the_picture_stays_if_it_was_not_withdrawn() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let message = sent(&fixture, &ben, &id).await;
    report(&fixture, &amy, &message).await.expect(204);
    let copy = staff_url(&read_by_staff(&fixture).await).to_owned();
    let close = format!("{}/close", newest_report(&fixture).await);
    let close = Call::post(&close).json(&json!({"note": "warned"}));
    let staff = colleague(&fixture, &[Operator]);
    assert!(has_picture(&fixture.send(&staff, close).await.expect(200)));
    for _ in 0..2 {
        pass_a_day(&fixture).await;
        tick(&fixture, &amy).await;
        assert_eq!(status(&copy).await, 200);
    }
    let later = "UPDATE reports SET forget_at = forget_at - INTERVAL 90 DAY";
    let _: Vec<u8> = fixture.query(later).await;
    tick(&fixture, &amy).await;
    pass_a_day(&fixture).await;
    tick(&fixture, &amy).await;
    assert_eq!((status(&copy).await, fixture.database.count("picture_copies").await), (404, 0));
    assert!(kept(&container, message["picture_id"].as_str().unwrap()).await);
    link(&fixture, &amy, &message, "large").await.expect(200);
}

#[tokio::test]
async fn a_withdrawal_waits_for_a_report_that_came_before_it() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let message = sent(&fixture, &ben, &id).await;
    let amys = amy.user_id.uuid().simple();
    // The report waits for its reporter, after it has seen the message.
    let mut holder = fixture.database.pool.get_conn().await.unwrap();
    let insert = format!(
        "INSERT INTO reporters (user_id, reported, day_began_at) VALUES (X'{amys}', 0, NOW(6))"
    );
    holder.query_drop("BEGIN").await.unwrap();
    holder.query_drop(insert).await.unwrap();
    let withdraw = async {
        waiting_for_a_row(&fixture).await;
        let release = async {
            sleep(Duration::from_millis(300)).await;
            holder.query_drop("COMMIT").await.unwrap();
        };
        join(fixture.withdraw(&ben, &message), release).await.0
    };
    let (reported, withdrawn) = join(report(&fixture, &amy, &message), withdraw).await;
    reported.expect(204);
    withdrawn.expect(200);
    expect_copy_alone(&fixture, &container, &message).await;
}

async fn waiting_for_a_row(fixture: &Fixture) {
    let sql = "SELECT COUNT(*) FROM information_schema.innodb_trx t
        JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
        WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()";
    while fixture.query::<u64>(sql).await != [1] {
        // InnoDB tells nothing new to who asks more often than ten times a second.
        sleep(Duration::from_millis(150)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_reports_and_withdrawals_at_once_each_report_has_its_copy_or_came_too_late() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    for round in 0..ROUNDS {
        let _: Vec<u8> = fixture.query("UPDATE reporters SET reported = 0").await;
        let message = sent(&fixture, &ben, &id).await;
        let picture = message["picture_id"].as_str().unwrap();
        let (reported, withdrawn) =
            join(report(&fixture, &amy, &message), fixture.withdraw(&ben, &message)).await;
        reported.expect(204);
        withdrawn.expect(200);
        tick(&fixture, &amy).await;
        assert!(!kept(&container, picture).await, "{round}");
        let read = read_by_staff(&fixture).await;
        if has_picture(&read) {
            assert_eq!(status(staff_url(&read)).await, 200, "{round}");
        }
    }
}

#[tokio::test]
async fn while_pictures_are_away_one_reports_staff_close_and_nothing_is_lost() {
    let (fixture, [amy, ben], id, _) = with_pictures().await;
    let first = sent(&fixture, &ben, &id).await;
    let second = sent(&fixture, &ben, &id).await;
    fixture.send_without_storage(&amy, report_call(&second)).await.expect(204);
    let old = url(&fixture, &amy, &second, "large").await;
    fixture.withdraw(&ben, &second).await.expect(200);
    assert_eq!(status(&old).await, 404);
    let made =
        "SELECT is_made FROM picture_copies JOIN messages USING (picture_id) ORDER BY number";
    assert_eq!(fixture.query::<bool>(made).await, [false, true], "copied before it was deleted");
    tick(&fixture, &amy).await;
    assert_eq!(fixture.query::<bool>(made).await, [true, true]);
    let (staff, path) = (colleague(&fixture, &[Operator]), newest_report(&fixture).await);
    let close = Call::post(&format!("{path}/close")).json(&json!({"note": "warned"}));
    let closed = fixture.send_without_storage(&staff, close).await.expect(200);
    assert!(closed["report"]["closed_at"].is_string());
    for said in closed["messages"].as_array().unwrap() {
        assert_eq!((&said["has_picture"], &said["picture"]), (&json!(true), &Value::Null));
    }
    let read = read_by_staff(&fixture).await;
    for (said, message) in read["messages"].as_array().unwrap().iter().zip([first, second]) {
        assert_eq!(said["message_id"], message["message_id"]);
        assert_eq!(status(said["picture"]["url"].as_str().unwrap()).await, 200);
    }
}

#[tokio::test]
async fn no_picture_is_deleted_before_its_copy_is_made() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let message = sent(&fixture, &ben, &id).await;
    report(&fixture, &amy, &message).await.expect(204);
    // As if it had failed, and it does again.
    let _: Vec<u8> = fixture.query("UPDATE picture_copies SET is_made = FALSE").await;
    container.lease(&copy_names(&fixture).await[0]).await;
    fixture.withdraw(&ben, &message).await.expect(200);
    tick(&fixture, &amy).await;
    assert!(kept(&container, message["picture_id"].as_str().unwrap()).await);
}

/// It knew of no pictures: its withdrawal left them, and its reports note no copies.
#[tokio::test]
async fn what_an_older_version_withdraws_goes_and_what_it_reports_is_kept() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let report_as_before = async |message: &Value| {
        report(&fixture, &amy, message).await.expect(204);
        for copy in copy_names(&fixture).await {
            container.delete(&copy).await;
        }
        let _: Vec<u8> = fixture.query("DELETE FROM picture_copies").await;
    };
    // Staff have a copy made when they read it, and so has a withdrawal.
    let message = sent(&fixture, &ben, &id).await;
    report_as_before(&message).await;
    assert_eq!(status(staff_url(&read_by_staff(&fixture).await)).await, 200);
    let message = sent(&fixture, &ben, &id).await;
    report_as_before(&message).await;
    fixture.withdraw(&ben, &message).await.expect(200);
    expect_copy_alone(&fixture, &container, &message).await;
    // Neither knows of it.
    for is_reported in [true, false] {
        let message = sent(&fixture, &ben, &id).await;
        if is_reported {
            report_as_before(&message).await;
        }
        withdraw_as_before(&fixture, &message).await;
        tick(&fixture, &amy).await;
        assert!(kept(&container, message["picture_id"].as_str().unwrap()).await);
        pass_a_day(&fixture).await;
        for _ in 0..2 {
            tick(&fixture, &amy).await;
        }
        if is_reported {
            expect_copy_alone(&fixture, &container, &message).await;
        } else {
            assert!(!kept(&container, message["picture_id"].as_str().unwrap()).await);
        }
    }
}

/// The names of all copies that are noted.
async fn copy_names(fixture: &Fixture) -> Vec<String> {
    let copies: Vec<(Vec<u8>, Vec<u8>)> =
        fixture.query("SELECT report_id, picture_id FROM picture_copies").await;
    let name = |(report_id, picture_id): (Vec<u8>, Vec<u8>)| {
        let report_id = MessageReportId::from_uuid(Uuid::from_slice(&report_id).unwrap());
        let picture_id = PictureId::from_uuid(Uuid::from_slice(&picture_id).unwrap());
        format!("reported/{report_id}/{picture_id}")
    };
    copies.into_iter().map(name).collect()
}

async fn withdraw_as_before(fixture: &Fixture, message: &Value) {
    let number = message["number"].as_u64().unwrap();
    let sql = format!(
        "UPDATE messages SET withdrawn_at = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND, version = 2
         WHERE number = {number}"
    );
    let _: Vec<u8> = fixture.query(&sql).await;
}
