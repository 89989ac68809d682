//! Every URL and trigger of this service.

use service::{Api, Dependency, Error, Routes};

use crate::use_cases::{
    change_business, close_business, create_business, list_businesses, read_business,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    const BUSINESSES: &str = "/api/v1/businesses";
    const BUSINESS: &str = "/api/v1/businesses/{business_id}";
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "Business profile", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .post(BUSINESSES, "Creates a business that the caller owns.", create_business)
        .get(BUSINESSES, "Lists the caller's own businesses.", list_businesses)
        .get(BUSINESS, "Reads one of the caller's own businesses.", read_business)
        .patch(BUSINESS, "Changes what the caller says of their own business.", change_business)
        .delete(BUSINESS, "Closes one of the caller's own businesses for good.", close_business)
        .on_timer("business_profile_relay_outbox", relay_outbox)
        .finish(dependencies)
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    Ok(())
}
