//! What fails takes nothing else with it.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use serde_json::json;
use tokio::join;
use tokio::time::sleep;

use crate::{Scene, WAYS, all, noted};

#[tokio::test]
async fn a_batch_without_failures_is_one_transaction() {
    let scene = Scene::new().await;
    let events: Vec<_> = ["a", "b", "c", "d"].map(noted).into();
    scene.deliver_counted(&events).await.unwrap();
    assert_eq!(*scene.applied.lock().unwrap(), [4]);
    assert_eq!(scene.notes().await, all(&["a", "b", "c", "d"]));
}

#[tokio::test]
async fn what_is_wrong_is_parked_alone_and_the_others_keep_their_order() {
    for way in WAYS {
        let scene = Scene::new().await;
        let mut broken = noted("broken");
        broken.data["note"] = json!(1);
        let mut nameless = noted("nameless");
        nameless.id = String::new();
        let events = [
            noted("a"),
            noted("poison"),
            noted("b"),
            noted("c"),
            broken,
            noted("longer than the column"),
            noted("d"),
            nameless,
            noted("poison"),
            noted("e"),
        ];
        for _ in 0..2 {
            scene.deliver(way, &events).await.unwrap();
            assert_eq!(scene.notes().await, all(&["a", "b", "c", "d", "e"]), "{way:?}");
            assert_eq!(scene.counts().await, (5, 5), "{way:?}");
        }
        scene.deliver_texts(way, vec!["not an event".to_owned()]).await.unwrap();
        assert_eq!(scene.counts().await, (5, 6), "{way:?}");
    }
}

#[tokio::test]
async fn one_wrong_event_among_many_costs_few_transactions() {
    let scene = Scene::new().await;
    let mut events: Vec<_> = (0..64).map(|number| noted(&number.to_string())).collect();
    events[20] = noted("poison");
    scene.deliver_counted(&events).await.unwrap();
    // It fails in 64, 32, 16, 8, 4, 2 and alone; each other half succeeds.
    assert_eq!(scene.applied.lock().unwrap().len(), 13);
    assert_eq!(scene.counts().await, (63, 1));
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_leaves_nothing_and_the_repeat_does_all() {
    for way in WAYS {
        let scene = Scene::new().await;
        let mut events = [noted("a"), noted("crash"), noted("b")];
        assert!(scene.deliver(way, &events).await.is_err(), "{way:?}");
        assert_eq!((scene.notes().await, scene.counts().await), (all(&[]), (0, 0)), "{way:?}");
        events[1].data["note"] = json!("mended");
        scene.deliver(way, &events).await.unwrap();
        assert_eq!(scene.notes().await, all(&["a", "mended", "b"]), "{way:?}");
    }
}

#[tokio::test]
async fn a_lock_that_is_held_for_long_delays_and_breaks_nothing() {
    let scene = Scene::new().await;
    let mut tx = scene.database.database.begin().await.unwrap();
    tx.query_drop("UPDATE locks SET times = 10 WHERE name = 'locked'").await.unwrap();
    // Longer than a statement waits for a lock.
    let release = async {
        sleep(Duration::from_secs(6)).await;
        tx.rollback().await.unwrap();
    };
    let events = [noted("a"), noted("locked"), noted("b")];
    let (delivered, ()) = join!(scene.deliver(WAYS[1], &events), release);
    delivered.unwrap();
    assert_eq!(scene.notes().await, all(&["a", "locked", "b"]));
    let mut conn = scene.database.pool.get_conn().await.unwrap();
    let times: Option<u32> = conn.query_first("SELECT times FROM locks").await.unwrap();
    assert_eq!((times, scene.counts().await), (Some(1), (3, 0)));
}

#[tokio::test]
async fn rows_that_are_older_than_any_hub_leave_and_others_stay() {
    let scene = Scene::new().await;
    let mut conn = scene.database.pool.get_conn().await.unwrap();
    for (id, days) in [("old", 15), ("young", 13)] {
        let rows: Vec<String> = (0..100)
            .map(|number| format!("('other', '{id}{number}', NOW() - INTERVAL {days} DAY)"))
            .collect();
        let sql = format!(
            "INSERT INTO inbox (consumer, event_id, received_at) VALUES {}",
            rows.join(",")
        );
        conn.query_drop(sql).await.unwrap();
    }
    // By chance, which fails one run in a million.
    for _ in 0..200 {
        scene.deliver(WAYS[0], &[noted("a")]).await.unwrap();
    }
    for (id, left) in [("old", 0), ("young", 100)] {
        let sql = format!("SELECT COUNT(*) FROM inbox WHERE event_id LIKE '{id}%'");
        assert_eq!(conn.query_first(sql).await.unwrap(), Some(left), "{id}");
    }
}
