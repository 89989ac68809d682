//! Watching notifications arrive, over a real connection.

use std::time::{Duration, Instant};

use notification::routes;
use testkit::{deliver, redis_account_at, redis_address};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use values::Product;

use crate::event_source::{SOON, Stream, serve};
use crate::{Fixture, LIST, ON_PAYMENTS};

/// Long enough for the next look.
const AFTER_LOOK: Duration = Duration::from_secs(17);

#[tokio::test]
async fn a_line_reaches_open_streams_of_every_instance_within_a_second() {
    let fixture = Fixture::new().await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut streams = Vec::new();
    for instance in [&fixture.app, &fixture.second_instance()] {
        let url = serve(instance).await;
        streams.push(Stream::open(&url, &token, None).await);
        streams.push(Stream::open(&url, &token, None).await);
    }
    for dollars in 1..=5 {
        let start = Instant::now();
        fixture.deliver_payments(&[fixture.top_up(dollars * 100)]).await;
        for stream in &mut streams {
            let line = stream.line(SOON).await;
            assert_eq!(line.body, format!("HK${dollars}.00 was added to your wallet."));
        }
        assert!(start.elapsed() < SOON);
    }
}

#[tokio::test]
async fn a_stream_delivers_each_line_once_and_in_order_while_batches_overlap() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.owner, Product::Business);
    let mut stream = Stream::open(&url, &token, None).await;
    let payments: Vec<_> = (1..=120).map(|cents| fixture.payment(cents)).collect();
    for batch in payments.chunks(30) {
        let (instance, batch) = (routes(fixture.second_instance()), batch.to_vec());
        tokio::spawn(async move { deliver(&instance, ON_PAYMENTS, &batch).await });
    }
    let mut streamed = Vec::new();
    for _ in &payments {
        streamed.push(stream.line(AFTER_LOOK).await.id);
    }
    let listed = fixture.listed(fixture.owner, Product::Business).await;
    assert_eq!(streamed, listed);
}

#[tokio::test]
async fn a_stream_resumes_after_the_line_that_the_client_saw_last() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut stream = Stream::open(&url, &token, None).await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    let seen = stream.line(SOON).await;
    drop(stream);
    let missed: Vec<_> = (2..=80).map(|dollars| fixture.top_up(dollars * 100)).collect();
    fixture.deliver_payments(&missed).await;

    let mut resumed = Stream::open(&url, &token, Some(&seen.id)).await;
    for dollars in 2..=80 {
        let line = resumed.line(SOON).await;
        assert_eq!(line.body, format!("HK${dollars}.00 was added to your wallet."));
    }
    let mut fresh = Stream::open(&url, &token, None).await;
    fixture.deliver_payments(&[fixture.top_up(8_100)]).await;
    assert_eq!(fresh.line(SOON).await.body, "HK$81.00 was added to your wallet.");
}

#[tokio::test]
async fn a_stream_shows_only_the_tokens_own_mailbox() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let other_product = fixture.token(fixture.consumer, Product::Business);
    let mut stream = Stream::open(&url, &other_product, None).await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    assert!(timeout(SOON, stream.frame()).await.is_err());
}

#[tokio::test]
async fn without_redis_the_inbox_works_and_a_stream_finds_what_is_new_at_the_next_look() {
    let fixture = Fixture::with_redis(redis_account_at("redis://127.0.0.1:9".to_owned())).await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut stream = Stream::open(&url, &token, None).await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    let (_, page) = fixture.consumer("GET", LIST).await;
    let listed = &page["items"][0]["notification_id"];
    assert_eq!(*listed, stream.line(AFTER_LOOK).await.id);
    let (status, health) = fixture.consumer("GET", "/api/v1/notification/health/ready").await;
    assert_eq!((status, &health["dependencies"]["mysql"]["up"]), (503, &true.into()));
}

/// The tests' Redis behind a port that can be closed, along with every connection through it.
async fn proxy(port: u16) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let redis = redis_address();
    let proxy = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut client, _)) = listener.accept().await {
            let redis = redis.clone();
            connections.spawn(async move {
                let mut server = TcpStream::connect(redis).await.unwrap();
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    (port, proxy)
}

#[tokio::test]
async fn a_stream_hears_again_once_redis_is_back() {
    let (port, redis) = proxy(0).await;
    let fixture = Fixture::with_redis(redis_account_at(format!("redis://127.0.0.1:{port}"))).await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut stream = Stream::open(&url, &token, None).await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    assert_eq!(stream.line(SOON).await.body, "HK$1.00 was added to your wallet.");
    // Until it has looked for the last time: its subscription wakes it as well, a moment before or
    // after the message, and what it looks for then may be what comes next.
    assert!(timeout(SOON, stream.frame()).await.is_err());

    redis.abort();
    assert!(redis.await.unwrap_err().is_cancelled());
    fixture.deliver_payments(&[fixture.top_up(200)]).await;
    assert!(timeout(SOON, stream.frame()).await.is_err());
    let (_, _redis) = proxy(port).await;
    // Longer than any pause between two attempts that so short an outage can lead to.
    let line = stream.line(Duration::from_secs(4)).await;
    assert_eq!(line.body, "HK$2.00 was added to your wallet.");
    fixture.deliver_payments(&[fixture.top_up(300)]).await;
    assert_eq!(stream.line(SOON).await.body, "HK$3.00 was added to your wallet.");
}
