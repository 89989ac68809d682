//! Somebody who has the secret takes a share. Doing it twice is the same as doing it once.

use uuid::Uuid;
use values::{ClaimId, OperationKind, Refusal, UserId};

use crate::domain::account::ESCROW;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, Side};
use crate::domain::parcel::{Claim, Parcel, ParcelKind};
use crate::domain::refusals::{ALL_CLAIMED, CLAIM_UNAVAILABLE, NO_WALLET, SAME_ACCOUNT};

/// Who takes a share of which parcel. They have its secret, which was looked at before: it never
/// changes.
pub(crate) struct ClaimShare {
    pub(crate) parcel_id: Uuid,
    pub(crate) kind: ParcelKind,
    pub(crate) sender: UserId,
    pub(crate) claimer: UserId,
}

impl Decide for ClaimShare {
    type Record = Parcel;

    fn lane(&self) -> Uuid {
        ESCROW
    }

    fn reads(&self) -> Reads {
        Reads::default().parcel(self.parcel_id).person(self.claimer)
    }

    /// The sender's too, so that a freeze of it, once answered, has stopped what waits.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![ESCROW, self.sender.uuid(), self.claimer.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Parcel>, Refusal> {
        let parcel = books.parcel(self.parcel_id).ok_or(self.kind.not_found())?;
        if parcel.share_of(self.claimer).is_some() {
            return Ok(Decision { record: parcel.clone(), changes: Changes::default() });
        }
        // Who is in the group may open their own red packet; a link to oneself is a mistake.
        if parcel.kind == ParcelKind::PayLink && parcel.sender.id == self.claimer {
            return Err(SAME_ACCOUNT);
        }
        parcel.require_open(books.now)?;
        let amount = parcel.next_share().ok_or(ALL_CLAIMED)?;
        // The ledger would refuse the same, in words for somebody who pays.
        let wallet = books.account(self.claimer.uuid()).ok_or(NO_WALLET)?;
        wallet.require_taking()?;
        wallet.require_room_for(amount.minor_units())?;
        let sender = books.account(parcel.sender.id.uuid()).ok_or(CLAIM_UNAVAILABLE)?;
        // The answer does not name the reason; who sees the link open and reads it can guess.
        sender.require_giving().map_err(|_| CLAIM_UNAVAILABLE)?;
        let sides = [
            Side { account_id: ESCROW, name: parcel.sender.name.clone() },
            Side { account_id: self.claimer.uuid(), name: books.name(self.claimer) },
        ];
        let (id, kind) = (ClaimId::new().uuid(), OperationKind::Claim);
        let claim = Operation {
            parent_id: Some(parcel.id),
            note: parcel.note.clone(),
            ..Operation::completed(id, kind, sides, amount, books.now)
        };
        let mut moved = parcel.moved_event(&claim);
        if parcel.kind == ParcelKind::PayLink {
            // Who sends a red packet to a hundred people is not told a hundred times.
            moved.from.told_user_id = Some(parcel.sender.id.to_string());
        }
        let claimed = parcel.with_claim(Claim {
            id: ClaimId::from_uuid(claim.id),
            claimer: books.person(self.claimer),
            at: books.now,
        });
        Ok(Decision {
            changes: Changes {
                transfers: vec![claim.first_transfer()],
                operations: vec![claim],
                parcels: vec![claimed.clone()],
                announcements: vec![Announcement::new(parcel.subject(), &moved)],
                ..Changes::default()
            },
            record: claimed,
        })
    }
}
