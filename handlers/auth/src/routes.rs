//! Every URL and trigger of this service.

use service::{Api, Dependency, Error, Routes};

use crate::use_cases::{
    add_device, approve_enrolment, approve_recovery, approve_step_up_policy, ask_pin_reset,
    ask_recovery, begin_passkey_log_in, begin_passkey_registration, begin_staff_enrolment,
    begin_staff_log_in, cancel_pin_reset, cancel_recovery, cancel_recovery_by_phone, change_phone,
    change_pin, confirm_payment, end_logins_of_closed_wallets, end_other_sessions,
    end_user_sessions, enrol_staff, finish_recovery, forget_expired_tokens, invite_first_staff,
    list_devices, list_enrolments, list_recoveries, list_security_events, list_security_trail,
    list_staff, list_staff_acts, list_step_up_policies, log_in, log_in_staff,
    log_in_staff_by_entra_id, log_in_with_passkey, log_out, log_out_staff, look_up_phone,
    match_contacts, name_device, poll_revoked_sessions, propose_enrolment, propose_recovery,
    propose_step_up_policy, publish_keys, read_pin_reset, read_recovery, read_staff_log_in_way,
    read_step_up_policy, read_user, refresh_tokens, register_passkey, reject_enrolment,
    reject_recovery, reject_step_up_policy, remove_device, remove_staff, reset_pin, seal_phones,
    send_otp_challenge, set_findability, sign_up, step_up, tell_of_recoveries,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies =
        vec![Dependency::MySql(app.database.clone()), Dependency::Redis(app.redis.clone())];
    let api = Api::new(NAME, "Authentication", app.clone(), &app.tokens).refuses(REFUSALS);
    step_up_policies(recoveries(staff(account(sign_in(api)))))
        .get(
            "/api/v1/auth/jwks",
            "Publishes the public keys of all tokens, and the policy of step-up.",
            publish_keys,
        )
        .get(
            "/api/v1/auth/revoked-sessions",
            "Tells which logins ended before their tokens did; waits until there is news.",
            poll_revoked_sessions,
        )
        .on_timer("auth_do_what_is_due", do_what_is_due)
        .finish(dependencies)
}

/// What somebody without an access token can ask for.
fn sign_in(api: Api<App>) -> Api<App> {
    api.post(
        "/api/v1/auth/otp-challenges",
        "Sends a code to a phone, at most three times in ten minutes.",
        send_otp_challenge,
    )
    .post("/api/v1/auth/users", "Signs up: a new person with a first device.", sign_up)
    .post("/api/v1/auth/devices", "Logs an existing person in on a new device.", add_device)
    .post("/api/v1/auth/sessions", "Logs in on a known device.", log_in)
    .post(
        "/api/v1/auth/passkey-challenges",
        "Begins a log-in with a passkey, whoever it is of.",
        begin_passkey_log_in,
    )
    .post("/api/v1/auth/passkey-sessions", "Logs in with a passkey.", log_in_with_passkey)
    .post("/api/v1/auth/tokens", "Renews a session's tokens.", refresh_tokens)
    .post("/api/v1/auth/pin-resets", "Asks for a new PIN, to be chosen in a day.", ask_pin_reset)
    .post("/api/v1/auth/pin-resets/current/finish", "Chooses the new PIN.", reset_pin)
}

