//! Every URL and trigger of this service.

mod histories;
mod merchant_api;
mod settlements;
mod triggers;

use service::{Api, Dependency, Routes};

use crate::use_cases::{
    accept_dispute, agree_to_automatic_top_up, approve_release, approve_ruling, audit_ledger,
    cancel_bill, cancel_money_request, cancel_pay_link, cancel_payment_request, capture_payment,
    change_schedule, claim_pay_link, claim_red_packet, close_wallet, contest_dispute,
    create_money_request, create_pay_link, create_payment_request, create_red_packet,
    create_schedule, decline_money_request, dispute_payment, end_automatic_top_up, end_schedule,
    freeze_account, hide_peer_payment, list_bank_accounts, list_dispute_reviews, list_disputes,
    list_held_fps_payments, list_held_payment_reviews, list_held_payments, list_money_requests,
    list_occurrences, list_pay_links, list_payment_requests, list_payments, list_red_packets,
    list_releases, list_schedules, list_wallet_closings, look_up_fps_payee, pause_schedule, pay,
    pay_by_fps, preview_pay_link, preview_red_packet, propose_release, propose_ruling,
    read_account, read_automatic_top_up, read_bill, read_claim, read_dispute, read_dispute_review,
    read_fps_payment, read_home, read_limits, read_money_request, read_pay_link, read_payee,
    read_payment, read_payment_request, read_peer_payment, read_red_packet, read_refund,
    read_release, read_schedule, read_shop_balance, read_top_up, read_wallet, read_withdrawal,
    refund_payment, refuse_fps_payment, refuse_settlement, refuse_top_up, refuse_withdrawal,
    register_bank_account, reject_release, reject_ruling, release_held_payment, remind_payer,
    remove_bank_account, resume_schedule, return_held_payment, review_held_payment, send_money,
    set_fee_rate, set_legal_hold, set_payee_warning, set_shop_approval, set_wallet_tier,
    settle_fps_payment, settle_settlement, settle_top_up, settle_withdrawal, split_bill,
    top_up_wallet, void_payment, withdraw_dispute, withdraw_money, withdraw_to_registered,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    let api = Api::new(NAME, "Payments", app.clone(), &app.tokens);
    let api = REFUSALS.into_iter().fold(api, Api::refuses);
    let api = settlements::routes(histories::routes(api));
    let api = refunds(peer_payments(authorisations(payment_requests(wallets(api)))));
    let api = red_packets(pay_links(bills(money_requests(api))));
    let api = disputes(releases(schedules(bank_accounts(fps_payments(held_payments(api))))));
    let api = merchant_api::routes(operators(triggers::triggers(api)));
    api.finish(dependencies)
}

fn wallets(api: Api<App>) -> Api<App> {
    api.get("/api/v1/home", "Reads all that the app's first screen shows.", read_home)
        .get("/api/v1/wallets/me", "Reads the balance of the caller's own wallet.", read_wallet)
        .get(
            "/api/v1/wallets/me/limits",
            "Reads what the caller's own wallet may hold, take and give, and what of that is used.",
            read_limits,
        )
        .post(
            "/api/v1/wallets/me/close",
            "Closes the caller's own wallet for good, if nothing is in it.",
            close_wallet,
        )
        .get(
            "/api/v1/wallets/closings",
            "Lists whose wallets were closed, newest first: auth ends their owners' logins.",
            list_wallet_closings,
        )
        .post(
            "/api/v1/wallets/me/top-ups",
            "Brings money into the caller's own wallet from their bank.",
            top_up_wallet,
        )
        .get(
            "/api/v1/wallets/me/top-ups/{top_up_id}",
            "Reads one of the caller's own top-ups.",
            read_top_up,
        )
        .post(
            "/api/v1/wallets/me/withdrawals",
            "Brings money from the caller's own wallet to their bank account.",
            withdraw_money,
        )
        .get(
            "/api/v1/wallets/me/withdrawals/{withdrawal_id}",
            "Reads one of the caller's own withdrawals.",
            read_withdrawal,
        )
        .get(
            "/api/v1/wallets/businesses/{business_id}",
            "Reads the balance of a business that the caller owns.",
            read_shop_balance,
        )
}

