//! A person changes what they say of their own business.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Change, Error, Id, IfMatch, Merchant, MergePatch, Versioned};
use utoipa::ToSchema;
use values::{
    BusinessId, CategoryCode, DisplayName, FpsId, GuardedAct, LatinName, NO_BUSINESS, PictureId,
    ShopAct,
};

use super::read_business::BusinessBody;
use crate::domain::BusinessDetails;
use crate::{App, store};

/// What the owner changes of what they say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeBusiness {
    /// The name that payers see.
    #[serde(default)]
    #[schema(value_type = DisplayName)]
    shop_name: Change<DisplayName>,
    /// The shop's name in payment codes, for readers that show Latin letters only. Null: the codes
    /// transliterate `shop_name`.
    #[serde(default)]
    #[schema(value_type = Option<LatinName>)]
    shop_name_latin: Change<Option<LatinName>>,
    #[serde(default)]
    #[schema(value_type = CategoryCode)]
    category_code: Change<CategoryCode>,
    /// Null if the business cannot be paid by FPS.
    #[serde(default)]
    #[schema(value_type = Option<FpsId>)]
    fps_id: Change<Option<FpsId>>,
    /// A logo that was announced in the last half hour and uploaded. Null shows none, and nothing
    /// is kept of the one before.
    #[serde(default)]
    #[schema(value_type = Option<PictureId>)]
    logo_id: Change<Option<PictureId>>,
}

impl ChangeBusiness {
    fn of(self, current: BusinessDetails) -> BusinessDetails {
        BusinessDetails {
            shop_name: self.shop_name.given().unwrap_or(current.shop_name),
            shop_name_latin: self.shop_name_latin.given().unwrap_or(current.shop_name_latin),
            category_code: self.category_code.given().unwrap_or(current.category_code),
            fps_id: self.fps_id.given().unwrap_or(current.fps_id),
        }
    }
}

/// Of a change that changes nothing nobody is told, and the version stays.
pub(crate) async fn change_business(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    if_match: IfMatch,
    trace: TraceContext,
    MergePatch(mut input): MergePatch<ChangeBusiness>,
) -> Result<Versioned<BusinessBody>, Error> {
    let logo = std::mem::take(&mut input.logo_id).given();
    if let Some(Some(logo_id)) = logo {
        make_logo(&app, &owner, business_id, logo_id).await?;
    }
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, owner.user_id, business_id).await?;
    let (mut business, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::Describe)?;
    if_match.require(business.version)?;
    let (fps_id, old_logo) = (business.details.fps_id.clone(), business.logo_id);
    let shown = [old_logo, logo.unwrap_or(old_logo)];
    if business.change(input.of(business.details.clone()), shown[1]) {
        // Under another id, what payers send by FPS goes to another account.
        if business.details.fps_id != fps_id {
            app.tokens.require_level(&owner, GuardedAct::FpsIdChange)?;
        }
        app.logos.show(&mut tx, business_id.uuid(), shown).await?;
        store::update_business(&mut tx, &business).await?;
        let subject = business_id.to_string();
        let changed = app.outbox.envelope(trace, subject, &business.changed_event())?;
        app.outbox.append(&mut tx, &[changed]).await?;
        app.outbox.commit(tx).await?;
        if let Some(gone) = old_logo.filter(|old| business.logo_id != Some(*old)) {
            app.logos.take_off(gone).await;
        }
    }
    Ok(BusinessBody::versioned((business, role)))
}

/// Before anything is locked, for whoever may show it.
async fn make_logo(
    app: &App,
    person: &Merchant,
    business_id: BusinessId,
    logo_id: PictureId,
) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let found = store::find_business(&mut conn, person.user_id, business_id).await?;
    drop(conn);
    let (_, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::Describe)?;
    app.logos.make(&app.database, business_id.uuid(), logo_id).await
}
