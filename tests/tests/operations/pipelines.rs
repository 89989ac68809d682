//! What the pipelines run.

use std::collections::BTreeSet;

use crate::scene::{commands, text_of};

#[test]
fn pipelines_offer_only_what_their_identity_may_do() {
    for file in [".github/workflows/operate.yml", "azure-pipelines-operate.yml"] {
        let text = text_of(file);
        for command in commands() {
            let offered = text.split([' ', ',', '[', ']', '\n']).any(|word| word == command);
            let may = !matches!(
                &*command,
                // Changes of Azure itself, and what needs a person, a terminal or a browser.
                "awaiting-bank"
                    | "bank-statement"
                    | "deploy"
                    | "destroy"
                    | "freeze-wallet"
                    | "graph"
                    | "import-screening-list"
                    | "invite-first-staff"
                    | "merchant-fee"
                    | "settle"
                    | "payee-warning"
                    | "promote-replica"
                    | "public-access"
                    | "restore-database"
                    | "runner"
                    | "scale"
                    | "shop-approval"
                    | "wallet-tier"
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
fn both_pipelines_check_the_same() {
    let checks = |file| -> BTreeSet<String> {
        let text = text_of(file);
        let lines = text.lines().filter_map(|line| line.split_once(": make "));
        lines.map(|(_, target)| target.to_owned()).collect()
    };
    let both = checks("azure-pipelines.yml");
    assert_eq!(both, checks(".github/workflows/build.yml"));
    for check in ["test", "deny", "package-check"] {
        assert!(both.contains(check), "{check}");
    }
}
