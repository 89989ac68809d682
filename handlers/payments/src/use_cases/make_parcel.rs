//! A person's money begins to wait for whoever has the secret: what pay links and red packets have
//! in common.

use serde::Serialize;
use service::trace::TraceContext;
use service::{Consumer, Error, Keyed, LinkSecret, Position};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{
    AccountId, Balance, ClaimId, ConfirmableKind, Fee, IdempotencyKey, Money, Note, OperationTerms,
    Party, Reference, Timestamp,
};

use super::check_confirmation::{Proof, check_confirmation};
use crate::App;
use crate::domain::operations::MakeParcel;
use crate::domain::{PacketSplit, Parcel, ParcelKind, ParcelStatus};

/// What the sender wants to give.
pub(super) struct Wanted {
    pub(super) kind: ParcelKind,
    pub(super) amount: Money,
    pub(super) split: PacketSplit,
    pub(super) shares: u32,
    pub(super) note: Option<Note>,
    pub(super) confirmation: Proof,
}

/// What was made, now or before under the same key.
pub(super) struct Made {
    pub(super) parcel: Parcel,
    pub(super) secret: LinkSecret,
    pub(super) is_repeat: bool,
    pub(super) position: Position,
}

/// What waits and what became of it, as the sender sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ParcelBody {
    amount: Money,
    /// What the sender says to whoever claims it; null if nothing.
    note: Option<Note>,
    status: ParcelStatus,
    /// Whoever has it can claim a share: for the link's fragment, `#…`, or for a message, and never
    /// for a path or a query. Only where it was made, and where that is repeated; null elsewhere.
    #[schema(inline)]
    secret: Option<LinkSecret>,
    /// What was claimed of the amount.
    claimed: Balance,
    /// What nobody claimed and the sender has back; nothing before it ends.
    returned: Balance,
    /// How many have claimed.
    claimed_shares: usize,
    /// Who has claimed, in the order in which they did; null in lists.
    claims: Option<Vec<ParcelClaimBody>>,
    created_at: Timestamp,
    /// Nobody claims from then on, and what is left goes back to the sender within a minute.
    expires_at: Timestamp,
    /// When everything was claimed, or the rest returned; null before.
    ended_at: Option<Timestamp>,
}

/// One share that somebody has claimed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ParcelClaimBody {
    claim_id: ClaimId,
    claimer: Party,
    amount: Money,
    claimed_at: Timestamp,
}

impl ParcelBody {
    /// As it stands at `now`.
    pub(super) fn at(parcel: Parcel, secret: Option<LinkSecret>, now: OffsetDateTime) -> Self {
        let returned = parcel.return_id.map_or(0, |_| parcel.unclaimed_cents());
        let claims = parcel.claimed().map(|(share, claim)| ParcelClaimBody {
            claim_id: claim.id,
            claimer: claim.claimer.named(),
            amount: share.amount,
            claimed_at: claim.at.into(),
        });
        Self {
            claimed_shares: parcel.claimed().count(),
            claims: Some(claims.collect()),
            amount: parcel.amount,
            status: parcel.status_at(now),
            secret,
            claimed: Balance::hkd(parcel.claimed_cents()),
            returned: Balance::hkd(returned),
            created_at: parcel.created_at.into(),
            expires_at: parcel.expires_at.into(),
            ended_at: parcel.ended_at.map(Timestamp::from),
            note: parcel.note,
        }
    }

    /// Without the up to a hundred people who have claimed.
    pub(super) fn listed(self) -> Self {
        Self { claims: None, ..self }
    }
}

pub(super) async fn make_parcel(
    app: &App,
    sender: &Consumer,
    key: &IdempotencyKey,
    trace: TraceContext,
    wanted: Wanted,
) -> Result<Made, Error> {
    let Wanted { kind, amount, split, shares, note, confirmation } = wanted;
    let (confirmable, reference) = match kind {
        ParcelKind::PayLink => (ConfirmableKind::PayLink, None),
        ParcelKind::RedPacket => {
            let split = format!("{}-{shares}", split.code());
            (ConfirmableKind::RedPacket, Some(Reference::try_from(split).map_err(Error::internal)?))
        }
    };
    let terms = OperationTerms {
        kind: confirmable,
        payer: sender.user_id,
        // Nobody else is known.
        payee: AccountId::User(sender.user_id),
        amount,
        fee: Fee::NONE,
        payment_request_id: None,
        reference,
        idempotency_key: key.clone(),
    };
    // Without the proof, as in `pay`.
    let keyed = Keyed::new(sender.user_id.uuid(), key, "make_parcel", &(&terms, &note))?;
    let keyed = keyed.sealing_a_secret()?;
    let confirmed = check_confirmation(app, sender, &terms, confirmation).await?;
    let secret = LinkSecret::random().map_err(Error::internal)?;
    let wanted = MakeParcel {
        kind,
        sender: sender.user_id,
        amount,
        split,
        shares: split.shares(amount, shares, draw)?,
        note,
        secret_digest: secret.digest(),
        sealed_secret: keyed.seal(secret.as_str())?,
        confirmed,
        is_new_device: sender.limited_until.is_some(),
    };
    let done = app.group_commit.submit(wanted, Some(&keyed), trace).await?;
    // Of a repeat it is another one than was drawn here.
    let secret = keyed.open(&done.record.sealed_secret)?;
    let secret = LinkSecret::try_from(secret).map_err(Error::internal)?;
    Ok(Made { parcel: done.record, secret, is_repeat: done.is_repeat, position: done.position })
}

/// A number from 0 up to the one before the limit, that nobody can predict.
fn draw(limit: i64) -> i64 {
    const RANDOM_BITS: u32 = 62;
    // The last bits of a UUIDv4 are random. Scaled to the limit, no number is more likely than
    // another by more than 2^-22, whatever money can be split.
    let random = Uuid::new_v4().as_u128() & u128::from(u64::MAX >> (u64::BITS - RANDOM_BITS));
    let scaled = random.saturating_mul(limit.unsigned_abs().into()) >> RANDOM_BITS;
    i64::try_from(scaled).unwrap_or_default()
}
