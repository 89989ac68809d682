//! Somebody sees a conversation of theirs: with whom it is, and how it stands.

use std::collections::HashMap;

use mysql_async::prelude::Queryable;
use serde::Serialize;
use service::{Consumer, Error, Id, Json};
use utoipa::ToSchema;
use values::{
    ConversationId, GroupId, Language, SUPPORT_NAME, SupportCaseId, Timestamp, UserId, code_enum,
};

use super::read_message::MessageBody;
use crate::domain::{Membership, NO_CONVERSATION, SUPPORT};
use crate::store::members::Other;
use crate::{App, store};

code_enum! {
    /// Who talks in a conversation.
    pub(crate) enum ConversationType {
        /// Two people.
        OneToOne = "one-to-one",
        /// The members of a group of `social`.
        Group = "group",
        /// A customer and support, about a case.
        Support = "support",
    }
}

/// A conversation, as one of those in it has it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversationBody {
    conversation_id: ConversationId,
    #[serde(rename = "type")]
    conversation_type: ConversationType,
    /// Null unless it is a group's.
    group_id: Option<GroupId>,
    /// Null unless it is with support.
    support_case_id: Option<SupportCaseId>,
    /// What the group is called; null if it is no group's, or the caller has left it.
    title: Option<String>,
    /// Everybody but the caller who is or was in it.
    others: Vec<CorrespondentBody>,
    /// The newest message that the caller may read; null if there is none.
    last_message: Option<MessageBody>,
    /// The caller has read what has no larger number.
    read_up_to: u32,
    unread_count: u32,
    is_muted: bool,
    /// Whether the caller can write now; if not, a message that is sent is refused and says why.
    can_write: bool,
    created_at: Timestamp,
}

/// Somebody else in a conversation.
#[derive(Serialize, ToSchema)]
pub(crate) struct CorrespondentBody {
    user_id: UserId,
    /// A friend's whole, support's in the caller's language, anybody else's masked; null if they
    /// have not chosen one.
    name: Option<String>,
    /// They have read what has no larger number; zero of support, which does not say.
    read_up_to: u32,
    /// An app of theirs has received what has no larger number, which is never less than they have
    /// read; zero of support.
    delivered_up_to: u32,
    /// They were in the group, and are no longer.
    has_left: bool,
    /// They have closed their wallet: they sign in no more, and read nothing that is written now.
    has_closed: bool,
}

pub(crate) async fn read_conversation(
    app: App,
    Id(id): Id<ConversationId>,
    caller: Consumer,
    language: Language,
) -> Result<Json<ConversationBody>, Error> {
    let mut conn = app.database.conn().await?;
    Ok(Json(show_one(&mut conn, id, caller.user_id, language).await?))
}

/// 404 to whoever was never in it.
pub(super) async fn require_membership(
    connection: &mut impl Queryable,
    id: ConversationId,
    user_id: UserId,
) -> Result<Membership, Error> {
    let found = store::conversations::find_membership(connection, id, user_id).await?;
    Ok(found.ok_or(NO_CONVERSATION)?)
}

pub(super) async fn show_one(
    connection: &mut impl Queryable,
    id: ConversationId,
    reader: UserId,
    language: Language,
) -> Result<ConversationBody, Error> {
    let membership = require_membership(connection, id, reader).await?;
    let shown = show(connection, vec![membership], reader, language).await?;
    Ok(shown.into_iter().next().ok_or(NO_CONVERSATION)?)
}

/// In the order in which they came.
pub(super) async fn show(
    connection: &mut impl Queryable,
    memberships: Vec<Membership>,
    reader: UserId,
    language: Language,
) -> Result<Vec<ConversationBody>, Error> {
    let ids = memberships.iter().map(|membership| membership.conversation_id);
    let mut others: HashMap<ConversationId, Vec<Other>> = HashMap::new();
    for other in store::members::list_others(connection, ids, reader).await? {
        others.entry(other.conversation_id).or_default().push(other);
    }
    let newest = memberships.iter().map(|one| (one.conversation_id, one.last_number));
    let newest = newest.filter(|(_, number)| *number > 0);
    let newest = store::messages::list_numbered(connection, newest).await?;
    let mut newest: HashMap<ConversationId, MessageBody> = newest
        .into_iter()
        .map(|message| (message.conversation_id, MessageBody::of(&message, reader)))
        .collect();
    let body = |membership: Membership| {
        let id = membership.conversation_id;
        let others = others.remove(&id).unwrap_or_default();
        ConversationBody::of(membership, others, newest.remove(&id), language)
    };
    Ok(memberships.into_iter().map(body).collect())
}

impl ConversationBody {
    fn of(
        membership: Membership,
        others: Vec<Other>,
        last_message: Option<MessageBody>,
        language: Language,
    ) -> Self {
        let conversation_type = match (membership.group_id, membership.support_case) {
            (Some(_), _) => ConversationType::Group,
            (None, Some(_)) => ConversationType::Support,
            (None, None) => ConversationType::OneToOne,
        };
        let can_write = membership.require_in().is_ok()
            && (conversation_type != ConversationType::OneToOne
                || others.iter().all(|other| other.standing.audience().is_ok()));
        let support = membership.support_case.map(|_| CorrespondentBody::support(language));
        Self {
            conversation_id: membership.conversation_id,
            conversation_type,
            group_id: membership.group_id,
            support_case_id: membership.support_case.map(|case| case.id),
            title: membership.title.filter(|_| membership.left_after.is_none()),
            others: others.into_iter().map(CorrespondentBody::from).chain(support).collect(),
            last_message,
            read_up_to: membership.read_number,
            unread_count: membership.unread,
            is_muted: membership.is_muted,
            can_write,
            created_at: membership.created_at.into(),
        }
    }
}

impl From<Other> for CorrespondentBody {
    fn from(other: Other) -> Self {
        let name = other.standing.shown(&other.name);
        Self {
            user_id: other.user_id,
            name: Some(name).filter(|name| !name.is_empty()),
            read_up_to: other.read_number,
            delivered_up_to: other.delivered_number.max(other.read_number),
            has_left: other.has_left,
            has_closed: other.has_closed,
        }
    }
}

impl CorrespondentBody {
    /// Whoever of staff it is.
    fn support(language: Language) -> Self {
        Self {
            user_id: SUPPORT,
            name: Some(SUPPORT_NAME.in_language(language).to_owned()),
            read_up_to: 0,
            delivered_up_to: 0,
            has_left: false,
            has_closed: false,
        }
    }
}
