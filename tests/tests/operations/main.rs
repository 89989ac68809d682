//! The commands of `ops/`, run against stand-ins that record what they are asked to do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scene;

use crate::scene::{Scene, commands, text_of};

/// How each command is called to be printed.
const EXAMPLES: [&str; 26] = [
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
    "promote-replica prod payments mysql-replica-payments-prod-abcdef",
    "public-access prod payments close",
    "restart dev auth",
    "restore-database prod payments 2026-11-23T14:05:00Z",
    "rollback prod payments",
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
        ("keyvault secret list", "keyvault secret set"),
        ("keyvault secret set", "config-zip"),
        ("openssl rand", "keyvault secret set"),
        ("openssl genpkey", "config-zip"),
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
    let address = "@mysql-now.mysql.database.azure.com:3306/auth?";
    assert!(outcome.secrets[0].contains(address), "{:?}", outcome.secrets);
}

/// All secrets are there; those of databases name the server `mysql-now` and the password `old`.
fn with_url(scene: Scene) -> Scene {
    let url = "mysql://user:old@mysql-now.mysql.database.azure.com:3306/schema?require_ssl=true";
    scene.when("secret show*--query value", 0, url).when("secret list", 0, "name")
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
        let scene = if command == rotation { with_url(scene) } else { scene };
        let outcome = scene.when("ledger/audit", 0, r#"{"balanced":true}"#).run(command);
        assert!(outcome.succeeded, "{command}: {}", outcome.last_words);
        for secret in ["the-administrators-password", "the-function-key", "mysql://"] {
            assert_eq!(outcome.calls_of(secret).len(), 0, "{command}");
        }
    }
}

#[test]
fn a_database_password_is_replaced_before_the_old_one_is_refused() {
    let scene = || with_url(Scene::new("rotation"));
    let rotate = "rotate-secret prod user-profile USER_PROFILE_MYSQL_URL";
    let (kept, discarded) = ("RETAIN CURRENT PASSWORD", "DISCARD OLD PASSWORD");
    let outcome = scene().run(rotate);
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&[
        "mysql",
        "secret set --vault-name kv-user-profile --name user-profile-mysql-url",
        "az rest --method post",
        "az rest --method get",
        "functionapp restart",
        "curl",
        "mysql",
    ]);
    let [first, second, third] = &*outcome.stdin.lines().collect::<Vec<_>>() else {
        panic!("{}", outcome.stdin)
    };
    assert!(first.ends_with("IDENTIFIED BY 'old';") && second.contains(kept));
    assert!(third.contains(discarded), "{third}");
    // The server is that of the secret, whatever the stack names.
    let server = "mysql-now.mysql.database.azure.com";
    assert!(outcome.options.contains(&format!("host={server}")), "{:?}", outcome.options);
    assert!(outcome.secrets[0].contains(&format!("@{server}:3306/user_profile?")));
    let roots = outcome.options.iter().find_map(|line| line.strip_prefix("ssl-ca=")).unwrap();
    assert!(std::path::Path::new(roots).is_file(), "{roots}");

    let outcome = scene().when("func-user-profile.azurewebsites.net", 22, "").run(rotate);
    assert!(!outcome.succeeded && !outcome.stdin.contains(discarded));

    let outcome = scene().when("secret set", 1, "").run(rotate);
    let back = "IDENTIFIED BY 'old' RETAIN CURRENT PASSWORD;\n";
    assert!(!outcome.succeeded && outcome.stdin.ends_with(back), "{}", outcome.stdin);
    assert!(outcome.last_words.contains("user_profile has its old one back"));
}

