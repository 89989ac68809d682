//! All that an app's first screen shows, in one round trip.
//!
//! What is of money comes from this service's own tables, in one snapshot: the balance is that of
//! the newest movement. How many notifications are unread is asked of their service meanwhile. A
//! part that is not there at the moment is null, never a zero.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{BearerToken, Caller, Error, INVALID_QUERY, Paging, Query, Versioned, WRONG_PRODUCT};
use tokio::join;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use values::{
    BusinessId, Language, Money, NO_BUSINESS, NOT_YET_KNOWN, Product, ShopAct, UserId, unknown,
};

use super::PaymentRequestBody;
use super::list_movements::MovementBody;
use super::read_wallet::WalletBody;
use crate::domain::{Account, AttentionCode, Shop, WalletTier};
use crate::store::movements::{Wanted, list_movements};
use crate::{App, store};

/// The most movements, and the most payment requests, of a first screen.
const NEWEST_MAX: usize = 10;
/// Home has no version: the digest in its ETag says whether anything is new.
const VERSION: u32 = 1;

/// Whose first screen.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadHome {
    /// One of the caller's businesses, in PayMe for Business. Absent in PayMe for Consumer.
    business_id: Option<BusinessId>,
}

/// What the first screen of the caller's product shows. A part that is null is not available at the
/// moment, so an app keeps what it showed before, or nothing.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum HomeBody {
    /// Of PayMe for Consumer.
    Consumer {
        /// As `GET /api/v1/wallets/me`.
        wallet: Option<WalletBody>,
        /// The newest ten of the wallet, newest first.
        movements: Option<Vec<MovementBody>>,
        /// As `GET /api/v1/notifications/unread-count`.
        unread_notifications: Option<u64>,
        /// How many requests for money wait for the caller: they are asked to pay.
        open_money_requests: u64,
        limits: LimitsBody,
        /// Empty if all is well.
        attention: Vec<AttentionBody>,
    },
    /// Of PayMe for Business.
    Shop {
        business_id: BusinessId,
        #[schema(example = "永記茶餐廳")]
        shop_name: Option<String>,
        /// As `GET /api/v1/wallets/businesses/{business_id}`. Null to a cashier.
        wallet: Option<WalletBody>,
        /// The newest ten of the shop, newest first. Null to a cashier.
        movements: Option<Vec<MovementBody>>,
        /// The newest ten that can be paid now, newest first.
        payment_requests: Option<Vec<PaymentRequestBody>>,
        /// As `GET /api/v1/notifications/unread-count`.
        unread_notifications: Option<u64>,
        limits: LimitsBody,
        /// Empty if all is well.
        attention: Vec<AttentionBody>,
    },
}

/// What is refused however much money there is.
#[derive(Serialize, ToSchema)]
pub(crate) struct LimitsBody {
    /// The most that one top-up, payment request or payment may be.
    amount_max: Money,
    /// The most that the person's wallet may hold, except by what comes back: refunds, and
    /// expired links and red packets, are let in beyond it;
    /// to a shop, which has no such limit, the most that any wallet may. For the other limits,
    /// `GET /api/v1/wallets/me/limits`.
    wallet_balance_max: Money,
}

/// Something that the screen says before all else.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttentionBody {
    code: AttentionCode,
    /// What to show the customer, in the language of `Accept-Language`, also under a code that the
    /// app does not know.
    #[schema(example = "Your wallet is frozen. Please contact customer service.")]
    message: &'static str,
}

/// What this service's tables say of an account, all of one moment.
struct AccountBooks {
    account: Option<Account>,
    movements: Option<Vec<MovementBody>>,
}

/// The same of a shop; nothing of one that is not known yet.
struct ShopBooks {
    shop: Shop,
    books: AccountBooks,
    payment_requests: Vec<PaymentRequestBody>,
}

pub(crate) async fn read_home(
    app: App,
    caller: Caller,
    token: BearerToken,
    language: Language,
    trace: TraceContext,
    Query(input): Query<ReadHome>,
) -> Result<Versioned<HomeBody>, Error> {
    let unread = app.unread_count.ask(&token, trace);
    let body = match (input.business_id, caller.product) {
        (None, Product::Consumer) => {
            let (books, unread) = join!(read_books_of_person(&app, caller.user_id), unread);
            let (books, asked) = books?;
            home_of_consumer(books, asked, unread, language)?
        }
        (Some(business_id), Product::Business) => {
            let books = read_books_of_shop(&app, business_id, caller.user_id);
            let (books, unread) = join!(books, unread);
            home_of_shop(business_id, books?, unread, language)?
        }
        (None, Product::Business) => {
            return Err(INVALID_QUERY.because("a shop names itself: business_id").into());
        }
        (Some(_), Product::Consumer) => return Err(WRONG_PRODUCT.into()),
    };
    Ok(Versioned { version: VERSION, body })
}

