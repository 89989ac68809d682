//! Streams that end or cannot go on, and their clients that come back.

use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use testkit::Device;
use tokio::time::{sleep, timeout};
use values::{NotificationId, Product, SessionId};

use crate::event_source::{Frame, SOON, Stream, serve, watch};
use crate::{Fixture, LIST};

/// How many streams a mailbox has on one instance.
const STREAMS_PER_MAILBOX_MAX: usize = 5;
/// The time between two checks of a stream's login, and a little more.
const LOGIN_CHECK: Duration = Duration::from_millis(1_500);

#[tokio::test]
async fn a_stream_opens_whatever_its_last_event_id_and_says_whether_it_can_go_on() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let opening = Stream::open(&url, &token, None).await.opening;
    assert_eq!((opening.event, opening.id.as_deref()), (None, Some("0")));
    let opening = Stream::open(&url, &token, Some("?")).await.opening;
    assert!(opening.is("reset"));
    assert_eq!(opening.id.as_deref(), Some("0"));

    fixture.deliver_payments(&[fixture.payment(100), fixture.top_up(200)]).await;
    let own = fixture.listed(fixture.consumer, Product::Consumer).await;
    let foreign = fixture.listed(fixture.owner, Product::Business).await;
    let unknown = NotificationId::new().to_string();
    let (first, newest) = (&*own[0], &*own[1]);
    for (last_seen, is_reset, place, missed) in [
        (&[][..], false, newest, 0),
        (&["0"], false, "0", 2),
        (&[first], false, first, 1),
        (&[newest], false, newest, 0),
        (&[&*unknown], true, newest, 0),
        (&[&*foreign[0]], true, newest, 0),
        (&[""], true, newest, 0),
        (&["1"], true, newest, 0),
        (&["ntf_大"], true, newest, 0),
        (&[first, newest], true, newest, 0),
        (&[newest, newest], true, newest, 0),
    ] {
        let mut request = reqwest::Client::new().get(&url).bearer_auth(&token);
        for id in last_seen {
            let id = HeaderValue::from_bytes(id.as_bytes()).unwrap();
            request = request.header("last-event-id", id);
        }
        let mut stream = Stream::of(request).await;
        assert_eq!(stream.opening.is("reset"), is_reset, "{last_seen:?}");
        assert_eq!(stream.opening.id.as_deref(), Some(place), "{last_seen:?}");
        for id in &own[own.len() - missed..] {
            assert_eq!(stream.line(SOON).await.id, *id, "{last_seen:?}");
        }
        let nothing = timeout(Duration::from_millis(50), stream.frame()).await;
        assert!(nothing.is_err(), "{last_seen:?}");
    }
}

#[tokio::test]
async fn the_oldest_stream_of_a_mailbox_yields_to_one_too_many() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut streams = Vec::new();
    for _ in 0..=STREAMS_PER_MAILBOX_MAX {
        streams.push(Stream::open(&url, &token, None).await);
    }
    let rest = streams.remove(0).rest(SOON).await;
    assert_eq!(rest.len(), 1);
    assert!(rest[0].is("bye") && rest[0].retry > streams[0].opening.retry, "{rest:?}");

    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    for stream in &mut streams {
        assert_eq!(stream.line(SOON).await.body, "HK$1.00 was added to your wallet.");
    }
}

#[tokio::test]
async fn a_browser_misses_and_doubles_nothing_though_its_streams_end_again_and_again() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let top_ups: Vec<_> = (1..=200).map(|cents| fixture.top_up(cents)).collect();
    let deliveries = async {
        // The first streams end before anything has arrived.
        sleep(SOON).await;
        for batch in top_ups.chunks(2) {
            fixture.deliver_payments(batch).await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    let displacements = async {
        loop {
            let mut newer = Vec::new();
            for _ in 0..STREAMS_PER_MAILBOX_MAX {
                newer.push(Stream::open(&url, &token, None).await);
            }
            drop(newer);
            sleep(Duration::from_millis(100)).await;
        }
    };
    let watched = async { tokio::join!(watch(&url, &token, top_ups.len()), deliveries).0 };
    let seen = tokio::select! {
        seen = timeout(Duration::from_secs(60), watched) => seen.unwrap(),
        () = displacements => unreachable!(),
    };
    assert_eq!(seen.notifications, fixture.listed(fixture.consumer, Product::Consumer).await);
    assert!(seen.other_events.len() >= 5, "{:?}", seen.other_events);
    // A stream that goes on says that the feed may be another, unless it is displaced before.
    let mut has_ended = false;
    for event in &seen.other_events {
        match event.as_str() {
            "bye" => has_ended = true,
            "feed" if has_ended => has_ended = false,
            _ => panic!("{:?}", seen.other_events),
        }
    }
    assert!(seen.other_events.iter().any(|event| event == "feed"), "{:?}", seen.other_events);
}

#[tokio::test]
async fn a_stream_of_a_login_that_has_ended_ends_soon_and_shows_nothing_more() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let session = SessionId::new();
    let ended =
        fixture.issuer.token_of(fixture.consumer, Product::Consumer, &Device::new(), session);
    let mut idle = Stream::open(&url, &ended, None).await;
    let mut woken = Stream::open(&url, &ended, None).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut other = Stream::open(&url, &token, None).await;

    fixture.issuer.revoke(session);
    let routes = fixture.routes.clone();
    let start = Instant::now();
    while testkit::call(&routes, "GET", LIST, Some(&ended), None).await.0 == 200 {
        assert!(start.elapsed() < SOON, "the revocation is not heard");
        sleep(Duration::from_millis(5)).await;
    }
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    for stream in [&mut idle, &mut woken] {
        assert_eq!(stream.rest(LOGIN_CHECK).await, Vec::<Frame>::new());
    }
    assert_eq!(other.line(SOON).await.body, "HK$1.00 was added to your wallet.");
}
