//! Pictures of people: uploaded by any HTTP client, made anew, shown, taken off.

use std::io::Cursor;

use events::user_profile::ProfileChangedV1;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mysql_async::prelude::Queryable;
use reqwest::Client;
use serde_json::{Value, json};
use testkit::{Answer, BlobContainer, Call, InProcess};

use crate::{Fixture, OWN, Person, change};

const PICTURES: &str = "/api/v1/users/me/pictures";
const TIMER: &str = "user_profile_relay_outbox";

/// A picture that was announced: its id, and what is uploaded where.
struct Announced {
    id: String,
    answer: Value,
}

pub(crate) fn jpeg(side: u32) -> Vec<u8> {
    let picture = RgbImage::from_pixel(side, side, Rgb([20, 120, 40]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

fn announcement(content_type: &str, content_length: usize) -> Value {
    json!({"content_type": content_type, "content_length": content_length})
}

impl Fixture {
    pub(crate) async fn with_pictures() -> (Self, BlobContainer) {
        (Self::with_profile().await, BlobContainer::create("avatars").await)
    }

    pub(crate) fn ann(&self) -> Person {
        Person { user_id: self.user_id, token: self.token.clone() }
    }

    async fn announce(&self, person: &Person, content_type: &str, length: usize) -> Announced {
        let call = Call::post(PICTURES).json(&announcement(content_type, length));
        let answer = self.send_as(person, call).await.expect(201);
        Announced { id: answer["picture_id"].as_str().unwrap().to_owned(), answer }
    }

    /// One that has come.
    pub(crate) async fn uploaded(&self, person: &Person, bytes: Vec<u8>) -> String {
        let announced = self.announce(person, "image/jpeg", bytes.len()).await;
        assert_eq!(put(&announced, bytes).await, 201);
        announced.id
    }

    pub(crate) async fn show(&self, person: &Person, picture_id: &str) -> Answer {
        self.change_as(person, &json!({"picture_id": picture_id})).await
    }

    /// As anybody sees it.
    async fn look(&self, picture_id: &str, size: &str) -> Answer {
        let call = Call::get(&format!("/api/v1/users/pictures/{picture_id}/{size}"));
        call.send(&self.routes).await
    }

    async fn pass_minutes(&self, minutes: u32) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let earlier = format!("- INTERVAL {minutes} MINUTE");
        conn.query_drop(format!(
            "UPDATE pictures SET asked_at = asked_at {earlier}, due_at = due_at {earlier}"
        ))
        .await
        .unwrap();
    }

    async fn tick(&self) {
        let body = json!({"Data": {}, "Metadata": {}}).to_string();
        let call = Call::post(&format!("/{TIMER}")).body("application/json", &body);
        call.send(&self.routes).await.expect(200);
    }
}

/// `PUT` as the answer says.
async fn put(announced: &Announced, bytes: Vec<u8>) -> u16 {
    put_at(announced, "", bytes).await
}

/// The same with something behind the link.
async fn put_at(announced: &Announced, rest: &str, bytes: Vec<u8>) -> u16 {
    let upload = &announced.answer["upload"];
    let url = format!("{}{rest}", upload["url"].as_str().unwrap());
    let mut request = Client::new().put(url).body(bytes);
    for header in upload["headers"].as_array().unwrap() {
        let text = |name: &str| header[name].as_str().unwrap();
        request = request.header(text("name"), text("value"));
    }
    request.send().await.unwrap().status().as_u16()
}

fn original(id: &str) -> String {
    format!("uploads/{id}")
}

#[tokio::test]
async fn a_picture_is_uploaded_shown_told_and_taken_off_and_nothing_of_it_stays() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let bytes = [jpeg(500), b"<script>Chan Tai Man</script>".to_vec()].concat();
    let id = fixture.uploaded(&ann, bytes.clone()).await;
    assert_eq!(container.get(&original(&id)).await, Some(bytes));
    fixture.look(&id, "large").await.expect_refusal(404, "picture-not-found");

    let shown = fixture.show(&ann, &id).await.expect(200);
    assert_eq!((&shown["picture_id"], &shown["version"]), (&json!(id), &json!(2)));
    assert_eq!(fixture.read().await.expect(200), shown);
    assert_eq!(container.get(&original(&id)).await, None, "what was uploaded is gone");
    for (size, side) in [("small", 96), ("large", 384)] {
        let seen = fixture.look(&id, size).await;
        assert_eq!((seen.status, seen.header("content-type")), (200, "image/jpeg"));
        assert_eq!(seen.header("cache-control"), "public, max-age=86400, immutable");
        let picture = image::load_from_memory_with_format(&seen.body, ImageFormat::Jpeg).unwrap();
        assert_eq!((picture.width(), picture.height()), (side, side));
        assert!(!seen.body.windows(8).any(|part| part == b"<script>"));
    }
    fixture.look(&id, "huge").await.expect_refusal(404, "no-such-route");

    let again = fixture.show(&ann, &id).await.expect(200);
    assert_eq!(again["version"], 2, "saying it twice changes nothing");
    fixture.change_as(&ann, &json!({"picture_id": null})).await.expect(200);
    for size in ["small", "large"] {
        fixture.look(&id, size).await.expect_refusal(404, "picture-not-found");
        assert_eq!(container.get(&format!("{size}/{id}")).await, None);
    }
    let told: Vec<ProfileChangedV1> = fixture.database.told().await;
    let told: Vec<_> = told.into_iter().map(|told| told.picture_id).collect();
    assert_eq!(told, [Some(Some(id.clone())), Some(None)]);
    // It was taken off, so it is not shown a second time.
    fixture.show(&ann, &id).await.expect_refusal(404, "picture-not-found");
}

#[tokio::test]
async fn another_picture_takes_the_place_of_the_one_before() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let first = fixture.uploaded(&ann, jpeg(200)).await;
    fixture.show(&ann, &first).await.expect(200);
    let second = fixture.uploaded(&ann, jpeg(300)).await;
    fixture.show(&ann, &second).await.expect(200);
    fixture.look(&first, "small").await.expect_refusal(404, "picture-not-found");
    assert_eq!(fixture.look(&second, "small").await.status, 200);

    // What came by a link after its picture was made goes with the timer; what is shown stays.
    container.put(&original(&second), "image/jpeg", jpeg(100)).await;
    fixture.tick().await;
    assert!(container.get(&original(&second)).await.is_some(), "its link may still be good");
    fixture.pass_minutes(61).await;
    fixture.tick().await;
    assert_eq!(container.get(&original(&second)).await, None);
    assert_eq!(fixture.look(&second, "large").await.status, 200);
    assert_eq!(fixture.database.count("pictures").await, 1, "of the first nothing is left");
}

