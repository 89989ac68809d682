//! Deploying an environment, going back, and deleting it.

use std::process::Command;

use crate::scene::{Scene, text_of};
use crate::secrets::with_url;

#[test]
fn deploy_goes_from_checks_to_resources_to_databases_to_code_to_the_page_of_staff() {
    let outcome = Scene::new("deploy_order").run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&[
        "az account show",
        "az provider show",
        "az deployment sub validate",
        "az deployment sub what-if",
        "az stack sub create --name payme-dev",
        "az keyvault secret list --vault-name kv-auth",
        "mysql",
        "az keyvault secret set --vault-name kv-auth --name auth-mysql-url",
        "az keyvault secret set --vault-name kv-auth --name auth-token-signing-keys",
        "az keyvault secret set --vault-name kv-auth --name auth-digest-key",
        "az keyvault secret set --vault-name kv-auth --name auth-pin-peppers",
        "handler migrate",
        "blob download --account-name something --container-name packages --name auth.zip",
        "config-zip --resource-group rg-auth --name func-auth --src build/release/auth.zip",
        "blob upload --account-name something --container-name packages --name auth.zip",
        "curl --fail --silent --show-error --max-time 10 https://func-auth.",
        "curl --fail --silent --show-error --max-time 10 https://front.example/",
        "function list --resource-group rg-auth",
        "config-zip --resource-group rg-business-profile",
        "config-zip --resource-group rg-user-profile",
        "az storage blob upload-batch --account-name something --destination web",
    ]);
    let migrations = outcome.calls_of("handler migrate").len();
    assert_eq!(migrations, outcome.calls_of("config-zip").len());
}

const TENANT: &str = "https://login.microsoftonline.com/9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01";

/// Where staff are to log in by Entra ID, as this setting says.
fn with_entra_id(test: &str, setting: &str) -> Scene {
    let line = format!("param staffEntraId = '{setting}'");
    Scene::new(test).with_line("bicep/env/dev.bicepparam", &line)
}

#[test]
fn the_page_may_talk_to_a_tenant_before_auth_sends_anybody_there() {
    let setting = format!("{TENANT}/v2.0,c0a8f7d2-5b1e-4f6a-8d3c-2e9b7a614f05,c1");
    let (created, upload) = ("az stack sub create --name payme-dev", "upload-batch");
    let outcome =
        with_entra_id("tenant", &setting).when("stack sub list", 0, "1").run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&[upload, created, "config-zip", upload]);

    let scene =
        with_entra_id("tenant", &setting).when("stack sub list", 0, "1").when(created, 1, "");
    assert!(!scene.run("deploy dev").succeeded);
    let policy = format!("connect-src 'self' {TENANT}/oauth2/v2.0/token;");
    assert!(scene.read("build/staff-page/index.html").contains(&policy));

    // Where it stands, or nothing does, the page is written once, last.
    for (stacks, standing) in [("1", setting.as_str()), ("0", "off")] {
        let scene = with_entra_id("tenant", &setting).when("stack sub list", 0, stacks);
        let outcome = scene.when("appsettings list", 0, standing).run("deploy dev");
        assert!(outcome.succeeded, "{}", outcome.last_words);
        outcome.assert_order(&[created, "config-zip", upload]);
        assert_eq!(outcome.calls_of(upload).len(), 1, "{stacks}");
    }
}

#[test]
fn deploy_stops_at_the_first_step_that_fails() {
    for (failing, never) in [
        ("sub what-if", "stack sub create"),
        ("stack sub create", "keyvault"),
        ("mysql", "config-zip"),
        ("keyvault secret list", "keyvault secret set"),
        ("keyvault secret set", "config-zip"),
        ("openssl rand", "keyvault secret set"),
        ("openssl genpkey", "config-zip"),
        ("blob download", "config-zip"),
        ("config-zip", "upload-batch"),
    ] {
        let outcome = Scene::new("deploy_stops").when(failing, 1, "").run("deploy dev");
        assert!(!outcome.succeeded, "{failing} failed, but deploy did not");
        assert_eq!(outcome.calls_of(never).len(), 0, "{never} after {failing} failed");
    }
}

