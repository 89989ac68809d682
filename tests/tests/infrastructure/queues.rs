//! A queue that a function reads stands in the account that its connection names, which lets the
//! service's identity in.

use crate::checkout::functions;
use crate::deployment::{Deployment, Resource, identity_in};
use crate::kinds::{APP_SETTINGS, QUEUES, ROLE_ASSIGNMENTS, STORAGE};
use crate::{finds, holds};

/// Reads, deletes and, for what fails, makes queues and writes into them.
const CONTRIBUTOR: &str = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
/// The host makes such a queue when it first needs it.
const POISON: &str = "-poison";

/// A queue function: which service reads which queue, by which connection.
struct Reader {
    service: String,
    queue: String,
    connection: String,
}

fn readers() -> Vec<Reader> {
    let triggers = functions().into_iter().filter(|it| it.values("type").contains(&"queueTrigger"));
    triggers
        .map(|function| {
            let text = |name: &str| function.values(name)[0].to_owned();
            let (queue, connection) = (text("queueName"), text("connection"));
            Reader { service: function.service.clone(), queue, connection }
        })
        .collect()
}

fn lacks(deployment: &Deployment, reader: &Reader) -> Vec<String> {
    let Reader { service: name, queue, connection } = reader;
    let Some(service) = deployment.service_named(name) else {
        return vec![format!("{name} is no service")];
    };
    let setting = format!("/properties/{connection}__queueServiceUri");
    let url = deployment.settings(service).text(&setting);
    // format('https://{0}.queue.{1}/', '<account>', …)
    let account = url.split('\'').nth(3).unwrap_or_default();
    let queue = queue.trim_end_matches(POISON);
    let place = format!("/storageAccounts/{account}/queueServices/default/queues/{queue}");
    let mut wrong = Vec::new();
    if !deployment.of(QUEUES).any(|it| it.id().ends_with(&place)) {
        wrong.push(format!("{name} looks for the queue {queue} at {url:?}"));
    }
    let identity = format!("id-{}-{}", service.code, deployment.profile);
    let may_read = |grant: &&Resource| {
        grant.text("/properties/roleDefinitionId").ends_with(CONTRIBUTOR)
            && identity_in(grant.text("/properties/principalId")) == Some(&identity)
    };
    let account = deployment.find(STORAGE, &format!("/storageAccounts/{account}"));
    let mut grants = deployment.of(ROLE_ASSIGNMENTS).filter(may_read);
    if !account.is_some_and(|account| grants.any(|grant| grant.is_in(account))) {
        wrong.push(format!("{name} has no role on the account of its queue {queue}"));
    }
    wrong
}

pub(crate) fn readers_can_read(deployment: &Deployment) -> Vec<String> {
    readers().iter().flat_map(|reader| lacks(deployment, reader)).collect()
}

#[test]
fn a_queue_that_a_function_reads_is_there_and_lets_the_service_in() {
    holds(readers_can_read);
    // Of a service that may have no code yet.
    let rule = |deployment: &Deployment| {
        let [service, queue, connection] = ["ocr", "documents", "OCR_QUEUE"].map(str::to_owned);
        lacks(deployment, &Reader { service, queue, connection })
    };
    holds(rule);
    finds(rule, "ocr looks for the queue documents", |it| it.remove(QUEUES, "/queues/documents"));
    finds(rule, "ocr looks for the queue documents at \"\"", |it| {
        let settings = it.find_mut(APP_SETTINGS, "func-ocr-");
        settings.set("/properties/OCR_QUEUE__queueServiceUri", "".into());
    });
    finds(rule, "ocr has no role on the account", |it| {
        it.resources
            .retain(|grant| !grant.text("/properties/roleDefinitionId").ends_with(CONTRIBUTOR));
    });
}
