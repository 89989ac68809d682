//! A person makes a group of friends.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, once};
use utoipa::ToSchema;
use values::{DisplayName, IdempotencyKey, UserId};

use super::change_group::{Gathering, gather, save, show};
use super::read_group::GroupBody;
use crate::App;
use crate::domain::Group;

/// What the group is called, and who is in it besides the caller.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateGroup {
    name: DisplayName,
    /// Friends of the caller; each counts once.
    #[schema(max_items = 29)]
    member_ids: Vec<UserId>,
}

pub(crate) async fn create_group(
    app: App,
    caller: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreateGroup>,
) -> Result<Recorded<GroupBody>, Error> {
    let keyed = Keyed::new(caller.user_id.uuid(), &key, "create_group", &input)?;
    let insert = |tx| insert(&app, tx, caller.user_id, trace, &input);
    let created = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(created)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    owner_id: UserId,
    trace: TraceContext,
    input: &CreateGroup,
) -> Result<(Tx, GroupBody), Error> {
    let now = now();
    let group = Group::new(input.name.clone(), owner_id, &input.member_ids, now)?;
    let [_, others @ ..] = &*group.member_ids else {
        return Err(Error::internal("a group has its owner"));
    };
    gather(&mut tx, owner_id, others, Gathering::New, now).await?;
    save(app, &mut tx, trace, &group, now).await?;
    let body = show(&mut tx, group, owner_id).await?;
    Ok((tx, body))
}