#[tokio::test]
async fn what_was_announced_and_not_shown_in_time_is_deleted() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let id = fixture.uploaded(&ann, jpeg(200)).await;
    fixture.pass_minutes(31).await;
    fixture.show(&ann, &id).await.expect_refusal(404, "picture-not-found");
    fixture.tick().await;
    assert!(container.get(&original(&id)).await.is_some());
    fixture.pass_minutes(30).await;
    fixture.tick().await;
    assert_eq!(container.get(&original(&id)).await, None);
    assert_eq!(fixture.database.count("pictures").await, 0);
}

#[tokio::test]
async fn an_id_never_names_another_picture_and_one_that_is_not_shown_is_not_seen() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let announced = fixture.announce(&ann, "image/jpeg", jpeg(200).len()).await;
    let id = &announced.id;
    assert_eq!(put(&announced, jpeg(200)).await, 201);
    let outdated = change(7, &json!({"picture_id": id}));
    fixture.send_as(&ann, outdated).await.expect_refusal(412, "version-stale");
    let made = container.get(&format!("large/{id}")).await.expect("it was made");
    fixture.look(id, "large").await.expect_refusal(404, "picture-not-found");

    // By the same link, which is still good.
    let mut other = jpeg(150);
    other.resize(jpeg(200).len(), 0);
    assert_eq!(put(&announced, other).await, 201);
    fixture.show(&ann, id).await.expect(200);
    assert_eq!(fixture.look(id, "large").await.body, made);
    assert_eq!(container.get(&original(id)).await, None);
}

#[tokio::test]
async fn a_snapshot_that_its_client_made_keeps_no_picture_from_being_shown_or_forgotten() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let [shown, left] = [200, 300].map(jpeg);
    let mut ids = Vec::new();
    for bytes in [shown, left] {
        let announced = fixture.announce(&ann, "image/jpeg", bytes.len()).await;
        assert_eq!(put(&announced, bytes).await, 201);
        assert_eq!(put_at(&announced, "&comp=snapshot", vec![]).await, 201);
        ids.push(announced.id);
    }
    fixture.show(&ann, &ids[0]).await.expect(200);
    fixture.pass_minutes(61).await;
    fixture.tick().await;
    for id in &ids {
        assert_eq!(container.get(&original(id)).await, None);
    }
    assert_eq!(fixture.database.count("pictures").await, 1, "the one that is shown");
}

