//! Ids: TypeIDs, a prefix that names the kind and a UUIDv7 in Crockford base32
//! (`pay_01h455vb4pex5vsknk084sn02q`). Source: the TypeID specification 0.3.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 characters of 5 bits hold 130 bits; the first carries only 3.
const SUFFIX_LENGTH: usize = 26;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Another kind of id, or no id at all.
    #[error("an id that begins with `{0}_` is expected")]
    WrongPrefix(&'static str),
    /// Neither a person's nor a business's.
    #[error("an id that begins with `usr_` or `biz_` is expected")]
    NoAccount,
    /// Neither a shop's request nor a person's.
    #[error("an id that begins with `preq_` or `mreq_` is expected")]
    NoRequest,
    /// Neither of a payment between people nor of one by FPS.
    #[error("an id that begins with `ppay_` or `fpay_` is expected")]
    NoHeldPayment,
    /// The right prefix before something that is not 26 base32 characters.
    #[error("the id's suffix is not 26 base32 characters")]
    MalformedSuffix,
}

fn encode(uuid: Uuid) -> String {
    let mut rest = uuid.as_u128();
    let mut suffix = [b'0'; SUFFIX_LENGTH];
    for place in suffix.iter_mut().rev() {
        let five_bits = usize::from(rest.to_le_bytes()[0] & 31);
        *place = ALPHABET[five_bits];
        rest >>= 5;
    }
    suffix.iter().map(|byte| char::from(*byte)).collect()
}

fn decode(suffix: &str) -> Option<Uuid> {
    if suffix.len() != SUFFIX_LENGTH || !matches!(suffix.as_bytes()[0], b'0'..=b'7') {
        return None;
    }
    let mut bits = 0_u128;
    for byte in suffix.bytes() {
        let five_bits = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits = (bits << 5) | u128::try_from(five_bits).ok()?;
    }
    // What the services keep beside a thing has its id in version 8: nobody else names that.
    let id = Uuid::from_u128(bits);
    (id.get_version_num() != 8).then_some(id)
}

/// The id with this prefix as text.
pub(crate) fn id_text(prefix: &str, id: Uuid) -> String {
    format!("{prefix}_{}", encode(id))
}

/// What the text of an id with this prefix stands for.
pub(crate) fn read_id(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let suffix = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    decode(suffix.ok_or(IdError::WrongPrefix(prefix))?).ok_or(IdError::MalformedSuffix)
}

