//! Payments and requests on dates that come.

use events::payments::{ScheduleStoppedV1, ScheduledDateChangedV1};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime, UtcOffset};
use values::{AccountId, ConfirmableKind, Fee, Money, OperationTerms, Product, UserId};

use crate::peer_payments::name;
use crate::withdrawals::signature;
use crate::{Fixture, Person, new_key};

pub(crate) const SCHEDULES: &str = "/api/v1/schedules";
pub(crate) const RENT: i64 = 12_000;

/// The day after today in Hong Kong.
pub(crate) fn tomorrow() -> Date {
    let hong_kong = UtcOffset::from_hms(8, 0, 0).unwrap();
    OffsetDateTime::now_utc().to_offset(hong_kong).date().next_day().unwrap()
}

pub(crate) fn compact(day: Date) -> String {
    day.to_string().replace('-', "")
}

/// What a payer confirms of dates from tomorrow on.
pub(crate) fn terms(
    payer: &Person,
    payee: UserId,
    cents: i64,
    rule: &str,
    key: &str,
) -> OperationTerms {
    let (frequency, end) = rule.split_once('/').unwrap_or((rule, ""));
    OperationTerms {
        kind: ConfirmableKind::Schedule,
        payer: payer.user_id,
        payee: AccountId::User(payee),
        amount: Money::hkd(cents).unwrap(),
        fee: Fee::NONE,
        payment_request_id: None,
        reference: Some(format!("{frequency}-{}{end}", compact(tomorrow())).try_into().unwrap()),
        idempotency_key: key.parse().unwrap(),
    }
}

/// A schedule of payments from tomorrow on with this proof.
pub(crate) fn payments(payee: UserId, cents: i64, frequency: &str, confirmation: &Value) -> Value {
    json!({
        "type": "payment",
        "payee_id": payee,
        "amount": {"amount": cents, "currency": "HKD"},
        "note": "房租",
        "recurrence": {"frequency": frequency, "starts_on": tomorrow().to_string()},
        "confirmation": confirmation,
    })
}

/// The same, which the payer's phone signs now.
pub(crate) fn signed(
    payer: &Person,
    payee: UserId,
    cents: i64,
    frequency: &str,
    key: &str,
) -> Value {
    let confirmation = signature(payer, terms(payer, payee, cents, frequency, key));
    payments(payee, cents, frequency, &confirmation)
}

/// A schedule of requests from tomorrow on.
pub(crate) fn requests(payer: UserId, cents: i64, frequency: &str) -> Value {
    json!({
        "type": "request",
        "payer_id": payer,
        "amount": {"amount": cents, "currency": "HKD"},
        "recurrence": {"frequency": frequency, "starts_on": tomorrow().to_string()},
    })
}

pub(crate) fn path_of(schedule: &Value) -> String {
    format!("{SCHEDULES}/{}", schedule["schedule_id"].as_str().unwrap())
}

impl Fixture {
    pub(crate) async fn scheduled(
        &self,
        payer: &Person,
        payee: &Person,
        cents: i64,
        frequency: &str,
    ) -> Value {
        let key = new_key();
        let body = signed(payer, payee.user_id, cents, frequency, &key);
        let (status, schedule) = self.post(payer, SCHEDULES, &key, &body).await;
        assert_eq!((status, &schedule["status"]), (201, &json!("active")), "{schedule}");
        schedule
    }

    /// As if all schedules had been made so many days before, and nothing been done since.
    pub(crate) async fn days_go_by(&self, days: u32) {
        self.execute(&format!(
            "UPDATE schedules SET starts_on = starts_on - INTERVAL {days} DAY,
                 act_at = act_at - INTERVAL {days} DAY"
        ))
        .await;
    }

    pub(crate) async fn run_schedules(&self) {
        self.deliver("payments_do_what_is_due", &[]).await;
    }

