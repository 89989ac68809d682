//! Places, and who yields.

use service::database;
use testkit::redis_account_at;
use tokio::sync::oneshot::error::TryRecvError;
use values::{Product, UserId};

use super::*;

fn mailbox() -> Mailbox {
    Mailbox { user_id: UserId::new(), product: Product::Consumer }
}

fn arrivals() -> Arrivals {
    let account = redis_account_at("redis://nowhere.invalid:9".to_owned());
    let nowhere = "mysql://user:password@nowhere.invalid:9/nowhere";
    let database = database::connect("TEST", nowhere).unwrap();
    Arrivals::start(Redis::start("TEST", account).unwrap(), database)
}

#[tokio::test]
async fn an_instance_has_so_many_places_and_a_place_that_is_left_is_free_again() {
    let arrivals = arrivals();
    let mut places: Vec<_> =
        (0..STREAMS_MAX).map(|_| arrivals.listen(mailbox()).unwrap()).collect();
    assert!(arrivals.listen(mailbox()).is_none());
    places.pop();
    places.push(arrivals.listen(mailbox()).unwrap());
    drop(places);
    assert!(arrivals.0.channels().is_empty());
}

#[tokio::test]
async fn a_mailbox_has_so_many_places_and_its_oldest_listener_yields() {
    let (arrivals, mailbox) = (arrivals(), mailbox());
    let listen = || arrivals.listen(mailbox).unwrap();
    let mut listeners: Vec<_> = (0..STREAMS_PER_MAILBOX_MAX).map(|_| listen()).collect();
    let mut displaced = |position: usize| {
        let listener: &mut Listener = &mut listeners[position];
        listener.displaced.try_recv() == Err(TryRecvError::Closed)
    };
    assert!((0..STREAMS_PER_MAILBOX_MAX).all(|position| !displaced(position)));
    let _sixth = listen();
    assert!(displaced(0));
    assert!((1..STREAMS_PER_MAILBOX_MAX).all(|position| !displaced(position)));
    // A place that was left is free, so nobody yields.
    listeners.pop();
    listeners.push(listen());
    assert!(
        listeners
            .iter_mut()
            .skip(1)
            .all(|listener| { listener.displaced.try_recv() == Err(TryRecvError::Empty) })
    );
}
