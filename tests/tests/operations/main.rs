//! The commands of `ops/`, run against stand-ins that record what they are asked to do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scene;

use crate::scene::{Scene, commands, text_of};

/// How each command is called to be printed.
const EXAMPLES: [&str; 23] = [
    "audit prod",
    "deploy dev",
    "destroy dev",
    "events prod notification list",
    "events prod notification replay notification_on_payments 0190-a",
    "freeze-wallet prod usr_01h455vb4pex5vsknk084sn02q freeze phone stolen",
    "freeze-wallet prod biz_01h455vb4pex5vsknk084sn02q show",
    "health dev",
    "logs dev payments all",
    "outbox prod payments drain",
    "promote-replica prod payments",
    "restart dev auth",
    "restore-database prod payments 2026-11-23T14:05:00Z",
    "rotate-secret prod payments PAYMENTS_MYSQL_URL",
    "rotate-secret prod qr-code QR_CODE_SIGNING_KEY",
    "rotate-token-signing-key prod",
    "rotate-token-signing-key prod leaked",
    "runner dev",
    "scale prod payments 40 4",
    "smoke dev",
    "smoke dev auth",
    "trace prod 0af7651916cd43dd8448eb211c80319c",
    "workbook prod",
];

#[test]
fn deploy_goes_from_checks_to_resources_to_databases_to_code() {
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
        "handler migrate",
        "az storage blob download --account-name stauth",
        "config-zip --resource-group rg-auth --name func-auth --src build/release/auth.zip",
        "curl --fail --silent --show-error --max-time 10 https://func-auth.",
        "curl --fail --silent --show-error --max-time 10 https://front.example/",
        "function list --resource-group rg-auth",
        "config-zip --resource-group rg-business-profile",
        "config-zip --resource-group rg-user-profile",
    ]);
    let migrations = outcome.calls_of("handler migrate").len();
    assert_eq!(migrations, outcome.calls_of("config-zip").len());
}

#[test]
fn deploy_stops_at_the_first_step_that_fails() {
    for (failing, never) in [
        ("sub what-if", "stack sub create"),
        ("stack sub create", "keyvault"),
        ("mysql", "config-zip"),
        ("keyvault secret set", "config-zip"),
        ("blob download", "config-zip"),
    ] {
        let outcome = Scene::new("deploy_stops").when(failing, 1, "").run("deploy dev");
        assert!(!outcome.succeeded, "{failing} failed, but deploy did not");
        assert_eq!(outcome.calls_of(never).len(), 0, "{never} after {failing} failed");
    }
}