fn payment_requests(api: Api<App>) -> Api<App> {
    const REQUEST: &str = "/api/v1/payment-requests/{payment_request_id}";
    const CANCEL: &str = "/api/v1/payment-requests/{payment_request_id}/cancel";
    api.post("/api/v1/payment-requests", "Asks to be paid an amount.", create_payment_request)
        .get(
            "/api/v1/payment-requests",
            "Lists what one of the caller's businesses has asked for.",
            list_payment_requests,
        )
        .get(REQUEST, "Reads what a request asks for and where it stands.", read_payment_request)
        .post(CANCEL, "Takes back a request of the caller's business.", cancel_payment_request)
        .post("/api/v1/payments", "Pays a shop from the caller's own wallet.", pay)
        .get(
            "/api/v1/payments",
            "Lists the payments that the caller made, or that a business of theirs received.",
            list_payments,
        )
        .get(
            "/api/v1/payments/{payment_id}",
            "Reads a payment that the caller made, or that a business of theirs received.",
            read_payment,
        )
}

/// Of a payment whose request says that the shop captures it.
fn authorisations(api: Api<App>) -> Api<App> {
    api.post(
        "/api/v1/payments/{payment_id}/capture",
        "Takes what a pending payment holds for a business of the caller, or a part of it.",
        capture_payment,
    )
    .post(
        "/api/v1/payments/{payment_id}/void",
        "Lets go of what a pending payment holds for a business of the caller.",
        void_payment,
    )
}

fn peer_payments(api: Api<App>) -> Api<App> {
    api.get(
        "/api/v1/payees/{user_id}",
        "Reads what to show of a person before they are paid.",
        read_payee,
    )
    .post("/api/v1/peer-payments", "Pays a person from the caller's own wallet.", send_money)
    .get(
        "/api/v1/peer-payments",
        "Lists the caller's own payments to people that were held for a reviewer.",
        list_held_payments,
    )
    .get(
        "/api/v1/peer-payments/{peer_payment_id}",
        "Reads a payment that the caller made to a person, or received from one.",
        read_peer_payment,
    )
    .post(
        "/api/v1/peer-payments/{peer_payment_id}/hide",
        "Makes a payment that the caller made or received private, for good.",
        hide_peer_payment,
    )
}

/// For staff.
fn held_payments(api: Api<App>) -> Api<App> {
    const HELD: &str = "/api/v1/held-payments/{held_payment_id}";
    const RELEASE: &str = "/api/v1/held-payments/{held_payment_id}/release";
    const RETURN: &str = "/api/v1/held-payments/{held_payment_id}/return";
    api.get(
        "/api/v1/held-payments",
        "Lists the payments that wait for a reviewer.",
        list_held_payment_reviews,
    )
    .get(HELD, "Reads a payment that was held, and why.", review_held_payment)
    .post(RELEASE, "Lets the money of a held payment go to its payee.", release_held_payment)
    .post(RETURN, "Gives the money of a held payment back to its payer.", return_held_payment)
}

fn refunds(api: Api<App>) -> Api<App> {
    api.post(
        "/api/v1/payments/{payment_id}/refunds",
        "Gives a payment that a business of the caller received back, or a part of it.",
        refund_payment,
    )
    .get(
        "/api/v1/refunds/{refund_id}",
        "Reads a refund that the caller received, or that a business of theirs gave.",
        read_refund,
    )
}

