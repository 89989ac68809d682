//! Money of pay links and red packets was claimed, or has come back.

use events::payments::{MoneyMovedV1, SideV1};
use inbox::Failure;
use values::{Money, Product};

use super::{mailbox, money, parse, person};
use crate::domain::{Facts, Message, Notice, ParcelMessage};

/// The sender of a link is told too; of the shares of a red packet nobody is named to be told.
pub(super) fn of_claim(moved: &MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    let (sender, claimer) = (&moved.from, &moved.to);
    let facts = |counterparty: &SideV1| -> Result<Facts, Failure> {
        Ok(Facts {
            counterparty: Some(person(counterparty)?),
            claim_id: Some(parse(&moved.operation_id)?),
            ..facts_of_parcel(moved, amount)?
        })
    };
    let (sender_name, note) = (sender.name.clone(), moved.note.clone());
    let mut notices = vec![Notice {
        mailbox: mailbox(claimer, Product::Consumer)?,
        message: Message::Parcel(ParcelMessage::ClaimReceived { amount, sender_name, note }),
        facts: facts(sender)?,
    }];
    if sender.told_user_id.is_some() {
        notices.push(Notice {
            mailbox: mailbox(sender, Product::Consumer)?,
            message: Message::Parcel(ParcelMessage::PayLinkClaimed {
                amount,
                claimer_name: claimer.name.clone(),
            }),
            facts: facts(claimer)?,
        });
    }
    Ok(notices)
}

pub(super) fn of_return(moved: &MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    Ok(vec![Notice {
        mailbox: mailbox(&moved.to, Product::Consumer)?,
        message: Message::Parcel(ParcelMessage::ReturnReceived { amount }),
        facts: facts_of_parcel(moved, amount)?,
    }])
}

/// Which pay link or red packet it was.
fn facts_of_parcel(moved: &MoneyMovedV1, amount: Money) -> Result<Facts, Failure> {
    if moved.pay_link_id.is_some() == moved.red_packet_id.is_some() {
        return Err(Failure::poison("it is of one pay link or of one red packet"));
    }
    Ok(Facts {
        amount: Some(amount),
        note: moved.note.clone(),
        pay_link_id: moved.pay_link_id.as_deref().map(parse).transpose()?,
        red_packet_id: moved.red_packet_id.as_deref().map(parse).transpose()?,
        ..Facts::default()
    })
}