#[test]
fn what_stops_a_deployment_is_said_in_a_sentence() {
    let scene = || Scene::new("sentences");
    let wrong = format!("{TENANT}/v2.0,app,c1");
    let quota = r"Operation results in exceeding quota limits of Core\n";
    for (outcome, words) in [
        (scene().run("deploy test"), "no environment 'test'; choose one of: dev prod"),
        (
            scene().when("account show", 1, "").run("deploy dev"),
            "not logged in to Azure; run: az login",
        ),
        (scene().without_password().run("deploy dev"), "MYSQL_ADMINISTRATOR_PASSWORD is not set"),
        (scene().without("build").run("deploy dev"), "nothing to deploy; run: make package"),
        (
            scene().when("Microsoft.App ", 0, "NotRegistered").run("deploy dev"),
            "run: az provider register --wait --namespace Microsoft.App",
        ),
        (
            scene().when("group exists --name rg-payme-prod-shared", 0, "true").run("deploy dev"),
            "this subscription holds 'prod'; choose that of 'dev', run: az account set",
        ),
        (
            scene().when("keyvault secret list", 1, "").run("deploy dev"),
            "cannot list the secrets of auth",
        ),
        (
            scene().when("openssl genpkey", 1, "").run("deploy dev"),
            "there is no value for AUTH_TOKEN_SIGNING_KEYS of auth",
        ),
        (
            scene().when("sub validate", 1, quota).run("deploy dev"),
            "quota is too small for 'dev' (see above); ask",
        ),
        (
            scene().when("sub validate", 1, "no").run("deploy dev"),
            "Azure would refuse this deployment",
        ),
        (scene().when("getent", 2, "").run("deploy dev"), "ops/runner dev"),
        (with_entra_id("no_tenant", &wrong).run("deploy dev"), "is neither off nor"),
        (
            scene().when("outputs.services", 3, "").run("health dev"),
            "environment 'dev' is not deployed; run: make deploy ENV=dev",
        ),
        (
            scene().run("restart dev ledger"),
            "no service 'ledger'; choose one of: auth business-profile",
        ),
    ] {
        assert!(!outcome.succeeded, "{words}");
        assert!(
            outcome.last_words.contains(words),
            "{:?} instead of {words:?}",
            outcome.last_words
        );
    }
}

#[test]
fn a_service_that_fails_its_smoke_test_gets_its_previous_package_back() {
    let scene = Scene::new("rollback").when("func-payments.azurewebsites.net", 22, "");
    let outcome = scene.run("deploy dev");
    assert!(!outcome.succeeded);
    let published = outcome.calls_of("config-zip --resource-group rg-payments");
    assert_eq!(published.len(), 2, "the new package, then the previous one");
    assert!(published[0].contains("--src build/release/payments.zip"));
    assert!(!published[1].contains("build/release"));
    assert_eq!(outcome.calls_of("config-zip --resource-group rg-qr-code").len(), 0);
    assert!(outcome.last_words.contains("ops/logs dev payments"), "{}", outcome.last_words);
}

#[test]
fn a_package_that_cannot_be_published_is_tried_again_and_then_rolled_back() {
    let scene = Scene::new("publish").when("--src build/release/auth.zip", 1, "503");
    let outcome = scene.run("deploy dev");
    assert_eq!(outcome.calls_of("--src build/release/auth.zip").len(), 3);
    assert_eq!(outcome.calls_of("config-zip").len(), 4, "and the previous package once");
    assert!(outcome.last_words.contains("auth did not work and was rolled back"));
}

#[test]
fn a_first_deployment_that_fails_has_nothing_to_go_back_to() {
    let scene = Scene::new("no_previous").when("blob exists", 0, "false");
    let outcome = scene.when("func-auth.azurewebsites.net", 22, "").run("deploy dev");
    assert!(!outcome.succeeded);
    assert_eq!(outcome.calls_of("config-zip").len(), 1);
    assert!(outcome.last_words.contains("there is no previous package"), "{}", outcome.last_words);
}

#[test]
fn a_secret_that_is_there_is_kept_by_a_deployment() {
    let scene = || with_url(Scene::new("kept")).when("< *FROM mysql.user", 0, "1");
    let outcome = scene().run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    assert_eq!(outcome.calls_of("secret set").len(), 0);
    assert!(!outcome.stdin.contains("ALTER USER"), "{}", outcome.stdin);

    let outcome = scene().when("< *FROM mysql.user", 1, "").run("deploy dev");
    assert!(!outcome.succeeded && !outcome.stdin.contains("ALTER USER"), "{}", outcome.stdin);
}

