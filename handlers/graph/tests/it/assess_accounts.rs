//! Whom the graph calls elevated or high, that it tells each change once, and that it ends.

use std::collections::BTreeMap;

use events::graph::AccountRiskChangedV1;
use testkit::{Call, InProcess};
use time::{Duration, OffsetDateTime};
use values::{StaffRole, UserId};

use crate::fixture::{Fixture, Money, ON_PAYMENTS, Side, documents_of};
use crate::town::Town;

/// As many as a batch of the host has at most.
const BATCH: usize = 100;

async fn deliver(fixture: &Fixture, money: &[Money]) {
    let events: Vec<_> = money.iter().map(|money| money.event.clone()).collect();
    for batch in events.chunks(BATCH) {
        fixture.deliver(ON_PAYMENTS, batch).await;
    }
}

/// What was told last of each.
async fn told(fixture: &Fixture) -> BTreeMap<UserId, AccountRiskChangedV1> {
    let all: Vec<AccountRiskChangedV1> = fixture.database.told().await;
    let mut last = BTreeMap::new();
    for told in all {
        let before: Option<AccountRiskChangedV1> =
            last.insert(told.account_id.parse().unwrap(), told.clone());
        assert!(told.version > before.map_or(0, |before| before.version), "in order");
    }
    last
}

impl Fixture {
    /// As it was told an hour ago, with a version of its own; now it is due.
    async fn call_high(&self, whose: UserId) {
        self.execute(&format!(
            "INSERT INTO account_states (account_id, risk, reasons, version, changed_at, due_at)
             SELECT account_id, 'high', '[{{\"code\": \"fan-in\", \"explanation\": \"\"}}]', 1,
                 UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
             FROM pseudonyms WHERE kind = 'user' AND subject_id = UNHEX('{}')",
            whose.uuid().simple(),
        ))
        .await;
    }
}

/// Of those who are not called normal: how.
async fn levels(fixture: &Fixture) -> BTreeMap<UserId, String> {
    let told = told(fixture).await.into_iter();
    told.map(|(whose, told)| (whose, told.level)).filter(|(_, level)| level != "normal").collect()
}

/// Eight strangers pay somebody, who sends most of it to a bank at once.
fn fan(mule: UserId, minutes_ago: i64) -> Vec<Money> {
    fan_at(mule, OffsetDateTime::now_utc() - Duration::minutes(minutes_ago))
}

