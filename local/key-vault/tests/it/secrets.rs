//! Secrets, and the file that all is kept in.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use azure_core::http::StatusCode;
use azure_security_keyvault_secrets::models::{SecretClientGetSecretOptions, SetSecretParameters};
use azure_security_keyvault_secrets::{ResourceExt, SecretClient};

use crate::running::{Running, refused_start};

async fn set(secrets: &SecretClient, name: &str, value: &str) -> String {
    let parameters = SetSecretParameters { value: Some(value.to_owned()), ..Default::default() };
    let set = secrets.set_secret(name, parameters.try_into().unwrap(), None).await.unwrap();
    set.into_model().unwrap().resource_id().unwrap().version.unwrap()
}

async fn get(secrets: &SecretClient, name: &str) -> String {
    secrets.get_secret(name, None).await.unwrap().into_model().unwrap().value.unwrap()
}

#[tokio::test]
async fn each_version_of_a_secret_outlives_a_kill() {
    let vault = Running::start("secrets");
    let made_at_start = get(&vault.secrets(), "index-key").await;
    let old = set(&vault.secrets(), "pepper", "old").await;
    set(&vault.secrets(), "pepper", "new").await;

    let vault = vault.kill_and_start();
    let secrets = vault.secrets();
    assert_eq!(get(&secrets, "index-key").await, made_at_start);
    assert_eq!(get(&secrets, "pepper").await, "new");
    let options = SecretClientGetSecretOptions { secret_version: Some(old), ..Default::default() };
    let first = secrets.get_secret("pepper", Some(options)).await.unwrap().into_model().unwrap();
    assert_eq!(first.value.unwrap(), "old");
    let absent = secrets.get_secret("absent", None).await.unwrap_err();
    assert_eq!(absent.http_status(), Some(StatusCode::NotFound));

    let mode = fs::metadata(vault.folder.join("vault.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_list_names_secrets_without_their_values() {
    let vault = Running::start("list");
    let secrets = vault.secrets();
    for value in ["one", "two"] {
        set(&secrets, "pepper", value).await;
    }
    let mut pages = secrets.list_secret_properties(None).unwrap().into_pages();
    let page = futures_util::TryStreamExt::try_next(&mut pages).await.unwrap().unwrap();
    let names = page.into_model().unwrap().value.into_iter();
    let names: Vec<_> = names.map(|secret| secret.resource_id().unwrap().name).collect();
    assert_eq!(names, ["index-key", "pepper"]);

    let pages = secrets.list_secret_properties_versions("pepper", None).unwrap().into_pages();
    let pages: Vec<_> = futures_util::TryStreamExt::try_collect(pages).await.unwrap();
    assert_eq!(pages.len(), 1);
    let page = pages.into_iter().next().unwrap().into_model().unwrap();
    assert_eq!(page.value.len(), 2);
}

#[test]
fn contents_that_cannot_be_read_stop_the_start_and_are_left_alone() {
    let vault = Running::start("damaged");
    let file = vault.folder.join("vault.json");
    let text = fs::read_to_string(&file).unwrap();
    let cut = text.get(..text.len() / 2).unwrap();
    fs::write(&file, cut).unwrap();
    assert!(!refused_start(&vault.folder).status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), cut);
}
