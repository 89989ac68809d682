//! After Key Vault's keys were rotated.

use azure_security_keyvault_keys::KeyClient;

use crate::fixture::{Fixture, card, hkid, listed};

const NUMBER: &str = "A123456(3)";
/// More than are read at once.
const DAMAGED: u32 = 120;

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
             WHERE {column} IS NOT NULL AND {column} <> 'x'"
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
    let before = key_versions(&fixture).await;
    let keys = KeyClient::new(&testkit::vault_url(), testkit::vault_credential(), None).unwrap();
    for key in ["personal-data", "documents"] {
        keys.rotate_key(key, None).await.unwrap();
    }
    // As an instance just started has it, which has heard of nothing.
    fixture.tick_of(fixture.with_vault(&testkit::vault_url())).await;
    let after = key_versions(&fixture).await;
    assert!(after.iter().all(|version| !before.contains(version)), "{before:?} {after:?}");
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["hits"][0]["entry_name"], "Chan Tai Man");
}
