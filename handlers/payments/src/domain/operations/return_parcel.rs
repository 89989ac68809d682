//! What nobody took goes back to the sender: the sender takes a link back, or time is over. Doing
//! it twice is the same as doing it once.

use uuid::Uuid;
use values::{Money, OperationKind, Refusal, ReturnId, UserId};

use crate::domain::account::ESCROW;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, Side};
use crate::domain::parcel::{Parcel, ParcelKind, ParcelStatus};
use crate::domain::refusals::{ALL_CLAIMED, NO_PAY_LINK, NO_WALLET};
use crate::domain::transfer::Transfer;

/// Why it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnReason {
    /// The sender wants it back.
    Cancelled,
    /// Its time is over.
    Expired,
}

/// Which parcel goes back, and to whom. Only the sender cancels, and only a link; somebody else's
/// is answered as none.
pub(crate) struct ReturnParcel {
    pub(crate) parcel_id: Uuid,
    pub(crate) sender: UserId,
    pub(crate) reason: ReturnReason,
}

impl Decide for ReturnParcel {
    type Record = Parcel;

    fn lane(&self) -> Uuid {
        ESCROW
    }

    fn reads(&self) -> Reads {
        Reads::default().parcel(self.parcel_id)
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        let is_own =
            books.parcel(self.parcel_id).is_some_and(|found| found.sender.id == self.sender);
        if is_own { vec![ESCROW, self.sender.uuid()] } else { Vec::new() }
    }

    fn decide(&self, books: &Books) -> Result<Decision<Parcel>, Refusal> {
        let parcel = books.parcel(self.parcel_id).filter(|found| found.sender.id == self.sender);
        let parcel = parcel.ok_or(NO_PAY_LINK)?;
        let status = match self.reason {
            ReturnReason::Cancelled => {
                if parcel.kind != ParcelKind::PayLink {
                    return Err(NO_PAY_LINK);
                }
                if parcel.status != ParcelStatus::Cancelled {
                    parcel.require_open(books.now)?;
                }
                ParcelStatus::Cancelled
            }
            ReturnReason::Expired => ParcelStatus::Expired,
        };
        let is_due = status == ParcelStatus::Cancelled || parcel.expires_at <= books.now;
        if parcel.status != ParcelStatus::Open || !is_due {
            return Ok(Decision { record: parcel.clone(), changes: Changes::default() });
        }
        // An open parcel has something left.
        let amount = Money::hkd(parcel.unclaimed_cents()).map_err(|_| ALL_CLAIMED)?;
        if self.reason == ReturnReason::Cancelled {
            // Else a wallet is emptied into links, filled again, and takes all of them back. Time
            // brings the money home in any case.
            let wallet = books.account(parcel.sender.id.uuid()).ok_or(NO_WALLET)?;
            wallet.require_room_for(amount.minor_units())?;
        }
        let side = |account_id| Side { account_id, name: parcel.sender.name.clone() };
        let sides = [side(ESCROW), side(parcel.sender.id.uuid())];
        let (id, kind) = (ReturnId::new().uuid(), OperationKind::Return);
        let returned = Operation {
            parent_id: Some(parcel.id),
            note: parcel.note.clone(),
            ..Operation::completed(id, kind, sides, amount, books.now)
        };
        let moved = parcel.moved_event(&returned);
        let ended = Parcel {
            status,
            ended_at: Some(books.now),
            return_id: Some(returned.id),
            ..parcel.clone()
        };
        Ok(Decision {
            changes: Changes {
                transfers: vec![Transfer {
                    counted_at: parcel.created_at,
                    ..returned.first_transfer()
                }],
                operations: vec![returned],
                parcels: vec![ended.clone()],
                announcements: vec![Announcement::new(parcel.subject(), &moved)],
                ..Changes::default()
            },
            record: ended,
        })
    }
}