/// With how many requests wait for the person.
async fn read_books_of_person(app: &App, user_id: UserId) -> Result<(AccountBooks, u64), Error> {
    let mut tx = app.database.snapshot().await?;
    let books = read_books(&mut tx, user_id.uuid()).await?;
    let asked = store::money_requests::count_open_of_payer(&mut tx, user_id, now()).await?;
    tx.rollback().await?;
    Ok((books, asked))
}

/// `None` for a shop that may have been created a moment ago. Somebody else's is answered as one
/// that does not exist.
async fn read_books_of_shop(
    app: &App,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<Option<ShopBooks>, Error> {
    let mut tx = app.database.snapshot().await?;
    let now = now();
    let find = store::read_models::find_shop_for;
    let Some(shop) = find(&mut tx, business_id, user_id).await? else {
        tx.rollback().await?;
        let refusal = unknown(business_id.uuid(), now, NO_BUSINESS);
        return if refusal == NOT_YET_KNOWN { Ok(None) } else { Err(refusal.into()) };
    };
    let Some(role) = shop.role_of(user_id).filter(|role| role.may(ShopAct::Ask)) else {
        tx.rollback().await?;
        return Err(NO_BUSINESS.into());
    };
    let books = match role.may(ShopAct::ReadBooks) {
        true => read_books(&mut tx, business_id.uuid()).await?,
        false => AccountBooks { account: None, movements: None },
    };
    let open = store::payment_requests::list_open_of_business;
    let requests = open(&mut tx, business_id, now, NEWEST_MAX).await?;
    tx.rollback().await?;
    let requests = requests.into_iter().map(|request| PaymentRequestBody::at(request, now));
    Ok(Some(ShopBooks { shop, books, payment_requests: requests.collect() }))
}

async fn read_books(tx: &mut Tx, account_id: Uuid) -> Result<AccountBooks, Error> {
    let Some(account) = store::ledger::find_shown_account(tx, account_id).await? else {
        return Ok(AccountBooks { account: None, movements: None });
    };
    let newest = Paging::newest(NEWEST_MAX);
    let movements = list_movements(tx, account_id, &Wanted::default(), &newest).await?;
    let movements = movements.into_iter().take(NEWEST_MAX).map(MovementBody::from).collect();
    Ok(AccountBooks { account: Some(account), movements: Some(movements) })
}

fn home_of_consumer(
    books: AccountBooks,
    open_money_requests: u64,
    unread_notifications: Option<u64>,
    language: Language,
) -> Result<HomeBody, Error> {
    let account = books.account.as_ref();
    Ok(HomeBody::Consumer {
        wallet: account.map(WalletBody::from),
        movements: books.movements,
        unread_notifications,
        open_money_requests,
        limits: limits(account.map_or(WalletTier::AT_OPENING, |wallet| wallet.tier))?,
        attention: in_words(AttentionCode::to_wallet(account), language),
    })
}

fn home_of_shop(
    business_id: BusinessId,
    known: Option<ShopBooks>,
    unread_notifications: Option<u64>,
    language: Language,
) -> Result<HomeBody, Error> {
    let limits = limits(WalletTier::AddressVerified)?;
    let Some(ShopBooks { shop, books, payment_requests }) = known else {
        return Ok(HomeBody::Shop {
            business_id,
            shop_name: None,
            wallet: None,
            movements: None,
            payment_requests: None,
            unread_notifications,
            limits,
            attention: in_words(vec![AttentionCode::ShopNotKnownYet], language),
        });
    };
    let account = books.account.as_ref();
    let attention = AttentionCode::to_shop(account, &shop);
    Ok(HomeBody::Shop {
        business_id,
        shop_name: Some(shop.shop_name),
        wallet: account.map(WalletBody::from),
        movements: books.movements,
        payment_requests: Some(payment_requests),
        unread_notifications,
        limits,
        attention: in_words(attention, language),
    })
}

fn in_words(found: Vec<AttentionCode>, language: Language) -> Vec<AttentionBody> {
    let words =
        |code: AttentionCode| AttentionBody { code, message: code.message().in_language(language) };
    found.into_iter().map(words).collect()
}

/// As they are enforced: by the type of every amount, and by the ledger.
fn limits(tier: WalletTier) -> Result<LimitsBody, Error> {
    Ok(LimitsBody {
        amount_max: Money::hkd(Money::MINOR_UNITS_MAX).map_err(Error::internal)?,
        wallet_balance_max: Money::hkd(tier.balance_max()).map_err(Error::internal)?,
    })
}
