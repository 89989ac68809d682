//! Articles become what people read, once, and stop being it.

use serde_json::json;

use crate::{Fixture, article};

#[tokio::test]
async fn what_is_published_again_changes_nothing() {
    let articles = [article("one", "First", "Text"), article("two", "Second", "Text")];
    let fixture = Fixture::with(&articles).await;
    let before = fixture.read("articles/one").await;
    fixture.publish(&articles).await;
    assert_eq!(fixture.read("articles/one").await, before);
    assert_eq!(before["version"], 1);
    assert_eq!(fixture.database.count("article_texts").await, 6);
}

#[tokio::test]
async fn an_article_that_changed_has_a_new_version_and_the_others_keep_theirs() {
    let fixture =
        Fixture::with(&[article("one", "First", "Old"), article("two", "Second", "x")]).await;
    fixture.publish(&[article("one", "First", "New"), article("two", "Second", "x")]).await;
    let changed = fixture.read("articles/one").await;
    assert_eq!((&changed["version"], &changed["body"]), (&json!(2), &json!("New")));
    assert_eq!(fixture.read("articles/two").await["version"], 1);
    assert_eq!(fixture.found("new").await, ["one"]);
    assert!(fixture.found("old").await.is_empty());
    // What was read before is kept, with its time.
    assert_eq!(fixture.database.count("article_texts").await, 9);
}

#[tokio::test]
async fn an_article_that_left_is_withdrawn_and_counts_on_if_it_comes_back() {
    let [one, two] = [article("one", "First", "Text"), article("two", "Second", "Text")];
    let fixture = Fixture::with(&[one.clone(), two.clone()]).await;
    fixture.publish(std::slice::from_ref(&two)).await;
    fixture.get("articles/one").await.expect_refusal(404, "article-not-found");
    assert_eq!(fixture.read("articles").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(fixture.read("popular-articles").await["articles"].as_array().unwrap().len(), 1);
    assert!(fixture.found("first").await.is_empty());
    fixture.publish(&[one, two]).await;
    assert_eq!(fixture.read("articles/one").await["version"], 2);
}

#[tokio::test]
async fn of_two_who_publish_at_once_the_later_stands_whole() {
    let set = |title: &str| ["one", "two", "three"].map(|slug| article(slug, title, title));
    let sets = ["Red", "Blue", "Green"].map(set);
    let fixture = Fixture::empty().await;
    // Each round publishes three times.
    for version in (3..=60).step_by(3) {
        fixture.publish(&sets[2]).await;
        let publish = |set| faq::publish(&fixture.database.database, set);
        let (first, second) = tokio::join!(publish(&sets[0]), publish(&sets[1]));
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        let one = fixture.read("articles/one").await;
        let title = one["title"].as_str().unwrap().to_owned();
        assert_eq!(one["version"], version, "each of them was a version");
        assert_eq!(fixture.read("articles/three").await["title"], *title);
        assert_eq!(fixture.found(&title).await.len(), 3);
    }
}
