//! Of what goes on, a conversation or what is said of a payment, a person has one notification,
//! which a newer one replaces, and which is unread then. A stream shows each as it comes.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::Error;
use service::database::Tx;
use uuid::Uuid;
use values::{Product, UserId};

use super::deliver_notifications::{insert_wanted, list_wishes};
use crate::domain::{Facts, Mailbox, Message, Notice};
use crate::store;
use crate::store::old_notifications::{self, Old};
use crate::store::standing_notices::{self, Place, Told};

/// What one event says to one person.
pub(super) struct News<'a> {
    pub(super) version: u32,
    /// What there is to tell, if it is newer than what they know; none if they have read up to it.
    pub(super) telling: Option<Telling<'a>>,
}

/// What somebody is told, and by which event.
pub(super) struct Telling<'a> {
    pub(super) event_id: &'a str,
    pub(super) message: Message,
    pub(super) facts: Facts,
}

/// What becomes of somebody's notification.
struct Outcome<'a> {
    before: Told,
    /// The newest that they know, told or read.
    version: u32,
    /// What tells of it, if they have not read it.
    telling: Option<Telling<'a>>,
    /// Whether they have read what they were told before.
    is_read: bool,
}

/// Tells the news, and `others`, which replace nothing. Returns the mailboxes that have something
/// new. Rows are locked in the order of their keys, first what people were told and then their
/// mailboxes, so that no two batches wait for each other.
pub(super) async fn replace_notices<'a>(
    tx: &mut Tx,
    news: Vec<(Place, News<'a>)>,
    mut others: Vec<(&'a str, Notice)>,
) -> Result<Vec<Mailbox>, Error> {
    let places: BTreeSet<Place> = news.iter().map(|(place, _)| *place).collect();
    let told = standing_notices::lock_told(tx, &places).await?;
    let mut outcomes: BTreeMap<Place, Outcome<'a>> = BTreeMap::new();
    for (place, before) in told {
        let version = before.version;
        let outcome = Outcome { before, version, telling: None, is_read: false };
        outcomes.insert(place, outcome);
    }
    for (place, news) in news {
        if let Some(outcome) = outcomes.get_mut(&place) {
            outcome.hear(news);
        }
    }
    outcomes.retain(|_, outcome| outcome.changes_something());
    leave_unwanted(tx, &mut outcomes, &mut others).await?;
    // In one order, whoever has something new and whoever has something read.
    let changed = outcomes.iter().filter(|(_, outcome)| outcome.changes_something());
    let mut touched: BTreeMap<Mailbox, u64> =
        changed.map(|(place, _)| (mailbox(place.user_id), 0)).collect();
    touched.extend(others.iter().map(|(_, notice)| (notice.mailbox, 0)));
    store::extend_mailboxes(tx, &touched).await?;
    take_away(tx, &outcomes).await?;
    tell(tx, outcomes, others).await
}

/// What a reader has switched off is not told: it is noted, and what they were told before stands.
async fn leave_unwanted(
    tx: &mut Tx,
    outcomes: &mut BTreeMap<Place, Outcome<'_>>,
    others: &mut Vec<(&str, Notice)>,
) -> Result<(), Error> {
    let kind_of = |outcome: &Outcome<'_>| {
        outcome.telling.as_ref().map(|telling| telling.message.notification_type())
    };
    let standing = outcomes
        .iter()
        .filter_map(|(place, outcome)| kind_of(outcome).map(|kind| (mailbox(place.user_id), kind)));
    let other = others.iter().map(|(_, notice)| (notice.mailbox, notice.notification_type()));
    let wishes = list_wishes(tx, standing.chain(other)).await?;
    for (place, outcome) in outcomes {
        let kind = kind_of(outcome);
        if kind.is_some_and(|kind| !wishes.want(mailbox(place.user_id), kind)) {
            outcome.telling = None;
        }
    }
    others.retain(|(_, notice)| wishes.want(notice.mailbox, notice.notification_type()));
    Ok(())
}

/// What something newer replaces goes, and what its reader has read is read.
async fn take_away(tx: &mut Tx, outcomes: &BTreeMap<Place, Outcome<'_>>) -> Result<(), Error> {
    let numbered = |is_told: bool| -> Vec<(Mailbox, u64)> {
        let changed = outcomes.iter().filter(|(_, outcome)| outcome.changes_something());
        let stands = changed.filter(|(_, outcome)| outcome.telling.is_some() == is_told);
        let number = |(place, outcome): (&Place, &Outcome<'_>)| {
            let number = outcome.before.notification_number;
            (number > 0).then(|| (mailbox(place.user_id), number))
        };
        stands.filter_map(number).collect()
    };
    let mut replaced = old_notifications::list_numbered(tx, &numbered(true)).await?;
    let read = old_notifications::list_numbered(tx, &numbered(false)).await?;
    let ids = |of: &[Old]| of.iter().map(|old| old.id).collect::<BTreeSet<Uuid>>();
    old_notifications::delete_these(tx, &ids(&replaced)).await?;
    old_notifications::mark_these_read(tx, &ids(&read)).await?;
    replaced.extend(read);
    old_notifications::reduce_unread(tx, &replaced).await
}

/// Tells them, and notes what each was told.
async fn tell<'a>(
    tx: &mut Tx,
    outcomes: BTreeMap<Place, Outcome<'a>>,
    mut notices: Vec<(&'a str, Notice)>,
) -> Result<Vec<Mailbox>, Error> {
    let mut noted = Vec::with_capacity(outcomes.len());
    for (place, outcome) in outcomes {
        let Outcome { before, version, telling, .. } = outcome;
        noted.push((place, before, version, telling.as_ref().map(|telling| telling.event_id)));
        if let Some(Telling { event_id, message, facts }) = telling {
            notices.push((event_id, Notice { mailbox: mailbox(place.user_id), message, facts }));
        }
    }
    let mailboxes = insert_wanted(tx, notices).await?;
    let event_ids = noted.iter().filter_map(|(_, _, _, event_id)| *event_id).collect();
    let numbers = store::list_told(tx, &event_ids).await?;
    let told = noted.into_iter().map(|(place, before, version, event_id)| {
        let number_of = |event_id: &str| {
            numbers.get(&(event_id.to_owned(), mailbox(place.user_id))).copied().unwrap_or_default()
        };
        let notification_number = event_id.map_or(before.notification_number, number_of);
        (place, Told { version, notification_number })
    });
    let told: Vec<(Place, Told)> = told.collect();
    standing_notices::update_told(tx, &told).await?;
    Ok(mailboxes)
}

impl<'a> Outcome<'a> {
    /// Takes one more thing in.
    fn hear(&mut self, news: News<'a>) {
        match news {
            News { version, telling: Some(telling) } if version > self.version => {
                (self.version, self.telling) = (version, Some(telling));
            }
            // Whoever reads what was said knows it; what is told later of it is late.
            News { version, telling: None } if version >= self.version => {
                (self.version, self.telling, self.is_read) = (version, None, true);
            }
            News { .. } => {}
        }
    }

    fn changes_something(&self) -> bool {
        self.is_read || self.telling.is_some()
    }
}

/// People talk in the consumers' app.
const fn mailbox(user_id: UserId) -> Mailbox {
    Mailbox { user_id, product: Product::Consumer }
}
