//! The kinds of refusal, and what is said of one that has no words of its own.

use crate::CustomerMessage;

/// What kind of refusal it is. The edge turns it into an HTTP status, so that no rule knows HTTP.
/// The kinds after `TooMany` are for what surrounds a handler; no rule of a domain is of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalClass {
    /// The input does not have the form it needs.
    Malformed,
    /// The caller is known and may not do this.
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// It may exist: the event that tells of it is on its way here.
    NotYetKnown,
    /// The thing is in a state that does not allow this.
    Conflict,
    /// A rule forbids this input.
    Rule,
    /// The caller asked too often.
    TooMany,
    /// The same is being done already; its answer can be had soon.
    InFlight,
    /// The access token is not good. Clients answer that by renewing it and asking again, which
    /// would make a guess of each wrong PIN or code, were they of this class.
    Unproved,
    /// The caller must first show more surely who they are. Clients answer that by doing so, as the
    /// challenge names it, and not by renewing the token.
    StepUp,
    /// A change does not say which version it replaces.
    NoVersion,
    /// A change replaces a version that is not the newest.
    Stale,
    /// The thing does not do what the method asks.
    WrongMethod,
    /// The request did not arrive in time.
    TooSlow,
    /// The input is longer than anything that is read.
    TooLarge,
    /// The input says that it is in a form that is not read.
    WrongMediaType,
    /// The message is coded in a way that is not known.
    UnknownCoding,
    /// Something that is needed is away or busy.
    Busy,
    /// Something that should not happen.
    Failed,
}

impl RefusalClass {
    /// Whether the same request may succeed later, unchanged.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::NotYetKnown | Self::TooMany | Self::InFlight | Self::TooSlow | Self::Busy
        )
    }

    /// What the developer of a client should do, where a refusal says nothing better.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Malformed
            | Self::WrongMethod
            | Self::TooLarge
            | Self::WrongMediaType
            | Self::UnknownCoding
            | Self::NoVersion => "Correct the client: it sends what is not documented.",
            Self::Unproved | Self::StepUp => "Ask for the proof again; the same one will not do.",
            Self::Forbidden => "Show the message; this caller may not do it at all.",
            Self::NotFound => "Show the message, and read the list again that the id came from.",
            Self::NotYetKnown => "Repeat it after Retry-After; show that it is on its way.",
            Self::Conflict => "Read the thing again and show how it stands.",
            Self::Stale => "Read the thing again, make the change in it, and send that.",
            Self::Rule => "Show the message and let the customer change the input.",
            Self::TooMany => "Repeat it no sooner than Retry-After says.",
            Self::InFlight => "Repeat it after a second under the same idempotency key.",
            Self::TooSlow => "Repeat it, under the same idempotency key if it has one.",
            Self::Busy => "Repeat it after Retry-After under the same key, then ever more slowly.",
            Self::Failed => "Show the message and the trace id; what was asked may have been done.",
        }
    }

    /// What the customer reads, where a refusal says nothing better.
    pub const fn message(self) -> CustomerMessage {
        match self {
            Self::Malformed
            | Self::WrongMethod
            | Self::TooLarge
            | Self::WrongMediaType
            | Self::UnknownCoding
            | Self::NoVersion => CustomerMessage {
                en: "We could not understand the app. Please update it and try again.",
                zh_hant: "系統未能處理應用程式的要求，請更新應用程式後再試。",
                zh_hans: "系统无法处理应用的请求，请更新应用后重试。",
            },
            Self::Unproved | Self::StepUp => CustomerMessage {
                en: "Please log in again.",
                zh_hant: "請重新登入。",
                zh_hans: "请重新登录。",
            },
            Self::Forbidden => CustomerMessage {
                en: "You cannot do this with your account.",
                zh_hant: "你的帳戶不能進行此操作。",
                zh_hans: "您的账户不能进行此操作。",
            },
            Self::NotFound => CustomerMessage {
                en: "We cannot find this. It may have been removed.",
                zh_hant: "找不到相關資料，可能已被移除。",
                zh_hans: "找不到相关内容，可能已被移除。",
            },
            Self::NotYetKnown => CustomerMessage {
                en: "This is not ready yet. Please try again in a moment.",
                zh_hant: "資料尚未準備好，請稍後再試。",
                zh_hans: "内容尚未准备好，请稍后再试。",
            },
            Self::Conflict | Self::Stale => CustomerMessage {
                en: "This has changed in the meantime. Please refresh and check.",
                zh_hant: "狀態已有變更，請重新整理後查看。",
                zh_hans: "状态已有变更，请刷新后查看。",
            },
            Self::Rule => CustomerMessage {
                en: "Please check what you entered and try again.",
                zh_hant: "輸入的資料不符合要求，請檢查後再試。",
                zh_hans: "输入的内容不符合要求，请检查后重试。",
            },
            Self::TooMany => CustomerMessage {
                en: "Too many attempts. Please wait a while and try again.",
                zh_hant: "嘗試次數過多，請稍後再試。",
                zh_hans: "尝试次数过多，请稍后再试。",
            },
            Self::InFlight => CustomerMessage {
                en: "We are still working on this. Please wait a moment.",
                zh_hant: "正在處理，請稍候。",
                zh_hans: "正在处理，请稍候。",
            },
            Self::TooSlow => CustomerMessage {
                en: "The connection is too slow. Please try again.",
                zh_hant: "網絡連線太慢，請再試一次。",
                zh_hans: "网络连接太慢，请重试。",
            },
            Self::Busy => CustomerMessage {
                en: "We are busy right now. Please try again in a moment.",
                zh_hant: "系統繁忙，請稍後再試。",
                zh_hans: "系统繁忙，请稍后再试。",
            },
            Self::Failed => CustomerMessage {
                en: "Something went wrong on our side. Please try again later.",
                zh_hant: "系統出現問題，請稍後再試。",
                zh_hans: "系统出现问题，请稍后再试。",
            },
        }
    }
}
