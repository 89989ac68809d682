//! What the owner of a wallet or a shop has to know before anything else.

use values::{CustomerMessage, code_enum};

use super::refusals::{NO_WALLET, WALLET_CLOSED};
use super::{Account, AccountStatus};

code_enum! {
    /// What needs attention.
    pub(crate) enum AttentionCode {
        /// The wallet opens soon after its owner signed up.
        WalletNotOpen = "wallet-not-open",
        /// An operator has stopped the wallet; what moves money is refused by the same code.
        WalletFrozen = "wallet-frozen",
        /// An operator has stopped what leaves the wallet: it is refused as `wallet-frozen`.
        WalletOutgoingFrozen = "wallet-outgoing-frozen",
        /// Its owner has closed the wallet for good.
        WalletClosed = "wallet-closed",
        /// The shop was created a moment ago, and what it holds is not known here yet.
        ShopNotKnownYet = "shop-not-known-yet",
        /// An operator has stopped the shop's money; a refund is refused by the same code.
        ShopFrozen = "shop-frozen",
        /// An operator has stopped what leaves the shop; a refund is refused as `shop-frozen`.
        ShopOutgoingFrozen = "shop-outgoing-frozen",
        /// The shop was closed for good.
        ShopClosed = "shop-closed",
    }
}

impl AttentionCode {
    /// Of a wallet; `None` is one that is not open.
    pub(crate) fn to_wallet(account: Option<&Account>) -> Vec<Self> {
        match account.map(|account| account.status) {
            None => vec![Self::WalletNotOpen],
            Some(AccountStatus::Frozen) => vec![Self::WalletFrozen],
            Some(AccountStatus::OutgoingFrozen) => vec![Self::WalletOutgoingFrozen],
            Some(AccountStatus::Closed) => vec![Self::WalletClosed],
            Some(AccountStatus::Active) => Vec::new(),
        }
    }

    /// Of a shop that is known.
    pub(crate) fn to_shop(account: Option<&Account>, is_closed: bool) -> Vec<Self> {
        let is = |status| account.is_some_and(|account| account.status == status);
        let found = [
            (is_closed, Self::ShopClosed),
            (is(AccountStatus::Frozen), Self::ShopFrozen),
            (is(AccountStatus::OutgoingFrozen), Self::ShopOutgoingFrozen),
        ];
        found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, attention)| attention).collect()
    }

    /// What the owner reads of it.
    pub(crate) fn message(self) -> CustomerMessage {
        match self {
            Self::WalletNotOpen => *NO_WALLET.message(),
            Self::WalletFrozen => CustomerMessage {
                en: "Your wallet is frozen: no money can come in or go out. Please contact \
                    customer service.",
                zh_hant: "你的錢包已被凍結，款項暫時不能轉出或存入。請聯絡客戶服務。",
                zh_hans: "您的钱包已被冻结，款项暂时不能转出或存入。请联系客服。",
            },
            Self::WalletOutgoingFrozen => CustomerMessage {
                en: "No money can leave your wallet at the moment; you can still be paid. Please \
                    contact customer service.",
                zh_hant: "你的錢包暫時不能轉出款項，但仍可收款。請聯絡客戶服務。",
                zh_hans: "您的钱包暂时不能转出款项，但仍可收款。请联系客服。",
            },
            Self::WalletClosed => *WALLET_CLOSED.message(),
            Self::ShopNotKnownYet => CustomerMessage {
                en: "Your shop is being set up. Please try again in a moment.",
                zh_hant: "你的商戶正在設定，請稍後再試。",
                zh_hans: "您的商户正在设置，请稍后再试。",
            },
            Self::ShopFrozen => CustomerMessage {
                en: "Your shop cannot be paid at the moment. Please contact customer service.",
                zh_hant: "你的商戶目前未能收款。請聯絡客戶服務。",
                zh_hans: "您的商户目前无法收款。请联系客服。",
            },
            Self::ShopOutgoingFrozen => CustomerMessage {
                en: "Your shop can be paid, but no money can leave it at the moment. Please \
                    contact customer service.",
                zh_hant: "你的商戶可以收款，但款項暫時不能轉出。請聯絡客戶服務。",
                zh_hans: "您的商户可以收款，但款项暂时不能转出。请联系客服。",
            },
            Self::ShopClosed => CustomerMessage {
                en: "This shop is closed and can no longer be paid.",
                zh_hant: "此商戶已經結業，不能再收款。",
                zh_hans: "该商户已经停业，不能再收款。",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::{AccountKind, literal_books};
    use super::*;

    fn account(status: AccountStatus) -> Account {
        Account { status, ..literal_books::account(Uuid::nil(), AccountKind::Wallet, 0) }
    }

    #[test]
    fn only_what_stops_money_needs_attention() {
        let (active, frozen) = (account(AccountStatus::Active), account(AccountStatus::Frozen));
        assert_eq!(AttentionCode::to_wallet(Some(&active)), []);
        assert_eq!(AttentionCode::to_wallet(Some(&frozen)), [AttentionCode::WalletFrozen]);
        assert_eq!(AttentionCode::to_wallet(None), [AttentionCode::WalletNotOpen]);
        let outgoing = account(AccountStatus::OutgoingFrozen);
        let stopped = [AttentionCode::WalletOutgoingFrozen];
        assert_eq!(AttentionCode::to_wallet(Some(&outgoing)), stopped);
        let closed = account(AccountStatus::Closed);
        assert_eq!(AttentionCode::to_wallet(Some(&closed)), [AttentionCode::WalletClosed]);
        let stopped = [AttentionCode::ShopOutgoingFrozen];
        assert_eq!(AttentionCode::to_shop(Some(&outgoing), false), stopped);
        assert_eq!(AttentionCode::to_shop(Some(&active), false), []);
        let both = [AttentionCode::ShopClosed, AttentionCode::ShopFrozen];
        assert_eq!(AttentionCode::to_shop(Some(&frozen), true), both);
    }
}
