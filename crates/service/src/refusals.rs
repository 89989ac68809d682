//! What is refused, and what fails, before or around any service's own rules.

use values::{ROLE_MISSING, STEP_UP_REQUIRED, refusals};

refusals! {
    /// What every service may answer, whatever it does.
    pub const REFUSALS, with ROLE_MISSING, STEP_UP_REQUIRED;

    pub(crate) BAD_REQUEST: Malformed, "bad-request", "The request cannot be read.";
    pub INVALID_QUERY: Malformed, "invalid-query", "The query string is not as documented.";
    pub INVALID_BODY: Malformed, "invalid-body", "The body is not as documented.",
        action: "Mark the fields that `errors` names, and let the customer correct them.",
        en: "Some details are missing or not valid. Please check them and try again.",
        zh_hant: "部分資料不完整或不正確，請檢查後再試。",
        zh_hans: "部分信息不完整或不正确，请检查后重试。";
    pub(crate) BODY_TOO_SLOW: TooSlow, "body-too-slow", "The body did not arrive in time.";
    pub(crate) BODY_TOO_LARGE: TooLarge, "body-too-large", "The body is too long.";
    pub(crate) JSON_EXPECTED: WrongMediaType, "json-expected", "A JSON body in UTF-8 is expected.";
    pub(crate) UNKNOWN_TRANSFER_CODING: UnknownCoding, "unknown-transfer-coding",
        "Of transfer codings only `chunked` is known.";
    pub(crate) NO_SUCH_ROUTE: NotFound, "no-such-route", "Nothing answers at this URL.",
        action: "Correct the URL, or the id in it; the document lists every path.",
        en: "We cannot find this. Please update the app and try again.",
        zh_hant: "找不到相關內容，請更新應用程式後再試。",
        zh_hans: "找不到相关内容，请更新应用后重试。";
    pub(crate) METHOD_NOT_ALLOWED: WrongMethod, "method-not-allowed",
        "This URL does not take this method.";

    pub INVALID_TOKEN: Unproved, "invalid-token",
        "A valid bearer token is needed, of a login that has not ended.",
        action: "Renew the token once and repeat the request; if that is refused too, log in.";
    pub WRONG_PRODUCT: Forbidden, "wrong-product",
        "This operation belongs to the other product.",
        action: "Log in to the product that the document names for this operation.",
        en: "This is not available in this app. Please use the other PayMe app.",
        zh_hant: "此應用程式不提供這項服務，請使用另一個 PayMe 應用程式。",
        zh_hans: "此应用不提供这项服务，请使用另一个 PayMe 应用。";

    pub(crate) IDEMPOTENCY_KEY_MISSING: Malformed, "idempotency-key-missing",
        "An Idempotency-Key header is needed, so that a repeat does nothing twice.";
    pub IDEMPOTENCY_KEY_INVALID: Malformed, "idempotency-key-invalid",
        "Exactly one Idempotency-Key is expected.";
    pub IDEMPOTENCY_KEY_REUSED: Rule, "idempotency-key-reused",
        "the idempotency key was used for another operation or input",
        action: "Correct the client: a new operation needs a new key.",
        en: "This was not done, because another request came first. Please try again.",
        zh_hant: "由於另一項要求已先行處理，此操作未有完成，請再試一次。",
        zh_hans: "由于另一项请求已先行处理，此操作未完成，请重试。";
    pub(crate) IDEMPOTENCY_KEY_USED_UP: Conflict, "idempotency-key-used-up",
        "this was done, too long ago for its answer to be given again",
        action: "Do not repeat it under a new key; read what it created.",
        en: "This was already done. Please refresh and check.",
        zh_hant: "此操作早前已經完成，請重新整理後查看。",
        zh_hans: "此操作早前已经完成，请刷新后查看。";
    pub(crate) IDEMPOTENCY_KEY_IN_FLIGHT: InFlight, "idempotency-key-in-flight",
        "the first request with this idempotency key is still running";

    pub(crate) IF_MATCH_MISSING: NoVersion, "if-match-missing",
        "An If-Match header is needed: the ETag of what this request changes.";
    pub(crate) IF_MATCH_INVALID: Malformed, "if-match-invalid",
        "Exactly one ETag is expected, as it was answered; no list, and not `*`.";
    pub(crate) VERSION_STALE: Stale, "version-stale",
        "Somebody has changed it since this version was read.";

    pub(crate) CURSOR_INVALID: Malformed, "cursor-invalid", "The cursor belongs to another list.",
        action: "Ask for the first page.",
        en: "We cannot show more of this list. Please refresh it.",
        zh_hant: "未能顯示更多項目，請重新整理。",
        zh_hans: "无法显示更多内容，请刷新。";

    pub(crate) TRY_AGAIN: Busy, "try-again", "The service is busy; try again.";
    pub(crate) INTERNAL: Failed, "internal", "Something failed on our side.";
}