    /// Number, status and reason of what became of dates, the last first.
    pub(crate) async fn occurrences(&self, owner: &Person, schedule: &Value) -> Vec<Value> {
        let path = format!("{}/occurrences", path_of(schedule));
        let (status, page) = self.get(owner, &path).await;
        assert_eq!(status, 200, "{page}");
        let item = |item: &Value| json!([item["number"], item["status"], item["reason"]]);
        page["items"].as_array().unwrap().iter().map(item).collect()
    }

    /// What was told of dates, in order.
    async fn told_of_dates(&self) -> Vec<(String, Option<String>)> {
        let told: Vec<ScheduledDateChangedV1> = self.database.told().await;
        told.into_iter().map(|told| (told.status, told.reason)).collect()
    }

    async fn act(&self, owner: &Person, schedule: &Value, verb: &str) -> (u16, Value) {
        self.post(owner, &format!("{}/{verb}", path_of(schedule)), "-", &json!({})).await
    }
}

fn told(status: &str, reason: Option<&str>) -> (String, Option<String>) {
    (status.to_owned(), reason.map(str::to_owned))
}

/// Two people, the first with HK$500.00.
pub(crate) async fn two_people(fixture: &Fixture) -> (Person, Person) {
    (fixture.consumer_with(50_000).await, fixture.person(Product::Consumer).await)
}

#[tokio::test]
async fn a_rent_is_paid_once_on_its_date_and_both_find_it_in_their_history() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    name(&fixture, &payee, "Lee Siu Ming").await;
    let key = new_key();
    let body = signed(&payer, payee.user_id, RENT, "monthly", &key);
    let first = fixture.post_text(&payer, SCHEDULES, &key, &body).await;
    assert_eq!(first, fixture.post_text(&payer, SCHEDULES, &key, &body).await);
    let schedule: Value = serde_json::from_str(&first.1).unwrap();
    assert_eq!(schedule["counterparty"]["name"], "L*** S*** M***");
    assert_eq!(schedule["next_date"]["on"], tomorrow().to_string());
    fixture.run_schedules().await;
    assert_eq!(fixture.occurrences(&payer, &schedule).await.len(), 0);
    assert_eq!(fixture.balance(&payer).await, 50_000);

    // Its date was yesterday, and nobody has looked since.
    fixture.days_go_by(2).await;
    for _ in 0..3 {
        fixture.run_schedules().await;
    }
    let balances = (fixture.balance(&payer).await, fixture.balance(&payee).await);
    assert_eq!(balances, (50_000 - RENT, RENT));
    assert_eq!(fixture.occurrences(&payer, &schedule).await, [json!([1, "paid", null])]);
    let (_, now) = fixture.get(&payer, &path_of(&schedule)).await;
    assert_eq!((&now["next_date"]["number"], &now["version"]), (&json!(2), &json!(1)));
    let path = format!("{}/occurrences", path_of(&schedule));
    let (_, page) = fixture.get(&payer, &path).await;
    for person in [&payer, &payee] {
        let (_, movements) = fixture.get(person, "/api/v1/wallets/me/movements").await;
        let newest = &movements["items"][0];
        assert_eq!(newest["subject"]["id"], page["items"][0]["peer_payment_id"]);
    }
    let payment =
        format!("/api/v1/peer-payments/{}", page["items"][0]["peer_payment_id"].as_str().unwrap());
    assert_eq!(fixture.get(&payee, &payment).await.1["note"], "房租");
    assert_eq!(fixture.told_of_dates().await, []);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_request_is_made_on_its_date_and_confirmed_by_nobody() {
    let fixture = Fixture::new().await;
    let (payer, owner) = two_people(&fixture).await;
    let body = requests(payer.user_id, 700, "once");
    let (status, schedule) = fixture.post(&owner, SCHEDULES, &new_key(), &body).await;
    assert_eq!((status, &schedule["type"]), (201, &json!("request")), "{schedule}");
    fixture.days_go_by(2).await;
    fixture.run_schedules().await;
    fixture.run_schedules().await;
    let open = "/api/v1/money-requests?direction=incoming&status=open";
    let (_, page) = fixture.get(&payer, open).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["amount"]["amount"], 700);
    assert_eq!(fixture.occurrences(&owner, &schedule).await, [json!([1, "asked", null])]);
    let (_, ended) = fixture.get(&owner, &path_of(&schedule)).await;
    assert_eq!((&ended["status"], &ended["next_date"]), (&json!("ended"), &json!(null)));
    assert_eq!(fixture.database.told::<ScheduleStoppedV1>().await, []);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn its_owner_is_told_a_day_ahead_once() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    fixture.scheduled(&payer, &payee, RENT, "weekly").await;
    // Both are ahead, and only the second is told.
    fixture.execute("UPDATE schedules SET act_at = UTC_TIMESTAMP(6)").await;
    fixture.run_schedules().await;
    fixture.run_schedules().await;
    let upcoming: Vec<ScheduledDateChangedV1> = fixture.database.told().await;
    assert_eq!(upcoming.len(), 1);
    assert_eq!((&*upcoming[0].status, &*upcoming[0].on), ("upcoming", &*tomorrow().to_string()));
    assert_eq!(upcoming[0].owner_id, payer.user_id.to_string());
    assert_eq!(fixture.balance(&payer).await, 50_000);
}

