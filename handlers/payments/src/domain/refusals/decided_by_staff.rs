//! How this service says no about what members of staff decide.

use values::refusals;

refusals! {
    /// Of disputes, of payments that are held and of money that was stopped.
    pub(super) const DECIDED_BY_STAFF;

    pub(crate) NO_DISPUTE: NotFound, "dispute-not-found", "the caller has no such dispute",
        en: "We cannot find this dispute.",
        zh_hant: "找不到此爭議個案。",
        zh_hans: "找不到该争议个案。";
    pub(crate) DISPUTE_EXISTS: Conflict, "dispute-exists", "the payment is disputed already",
        action: "Show the dispute that there is.",
        en: "You have disputed this payment already.",
        zh_hant: "你已就此付款提出爭議。",
        zh_hans: "您已就该付款提出争议。";
    pub(crate) DISPUTE_TOO_LATE: Rule, "dispute-too-late",
        "the payment was made more than 120 days ago",
        action: "Do not offer to dispute such payments.",
        en: "This payment is too old to be disputed. Please contact the shop.",
        zh_hant: "此付款已超過可提出爭議的期限，請聯絡商戶。",
        zh_hans: "该付款已超过可提出争议的期限，请联系商户。";
    pub(crate) DISPUTE_EXCEEDS_PAYMENT: Rule, "dispute-exceeds-payment",
        "the amount is more than was paid and not refunded",
        action: "Offer at most what was paid and not refunded.",
        en: "This is more than you paid, less what was refunded.",
        zh_hant: "金額多於你已支付而未退回的款項。",
        zh_hans: "金额多于您已支付而未退回的款项。";
    pub(crate) DISPUTE_ENDED: Conflict, "dispute-ended",
        "the dispute has been decided, or does not stand where this is possible",
        action: "Read the dispute: it says what became of it.",
        en: "This dispute has already been decided.",
        zh_hant: "此爭議個案已有結果。",
        zh_hans: "该争议个案已有结果。";
    pub(crate) DISPUTE_NOT_UNDER_REVIEW: Conflict, "dispute-not-under-review",
        "the shop can still answer, or it has been decided",
        action: "Read the dispute.";
    pub(crate) TOO_MANY_DISPUTES: Rule, "too-many-disputes",
        "three disputes of a payment, or ten in a day, are the most",
        action: "Show the disputes that there are.",
        en: "You have disputed this too often. Please contact customer service.",
        zh_hant: "你提出爭議的次數過多，請聯絡客戶服務。",
        zh_hans: "您提出争议的次数过多，请联系客服。";
    pub(crate) DISPUTE_UNDER_REVIEW: Conflict, "dispute-under-review",
        "the shop has answered, or its time to answer is over",
        action: "Offer to give the money back, or wait for the decision.",
        en: "This dispute is under review. You can still give the money back.",
        zh_hant: "此爭議個案正在審核。你仍可選擇退款。",
        zh_hans: "该争议个案正在审核。您仍可选择退款。";
    pub(crate) REFUND_NOT_DUE: Conflict, "refund-not-due",
        "what was disputed was given back already",
        action: "Clients do not meet this.";
    pub(crate) RULING_PROPOSED: Conflict, "ruling-proposed",
        "another proposal waits to be decided",
        action: "Decide that first.";
    pub(crate) RULING_NOT_PROPOSED: Conflict, "ruling-not-proposed", "nothing is proposed",
        action: "Propose how the dispute should end.";
    pub(crate) RELEASE_TAKES_TWO: Conflict, "release-takes-two",
        "one operator stops money, but to let it go takes two members of staff",
        action: "Propose a release.";
    pub(crate) NOTHING_TO_RELEASE: Conflict, "nothing-to-release",
        "the account is not stopped in this way",
        action: "Read the account.";
    pub(crate) RELEASE_OVERTAKEN: Conflict, "release-overtaken",
        "something was done to the account after this was proposed",
        action: "Read the account, and propose the release anew if it is still right.";
    pub(crate) NO_HELD_PAYMENT: NotFound, "held-payment-not-found",
        "no such payment was held for a reviewer";
    pub(crate) HELD_PAYMENT_ENDED: Conflict, "held-payment-ended",
        "the payment was released or returned, or its time is over",
        action: "Read the payment: it says what became of it.";
    pub(crate) NO_RELEASE: NotFound, "release-not-found", "there is no such release";
}
