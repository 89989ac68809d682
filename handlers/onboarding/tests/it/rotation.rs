//! After Key Vault's keys were rotated.

use crate::fixture::{Fixture, card, hkid, listed};

const NUMBER: &str = "A123456(3)";
/// More than are read at once.
const DAMAGED: u32 = 120;
/// More than one tick asks the vault about.
const FOREIGN: u32 = 25;
const TICKS: usize = 3;

/// By which versions of the keys what is sealed is wrapped, but for what is damaged.
async fn key_versions(fixture: &Fixture) -> Vec<String> {
    let mut versions = Vec::new();
    for (table, column) in [
        ("applications", "details"),
        ("applications", "screenees"),
        ("documents", "reading"),
        ("sealed_hits", "entry"),
    ] {
        let sql = format!(
            "SELECT DISTINCT CAST(SUBSTRING({column}, 3, 32) AS CHAR) FROM {table}
             WHERE {column} IS NOT NULL AND application_id >= UNHEX('01')"
        );
        let of_column: Vec<String> = fixture.query(&sql).await;
        assert!(!of_column.is_empty(), "nothing is sealed in {column}");
        versions.extend(of_column);
    }
    versions
}

#[tokio::test]
async fn all_that_is_sealed_is_wrapped_by_the_newest_keys_and_what_is_damaged_holds_up_nothing() {
    let fixture = Fixture::new().await;
    fixture.import(&listed(&[("Chan Tai Man", "陳大文", 1990)])).await.expect(200);
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    fixture.copy_damaged(DAMAGED).await;
    // The wrapped key begins at the 37th byte.
    for sql in [
        "UPDATE documents SET reading = 'x' WHERE document_id < UNHEX('01')".to_owned(),
        format!(
            "UPDATE applications SET details = (SELECT sealed FROM (
                 SELECT INSERT(details, 40, 7, 'foreign') sealed
                 FROM applications WHERE details <> 'x'
             ) sound) WHERE details = 'x' LIMIT {FOREIGN}"
        ),
    ] {
        fixture.query::<u8>(&sql).await;
    }
    let before = key_versions(&fixture).await;
    for key in ["personal-data", "documents"] {
        testkit::rotate_key(key).await;
    }
    let started = fixture.with_vault(&testkit::vault_url());
    for _ in 0..TICKS {
        fixture.tick_of(started.clone()).await;
    }
    let after = key_versions(&fixture).await;
    assert!(after.iter().all(|version| !before.contains(version)), "{before:?} {after:?}");
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["hits"][0]["entry_name"], "Chan Tai Man");
}
