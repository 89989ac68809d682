//! Staff read what payments was told of an account, and what runs through it.

use serde::Serialize;
use service::{Error, Id, Staff, Versioned};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{AccountRisk, Balance, GraphAccountId, Timestamp};

use super::assess_accounts::recent_edges;
use super::graph_cost::GraphCost;
use super::look::look;
use super::tied::require_tied;
use crate::domain::{Dealings, GraphLookType, Window, windows_of};
use crate::{App, store};

/// How an account looks.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphAccountRiskBody {
    account_id: GraphAccountId,
    /// What payments was told last.
    risk: AccountRisk,
    /// Why; none if it is normal.
    reasons: Vec<GraphRiskReason>,
    /// Of that: a greater one is newer; 0 of one that was never told of.
    version: u32,
    /// Until when what a reviewer called normal counts for nothing; null if none ever did.
    clearance_ends_at: Option<Timestamp>,
    /// The hour, the day and the week until its newest movement; none if nothing has moved for 14
    /// days.
    windows: Vec<GraphWindow>,
    newest_movement_at: Option<Timestamp>,
    /// False if it has more edges than are read: then the windows are of the newest.
    is_complete: bool,
    cost: GraphCost,
}

/// What was seen when that was told.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphRiskReason {
    /// `fan-in`, `chain`, `cycle` or `just-below`.
    #[schema(example = "fan-in")]
    code: String,
    #[schema(example = "received HK$14,000.00 from 14 strangers in 2 h, 97 % left within 6 min")]
    explanation: String,
}

/// What ran through an account in a time.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphWindow {
    hours: u32,
    payer_count: usize,
    payee_count: usize,
    in_count: usize,
    out_count: usize,
    paid_in: Balance,
    paid_out: Balance,
    /// How many hundredths of what came in left again within it.
    passed_on_percent: i64,
    /// How long that stayed, by amount; null if nothing was passed on.
    dwell_seconds: Option<i64>,
    /// With whom it had not dealt in the days before.
    new_counterparty_count: usize,
}

impl From<(u32, Window)> for GraphWindow {
    fn from((hours, window): (u32, Window)) -> Self {
        Self {
            hours,
            payer_count: window.payers,
            payee_count: window.payees,
            in_count: window.in_count,
            out_count: window.out_count,
            paid_in: Balance::hkd(window.paid_in),
            paid_out: Balance::hkd(window.paid_out),
            passed_on_percent: window.passed_on_percent,
            dwell_seconds: window.dwell_seconds,
            new_counterparty_count: window.new_counterparties,
        }
    }
}

pub(crate) async fn read_account_risk(
    app: App,
    Id(account): Id<GraphAccountId>,
    staff: Staff,
) -> Result<Versioned<GraphAccountRiskBody>, Error> {
    look(&app, &staff, GraphLookType::Risk, account).await?;
    require_tied(&app, account).await?;
    let state = {
        let mut conn = app.database.conn().await?;
        store::account_states::find_account_state(&mut conn, account).await?.unwrap_or_default()
    };
    let found = recent_edges(&app, account, OffsetDateTime::now_utc()).await?;
    let windows = windows_of(&Dealings::of(account, &found.edges));
    let (newest, windows) = windows.unzip();
    let reasons = state.reasons.into_iter();
    let (version, body) = (
        state.version,
        GraphAccountRiskBody {
            account_id: account,
            risk: state.risk,
            reasons: reasons
                .map(|reason| GraphRiskReason {
                    code: reason.code,
                    explanation: reason.explanation,
                })
                .collect(),
            version: state.version,
            clearance_ends_at: state.clearance.map(|clearance| clearance.until.into()),
            windows: windows.into_iter().flatten().map(GraphWindow::from).collect(),
            newest_movement_at: newest.map(Timestamp::from),
            is_complete: !found.is_cut,
            cost: found.cost.into(),
        },
    );
    Ok(Versioned { version, body })
}
