//! Of money, friendship, an application to onboarding, work in a shop whoever it concerns is told.

mod applications;
mod banks;
mod disputes;
mod friends;
mod handovers;
mod held_payments;
mod money_requests;
mod movements;
mod parcels;
mod programs;
mod schedules;
mod settlements;
mod staff;

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use events::Envelope;
use events::business_profile::{BusinessHandoverChangedV1, BusinessMemberChangedV1};
use events::onboarding::ApplicationChangedV1;
use events::payments::{
    ApiCredentialExpiringV1, DisputeChangedV1, FpsPaymentFailedV1, FpsPaymentReviewChangedV1,
    MoneyMovedV1, MoneyRequestChangedV1, PaymentAuthorisedV1, PaymentReleasedV1,
    PeerPaymentReviewChangedV1, ScheduleStoppedV1, ScheduledDateChangedV1, SettlementNotPaidV1,
    SideV1, TopUpFailedV1, WalletClosedV1, WithdrawalFailedV1,
};
use events::social::FriendshipChangedV1;
use inbox::Failure;
use service::database::Tx;
use time::OffsetDateTime;
use values::{Currency, IdError, Language, Money, NotificationId, Party, Product};

use super::note_pushes::note_pushes;
use crate::domain::{Mailbox, Notice, NotificationPreferences, NotificationType};
use crate::store::{self, NewLine, preferences};

/// Returns the mailboxes that the events are for, even if they had them already.
pub(crate) async fn deliver_notifications(
    tx: &mut Tx,
    events: &[&Envelope],
) -> Result<Vec<Mailbox>, Failure> {
    Ok(insert_notices(tx, all_notices(events)?).await?)
}

/// What the events tell whom, each with its event's id.
pub(super) fn all_notices<'a>(events: &[&'a Envelope]) -> Result<Vec<(&'a str, Notice)>, Failure> {
    let mut told = Vec::with_capacity(events.len());
    for event in events {
        told.extend(notices(event)?.into_iter().map(|notice| (&*event.id, notice)));
    }
    Ok(told)
}

/// Whom an event was told to, or who has switched its class off, is not told it (again).
pub(super) async fn insert_notices(
    tx: &mut Tx,
    mut notices: Vec<(&str, Notice)>,
) -> Result<Vec<Mailbox>, mysql_async::Error> {
    let kinds = notices.iter().map(|(_, notice)| (notice.mailbox, notice.notification_type()));
    let wishes = list_wishes(tx, kinds).await?;
    notices.retain(|(_, notice)| wishes.want(notice.mailbox, notice.notification_type()));
    insert_wanted(tx, notices).await
}

/// The same of what their readers want, as `list_wishes` says.
pub(super) async fn insert_wanted(
    tx: &mut Tx,
    mut notices: Vec<(&str, Notice)>,
) -> Result<Vec<Mailbox>, mysql_async::Error> {
    let mailboxes = notices.iter().map(|(_, notice)| notice.mailbox).collect();
    if notices.is_empty() {
        return Ok(mailboxes);
    }
    let event_ids = notices.iter().map(|(event_id, _)| *event_id).collect();
    let told = store::list_told(tx, &event_ids).await?;
    notices
        .retain(|(event_id, notice)| !told.contains_key(&((*event_id).to_owned(), notice.mailbox)));
    if notices.is_empty() {
        return Ok(mailboxes);
    }
    let readers = notices.iter().map(|(_, notice)| notice.mailbox.user_id).collect();
    let languages = store::list_languages(tx, &readers).await?;
    let mut counts: BTreeMap<Mailbox, u64> = BTreeMap::new();
    for (_, notice) in &notices {
        let count = counts.entry(notice.mailbox).or_default();
        *count = count.saturating_add(1);
    }
    let mut numbers = store::extend_mailboxes(tx, &counts).await?;
    // From the last notice to the first, as the mailboxes tell their last numbers.
    let lines = notices.iter().rev().map(|(event_id, notice)| {
        let number = numbers.get_mut(&notice.mailbox)?;
        let last = *number;
        *number = last.saturating_sub(1);
        // Who has not chosen a language reads English.
        let language = languages.get(&notice.mailbox.user_id).copied();
        let text = notice.message.for_reader(language.unwrap_or(Language::English));
        let id = NotificationId::new();
        Some(NewLine { id, number: last, event_id, notice, text })
    });
    let lines: Vec<NewLine<'_>> = lines.collect::<Option<_>>().ok_or_else(|| {
        mysql_async::Error::Other("a mailbox that was extended is not there".into())
    })?;
    store::insert_notifications(tx, &lines).await?;
    note_pushes(tx, &lines, OffsetDateTime::now_utc()).await?;
    Ok(mailboxes)
}