/// What a person with an access token can ask for.
fn account(api: Api<App>) -> Api<App> {
    const DEVICE: &str = "/api/v1/auth/devices/{device_id}";
    const DEVICE_NAME: &str = "/api/v1/auth/devices/{device_id}/name";
    const CONFIRMATIONS: &str = "/api/v1/auth/payment-confirmations";
    const REGISTRATIONS: &str = "/api/v1/auth/passkey-registrations";
    const PASSKEYS: &str = "/api/v1/auth/passkeys";
    const SECURITY_EVENTS: &str = "/api/v1/auth/security-events";
    const LOOKUPS: &str = "/api/v1/auth/phone-lookups";
    const CONTACTS: &str = "/api/v1/auth/contact-matches";
    const FINDABILITY: &str = "/api/v1/auth/users/me/findability";
    const PIN_RESET: &str = "/api/v1/auth/pin-resets/current";
    const PHONE: &str = "/api/v1/auth/users/me/phone";
    const OTHERS: &str = "/api/v1/auth/sessions/others";
    const STEP_UPS: &str = "/api/v1/auth/step-ups";
    api.delete("/api/v1/auth/sessions/current", "Ends this login.", log_out)
        .delete(OTHERS, "Ends all of the caller's logins but this one.", end_other_sessions)
        .get("/api/v1/auth/users/me", "Reads what the caller registered with.", read_user)
        .get("/api/v1/auth/devices", "Lists the caller's devices and passkeys.", list_devices)
        .put(DEVICE_NAME, "Names one of the caller's devices or passkeys.", name_device)
        .delete(
            DEVICE,
            "Removes a device or passkey of the caller's; its logins end.",
            remove_device,
        )
        .post(REGISTRATIONS, "Begins to make a passkey, with the PIN.", begin_passkey_registration)
        .post(PASSKEYS, "Adds a passkey, with which the caller can log in.", register_passkey)
        .get(SECURITY_EVENTS, "Lists what happened to the caller's account.", list_security_events)
        .post(LOOKUPS, "Finds the person with a phone, to pay them.", look_up_phone)
        .post(CONTACTS, "Finds who of an address book is here.", match_contacts)
        .put(FINDABILITY, "Says whether others find the caller by phone.", set_findability)
        .get(PIN_RESET, "Tells of a new PIN that was asked for.", read_pin_reset)
        .delete(PIN_RESET, "Calls a new PIN off.", cancel_pin_reset)
        .put(PHONE, "Moves the caller to another phone number.", change_phone)
        .put("/api/v1/auth/pin", "Changes the caller's PIN.", change_pin)
        .post(
            CONFIRMATIONS,
            "Confirms one operation on money, with the PIN or a passkey.",
            confirm_payment,
        )
        .post(STEP_UPS, "Gives an access token that shows the PIN or a passkey.", step_up)
}

/// What staff can ask for, and how somebody becomes staff.
fn staff(api: Api<App>) -> Api<App> {
    const MEMBER: &str = "/api/v1/staff/members/{staff_id}";
    const ENROLMENTS: &str = "/api/v1/staff/enrolments";
    const APPROVAL: &str = "/api/v1/staff/enrolments/{enrolment_id}/approve";
    const REJECTION: &str = "/api/v1/staff/enrolments/{enrolment_id}/reject";
    const ENROLMENT_CHALLENGES: &str = "/api/v1/staff/enrolment-challenges";
    const USER_SESSIONS: &str = "/api/v1/staff/users/{user_id}/sessions";
    const TRAIL: &str = "/api/v1/staff/users/{user_id}/security-events";
    const FIRST: &str = "/api/v1/first-invitations";
    const CURRENT: &str = "/api/v1/staff/sessions/current";
    const ENTRA: &str = "/api/v1/staff/entra-sessions";
    const WAY: &str = "/api/v1/staff/log-in-way";
    api.post(FIRST, "Invites one of the first administrators.", invite_first_staff)
        .post(ENROLMENTS, "Proposes that somebody becomes staff.", propose_enrolment)
        .get(ENROLMENTS, "Lists who was to become staff.", list_enrolments)
        .post(APPROVAL, "Approves what another administrator proposed.", approve_enrolment)
        .post(REJECTION, "Stops what an administrator proposed.", reject_enrolment)
        .post(ENROLMENT_CHALLENGES, "Begins to make a passkey of staff.", begin_staff_enrolment)
        .post("/api/v1/staff/passkeys", "Makes somebody staff, with a passkey.", enrol_staff)
        .get(WAY, "Tells the one way in which staff log in.", read_staff_log_in_way)
        .post("/api/v1/staff/challenges", "Begins a log-in of staff.", begin_staff_log_in)
        .post("/api/v1/staff/sessions", "Logs a member of staff in.", log_in_staff)
        .post(ENTRA, "Logs a member of staff in by Entra ID.", log_in_staff_by_entra_id)
        .delete(CURRENT, "Ends this login of staff.", log_out_staff)
        .get("/api/v1/staff/members", "Lists the staff.", list_staff)
        .delete(MEMBER, "Takes somebody off the staff; their logins end.", remove_staff)
        .delete(USER_SESSIONS, "Ends all logins of a person.", end_user_sessions)
        .get(
            TRAIL,
            "Lists what happened to a person's account; the look is on record.",
            list_security_trail,
        )
        .get("/api/v1/staff/acts", "Lists what staff did.", list_staff_acts)
}

