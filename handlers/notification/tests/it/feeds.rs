//! Streams say that a feed is another than before; what it shows the timeline says.

use events::Envelope;
use events::social::FeedsChangedV1;
use notification::routes;
use testkit::{deliver, event};
use tokio::time::timeout;
use values::{PeerPaymentId, Product, UserId};

use crate::event_source::{Frame, SOON, Stream, serve};
use crate::friends::changed;
use crate::{Fixture, LIST, ON_SOCIAL, bodies};

fn feeds(told: &[UserId]) -> Envelope {
    let told = told.iter().map(UserId::to_string).collect();
    event(&PeerPaymentId::new().to_string(), &FeedsChangedV1 { told })
}

/// The frame that comes of this: told again and again, since a stream that is not subscribed yet is
/// shown nothing.
async fn shown(fixture: &Fixture, stream: &mut Stream, news: impl Fn() -> Envelope) -> Frame {
    loop {
        deliver(&routes(fixture.app.clone()), ON_SOCIAL, &[news()]).await;
        if let Ok(frame) = timeout(SOON, stream.frame()).await {
            return frame.unwrap();
        }
    }
}

#[tokio::test]
async fn a_stream_shows_that_friends_show_something_new_and_no_inbox_keeps_it() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let (me, other) = (fixture.consumer, UserId::new());
    let mut stream = Stream::open(&url, &fixture.token(me, Product::Consumer), None).await;
    assert!(stream.opening.event.is_none());
    // Another's feed, then the reader's.
    let news = || feeds(&[other, me]);
    deliver(&routes(fixture.app.clone()), ON_SOCIAL, &[feeds(&[other])]).await;
    let frame = shown(&fixture, &mut stream, news).await;
    assert!(frame.is("feed") && frame.id.is_none(), "{frame:?}");
    assert_eq!(frame.data.as_deref(), Some("{}"));
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), [""; 0]);
}

#[tokio::test]
async fn two_who_become_friends_read_their_feeds_again_and_of_an_end_nobody_is_told() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let (me, other) = (fixture.consumer, UserId::new());
    let mut stream = Stream::open(&url, &fixture.token(me, Product::Consumer), None).await;
    shown(&fixture, &mut stream, || feeds(&[me])).await;
    for (version, status) in [(1, "none"), (2, "friends")] {
        let event = changed([other, me], version, status);
        deliver(&routes(fixture.app.clone()), ON_SOCIAL, &[event]).await;
    }
    // One of each frame before may still come, but nothing of the end.
    let frame = timeout(SOON * 20, stream.frame()).await.unwrap().unwrap();
    assert!(frame.is("feed"), "{frame:?}");
}

#[tokio::test]
async fn a_stream_that_goes_on_says_that_the_feed_may_be_another() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let resumed = Stream::open(&url, &token, Some("0")).await;
    assert!(resumed.opening.is("feed"), "{:?}", resumed.opening);
    assert_eq!(resumed.opening.id.as_deref(), Some("0"));
    let lost = Stream::open(&url, &token, Some("nonsense")).await;
    assert!(lost.opening.is("reset"));
    // A shop has no feed.
    let token = fixture.token(fixture.owner, Product::Business);
    let shop = Stream::open(&url, &token, Some("0")).await;
    assert!(shop.opening.event.is_none(), "{:?}", shop.opening);
}
