//! Requests for money between people: each change is told to whom it is news.

use events::payments::{MoneyRequestChangedV1, PersonV1};
use inbox::Failure;
use values::{Party, Product};

use super::{money, parse};
use crate::domain::{Facts, Mailbox, Message, MoneyRequestChange, MoneyRequestNews, Notice};

/// Nothing of a request that was paid: the money that moved tells both.
pub(super) fn of_money_request(changed: MoneyRequestChangedV1) -> Result<Vec<Notice>, Failure> {
    let change = match (&*changed.status, changed.reminders) {
        ("open", 0) => MoneyRequestChange::Asked,
        ("open", _) => MoneyRequestChange::Reminded,
        ("cancelled", _) => MoneyRequestChange::Cancelled,
        ("declined", _) => MoneyRequestChange::Declined,
        ("expired", _) => MoneyRequestChange::Expired,
        _ => return Ok(Vec::new()),
    };
    let (told, other) = match change {
        MoneyRequestChange::Asked
        | MoneyRequestChange::Reminded
        | MoneyRequestChange::Cancelled => (&changed.payer, &changed.requester),
        MoneyRequestChange::Declined | MoneyRequestChange::Expired => {
            (&changed.requester, &changed.payer)
        }
    };
    let amount = money(changed.amount, &changed.currency)?;
    let facts = Facts {
        amount: Some(amount),
        counterparty: Some(party(other)?),
        money_request_id: Some(parse(&changed.money_request_id)?),
        note: changed.note,
        ..Facts::default()
    };
    let mailbox = Mailbox { user_id: parse(&told.user_id)?, product: Product::Consumer };
    let name = other.name.clone();
    let message = Message::MoneyRequest(MoneyRequestNews { change, amount, name });
    Ok(vec![Notice { mailbox, message, facts }])
}

fn party(person: &PersonV1) -> Result<Party, Failure> {
    Ok(Party::user(parse(&person.user_id)?, person.name.clone()))
}
