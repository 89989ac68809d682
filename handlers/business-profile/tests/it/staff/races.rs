//! Two who act on the same membership at once.

use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::Answer;

use super::{Person, answer, fill, hire, invite, open_shop, owner, promote, remove, send, told};
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

/// At the most but one of the members of a shop, and of the shops of a person.
const BOUND_ROUNDS: usize = 8;

#[tokio::test]
async fn of_two_who_would_be_the_fiftieth_at_once_one_works_there() {
    let fixture = Fixture::new().await;
    let (shop, owner) = (open_shop(&fixture).await, owner(&fixture));
    let hired = "INSERT INTO members
         SELECT business_id, NEW, 'cashier', 'a', 1, NEW FROM businesses";
    fill(&fixture, hired, 49).await;
    for _ in 0..BOUND_ROUNDS {
        let people = [Person::new(&fixture), Person::new(&fixture)];
        let offers = [
            send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201),
            send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201),
        ];
        let [one, other] = [0, 1]
            .map(|at: usize| send(&fixture, &people[at], answer(&shop, &offers[at], "accept")));
        let answers = futures_util::future::join(one, other).await;
        assert_one_joined([answers.0, answers.1], "too-many-members");
        fill(&fixture, "DELETE FROM members WHERE name = '阿芳'", 1).await;
        fill(&fixture, "DELETE FROM invitations", 1).await;
    }
}

#[tokio::test]
async fn of_two_shops_that_would_be_the_twentieth_of_a_person_at_once_one_is() {
    let fixture = Fixture::new().await;
    let shops = [open_shop(&fixture).await, open_shop(&fixture).await];
    let (person, owner) = (Person::new(&fixture), owner(&fixture));
    let copied = "owner_user_id, shop_name, name_skeleton, category_code, version";
    let opened = format!(
        "INSERT INTO businesses (business_id, {copied})
         SELECT NEW, {copied} FROM businesses LIMIT 1"
    );
    fill(&fixture, &opened, 19).await;
    let id = person.user_id.uuid().simple();
    let busy = format!(
        "INSERT INTO members SELECT business_id, X'{id}', 'cashier', 'a', 1, NEW FROM businesses
         ORDER BY created_at DESC LIMIT 19"
    );
    fill(&fixture, &busy, 1).await;
    for _ in 0..BOUND_ROUNDS {
        let offers = [
            send(&fixture, &owner, invite(&shops[0], "cashier")).await.expect(201),
            send(&fixture, &owner, invite(&shops[1], "cashier")).await.expect(201),
        ];
        let [one, other] = [0, 1]
            .map(|at: usize| send(&fixture, &person, answer(&shops[at], &offers[at], "accept")));
        let answers = futures_util::future::join(one, other).await;
        assert_one_joined([answers.0, answers.1], "too-many-memberships");
        fill(&fixture, "DELETE FROM members WHERE name = '阿芳'", 1).await;
        fill(&fixture, "DELETE FROM invitations", 1).await;
    }
}

fn assert_one_joined(answers: [Answer; 2], refusal: &str) {
    let joined = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(joined, 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.expect_refusal(409, refusal);
    }
}
