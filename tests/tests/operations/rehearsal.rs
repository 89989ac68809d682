//! The first deployment, rehearsed: nothing stands yet, and what Azure would say no to is known
//! before anything is changed.

use crate::scene::{Scene, text_of};

const DAY_OF_BUDGET: &str = "2020-03-01T00:00:00Z";

#[test]
fn a_first_deployment_waits_until_apps_know_the_secrets_that_came_after_them() {
    // The apps are made with references to secrets that are not there.
    let scene = || Scene::new("first").when("secret list", 0, "").when("blob exists", 0, "false");
    let outcome = scene().once("appsettings/AUTH_MYSQL_URL?", "").run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    outcome.assert_order(&[
        "stack sub create",
        "secret set --vault-name kv-auth --name auth-mysql-url",
        "configreferences/appsettings/AUTH_MYSQL_URL?",
        "configreferences/appsettings/refresh?",
        "configreferences/appsettings/AUTH_MYSQL_URL?",
        "configreferences/appsettings/AUTH_TOKEN_SIGNING_KEYS?",
        "config-zip --resource-group rg-auth",
    ]);
    assert_eq!(outcome.calls_of("appsettings/refresh?").len(), 1, "the others know theirs");

    let outcome = scene().when("appsettings/AUTH_DIGEST_KEY?", 0, "").run("deploy dev");
    assert!(!outcome.succeeded && outcome.calls_of("config-zip").is_empty());
    let words = "auth has not taken in its new AUTH_DIGEST_KEY after 300 s";
    assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
}

#[test]
fn a_budget_begins_in_the_month_in_which_it_is_made() {
    let begin = |stands: &str| {
        let scene = Scene::new("budget").when("consumption budget list", 0, stands);
        let outcome = scene.run("deploy dev");
        assert!(outcome.succeeded, "{}", outcome.last_words);
        for step in ["sub validate", "sub what-if", "stack sub create"] {
            let call = outcome.calls_of(step)[0].clone();
            let said = call.split("BUDGET_START=").nth(1).unwrap().split(' ').next().unwrap();
            assert!(said.ends_with("-01") && said.len() == DAY_OF_BUDGET.len() - 10, "{said}");
        }
        let call = outcome.calls_of("stack sub create")[0].clone();
        call.split("BUDGET_START=").nth(1).unwrap().split(' ').next().unwrap().to_owned()
    };
    // Azure refuses a new budget that begins in the past, and a change of one's beginning.
    assert!(*begin("") > *"2026-10-01", "{}", begin(""));
    assert_eq!(begin(DAY_OF_BUDGET), "2020-03-01");
}

#[test]
fn who_may_not_do_all_of_it_is_told_before_anything_is_changed() {
    let refused = r#""Microsoft.Authorization/*/Delete","Microsoft.Authorization/*/Write""#;
    let contributor = format!(r#"{{"value":[{{"actions":["*"],"notActions":[{refused}]}}]}}"#);
    let administrator = r#"{"actions":["*/read","Microsoft.Authorization/*"],"notActions":[]}]}"#;
    let both = contributor.replace("]}]}", &format!("]}},{administrator}"));
    let scene =
        |permissions: &str| Scene::new("rights").when("Authorization/permissions", 0, permissions);
    let outcome = scene(&contributor).run("deploy dev");
    assert!(!outcome.succeeded && outcome.calls_of("sub validate").is_empty());
    let words = "you may not: Microsoft.Authorization/locks/write \
                 Microsoft.Authorization/policyAssignments/write \
                 Microsoft.Authorization/roleAssignments/write. Owner of the subscription may";
    assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
    let outcome = scene(&both).run("deploy dev");
    assert!(outcome.succeeded, "{}", outcome.last_words);
}

#[test]
fn a_region_that_takes_other_apps_is_told_before_anything_is_changed() {
    for (answer, words) in [
        ("", "does not list custom handlers on Flex Consumption in eastasia"),
        ("100", "eastasia takes no maximum below 100 instances; write instancesMin = 100 into"),
    ] {
        let outcome = Scene::new("region").when("functionAppStacks", 0, answer).run("deploy dev");
        assert!(!outcome.succeeded && outcome.calls_of("sub validate").is_empty(), "{answer}");
        assert!(outcome.last_words.contains(words), "{}", outcome.last_words);
    }
}

#[test]
fn a_stack_that_comes_before_its_roles_are_known_is_made_once_more() {
    let scene = Scene::new("once_more").when("resource list", 0, "1");
    let outcome = scene.when("stack sub create", 1, "AuthorizationFailed").run("deploy prod");
    assert!(!outcome.succeeded && outcome.calls_of("stack sub create").len() == 2);
    outcome.assert_order(&["stack sub create", "sleep 300", "resource list", "stack sub create"]);
}

#[test]
fn the_page_on_the_first_deployment_says_what_the_check_asks_for() {
    let (page, check) = (text_of("docs/first-deployment.md"), text_of("ops/deploy.d/check"));
    for said in
        ["is not registered", "you may not:", "takes no maximum below", "quota is too small"]
    {
        assert!(page.contains(said) && check.contains(said), "{said}");
    }
    let memory = "Flex Consumption memory: 1,400,000 MB";
    assert!(page.contains(memory) && text_of("bicep/README.md").contains(memory));
}
