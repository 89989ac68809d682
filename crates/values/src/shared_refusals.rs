//! Refusals of more than one service.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::Refusal;

/// How long the event of something new may take to reach the other services, on a bad day.
const EVENT_WAY_MAX_SECONDS: u64 = 60;

/// Whether the event of what has this id may still be on its way: an id tells when it was made
/// (UUIDv7).
pub fn is_new(id: Uuid, now: OffsetDateTime) -> bool {
    let now = now.unix_timestamp().unsigned_abs();
    let made = id.get_timestamp().map(|made| made.to_unix().0);
    made.is_some_and(|made| made.abs_diff(now) <= EVENT_WAY_MAX_SECONDS)
}

/// Why nothing is found here under the id of what another service creates: what is new may only not
/// be known yet.
pub fn unknown(id: Uuid, now: OffsetDateTime, absent: Refusal) -> Refusal {
    if is_new(id, now) { NOT_YET_KNOWN } else { absent }
}

crate::refusals! {
    /// Those that a client meets at more than one service, with the same meaning.
    pub const SHARED_REFUSALS;

    pub CLOCK_SKEW: Rule, "clock-skew",
        "the signature is right, and its time too long ago or ahead",
        action: "Sign anew, by the server's time: every answer has it in its Date header.",
        en: "This took too long, or your device's clock is wrong. Please try again.",
        zh_hant: "操作逾時，或裝置的時間不正確，請再試一次。",
        zh_hans: "操作超时，或设备的时间不正确，请重试。";
    pub ROLE_MISSING: Forbidden, "role-missing",
        "this member of staff has not the role that the document names for this operation",
        action: "Show the message; another member of staff can do it.",
        en: "Your role does not allow this.",
        zh_hant: "你的職權不包括此操作。",
        zh_hans: "您的职权不包括此操作。";
    pub OWN_PROPOSAL: Forbidden, "own-proposal", "whoever proposed it cannot approve it",
        action: "Let another member of staff approve it.",
        en: "You proposed this, so somebody else must approve it.",
        zh_hant: "此項由你提出，須由他人批准。",
        zh_hans: "该项由您提出，须由他人批准。";
    pub PROPOSAL_DECIDED: Conflict, "proposal-decided", "it was approved or rejected before",
        en: "This was decided already.",
        zh_hant: "此項早前已有決定。",
        zh_hans: "该项早前已有决定。";
    pub PROPOSAL_EXPIRED: Conflict, "proposal-expired",
        "it was proposed too long ago to be approved",
        action: "Let it be proposed again.",
        en: "This was proposed too long ago. Please propose it again.",
        zh_hant: "此項提出已久，請重新提出。",
        zh_hans: "该项提出已久，请重新提出。";
    pub STEP_UP_REQUIRED: StepUp, "step-up-required",
        "this needs a higher level of authentication than the request shows",
        action: "Ask for what acr_values of WWW-Authenticate names, and repeat it with that proof.",
        en: "For your security, please confirm this with your PIN or passkey.",
        zh_hant: "為保障你的帳戶安全，請以密碼或通行密鑰確認此操作。",
        zh_hans: "为保障您的账户安全，请以密码或通行密钥确认此操作。";
    pub HELD_FOR_REVIEW: Forbidden, "held-for-review",
        "so much that is unusual was done in a day that this is not done now",
        action: "Show the message and how to reach customer service; do not offer to try again.",
        en: "For your security this was not done, and no money has moved. Please contact customer \
             service, or try again tomorrow.",
        zh_hant: "為保障你的帳戶安全，此操作未有完成，款項未有變動。請聯絡客戶服務，或明天再試。",
        zh_hans: "为保障您的账户安全，此操作未完成，款项未变动。请联系客服，或明天再试。";
    pub LOOKUPS_THROTTLED: TooMany, "lookups-throttled",
        "the caller looked for too many people",
        action: "Look for another person only when Retry-After has passed.",
        en: "You have looked for too many people. Please wait a while and try again.",
        zh_hant: "你查詢用戶的次數過多，請稍後再試。",
        zh_hans: "您查询用户的次数过多，请稍后再试。";
    pub NOT_YET_KNOWN: NotYetKnown, "not-yet-known",
        "if it was created a moment ago, the event that tells of it is on its way here";
    pub NO_BUSINESS: NotFound, "business-not-found",
        "there is no such business, it is closed, or it is not the caller's",
        en: "We cannot find this shop. It may have closed.",
        zh_hant: "找不到此商戶，可能已經結業。",
        zh_hans: "找不到该商户，可能已经停业。";
    pub NOT_ALLOWED_FOR_ROLE: Forbidden, "not-allowed-for-role",
        "the caller works in this shop, and the role does not include this",
        action: "Show the message, and do not offer it to this role: docs/api.md has the table.",
        en: "Your role in this shop does not allow this. Please ask the owner or a manager.",
        zh_hant: "你在此商戶的職級不能進行此操作，請聯絡店主或經理。",
        zh_hans: "您在该商户的职级不能进行此操作，请联系店主或经理。";
    pub NO_PAYMENT_REQUEST: NotFound, "payment-request-not-found",
        "there is no such payment request",
        en: "We cannot find this payment request. Please ask the shop for a new one.",
        zh_hant: "找不到此收款要求，請商戶重新發出。",
        zh_hans: "找不到该收款请求，请商户重新发起。";
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::BusinessId;

    #[test]
    fn an_id_of_the_last_minute_may_not_be_known_yet() {
        let now = OffsetDateTime::now_utc();
        let new = BusinessId::new().uuid();
        assert_eq!(unknown(new, now, NO_BUSINESS), NOT_YET_KNOWN);
        assert_eq!(unknown(new, now + Duration::seconds(58), NO_BUSINESS), NOT_YET_KNOWN);
        for seconds in [62, -62, 1_000_000] {
            assert_eq!(unknown(new, now + Duration::seconds(seconds), NO_BUSINESS), NO_BUSINESS);
        }
        for no_time in [Uuid::nil(), Uuid::max(), Uuid::from_u128(7)] {
            assert_eq!(unknown(no_time, now, NO_BUSINESS), NO_BUSINESS);
        }
    }
}