#[test]
fn an_old_database_password_is_kept_until_the_app_uses_the_new_one() {
    // The app works with version v2, and v3 has just been stored.
    let stored = "https://vault.example/secrets/name/v3";
    let scene = with_url(Scene::new("unread")).when("secret show*--query id", 0, stored);
    let outcome = scene.run("rotate-secret prod user-profile USER_PROFILE_MYSQL_URL");
    assert!(!outcome.succeeded && outcome.stdin.is_empty(), "{}", outcome.stdin);
    let words = "user-profile has not taken in its new USER_PROFILE_MYSQL_URL after 300 s";
    assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
    assert_eq!(outcome.calls_of("functionapp restart").len(), 0);

    // It stops as well where the present secret is in use and the new one is not taken in.
    let scene = with_url(Scene::new("unread_after")).once("secret show*--query id", "x/v2");
    let scene = scene.when("secret show*--query id", 0, stored);
    let outcome = scene.run("rotate-secret prod user-profile USER_PROFILE_MYSQL_URL");
    assert!(!outcome.succeeded && outcome.stdin.contains("RETAIN CURRENT PASSWORD"));
    assert!(!outcome.stdin.contains("DISCARD OLD PASSWORD"), "{}", outcome.stdin);
    assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
}

#[test]
fn a_replica_is_promoted_only_by_who_may_do_the_rest_too() {
    let promote = "promote-replica prod payments";
    let scene = || {
        with_url(Scene::new("promotion"))
            .when("replica list", 0, "mysql-replica-pay")
            .when("replicationRole", 0, "Replica")
            .typing("mysql-replica-pay\n")
    };
    let outcome = scene().run(promote);
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&["secret show", "secret set", "stop-replication", "secret set", "curl"]);
    let url =
        "mysql://user:old@mysql-replica-pay.mysql.database.azure.com:3306/schema?require_ssl=true";
    assert_eq!(outcome.secrets[1], url);

    for (refused, words) in [
        ("secret list", "cannot list the secrets of payments"),
        ("secret show*--query value", "Lose the primary, keep the replica"),
        ("secret set", "Lose the primary, keep the replica"),
    ] {
        let outcome = scene().when(refused, 1, "Forbidden").run(promote);
        assert!(!outcome.succeeded && outcome.calls_of("stop-replication").is_empty(), "{refused}");
        assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
    }
    let outcome = scene().typing("yes\n").run(promote);
    assert!(!outcome.succeeded && outcome.calls_of("secret set").is_empty());

    // The second run, after a first that promoted and then failed.
    let promoted = || scene().when("replica list", 0, "").when("replicationRole", 0, "None");
    let outcome = promoted().run(promote);
    assert!(!outcome.succeeded && outcome.last_words.contains("must be named"));
    let outcome = promoted().run(&format!("{promote} mysql-replica-pay"));
    assert!(outcome.succeeded, "{}", outcome.last_words);
    assert!(outcome.calls_of("stop-replication").is_empty());
    assert_eq!(outcome.secrets[1], url);
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
fn a_service_is_taken_off_front_door_and_put_back() {
    for (action, state) in [("close", "Disabled"), ("open", "Enabled")] {
        let scene = Scene::new("access").when("profiles/afdEndpoints", 0, "/endpoint");
        let outcome = scene.run(&format!("public-access prod payments {action}"));
        assert!(outcome.succeeded, "{}", outcome.last_words);
        let [call] = &*outcome.calls_of("rest --method patch") else { panic!("{action}") };
        assert!(call.contains("/endpoint/routes/payments?") && call.contains(state), "{call}");
    }
    let outcome = Scene::new("no_access").run("public-access prod payments close");
    assert!(!outcome.succeeded && outcome.calls_of("rest").is_empty());
}

