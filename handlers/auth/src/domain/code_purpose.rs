//! What a code is asked for, and the words that say so to whoever gets it.

use values::{Language, code_enum};

code_enum! {
    /// What a code is asked for: its message says so, and it is good for nothing else.
    pub(crate) enum CodePurpose {
        /// To sign up, or to log in on a new phone.
        LogIn = "log-in",
        /// To choose a new PIN.
        NewPin = "new-pin",
        /// To move an account to another number, from this one or to it.
        NewNumber = "new-number",
        /// To get an account back whose phone and number are lost.
        Recovery = "recovery",
        /// To keep somebody else from getting the account.
        StopRecovery = "stop-recovery",
    }
}

impl CodePurpose {
    /// What it is asked for; of none, what can be done with it at the worst.
    pub(crate) const fn words(purpose: Option<Self>, language: Language) -> &'static str {
        let [english, traditional, simplified] = match purpose {
            None => [
                "Whoever has it can take over your account.",
                "持有者可取得你的帳戶。",
                "持有者可取得您的账户。",
            ],
            Some(Self::LogIn) => [
                "It opens or logs a new phone in to an account.",
                "用於開立帳戶或在新手機登入。",
                "用于开立账户或在新手机登录。",
            ],
            Some(Self::NewPin) => [
                "It sets a new PIN for your account.",
                "用於為你的帳戶設定新 PIN。",
                "用于为您的账户设置新 PIN。",
            ],
            Some(Self::NewNumber) => [
                "It moves an account to another phone number.",
                "用於更改帳戶的電話號碼。",
                "用于更改账户的手机号码。",
            ],
            Some(Self::Recovery) => [
                "It takes over an account whose phone is lost.",
                "用於接管已遺失手機的帳戶。",
                "用于接管已丢失手机的账户。",
            ],
            Some(Self::StopRecovery) => [
                "It keeps others from taking over your account.",
                "用於阻止他人取得你的帳戶。",
                "用于阻止他人取得您的账户。",
            ],
        };
        match language {
            Language::English => english,
            Language::TraditionalChinese => traditional,
            Language::SimplifiedChinese => simplified,
        }
    }
}
