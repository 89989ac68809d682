//! How this service says no where a bank is asked.

use values::refusals;

refusals! {
    /// Of people's bank accounts and of what the bank is told.
    pub(super) const OF_BANKS;

    pub(crate) BANK_IS_DECIDING: Conflict, "bank-is-deciding",
        "the bank has the instruction, and nobody else can say what becomes of it yet",
        action: "Ask the bank; say it again once the operation is overdue and the bank is silent.";
    pub(crate) NO_BANK_ACCOUNT: NotFound, "bank-account-not-found",
        "the caller has registered no such bank account, or has removed it",
        en: "We cannot find this bank account.",
        zh_hant: "找不到此銀行戶口。",
        zh_hans: "找不到该银行账户。";
    pub(crate) BANK_ACCOUNT_NAME_MISMATCH: Rule, "bank-account-name-mismatch",
        "the holder's name is not the caller's",
        action: "Show the message; the name of the profile and of the account must be one.",
        en: "The account must be in your own name, as it is in your profile.",
        zh_hant: "戶口持有人的姓名必須與你個人資料的姓名相同。",
        zh_hans: "账户持有人的姓名必须与您个人资料的姓名相同。";
    pub(crate) BANK_ACCOUNT_NOT_OWN: Rule, "bank-account-not-own",
        "the bank has the account in another name",
        action: "Ask for the account number again.",
        en: "Your bank says that this account is not in your name. Please check the number.",
        zh_hant: "銀行表示此戶口並非以你的姓名開立，請檢查戶口號碼。",
        zh_hans: "银行表示该账户并非以您的姓名开立，请检查账号。";
    pub(crate) BANK_ACCOUNT_REGISTERED: Conflict, "bank-account-registered",
        "the caller has registered this account already",
        action: "List the caller's bank accounts.",
        en: "You have added this bank account already.",
        zh_hant: "你已加入此銀行戶口。",
        zh_hans: "您已添加该银行账户。";
    pub(crate) TOO_MANY_BANK_ACCOUNTS: Rule, "too-many-bank-accounts",
        "the caller has five registered bank accounts",
        action: "Offer to remove one first.",
        en: "You have five bank accounts already. Please remove one first.",
        zh_hant: "你已有五個銀行戶口，請先移除其中一個。",
        zh_hans: "您已有五个银行账户，请先移除其中一个。";
    pub(crate) BANK_CHECKS_THROTTLED: TooMany, "bank-checks-throttled",
        "the caller has had ten accounts checked today",
        action: "Offer it again tomorrow.",
        en: "You have tried too many bank accounts today. Please try again tomorrow.",
        zh_hant: "你今天嘗試的銀行戶口過多，請明天再試。",
        zh_hans: "您今天尝试的银行账户过多，请明天再试。";
    pub(crate) AUTOMATIC_TOP_UP_CHANGED: Conflict, "automatic-top-up-changed",
        "what was agreed to or ended after this was confirmed stands",
        action: "Read what stands, and let the person confirm anew if it is not what they want.",
        en: "Your automatic top-up was changed after this. Please check it and try again.",
        zh_hant: "你的自動增值設定其後已更改，請查看後再試。",
        zh_hans: "您的自动充值设置此后已更改，请查看后再试。";
    pub(crate) NO_FPS_PAYEE: NotFound, "fps-payee-not-found",
        "the bank knows nobody by this proxy, or the caller has looked nobody up under this id",
        action: "Ask for the number, address or code again.",
        en: "We cannot find anybody by this. Please check it.",
        zh_hant: "找不到此收款人，請檢查。",
        zh_hans: "找不到该收款人，请检查。";
    pub(crate) FPS_PROXY_INVALID: Rule, "fps-proxy-invalid",
        "the proxy has not the form of its type",
        action: "Ask for the number, address or code again.",
        en: "Please check the FPS identifier, mobile number or e-mail address.",
        zh_hant: "請檢查轉數快識別碼、手提電話號碼或電郵地址。",
        zh_hans: "请检查转数快识别码、手机号码或电邮地址。";
    pub(crate) FPS_PAYEE_EXPIRED: Conflict, "fps-payee-expired",
        "the payee was looked up more than fifteen minutes ago",
        action: "Look the payee up again, and show who it is.",
        en: "This took too long. Please check the payee again.",
        zh_hant: "操作逾時，請重新查核收款人。",
        zh_hans: "操作超时，请重新核对收款人。";
    pub(crate) FPS_LOOKUPS_THROTTLED: TooMany, "fps-lookups-throttled",
        "the caller has looked thirty payees up today",
        action: "Offer it again tomorrow.",
        en: "You have looked up too many payees today. Please try again tomorrow.",
        zh_hant: "你今天查核的收款人過多，請明天再試。",
        zh_hans: "您今天核对的收款人过多，请明天再试。";
    pub(crate) FPS_UNAVAILABLE: Rule, "fps-unavailable",
        "no bank is connected that pays by the Faster Payment System",
        en: "Payments by FPS are not available at the moment.",
        zh_hant: "目前未能以轉數快付款。",
        zh_hans: "目前无法使用转数快付款。";
    pub(crate) NO_FPS_PAYMENT: NotFound, "fps-payment-not-found",
        "the caller has made no such payment",
        en: "We cannot find this payment.",
        zh_hant: "找不到此付款。",
        zh_hans: "找不到该付款。";
    pub(crate) NO_SETTLEMENT: NotFound, "settlement-not-found",
        "the business has no such settlement",
        action: "List the settlements of the business.",
        en: "We cannot find this settlement.",
        zh_hant: "找不到此結算。",
        zh_hans: "找不到该结算。";
    pub(crate) NO_BUSINESS_BANK_ACCOUNT: NotFound, "business-bank-account-not-found",
        "the business has registered no bank account",
        action: "Offer to register one.",
        en: "This business has no bank account yet.",
        zh_hant: "此商戶尚未登記銀行戶口。",
        zh_hans: "该商户尚未登记银行账户。";
    pub(crate) SETTLEMENT_DAY_NOT_OVER: Rule, "settlement-day-not-yesterday",
        "only yesterday is settled, in Hong Kong, from five minutes after midnight on",
        action: "Ask again with yesterday's date; older takings are in it.",
        en: "Only yesterday's takings can be paid out. Please try again.",
        zh_hant: "只可結算昨天或之前的營業額，請再試。",
        zh_hans: "只能结算昨天及之前的营业额，请重试。";
    pub(crate) BANK_CHECK_UNAVAILABLE: Rule, "bank-check-unavailable",
        "no bank is connected that says whose an account is",
        action: "Offer a withdrawal with the account's number.",
        en: "Bank accounts cannot be added at the moment.",
        zh_hant: "目前未能加入銀行戶口。",
        zh_hans: "目前无法添加银行账户。";
}
