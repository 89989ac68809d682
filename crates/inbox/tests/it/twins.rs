//! An event that comes more than once, at the same time or later.

use futures_util::future::join_all;

use crate::{Scene, WAYS, all, noted};

#[tokio::test]
async fn an_event_that_is_twice_in_a_batch_or_came_before_has_one_effect() {
    for way in WAYS {
        let scene = Scene::new().await;
        let (a, b, c, poison) = (noted("a"), noted("b"), noted("c"), noted("poison"));
        scene.deliver(way, std::slice::from_ref(&b)).await.unwrap();
        let batch = [a.clone(), b, poison.clone(), a.clone(), c, poison, a];
        scene.deliver(way, &batch).await.unwrap();
        assert_eq!(scene.notes().await, all(&["b", "a", "c"]), "{way:?}");
        assert_eq!(scene.counts().await, (3, 1), "{way:?}");
    }
}

#[tokio::test]
async fn ids_that_only_the_table_takes_for_equal_are_one_event() {
    for way in WAYS {
        let scene = Scene::new().await;
        let (first, mut second, third) = (noted("a"), noted("b"), noted("c"));
        second.id = format!("{} ", first.id);
        scene.deliver(way, &[first, second, third]).await.unwrap();
        assert_eq!(scene.notes().await, all(&["a", "c"]), "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_events_at_the_same_time_in_other_batches_have_one_effect() {
    for way in WAYS {
        let scene = Scene::new().await;
        let events: Vec<_> = (0..60).map(|number| noted(&number.to_string())).collect();
        let backwards: Vec<_> = events.iter().rev().cloned().collect();
        let deliveries = [1, 7, 25, 60].into_iter().flat_map(|length| {
            [&events, &backwards].map(|events| {
                let scene = &scene;
                async move {
                    for batch in events.chunks(length) {
                        // The host repeats a batch that failed.
                        while scene.deliver(way, batch).await.is_err() {}
                    }
                }
            })
        });
        join_all(deliveries).await;
        let mut notes: Vec<u32> =
            scene.notes().await.iter().map(|note| note.parse().unwrap()).collect();
        notes.sort_unstable();
        assert_eq!(notes, (0..60).collect::<Vec<u32>>(), "{way:?}");
        assert_eq!(scene.counts().await, (60, 0), "{way:?}");
    }
}
