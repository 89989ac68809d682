//! Books for tests of decisions: a payer with HK$500.00, a shop with an open request of HK$128.50.

use std::collections::BTreeMap;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    BankAccount, BusinessId, CaptureMethod, Money, PaymentRequestId, RequestStatus, UserId,
};

use super::account::{Account, AccountKind, AccountStatus, BANK_CLEARING, ESCROW};
use super::books::Books;
use super::ledger::Ledger;
use super::limits::WalletTier;
use super::merchant_fee::{FeeRate, fees_account};
use super::money_request::MoneyRequest;
use super::payment_request::PaymentRequest;
use super::rows::Rows;
use super::shop::Shop;
use super::word::Word;

pub(super) const NOW: OffsetDateTime = datetime!(2026-12-01 04:00 UTC);

/// How well the owners of these wallets are known.
pub(super) const TIER: WalletTier = WalletTier::Verified;

/// The most that these wallets may hold.
pub(super) const WALLET_BALANCE_MAX: i64 = TIER.balance_max();

/// The books, and who stands in them.
pub(super) struct LiteralBooks {
    pub(super) books: Books,
    pub(super) payer: UserId,
    pub(super) owner: UserId,
    pub(super) shop: BusinessId,
    pub(super) request: PaymentRequest,
}

pub(super) fn hkd(minor_units: i64) -> Money {
    Money::hkd(minor_units).unwrap()
}

pub(super) fn bank_account() -> BankAccount {
    BankAccount {
        bank_code: "024".to_owned().try_into().unwrap(),
        account_number: "123456789".to_owned().try_into().unwrap(),
    }
}

pub(super) fn word() -> Word {
    Word {
        operator: "ops@example.com".to_owned().try_into().unwrap(),
        reason: "bank file 7".to_owned().try_into().unwrap(),
    }
}

pub(super) fn account(id: Uuid, kind: AccountKind, credits_posted: i64) -> Account {
    Account { credits_posted, tier: TIER, ..Account::opened(id, kind) }
}

impl LiteralBooks {
    pub(super) fn new() -> Self {
        let (payer, owner, shop) = (UserId::new(), UserId::new(), BusinessId::new());
        let request = PaymentRequest {
            id: PaymentRequestId::new(),
            business_id: shop,
            shop_name: "永記茶餐廳".to_owned(),
            amount: hkd(12_850),
            description: "Table 7".to_owned(),
            capture_method: CaptureMethod::Automatic,
            tip_allowed: false,
            status: RequestStatus::Open,
            created_at: NOW,
            expires_at: NOW.saturating_add(Duration::minutes(15)),
            payment_id: None,
            created_by: Some(owner),
        };
        let known = Shop {
            owner_user_id: owner,
            staff: BTreeMap::new(),
            shop_name: "新永記".to_owned(),
            is_closed: false,
            is_approved: true,
            fee_rate: FeeRate::DEFAULT,
        };
        let mut books = Books::empty(NOW);
        books.ledger = Ledger::new([
            account(BANK_CLEARING, AccountKind::BankClearing, 0),
            account(ESCROW, AccountKind::Escrow, 0),
            account(payer.uuid(), AccountKind::Wallet, 50_000),
            account(shop.uuid(), AccountKind::Merchant, 0),
            account(fees_account(shop.uuid()), AccountKind::MerchantFees, 0),
        ]);
        books.requests = Rows::new(vec![request.clone()]);
        books.shops.insert(shop.uuid(), known);
        books.names.insert(payer.uuid(), "陳大文".to_owned());
        Self { books, payer, owner, shop, request }
    }

    /// The books with a friend of the payer's who has a wallet with HK$500.00 and was asked by them
    /// for HK$50.00.
    pub(super) fn with_money_request() -> (Self, MoneyRequest) {
        let mut literal = Self::new();
        let friend = literal.rich_friend();
        let parties = [literal.payer, friend].map(|id| literal.books.person(id));
        let request = MoneyRequest::new(parties, hkd(5_000), None, None, NOW);
        literal.books.money_requests = Rows::new(vec![request.clone()]);
        (literal, request)
    }

    /// Another person with a wallet with HK$500.00.
    pub(super) fn rich_friend(&mut self) -> UserId {
        let friend = UserId::new();
        let wallet = account(friend.uuid(), AccountKind::Wallet, 50_000);
        self.change_accounts(|accounts| accounts.push(wallet));
        friend
    }

    pub(super) fn freeze(&mut self, id: Uuid) {
        self.change(id, |account| account.status = AccountStatus::Frozen);
    }

    pub(super) fn shop_mut(&mut self) -> &mut Shop {
        self.books.shops.get_mut(&self.shop.uuid()).unwrap()
    }

    /// As if this account were otherwise.
    pub(super) fn change(&mut self, id: Uuid, change: impl FnOnce(&mut Account)) {
        self.change_accounts(|accounts| {
            change(accounts.iter_mut().find(|account| account.id == id).unwrap());
        });
    }

    /// As if nothing had moved yet in this transaction.
    fn change_accounts(&mut self, change: impl FnOnce(&mut Vec<Account>)) {
        let mut accounts = self.books.ledger.accounts().cloned().collect();
        change(&mut accounts);
        self.books.ledger = Ledger::new(accounts);
    }

    /// What the shop has paid the platform.
    pub(super) fn fees(&self) -> i64 {
        self.available(fees_account(self.shop.uuid()))
    }

    pub(super) fn available(&self, id: Uuid) -> i64 {
        self.books.account(id).unwrap().available()
    }
}