/// What readers have switched off.
pub(super) struct Wishes(HashMap<Mailbox, NotificationPreferences>);

impl Wishes {
    pub(super) fn want(&self, mailbox: Mailbox, kind: NotificationType) -> bool {
        self.0.get(&mailbox).is_none_or(|chosen| chosen.want(kind))
    }
}

/// Of who is to be told what; nobody is asked of what has to be told.
pub(super) async fn list_wishes(
    tx: &mut Tx,
    told: impl Iterator<Item = (Mailbox, NotificationType)>,
) -> Result<Wishes, mysql_async::Error> {
    let optional = told.filter(|(_, kind)| kind.is_optional());
    let readers = optional.map(|(mailbox, _)| mailbox.user_id).collect();
    Ok(Wishes(preferences::list_preferences(tx, &readers).await?))
}

/// Nothing if it is of another kind, or the money moved in a way, that is not told of here.
fn notices(event: &Envelope) -> Result<Vec<Notice>, Failure> {
    if let Some(failed) = inbox::decode::<TopUpFailedV1>(event)? {
        return banks::of_failed_top_up(&failed);
    }
    if let Some(failed) = inbox::decode::<WithdrawalFailedV1>(event)? {
        return banks::of_failed_withdrawal(&failed);
    }
    if let Some(failed) = inbox::decode::<FpsPaymentFailedV1>(event)? {
        return banks::of_failed_fps_payment(failed);
    }
    if let Some(not_paid) = inbox::decode::<SettlementNotPaidV1>(event)? {
        return settlements::of_not_paid(not_paid);
    }
    if let Some(closed) = inbox::decode::<WalletClosedV1>(event)? {
        return banks::of_closed_wallet(&closed);
    }
    if let Some(authorised) = inbox::decode::<PaymentAuthorisedV1>(event)? {
        return held_payments::of_authorised_payment(authorised);
    }
    if let Some(released) = inbox::decode::<PaymentReleasedV1>(event)? {
        return held_payments::of_released_payment(released);
    }
    if let Some(changed) = inbox::decode::<PeerPaymentReviewChangedV1>(event)? {
        return held_payments::of_reviewed_payment(changed);
    }
    if let Some(changed) = inbox::decode::<FpsPaymentReviewChangedV1>(event)? {
        return held_payments::of_reviewed_fps_payment(changed);
    }
    if let Some(changed) = inbox::decode::<DisputeChangedV1>(event)? {
        return disputes::of_dispute(&changed);
    }
    if let Some(expiring) = inbox::decode::<ApiCredentialExpiringV1>(event)? {
        return programs::of_credential(expiring);
    }
    if let Some(changed) = inbox::decode::<MoneyRequestChangedV1>(event)? {
        return money_requests::of_money_request(changed);
    }
    if let Some(changed) = inbox::decode::<ScheduledDateChangedV1>(event)? {
        return schedules::of_date(&changed);
    }
    if let Some(stopped) = inbox::decode::<ScheduleStoppedV1>(event)? {
        return schedules::of_stopped(&stopped);
    }
    if let Some(changed) = inbox::decode::<ApplicationChangedV1>(event)? {
        return applications::of_application(changed);
    }
    if let Some(changed) = inbox::decode::<FriendshipChangedV1>(event)? {
        return friends::of_friendship(changed);
    }
    if let Some(changed) = inbox::decode::<BusinessMemberChangedV1>(event)? {
        return staff::of_member(changed);
    }
    if let Some(changed) = inbox::decode::<BusinessHandoverChangedV1>(event)? {
        return handovers::of_handover(changed);
    }
    let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? else { return Ok(Vec::new()) };
    movements::of_movement(moved)
}

