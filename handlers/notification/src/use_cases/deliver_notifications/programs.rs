//! Of the programs that act for shops: their owner is told.

use events::payments::ApiCredentialExpiringV1;
use inbox::Failure;
use values::Product;

use super::parse;
use crate::domain::{CredentialNews, Facts, Mailbox, Message, Notice};

pub(super) fn of_credential(expiring: ApiCredentialExpiringV1) -> Result<Vec<Notice>, Failure> {
    let mailbox = Mailbox { user_id: parse(&expiring.owner_user_id)?, product: Product::Business };
    let facts = Facts { client_id: Some(parse(&expiring.client_id)?), ..Facts::default() };
    let news = CredentialNews { name: expiring.name, days_left: expiring.days_left };
    Ok(vec![Notice { mailbox, message: Message::Credential(news), facts }])
}
