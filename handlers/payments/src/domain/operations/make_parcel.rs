//! A person gives money to whoever has a secret: it leaves the wallet at once and waits in escrow.

use service::SecretDigest;
use uuid::Uuid;
use values::{Money, Note, Refusal, UserId};

use crate::domain::account::ESCROW;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{ConfirmedBy, Operation, Side};
use crate::domain::packet_split::PacketSplit;
use crate::domain::parcel::{Parcel, ParcelKind, ParcelStatus, Share};
use crate::domain::refusals::NO_WALLET;
use crate::domain::step_up::Leaving;

/// The parcel that the sender has confirmed.
pub(crate) struct MakeParcel {
    pub(crate) kind: ParcelKind,
    pub(crate) sender: UserId,
    pub(crate) amount: Money,
    pub(crate) split: PacketSplit,
    /// What it is split into, in the order in which they are taken; their sum is the amount.
    pub(crate) shares: Vec<Money>,
    pub(crate) note: Option<Note>,
    pub(crate) secret_digest: SecretDigest,
    pub(crate) sealed_secret: Vec<u8>,
    /// How it was confirmed, or why it was not, as in `PayShop`.
    pub(crate) confirmed: Result<ConfirmedBy, Refusal>,
    /// As in `PayShop`.
    pub(crate) is_new_device: bool,
}

impl Decide for MakeParcel {
    type Record = Parcel;

    /// All parcels share the account of what waits.
    fn lane(&self) -> Uuid {
        ESCROW
    }

    fn reads(&self) -> Reads {
        match self.confirmed {
            Ok(_) => Reads::default().person(self.sender).sender(self.sender),
            Err(_) => Reads::default(),
        }
    }

    /// Without a proof nobody keeps others from what waits, as in `PayShop`.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        let escrow = self.confirmed.is_ok().then_some(ESCROW);
        escrow.into_iter().chain([self.sender.uuid()]).collect()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Parcel>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        let wallet = books.account(self.sender.uuid()).ok_or(NO_WALLET)?;
        let kind = self.kind.operation_kind();
        let leaving = Leaving {
            kind,
            payer: wallet,
            payee: None,
            amount: self.amount,
            confirmed_by,
            is_new_device: self.is_new_device,
        };
        leaving.require_within_limits(books)?;
        leaving.require_step_up(books)?;
        let waiting_max = wallet.tier.balance_max();
        books.open_parcels.require_room(self.sender, self.amount, waiting_max)?;
        let sides = [
            Side { account_id: self.sender.uuid(), name: books.name(self.sender) },
            Side { account_id: ESCROW, name: String::new() },
        ];
        let id = Uuid::now_v7();
        let filled = Operation {
            note: self.note.clone(),
            confirmed_by: Some(confirmed_by),
            ..Operation::completed(id, kind, sides, self.amount, books.now)
        };
        let parcel = Parcel {
            id: filled.id,
            kind: self.kind,
            sender: books.person(self.sender),
            amount: self.amount,
            split: self.split,
            shares: self.shares.iter().map(|&amount| Share { amount, claim: None }).collect(),
            note: self.note.clone(),
            secret_digest: self.secret_digest,
            sealed_secret: self.sealed_secret.clone(),
            status: ParcelStatus::Open,
            created_at: books.now,
            expires_at: books.now.saturating_add(self.kind.lifetime()),
            ended_at: None,
            return_id: None,
        };
        let moved = parcel.moved_event(&filled);
        Ok(Decision {
            changes: Changes {
                transfers: vec![filled.first_transfer()],
                operations: vec![filled],
                parcels: vec![parcel.clone()],
                announcements: vec![Announcement::new(parcel.subject(), &moved)],
                ..Changes::default()
            },
            record: parcel,
        })
    }
}
