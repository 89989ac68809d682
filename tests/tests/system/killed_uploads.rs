//! All that a document passes on its way is killed while people upload: no upload is lost, and
//! none is decided twice.

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, Opts};
use serde_json::{Value, json};
use system_tests::{
    Addresses, Application, Consumer, Document, Error, Member, Phone, Product, messages_in, until,
    upload,
};
use tokio::sync::Semaphore;

use crate::kills::{REPEAT_LIMIT, REPEAT_PAUSE, Victim, kill, repeat};
use crate::stage::new_key;
use crate::test_platform::{administrators, alone};

/// How many people upload, unless `SOAK_UPLOADS` says another number.
const UPLOADS: usize = 12;
/// The identity card of the first of them; nobody else's here.
const FIRST_SEED: u64 = 5000;
const SIGN_UPS_AT_ONCE: usize = 8;
const UPLOADS_AT_ONCE: usize = 4;
/// Whom a document passes; each is killed so many times.
const VICTIMS: [Victim; 5] = [
    Victim::Part("azurite"),
    Victim::Handler("onboarding"),
    Victim::Part("functions-host"),
    Victim::Handler("ocr"),
    Victim::Part("event-grid"),
];
const ROUNDS: usize = 2;
/// A message whose reader was killed comes back after ten seconds, one that failed after thirty,
/// and either may meet the next kill. Within the ten minutes for which a log-in's token is good.
const DECISION_LIMIT: Duration = Duration::from_secs(400);
/// What was decided is told, and the queues are empty, so long after the last decision.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(90);
/// A second word of one decision would be seen in this time.
const REPETITION_WATCH: Duration = Duration::from_secs(3);
/// What each application goes through, and nothing twice.
const DEEDS: [&str; 4] = ["begin", "announce-document", "submit", "check"];

#[tokio::test]
async fn killed_parts_lose_no_upload_and_decide_none_twice() {
    let platform = alone().await;
    let uploads = env::var("SOAK_UPLOADS").map_or(UPLOADS, |number| number.parse().unwrap());
    let staff = administrators(&platform).await;
    let reader = staff.hire(&platform, "nora@example.com", &["reviewer"]).await.unwrap();
    platform.bring_list(&list()).await.unwrap();
    let signing_up = Semaphore::new(SIGN_UPS_AT_ONCE);
    let people = join_all((0..uploads).map(|_| sign_up(&platform, &signing_up))).await;
    let before = Counts::read(&platform).await;

    let (uploading, done) = (Semaphore::new(UPLOADS_AT_ONCE), AtomicUsize::new(0));
    let cards = (FIRST_SEED..).map(Document::identity_card);
    let cards: Vec<Document> = cards.take(uploads).collect();
    let applying = people.iter().zip(&cards);
    let applying = applying.map(|(person, card)| apply(&platform, person, card, &uploading, &done));
    // Each application is two steps: it is sent off, and it is decided.
    let kills = ROUNDS * VICTIMS.len();
    let moments = (1..=kills).map(|number| number * 2 * uploads / (kills + 1));
    let killing = kill(&platform, moments.zip(VICTIMS.into_iter().cycle()), &done);
    let (applications, ()) = tokio::join!(join_all(applying), killing);

    for queue in ["documents", "documents-poison"] {
        until("an empty queue", ARRIVAL_LIMIT, async || {
            Ok((messages_in(&platform, queue).await? == 0).then_some(()))
        })
        .await
        .unwrap();
    }
    let mut approved = 0;
    for (person, application) in people.iter().zip(&applications) {
        let status = decided_once(&reader, &application.id).await;
        wait_until_told(person, &status).await;
        if status == "approved" {
            wait_for_tier(person).await;
            approved += 1;
        }
    }
    tokio::time::sleep(REPETITION_WATCH).await;
    for (person, application) in people.iter().zip(&applications) {
        let status = decided_once(&reader, &application.id).await;
        assert_eq!(told(person).await.unwrap(), [format!("application-{status}")]);
    }
    let uploads = u64::try_from(uploads).unwrap();
    assert!(approved > uploads / 2, "most cards leave no doubt: {approved} of {uploads}");
    let expected = Counts {
        receipts: before.receipts + uploads,
        given_up: before.given_up,
        tiers: before.tiers + approved,
        raised: before.raised + approved,
        parked: before.parked,
    };
    assert_eq!(Counts::read(&platform).await, expected);
    platform.expect_balanced_ledger().await.unwrap();
}

async fn sign_up(platform: &Addresses, signing_up: &Semaphore) -> Consumer {
    let _turn = signing_up.acquire().await.unwrap();
    let phone = Phone::new(platform).unwrap();
    let person = Consumer(phone.sign_up(Product::Consumer).await.unwrap());
    person.wait_for_wallet().await.unwrap();
    person
}

