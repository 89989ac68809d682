//! `sealed` on this vault.

use azure_security_keyvault_keys::ResourceExt;
use sealed::{SealError, Sealed};

use crate::running::Running;

const CONTEXT: &str = "persons.names:per_1";
const PLAIN: &[u8] = "陳大文".as_bytes();

#[tokio::test]
async fn what_was_sealed_opens_after_a_kill_of_the_vault() {
    let vault = Running::start("kill");
    let bytes = vault.sealing_key("personal-data").seal(CONTEXT, PLAIN).await.unwrap().to_bytes();
    let vault = vault.kill_and_start();
    let sealed = Sealed::try_from(&*bytes).unwrap();
    let opened = vault.sealing_key("personal-data").open(CONTEXT, &sealed).await.unwrap();
    assert_eq!(opened, PLAIN);
}

#[tokio::test]
async fn after_a_rotation_the_same_ciphertext_stands_under_the_newest_version() {
    let vault = Running::start("rotation");
    let before = vault.sealing_key("personal-data");
    let old = before.seal(CONTEXT, PLAIN).await.unwrap();
    assert!(before.is_current(&old).await.unwrap());

    let rotated = vault.keys().rotate_key("personal-data", None).await.unwrap();
    let newest = rotated.into_model().unwrap().resource_id().unwrap().version.unwrap();
    let after = vault.sealing_key("personal-data");
    assert!(!after.is_current(&old).await.unwrap());
    assert_eq!(after.open(CONTEXT, &old).await.unwrap(), PLAIN);

    let new = after.rewrap(&old).await.unwrap();
    assert_eq!(new.key_version(), newest);
    assert!(after.is_current(&new).await.unwrap());
    // Nonce, text, tag: the end of both.
    let ciphertext = |sealed: &Sealed| {
        let bytes = sealed.to_bytes();
        bytes[bytes.len() - 12 - PLAIN.len() - 16..].to_vec()
    };
    assert_eq!(ciphertext(&new), ciphertext(&old));
    assert_eq!(vault.sealing_key("personal-data").open(CONTEXT, &new).await.unwrap(), PLAIN);
}

#[tokio::test]
async fn what_was_moved_changed_or_sealed_by_another_key_does_not_open() {
    let vault = Running::start("refusals");
    let key = vault.sealing_key("personal-data");
    let sealed = key.seal(CONTEXT, PLAIN).await.unwrap();
    assert_ne!(key.seal(CONTEXT, PLAIN).await.unwrap(), sealed, "twice the same text");
    for context in ["persons.names:per_2", "persons.documents:per_1", ""] {
        assert!(matches!(key.open(context, &sealed).await, Err(SealError::Damaged)), "{context}");
    }
    let other = vault.sealing_key("documents").seal(CONTEXT, PLAIN).await.unwrap();
    assert!(matches!(key.open(CONTEXT, &other).await, Err(SealError::Foreign)));

    let bytes = sealed.to_bytes();
    for at in (0..bytes.len()).step_by(7) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let opened = match Sealed::try_from(&*flipped) {
            Ok(sealed) => key.open(CONTEXT, &sealed).await.map(drop),
            Err(error) => Err(error),
        };
        let refused = matches!(opened, Err(SealError::Damaged | SealError::Foreign));
        assert!(refused, "byte {at}: {opened:?}");
    }
}

#[tokio::test]
async fn without_the_vault_only_what_was_opened_of_late_opens() {
    let mut vault = Running::start("away");
    let key = vault.sealing_key("personal-data");
    let read = key.seal(CONTEXT, PLAIN).await.unwrap();
    let unread = key.seal(CONTEXT, PLAIN).await.unwrap();
    key.open(CONTEXT, &read).await.unwrap();
    vault.kill();
    assert_eq!(key.open(CONTEXT, &read).await.unwrap(), PLAIN);
    assert!(key.is_current(&read).await.unwrap(), "heard of when it sealed");
    let (opened, sealed) = tokio::join!(key.open(CONTEXT, &unread), key.seal(CONTEXT, PLAIN));
    assert!(matches!(opened, Err(SealError::Unavailable(_))));
    assert!(matches!(sealed, Err(SealError::Unavailable(_))));
}
