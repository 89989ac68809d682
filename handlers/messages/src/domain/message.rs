//! A message: what its sender may still do with it, and what of it whom is shown.

use events::messages::{MessageSentV1, ToldV1};
use time::{Duration, OffsetDateTime};
use values::{ConversationId, MessageId, MessageText, PictureId, Refusal, Timestamp, UserId};

use super::refusals::{
    CARD_NOT_CHANGEABLE, MESSAGE_TOO_OLD, MESSAGE_WITHDRAWN, NO_MESSAGE, PICTURE_NOT_EDITABLE,
};
use super::{Audience, Card, SUPPORT};

/// How long its sender may change a message.
pub(crate) const EDITABLE: Duration = Duration::minutes(15);
/// How long its sender may take it back.
pub(crate) const WITHDRAWABLE: Duration = Duration::hours(1);

/// What somebody said in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) message_id: MessageId,
    pub(crate) conversation_id: ConversationId,
    /// Counts the messages of the conversation.
    pub(crate) number: u32,
    pub(crate) sender_id: UserId,
    /// None once it was withdrawn, and of a card or picture.
    pub(crate) text: Option<String>,
    /// What its sender sees in place of it.
    pub(crate) sender_text: Option<String>,
    /// The money that it shows in place of a text.
    pub(crate) card: Option<Card>,
    /// The picture that it shows in place of a text, also once it was withdrawn.
    pub(crate) picture: Option<PictureId>,
    /// Only its sender sees it.
    pub(crate) is_hidden: bool,
    /// Counts the changes from 1.
    pub(crate) version: u32,
    pub(crate) sent_at: OffsetDateTime,
    pub(crate) edited_at: Option<OffsetDateTime>,
    pub(crate) withdrawn_at: Option<OffsetDateTime>,
}

impl Message {
    /// A text that is said now.
    pub(crate) fn text(
        conversation_id: ConversationId,
        number: u32,
        sender_id: UserId,
        text: &MessageText,
        sent_at: OffsetDateTime,
    ) -> Self {
        let text = Some(text.as_str().to_owned());
        Self { text, ..Self::empty(conversation_id, number, sender_id, sent_at) }
    }

    /// Money that is shown now.
    pub(crate) fn card(
        conversation_id: ConversationId,
        number: u32,
        sender_id: UserId,
        card: Card,
        sent_at: OffsetDateTime,
    ) -> Self {
        Self { card: Some(card), ..Self::empty(conversation_id, number, sender_id, sent_at) }
    }

    /// A picture that is sent now.
    pub(crate) fn picture(
        conversation_id: ConversationId,
        number: u32,
        sender_id: UserId,
        picture_id: PictureId,
        sent_at: OffsetDateTime,
    ) -> Self {
        let picture = Some(picture_id);
        Self { picture, ..Self::empty(conversation_id, number, sender_id, sent_at) }
    }

    fn empty(
        conversation_id: ConversationId,
        number: u32,
        sender_id: UserId,
        sent_at: OffsetDateTime,
    ) -> Self {
        Self {
            message_id: MessageId::new(),
            conversation_id,
            number,
            sender_id,
            text: None,
            sender_text: None,
            card: None,
            picture: None,
            is_hidden: false,
            version: 1,
            sent_at,
            edited_at: None,
            withdrawn_at: None,
        }
    }

    /// The picture that it shows; none once it was withdrawn.
    pub(crate) fn picture_id(&self) -> Option<PictureId> {
        self.picture.filter(|_| self.withdrawn_at.is_none())
    }

    /// Tells these people, each with the sender's name as they may be shown it; nothing if there is
    /// nobody to tell.
    pub(crate) fn sent_event(
        &self,
        group_name: Option<String>,
        told: Vec<(UserId, String)>,
    ) -> Option<MessageSentV1> {
        let told = told.into_iter();
        let told =
            told.map(|(user_id, sender_name)| ToldV1 { user_id: user_id.to_string(), sender_name });
        let told: Vec<ToldV1> = told.collect();
        (!told.is_empty()).then(|| MessageSentV1 {
            conversation_id: self.conversation_id.to_string(),
            message_id: self.message_id.to_string(),
            number: self.number,
            sender_id: self.sender_id.to_string(),
            group_name,
            is_support: self.sender_id == SUPPORT,
            told,
            sent_at: Timestamp::from(self.sent_at).to_string(),
        })
    }

    /// What this reader sees of the text.
    pub(crate) fn text_for(&self, reader: UserId) -> Option<&str> {
        let own = self.sender_text.as_deref().filter(|_| reader == self.sender_id);
        own.or(self.text.as_deref())
    }