/// Becomes known by a card: each call again until it is answered, as a phone does.
async fn apply<'a>(
    platform: &Addresses,
    person: &'a Consumer,
    card: &Document,
    uploading: &Semaphore,
    done: &AtomicUsize,
) -> Application<'a> {
    let turn = uploading.acquire().await.unwrap();
    let key = new_key();
    let begun = repeat(|| Application::begin_call(&person.0, &key, &card.details)).await;
    let application = Application::begun(&person.0, &begun).unwrap();
    let key = new_key();
    let link = repeat(|| application.link_call(&key, &card.png)).await.parse(201).unwrap();
    upload_once(platform, &link, &card.png).await;
    repeat(|| application.submit_call()).await.expect(200);
    done.fetch_add(1, Ordering::Relaxed);
    drop(turn);
    until("a decision", DECISION_LIMIT, async || {
        tokio::time::sleep(REPEAT_PAUSE).await;
        let read = repeat(|| application.read_call()).await.expect(200);
        Ok((read["status"] != "reading").then_some(()))
    })
    .await
    .unwrap();
    done.fetch_add(1, Ordering::Relaxed);
    application
}

/// Until it is there. A link replaces nothing, so who has lost an answer may be refused.
async fn upload_once(platform: &Addresses, link: &Value, png: &[u8]) {
    let began = Instant::now();
    let mut is_answered = true;
    loop {
        match upload(platform, link, png.to_vec()).await {
            Ok(201) => return,
            Ok(403) if !is_answered => return,
            Ok(500..) | Err(Error::NoAnswer { .. }) if began.elapsed() < REPEAT_LIMIT => {
                is_answered = false;
            }
            outcome => panic!("an upload: {outcome:?}"),
        }
        tokio::time::sleep(REPEAT_PAUSE).await;
    }
}

/// How it stands, once staff see that it went the one way, and that no program of ours gave it up.
async fn decided_once(reader: &Member, id: &str) -> String {
    let review = reader.read_review(id).await.unwrap().expect(200);
    let trail = review["trail"].as_array().unwrap().iter();
    let lines: Vec<&Value> = trail.filter(|line| line["deed"] != "look").collect();
    let deeds: Vec<&str> = lines.iter().map(|line| line["deed"].as_str().unwrap()).collect();
    assert_eq!(deeds, DEEDS, "{review}");
    let status = review["application"]["status"].as_str().unwrap();
    assert!(["approved", "in-review"].contains(&status), "{review}");
    assert_eq!(lines[DEEDS.len() - 1]["to"], status, "{review}");
    assert_eq!(review["document"]["failure"], json!(null), "{review}");
    status.to_owned()
}

async fn wait_until_told(person: &Consumer, status: &str) {
    let kind = format!("application-{status}");
    until("word of a decision", ARRIVAL_LIMIT, async || {
        Ok(told(person).await?.contains(&kind).then_some(()))
    })
    .await
    .unwrap();
}

async fn told(person: &Consumer) -> Result<Vec<String>, Error> {
    let all = person.0.inbox().all().await?.into_iter();
    let kinds = all.map(|notification| notification.notification_type);
    Ok(kinds.filter(|kind| kind.starts_with("application-")).collect())
}

async fn wait_for_tier(person: &Consumer) {
    until("a tier that is raised", ARRIVAL_LIMIT, async || {
        let limits = person.0.get("/api/v1/wallets/me/limits");
        let limits = repeat(|| limits.clone()).await.expect(200);
        Ok((limits["tier"] == "verified").then_some(()))
    })
    .await
    .unwrap();
}

/// What the services have written down, of all people together.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    /// Documents of which ocr has told.
    receipts: u64,
    /// Those that it could not read.
    given_up: u64,
    /// Changes of tiers, by onboarding's word.
    tiers: u64,
    /// Whose they are.
    raised: u64,
    /// Events that somebody could not take.
    parked: u64,
}

impl Counts {
    async fn read(platform: &Addresses) -> Self {
        let mut conn = Conn::new(Opts::from_url(&platform.mysql_primary).unwrap()).await.unwrap();
        let receipts = "SELECT COUNT(*), COUNT(failure) FROM ocr.receipts";
        let (receipts, given_up) = row(&mut conn, receipts).await;
        let tiers = "SELECT COUNT(*), COUNT(DISTINCT account_id) FROM payments.tier_changes
            WHERE verification_version IS NOT NULL";
        let (tiers, raised) = row(&mut conn, tiers).await;
        let parked = "SELECT (SELECT COUNT(*) FROM onboarding.parked_events)
            + (SELECT COUNT(*) FROM payments.parked_events)
            + (SELECT COUNT(*) FROM notification.parked_events)";
        let parked = row(&mut conn, parked).await;
        conn.disconnect().await.unwrap();
        Self { receipts, given_up, tiers, raised, parked }
    }
}

async fn row<T: FromRow + Send + 'static>(conn: &mut Conn, sql: &str) -> T {
    conn.query_first(sql).await.unwrap().unwrap()
}

/// Nobody here is like anybody on it.
fn list() -> Value {
    json!({"CONSOLIDATED_LIST": {"INDIVIDUALS": {"INDIVIDUAL": [{
        "DATAID": "1", "FIRST_NAME": "Zoltan Specimenovich", "UN_LIST_TYPE": "SPECIMEN",
    }]}}})
}
