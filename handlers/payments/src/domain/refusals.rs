//! Every way in which this service says no.

mod bank;
mod between_people;
mod decided_by_staff;
mod merchant_api;

pub(crate) use bank::*;
pub(crate) use between_people::*;
pub(crate) use decided_by_staff::*;
pub(crate) use merchant_api::*;
use values::{
    CLOCK_SKEW, HELD_FOR_REVIEW, NO_BUSINESS, NO_PAYMENT_REQUEST, NOT_ALLOWED_FOR_ROLE,
    NOT_YET_KNOWN, Refusal, refusals,
};

/// What this service refuses beside what every service does, by what it is about.
pub const REFUSALS: [&[Refusal]; 5] =
    [OF_MONEY, OF_BANKS, BETWEEN_PEOPLE, DECIDED_BY_STAFF, OF_PROGRAMS];

refusals! {
    /// Of accounts, of payments and of what limits them.
    const OF_MONEY,
        with CLOCK_SKEW, NO_BUSINESS, NO_PAYMENT_REQUEST, NOT_ALLOWED_FOR_ROLE, NOT_YET_KNOWN,
        HELD_FOR_REVIEW;

    pub(crate) NO_WALLET: NotYetKnown, "wallet-not-open", "the wallet is not open yet",
        action: "Ask again after a few seconds: a wallet opens soon after its owner signed up.",
        en: "Your wallet is not ready yet. Please try again in a moment.",
        zh_hant: "你的錢包尚未啟用，請稍後再試。",
        zh_hans: "您的钱包尚未开通，请稍后再试。";
    pub(crate) NO_ACCOUNT: NotFound, "account-not-found", "there is no such wallet or shop",
        action: "Check the id; only operators meet this.";
    pub(crate) INSUFFICIENT_FUNDS: Rule, "insufficient-funds", "the available balance is too low",
        action: "Offer to top up.",
        en: "You do not have enough money in your wallet. Please top up and try again.",
        zh_hant: "錢包餘額不足，請增值後再試。",
        zh_hans: "钱包余额不足，请充值后重试。";
    pub(crate) BALANCE_LIMIT_EXCEEDED: Rule, "balance-limit-exceeded",
        "the wallet would hold more than a wallet may",
        action: "Offer a smaller amount; `next_tier` of the limits is applied for at onboarding.",
        en: "This would take your wallet over its balance limit. Please enter a smaller amount.",
        zh_hant: "錢包結餘將會超出上限，請輸入較小的金額。",
        zh_hans: "钱包余额将超出上限，请输入较小的金额。";
    pub(crate) WALLET_FROZEN: Forbidden, "wallet-frozen", "the wallet is frozen",
        action: "Show the message and how to reach customer service.",
        en: "Your wallet is frozen, and no money has moved. Please contact customer service.",
        zh_hant: "你的錢包已被凍結，款項未有轉出或存入。請聯絡客戶服務。",
        zh_hans: "您的钱包已被冻结，款项未转出或存入。请联系客服。";
    pub(crate) WALLET_CLOSED: Forbidden, "wallet-closed", "the wallet's owner has closed it",
        action: "Offer nothing that moves money; what was paid can still be read.",
        en: "You have closed your wallet.",
        zh_hant: "你已經關閉錢包。",
        zh_hans: "您已关闭钱包。";
    pub(crate) WALLET_NOT_EMPTY: Conflict, "wallet-not-empty",
        "the wallet holds money, or some of its money is on its way",
        action: "Offer to withdraw what is left, to cancel open links and requests; else wait.",
        en: "Your wallet still holds money, or some may still come. Please finish that first.",
        zh_hant: "錢包內仍有結餘，或有款項尚待處理，請先行了結。",
        zh_hans: "钱包内仍有余额，或有款项尚待处理，请先了结。";
    pub(crate) PAYEE_UNAVAILABLE: Conflict, "payee-unavailable", "the payee cannot be paid now",
        action: "Show the message; the customer can pay only in another way.",
        en: "This payee cannot be paid at the moment. You have not been charged.",
        zh_hant: "對方目前未能收款。你的款項並未扣除。",
        zh_hans: "对方目前无法收款。您的款项未被扣除。";
    pub(crate) PAYEE_WARNED: Conflict, "payee-warned",
        "people are warned of this payee, and the payer has not said that they go on",
        action: "Show the warning of the payee that is read or looked up. If the customer goes on, \
            repeat with the same key and its reason as `accepted_warning`. No schedule pays them.",
        en: "There is a scam alert about this payee. Check who they are: money that is sent may be \
            lost for good. You have not been charged.",
        zh_hant: "此收款人涉及防騙警示，請先核實對方身分；款項轉出後可能無法取回。你的款項並未扣除。",
        zh_hans: "该收款人涉及防骗警示，请先核实对方身份；款项转出后可能无法追回。您的款项未被扣除。";
    pub(crate) NO_PAYEE: NotFound, "payee-not-found",
        "there is no such person, whether they are to be paid or asked to pay",
        en: "We cannot find this person.",
        zh_hant: "找不到此用戶。",
        zh_hans: "找不到该用户。";
    pub(crate) SAME_ACCOUNT: Rule, "payer-is-payee", "payer and payee are the same",
        action: "Do not offer to pay oneself.",
        en: "You cannot pay yourself.",
        zh_hant: "你不能付款給自己。",
        zh_hans: "您不能付款给自己。";
    pub(crate) HOLD_ENDED: Conflict, "hold-ended",
        "the money is held no longer: it has moved, or was let go",
        action: "Read the operation: it says what became of it.",
        en: "This has been settled already.",
        zh_hant: "此交易已經完結。",
        zh_hans: "该交易已经完结。";
    pub(crate) HOLD_EXCEEDED: Rule, "hold-exceeded", "the amount is more than what is held",
        action: "Settle at most what is held.",
        en: "This is more than the amount that was agreed on.",
        zh_hant: "金額多於已協定的金額。",
        zh_hans: "金额多于已约定的金额。";
    pub(crate) NO_PEER_PAYMENT: NotFound, "peer-payment-not-found",
        "the caller has no such payment",
        en: "We cannot find this payment.",
        zh_hant: "找不到此筆轉賬。",
        zh_hans: "找不到该笔转账。";
    pub(crate) NO_PAYMENT: NotFound, "payment-not-found", "the caller has no such payment",
        en: "We cannot find this payment.",
        zh_hant: "找不到此筆付款。",
        zh_hans: "找不到该笔付款。";
    pub(crate) PAYMENT_ENDED: Conflict, "payment-ended",
        "the payment was captured, voided or has expired",
        action: "Read the payment: its status says what became of it.",
        en: "This payment can no longer be changed.",
        zh_hant: "此筆付款已不能更改。",
        zh_hans: "该笔付款已无法更改。";
    pub(crate) PAYMENT_NOT_CAPTURED: Conflict, "payment-not-captured",
        "no money of this payment has moved",
        action: "Capture or void it if it is pending; otherwise there is nothing to refund.",
        en: "This payment was not collected, so there is nothing to refund.",
        zh_hant: "此筆付款未曾收取，無須退款。",
        zh_hans: "该笔付款未曾收取，无需退款。";
    pub(crate) CAPTURE_EXCEEDS_AUTHORISATION: Rule, "capture-exceeds-authorisation",
        "the amount is more than the payer agreed to",
        action: "Capture at most the payment's amount.",
        en: "This is more than your customer agreed to. Nothing was collected.",
        zh_hant: "金額多於顧客同意的金額，並未收款。",
        zh_hans: "金额多于顾客同意的金额，未收款。";
    pub(crate) CAPTURE_METHOD_MISMATCH: Rule, "capture-method-mismatch",
        "the request says otherwise when the money goes to the shop",
        action: "Show what the request says: the money is held until the shop collects it.",
        en: "Please update your app to pay this shop. You have not been charged.",
        zh_hant: "請更新應用程式後再付款給此商戶。款項並未扣除。",
        zh_hans: "请更新应用后再付款给该商户。款项未被扣除。";
    pub(crate) NO_TOP_UP: NotFound, "top-up-not-found", "the caller has no such top-up",
        en: "We cannot find this top-up.",
        zh_hant: "找不到此筆增值。",
        zh_hans: "找不到该笔充值。";
    pub(crate) INSTANT_TOP_UP_UNAVAILABLE: Rule, "instant-top-up-unavailable",
        "no bank is connected that gives money at once",
        action: "Offer a top-up by bank debit.",
        en: "Instant top-up is not available. Please top up from your bank account.",
        zh_hant: "目前未能即時增值，請從銀行戶口增值。",
        zh_hans: "目前无法即时充值，请从银行账户充值。";
    pub(crate) NO_REFUND: NotFound, "refund-not-found", "the caller has no such refund",
        en: "We cannot find this refund.",
        zh_hant: "找不到此筆退款。",
        zh_hans: "找不到该笔退款。";
    pub(crate) REFUND_EXCEEDS_PAYMENT: Rule, "refund-exceeds-payment",
        "the amount is more than what is left of the payment",
        action: "Read the payment: it says what was paid and what was refunded.",
        en: "This is more than what is left of the payment. Nothing was refunded.",
        zh_hant: "金額多於此筆付款尚可退還的金額，並未退款。",
        zh_hans: "金额多于该笔付款尚可退还的金额，未退款。";
    pub(crate) REFUND_TOO_LATE: Conflict, "refund-too-late",
        "the payment was made too long ago to be refunded",
        en: "This payment is too old to be refunded. Please settle it with your customer directly.",
        zh_hant: "此筆付款已超過可退款期限，請直接與顧客處理。",
        zh_hans: "该笔付款已超过可退款期限，请直接与顾客处理。";
    pub(crate) INSUFFICIENT_TAKINGS: Rule, "insufficient-takings",
        "the shop holds less than the refund",
        action: "Offer a smaller refund, or to try again once the shop was paid.",
        en: "Your shop does not hold enough money for this refund. Nothing was refunded.",
        zh_hant: "商戶結餘不足以退款，並未退款。",
        zh_hans: "商户余额不足以退款，未退款。";
    pub(crate) SHOP_FROZEN: Forbidden, "shop-frozen", "the shop's money is frozen",
        action: "Show the message and how to reach customer service.",
        en: "Your shop's money is frozen: nothing has moved. Please contact customer service.",
        zh_hant: "你商戶的款項已被凍結，款項未有變動。請聯絡客戶服務。",
        zh_hans: "您商户的款项已被冻结，款项未变动。请联系客服。";
    pub(crate) PAYER_UNAVAILABLE: Conflict, "payer-unavailable",
        "the payer's wallet neither gives nor takes money now, or never will",
        action: "Show the message; to try again on another day may help.",
        en: "This is not possible with this customer at the moment. No money has moved.",
        zh_hant: "目前未能與此顧客進行交易，款項未有變動。",
        zh_hans: "目前无法与该顾客进行交易，款项未变动。";
    pub(crate) NO_WITHDRAWAL: NotFound, "withdrawal-not-found",
        "the caller has no such withdrawal",
        en: "We cannot find this withdrawal.",
        zh_hant: "找不到此筆提款。",
        zh_hans: "找不到该笔提现。";
    pub(crate) CONFIRMATION_INVALID: Forbidden, "confirmation-invalid",
        "the confirmation does not cover this payment",
        action: "Ask the customer to confirm anew; sign exactly what is sent, or get a new token.",
        en: "Your confirmation was not accepted, and you have not been charged. Please try again.",
        zh_hant: "付款確認未獲接納，款項並未扣除，請重新確認。",
        zh_hans: "付款确认未通过，款项未被扣除，请重新确认。";
    pub(crate) PAID: Conflict, "payment-request-paid", "this payment request is paid",
        en: "This payment request has already been paid.",
        zh_hant: "此收款要求已經付款。",
        zh_hans: "该收款请求已付款。";
    pub(crate) CANCELLED: Conflict, "payment-request-cancelled",
        "this payment request was cancelled",
        en: "The shop has cancelled this payment request. Please ask for a new one.",
        zh_hant: "商戶已取消此收款要求，請商戶重新發出。",
        zh_hans: "商户已取消该收款请求，请商户重新发起。";
    pub(crate) EXPIRED: Conflict, "payment-request-expired", "this payment request has expired",
        en: "This payment request has expired. Please ask the shop for a new one.",
        zh_hant: "此收款要求已過期，請商戶重新發出。",
        zh_hans: "该收款请求已过期，请商户重新发起。";
    pub(crate) AMOUNT_MISMATCH: Rule, "amount-mismatch",
        "the amount is not the one that was asked for",
        action: "Read the request again and have its amount confirmed.",
        en: "The amount is not the one that was asked for. You have not been charged.",
        zh_hant: "金額與收款要求不符，款項並未扣除。",
        zh_hans: "金额与收款请求不一致，款项未被扣除。";
    pub(crate) PAYEE_MISMATCH: Rule, "payee-mismatch", "the payee is not the one that asked",
        action: "Read the request again and have its payee confirmed.",
        en: "The payee is not the one that asked for this payment. You have not been charged.",
        zh_hant: "收款方與收款要求不符，款項並未扣除。",
        zh_hans: "收款方与收款请求不一致，款项未被扣除。";
    pub(crate) TRANSACTION_LIMIT_EXCEEDED: Rule, "transaction-limit-exceeded",
        "the amount is more than one transaction may be",
        action: "Read the limits, and offer less; `next_tier` is applied for at onboarding.",
        en: "This is more than one transaction may be. Please enter a smaller amount.",
        zh_hant: "金額超出每次交易的上限，請輸入較小的金額。",
        zh_hans: "金额超出单笔交易限额，请输入较小的金额。";
    pub(crate) DAILY_LIMIT_EXCEEDED: Rule, "daily-limit-exceeded",
        "the amount is more than what is left of the day's limit",
        action: "Read the limits: what is left until when; onboarding leads to the `next_tier`.",
        en: "This would exceed your limit for today. No money has moved.",
        zh_hant: "此交易將會超出你今日的限額，款項並未轉出或存入。",
        zh_hans: "该交易将超出您今日的限额，款项未转出或存入。";
    pub(crate) MONTHLY_LIMIT_EXCEEDED: Rule, "monthly-limit-exceeded",
        "the amount is more than what is left of the month's limit",
        action: "Read the limits: what is left until when; onboarding leads to the `next_tier`.",
        en: "This would exceed your limit for this month. No money has moved.",
        zh_hant: "此交易將會超出你本月的限額，款項並未轉出或存入。",
        zh_hans: "该交易将超出您本月的限额，款项未转出或存入。";
    pub(crate) YEARLY_LIMIT_EXCEEDED: Rule, "yearly-limit-exceeded",
        "the amount is more than what is left of the year's limit",
        action: "Read the limits: what is left until when; onboarding leads to the `next_tier`.",
        en: "This would exceed your limit for this year. No money has moved.",
        zh_hant: "此交易將會超出你今年的限額，款項並未轉出或存入。",
        zh_hans: "该交易将超出您今年的限额，款项未转出或存入。";
    pub(crate) DAILY_COUNT_EXCEEDED: Rule, "daily-count-exceeded",
        "there were as many transactions of this kind in the day as there may be",
        action: "Read the limits: until when; `next_tier` is applied for at onboarding.",
        en: "You have made as many of these transactions today as you can. Please try tomorrow.",
        zh_hant: "你今日此類交易的次數已達上限，請明天再試。",
        zh_hans: "您今日此类交易的次数已达上限，请明天再试。";
    pub(crate) NEW_DEVICE_LIMIT_EXCEEDED: Rule, "new-device-limit-exceeded",
        "device, PIN or number are new to the account, and less may leave the wallet for a while",
        action: "Offer a smaller amount; `new_device_limit_ends_at` of the limits says until when.",
        en: "Your phone, PIN or number was changed recently. For your security, you can pay less \
             for now.",
        zh_hant: "你最近更換了裝置、密碼或電話號碼，為保障帳戶安全，付款限額暫時較低。",
        zh_hans: "您最近更换了设备、密码或手机号码，为保障账户安全，付款限额暂时较低。";
    pub(crate) TIP_NOT_ALLOWED: Rule, "tip-not-allowed", "the request does not allow a tip",
        action: "Offer a tip only where the code or the request allows one.",
        en: "This shop does not take a tip with this payment. You have not been charged.",
        zh_hant: "此商戶不接受此付款附加小費。你的款項並未扣除。",
        zh_hans: "该商户不接受此付款附加小费。您的款项未被扣除。";
    pub(crate) TIP_EXCEEDS_AMOUNT: Rule, "tip-exceeds-amount",
        "the tip is more than the amount, which includes it",
        action: "Send what is paid in all as the amount.",
        en: "The tip is more than the payment. You have not been charged.",
        zh_hant: "小費多於付款金額。你的款項並未扣除。",
        zh_hans: "小费多于付款金额。您的款项未被扣除。";
    pub(crate) NO_MOVEMENT: NotFound, "movement-not-found",
        "no such movement is in this wallet or shop, or it is a fee's",
        action: "Take a transfer_id of the history; a fee stands on its payment's receipt.",
        en: "We cannot find this transaction.",
        zh_hant: "找不到此交易。",
        zh_hans: "找不到该交易。";
    pub(crate) SHOP_NOT_APPROVED: Conflict, "shop-not-approved",
        "it is not known who stands behind the shop, or no longer, so nobody can pay it",
        action: "If the shop is the caller's, let it apply to onboarding; else pay in another way.",
        en: "This shop cannot take payments at the moment. No money has moved.",
        zh_hant: "此商戶目前未能收款，款項未有變動。",
        zh_hans: "该商户目前无法收款，款项未变动。";
}
