//! Every way in which this service says no.

use values::{
    CLOCK_SKEW, LOOKUPS_THROTTLED, OWN_PROPOSAL, PROPOSAL_DECIDED, PROPOSAL_EXPIRED, refusals,
};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with CLOCK_SKEW, LOOKUPS_THROTTLED, OWN_PROPOSAL, PROPOSAL_DECIDED,
        PROPOSAL_EXPIRED;

    pub(crate) PHONE_INVALID: Rule, "phone-invalid", "a Hong Kong mobile number is expected",
        en: "Please enter a Hong Kong mobile number.",
        zh_hant: "請輸入香港流動電話號碼。",
        zh_hans: "请输入香港手机号码。";
    pub(crate) PHONE_UNREACHABLE: Rule, "phone-unreachable",
        "the message was not accepted for its recipient",
        en: "We cannot send a message to this number. Please check it.",
        zh_hant: "未能向此號碼發送短訊，請檢查號碼是否正確。",
        zh_hans: "无法向该号码发送短信，请检查号码是否正确。";
    pub(crate) PHONE_ALREADY_REGISTERED: Conflict, "phone-already-registered",
        "the phone number is registered already; log in on this device instead, with a new code",
        action: "Offer to log in on this device; ask for a new code, since this one is used.",
        en: "This number is already registered. Please log in instead.",
        zh_hant: "此號碼已經登記，請直接登入。",
        zh_hans: "该号码已注册，请直接登录。";
    pub(crate) PHONE_NOT_REGISTERED: NotFound, "phone-not-registered",
        "the phone number is not registered; sign up instead",
        action: "Offer to sign up.",
        en: "This number is not registered yet. Please sign up first.",
        zh_hant: "此號碼尚未登記，請先註冊。",
        zh_hans: "该号码尚未注册，请先注册。";
    pub(crate) NO_PERSON: NotFound, "person-not-found",
        "nobody with this phone has a wallet, or whoever has it is not found by it",
        action: "Show the message. Which of the two it is is not said.",
        en: "We cannot find anybody with this number.",
        zh_hant: "找不到使用此號碼的用戶。",
        zh_hans: "找不到使用该号码的用户。";
    pub(crate) TOO_MANY_CONTACTS: Malformed, "too-many-contacts",
        "one request has 200 phones at most",
        action: "Ask in several requests.",
        en: "Please choose fewer contacts at a time.",
        zh_hant: "請每次選擇較少聯絡人。",
        zh_hans: "请每次选择较少联系人。";
    pub(crate) OTP_INVALID: Rule, "otp-invalid",
        "the code is wrong, used or no longer valid; ask for a new one",
        action: "Let the customer enter the code again or ask for a new one.",
        en: "The code is wrong or has expired. Please check it or request a new one.",
        zh_hant: "驗證碼不正確或已失效，請重新輸入或索取新的驗證碼。",
        zh_hans: "验证码不正确或已失效，请重新输入或获取新的验证码。";
    pub(crate) OTP_OR_PIN_INVALID: Rule, "otp-or-pin-invalid",
        "the code or the PIN is wrong, or the code is used or no longer valid; nobody learns which",
        action: "Let the customer enter both again or ask for a new code.",
        en: "The code or the PIN is wrong, or the code has expired. Please check both or request a \
             new code.",
        zh_hant: "驗證碼或密碼不正確，或驗證碼已失效，請重新輸入或索取新的驗證碼。",
        zh_hans: "验证码或密码不正确，或验证码已失效，请重新输入或获取新的验证码。";
    pub(crate) OTP_LOCKED: TooMany, "otp-locked",
        "too many wrong codes were entered for this phone",
        action: "Take no code for this phone until Retry-After has passed.",
        en: "Too many wrong codes were entered for this number. Please try again later.",
        zh_hant: "此號碼輸入錯誤驗證碼的次數過多，請稍後再試。",
        zh_hans: "该号码输入错误验证码的次数过多，请稍后再试。";
    pub(crate) OTP_THROTTLED: TooMany, "otp-throttled", "too many codes were asked for",
        action: "Let the customer ask for a code again only when Retry-After has passed.",
        en: "You have requested too many codes. Please wait a while and try again.",
        zh_hant: "你索取驗證碼的次數過多，請稍後再試。",
        zh_hans: "您获取验证码的次数过多，请稍后再试。";
    pub(crate) DEVICE_KEY_INVALID: Rule, "device-key-invalid",
        "the device's key is not a P-256 public key in JWK form",
        action: "Correct the client: it sends a key of another kind or form.",
        en: "We could not understand the app. Please update it and try again.",
        zh_hant: "系統未能處理應用程式的要求，請更新應用程式後再試。",
        zh_hans: "系统无法处理应用的请求，请更新应用后重试。";
    pub(crate) NO_DEVICE: NotFound, "device-not-found", "there is no such device",
        en: "We cannot find this device. It may have been removed.",
        zh_hant: "找不到此裝置，可能已被移除。",
        zh_hans: "找不到该设备，可能已被移除。";
    pub(crate) SIGNATURE_INVALID: Rule, "signature-invalid",
        "the device is unknown, or its signature is wrong or spent",
        action: "Sign anew; if that fails too, register the device again.",
        en: "We could not verify this device. Please try again.",
        zh_hant: "未能驗證此裝置，請再試一次。",
        zh_hans: "无法验证该设备，请重试。";
    pub(crate) PASSKEY_CHALLENGE_INVALID: Rule, "passkey-challenge-invalid",
        "the challenge is not the one to sign: unknown, used, expired, or made for something else",
        action: "Ask for a new challenge, or sign the confirmation anew.",
        en: "This took too long or was done already. Please try again.",
        zh_hant: "操作逾時或已經完成，請再試一次。",
        zh_hans: "操作超时或已经完成，请重试。";
    pub(crate) PASSKEY_ORIGIN_INVALID: Rule, "passkey-origin-invalid",
        "the passkey answered a page of another site",
        action: "Correct the client: ask for passkeys on a page of the documented site only.",
        en: "This page is not ours. Please open PayMe yourself and try again.",
        zh_hant: "此網頁並非由我們提供，請自行開啟 PayMe 後再試。",
        zh_hans: "该网页并非由我们提供，请自行打开 PayMe 后重试。";
    pub(crate) PASSKEY_NOT_VERIFIED: Rule, "passkey-not-verified",
        "the passkey did not verify its user",
        action: "Ask for the passkey with user verification; let its owner set up a screen lock.",
        en: "Your passkey did not check that it is you. Please unlock it and try again.",
        zh_hant: "通行密鑰未有核實你的身分，請解鎖後再試。",
        zh_hans: "通行密钥未核实您的身份，请解锁后重试。";
    pub(crate) PASSKEY_UNKNOWN: Rule, "passkey-unknown",
        "there is no such passkey, it was removed, or it is somebody else's",
        action: "Let the browser forget it: PublicKeyCredential.signalUnknownCredential.",
        en: "We do not know this passkey. It may have been removed.",
        zh_hant: "我們未能識別此通行密鑰，可能已被移除。",
        zh_hans: "我们无法识别该通行密钥，可能已被移除。";
    pub(crate) PASSKEY_CLONED: Rule, "passkey-cloned",
        "the passkey's counter went back, so there may be a copy of it",
        action: "Show the message; let its owner remove the passkey and make another.",
        en: "This passkey may have been copied, so we did not accept it. Please log in another way \
             and remove it.",
        zh_hant: "此通行密鑰可能已被複製，因此未獲接受。請以其他方式登入並將其移除。",
        zh_hans: "该通行密钥可能已被复制，因此未被接受。请以其他方式登录并将其移除。";
    pub(crate) PASSKEY_INVALID: Rule, "passkey-invalid",
        "the passkey's answer is not of its form, or not signed by it",
        action: "Ask for the passkey again; if that fails too, correct the client.",
        en: "We could not verify this passkey. Please try again.",
        zh_hant: "未能驗證此通行密鑰，請再試一次。",
        zh_hans: "无法验证该通行密钥，请重试。";
    pub(crate) PASSKEY_ALREADY_REGISTERED: Conflict, "passkey-already-registered",
        "this passkey is registered already, or was",
        action: "Let the authenticator make a new passkey.",
        en: "This passkey is already registered. Please create a new one.",
        zh_hant: "此通行密鑰已經登記，請建立新的通行密鑰。",
        zh_hans: "该通行密钥已注册，请创建新的通行密钥。";
    pub(crate) PASSKEYS_TOO_MANY: Conflict, "passkeys-too-many",
        "the person has as many passkeys as anybody can have",
        action: "Let the customer remove a passkey first.",
        en: "You have too many passkeys. Please remove one first.",
        zh_hant: "你的通行密鑰數量已達上限，請先移除一個。",
        zh_hans: "您的通行密钥数量已达上限，请先移除一个。";
    pub(crate) PASSKEY_CHALLENGES_THROTTLED: TooMany, "passkey-challenges-throttled",
        "too many challenges were asked for",
        action: "Ask for a challenge again only when Retry-After has passed.",
        en: "There were too many attempts. Please wait a while and try again.",
        zh_hant: "嘗試次數過多，請稍後再試。",
        zh_hans: "尝试次数过多，请稍后再试。";
    pub(crate) STAFF_LOG_IN_ELSEWHERE: Forbidden, "staff-log-in-elsewhere",
        "staff log in by Entra ID where it is configured, and by passkey where it is not",
        action: "Log in the other way.";
    pub(crate) ENTRA_TOKEN_INVALID: Rule, "entra-token-invalid",
        "the token is not Entra ID's for this application, a person and now, or it was used",
        action: "Ask Entra ID for another token, with the scope `staff` of our application.";
    pub(crate) ENTRA_STRENGTH_MISSING: Rule, "entra-strength-missing",
        "the token does not show the strong log-in that is asked of staff",
        action: "Ask Entra ID for a token with the configured authentication context (`acrs`).";
    pub(crate) STAFF_ENROLLED: Conflict, "staff-enrolled",
        "there are administrators enough to invite all others",
        action: "Let an administrator propose the enrolment, and another approve it.";
    pub(crate) STAFF_NAME_TAKEN: Conflict, "staff-name-taken",
        "somebody of this name is staff: nobody is to be two, who could agree with themselves",
        action: "Propose a new passkey for whoever has the name, or give the other another name.";
    pub(crate) ENROLMENT_INVALID: Rule, "enrolment-invalid",
        "a half of the secret is wrong, or the enrolment was used, or approved too long ago",
        action: "Check both halves; if they are right, let the enrolment be proposed again.";
    pub(crate) NO_ENROLMENT: NotFound, "enrolment-not-found", "nobody has proposed this enrolment";
    pub(crate) NO_STEP_UP_POLICY: NotFound, "step-up-policy-not-found",
        "nobody has proposed these rules";
    pub(crate) STEP_UP_POLICY_REPLACED: Conflict, "step-up-policy-replaced",
        "the rules that hold are not those that these were made of",
        action: "Read the rules that hold, make the change in them, and propose that.";
    pub(crate) NO_RECOVERY: NotFound, "recovery-not-found",
        "nobody asks for this account, or it was called off, finished, or lapsed",
        en: "There is nothing to cancel.",
        zh_hant: "沒有需要取消的要求。",
        zh_hans: "没有需要取消的请求。";
    pub(crate) RECOVERY_NOT_READY: Conflict, "recovery-not-ready",
        "it waits, for 72 hours or for the staff, or nothing comes of it; nobody learns which",
        action: "Let the customer ask the customer service; try again with a new code.",
        en: "This cannot be finished yet. Please contact us.",
        zh_hant: "暫時未能完成，請聯絡我們。",
        zh_hans: "暂时无法完成，请联系我们。";
    pub(crate) RECOVERY_CLOSED: Conflict, "recovery-closed",
        "nobody has proposed it, or it was called off, rejected, finished, or lapsed",
        action: "Read the list; the person may ask again.";
    pub(crate) RECOVERY_PROPOSED: Conflict, "recovery-proposed",
        "somebody has proposed it, and it was not decided or was approved",
        action: "Let another member of staff decide about it.";
    pub(crate) RECOVERIES_THROTTLED: TooMany, "recoveries-throttled",
        "accounts were asked for too often for one of the numbers, or from one address",
        action: "Ask again only when Retry-After has passed.",
        en: "There were too many attempts. Please contact us.",
        zh_hant: "嘗試次數過多，請聯絡我們。",
        zh_hans: "尝试次数过多，请联系我们。";
    pub(crate) NO_USER: NotFound, "user-not-found", "there is no such person";
    pub(crate) NO_STAFF: NotFound, "staff-not-found", "there is no such member of staff";
    pub(crate) OWN_REMOVAL: Forbidden, "own-removal", "nobody takes themselves off the staff",
        action: "Let another administrator do it.";
    pub(crate) PIN_TOO_WEAK: Rule, "pin-too-weak",
        "the PIN is easily guessed: common, a pattern, a date, or a part of the owner's number",
        en: "This PIN is too easy to guess. Please choose another.",
        zh_hant: "此密碼太容易被猜中，請另選一個。",
        zh_hans: "该密码太容易被猜中，请另选一个。";
    pub(crate) PIN_INVALID: Rule, "pin-invalid", "the PIN is wrong",
        action: "Let the customer enter the PIN again; five wrong ones in a row lock this device.",
        en: "The PIN is wrong. Please try again.",
        zh_hant: "密碼不正確，請重新輸入。",
        zh_hans: "密码不正确，请重新输入。";
    pub(crate) PIN_LOCKED: TooMany, "pin-locked", "the PIN was wrong too often",
        action: "Take no PIN until Retry-After has passed.",
        en: "Your PIN is locked after too many wrong attempts. Please try again later.",
        zh_hant: "密碼輸入錯誤次數過多，已暫時鎖定，請稍後再試。",
        zh_hans: "密码输入错误次数过多，已暂时锁定，请稍后再试。";
    pub(crate) REFRESH_TOKEN_INVALID: Rule, "refresh-token-invalid",
        "the refresh token is unknown, expired or revoked; log in",
        action: "Forget the tokens and log in.",
        en: "You have been logged out. Please log in again.",
        zh_hant: "你已登出，請重新登入。",
        zh_hans: "您已退出登录，请重新登录。";
    pub(crate) REFRESH_TOKEN_REUSED: Rule, "refresh-token-reused",
        "the refresh token was used before, so its session is revoked; log in",
        action: "Forget the tokens and log in; use each refresh token once.",
        en: "For your security you have been logged out. Please log in again.",
        zh_hant: "為保障你的帳戶安全，系統已將你登出，請重新登入。",
        zh_hans: "为保障您的账户安全，系统已将您退出登录，请重新登录。";
    pub(crate) NO_PIN_RESET: NotFound, "pin-reset-not-found",
        "this device asked for no new PIN, or it was cancelled, chosen or not chosen in a week",
        action: "Offer to log in, and to ask for a new PIN.",
        en: "There is no request for a new PIN from this device. Please start again.",
        zh_hant: "此裝置沒有重設密碼的要求，請重新開始。",
        zh_hans: "该设备没有重设密码的请求，请重新开始。";
    pub(crate) PIN_RESET_COOLING: Conflict, "pin-reset-cooling",
        "the new PIN cannot be chosen yet",
        action: "Let the customer choose the new PIN once the time named in `detail` has come.",
        en: "For your security, you can choose a new PIN 24 hours after you asked for it.",
        zh_hant: "為保障你的帳戶安全，提出要求 24 小時後方可設定新密碼。",
        zh_hans: "为保障您的账户安全，提出请求 24 小时后方可设置新密码。";
}
