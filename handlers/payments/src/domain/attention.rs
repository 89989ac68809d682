//! What the owner of a wallet or a shop has to know before anything else.

use values::{CustomerMessage, code_enum};

use super::refusals::{NO_WALLET, WALLET_CLOSED};
use super::{Account, AccountStatus, Shop, WalletTier};

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
        /// It is not known who the person is, and the limits are low: they can apply for higher
        /// ones (`next_tier` of the limits).
        VerifyIdentity = "verify-identity",
        /// It is not known who stands behind the shop: nobody can pay it until it has applied to
        /// onboarding and is approved. What would pay it is refused by the same code.
        ShopNotApproved = "shop-not-approved",
    }
}

impl AttentionCode {
    /// Of a wallet; `None` is one that is not open.
    pub(crate) fn to_wallet(account: Option<&Account>) -> Vec<Self> {
        let Some(account) = account else { return vec![Self::WalletNotOpen] };
        match account.status {
            AccountStatus::Frozen => vec![Self::WalletFrozen],
            AccountStatus::OutgoingFrozen => vec![Self::WalletOutgoingFrozen],
            AccountStatus::Closed => vec![Self::WalletClosed],
            AccountStatus::Active if account.tier == WalletTier::Unverified => {
                vec![Self::VerifyIdentity]
            }
            AccountStatus::Active => Vec::new(),
        }
    }

    /// Of a shop that is known.
    pub(crate) fn to_shop(account: Option<&Account>, shop: &Shop) -> Vec<Self> {
        let Shop { is_closed, is_approved, .. } = *shop;
        let is = |status| account.is_some_and(|account| account.status == status);
        let found = [
            (is_closed, Self::ShopClosed),
            (!is_closed && !is_approved, Self::ShopNotApproved),
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
            Self::VerifyIdentity => CustomerMessage {
                en: "Verify your identity to hold, add and spend more.",
                zh_hant: "驗證身份，即可提高錢包的結餘及交易限額。",
                zh_hans: "验证身份，即可提高钱包的余额及交易限额。",
            },
            Self::ShopNotApproved => CustomerMessage {
                en: "Your shop cannot be paid until we have verified your business.",
                zh_hant: "完成商戶驗證後，你的商戶方可收款。",
                zh_hans: "完成商户验证后，您的商户方可收款。",
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
    fn what_stops_money_or_keeps_it_low_needs_attention() {
        let (active, frozen) = (account(AccountStatus::Active), account(AccountStatus::Frozen));
        assert_eq!(AttentionCode::to_wallet(Some(&active)), []);
        let unverified = Account { tier: WalletTier::Unverified, ..active.clone() };
        let verify = [AttentionCode::VerifyIdentity];
        assert_eq!(AttentionCode::to_wallet(Some(&unverified)), verify);
        assert_eq!(AttentionCode::to_wallet(Some(&frozen)), [AttentionCode::WalletFrozen]);
        assert_eq!(AttentionCode::to_wallet(None), [AttentionCode::WalletNotOpen]);
        let outgoing = account(AccountStatus::OutgoingFrozen);
        let stopped = [AttentionCode::WalletOutgoingFrozen];
        assert_eq!(AttentionCode::to_wallet(Some(&outgoing)), stopped);
        let closed = account(AccountStatus::Closed);
        assert_eq!(AttentionCode::to_wallet(Some(&closed)), [AttentionCode::WalletClosed]);
        let literal = literal_books::LiteralBooks::new();
        let shop = literal.books.shop(literal.shop).unwrap();
        let stopped = [AttentionCode::ShopOutgoingFrozen];
        assert_eq!(AttentionCode::to_shop(Some(&outgoing), shop), stopped);
        assert_eq!(AttentionCode::to_shop(Some(&active), shop), []);
        let unapproved = Shop { is_approved: false, ..shop.clone() };
        let waits = [AttentionCode::ShopNotApproved];
        assert_eq!(AttentionCode::to_shop(Some(&active), &unapproved), waits);
        let both = [AttentionCode::ShopClosed, AttentionCode::ShopFrozen];
        let closed = Shop { is_closed: true, ..unapproved };
        assert_eq!(AttentionCode::to_shop(Some(&frozen), &closed), both);
    }
}