/// The OpenAPI form of an id with one of these prefixes; the example has the first.
pub fn id_schema(prefixes: &[&str], description: &str) -> RefOr<Schema> {
    let example = prefixes.first().copied().unwrap_or_default();
    let any = prefixes.join("|");
    let prefix = if prefixes.len() == 1 { any } else { format!("({any})") };
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .pattern(Some(format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")))
        .examples([format!("{example}_01h455vb4pex5vsknk084sn02q")])
        .into()
}

macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident, $prefix:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The part before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; ids made later sort later.
            #[expect(clippy::new_without_default, reason = "an id is made on purpose")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id that is stored as these 16 bytes.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 16 bytes to store.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        // By hand, since the derive takes only a literal as its pattern.
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                id_schema(&[$prefix], concat!($($doc),+).trim())
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&id_text($prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                read_id($prefix, text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

id!(
    /// A person, the same in both products.
    UserId, "usr"
);
id!(
    /// A legal entity that is paid.
    BusinessId, "biz"
);
id!(
    /// What a login is bound to: a phone whose public key is registered, or a passkey.
    DeviceId, "dev"
);
id!(
    /// A login; its refresh tokens are one family.
    SessionId, "ses"
);
id!(
    /// A shop's request to be paid an amount.
    PaymentRequestId, "preq"
);
id!(
    /// A payment from a person to a shop.
    PaymentId, "pay"
);
id!(
    /// A payment from a person to a person.
    PeerPaymentId, "ppay"
);
id!(
    /// Money of a payment that its shop gives back.
    RefundId, "rfd"
);
id!(
    /// Money brought into a wallet from outside.
    TopUpId, "top"
);
id!(
    /// Money paid out from a wallet to its owner's bank account.
    WithdrawalId, "wdr"
);
id!(
    /// A shop's takings up to the end of a day: paid out to its bank account, or carried over.
    SettlementId, "stl"
);
id!(
    /// Somebody outside whom a person has looked up to pay them.
    FpsPayeeId, "fpp"
);
id!(
    /// A payment from a person to somebody outside, by the Faster Payment System.
    FpsPaymentId, "fpay"
);
id!(
    /// Money that waits for one person, who need not be known yet.
    PayLinkId, "plnk"
);
id!(
    /// Money that waits for several people, a share for each.
    RedPacketId, "rpkt"
);
id!(
    /// People that split bills and talk together.
    GroupId, "grp"
);
id!(
    /// What a person reports of another.
    ReportId, "rpt"
);
id!(
    /// What somebody says of a payment that they may see.
    CommentId, "cmt"
);
id!(
    /// Where two people, a group, or a person and staff talk.
    ConversationId, "cnv"
);
id!(
    /// What somebody says in a conversation.
    MessageId, "msg"
);
id!(
    /// What somebody has shown staff of what another said.
    MessageReportId, "mrpt"
);
id!(
    /// A case that somebody has opened with support.
    SupportCaseId, "scs"
);
id!(
    /// A share of a pay link or red packet that somebody has taken.
    ClaimId, "clm"
);
id!(
    /// What nobody took of a pay link or red packet, on its way back to the sender.
    ReturnId, "rtn"
);
id!(
    /// Money that was stopped, and that two members of staff let go.
    ReleaseId, "rel"
);
id!(
    /// A payment to a shop that its payer disputes.
    DisputeId, "dsp"
);
id!(
    /// A program that a shop lets act for it: the `client_id` of its credential.
    ApiClientId, "apc"
);
id!(
    /// The key that such a program signs with.
    SigningKeyId, "skey"
);
id!(
    /// One immutable movement between two ledger accounts.
    TransferId, "trf"
);
id!(
    /// One message in a person's inbox.
    NotificationId, "ntf"
);
id!(
    /// One line of a person's security trail.
    SecurityEventId, "sev"
);
id!(
    /// A person's request to be given money by another person.
    MoneyRequestId, "mreq"
);
id!(
    /// A bill that is split among people.
    BillId, "bill"
);
id!(
    /// A member of staff.
    StaffId, "stf"
);
id!(
    /// Leave for a member of staff to make a passkey.
    EnrolmentId, "enr"
);
id!(
    /// Something that a member of staff did.
    StaffActId, "act"
);
id!(
    /// Payments or requests on dates that come.
    ScheduleId, "sch"
);
id!(
    /// Rules of step-up that staff have proposed.
    StepUpPolicyId, "sup"
);
id!(
    /// A file of what a shop was paid and gave back.
    ExportId, "exp"
);
id!(
    /// Where the bank's statement of a day and our ledger differ.
    BankDifferenceId, "bdf"
);
id!(
    /// Getting an account back whose phone and number are lost.
    RecoveryId, "rcv"
);
id!(
    /// A bank account that a person has registered as their own.
    BankAccountId, "bac"
);
id!(
    /// Becoming known: a person's or a business's application.
    ApplicationId, "apl"
);
id!(
    /// A document that was or will be uploaded.
    DocumentId, "doc"
);
id!(
    /// A picture of a person or a shop: its name, which nobody guesses.
    PictureId, "pic"
);
id!(
    /// An account in the graph of all payments, by a pseudonym.
    GraphAccountId, "gac"
);
id!(
    /// That a member of staff looked into the graph.
    GraphLookId, "glk"
);
id!(
    /// Where a shop's own system is told of what happens.
    WebhookEndpointId, "whe"
);
id!(
    /// An event on its way to one endpoint: its receiver's `webhook-id`, the same at each attempt.
    WebhookDeliveryId, "whd"
);
id!(
    /// Leave for whoever shows its secret to work in a shop.
    ShopInvitationId, "inv"
);
id!(
    /// An offer of a shop to somebody who works there.
    ShopHandoverId, "hnd"
);

#[cfg(test)]
mod tests;