#[test]
fn a_recovered_vault_gives_new_users_the_passwords_it_holds() {
    let scene = with_url(Scene::new("recovered")).when("< *FROM mysql.user", 0, "0");
    let outcome = scene.run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let created =
        "CREATE USER IF NOT EXISTS 'auth'@'%';\nALTER USER 'auth'@'%' IDENTIFIED BY 'old';";
    assert!(outcome.stdin.contains(created), "{}", outcome.stdin);
    let rights = "\nGRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON `auth`.* TO 'auth'@'%';";
    assert!(outcome.stdin.contains(rights), "{}", outcome.stdin);
    let address = "@mysql-now.mysql.database.azure.com:3306/auth?";
    assert!(outcome.secrets[0].contains(address), "{:?}", outcome.secrets);
}

#[test]
fn who_shares_a_server_cannot_take_the_connections_of_the_others() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    let services: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let row =
        |name: &String| format!("{name}\\tfunc-{name}\\trg-{name}\\tkv-{name}\\tmysql-shared");
    let table: Vec<String> = services.iter().map(row).collect();
    let scene = with_url(Scene::new("shares"))
        .when("< *FROM mysql.user", 0, "1")
        .when("outputs.services.value", 0, &table.join("\\n"))
        .when("< *max_connections", 0, "1350");
    let outcome = scene.run("deploy dev");
    // Fifty are left for whoever looks.
    let share = format!("WITH MAX_USER_CONNECTIONS {};", 1300 / services.len());
    assert_eq!(outcome.stdin.matches(&share).count(), services.len(), "{}", outcome.stdin);
    assert!(outcome.stdin.contains(&format!("ALTER USER 'user_profile'@'%' {share}")));
}

#[test]
fn a_rollback_takes_the_last_package_that_differs() {
    let scene = || {
        Scene::new("take_back")
            .when("blob list", 0, r"V4\nV3\nV2\nV1\n")
            .when("--version-id V4", 0, "bad")
            .when("--version-id V3", 0, "bad")
            .when("--version-id V2", 0, "good")
    };
    let outcome = scene().run("rollback dev payments");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    assert!(outcome.printed.contains("publishing the package of V2"), "{}", outcome.printed);
    outcome.assert_order(&["V4", "V3", "V2", "config-zip --resource-group rg-payments", "curl"]);
    assert_eq!(outcome.calls_of("config-zip").len(), 1);

    let outcome =
        scene().when("--version-id V2", 0, "bad").when("V1", 0, "bad").run("rollback dev payments");
    assert!(!outcome.succeeded && outcome.calls_of("config-zip").is_empty());
    let outcome = scene().when("--version-id V3", 1, "").run("rollback dev payments");
    assert!(!outcome.succeeded && outcome.calls_of("config-zip").is_empty());
    let outcome = scene().when("func-payments.azure", 22, "").run("rollback dev payments");
    assert!(!outcome.succeeded && outcome.last_words.contains("ops/logs dev payments"));
}

#[test]
fn a_program_of_auth_that_finds_no_sealed_phone_is_not_brought_back_once_phones_are_sealed() {
    let (older, newer) = (package_of("SELECT"), package_of("SELECT is_begun FROM phone_sealing"));
    for (is_begun, package, is_published) in
        [("0", &older, true), ("1", &older, false), ("1", &newer, true), ("", &newer, false)]
    {
        let scene = Scene::new("sealed_phones")
            .when("blob list", 0, r"V2\nV1\n")
            .when("--version-id V2", 0, "bad")
            .when("--version-id V1", 0, package)
            .when("< *FROM phone_sealing", 0, is_begun);
        let outcome = scene.run("rollback dev auth");
        let published = outcome.calls_of("config-zip --resource-group rg-auth").len();
        let seen = (outcome.succeeded, published);
        let wanted = (is_published, usize::from(is_published));
        assert_eq!(seen, wanted, "{is_begun:?}: {}", outcome.last_words);
    }
}

/// A package with this program, as a shell's `printf %b` prints it.
fn package_of(handler: &str) -> String {
    let script = "import io, sys, zipfile
file = io.BytesIO()
with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as out:
    out.writestr('handler', sys.argv[1])
print(''.join(f'\\\\0{byte:03o}' for byte in file.getvalue()), end='')";
    let made = Command::new("python3").args(["-c", script, handler]).output().unwrap();
    assert!(made.status.success());
    String::from_utf8(made.stdout).unwrap()
}

#[test]
fn a_replica_that_stands_is_not_made_again() {
    for (standing, wanted) in [("0", "true"), ("1", "false")] {
        let scene = Scene::new("replica").when("az resource list", 0, standing);
        let outcome = scene.run("deploy prod");
        assert!(outcome.succeeded, "{}", outcome.last_words);
        for step in ["sub validate", "sub what-if", "stack sub create"] {
            let call = outcome.calls_of(step)[0];
            assert!(call.starts_with(&format!("CREATE_REPLICAS={wanted} ")), "{call}");
        }
    }
}

