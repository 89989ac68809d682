//! Every way in which this service says no.

use values::{NO_BUSINESS, NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS, NOT_YET_KNOWN;

    pub(crate) NO_NOTIFICATION: NotFound, "notification-not-found",
        "there is no such notification in this inbox",
        action: "Read the list of notifications again.",
        en: "We cannot find this notification.",
        zh_hant: "找不到此通知。",
        zh_hans: "找不到该通知。";
    pub(crate) NOTIFICATION_NOT_OPTIONAL: Rule, "notification-not-optional",
        "a class of notifications cannot be switched off",
        action: "Offer no switch for security, money, account, shop, nor for pushes of security.",
        en: "These notifications protect your account and money, and cannot be switched off.",
        zh_hant: "這類通知關乎你的帳戶及款項安全，不能關閉。",
        zh_hans: "此类通知关乎您的账户及资金安全，无法关闭。";
    pub(crate) NO_WEBHOOK_ENDPOINT: NotFound, "webhook-endpoint-not-found",
        "the caller's businesses have no such webhook endpoint",
        action: "Read the list of webhook endpoints again.",
        en: "We cannot find this webhook address.",
        zh_hant: "找不到此 Webhook 網址。",
        zh_hans: "找不到该 Webhook 网址。";
    pub(crate) NO_WEBHOOK_DELIVERY: NotFound, "webhook-delivery-not-found",
        "there is no such delivery to an endpoint of the caller's businesses",
        action: "Read the list of deliveries again; they are kept for 30 days.",
        en: "We cannot find this webhook message.",
        zh_hant: "找不到此 Webhook 訊息。",
        zh_hans: "找不到该 Webhook 消息。";
    pub(crate) TOO_MANY_WEBHOOK_ENDPOINTS: Conflict, "too-many-webhook-endpoints",
        "the business has as many webhook endpoints as one may",
        action: "Show the message; deleting an endpoint makes room.",
        en: "This business already has the maximum number of webhook addresses.",
        zh_hant: "此商戶的 Webhook 網址數目已達上限。",
        zh_hans: "该商户的 Webhook 网址数量已达上限。";
    pub(crate) TOO_MANY_WEBHOOK_TESTS: Conflict, "too-many-webhook-tests",
        "as many test messages wait for the endpoint as may",
        action: "Read the endpoint's deliveries: their attempts say why they wait.",
        en: "Earlier test messages are still waiting to be delivered.",
        zh_hant: "之前的測試訊息仍在等待傳送。",
        zh_hans: "之前的测试消息仍在等待发送。";
    pub(crate) WEBHOOK_REDELIVERIES_THROTTLED: TooMany, "webhook-redeliveries-throttled",
        "60 messages of the endpoint were sent again in an hour",
        action: "Mend the receiver first; what failed of itself is tried again without asking.",
        en: "Too many webhook messages were sent again. Please try again later.",
        zh_hant: "重新傳送 Webhook 訊息的次數過多，請稍後再試。",
        zh_hans: "重新发送 Webhook 消息的次数过多，请稍后再试。";
    pub(crate) WEBHOOK_ENDPOINT_NOT_ENABLED: Conflict, "webhook-endpoint-not-enabled",
        "the endpoint is paused or disabled",
        action: "Enable it first.",
        en: "This webhook address is switched off. Please switch it on first.",
        zh_hant: "此 Webhook 網址已停用，請先啟用。",
        zh_hans: "该 Webhook 网址已停用，请先启用。";
    pub(crate) WEBHOOK_ENDPOINT_OF_PROGRAM: Conflict, "webhook-endpoint-of-program",
        "the endpoint is what a program's requests name, and stands as long as its credential",
        action: "Pause the endpoint, or end the credential; its key signs what is sent.",
        en: "This webhook address belongs to a program. It cannot be changed here.",
        zh_hant: "此 Webhook 網址屬於一個程式，不能在此更改。",
        zh_hans: "该 Webhook 网址属于一个程序，不能在此更改。";
}
