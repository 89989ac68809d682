//! Whole journeys across the services, on a platform of their own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod api_document;
mod browser;
mod catalogue;
mod conditional_requests;
mod conventions;
mod crashes;
mod entra_id;
mod every_route;
mod faq;
mod firewall;
mod front_door;
mod generated_client;
mod graph;
mod home;
mod killed_at_random;
mod killed_uploads;
mod kills;
mod logs;
mod main_job;
mod onboarding;
mod pay_once;
mod people;
mod push_tokens;
mod refusals;
mod replica;
mod reports;
mod schemathesis;
mod sign_in;
mod stage;
mod test_platform;
