//! An operator says whether people are warned of a payee. Doing it twice is the same as doing it
//! once; who was warned and went on is kept with their payments.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, FunctionKey, Json, retry_lock_conflicts};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{AccountId, FpsProxy, FpsProxyType, Operator, Reason, Timestamp, UserId};

use super::read_account::find_named;
use crate::domain::{FPS_PROXY_INVALID, PayeeWarningLine, PayeeWarningReason, Word, warned_as};
use crate::{App, store};

/// The newest warnings of a payee that are shown; older ones are in the table.
const LINES_MAX: u32 = 50;

/// Of whom people are warned, of what, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetPayeeWarning {
    payee: WarnedPayee,
    /// What everybody who is about to pay them reads; null ends the warning.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    warning: Option<PayeeWarningReason>,
    /// The case, the list and its date.
    reason: Reason,
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
}

/// Who may be warned of: a person's wallet, or whoever FPS knows by a proxy.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
enum WarnedPayee {
    Wallet {
        user_id: UserId,
    },
    FpsProxy {
        proxy_type: FpsProxyType,
        /// An FPS identifier, an e-mail address, or a mobile number.
        #[schema(example = "1234567", max_length = 79)]
        proxy: String,
    },
}

/// What people were and are warned of.
#[derive(Serialize, ToSchema)]
pub(crate) struct PayeeWarningsBody {
    /// Newest first, at most 50; only the first can count still.
    warnings: Vec<PayeeWarningLineBody>,
}

/// One warning: who began it, and who ended it.
#[derive(Serialize, ToSchema)]
struct PayeeWarningLineBody {
    warning: PayeeWarningReason,
    reason: Reason,
    operator: Operator,
    began_at: Timestamp,
    /// Null while it counts, as are the next two.
    end_reason: Option<Reason>,
    ended_by: Option<Operator>,
    ended_at: Option<Timestamp>,
}

impl From<PayeeWarningLine> for PayeeWarningLineBody {
    fn from(line: PayeeWarningLine) -> Self {
        let PayeeWarningLine { reason: warning, begun_by, began_at, ended } = line;
        let Word { operator, reason } = begun_by;
        let (word, ended_at) = ended.unzip();
        let (ended_by, end_reason) = word.map(|word| (word.operator, word.reason)).unzip();
        let (began_at, ended_at) = (began_at.into(), ended_at.map(Timestamp::from));
        Self { warning, reason, operator, began_at, end_reason, ended_by, ended_at }
    }
}

pub(crate) async fn set_payee_warning(
    app: App,
    _: FunctionKey,
    Json(input): Json<SetPayeeWarning>,
) -> Result<Json<PayeeWarningsBody>, Error> {
    let SetPayeeWarning { payee, warning, reason, operator } = input;
    let payee = match payee {
        WarnedPayee::Wallet { user_id } => {
            let mut conn = app.database.conn().await?;
            find_named(&mut conn, AccountId::User(user_id)).await?.id
        }
        WarnedPayee::FpsProxy { proxy_type, proxy } => {
            let proxy = FpsProxy::new(proxy_type, &proxy).map_err(|_| FPS_PROXY_INVALID)?;
            warned_as(&proxy)
        }
    };
    let word = Word { operator, reason };
    retry_lock_conflicts(|| change(&app, payee, warning, &word)).await.map(Json)
}

async fn change(
    app: &App,
    payee: Uuid,
    wanted: Option<PayeeWarningReason>,
    word: &Word,
) -> Result<PayeeWarningsBody, Error> {
    let mut tx = app.database.begin().await?;
    let standing = store::payee_warnings::lock_warning(&mut tx, payee).await?;
    if standing.map(|standing| standing.reason) != wanted {
        let at = now();
        if let Some(standing) = standing {
            store::payee_warnings::end_warning(&mut tx, standing.id, word, at).await?;
        }
        if let Some(wanted) = wanted {
            store::payee_warnings::insert_warning(&mut tx, payee, wanted, word, at).await?;
        }
    }
    let lines = store::payee_warnings::list_warnings(&mut tx, payee, LINES_MAX).await?;
    tx.commit().await?;
    let warnings = lines.into_iter().map(PayeeWarningLineBody::from).collect();
    Ok(PayeeWarningsBody { warnings })
}