#[test]
fn what_stops_a_deployment_is_said_in_a_sentence() {
    let scene = || Scene::new("sentences");
    let quota = r"Operation results in exceeding quota limits of Core\n";
    for (outcome, words) in [
        (scene().run("deploy test"), "no environment 'test'; choose one of: dev prod"),
        (
            scene().when("account show", 1, "").run("deploy dev"),
            "not logged in to Azure; run: az login",
        ),
        (scene().without_password().run("deploy dev"), "MYSQL_ADMINISTRATOR_PASSWORD is not set"),
        (
            scene().without("build").run("deploy dev"),
            "nothing to deploy; run: make package-release",
        ),
        (
            scene().when("Microsoft.App ", 0, "NotRegistered").run("deploy dev"),
            "run: az provider register --wait --namespace Microsoft.App",
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
    let scene = Scene::new("kept").when("keyvault secret list", 0, "auth-mysql-url");
    let outcome = scene.run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    assert_eq!(outcome.calls_of("secret set").len(), 0);
    assert!(!outcome.stdin.contains("ALTER USER"), "{}", outcome.stdin);
}

#[test]
fn no_secret_stands_on_a_command_line() {
    let rotation = "rotate-secret prod payments PAYMENTS_MYSQL_URL";
    let freeze = "freeze-wallet prod usr_01h455vb4pex5vsknk084sn02q freeze phone stolen";
    for command in ["deploy dev", rotation, "audit dev", freeze] {
        let scene = Scene::new("no_secret").when("keys list", 0, "the-function-key").when(
            "--query user.name",
            0,
            "ops@example.com",
        );
        let outcome = scene.when("ledger/audit", 0, r#"{"balanced":true}"#).run(command);
        assert!(outcome.succeeded, "{command}: {}", outcome.last_words);
        for secret in ["the-administrators-password", "the-function-key", "mysql://"] {
            assert_eq!(outcome.calls_of(secret).len(), 0, "{command}");
        }
    }
}

#[test]
fn a_database_password_is_replaced_before_the_old_one_is_refused() {
    let outcome =
        Scene::new("rotation").run("rotate-secret prod user-profile USER_PROFILE_MYSQL_URL");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&[
        "mysql",
        "secret set --vault-name kv-user-profile --name user-profile-mysql-url",
        "az rest --method post",
        "functionapp restart",
        "curl",
        "mysql",
    ]);
    let (kept, discarded) = ("RETAIN CURRENT PASSWORD", "DISCARD OLD PASSWORD");
    assert!(outcome.stdin.find(kept).unwrap() < outcome.stdin.find(discarded).unwrap());

    let scene = Scene::new("rotation_fails").when("func-user-profile.azurewebsites.net", 22, "");
    let outcome = scene.run("rotate-secret prod user-profile USER_PROFILE_MYSQL_URL");
    assert!(!outcome.succeeded && !outcome.stdin.contains(discarded));
}

#[test]
fn a_new_token_key_is_published_before_it_signs_and_the_old_one_after() {
    let keys = "FIRST,SECOND";
    let scene = || Scene::new("token_keys").when("keyvault secret show", 0, keys);
    let outcome = scene().run("rotate-token-signing-key prod");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&["secret show", "secret set", "restart", "secret set", "restart"]);
    let [published, signing] = &*outcome.secrets else { panic!("{:?}", outcome.secrets) };
    let new = published.strip_prefix("FIRST,").unwrap();
    assert_eq!(*signing, format!("{new},FIRST"));

    let outcome = scene().run("rotate-token-signing-key prod leaked");
    assert!(outcome.succeeded && outcome.secrets.len() == 1, "{:?}", outcome.secrets);
    assert!(!outcome.secrets[0].contains(','), "{:?}", outcome.secrets);
}

#[test]
fn a_replica_that_stands_is_not_made_again() {
    for (standing, wanted) in [("0", "true"), ("1", "false")] {
        let scene = Scene::new("replica").when("az resource list", 0, standing);
        let outcome = scene.run("deploy prod");
        assert!(outcome.succeeded, "{}", outcome.last_words);
        for step in ["sub validate", "sub what-if", "stack sub create"] {
            let call = outcome.calls_of(step)[0];
            assert!(call.starts_with(&format!("CREATE_REPLICAS={wanted} az ")), "{call}");
        }
    }
}

#[test]
fn a_parked_event_goes_back_through_its_producers_outbox() {
    let scene = Scene::new("replay")
        .when("--skip-column-names notification", 0, "7B7D")
        .when("nothing", 0, "");
    let replay = "events prod notification replay notification_on_payments 0190-a";
    // The stand-in answers every query alike, so the producer's name is what it says first.
    let outcome = scene.run(replay);
    assert!(!outcome.succeeded && outcome.last_words.contains("can only be discarded"));
    assert!(!outcome.stdin.contains("DELETE"), "an event that was not sent again is kept");

    let quoting = "events prod notification discard notification_on_payments 'x";
    let outcome = Scene::new("discard").run(quoting);
    assert!(!outcome.succeeded && outcome.stdin.is_empty(), "{}", outcome.stdin);
}

#[test]
fn an_audit_that_finds_a_contradiction_fails() {
    let scene = Scene::new("audit").when("ledger/audit", 0, r#"{"balanced":false}"#);
    let outcome = scene.run("audit prod");
    assert!(!outcome.succeeded && outcome.last_words.contains("does not balance"));
}

#[test]
fn a_freeze_names_its_operator_and_carries_any_reason_unchanged() {
    let scene = |operator| {
        Scene::new("freeze").when("keys list", 0, "the-function-key").when(
            "--query user.name",
            0,
            operator,
        )
    };
    let freeze = r#"freeze-wallet prod usr_01h455vb4pex5vsknk084sn02q freeze "it's" $(mine) 警"#;
    let outcome = scene("ops@example.com").run(freeze);
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let calls = outcome.calls_of("curl");
    let sent = r#"{"reason": "\"it's\" $(mine) \u8b66", "operator": "ops@example.com"}"#;
    let path = "/api/v1/ledger/accounts/usr_01h455vb4pex5vsknk084sn02q/freeze";
    assert!(calls.len() == 1 && calls[0].contains(sent) && calls[0].ends_with(path), "{calls:?}");
    assert_eq!(outcome.stdin, "x-functions-key: the-function-key\n");

    let outcome = scene("userAssignedIdentity").run(freeze);
    assert!(!outcome.succeeded && outcome.calls_of("curl").is_empty());
    assert!(outcome.last_words.contains("az login --use-device-code"), "{}", outcome.last_words);
    for misuse in ["x freeze stolen", "usr_01h455vb4pex5vsknk084sn02q freeze", "../audit show"] {
        let outcome = scene("ops@example.com").run(&format!("freeze-wallet prod {misuse}"));
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}

#[test]
fn an_account_can_be_looked_at_without_a_reason() {
    let scene = Scene::new("show").when("/accounts/biz_", 0, r#"{"status":"active"}"#);
    let outcome = scene.run("freeze-wallet prod biz_01h455vb4pex5vsknk084sn02q show");
    assert!(outcome.succeeded && outcome.printed == "{\"status\":\"active\"}\n");
    assert!(outcome.calls_of("--data").is_empty());
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
fn every_command_can_be_printed_without_running_anything() {
    let scene = Scene::new("printed").without_password();
    for example in EXAMPLES {
        let outcome = scene.print(example);
        assert!(outcome.succeeded, "{example}: {}", outcome.last_words);
        assert!(outcome.calls.is_empty(), "{example} ran {:?}", outcome.calls);
        let shows = |line: &str| line.starts_with("az ") || line.starts_with("mysql ");
        assert!(outcome.printed.lines().any(shows), "{example}");
    }
    let printed = |name: &String| EXAMPLES.iter().any(|e| e.split(' ').next() == Some(name));
    let missing: Vec<String> = commands().into_iter().filter(|name| !printed(name)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_command_says_how_it_is_used() {
    let scene = Scene::new("usage");
    for command in commands() {
        let outcome = scene.run(&command);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{command}");
        assert!(outcome.last_words.starts_with(&format!("usage: ops/{command} ENV")), "{command}");
    }
}

#[test]
fn every_command_stands_in_the_runbook() {
    let runbook = text_of("docs/runbook.md");
    let absent: Vec<String> =
        commands().into_iter().filter(|name| !runbook.contains(&format!("ops/{name}"))).collect();
    assert_eq!(absent, Vec::<String>::new());
}

#[test]
fn every_alert_has_its_section_in_the_runbook() {
    let (alerts, runbook) = (text_of("bicep/parts/alerts.bicep"), text_of("docs/runbook.md"));
    let quoted = alerts.split("    name: '").skip(1).map(|rest| rest.split('\'').next().unwrap());
    let called = alerts.split("name: localName('unreachable'").skip(1).map(|_| "unreachable");
    let names: Vec<&str> =
        quoted.chain(called).map(|name| name.split("-${").next().unwrap()).collect();
    assert!(names.len() > 15, "{names:?}");
    let absent: Vec<&&str> =
        names.iter().filter(|name| !runbook.contains(&format!("### {name}\n"))).collect();
    assert!(absent.is_empty(), "{absent:?}");
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
        for setting in listed.split('\'').skip(1).step_by(2).filter(|_| is_built) {
            assert!(secrets.contains(&format!("[{name}]={setting}")), "{setting} of {name}");
        }
    }
}
