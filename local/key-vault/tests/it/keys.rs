//! Wrapping, unwrapping, rotation.

use azure_core::http::{RequestContent, StatusCode};
use azure_security_keyvault_keys::ResourceExt;
use azure_security_keyvault_keys::models::{
    CreateKeyParameters, EncryptionAlgorithm, KeyClientGetKeyOptions, KeyClientWrapKeyOptions,
    KeyOperationParameters, KeyType,
};

use crate::running::Running;

const KEY: &str = "personal-data";

fn parameters(value: &[u8]) -> RequestContent<KeyOperationParameters> {
    let algorithm = Some(EncryptionAlgorithm::RsaOaep256);
    let value = Some(value.to_vec());
    KeyOperationParameters { algorithm, value, ..Default::default() }.try_into().unwrap()
}

#[tokio::test]
async fn what_one_version_wraps_that_one_alone_unwraps() {
    let vault = Running::start("wrap");
    let keys = vault.keys();
    let wrapped = keys.wrap_key(KEY, parameters(b"data key"), None).await.unwrap();
    let wrapped = wrapped.into_model().unwrap();
    let id = wrapped.resource_id().unwrap();
    assert_eq!((&*id.vault_url, &*id.name), (&*vault.url, KEY));
    let (old, wrapped) = (id.version.unwrap(), wrapped.result.unwrap());

    let rotated = keys.rotate_key(KEY, None).await.unwrap().into_model().unwrap();
    let new = rotated.resource_id().unwrap().version.unwrap();
    assert_ne!(new, old);
    let unwrap = async |version: &str, wrapped: &[u8]| {
        keys.unwrap_key(KEY, version, parameters(wrapped), None).await
    };
    let plain = unwrap(&old, &wrapped).await.unwrap().into_model().unwrap();
    assert_eq!(plain.result.unwrap(), b"data key");

    let mut tampered = wrapped.clone();
    tampered[100] ^= 1;
    for (version, wrapped, status) in [
        (&new, &wrapped, StatusCode::BadRequest),
        (&old, &tampered, StatusCode::BadRequest),
        (&old, &wrapped[1..].to_vec(), StatusCode::BadRequest),
        (&"0f".repeat(16), &wrapped, StatusCode::NotFound),
    ] {
        let refused = unwrap(version, wrapped).await.unwrap_err();
        assert_eq!(refused.http_status(), Some(status));
    }

    let key_version = Some(old.clone());
    let options = KeyClientWrapKeyOptions { key_version, ..Default::default() };
    let again = keys.wrap_key(KEY, parameters(b"data key"), Some(options)).await.unwrap();
    let again = again.into_model().unwrap();
    assert_eq!(again.resource_id().unwrap().version.unwrap(), old, "a version can be named");
}

#[tokio::test]
async fn public_keys_are_told_and_a_new_key_is_made_on_demand() {
    let vault = Running::start("keys");
    let keys = vault.keys();
    let create = || CreateKeyParameters { kty: Some(KeyType::Rsa), ..Default::default() };
    let mut versions = Vec::new();
    for _ in 0..2 {
        let made = keys.create_key("statements", create().try_into().unwrap(), None).await.unwrap();
        versions.push(made.into_model().unwrap().resource_id().unwrap().version.unwrap());
    }
    let newest = keys.get_key("statements", None).await.unwrap().into_model().unwrap();
    assert_eq!(newest.resource_id().unwrap().version.as_ref(), versions.last());
    let public = newest.key.unwrap();
    assert_eq!(public.n.unwrap().len(), 256);
    assert_eq!(public.e.unwrap(), [1, 0, 1]);

    let key_version = versions.first().cloned();
    let first = KeyClientGetKeyOptions { key_version, ..Default::default() };
    let first = keys.get_key("statements", Some(first)).await.unwrap().into_model().unwrap();
    assert_eq!(first.resource_id().unwrap().version.as_ref(), versions.first());

    let absent = keys.get_key("absent", None).await.unwrap_err();
    assert_eq!(absent.http_status(), Some(StatusCode::NotFound));
    let absent = keys.rotate_key("absent", None).await.unwrap_err();
    assert_eq!(absent.http_status(), Some(StatusCode::NotFound));
}