#[tokio::test]
async fn what_cannot_be_paid_is_told_and_paid_once_there_is_money_or_skipped_when_the_day_ends() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let schedule = fixture.scheduled(&payer, &payee, 50_001, "weekly").await;
    fixture.days_go_by(2).await;
    fixture.run_schedules().await;
    fixture.execute("UPDATE schedules SET act_at = UTC_TIMESTAMP(6)").await;
    fixture.run_schedules().await;
    let delayed = told("delayed", Some("insufficient-funds"));
    assert_eq!(fixture.told_of_dates().await, std::slice::from_ref(&delayed));
    let (_, now) = fixture.get(&payer, &path_of(&schedule)).await;
    assert_eq!(now["next_date"]["delay_reason"], "insufficient-funds");
    fixture.top_up(&payer, 1).await;
    fixture.run_schedules().await;
    assert_eq!(fixture.balance(&payer).await, 50_001, "an hour lies between two tries");
    fixture.execute("UPDATE schedules SET act_at = UTC_TIMESTAMP(6)").await;
    fixture.run_schedules().await;
    assert_eq!(fixture.balance(&payee).await, 50_001);

    // A week later there is no money, and the day ends.
    fixture.days_go_by(7).await;
    fixture.run_schedules().await;
    let over = "UPDATE schedules SET act_at = UTC_TIMESTAMP(6), delayed_until = act_at";
    fixture.execute(over).await;
    fixture.run_schedules().await;
    let skipped = told("skipped", Some("insufficient-funds"));
    assert_eq!(fixture.told_of_dates().await, [delayed.clone(), delayed, skipped]);
    let expected = [json!([2, "skipped", "insufficient-funds"]), json!([1, "paid", null])];
    assert_eq!(fixture.occurrences(&payer, &schedule).await, expected);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn whose_payee_cannot_be_paid_three_times_in_a_row_is_paused_and_told() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let schedule = fixture.scheduled(&payer, &payee, RENT, "weekly").await;
    fixture.freeze(&payee.user_id.to_string()).await;
    fixture.days_go_by(2).await;
    for _ in 0..3 {
        fixture.run_schedules().await;
        let over = "UPDATE schedules SET act_at = UTC_TIMESTAMP(6), delayed_until = act_at";
        fixture.execute(over).await;
        fixture.run_schedules().await;
        fixture.days_go_by(7).await;
    }
    let stopped: Vec<ScheduleStoppedV1> = fixture.database.told().await;
    assert_eq!((stopped.len(), &*stopped[0].status), (1, "paused"));
    fixture.run_schedules().await;
    assert_eq!(fixture.occurrences(&payer, &schedule).await.len(), 3);
    let (status, resumed) = fixture.act(&payer, &schedule, "resume").await;
    assert_eq!((status, &resumed["status"]), (200, &json!("active")));
    assert_eq!((fixture.balance(&payer).await, fixture.balance(&payee).await), (50_000, 0));
}