fn money_requests(api: Api<App>) -> Api<App> {
    const REQUEST: &str = "/api/v1/money-requests/{money_request_id}";
    const DECLINE: &str = "/api/v1/money-requests/{money_request_id}/decline";
    const CANCEL: &str = "/api/v1/money-requests/{money_request_id}/cancel";
    const REMINDERS: &str = "/api/v1/money-requests/{money_request_id}/reminders";
    api.post("/api/v1/money-requests", "Asks another person for money.", create_money_request)
        .get(
            "/api/v1/money-requests",
            "Lists what the caller was asked for, or has asked for.",
            list_money_requests,
        )
        .get(REQUEST, "Reads a request that the caller made, or was asked by.", read_money_request)
        .post(DECLINE, "Says no to a request that the caller was asked by.", decline_money_request)
        .post(CANCEL, "Takes back a request of the caller's.", cancel_money_request)
        .post(REMINDERS, "Reminds the person whom the caller has asked.", remind_payer)
}

fn bills(api: Api<App>) -> Api<App> {
    const BILL: &str = "/api/v1/bills/{bill_id}";
    const CANCEL: &str = "/api/v1/bills/{bill_id}/cancel";
    api.post("/api/v1/bills", "Splits a bill and asks all others for their share.", split_bill)
        .get(BILL, "Reads a bill that the caller made, or has a share of.", read_bill)
        .post(CANCEL, "Takes back all that is not paid of a bill of the caller's.", cancel_bill)
}

fn pay_links(api: Api<App>) -> Api<App> {
    const LINK: &str = "/api/v1/pay-links/{pay_link_id}";
    const CLAIM: &str = "/api/v1/pay-links/{pay_link_id}/claims";
    const PREVIEW: &str = "/api/v1/pay-links/{pay_link_id}/preview";
    const CANCEL: &str = "/api/v1/pay-links/{pay_link_id}/cancel";
    api.post("/api/v1/pay-links", "Gives money to whoever opens a link.", create_pay_link)
        .get("/api/v1/pay-links", "Lists the pay links that the caller made.", list_pay_links)
        .get(LINK, "Reads what became of a pay link that the caller made.", read_pay_link)
        .post(PREVIEW, "Shows what a pay link holds to who has its secret.", preview_pay_link)
        .post(CLAIM, "Takes a pay link's money into the caller's own wallet.", claim_pay_link)
        .post(CANCEL, "Takes a pay link back that nobody has claimed.", cancel_pay_link)
        .get("/api/v1/claims/{claim_id}", "Reads what the caller has claimed.", read_claim)
}

fn red_packets(api: Api<App>) -> Api<App> {
    const PACKET: &str = "/api/v1/red-packets/{red_packet_id}";
    const CLAIM: &str = "/api/v1/red-packets/{red_packet_id}/claims";
    const PREVIEW: &str = "/api/v1/red-packets/{red_packet_id}/preview";
    api.post("/api/v1/red-packets", "Gives money to a group, in shares.", create_red_packet)
        .get("/api/v1/red-packets", "Lists the red packets that the caller made.", list_red_packets)
        .get(PACKET, "Reads what became of a red packet that the caller made.", read_red_packet)
        .post(PREVIEW, "Shows what a red packet holds to who has its secret.", preview_red_packet)
        .post(
            CLAIM,
            "Takes a share of a red packet into the caller's own wallet.",
            claim_red_packet,
        )
}

fn bank_accounts(api: Api<App>) -> Api<App> {
    const ACCOUNTS: &str = "/api/v1/wallets/me/bank-accounts";
    const ACCOUNT: &str = "/api/v1/wallets/me/bank-accounts/{bank_account_id}";
    const AUTOMATIC: &str = "/api/v1/wallets/me/automatic-top-up";
    const WITHDRAWALS: &str = "/api/v1/wallets/me/bank-accounts/{bank_account_id}/withdrawals";
    api.post(ACCOUNTS, "Registers a bank account as the caller's own.", register_bank_account)
        .get(ACCOUNTS, "Lists the caller's registered bank accounts.", list_bank_accounts)
        .delete(ACCOUNT, "Removes one of the caller's bank accounts.", remove_bank_account)
        .post(
            WITHDRAWALS,
            "Brings money from the caller's own wallet to a bank account that they registered.",
            withdraw_to_registered,
        )
        .get(AUTOMATIC, "Reads what payments may bring in by card.", read_automatic_top_up)
        .put(
            AUTOMATIC,
            "Agrees that payments bring in by card what the caller's own wallet lacks.",
            agree_to_automatic_top_up,
        )
        .delete(AUTOMATIC, "Ends that payments bring in money by card.", end_automatic_top_up)
}

