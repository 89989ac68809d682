//! Secrets: where they are kept, and how they are replaced.

use crate::scene::Scene;

/// All secrets are there; those of databases name the server `mysql-now` and the password `old`.
pub(crate) fn with_url(scene: Scene) -> Scene {
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
        let outcome = scene.when("ledger/audit", 0, r#"{"balanced":true} HTTP 200"#).run(command);
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
    outcome.assert_order(&[
        "secret show",
        "secret set",
        "functionapp stop --resource-group rg-payments --name func-payments",
        "sleep 10",
        "stop-replication",
        "secret set",
        "appsettings/refresh",
        "rest --method get",
        "mysql --",
        "functionapp start --resource-group rg-payments --name func-payments",
        "curl",
    ]);
    // A restart might start it before it is given the new address.
    assert!(outcome.calls_of("functionapp restart").is_empty());
    assert_eq!(outcome.calls_of("functionapp start").len(), 1);
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
        assert!(outcome.calls_of("functionapp stop").is_empty(), "{refused}");
        assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
    }
    let outcome = scene().typing("yes\n").run(promote);
    assert!(!outcome.succeeded && outcome.calls_of("secret set").is_empty());
    let outcome = scene().when("functionapp stop", 1, "").run(promote);
    assert!(!outcome.succeeded && outcome.calls_of("stop-replication").is_empty());
    assert!(outcome.last_words.contains("replication goes on"), "{}", outcome.last_words);

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
fn an_app_whose_promotion_fails_stays_stopped_and_the_last_words_say_so() {
    let scene = || {
        with_url(Scene::new("fenced"))
            .when("replica list", 0, "mysql-replica-pay")
            .when("replicationRole", 0, "Replica")
            .typing("mysql-replica-pay\n")
    };
    for (failing, code, output) in [
        ("stop-replication", 1, ""),
        ("secret set*kv-payments", 1, ""),
        ("appsettings/refresh", 1, ""),
        ("secret show*--query id", 1, ""),
        // The app is never given the new version.
        ("secret show*--query id", 0, "https://vault.example/secrets/name/v3"),
        // What the bank may have been told would be let go.
        ("mysql --", 1, ""),
        ("functionapp start", 1, ""),
    ] {
        // The first secret is the unchanged one, which proves the rights.
        let scene = scene().once("secret set", "").when(failing, code, output);
        let outcome = scene.run("promote-replica prod payments");
        assert!(!outcome.succeeded, "{failing}");
        assert_eq!(outcome.calls_of("functionapp stop").len(), 1, "{failing}");
        let starts = outcome.calls_of("functionapp start").len();
        assert_eq!(starts, usize::from(failing == "functionapp start"), "{failing}");
        assert!(outcome.calls_of("functionapp restart").is_empty(), "{failing}");
        assert!(outcome.last_words.contains("the app of payments stays stopped"), "{failing}");
        let again = "run again: ops/promote-replica prod payments mysql-replica-pay";
        assert!(outcome.last_words.ends_with(again), "{}", outcome.last_words);
    }

    // Once it is started it is not called stopped, whatever the smoke test finds.
    let outcome = scene().when("func-payments.azure", 22, "").run("promote-replica prod payments");
    assert!(!outcome.succeeded && outcome.calls_of("functionapp start").len() == 1);
    assert!(!outcome.last_words.contains("stopped"), "{}", outcome.last_words);
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
    let new = new.strip_suffix(",SECOND").unwrap();
    assert_eq!(*signing, format!("{new},FIRST,SECOND"));

    let outcome = scene().run("rotate-token-signing-key prod leaked");
    assert!(outcome.succeeded && outcome.secrets.len() == 1, "{:?}", outcome.secrets);
    assert!(!outcome.secrets[0].contains(','), "{:?}", outcome.secrets);
}

#[test]
fn a_token_key_that_just_signed_stays_published_when_its_rotation_is_run_again() {
    let rotate = "rotate-token-signing-key prod";
    for (present, kept) in [("FIRST", ""), ("NEW,FIRST,SECOND", ",FIRST"), ("A,B,C,D", ",B")] {
        let scene = Scene::new("token_keys_again").when("secret show*--query value", 0, present);
        // The first run stored this, and the app has not taken it in.
        let outcome = scene.once("secret show*--query id", "x/v3").run(rotate);
        assert!(outcome.succeeded, "{}", outcome.last_words);
        outcome.assert_order(&["appsettings/refresh", "functionapp restart", "secret set"]);
        assert_eq!(outcome.calls_of("functionapp restart").len(), 3);
        let first = present.split(',').next().unwrap();
        let [published, signing] = &*outcome.secrets else { panic!("{:?}", outcome.secrets) };
        let new = published.split(',').nth(1).unwrap();
        assert_eq!(*published, format!("{first},{new}{kept}"));
        assert_eq!(*signing, format!("{new},{first}{kept}"));
    }

    let scene = Scene::new("token_keys_unread").when("secret show*--query value", 0, "FIRST");
    let outcome = scene.when("secret show*--query id", 0, "x/v3").run(rotate);
    assert!(!outcome.succeeded && outcome.secrets.is_empty(), "{:?}", outcome.secrets);
}

#[test]
fn a_new_pepper_is_known_before_it_is_used_and_the_old_ones_stay() {
    let scene = Scene::new("peppers").when("secret show*--query value", 0, "FIRST,SECOND,THIRD");
    let outcome = scene.run("rotate-secret prod auth AUTH_PIN_PEPPERS");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let step = ["secret set", "rest --method get", "restart"];
    outcome.assert_order(&[&["secret show"], &step[..], &step[..]].concat());
    let [known, used] = &*outcome.secrets else { panic!("{:?}", outcome.secrets) };
    let new = known.strip_prefix("FIRST,").unwrap().strip_suffix(",SECOND,THIRD").unwrap();
    assert!(!new.is_empty() && !new.contains(','), "{known}");
    assert_eq!(*used, format!("{new},FIRST,SECOND,THIRD"));
}

#[test]
fn a_restart_reads_the_secrets_again() {
    let outcome = Scene::new("restart").run("restart dev auth");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&["appsettings/refresh", "functionapp restart --resource-group rg-auth"]);
}