    /// When this reader saw it change.
    pub(crate) fn edited_at_for(&self, reader: UserId) -> Option<OffsetDateTime> {
        let is_unseen = self.sender_text.is_some() && reader != self.sender_id;
        self.edited_at.filter(|_| !is_unseen)
    }

    /// Says it otherwise; whether that is anything new. Others do not see it if they would not see
    /// a new message of the sender.
    pub(crate) fn edit(
        &mut self,
        by: UserId,
        text: &MessageText,
        audience: Audience,
        now: OffsetDateTime,
    ) -> Result<bool, Refusal> {
        self.require_own(by)?;
        if self.withdrawn_at.is_some() {
            return Err(MESSAGE_WITHDRAWN);
        }
        if self.picture.is_some() {
            return Err(PICTURE_NOT_EDITABLE);
        }
        if now > self.sent_at.saturating_add(EDITABLE) {
            return Err(MESSAGE_TOO_OLD);
        }
        if self.text_for(by) == Some(text.as_str()) {
            return Ok(false);
        }
        let text = Some(text.as_str().to_owned());
        match audience {
            Audience::All => (self.text, self.sender_text) = (text, None),
            Audience::Sender => self.sender_text = text,
        }
        self.edited_at = Some(now);
        self.version = self.version.saturating_add(1);
        Ok(true)
    }

    /// Takes it back, so that nothing of the text is left, nor a picture shown; whether it was not
    /// before.
    pub(crate) fn withdraw(&mut self, by: UserId, now: OffsetDateTime) -> Result<bool, Refusal> {
        self.require_own(by)?;
        if self.withdrawn_at.is_some() {
            return Ok(false);
        }
        if now > self.sent_at.saturating_add(WITHDRAWABLE) {
            return Err(MESSAGE_TOO_OLD);
        }
        (self.text, self.sender_text, self.withdrawn_at) = (None, None, Some(now));
        self.version = self.version.saturating_add(1);
        Ok(true)
    }

    /// Of others' messages as of one that there is not: nobody asks which are there.
    fn require_own(&self, by: UserId) -> Result<(), Refusal> {
        match self.card {
            _ if self.sender_id != by => Err(NO_MESSAGE),
            Some(_) => Err(CARD_NOT_CHANGEABLE),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn text(text: &str) -> MessageText {
        text.to_owned().try_into().unwrap()
    }

    fn message() -> Message {
        Message::text(ConversationId::new(), 1, UserId::new(), &text("one"), NOW)
    }

    #[test]
    fn its_sender_changes_it_for_a_quarter_of_an_hour_and_takes_it_back_for_an_hour() {
        let mut changed = message();
        let (own, two) = (changed.sender_id, text("two"));
        assert_eq!(changed.edit(own, &two, Audience::All, NOW + EDITABLE), Ok(true));
        assert_eq!(changed.edit(own, &two, Audience::All, NOW + EDITABLE), Ok(false));
        assert_eq!((changed.text.as_deref(), changed.version), (Some("two"), 2));
        let late = NOW + EDITABLE + Duration::MICROSECOND;
        assert_eq!(changed.edit(own, &two, Audience::All, late), Err(MESSAGE_TOO_OLD));
        assert_eq!(
            changed.withdraw(own, NOW + WITHDRAWABLE + Duration::MICROSECOND),
            Err(MESSAGE_TOO_OLD)
        );
        assert_eq!(changed.withdraw(own, NOW + WITHDRAWABLE), Ok(true));
        assert_eq!(changed.withdraw(own, NOW + Duration::days(1)), Ok(false));
        assert_eq!((changed.text.as_deref(), changed.version), (None, 3));
        assert_eq!(changed.edit(own, &two, Audience::All, NOW), Err(MESSAGE_WITHDRAWN));
    }

    #[test]
    fn others_change_and_withdraw_nothing() {
        let (mut one, other) = (message(), UserId::new());
        assert_eq!(one.edit(other, &text("two"), Audience::All, NOW), Err(NO_MESSAGE));
        assert_eq!(one.withdraw(other, NOW), Err(NO_MESSAGE));
        assert_eq!(one.version, 1);
    }

    #[test]
    fn whoever_blocks_the_sender_sees_what_it_said_before() {
        let mut one = message();
        let (own, other) = (one.sender_id, UserId::new());
        let later = NOW + Duration::MINUTE;
        one.edit(own, &text("two"), Audience::Sender, later).unwrap();
        assert_eq!((one.text_for(own), one.edited_at_for(own)), (Some("two"), Some(later)));
        assert_eq!((one.text_for(other), one.edited_at_for(other)), (Some("one"), None));
        one.edit(own, &text("three"), Audience::All, later).unwrap();
        assert_eq!((one.text_for(own), one.text_for(other)), (Some("three"), Some("three")));
    }
}