#[tokio::test]
async fn of_the_dates_that_came_while_the_service_was_away_only_the_last_is_paid() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let schedule = fixture.scheduled(&payer, &payee, RENT, "weekly").await;
    // Yesterday, eight days ago, and fifteen.
    fixture.days_go_by(16).await;
    for _ in 0..5 {
        fixture.run_schedules().await;
    }
    let missed = |number: u32| json!([number, "skipped", "missed"]);
    let expected = [json!([3, "paid", null]), missed(2), missed(1)];
    assert_eq!(fixture.occurrences(&payer, &schedule).await, expected);
    assert_eq!(fixture.balance(&payee).await, RENT);
    let skipped = told("skipped", Some("missed"));
    assert_eq!(fixture.told_of_dates().await, [skipped.clone(), skipped]);
    let (_, now) = fixture.get(&payer, &path_of(&schedule)).await;
    assert_eq!(now["status"], "active");
}

#[tokio::test]
async fn it_ends_after_its_last_date_and_its_owner_is_told() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let key = new_key();
    let confirmation = signature(&payer, terms(&payer, payee.user_id, RENT, "weekly/-x2", &key));
    let mut body = payments(payee.user_id, RENT, "weekly", &confirmation);
    body["recurrence"]["count"] = 2.into();
    let (status, schedule) = fixture.post(&payer, SCHEDULES, &key, &body).await;
    assert_eq!((status, &schedule["recurrence"]["count"]), (201, &json!(2)), "{schedule}");
    for days in [2, 7, 7] {
        fixture.days_go_by(days).await;
        fixture.run_schedules().await;
    }
    assert_eq!(fixture.balance(&payee).await, 2 * RENT);
    let stopped: Vec<ScheduleStoppedV1> = fixture.database.told().await;
    assert_eq!((stopped.len(), &*stopped[0].status), (1, "ended"));
    let (_, page) = fixture.get(&payer, SCHEDULES).await;
    assert_eq!(page["items"][0]["status"], "ended");
}

#[tokio::test]
async fn its_owner_pauses_resumes_and_ends_it_and_is_told_nothing_of_that() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let schedule = fixture.scheduled(&payer, &payee, RENT, "weekly").await;
    for (verb, status, version) in [
        ("resume", "active", 1),
        ("pause", "paused", 2),
        ("pause", "paused", 2),
        ("resume", "active", 3),
        ("pause", "paused", 4),
    ] {
        let (came, now) = fixture.act(&payer, &schedule, verb).await;
        let expected = (200, &json!(status), &json!(version));
        assert_eq!((came, &now["status"], &now["version"]), expected, "{verb}");
    }
    fixture.days_go_by(16).await;
    fixture.run_schedules().await;
    assert_eq!(fixture.occurrences(&payer, &schedule).await.len(), 0);
    let (_, now) = fixture.act(&payer, &schedule, "resume").await;
    // The three dates that went by are not kept.
    assert_eq!(now["next_date"]["number"], 4);
    fixture.run_schedules().await;
    for _ in 0..2 {
        let (status, now) = fixture.act(&payer, &schedule, "end").await;
        assert_eq!((status, &now["status"], &now["version"]), (200, &json!("ended"), &json!(6)));
    }
    let (status, problem) = fixture.act(&payer, &schedule, "pause").await;
    assert_eq!((status, &problem["code"]), (409, &json!("schedule-ended")));
    fixture.days_go_by(30).await;
    fixture.run_schedules().await;
    assert_eq!((fixture.balance(&payer).await, fixture.told_of_dates().await), (50_000, vec![]));
    assert_eq!(fixture.database.told::<ScheduleStoppedV1>().await, []);
}