/// Getting an account back without phone and number: whoever asks, whose account it is, and staff.
fn recoveries(api: Api<App>) -> Api<App> {
    const RECOVERIES: &str = "/api/v1/auth/recoveries";
    const CURRENT: &str = "/api/v1/auth/recoveries/current";
    const CANCELLATION: &str = "/api/v1/auth/recoveries/current/cancel";
    const FINISH: &str = "/api/v1/auth/recoveries/{recovery_id}/finish";
    const OF_STAFF: &str = "/api/v1/staff/recoveries";
    const PROPOSAL: &str = "/api/v1/staff/recoveries/{recovery_id}/propose";
    const APPROVAL: &str = "/api/v1/staff/recoveries/{recovery_id}/approve";
    const REJECTION: &str = "/api/v1/staff/recoveries/{recovery_id}/reject";
    api.post(RECOVERIES, "Asks for the account of a number that is lost.", ask_recovery)
        .post(FINISH, "Gives whoever asked the account, once that is agreed.", finish_recovery)
        .get(CURRENT, "Tells whether somebody asks for the caller's account.", read_recovery)
        .delete(CURRENT, "Calls off that somebody gets the account.", cancel_recovery)
        .post(CANCELLATION, "The same, with a code to the number.", cancel_recovery_by_phone)
        .get(OF_STAFF, "Lists the accounts that were asked for.", list_recoveries)
        .post(PROPOSAL, "Proposes that whoever asks gets the account.", propose_recovery)
        .post(APPROVAL, "Approves what another proposed.", approve_recovery)
        .post(REJECTION, "Stops what was proposed.", reject_recovery)
}

/// What staff decide about step-up.
fn step_up_policies(api: Api<App>) -> Api<App> {
    const POLICIES: &str = "/api/v1/staff/step-up-policies";
    const CURRENT: &str = "/api/v1/staff/step-up-policies/current";
    const APPROVAL: &str = "/api/v1/staff/step-up-policies/{policy_id}/approve";
    const REJECTION: &str = "/api/v1/staff/step-up-policies/{policy_id}/reject";
    api.post(POLICIES, "Proposes other rules of step-up.", propose_step_up_policy)
        .get(POLICIES, "Lists the rules of step-up that were proposed.", list_step_up_policies)
        .get(CURRENT, "Reads the rules of step-up that hold.", read_step_up_policy)
        .post(APPROVAL, "Approves rules that another proposed.", approve_step_up_policy)
        .post(REJECTION, "Stops rules that were proposed.", reject_step_up_policy)
}

/// One timer for the events that a crash has left and for all that time ends, since each keeps an
/// instance of its own.
async fn do_what_is_due(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    tell_of_recoveries(app.clone()).await?;
    forget_expired_tokens(app.clone()).await?;
    end_logins_of_closed_wallets(&app).await?;
    seal_phones(&app).await?;
    app.phone_vault.rewrap(&app.database).await
}