/// To whom no account of ours belongs.
fn fps_payments(api: Api<App>) -> Api<App> {
    const LOOKUPS: &str = "/api/v1/fps-payments/payee-lookups";
    const PAYMENT: &str = "/api/v1/fps-payments/{fps_payment_id}";
    api.post(LOOKUPS, "Asks whom the Faster Payment System knows by a proxy.", look_up_fps_payee)
        .post("/api/v1/fps-payments", "Pays somebody outside whom the caller knows.", pay_by_fps)
        .get(
            "/api/v1/fps-payments",
            "Lists the caller's own payments by FPS that were held for a reviewer.",
            list_held_fps_payments,
        )
        .get(PAYMENT, "Reads one of the caller's own payments by FPS.", read_fps_payment)
}

/// The Functions host lets nobody in without the function's key.
fn operators(api: Api<App>) -> Api<App> {
    const ACCOUNT: &str = "/api/v1/ledger/accounts/{account_id}";
    const FREEZE: &str = "/api/v1/ledger/accounts/{account_id}/freeze";
    const LEGAL_HOLD: &str = "/api/v1/ledger/accounts/{account_id}/legal-hold";
    const AUDIT: &str = "/api/v1/ledger/audit";
    const SETTLE: &str = "/api/v1/ledger/top-ups/{top_up_id}/settle";
    const REFUSE: &str = "/api/v1/ledger/top-ups/{top_up_id}/refuse";
    const PAID_OUT: &str = "/api/v1/ledger/withdrawals/{withdrawal_id}/settle";
    const TIER: &str = "/api/v1/ledger/wallets/{user_id}/tier";
    const FEE: &str = "/api/v1/ledger/businesses/{business_id}/fee-rate";
    const APPROVAL: &str = "/api/v1/ledger/businesses/{business_id}/approval";
    const WARNINGS: &str = "/api/v1/ledger/payee-warnings";
    const NOT_TAKEN: &str = "/api/v1/ledger/withdrawals/{withdrawal_id}/refuse";
    const SETTLED: &str = "/api/v1/ledger/settlements/{settlement_id}/settle";
    const NOT_SETTLED: &str = "/api/v1/ledger/settlements/{settlement_id}/refuse";
    const FPS_PAID: &str = "/api/v1/ledger/fps-payments/{fps_payment_id}/settle";
    const FPS_NOT_TAKEN: &str = "/api/v1/ledger/fps-payments/{fps_payment_id}/refuse";
    api.post(AUDIT, "Proves that every balance is the fold of its transfers.", audit_ledger)
        .get(ACCOUNT, "Reads what an account holds, and what operators did to it.", read_account)
        .post(
            FREEZE,
            "Stops an account: nothing moves but what a bank holds, and own links that come back.",
            freeze_account,
        )
        .post(LEGAL_HOLD, "Stops an amount of what an account holds.", set_legal_hold)
        .post(SETTLE, "The bank gives what a top-up asked for, or less.", settle_top_up)
        .post(REFUSE, "The bank gives nothing for a top-up.", refuse_top_up)
        .post(PAID_OUT, "The bank has paid a withdrawal out.", settle_withdrawal)
        .post(NOT_TAKEN, "The bank did not take a withdrawal's money.", refuse_withdrawal)
        .post(SETTLED, "The bank has paid a shop's takings out.", settle_settlement)
        .post(NOT_SETTLED, "The bank did not take a shop's takings.", refuse_settlement)
        .post(FPS_PAID, "The bank has paid a payment by FPS.", settle_fps_payment)
        .post(FPS_NOT_TAKEN, "The bank did not take a payment by FPS.", refuse_fps_payment)
        .post(TIER, "Says how well a wallet's owner is known.", set_wallet_tier)
        .post(FEE, "Says what a shop pays for what it takes from now on.", set_fee_rate)
        .post(APPROVAL, "Says whether a shop can be paid.", set_shop_approval)
        .post(WARNINGS, "Says whether people are warned of a payee.", set_payee_warning)
}

