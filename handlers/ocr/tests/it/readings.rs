//! From a message to what is told of its document.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use testkit::{Call, InProcess, deliver_text};

use super::*;

const TWINS: usize = 8;

#[tokio::test]
async fn an_upload_is_read_and_told_sealed_for_onboarding() {
    let fixture = Fixture::new().await;
    let (file, specimen) = identity_card();
    let uploaded = fixture.upload("image/png", file).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);

    let told = fixture.told_of(&uploaded).await;
    assert_eq!(told.content_type, "image/png");
    assert_eq!(told.content_length, u64::try_from(uploaded.length).unwrap());
    assert!(told.engine.starts_with("tesseract 5"), "{}", told.engine);
    assert_eq!(told.failure, None);
    let reading = opened(&told).await;
    assert_eq!(reading.document, "hkid-2018");
    let number = &reading.fields["document_number"];
    assert_eq!((&number.value, number.is_confirmed), (&specimen.truth["document_number"], true));
    assert_eq!(reading.fields["name"].value, specimen.truth["name"]);
    let events = fixture.database.outbox().await;
    assert_eq!(events[0].subject, uploaded.id.to_string());
}

#[tokio::test]
async fn nothing_that_was_read_is_in_clear_in_the_database() {
    let fixture = Fixture::new().await;
    let (file, specimen) = identity_card();
    let uploaded = fixture.upload("image/png", file).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let bodies: Vec<String> = conn.query("SELECT body FROM outbox").await.unwrap();
    let receipts: Vec<(String, String)> =
        conn.query("SELECT engine, IFNULL(failure, '') FROM receipts").await.unwrap();
    let kept = format!("{bodies:?} {receipts:?}");
    for (name, value) in &specimen.truth {
        assert!(*name == "sex" || !kept.contains(value), "{name}");
    }
}

#[tokio::test]
async fn a_message_that_comes_again_tells_nothing_again() {
    let fixture = Fixture::new().await;
    let uploaded = fixture.upload("image/png", identity_card().0).await;
    for _ in 0..3 {
        fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    }
    // Even when the host gave it up meanwhile.
    fixture.tell(ON_POISONED, &uploaded).await.expect(200);
    fixture.told_of(&uploaded).await;
    // Or when the document is gone: it was told already.
    fixture.documents.delete(&uploaded.blob).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    fixture.told_of(&uploaded).await;
}

#[tokio::test]
async fn of_messages_at_once_one_tells() {
    let fixture = Fixture::new().await;
    let uploaded = fixture.upload("image/png", b"no image".to_vec()).await;
    let twins = (0..TWINS).map(|_| fixture.tell(ON_DOCUMENTS, &uploaded));
    let given_up = (0..TWINS).map(|_| fixture.tell(ON_POISONED, &uploaded));
    for answer in join_all(twins).await.into_iter().chain(join_all(given_up).await) {
        answer.expect(200);
    }
    assert_eq!(fixture.told().await.len(), 1);
    assert_eq!(fixture.database.count("receipts").await, 1);
}

#[tokio::test]
async fn what_failed_too_often_is_told_as_unprocessable() {
    let fixture = Fixture::new().await;
    let uploaded = fixture.upload("image/png", identity_card().0).await;
    fixture.tell(ON_POISONED, &uploaded).await.expect(200);
    let told = fixture.told_of(&uploaded).await;
    assert_eq!(told.failure.as_deref(), Some("unprocessable"));
    assert_eq!((told.reading, told.content_type.as_str()), (None, "image/png"));
}

#[tokio::test]
async fn a_document_that_was_deleted_is_told_as_missing_and_one_written_over_waits_for_its_own() {
    let fixture = Fixture::new().await;
    let uploaded = fixture.upload("image/png", identity_card().0).await;
    let replaced = fixture.documents.put(&uploaded.blob, "image/png", b"other".to_vec()).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    assert_eq!(fixture.told().await.len(), 0);

    let newer = Uploaded { etag: replaced, ..uploaded.clone() };
    fixture.documents.delete(&newer.blob).await;
    fixture.tell(ON_DOCUMENTS, &newer).await.expect(200);
    assert_eq!(fixture.told_of(&newer).await.failure.as_deref(), Some("missing"));
}

#[tokio::test]
async fn while_something_is_away_the_message_comes_back_and_nothing_is_told() {
    // A vault that nothing listens at.
    let engine = Engine::Tesseract(Tesseract::default());
    let fixture = Fixture::with(engine, "https://127.0.0.1:9".to_owned()).await;
    let uploaded = fixture.upload("image/png", identity_card().0).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect_refusal(503, "try-again");
    // A failure is told without a vault.
    let broken = fixture.upload("image/png", b"no image".to_vec()).await;
    fixture.tell(ON_DOCUMENTS, &broken).await.expect(200);
    fixture.told_of(&broken).await;
    assert_eq!(fixture.database.count("receipts").await, 1);
}

#[tokio::test]
async fn a_message_that_tells_of_no_document_is_taken_and_told_to_nobody() {
    let fixture = Fixture::new().await;
    let uploaded = fixture.upload("image/png", identity_card().0).await;
    let mut elsewhere = message(&uploaded);
    elsewhere["subject"] = json!("/blobServices/default/containers/other/blobs/2026/11/29/x");
    for function in [ON_DOCUMENTS, ON_POISONED] {
        for text in ["", "no JSON", "{}", &elsewhere.to_string()] {
            fixture.invoke(function, text).await.expect(200);
        }
        deliver_text(&routes(fixture.app.clone()), function, "another trigger's body").await;
    }
    assert_eq!(fixture.told().await.len(), 0);
    assert_eq!(fixture.database.count("receipts").await, 0);
}

#[tokio::test]
async fn old_receipts_are_forgotten_by_the_timer() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for days in [29, 31] {
        let sql = "INSERT INTO receipts (document_id, etag, engine, received_at)
             VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'x', 'x', NOW(6) - INTERVAL ? DAY)";
        conn.exec_drop(sql, (days,)).await.unwrap();
    }
    let timer = Call::post("/ocr_relay_outbox").body("application/json", "{}");
    timer.send(&routes(fixture.app.clone())).await.expect(200);
    assert_eq!(fixture.database.count("receipts").await, 1);
}

#[tokio::test]
async fn the_service_is_ready_where_its_engine_is() {
    let fixture = Fixture::new().await;
    let ready = Call::get("/api/v1/ocr/health/ready").send(&routes(fixture.app.clone())).await;
    assert_eq!(ready.expect(200)["dependencies"]["engine"]["up"], true);
}
