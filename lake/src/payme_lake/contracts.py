"""The events that the lake reads, and of each the fields that it keeps.

A field that is not named here is never read: so no name, note or other text of a person comes
further than the capture files. Source: crates/events; tests hold this to its golden samples.
"""

from dataclasses import dataclass, field

SIDE = "struct<type: string, id: string>"
PERSON = "struct<user_id: string>"


@dataclass(frozen=True)
class Contract:
    kind: str
    # Spark's DDL of what is kept.
    fields: str
    # Without these the event is wrong. A later field of a version is never among them.
    required: tuple[str, ...]
    # Where a person's id may stand; what is there and is one becomes a token.
    people: tuple[str, ...] = ()
    # What must be true of an event, in SQL: `{}` is where its fields are.
    rules: dict[str, str] = field(default_factory=dict)

    @property
    def column(self):
        """The column of `refined` that it has: `money_moved`."""
        return self.kind.split(".")[2].replace("-", "_")


AMOUNT = {
    "amount-not-positive": "{}.amount > 0",
    "currency-not-hkd": "{}.currency = 'HKD'",
}
VERSION = {"version-not-positive": "{}.version > 0"}

CONTRACTS = (
    Contract(
        "payme.payments.money-moved.v1",
        f"""kind string, operation_id string, from {SIDE}, to {SIDE}, amount bigint,
        currency string, payment_request_id string, refunded_payment_id string, money_request_id string,
        pay_link_id string, red_packet_id string, fee bigint, tip bigint, moved_at timestamp""",
        ("kind", "operation_id", "from.type", "to.type", "amount", "currency", "moved_at"),
        ("from.id", "to.id"),
        AMOUNT | {"fee-negative": "{}.fee >= 0", "tip-negative": "{}.tip >= 0"},
    ),
    Contract(
        "payme.payments.payment-request-created.v1",
        """payment_request_id string, business_id string, amount bigint, currency string,
        capture_method string, tip_allowed boolean, expires_at timestamp""",
        ("payment_request_id", "business_id", "amount", "currency", "expires_at"),
        (),
        AMOUNT,
    ),
    Contract(
        "payme.payments.payment-request-closed.v1",
        "payment_request_id string, business_id string, status string",
        ("payment_request_id", "status"),
    ),
    Contract(
        "payme.payments.money-request-changed.v1",
        f"""money_request_id string, version int, requester {PERSON}, payer {PERSON}, amount bigint,
        currency string, bill_id string, status string, reminders int, expires_at timestamp,
        peer_payment_id string""",
        ("money_request_id", "version", "requester.user_id", "payer.user_id", "amount", "currency",
         "status", "expires_at"),
        ("requester.user_id", "payer.user_id"),
        AMOUNT | VERSION,
    ),
    Contract(
        "payme.payments.wallet-closed.v1",
        "user_id string, closed_at timestamp",
        ("user_id", "closed_at"),
        ("user_id",),
    ),
    Contract("payme.auth.user-registered.v1", "user_id string", ("user_id",), ("user_id",)),
    Contract(
        "payme.user-profile.profile-changed.v1",
        "user_id string, version int, language string",
        ("user_id", "version", "language"),
        ("user_id",),
        VERSION,
    ),
    Contract(
        "payme.onboarding.person-verification-changed.v1",
        "user_id string, version int, tier string",
        ("user_id", "version", "tier"),
        ("user_id",),
        VERSION,
    ),
    Contract(
        "payme.business-profile.business-changed.v1",
        """business_id string, version int, owner_user_id string, shop_name string,
        category_code string, is_closed boolean""",
        ("business_id", "version", "owner_user_id", "shop_name", "category_code"),
        ("owner_user_id",),
        VERSION,
    ),
    Contract(
        "payme.onboarding.business-verification-changed.v1",
        "business_id string, version int, is_approved boolean",
        ("business_id", "version", "is_approved"),
        (),
        VERSION,
    ),
)

# What is left of an event about a person who was forgotten; no service tells it.
FORGOTTEN_KIND = "payme.lake.forgotten.v1"

# Of these the lake needs nothing yet: they are passed by, and not held to be wrong.
NOT_READ = frozenset(
    (
        "payme.auth.security-event-recorded.v1",
        "payme.auth.session-revoked.v1",
        "payme.business-profile.business-handover-changed.v1",
        "payme.business-profile.business-member-changed.v1",
        "payme.graph.account-risk-changed.v1",
        "payme.messages.conversation-read.v1",
        "payme.messages.message-sent.v1",
        "payme.messages.typing-began.v1",
        "payme.ocr.document-read.v1",
        "payme.onboarding.application-changed.v1",
        "payme.payments.api-credential-changed.v1",
        "payme.payments.api-credential-expiring.v1",
        "payme.payments.dispute-changed.v1",
        "payme.payments.fps-payment-failed.v1",
        "payme.payments.fps-payment-review-changed.v1",
        "payme.payments.payment-authorised.v1",
        "payme.payments.payment-released.v1",
        "payme.payments.peer-payment-review-changed.v1",
        "payme.payments.peer-payment-visibility-changed.v1",
        "payme.payments.schedule-stopped.v1",
        "payme.payments.scheduled-date-changed.v1",
        "payme.payments.settlement-not-paid.v1",
        "payme.payments.top-up-failed.v1",
        "payme.payments.withdrawal-failed.v1",
        "payme.social.block-changed.v1",
        "payme.social.feeds-changed.v1",
        "payme.social.friendship-changed.v1",
        "payme.social.group-changed.v1",
        "payme.social.peer-payment-remarked.v1",
    )
)
