//! Rules over the evaluated deployments of `bicep/env/*.snapshot.json`: what Azure would be asked
//! for, resource by resource. `ops/infra-check` proves that the snapshots are what the templates
//! evaluate to.
//!
//! Each rule is shown to hold in both profiles, and to fail once the deployment is broken on
//! purpose.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, and one prints a table"
)]

mod broken_source;
#[path = "../layout/checkout.rs"]
#[expect(dead_code, reason = "the rules of the sources use the rest")]
mod checkout;
mod completeness;
mod connections;
mod counts;
mod deployment;
mod events;
mod exposure;
mod flex;
mod grants;
mod groups;
mod hardening;
mod isolation;
mod kinds;
mod names;
mod order;
mod queues;
mod reach;
mod settings;
mod subnets;
mod uploads;

use std::path::Path;
use std::process::Command;

use crate::deployment::Deployment;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The Bicep CLI; where there is none, `None`, and a line that says so.
fn bicep() -> Option<String> {
    let found = Command::new(Path::new(CHECKOUT).join("ops/bicep-cli")).output().unwrap();
    let bicep = String::from_utf8(found.stdout).unwrap().trim().to_owned();
    if bicep.is_empty() {
        println!("SKIPPED: no Bicep CLI; install one by: az bicep install");
        return None;
    }
    Some(bicep)
}

/// What is wrong with a deployment, an offence a line.
type Rule = fn(&Deployment) -> Vec<String>;

/// Fails with every offence that a rule finds in a deployment as it is committed.
fn holds(rule: Rule) {
    for deployment in Deployment::all() {
        let offences = rule(deployment);
        assert!(offences.is_empty(), "{}:\n  {}", deployment.profile, offences.join("\n  "));
    }
}

/// Fails unless a rule finds an offence that says `words` once the deployment is broken, in each
/// profile.
fn finds(rule: Rule, words: &str, breaking: impl Fn(&mut Deployment)) {
    finds_in(Deployment::all(), rule, words, breaking);
}

/// The same of production only, for what dev shares on purpose.
fn finds_in_prod(rule: Rule, words: &str, breaking: impl Fn(&mut Deployment)) {
    finds_in(&Deployment::all()[1..], rule, words, breaking);
}

fn finds_in(all: &[Deployment], rule: Rule, words: &str, breaking: impl Fn(&mut Deployment)) {
    for deployment in all {
        let mut deployment = deployment.clone();
        breaking(&mut deployment);
        let offences = rule(&deployment);
        assert!(
            offences.iter().any(|offence| offence.contains(words)),
            "{}: nothing says {words:?}, only: {offences:#?}",
            deployment.profile
        );
    }
}
