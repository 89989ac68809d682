//! What the caller's own wallet may hold, take and give, what of that is used, and until when.
//!
//! Read on the primary, as balances are: an app decides by it what it offers.

use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{Balance, Timestamp};

use crate::domain::{Account, Flow, Limits, NO_WALLET, Period, VerificationKind, WalletTier};
use crate::{App, store};

/// The limits of a wallet. What others pay into it is limited by `balance_max` alone.
#[derive(Serialize, ToSchema)]
pub(crate) struct WalletLimitsBody {
    tier: WalletTier,
    /// With which there are higher limits; null if there is none.
    next_tier: Option<NextTierBody>,
    /// The most that the wallet may hold, except by what comes back: refunds, and expired
    /// links and red packets, are let in beyond it.
    balance_max: Balance,
    /// Until when less may leave the wallet in a day, because a short time ago the device that asks
    /// was added to the account, or PIN or phone number were replaced; null otherwise.
    new_device_limit_ends_at: Option<Timestamp>,
    /// One for each way in which money comes or goes.
    flows: Vec<FlowLimitsBody>,
}

/// A tier that the person can have.
#[derive(Serialize, ToSchema)]
pub(crate) struct NextTierBody {
    tier: WalletTier,
    /// The kind of the application that leads to it: `POST /api/v1/onboarding/applications`.
    application_kind: VerificationKind,
    /// The most that the wallet may hold then.
    balance_max: Balance,
}

/// What may come or go in one way. A movement counts from the moment at which its money is held or
/// moves; what does not come of it, what a shop refunds and what nobody has claimed count no more
/// in those periods that still run.
#[derive(Serialize, ToSchema)]
pub(crate) struct FlowLimitsBody {
    #[serde(rename = "type")]
    flow: Flow,
    /// The most that one transaction may be.
    transaction_max: Balance,
    /// Days, months and years are Hong Kong's.
    per_day: AmountLimitBody,
    per_month: AmountLimitBody,
    per_year: AmountLimitBody,
    transactions_per_day: CountLimitBody,
}

/// A limit of amounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AmountLimitBody {
    limit: Balance,
    used: Balance,
    left: Balance,
    /// When nothing of it will be used.
    resets_at: Timestamp,
}

/// A limit of how often.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountLimitBody {
    limit: i64,
    used: i64,
    left: i64,
    /// When nothing of it will be used.
    resets_at: Timestamp,
}

pub(crate) async fn read_limits(
    app: App,
    consumer: Consumer,
) -> Result<Json<WalletLimitsBody>, Error> {
    let mut conn = app.database.conn().await?;
    let wallet = store::ledger::find_account(&mut conn, consumer.user_id.uuid()).await?;
    Ok(Json(show(&wallet.ok_or(NO_WALLET)?, now(), consumer.limited_until)))
}

fn show(
    wallet: &Account,
    now: OffsetDateTime,
    new_device_limit_ends_at: Option<OffsetDateTime>,
) -> WalletLimitsBody {
    let used_now = wallet.used.at(now);
    let flow = |flow: &Flow| {
        let Limits { transaction, day, month, year, count } = wallet.tier.limits(*flow);
        let day = flow.day_max(day, new_device_limit_ends_at.is_some());
        let used = used_now.of(*flow);
        let amount = |period: Period, limit: i64, used: i64| AmountLimitBody {
            limit: Balance::hkd(limit),
            used: Balance::hkd(used),
            left: Balance::hkd(left(limit, used)),
            resets_at: period.end(used_now.day).into(),
        };
        FlowLimitsBody {
            flow: *flow,
            transaction_max: Balance::hkd(transaction),
            per_day: amount(Period::Day, day, used.day),
            per_month: amount(Period::Month, month, used.month),
            per_year: amount(Period::Year, year, used.year),
            transactions_per_day: CountLimitBody {
                limit: count,
                used: used.count,
                left: left(count, used.count),
                resets_at: Period::Day.end(used_now.day).into(),
            },
        }
    };
    WalletLimitsBody {
        tier: wallet.tier,
        next_tier: wallet.tier.next().map(|(tier, application_kind)| NextTierBody {
            tier,
            application_kind,
            balance_max: Balance::hkd(tier.balance_max()),
        }),
        balance_max: Balance::hkd(wallet.tier.balance_max()),
        new_device_limit_ends_at: new_device_limit_ends_at.map(Timestamp::from),
        flows: Flow::ALL.iter().map(flow).collect(),
    }
}

/// Nothing, where a lower limit came when more was used.
fn left(limit: i64, used: i64) -> i64 {
    limit.saturating_sub(used).max(0)
}
