//! How many payments one partition's consumer tells of in a second. Compare builds in one run, on
//! one machine.

#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::io::{Read, Write};
use std::iter::repeat_with;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use events::Envelope;
use notification::{App, routes};
use testkit::redis_account;
use values::UserId;

use crate::Fixture;

const SHOPS: usize = 100;
/// As many as the host delivers at once (`maxEventBatchSize` of `host.json`).
const BATCH: usize = 100;
/// What a network adds each way: a round trip of 1 ms.
const WAY: Duration = Duration::from_micros(500);

#[tokio::test]
#[ignore = "prints figures: cargo test -p notification --test it rate -- --ignored --nocapture"]
async fn payments_told_in_a_second() {
    let mut fixture = Fixture::new().await;
    println!("{:.0} payments/s beside the database", rate(&mut fixture, 2_000).await);
    let url = &fixture.database.url;
    let place = url.split(['/', '@']).find(|part| part.contains(':') && !part.ends_with(':'));
    let place = place.unwrap().to_owned();
    let mysql_url = url.replace(&place, &far(place.clone()));
    let far = App::start(fixture.config(mysql_url, redis_account())).unwrap();
    fixture.routes = routes(far);
    println!("{:.0} payments/s 1 ms away from it", rate(&mut fixture, 1_000).await);
}

async fn rate(fixture: &mut Fixture, payments: u32) -> f64 {
    let owners: Vec<UserId> = repeat_with(UserId::new).take(SHOPS).collect();
    let events = (0..payments).zip(owners.iter().cycle()).map(|(_, owner)| {
        (fixture.consumer, fixture.owner) = (UserId::new(), *owner);
        fixture.payment(12_850)
    });
    let events: Vec<Envelope> = events.collect();
    let before = fixture.database.count("notifications").await;
    let start = Instant::now();
    for batch in events.chunks(BATCH) {
        fixture.deliver_payments(batch).await;
    }
    let elapsed = start.elapsed().as_secs_f64();
    let told = fixture.database.count("notifications").await.abs_diff(before);
    assert_eq!(told, u64::from(payments).saturating_mul(2));
    f64::from(payments) / elapsed
}

/// An address that leads to another, farther away.
fn far(address: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let far = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for near in listener.incoming() {
            let (near, store) = (near.unwrap(), TcpStream::connect(&address).unwrap());
            for stream in [&near, &store] {
                stream.set_nodelay(true).unwrap();
            }
            carry(near.try_clone().unwrap(), store.try_clone().unwrap());
            carry(store, near);
        }
    });
    far
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 20];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            thread::sleep(WAY);
            if to.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
    });
}
