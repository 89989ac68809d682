//! A person splits a bill: everybody else who shares it is asked for their part.

use mysql_async::Conn;
use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, INVALID_BODY, Json, Keyed, Recorded, Resource, Written};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    BillId, IdempotencyKey, Money, MoneyRequestId, Note, Party, PaymentId, PeerPaymentId,
    Timestamp, UserId,
};

use crate::App;
use crate::domain::operations::SplitBill as SplitBillOperation;
use crate::domain::{Bill, MoneyRequest, MoneyRequestStatus, Split};
use crate::store::money_requests;

/// A bill, from scratch or of one of the caller's own payments, and who shares it: the caller, if
/// named, and 1 to 29 others, each once.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitBill {
    /// What the shares add up to.
    total: Money,
    split: SplitInput,
    /// What all read with it; absent or null if nothing.
    note: Option<Note>,
    /// The caller's payment to a shop that is split. The total is then at most what it has cost:
    /// what was paid and not refunded. Absent or null if none is.
    payment_id: Option<PaymentId>,
    /// The same of a payment to a person. Only one of the two is given.
    peer_payment_id: Option<PeerPaymentId>,
}

/// Who pays which part, in whole cents and at least one each.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum SplitInput {
    /// All the same. The cents that are left over fall on some of them, on each bill on others.
    Equal {
        #[schema(min_items = 1, max_items = 30)]
        user_ids: Vec<UserId>,
    },
    /// In proportion to a weight. Each share is rounded down to whole cents, and the cents that are
    /// left over go one each to those who lost the most by that.
    Weights {
        #[schema(min_items = 1, max_items = 30)]
        shares: Vec<WeightedShare>,
    },
    /// By hand; they add up to the total.
    Amounts {
        #[schema(min_items = 1, max_items = 30)]
        shares: Vec<FixedShare>,
    },
}

/// A person's part in proportion to the others'.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeightedShare {
    user_id: UserId,
    weight: Weight,
}

/// A whole number from 1 to 1,000.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16")]
#[schema(value_type = u16, minimum = 1, maximum = 1_000, example = 2)]
pub(crate) struct Weight(u16);

impl TryFrom<u16> for Weight {
    type Error = &'static str;

    fn try_from(weight: u16) -> Result<Self, &'static str> {
        (1..=1_000).contains(&weight).then_some(Self(weight)).ok_or("a weight is 1 to 1000")
    }
}

/// A person's part.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FixedShare {
    user_id: UserId,
    amount: Money,
}

impl From<SplitInput> for Split {
    fn from(input: SplitInput) -> Self {
        match input {
            SplitInput::Equal { user_ids } => Self::Equal(user_ids),
            SplitInput::Weights { shares } => {
                let parts = shares.into_iter().map(|share| (share.user_id, share.weight.0));
                Self::Weights(parts.collect())
            }
            SplitInput::Amounts { shares } => Self::Amounts(
                shares.into_iter().map(|share| (share.user_id, share.amount)).collect(),
            ),
        }
    }
}

/// A bill that was split. Who made it sees all of it; anybody else what it was, how many share it,
/// and their own part.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillBody {
    bill_id: BillId,
    /// Who made it; by name to those who have paid their share, and to themselves.
    creator: Party,
    total: Money,
    /// What all read with it; null if nothing.
    note: Option<Note>,
    /// The payment to a shop that was split; null if none was, or to anybody but the creator.
    payment_id: Option<PaymentId>,
    /// The payment to a person that was split; null if none was, or to anybody but the creator.
    peer_payment_id: Option<PeerPaymentId>,
    /// How many people share it.
    #[schema(example = 3)]
    people: usize,
    shares: Vec<BillShareBody>,
    created_at: Timestamp,
}

/// One person's part of a bill.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillShareBody {
    /// By name once it is paid; the creator always.
    person: Party,
    amount: Money,
    /// The request by which it is asked for; null for the creator's own part.
    money_request_id: Option<MoneyRequestId>,
    /// Where that request stands; null for the creator's own part.
    status: Option<MoneyRequestStatus>,
}

impl Resource for BillBody {
    const LOCATION: &'static str = "/api/v1/bills/{bill_id}";
}

impl BillBody {
    /// The bill as `reader` sees it at `now`; `None` if they have no part in it.
    pub(crate) fn for_reader(
        bill: Bill,
        requests: Vec<MoneyRequest>,
        reader: UserId,
        now: OffsetDateTime,
    ) -> Option<Self> {
        let is_creator = reader == bill.creator.id;
        let people = requests.len().saturating_add(usize::from(bill.own_share.is_some()));
        let mine = requests.iter().find(|request| request.payer.id == reader);
        let creator = match mine {
            _ if is_creator => bill.creator.named(),
            Some(request) => request.parties()[0].clone(),
            None => return None,
        };
        let own = bill.own_share.filter(|_| is_creator).map(|amount| BillShareBody {
            person: creator.clone(),
            amount,
            money_request_id: None,
            status: None,
        });
        let shown = |request: &MoneyRequest| is_creator || request.payer.id == reader;
        let others = requests.into_iter().filter(shown).map(|request| {
            let [_, person] = request.parties();
            BillShareBody {
                person,
                amount: request.amount,
                money_request_id: Some(request.id),
                status: Some(request.status_at(now)),
            }
        });
        Some(Self {
            bill_id: bill.id,
            total: bill.total,
            note: bill.note,
            payment_id: bill.payment_id.filter(|_| is_creator),
            peer_payment_id: bill.peer_payment_id.filter(|_| is_creator),
            people,
            shares: own.into_iter().chain(others).collect(),
            creator,
            created_at: bill.created_at.into(),
        })
    }
}

/// The bill as its creator sees it now.
pub(super) async fn for_creator(conn: &mut Conn, bill: Bill) -> Result<BillBody, Error> {
    let requests = money_requests::list_of_bill(conn, bill.id).await?;
    let creator = bill.creator.id;
    let body = BillBody::for_reader(bill, requests, creator, now());
    body.ok_or_else(|| Error::internal("a bill is not shown to who made it"))
}

pub(crate) async fn split_bill(
    app: App,
    creator: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<SplitBill>,
) -> Result<Written<Recorded<BillBody>>, Error> {
    if input.payment_id.is_some() && input.peer_payment_id.is_some() {
        return Err(INVALID_BODY.because("a bill is of one payment").into());
    }
    let keyed = Keyed::new(creator.user_id.uuid(), &key, "split_bill", &input)?;
    let split = SplitBillOperation {
        creator: creator.user_id,
        total: input.total,
        split: input.split.into(),
        note: input.note,
        payment_id: input.payment_id,
        peer_payment_id: input.peer_payment_id,
    };
    split.require_people()?;
    let done = app.group_commit.submit(split, Some(&keyed), trace).await?;
    // The requests are read as they stand: a repeat may come when some are paid.
    let bill = for_creator(&mut app.database.conn().await?, done.record).await?;
    let answer = Recorded::of(&bill, done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}
