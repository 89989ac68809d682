//! Whether an article was of help: counted once a day for an address, and of it nothing is kept.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess};

use crate::{Fixture, article, slugs};

async fn vote(fixture: &Fixture, slug: &str, address: &str, body: &Value) -> Answer {
    let call = Call::post(&format!("/api/v1/faq/articles/{slug}/feedback")).json(body);
    call.header("x-azure-socketip", address).send(&fixture.routes).await
}

/// What was counted: opinion and votes, over all articles.
async fn counted(fixture: &Fixture) -> Vec<(String, u32)> {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT opinion, votes FROM feedback_counts ORDER BY article_id, opinion";
    conn.query(sql).await.unwrap()
}

async fn execute(fixture: &Fixture, sql: &str) {
    fixture.database.pool.get_conn().await.unwrap().query_drop(sql).await.unwrap();
}

async fn two_articles() -> Fixture {
    Fixture::with(&[article("one", "First", "Text"), article("two", "Second", "Text")]).await
}

#[tokio::test]
async fn an_address_counts_once_for_an_article_and_whoever_asks_reads_the_same_answer() {
    let fixture = two_articles().await;
    let helpful = json!({"is_helpful": true, "reason": null});
    for address in ["203.0.113.7", "203.0.113.7", "203.0.113.8"] {
        vote(&fixture, "one", address, &helpful).await.expect(204);
    }
    let unhelpful = json!({"is_helpful": false, "reason": "outdated"});
    vote(&fixture, "one", "203.0.113.7", &unhelpful).await.expect(204);
    vote(&fixture, "two", "203.0.113.7", &unhelpful).await.expect(204);
    vote(&fixture, "two", "2001:db8::1", &json!({"is_helpful": false})).await.expect(204);
    vote(&fixture, "two", "2001:db8::2", &json!({"is_helpful": false})).await.expect(204);
    let expected = [("helpful", 2), ("outdated", 1), ("unhelpful", 1)];
    assert_eq!(counted(&fixture).await, expected.map(|(name, votes)| (name.to_owned(), votes)));
}

#[tokio::test]
async fn an_address_at_once_counts_once() {
    let fixture = two_articles().await;
    let body = json!({"is_helpful": true});
    let votes = (0..20).map(|_| vote(&fixture, "one", "203.0.113.7", &body));
    let answers = futures_util::future::join_all(votes).await;
    assert!(answers.iter().all(|answer| answer.status == 204));
    assert_eq!(counted(&fixture).await, [("helpful".to_owned(), 1)]);
}

#[tokio::test]
async fn what_is_kept_of_an_address_is_gone_the_next_day() {
    let fixture = two_articles().await;
    let body = json!({"is_helpful": true});
    vote(&fixture, "one", "203.0.113.7", &body).await.expect(204);
    for table in ["feedback_voters", "feedback_salts"] {
        execute(&fixture, &format!("UPDATE {table} SET day = day - INTERVAL 1 DAY")).await;
    }
    vote(&fixture, "one", "203.0.113.7", &body).await.expect(204);
    assert_eq!(counted(&fixture).await, [("helpful".to_owned(), 2)]);
    assert_eq!(fixture.database.count("feedback_voters").await, 1);
    assert_eq!(fixture.database.count("feedback_salts").await, 1);
}

#[tokio::test]
async fn an_address_that_has_an_opinion_of_everything_is_asked_to_stop() {
    let many: Vec<_> =
        (0..51).map(|number| article(&format!("a{number}"), "Title", "Text")).collect();
    let fixture = Fixture::with(&many).await;
    let body = json!({"is_helpful": true});
    for number in 0..50 {
        vote(&fixture, &format!("a{number}"), "203.0.113.7", &body).await.expect(204);
    }
    let refused = vote(&fixture, "a50", "203.0.113.7", &body).await;
    refused.expect_refusal(429, "feedback-throttled");
    vote(&fixture, "a49", "203.0.113.7", &body).await.expect(204);
    vote(&fixture, "a50", "203.0.113.8", &body).await.expect(204);
    assert_eq!(counted(&fixture).await.len(), 51);
    assert_eq!(fixture.database.count("feedback_voters").await, 51);
}

#[tokio::test]
async fn so_many_votes_a_day_are_kept_of_all_together() {
    let fixture = two_articles().await;
    let body = json!({"is_helpful": true});
    vote(&fixture, "one", "203.0.113.7", &body).await.expect(204);
    execute(&fixture, "UPDATE feedback_counts SET votes = 100000").await;
    let refused = vote(&fixture, "two", "203.0.113.8", &body).await;
    refused.expect_refusal(429, "feedback-throttled");
    assert_eq!(fixture.database.count("feedback_voters").await, 1);
}

#[tokio::test]
async fn what_helps_most_is_popular_and_what_does_not_help_is_not() {
    let fixture = two_articles().await;
    let popular =
        async || slugs(fixture.read("popular-articles").await["articles"].as_array().unwrap());
    assert_eq!(popular().await, ["two", "one"]);
    vote(&fixture, "one", "203.0.113.7", &json!({"is_helpful": true})).await.expect(204);
    assert_eq!(popular().await, ["one", "two"]);
    for address in ["203.0.113.7", "203.0.113.8"] {
        let body = json!({"is_helpful": false, "reason": "unclear"});
        vote(&fixture, "one", address, &body).await.expect(204);
    }
    execute(&fixture, "UPDATE feedback_counts SET day = day - INTERVAL 31 DAY").await;
    assert_eq!(popular().await, ["two", "one"], "of long ago");
}

#[tokio::test]
async fn an_opinion_is_of_an_article_that_is_there_and_in_words_that_are_known() {
    let fixture = two_articles().await;
    let good = json!({"is_helpful": true});
    vote(&fixture, "three", "203.0.113.7", &good).await.expect_refusal(404, "article-not-found");
    for body in [
        json!({}),
        json!({"is_helpful": "yes"}),
        json!({"is_helpful": false, "reason": "my name is Chan Tai Man"}),
        json!({"is_helpful": true, "text": "hello"}),
    ] {
        vote(&fixture, "one", "203.0.113.7", &body).await.expect_refusal(400, "invalid-body");
    }
    for table in ["feedback_counts", "feedback_voters", "feedback_salts"] {
        assert_eq!(fixture.database.count(table).await, 0, "{table}");
    }
}
