//! What two phones do with the platform, over its public HTTP API only: nothing here shares code
//! with a service, so a mistake in a wire form is not made twice.
//!
//! Reading order: `main_job` (the flow the product exists for), `onboarding` (how people and shops
//! become known), `people` (friends, chats and feeds), `phone` (sign-up, log-in and the device's
//! signatures), `consumer`, `merchant`, `applicant` and `staff` (what each may do), `inbox`,
//! `platform` (where all of it runs), then `storage`, `wire`, `http`, `qr_image`, `wait` and
//! `error` below them.

mod applicant;
mod consumer;
mod error;
mod http;
mod inbox;
mod main_job;
mod merchant;
mod onboarding;
mod people;
mod phone;
mod platform;
mod qr_image;
mod record;
mod staff;
mod storage;
mod wait;
mod wire;

pub use applicant::{Application, Document};
pub use consumer::{Consumer, Terms};
pub use error::Error;
pub use http::{Api, Call, OverHttp, traceparent};
pub use inbox::{Inbox, NotificationStream};
pub use main_job::play;
pub use merchant::Merchant;
pub use onboarding::{Applied, Seeds, apply};
pub use people::meet;
pub use phone::{PIN, Phone, Product, Session};
pub use platform::{Addresses, Platform};
pub use staff::{Administrators, Member};
pub use storage::{messages_in, upload};
pub use test_client::Answer;
pub use wait::until;
pub use wire::{
    Audit, Business, Money, Movement, Notification, Page, Party, Payment, PaymentRequest, Scan,
    Tokens, TopUp, Wallet,
};

use error::same;
