//! A person learns who of their address book is here, to ask them to be friends or to pay them.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Consumer, Error, Json, retry_lock_conflicts};
use tokio::time::{Instant, sleep};
use utoipa::ToSchema;
use values::{Phone, UserId};

use crate::App;
use crate::domain::{
    CONTACTS_PER_REQUEST_MAX, ContactDigest, IndexedPhone, KeptPhone, PhoneIndex, TOO_MANY_CONTACTS,
};
use crate::store::contacts;

/// An answer takes so long, whoever is here: longer than the work, of which some depends on that.
const ANSWERED_AFTER: Duration = Duration::from_millis(150);

/// Phones of an address book.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchContacts {
    /// As people write them. What is no mobile number of Hong Kong is nobody's, and costs nothing.
    #[schema(max_items = 200, example = json!(["+852 6123 4567"]))]
    phones: Vec<String>,
}

/// Who is here.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactMatchesBody {
    /// In the order of the request. Of each phone that is not in it nobody is here, or they do not
    /// want to be found by it.
    matches: Vec<ContactMatchBody>,
}

/// Whose phone it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactMatchBody {
    /// As it was asked.
    phone: String,
    user_id: UserId,
}

/// Two thousand different phones in thirty days are answered, and each of them as often as it is
/// asked.
pub(crate) async fn match_contacts(
    app: App,
    caller: Consumer,
    Json(input): Json<MatchContacts>,
) -> Result<Json<ContactMatchesBody>, Error> {
    let began = Instant::now();
    let asked = input.phones;
    if asked.len() > CONTACTS_PER_REQUEST_MAX {
        return Err(TOO_MANY_CONTACTS.into());
    }
    app.throttle.count_match(caller.user_id).await?;
    let parsed: Vec<Option<Phone>> = asked.iter().map(|text| text.parse().ok()).collect();
    let phones: Vec<Phone> = parsed.iter().flatten().cloned().collect();
    let here = retry_lock_conflicts(|| find(&app, caller.user_id, &phones)).await?;
    let matches = asked.into_iter().zip(parsed).filter_map(|(text, phone)| {
        let user_id = phone.and_then(|phone| here.get(&phone).copied());
        let user_id = user_id.filter(|user_id| *user_id != caller.user_id)?;
        Some(ContactMatchBody { phone: text, user_id })
    });
    let answer = ContactMatchesBody { matches: matches.collect() };
    sleep(ANSWERED_AFTER.saturating_sub(began.elapsed())).await;
    Ok(Json(answer))
}

async fn find(
    app: &App,
    user_id: UserId,
    phones: &[Phone],
) -> Result<HashMap<Phone, UserId>, Error> {
    let digest = |phone: &Phone| -> ContactDigest {
        app.digest_key.short_digest(format!("contact {user_id} {phone}").as_bytes())
    };
    let digests: Vec<ContactDigest> = phones.iter().map(digest).collect();
    let mut indexed: Vec<IndexedPhone<'_>> = Vec::with_capacity(phones.len());
    for phone in phones {
        indexed.push(app.phone_vault.indexed(phone).await?);
    }
    let mut tx = app.database.begin().await?;
    let mut allowance = contacts::lock_allowance(&mut tx, user_id).await?;
    if allowance.ask(&digests, now())? {
        contacts::update_allowance(&mut tx, user_id, &allowance).await?;
    }
    let here = contacts::list_findable(&mut tx, &indexed).await?;
    tx.commit().await?;
    let by_index: HashMap<PhoneIndex, &Phone> =
        indexed.iter().map(|phone| (phone.index, phone.phone)).collect();
    let found = here.into_iter().filter_map(|(kept, user_id)| match kept {
        KeptPhone::Clear(phone) => Some((phone, user_id)),
        KeptPhone::Index(index) => Some(((*by_index.get(&index)?).clone(), user_id)),
    });
    Ok(found.collect())
}
