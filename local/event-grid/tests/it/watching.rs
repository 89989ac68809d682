//! What is told, how often, and what is left out.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use testkit::{BlobContainer, blob_endpoint, queue_endpoint};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::watched::{Watched, command, folder};

#[tokio::test]
async fn a_hundred_blobs_are_all_told_though_the_program_is_killed_among_them() {
    let mut watched = Watched::start().await;
    let today = folder(0);
    let blob = |number: usize| format!("{today}/doc_{number:03}");
    for number in 0..100 {
        watched.container.put(&blob(number), "image/png", b"x".to_vec()).await;
        if number % 30 == 29 {
            watched.wait_for_told(number / 2).await;
            watched.kill_and_start();
        }
    }
    watched.wait_for_told(100).await;
    for number in 0..100 {
        watched.container.delete(&blob(number)).await;
    }
    // One message may stand before each kill whose receipt was not written.
    assert!(watched.events() <= 103, "{}", watched.events());
    let told = watched.events();
    watched.kill_and_start();
    watched.settle().await;
    assert_eq!(watched.events(), told);
}

#[tokio::test]
async fn a_blob_is_told_once_for_each_time_it_is_written() {
    let mut watched = Watched::start().await;
    let blob = format!("{}/doc_a", folder(0));
    let first = watched.container.put(&blob, "image/png", b"one".to_vec()).await;
    watched.settle().await;
    assert_eq!(watched.events_of(&blob).len(), 1);
    let second = watched.container.put(&blob, "image/jpeg", b"two!".to_vec()).await;
    watched.kill_and_start();
    watched.settle().await;
    let events = watched.events_of(&blob);
    let etags: Vec<_> = events.iter().map(|event| event["data"]["eTag"].as_str()).collect();
    assert_eq!(etags, [&first, &second].map(|etag| Some(etag.trim_matches('"'))));
    let data = &events[1]["data"];
    assert_eq!((&data["contentLength"], &data["contentType"]), (&4.into(), &"image/jpeg".into()));
    assert_eq!(events[1]["type"], "Microsoft.Storage.BlobCreated");
    assert_eq!(data["url"], watched.container.url_of(&blob).as_str());
}

#[tokio::test]
async fn strange_names_are_carried_as_they_are() {
    let mut watched = Watched::start().await;
    let today = folder(0);
    let long = "\u{6587}".repeat(1024 - today.len() - 1);
    let names = ["..a", "a..b/..", "\u{1f9fe} \u{6587}\u{4ef6}", "<a>&\"'", "a%2Fb", &long];
    for name in names {
        // Dots alone would be resolved by whoever uploads, and a percent sign is one.
        let name = name.replace("/..", "/...").replace('%', "%25");
        watched.container.put(&format!("{today}/{name}"), "image/png", Vec::new()).await;
    }
    watched.wait_for_told(names.len()).await;
    watched.settle().await;
    for name in names {
        let blob = format!("{today}/{}", name.replace("/..", "/..."));
        assert_eq!(watched.events_of(&blob).len(), 1, "{name}");
    }
}

#[tokio::test]
async fn yesterday_is_watched_and_no_day_before_nor_another_folder() {
    let mut watched = Watched::start().await;
    let blobs = [folder(2), "other".to_owned(), folder(1)].map(|folder| format!("{folder}/doc"));
    for blob in &blobs {
        watched.container.put(blob, "image/png", Vec::new()).await;
    }
    watched.wait_for_told(1).await;
    watched.settle().await;
    assert_eq!(watched.events_of(&blobs[2]).len(), 1);
    assert_eq!(watched.events(), 1);
}

#[tokio::test]
async fn the_other_container_is_made_and_nobody_is_told_of_it() {
    let mut watched = Watched::start().await;
    assert!(watched.unwatched().list("").await.unwrap().is_empty());
    let container = BlobContainer::create(watched.unwatched().name()).await;
    container.put(&format!("{}/doc", folder(0)), "image/png", Vec::new()).await;
    watched.settle().await;
    assert_eq!(watched.events(), 0);
}

#[tokio::test]
async fn an_account_that_is_still_starting_is_waited_for() {
    // Whoever connects is turned away, until all is carried to the account.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let endpoint = blob_endpoint();
    let (_, account) = endpoint.split_once("://").unwrap();
    let (account, path) = account.split_once('/').unwrap();
    let behind = account.to_owned();
    let (name, blobs) = (format!("w-{}", Uuid::new_v4()), format!("https://{address}/{path}"));
    let data = std::env::temp_dir().join(format!("event-grid-{name}"));
    let mut program = command(&name, &data, [&blobs, &queue_endpoint()]);
    let mut program = program.stderr(Stdio::piped()).spawn().unwrap();
    let told = BufReader::new(program.stderr.take().unwrap());
    let told = spawn_blocking(|| told.lines().next().unwrap().unwrap()).await.unwrap();
    assert!(told.contains("waits for the account") && told.contains(&blobs), "{told}");

    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut account = TcpStream::connect(&behind).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut account).await });
        }
    });

    let ready = BufReader::new(program.stdout.take().unwrap());
    let ready = spawn_blocking(|| ready.lines().next().unwrap().unwrap()).await.unwrap();
    assert!(ready.starts_with("ready: event-grid"), "{ready}");
    program.kill().unwrap();
    program.wait().unwrap();
    fs::remove_dir_all(data).unwrap();
}