#[tokio::test]
async fn what_cannot_be_deleted_waits_and_nothing_waits_for_it() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let stuck = fixture.uploaded(&ann, jpeg(200)).await;
    container.lease(&original(&stuck)).await;
    fixture.pass_minutes(1).await;
    let next = fixture.uploaded(&ann, jpeg(200)).await;
    fixture.pass_minutes(61).await;
    fixture.tick().await;
    assert!(container.get(&original(&stuck)).await.is_some());
    assert_eq!(container.get(&original(&next)).await, None);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let waits = "SELECT due_at > UTC_TIMESTAMP() + INTERVAL 5 MINUTE FROM pictures";
    assert_eq!(conn.query_first::<bool, _>(waits).await.unwrap(), Some(true), "the only one left");
}

#[tokio::test]
async fn a_picture_is_its_owners_alone_and_what_did_not_come_is_not_shown() {
    let (fixture, _) = Fixture::with_pictures().await;
    let (ann, bob) = (fixture.ann(), fixture.join().await);
    let of_bob = fixture.uploaded(&bob, jpeg(200)).await;
    fixture.show(&ann, &of_bob).await.expect_refusal(404, "picture-not-found");
    let unknown = "pic_01h455vb4pex5vsknk084sn02q";
    fixture.show(&ann, unknown).await.expect_refusal(404, "picture-not-found");
    let announced = fixture.announce(&ann, "image/jpeg", 1000).await;
    fixture.show(&ann, &announced.id).await.expect_refusal(409, "picture-not-uploaded");
    assert_eq!(fixture.read().await.expect(200)["version"], 1);
    assert_eq!(fixture.database.count("outbox").await, 0);
    fixture.show(&bob, &of_bob).await.expect(200);
}

#[tokio::test]
async fn what_is_not_as_announced_or_no_picture_is_refused_and_the_service_lives() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let good = jpeg(200);
    for (content_type, announced_length, bytes, code) in [
        ("image/jpeg", good.len() - 1, good.clone(), "picture-differs"),
        ("image/png", good.len(), good.clone(), "picture-differs"),
        ("image/jpeg", 12, b"no picture\n!".to_vec(), "picture-differs"),
        ("image/jpeg", 20, good[..20].to_vec(), "picture-damaged"),
        ("image/jpeg", 5_242_880, vec![0xFF; 5_242_881], "picture-differs"),
        ("image/jpeg", jpeg(95).len(), jpeg(95), "picture-pixels"),
    ] {
        let announced = fixture.announce(&ann, content_type, announced_length).await;
        assert_eq!(put(&announced, bytes).await, 201);
        fixture.show(&ann, &announced.id).await.expect_refusal(422, code);
        // It was looked at once.
        container.put(&original(&announced.id), "image/jpeg", good.clone()).await;
        fixture.show(&ann, &announced.id).await.expect_refusal(422, code);
    }
    for body in [
        announcement("image/webp", 10),
        announcement("image/gif", 10),
        announcement("image/jpeg", 0),
        announcement("image/jpeg", 5_242_881),
        json!({"content_type": "image/jpeg"}),
    ] {
        let call = Call::post(PICTURES).json(&body);
        fixture.send(call).await.expect_refusal(400, "invalid-body");
    }
    let id = fixture.uploaded(&ann, good).await;
    fixture.show(&ann, &id).await.expect(200);
}

#[tokio::test]
async fn ten_pictures_are_announced_in_an_hour_and_a_repeat_is_none() {
    let (fixture, _) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let call = Call::post(PICTURES).json(&announcement("image/png", 10));
    let first = fixture.send(call.clone()).await;
    assert_eq!(first.header("location"), OWN);
    assert_eq!(fixture.send(call).await.expect(201), first.expect(201));
    for _ in 1..10 {
        fixture.announce(&ann, "image/png", 10).await;
    }
    let call = Call::post(PICTURES).json(&announcement("image/png", 10));
    let refused = fixture.send(call.clone()).await;
    refused.expect_refusal(429, "pictures-throttled");
    fixture.pass_minutes(60).await;
    fixture.send(call).await.expect(201);
}

#[tokio::test]
async fn a_crash_after_the_picture_was_made_is_mended_by_saying_it_again() {
    let (fixture, container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let id = fixture.uploaded(&ann, jpeg(200)).await;
    // As an instance leaves it that ends between making and showing.
    container.put(&format!("small/{id}"), "image/jpeg", jpeg(96)).await;
    container.put(&format!("large/{id}"), "image/jpeg", jpeg(200)).await;
    container.delete(&original(&id)).await;
    fixture.show(&ann, &id).await.expect(200);
    assert_eq!(fixture.look(&id, "large").await.status, 200);
}