#[test]
fn a_new_token_key_is_published_before_it_signs_and_the_old_one_after() {
    let keys = "FIRST,SECOND";
    let scene = || Scene::new("token_keys").when("secret show*--query value", 0, keys);
    let outcome = scene().run("rotate-token-signing-key prod");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let step = ["secret set", "rest --method get", "restart"];
    outcome.assert_order(&[&["secret show"], &step[..], &step[..]].concat());
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
    let scene = || {
        Scene::new("replay").when("notification < *HEX(body)", 0, "7B7D").when(
            "notification < *X'7B7D'*source",
            0,
            "payments",
        )
    };
    let replay = "events prod notification replay notification_on_payments 0190-a";
    let outcome = scene().run(replay);
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let schemas: Vec<&str> =
        outcome.calls_of("mysql --").iter().map(|call| call.rsplit(' ').next().unwrap()).collect();
    assert_eq!(schemas, ["notification", "notification", "payments", "notification"]);
    let sent = outcome.stdin.find("FROM (SELECT CONVERT(X'7B7D'").unwrap();
    let deleted = "DELETE FROM parked_events WHERE consumer = 'notification_on_payments' AND";
    assert!(sent < outcome.stdin.find(deleted).unwrap(), "{}", outcome.stdin);

    for (failing, code, words) in [
        ("notification < *source", 0, "can only be discarded"),
        ("payments < *INSERT INTO outbox", 1, ""),
    ] {
        let outcome = scene().when(failing, code, "").run(replay);
        assert!(!outcome.succeeded && outcome.last_words.contains(words), "{failing}");
        assert!(!outcome.stdin.contains("DELETE"), "an event that was not sent again is kept");
    }

    let quoting = "events prod notification discard notification_on_payments 'x";
    let outcome = Scene::new("discard").run(quoting);
    assert!(!outcome.succeeded && outcome.stdin.is_empty(), "{}", outcome.stdin);
}

#[test]
fn an_audit_that_finds_a_contradiction_fails() {
    let scene = Scene::new("audit").when("ledger/audit", 0, r#"{"balanced":false}"#);
    let outcome = scene.run("audit prod");
    assert!(!outcome.succeeded && outcome.last_words.contains("does not balance"));
    let section = outcome.last_words.split('\'').nth(1).unwrap();
    assert!(text_of("docs/runbook.md").contains(&format!("\n### {section}\n")), "{section}");
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
fn a_restart_reads_the_secrets_again() {
    let outcome = Scene::new("restart").run("restart dev auth");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&["appsettings/refresh", "functionapp restart --resource-group rg-auth"]);
}

#[test]
fn a_deployment_says_which_subscription_it_changes() {
    let outcome = Scene::new("subscription").when("--query name", 0, "PayMe dev").run("deploy dev");
    let said = "changing 'dev' in the subscription 'PayMe dev'";
    assert!(outcome.succeeded && outcome.printed.contains(said), "{}", outcome.printed);
}

#[test]
fn pipelines_offer_only_what_their_identity_may_do() {
    for file in [".github/workflows/operate.yml", "azure-pipelines-operate.yml"] {
        let text = text_of(file);
        for command in commands() {
            let offered = text.split([' ', ',', '[', ']', '\n']).any(|word| word == command);
            let may = !matches!(
                &*command,
                // Changes of Azure itself, and what needs a person, a terminal or a browser.
                "deploy"
                    | "destroy"
                    | "freeze-wallet"
                    | "promote-replica"
                    | "public-access"
                    | "restore-database"
                    | "runner"
                    | "scale"
                    | "workbook"
            );
            assert_eq!(offered, may, "{command} in {file}");
        }
    }
}

#[test]
fn pipelines_of_azure_devops_stop_at_the_first_command_that_fails() {
    for file in ["azure-pipelines.yml", "azure-pipelines-operate.yml"] {
        let text = text_of(file);
        for script in text.split("cript: |\n").skip(1) {
            assert_eq!(script.lines().next().unwrap().trim(), "set -e", "{file}");
            let (removes, copies) = (script.find("rm -rf build/release"), script.find("cp -r"));
            assert!(copies.is_none() || removes.is_some_and(|at| at < copies.unwrap()), "{file}");
        }
    }
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
fn whoever_repairs_what_stays_open_is_told_to_close_the_alert() {
    let (alerts, runbook) = (text_of("bicep/parts/alerts.bicep"), text_of("docs/runbook.md"));
    for alert in
        alerts.split("    name: '").skip(1).filter(|alert| alert.contains("staysOpen: true"))
    {
        let name = alert.split('\'').next().unwrap();
        let section = runbook.split(&format!("### {name}\n")).nth(1).unwrap();
        let section = section.split("\n### ").next().unwrap();
        assert!(section.contains("close the alert"), "{name}");
    }
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