fn mailbox(side: &SideV1, product: Product) -> Result<Mailbox, Failure> {
    Ok(Mailbox { user_id: parse(given(&side.told_user_id)?)?, product })
}

fn person(side: &SideV1) -> Result<Party, Failure> {
    Ok(Party::user(parse(given(&side.id)?)?, side.name.clone()))
}

fn business(side: &SideV1) -> Result<Party, Failure> {
    Ok(Party::Business { id: parse(given(&side.id)?)?, name: side.name.clone() })
}

fn given(id: &Option<String>) -> Result<&str, Failure> {
    id.as_deref().ok_or_else(|| Failure::poison("money of this kind has ids"))
}

fn parse<T: FromStr<Err = IdError>>(id: &str) -> Result<T, Failure> {
    id.parse().map_err(Failure::poison)
}

pub(super) fn money(minor_units: i64, currency: &str) -> Result<Money, Failure> {
    if currency != Currency::HKD.code() {
        return Err(Failure::poison("the currency is unknown"));
    }
    Money::hkd(minor_units).map_err(Failure::poison)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::future::try_join_all;
    use mysql_async::prelude::Queryable;
    use testkit::FreshDatabase;
    use tokio::sync::Barrier;
    use uuid::Uuid;
    use values::UserId;

    use super::*;
    use crate::domain::{BankMessage, Facts, Message};

    const ROUNDS: usize = 100;

    fn top_up(mailbox: Mailbox) -> Notice {
        let message =
            Message::Bank(BankMessage::TopUpCompleted { amount: Money::hkd(100).unwrap() });
        Notice { mailbox, message, facts: Facts::default() }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_deliveries_to_the_same_mailboxes_in_opposite_order_never_deadlock() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let both = [UserId::new(), UserId::new()]
            .map(|user_id| Mailbox { user_id, product: Product::Consumer });
        let start = Arc::new(Barrier::new(2));
        let deliveries = [both, [both[1], both[0]]].map(|mailboxes| {
            let (database, start) = (fresh.database.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                for _ in 0..ROUNDS {
                    let mut tx = database.begin().await.unwrap();
                    let event_id = Uuid::new_v4().to_string();
                    start.wait().await;
                    let notices = mailboxes.map(|mailbox| (&*event_id, top_up(mailbox)));
                    insert_notices(&mut tx, notices.into()).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        });
        // The first failure ends the test: the other task would wait for its partner for ever.
        try_join_all(deliveries).await.unwrap();
        assert_eq!(fresh.count("notifications").await, 400);
    }

    #[tokio::test]
    async fn more_people_than_one_statement_takes_are_each_told_once_in_their_language() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let people: Vec<UserId> = (0..1_201).map(|_| UserId::new()).collect();
        let mut tx = fresh.database.begin().await.unwrap();
        store::save_language(&mut tx, people[0], Language::TraditionalChinese, 1).await.unwrap();
        store::save_language(&mut tx, people[1], Language::TraditionalChinese, 1).await.unwrap();
        // As a later version has stored it before this one came back.
        let later = "UPDATE languages SET language = 'ja' WHERE user_id = ?";
        tx.exec_drop(later, (people[1].uuid(),)).await.unwrap();
        let event_id = Uuid::new_v4().to_string();
        let mailbox = |user_id: &UserId| Mailbox { user_id: *user_id, product: Product::Consumer };
        for _ in 0..2 {
            let notices = people.iter().map(|one| (&*event_id, top_up(mailbox(one)))).collect();
            assert_eq!(insert_notices(&mut tx, notices).await.unwrap().len(), people.len());
        }
        tx.commit().await.unwrap();
        assert_eq!(fresh.count("notifications").await, 1_201);
        let mut conn = fresh.database.conn().await.unwrap();
        for (person, language) in [(0, "zh-Hant"), (1, "en"), (1_200, "en")] {
            let lines =
                store::list_before(&mut conn, mailbox(&people[person]), 9, 9).await.unwrap();
            let [line] = &lines[..] else { panic!("{} lines", lines.len()) };
            assert_eq!((line.number, &*line.notification.language), (1, language));
        }
        let unread = "SELECT COUNT(*) FROM mailboxes WHERE unread = 1 AND last_number = 1";
        assert_eq!(conn.query_first(unread).await.unwrap(), Some(1_201_u64));
    }
}
