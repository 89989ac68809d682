//! A person with money and a shop to spend it in, and whether any of it moved.

use futures_util::{StreamExt, TryStreamExt, stream};
use system_tests::{
    Addresses, Answer, Business, Consumer, Error, Merchant, PaymentRequest, Phone, Product, Terms,
};
use uuid::Uuid;

/// What each person has to spend, in cents.
pub(crate) const MONEY: i64 = 50_000;
/// What things cost, in cents.
pub(crate) const PRICE: i64 = 12_850;
/// Phones that sign up at the same time.
const SIGN_UPS_AT_ONCE: usize = 8;

pub(crate) struct Stage<'a> {
    pub(crate) addresses: &'a Addresses,
    pub(crate) consumer: Consumer,
    pub(crate) merchant: Merchant,
    pub(crate) shop: Business,
}

/// Where the money of a stage is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Money {
    wallet: i64,
    shop: i64,
    transfers: usize,
}

impl<'a> Stage<'a> {
    pub(crate) async fn set(addresses: &'a Addresses) -> Self {
        let consumer = consumer_with(addresses, MONEY);
        let ((merchant, shop), consumer) =
            futures_util::try_join!(merchant_with_shop(addresses), consumer).unwrap();
        Self { addresses, consumer, merchant, shop }
    }

    /// A payment request of this shop, and what a payer agrees to who saw it.
    pub(crate) async fn request(&self, cents: i64) -> (PaymentRequest, Terms) {
        let request = self.merchant.request_payment(&self.shop.business_id, cents).await.unwrap();
        let terms = Terms::from(&request);
        (request, terms)
    }

    /// Pays under a key that was not used before.
    pub(crate) async fn pay(&self, terms: &Terms) -> Answer {
        self.consumer.pay(terms, &new_key()).await.unwrap()
    }

    pub(crate) async fn money(&self) -> Money {
        let wallet = self.consumer.wallet().await.unwrap();
        let shop = self.merchant.balance(&self.shop.business_id).await.unwrap();
        assert_eq!((&wallet.balance, &shop.balance), (&wallet.available, &shop.available));
        let transfers = self.consumer.movements().await.unwrap().len();
        Money { wallet: wallet.balance.amount, shop: shop.balance.amount, transfers }
    }

    /// Nothing was paid since the stage was set.
    pub(crate) async fn assert_nothing_moved(&self) {
        let untouched = Money { wallet: MONEY, shop: 0, transfers: 1 };
        assert_eq!(self.money().await, untouched);
        self.addresses.expect_balanced_ledger().await.unwrap();
    }

    /// One payment of that amount was made since the stage was set, and no other.
    pub(crate) async fn assert_paid_once(&self, cents: i64) {
        let paid = Money { wallet: MONEY - cents, shop: Merchant::net(cents), transfers: 2 };
        assert_eq!(self.money().await, paid);
        self.addresses.expect_balanced_ledger().await.unwrap();
    }
}

/// An idempotency key that was not used before.
pub(crate) fn new_key() -> String {
    Uuid::new_v4().to_string()
}

/// A new person who is known and whose wallet holds that many cents.
pub(crate) async fn consumer_with(addresses: &Addresses, cents: i64) -> Result<Consumer, Error> {
    let consumer = Consumer(Phone::new(addresses)?.sign_up(Product::Consumer).await?);
    consumer.wait_for_wallet().await?;
    addresses.verify_person(&consumer.0.tokens.user_id).await?;
    consumer.top_up(cents).await?;
    Ok(consumer)
}

/// As many new people.
pub(crate) async fn consumers_with(
    addresses: &Addresses,
    people: usize,
    cents: i64,
) -> Vec<Consumer> {
    let sign_ups = (0..people).map(|_| consumer_with(addresses, cents));
    stream::iter(sign_ups).buffer_unordered(SIGN_UPS_AT_ONCE).try_collect().await.unwrap()
}

/// A new person with a shop that can be paid.
pub(crate) async fn merchant_with_shop(
    addresses: &Addresses,
) -> Result<(Merchant, Business), Error> {
    let merchant = Merchant(Phone::new(addresses)?.sign_up(Product::Business).await?);
    let shop = merchant.create_business("點心居 Dim Sum House").await?;
    merchant.wait_for_shop(&shop.business_id).await?;
    addresses.approve_shop(&shop.business_id).await?;
    Ok((merchant, shop))
}