fn fan_at(mule: UserId, at: OffsetDateTime) -> Vec<Money> {
    let came = (0..8)
        .map(|_| Money::at("peer-payment", [UserId::new(), mule].map(Side::Person), 30_000, at));
    let sides = [Side::Person(mule), Side::Bank];
    let gone = Money::at("withdrawal", sides, 230_000, at + Duration::minutes(4));
    came.chain([gone]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_thousand_payments_those_of_mules_are_found_and_hardly_any_others() {
    let seed = fastrand::u64(..);
    let town = Town::new(seed, 90, 5);
    assert!(town.money.len() >= 2_000, "{}", town.money.len());
    let fixture = Fixture::new().await;
    deliver(&fixture, &town.money).await;
    fixture.assess().await;
    let levels = levels(&fixture).await;
    let right = levels.iter().filter(|(whose, level)| town.planted.get(whose) == Some(&&***level));
    let right = u32::try_from(right.count()).unwrap();
    let share = |whole: usize| f64::from(right) / f64::from(u32::try_from(whole).unwrap());
    let (precision, recall) = (share(levels.len()), share(town.planted.len()));
    eprintln!(
        "seed {seed}: {} payments, {} planted, precision {precision:.3}, recall {recall:.3}",
        town.money.len(),
        town.planted.len(),
    );
    let wrong = told(&fixture).await.into_values();
    let wrong = wrong.filter(|told| !town.planted.contains_key(&told.account_id.parse().unwrap()));
    let wrong: Vec<_> = wrong.flat_map(|told| told.reasons).map(|why| why.explanation).collect();
    assert!(precision >= 0.95 && recall >= 0.95, "seed {seed}: {precision} {recall}, {wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_and_another_order_leave_the_same_levels() {
    let seed = fastrand::u64(..);
    let town = Town::new(seed, 15, 1);
    let in_order = Fixture::new().await;
    deliver(&in_order, &town.money).await;
    in_order.assess().await;
    let expected = levels(&in_order).await;
    assert!(expected.len() >= town.planted.len(), "seed {seed}: {expected:?}");

    let mut money = town.money.clone();
    money.extend_from_within(..money.len() / 2);
    fastrand::Rng::with_seed(seed).shuffle(&mut money);
    let shuffled = Fixture::new().await;
    for part in money.chunks(BATCH) {
        deliver(&shuffled, part).await;
        shuffled.assess().await;
    }
    assert_eq!(levels(&shuffled).await, expected, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_once_with_words_that_name_nobody() {
    let fixture = Fixture::new().await;
    let mule = UserId::new();
    let money = fan(mule, 10);
    deliver(&fixture, &money[..8]).await;
    fixture.assess().await;
    assert_eq!(told(&fixture).await, BTreeMap::new());
    deliver(&fixture, &money[8..]).await;
    fixture.assess().await;
    deliver(&fixture, &money).await;
    fixture.assess().await;
    let told: Vec<AccountRiskChangedV1> = fixture.database.told().await;
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&*told.account_id, &*told.level), (&*mule.to_string(), "high"));
    let words = "received HK$2,400.00 from 8 strangers in 2 h, 95 % left within 4 min";
    assert_eq!((told.reasons.len(), &*told.reasons[0].explanation), (1, words));

    let account = fixture.account_of(mule).await;
    let seen = fixture.see(&format!("/api/v1/graph/accounts/{account}/risk")).await;
    assert_eq!((&seen["risk"], &seen["version"]), (&"high".into(), &told.version.into()), "{seen}");
    assert_eq!(
        (&seen["reasons"][0]["code"], &seen["is_complete"]),
        (&"fan-in".into(), &true.into())
    );
    let day = &seen["windows"][1];
    assert_eq!((&day["hours"], &day["payer_count"]), (&24.into(), &8.into()), "{seen}");
    let documents = documents_of(&[account]).await;
    let windows: Vec<_> = documents.iter().filter(|one| one["id"] == "windows").collect();
    let [windows] = windows[..] else { panic!("{windows:?}") };
    for (name, value) in [
        ("hour_payers", 8),
        ("day_paid_in", 240_000),
        ("week_passed_on_percent", 95),
        ("hour_dwell_seconds", 240),
        ("hour_new_counterparties", 9),
    ] {
        assert_eq!(windows[name][0]["_value"], value, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_ends_once_what_was_seen_is_over_whether_or_not_money_moves() {
    let fixture = Fixture::new().await;
    let (mule, other) = (UserId::new(), UserId::new());
    deliver(&fixture, &fan(mule, 25 * 60)).await;
    deliver(&fixture, &fan(other, 30)).await;
    fixture.assess().await;
    assert_eq!(levels(&fixture).await.into_keys().collect::<Vec<_>>(), [other]);
    fixture.call_high(mule).await;
    fixture.execute("UPDATE account_states SET due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR").await;
    fixture.assess().await;
    assert_eq!(fixture.database.told::<AccountRiskChangedV1>().await.len(), 1, "it is not due");
    fixture.execute("UPDATE account_states SET due_at = UTC_TIMESTAMP(6)").await;
    fixture.assess().await;
    let told: Vec<AccountRiskChangedV1> = fixture.database.told().await;
    let [_, told] = &told[..] else { panic!("{told:?}") };
    assert_eq!(told.account_id, mule.to_string());
    assert!(told.version > 1);
    assert_eq!((&*told.level, told.reasons.len()), ("normal", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_who_was_forgotten_nothing_is_told() {
    let fixture = Fixture::new().await;
    let mule = UserId::new();
    let money = fan(mule, 10);
    deliver(&fixture, &money).await;
    fixture.forget(mule).await;
    fixture.assess().await;
    assert_eq!(told(&fixture).await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_forgotten_while_they_were_high_keeps_no_other_level_from_its_end() {
    let fixture = Fixture::new().await;
    let mule = UserId::new();
    deliver(&fixture, &fan(mule, 10)).await;
    fixture.assess().await;
    assert_eq!(fixture.database.count("account_states").await, 1);
    fixture.forget(mule).await;
    assert_eq!(fixture.database.count("account_states").await, 0);

    let other = UserId::new();
    deliver(&fixture, &fan(other, 25 * 60)).await;
    fixture.assess().await;
    // As many as a run takes, which were looked at while they were forgotten; and one since.
    fixture
        .execute(
            "INSERT INTO account_states (account_id, risk, reasons, version, changed_at, due_at)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
             SELECT UNHEX(LPAD(HEX(i), 32, '0')), 'high', '[]', 1, NOW(6), '2026-01-01' FROM n",
        )
        .await;
    fixture.call_high(other).await;
    fixture.assess().await;
    assert_eq!(told(&fixture).await[&other].level, "normal");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reviewer_clears_is_told_and_not_seen_again() {
    let fixture = Fixture::new().await;
    let seller = UserId::new();
    deliver(&fixture, &fan(seller, 30)).await;
    fixture.assess().await;
    let account = fixture.account_of(seller).await;
    let path = format!("/api/v1/graph/accounts/{account}/clearance");
    let clear = async |path: &str, role: StaffRole| {
        let call = Call::new("PUT", path).bearer(&fixture.staff(&[role]));
        call.send(&fixture.routes).await
    };
    clear(&path, StaffRole::Operator).await.expect_refusal(403, "role-missing");
    assert_eq!(levels(&fixture).await.len(), 1);
    // Of the reasons that were read, and no others.
    let risk = format!("/api/v1/graph/accounts/{account}/risk");
    let read = fixture.get(&fixture.staff(&[StaffRole::Reviewer]), &risk).await;
    let clear_version = async |version: &str| {
        let call = Call::new("PUT", &path).bearer(&fixture.staff(&[StaffRole::Reviewer]));
        call.header("If-Match", version).send(&fixture.routes).await
    };
    clear_version("\"1\"").await.expect_refusal(412, "version-stale");
    assert_eq!(levels(&fixture).await.len(), 1);
    clear_version(read.header("etag")).await.expect(204);
    clear(&path, StaffRole::Reviewer).await.expect(204);
    deliver(&fixture, &fan(seller, 10)).await;
    fixture.assess().await;
    let told: Vec<AccountRiskChangedV1> = fixture.database.told().await;
    let [high, normal] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&*high.level, &*normal.level), ("high", "normal"));
    assert!(normal.version > high.version);
    let seen = fixture.see(&format!("/api/v1/graph/accounts/{account}/risk")).await;
    assert!(seen["risk"] == "normal" && seen["clearance_ends_at"].is_string(), "{seen}");
    assert_eq!(fixture.database.count("looks WHERE kind = 'clearance'").await, 3);

    // After a week, and nobody's.
    fixture
        .execute("UPDATE account_states SET cleared_until = UTC_TIMESTAMP(6), due_at = NOW()")
        .await;
    fixture.assess().await;
    assert_eq!(levels(&fixture).await[&seller], "high");
    fixture.forget(seller).await;
    let nobodys = clear(&path, StaffRole::Reviewer).await;
    nobodys.expect_refusal(404, "graph-account-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_looked_at_waits_alone() {
    let fixture = Fixture::new().await;
    let (broken, mule) = (UserId::new(), UserId::new());
    deliver(&fixture, &fan(broken, 12)).await;
    fixture.call_high(broken).await;
    fixture.execute("UPDATE account_states SET risk = 'broken', due_at = '2026-01-01'").await;
    deliver(&fixture, &fan(mule, 10)).await;
    fixture.assess().await;
    assert_eq!(levels(&fixture).await.into_keys().collect::<Vec<_>>(), [mule]);
    assert_eq!(fixture.database.count("feed_places").await, 1);
    let later = "account_states WHERE risk = 'broken' AND due_at > '2026-01-01'";
    assert_eq!(fixture.database.count(later).await, 1);

    // It can be again, and what was seen of it meanwhile is told once its time has come.
    let mended = "SET risk = 'normal', due_at = '2026-01-01' WHERE risk = 'broken'";
    fixture.execute(&format!("UPDATE account_states {mended}")).await;
    fixture.assess().await;
    assert_eq!(levels(&fixture).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_postponed_and_is_normal_is_not_due_for_ever() {
    let fixture = Fixture::new().await;
    let somebody = UserId::new();
    deliver(&fixture, &fan(somebody, 25 * 60)).await;
    fixture.call_high(somebody).await;
    fixture.execute("UPDATE account_states SET risk = 'normal', reasons = '[]'").await;
    fixture.assess().await;
    assert_eq!(fixture.database.count("account_states WHERE due_at IS NOT NULL").await, 0);
    assert_eq!(told(&fixture).await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_graph_is_away_no_place_in_its_feed_is_lost() {
    let fixture = Fixture::new().await;
    let mule = UserId::new();
    deliver(&fixture, &fan(mule, 10)).await;
    let away = fixture.without_cosmos();
    assert_eq!(Fixture::look(&away).await, 503);
    assert_eq!(fixture.database.count("feed_places").await, 0);
    fixture.assess().await;
    assert_eq!(levels(&fixture).await.len(), 1);
}
