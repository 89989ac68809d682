//! Members of staff see which cases wait, read one with what was said, and take it on. The trail
//! tells of each such act, before anything is shown.

use pictures::{NO_PICTURE, PictureLinkBody, PictureSize};
use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{
    Error, Id, Json, List, Page, Query, Staff, StaffOperator, oldest_first, retry_lock_conflicts,
};
use utoipa::{IntoParams, ToSchema};
use values::{MessageId, StaffId, SupportCaseId, Timestamp, UserId};

use super::read_message::MessageBody;
use super::read_support_case::{SupportCaseBody, lock_case};
use crate::App;
use crate::domain::{CaseNumber, NO_MESSAGE, NO_SUPPORT_CASE, SUPPORT, SupportCase, SupportDeed};
use crate::store::support_cases::{self, SupportLine};
use crate::store::{conversations, messages};

/// Messages that are shown at once.
const SHOWN_MAX: usize = 100;
/// Lines of the trail that are shown at most.
const LINES_MAX: u32 = 200;

/// A case, as staff see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskCaseItemBody {
    case: SupportCaseBody,
    /// Whose it is.
    user_id: UserId,
    /// Null while nobody of staff has it.
    claimed_by: Option<StaffId>,
    /// Since when its customer waits for an answer; null if the last word was staff's.
    asked_at: Option<Timestamp>,
}

/// A case, what was said, and what was done with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskCaseBody {
    case: DeskCaseItemBody,
    /// The oldest first; empty once it was deleted.
    messages: Vec<MessageBody>,
    /// The oldest first.
    trail: Vec<DeskCaseLineBody>,
}

/// What was done with a case, and by whom.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskCaseLineBody {
    staff_id: StaffId,
    staff_name: String,
    deed: SupportDeed,
    done_at: Timestamp,
}

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDeskCases {
    /// The one with this number, also if it is closed; if absent all that are open.
    #[param(value_type = Option<String>, pattern = "^[0-9]{3}-[0-9]{3}-[0-9]{3}$")]
    case_number: Option<CaseNumber>,
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadDeskCase {
    /// The hundred before this number; if absent the newest.
    #[param(maximum = 4_294_967_295_u32)]
    before: Option<u32>,
}

/// The oldest first; not what was said.
pub(crate) async fn list_desk_cases(
    app: App,
    by: Staff,
    list: List<ListDeskCases>,
) -> Result<Json<Page<DeskCaseItemBody>>, Error> {
    by.require_reviewing()?;
    let paging = list.of(by.staff_id)?;
    let mut conn = app.database.conn().await?;
    let rows = match list.filter.case_number {
        Some(number) => support_cases::list_numbered_case(&mut conn, number).await?,
        None => support_cases::list_open_cases(&mut conn, &paging).await?,
    };
    let place = |case: &SupportCase| oldest_first(case.id.uuid());
    Ok(Json(paging.page(rows, place, |case| DeskCaseItemBody::from(&case))))
}

pub(crate) async fn read_desk_case(
    app: App,
    Id(id): Id<SupportCaseId>,
    by: Staff,
    Query(ReadDeskCase { before }): Query<ReadDeskCase>,
) -> Result<Json<DeskCaseBody>, Error> {
    by.require_reviewing()?;
    let mut tx = app.database.begin().await?;
    let case = support_cases::find_case(&mut tx, id, None).await?.ok_or(NO_SUPPORT_CASE)?;
    support_cases::insert_line(&mut tx, id, &by, SupportDeed::Read, now()).await?;
    show(tx, &case, before).await
}

/// A member of staff who has it already has it still.
pub(crate) async fn claim_support_case(
    app: App,
    Id(id): Id<SupportCaseId>,
    StaffOperator(by): StaffOperator,
) -> Result<Json<DeskCaseBody>, Error> {
    retry_lock_conflicts(|| claim(&app, id, &by)).await
}

async fn claim(app: &App, id: SupportCaseId, by: &Staff) -> Result<Json<DeskCaseBody>, Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let (mut case, _) = lock_case(&mut tx, id, None).await?;
    if case.claim(by.staff_id, now)? {
        support_cases::update_case(&mut tx, &case).await?;
        support_cases::insert_line(&mut tx, id, by, SupportDeed::Claimed, now).await?;
    } else {
        // They are shown what was said again.
        support_cases::insert_line(&mut tx, id, by, SupportDeed::Read, now).await?;
    }
    show(tx, &case, None).await
}

/// Only of a message in a case.
pub(crate) async fn link_desk_picture(
    app: App,
    Id(id): Id<SupportCaseId>,
    Id(message_id): Id<MessageId>,
    Id(size): Id<PictureSize>,
    by: Staff,
) -> Result<Json<PictureLinkBody>, Error> {
    by.require_reviewing()?;
    let mut tx = app.database.begin().await?;
    let case = support_cases::find_case(&mut tx, id, None).await?.ok_or(NO_SUPPORT_CASE)?;
    let found = messages::find_message(&mut tx, message_id, case.user_id).await?;
    let of_case = found.filter(|message| message.conversation_id == case.conversation_id);
    let picture_id = of_case.ok_or(NO_MESSAGE)?.picture_id().ok_or(NO_PICTURE)?;
    support_cases::insert_line(&mut tx, id, &by, SupportDeed::SawPicture, now()).await?;
    tx.commit().await?;
    Ok(Json(app.pictures.link_to(&app.database, picture_id, size).await?))
}

/// What was done is done before anything of it is shown.
pub(super) async fn show(
    mut tx: Tx,
    case: &SupportCase,
    before: Option<u32>,
) -> Result<Json<DeskCaseBody>, Error> {
    let of = conversations::find_membership(&mut tx, case.conversation_id, case.user_id).await?;
    let mut said = match &of {
        Some(of) => {
            let before = before.map_or(u64::MAX, u64::from);
            messages::list_before(&mut tx, of, before, SHOWN_MAX).await?
        }
        None => Vec::new(),
    };
    said.reverse();
    let trail = support_cases::list_lines(&mut tx, case.id, LINES_MAX).await?;
    tx.commit().await?;
    Ok(Json(DeskCaseBody {
        case: DeskCaseItemBody::from(case),
        messages: said.iter().map(|message| MessageBody::of(message, SUPPORT)).collect(),
        trail: trail.into_iter().map(DeskCaseLineBody::from).collect(),
    }))
}

impl From<&SupportCase> for DeskCaseItemBody {
    fn from(case: &SupportCase) -> Self {
        Self {
            case: SupportCaseBody::from(case),
            user_id: case.user_id,
            claimed_by: case.claim.map(|claim| claim.staff_id),
            asked_at: case.waits_since.map(Timestamp::from),
        }
    }
}

impl From<SupportLine> for DeskCaseLineBody {
    fn from(line: SupportLine) -> Self {
        let SupportLine { staff_id, staff_name, deed, done_at } = line;
        Self { staff_id, staff_name, deed, done_at: done_at.into() }
    }
}