/// One operator stops money; to let it go takes two members of staff.
fn releases(api: Api<App>) -> Api<App> {
    const RELEASE: &str = "/api/v1/releases/{release_id}";
    const APPROVE: &str = "/api/v1/releases/{release_id}/approve";
    const REJECT: &str = "/api/v1/releases/{release_id}/reject";
    api.post("/api/v1/releases", "Proposes to let go of what was stopped.", propose_release)
        .get("/api/v1/releases", "Lists what was proposed, and who decided.", list_releases)
        .get(RELEASE, "Reads a release, and the account that it is about.", read_release)
        .post(APPROVE, "Lets go of what another member of staff has proposed.", approve_release)
        .post(REJECT, "Stops a release that nobody has approved.", reject_release)
}

fn disputes(api: Api<App>) -> Api<App> {
    const DISPUTE: &str = "/api/v1/disputes/{dispute_id}";
    const REVIEW: &str = "/api/v1/dispute-reviews/{dispute_id}";
    let api = api
        .post(
            "/api/v1/payments/{payment_id}/disputes",
            "Disputes a payment to a shop.",
            dispute_payment,
        )
        .get("/api/v1/disputes", "Lists what the caller, or their payers, dispute.", list_disputes)
        .get(DISPUTE, "Reads a dispute of the caller's, or of one of their shops.", read_dispute)
        .post(
            "/api/v1/disputes/{dispute_id}/accept",
            "Gives a disputed payment back, to a payer of a shop of the caller's.",
            accept_dispute,
        )
        .post(
            "/api/v1/disputes/{dispute_id}/contest",
            "Says why a shop of the caller's does not give a disputed payment back.",
            contest_dispute,
        )
        .post(
            "/api/v1/disputes/{dispute_id}/withdraw",
            "Takes a dispute of the caller's back.",
            withdraw_dispute,
        );
    api.get("/api/v1/dispute-reviews", "Lists the disputes to decide.", list_dispute_reviews)
        .get(REVIEW, "Reads a dispute, its payment and what is proposed.", read_dispute_review)
        .post(
            "/api/v1/dispute-reviews/{dispute_id}/propose",
            "Proposes how a dispute should end.",
            propose_ruling,
        )
        .post(
            "/api/v1/dispute-reviews/{dispute_id}/approve",
            "Ends a dispute as another member of staff has proposed.",
            approve_ruling,
        )
        .post(
            "/api/v1/dispute-reviews/{dispute_id}/reject",
            "Drops what was proposed, so that something else can be.",
            reject_ruling,
        )
}

fn schedules(api: Api<App>) -> Api<App> {
    const SCHEDULE: &str = "/api/v1/schedules/{schedule_id}";
    const OCCURRENCES: &str = "/api/v1/schedules/{schedule_id}/occurrences";
    const PAUSE: &str = "/api/v1/schedules/{schedule_id}/pause";
    const RESUME: &str = "/api/v1/schedules/{schedule_id}/resume";
    const END: &str = "/api/v1/schedules/{schedule_id}/end";
    api.post(
        "/api/v1/schedules",
        "Pays another person, or asks them for money, on dates that come.",
        create_schedule,
    )
    .get("/api/v1/schedules", "Lists the schedules that the caller made.", list_schedules)
    .get(SCHEDULE, "Reads a schedule that the caller made.", read_schedule)
    .patch(SCHEDULE, "Changes amount, note or end of a schedule.", change_schedule)
    .get(OCCURRENCES, "Lists what became of a schedule's dates.", list_occurrences)
    .post(PAUSE, "Keeps no more dates until the schedule is resumed.", pause_schedule)
    .post(RESUME, "Keeps dates again, from today on.", resume_schedule)
    .post(END, "Ends a schedule for good.", end_schedule)
}
