//! Every way in which this service says no.

use values::{
    NO_BUSINESS, NOT_YET_KNOWN, OWN_PROPOSAL, PROPOSAL_DECIDED, PROPOSAL_EXPIRED, refusals,
};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS, NOT_YET_KNOWN, OWN_PROPOSAL, PROPOSAL_DECIDED,
        PROPOSAL_EXPIRED;

    pub(crate) NO_APPLICATION: NotFound, "application-not-found",
        "there is no such application, or it is somebody else's",
        en: "We cannot find this application.",
        zh_hant: "找不到此申請。",
        zh_hans: "找不到该申请。";
    pub(crate) APPLICATION_OPEN: Conflict, "application-open",
        "the caller has an application of this kind that is not decided",
        action: "List the applications and go on with the open one, or withdraw it.",
        en: "You have already begun this. Please continue or withdraw it.",
        zh_hant: "你已開始此項申請，請繼續或撤回。",
        zh_hans: "您已开始该项申请，请继续或撤回。";
    pub(crate) APPLICATION_NOT_CHANGEABLE: Conflict, "application-not-changeable",
        "it was submitted, or it has ended",
        en: "This application has been sent and cannot be changed now.",
        zh_hant: "此申請已遞交，現時不能更改。",
        zh_hans: "该申请已提交，现在不能更改。";
    pub(crate) APPLICATION_CLOSED: Conflict, "application-closed",
        "it was decided or has ended",
        en: "This application has ended.",
        zh_hant: "此申請已經結束。",
        zh_hans: "该申请已经结束。";
    pub(crate) DETAILS_OF_OTHER_KIND: Rule, "details-of-other-kind",
        "an application stays of its kind and of its business",
        action: "Begin another application.",
        en: "Please begin a new application for this.",
        zh_hant: "請另行遞交新申請。",
        zh_hans: "请另行提交新申请。";
    pub(crate) IDENTITY_FIRST: Conflict, "identity-first",
        "the applicant has no approved application by an identity document",
        action: "Lead the customer to an application of type hkid or passport.",
        en: "Please verify your identity first.",
        zh_hant: "請先驗證你的身份。",
        zh_hans: "请先验证您的身份。";
    pub(crate) DOCUMENT_MISSING: Conflict, "document-missing",
        "no link for an upload was asked for since the application was begun or came back",
        action: "Ask for a link, upload, and then submit.",
        en: "Please upload the document first.",
        zh_hant: "請先上載文件。",
        zh_hans: "请先上传文件。";
    pub(crate) TOO_MANY_DOCUMENTS: Conflict, "too-many-documents",
        "the application has as many documents as one may",
        action: "Show the message; withdrawing the application and beginning anew makes room.",
        en: "Too many uploads for this application. Please withdraw it and begin again.",
        zh_hant: "此申請的上載次數已達上限，請撤回後重新申請。",
        zh_hans: "该申请的上传次数已达上限，请撤回后重新申请。";
    pub(crate) TOO_MANY_UPLOADS: TooMany, "too-many-uploads",
        "the caller has asked for as many links as one person may in a day",
        en: "Too many uploads today. Please try again tomorrow.",
        zh_hant: "今日上載次數已達上限，請明天再試。",
        zh_hans: "今日上传次数已达上限，请明天再试。";

    pub(crate) TOO_MANY_APPLICATIONS: TooMany, "too-many-applications",
        "the caller has begun or changed applications as often as one person may in a day",
        en: "Too many changes today. Please try again tomorrow.",
        zh_hant: "今日更改次數已達上限，請明天再試。",
        zh_hans: "今日更改次数已达上限，请明天再试。";

    pub(crate) NOT_IN_REVIEW: Conflict, "not-in-review", "it does not wait for a reviewer",
        en: "This application is not waiting for a review.",
        zh_hant: "此申請並非待審。",
        zh_hans: "该申请不在待审状态。";
    pub(crate) CLAIMED_BY_ANOTHER: Conflict, "claimed-by-another",
        "another member of staff works on it",
        action: "Take another one from the queue.",
        en: "A colleague is working on this.",
        zh_hant: "同事正在處理此項。",
        zh_hans: "同事正在处理该项。";
    pub(crate) NOT_CLAIMED: Conflict, "not-claimed",
        "the caller has not claimed it, or too long ago",
        action: "Claim it, read it again, and then decide.",
        en: "Please claim this before deciding.",
        zh_hant: "請先認領此項再作決定。",
        zh_hans: "请先认领该项再作决定。";
    pub(crate) NOT_AWAITING_RELEASE: Conflict, "not-awaiting-release",
        "nobody has approved it, or its release was decided",
        en: "This application is not waiting for a release.",
        zh_hant: "此申請並非待放行。",
        zh_hans: "该申请不在待放行状态。";
    pub(crate) ONLY_APPROVED_OR_REJECTED: Conflict, "only-approved-or-rejected",
        "it was approved before and is looked at again: it is approved or rejected",
        en: "Please approve or reject this.",
        zh_hant: "請批准或拒絕此項。",
        zh_hans: "请批准或拒绝该项。";
    pub(crate) REASONS_MISSING: Rule, "reasons-missing",
        "a refusal needs a reason, and the applicant one that they are told",
        en: "Please choose a reason.",
        zh_hant: "請選擇原因。",
        zh_hans: "请选择原因。";
    pub(crate) NUMBER_IN_USE: Conflict, "document-number-in-use",
        "another person was approved by a document with this number",
        action: "Reject it; if the other one is wrong, reject that first.",
        en: "Another customer has this document number.",
        zh_hant: "此證件號碼屬於另一位客戶。",
        zh_hans: "该证件号码属于另一位客户。";
    pub(crate) LIST_CHANGED: Conflict, "screening-list-changed",
        "its names were not yet compared with the newest list",
        action: "Read it again in a minute, and then decide.",
        en: "The screening list has changed. Please try again in a minute.",
        zh_hant: "篩查名單已更新，請稍後再試。",
        zh_hans: "筛查名单已更新，请稍后再试。";
    pub(crate) NO_FILES: NotFound, "document-deleted",
        "there is no document, or it was deleted as the rule says, or is being deleted",
        en: "The document is no longer kept.",
        zh_hant: "文件已不再保存。",
        zh_hans: "文件已不再保存。";
    pub(crate) LIST_INVALID: Rule, "screening-list-invalid",
        "the blob is absent or not a list of the documented forms",
        en: "This list cannot be read.",
        zh_hant: "無法讀取此名單。",
        zh_hans: "无法读取该名单。";
    pub(crate) LIST_SHRUNK: Conflict, "screening-list-shrunk",
        "more than a tenth of the entries or names of the list before of this source is gone",
        action: "Look for a part that is missing; if the list is right, say that it may shrink.",
        en: "This list is much shorter than the one before.",
        zh_hant: "此名單比之前的短很多。",
        zh_hans: "该名单比之前的短很多。";
}
