//! Others want to be friends, or react to payments and comment on them: whom it concerns is told.
//! Of what is said of a payment each has one notification that counts, for each way of saying it.

use events::Envelope;
use events::social::PeerPaymentRemarkedV1;
use inbox::Failure;
use service::database::Tx;
use values::{Party, PeerPaymentId, UserId};

use super::deliver_notifications::all_notices;
use super::replace_notices::{News, Telling, replace_notices};
use crate::domain::{Facts, Mailbox, Message, RemarkKind, RemarkNews};
use crate::store::standing_notices::{Place, Topic};

/// Returns the mailboxes that have something new.
pub(crate) async fn tell_of_friends(
    tx: &mut Tx,
    events: &[&Envelope],
) -> Result<Vec<Mailbox>, Failure> {
    let mut news = Vec::new();
    for event in events {
        news.extend(news_of(event)?);
    }
    Ok(replace_notices(tx, news, all_notices(events)?).await?)
}

/// For each person that the event is for. A remark of a kind that is not known here is not told.
fn news_of(event: &Envelope) -> Result<Vec<(Place, News<'_>)>, Failure> {
    let Some(remarked) = inbox::decode::<PeerPaymentRemarkedV1>(event)? else {
        return Ok(Vec::new());
    };
    let (kind, topic) = match &*remarked.remark {
        "reaction" => (RemarkKind::Reaction, Topic::Reactions),
        "comment" => (RemarkKind::Comment, Topic::Comments),
        _ => return Ok(Vec::new()),
    };
    let id: PeerPaymentId = remarked.peer_payment_id.parse().map_err(Failure::poison)?;
    let version = remarked.version;
    let mut news = Vec::with_capacity(remarked.told.len());
    for told in remarked.told {
        let user_id: UserId = told.user_id.parse().map_err(Failure::poison)?;
        let by_id = told.by_id.map(|id| id.parse().map_err(Failure::poison)).transpose()?;
        let facts = Facts {
            counterparty: by_id.map(|id| Party::user(id, told.by_name.clone())),
            peer_payment_id: Some(id),
            ..Facts::default()
        };
        let message = Message::Remark(RemarkNews {
            kind,
            is_own_payment: told.is_own_payment,
            by_name: told.by_name,
            others: told.others,
        });
        let place = Place { user_id, subject: id.uuid(), topic };
        let telling = Some(Telling { event_id: &event.id, message, facts });
        news.push((place, News { version, telling }));
    }
    Ok(news)
}
