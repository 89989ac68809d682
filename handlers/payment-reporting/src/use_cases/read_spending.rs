//! What the caller spent at shops, by category, beside as many months before.

use serde::{Deserialize, Serialize};
use service::{AsOf, Consumer, Error, Json, Query, ReadAfter};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use values::{Balance, Language};

use super::takings_body::as_of;
use crate::App;
use crate::domain::{
    CategorySpending, HongKongMonth, PERIOD_INVALID, SPENDING_TOO_LONG, Spending, SpendingCategory,
    Spent,
};
use crate::ledger::require_begun;
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::{Between, moves_more};
use crate::store::ledger::spending::sum_spent;
use crate::store::ledger::taken::ID_AWAY_MAX;

/// A year.
const MONTHS_MAX: u16 = 12;
/// How much may have moved both ways in what is summed up: 80 payments a day, for two years.
const MOVEMENTS_MAX: u32 = 60_000;

/// Which months.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadSpending {
    /// In Hong Kong.
    #[param(inline)]
    first_month: HongKongMonth,
    /// In Hong Kong, at most twelve with the first.
    #[param(inline)]
    last_month: HongKongMonth,
}

/// What was spent at shops: what people, banks and links were given is not.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpendingBody {
    /// False while the last month is not over; it is compared with whole months.
    is_over: bool,
    total: SpentBody,
    /// Of as many months before.
    total_before: SpentBody,
    /// Those in which anything moved in either, the most spent first.
    categories: Vec<CategorySpendingBody>,
}

/// What was spent in some time.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpentBody {
    payments: i64,
    /// What was paid, tips included.
    paid: Balance,
    refunds: i64,
    /// What came back in this time, of payments of any time.
    refunded: Balance,
    /// Paid less refunded: below zero where more came back than was paid.
    net: Balance,
}

/// What was spent at shops of a kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategorySpendingBody {
    /// By the category code that each shop says now; `other` if it says none.
    category: SpendingCategory,
    /// What that is called, in the language of `Accept-Language`.
    title: &'static str,
    spent: SpentBody,
    spent_before: SpentBody,
    /// Of the net sums of all categories that are above zero, in hundredths of a percent: together
    /// 10000, or 0 if there are none.
    #[schema(maximum = 10000)]
    share_basis_points: u16,
}

impl From<Spent> for SpentBody {
    fn from(spent: Spent) -> Self {
        let net = Balance::hkd(spent.net());
        let Spent { payments, paid, refunds, refunded } = spent;
        Self { payments, paid: Balance::hkd(paid), refunds, refunded: Balance::hkd(refunded), net }
    }
}

impl CategorySpendingBody {
    fn of(line: CategorySpending, language: Language) -> Self {
        let CategorySpending { category, spent, spent_before, share } = line;
        Self {
            category,
            title: category.title(language),
            spent: spent.into(),
            spent_before: spent_before.into(),
            share_basis_points: share,
        }
    }
}

pub(crate) async fn read_spending(
    app: App,
    consumer: Consumer,
    Query(asked): Query<ReadSpending>,
    language: Language,
    after: ReadAfter,
) -> Result<AsOf<Json<SpendingBody>>, Error> {
    let ReadSpending { first_month, last_month } = asked;
    let months = first_month.months_to(last_month).filter(|months| *months <= MONTHS_MAX);
    let months = months.ok_or(PERIOD_INVALID)?;
    let (begins, ends) = (first_month.bounds().0, last_month.bounds().1);
    let account_id = consumer.user_id.uuid();
    let mut reading = app.ledger.read(after).await?;
    require_begun(last_month.bounds().0, reading.as_of, OffsetDateTime::now_utc())?;
    let earliest = first_id_of(first_month.before(months).bounds().0);
    let (first, after_last) = (first_id_of(begins), first_id_of(ends));
    let tx = &mut reading.tx;
    let all = Between(earliest, after_last);
    if moves_more(tx, account_id, all, MOVEMENTS_MAX).await? {
        return Err(SPENDING_TOO_LONG.into());
    }
    let before = sum_spent(tx, account_id, Between(earliest, first)).await?;
    let these = sum_spent(tx, account_id, Between(first, after_last)).await?;
    let Spending { total, total_before, categories } = Spending::of(&these, &before);
    let category = |line| CategorySpendingBody::of(line, language);
    let body = SpendingBody {
        is_over: ends.saturating_add(ID_AWAY_MAX) <= reading.as_of,
        total: total.into(),
        total_before: total_before.into(),
        categories: categories.into_iter().map(category).collect(),
    };
    Ok(as_of(reading.as_of, body))
}
