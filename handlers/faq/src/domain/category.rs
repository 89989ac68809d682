//! What articles are about.

use values::{CustomerMessage, code_enum};

code_enum! {
    /// What an article is about.
    pub(crate) enum Category {
        /// Signing up, the app, closing a wallet.
        GettingStarted = "getting-started",
        /// Who somebody is, and what a wallet may hold and move.
        IdentityAndLimits = "identity-and-limits",
        /// From and to a bank.
        TopUpAndWithdraw = "top-up-and-withdraw",
        /// Between people.
        FriendsAndFamily = "friends-and-family",
        /// To shops.
        PayingShops = "paying-shops",
        /// PINs, devices, fraud.
        Security = "security",
        /// What went wrong.
        Problems = "problems",
        /// For those who run a shop.
        ForShops = "for-shops",
    }
}

impl Category {
    /// What customers read.
    pub(crate) const fn title(self) -> CustomerMessage {
        let (en, zh_hant, zh_hans) = match self {
            Self::GettingStarted => ("Getting started", "開始使用", "开始使用"),
            Self::IdentityAndLimits => ("Identity and limits", "身分核實與限額", "身份核实与限额"),
            Self::TopUpAndWithdraw => ("Top up and withdraw", "增值與提款", "充值与提现"),
            Self::FriendsAndFamily => ("Friends and family", "與朋友家人收付款", "与亲友收付款"),
            Self::PayingShops => ("Paying shops", "付款給商戶", "付款给商户"),
            Self::Security => ("Security", "帳戶安全", "账户安全"),
            Self::Problems => ("When something goes wrong", "遇到問題時", "遇到问题时"),
            Self::ForShops => ("For shops", "商戶專區", "商户专区"),
        };
        CustomerMessage { en, zh_hant, zh_hans }
    }
}