#[test]
fn an_environment_is_deleted_only_by_its_name_and_prod_never() {
    let outcome = Scene::new("destroy").typing("yes\n").run("destroy dev");
    assert!(!outcome.succeeded && outcome.calls_of("delete").is_empty());
    let outcome = Scene::new("destroy").typing("dev\n").run("destroy dev");
    assert!(outcome.succeeded && outcome.calls_of("stack sub delete --name payme-dev").len() == 1);
    let outcome = Scene::new("destroy").typing("prod\n").run("destroy prod");
    assert!(!outcome.succeeded && outcome.calls_of("delete").is_empty());
}

#[test]
fn make_prints_what_a_deployment_would_run_and_runs_nothing() {
    let outcome = Scene::new("dry_make").without_password().make("-n deploy ENV=dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    assert!(outcome.calls.is_empty(), "{:?}", outcome.calls);
    for line in
        ["az stack sub create --name payme-dev", "az functionapp deployment source config-zip"]
    {
        assert!(outcome.printed.lines().any(|printed| printed.starts_with(line)), "{line}");
    }
}

#[test]
fn who_reads_tables_of_another_service_gets_a_user_for_the_replica_with_the_listed_rights() {
    let vault = "kv-payment-reporting --name payment-reporting-payments-mysql-url";
    let replica = "mysql-replica-payments.mysql.database.azure.com";
    let scene = || Scene::new("reader").when("flexible-server replica list*DomainName", 0, replica);
    let outcome = scene().run("deploy prod");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let set = format!("secret set --vault-name {vault}");
    assert_eq!(outcome.calls_of(&set).len(), 1);
    let url = outcome.secrets.iter().find(|secret| secret.contains("payment_reporting_reader:"));
    assert!(url.unwrap().contains(&format!("@{replica}:3306/payments?")));
    let list = text_of("ops/reads/payment-reporting/payments");
    let of_reader = |line: &&str| line.contains("TO 'payment_reporting_reader'@");
    let grants: Vec<&str> = outcome.stdin.lines().filter(of_reader).collect();
    assert_eq!(grants.len(), list.lines().count());
    assert!(grants.iter().all(|grant| grant.starts_with("GRANT SELECT ")), "{grants:?}");
    // A later deployment keeps the password, and gives what is listed by then.
    let url = "mysql://user:old@mysql-now.mysql.database.azure.com:3306/schema?require_ssl=true";
    let scene = scene().when("secret show*--query value", 0, url);
    let scene = scene.when("< *FROM mysql.user", 0, "0");
    let outcome = scene.when("secret list", 0, "name").run("deploy prod");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    assert!(outcome.calls_of(&set).is_empty());
    assert!(outcome.stdin.contains("'payment_reporting_reader'@'%' IDENTIFIED BY 'old'"));
}

#[test]
fn a_deployment_says_which_subscription_it_changes() {
    let outcome = Scene::new("subscription").when("--query name", 0, "PayMe dev").run("deploy dev");
    let said = "changing 'dev' in the subscription 'PayMe dev'";
    assert!(outcome.succeeded && outcome.printed.contains(said), "{}", outcome.printed);
}

#[test]
fn a_deployment_makes_the_keys_that_bicep_refers_to() {
    let (services, secrets) = (text_of("bicep/services.bicep"), text_of("ops/secrets.sh"));
    for service in services.split("name: '").skip(1) {
        let name = service.split('\'').next().unwrap();
        let is_built = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../functions")
            .join(name)
            .is_dir();
        let listed = service.split("secrets: [").nth(1).unwrap().split(']').next().unwrap();
        // What is read of another service's tables goes by a user that is made with its rights, and
        // Azure makes the push hub's key, which an operator puts in (bicep/README.md, step 5).
        let is_made = |setting: &&str| {
            !setting.ends_with("_MYSQL_URL") && !setting.ends_with("_PUSH_HUB_KEY")
        };
        let is_key = |setting: &&str| is_built && is_made(setting);
        for setting in listed.split('\'').skip(1).step_by(2).filter(is_key) {
            let mut lines = secrets.lines().map(str::trim);
            let made = lines.find(|line| line.starts_with(&format!("[{name}]=")));
            assert!(made.is_some_and(|made| made.contains(setting)), "{setting} of {name}");
        }
    }
}
