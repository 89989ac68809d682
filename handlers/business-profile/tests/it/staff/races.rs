//! Two who act on the same membership at once.

use mysql_async::prelude::Queryable;
use serde_json::json;

use super::{Person, answer, hire, invite, open_shop, owner, promote, remove, send, told};
use crate::Fixture;

/// Many, because not all twins come into each other's way.
const ROUNDS: usize = 40;

#[tokio::test]
async fn of_five_who_accept_one_invitation_at_once_one_works_there() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    for round in 1..=ROUNDS {
        let offered = send(&fixture, &owner(&fixture), invite(&shop, "cashier")).await.expect(201);
        let people: Vec<Person> = (0..5).map(|_| Person::new(&fixture)).collect();
        let calls = people.iter().map(|it| send(&fixture, it, answer(&shop, &offered, "accept")));
        let mut joined = 0;
        for answer in futures_util::future::join_all(calls).await {
            match answer.status {
                201 => joined += 1,
                _ => answer.expect_refusal(404, "invitation-not-found"),
            }
        }
        assert_eq!((joined, told(&fixture).await.len()), (1, round));
    }
}

#[tokio::test]
async fn who_looks_at_an_invitation_or_has_a_wrong_secret_waits_for_nobody() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let offered = send(&fixture, &owner(&fixture), invite(&shop, "cashier")).await.expect(201);
    let mut forged = offered.clone();
    forged["secret"] = json!("q83vASNFZ4mrze8BI0VniQ");
    let person = Person::new(&fixture);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("BEGIN").await.unwrap();
    conn.query_drop("SELECT 1 FROM businesses FOR UPDATE").await.unwrap();
    send(&fixture, &person, answer(&shop, &offered, "preview")).await.expect(200);
    for verb in ["preview", "accept", "decline"] {
        let refused = send(&fixture, &person, answer(&shop, &forged, verb)).await;
        refused.expect_refusal(404, "invitation-not-found");
    }
    conn.query_drop("ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn a_manager_who_is_removed_leaves_no_invitation_whenever_it_was_made() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    for _ in 0..ROUNDS {
        let manager = hire(&fixture, &shop, "manager").await;
        let (removed, invited) = futures_util::future::join(
            send(&fixture, &owner(&fixture), remove(&shop, &manager)),
            send(&fixture, &manager, invite(&shop, "cashier")),
        )
        .await;
        assert_eq!(removed.status, 204);
        assert!(matches!(invited.status, 201 | 404), "{}", invited.json());
        assert_eq!(fixture.database.count("invitations").await, 0);
    }
}

#[tokio::test]
async fn of_a_new_role_and_a_removal_at_once_the_versions_tell_the_order() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    for _ in 0..ROUNDS {
        let cashier = hire(&fixture, &shop, "cashier").await;
        let (removed, promoted) = futures_util::future::join(
            send(&fixture, &owner(&fixture), remove(&shop, &cashier)),
            send(&fixture, &owner(&fixture), promote(&shop, &cashier, 1, "manager")),
        )
        .await;
        assert_eq!(removed.status, 204);
        let id = cashier.user_id.to_string();
        let own: Vec<_> = told(&fixture).await.into_iter().filter(|told| told.0 == id).collect();
        let versions: Vec<u32> = own.iter().map(|told| told.2).collect();
        match promoted.status {
            200 => assert_eq!(versions, [1, 2, 3]),
            _ => promoted.expect_refusal(404, "member-not-found"),
        }
        assert_eq!(own.last().map(|told| told.1.as_deref()), Some(None));
    }
    let members = fixture.call("GET", &format!("{shop}/members"), None).await.1;
    assert_eq!(members["items"], json!([]));
}
